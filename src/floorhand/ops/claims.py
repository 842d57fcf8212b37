"""The claim of an order by a walk: until its first tote is bound, the order can be given back."""

from __future__ import annotations

from collections import Counter
from typing import cast

from sqlalchemy import TableClause, bindparam, delete, func, select
from sqlalchemy.orm import Session

from floorhand.domain.allocation import HOLD_ORDER
from floorhand.domain.packing import HELD
from floorhand.domain.picking import NO_STOCK, WalkDone
from floorhand.domain.walks import LeaveOrders, OrdersLeft
from floorhand.ops.lacking import held_of
from floorhand.ops.reserving import drop_stop, short_line
from floorhand.ops.waking import waits_no_more
from floorhand.ops.walking import END_PICKING, advance, own_walk, settle_orders
from floorhand.store import picks, tasks
from floorhand.store.asking import ask
from floorhand.store.ledger import Cause
from floorhand.store.masters import merchant_rules
from floorhand.store.schema import OrderLine, Pick, Slot

_SLOT = cast(TableClause, Slot.__table__)
_SLOTS = (
    select(Slot.slot_no, Slot.merchant, Slot.order, Slot.was, Slot.tote)
    .where(Slot.site == bindparam("site"), Slot.task == bindparam("task"))
    .order_by(Slot.slot_no)
)
_END_SLOT = delete(_SLOT).where(
    _SLOT.c.site == bindparam("at_site"),
    _SLOT.c.task == bindparam("at_task"),
    _SLOT.c.slot_no == bindparam("at_slot"),
)
_TO_PICK = (
    select(func.coalesce(func.sum(Pick.pieces - Pick.picked), 0))
    .where(
        Pick.site == OrderLine.site,
        Pick.task == bindparam("task"),
        Pick.merchant == OrderLine.merchant,
        Pick.order == OrderLine.order,
        Pick.line_no == OrderLine.line_no,
        Pick.state == "open",
    )
    .scalar_subquery()
)
_LACKED = OrderLine.ordered - OrderLine.picked - OrderLine.short - _TO_PICK
_LACKS = (
    select(OrderLine.line_no, OrderLine.sku, _LACKED)
    .where(
        OrderLine.site == bindparam("site"),
        OrderLine.merchant == bindparam("merchant"),
        OrderLine.order == bindparam("number"),
        _LACKED > 0,
    )
    .order_by(OrderLine.line_no)
)


def make_final(tx: Session, cause: Cause, task: str, merchant: str, number: str, was: str) -> None:
    """Stand by the claim of an order, as its first tote is bound.

    What it lacks is short from now on, unless its merchant wants whole orders: because it is on
    hold, if most of it is, so that it is picked once that ends. The exception keeps
    what this walk does not settle: what was short before, and what a whole order still lacks.
    """
    order = {"site": cause.site, "merchant": merchant, "number": number}
    lacks = ask(tx, _LACKS, **order, task=task).all()
    short = sum(missing for *_, missing in lacks)
    whole = short and merchant_rules(tx, cause.site, merchant).short_policy == HOLD_ORDER
    if was == "waiting":
        waits_no_more(tx, cause, merchant, number, lacking=short if whole else 0)
    if whole or not lacks:
        return
    reasons: Counter[str] = Counter()
    finished = 0
    for line_no, sku, missing in lacks:
        on_hold = held_of(tx, cause, merchant, sku, missing)
        reason = HELD if on_hold * 2 >= missing else NO_STOCK
        reasons[reason] += missing
        finished += short_line(tx, cause, merchant, number, line_no, missing, reason)
    (most, _), *_ = reasons.most_common()
    cause.note(short=short, short_lines=len(lacks), lines=finished, reason=most)


def leave_orders(tx: Session, cause: Cause, command: LeaveOrders) -> OrdersLeft:
    """Give the orders of a walk that have no tote back, as they were before they were claimed.

    One that was cancelled meanwhile stays so. A walk on which no order has a tote is over.

    Raises:
        Gone: As `own_walk`.
    """
    task = command.task
    walk = own_walk(tx, cause, task)
    slots = ask(tx, _SLOTS, site=cause.site, task=task).all()
    left = 0
    for slot in slots:
        stops = picks.stops_of_order(tx, cause.site, task, slot.merchant, slot.order)
        if slot.tote is not None or not stops:
            continue
        for stop in stops:
            drop_stop(tx, cause, stop, "cancelled")
        ask(tx, _END_SLOT, at_site=cause.site, at_task=task, at_slot=slot.slot_no)
        cause.touch("order", slot.merchant, slot.order)
        order = {"at_site": cause.site, "at_merchant": slot.merchant, "at_number": slot.order}
        left += ask(tx, END_PICKING, **order, now=slot.was, ended=None).rowcount
    cause.note(job="picking", claimed=-left)
    if any(slot.tote is not None for slot in slots):
        return OrdersLeft(left, advance(tx, cause, task))
    settle_orders(tx, cause, walk)
    tasks.close_task(tx, cause, task, "cancelled")
    return OrdersLeft(left, WalkDone(task, 0, 0))
