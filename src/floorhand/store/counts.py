"""Questions about cycle counts. What is written of them: `floorhand.store.count_sheets`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BindParameter,
    String,
    and_,
    bindparam,
    exists,
    func,
    or_,
    select,
)
from sqlalchemy.orm import Session, aliased

from floorhand.domain.count_rules import Difference, of_json
from floorhand.domain.cycle_counts import COUNTED_SHOWN_MAX, LOTS_SHOWN_MAX, CountTask, Entry, Sheet
from floorhand.domain.routing import Spot, walk_key
from floorhand.domain.things import OUTSIDE, Goods
from floorhand.store.asking import among, ask
from floorhand.store.count_sheets import is_named
from floorhand.store.goods import goods_columns
from floorhand.store.schema import Counted, CountSheet, Move, Place, Sku, Stock, Task, Worker

COUNTS_LOOKED_AT_MAX = 500
"""Open counts among which the next one on the walk is looked for, the oldest ones."""

Moves = Mapping[tuple[str, str], int]
"""How often products were moved, by merchant and SKU."""


@dataclass(frozen=True, slots=True)
class CountRow:
    """A count task with its sheet. ``first`` is empty if nobody has begun the first count."""

    count: CountTask
    state: str
    worker: str
    name: str
    claimed_at: datetime | None
    first: str
    since: datetime | None
    moves: str


@dataclass(frozen=True, slots=True)
class Held:
    """Pieces of the same goods in one place, and how many of them are promised."""

    place: str
    goods: Goods
    pieces: int
    reserved: int


@dataclass(frozen=True, slots=True)
class Tracked:
    """What is told of each piece of a product, besides which it is."""

    name: str
    lot: bool
    expiry: bool
    serial: bool


_SKU_OF_TASK = and_(Sku.site == Task.site, Sku.merchant == Task.merchant, Sku.code == Task.sku)
_ROW = (
    select(
        Task.id,
        Task.place,
        Task.reason,
        Task.merchant,
        Task.sku,
        Sku.name.label("sku_name"),
        Task.state,
        Task.worker,
        Worker.name.label("worker_name"),
        Task.claimed_at,
        CountSheet.first,
        CountSheet.since,
        CountSheet.moves,
    )
    .outerjoin_from(Task, Sku, _SKU_OF_TASK)
    .outerjoin(CountSheet, and_(CountSheet.site == Task.site, CountSheet.task == Task.id))
    .outerjoin(Worker, and_(Worker.site == Task.site, Worker.code == Task.worker))
    .where(Task.site == bindparam("site"), Task.kind == "count")
)
_THIS = _ROW.where(Task.id == bindparam("task"))
_OPEN = _ROW.where(among(Task.state, "open", "claimed")).order_by(Task.created_at, Task.id)
_AT = _OPEN.where(Task.place == bindparam("place"))
_COUNTERS = select(
    CountSheet.worker, CountSheet.not_by, CountSheet.task, CountSheet.ended_at
).where(CountSheet.site == bindparam("site"), CountSheet.first == bindparam("first"))
_OTHER = aliased(CountSheet)
_BARRED = exists().where(
    _OTHER.site == Task.site,
    _OTHER.first == CountSheet.first,
    or_(
        is_named(_OTHER.not_by, bindparam("worker", type_=String)),
        and_(_OTHER.ended_at.is_not(None), _OTHER.worker == bindparam("worker")),
    ),
)
"""Whether a worker has counted for the same difference, or may not for another reason."""
_WAITING = (
    _ROW.add_columns(Place.walk_no, Place.aisle_no, Place.y_mm)
    .join(Place, and_(Place.site == Task.site, Place.code == Task.place))
    .where(
        or_(
            among(Task.state, "open"),
            and_(among(Task.state, "claimed"), Task.worker == bindparam("worker")),
        ),
        ~_BARRED,
    )
    .order_by(Task.created_at, Task.id)
    .limit(COUNTS_LOOKED_AT_MAX)
)
_SPOT = select(Place.code, Place.walk_no, Place.aisle_no, Place.y_mm).where(
    Place.site == bindparam("site"), Place.code == bindparam("place")
)
_EARLIER = (
    select(CountSheet.differences)
    .where(
        CountSheet.site == bindparam("site"),
        CountSheet.first == bindparam("first"),
        CountSheet.task != bindparam("task"),
        CountSheet.ended_at.is_not(None),
    )
    .order_by(CountSheet.ended_at, CountSheet.task)
)
_DIFFERENCES = select(CountSheet.differences).where(
    CountSheet.site == bindparam("site"), CountSheet.task == bindparam("task")
)
_FOUND = (
    select(
        *goods_columns(Counted),
        Counted.pieces,
        Sku.name,
    )
    .join(
        Sku,
        and_(Sku.site == Counted.site, Sku.merchant == Counted.merchant, Sku.code == Counted.sku),
    )
    .where(Counted.site == bindparam("site"), Counted.task == bindparam("task"))
    .order_by(Counted.at.desc(), Counted.sku, Counted.lot, Counted.serial, Counted.condition)
)
_PLACES: BindParameter[Any] = bindparam("places", expanding=True)
_STOCK = select(Stock.place, *goods_columns(Stock), Stock.pieces, Stock.reserved).where(
    Stock.site == bindparam("site"), Stock.pieces > 0
)
_HELD = _STOCK.where(Stock.place.in_(_PLACES)).order_by(
    Stock.place, Stock.merchant, Stock.sku, Stock.lot, Stock.serial, Stock.condition
)
_SERIAL_AT = _STOCK.where(
    Stock.merchant == bindparam("merchant"),
    Stock.sku == bindparam("sku"),
    Stock.serial == bindparam("serial"),
    Stock.place.not_in(OUTSIDE),
)
_MOVED = (
    select(Move.merchant, Move.sku, func.count())
    .where(
        Move.site == bindparam("site"),
        Move.at >= bindparam("since"),
        or_(Move.source.in_(_PLACES), Move.target.in_(_PLACES)),
    )
    .group_by(Move.merchant, Move.sku)
)
_LOTS = (
    select(Stock.lot, Stock.expiry)
    .where(
        Stock.site == bindparam("site"),
        Stock.merchant == bindparam("merchant"),
        Stock.sku == bindparam("sku"),
        Stock.place.not_in(OUTSIDE),
        Stock.pieces > 0,
    )
    .distinct()
    .order_by(Stock.expiry, Stock.lot)
    .limit(LOTS_SHOWN_MAX)
)
_TRACKED = select(Sku.name, Sku.lot_tracked, Sku.expiry_tracked, Sku.serial_tracked).where(
    Sku.site == bindparam("site"),
    Sku.merchant == bindparam("merchant"),
    Sku.code == bindparam("sku"),
)
_LOT = (
    select(Stock.expiry)
    .where(
        Stock.site == bindparam("site"),
        Stock.merchant == bindparam("merchant"),
        Stock.sku == bindparam("sku"),
        Stock.lot == bindparam("lot"),
        Stock.expiry != "",
    )
    .order_by(Stock.expiry)
    .limit(1)
)


def count_row(tx: Session, site: str, task: str) -> CountRow | None:
    """Give a count, whatever its state; None if there is no such task."""
    row = ask(tx, _THIS, site=site, task=task).one_or_none()
    return None if row is None else _row(row)


def open_counts(tx: Session, site: str, place: str) -> tuple[CountRow, ...]:
    """List the counts of a bin that are open or under way, the oldest first."""
    return tuple(_row(row) for row in ask(tx, _AT, site=site, place=place))


def waiting_counts(tx: Session, site: str, worker: str, after: str) -> tuple[CountRow, ...]:
    """List the counts that a worker may do, in walking order behind a place, then from the start.

    What the worker has claimed already comes first. No count of a difference that the worker has
    found is among them.
    """
    rows = ask(tx, _WAITING, site=site, worker=worker).all()
    here = ask(tx, _SPOT, site=site, place=after).first()
    passed = walk_key(Spot(*here)) if here else None

    def position(row: Any) -> tuple[bool, bool, tuple[int, int, int, str]]:
        key = walk_key(Spot(row.place, row.walk_no, row.aisle_no, row.y_mm))
        return (row.state == "open", passed is not None and key <= passed, key)

    return tuple(_row(row) for row in sorted(rows, key=position))


def may_count(tx: Session, site: str, row: CountRow, worker: str) -> bool:
    """Say whether a worker has not counted for the same difference before."""
    chain = ask(tx, _COUNTERS, site=site, first=row.first or row.count.task)
    task = row.count.task
    return all(
        worker not in one.not_by.split("\n")
        and (one.worker != worker or (one.task == task and not one.ended_at))
        for one in chain
    )


def earlier_counts(
    tx: Session, site: str, first: str, task: str
) -> tuple[tuple[Difference, ...], ...]:
    """Give the differences that others found before, in order."""
    return tuple(
        of_json(text) for text in ask(tx, _EARLIER, site=site, first=first, task=task).scalars()
    )


def counters_of(tx: Session, site: str, first: str) -> tuple[str, ...]:
    """List who has counted for the same difference, by number."""
    return tuple(
        sorted({one.worker for one in ask(tx, _COUNTERS, site=site, first=first) if one.worker})
    )


def differences_of(tx: Session, site: str, task: str) -> tuple[Difference, ...]:
    """Give the differences that a count has found."""
    return of_json(ask(tx, _DIFFERENCES, site=site, task=task).scalar() or "")


def sheet(tx: Session, site: str, row: CountRow) -> Sheet:
    """Give a count under way as its worker sees it."""
    found = ask(tx, _FOUND, site=site, task=row.count.task).all()
    entries = tuple(Entry(Goods(*one[:6]), one.name, one.pieces) for one in found)
    return Sheet(
        row.count,
        entries[:COUNTED_SHOWN_MAX],
        len({(one.goods.merchant, one.goods.sku) for one in entries}),
        sum(one.pieces for one in entries),
    )


def found_by(tx: Session, site: str, task: str) -> dict[Goods, int]:
    """Give what a count has found."""
    rows = ask(tx, _FOUND, site=site, task=task).all()
    return {Goods(*row[:6]): row.pieces for row in rows}


def held_in(tx: Session, site: str, places: Sequence[str]) -> tuple[Held, ...]:
    """List what the books believe to be in places."""
    return tuple(map(_held, ask(tx, _HELD, site=site, places=list(places))))


def serial_at(tx: Session, site: str, goods: Goods) -> Held | None:
    """Say where the books have the piece of a serial number; None if it is not here, or has none.

    Lot, expiry and condition may be other ones there.
    """
    if not goods.serial:
        return None
    of = {"merchant": goods.merchant, "sku": goods.sku, "serial": goods.serial}
    row = ask(tx, _SERIAL_AT, site=site, **of).first()
    return None if row is None else _held(row)


def moves_at(tx: Session, site: str, places: Sequence[str], since: datetime) -> Moves:
    """Count the moves into and out of places since a moment, by product."""
    rows = ask(tx, _MOVED, site=site, places=list(places), since=since)
    return {(merchant, sku): number for merchant, sku, number in rows}


def tracked(tx: Session, site: str, merchant: str, sku: str) -> Tracked:
    """Say what is told of each piece of a product."""
    return Tracked(*ask(tx, _TRACKED, site=site, merchant=merchant, sku=sku).one())


def lots_of(tx: Session, site: str, merchant: str, sku: str) -> tuple[tuple[str, str], ...]:
    """List lots and expiry dates of a product that the building has, the first to expire first."""
    rows = ask(tx, _LOTS, site=site, merchant=merchant, sku=sku)
    return tuple((row.lot, row.expiry) for row in rows)


def expiry_of(tx: Session, site: str, merchant: str, sku: str, lot: str) -> str:
    """Give the expiry date of a lot that was here; empty if it is not known."""
    return ask(tx, _LOT, site=site, merchant=merchant, sku=sku, lot=lot).scalar() or ""


def _held(row: Any) -> Held:
    return Held(row.place, Goods(*row[1:7]), row.pieces, row.reserved)


def _row(row: Any) -> CountRow:
    return CountRow(
        CountTask(row.id, row.place, row.reason, row.merchant, row.sku, row.sku_name or ""),
        row.state,
        row.worker or "",
        row.worker_name or row.worker or "",
        row.claimed_at,
        row.first or "",
        row.since,
        row.moves or "[]",
    )
