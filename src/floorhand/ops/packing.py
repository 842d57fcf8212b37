"""Packing: claim an order at the bench, leave it for later."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import cast

from sqlalchemy import TableClause, bindparam, delete, update
from sqlalchemy.orm import Session

from floorhand.domain.packing import (
    AsideDone,
    CheckPieces,
    CloseParcel,
    DeclareMissing,
    ListBoxes,
    Naming,
    OpenOrder,
    OpenSingle,
    OpenTote,
    OrderGone,
    OrderOpened,
    OrderStopped,
    OrderTaken,
    PiecesChecked,
    PutAside,
    TakeBox,
    ToteArrived,
)
from floorhand.errors import Code, Refused
from floorhand.ops.bench import (
    Work,
    bench_here,
    bench_of,
    instruction_of,
    open_bench,
    order_at_bench,
    stop_order,
)
from floorhand.ops.boxing import list_boxes, take_box
from floorhand.ops.colleagues import since
from floorhand.ops.holding import order_must_be_free
from floorhand.ops.missing import declare_missing
from floorhand.ops.shipping import close_parcel
from floorhand.ops.taken_over import take_over
from floorhand.ops.verifying import check_pieces
from floorhand.store import checking, holds, parcels, places, tasks
from floorhand.store.asking import ask
from floorhand.store.ledger import Cause
from floorhand.store.parcels import OrderHead, Tote
from floorhand.store.schema import Checked, Order

Opened = OrderOpened | OrderStopped | OrderTaken | ToteArrived

_ORDER, _CHECKED = cast(TableClause, Order.__table__), cast(TableClause, Checked.__table__)
_THIS = (
    (_ORDER.c.site == bindparam("at_site"))
    & (_ORDER.c.merchant == bindparam("at_merchant"))
    & (_ORDER.c.number == bindparam("at_number"))
)
_BEGIN = (
    update(_ORDER).where(_THIS, _ORDER.c.state.in_(("picked", "packing"))).values(state="packing")
)
_GIVE_BACK = update(_ORDER).where(_THIS).values(state="picked")
_UNCHECK = delete(_CHECKED).where(
    _CHECKED.c.site == bindparam("at_site"),
    _CHECKED.c.place.in_(bindparam("totes", expanding=True)),
)


def open_tote(tx: Session, cause: Cause, command: OpenTote) -> Opened:
    """Claim the order of a tote. A tote that is scanned at a bench stands there from now on.

    Raises:
        Refused: `Code.TOTE_FREE` if it belongs to no order; else as `open_order`, but where it is
            known which bench this is a tote that still has to come is no refusal.
    """
    order_no = parcels.order_of_tote(tx, cause.site, command.tote)
    merchant, _, number = order_no.partition("/")
    head = parcels.order_head(tx, cause.site, merchant, number)
    if head is None:
        raise Refused(Code.TOTE_FREE, tote=command.tote)
    cause.touch("order", order_no)
    totes = parcels.totes_of(tx, cause.site, order_no)
    if head.state == "cancelled":
        return stop_order(tx, cause, head, totes)
    _must_be_picked(head)
    order_must_be_free(tx, cause, head.merchant, head.number)
    task = _task_of(tx, cause, head, totes, command)
    if isinstance(task, OrderTaken):
        return task
    totes = _arrive(tx, cause, totes, command.tote)
    missing = _elsewhere(tx, cause, totes)
    if missing and not bench_of(tx, cause, totes):
        raise Refused(Code.TOTES_ELSEWHERE, order=number, missing=" ".join(missing))
    if missing:
        cause.note(job="packing")
        return ToteArrived(order_no, command.tote, missing)
    return _claim(tx, cause, head, totes, task)


def open_order(tx: Session, cause: Cause, command: OpenOrder) -> Opened:
    """Claim an order by its number.

    Raises:
        Refused: `Code.PACK_NOT_PICKED`, `PACK_CLOSED`, `PACK_HELD`, `TOTE_EMPTY`, or
            `TOTES_ELSEWHERE` if one of its totes does not stand at this bench.
    """
    head = parcels.order_head(tx, cause.site, command.merchant, command.number)
    assert head is not None, command
    totes = parcels.totes_of(tx, cause.site, head.order_no)
    if head.state == "cancelled":
        return stop_order(tx, cause, head, totes)
    _must_be_picked(head)
    order_must_be_free(tx, cause, head.merchant, head.number)
    task = _task_of(tx, cause, head, totes, command)
    if isinstance(task, OrderTaken):
        return task
    if missing := _elsewhere(tx, cause, totes):
        raise Refused(Code.TOTES_ELSEWHERE, order=head.number, missing=" ".join(missing))
    return _claim(tx, cause, head, totes, task)


def open_single(tx: Session, cause: Cause, command: OpenSingle) -> Opened:
    """Claim the most urgent order at the bench that is one of this piece, and verify it.

    If an instruction has to be read first, the piece is verified after that.

    Raises:
        Refused: `Code.NO_SINGLE_ORDER` if none waits here.
    """
    piece = command.piece
    waiting = parcels.single_orders(tx, cause.site, bench_here(tx, cause), piece)
    for number in waiting if piece.pieces == 1 else ():
        head = parcels.order_head(tx, cause.site, piece.merchant, number)
        if head is None or head.state != "picked":
            continue  # another bench was first
        if holds.on_order(tx, cause.site, head.merchant, head.number):
            continue
        totes = parcels.totes_of(tx, cause.site, head.order_no)
        opened = _claim(tx, cause, head, totes, "")
        if opened.instruction:
            return replace(opened, piece=(piece,))
        check = CheckPieces(
            head.order_no, piece.merchant, piece.sku, 1, piece.lot, piece.expiry, piece.serial
        )
        checked = check_pieces(tx, cause, check)
        if isinstance(checked, Naming):
            return replace(opened, naming=(checked,))
        assert isinstance(checked, PiecesChecked), checked
        return replace(opened, rest=checked.rest)
    raise Refused(Code.NO_SINGLE_ORDER, sku=piece.sku)


def put_aside(tx: Session, cause: Cause, command: PutAside) -> AsideDone | OrderStopped | OrderGone:
    """Give the order back, so that any bench can claim it; what was verified is to be redone."""
    work = order_at_bench(tx, cause, command.order)
    if not isinstance(work, Work):
        return work
    ask(tx, _UNCHECK, at_site=cause.site, totes=list(work.codes))
    ask(tx, _GIVE_BACK, **_at(cause, work.head))
    tasks.close_task(tx, cause, work.task, "cancelled")
    cause.note(job="packing", put_aside=work.head.number, merchant=work.head.merchant)
    return AsideDone(command.order, work.codes)


def _must_be_picked(head: OrderHead) -> None:
    """Refuse an order that cannot be packed now."""
    if head.state in ("shipped", "short"):
        raise Refused(Code.PACK_CLOSED, order=head.number)
    if head.state not in ("picked", "packing"):
        state = f"packing.state.{head.state}"
        raise Refused(Code.PACK_NOT_PICKED, order=head.number, state_text=state)


def _task_of(
    tx: Session,
    cause: Cause,
    head: OrderHead,
    totes: tuple[Tote, ...],
    command: OpenTote | OpenOrder,
) -> str | OrderTaken:
    """Give the worker's packing task if the order is open already, else nothing.

    A colleague's is told first and taken over only when that is asked for, from that colleague.
    """
    holder = parcels.holder_of(tx, cause.site, [tote.code for tote in totes])
    if head.state != "packing" or holder is None:
        return ""
    if holder.worker == cause.worker:
        return holder.task
    if command.take_over != holder.worker:
        tote = command.tote if isinstance(command, OpenTote) else ""
        begun = since(tx, cause, holder.since)
        return OrderTaken(head.order_no, tote, holder.worker, holder.name, begun)
    work = f"{head.merchant}/{head.number}"
    take_over(tx, cause, "packing", holder.task, holder.worker, work, head.number)
    return holder.task


def _arrive(tx: Session, cause: Cause, totes: tuple[Tote, ...], code: str) -> tuple[Tote, ...]:
    """Let a scanned tote stand at the bench of its order: the scan proves that it is there."""
    bench = bench_of(tx, cause, totes)
    moved = [tote for tote in totes if tote.code == code and bench and tote.parent != bench]
    for tote in moved:
        places.stand_in(tx, cause, tote.code, bench)
        cause.note(job="packing")
    return tuple(replace(tote, parent=bench) if tote in moved else tote for tote in totes)


def _elsewhere(tx: Session, cause: Cause, totes: tuple[Tote, ...]) -> tuple[str, ...]:
    """List the totes with goods that do not stand where the order is to be packed."""
    full = [tote for tote in totes if tote.pieces]
    place = bench_of(tx, cause, totes) or (full[0].parent if full else "")
    return tuple(f"{tote.code} ({tote.parent or '?'})" for tote in full if tote.parent != place)


def _claim(
    tx: Session, cause: Cause, head: OrderHead, totes: tuple[Tote, ...], task: str
) -> OrderOpened:
    """Make the order the worker's, unless ``task`` says that it is already."""
    order_no = head.order_no
    cause.touch("order", order_no)
    for tote in totes:
        cause.touch("place", tote.code)
    rest = checking.rest_of(tx, cause.site, order_no)
    if not rest.left_pieces + rest.checked_pieces:
        raise Refused(Code.TOTE_EMPTY, order=head.number, totes=" ".join(t.code for t in totes))
    if not task:
        begun = ask(tx, _BEGIN, **_at(cause, head))
        assert begun.rowcount == 1, head
        task = tasks.open_task(tx, cause, parcels.PACK, place=totes[0].code, merchant=head.merchant)
        claimed_task = tasks.claim_task(tx, cause, task)
        assert claimed_task, task
        cause.note(job="packing", merchant=head.merchant, order=head.number)
    codes = tuple(tote.code for tote in totes)
    bench = open_bench(tx, cause, head, codes)
    return OrderOpened(bench, rest, instruction_of(tx, cause, head))


def _at(cause: Cause, head: OrderHead) -> dict[str, str]:
    return {"at_site": cause.site, "at_merchant": head.merchant, "at_number": head.number}


HANDLERS: dict[type, Callable[..., object]] = {
    OpenTote: open_tote,
    OpenOrder: open_order,
    OpenSingle: open_single,
    CheckPieces: check_pieces,
    CloseParcel: close_parcel,
    PutAside: put_aside,
    ListBoxes: list_boxes,
    TakeBox: take_box,
    DeclareMissing: declare_missing,
}
