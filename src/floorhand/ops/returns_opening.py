"""Take a return onto the bench: whose it is to inspect, and what was counted of it before."""

from __future__ import annotations

from typing import cast

from sqlalchemy import TableClause, bindparam, func, update
from sqlalchemy.orm import Session

from floorhand.domain.identifying import (
    OpenReturn,
    ParcelShared,
    RejectionWaits,
    ReturnHeld,
    ReturnOpened,
)
from floorhand.domain.things import Line
from floorhand.errors import Code, Gone, Refused
from floorhand.ops.beginning import need_room
from floorhand.ops.colleagues import since
from floorhand.ops.returns_bench import JOB, bench, claim, finding_of, holder_of, parcel, the_return
from floorhand.ops.returns_verdict import waiting_rejection
from floorhand.ops.taken_over import tell_holder
from floorhand.ops.works import work_of
from floorhand.store import ledger, returns
from floorhand.store.asking import ask
from floorhand.store.inspections import pending_of
from floorhand.store.ledger import Cause
from floorhand.store.returns import ReturnHead
from floorhand.store.schema import Return

_RETURN = cast(TableClause, Return.__table__)
_THIS = (_RETURN.c.site == bindparam("at_site")) & (_RETURN.c.number == bindparam("at_number"))
_NOW = bindparam("now", type_=_RETURN.c.received_at.type)
_RECEIVE = (
    update(_RETURN)
    .where(_THIS)
    .values(
        custody="received",
        place=bindparam("bench"),
        received_at=func.coalesce(_RETURN.c.received_at, _NOW),
    )
)
_LET_GO = (
    update(_RETURN)
    .where(_THIS, _RETURN.c.worker == bindparam("holder"), _RETURN.c.custody != "disposed")
    .values(worker=None, claimed_at=None)
)


def open_the_return(
    tx: Session, cause: Cause, command: OpenReturn
) -> ReturnOpened | ParcelShared | ReturnHeld | RejectionWaits:
    """Take a return onto the bench, offer all that share its parcel, or say who has it.

    What a rejection was closed without can still be added.

    Raises:
        Refused: `Code.RETURN_CLOSED` if it has been inspected already; `Code.NO_ROOM_FOR_WORK`.
    """
    if command.leaving:
        let_go_return(tx, cause, command.leaving)
    head = the_return(tx, cause, command.number)
    if not command.alone:
        options = returns.in_same_parcel(tx, cause.site, head)
        if command.again in {option.code for option in options}:
            head = the_return(tx, cause, command.again)
        elif len(options) > 1:
            return ParcelShared(options)
    if head.custody == "disposed":
        if waits := waiting_rejection(tx, cause, head.number):
            return waits
        refusal = Gone if head.number == command.again else Refused
        raise refusal(Code.RETURN_CLOSED, number=head.number)
    if head.custody != "received":
        need_room(tx)
    take_from = command.holder if head.number == command.again else ""
    if take_from and head.worker == take_from:
        work = head.number
        tell_holder(tx, cause, JOB, take_from, work, lambda state: work_of(JOB, state) == work)
    if not claim(tx, cause, head.number, take_from):
        holder = holder_of(tx, cause, head.number)
        return ReturnHeld(head.number, holder.worker, holder.name, since(tx, cause, holder.since))
    return _onto_bench(tx, cause, head)


def _onto_bench(tx: Session, cause: Cause, head: ReturnHead) -> ReturnOpened:
    """Receive the parcel where the worker stands, with what was counted of it elsewhere."""
    here = bench(tx, cause)
    if head.order:
        cause.touch("order", head.merchant, head.order)
    taken_over = head.worker not in ("", cause.worker)
    moves = head.custody != "received" or head.place != here
    if moves:
        at = {"at_site": cause.site, "at_number": head.number}
        ask(tx, _RECEIVE, **at, bench=here, now=cause.at)
    if moves or head.worker != cause.worker:
        new = {} if head.custody == "received" else {"received": 1}
        before: dict[str, str | int] = (
            {"take_over": 1, "taken_from": head.worker} if taken_over else {}
        )
        cause.note(job=JOB, number=head.number, merchant=head.merchant, **new, **before)
    if head.place and head.place != here:
        pending = pending_of(tx, cause.site, head.number)
        lines = [Line(row.goods, row.pieces) for row in pending]
        ledger.move(tx, cause, head.place, here, lines)
    return opened(tx, cause, head.number)


def opened(tx: Session, cause: Cause, number: str) -> ReturnOpened:
    """Show a return on the bench, with the first of what is still to be judged."""
    head = the_return(tx, cause, number)
    pending = pending_of(tx, cause.site, number)
    return ReturnOpened(
        parcel(tx, cause, number, opening=True),
        tuple(finding_of(tx, cause, head, row) for row in pending[:1]),
    )


def let_go_return(tx: Session, cause: Cause, number: str) -> bool:
    """Give back a return that the worker has; False if the worker does not have it."""
    gone = ask(tx, _LET_GO, at_site=cause.site, at_number=number, holder=cause.worker)
    return gone.rowcount == 1
