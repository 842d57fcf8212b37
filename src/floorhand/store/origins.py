"""Where a returned piece may come from: announced returns, orders that shipped, serials."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, case, func, literal, literal_column, or_, select
from sqlalchemy.orm import Session

from floorhand.domain.inspection import Candidate, ranked
from floorhand.domain.returns import Option
from floorhand.store.masters import merchant_rules
from floorhand.store.schema import Move, Order, OrderLine, Return, ReturnLine, Stock
from floorhand.store.schema import Parcel as ParcelRow

CANDIDATES_READ_MAX = 60
"""Orders that are looked at for a piece, the customer's own and the newest first."""

CANDIDATES_SHOWN_MAX = 7
"""Orders that a worker is asked to choose from; more could not be read on a handheld."""

SERIAL_MOVES_MAX = 100
"""Times that one serial was packed, of which the latest counts."""

_NO_SERIAL: ColumnElement[str] = literal_column("''")
"""Written out, so that SQLite sees that the index on moves with a serial will do."""

OPEN_CUSTODIES = ("advised", "in_transit", "received")
"""A return in one of these is still to be inspected."""


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
    """Find which order a serial left in last: merchant, SKU and order number."""
    question = (
        select(Move.merchant, Move.sku, ParcelRow.order, Move.at)
        .join(ParcelRow, and_(ParcelRow.site == Move.site, ParcelRow.carton == Move.target))
        .where(Move.site == site, Move.serial == serial, Move.serial != _NO_SERIAL)
        .limit(SERIAL_MOVES_MAX)
    )
    if merchant:
        question = question.where(Move.merchant == merchant, Move.sku == sku)
    row = max(tx.execute(question).all(), key=lambda row: row.at, default=None)
    return (row.merchant, row.sku, row.order) if row else None


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


def has_parcel(tx: Session, site: str, merchant: str, order: str) -> bool:
    """Tell whether an order was packed in this house."""
    of_order = (
        ParcelRow.site == site,
        ParcelRow.merchant == merchant,
        ParcelRow.order == order,
    )
    return tx.scalar(select(ParcelRow.carton).where(*of_order).limit(1)) is not None


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
