"""What return inspection asks: parcels and their returns, candidate orders, what was counted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, case, func, literal, or_, select
from sqlalchemy.orm import Session

from floorhand.domain.returns import (
    CUSTOMER_RETURN,
    UNKNOWN_PARCEL,
    Candidate,
    Option,
    Parcel,
    ranked,
)
from floorhand.domain.rules import MerchantRules
from floorhand.store.masters import merchant_rules
from floorhand.store.schema import (
    Move,
    Order,
    OrderLine,
    Return,
    ReturnLine,
    Sku,
    Stock,
)
from floorhand.store.schema import Parcel as ParcelRow

SHARED_MAX = 20
"""Returns in one parcel that are offered at a time; the next ones follow when these are closed."""

CANDIDATES_READ_MAX = 60
"""Orders that are looked at for a piece, the customer's own and the newest first."""

CANDIDATES_SHOWN_MAX = 7
"""Orders that a worker is asked to choose from; more could not be read on a handheld."""

LINES_SHOWN_MAX = 30
"""SKUs of a return in a list to choose from."""

OPEN_CUSTODIES = ("advised", "in_transit", "received")


@dataclass(frozen=True, slots=True)
class ReturnHead:
    """A return as its inspection needs it."""

    number: str
    merchant: str
    order: str
    customer: str
    kind: str
    platform: str
    platform_id: str
    combined_id: str
    tracking: str
    custody: str
    money: str
    reason: str
    asked_at: datetime | None
    deadline: datetime | None
    place: str
    plate: str


@dataclass(frozen=True, slots=True)
class LineCounts:
    """One line of a return with its counts in pieces."""

    line_no: int
    advised: int
    received: int
    disposed: int
    reason: str


def head(tx: Session, site: str, number: str) -> ReturnHead | None:
    """Read a return."""
    columns = (
        Return.number,
        func.coalesce(Return.merchant, ""),
        Return.order,
        Return.customer,
        Return.kind,
        Return.platform,
        Return.platform_id,
        Return.combined_id,
        Return.tracking,
        Return.custody,
        Return.money,
        Return.reason,
        Return.asked_at,
        Return.deadline,
        Return.place,
        Return.plate,
    )
    row = tx.execute(
        select(*columns).where(Return.site == site, Return.number == number)
    ).one_or_none()
    return ReturnHead(*row) if row else None


def in_same_parcel(tx: Session, site: str, of: ReturnHead) -> tuple[Option, ...]:
    """List the returns of a parcel that are still to be inspected, this one first."""
    shared: list[ColumnElement[bool]] = [Return.number == of.number]
    if of.tracking:
        shared.append(Return.tracking == of.tracking)
    if of.combined_id:
        shared.append(Return.combined_id == of.combined_id)
    if len(shared) == 1:
        return (_option(of.number, of.merchant, of.order),)
    rows = tx.execute(
        select(Return.number, func.coalesce(Return.merchant, ""), Return.order)
        .where(Return.site == site, or_(*shared), Return.custody.in_(OPEN_CUSTODIES))
        .order_by(Return.number != of.number, Return.number)
        .limit(SHARED_MAX)
    )
    return tuple(_option(*row) for row in rows)


def of_order(tx: Session, site: str, merchant: str, order: str) -> tuple[Option, ...]:
    """List the open returns of an order."""
    rows = tx.execute(
        select(Return.number, Return.merchant, Return.order)
        .where(
            Return.site == site,
            Return.merchant == merchant,
            Return.order == order,
            Return.custody.in_(OPEN_CUSTODIES),
        )
        .order_by(Return.number)
        .limit(SHARED_MAX)
    )
    return tuple(_option(*row) for row in rows)


def _option(number: str, merchant: str | None, order: str) -> Option:
    return Option(number, " · ".join(part for part in (number, merchant or "", order) if part))


