"""Where a returned piece may come from: announced returns, orders that shipped, serials."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, bindparam, case, func, literal_column, or_, select
from sqlalchemy.orm import Session

from floorhand.domain.inspection import Candidate, ranked
from floorhand.domain.returns import Option
from floorhand.store.asking import ask
from floorhand.store.masters import merchant_rules, site_zone
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

_WITH_PIECE = (
    select(Return.number, Return.order, ReturnLine.advised)
    .join(ReturnLine, and_(ReturnLine.site == Return.site, ReturnLine.number == Return.number))
    .where(
        Return.site == bindparam("site"),
        Return.merchant == bindparam("merchant"),
        Return.custody.in_(OPEN_CUSTODIES),
        ReturnLine.merchant == bindparam("merchant"),
        ReturnLine.sku == bindparam("sku"),
        ReturnLine.advised > ReturnLine.received,
    )
    .order_by(Return.deadline.is_(None), Return.deadline, Return.number)
    .limit(CANDIDATES_SHOWN_MAX)
)
_OWN = and_(Order.customer != "", Order.customer == bindparam("customer"))
_SHIPPED = (
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
        OrderLine.site == bindparam("site"),
        OrderLine.merchant == bindparam("merchant"),
        OrderLine.sku == bindparam("sku"),
        OrderLine.packed > 0,
        Order.state == "shipped",
        Order.shipped_at >= bindparam("since"),
    )
    .group_by(Order.number, Order.customer, Order.shipped_at)
    .order_by(case((_OWN, 0), else_=1), Order.shipped_at.desc(), Order.number)
    .limit(CANDIDATES_READ_MAX)
)
_SHIPPED_BEFORE = _SHIPPED.where(
    or_(Order.placed_at.is_(None), Order.placed_at <= bindparam("asked_at"))
)
_SERIAL_SHIPPED = (
    select(Move.merchant, Move.sku, ParcelRow.order, Move.at)
    .join(ParcelRow, and_(ParcelRow.site == Move.site, ParcelRow.carton == Move.target))
    .where(
        Move.site == bindparam("site"),
        Move.serial == bindparam("serial"),
        Move.serial != _NO_SERIAL,
    )
    .limit(SERIAL_MOVES_MAX)
)
_SERIAL_OF_SKU_SHIPPED = _SERIAL_SHIPPED.where(
    Move.merchant == bindparam("merchant"), Move.sku == bindparam("sku")
)
_SERIAL_HERE = (
    select(Stock.place)
    .where(
        Stock.site == bindparam("site"),
        Stock.merchant == bindparam("merchant"),
        Stock.sku == bindparam("sku"),
        Stock.serial == bindparam("serial"),
        Stock.pieces > 0,
        Stock.place.not_like("@%"),
    )
    .limit(1)
)
_PARCEL = (
    select(ParcelRow.carton)
    .where(
        ParcelRow.site == bindparam("site"),
        ParcelRow.merchant == bindparam("merchant"),
        ParcelRow.order == bindparam("number"),
    )
    .limit(1)
)
_PACKED = select(func.coalesce(func.sum(OrderLine.packed), 0)).where(
    OrderLine.site == bindparam("site"),
    OrderLine.merchant == bindparam("merchant"),
    OrderLine.order == bindparam("number"),
    OrderLine.sku == bindparam("sku"),
)


def with_piece(tx: Session, site: str, merchant: str, sku: str) -> tuple[Option, ...]:
    """List open returns that announce a SKU, nearest deadline first."""
    rows = ask(tx, _WITH_PIECE, site=site, merchant=merchant, sku=sku)
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
    of_sku = {"site": site, "merchant": merchant, "sku": sku, "customer": customer, "since": since}
    if asked_at is None:
        rows = ask(tx, _SHIPPED, **of_sku)
    else:
        rows = ask(tx, _SHIPPED_BEFORE, **of_sku, asked_at=asked_at)
    zone = site_zone(tx, site)
    found = tuple(
        Candidate(
            number,
            buyer,
            int(packed),
            shipped_at.astimezone(zone).date().isoformat() if shipped_at else "",
        )
        for number, buyer, packed, shipped_at in rows
    )
    return ranked(found, customer, pieces)


def serial_shipped(
    tx: Session, site: str, serial: str, merchant: str = "", sku: str = ""
) -> tuple[str, str, str] | None:
    """Find which order a serial left in last: merchant, SKU and order number."""
    if merchant:
        rows = ask(tx, _SERIAL_OF_SKU_SHIPPED, site=site, serial=serial, merchant=merchant, sku=sku)
    else:
        rows = ask(tx, _SERIAL_SHIPPED, site=site, serial=serial)
    row = max(rows, key=lambda row: row.at, default=None)
    return (row.merchant, row.sku, row.order) if row else None


def serial_in_house(tx: Session, site: str, merchant: str, sku: str, serial: str) -> str:
    """Name the place in the building where a serial stands; empty if it is not here."""
    of_sku = {"merchant": merchant, "sku": sku}
    return ask(tx, _SERIAL_HERE, site=site, **of_sku, serial=serial).scalar() or ""


def has_parcel(tx: Session, site: str, merchant: str, order: str) -> bool:
    """Tell whether an order was packed in this house."""
    found = ask(tx, _PARCEL, site=site, merchant=merchant, number=order)
    return found.first() is not None


def packed_in(tx: Session, site: str, merchant: str, order: str, sku: str) -> int:
    """Count the pieces of a SKU that an order got."""
    of_order = {"merchant": merchant, "number": order}
    return int(ask(tx, _PACKED, site=site, **of_order, sku=sku).scalar())
