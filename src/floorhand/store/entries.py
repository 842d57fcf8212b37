"""Read what counts in a period; `floorhand.domain.entries` says what that is."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import Session

from floorhand.domain.entries import Entry, TakenBack
from floorhand.domain.shifts import Period
from floorhand.store.asking import ask
from floorhand.store.schema import Operation

UNDO: Final = "Undo"
"""The kind of an operation that takes another one back."""

NAMED_MAX: Final = 500
"""Rows that are asked for by name in one question."""

_COLUMNS = (
    Operation.id,
    Operation.kind,
    Operation.worker,
    Operation.seat,
    Operation.at,
    Operation.facts,
    Operation.undoes,
)
_OF_PERIOD = select(*_COLUMNS).where(
    Operation.site == bindparam("site"),
    Operation.at >= bindparam("start"),
    Operation.at < bindparam("end"),
)
_OF_KINDS = _OF_PERIOD.where(Operation.kind.in_(bindparam("kinds", expanding=True)))
_NAMED = select(*_COLUMNS).where(
    Operation.site == bindparam("site"), Operation.id.in_(bindparam("ids", expanding=True))
)
_UNDOS_SINCE: Select[Any] = select(Operation.undoes).where(
    Operation.site == bindparam("site"),
    Operation.kind == UNDO,
    Operation.at >= bindparam("end"),
)


_Facts = Mapping[str, Mapping[str, Any]]
"""Facts by their JSON."""


@dataclass(frozen=True, slots=True)
class Entries:
    """What counts in a period, in no particular order, and what somebody took back in it."""

    counted: tuple[Entry, ...]
    taken_back: tuple[TakenBack, ...]


def entries(tx: Session, site: str, period: Period, kinds: Sequence[str] = ()) -> Entries:
    """Read the operations that count in a period, and those that are taken off in it.

    Args:
        tx: An open transaction.
        site: The building.
        period: When they were done, or taken back.
        kinds: Only those of these kinds; empty: all.
    """
    within = {"site": site, "start": period.start, "end": period.end}
    if kinds:
        rows = list(tx.execute(_OF_KINDS, {**within, "kinds": [*kinds, UNDO]}))
    else:
        rows = ask(tx, _OF_PERIOD, **within)
    undos = [row for row in rows if row.undoes is not None]
    gone = {row.undoes for row in undos}
    here = {row.id: row for row in rows if row.id in gone}
    earlier = {row.id: row for row in _named(tx, site, sorted(gone - here.keys()))}
    facts = _facts(rows, earlier.values())
    counted = [_entry(row, facts) for row in rows if row.undoes is None and row.id not in gone]
    counted += [
        _entry(was, facts, taken_off=undo)
        for undo in undos
        if (was := earlier.get(undo.undoes)) is not None and (not kinds or was.kind in kinds)
    ]
    taken_back = tuple(
        TakenBack(undo.worker, str(facts[was.facts].get("job", "")))
        for undo in undos
        if (was := here.get(undo.undoes) or earlier.get(undo.undoes)) is not None
    )
    return Entries(tuple(counted), taken_back)


def taken_back_since(tx: Session, site: str, period: Period) -> tuple[Entry, ...]:
    """List what counts in periods up to this one's end, and was taken back since."""
    rows = _named(tx, site, list(tx.scalars(_UNDOS_SINCE, {"site": site, "end": period.end})))
    facts = _facts(rows)
    return tuple(_entry(row, facts) for row in rows if row.at < period.end)


def _named(tx: Session, site: str, ids: Sequence[str]) -> list[Any]:
    rows: list[Any] = []
    for first in range(0, len(ids), NAMED_MAX):
        rows += tx.execute(_NAMED, {"site": site, "ids": list(ids[first : first + NAMED_MAX])})
    return rows


def _entry(row: Any, facts: _Facts, taken_off: Any = None) -> Entry:
    id_, kind, worker, seat, at, text, _ = row
    if taken_off is None:
        return Entry(id_, kind, worker, seat, at, facts[text])
    return Entry(id_, kind, worker, seat, taken_off.at, facts[text], -1)


def _facts(*lists: Iterable[Any]) -> _Facts:
    """Read the facts of rows, all in one go, which takes half as long as one by one.

    Many operations of a shift note the same: they share it.
    """
    texts = list({row.facts for rows in lists for row in rows})
    return dict(zip(texts, json.loads(f"[{','.join(texts)}]"), strict=True))
