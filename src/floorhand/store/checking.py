"""What a bench has verified of an order, and what is left; see `floorhand.store.schema.Checked`.

The statements are built once, with parameters: they are asked with every piece, and building a
statement costs more than asking it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from sqlalchemy import TableClause, and_, bindparam, delete, func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from floorhand.domain.packing import LEFT_SHOWN_MAX, Left, Rest
from floorhand.domain.things import AVAILABLE, Goods, Line
from floorhand.store.asking import ask
from floorhand.store.schema import Checked, OrderLine, Place, Sku, Stock

TO_PACK = and_(
    Stock.site == bindparam("site"),
    Stock.place.in_(
        select(Place.code).where(
            Place.site == bindparam("site"),
            Place.order_no == bindparam("order_no"),
            Place.kind == "tote",
        )
    ),
    func.coalesce(Stock.merchant, "") == bindparam("merchant"),
    Stock.condition == AVAILABLE,
    Stock.pieces > 0,
)
"""Which stock is an order's: its merchant's available pieces in the totes bound to it. Takes the
parameters of `of_order`.

The merchant, and below the SKU, are compared behind a function so that SQLite does not look them up
by index: it takes them for rarer than a place, and would read all that there is in the house.
"""

_SAME = and_(
    Checked.site == Stock.site,
    Checked.place == Stock.place,
    Checked.merchant == Stock.merchant,
    Checked.sku == Stock.sku,
    Checked.lot == Stock.lot,
    Checked.expiry == Stock.expiry,
    Checked.serial == Stock.serial,
)
_VERIFIED = func.coalesce(Checked.pieces, 0)
_LEFT = func.sum(Stock.pieces - _VERIFIED)
_IN_TOTES = (
    select(
        Stock.place,
        Stock.pieces,
        _VERIFIED,
        Stock.merchant,
        Stock.sku,
        Stock.lot,
        Stock.expiry,
        Stock.serial,
    )
    .outerjoin(Checked, _SAME)
    .where(TO_PACK, func.coalesce(Stock.sku, "") == bindparam("sku"))
    .order_by(Stock.expiry, Stock.lot, Stock.serial, Stock.place)
)
_NEXT = (
    select(Stock.sku, Sku.name, _LEFT, Stock.lot, Stock.expiry, Stock.serial)
    .outerjoin(Checked, _SAME)
    .join(
        Sku, (Sku.site == Stock.site) & (Sku.merchant == Stock.merchant) & (Sku.code == Stock.sku)
    )
    .where(TO_PACK)
    .group_by(Stock.sku, Sku.name, Stock.lot, Stock.expiry, Stock.serial)
    .having(_LEFT > 0)
    .order_by(Stock.sku != bindparam("first"), Stock.sku, Stock.expiry, Stock.lot, Stock.serial)
    .limit(LEFT_SHOWN_MAX)
)
_SUMS = select(
    select(func.coalesce(func.sum(Stock.pieces), 0)).where(TO_PACK).scalar_subquery(),
    select(func.coalesce(func.sum(Checked.pieces), 0))
    .where(
        Checked.site == bindparam("site"),
        Checked.place.in_(
            select(Place.code).where(
                Place.site == bindparam("site"), Place.order_no == bindparam("order_no")
            )
        ),
    )
    .scalar_subquery(),
    select(func.coalesce(func.sum(OrderLine.packed), 0))
    .where(
        OrderLine.site == bindparam("site"),
        OrderLine.merchant == bindparam("merchant"),
        OrderLine.order == bindparam("number"),
    )
    .scalar_subquery(),
)
_CHECKED_LINES = (
    select(
        Checked.place,
        Checked.pieces,
        Checked.merchant,
        Checked.sku,
        Checked.lot,
        Checked.expiry,
        Checked.serial,
    )
    .join(Place, (Place.site == Checked.site) & (Place.code == Checked.place))
    .where(Checked.site == bindparam("site"), Place.order_no == bindparam("order_no"))
    .order_by(Checked.place, Checked.sku, Checked.lot, Checked.expiry, Checked.serial)
)
_CHECKED = cast(TableClause, Checked.__table__)


@dataclass(frozen=True, slots=True)
class InTote:
    """Goods in one tote of an order, and how many pieces of them are verified already."""

    place: str
    goods: Goods
    pieces: int
    checked: int

    @property
    def left(self) -> int:
        """Count the pieces still to verify."""
        return self.pieces - self.checked


def of_order(site: str, order_no: str) -> dict[str, str]:
    """Give the parameters that name an order."""
    merchant, _, number = order_no.partition("/")
    return {"site": site, "order_no": order_no, "merchant": merchant, "number": number}


def in_totes(tx: Session, site: str, order_no: str, sku: str) -> tuple[InTote, ...]:
    """List an order's goods of one SKU by tote, with what is verified of them."""
    rows = ask(tx, _IN_TOTES, **of_order(site, order_no), sku=sku)
    return tuple(
        InTote(place, Goods(*goods), pieces, checked) for place, pieces, checked, *goods in rows
    )


def rest_of(tx: Session, site: str, order_no: str, first: str = "") -> Rest:
    """Say how far an order is, the goods of SKU ``first`` at the head of what is left."""
    order = of_order(site, order_no)
    held, verified, packed = ask(tx, _SUMS, **order).one()
    return Rest(
        tuple(
            Left(sku, name, int(pieces), lot, expiry, serial)
            for sku, name, pieces, lot, expiry, serial in ask(tx, _NEXT, **order, first=first)
        ),
        left_pieces=int(held) - int(verified),
        checked_pieces=int(verified),
        done_pieces=int(verified) + int(packed),
    )


def checked_lines(tx: Session, site: str, order_no: str) -> tuple[tuple[str, Line], ...]:
    """List what is verified and not yet in a parcel, as (tote, line)."""
    rows = ask(tx, _CHECKED_LINES, site=site, order_no=order_no)
    return tuple((place, Line(Goods(*goods), pieces)) for place, pieces, *goods in rows)


def _add(insert: sqlite.Insert | postgresql.Insert) -> sqlite.Insert | postgresql.Insert:
    return insert.on_conflict_do_update(
        index_elements=list(_CHECKED.primary_key),
        set_={"pieces": _CHECKED.c.pieces + insert.excluded.pieces},
    )


_MARK = {
    "sqlite": _add(sqlite.insert(_CHECKED)),
    "postgresql": _add(postgresql.insert(_CHECKED)),
}


def mark(tx: Session, site: str, row: InTote, pieces: int) -> None:
    """Count more pieces in a tote as verified."""
    goods = row.goods
    ask(
        tx,
        _MARK[tx.get_bind().dialect.name],
        site=site,
        place=row.place,
        merchant=goods.merchant,
        sku=goods.sku,
        lot=goods.lot,
        expiry=goods.expiry,
        serial=goods.serial,
        pieces=pieces,
    )


def lower(tx: Session, site: str, row: InTote, remaining: int) -> None:
    """Lower what counts as verified in a tote to ``remaining`` pieces."""
    if row.checked <= remaining:
        return
    goods = row.goods
    at = and_(
        Checked.site == site,
        Checked.place == row.place,
        Checked.merchant == goods.merchant,
        Checked.sku == goods.sku,
        Checked.lot == goods.lot,
        Checked.expiry == goods.expiry,
        Checked.serial == goods.serial,
    )
    if remaining:
        tx.execute(update(Checked).where(at).values(pieces=remaining))
    else:
        tx.execute(delete(Checked).where(at))
