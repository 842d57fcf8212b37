"""What can be decided about work that nobody goes on with, and about labels."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from floorhand.domain.exceptions import Decide
from floorhand.domain.leading import FreeSeat
from floorhand.domain.print_desk import ConfirmLabels, ReprintLabel, VoidLabels
from floorhand.domain.walks import LeaveOrders
from floorhand.errors import Code, Refused
from floorhand.flows.turn import AnyState, Facts
from floorhand.ops import leading, print_desk
from floorhand.ops.claims import leave_orders
from floorhand.ops.freezing import thaw
from floorhand.ops.registry import FLOWS
from floorhand.ops.taken_over import tell_freed
from floorhand.ops.work_things import note_things, things_of_work
from floorhand.ops.works import work_of
from floorhand.store import count_sheets, open_work
from floorhand.store.exceptions import Standing
from floorhand.store.ledger import Cause
from floorhand.store.schema import Parked, Seat, Slot, Task

LOST = "lost"
"""Why a label is printed again that did not come out."""

AT_ONCE = ("putaway", "putback", "refill", "count")
"""Kinds of work of which a worker has nothing in hand that others would need."""


def free_work(tx: Session, cause: Cause, one: Standing, _command: Decide) -> Facts:
    """Take work from a worker who does not go on with it, so that a colleague finds it.

    Who still sits at it is signed out, and the work is parked. What can be given back is open again
    at once: a walk without a tote, and all that is no walk and no order at a bench. Those two stay
    with the worker until a colleague scans their cart or tote and takes over what is in it.
    """
    for seat in _seats(tx, cause.site, one.holder):
        leading.free_seat(tx, cause, FreeSeat(seat))
    tasks = _parked_tasks(tx, cause.site, one) or [str(one.facts.get("task", ""))]
    held = (work for work in open_work.held(tx, cause.site) if work.holder == one.holder)
    about = next((work.about for work in held if work.task in tasks), one.subject)
    opened, things = 0, frozenset[str]()
    for task in filter(None, tasks):
        of_task = things_of_work(tx, cause.site, "", task)
        if _open_again(tx, cause, task, one.holder):
            opened, things = opened + 1, things | of_task
    note_things(cause, things)
    if opened:
        _tell(tx, cause, one, about, {*tasks, about})
    cause.note(freed_work=opened, taken_from=one.holder)
    return {"name": str(one.facts.get("worker", one.holder)), "count": opened}


def _seats(tx: Session, site: str, worker: str) -> Iterable[str]:
    return tx.scalars(select(Seat.code).where(Seat.site == site, Seat.worker == worker)).all()


def _parked_tasks(tx: Session, site: str, one: Standing) -> list[str]:
    """Name the tasks of parked work: that of a walk, or all at the place of a put-away."""
    flow = str(one.facts.get("flow", ""))
    state = tx.scalar(
        select(Parked.state).where(
            Parked.site == site, Parked.worker == one.holder, Parked.flow == flow
        )
    )
    if state is None:
        return []
    work = work_of(flow, thaw(FLOWS[flow], state))
    mine = (Task.site == site, Task.worker == one.holder, Task.state == "claimed")
    named = select(Task.id).where(*mine, (Task.id == work) | (Task.place == work))
    return list(tx.scalars(named)) if work else []


def _open_again(tx: Session, cause: Cause, task: str, holder: str) -> int:
    """Let anybody have a task that a worker claimed; 1 if that was done."""
    mine = (Task.site == cause.site, Task.id == task, Task.worker == holder)
    kind = tx.scalar(select(Task.kind).where(*mine, Task.state == "claimed"))
    if kind == "pick":
        bound = (Slot.site == cause.site, Slot.task == task, Slot.tote.is_not(None))
        if tx.scalar(select(Slot.tote).where(*bound).limit(1)) is not None:
            return 0
        leave_orders(tx, replace(cause, worker=holder), LeaveOrders(task))
        return 1
    if kind not in AT_ONCE:
        return 0
    if kind == "count":
        return int(count_sheets.give_back(tx, cause.site, task, holder))
    opened = tx.execute(
        update(Task)
        .where(*mine, Task.state == "claimed")
        .values(state="open", worker=None, claimed_at=None)
        .returning(Task.id)
    )
    return len(opened.all())


def _tell(tx: Session, cause: Cause, one: Standing, about: str, named: Collection[str]) -> None:
    """Let the worker be told so instead of being led back to what a colleague does by now."""
    flow = {"pick": "picking", "count": "counting", "refill": "refill"}.get(
        str(one.facts.get("job", "")), "putaway"
    )
    of_holder = replace(cause, worker=one.holder, lead=cause.worker or cause.seat)
    job = str(one.facts.get("flow", flow))
    is_parked = "flow" in one.facts

    def is_it(state: AnyState) -> bool:
        return is_parked or work_of(job, state) in named

    tell_freed(tx, of_holder, job, one.holder, about, is_it)


def reprint(tx: Session, cause: Cause, one: Standing, _command: Decide) -> Facts:
    """Let a label come out once more, at the printer that it was meant for."""
    done = print_desk.reprint(tx, cause, ReprintLabel(one.subject, LOST))
    return {"code": one.subject, "printer": done.printer}


def confirm(tx: Session, cause: Cause, one: Standing, _command: Decide) -> Facts:
    """Believe that a label in doubt has come out: somebody has looked.

    Raises:
        Refused: `Code.EXCEPTION_CHANGED` if it is not in doubt any more.
    """
    return _settled(one, print_desk.confirm_labels(tx, cause, ConfirmLabels(_job(one))).labels)


def void(tx: Session, cause: Cause, one: Standing, _command: Decide) -> Facts:
    """Let nobody use a label any more.

    Raises:
        Refused: `Code.EXCEPTION_CHANGED` if it is going out just now.
    """
    return _settled(one, print_desk.void_labels(tx, cause, VoidLabels(_job(one))).labels)


def _job(one: Standing) -> tuple[str]:
    return (str(one.facts["label"]),)


def _settled(one: Standing, labels: int) -> Facts:
    if not labels:
        raise Refused(Code.EXCEPTION_CHANGED, subject=one.subject)
    return {"code": one.subject}
