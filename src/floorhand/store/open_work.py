"""Who has which work open or parked: all but deliveries, which nobody has for themselves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, func, literal, select
from sqlalchemy.orm import Session

from floorhand.store import checking
from floorhand.store.asking import among
from floorhand.store.parcels import PACK
from floorhand.store.returns import MET
from floorhand.store.schema import (
    Pick,
    Place,
    RefillRow,
    Return,
    ReturnLine,
    Slot,
    Task,
    Worker,
)

JOBS_OF = {
    "pick": "picking",
    PACK: "packing",
    "putaway": "putaway",
    "putback": "putaway",
    "count": "counting",
    "refill": "refill",
}
"""To which job a kind of task belongs."""


LOOSE = ("dock", "bench")
"""Kinds of places where goods of several put-aways stand beside each other."""


@dataclass(frozen=True, slots=True)
class Held:
    """Work that somebody has; ``order`` is ``merchant/number``, of a walk its first one."""

    job: str
    task: str
    about: str
    order: str
    holder: str
    name: str
    since: datetime | None
    done: int
    total: int


def held(tx: Session, site: str) -> tuple[Held, ...]:
    """List all work that somebody has. What is put away of one place together is one piece."""
    found: dict[tuple[str, ...], Held] = {}
    for one in [*_tasks(tx, site), *_returns(tx, site)]:
        alike = (one.about,) if one.job == "putaway" else (one.task, one.about)
        found.setdefault((one.job, one.holder, *alike), one)
    return tuple(found.values())


def _tasks(tx: Session, site: str) -> list[Held]:
    order = (
        select(func.min(Slot.merchant.concat("/").concat(Slot.order)))
        .where(Slot.site == Task.site, Slot.task == Task.id)
        .scalar_subquery()
    )
    rows = tx.execute(
        select(
            Task.kind,
            Task.id,
            Task.place,
            Task.sku,
            Task.pieces,
            Task.worker,
            Task.claimed_at,
            Worker.name,
            Place.order_no,
            Place.kind.label("stands"),
            order.label("on_walk"),
            RefillRow.taken,
        )
        .outerjoin_from(Task, Worker, and_(Worker.site == Task.site, Worker.code == Task.worker))
        .outerjoin(Place, and_(Place.site == Task.site, Place.code == Task.place))
        .outerjoin(RefillRow, and_(RefillRow.site == Task.site, RefillRow.task == Task.id))
        .where(
            Task.site == site,
            Task.kind.in_(JOBS_OF),
            among(Task.state, "claimed", "parked"),
            Task.worker.is_not(None),
        )
    )
    return [_task(tx, site, row) for row in rows]


def _task(tx: Session, site: str, row: Any) -> Held:
    named = row.on_walk if row.kind == "pick" else row.order_no
    order = named or ""
    done, total = row.taken or 0, row.pieces
    if row.kind == "pick":
        done, total = _sums(tx, Pick.picked, Pick.pieces, *_stops(site, row.id))
    elif row.kind == PACK:
        rest = checking.rest_of(tx, site, order)
        done, total = rest.done_pieces, rest.done_pieces + rest.left_pieces
    about = order if row.kind == PACK else row.place or order
    if row.sku and (row.kind == "count" or row.stands in LOOSE):
        about = f"{row.place} {row.sku}"
    name = row.name or row.worker
    job = JOBS_OF[row.kind]
    return Held(job, row.id, about, order, row.worker, name, row.claimed_at, done, total)


def _stops(site: str, task: str) -> tuple[Any, ...]:
    return Pick.site == site, Pick.task == task, Pick.state != "cancelled"


def _sums(tx: Session, done: Any, total: Any, *which: Any) -> tuple[int, int]:
    row = tx.execute(select(func.sum(done), func.sum(total)).where(*which)).one()
    return int(row[0] or 0), int(row[1] or 0)


def _returns(tx: Session, site: str) -> list[Held]:
    of_return = (ReturnLine.site == Return.site, ReturnLine.number == Return.number)
    done = select(func.coalesce(func.sum(MET), 0)).where(*of_return).scalar_subquery()
    total = (
        select(func.coalesce(func.sum(ReturnLine.advised), 0)).where(*of_return).scalar_subquery()
    )
    rows = tx.execute(
        select(
            literal("returns"),
            Return.number,
            Return.number,
            literal(""),
            Return.worker,
            func.coalesce(Worker.name, Return.worker),
            Return.claimed_at,
            done,
            total,
        )
        .outerjoin(Worker, and_(Worker.site == Return.site, Worker.code == Return.worker))
        .where(Return.site == site, Return.custody == "received", Return.worker.is_not(None))
    )
    return [Held(*row) for row in rows]
