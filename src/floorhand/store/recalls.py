"""Where a lot is, who has it in hand, and to whom it was sent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, case, func, or_, select
from sqlalchemy.orm import Session

from floorhand.domain.holds import Subject
from floorhand.domain.things import CUSTOMER, OUTSIDE
from floorhand.store import places
from floorhand.store.parcels import PACK
from floorhand.store.schema import (
    CarrierCode,
    Move,
    Order,
    Parcel,
    Place,
    Slot,
    Stock,
    Task,
    Worker,
)

STORED_IN = ("bin",)
"""Kinds of outermost places where goods lie stored: anywhere else somebody is at work with them."""


@dataclass(frozen=True, slots=True)
class Lying:
    """Pieces of a lot in a place. ``root`` is the outermost place around it.

    ``order`` (``merchant/number``) and ``worker`` (a name) are empty if there is none.
    """

    place: str
    kind: str
    root: str
    pieces: int
    condition: str
    order: str
    worker: str


@dataclass(frozen=True, slots=True)
class Sent:
    """Pieces of a lot that were shipped in one parcel; ``customer`` is the shop's id of a buyer."""

    merchant: str
    number: str
    customer: str
    carton: str
    tracking: str
    pieces: int
    at: datetime

    @property
    def order(self) -> str:
        """Give the order as ``merchant/number``."""
        return f"{self.merchant}/{self.number}"


@dataclass(frozen=True, slots=True)
class Traced:
    """Where the pieces of a lot are, and were sent."""

    stored: tuple[Lying, ...]
    in_hand: tuple[Lying, ...]
    sent: tuple[Sent, ...]

    @property
    def pieces_here(self) -> int:
        """Count the pieces in the house."""
        return sum(one.pieces for one in (*self.stored, *self.in_hand))


def traced(tx: Session, site: str, lot: Subject) -> Traced:
    """Find all pieces of a lot."""
    stored: list[Lying] = []
    in_hand: list[Lying] = []
    for row in tx.execute(_stock_of(site, lot)):
        root = places.root_of(tx, site, row.place)
        order = row.order_no or ""
        is_stored = not order and places.kind_of(tx, site, root) in STORED_IN
        worker = "" if is_stored else _who_has(tx, site, row.place, root, order)
        one = Lying(row.place, row.kind, root, int(row.pieces), row.condition, order, worker)
        (stored if is_stored else in_hand).append(one)
    sent = tuple(_sent_as(tx, site, row) for row in tx.execute(_shipped(site, lot)))
    return Traced(tuple(stored), tuple(in_hand), sent)


def _stock_of(site: str, lot: Subject) -> Any:
    return (
        select(
            Stock.place,
            Place.kind,
            Place.order_no,
            Stock.condition,
            func.sum(Stock.pieces).label("pieces"),
        )
        .join(Place, and_(Place.site == Stock.site, Place.code == Stock.place))
        .where(
            Stock.site == site,
            Stock.merchant == lot.merchant,
            Stock.sku == lot.code,
            Stock.lot == lot.lot,
            Stock.pieces > 0,
            Stock.place.not_in(OUTSIDE),
        )
        .group_by(Stock.place, Place.kind, Place.order_no, Stock.condition)
        .order_by(Stock.place, Stock.condition)
    )


def _who_has(tx: Session, site: str, place: str, root: str, order: str) -> str:
    """Name who has a place in hand: by a task about it or what it stands in, a walk, or a bench."""
    totes = select(Place.code).where(Place.site == site, Place.order_no == order)
    of_slot = select(Slot.task).where(Slot.site == site, Slot.tote == place)
    about = or_(
        Task.place.in_((place, root)),
        Task.id.in_(of_slot),
        and_(Task.kind == PACK, Task.place.in_(totes)),
    )
    name = tx.scalar(
        select(func.coalesce(Worker.name, Task.worker))
        .outerjoin_from(Task, Worker, and_(Worker.site == Task.site, Worker.code == Task.worker))
        .where(Task.site == site, Task.state.in_(("claimed", "parked")), about)
        .order_by(Task.claimed_at.desc())
        .limit(1)
    )
    return name or ""


def _shipped(site: str, lot: Subject) -> Any:
    """Ask which cartons went out with how many pieces; those that were taken back count less."""
    carton = case((Move.target == CUSTOMER, Move.source), else_=Move.target)
    pieces = func.sum(case((Move.target == CUSTOMER, Move.pieces), else_=-Move.pieces))
    gone = (
        select(carton.label("carton"), pieces.label("pieces"), func.max(Move.at).label("at"))
        .where(
            Move.site == site,
            Move.merchant == lot.merchant,
            Move.sku == lot.code,
            Move.lot == lot.lot,
            Move.lot != "",  # as the index has it
            or_(Move.target == CUSTOMER, Move.source == CUSTOMER),
        )
        .group_by(carton)
        .having(pieces > 0)
        .subquery()
    )
    return (
        select(
            Parcel.merchant,
            Parcel.order,
            Order.customer,
            gone.c.carton,
            gone.c.pieces,
            func.coalesce(Order.shipped_at, gone.c.at).label("at"),
        )
        .join(Parcel, and_(Parcel.site == site, Parcel.carton == gone.c.carton))
        .join(
            Order,
            and_(
                Order.site == site,
                Order.merchant == Parcel.merchant,
                Order.number == Parcel.order,
            ),
        )
        .order_by("at", Parcel.order, gone.c.carton)
    )


def _sent_as(tx: Session, site: str, row: Any) -> Sent:
    """Put the tracking numbers to a parcel that its order came with."""
    codes = tx.scalars(
        select(CarrierCode.code)
        .where(
            CarrierCode.site == site,
            CarrierCode.merchant == row.merchant,
            CarrierCode.order == row.order,
            CarrierCode.label_no == 0,
        )
        .order_by(CarrierCode.code)
    )
    return Sent(
        row.merchant,
        row.order,
        row.customer,
        row.carton,
        " ".join(codes),
        int(row.pieces),
        row.at,
    )
