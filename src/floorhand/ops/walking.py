"""What comes next on a walk, and what happens to its orders when it ends or they are cancelled."""

from __future__ import annotations

from typing import cast

from sqlalchemy import TableClause, bindparam, func, select, update
from sqlalchemy.orm import Session

from floorhand.domain.picking import SLOTS_MAX, NeedBench, Next, StopGone, WalkDone
from floorhand.errors import Code, Gone
from floorhand.ops.colleagues import since
from floorhand.ops.ending import note_short
from floorhand.ops.reserving import drop_stop, order_waits
from floorhand.ops.waking import wake
from floorhand.store import holds, orders, parcels, picks, tasks
from floorhand.store.asking import ask
from floorhand.store.cancelling import put_back_picked
from floorhand.store.ledger import Cause
from floorhand.store.picks import StopRow, Walk
from floorhand.store.places import set_place
from floorhand.store.schema import Order, OrderLine, Pick, Slot, Stock

ROUNDS_MAX = 4 * SLOTS_MAX
"""So often the next question is looked for again, after an order on the walk was cancelled."""

OPEN_STOPS = select(Pick.id).where(
    Pick.site == bindparam("site"),
    Pick.task == bindparam("task"),
    Pick.state == "open",
    Pick.merchant == Slot.merchant,
    Pick.order == Slot.order,
)
"""The stops of a slot's order that are still to be done."""
_WITHOUT_STOPS = (
    select(Slot.merchant, Slot.order)
    .join(
        Order,
        (Order.site == Slot.site)
        & (Order.merchant == Slot.merchant)
        & (Order.number == Slot.order),
    )
    .where(
        Slot.site == bindparam("site"),
        Slot.task == bindparam("task"),
        Slot.settled.is_(False),
        Order.state == "picking",
        ~OPEN_STOPS.exists(),
    )
)
_SUMS = select(
    func.sum(OrderLine.ordered - OrderLine.picked - OrderLine.short),
    func.sum(OrderLine.picked),
).where(
    OrderLine.site == bindparam("site"),
    OrderLine.merchant == bindparam("merchant"),
    OrderLine.order == bindparam("number"),
)
_HELD = select(func.coalesce(func.sum(Stock.pieces), 0)).where(
    Stock.site == bindparam("site"), Stock.place == bindparam("place")
)
_ORDER, _SLOT = cast(TableClause, Order.__table__), cast(TableClause, Slot.__table__)
END_PICKING = (
    update(_ORDER)
    .where(
        _ORDER.c.site == bindparam("at_site"),
        _ORDER.c.merchant == bindparam("at_merchant"),
        _ORDER.c.number == bindparam("at_number"),
        _ORDER.c.state == "picking",
    )
    .values(state=bindparam("now"), closed_at=bindparam("ended"))
)
"""Take an order that is being picked off its walk: picked, short, waiting, or as it was before."""
_LEAVE_SLOT = (
    update(_SLOT)
    .where(
        _SLOT.c.site == bindparam("at_site"),
        _SLOT.c.task == bindparam("at_task"),
        _SLOT.c.tote == bindparam("at_tote"),
    )
    .values(tote=None)
)
_SETTLE_SLOT = (
    update(_SLOT)
    .where(
        _SLOT.c.site == bindparam("at_site"),
        _SLOT.c.task == bindparam("at_task"),
        _SLOT.c.merchant == bindparam("at_merchant"),
        _SLOT.c.order == bindparam("at_number"),
    )
    .values(settled=True)
)


def own_walk(tx: Session, cause: Cause, task: str) -> Walk:
    """Give a walk that the worker may go on with.

    Raises:
        Gone: `Code.WALK_LOST`, if it is finished; `Code.WALK_TAKEN`, if it is a colleague's.
    """
    walk = picks.walk_by_id(tx, cause.site, task)
    if walk is not None and walk.worker == cause.worker and walk.state == "claimed":
        return walk
    if walk is not None and walk.state == "claimed":
        raise Gone(Code.WALK_TAKEN, name=walk.name, since=since(tx, cause, walk.since))
    raise Gone(Code.WALK_LOST)


def own_stop(tx: Session, cause: Cause, task: str, pick: str) -> StopRow:
    """Give a stop of the worker's walk.

    Raises:
        Gone: As `own_walk`.
    """
    stop = picks.stop_of(tx, cause.site, task, pick)
    if stop is None or not stop.is_of(cause.worker):
        own_walk(tx, cause, task)
        raise Gone(Code.WALK_LOST)
    cause.touch("order", stop.stop.order)
    cause.touch("place", stop.stop.place)
    return stop


def advance(tx: Session, cause: Cause, task: str) -> Next:
    """Say what is asked next on a walk, and finish it if that is nothing.

    Orders that were cancelled meanwhile are taken off the walk here: nobody walks for them.
    """
    for _ in range(ROUNDS_MAX):
        stop = picks.next_stop(tx, cause.site, task)
        if stop is None:
            return _finish(tx, cause, task)
        if stop.order_state == "cancelled":
            cancel_on_walk(tx, cause, task, stop.merchant, stop.number)
            continue
        if stop.stop.done and stop.tote:
            return stop.stop
        unbound = picks.unbound_slot(tx, cause.site, task)
        if unbound is None:
            return stop.stop
        need, merchant, number, state = unbound
        if state == "cancelled":
            cancel_on_walk(tx, cause, task, merchant, number)
            continue
        return need
    raise AssertionError(task)


def gone(tx: Session, cause: Cause, stop: StopRow) -> StopGone | None:
    """Say that a stop is no longer to be done, and what to do instead; None if it still is."""
    if stop.order_state == "cancelled":
        cancel_on_walk(tx, cause, stop.stop.task, stop.merchant, stop.number)
        why = "cancelled"
    elif stop.state != "open":
        cause.note(job="picking")
        why = _why_changed(tx, cause, stop)
    else:
        return None
    following = advance(tx, cause, stop.stop.task)
    return StopGone(why, stop.stop.order, stop.stop.place, following)


