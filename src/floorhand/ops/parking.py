"""Keep work that is left in the middle, for its worker to take up again anywhere."""

from __future__ import annotations

from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from floorhand.domain.signing_in import JOBS
from floorhand.flows import taken_back
from floorhand.ops.aside import behind
from floorhand.ops.freezing import freeze, thaw
from floorhand.ops.registry import FLOWS
from floorhand.ops.seats import Sitting
from floorhand.store.ledger import Cause
from floorhand.store.schema import Parked
from floorhand.store.undo_steps import Steps


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
