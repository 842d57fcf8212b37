"""Read what counts in a period; `floorhand.domain.entries` says what that is."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from operator import itemgetter
from typing import Any, Final

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from floorhand.domain.entries import Entry, TakenBack
from floorhand.domain.json_text import as_json
from floorhand.domain.shifts import Period
from floorhand.store.asking import ask, of_texts
from floorhand.store.prepared import UNNAMED
from floorhand.store.schema import Operation

UNDO: Final = "Undo"
"""The kind of an operation that takes another one back."""

_COLUMNS = (Operation.id, Operation.worker, Operation.at, Operation.facts, Operation.undoes)
"""No more than is needed of each: a shift has tens of thousands."""

ID: Final = 0
WORKER: Final = 1
AT: Final = 2
FACTS: Final = 3
UNDOES: Final = 4
"""Where these stand in a row."""

_OF_PERIOD = (
    select(*_COLUMNS)
    .where(
        Operation.site == bindparam("site"),
        Operation.at >= bindparam("start"),
        Operation.at < bindparam("end"),
    )
    .execution_options(**{UNNAMED: True})
)
_OF_KINDS = _OF_PERIOD.where(Operation.kind.in_(bindparam("kinds", expanding=True)))
_NAMED = of_texts(
    "ids",
    lambda ids: select(*_COLUMNS, Operation.kind).where(
        Operation.site == bindparam("site"), Operation.id.in_(ids)
    ),
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
    rows: list[Any]
    if kinds:
        rows = list(tx.execute(_OF_KINDS, {**within, "kinds": [*kinds, UNDO]}))
    else:
        rows = ask(tx, _OF_PERIOD, **within)
    undos = [row for row in rows if row[UNDOES] is not None]
    gone = {row[UNDOES] for row in undos}
    here = {row[ID]: row for row in rows if row[ID] in gone}
    earlier = {row.id: row for row in _named(tx, site, sorted(gone - here.keys()))}
    facts = _facts(rows, earlier.values())
    counted = [
        Entry(id_, worker, at, facts[text])
        for id_, worker, at, text, undoes in rows
        if undoes is None and id_ not in gone
    ]
    counted += [
        Entry(was[ID], was[WORKER], undo[AT], facts[was[FACTS]], -1)
        for undo in undos
        if (was := earlier.get(undo[UNDOES])) is not None and (not kinds or was.kind in kinds)
    ]
    taken_back = tuple(
        TakenBack(undo[WORKER], str(facts[was[FACTS]].get("job", "")))
        for undo in undos
        if (was := here.get(undo[UNDOES]) or earlier.get(undo[UNDOES])) is not None
    )
    return Entries(tuple(counted), taken_back)


def _named(tx: Session, site: str, ids: Sequence[str]) -> list[Any]:
    return ask(tx, _NAMED, site=site, ids=as_json(list(ids))) if ids else []


def _facts(*lists: Iterable[Any]) -> _Facts:
    """Read the facts of rows, all in one go, which takes half as long as one by one.

    Many operations of a shift note the same: they share it.
    """
    texts = list(set(map(itemgetter(FACTS), chain(*lists))))
    return dict(zip(texts, json.loads(f"[{','.join(texts)}]"), strict=True))
