"""Next work: claim the most urgent orders for a cart and reserve their stock."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from sqlalchemy import TableClause, bindparam, func, select, update
from sqlalchemy.orm import Session

from floorhand.domain.allocation import UNLIMITED, OpenOrder, Plan, Pool, Room, choose_orders
from floorhand.domain.picking import SLOTS_MAX, GetWork, NoWork, WalkTaken, WorkFound
from floorhand.errors import Code, Refused
from floorhand.ops.beginning import need_room
from floorhand.ops.colleagues import since
from floorhand.ops.reserving import (
    claim_orders,
    number_walk,
    open_slots,
    reserve_plans,
    set_waiting,
)
from floorhand.ops.taken_over import take_over
from floorhand.ops.walking import advance
from floorhand.store import orders, picks, shelves, tasks
from floorhand.store.asking import ask
from floorhand.store.ledger import Cause
from floorhand.store.masters import site_rules
from floorhand.store.picks import Walk
from floorhand.store.schema import Place, Slot, Task

CANDIDATES_MAX = 64
"""Orders that are planned at once; the walk takes the best of them."""

ROUNDS_MAX = 256
"""So often further candidates are looked at, if none of those before could be picked."""

_CART = (
    select(Place.slots, Place.capacity_g, Place.capacity_ml)
    .where(Place.site == bindparam("site"), Place.code == bindparam("cart"), Place.kind == "cart")
    .with_for_update()
)
_TASK = cast(TableClause, Task.__table__)
_GO_ON = (
    update(_TASK)
    .where(_TASK.c.site == bindparam("at_site"), _TASK.c.id == bindparam("at_id"))
    .values(state="claimed")
)
_SLOTS = select(func.count()).where(Slot.site == bindparam("site"), Slot.task == bindparam("task"))


def get_work(tx: Session, cause: Cause, command: GetWork) -> WorkFound | NoWork | WalkTaken:
    """Start a walk, or go on with the one that this cart, order or worker has.

    Orders that cannot be picked wait for stock from now on, so that they never block others.

    Raises:
        Refused: `Code.ORDER_ON_NO_WALK`, `Code.NO_ROOM_FOR_WORK`.
    """
    if command.order:
        return _resume(tx, cause, _walk_of(tx, cause, command.order), command)
    room = _room(tx, cause, command.cart)
    walk = picks.open_walk(tx, cause.site, command.cart, cause.worker)
    if walk is not None:
        return _resume(tx, cause, walk, command)
    need_room(tx)
    today = shelves.site_date(tx, cause.site, cause.at)
    tried: set[tuple[str, str]] = set()
    for _ in range(ROUNDS_MAX):
        window = orders.claimable_orders(tx, cause.site, CANDIDATES_MAX, tried)
        if not window:
            break
        named = [(order.merchant, order.number) for order in window]
        pool = Pool(shelves.shelves_for_orders(tx, cause.site, named), today)
        chosen, without = choose_orders(window, pool, room)
        for order in without:
            tried.add((order.merchant, order.number))
            if set_waiting(tx, cause, order):
                cause.note(job="picking")
        if chosen:
            return _start(tx, cause, command.cart, chosen)
    return NoWork(orders.waiting_orders(tx, cause.site))


def _room(tx: Session, cause: Cause, cart: str) -> Room:
    """Say what a walk can carry; locks the cart, so that it starts one walk only."""
    if not cart:
        return Room(1)
    row = ask(tx, _CART, site=cause.site, cart=cart).one_or_none()
    slots, g, ml = row or (0, 0, 0)
    most = site_rules(tx, cause.site).orders_per_walk_max
    orders_max = max(1, min(slots or most, most, SLOTS_MAX))
    return Room(orders_max, g or UNLIMITED, ml or UNLIMITED)


def _walk_of(tx: Session, cause: Cause, order: str) -> Walk:
    walk = picks.walk_of_order(tx, cause.site, *orders.split_name(order))
    if walk is None:
        raise Refused(Code.ORDER_ON_NO_WALK, order=order)
    return walk


def _resume(tx: Session, cause: Cause, walk: Walk, command: GetWork) -> WorkFound | WalkTaken:
    """Go on with a walk; a colleague's is told first and taken over only when that is asked for."""
    if walk.worker not in (cause.worker, command.take_over):
        begun = since(tx, cause, walk.since)
        return WalkTaken(walk.cart, walk.worker, walk.name, begun, command.order)
    if walk.worker != cause.worker:
        about = walk.cart or command.order
        take_over(tx, cause, "picking", walk.task, walk.worker, walk.task, about)
    ask(tx, _GO_ON, at_site=cause.site, at_id=walk.task)
    slots = ask(tx, _SLOTS, site=cause.site, task=walk.task).scalar()
    cause.note(job="picking")
    return WorkFound(slots, True, advance(tx, cause, walk.task))


def _start(
    tx: Session, cause: Cause, cart: str, chosen: Sequence[tuple[OpenOrder, Plan]]
) -> WorkFound:
    claimed = [order for order, _ in chosen]
    claim_orders(tx, cause, claimed)
    for order in claimed:
        cause.touch("order", order.merchant, order.number)
    task = tasks.open_task(tx, cause, "pick", place=cart)
    tasks.claim_task(tx, cause, task)
    open_slots(tx, cause, task, claimed)
    reserve_plans(tx, cause, task, chosen)
    number_walk(tx, cause, task)
    cause.note(job="picking", claimed=len(claimed))
    return WorkFound(len(claimed), False, advance(tx, cause, task))
