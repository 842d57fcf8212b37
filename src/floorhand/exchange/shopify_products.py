"""Shopify's product export. The headings have drifted over the years; all of them are understood.

A product's further variants and pictures come as rows that repeat its handle and leave the rest
blank. A variant without a SKU gets a code made of handle and options, and the result says so.

Source: help.shopify.com, "Using CSV files to import and export products".
"""

from __future__ import annotations

from dataclasses import dataclass

from floorhand.exchange import cells
from floorhand.exchange.cells import BadCell, slug
from floorhand.exchange.layout import Field, Layout, Reader, Table
from floorhand.exchange.own_masters import barcode
from floorhand.exchange.reading import Source
from floorhand.exchange.records import BarcodeRecord, Context, Parsed, ProductRecord

LAYOUT = Layout(
    "shopify-products",
    (
        Field("Handle", also=("URL handle",), required=True),
        Field("Title", required=True),
        Field("Vendor"),
        Field("Variant SKU", also=("SKU",)),
        Field("Variant Barcode", also=("Barcode",)),
        Field("Variant Grams", also=("Weight value (grams)",)),
        Field("Variant Price", also=("Price",)),
        Field("Variant Requires Shipping", also=("Requires shipping",)),
        *(Field(f"Option{n} Value", also=(f"Option {n} Value",)) for n in (1, 2, 3)),
    ),
)

NO_OPTION = "default title"
"""What Shopify calls the only variant of a product that has none."""

OPTIONS = ("Option1 Value", "Option2 Value", "Option3 Value")


@dataclass(slots=True)
class _Product:
    handle: str = ""
    title: str = ""
    vendor: str = ""


def read(source: Source, context: Context) -> Parsed:
    """Make one product of every variant that is shipped."""
    parsed = Parsed()
    current = _Product()
    rows = made = 0
    for row in Table(source, LAYOUT).rows(parsed):
        rows += 1
        try:
            current = _product(row, current)
            record = _variant(row, current, context, parsed)
        except BadCell as error:
            parsed.reject(row.line, str(error))
            continue
        if record is not None:
            made += not row.raw("Variant SKU").strip()
            parsed.records.append(record)
    parsed.facts = {"rows": rows, "variants": len(parsed.records), "skus_made": made}
    if made:
        parsed.notes.append(
            f"{made} variants have no SKU; their codes were made of handle and options."
        )
    return parsed


def _product(row: Reader, current: _Product) -> _Product:
    handle = row.code("Handle")
    if not handle:
        raise BadCell("Handle is missing")
    if handle != current.handle:
        return _Product(handle, row.text("Title") or handle, row.text("Vendor"))
    return current


def _variant(
    row: Reader, product: _Product, context: Context, parsed: Parsed
) -> ProductRecord | None:
    """Make the variant of a row; None if the row only adds a picture, or nothing to ship."""
    options = [value for name in OPTIONS if (value := row.text(name))]
    sku = row.code("Variant SKU").lstrip("'")
    if not (options or sku or row.raw("Variant Price").strip()):
        return None
    if row.flag("Variant Requires Shipping") is False:
        return None
    chosen = [value for value in options if value.casefold() != NO_OPTION]
    code = barcode(row.raw("Variant Barcode"), "Variant Barcode")
    merchant = context.merchant or slug(product.vendor) if product.vendor else context.owner
    if not context.merchant and product.vendor:
        parsed.merchants[merchant] = product.vendor
    return ProductRecord(
        row.line,
        merchant,
        sku or slug("-".join([product.handle, *chosen])),
        name=" / ".join([product.title, *chosen]),
        barcodes=(BarcodeRecord(code),) if code else (),
        weight_g=cells.whole(row.raw("Variant Grams"), "Variant Grams") or None,
        source=f"shopify:{product.handle}",
    )
