"""Free work that somebody has, or give it to another worker.

Each is done as whoever has it, or gets it, would do it at a terminal, so that there is one way for
it. Who loses work is told at the next scan; who gets some finds it parked.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from floorhand.domain.control import (
    LISTED_MAX,
    FreeWork,
    GiveWork,
    ListTakers,
    ListWork,
    TakerRow,
    TakersListed,
    WorkFreed,
    WorkGiven,
    WorkListed,
    WorkRow,
)
from floorhand.domain.packing import AsideDone, OpenOrder, OrderOpened, PutAside
from floorhand.domain.picking import GetWork, WalkDone, WorkFound
from floorhand.domain.rights import Right, may
from floorhand.domain.walks import LeaveOrders
from floorhand.errors import Code, Gone, Refused
from floorhand.flows.turn import Ask
from floorhand.ops.claims import leave_orders
from floorhand.ops.colleagues import moment_told
from floorhand.ops.freezing import freeze
from floorhand.ops.getting_work import get_work
from floorhand.ops.leading import must_lead
from floorhand.ops.packing import open_order, put_aside
from floorhand.ops.parking import Left, park
from floorhand.ops.registry import FLOWS
from floorhand.store import open_work
from floorhand.store.ledger import Cause
from floorhand.store.masters import worker_facts
from floorhand.store.orders import split_name
from floorhand.store.schema import Parked, Seat
from floorhand.store.undo_steps import NO_STEPS
from floorhand.store.workers import people


def list_work(tx: Session, cause: Cause, command: ListWork) -> WorkListed:
    """Say who has which work."""
    must_lead(tx, cause, Right.CONTROL)
    found = open_work.held(tx, cause.site)
    shown = found[command.skip : command.skip + LISTED_MAX]
    rows = tuple(
        WorkRow(
            *(one.job, one.task, one.about, one.order, one.holder, one.name),
            since=moment_told(tx, cause.site, one.since, cause.at) if one.since else "",
            done=one.done,
            total=one.total,
        )
        for one in shown
    )
    return WorkListed(rows, command.skip, len(found) > command.skip + LISTED_MAX)


def list_takers(tx: Session, cause: Cause, command: ListTakers) -> TakersListed:
    """Say who may take work on, those first who sit somewhere."""
    must_lead(tx, cause, Right.CONTROL)
    able = [
        one
        for one in people(tx, cause.site)
        if may(one.roles.split(), Right(command.work.job)) and one.code != command.work.holder
    ]
    able.sort(key=lambda one: (not one.seats, one.name, one.code))
    shown = able[command.skip : command.skip + LISTED_MAX]
    rows = tuple(TakerRow(one.code, one.name, " ".join(one.seats)) for one in shown)
    more = len(able) > command.skip + LISTED_MAX
    return TakersListed(command.work, rows, command.skip, more)


def free_work(tx: Session, cause: Cause, command: FreeWork) -> WorkFreed:
    """Give the orders of a walk back, or put an order at a bench aside.

    Raises:
        Refused: `Code.EXCEPTION_CHANGED`, if whoever had it has it no more.
    """
    must_lead(tx, cause, Right.CONTROL)
    holder = replace(cause, worker=command.take_over)
    taken = {"taken_from": command.take_over, "order": command.order}
    try:
        if command.job == "picking":
            left = leave_orders(tx, holder, LeaveOrders(command.task))
            cause.note(job="lead", **taken)
            return WorkFreed(command.about, kept=not isinstance(left.next, WalkDone))
        aside = put_aside(tx, holder, PutAside(command.order))
    except Gone as gone:
        raise _changed(command.about) from gone
    if not isinstance(aside, AsideDone):
        raise _changed(command.about)
    cause.note(job="lead", **taken)
    return WorkFreed(command.about, kept=False)


def give_work(tx: Session, cause: Cause, command: GiveWork) -> WorkGiven:
    """Let another worker take work over, and park it for them where they go on.

    Raises:
        Refused: `Code.EXCEPTION_CHANGED`, if whoever had it has it no more.
    """
    must_lead(tx, cause, Right.CONTROL)
    taker = worker_facts(tx, cause.site, command.worker)
    lead = worker_facts(tx, cause.site, cause.worker)
    if taker is None:
        raise _changed(command.about)
    theirs = replace(cause, worker=taker.code, roles=taker.roles)
    outcome: object
    if command.job == "picking":
        cart = command.about if command.about != command.order else ""
        order = "" if cart else command.order
        outcome = get_work(tx, theirs, GetWork(cart, command.take_over, order))
    else:
        named = split_name(command.order)
        outcome = open_order(tx, theirs, OpenOrder(*named, take_over=command.take_over))
    if not isinstance(outcome, WorkFound | OrderOpened) or not cause.figures.get("take_over"):
        raise _changed(command.about)
    cause.note(job="lead", given_to=taker.code)
    busy = _is_busy(tx, cause, taker.code, command.job)
    flow = FLOWS[command.job]
    reply = flow.step(flow.START, outcome)
    if not busy and isinstance(reply, Ask):
        state = freeze(reply.state)
        by = lead.name if lead else cause.seat
        park(tx, theirs, Left(taker.code, command.job, state, NO_STEPS), by)
    return WorkGiven(command.about, taker.name, busy)


def _is_busy(tx: Session, cause: Cause, worker: str, job: str) -> bool:
    """Say whether a worker has other work of a job open, or parked."""
    left = (Parked.site == cause.site, Parked.worker == worker, Parked.flow == job)
    at = (Seat.site == cause.site, Seat.worker == worker, Seat.flow == job)
    start = freeze(FLOWS[job].START)
    return bool(
        tx.scalar(select(Parked.flow).where(*left))
        or tx.scalar(select(Seat.code).where(*at, Seat.state != start).limit(1))
    )


def _changed(about: str) -> Refused:
    return Refused(Code.EXCEPTION_CHANGED, subject=about)


HANDLERS: dict[type, Callable[..., object]] = {
    ListWork: list_work,
    ListTakers: list_takers,
    FreeWork: free_work,
    GiveWork: give_work,
}
