"""Which pick faces run dry, what reserves hold for them, and the refills that are open."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import Select, and_, case, func, insert, or_, select, update
from sqlalchemy.orm import Session

from floorhand.domain import slotting
from floorhand.domain.allocation import Shelf, by_age
from floorhand.domain.holds import SKU
from floorhand.domain.refilling import (
    RECENT,
    Face,
    Refill,
    RefillJob,
    Wanted,
    by_urgency,
    plan,
    runs_dry,
)
from floorhand.domain.things import AVAILABLE, Goods
from floorhand.store import bins, shelves
from floorhand.store.asking import among
from floorhand.store.holds import are_held
from floorhand.store.masters import site_rules
from floorhand.store.orders import CLAIMABLE
from floorhand.store.schema import (
    Hold,
    Order,
    OrderLine,
    Place,
    RefillRow,
    Sku,
    Stock,
    Task,
    Worker,
)

WANTED_IN: Final = (*CLAIMABLE, "picking")
"""States of orders of which pieces are still to be picked."""

OPEN: Final = ("open", "claimed")

SkuKey = tuple[str, str]


@dataclass(frozen=True, slots=True)
class OpenRefill:
    """A refill that is asked for and not over. ``worker`` is a name; empty: nobody has it."""

    job: RefillJob
    worker: str


def dry_faces(tx: Session, site: str, now: datetime, *, merchant: str = "") -> tuple[Refill, ...]:
    """List the pick faces that last too short, the first to run dry first.

    A product with a refill open is left out, and so is one that is held, or whose pieces have
    serial numbers.

    Args:
        tx: An open transaction.
        site: The building.
        now: UTC time.
        merchant: Only products of this merchant; empty: of all.
    """
    rules = site_rules(tx, site)
    today = shelves.site_date(tx, site, now)
    wanted = _wanted(tx, site, now)
    left_out = _asked_for(tx, site) | _held(tx, site)
    found = []
    for sku, faces in _faces(tx, site).items():
        if sku not in wanted or sku in left_out or merchant not in ("", sku[0]):
            continue
        if not runs_dry(sum(faces.values()), wanted[sku], now, rules.refill_below_hours):
            continue  # most last: what follows is asked for those that do not
        free = reserves_of(tx, site, sku, today)
        known = [_face(tx, site, place, held, free, sku) for place, held in faces.items()]
        made = plan(
            sku,
            known,
            free,
            wanted[sku],
            now,
            below_hours=rules.refill_below_hours,
            up_to_hours=rules.refill_up_to_hours,
        )
        if made is not None:
            found.append(made)
    return by_urgency(found)


def open_refills(tx: Session, site: str) -> tuple[OpenRefill, ...]:
    """List the refills that are asked for, the most urgent first."""
    rows = tx.execute(_jobs(site).where(among(Task.state, *OPEN)).order_by(*_URGENT)).all()
    return tuple(OpenRefill(_job(row), row.worker_name or "") for row in rows)


def waiting_refills(tx: Session, site: str, worker: str) -> tuple[RefillJob, ...]:
    """List the refills that a worker may do: first what the worker has, then the most urgent."""
    asked = _jobs(site).where(
        or_(among(Task.state, "open"), and_(among(Task.state, "claimed"), Task.worker == worker))
    )
    rows = tx.execute(asked.order_by(Task.state, *_URGENT)).all()
    return tuple(map(_job, rows))


def refill_of(tx: Session, site: str, task: str) -> tuple[RefillJob, str, str] | None:
    """Give a refill with its state and its worker's number; None if there is no such one."""
    row = tx.execute(_jobs(site).where(Task.id == task)).one_or_none()
    return None if row is None else (_job(row), row.state, row.worker or "")


def add_refill(tx: Session, site: str, task: str, **values: Any) -> None:
    """Say where the goods of a refill task come from."""
    tx.execute(insert(RefillRow).values(site=site, task=task, **values))


def set_refill(tx: Session, site: str, task: str, **values: Any) -> None:
    """Change a refill."""
    mine = (RefillRow.site == site, RefillRow.task == task)
    tx.execute(update(RefillRow).where(*mine).values(values))


def give_back(tx: Session, site: str, task: str, worker: str) -> bool:
    """Open a refill to everybody again; False if the worker does not have it."""
    mine = (Task.site == site, Task.id == task, Task.worker == worker, Task.state == "claimed")
    free = {"state": "open", "worker": None, "claimed_at": None}
    return tx.scalar(update(Task).where(*mine).values(free).returning(Task.id)) is not None


_URGENT = (RefillRow.needed_at, Task.id)


def _jobs(site: str) -> Select[Any]:
    asked: Select[Any] = (
        select(
            *RefillRow.__table__.columns,
            Task.place.label("target"),
            Task.merchant,
            Task.sku,
            Task.lot,
            Task.pieces,
            Task.state,
            Task.worker,
            Sku.name.label("sku_name"),
            Worker.name.label("worker_name"),
        )
        .join(Task, and_(Task.site == RefillRow.site, Task.id == RefillRow.task))
        .join(Sku, and_(Sku.site == site, Sku.merchant == Task.merchant, Sku.code == Task.sku))
        .outerjoin(Worker, and_(Worker.site == site, Worker.code == Task.worker))
    )
    return asked.where(RefillRow.site == site, Task.kind == "refill")


