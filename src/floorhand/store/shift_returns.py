"""Questions about a period's returns: which deadlines passed, and which are near."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from floorhand.domain.shifts import Period
from floorhand.store.asking import ask
from floorhand.store.schema import Return, ReturnWas

_DEADLINES = select(Return.number, Return.deadline, Return.received_at, Return.disposed_at).where(
    Return.site == bindparam("site"),
    Return.deadline >= bindparam("start"),
    Return.deadline < bindparam("end"),
    Return.received_at.is_not(None),
)
_WERE = (
    select(ReturnWas.number, ReturnWas.deadline, ReturnWas.received_at, ReturnWas.disposed_at)
    .where(
        ReturnWas.site == bindparam("site"),
        ReturnWas.deadline >= bindparam("start"),
        ReturnWas.deadline < bindparam("end"),
        ReturnWas.until >= bindparam("as_of"),
    )
    .order_by(ReturnWas.until.desc())
)


@dataclass(frozen=True, slots=True)
class Deadlines:
    """How many deadlines passed in a period, and how many will before the next shift ends."""

    missed: int
    coming: int


def deadlines(
    tx: Session, site: str, period: Period, next_end: datetime, now: datetime
) -> Deadlines:
    """Count the deadlines of returns that were here: what has not come nobody can judge.

    No deadline changes once a return is here, so all that was kept of one has the same.

    Args:
        tx: An open transaction.
        site: The building.
        period: In which deadlines passed.
        next_end: When the shift after it ends.
        now: Until then they have passed, if the period still runs.
    """
    as_of = min(now, period.end)
    within = {"site": site, "start": period.start, "end": next_end}
    were = ask(tx, _WERE, **within, as_of=as_of)
    rows = {row.number: row for row in (*ask(tx, _DEADLINES, **within), *were)}
    missed = coming = 0
    for _, deadline, received, closed in rows.values():
        if received is None:
            continue
        if deadline < as_of:
            missed += received < deadline and (closed is None or closed > deadline)
        else:
            coming += received < as_of and (closed is None or closed >= as_of)
    return Deadlines(missed, coming)
