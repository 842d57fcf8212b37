"""What those who lead may decide about: open orders, merchants, lots, and what a code means."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from floorhand.domain.holds import LOT, MERCHANT, SKU, Subject
from floorhand.domain.sorting import is_turned, plain
from floorhand.domain.things import OUTSIDE
from floorhand.domain.tracing import thing
from floorhand.store.holds import state_now
from floorhand.store.ordering import Keys, in_order
from floorhand.store.orders import ENDED
from floorhand.store.schema import Delivery, Merchant, Move, Order, Place, Return, Sku, Stock

SOUGHT_MAX = 9
"""So many products of one code are offered; more merchants than that seldom share one."""


@dataclass(frozen=True, slots=True)
class OrderRow:
    """An open order, as it stands in a list of the most urgent ones."""

    merchant: str
    number: str
    state: str
    priority: int
    due_at: datetime


@dataclass(frozen=True, slots=True)
class MerchantRow:
    """A merchant with the number of open orders."""

    code: str
    name: str
    orders: int


@dataclass(frozen=True, slots=True)
class CalledRow:
    """A product, or a lot of one, with the product's name and the pieces in the house."""

    subject: Subject
    name: str
    pieces: int


@dataclass(frozen=True, slots=True)
class LotRow:
    """A lot of a product, with its pieces in the house."""

    lot: str
    expiry: str
    pieces: int


_STATE: Final = state_now(Order).label("state")

_ORDERS: Final[Mapping[str, Keys]] = {
    "due": (Order.due_at,),
    "state": (_STATE,),
    "subject": (Order.merchant, Order.number),
}
"""By what to sort orders, and then by urgency."""

_BY_URGENCY: Final = (Order.priority.desc(), Order.due_at, Order.merchant, Order.number)


def open_orders(
    tx: Session, site: str, limit: int, skip: int, sort: str = ""
) -> tuple[OrderRow, ...]:
    """List the orders that this house is not done with, the most urgent first, or sorted so."""
    rows = tx.execute(
        select(Order.merchant, Order.number, _STATE, Order.priority, Order.due_at)
        .where(Order.site == site, Order.state.not_in(ENDED))
        .order_by(*in_order(_ORDERS, sort, _BY_URGENCY))
        .limit(limit)
        .offset(skip)
    )
    return tuple(OrderRow(*row) for row in rows)


def merchants(
    tx: Session, site: str, limit: int, skip: int, sort: str = ""
) -> tuple[MerchantRow, ...]:
    """List the merchants, each with its open orders, by code, or by how many these are."""
    count = func.count(Order.number)
    of_merchant = and_(
        Order.site == Merchant.site,
        Order.merchant == Merchant.code,
        Order.state.not_in(ENDED),
    )
    rows = tx.execute(
        select(Merchant.code, Merchant.name, count)
        .outerjoin(Order, of_merchant)
        .where(Merchant.site == site)
        .group_by(Merchant.code, Merchant.name)
        .order_by(*in_order({"orders": (count.desc(),)}, sort, (Merchant.code,)))
        .limit(limit)
        .offset(skip)
    )
    return tuple(MerchantRow(code, name, int(orders)) for code, name, orders in rows)


def merchant(tx: Session, site: str, code: str) -> MerchantRow | None:
    """Give a merchant with its open orders; None if there is none."""
    name = tx.scalar(select(Merchant.name).where(Merchant.site == site, Merchant.code == code))
    if name is None:
        return None
    open_orders_of = (Order.site == site, Order.merchant == code, Order.state.not_in(ENDED))
    count = tx.scalar(select(func.count(Order.number)).where(*open_orders_of))
    return MerchantRow(code, name, int(count or 0))


def lots(
    tx: Session, site: str, merchant: str, sku: str, limit: int, skip: int = 0, sort: str = ""
) -> tuple[LotRow, ...]:
    """List the lots of a product that are in the house, the first to expire first, or sorted so."""
    by: Mapping[str, Keys] = {
        "pieces": (func.sum(Stock.pieces).desc(),),
        "subject": (Stock.lot,),
    }
    rows = tx.execute(
        select(Stock.lot, func.min(Stock.expiry), func.sum(Stock.pieces))
        .where(
            Stock.site == site,
            Stock.merchant == merchant,
            Stock.sku == sku,
            Stock.lot != "",
            Stock.pieces > 0,
            Stock.place.not_in(OUTSIDE),
        )
        .group_by(Stock.lot)
        .order_by(*in_order(by, sort, (func.min(Stock.expiry), Stock.lot)))
        .limit(limit)
        .offset(skip)
    )
    return tuple(LotRow(lot, expiry, int(pieces)) for lot, expiry, pieces in rows)


