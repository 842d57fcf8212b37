"""A British online shop's transactions: sales, cancellations and everything that is neither.

Rows are sorted by what the code and the invoice number say. A *product code* is five digits and up
to three letters; an invoice that begins with C is a cancellation or return, with A a bad debt. A
*clean sale* row has a product code, is neither, and has a quantity and a price above 0. Only clean
sale rows become order lines, and only cancellation rows with a product code become return lines;
every other row is put aside with its reason, so that nothing of the file disappears unseen.

A row of goods that cannot be read puts its whole invoice aside, because an order without it would
look complete to everybody but the buyer. A charge, voucher or note that is put aside does not.

The file gives codes in two cases and with blanks, so codes are taken in capitals and trimmed.
Exact duplicates are kept: the file does not say that they are mistakes.

Source: D. Chen, Online Retail, UCI Machine Learning Repository (2015).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from floorhand.domain.rules import Address
from floorhand.exchange import cells
from floorhand.exchange.cells import BadCell
from floorhand.exchange.dates import Dates, decide
from floorhand.exchange.layout import Field, Layout, Reader, Table
from floorhand.exchange.reading import Source
from floorhand.exchange.records import (
    BarcodeRecord,
    Context,
    LineRecord,
    OrderRecord,
    Parsed,
    ProductRecord,
    Record,
    ReturnRecord,
)

LAYOUT = Layout(
    "online-retail",
    (
        Field("InvoiceNo", also=("Invoice", "Invoice Number"), required=True),
        Field("StockCode", also=("Stock Code",), required=True),
        Field("Description"),
        Field("Quantity", also=("Qty",), required=True),
        Field("InvoiceDate", also=("Invoice Date",), required=True),
        Field("UnitPrice", also=("Price", "Unit Price"), required=True),
        Field("CustomerID", also=("Customer ID", "Customer")),
        Field("Country"),
    ),
)

PRODUCT_CODE = re.compile(r"\d{5}[A-Za-z]{0,3}", re.ASCII)

DATE_ORDER = "mdy"
"""How the spreadsheet that the data was published as writes dates, where nothing else tells."""


@dataclass(slots=True)
class _Invoice:
    """Rows of one invoice, in the order of the file."""

    line: int
    at: datetime
    customer: str
    country: str
    lines: list[LineRecord] = field(default_factory=list)


@dataclass(slots=True)
class _Counts:
    """What the rows of the file are, whether taken or not."""

    rows: int = 0
    non_product_code_rows: int = 0
    blank_description_rows: int = 0
    cancel_rows: int = 0
    bad_debt_rows: int = 0
    stock_adjust_rows: int = 0
    zero_price_rows: int = 0
    negative_price_rows: int = 0
    blank_customer_rows: int = 0
    clean_sale_rows: int = 0
    clean_sale_units: int = 0
    return_rows: int = 0
    return_units: int = 0
    sale_invoices: set[str] = field(default_factory=set)
    cancel_invoices: set[str] = field(default_factory=set)
    seen: set[int] = field(default_factory=set)
    first: datetime | None = None
    last: datetime | None = None


def read(source: Source, context: Context) -> Parsed:
    """Make orders, returns and products of the file."""
    return _Reading(source, context).read()


class _Reading:
    def __init__(self, source: Source, context: Context) -> None:
        self.table = Table(source, LAYOUT)
        self.context = context
        self.parsed = Parsed()
        self.counts = _Counts()
        order, note = decide(self.table.column("InvoiceDate"), context.date_order or DATE_ORDER)
        self.dates = Dates(context.time_zone, context.date_order or order)
        if note and not context.date_order:
            self.parsed.notes.append(note)
        self.orders: dict[str, _Invoice] = {}
        self.returns: dict[str, _Invoice] = {}
        self.bad: dict[str, str] = {}
        self.names: dict[str, Counter[str]] = {}
        self.codes: dict[str, str] = {}

    def read(self) -> Parsed:
        """Go through the rows once, then give what they make together."""
        for row in self.table.rows(self.parsed, self._hold_back):
            self.counts.rows += 1
            try:
                self._row(row)
            except BadCell as error:
                self.parsed.reject(row.line, str(error))
                self._hold_back(row, str(error))
        self.parsed.facts = self._facts()
        self._put_aside()
        self.parsed.records = list(self._records())
        return self.parsed

    def _hold_back(self, row: Reader, reason: str) -> None:
        """Remember the invoice of a row of goods that cannot be read."""
        if PRODUCT_CODE.fullmatch(row.raw("StockCode").strip()):
            invoice = row.raw("InvoiceNo").strip().upper()
            self.bad.setdefault(invoice, f"line {row.line}: {reason}")

    def _put_aside(self) -> None:
        for invoice, reason in self.bad.items():
            for kept in (self.orders.pop(invoice, None), self.returns.pop(invoice, None)):
                for line in kept.lines if kept else ():
                    told = f"left out with the rest of invoice {invoice}; {reason}"
                    self.parsed.reject(line.line, told)

    def _row(self, row: Reader) -> None:
        invoice = row.needed("InvoiceNo").upper()
        code = row.code("StockCode").upper()
        code = self.codes.setdefault(code, code)
        quantity = cells.signed_pieces(row.raw("Quantity"), "Quantity")
        price = cells.money(row.raw("UnitPrice"), "UnitPrice")
        moment = self.dates.moment(row.raw("InvoiceDate"), "InvoiceDate")
        if moment is None:
            raise BadCell("InvoiceDate is missing")
        self._count(row, invoice, code, quantity, price, moment)
        reason = _not_goods(invoice, code, quantity, price, row)
        if reason:
            self.parsed.reject(row.line, reason)
            return
        back = invoice.startswith("C")
        kept = (self.returns if back else self.orders).get(invoice)
        if kept is None:
            customer = cells.plain_id(row.code("CustomerID"))
            kept = _Invoice(row.line, moment, customer, row.note("Country"))
            (self.returns if back else self.orders)[invoice] = kept
        kept.at = min(kept.at, moment)
        kept.lines.append(LineRecord(row.line, code, abs(quantity)))
        name = row.note("Description")
        names = self.names.setdefault(code, Counter())
        if name:
            names[name] += 1
        if not back:
            self.counts.clean_sale_rows += 1
            self.counts.clean_sale_units += quantity

    def _count(
        self, row: Reader, invoice: str, code: str, quantity: int, price: Decimal, at: datetime
    ) -> None:
        counts = self.counts
        cancel, debt = invoice.startswith("C"), invoice.startswith("A")
        counts.cancel_rows += cancel
        counts.bad_debt_rows += debt
        if not (cancel or debt):
            counts.sale_invoices.add(invoice)
        if cancel:
            counts.cancel_invoices.add(invoice)
        goods = PRODUCT_CODE.fullmatch(code) is not None
        counts.non_product_code_rows += not goods
        if cancel and goods:
            counts.return_rows += 1
            counts.return_units += abs(quantity)
        counts.blank_description_rows += not row.raw("Description").strip()
        counts.stock_adjust_rows += quantity < 0 and not cancel
        counts.zero_price_rows += price == 0
        counts.negative_price_rows += price < 0
        counts.blank_customer_rows += not row.raw("CustomerID").strip()
        counts.seen.add(hash(tuple(row.cells)))
        counts.first = at if counts.first is None else min(counts.first, at)
        counts.last = at if counts.last is None else max(counts.last, at)

    def _facts(self) -> dict[str, int | str]:
        c = self.counts
        sold = {line.sku for order in self.orders.values() for line in order.lines}
        return {
            "rows": c.rows,
            "sale_invoices": len(c.sale_invoices),
            "cancel_invoices": len(c.cancel_invoices),
            "cancel_rows": c.cancel_rows,
            "bad_debt_rows": c.bad_debt_rows,
            "non_product_code_rows": c.non_product_code_rows,
            "blank_description_rows": c.blank_description_rows,
            "stock_adjust_rows(neg qty, not C)": c.stock_adjust_rows,
            "zero_price_rows": c.zero_price_rows,
            "negative_price_rows": c.negative_price_rows,
            "blank_customer_rows": c.blank_customer_rows,
            "clean_sale_rows": c.clean_sale_rows,
            "clean_sale_orders": len(self.orders),
            "clean_sale_units": c.clean_sale_units,
            "clean_skus_casefolded": len(sold),
            "return_rows_std": c.return_rows,
            "return_units_std": c.return_units,
            "exact_duplicate_rows": c.rows - len(c.seen),
            "orders_with_repeated_sku": sum(_repeats(o) for o in self.orders.values()),
            "first": self._local(c.first),
            "last": self._local(c.last),
        }

    def _local(self, moment: datetime | None) -> str:
        if moment is None:
            return ""
        from zoneinfo import ZoneInfo

        return f"{moment.astimezone(ZoneInfo(self.context.time_zone)):%Y-%m-%d %H:%M:%S}"

    def _records(self) -> Iterator[Record]:
        owner = self.context.owner
        invoices = (*self.orders.values(), *self.returns.values())
        used = {line.sku for invoice in invoices for line in invoice.lines}
        for code, names in self.names.items():
            if code not in used:
                continue
            name = names.most_common(1)[0][0] if names else code
            yield ProductRecord(
                0, owner, code, name, (BarcodeRecord(code),), source="online-retail", only_new=True
            )
        for number, sale in self.orders.items():
            yield OrderRecord(
                sale.line,
                owner,
                number,
                tuple(sale.lines),
                channel="online-retail",
                placed_at=sale.at,
                customer=sale.customer,
                ship_to=Address(country=sale.country),
            )
        for number, back in self.returns.items():
            yield ReturnRecord(
                back.line,
                owner,
                number,
                tuple(back.lines),
                customer=back.customer,
                platform="online-retail",
                platform_id=number,
                asked_at=back.at,
            )


def _repeats(invoice: _Invoice) -> bool:
    return len({line.sku for line in invoice.lines}) < len(invoice.lines)


def _not_goods(invoice: str, code: str, quantity: int, price: Decimal, row: Reader) -> str:
    """Say why a row is neither a sale nor a return of goods; empty if it is."""
    if PRODUCT_CODE.fullmatch(code) is None:
        return (
            f"{cells.shown(code)} is no product code but a charge, voucher or sample ({_said(row)})"
        )
    if invoice.startswith("A"):
        return "a bad debt moves no goods"
    if invoice.startswith("C"):
        return "" if quantity < 0 else f"a cancellation with quantity {quantity} says nothing"
    if quantity < 0:
        return f"a negative quantity without cancellation is a stock note ({_said(row)})"
    if quantity == 0:
        return "the quantity is 0"
    if price <= 0:
        return f"a price of {price} is no sale but a stock note ({_said(row)})"
    return ""


def _said(row: Reader) -> str:
    return cells.shown(row.note("Description"))
