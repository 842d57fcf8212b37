"""Our own CSVs about what there is: bins (all places), boxes, products, workers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from floorhand.domain.gs1 import gtin14, upc_e
from floorhand.domain.pins import is_fit, is_hash
from floorhand.domain.rights import ROLES
from floorhand.exchange import cells
from floorhand.exchange.cells import BadCell
from floorhand.exchange.layout import Field, Layout, Reader, Table
from floorhand.exchange.reading import Source
from floorhand.exchange.records import (
    BarcodeRecord,
    BoxRecord,
    Context,
    Parsed,
    PlaceRecord,
    ProductRecord,
    Record,
    WorkerRecord,
)

PLACE_KINDS = ("bin", "dock", "bench", "cart", "tote", "pallet", "carton")
PACKS = ("each", "inner", "case")

SLOTS_MAX = 24
"""Totes on one cart; more cannot be told apart on its screen."""

BINS = Layout(
    "bins",
    (
        Field("place", "code for people, in capitals: A-01-2", ("bin", "code", "location"), True),
        Field("kind", f"{', '.join(PLACE_KINDS)}; empty: bin", ("place kind", "place type")),
        Field("parent", "place it stands in"),
        Field("zone", "part of the building", ("area",)),
        Field("storage", "what it is for: ambient (empty), chilled, hazard …", ("storage type",)),
        Field("merchant", "whose goods only; empty: anybody's"),
        Field("walk_no", "position on the walk; empty: as in this file", ("walk", "sequence")),
        Field("aisle_no", "number of its aisle", ("aisle",)),
        Field("y_mm", "distance along its aisle"),
        Field("level", "0 is the floor"),
        Field("pick_face", "yes if small quantities are picked here"),
        Field("capacity_ml", "inner volume; empty: not limited", ("volume_ml",)),
        Field("capacity_l", "the same in litres"),
        Field("capacity_g", "what it carries"),
        Field("capacity_kg", "the same in kg"),
        Field("capacity_pieces", "how many pieces", ("max pieces",)),
        Field("inner_height_mm", "clear height"),
        Field("slots", "carts: how many totes"),
        Field("scan_code", "what its barcode holds; empty: one is made", ("barcode",)),
        Field("check_digits", "2 to 4 digits; empty: drawn", ("check",)),
        Field("blocked", "why nothing may be picked here"),
    ),
)

PRODUCTS = Layout(
    "products",
    (
        Field(
            "sku",
            "the merchant's code of the product",
            ("product", "product code", "product id", "article", "item", "id"),
            True,
        ),
        Field("merchant", "owner; empty: what --merchant says", ("owner",)),
        Field("name", "as pickers should read it", ("product name", "title", "description")),
        Field(
            "barcode",
            "EAN, UPC or any code on it; several are separated by |",
            ("barcodes", "ean", "upc", "gtin", "upcean"),
        ),
        Field("pieces", "pieces in what carries this row's barcode; empty: 1"),
        Field("pack", "each, inner or case; empty: each"),
        Field("inner_barcode", "code on an inner pack"),
        Field("inner_pieces", "pieces in it"),
        Field("case_barcode", "code on a case"),
        Field("case_pieces", "pieces in it"),
        Field("weight_g", "of one piece", ("product weight g", "grams")),
        Field("weight_kg", "the same in kg", ("weight (kg)",)),
        Field("length_mm", "of one piece"),
        Field("width_mm", "of one piece"),
        Field("height_mm", "of one piece"),
        Field("length_cm", "the same in cm", ("product length cm",)),
        Field("width_cm", "the same in cm", ("product width cm",)),
        Field("height_cm", "the same in cm", ("product height cm",)),
        Field("lot_tracked", "yes or no", ("lot",)),
        Field("expiry_tracked", "yes or no", ("expiry", "perishable")),
        Field("serial_tracked", "yes or no", ("serial",)),
        Field("min_life_days", "days it must still live at receipt"),
        Field("storage", "chilled, hazard …; empty: ambient", ("storage type",)),
        Field("abc", "A (fast), B or C"),
    ),
)

_VAGUE = ("merchant", "name", "pieces", "pack", "storage")
"""Headings that lists of many other things have as well."""

PRODUCTS_TELL = (
    "sku",
    "product code",
    "product id",
    *(
        name
        for field in PRODUCTS.fields[1:]
        if field.name not in _VAGUE
        for name in (field.name, *field.also)
    ),
)
"""Of these a list of products has one: ``id`` and ``item`` alone stand over lists of anything."""

WORKERS = Layout(
    "workers",
    (
        Field("worker", "staff number, typed to sign in with the PIN", ("code", "number"), True),
        Field("name", "shown on screen", required=True),
        Field("badge", "code on the badge; empty: one is made"),
        Field("pin", "6 to 12 digits, or their hash; only the hash is kept; empty: badge only"),
        Field("roles", " ".join(ROLES), ("role", "jobs")),
        Field("language", "en, it …"),
    ),
)

BOXES = Layout(
    "boxes",
    (
        Field("box", "code of the box type", ("box type", "code", "carton"), True),
        Field("name", "shown at the bench; empty: the code"),
        Field("length_mm", "inner, in mm", ("inner length",), True),
        Field("width_mm", "inner, in mm", ("inner width",), True),
        Field("height_mm", "inner, in mm", ("inner height", "inner depth"), True),
        Field("tare_g", "weight when empty, in g", ("empty weight", "tare")),
        Field("carries_g", "what it can carry, in g", ("max weight",)),
    ),
)


def read_bins(source: Source, _context: Context) -> Parsed:
    """Read places of all kinds."""
    return each(source, BINS, _place)


def read_products(source: Source, context: Context) -> Parsed:
    """Read products; further rows of the same SKU add barcodes to it."""
    first: dict[tuple[str, str], ProductRecord] = {}

    def product(row: Reader) -> ProductRecord:
        record = _product(row, context.owner)
        key = (record.merchant, record.sku.upper())
        before = first.get(key)
        first[key] = record if before is None else _together(before, record)
        return record

    return each(source, PRODUCTS, product)


_TELLS_APART = (
    "name", "weight_g", "length_mm", "width_mm", "height_mm", "lot_tracked", "expiry_tracked",
    "serial_tracked", "min_life_days", "storage", "abc",
)  # fmt: skip


def _together(before: ProductRecord, later: ProductRecord) -> ProductRecord:
    """Add what a later row of the same SKU says; one that says otherwise is another product."""
    said = {n: v for n in _TELLS_APART if (v := getattr(later, n)) not in (None, "")}
    for name, value in said.items():
        if getattr(before, name) not in (None, "", value):
            raise BadCell(
                f"sku {cells.shown(later.sku)} stands on line {before.line} with another {name}; "
                "give each product a SKU of its own"
            )
    return replace(before, **said)


def read_workers(source: Source, _context: Context) -> Parsed:
    """Read workers."""
    return each(source, WORKERS, _worker)


def read_boxes(source: Source, _context: Context) -> Parsed:
    """Read types of shipping boxes."""
    return each(source, BOXES, _box)


def barcode(cell: str, what: str = "barcode") -> str:
    """Read a product's barcode: GTINs as 14 digits, everything else as printed."""
    plain = cells.code(cell, what).lstrip("'")
    if plain.startswith("*"):
        raise BadCell(f"{what} {cells.shown(plain)} begins like a command barcode (*)")
    return gtin14(plain) or upc_e(plain) or plain


