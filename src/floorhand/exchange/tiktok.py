"""TikTok Shop's API bodies: orders, returns, cancellations, products.

The platform gives one line item per piece; equal ones are added up for picking, and their ids are
kept for returns. Ids have 18 or 19 digits and stay strings. Times are epoch seconds. A state that
is not known is never guessed: the order or return is put aside and a supervisor is told.

Source: TikTok Shop Partner API, Get Order List and Search Products 202309, Search Returns and
Search Cancellations 202602.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator
from typing import Any

from floorhand.domain.rules import Address
from floorhand.errors import BadFile
from floorhand.exchange.cells import BadCell, shown
from floorhand.exchange.dates import epoch
from floorhand.exchange.reading import Source
from floorhand.exchange.records import (
    BarcodeRecord,
    CancelRecord,
    Context,
    OrderRecord,
    Parsed,
    ProductRecord,
    Record,
    ReturnRecord,
)
from floorhand.exchange.states import UnknownState, alarm
from floorhand.exchange.tiktok_body import error_of, left_out, lists, pages, total_of
from floorhand.exchange.tiktok_item import Body, Item, Products

ORDER_STATES = {
    "UNPAID": "hold",
    "ON_HOLD": "hold",
    "AWAITING_SHIPMENT": "released",
    "PARTIALLY_SHIPPING": "released",
    "AWAITING_COLLECTION": "shipped",
    "IN_TRANSIT": "shipped",
    "DELIVERED": "shipped",
    "COMPLETED": "shipped",
    "CANCELLED": "cancelled",
}
"""The platform's order states and ours; work starts with AWAITING_SHIPMENT."""

LINE_STATES = (*ORDER_STATES, "TO_SHIP")
"""What a line item's ``display_status`` can be; not every body has it."""

SENT_STATES = ("AWAITING_COLLECTION", "IN_TRANSIT", "DELIVERED", "COMPLETED")

_REQUEST = "RETURN_OR_REFUND_REQUEST_"

RETURN_STATES = {
    f"{_REQUEST}PENDING": ("advised", "pending"),
    f"{_REQUEST}REJECT": ("not_returned", "reject_sent"),
    f"{_REQUEST}SUCCESS": ("advised", "already_refunded"),
    f"{_REQUEST}CANCEL": ("not_returned", "none"),
    f"{_REQUEST}COMPLETE": ("advised", "settled"),
    "AWAITING_BUYER_SHIP": ("advised", "pending"),
    "BUYER_SHIPPED_ITEM": ("in_transit", "pending"),
    "REJECT_RECEIVE_PACKAGE": ("in_transit", "in_doubt"),
    "AWAITING_BUYER_RESPONSE": ("advised", "in_doubt"),
}
"""The platform's return states, and where the goods and the money are by them."""

RETURN_TYPES = ("REFUND", "RETURN_AND_REFUND", "REPLACEMENT")

CANCEL_STATES = {
    "CANCELLATION_REQUEST_PENDING": False,
    "CANCELLATION_REQUEST_SUCCESS": True,
    "CANCELLATION_REQUEST_COMPLETE": True,
    "CANCELLATION_REQUEST_CANCEL": False,
}
"""Whether a cancellation is granted; the rest leaves the order as it is."""

DEADLINES = (
    "fast_dispatch_sla_time",
    "pick_up_cut_off_time",
    "rts_sla_time",
    "tts_sla_time",
    "shipping_due_time",
)
"""Promises about an order's dispatch; the nearest is its deadline."""

CHANNEL = "tiktok"


def read(source: Source, context: Context) -> Parsed:
    """Make records of a body.

    Raises:
        BadFile: If it holds none of what is read here.
    """
    body = source.json()
    parsed = Parsed()
    found = [part for page in pages(body) for part in lists(page)]
    missing = list(left_out(body))
    if not found:
        error = next((told for page in pages(body) if (told := error_of(page))), "")
        raise BadFile(
            f"{source.name} holds no data: {error}; fetch it again."
            if error
            else f"{source.name} holds neither orders, return_orders, cancellations nor products "
            "of TikTok Shop."
        )
    for reason in missing:
        parsed.reject(1, reason)
    products: Products = {}
    lines = _Lines(source.whole())
    for kind, items in found:
        fact = f"{kind}_in_file"
        parsed.facts[fact] = int(parsed.facts.get(fact, 0)) + len(items)
        for number, item in enumerate(items, 1):
            _read_item(parsed, kind, number, item, lines, context, products)
    _tell_of_further_pages(parsed, body)
    parsed.records = _each_once(parsed.records)
    parsed.records[:0] = products.values()
    return parsed


