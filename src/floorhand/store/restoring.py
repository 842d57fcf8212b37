"""Put rows back to what they were before a scan, if they still are what that scan left.

A row that somebody has changed since is not put back, and then nothing is: what the scan did is no
longer local. Counters that many workers add to at once go back by what the scan added, whatever
others have added since. Places and labels that came with the scan stay, as void: their codes may
be printed. Stock is not put back here but by `floorhand.store.ledger`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import Boolean, ColumnElement, Table, and_, delete, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from floorhand.domain.things import Goods
from floorhand.errors import Code, Refused
from floorhand.store import adding_up, deliveries, nouns
from floorhand.store.notes import Change
from floorhand.store.schema import Table as Schema
from floorhand.store.schema.base import UtcTime
from floorhand.store.was import keep, tells

COUNTERS: Final[Mapping[str, tuple[str, ...]]] = {
    "delivery_line": ("received", "damaged", "over", "short", "refused"),
    "order_line": ("picked", "packed", "short"),
    "receipt": ("pieces", "net_g"),
}
"""Columns that many workers add to at once."""

SPOOL: Final = (
    *("state", "number", "tries", "not_before", "begun_at", "error"),
    *("printer", "rerouted_from"),
)
"""What is written on a label that waits: how often its printer could not, or that it goes to
another one."""

UNPRINTED: Final = ("waiting", "failed")

VOID: Final[Mapping[str, Mapping[str, str | None]]] = {
    "place": {"state": "void", "parent": None, "order_no": None},
    "print_job": {"state": "voided"},
}
"""What becomes of rows that stay, as their codes may be printed."""

COUNTED_TO_NOTHING: Final = ("receipt",)
"""Tables whose rows stay when nothing of them is left: that goods came to a place tells how long
they were on their way, though they were counted off again afterwards."""

GOODS: Final = tuple(field.name for field in fields(Goods))

_Row = Mapping[Any, Any]


@dataclass(frozen=True, slots=True)
class Changed:
    """A row as it was before a scan and after it; None where it was not there."""

    table: Table
    was: _Row | None
    now: _Row | None

    @property
    def any(self) -> _Row:
        """The row, before or after."""
        row = self.now if self.now is not None else self.was
        assert row is not None, self.table
        return row

    def same(self) -> ColumnElement[bool]:
        """Find the row in its table."""
        return and_(*(column == self.any[column.name] for column in self.table.primary_key))


def changed_rows(changes: Iterable[Change]) -> tuple[Changed, ...]:
    """Sum up what a scan noted: each row once, in the order in which they were changed last.

    A row that came and went, or is as it was, is none of them.
    """
    rows: dict[tuple[str, ...], Changed] = {}
    for name, was, now in changes:
        table = Schema.metadata.tables[name]
        one = Changed(table, _read(table, was), _read(table, now))
        key = (name, *(str(one.any[column.name]) for column in table.primary_key))
        before = rows.pop(key, None)
        rows[key] = one if before is None else _joined(before, one)
    return tuple(_only_changed(row) for row in rows.values() if row.was != row.now)


def reserved_by(rows: Iterable[Changed]) -> dict[tuple[str, Goods], int]:
    """Say by how much each stock row's reservation went up."""
    found: dict[tuple[str, Goods], int] = {}
    for row in rows:
        if row.table.name == "stock":
            more = _number(row.now, "reserved") - _number(row.was, "reserved")
            goods = Goods(**{name: row.any[name] for name in GOODS})
            found[row.any["place"], goods] = more
    return {key: more for key, more in found.items() if more}


def put_back(tx: Session, rows: Iterable[Changed], now: datetime, *, printed: bool = False) -> None:
    """Put rows back, the last changed first; ``printed``: void labels that came out, too.

    What figures of shifts before ``now`` are told from is kept first, see `floorhand.store.was`.

    Raises:
        Refused: `Code.UNDO_CHANGED` or `Code.UNDO_PRINTED`, if one is not as the scan left it or
            something else stands on it by now.
    """
    for left in reversed(tuple(rows)):
        if left.table.name == "stock" or stays(left):
            continue
        row = left
        there: _Row | None = (
            tx.connection().execute(select(row.table).where(row.same())).mappings().first()
        )
        if printed and is_label_that_came(row) and there is not None:
            row = replace(row, was=None, now=there)
        change = _removal(tx, row, there) if row.was is None else _return(tx, row, row.was, there)
        if row.table.name == "delivery" and row.was is None:
            deliveries.forget_places(tx, row.any["site"], row.any["number"])
        if tells(row.table.name, row.any.keys()):
            keep(tx, row.table.name, now, row.same())
        try:
            tx.connection().execute(change)
        except IntegrityError as error:
            raise _moved_on(None, row, there) from error


def is_added_to(row: Changed) -> bool:
    """Say whether a row is one to which others only add: it is in nobody's way."""
    if row.table.name in COUNTERS:
        return True
    key = {column.name for column in row.table.primary_key}
    mine = {*key, *adding_up.ADDED.get(row.table.name, ())}
    return None not in (row.was, row.now) and set(row.any) <= mine