def each(source: Source, layout: Layout, make: Callable[[Reader], Record]) -> Parsed:
    """Make a record of each row; rows that cannot be read are put aside."""
    parsed = Parsed()
    rows = 0
    for row in Table(source, layout).rows(parsed):
        rows += 1
        try:
            parsed.records.append(make(row))
        except BadCell as error:
            parsed.reject(row.line, str(error))
    parsed.facts["rows"] = rows
    return parsed


def _place(row: Reader) -> PlaceRecord:
    code = row.needed("place").upper()
    if code.startswith(("@", "*")):
        raise BadCell(f"place {cells.shown(code)} begins with a sign that is not for places")
    check = row.code("check_digits")
    if check and not (
        check.isascii() and check.isdecimal() and 2 <= len(check) <= 4 and int(check)
    ):
        raise BadCell(f"check_digits is {cells.shown(check)}; expected 2 to 4 digits, not only 0")
    slots = row.measure("slots")
    if slots is not None and slots > SLOTS_MAX:
        raise BadCell(f"slots is {slots}; at most {SLOTS_MAX} totes fit a cart")
    scan_code = row.code("scan_code")
    if scan_code.startswith("*"):
        raise BadCell(f"scan_code {cells.shown(scan_code)} begins like a command barcode (*)")
    return PlaceRecord(
        row.line,
        code,
        kind=row.choice("kind", PLACE_KINDS, "bin"),
        parent=row.code("parent").upper(),
        scan_code=scan_code,
        check_digits=check,
        zone=row.code("zone"),
        storage=_storage(row),
        merchant=row.code("merchant"),
        blocked=row.text("blocked"),
        walk_no=row.measure("walk_no"),
        aisle_no=row.measure("aisle_no"),
        y_mm=row.measure("y_mm"),
        level=row.measure("level"),
        pick_face=row.flag("pick_face"),
        capacity_ml=row.measure("capacity_ml", "capacity_l", 1000),
        capacity_g=row.measure("capacity_g", "capacity_kg", 1000),
        capacity_pieces=row.measure("capacity_pieces"),
        inner_height_mm=row.measure("inner_height_mm"),
        slots=slots,
    )


