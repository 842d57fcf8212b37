"""Questions about stock that may be promised to orders."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select
from sqlalchemy.orm import Session, aliased

from floorhand.domain.allocation import Shelf
from floorhand.domain.things import AVAILABLE, Goods
from floorhand.store.masters import site_zone
from floorhand.store.schema import OrderLine, Place, Stock

Inner = aliased(Place, name="inner_place")
"""The place that holds the goods; `Outer` are those around it, the nearest first."""

Outer = tuple(aliased(Place, name=f"outer_{level}") for level in (1, 2, 3))


def outermost(name: str) -> ColumnElement[Any]:
    """Give a column of the outermost place around `Inner`."""
    return func.coalesce(*[getattr(place, name) for place in (*reversed(Outer), Inner)])


def with_roots(asked: Select[Any], site: Any, code: Any) -> Select[Any]:
    """Join the place with this code, as `Inner`, and all that it stands in."""
    asked = asked.join(Inner, and_(Inner.site == site, Inner.code == code))
    below = Inner
    for place in Outer:
        asked = asked.outerjoin(place, and_(place.site == site, place.code == below.parent))
        below = place
    return asked


def site_date(tx: Session, site: str, at: datetime) -> date:
    """Give the date of a moment as the clocks of the site show it."""
    return at.astimezone(site_zone(tx, site)).date()


def lines_of(orders: Collection[tuple[str, str]]) -> ColumnElement[bool]:
    """Keep the lines of some orders, given as (merchant, number).

    Spelt out one by one: for a list of pairs SQLite would read all order lines of the site.
    """
    each = (
        and_(OrderLine.merchant == merchant, OrderLine.order == number)
        for merchant, number in orders
    )
    return or_(false(), *each)


def shelves_for_orders(
    tx: Session, site: str, orders: Collection[tuple[str, str]]
) -> tuple[Shelf, ...]:
    """List the free stock of every SKU on some orders, given as (merchant, number)."""
    wanted = (
        select(OrderLine.merchant, OrderLine.sku)
        .where(
            OrderLine.site == site,
            lines_of(orders),
        )
        .distinct()
        .subquery()
    )
    asked = _free(site).join(
        wanted, and_(wanted.c.merchant == Stock.merchant, wanted.c.sku == Stock.sku)
    )
    return _shelves(tx, asked)


def shelves_of(tx: Session, site: str, merchant: str, sku: str) -> tuple[Shelf, ...]:
    """List the free stock of a SKU."""
    return _shelves(tx, _free(site).where(Stock.merchant == merchant, Stock.sku == sku))


def free_by_sku(site: str) -> Select[Any]:
    """Give the free pieces of each SKU, as a question to be joined."""
    free = func.sum(Stock.pieces - Stock.reserved).label("free")
    asked: Any = select(Stock.merchant, Stock.sku, free)
    return _pickable(asked, site).group_by(Stock.merchant, Stock.sku)


def _pickable(asked: Select[Any], site: str) -> Select[Any]:
    """Keep what may be promised: available, unreserved, in open bins or what stands in them.

    What is bound to an order already, as in a tote on its way, is never promised again.
    """
    unblocked = [func.coalesce(place.blocked, "") == "" for place in (Inner, *Outer)]
    return with_roots(asked.select_from(Stock), site, Stock.place).where(
        Stock.site == site,
        Stock.condition == AVAILABLE,
        Stock.pieces > Stock.reserved,
        outermost("kind") == "bin",
        Inner.order_no.is_(None),
        *unblocked,
    )


def _free(site: str) -> Select[Any]:
    return _pickable(
        select(
            Stock.place,
            outermost("code").label("root"),
            outermost("walk_no").label("walk_no"),
            Stock.merchant,
            Stock.sku,
            Stock.lot,
            Stock.expiry,
            Stock.serial,
            (Stock.pieces - Stock.reserved).label("free"),
            Stock.arrived_at,
        ),
        site,
    )


def _shelves(tx: Session, asked: Select[Any]) -> tuple[Shelf, ...]:
    return tuple(
        Shelf(
            row.place,
            row.root,
            row.walk_no,
            Goods(row.merchant, row.sku, row.lot, row.expiry, row.serial),
            row.free,
            row.arrived_at,
        )
        for row in tx.execute(asked)
    )
