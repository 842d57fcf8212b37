"""Write what a platform says later about an order that is here already.

While nobody on the floor has begun with an order, a later word is taken over: its state, another
address, and pieces that are not asked for any more. Once somebody has begun, only a cancellation
of the whole order and the end of a hold still count; whatever else would change what has to be sent
becomes a matter for a supervisor, because goods that stand in a tote are not put right by a file.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import select, update

from floorhand.exchange import lines_left
from floorhand.exchange.cells import shown
from floorhand.exchange.lines_left import Line
from floorhand.exchange.records import Alarm, CancelRecord, OrderRecord
from floorhand.exchange.writing_masters import Codes
from floorhand.exchange.written import BATCH, Writing, batches
from floorhand.store.asking import is_known
from floorhand.store.cancelling import holding, undo_order
from floorhand.store.ledger import Cause
from floorhand.store.schema import Order, OrderLine
from floorhand.store.was import keep

UNTOUCHED = ("hold", "waiting", "released")
"""States of an order that nobody on the floor has begun with."""

ENDED = ("shipped", "short", "cancelled")
"""States of an order that nothing can change any more."""

ELSEWHERE = "shipped_elsewhere"
"""Why we ship nothing of an order that its platform calls shipped when it first comes here."""

CANCELLED = "cancelled"
"""Why pieces of an order are not sent: the platform cancelled these line items."""

NOT_ASKED = "no_longer_asked_for"
"""Why pieces of an order are not sent: the shop's later word has them no more."""

IN_PART = "CANCELLED_IN_PART"
"""State of an order of which a part is cancelled that we cannot tell; the platform's next word on
the order differs from it, and is taken over."""

HELD = "a part of the order is cancelled, and it is not clear which"


def write_cancellations(w: Writing, records: Sequence[CancelRecord]) -> None:
    """Cancel orders, or line items of them, that a platform names by its own ids."""
    for chunk in batches(records, BATCH):
        rows = w.tx.execute(
            select(Order.__table__).where(
                Order.site == w.site,
                Order.platform_id.in_([record.platform_id for record in chunk]),
                is_known(Order.platform_id),
            )
        )
        there = {(row.merchant, row.platform_id): dict(row._mapping) for row in rows}
        add_lines(w, there.values())
        for record in chunk:
            old = there.get((record.merchant, record.platform_id))
            if old is None:
                w.reject(
                    record.line,
                    f"there is no order {record.platform_id} of {record.merchant} to cancel; "
                    "import this file again after its orders",
                )
            elif not record.items:
                _cancel(w, old, record.platform_state)
            else:
                _cancel_items(w, old, record)


def add_lines(w: Writing, orders: Iterable[dict[str, Any]]) -> None:
    """Put their lines to orders, as ``lines``."""
    by_merchant: dict[str, dict[str, dict[str, Any]]] = {}
    for order in orders:
        order["lines"] = []
        by_merchant.setdefault(order["merchant"], {})[order["number"]] = order
    for merchant, mine in by_merchant.items():
        rows = w.tx.execute(
            select(OrderLine.__table__)
            .where(
                OrderLine.site == w.site,
                OrderLine.merchant == merchant,
                OrderLine.order.in_(list(mine)),
            )
            .order_by(OrderLine.line_no)
        )
        for row in rows:
            ids = tuple(json.loads(row.platform_ids))
            counts = (row.ordered, row.picked, row.packed, row.short)
            mine[row.order]["lines"].append(Line(row.line_no, row.sku, *counts, ids))


def update_order(w: Writing, old: dict[str, Any], record: OrderRecord, codes: Codes) -> bool:
    """Take over a platform's later word on an order; count what it did.

    A cancellation is taken until the order has left: whoever works on it is stopped at the next
    scan that touches it, and what was picked is to be put back. A hold that the bench asked for
    ends with the word "released". Everything else is taken only before anybody has begun.

    Returns:
        Whether the record speaks of this order; another one of its name was put aside.
    """
    if record.platform_id and old["platform_id"] not in ("", record.platform_id):
        reason = (
            f"merchant {record.merchant} has another order {shown(record.number)} here, with Id "
            f"{old['platform_id']} and not {record.platform_id}; say --merchant for each shop's "
            "file"
        )
        w.reject_all(record.lines, {}, reason)
        return False
    if record.state == "cancelled":
        _cancel(w, old, record.platform_state)
    elif _begun(old) and old["state"] == "hold" and _frees(record):
        freed = {"state": _free_state(w, old), "hold_reason": ""} | _first_release(w, old)
        w.counts["updated" if _set(w, old, freed) else "unchanged"] += 1
    elif _begun(old):
        if old["state"] not in ENDED:
            _tell_of_late_word(w, old, record, codes)
        w.counts["unchanged"] += 1
    else:
        _take_over(w, old, record, codes)
    return True


