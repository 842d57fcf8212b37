"""What a packing bench asks: orders, their totes, who has them, which parcels they have."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, bindparam, func, select
from sqlalchemy.orm import Session, aliased

from floorhand.domain.things import AVAILABLE, Piece
from floorhand.store.asking import ask
from floorhand.store.schema import (
    Order,
    OrderLine,
    Parcel,
    Place,
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


# Asked with every piece, so they are built once: building a statement costs more than asking it.

_HEAD = (
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
    .where(
        Order.site == bindparam("site"),
        Order.merchant == bindparam("merchant"),
        Order.number == bindparam("number"),
    )
    .with_for_update()
)


def _is_of_goods_owner(order: type[Order]) -> ColumnElement[bool]:
    """Say that a tote is bound to an order of the merchant whose goods are in it.

    The number is cut out of the name, so that the order is looked up by its key.
    """
    return and_(
        order.merchant == Stock.merchant,
        order.number == func.substr(Place.order_no, func.length(Stock.merchant) + 2),
        order.merchant + "/" + order.number == Place.order_no,
    )


_BOUND_TO = select(Place.order_no).where(
    Place.site == bindparam("site"), Place.code == bindparam("tote")
)
_TOTES = (
    select(
        Place.code,
        Place.parent,
        select(func.coalesce(func.sum(Stock.pieces), 0))
        .where(Stock.site == Place.site, Stock.place == Place.code)
        .scalar_subquery(),
    )
    .where(
        Place.site == bindparam("site"),
        Place.order_no == bindparam("order_no"),
        Place.kind == "tote",
    )
    .order_by(Place.code)
)
_BENCH = aliased(Place)
_WAIT_AT = (
    select(_BENCH.code)
    .join(Place, (Place.site == _BENCH.site) & (Place.parent == _BENCH.code))
    .where(
        Place.site == bindparam("site"),
        Place.order_no.in_(bindparam("orders", expanding=True)),
        Place.kind == "tote",
        _BENCH.kind == "bench",
        _BENCH.state == "open",
    )
    .order_by(_BENCH.code)
    .limit(1)
)
_HOLDER = (
    select(Task.id, Task.worker, Worker.name, Task.claimed_at)
    .outerjoin_from(Task, Worker, (Worker.site == Task.site) & (Worker.code == Task.worker))
    .where(
        Task.site == bindparam("site"),
        Task.kind == PACK,
        Task.state.in_(("claimed", "parked")),
        Task.place.in_(bindparam("totes", expanding=True)),
    )
)
_OWNER = (
    select(Place.code, Place.order_no)
    .join(Stock, (Stock.site == Place.site) & (Stock.place == Place.code))
    .join(
        Order,
        (Order.site == Place.site) & _is_of_goods_owner(Order),
    )
    .where(
        Place.site == bindparam("site"),
        Place.kind == "tote",
        Place.order_no.is_not(None),
        Place.order_no != bindparam("not_order"),
        Stock.merchant == bindparam("merchant"),
        Stock.sku == bindparam("sku"),
        Stock.pieces > 0,
        Order.state.in_(("picking", "picked", "packing")),
    )
    .order_by(Order.due_at, Place.code)
    .limit(1)
)
_STANDING = (
    select(Parcel.carton)
    .where(
        Parcel.site == bindparam("site"),
        Parcel.merchant == bindparam("merchant"),
        Parcel.order == bindparam("number"),
        Parcel.state.in_(PARCELS_STANDING),
    )
    .order_by(Parcel.closed_at, Parcel.carton)
)


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


def order_head(tx: Session, site: str, merchant: str, number: str) -> OrderHead | None:
    """Read an order and hold it until the end of the transaction."""
    row = ask(tx, _HEAD, site=site, merchant=merchant, number=number).one_or_none()
    return OrderHead(*row) if row else None


def order_of_tote(tx: Session, site: str, tote: str) -> str:
    """Name the order that a tote is bound to, as ``merchant/number``; empty if to none."""
    return ask(tx, _BOUND_TO, site=site, tote=tote).scalar() or ""


def totes_of(tx: Session, site: str, order_no: str) -> tuple[Tote, ...]:
    """List the totes that are bound to an order."""
    rows = ask(tx, _TOTES, site=site, order_no=order_no)
    return tuple(Tote(code, parent or "", int(pieces)) for code, parent, pieces in rows)


def bench_where_others_wait(tx: Session, site: str, orders: Collection[str]) -> str:
    """Name the bench where totes of one of these orders stand already; empty if there is none."""
    return ask(tx, _WAIT_AT, site=site, orders=list(orders)).scalar() or ""


def holder_of(tx: Session, site: str, totes: Sequence[str]) -> Holder | None:
    """Say who is packing the order of these totes; None if nobody."""
    row = ask(tx, _HOLDER, site=site, totes=list(totes)).first()
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
            (Order.site == Place.site) & _is_of_goods_owner(Order),
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


def owner_of(
    tx: Session, site: str, merchant: str, sku: str, not_order: str
) -> tuple[str, str] | None:
    """Name the tote and the order that a product may have come from; None if none holds it."""
    of_sku = {"merchant": merchant, "sku": sku}
    row = ask(tx, _OWNER, site=site, **of_sku, not_order=not_order).first()
    return (row[0], row[1] or "") if row else None


def standing_parcels(tx: Session, site: str, merchant: str, number: str) -> tuple[str, ...]:
    """List the cartons of an order that are closed and have not left."""
    rows = ask(tx, _STANDING, site=site, merchant=merchant, number=number)
    return tuple(rows.scalars())
