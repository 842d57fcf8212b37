"""Carry out the first half of return inspection: find out whose parcel it is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from floorhand.domain.days import day
from floorhand.domain.identifying import (
    AttachOrder,
    CodeUnknown,
    CreateReturn,
    FindOfOrder,
    FindOfPiece,
    Identify,
    ListWaiting,
    OpenReturn,
    OrderReturns,
    PieceOrigins,
    RegisterUnknown,
    ReturnOpened,
    ReturnsWaiting,
    SerialFound,
    UnknownRegistered,
)
from floorhand.domain.inspection import Candidate
from floorhand.domain.returns import (
    CUSTOMER_RETURN,
    NONE_OF_THESE,
    UNDELIVERED,
    UNKNOWN_PARCEL,
    UNKNOWN_PLACE,
    Option,
    PlateQueued,
    PrintPlate,
    SetKind,
)
from floorhand.errors import Code, Refused
from floorhand.ops.returns_bench import (
    JOB,
    bench,
    new_number,
    open_return,
    standing_place,
    the_return,
)
from floorhand.ops.returns_opening import open_the_return, opened
from floorhand.store import origins, returns, tasks
from floorhand.store.ledger import Cause
from floorhand.store.lookup import product
from floorhand.store.print_jobs import queue_label
from floorhand.store.returns import ReturnHead
from floorhand.store.schema import Order, OrderLine, Return, ReturnLine, Trouble
from floorhand.store.shelves import site_date

SAME_BUYER = "★"
"""Marks a candidate order of the very customer."""


def list_waiting(tx: Session, cause: Cause, _command: ListWaiting) -> ReturnsWaiting:
    """List what is to be inspected, the nearest deadline first."""
    return ReturnsWaiting(returns.waiting(tx, cause.site, cause.worker, cause.at))


def find_of_order(tx: Session, cause: Cause, command: FindOfOrder) -> OrderReturns:
    """List an order's open returns.

    Raises:
        Refused: `Code.RETURN_NOT_SHIPPED` if the order has none and never left the house.
    """
    options = returns.of_order(tx, cause.site, command.merchant, command.order)
    if not options:
        state = tx.scalar(
            select(Order.state).where(
                Order.site == cause.site,
                Order.merchant == command.merchant,
                Order.number == command.order,
            )
        )
        if state != "shipped":
            raise Refused(Code.RETURN_NOT_SHIPPED, order=command.order)
    return OrderReturns(command.merchant, command.order, options)


def find_of_piece(tx: Session, cause: Cause, command: FindOfPiece) -> PieceOrigins:
    """List where a piece may come from: announced returns, then orders, best first."""
    site, merchant, sku = cause.site, command.merchant, command.sku
    head = the_return(tx, cause, command.number) if command.number else None
    serial = command.piece.serial if command.piece else ""
    options: list[Option] = []
    if serial and (shipped := origins.serial_shipped(tx, site, serial, merchant, sku)):
        options.append(Option(f"order:{shipped[2]}", f"{shipped[2]} · {serial}"))
    if head is None:
        options += origins.with_piece(tx, site, merchant, sku)
    likely = origins.candidates(
        tx,
        site,
        merchant,
        sku,
        now=cause.at,
        customer=head.customer if head else "",
        asked_at=head.asked_at if head else None,
        pieces=_pieces(tx, cause, command),
    )
    customer = head.customer if head else ""
    known = {option.code for option in options}
    options += [
        option
        for option in (_candidate(order, customer) for order in likely)
        if option.code not in known
    ]
    shown = (*options[: origins.CANDIDATES_SHOWN_MAX], Option(NONE_OF_THESE, ""))
    return PieceOrigins(merchant, shown, command.piece, command.number)


def _pieces(tx: Session, cause: Cause, command: FindOfPiece) -> int:
    """Say how many pieces an order would best have had: those still to be found, or in hand."""
    if command.number:
        lines = returns.lines_of(tx, cause.site, command.number, command.merchant, command.sku)
        if left := sum(line.advised - line.received for line in lines):
            return left
    return command.piece.pieces if command.piece else 1


def _candidate(order: Candidate, customer: str) -> Option:
    mark = SAME_BUYER if customer and order.customer == customer else ""
    parts = (order.order, day(order.day), f"{order.pieces} ×", mark)
    return Option(f"order:{order.order}", " · ".join(part for part in parts if part))


def identify_code(tx: Session, cause: Cause, command: Identify) -> SerialFound | CodeUnknown:
    """Find the shipped piece that carries a serial."""
    found = origins.serial_shipped(tx, cause.site, command.code)
    if found is not None and (piece := product(tx, cause.site, found[0], found[1])):
        return SerialFound(replace(piece, serial=command.code))
    return CodeUnknown(command.code, command.shown)


def create_return(tx: Session, cause: Cause, command: CreateReturn) -> ReturnOpened:
    """Start a return that nobody announced, with a number and a plate of its own.

    What was never delivered comes back whole, so all that was packed is expected.
    """
    number, plate = new_number(tx, cause)
    order = tx.execute(
        select(Order.customer, Order.channel).where(
            Order.site == cause.site,
            Order.merchant == command.merchant,
            Order.number == command.order,
        )
    ).one_or_none()
    tx.execute(
        insert(Return).values(
            site=cause.site,
            number=number,
            plate=plate,
            merchant=command.merchant,
            order=command.order,
            customer=order.customer if order else "",
            kind=command.kind,
            platform=order.channel if order else "",
            custody="received",
            received_at=cause.at,
            place=bench(tx, cause),
            worker=cause.worker,
            claimed_at=cause.at,
        )
    )
    if command.kind == UNDELIVERED:
        _expect_all(tx, cause, number, command)
    cause.note(job=JOB, number=number, merchant=command.merchant, received=1, unannounced=1)
    _queue_plate(tx, cause, the_return(tx, cause, number))
    return opened(tx, cause, number)


def _expect_all(tx: Session, cause: Cause, number: str, command: CreateReturn) -> None:
    rows = tx.execute(
        select(OrderLine.sku, func.sum(OrderLine.packed))
        .where(
            OrderLine.site == cause.site,
            OrderLine.merchant == command.merchant,
            OrderLine.order == command.order,
            OrderLine.packed > 0,
        )
        .group_by(OrderLine.sku)
        .order_by(func.min(OrderLine.line_no))
    ).all()
    if rows:
        tx.execute(
            insert(ReturnLine),
            [
                {
                    "site": cause.site,
                    "number": number,
                    "line_no": line_no,
                    "merchant": command.merchant,
                    "sku": sku,
                    "advised": int(packed),
                }
                for line_no, (sku, packed) in enumerate(rows, 1)
            ],
        )


def attach_order(tx: Session, cause: Cause, command: AttachOrder) -> ReturnOpened:
    """Say whose return it is, and of which order.

    Raises:
        Gone: As `open_return`.
    """
    head = open_return(tx, cause, command.number)
    customer = tx.scalar(
        select(Order.customer).where(
            Order.site == cause.site,
            Order.merchant == command.merchant,
            Order.number == command.order,
        )
    )
    tx.execute(
        update(Return)
        .where(Return.site == cause.site, Return.number == command.number)
        .values(
            merchant=head.merchant or command.merchant,
            order=command.order,
            customer=head.customer or customer or "",
            kind=CUSTOMER_RETURN if head.kind == UNKNOWN_PARCEL else head.kind,
        )
    )
    cause.note(job=JOB, number=command.number, merchant=command.merchant, order=command.order)
    return opened(tx, cause, command.number)


def register_unknown(tx: Session, cause: Cause, command: RegisterUnknown) -> UnknownRegistered:
    """Number a parcel that nobody knows, label it, and put it on the supervisor's list."""
    number, plate = new_number(tx, cause)
    place = standing_place(tx, cause, UNKNOWN_PLACE)
    tx.execute(
        insert(Return).values(
            site=cause.site,
            number=number,
            plate=plate,
            merchant=None,
            kind=UNKNOWN_PARCEL,
            tracking=command.code,
            sender=" · ".join(part for part in (command.carrier, command.sender) if part),
            custody="received",
            received_at=cause.at,
            place=place,
        )
    )
    entry = tasks.trouble(
        tx,
        cause,
        "unknown_return",
        number,
        carrier=command.carrier,
        sender=command.sender,
        code=command.code,
        place=place,
    )
    tx.execute(
        update(Trouble)
        .where(Trouble.site == cause.site, Trouble.id == entry)
        .values(owner=cause.worker)
    )
    cause.note(job=JOB, number=number, received=1, unknown=1)
    _queue_plate(tx, cause, the_return(tx, cause, number))
    return UnknownRegistered(number, place)