def _read_item(
    parsed: Parsed,
    kind: str,
    number: int,
    body: Any,
    lines: _Lines,
    context: Context,
    products: Products,
) -> None:
    """Make the records of one item; one that cannot be read is put aside, and stops no other."""
    if not isinstance(body, dict):
        parsed.reject(1, f"item {number} of {kind} is no object")
        return
    named = str(body.get(_IDS[kind], ""))
    item = Item(body, lines.find(named), context, products)
    try:
        parsed.records += list(_READERS[kind](item))
    except UnknownState as error:
        parsed.reject(item.line, f"{kind}: {shown(named)}: {error}")
        parsed.alarms.append(alarm(named, context.owner, error))
    except BadCell as error:
        parsed.reject(item.line, f"item {number} of {kind}: {error}")


def _tell_of_further_pages(parsed: Parsed, body: Any) -> None:
    for fact, count in list(parsed.facts.items()):
        kind = fact.removesuffix("_in_file")
        if (total := total_of(body, kind)) > int(count):
            parsed.notes.append(
                f"TikTok Shop has {total} {kind} in all, and {count} of them are in this file; "
                "the rest is on other pages."
            )


class _Lines:
    """Finds the line on which an id stands, so that a rejected item can be found in the file."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.ends = [n for n, letter in enumerate(text) if letter == "\n"]

    def find(self, wanted: str) -> int:
        """Give the line of the next mention of an id; 1 if it is not there."""
        if not wanted:
            return 1
        at = self.text.find(wanted, self.at)
        if at < 0:
            at = max(self.text.find(wanted), 0)
        self.at = at
        return bisect_left(self.ends, at) + 1


def _order(item: Item) -> Iterator[Record]:
    platform_state = item.state("status", ORDER_STATES)
    state = ORDER_STATES[platform_state]
    number = item.needed("id")

    def left_out(line: Body) -> bool:
        status = line.get("display_status") or ""
        if status and status not in LINE_STATES:
            raise UnknownState(f"display_status {shown(str(status))}, not known here")
        if platform_state == "PARTIALLY_SHIPPING" and status in SENT_STATES:
            return True
        return state != "cancelled" and status == "CANCELLED"

    lines = item.added_up("line_items", "id", left_out)
    if not lines:
        raise BadCell(f"order {number} has no line items to send")
    if state == "released" and item.body.get("is_on_hold_order") is True:
        state = "hold"
    due_at = min((at for name in DEADLINES if (at := item.time(name))), default=None)
    yield OrderRecord(
        item.line,
        item.context.owner,
        number,
        lines,
        due_at=due_at,
        state=state,
        hold_reason=f"TikTok says {platform_state}" if state == "hold" else "",
        channel=CHANNEL,
        platform_id=number,
        platform_state=platform_state,
        placed_at=item.time("paid_time") or item.time("create_time"),
        customer=item.id("user_id"),
        ship_to=_address(item),
        carrier=item.note("shipping_provider"),
        service=item.note("delivery_option_name"),
        instruction="; ".join(_notes(item)),
        shipped_at=(item.time("rts_time") or item.time("update_time"))
        if state == "shipped"
        else None,
        tracking=tuple(dict.fromkeys(_parcel_names(item))),
    )


def _parcel_names(item: Item) -> Iterator[str]:
    """Give what its parcels are called: the carrier's tracking numbers, the platform's packages.

    Many an order has none yet, and no order is put aside for what is odd in them.
    """
    packages = item.body.get("packages")
    listed = packages if isinstance(packages, list) else []
    found = [item.note("tracking_number")]
    for line in item.items("line_items"):
        found += (item.note("tracking_number", line), item.note("package_id", line))
    found += (item.note("id", package) for package in listed if isinstance(package, dict))
    yield from filter(None, found)


def _notes(item: Item) -> Iterator[str]:
    """Give what the bench must know: notes, and what the platform wants done with the parcel."""
    if item.body.get("is_exchange_order") is True:
        yield "exchange order"
    if group := item.id("auto_combine_group_id"):
        yield f"one parcel with group {group}"
    yield from filter(None, (item.note("buyer_message"), item.note("seller_note")))


def _address(item: Item) -> Address | None:
    """Read where the order goes; None if it is not said or blacked out."""
    body = item.body.get("recipient_address")
    if body is None or isinstance(body, str):
        return None
    if not isinstance(body, dict):
        raise BadCell(f"recipient_address is {shown(str(body))}; expected an object")
    districts = {
        item.note("address_level_name", part).casefold(): item.note("address_name", part)
        for part in item.items("district_info", body)
    }
    streets = [item.note(f"address_line{n}", body) for n in (1, 2, 3, 4)]
    streets = [street for street in streets if street]
    first = streets[0] if streets else item.note("address_detail", body)
    return Address(
        name=item.note("name", body),
        line1=first or item.note("full_address", body),
        line2=", ".join(streets[1:]),
        city=districts.get("city", ""),
        region=districts.get("state", "") or districts.get("province", ""),
        postcode=item.note("postal_code", body),
        country=item.note("region_code", body) or districts.get("country", ""),
        phone=item.note("phone_number", body),
    )


def _return(item: Item) -> Iterator[Record]:
    platform_state = item.state("return_status", RETURN_STATES)
    custody, money = RETURN_STATES[platform_state]
    kind = item.state("return_type", RETURN_TYPES) if item.text("return_type") else ""
    if kind == "REFUND":
        custody = "not_returned"
    tracking = item.id("return_tracking_number")
    if tracking and custody == "advised":
        custody = "in_transit"
    number = item.needed("return_id")
    lines = item.added_up("return_line_items", "return_line_item_id")
    if not lines:
        raise BadCell(f"return {number} has no return_line_items")
    actions = item.items("seller_next_action_response")
    deadlines = [at for action in actions if (at := epoch(action.get("deadline"), "deadline"))]
    yield ReturnRecord(
        item.line,
        item.context.owner,
        number,
        lines,
        order=item.id("order_id"),
        platform=CHANNEL,
        platform_id=number,
        platform_state=platform_state,
        combined_id=item.id("combined_return_id"),
        tracking=tracking,
        custody=custody,
        money=money,
        reason=item.note("return_reason_text") or item.note("return_reason"),
        asked_at=item.time("create_time"),
        deadline=min(deadlines, default=None),
    )


def _cancellation(item: Item) -> Iterator[Record]:
    """Read a cancellation. One that names line items is of these alone, not of the order."""
    state = item.state("cancel_status", CANCEL_STATES)
    if not CANCEL_STATES[state]:
        return
    number = item.needed("order_id")
    named = [item.id("order_line_item_id", line) for line in item.items("cancel_line_items")]
    if not all(named):
        raise UnknownState(f"order {number}: cancel_line_items without order_line_item_id")
    yield CancelRecord(item.line, item.context.owner, number, "CANCELLED", tuple(named))


def _product(item: Item) -> Iterator[Record]:
    title = item.text("title") or item.text("product_name")
    number = item.needed("id")
    skus = item.items("skus")
    if not skus:
        raise BadCell(f"product {number} has no skus")
    for sku in skus:
        options = [item.text("value_name", part) for part in item.items("sales_attributes", sku)]
        code = item.id("seller_sku", sku) or item.id("id", sku)
        if not code:
            raise BadCell(f"a SKU of product {number} has neither seller_sku nor id")
        yield ProductRecord(
            item.line,
            item.context.owner,
            code,
            name=" / ".join(part for part in (title, *options) if part) or code,
            barcodes=_identifier(item, sku),
            source=f"tiktok:{number}",
        )


def _identifier(item: Item, sku: Body) -> tuple[BarcodeRecord, ...]:
    from floorhand.exchange.own_masters import barcode

    told = sku.get("identifier_code")
    code = barcode(item.id("code", told), "identifier_code") if isinstance(told, dict) else ""
    return (BarcodeRecord(code),) if code else ()


_READERS: dict[str, Callable[[Item], Iterator[Record]]] = {
    "orders": _order,
    "return_orders": _return,
    "cancellations": _cancellation,
    "products": _product,
}


_IDS = {
    "orders": "id",
    "return_orders": "return_id",
    "cancellations": "cancel_id",
    "products": "id",
}


def _each_once(records: list[Record]) -> list[Record]:
    """Keep the last word on each order and return: pages overlap while the platform moves on."""
    kept: dict[tuple[type, str, str], Record] = {}
    for number, record in enumerate(records):
        key = getattr(record, "number", "") or f"#{number}"
        kept[type(record), getattr(record, "merchant", ""), key] = record
    return list(kept.values())
