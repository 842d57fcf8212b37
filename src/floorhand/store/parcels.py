"""What a packing bench asks: orders and their totes, what is verified and what is left."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session

from floorhand.domain.packing import LEFT_SHOWN_MAX, Left, Rest
from floorhand.domain.things import AVAILABLE, Goods, Line, Piece
from floorhand.store.schema import (
    Checked,
    Order,
    OrderLine,
    Parcel,
    Place,
    Sku,
    Stock,
    Task,
    Worker,
)

PACK = "pack"
"""Kind of the task that says which worker has an order at a bench; its place is a tote of it."""

PARCELS_STANDING = ("closed", "labelled")
"""States of parcels that are ready and still in the building."""

SINGLES_TRIED_MAX = 10
"""Orders that a piece may open, most urgent first, of which the first free one is claimed."""


@dataclass(frozen=True, slots=True)
class OrderHead:
    """An order as packing needs it."""

    merchant: str
    number: str
    state: str
    due_at: datetime
    channel: str
    platform_id: str
    customer: str
    ship_to: str
    carrier: str
    service: str
    instruction: str

    @property
    def order_no(self) -> str:
        """Give ``merchant/number``, as places are bound."""
        return f"{self.merchant}/{self.number}"


@dataclass(frozen=True, slots=True)
class Tote:
    """A tote of an order, and where it stands."""

    code: str
    parent: str
    pieces: int


@dataclass(frozen=True, slots=True)
class Holder:
    """Who has an order at a bench, and since when."""

    task: str
    worker: str
    name: str
    since: datetime | None


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


def order_head(tx: Session, site: str, merchant: str, number: str) -> OrderHead | None:
    """Read an order and hold it until the end of the transaction."""
    row = tx.execute(
        select(
            Order.merchant,
            Order.number,
            Order.state,
            Order.due_at,
            Order.channel,
            Order.platform_id,
            Order.customer,
            Order.ship_to,
            Order.carrier,
            Order.service,
            Order.instruction,
        )
        .where(Order.site == site, Order.merchant == merchant, Order.number == number)
        .with_for_update()
    ).one_or_none()
    return OrderHead(*row) if row else None


def order_of_tote(tx: Session, site: str, tote: str) -> str:
    """Name the order that a tote is bound to, as ``merchant/number``; empty if to none."""
    found = tx.scalar(select(Place.order_no).where(Place.site == site, Place.code == tote))
    return found or ""


def totes_of(tx: Session, site: str, order_no: str) -> tuple[Tote, ...]:
    """List the totes that are bound to an order."""
    held = (
        select(func.coalesce(func.sum(Stock.pieces), 0))
        .where(Stock.site == Place.site, Stock.place == Place.code)
        .scalar_subquery()
    )
    rows = tx.execute(
        select(Place.code, Place.parent, held)
        .where(Place.site == site, Place.order_no == order_no, Place.kind == "tote")
        .order_by(Place.code)
    )
    return tuple(Tote(code, parent or "", int(pieces)) for code, parent, pieces in rows)


def holder_of(tx: Session, site: str, totes: Sequence[str]) -> Holder | None:
    """Say who is packing the order of these totes; None if nobody."""
    row = tx.execute(
        select(Task.id, Task.worker, Worker.name, Task.claimed_at)
        .outerjoin_from(Task, Worker, (Worker.site == Task.site) & (Worker.code == Task.worker))
        .where(
            Task.site == site,
            Task.kind == PACK,
            Task.state.in_(("claimed", "parked")),
            Task.place.in_(totes),
        )
    ).first()
    return Holder(row[0], row[1] or "", row[2] or row[1] or "", row[3]) if row else None


def single_orders(tx: Session, site: str, bench: str, piece: Piece) -> tuple[str, ...]:
    """List the picked orders that are one piece of this product, the most urgent first.

    Args:
        tx: Open transaction.
        site: Which building.
        bench: Only orders whose tote stands here; empty: on any bench.
        piece: What was scanned; what its code tells of lot, expiry and serial must agree.
    """
    stands = select(Place.site, Place.code, Place.kind).subquery("stands")
    here = stands.c.code == bench if bench else stands.c.kind == "bench"
    to_pack = (
        select(func.sum(OrderLine.picked - OrderLine.packed))
        .where(
            OrderLine.site == Order.site,
            OrderLine.merchant == Order.merchant,
            OrderLine.order == Order.number,
        )
        .scalar_subquery()
    )
    told = ((Stock.lot, piece.lot), (Stock.expiry, piece.expiry), (Stock.serial, piece.serial))
    rows = tx.execute(
        select(Order.number)
        .select_from(Stock)
        .join(Place, (Place.site == Stock.site) & (Place.code == Stock.place))
        .join(stands, (stands.c.site == Place.site) & (stands.c.code == Place.parent))
        .join(
            Order,
            (Order.site == Place.site)
            & (Order.merchant == Stock.merchant)
            & (Order.merchant + "/" + Order.number == Place.order_no),
        )
        .where(
            Stock.site == site,
            Stock.merchant == piece.merchant,
            Stock.sku == piece.sku,
            Stock.condition == AVAILABLE,
            Stock.pieces == 1,
            *(column.in_(("", value)) for column, value in told if value),
            Place.kind == "tote",
            here,
            Order.state == "picked",
            to_pack == 1,
        )
        .order_by(Order.due_at, Order.priority.desc(), Order.number)
        .limit(SINGLES_TRIED_MAX)
    )
    return tuple(rows.scalars())


def _verified() -> tuple[Any, ColumnElement[int]]:
    """Give the join of stock with what is verified of it, and the verified pieces."""
    same = and_(
        Checked.site == Stock.site,
        Checked.place == Stock.place,
        Checked.merchant == Stock.merchant,
        Checked.sku == Stock.sku,
        Checked.lot == Stock.lot,
        Checked.expiry == Stock.expiry,
        Checked.serial == Stock.serial,
    )
    return same, func.coalesce(Checked.pieces, 0)


def to_pack(site: str, order_no: str) -> ColumnElement[bool]:
    """Say which stock is an order's: its merchant's available pieces in the totes bound to it."""
    totes = select(Place.code).where(
        Place.site == site, Place.order_no == order_no, Place.kind == "tote"
    )
    return and_(
        Stock.site == site,
        Stock.place.in_(totes),
        Stock.merchant == order_no.partition("/")[0],
        Stock.condition == AVAILABLE,
        Stock.pieces > 0,
    )


def in_totes(tx: Session, site: str, order_no: str, sku: str = "") -> tuple[InTote, ...]:
    """List an order's goods by tote, of one SKU or (empty) of all."""
    same, checked = _verified()
    query = (
        select(
            Stock.place,
            Stock.pieces,
            checked,
            Stock.merchant,
            Stock.sku,
            Stock.lot,
            Stock.expiry,
            Stock.serial,
        )
        .outerjoin(Checked, same)
        .where(to_pack(site, order_no))
        .order_by(Stock.sku, Stock.expiry, Stock.lot, Stock.serial, Stock.place)
    )
    if sku:
        query = query.where(Stock.sku == sku)
    return tuple(
        InTote(place, Goods(*goods), pieces, checked)
        for place, pieces, checked, *goods in tx.execute(query)
    )