def set_kind(tx: Session, cause: Cause, command: SetKind) -> ReturnOpened:
    """Say what kind of return it is.

    Raises:
        Gone: As `open_return`.
    """
    open_return(tx, cause, command.number)
    tx.execute(
        update(Return)
        .where(Return.site == cause.site, Return.number == command.number)
        .values(kind=command.kind)
    )
    cause.note(job=JOB, number=command.number, kind=command.kind)
    return opened(tx, cause, command.number)


def print_plate(tx: Session, cause: Cause, command: PrintPlate) -> PlateQueued:
    """Queue the plate of a return; one that came without gets a code of its own."""
    head = open_return(tx, cause, command.number)
    if not head.plate:
        _, plate = new_number(tx, cause)
        tx.execute(
            update(Return)
            .where(Return.site == cause.site, Return.number == head.number)
            .values(plate=plate)
        )
        head = the_return(tx, cause, command.number)
    cause.note(job=JOB, number=head.number, plates=1)
    _queue_plate(tx, cause, head)
    return PlateQueued(head.number)


def _queue_plate(tx: Session, cause: Cause, head: ReturnHead) -> None:
    data = {
        "number": head.number,
        "scan_code": head.plate,
        "merchant": head.merchant,
        "kind": head.kind,
        "order": head.order,
        "received": site_date(tx, cause.site, cause.at).isoformat(),
        "deadline": site_date(tx, cause.site, head.deadline).isoformat() if head.deadline else "",
    }
    queue_label(tx, cause, "return", head.number, data)


HANDLERS: dict[type, Callable[..., object]] = {
    OpenReturn: open_the_return,
    ListWaiting: list_waiting,
    FindOfOrder: find_of_order,
    FindOfPiece: find_of_piece,
    Identify: identify_code,
    CreateReturn: create_return,
    AttachOrder: attach_order,
    RegisterUnknown: register_unknown,
    SetKind: set_kind,
    PrintPlate: print_plate,
}