def _frees(record: OrderRecord) -> bool:
    return record.says_state and record.state == "released"


def _first_release(w: Writing, old: dict[str, Any]) -> dict[str, Any]:
    """Say that an order may be worked on from now on, unless it might before."""
    return {} if old["released_at"] else {"released_at": w.now}


def _free_state(w: Writing, old: dict[str, Any]) -> str:
    """Say how an order goes on after a hold: to the bench if all that it waits for is in totes."""
    wanted = sum(line.ordered - line.picked - line.short for line in old["lines"])
    picked = holding(w.tx, w.site, f"{old['merchant']}/{old['number']}", "tote")
    return "picked" if picked and not wanted else "released"


def _begun(old: dict[str, Any]) -> bool:
    return old["state"] not in UNTOUCHED or any(line.picked for line in old["lines"])


def _take_over(w: Writing, old: dict[str, Any], record: OrderRecord, codes: Codes) -> None:
    changed = _later_word(old, record)
    less = _less(old, record, codes)
    if less is None:
        _tell(w, old, "order_differs", f"the shop now asks for {_goods(record)}")
    if less and _is_all(old, less):
        changed["state"] = "cancelled"
    if changed.get("state") == "cancelled":
        changed["cancelled_at"] = w.now
    elif changed.get("state") == "released":
        changed |= _first_release(w, old)
    changed = {name: value for name, value in changed.items() if old[name] != value}
    if not changed and not less:
        w.counts["unchanged"] += 1
        return
    if not _set(w, old, changed):
        _tell_of_late_word(w, old, record, codes)
        w.counts["unchanged"] += 1
        return
    _shorten(w, old, less or (), NOT_ASKED)
    if changed.get("state") == "shipped":
        _shorten(w, old, [line.less(line.asked, line.ids) for line in old["lines"]], ELSEWHERE)
    if changed.get("state") == "cancelled":
        _undo(w, old)
        w.counts["orders_cancelled"] += 1
    w.counts["updated"] += 1


def _later_word(old: dict[str, Any], record: OrderRecord) -> dict[str, Any]:
    texts = ("platform_state", "hold_reason", "carrier", "service", "instruction")
    changed = {name: value for name in texts if (value := getattr(record, name))}
    if record.ship_to and record.ship_to.block():
        changed["ship_to"] = record.ship_to.to_json()
    if record.due_at:
        changed["due_at"] = record.due_at
    if record.platform_state and record.platform_state != old["platform_state"]:
        same_work = record.state == "released" and old["state"] == "waiting"
        changed["state"] = old["state"] if same_work else record.state
        changed["hold_reason"] = record.hold_reason
        changed["shipped_at"] = record.shipped_at
    return changed


def _less(old: dict[str, Any], record: OrderRecord, codes: Codes) -> tuple[Line, ...] | None:
    """Give the lines that become less by the record; None if it asks for what was never ordered.

    Only a file that tells a platform's state holds each order whole; a shipped one lists all lines
    whatever has left before.
    """
    if not record.platform_state or record.state == "shipped" or not old["lines"]:
        return ()
    wanted: Counter[str] = Counter()
    for line in record.lines:
        wanted[codes.find(record.merchant, line.sku) or line.sku] += line.pieces
    by_count = lines_left.down_to(old["lines"], wanted)
    named = {item for line in record.lines for item in line.platform_ids}
    if by_count is None or not named:
        return by_count
    here = {item for line in old["lines"] for item in line.ids}
    by_id = lines_left.without(old["lines"], here - named)
    return by_count if by_id is None else by_id


def _cancel(w: Writing, old: dict[str, Any], platform_state: str) -> None:
    changed = {"state": "cancelled", "platform_state": platform_state, "cancelled_at": w.now}
    if old["state"] == "cancelled":
        w.counts["unchanged"] += 1
    elif old["state"] not in ENDED and _set(w, old, changed, any_work=True):
        _undo(w, old)
        w.counts["updated"] += 1
        w.counts["orders_cancelled"] += 1
    else:
        w.counts["cancelled_too_late"] += 1