def is_label_that_came(row: Changed) -> bool:
    """Say whether a row is a label that the scan brought, or that was void before it."""
    came = row.was is None or row.was.get("state") == "voided"
    return row.table.name == "print_job" and came


def is_delivery_that_opened(row: Changed) -> bool:
    """Say whether a row is a delivery that was not being received before the scan."""
    opened = row.was is None or row.was.get("state") in ("announced", "closed")
    return row.table.name == "delivery" and opened


def stays(row: Changed) -> bool:
    """Say whether a row that a scan brought is left there: a bench that was missing is no work."""
    return row.table.name == "place" and row.was is None and row.any["kind"] == "bench"


def _removal(tx: Session, row: Changed, there: _Row | None) -> Any:
    """Take a row away that the scan brought."""
    assert row.now is not None, row
    counters = COUNTERS.get(row.table.name, ())
    of_others = SPOOL if _waits(row, there) else counters
    added = adding_up.of_others(row.table.name, row.now, there) if there is not None else ()
    if there is None or not _agree(there, row.now, (*of_others, *added)):
        raise _moved_on(tx, row, there)
    if added:
        less = adding_up.less_of(row.table, None, row.now, there)
        return update(row.table).where(row.same()).values(less)
    if void := VOID.get(row.table.name):
        return update(row.table).where(row.same()).values(dict(void))
    if row.table.name in COUNTED_TO_NOTHING or any(there[n] != row.now[n] for n in counters):
        return _counted_back(row, {})
    return delete(row.table).where(row.same())


def _waits(row: Changed, there: _Row | None) -> bool:
    """Say whether a row is a label of which nothing has come out, nor is about to."""
    return row.table.name == "print_job" and there is not None and there["state"] in UNPRINTED


def _return(tx: Session, row: Changed, was: _Row, there: _Row | None) -> Any:
    """Bring a row back that the scan removed, or what it changed in it."""
    counters = COUNTERS.get(row.table.name, ())
    if row.now is None:
        if there is None and (other := adding_up.another_open(tx, row.table, was)) is not None:
            return adding_up.added_to(row.table, was, other)
        if there is None:
            return insert(row.table).values(dict(was))
        if not counters:
            raise _moved_on(tx, row, there)
        return _counted_back(row, {})
    added = adding_up.of_others(row.table.name, row.now, there) if there is not None else ()
    if there is None or not _agree(there, row.now, (*counters, *added)):
        raise _moved_on(tx, row, there)
    key = {column.name for column in row.table.primary_key}
    kept = {name: old for name, old in was.items() if name not in {*counters, *added, *key}}
    less = adding_up.less_of(row.table, was, row.now, there) if added else {}
    return _counted_back(row, {**kept, **less})


def _counted_back(row: Changed, values: _Row) -> Any:
    """Set values, and lower counters by what the scan added."""
    counted = {
        name: row.table.c[name] + _number(row.was, name) - _number(row.now, name)
        for name in COUNTERS.get(row.table.name, ())
        if name in row.any
    }
    return update(row.table).where(row.same()).values({**values, **counted})


def _agree(there: _Row, left: _Row, counters: tuple[str, ...]) -> bool:
    return all(there[name] == value for name, value in left.items() if name not in counters)


def _moved_on(tx: Session | None, row: Changed, there: _Row | None) -> Refused:
    """Say that a row has gone on; without ``tx`` once PostgreSQL answers nothing more in it."""
    if row.table.name == "print_job":
        return Refused(Code.UNDO_PRINTED)
    facts = nouns.named(tx, row.table.name, {**row.any, **(there or {})})
    return Refused(Code.UNDO_CHANGED, **facts)


def _joined(before: Changed, after: Changed) -> Changed:
    """Join two changes of the same row; each may name only what it changed."""
    was, now = before.was, after.now
    if was is not None and after.was is not None:
        was = {**after.was, **was}
    if now is not None and before.now is not None:
        now = {**before.now, **now}
    return Changed(before.table, was, now)


def _only_changed(row: Changed) -> Changed:
    """Leave the key and the columns that differ: whatever else others change does not matter."""
    was, now = row.was, row.now
    if was is None or now is None:
        return row
    key = {column.name for column in row.table.primary_key}
    names = [name for name in now if name in key or was[name] != now[name]]
    return Changed(
        row.table, {name: was[name] for name in names}, {name: now[name] for name in names}
    )


def _number(row: _Row | None, name: str) -> int:
    return int(row.get(name) or 0) if row is not None else 0


def _read(table: Table, row: _Row | None) -> dict[str, Any] | None:
    """Read the values of a noted row as those of its columns."""
    if row is None:
        return None
    return {name: _value(table.c[name].type, value) for name, value in row.items()}


def _value(kind: object, value: Any) -> Any:
    if value is None:
        return None
    if isinstance(kind, UtcTime):
        moment = datetime.fromisoformat(value)
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    return bool(value) if isinstance(kind, Boolean) else value