def _storage(row: Reader) -> str:
    word = row.code("storage").casefold()
    return "" if word == "ambient" else word


def _product(row: Reader, owner: str) -> ProductRecord:
    sku = row.needed("sku")
    abc = row.code("abc").upper()
    if abc not in ("", "A", "B", "C"):
        raise BadCell(f"abc is {cells.shown(abc)}; expected A, B or C")
    return ProductRecord(
        row.line,
        row.code("merchant") or owner,
        sku,
        name=row.text("name"),
        barcodes=_barcodes(row),
        weight_g=row.measure("weight_g", "weight_kg", 1000),
        length_mm=row.measure("length_mm", "length_cm", 10),
        width_mm=row.measure("width_mm", "width_cm", 10),
        height_mm=row.measure("height_mm", "height_cm", 10),
        lot_tracked=row.flag("lot_tracked"),
        expiry_tracked=row.flag("expiry_tracked"),
        serial_tracked=row.flag("serial_tracked"),
        min_life_days=row.measure("min_life_days"),
        storage=_storage(row),
        abc=abc,
    )


def _barcodes(row: Reader) -> tuple[BarcodeRecord, ...]:
    made: list[BarcodeRecord] = []
    pack = row.choice("pack", PACKS, "each")
    pieces = row.pieces("pieces") if row.raw("pieces").strip() else 1
    if pieces > 1 and not row.raw("pack").strip():
        pack = "case"
    for part in row.raw("barcode").split("|"):
        if code := barcode(part):
            made.append(BarcodeRecord(code, pieces, pack))
    for outer in ("inner", "case"):
        if code := barcode(row.raw(f"{outer}_barcode"), f"{outer}_barcode"):
            made.append(BarcodeRecord(code, row.pieces(f"{outer}_pieces"), outer))
    return tuple(made)


def _worker(row: Reader) -> WorkerRecord:
    pin = row.raw("pin").strip()
    if pin and not (is_fit(pin) or is_hash(pin)):
        raise BadCell("pin is not 6 to 12 digits that are neither all the same nor in a row")
    roles = row.text("roles").casefold()
    for separator in ",;|/":
        roles = roles.replace(separator, " ")
    words = tuple(dict.fromkeys(roles.split()))
    if unknown := [word for word in words if word not in ROLES]:
        raise BadCell(f"roles has {cells.shown(unknown[0])}; known: {', '.join(ROLES)}")
    badge = row.code("badge")
    if badge.startswith("*"):
        raise BadCell(f"badge {cells.shown(badge)} begins like a command barcode (*)")
    return WorkerRecord(
        row.line,
        row.needed("worker"),
        name=row.text("name"),
        badge=badge,
        pin=pin,
        roles=" ".join(words),
        language=row.code("language").casefold(),
    )


def _box(row: Reader) -> BoxRecord:
    sizes = [row.measure(name) for name in ("length_mm", "width_mm", "height_mm")]
    if not all(sizes):
        raise BadCell("length_mm, width_mm and height_mm must all be above 0")
    length_mm, width_mm, height_mm = (size or 0 for size in sizes)
    code = row.needed("box")
    return BoxRecord(
        row.line,
        code,
        row.text("name") or code,
        length_mm,
        width_mm,
        height_mm,
        tare_g=row.measure("tare_g"),
        carries_g=row.measure("carries_g"),
    )
