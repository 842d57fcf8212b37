"""Promise stock to orders, and take promises back."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, cast

from sqlalchemy import TableClause, bindparam, insert, update
from sqlalchemy.orm import Session

from floorhand.domain.allocation import HOLD_ORDER, OpenOrder, Plan, Shelf, Take, allocate, by_age
from floorhand.domain.packing import HELD
from floorhand.domain.picking import NO_STOCK
from floorhand.domain.routing import number_stops, place_in_walk
from floorhand.errors import Clash
from floorhand.ops.lacking import why_lacking
from floorhand.store import ledger, orders, shelves, spots, tasks
from floorhand.store.asking import ask, ask_each
from floorhand.store.ledger import Cause
from floorhand.store.masters import merchant_rules
from floorhand.store.picks import StopRow
from floorhand.store.schema import Order, OrderLine, Pick, Slot

_ORDER, _LINE = cast(TableClause, Order.__table__), cast(TableClause, OrderLine.__table__)
_PICK, _SLOT = cast(TableClause, Pick.__table__), cast(TableClause, Slot.__table__)
_THIS = (
    (_ORDER.c.site == bindparam("at_site"))
    & (_ORDER.c.merchant == bindparam("at_merchant"))
    & (_ORDER.c.number == bindparam("at_number"))
)
_CLAIM = update(_ORDER).where(_THIS, _ORDER.c.state.in_(orders.CLAIMABLE)).values(state="picking")
_WAIT = update(_ORDER).where(_THIS, _ORDER.c.state == "released").values(state="waiting")
_ADD_STOP, _ADD_SLOT = insert(_PICK), insert(_SLOT)
_NUMBER_STOPS = (
    update(_PICK)
    .where(
        _PICK.c.site == bindparam("at_site"),
        _PICK.c.task == bindparam("at_task"),
        _PICK.c.place == bindparam("at_place"),
        _PICK.c.state == "open",
    )
    .values(walk_no=bindparam("number"))
)
_CLOSE_STOP = update(_PICK).where(
    _PICK.c.site == bindparam("at_site"),
    _PICK.c.id == bindparam("at_id"),
    _PICK.c.state == "open",
)
_SHORTEN = (
    update(_LINE)
    .where(
        _LINE.c.site == bindparam("at_site"),
        _LINE.c.merchant == bindparam("at_merchant"),
        _LINE.c.order == bindparam("at_number"),
        _LINE.c.line_no == bindparam("at_line"),
    )
    .values(short=_LINE.c.short + bindparam("missing"), short_reason=bindparam("reason"))
    .returning(_LINE.c.ordered, _LINE.c.picked, _LINE.c.short)
)


def claim_orders(tx: Session, cause: Cause, chosen: Sequence[OpenOrder]) -> None:
    """Take orders for picking.

    Raises:
        Clash: If another walk, or somebody who cancels, was quicker with one of them.
    """
    at = [
        {"at_site": cause.site, "at_merchant": order.merchant, "at_number": order.number}
        for order in chosen
    ]
    if ask_each(tx, _CLAIM, at).rowcount != len(at):
        raise Clash([(order.merchant, order.number) for order in chosen])


def reserve_plans(
    tx: Session, cause: Cause, task: str, planned: Iterable[tuple[OpenOrder, Plan]]
) -> None:
    """Reserve what was planned for claimed orders, and make it the stops of a walk.

    What is missing becomes short with an order's first tote: until then it can be given back.

    Args:
        tx: An open transaction.
        cause: The scan behind it.
        task: The walk; it has a slot for each order.
        planned: The orders, each with what `Pool` gave it in this transaction.

    Raises:
        Clash: If some of that is no longer free.
    """
    takes: list[Take] = []
    stops: list[dict[str, Any]] = []
    for order, plan in planned:
        for line in order.lines:
            of_line = plan.takes.get(line.line_no, ())
            takes += of_line
            stops += stops_for(cause, task, order.merchant, order.number, line.line_no, of_line)
    ledger.reserve_each(tx, cause, takes)
    add_stops(tx, stops)


def reserve_anywhere(
    tx: Session,
    cause: Cause,
    merchant: str,
    sku: str,
    pieces: int,
    *,
    fits: Callable[[Shelf], bool],
) -> tuple[Take, ...]:
    """Reserve pieces of a SKU wherever they are free, oldest first; maybe fewer than asked.

    Args:
        tx: An open transaction.
        cause: The scan behind it.
        merchant: Whose goods.
        sku: Which.
        pieces: How many.
        fits: Says which shelves may be taken from: not those that were found wanting.

    Raises:
        Clash: As `reserve_plans`.
    """
    today = shelves.site_date(tx, cause.site, cause.at)
    fitting = filter(fits, shelves.shelves_of(tx, cause.site, merchant, sku))
    takes = allocate(by_age(fitting, today), pieces)
    ledger.reserve_each(tx, cause, takes)
    return takes


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
    ask_each(tx, _ADD_STOP, rows)


def number_walk(tx: Session, cause: Cause, task: str) -> None:
    """Put all stops of a walk into walking order."""
    by_place = spots.spots_by_place(tx, cause.site, task)
    numbers = number_stops(list(by_place.values()))
    at = {"at_site": cause.site, "at_task": task}
    rows = [
        {**at, "at_place": place, "number": numbers[spot.code]} for place, spot in by_place.items()
    ]
    ask_each(tx, _NUMBER_STOPS, rows)


def put_in_walk(
    tx: Session, cause: Cause, stop: StopRow, takes: Iterable[Take], missed: str
) -> None:
    """Add stops for pieces found elsewhere to the walk of the stop that lacked them, and why."""
    here = spots.spot_of(tx, cause.site, stop.place)
    for take in takes:
        ahead = spots.spots_ahead(tx, cause.site, stop.stop.task)
        number = place_in_walk(spots.spot_of(tx, cause.site, take.shelf.place), here, ahead)
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
    closed = ask(tx, _CLOSE_STOP, at_site=cause.site, at_id=stop.stop.pick, **values)
    if not closed.rowcount:
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
    """Write pieces of a line off as short, and tell supervisors; 1 if that finishes the line."""
    finished = write_short(tx, cause, merchant, number, line_no, pieces, reason)
    order_trouble(tx, cause, merchant, number, pieces=pieces, reason=reason)
    return finished


def write_short(
    tx: Session,
    cause: Cause,
    merchant: str,
    number: str,
    line_no: int,
    pieces: int,
    reason: str,
) -> int:
    """Write pieces of a line off as short; 1 if that finishes the line, else 0."""
    at = {"at_site": cause.site, "at_merchant": merchant, "at_number": number, "at_line": line_no}
    row = ask(tx, _SHORTEN, **at, missing=pieces, reason=reason).one()
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
    at = {"at_site": cause.site, "at_merchant": order.merchant, "at_number": order.number}
    if not ask(tx, _WAIT, **at).rowcount:
        return False
    order_waits(tx, cause, order.merchant, order.number)
    return True


def order_trouble(
    tx: Session,
    cause: Cause,
    merchant: str,
    number: str,
    *,
    pieces: int,
    reason: str,
    sku: str = "",
) -> None:
    """Tell supervisors that an order lacks further pieces, and all that it lacks for what reasons.

    The product is told as long as it is the only one.
    """
    about = ("short_order", f"{merchant}/{number}")
    told = tasks.facts_told(tx, cause.site, *about)
    reasons = [each for each in str(told.get("reason", "")).split(", ") if each]
    is_same = sku and told.get("sku", "" if told else sku) == sku
    now: dict[str, str | int] = {"sku": sku} if is_same else {}
    now["pieces"] = int(told.get("pieces", 0)) + pieces
    now["reason"] = ", ".join(dict.fromkeys([*reasons, reason]))
    tasks.retell(tx, cause, *about, merchant, told, now)


def fewer_lacking(
    tx: Session, cause: Cause, merchant: str, number: str, *, pieces: int, gone: str
) -> None:
    """Tell supervisors that an order lacks fewer pieces, and for a reason no more; maybe none."""
    about = ("short_order", f"{merchant}/{number}")
    told = tasks.facts_told(tx, cause.site, *about)
    left = int(told.get("pieces", 0)) - pieces
    reasons = [each for each in str(told.get("reason", "")).split(", ") if each != gone]
    now = {**told, "pieces": left, "reason": ", ".join(reasons)} if left > 0 and reasons else {}
    tasks.retell(tx, cause, *about, merchant, told, now)


def order_waits(tx: Session, cause: Cause, merchant: str, number: str) -> None:
    """Tell supervisors that an order waits for pieces, for how many in all and why.

    Where its merchant wants whole orders, what it lost before is among them: it is not given up.
    Otherwise that is told beside them. An order may wait again whose waiting is told already.
    """
    about = ("short_order", f"{merchant}/{number}")
    told = tasks.facts_told(tx, cause.site, *about)
    lines = orders.order_lines(tx, cause.site, merchant, number)
    pieces = sum(line.left for line in lines)
    why = why_lacking(tx, cause, merchant, lines)
    given_up = {line.short_reason for line in lines}
    reasons = [each for each in str(told.get("reason", "")).split(", ") if each]
    kept = [each for each in reasons if each not in (NO_STOCK, HELD) or each in given_up]
    if told and merchant_rules(tx, cause.site, merchant).short_policy == HOLD_ORDER:
        why = [each for each in why if each != NO_STOCK] or ([] if kept else why)
    elif told:
        pieces = max(int(told.get("pieces", 0)), pieces + sum(line.short for line in lines))
    now = {**told, "pieces": pieces, "reason": ", ".join(dict.fromkeys([*kept, *why]))}
    tasks.retell(tx, cause, *about, merchant, told, now)


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
    ask_each(tx, _ADD_SLOT, rows)
