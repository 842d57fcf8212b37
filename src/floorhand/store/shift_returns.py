"""Questions about a period's returns: when they came, and which deadlines passed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from floorhand.domain.entries import Entry
from floorhand.domain.json_text import as_json
from floorhand.domain.return_figures import JOB
from floorhand.domain.shifts import Period
from floorhand.store.asking import ask, of_texts
from floorhand.store.schema import Return

_RECEIVED = of_texts(
    "numbers",
    lambda numbers: select(Return.number, Return.received_at).where(
        Return.site == bindparam("site"),
        Return.number.in_(numbers),
        Return.received_at.is_not(None),
    ),
)
_DEADLINES = select(Return.number, Return.deadline, Return.received_at, Return.disposed_at).where(
    Return.site == bindparam("site"),
    Return.deadline >= bindparam("start"),
    Return.deadline < bindparam("end"),
    Return.received_at.is_not(None),
)


@dataclass(frozen=True, slots=True)
class Deadlines:
    """How many deadlines passed in a period, and how many will before the next shift ends."""

    missed: int
    coming: int


def received(tx: Session, site: str, numbers: Sequence[str]) -> dict[str, datetime]:
    """Say when returns came."""
    return dict(ask(tx, _RECEIVED, site=site, numbers=as_json(list(numbers))))


def deadlines(
    tx: Session,
    site: str,
    period: Period,
    next_end: datetime,
    now: datetime,
    taken_back: Iterable[Entry],
) -> Deadlines:
    """Count the deadlines of returns that were here: what has not come nobody can judge.

    Args:
        tx: An open transaction.
        site: The building.
        period: In which deadlines passed.
        next_end: When the shift after it ends.
        now: Until then they have passed, if the period still runs.
        taken_back: What was done by the period's end and taken back since: such a return was
            closed then.
    """
    as_of = min(now, period.end)
    closed_then = {
        one.word("number"): one.at
        for one in taken_back
        if one.word("job") == JOB and one.facts.get("orders")
    }
    missed = coming = 0
    for row in ask(tx, _DEADLINES, site=site, start=period.start, end=next_end):
        closed = closed_then.get(row.number, row.disposed_at)
        if row.deadline < as_of:
            was_here = row.received_at < row.deadline
            missed += was_here and (closed is None or closed > row.deadline)
        else:
            coming += row.received_at < as_of and (closed is None or closed >= as_of)
    return Deadlines(missed, coming)
