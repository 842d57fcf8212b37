"""Write orders, deliveries and returns. What the floor has begun with is left to the floor.

A paper is known by its merchant and number, and a file that overlaps another makes none twice.
What a platform decides later about an order is the matter of `later_words`. Lines that a paper does
not have are put aside or, in an order that nobody has begun with, added (see `writing_changes`).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import select, update

from floorhand.domain.barcodes import bare_code
from floorhand.exchange.dates import due
from floorhand.exchange.later_words import ELSEWHERE, add_lines, update_order
from floorhand.exchange.records import (
    DeliveryRecord,
    LineRecord,
    OrderRecord,
    ReturnRecord,
)
from floorhand.exchange.writing_changes import (
    Held,
    PaperLines,
    amend_order,
    order_lines,
)
from floorhand.exchange.writing_masters import Codes
from floorhand.exchange.written import BATCH, Writing, batches
from floorhand.store.carrier_codes import OF_ORDER, codes_known, keep_codes
from floorhand.store.schema import (
    Delivery,
    DeliveryLine,
    Order,
    OrderLine,
    Return,
    ReturnLine,
)

WAITING_RETURNS = ("advised", "in_transit")
"""Custody of a return whose parcel has not come yet."""


def write_orders(w: Writing, records: Sequence[OrderRecord], codes: Codes) -> None:
    """Add orders that are not there yet, and take over what may still change in the others."""
    for chunk in batches(records, BATCH):
        for merchant in dict.fromkeys(record.merchant for record in chunk):
            _write_orders(w, merchant, [r for r in chunk if r.merchant == merchant], codes)


def _write_orders(w: Writing, merchant: str, records: Sequence[OrderRecord], codes: Codes) -> None:
    rows = w.tx.execute(
        select(Order.__table__).where(
            Order.site == w.site,
            Order.merchant == merchant,
            Order.number.in_([record.number for record in records]),
        )
    )
    there: dict[str, dict[str, Any]] = {row.number: dict(row._mapping) for row in rows}
    add_lines(w, there.values())
    held = order_lines(w, merchant, there) if there else {}
    orders: list[dict[str, Any]] = []
    lines: list[dict[str, Any]] = []
    for record in records:
        old = there.get(record.number)
        if old is not None:
            _take_over(w, old, record, held.get(record.number, []), codes)
            continue
        skus = _skus(w, f"order {record.number}", merchant, record.lines, codes)
        if skus is None:
            continue
        there[record.number] = values = _order_values(w, record)
        orders.append(values)
        held[record.number] = [
            Held(number, sku, line.pieces)
            for number, (line, sku) in enumerate(zip(record.lines, skus, strict=True), 1)
        ]
        lines += [
            _key(w, merchant, record.number, number) | {
                "sku": sku, "ordered": line.pieces,
                "platform_ids": json.dumps(line.platform_ids), **_gone(record, line),
            }
            for number, (line, sku) in enumerate(zip(record.lines, skus, strict=True), 1)
        ]  # fmt: skip
        w.counts["pieces"] += sum(line.pieces for line in record.lines)
        w.counts[f"orders_{record.state}"] += record.state != "released"
    w.insert(Order, orders)
    w.insert(OrderLine, lines)
    w.counts["orders"] += len(orders)
    w.counts["order_lines"] += len(lines)
    mine = [one for one in records if _is_of(there.get(one.number), one)]
    _write_tracking(w, merchant, mine)


def _is_of(order: dict[str, Any] | None, record: OrderRecord) -> bool:
    """Say whether a record is about an order that is here, not one of another shop's number."""
    return order is not None and order["platform_id"] in ("", record.platform_id)


def _write_tracking(w: Writing, merchant: str, records: Sequence[OrderRecord]) -> None:
    """Keep by which numbers a carrier's label is known; the last word on an order counts."""
    told = {record.number: record.tracking for record in records if record.tracking}
    for number, codes in told.items():
        known = codes_known(w.tx, w.site, merchant, number).get(OF_ORDER, set())
        if known != {bare_code(code) for code in codes}:
            keep_codes(w.tx, w.site, merchant, number, OF_ORDER, codes)
            w.counts["tracking_numbers"] += len(codes)