def with_piece(tx: Session, site: str, merchant: str, sku: str) -> tuple[Option, ...]:
    """List open returns that announce a SKU, nearest deadline first."""
    rows = tx.execute(
        select(Return.number, Return.order, ReturnLine.advised)
        .join(ReturnLine, and_(ReturnLine.site == Return.site, ReturnLine.number == Return.number))
        .where(
            Return.site == site,
            Return.merchant == merchant,
            Return.custody.in_(OPEN_CUSTODIES),
            ReturnLine.merchant == merchant,
            ReturnLine.sku == sku,
            ReturnLine.advised > ReturnLine.received,
        )
        .order_by(Return.deadline.is_(None), Return.deadline, Return.number)
        .limit(CANDIDATES_SHOWN_MAX)
    )
    return tuple(
        Option(f"return:{number}", " · ".join(p for p in (number, order, f"{pieces} ×") if p))
        for number, order, pieces in rows
    )


def candidates(
    tx: Session,
    site: str,
    merchant: str,
    sku: str,
    *,
    now: datetime,
    customer: str = "",
    asked_at: datetime | None = None,
    pieces: int = 1,
) -> tuple[Candidate, ...]:
    """List orders that a piece may come from, best first.

    They have shipped within the merchant's ``return_days``, and were not placed after the return
    was asked for.
    """
    since = now - timedelta(days=merchant_rules(tx, site, merchant).return_days)
    own = Order.customer == customer if customer else literal(False)
    question = (
        select(Order.number, Order.customer, func.sum(OrderLine.packed), Order.shipped_at)
        .join(
            OrderLine,
            and_(
                OrderLine.site == Order.site,
                OrderLine.merchant == Order.merchant,
                OrderLine.order == Order.number,
            ),
        )
        .where(
            OrderLine.site == site,
            OrderLine.merchant == merchant,
            OrderLine.sku == sku,
            OrderLine.packed > 0,
            Order.state == "shipped",
            Order.shipped_at >= since,
        )
        .group_by(Order.number, Order.customer, Order.shipped_at)
        .order_by(case((own, 0), else_=1), Order.shipped_at.desc(), Order.number)
        .limit(CANDIDATES_READ_MAX)
    )
    if asked_at is not None:
        question = question.where(or_(Order.placed_at.is_(None), Order.placed_at <= asked_at))
    found = tuple(
        Candidate(number, buyer, int(packed), shipped_at.date().isoformat() if shipped_at else "")
        for number, buyer, packed, shipped_at in tx.execute(question)
    )
    return ranked(found, customer, pieces)


def serial_shipped(
    tx: Session, site: str, serial: str, merchant: str = "", sku: str = ""
) -> tuple[str, str, str] | None:
    """Find which order a serial left in: merchant, SKU and order number."""
    question = (
        select(Move.merchant, Move.sku, ParcelRow.order)
        .join(ParcelRow, and_(ParcelRow.site == Move.site, ParcelRow.carton == Move.target))
        .where(Move.site == site, Move.serial == serial)
        .order_by(Move.at.desc())
        .limit(1)
    )
    if merchant:
        question = question.where(Move.merchant == merchant, Move.sku == sku)
    row = tx.execute(question).one_or_none()
    return (row[0], row[1], row[2]) if row else None


def serial_in_house(tx: Session, site: str, merchant: str, sku: str, serial: str) -> str:
    """Name the place in the building where a serial stands; empty if it is not here."""
    place = tx.scalar(
        select(Stock.place)
        .where(
            Stock.site == site,
            Stock.merchant == merchant,
            Stock.sku == sku,
            Stock.serial == serial,
            Stock.pieces > 0,
            Stock.place.not_like("@%"),
        )
        .limit(1)
    )
    return place or ""


def packed_in(tx: Session, site: str, merchant: str, order: str, sku: str) -> int:
    """Count the pieces of a SKU that an order got."""
    return int(
        tx.scalar(
            select(func.coalesce(func.sum(OrderLine.packed), 0)).where(
                OrderLine.site == site,
                OrderLine.merchant == merchant,
                OrderLine.order == order,
                OrderLine.sku == sku,
            )
        )
        or 0
    )