def lot_was_here(tx: Session, site: str, lot: Subject) -> bool:
    """Say whether a piece of a lot was ever moved here."""
    moved = select(Move.operation).where(
        Move.site == site,
        Move.merchant == lot.merchant,
        Move.sku == lot.code,
        Move.lot == lot.lot,
        Move.lot != "",
    )
    return tx.scalar(moved.limit(1)) is not None


def pieces_of(tx: Session, site: str, merchant: str) -> int:
    """Count the pieces of a merchant in the house."""
    held = tx.scalar(
        select(func.sum(Stock.pieces)).where(
            Stock.site == site, Stock.merchant == merchant, Stock.place.not_in(OUTSIDE)
        )
    )
    return int(held or 0)


def sought(tx: Session, site: str, code: str) -> tuple[Subject, ...]:
    """Say what a typed code means: a merchant, products (``merchant/sku`` or ``sku``), or lots."""
    known = select(Merchant.code).where(Merchant.site == site, Merchant.code == code)
    if tx.scalar(known) is not None:
        return (Subject(MERCHANT, code),)
    merchant, _, number = code.partition("/")
    named = or_(Sku.code == code, and_(Sku.merchant == merchant, Sku.code == number))
    rows = tx.execute(
        select(Sku.merchant, Sku.code)
        .where(Sku.site == site, named)
        .order_by(Sku.merchant)
        .limit(SOUGHT_MAX)
    )
    return tuple(Subject(SKU, *row) for row in rows) or _lots_called(tx, site, code)


def called(tx: Session, site: str, code: str, sort: str = "") -> tuple[CalledRow, ...]:
    """List what of several merchants has one code, by merchant, or sorted so."""
    rows = [
        CalledRow(one, sku_name(tx, site, one), _pieces(tx, site, one))
        for one in sought(tx, site, code)
    ]
    if plain(sort) == "pieces":
        rows.sort(key=lambda one: one.pieces, reverse=not is_turned(sort))
    elif is_turned(sort):
        rows.reverse()
    return tuple(rows)


def things_called(tx: Session, site: str, merchant: str, code: str) -> tuple[str, ...]:
    """Name the things that are called so, each with a history of its own.

    Args:
        tx: An open transaction.
        site: The building.
        merchant: Whose order it would be.
        code: Of a place, a delivery, a return, or an order of the merchant.
    """
    questions = {
        ("place", code): select(Place.code).where(Place.site == site, Place.code == code),
        ("delivery", code): select(Delivery.number).where(
            Delivery.site == site, Delivery.number == code
        ),
        ("return", code): select(Return.number).where(Return.site == site, Return.number == code),
        ("order", merchant, code): select(Order.number).where(
            Order.site == site, Order.merchant == merchant, Order.number == code
        ),
    }
    return tuple(thing(*name) for name, asked in questions.items() if tx.scalar(asked) is not None)


def sku_name(tx: Session, site: str, subject: Subject) -> str:
    """Give the name of a product."""
    asked = select(Sku.name).where(
        Sku.site == site, Sku.merchant == subject.merchant, Sku.code == subject.code
    )
    return tx.scalar(asked) or ""


def _pieces(tx: Session, site: str, subject: Subject) -> int:
    """Count the pieces of a product, or of a lot of it, in the house."""
    held = select(func.sum(Stock.pieces)).where(
        Stock.site == site,
        Stock.merchant == subject.merchant,
        Stock.sku == subject.code,
        Stock.place.not_in(OUTSIDE),
        *((Stock.lot == subject.lot,) if subject.lot else ()),
    )
    return int(tx.scalar(held) or 0)


def _lots_called(tx: Session, site: str, lot: str) -> tuple[Subject, ...]:
    """Find a lot as it is printed on goods, here or gone: whose it is, no number tells."""
    rows = tx.execute(
        select(Stock.merchant, Stock.sku, Stock.lot)
        .where(Stock.site == site, Stock.lot.in_({lot, lot.upper()}), Stock.lot != "")
        .distinct()
        .order_by(Stock.merchant, Stock.sku, Stock.lot)
        .limit(SOUGHT_MAX)
    )
    return tuple(Subject(LOT, *row) for row in rows)