def rest_of(tx: Session, site: str, order_no: str, first: str = "") -> Rest:
    """Say how far an order is, the goods of SKU ``first`` at the head of what is left."""
    merchant, _, number = order_no.partition("/")
    same, checked = _verified()
    left = func.sum(Stock.pieces - checked)
    lines = tx.execute(
        select(Stock.sku, Sku.name, left, Stock.lot, Stock.expiry, Stock.serial)
        .outerjoin(Checked, same)
        .join(
            Sku,
            (Sku.site == Stock.site) & (Sku.merchant == Stock.merchant) & (Sku.code == Stock.sku),
        )
        .where(to_pack(site, order_no))
        .group_by(Stock.sku, Sku.name, Stock.lot, Stock.expiry, Stock.serial)
        .having(left > 0)
        .order_by(Stock.sku != first, Stock.sku, Stock.expiry, Stock.lot, Stock.serial)
        .limit(LEFT_SHOWN_MAX)
    )
    held, verified = tx.execute(
        select(func.coalesce(func.sum(Stock.pieces), 0), func.coalesce(func.sum(checked), 0))
        .outerjoin(Checked, same)
        .where(to_pack(site, order_no))
    ).one()
    packed = tx.scalar(
        select(func.coalesce(func.sum(OrderLine.packed), 0)).where(
            OrderLine.site == site, OrderLine.merchant == merchant, OrderLine.order == number
        )
    )
    return Rest(
        tuple(
            Left(sku, name, int(pieces), lot, expiry, serial)
            for sku, name, pieces, lot, expiry, serial in lines
        ),
        left_pieces=int(held) - int(verified),
        checked_pieces=int(verified),
        done_pieces=int(verified) + int(packed or 0),
    )


def owner_of(
    tx: Session, site: str, merchant: str, sku: str, not_order: str
) -> tuple[str, str] | None:
    """Name the tote and the order that a product may have come from; None if none holds it."""
    row = tx.execute(
        select(Place.code, Place.order_no)
        .join(Stock, (Stock.site == Place.site) & (Stock.place == Place.code))
        .join(
            Order,
            (Order.site == Place.site) & (Order.merchant + "/" + Order.number == Place.order_no),
        )
        .where(
            Place.site == site,
            Place.kind == "tote",
            Place.order_no.is_not(None),
            Place.order_no != not_order,
            Stock.merchant == merchant,
            Stock.sku == sku,
            Stock.pieces > 0,
            Order.state.in_(("picking", "picked", "packing")),
        )
        .order_by(Order.due_at, Place.code)
    ).first()
    return (row[0], row[1] or "") if row else None


def checked_lines(tx: Session, site: str, order_no: str) -> tuple[tuple[str, Line], ...]:
    """List what is verified and not yet in a parcel, as (tote, line)."""
    rows = tx.execute(
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
        .where(Checked.site == site, Place.order_no == order_no)
        .order_by(Checked.place, Checked.sku, Checked.lot, Checked.expiry, Checked.serial)
    )
    return tuple((place, Line(Goods(*goods), pieces)) for place, pieces, *goods in rows)


def standing_parcels(tx: Session, site: str, merchant: str, number: str) -> tuple[str, ...]:
    """List the cartons of an order that are closed and have not left."""
    return tuple(
        tx.scalars(
            select(Parcel.carton)
            .where(
                Parcel.site == site,
                Parcel.merchant == merchant,
                Parcel.order == number,
                Parcel.state.in_(PARCELS_STANDING),
            )
            .order_by(Parcel.closed_at, Parcel.carton)
        )
    )
