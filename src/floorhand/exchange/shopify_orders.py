"""Shopify's order export. One order takes several rows; all but its first leave the header blank.

Order names are the merchant's own and collide between merchants, so an order is known by merchant
and name. The merchant is what ``--merchant`` says, else the vendor in the order's first row.
Lines often carry no SKU: then the name map says which product is meant, and how many pieces one of
the offer stands for. A name that the map does not have means the product of that name, and the
result says how many lines that are. Tags and notes are what the shop tells the warehouse.

Source: the export's own headings; help.shopify.com, "Exporting orders".
"""

from __future__ import annotations

from dataclasses import dataclass, field
from sys import intern

from floorhand.domain.rules import Address
from floorhand.exchange import cells, name_map
from floorhand.exchange.cells import BadCell, shown, slug
from floorhand.exchange.dates import Dates
from floorhand.exchange.layout import Field, Layout, Reader, Table
from floorhand.exchange.reading import Source
from floorhand.exchange.records import (
    Context,
    LineRecord,
    OrderRecord,
    Parsed,
    ProductRecord,
    Record,
)
from floorhand.exchange.states import UnknownState, alarm, state

LAYOUT = Layout(
    "shopify-orders",
    (
        Field("Name", also=("Order name", "Order"), required=True),
        Field("Lineitem quantity", required=True),
        Field("Lineitem name", required=True),
        Field("Lineitem sku"),
        Field("Lineitem requires shipping"),
        Field("Lineitem fulfillment status"),
        Field("Id", also=("Order ID",)),
        Field("Email"),
        Field("Financial Status"),
        Field("Fulfillment Status"),
        Field("Fulfilled at"),
        Field("Cancelled at", also=("Canceled at",)),
        Field("Created at"),
        Field("Vendor"),
        Field("Tags"),
        Field("Notes", also=("Note",)),
        Field("Source"),
        Field("Shipping Method"),
        Field("Shipping Name"),
        Field("Shipping Company"),
        Field("Shipping Address1", also=("Shipping Street",)),
        Field("Shipping Address2"),
        Field("Shipping City"),
        Field("Shipping Province"),
        Field("Shipping Zip"),
        Field("Shipping Country"),
        Field("Shipping Phone", also=("Phone",)),
    ),
)

FINANCIAL = ("", "pending", "authorized", "paid", "partially_paid", "partially_refunded",
             "refunded", "voided", "expired")  # fmt: skip
"""What an order's payment can be; anything else is put before a supervisor."""

FULFILMENT = ("", "unfulfilled", "fulfilled", "partial", "partially_fulfilled", "restocked",
              "pending", "on_hold", "scheduled")  # fmt: skip
"""How far an order has left; ``restocked`` ones were taken back whole."""

LINE_FULFILMENT = ("", "pending", "unfulfilled", "fulfilled", "partial", "restocked")

VOID = ("voided", "refunded", "expired")
"""Payments after which nothing may be sent."""

OFFICE_TAGS = ("confirmed", "checked")
"""Tags with which shops tick orders off; they tell the bench nothing."""

INSTRUCTION_CHARACTERS_MAX = 300


@dataclass(slots=True)
class _Seen:
    """What is remembered of an order that is complete."""

    line: int
    id: str
    print: int = 0
    taken: bool = False


@dataclass(slots=True)
class _Order:
    """The rows of one order as they come.

    ``gone`` are those that were sent or taken back. ``before`` is the same order further up in the
    file, whose rows these may repeat; ``print`` is made of all that the rows hold.
    """

    first: Reader
    merchant: str
    name: str
    before: _Seen | None = None
    print: int = 0
    rows: list[int] = field(default_factory=list)
    lines: list[LineRecord] = field(default_factory=list)
    gone: set[int] = field(default_factory=set)
    bad: str = ""

    def left(self) -> tuple[LineRecord, ...]:
        """Give the lines that are still to be sent."""
        return tuple(line for line in self.lines if line.line not in self.gone)


def read(source: Source, context: Context) -> Parsed:
    """Make orders of the rows, and products of lines that name none."""
    return _Reading(source, context).read()