def _take_over(
    w: Writing, old: dict[str, Any], record: OrderRecord, held: list[Held], codes: Codes
) -> None:
    """Take over what a file says about an order that is there; count it as one change or none.

    The lines of a feed, which tells its platform's state, were compared with its word.
    """
    unchanged = w.counts["unchanged"]
    is_same = update_order(w, old, record, codes)
    if record.platform_state or record.state == "cancelled" or not is_same:
        return
    if amend_order(w, old, record, held, codes):
        w.counts["updated"] += w.counts["unchanged"] - unchanged
        w.counts["unchanged"] = unchanged


def _gone(record: OrderRecord, line: LineRecord) -> dict[str, Any]:
    """Account for the pieces of an order that left before we knew of it: none are ours to ship."""
    gone = record.state == "shipped"
    return {"short": line.pieces if gone else 0, "short_reason": ELSEWHERE if gone else ""}


def _key(w: Writing, merchant: str, order: str, number: int) -> dict[str, Any]:
    return {"site": w.site, "merchant": merchant, "order": order, "line_no": number}


def _skus(
    w: Writing, what: str, merchant: str, lines: Sequence[LineRecord], codes: Codes
) -> list[str] | None:
    """Give the products of a paper's lines; None, and all lines rejected, if one is not known."""
    found = [codes.find(merchant, line.sku) for line in lines]
    if not lines:
        return None
    skus = [sku for sku in found if sku is not None]
    if len(skus) == len(lines):
        return skus
    bad = {
        line.line: codes.missing(merchant, line.sku)
        for line, sku in zip(lines, found, strict=True)
        if sku is None
    }
    w.reject_all(lines, bad, f"left out with the rest of {what}: a product of it is not known")
    return None


def _order_values(w: Writing, record: OrderRecord) -> dict[str, Any]:
    rules, zone = w.context.rules, w.context.time_zone
    due_at = record.due_at or due(record.placed_at or w.now, zone, rules.cut_off)
    names = (
        "merchant", "number", "state", "hold_reason", "channel", "platform_id", "platform_state",
        "placed_at", "priority", "customer", "carrier", "service", "instruction", "shipped_at",
    )  # fmt: skip
    return {
        "site": w.site,
        **{name: getattr(record, name) for name in names},
        "came_at": w.now,
        "due_at": due_at,
        "released_at": w.now if record.state == "released" else None,
        "cancelled_at": w.now if record.state == "cancelled" else None,
        "ship_to": record.ship_to.to_json() if record.ship_to else "{}",
    }


def write_deliveries(w: Writing, records: Sequence[DeliveryRecord], codes: Codes) -> None:
    """Add announced deliveries that are not there yet."""
    for chunk in batches(records, BATCH):
        numbers = _free_numbers(w, Delivery, chunk)
        there = PaperLines(w, DeliveryLine, [key for key, free in numbers.items() if not free])
        deliveries: list[dict[str, Any]] = []
        lines: list[dict[str, Any]] = []
        for record in chunk:
            number = numbers[record.merchant, record.number]
            if not number:
                w.counts["unchanged"] += 1
                there.compare(record, codes)
                continue
            skus = _skus(w, f"delivery {number}", record.merchant, record.lines, codes)
            if skus is None:
                continue
            numbers[record.merchant, record.number] = ""
            deliveries.append(
                {"site": w.site, "number": number, "paper_no": record.number}
                | {"merchant": record.merchant, "came_at": w.now}
                | {n: getattr(record, n) for n in ("carrier", "tracking", "expected_on")}
            )
            lines += [
                {
                    "site": w.site, "delivery": number, "line_no": n, "sku": sku,
                    "merchant": record.merchant, "expected": line.pieces, "lot": line.lot,
                    "expiry": line.expiry,
                }
                for n, (line, sku) in enumerate(zip(record.lines, skus, strict=True), 1)
            ]  # fmt: skip
        w.insert(Delivery, deliveries)
        w.insert(DeliveryLine, lines)
        w.counts["deliveries"] += len(deliveries)
        w.counts["delivery_lines"] += len(lines)
        w.counts["expected_pieces"] += sum(line["expected"] for line in lines)


