"""Promise stock to orders, and take promises back."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, insert, update
from sqlalchemy.orm import Session

from floorhand.domain.allocation import HOLD_ORDER, OpenOrder, Plan, Pool, Shelf, Take, by_age
from floorhand.domain.picking import NO_STOCK
from floorhand.domain.routing import number_stops, place_in_walk
from floorhand.store import ledger, orders, picks, shelves, tasks
from floorhand.store.ledger import Cause
from floorhand.store.masters import merchant_rules
from floorhand.store.picks import StopRow
from floorhand.store.schema import Order, OrderLine, Pick, Slot

RESERVE_TRIES_MAX = 3
"""So often free stock is looked for again after somebody else was first."""


@dataclass(frozen=True, slots=True)
class Reserved:
    """What an order got, in pieces: reserved, and missing."""

    pieces: int
    short: int


def reserve_order(
    tx: Session, cause: Cause, merchant: str, number: str, task: str
) -> Reserved | None:
    """Claim an order for a walk and reserve its stock by the merchant's policy.

    Args:
        tx: An open transaction.
        cause: The scan behind it.
        merchant: Whose order.
        number: Its number.
        task: The walk; it has a slot for the order.

    Returns:
        None if the order cannot be picked: somebody has it, or there is no stock for it. Nothing
        was changed then.
    """
    order = orders.claimable_order(tx, cause.site, merchant, number)
    if order is None:
        return None
    today = shelves.site_date(tx, cause.site, cause.at)
    free = shelves.shelves_for_orders(tx, cause.site, [(merchant, number)])
    plan = Pool(free, today).plan(order)
    if plan is None or not claim_order(tx, cause, order):
        return None
    reserved = reserve_plan(tx, cause, task, order, plan)
    number_walk(tx, cause, task)
    return reserved


def claim_order(tx: Session, cause: Cause, order: OpenOrder) -> bool:
    """Take an order for picking; False if another walk was first."""
    taken = tx.scalar(
        update(Order)
        .where(
            Order.site == cause.site,
            Order.merchant == order.merchant,
            Order.number == order.number,
            Order.state.in_(orders.CLAIMABLE),
        )
        .values(state="picking")
        .returning(Order.number)
    )
    return taken is not None


def reserve_plan(tx: Session, cause: Cause, task: str, order: OpenOrder, plan: Plan) -> Reserved:
    """Reserve what was planned for a claimed order, as stops of a walk.

    What is missing becomes short with the order's first tote: until then it can be given back.
    """
    pieces, short = 0, sum(plan.short.values())
    rows: list[dict[str, Any]] = []
    for line in order.lines:
        taken: list[Take] = []
        for take in plan.takes.get(line.line_no, ()):
            if ledger.reserve(tx, cause, take.shelf.place, take.shelf.goods, take.pieces):
                taken.append(take)
            else:
                elsewhere = reserve_anywhere(tx, cause, order.merchant, line.sku, take.pieces)
                taken += elsewhere
                short += take.pieces - sum(found.pieces for found in elsewhere)
        rows += stops_for(cause, task, order.merchant, order.number, line.line_no, taken)
        pieces += sum(take.pieces for take in taken)
    add_stops(tx, rows)
    return Reserved(pieces, short)


def reserve_anywhere(
    tx: Session,
    cause: Cause,
    merchant: str,
    sku: str,
    pieces: int,
    *,
    fits: Callable[[Shelf], bool] = lambda _shelf: True,
) -> list[Take]:
    """Reserve pieces of a SKU wherever they are free, oldest first; maybe fewer than asked.

    Args:
        tx: An open transaction.
        cause: The scan behind it.
        merchant: Whose goods.
        sku: Which.
        pieces: How many.
        fits: Says which shelves may be taken from: not those that were found wanting.
    """
    today = shelves.site_date(tx, cause.site, cause.at)
    taken: list[Take] = []
    for _ in range(RESERVE_TRIES_MAX):
        lost = False
        for shelf in by_age(shelves.shelves_of(tx, cause.site, merchant, sku), today):
            wanted = min(pieces, shelf.free)
            if not wanted or not fits(shelf):
                continue
            if ledger.reserve(tx, cause, shelf.place, shelf.goods, wanted):
                taken.append(Take(shelf, wanted))
                pieces -= wanted
            else:
                lost = True
        if not pieces or not lost:
            break
    return taken


def stops_for(
    cause: Cause,
    task: str,
    merchant: str,
    number: str,
    line_no: int,
    takes: Iterable[Take],
    *,
    walk_no: int = 0,
    missed: str = "",
) -> list[dict[str, Any]]:
    """Give reserved pieces as rows of stops, to be written with `add_stops`."""
    return [
        {
            "site": cause.site,
            "id": cause.new_id(),
            "task": task,
            "merchant": merchant,
            "order": number,
            "line_no": line_no,
            "sku": take.shelf.goods.sku,
            "lot": take.shelf.goods.lot,
            "expiry": take.shelf.goods.expiry,
            "serial": take.shelf.goods.serial,
            "condition": take.shelf.goods.condition,
            "place": take.shelf.place,
            "walk_no": walk_no,
            "pieces": take.pieces,
            "missed": missed,
        }
        for take in takes
    ]


def add_stops(tx: Session, rows: list[dict[str, Any]]) -> None:
    """Write stops of a walk."""
    if rows:
        table: Any = Pick.__table__
        tx.execute(insert(table), rows)


def number_walk(tx: Session, cause: Cause, task: str) -> None:
    """Put all stops of a walk into walking order."""
    spots = picks.spots_by_place(tx, cause.site, task)
    numbers = number_stops(list(spots.values()))
    if not spots:
        return
    pick: Any = Pick.__table__
    tx.execute(
        update(pick)
        .where(
            pick.c.site == cause.site,
            pick.c.task == task,
            pick.c.place == bindparam("at_place"),
            pick.c.state == "open",
        )
        .values(walk_no=bindparam("number")),
        [{"at_place": place, "number": numbers[spot.code]} for place, spot in spots.items()],
    )


def put_in_walk(
    tx: Session, cause: Cause, stop: StopRow, takes: Iterable[Take], missed: str
) -> None:
    """Add stops for pieces found elsewhere to the walk of the stop that lacked them, and why."""
    here = picks.spot_of(tx, cause.site, stop.place)
    for take in takes:
        ahead = picks.spots_ahead(tx, cause.site, stop.stop.task)
        number = place_in_walk(picks.spot_of(tx, cause.site, take.shelf.place), here, ahead)
        order = (stop.merchant, stop.number, stop.line_no)
        rows = stops_for(cause, stop.stop.task, *order, [take], walk_no=number, missed=missed)
        add_stops(tx, rows)


def drop_stop(tx: Session, cause: Cause, stop: StopRow, state: str) -> int:
    """Take back what an open stop still has reserved, close it, and give the pieces released.

    A stop of which pieces are in the tote already keeps those as picked; else it becomes ``state``.
    """
    left = stop.stop.pieces
    values: dict[str, str | int] = {"state": state}
    if stop.picked and state == "cancelled":
        values = {"state": "picked", "pieces": stop.picked}
    closed = tx.scalar(
        update(Pick)
        .where(Pick.site == cause.site, Pick.id == stop.stop.pick, Pick.state == "open")
        .values(values)
        .returning(Pick.id)
    )
    if closed is None:
        return 0
    if left:
        ledger.release(tx, cause, stop.place, stop.stop.goods, left)
    return left


def short_line(
    tx: Session,
    cause: Cause,
    merchant: str,
    number: str,
    line_no: int,
    pieces: int,
    reason: str,
) -> int:
    """Write pieces of a line off as short; 1 if that finishes the line, else 0."""
    row = tx.execute(
        update(OrderLine)
        .where(
            OrderLine.site == cause.site,
            OrderLine.merchant == merchant,
            OrderLine.order == number,
            OrderLine.line_no == line_no,
        )
        .values(short=OrderLine.short + pieces, short_reason=reason)
        .returning(OrderLine.ordered, OrderLine.picked, OrderLine.short)
    ).one()
    order_trouble(tx, cause, merchant, number, pieces=pieces, reason=reason)
    return int(row.ordered == row.picked + row.short)


def short_or_wait(tx: Session, cause: Cause, stop: StopRow, pieces: int, reason: str) -> bool:
    """Give pieces up that are nowhere to be found: True if the line is short for good.

    Where the merchant wants whole orders the line stays open, and the order waits for stock once
    its walk is over. Both other policies come to the same here: what is in the tote stays there.
    """
    policy = merchant_rules(tx, cause.site, stop.merchant).short_policy
    if policy == HOLD_ORDER:
        order_trouble(tx, cause, stop.merchant, stop.number, pieces=pieces, reason=reason)
        return False
    finished = short_line(tx, cause, stop.merchant, stop.number, stop.line_no, pieces, reason)
    lines = int(cause.figures.get("lines", 0)) + finished
    cause.note(lines=lines)
    return True


def set_waiting(tx: Session, cause: Cause, order: OpenOrder) -> bool:
    """Let a released order wait for stock, out of the way of others; True if it did not already."""
    changed = tx.scalar(
        update(Order)
        .where(
            Order.site == cause.site,
            Order.merchant == order.merchant,
            Order.number == order.number,
            Order.state == "released",
        )
        .values(state="waiting")
        .returning(Order.number)
    )
    if changed is None:
        return False
    missing = sum(line.pieces for line in order.lines)
    order_trouble(tx, cause, order.merchant, order.number, pieces=missing, reason=NO_STOCK)
    return True


def order_trouble(
    tx: Session, cause: Cause, merchant: str, number: str, *, pieces: int, reason: str
) -> None:
    """Tell supervisors of a short order, once as long as nobody has dealt with it."""
    name = f"{merchant}/{number}"
    if not tasks.is_told(tx, cause.site, "short_order", name):
        tasks.trouble(tx, cause, "short_order", name, merchant, pieces=pieces, reason=reason)


def open_slots(tx: Session, cause: Cause, task: str, chosen: Iterable[OpenOrder]) -> None:
    """Give each order of a walk a slot, most urgent first."""
    rows = [
        {
            "site": cause.site,
            "task": task,
            "slot_no": slot_no,
            "merchant": order.merchant,
            "order": order.number,
            "settled": False,
            "was": order.state,
        }
        for slot_no, order in enumerate(chosen, start=1)
    ]
    tx.execute(insert(Slot), rows)