def _job(row: Any) -> RefillJob:
    return RefillJob(
        row.task,
        row.source,
        row.target,
        Goods(row.merchant, row.sku, row.lot, row.expiry),
        row.sku_name,
        row.pieces,
        row.tote,
        row.taken,
    )


def _asked_for(tx: Session, site: str) -> set[SkuKey]:
    rows = tx.execute(
        select(Task.merchant, Task.sku).where(
            Task.site == site, Task.kind == "refill", among(Task.state, *OPEN)
        )
    )
    return {(row.merchant, row.sku) for row in rows}


def _held(tx: Session, site: str) -> set[SkuKey]:
    """Give the products that are held, whatever their lot: nothing of them is to be picked."""
    rows = tx.execute(
        select(Hold.merchant, Hold.subject).where(
            Hold.site == site, Hold.kind == SKU, Hold.released_at.is_(None)
        )
    )
    return {(row.merchant, row.subject) for row in rows}


def _faces(tx: Session, site: str) -> dict[SkuKey, dict[str, int]]:
    """Give the pick faces of each product with the pieces there that can be picked.

    A face with nothing in it is that of the product which it held last. What is held, or in a bin
    that is closed, lies there, but covers nothing.
    """
    closed = or_(Place.blocked != "", are_held(Stock))
    can_be_picked = case((closed, 0), else_=Stock.pieces).label("can_be_picked")
    rows = tx.execute(
        select(Stock.place, Stock.merchant, Stock.sku, Stock.pieces, can_be_picked)
        .join(Place, and_(Place.site == Stock.site, Place.code == Stock.place))
        .join(
            Sku,
            and_(Sku.site == Stock.site, Sku.merchant == Stock.merchant, Sku.code == Stock.sku),
        )
        .where(
            Stock.site == site,
            Stock.condition == AVAILABLE,
            Place.kind == "bin",
            Place.pick_face,
            Sku.serial_tracked.is_(False),
        )
        .order_by(Stock.place, Stock.arrived_at)
    )
    held: dict[str, dict[SkuKey, int]] = defaultdict(dict)
    cover: dict[tuple[str, SkuKey], int] = defaultdict(int)
    for place, merchant, sku, pieces, pickable in rows:
        of_face, key = held[place], (merchant, sku)
        of_face[key] = of_face.pop(key, 0) + pieces
        cover[place, key] += pickable
    faces: dict[SkuKey, dict[str, int]] = defaultdict(dict)
    for place, goods in held.items():
        last = next(reversed(goods))
        for key, pieces in goods.items():
            if pieces or (key == last and not any(goods.values())):
                faces[key][place] = cover[place, key]
    return faces


def reserves_of(tx: Session, site: str, sku: SkuKey, today: date) -> list[Shelf]:
    """List the free pieces of a product in bins that are no pick faces, the oldest first."""
    free = by_age(shelves.shelves_of(tx, site, *sku), today)
    roots = {shelf.root for shelf in free}
    reserve = set(
        tx.scalars(
            select(Place.code).where(
                Place.site == site, Place.code.in_(roots), Place.pick_face.is_(False)
            )
        )
    )
    return [shelf for shelf in free if shelf.root in reserve]


def _face(tx: Session, site: str, place: str, held: int, free: list[Shelf], sku: SkuKey) -> Face:
    """Say how much of the first reserve fits into a face, and what bars it."""
    goods = free[0].goods if free else Goods(*sku)
    need, _ = bins.need_of(tx, site, goods, 1)
    shelf = bins.shelf(tx, site, need, place)
    assert shelf is not None, place
    bar = slotting.bar(need, shelf, frozenset())
    return Face(place, held, slotting.room_for(need, shelf), str(bar or "") if free else "")


def _wanted(tx: Session, site: str, now: datetime) -> dict[SkuKey, Wanted]:
    """Say what is wanted of each product: by open orders, and as it was lately."""
    lacks = OrderLine.ordered - OrderLine.picked - OrderLine.short
    of_order = and_(
        Order.site == OrderLine.site,
        Order.merchant == OrderLine.merchant,
        Order.number == OrderLine.order,
    )
    key = (OrderLine.merchant, OrderLine.sku)
    last_due = func.max(Order.due_at, type_=Order.due_at.type)
    wanted = {
        (row[0], row[1]): Wanted(int(row[2]), row[3])
        for row in tx.execute(
            select(*key, func.sum(lacks), last_due)
            .join(Order, of_order)
            .where(OrderLine.site == site, Order.state.in_(WANTED_IN), lacks > 0)
            .group_by(*key)
        )
    }
    recent = tx.execute(
        select(*key, func.sum(OrderLine.picked))
        .join(Order, of_order)
        .where(OrderLine.site == site, Order.due_at >= now - RECENT, OrderLine.picked > 0)
        .group_by(*key)
    )
    for merchant, sku, pieces in recent:
        before = wanted.get((merchant, sku), Wanted())
        wanted[merchant, sku] = Wanted(before.open_pieces, before.last_due, int(pieces))
    return wanted