def _free_numbers(
    w: Writing, table: type[Delivery] | type[Return], records: Iterable[Any]
) -> dict[tuple[str, str], str]:
    """Give each new paper a number that is its own in the building; empty if it is there already.

    Merchants number for themselves, so two may use the same number. The second one's paper gets
    its merchant put before.
    """
    wanted = {(record.merchant, record.number) for record in records}
    spellings = [*(number for _, number in wanted), *(f"{m}-{number}" for m, number in wanted)]
    there: dict[str, str | None] = {}
    for chunk in batches(spellings, BATCH):
        rows = w.tx.execute(
            select(table.number, table.merchant).where(
                table.site == w.site, table.number.in_(chunk)
            )
        )
        there.update({row.number: row.merchant for row in rows})
    free: dict[tuple[str, str], str] = {}
    for merchant, number in sorted(wanted):
        spelled = f"{merchant}-{number}"
        if merchant in (there.get(number), there.get(spelled)):
            free[merchant, number] = ""
        else:
            free[merchant, number] = spelled if number in there else number
            there[free[merchant, number]] = merchant
    return free


def write_returns(w: Writing, records: Sequence[ReturnRecord], codes: Codes) -> None:
    """Add announced returns, and take over what is said later, until the parcel is here."""
    for chunk in batches(records, BATCH):
        numbers = _free_numbers(w, Return, chunk)
        there = PaperLines(w, ReturnLine, [key for key, free in numbers.items() if not free])
        returns: list[dict[str, Any]] = []
        lines: list[dict[str, Any]] = []
        for record in chunk:
            number = numbers[record.merchant, record.number]
            if not number:
                _update_return(w, record)
                there.compare(record, codes)
                continue
            skus = _skus(w, f"return {number}", record.merchant, record.lines, codes)
            if skus is None:
                continue
            numbers[record.merchant, record.number] = ""
            paper = {"site": w.site, "number": number, "paper_no": record.number, "came_at": w.now}
            returns.append(paper | _return_values(record))
            lines += [
                {
                    "site": w.site, "number": number, "line_no": n, "merchant": record.merchant,
                    "sku": sku, "advised": line.pieces, "reason": line.reason,
                    "platform_ids": json.dumps(line.platform_ids),
                }
                for n, (line, sku) in enumerate(zip(record.lines, skus, strict=True), 1)
            ]  # fmt: skip
        w.insert(Return, returns)
        w.insert(ReturnLine, lines)
        w.counts["returns"] += len(returns)
        w.counts["return_lines"] += len(lines)
        w.counts["return_pieces"] += sum(line["advised"] for line in lines)


_RETURN_COLUMNS = (
    "merchant", "order", "customer", "kind", "platform", "platform_id", "platform_state",
    "combined_id", "tracking", "sender", "custody", "money", "reason", "asked_at", "deadline",
)  # fmt: skip

_RETURN_LATER = (
    "platform_state", "combined_id", "tracking", "custody", "money", "deadline", "order",
)  # fmt: skip


def _return_values(record: ReturnRecord) -> dict[str, Any]:
    return {name: getattr(record, name) for name in _RETURN_COLUMNS}


def _update_return(w: Writing, record: ReturnRecord) -> None:
    numbers = [record.number, f"{record.merchant}-{record.number}"]
    old = (
        w.tx.execute(
            select(Return.__table__)
            .where(Return.site == w.site, Return.number.in_(numbers))
            .where(Return.merchant == record.merchant)
        )
        .mappings()
        .first()
    )
    said = {n: v for n in _RETURN_LATER if (v := getattr(record, n))}
    if not record.platform_state and record.custody == "advised":
        del said["custody"]  # a file without states says nothing about where the parcel is
    changed = {n: v for n, v in said.items() if old is not None and old[n] != v}
    if old is None or not changed or old["custody"] not in WAITING_RETURNS:
        w.counts["unchanged"] += 1
        return
    w.tx.execute(
        update(Return).where(Return.site == w.site, Return.number == old["number"]).values(changed)
    )
    w.counts["updated"] += 1
