"""Next work: claim the most urgent orders for a cart and reserve their stock."""

from __future__ import annotations

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from floorhand.domain.allocation import UNLIMITED, OpenOrder, Plan, Pool, Room, choose_orders
from floorhand.domain.picking import SLOTS_MAX, GetWork, NoWork, WalkTaken, WorkFound
from floorhand.ops.colleagues import since, take_over
from floorhand.ops.reserving import (
    Reserved,
    claim_order,
    number_walk,
    open_slots,
    reserve_plan,
    set_waiting,
)
from floorhand.ops.walking import advance
from floorhand.store import orders, picks, shelves, tasks
from floorhand.store.ledger import Cause
from floorhand.store.masters import site_rules
from floorhand.store.picks import Walk
from floorhand.store.schema import Place, Slot, Task

CANDIDATES_MAX = 64
"""Orders that are planned at once; the walk takes the best of them."""

ROUNDS_MAX = 256
"""So often further candidates are looked at, if none of those before could be picked."""


def get_work(tx: Session, cause: Cause, command: GetWork) -> WorkFound | NoWork | WalkTaken:
    """Start a walk, or go on with the one that this cart or worker has.

    Orders that cannot be picked wait for stock from now on, so that they never block others.
    """
    room = _room(tx, cause, command.cart)
    walk = picks.open_walk(tx, cause.site, command.cart, cause.worker)
    if walk is not None:
        return _resume(tx, cause, walk, command)
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
        claimed = [(order, plan) for order, plan in chosen if claim_order(tx, cause, order)]
        if claimed:
            return _start(tx, cause, command.cart, claimed)
        tried |= {(order.merchant, order.number) for order, _ in chosen}
    return NoWork(orders.waiting_orders(tx, cause.site))


def _room(tx: Session, cause: Cause, cart: str) -> Room:
    """Say what a walk can carry; locks the cart, so that it starts one walk only."""
    if not cart:
        return Room(1)
    row = tx.execute(
        select(Place.slots, Place.capacity_g, Place.capacity_ml)
        .where(Place.site == cause.site, Place.code == cart, Place.kind == "cart")
        .with_for_update()
    ).one_or_none()
    slots, g, ml = row or (0, 0, 0)
    most = site_rules(tx, cause.site).orders_per_walk_max
    orders_max = max(1, min(slots or most, most, SLOTS_MAX))
    return Room(orders_max, g or UNLIMITED, ml or UNLIMITED)


def _resume(tx: Session, cause: Cause, walk: Walk, command: GetWork) -> WorkFound | WalkTaken:
    """Go on with a walk; a colleague's is told first and taken over only when that is asked for."""
    if walk.worker != cause.worker and not command.take_over:
        return WalkTaken(walk.cart, walk.name, since(tx, cause, walk.since))
    if walk.worker != cause.worker:
        take_over(tx, cause, "picking", walk.task, walk.worker)
    tx.execute(
        update(Task).where(Task.site == cause.site, Task.id == walk.task).values(state="claimed")
    )
    slots = list(
        tx.scalars(select(Slot.slot_no).where(Slot.site == cause.site, Slot.task == walk.task))
    )
    cause.note(job="picking")
    return WorkFound(len(slots), True, advance(tx, cause, walk.task))


def _start(
    tx: Session, cause: Cause, cart: str, claimed: list[tuple[OpenOrder, Plan]]
) -> WorkFound:
    task = tasks.open_task(tx, cause, "pick", place=cart)
    tasks.claim_task(tx, cause, task)
    open_slots(tx, cause, task, [order for order, _ in claimed])
    got = [reserve_plan(tx, cause, task, order, plan) for order, plan in claimed]
    number_walk(tx, cause, task)
    _note(cause, got)
    return WorkFound(len(claimed), False, advance(tx, cause, task))


def _note(cause: Cause, got: list[Reserved]) -> None:
    cause.note(job="picking", claimed=len(got))
    short = sum(reserved.short for reserved in got)
    lines = sum(reserved.lines_finished for reserved in got)
    if short:
        short_lines = sum(reserved.short_lines for reserved in got)
        cause.note(short=short, short_lines=short_lines, lines=lines, reason="no_stock")