def given_back(tx: Session, cause: Cause, stop: StopRow) -> StopRow | None:
    """Give the stop that a walk got back for one that a hold took off it; None: it got none.

    It is for the same goods in the same place: whoever was on the way there need not be told.
    """
    if stop.state == "open":
        return None
    same = (
        Pick.task == stop.stop.task,
        Pick.merchant == stop.merchant,
        Pick.order == stop.number,
        Pick.line_no == stop.line_no,
        Pick.place == stop.place,
    )
    found = picks.open_stops(tx, cause.site, *same)
    return next((one for one in found if one.stop.goods == stop.stop.goods), None)


def _why_changed(tx: Session, cause: Cause, stop: StopRow) -> str:
    """Say why others took a stop off a walk: its order, its goods or its bin are held, or not."""
    if holds.on_order(tx, cause.site, stop.merchant, stop.number):
        return "order_held"
    place = holds.bin_subject(stop.stop.place)
    held = holds.on_goods(tx, cause.site, stop.stop.goods) or holds.of_subject(
        tx, cause.site, place
    )
    if held:
        return "held"
    named = (stop.merchant, stop.number, stop.stop.goods, stop.stop.place)
    return "released" if holds.ended_on(tx, cause.site, stop.stop.task, *named) else "changed"


def cancel_on_walk(tx: Session, cause: Cause, task: str, merchant: str, number: str) -> None:
    """Take a cancelled order off a walk: release its stock, and have what was picked put back."""
    cause.note(job="picking")
    cause.touch("order", merchant, number)
    for stop in picks.stops_of_order(tx, cause.site, task, merchant, number):
        drop_stop(tx, cause, stop, "cancelled")
    for tote in orders.totes_of_order(tx, cause.site, merchant, number):
        put_back_picked(tx, cause, tote, merchant, number)
        if not _pieces_in(tx, cause, tote):
            leave_slot(tx, cause, task, tote)
        free_tote(tx, cause, tote)


def settle_orders(tx: Session, cause: Cause, walk: Walk) -> None:
    """Close the orders of a walk that have no stop and no tote left on it.

    With everything picked or short an order is ``picked``; with nothing picked at all ``short``;
    if pieces are still wanted (the merchant wants whole orders, or a hold has just ended) it waits
    for stock, unless there is some.
    """
    carried = {(tote.merchant, tote.number) for tote in picks.carried_totes(tx, cause.site, walk)}
    rows = ask(tx, _WITHOUT_STOPS, site=cause.site, task=walk.task).all()
    finished = sum(
        _settle(tx, cause, walk, merchant, number)
        for merchant, number in rows
        if (merchant, number) not in carried
    )
    if finished:
        cause.note(orders=int(cause.figures.get("orders", 0)) + finished)


def free_tote(tx: Session, cause: Cause, tote: str) -> None:
    """Give an empty tote back to everybody."""
    set_place(tx, cause.site, tote, order_no=None, state="open")


def leave_slot(tx: Session, cause: Cause, task: str, tote: str) -> None:
    """Take a tote out of its slot of a walk."""
    ask(tx, _LEAVE_SLOT, at_site=cause.site, at_task=task, at_tote=tote)


def _finish(tx: Session, cause: Cause, task: str) -> Next:
    """Ask for the next tote to bring away; without any, the walk is over."""
    walk = picks.walk_by_id(tx, cause.site, task)
    assert walk is not None, task
    cause.note(job="picking")
    settle_orders(tx, cause, walk)
    carried = picks.carried_totes(tx, cause.site, walk)
    for tote in carried:
        if tote.order_state == "cancelled" and tote.order_no:
            cancel_on_walk(tx, cause, task, tote.merchant, tote.number)
    if carried:
        first = picks.carried_totes(tx, cause.site, walk)[0]
        named = [tote.order_no for tote in carried if tote.order_no]
        bench = parcels.bench_where_others_wait(tx, cause.site, named)
        bench = bench or picks.proposed_bench(tx, cause.site)
        return NeedBench(task, first.tote, first.slot, first.order_no, bench, len(carried))
    tasks.close_task(tx, cause, task)
    done, pieces = picks.walk_totals(tx, cause.site, task)
    return WalkDone(task, done, pieces)


def _settle(tx: Session, cause: Cause, walk: Walk, merchant: str, number: str) -> int:
    """Close one order; 1 if it is picked now."""
    left, picked = ask(tx, _SUMS, site=cause.site, merchant=merchant, number=number).one()
    state = "waiting" if left else "picked" if picked else "short"
    cause.touch("order", merchant, number)
    order = {"at_site": cause.site, "at_merchant": merchant, "at_number": number}
    ask(tx, _SETTLE_SLOT, **order, at_task=walk.task)
    ask(tx, END_PICKING, **order, now=state, ended=cause.at if state == "short" else None)
    if state == "waiting" and holds.on_order(tx, cause.site, merchant, number) is None:
        if not wake(tx, cause, merchant, number):
            order_waits(tx, cause, merchant, number)
    elif state == "short":
        note_short(tx, cause, merchant, number)
    for tote in orders.totes_of_order(tx, cause.site, merchant, number):
        if not _pieces_in(tx, cause, tote):
            free_tote(tx, cause, tote)
            leave_slot(tx, cause, walk.task, tote)
    return int(state == "picked")


def _pieces_in(tx: Session, cause: Cause, place: str) -> int:
    return int(ask(tx, _HELD, site=cause.site, place=place).scalar() or 0)
