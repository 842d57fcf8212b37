"""Our own CSVs about what is to be done: orders, deliveries, returns. One row is one line."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from sys import intern

from floorhand.domain.rules import Address
from floorhand.exchange import cells
from floorhand.exchange.cells import BadCell
from floorhand.exchange.dates import Dates, decide
from floorhand.exchange.layout import Field, Layout, Reader, Table
from floorhand.exchange.reading import Source
from floorhand.exchange.records import (
    Context,
    DeliveryRecord,
    LineRecord,
    OrderRecord,
    Parsed,
    Record,
    ReturnRecord,
)

DATE_ORDER = "dmy"
"""How most of the world writes dates, where nothing in the file tells."""

ORDER_STATES = ("released", "hold", "cancelled")
RETURN_KINDS = ("customer", "undelivered", "recall")
PRIORITY_MAX = 9

_SKU = Field("sku", "the merchant's code of the product", ("product", "product code", "item"), True)
_QUANTITY = Field(
    "quantity", "pieces, 1 or more", ("pieces", "pcs", "qty", "ordered", "expected"), True
)
_MERCHANT = Field("merchant", "owner; empty: what --merchant says", ("owner",))

ORDERS = Layout(
    "orders",
    (
        Field("order", "order number", ("order number", "order no", "order id", "number"), True),
        _SKU,
        _QUANTITY,
        _MERCHANT,
        Field(
            "placed_at",
            "when it was ordered: 2027-10-31 14:05, local time",
            ("created at", "order date", "date"),
        ),
        Field(
            "due_at",
            "dispatch deadline: 2027-10-31 16:00; empty: the next cut-off",
            ("due", "deadline"),
        ),
        Field("priority", f"0 to {PRIORITY_MAX}, higher goes first"),
        Field(
            "state", "released (empty; written out it ends a hold), hold or cancelled", ("status",)
        ),
        Field("hold_reason", "why it is on hold"),
        Field("instruction", "shown once at the packing bench", ("note", "instructions")),
        Field("customer", "the shop's id of the buyer", ("customer id",)),
        Field("name", "ship to", ("ship to name", "recipient")),
        Field("company", "ship to: company", ("ship to company",)),
        Field("line1", "street", ("address1", "address", "street", "address line 1")),
        Field("line2", "second line: flat, floor, care of", ("address2", "address line 2")),
        Field("city", "town of the address", ("town",)),
        Field(
            "region",
            "province or state, where the post asks for it",
            ("province", "state or province"),
        ),
        Field("postcode", "as the post writes it, blanks and all", ("zip", "postal code")),
        Field("country", "as on the label: a name, or two letters such as IT"),
        Field("phone", "for the carrier; never shown at a bench"),
        Field("carrier", "who takes the parcel, such as DHL"),
        Field("service", "the carrier's product, such as express", ("shipping method",)),
        Field(
            "tracking",
            "the carrier's numbers of its parcels, if known; several with ; between",
            ("tracking number", "tracking numbers", "tracking id"),
        ),
        Field("channel", "the shop it came from"),
        Field("platform_id", "the platform's id of the order"),
        Field("line_id", "the platform's id of the line", ("line item id",)),
    ),
)

DELIVERIES = Layout(
    "deliveries",
    (
        Field(
            "delivery",
            "number of the delivery note",
            ("delivery number", "delivery no", "asn", "inbound order"),
            True,
        ),
        _SKU,
        _QUANTITY,
        _MERCHANT,
        Field("lot", "batch that comes; empty: read from the goods"),
        Field("expiry", "day such as 2027-10-31 or 31/10/2027", ("expiry date", "best before")),
        Field(
            "expected_on", "day of arrival, such as 2027-10-31", ("eta", "expected date", "date")
        ),
        Field("carrier", "who brings it, such as DHL"),
        Field("tracking", "the carrier's number", ("tracking number",)),
    ),
)

RETURNS = Layout(
    "returns",
    (
        Field("return", "return number", ("return number", "return id", "rma"), True),
        _SKU,
        _QUANTITY,
        _MERCHANT,
        Field("order", "order it comes from, if known", ("order number", "order id")),
        Field("customer", "the shop's id of the buyer", ("customer id",)),
        Field("kind", f"{', '.join(RETURN_KINDS)}; empty: customer"),
        Field("reason", "as the buyer or shop says it", ("return reason",)),
        Field("tracking", "the parcel's number", ("tracking number",)),
        Field("sender", "as written on the parcel"),
        Field(
            "asked_at",
            "when it was announced: 2027-10-31 14:05, local time",
            ("created at", "date"),
        ),
        Field("deadline", "until when it must be inspected: 2027-10-31 14:05", ("due at",)),
        Field("platform", "where the buyer asked for it: tiktok, shopify …; empty: our own shop"),
        Field("platform_id", "the platform's id of the return"),
    ),
)


@dataclass(slots=True)
class _Paper:
    """An order, delivery or return whose rows are being gathered.

    Its first row tells what is common to all; ``head`` is made of it, without lines yet, so that
    the rows themselves need not be kept.
    """

    number: str
    head: OrderRecord | DeliveryRecord | ReturnRecord | None = None
    lines: list[LineRecord] = field(default_factory=list)
    bad: str = ""


@dataclass(frozen=True, slots=True)
class _First:
    """The first row of a paper, and whose it is."""

    row: Reader
    merchant: str
    number: str
    dates: Dates


Make = Callable[[_First], OrderRecord | DeliveryRecord | ReturnRecord]


def read_orders(source: Source, context: Context) -> Parsed:
    """Read orders. An order with a row that cannot be taken is put aside whole.

    Shipping what is left of it would look like a complete order to everybody but the buyer.
    """
    return _papers(source, context, ORDERS, "order", ("placed_at", "due_at"), _order)


def read_deliveries(source: Source, context: Context) -> Parsed:
    """Read announced deliveries."""
    return _papers(source, context, DELIVERIES, "delivery", ("expiry", "expected_on"), _delivery)


def read_returns(source: Source, context: Context) -> Parsed:
    """Read announced returns."""
    return _papers(source, context, RETURNS, "return", ("asked_at", "deadline"), _return)


def _papers(
    source: Source,
    context: Context,
    layout: Layout,
    key: str,
    dated: tuple[str, ...],
    make: Make,
) -> Parsed:
    parsed = Parsed()
    table = Table(source, layout)
    written = (cell for column in dated for cell in table.column(column))
    order, note = decide(written, context.date_order or DATE_ORDER)
    dates = Dates(context.time_zone, context.date_order or order)
    if note and not context.date_order:
        parsed.notes.append(note)
    papers: dict[str, dict[str, _Paper]] = {}
    torn: dict[str, str] = {}

    def ragged(row: Reader, reason: str) -> None:
        torn.setdefault(row.raw(key).strip(), f"line {row.line}: {reason}")

    rows = 0
    for row in table.rows(parsed, ragged):
        rows += 1
        try:
            number, merchant = row.needed(key), row.code("merchant") or context.owner
        except BadCell as error:
            parsed.reject(row.line, str(error))
            ragged(row, str(error))
            continue
        first = _First(row, merchant, number, dates)
        paper = papers.setdefault(intern(merchant), {}).setdefault(number, _Paper(number))
        _gather(paper, first, make, parsed)
    if rows:
        parsed.facts["rows"] = rows
    torn.pop("", None)
    for of_merchant in papers.values():
        parsed.records += _made(of_merchant, key, torn, parsed)
    return parsed


def _gather(paper: _Paper, first: _First, make: Make, parsed: Parsed) -> None:
    """Put a row to its paper; one that cannot be read is put aside, and its paper with it."""
    row = first.row
    try:
        line_id = row.code("line_id")
        line = LineRecord(
            row.line,
            intern(row.needed("sku")),
            row.pieces("quantity"),
            platform_ids=(line_id,) if line_id else (),
            lot=row.code("lot"),
            expiry=first.dates.day(row.raw("expiry"), "expiry"),
            reason=intern(row.note("reason")),
        )
        if paper.head is None:
            paper.head = make(first)
    except BadCell as error:
        paper.bad = paper.bad or f"line {row.line}: {error}"
        parsed.reject(row.line, str(error))
        return
    paper.lines.append(line)


def _made(
    papers: dict[str, _Paper], key: str, torn: dict[str, str], parsed: Parsed
) -> Iterator[Record]:
    """Make the records, giving up each paper for its record: a large file fits memory but once.

    ``torn`` names papers of which a row could not even be taken apart, so that nobody knows whose
    they are: every paper of that number is put aside.
    """
    for name in list(papers):
        paper = papers.pop(name)
        bad = paper.bad or torn.get(name, "")
        if paper.head is not None and not bad:
            yield replace(paper.head, lines=tuple(paper.lines))
        for line in paper.lines if bad else ():
            parsed.reject(line.line, f"left out with the rest of {key} {paper.number}; {bad}")


def _order(first: _First) -> OrderRecord:
    row, dates = first.row, first.dates
    placed_at = dates.moment(row.raw("placed_at"), "placed_at")
    priority = row.measure("priority") or 0
    if priority > PRIORITY_MAX:
        raise BadCell(f"priority is {priority}; expected 0 to {PRIORITY_MAX}")
    state = row.choice("state", ORDER_STATES, "released")
    address = Address(
        **{name: row.note(name) for name in ("name", "company", "line1", "line2")},
        **{name: intern(row.note(name)) for name in ("city", "region", "country")},
        postcode=intern(row.number_note("postcode")),
        phone=row.number_note("phone"),
    )
    return OrderRecord(
        row.line,
        first.merchant,
        first.number,
        (),
        due_at=dates.moment(row.raw("due_at"), "due_at"),
        state=state,
        hold_reason=row.note("hold_reason"),
        channel=intern(row.code("channel")),
        platform_id=row.code("platform_id"),
        placed_at=placed_at,
        priority=priority,
        customer=cells.plain_id(row.code("customer")),
        ship_to=address,
        carrier=intern(row.code("carrier")),
        service=intern(row.note("service")),
        instruction=row.note("instruction"),
        replaces=True,
        says_state=bool(row.raw("state").strip()),
        tracking=tuple(filter(None, (part.strip() for part in row.code("tracking").split(";")))),
    )


def _delivery(first: _First) -> DeliveryRecord:
    row, dates = first.row, first.dates
    return DeliveryRecord(
        row.line,
        first.merchant,
        first.number,
        (),
        carrier=row.code("carrier"),
        tracking=row.code("tracking"),
        expected_on=dates.day(row.raw("expected_on"), "expected_on"),
    )


def _return(first: _First) -> ReturnRecord:
    row, dates = first.row, first.dates
    tracking = row.code("tracking")
    return ReturnRecord(
        row.line,
        first.merchant,
        first.number,
        (),
        order=row.code("order"),
        customer=cells.plain_id(row.code("customer")),
        kind=row.choice("kind", RETURN_KINDS, "customer"),
        platform=row.code("platform"),
        platform_id=row.code("platform_id"),
        tracking=tracking,
        sender=row.note("sender"),
        custody="in_transit" if tracking else "advised",
        reason=row.note("reason"),
        asked_at=dates.moment(row.raw("asked_at"), "asked_at"),
        deadline=dates.moment(row.raw("deadline"), "deadline"),
    )