class _Reading:
    def __init__(self, source: Source, context: Context) -> None:
        self.table = Table(source, LAYOUT)
        self.context = context
        self.parsed = Parsed()
        self.dates = Dates(context.time_zone, context.date_order)
        self.seen: dict[tuple[str, str], _Seen] = {}
        self.last: _Order | None = None
        self.made: list[Record] = []
        self.products: dict[tuple[str, str, bool], ProductRecord] = {}
        self.no_sku = self.by_map = self.by_name = 0

    def read(self) -> Parsed:
        """Go through the rows, then give the orders in the order of the file."""
        rows = 0
        for row in self.table.rows(self.parsed):
            rows += 1
            try:
                self._row(row)
            except BadCell as error:
                self.parsed.reject(row.line, str(error))
        self._complete()
        self.parsed.records = [*self.products.values(), *self.made]
        self.parsed.facts = {
            "rows": rows,
            "orders_in_file": len(self.seen),
            "lines_without_sku": self.no_sku,
            "lines_by_map": self.by_map,
            "lines_by_name": self.by_name,
        }
        if self.by_name:
            self.parsed.notes.append(
                f"{self.by_name} lines carry no SKU and no map names their product; "
                "they go to the product of that name, which was made if there was none (see --map)."
            )
        return self.parsed

    def _row(self, row: Reader) -> None:
        name = row.needed("Name")
        order = self._order_of(row, name)
        order.rows.append(row.line)
        order.print = hash((order.print, *row.cells))
        if order.before is not None:
            return
        try:
            self._line(row, order)
        except BadCell as error:
            order.rows.pop()
            order.bad = order.bad or f"line {row.line}: {error}"
            self._tell(order, error)
            raise

    def _tell(self, order: _Order, error: BadCell) -> None:
        if isinstance(error, UnknownState):
            subject = f"{order.merchant}/{order.name}"
            self.parsed.alarms.append(alarm(subject, order.merchant, error))

    def _order_of(self, row: Reader, name: str) -> _Order:
        """Find the order of a row: a new one, or the one whose lines go on."""
        is_header = any(
            row.raw(column).strip() for column in ("Financial Status", "Id", "Fulfillment Status")
        )
        if not is_header and self.last is not None and self.last.name == name:
            return self.last
        known = {"Financial Status", "Id", "Fulfillment Status"} & row.columns.keys()
        if not is_header and known:
            raise BadCell(f"order {shown(name)} goes on here, but its first row is not before it")
        merchant = self._merchant(row)
        before = self.seen.get((merchant, name))
        if before is not None and not known and self.last is not None and self.last.name == name:
            return self.last
        self._complete()
        if before is not None and row.code("Id") != before.id:
            raise BadCell(
                f"merchant {merchant} has another order {shown(name)} on line {before.line}, "
                "with another Id; say --merchant for each shop's file"
            )
        if before is None:
            self.seen[merchant, name] = _Seen(row.line, row.code("Id"))
        self.last = _Order(row, merchant, name, before)
        return self.last

    def _merchant(self, row: Reader) -> str:
        vendor = row.text("Vendor")
        if self.context.merchant or not vendor:
            return self.context.owner
        code = slug(vendor)
        self.parsed.merchants.setdefault(code, vendor)
        return code

    def _line(self, row: Reader, order: _Order) -> None:
        if row.flag("Lineitem requires shipping") is False:
            return
        status = state(row, "Lineitem fulfillment status", LINE_FULFILMENT)
        if status == "partial":
            raise UnknownState(
                "Lineitem fulfillment status is 'partial', and the export does not say how many "
                "pieces of the line are left"
            )
        sku, each = self._product(row, order.merchant)
        pieces = row.pieces("Lineitem quantity") * each
        if pieces > cells.PIECES_MAX:
            raise BadCell(f"{pieces} pieces are too many for one line")
        order.lines.append(LineRecord(row.line, sku, pieces))
        if status in ("fulfilled", "restocked"):
            order.gone.add(row.line)

    def _product(self, row: Reader, merchant: str) -> tuple[str, int]:
        """Say which product a line means, and how many pieces one of it is."""
        name = row.text("Lineitem name")
        if sku := row.code("Lineitem sku").lstrip("'"):
            self._add(row.line, merchant, sku, name)
            return intern(sku), 1
        if not name:
            raise BadCell("the line has neither Lineitem sku nor Lineitem name")
        self.no_sku += 1
        meant = name_map.find(self.context.names, merchant, name)
        if meant is None:
            self.by_name += 1
            self._add(row.line, merchant, name, name, by_name=True)
            return intern(name), 1
        self.by_map += 1
        product, pieces = meant
        self._add(row.line, merchant, product, product, by_name=True)
        return product, pieces

    def _add(self, line: int, merchant: str, sku: str, name: str, *, by_name: bool = False) -> None:
        if (merchant, sku, by_name) not in self.products:
            self.products[merchant, sku, by_name] = ProductRecord(
                line, merchant, sku, name or sku, source="shopify", only_new=True, by_name=by_name
            )

    def _complete(self) -> None:
        """Make the last order; if a row of it cannot be taken, put all its rows aside."""
        order, self.last = self.last, None
        if order is None:
            return
        bad = self._repeat(order) if order.before is not None else self._make(order)
        for line in order.rows if bad else ():
            self.parsed.reject(line, bad)

    def _repeat(self, order: _Order) -> str:
        """Count an order whose rows are those of before; say why if they are not."""
        assert order.before is not None, order
        found = f"order {shown(order.name)} stands on line {order.before.line} already"
        if order.print != order.before.print:
            return f"{found}, with other contents"
        if not order.before.taken:
            return f"{found}, and was left out there"
        self.parsed.repeated += 1
        return ""

    def _make(self, order: _Order) -> str:
        """Make an order; say why if it cannot be taken."""
        seen = self.seen[order.merchant, order.name]
        seen.print = order.print
        if order.bad:
            return f"left out with the rest of order {order.name}; {order.bad}"
        if not order.lines:
            return "no line of the order has to be shipped"
        try:
            self.made.append(self._record(order))
        except BadCell as error:
            self._tell(order, error)
            return str(error)
        seen.taken = True
        return ""

    def _record(self, order: _Order) -> OrderRecord:
        row = order.first
        financial = state(row, "Financial Status", FINANCIAL)
        fulfilment = state(row, "Fulfillment Status", FULFILMENT)
        cancelled_at = self.dates.moment(row.raw("Cancelled at"), "Cancelled at")
        ours, reason = "released", ""
        if cancelled_at or financial in VOID or fulfilment == "restocked":
            ours = "cancelled"
        elif fulfilment == "fulfilled" or not order.left():
            ours = "shipped"
        elif fulfilment in ("on_hold", "scheduled"):
            ours, reason = "hold", f"Shopify says {fulfilment.replace('_', ' ')}"
        return OrderRecord(
            row.line,
            order.merchant,
            order.name,
            order.left() if ours in ("released", "hold") else tuple(order.lines),
            state=ours,
            hold_reason=reason,
            channel=intern(f"shopify:{row.code('Source')}".rstrip(":")),
            platform_id=cells.plain_id(row.code("Id")).lstrip("'"),
            platform_state=intern("/".join(word for word in (financial, fulfilment) if word)),
            placed_at=self.dates.moment(row.raw("Created at"), "Created at"),
            customer=row.note("Email"),
            ship_to=_address(row),
            service=intern(row.note("Shipping Method")),
            instruction=instruction(row.note("Tags"), row.note("Notes")),
            shipped_at=self.dates.moment(row.raw("Fulfilled at"), "Fulfilled at")
            if ours == "shipped"
            else None,
        )


def _address(row: Reader) -> Address:
    return Address(
        name=row.note("Shipping Name"),
        company=row.note("Shipping Company"),
        line1=row.note("Shipping Address1"),
        line2=row.note("Shipping Address2"),
        city=intern(row.note("Shipping City")),
        region=intern(row.note("Shipping Province").strip("-")),
        postcode=intern(row.number_note("Shipping Zip").lstrip("'").strip("-")),
        country=intern(row.note("Shipping Country")),
        phone=row.number_note("Shipping Phone").lstrip("'"),
    )


def instruction(tags: str, notes: str) -> str:
    """Give what tags and notes tell the bench; what programs and the office tag is left out."""
    kept = []
    for tag in (part.strip() for part in tags.split(",")):
        is_program = "_" in tag and " " not in tag
        if tag and not is_program and tag.casefold() not in OFFICE_TAGS:
            kept.append(tag)
    return "; ".join([*kept, *([notes] if notes else [])])[:INSTRUCTION_CHARACTERS_MAX]
