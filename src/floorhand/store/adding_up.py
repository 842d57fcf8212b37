"""Take what one scan added out of a row in which several add up what an order lacks, and why.

An order has one exception for all that it lacks, and a line one reason. Who takes a short pick back
takes only those pieces out, and puts only those in again; the words of others stay. A reason that
others may have given as well stays, too, as does everybody who has caused the exception.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy import Table, select, update
from sqlalchemy.orm import Session

from floorhand.errors import Code, Refused

SHORT_ORDER: Final = "short_order"
"""The kind of exceptions that add up."""

ADDED: Final[Mapping[str, tuple[str, ...]]] = {
    "trouble": ("facts", "pieces", "raised_by"),
    "order_line": ("short_reason",),
}
"""Columns in which several scans add up, besides counters."""

_Row = Mapping[Any, Any]


def of_others(table: str, left: _Row, there: _Row) -> tuple[str, ...]:
    """Name the columns of a row to which others have added since a scan left it so.

    Raises:
        Refused: `Code.UNDO_DECIDED` if the exception was decided about since.
    """
    if table == "order_line" and "short" in left and there["short"] != left["short"]:
        return ADDED[table]
    if table != "trouble" or there["kind"] != SHORT_ORDER or "facts" not in left:
        return ()
    if there["decision"] and left.get("decision", "") != there["decision"]:
        raise Refused(Code.UNDO_DECIDED, code=str(there["subject"]))
    return ADDED[table] if there["facts"] != left["facts"] else ()


def less_of(table: Table, was: _Row | None, now: _Row | None, there: _Row) -> dict[str, Any]:
    """Say what an exception has when it is told no more what a scan told.

    Args:
        table: That of the row.
        was: The row before the scan; None if there was none.
        now: The row after it; None if there was none.
        there: The row as others have left it.
    """
    if table.name != "trouble":
        return {}
    before, after, facts = _facts(now), _facts(was), _facts(there)
    pieces = _pieces(facts) + _pieces(after) - _pieces(before)
    reasons = _reasons(facts)
    gone = set(_reasons(before)) - set(_reasons(after))
    if reasons == _reasons(before):  # others may have given the same one
        gone = set()
    left = [each for each in reasons if each not in gone]
    told = {**facts, "pieces": pieces}
    told["reason"] = ", ".join(dict.fromkeys([*left, *_reasons(after)]) or reasons)
    if after and after.get("sku") != facts.get("sku"):
        told.pop("sku", None)
    return {"facts": json.dumps(told, ensure_ascii=False), "pieces": pieces}


def another_open(tx: Session, table: Table, was: _Row) -> _Row | None:
    """Find the exception by which others tell now what an order lacks; None if there is none."""
    if table.name != "trouble" or was["kind"] != SHORT_ORDER or was["closed_at"] is not None:
        return None
    same = (table.c[name] == was[name] for name in ("site", "kind", "subject", "merchant"))
    found = select(table).where(*same, table.c.closed_at.is_(None)).limit(1)
    return tx.connection().execute(found).mappings().first()


def added_to(table: Table, was: _Row, other: _Row) -> Any:
    """Make the statement that adds what was told by an exception to another one."""
    caused = dict.fromkeys(f"{other['raised_by']}\n{was['raised_by']}".split("\n"))
    more = {**less_of(table, was, None, other), "raised_by": "\n".join(caused)}
    mine = (table.c.site == other["site"], table.c.id == other["id"])
    return update(table).where(*mine).values(more)


def _facts(row: _Row | None) -> dict[str, Any]:
    return dict(json.loads(row["facts"])) if row is not None else {}


def _pieces(facts: Mapping[str, Any]) -> int:
    return int(facts.get("pieces", 0))


def _reasons(facts: Mapping[str, Any]) -> list[str]:
    return [each for each in str(facts.get("reason", "")).split(", ") if each]