def _undo(w: Writing, old: dict[str, Any]) -> None:
    """Have what was picked of a cancelled order put back, and give up what was promised to it."""
    cause = Cause(w.site, f"cancelled:{old['merchant']}/{old['number']}", "", "", "", w.now)
    undo_order(w.tx, cause, old["merchant"], old["number"])


def _cancel_items(w: Writing, old: dict[str, Any], record: CancelRecord) -> None:
    """Take line items off an order; the whole of it if they are all it still asks for."""
    less = lines_left.without(old["lines"], record.items)
    if old["state"] == "cancelled" or less == ():
        w.counts["unchanged"] += 1
    elif old["state"] in ENDED:
        w.counts["cancelled_too_late"] += 1
    elif less and _is_all(old, less):
        _cancel(w, old, record.platform_state)
    elif less and not _begun(old) and _set(w, old, {}):
        _shorten(w, old, less, CANCELLED)
        w.counts["updated"] += 1
    else:
        items = ", ".join(record.items)
        _tell(w, old, "cancelled_in_part", f"the platform cancelled the line items {items}")
        held = {"state": "hold", "hold_reason": HELD, "platform_state": IN_PART}
        is_held = not _begun(old) and old["state"] != "hold" and _set(w, old, held)
        w.counts["updated" if is_held else "unchanged"] += 1


def _is_all(old: dict[str, Any], less: Iterable[Line]) -> bool:
    """Say whether nothing is asked for any more once these lines have become less."""
    lines = {line.line_no: line for line in old["lines"]} | {line.line_no: line for line in less}
    return not any(line.asked for line in lines.values())


def _set(
    w: Writing, old: dict[str, Any], changed: dict[str, Any], *, any_work: bool = False
) -> bool:
    """Change an order, or only hold it still for changes of its lines; False if it moved on.

    Args:
        w: The file.
        old: The order as it was read.
        changed: New values.
        any_work: Change it whatever the floor does with it, as long as it has not left.
    """
    stands = Order.state.not_in(ENDED) if any_work else Order.state == old["state"]
    order = (
        Order.site == w.site,
        Order.merchant == old["merchant"],
        Order.number == old["number"],
        stands,
    )
    if not changed.keys().isdisjoint(("due_at", "shipped_at")):  # other times are those of now
        keep(w.tx, "orders", w.now, *order)
    taken = w.tx.scalar(
        update(Order)
        .where(*order)
        .values(changed or {"state": old["state"]})
        .returning(Order.number)
    )
    if taken is not None:
        old.update(changed)
    return taken is not None


def _shorten(w: Writing, old: dict[str, Any], less: Iterable[Line], reason: str) -> None:
    """Write the lines that became less."""
    lines = {line.line_no: line for line in old["lines"]}
    for line in less:
        if line == lines[line.line_no]:
            continue
        w.tx.execute(
            update(OrderLine)
            .where(
                OrderLine.site == w.site,
                OrderLine.merchant == old["merchant"],
                OrderLine.order == old["number"],
                OrderLine.line_no == line.line_no,
            )
            .values(short=line.short, short_reason=reason, platform_ids=json.dumps(line.ids))
        )
        lines[line.line_no] = line
    old["lines"] = list(lines.values())


def _tell_of_late_word(w: Writing, old: dict[str, Any], record: OrderRecord, codes: Codes) -> None:
    """Put before a supervisor what would change the goods of an order that is being worked on.

    Pieces that are packed here may be what the platform calls sent: they are no news.
    """
    lines = {line.line_no: line for line in old["lines"]}
    less = _less(old, record, codes)
    is_less = any(
        line.short - lines[line.line_no].short > lines[line.line_no].packed for line in less or ()
    )
    is_news = record.platform_state != old["platform_state"]
    if is_news and record.state in ("shipped", "hold"):
        told = f"the platform says {record.platform_state}"
    elif less is None or is_less:
        told = f"the shop now asks for {_goods(record)}"
    else:
        return
    _tell(w, old, "changed_too_late", f"{told}; work on the order has begun")


def _goods(record: OrderRecord) -> str:
    return ", ".join(f"{line.pieces} x {line.sku}" for line in record.lines)


def _tell(w: Writing, old: dict[str, Any], kind: str, told: str) -> None:
    w.alarms.append(Alarm(kind, f"{old['merchant']}/{old['number']}", old["merchant"], told))
