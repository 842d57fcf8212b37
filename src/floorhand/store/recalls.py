"""Where a lot is, who has it in hand, and to whom it was sent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from operator import attrgetter
from typing import Any

from sqlalchemy import ScalarSelect, Select, Subquery, and_, case, func, or_, select
from sqlalchemy.orm import Session

from floorhand.domain.holds import Subject
from floorhand.domain.things import CUSTOMER, OUTSIDE
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
from floorhand.store.shelves import Inner, outermost, with_roots

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
    """Find all pieces of a lot: one question for those in the house, one for those sent."""
    stored: list[Lying] = []
    in_hand: list[Lying] = []
    for row in tx.execute(_stock_of(site, lot)):
        one = Lying(
            *(row.place, row.kind, row.root, int(row.pieces), row.condition),
            order=row.order_no,
            worker=row.worker or "",
        )
        (stored if row.is_stored else in_hand).append(one)
    return Traced(tuple(stored), tuple(in_hand), _sent(tx, site, lot))


def _stock_of(site: str, lot: Subject) -> Select[Any]:
    """Ask where pieces are, what they stand in, and who has those that do not lie stored."""
    by = (
        Stock.place,
        Inner.kind.label("kind"),
        func.coalesce(Inner.order_no, "").label("order_no"),
        outermost("code").label("root"),
        outermost("kind").label("root_kind"),
        Stock.condition,
    )
    asked: Select[Any] = select(*by, func.sum(Stock.pieces).label("pieces"))
    held = (
        with_roots(asked.select_from(Stock), site, Stock.place)
        .where(
            Stock.site == site,
            Stock.merchant == lot.merchant,
            Stock.sku == lot.code,
            Stock.lot == lot.lot,
            Stock.pieces > 0,
            Stock.place.not_in(OUTSIDE),
        )
        .group_by(*by)
        .subquery()
    )
    is_stored = and_(held.c.order_no == "", held.c.root_kind.in_(STORED_IN))
    worker = case((is_stored, ""), else_=_who_has(site, held))
    return select(held, is_stored.label("is_stored"), worker.label("worker")).order_by(
        held.c.place, held.c.condition
    )


def _who_has(site: str, held: Subquery) -> ScalarSelect[str]:
    """Name who has a place in hand: by a task about it or what it stands in, a walk, or a bench."""
    totes = select(Place.code).where(
        Place.site == site, Place.order_no == held.c.order_no, held.c.order_no != ""
    )
    of_slot = select(Slot.task).where(Slot.site == site, Slot.tote == held.c.place)
    about = or_(
        Task.place.in_((held.c.place, held.c.root)),
        Task.id.in_(of_slot),
        and_(Task.kind == PACK, Task.place.in_(totes)),
    )
    return (
        select(func.coalesce(Worker.name, Task.worker))
        .outerjoin_from(Task, Worker, and_(Worker.site == Task.site, Worker.code == Task.worker))
        .where(Task.site == site, Task.state.in_(("claimed", "parked")), about)
        .order_by(Task.claimed_at.desc())
        .limit(1)
        .correlate(held)
        .scalar_subquery()
    )


def _sent(tx: Session, site: str, lot: Subject) -> tuple[Sent, ...]:
    """List the parcels, each with the tracking numbers that its order came with."""
    found: list[Sent] = []
    for _, rows in groupby(tx.execute(_shipped(site, lot)), key=attrgetter("carton")):
        row, *more = rows
        tracking = " ".join(one.tracking for one in (row, *more) if one.tracking)
        about = (row.merchant, row.order, row.customer, row.carton, tracking)
        found.append(Sent(*about, int(row.pieces), row.at))
    return tuple(found)


def _shipped(site: str, lot: Subject) -> Select[Any]:
    """Ask which cartons went out with how many pieces, a row for each of their tracking numbers."""
    gone = _gone(site, lot)
    return (
        select(
            Parcel.merchant,
            Parcel.order,
            Order.customer,
            gone.c.carton,
            gone.c.pieces,
            func.coalesce(Order.shipped_at, gone.c.at).label("at"),
            CarrierCode.code.label("tracking"),
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
        .outerjoin(
            CarrierCode,
            and_(
                CarrierCode.site == site,
                CarrierCode.merchant == Parcel.merchant,
                CarrierCode.order == Parcel.order,
                CarrierCode.label_no == 0,
            ),
        )
        .order_by("at", Parcel.order, gone.c.carton, CarrierCode.code)
    )


def _gone(site: str, lot: Subject) -> Subquery:
    """Count the pieces that each carton went out with; those that were taken back count less."""
    carton = case((Move.target == CUSTOMER, Move.source), else_=Move.target)
    pieces = func.sum(case((Move.target == CUSTOMER, Move.pieces), else_=-Move.pieces))
    return (
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
