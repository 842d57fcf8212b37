"""The demo's reserves: what is wanted most today stands above the pick faces, out of reach."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from floorhand.domain.things import Goods, Line
from floorhand.robots.demo.goods import NOT_IN_STOCK
from floorhand.store import ledger
from floorhand.store.ledger import Cause
from floorhand.store.schema import OrderLine, Place, Sku, Stock

RESERVES = 6
"""So many products have a reserve."""


class _Lot(NamedTuple):
    """Pieces of one lot in a pick face, and how many of them the orders of today leave."""

    face: str
    walk_no: int
    goods: Goods
    storage: str
    left: int


def keep_reserves(tx: Session, cause: Cause) -> None:
    """Leave in some pick faces only what orders want, and keep the rest above others.

    Each reserve lies behind its pick face on the walk, so that pickers, who take what is nearer of
    two alike, empty the pick face first.
    """
    free = _free_places(tx, cause.site)
    for lot in _wanted_most(tx, cause.site):
        place = next(
            code
            for code, walk_no, storage in free
            if walk_no > lot.walk_no and storage == lot.storage
        )
        free = [one for one in free if one[0] != place]
        ledger.move(tx, cause, lot.face, place, [Line(lot.goods, lot.left)])


def _free_places(tx: Session, site: str) -> list[tuple[str, int, str]]:
    """List the empty bins that are no pick faces, as (code, walk number, storage)."""
    rows = tx.execute(
        select(Place.code, Place.walk_no, Place.storage)
        .where(
            Place.site == site,
            Place.kind == "bin",
            Place.pick_face.is_(False),
            Place.code.not_in(select(Stock.place).where(Stock.site == site, Stock.pieces > 0)),
        )
        .order_by(Place.walk_no)
    )
    return [(code, walk_no, storage) for code, walk_no, storage in rows]


def _wanted_most(tx: Session, site: str) -> list[_Lot]:
    """Find what is left of the products that orders want most, first expired first out."""
    count = func.sum(OrderLine.ordered).label("wanted")
    asked = (
        select(OrderLine.merchant, OrderLine.sku, count)
        .join(Sku, (Sku.site == OrderLine.site) & (Sku.merchant == OrderLine.merchant)
              & (Sku.code == OrderLine.sku))
        .where(OrderLine.site == site, OrderLine.packed == 0, Sku.serial_tracked.is_(False))
        .where(OrderLine.sku.not_in(NOT_IN_STOCK))
        .group_by(OrderLine.merchant, OrderLine.sku)
        .order_by(count.desc(), OrderLine.merchant, OrderLine.sku)
        .limit(RESERVES)
    )  # fmt: skip
    return [lot for row in tx.execute(asked).all() for lot in _left_of(tx, site, *row)]


def _left_of(tx: Session, site: str, merchant: str, sku: str, wanted: int) -> Iterator[_Lot]:
    rows = tx.execute(
        select(Stock, Place.walk_no, Place.storage)
        .join(Place, (Place.site == Stock.site) & (Place.code == Stock.place))
        .where(
            Stock.site == site,
            Stock.merchant == merchant,
            Stock.sku == sku,
            Place.pick_face,
            Stock.pieces > 0,
        )
        .order_by(Stock.expiry, Place.walk_no)
    ).all()
    for stock, walk_no, storage in rows:
        kept = min(stock.pieces, wanted)
        wanted -= kept
        if stock.pieces > kept:
            goods = Goods(merchant, sku, stock.lot, stock.expiry)
            yield _Lot(stock.place, walk_no, goods, storage, stock.pieces - kept)
