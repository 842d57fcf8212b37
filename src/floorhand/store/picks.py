"""Questions about pick walks: the next stop, slots without a tote, totes to bring away."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Select, and_, bindparam, func, or_, select
from sqlalchemy.orm import Session, aliased

from floorhand.domain.picking import NeedTote, Stop
from floorhand.domain.things import Goods
from floorhand.store.asking import Answer, among, ask
from floorhand.store.prepared import made_once
from floorhand.store.schema import Order, Pick, Place, Sku, Slot, Stock, Task, Worker
from floorhand.store.shelves import Inner, outermost, with_roots

OPEN_WALKS = ("open", "claimed", "parked")
"""States of a walk's task that keep its cart busy."""

_WALK = (
    select(Task.id, Task.place, Task.worker, Task.state, Worker.name, Task.claimed_at)
    .outerjoin_from(Task, Worker, (Worker.site == Task.site) & (Worker.code == Task.worker))
    .where(Task.site == bindparam("site"), Task.kind == "pick")
    .order_by(Task.created_at, Task.id)
    .limit(1)
)
_WALK_BY_ID = _WALK.where(Task.id == bindparam("task"))
_OPEN_WALK = _WALK.where(among(Task.state, *OPEN_WALKS))
_WALK_OF_CART = _OPEN_WALK.where(Task.place == bindparam("cart"))
_WALK_OF_WORKER = (
    _OPEN_WALK.where(Task.worker == bindparam("worker"))
    .order_by(None)
    .order_by(Task.place != "", Task.created_at, Task.id)
)
_WALK_OF_ORDER = (
    _OPEN_WALK.join(Slot, and_(Slot.site == Task.site, Slot.task == Task.id))
    .where(Slot.merchant == bindparam("merchant"), Slot.order == bindparam("number"))
    .order_by(None)
    .order_by(Task.created_at.desc(), Task.id.desc())
)
"""The last walk that got the order: one that it waited for stock on may still be open."""

_TOTALS = select(
    func.count((Pick.merchant.concat("/").concat(Pick.order)).distinct()),
    func.coalesce(func.sum(Pick.picked), 0),
).where(Pick.site == bindparam("site"), Pick.task == bindparam("task"), Pick.picked > 0)


@dataclass(frozen=True, slots=True)
class Walk:
    """A pick walk: whose it is and since when, and on which cart (empty: none)."""

    task: str
    cart: str
    worker: str
    state: str
    name: str
    since: datetime | None


@dataclass(frozen=True, slots=True)
class StopRow:
    """A stop with what decides whether it may still be done.

    ``place`` is the innermost place, where the stock is; ``stop.place`` is the outermost.
    """

    stop: Stop
    place: str
    merchant: str
    number: str
    line_no: int
    picked: int
    state: str
    walk_no: int
    tote: str | None
    order_state: str
    worker: str | None
    task_state: str

    def is_of(self, worker: str) -> bool:
        """Tell whether the walk is this worker's."""
        return self.worker == worker and self.task_state == "claimed"


@dataclass(frozen=True, slots=True)
class Carried:
    """A tote with pieces that a walk still carries."""

    tote: str
    slot: int
    merchant: str
    number: str
    order_state: str
    order_no: str


def walk_by_id(tx: Session, site: str, task: str) -> Walk | None:
    """Give a walk."""
    return _walk(ask(tx, _WALK_BY_ID, site=site, task=task))


def open_walk(tx: Session, site: str, cart: str, worker: str) -> Walk | None:
    """Give the unfinished walk of a cart; of no cart the worker's own, one without a cart first."""
    if cart:
        return _walk(ask(tx, _WALK_OF_CART, site=site, cart=cart))
    return _walk(ask(tx, _WALK_OF_WORKER, site=site, worker=worker))


def walk_of_order(tx: Session, site: str, merchant: str, number: str) -> Walk | None:
    """Give the unfinished walk that an order is on."""
    return _walk(ask(tx, _WALK_OF_ORDER, site=site, merchant=merchant, number=number))


def next_stop(tx: Session, site: str, task: str) -> StopRow | None:
    """Give the next stop of a walk; None if all are done."""
    row = ask(tx, _next_stop(), site=site, task=task).one_or_none()
    return _stop(row) if row else None


def stop_of(tx: Session, site: str, task: str, pick: str) -> StopRow | None:
    """Give one stop of a walk, whatever its state."""
    row = ask(tx, _stop_of(), site=site, task=task, pick=pick).one_or_none()
    return _stop(row) if row else None


