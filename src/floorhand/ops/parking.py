"""Keep work that is left in the middle, for its worker to take up again anywhere."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import cast

from sqlalchemy import TableClause, bindparam, delete, select
from sqlalchemy.orm import Session

from floorhand.domain.control import NEXT
from floorhand.domain.signing_in import JOBS
from floorhand.flows import taken_back
from floorhand.ops.aside import behind
from floorhand.ops.freezing import freeze, thaw
from floorhand.ops.registry import FLOWS
from floorhand.ops.seats import Settled, Sitting
from floorhand.ops.works import work_of
from floorhand.store.asking import ask
from floorhand.store.ledger import Cause
from floorhand.store.schema import Parked, Seat
from floorhand.store.undo_steps import Steps

_TABLE = cast(TableClause, Parked.__table__)
_PARKED = select(Parked.state).where(
    Parked.site == bindparam("site"),
    Parked.worker == bindparam("worker"),
    Parked.flow == bindparam("flow"),
)
_PARK_NO_MORE = delete(_TABLE).where(
    _TABLE.c.site == bindparam("at_site"),
    _TABLE.c.worker == bindparam("at_worker"),
    _TABLE.c.flow == bindparam("at_flow"),
)


@dataclass(frozen=True, slots=True)
class Left:
    """What a worker leaves: the question, frozen, and what can be taken back from there."""

    worker: str
    flow: str
    state: str
    steps: Steps


def left_at(sitting: Sitting) -> Left:
    """Give what is left when a worker goes from a seat."""
    return Left(sitting.worker, sitting.flow, sitting.state_text, sitting.steps)


def park_open(tx: Session, cause: Cause, left: Left, by: str = "") -> str:
    """Park what is open, if a job is in the middle; gives that job, else nothing.

    What a colleague has done to it is told when it is taken up. ``by`` is who wanted it parked, if
    the worker did not.
    """
    flow, state = behind(left.flow, left.state)
    if flow == taken_back.NAME:
        flow = thaw(taken_back, state).job
    if flow not in JOBS or state == freeze(FLOWS[flow].START):
        return ""
    park(tx, cause, replace(left, flow=flow, state=state), by)
    return flow


def park(tx: Session, cause: Cause, left: Left, by: str = "") -> None:
    """Keep work that is left in the middle."""
    undo_step, redo_step = left.steps
    tx.merge(
        Parked(
            site=cause.site,
            worker=left.worker,
            flow=left.flow,
            state=left.state,
            at=cause.at,
            seat=cause.seat,
            by=by,
            undo_step=undo_step,
            redo_step=redo_step,
        )
    )
    tx.flush()


def forget_taken_up(tx: Session, sitting: Sitting, settled: Settled) -> None:
    """Park work no longer that its worker has gone on with by a scan of what it is about."""
    job, state = settled.flow, settled.state
    if job not in JOBS or (sitting.flow == job and sitting.state != FLOWS[job].START):
        return
    work = work_of(job, state)
    mine = {"site": sitting.site, "worker": sitting.worker, "flow": job}
    parked = ask(tx, _PARKED, **mine).scalar() if work else None
    if parked and work_of(job, thaw(FLOWS[job], parked)) == work:
        ask(tx, _PARK_NO_MORE, **{f"at_{name}": of for name, of in mine.items()})


def is_busy(tx: Session, site: str, worker: str, job: str) -> bool:
    """Say whether a worker has other work of a job open, or parked.

    Who is at the first question of a job that hands out work gets this next.
    """
    left = (Parked.site == site, Parked.worker == worker, Parked.flow == job)
    at = [Seat.site == site, Seat.worker == worker, Seat.flow == job]
    if job not in NEXT:
        at.append(Seat.state != freeze(FLOWS[job].START))
    return bool(
        tx.scalar(select(Parked.flow).where(*left))
        or tx.scalar(select(Seat.code).where(*at).limit(1))
    )