def lines_of(
    tx: Session, site: str, number: str, merchant: str, sku: str
) -> tuple[LineCounts, ...]:
    """Read the lines of one SKU of a return."""
    disposed = ReturnLine.restocked + ReturnLine.scrapped + ReturnLine.held
    rows = tx.execute(
        select(
            ReturnLine.line_no,
            ReturnLine.advised,
            ReturnLine.received,
            disposed,
            ReturnLine.reason,
        )
        .where(
            ReturnLine.site == site,
            ReturnLine.number == number,
            ReturnLine.merchant == merchant,
            ReturnLine.sku == sku,
        )
        .order_by(ReturnLine.line_no)
    )
    return tuple(LineCounts(*row) for row in rows)


def advised_pieces(tx: Session, site: str, number: str) -> int:
    """Count the pieces that were announced for a return."""
    return int(
        tx.scalar(
            select(func.coalesce(func.sum(ReturnLine.advised), 0)).where(
                ReturnLine.site == site, ReturnLine.number == number
            )
        )
        or 0
    )


def left_lines(tx: Session, site: str, number: str) -> tuple[tuple[str, str, int], ...]:
    """List what was announced and not found, as (SKU, name, pieces)."""
    rows = tx.execute(
        select(ReturnLine.sku, Sku.name, ReturnLine.advised - ReturnLine.received)
        .join(
            Sku,
            and_(
                Sku.site == ReturnLine.site,
                Sku.merchant == ReturnLine.merchant,
                Sku.code == ReturnLine.sku,
            ),
        )
        .where(
            ReturnLine.site == site,
            ReturnLine.number == number,
            ReturnLine.advised > ReturnLine.received,
        )
        .order_by(ReturnLine.line_no)
    )
    return tuple((sku, name, pieces) for sku, name, pieces in rows)


def parcel_of(
    tx: Session, site: str, of: ReturnHead, rules: MerchantRules, now: datetime | None = None
) -> Parcel:
    """Put together what the next question about a return needs.

    With ``now`` given, the likeliest order is looked for where the return names none.
    """
    met = case(
        (ReturnLine.received < ReturnLine.advised, ReturnLine.received), else_=ReturnLine.advised
    )
    advised, found, pieces = tx.execute(
        select(
            func.coalesce(func.sum(ReturnLine.advised), 0),
            func.coalesce(func.sum(met), 0),
            func.coalesce(func.sum(ReturnLine.received), 0),
        ).where(ReturnLine.site == site, ReturnLine.number == of.number)
    ).one()
    left = _next_left(tx, site, of.number) if found < advised else ("", "", 0, "")
    maybe, maybes = "", 0
    if now is not None and of.merchant and not of.order and left[0]:
        likely = candidates(
            tx,
            site,
            of.merchant,
            left[0],
            now=now,
            customer=of.customer,
            asked_at=of.asked_at,
            pieces=left[2],
        )
        maybe, maybes = (likely[0].order if likely else ""), len(likely)
    return Parcel(
        number=of.number,
        merchant=of.merchant,
        order=of.order,
        kind=CUSTOMER_RETURN if of.kind == UNKNOWN_PARCEL else of.kind,
        advised=int(advised),
        found=int(found),
        pieces=int(pieces),
        next_sku=left[0],
        next_name=left[1],
        next_left=left[2],
        reason=left[3] or of.reason,
        maybe=maybe,
        maybes=maybes,
        expiry_order=rules.expiry_order,
    )


def _next_left(tx: Session, site: str, number: str) -> tuple[str, str, int, str]:
    row = tx.execute(
        select(
            ReturnLine.sku, Sku.name, ReturnLine.advised - ReturnLine.received, ReturnLine.reason
        )
        .join(
            Sku,
            and_(
                Sku.site == ReturnLine.site,
                Sku.merchant == ReturnLine.merchant,
                Sku.code == ReturnLine.sku,
            ),
        )
        .where(
            ReturnLine.site == site,
            ReturnLine.number == number,
            ReturnLine.advised > ReturnLine.received,
        )
        .order_by(ReturnLine.line_no)
        .limit(1)
    ).one()
    return row[0], row[1], row[2], row[3]