def stops_at(
    tx: Session, site: str, place: str, merchant: str = "", sku: str = ""
) -> tuple[StopRow, ...]:
    """List the open stops of all walks at an innermost place, of one SKU if it is given."""
    at = {"site": site, "place": place}
    if sku:
        rows = ask(tx, _stops_for_sku(), **at, merchant=merchant, sku=sku)
    else:
        rows = ask(tx, _stops_at(), **at)
    return tuple(map(_stop, rows))


def stops_of_order(
    tx: Session, site: str, task: str, merchant: str, number: str
) -> tuple[StopRow, ...]:
    """List an order's open stops on a walk."""
    of_order = {"task": task, "merchant": merchant, "number": number}
    return tuple(map(_stop, ask(tx, _stops_of_order(), site=site, **of_order)))


def open_stops(tx: Session, site: str, *which: ColumnElement[bool]) -> tuple[StopRow, ...]:
    """List open stops of all walks; seldom asked, so built when it is."""
    return stops_where(tx, site, Pick.state == "open", *which)


def stops_where(tx: Session, site: str, *which: ColumnElement[bool]) -> tuple[StopRow, ...]:
    """List stops of all walks, whatever their state; seldom asked, so built when it is."""
    asked = _stops(site).where(*which)
    rows = tx.execute(asked.order_by(Pick.task, Pick.walk_no, Pick.id))
    return tuple(map(_stop, rows))


def unbound_slot(tx: Session, site: str, task: str) -> tuple[NeedTote, str, str, str] | None:
    """Give the first slot with open stops but no tote, with its order's merchant, number, state."""
    row = ask(tx, _unbound_slot(), site=site, task=task).one_or_none()
    if row is None:
        return None
    slot_no, merchant, number, state, cart, slots, bound = row
    need = NeedTote(task, cart, slot_no, slots, f"{merchant}/{number}", bound)
    return need, merchant, number, state


def carried_totes(tx: Session, site: str, walk: Walk) -> tuple[Carried, ...]:
    """List the totes with pieces that a walk still carries, by slot."""
    named = {"site": site, "task": walk.task}
    if walk.cart:
        rows = ask(tx, _carried(True), **named, cart=walk.cart)
    else:
        rows = ask(tx, _carried(False), **named)
    return tuple(
        Carried(code, slot or 0, merchant or "", number or "", state or "", order_no or "")
        for code, slot, merchant, number, state, order_no in rows
    )


def proposed_bench(tx: Session, site: str) -> str:
    """Name the open bench with the fewest totes, else a dock; empty if there is neither.

    Benches of the zone ``returns`` are for what comes back.
    """
    return ask(tx, _proposed_bench(), site=site).scalar() or ""


def walk_totals(tx: Session, site: str, task: str) -> tuple[int, int]:
    """Count the orders of a walk that got pieces, and the pieces."""
    orders, pieces = ask(tx, _TOTALS, site=site, task=task).one()
    return int(orders), int(pieces)


def _walk(found: Answer) -> Walk | None:
    row = found.one_or_none()
    if row is None:
        return None
    task, cart, worker, state, name, claimed_at = row
    return Walk(task, cart, worker or "", state, name or worker or "", claimed_at)


@made_once()
def _unbound_slot() -> Select[*tuple[Any, ...]]:
    site: BindParameter[str] = bindparam("site")
    task: BindParameter[str] = bindparam("task")
    of_walk = (Slot.site == site, Slot.task == task)
    slots = select(func.count()).where(*of_walk).scalar_subquery()
    bound = select(func.count(Slot.tote)).where(*of_walk).scalar_subquery()
    open_stops = select(Pick.id).where(
        Pick.site == site,
        Pick.task == task,
        Pick.state == "open",
        Pick.merchant == Slot.merchant,
        Pick.order == Slot.order,
    )
    return (
        select(Slot.slot_no, Slot.merchant, Slot.order, Order.state, Task.place, slots, bound)
        .join(Order, _order_of(Slot))
        .join(Task, and_(Task.site == Slot.site, Task.id == Slot.task))
        .where(*of_walk, Slot.tote.is_(None), open_stops.exists())
        .order_by(Slot.slot_no)
        .limit(1)
    )


@made_once((True,), (False,))
def _carried(on_cart: bool) -> Select[*tuple[Any, ...]]:
    site: BindParameter[str] = bindparam("site")
    bound = or_(
        Slot.tote == Place.code, Slot.merchant.concat("/").concat(Slot.order) == Place.order_no
    )
    holds = select(Stock.pieces).where(
        Stock.site == site, Stock.place == Place.code, Stock.pieces > 0
    )
    asked = (
        select(Place.code, Slot.slot_no, Slot.merchant, Slot.order, Order.state, Place.order_no)
        .outerjoin(Slot, and_(Slot.site == site, Slot.task == bindparam("task"), bound))
        .outerjoin(Order, _order_of(Slot))
        .where(Place.site == site, Place.kind == "tote", holds.exists())
        .order_by(Slot.slot_no, Place.code)
    )
    if on_cart:
        return asked.where(Place.parent == bindparam("cart"))
    return asked.where(Place.parent.is_(None), Slot.task.is_not(None))


@made_once()
def _proposed_bench() -> Select[*tuple[Any, ...]]:
    inside = aliased(Place)
    totes = (
        select(func.count())
        .where(
            inside.site == bindparam("site"),
            inside.parent == Place.code,
            inside.kind == "tote",
        )
        .scalar_subquery()
    )
    return (
        select(Place.code)
        .where(
            Place.site == bindparam("site"),
            Place.kind.in_(("bench", "dock")),
            Place.state == "open",
            Place.zone != "returns",
        )
        .order_by(Place.kind, totes, Place.code)
        .limit(1)
    )


def _order_of(slot: Any) -> Any:
    return and_(
        Order.site == slot.site, Order.merchant == slot.merchant, Order.number == slot.order
    )


@made_once()
def _stops_at() -> Select[Any]:
    asked = _stops(bindparam("site")).where(Pick.place == bindparam("place"), Pick.state == "open")
    return asked.order_by(Pick.walk_no, Pick.id)


@made_once()
def _stops_for_sku() -> Select[Any]:
    return _stops_at().where(Pick.merchant == bindparam("merchant"), Pick.sku == bindparam("sku"))


@made_once()
def _stops_of_order() -> Select[Any]:
    asked = _stops(bindparam("site")).where(
        Pick.task == bindparam("task"),
        Pick.state == "open",
        Pick.merchant == bindparam("merchant"),
        Pick.order == bindparam("number"),
    )
    return asked.order_by(Pick.walk_no, Pick.id)


@made_once()
def _next_stop() -> Select[Any]:
    """Make the question once: putting it together takes ten times as long as answering it."""
    asked = _stops(bindparam("site")).where(Pick.task == bindparam("task"), Pick.state == "open")
    return asked.order_by(Pick.walk_no, Pick.place, Pick.id).limit(1)


@made_once()
def _stop_of() -> Select[Any]:
    return _stops(bindparam("site")).where(
        Pick.task == bindparam("task"), Pick.id == bindparam("pick")
    )


def _stops(site: Any) -> Select[Any]:
    """Ask for stops with all that is shown and checked of them, in one question."""
    other = aliased(Pick)
    of_walk = and_(other.site == site, other.task == Pick.task, other.state != "cancelled")
    behind = select(func.count()).where(of_walk, other.state != "open").scalar_subquery()
    stops = select(func.count()).where(of_walk).scalar_subquery()
    asked: Select[Any] = select(
        *[column.label(f"pick_{column.name}") for column in Pick.__table__.columns],
        outermost("code").label("root"),
        Inner.code.label("inner"),
        Sku.name.label("name"),
        Slot.slot_no,
        Slot.tote.label("slot_tote"),
        Order.state.label("order_state"),
        Task.worker,
        Task.state.label("task_state"),
        behind.label("done"),
        stops.label("stops"),
    ).select_from(Pick)
    asked = with_roots(asked, site, Pick.place)
    asked = asked.join(
        Sku, and_(Sku.site == site, Sku.merchant == Pick.merchant, Sku.code == Pick.sku)
    )
    asked = asked.join(
        Slot,
        and_(
            Slot.site == site,
            Slot.task == Pick.task,
            Slot.merchant == Pick.merchant,
            Slot.order == Pick.order,
        ),
    )
    asked = asked.join(Order, _order_of(Slot))
    asked = asked.join(Task, and_(Task.site == site, Task.id == Pick.task))
    return asked.where(Pick.site == site)


def _stop(row: Any) -> StopRow:
    stop = Stop(
        task=row.pick_task,
        pick=row.pick_id,
        place=row.root,
        inside=row.inner if row.inner != row.root else "",
        goods=Goods(
            row.pick_merchant,
            row.pick_sku,
            row.pick_lot,
            row.pick_expiry,
            row.pick_serial,
            row.pick_condition,
        ),
        name=row.name,
        pieces=row.pick_pieces - row.pick_picked,
        tote=row.slot_tote or "",
        slot=row.slot_no,
        order=f"{row.pick_merchant}/{row.pick_order}",
        skips=row.pick_skips,
        missed=row.pick_missed,
        done=row.done,
        stops=row.stops,
    )
    return StopRow(
        stop,
        row.pick_place,
        row.pick_merchant,
        row.pick_order,
        row.pick_line_no,
        row.pick_picked,
        row.pick_state,
        row.pick_walk_no,
        row.slot_tote,
        row.order_state,
        row.worker,
        row.task_state,
    )
