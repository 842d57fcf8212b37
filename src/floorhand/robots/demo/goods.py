"""The demo's goods: what is on the shelves, with lots, expiry dates and serials."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from floorhand.domain.barcodes import gtin14
from floorhand.domain.things import SUPPLIER, Goods, Line
from floorhand.store import ledger
from floorhand.store.ledger import Cause
from floorhand.store.schema import Barcode, Place, Sku
from floorhand.text.catalog import ASSETS

PIECES_BY_ABC = {"A": (60, 120), "B": (30, 60), "C": (12, 30)}

SERIAL_PIECES = 8
BINS_PER_SKU_MAX = 3
CHILLED_LIFE_DAYS = (21, 60)
SHELF_LIFE_DAYS = (150, 500)

NOT_IN_STOCK = frozenset({"ALM-YOG", "FJ-TARP", "PA-CAL"})
"""These stand in a delivery at the dock, and orders wait for them."""


@dataclass(frozen=True, slots=True)
class Product:
    """A product of the demo as its file has it."""

    merchant: str
    sku: str
    name: str
    each: str
    case: str
    case_pieces: int
    weight_g: int
    length_mm: int
    width_mm: int
    height_mm: int
    lot_tracked: bool
    expiry_tracked: bool
    serial_tracked: bool
    min_life_days: int
    storage: str
    abc: str


def products() -> tuple[Product, ...]:
    """Read the products from the assets."""
    with (ASSETS / "demo" / "goods.csv").open(encoding="utf-8", newline="") as file:
        return tuple(_product(row) for row in csv.DictReader(file))


def _product(row: dict[str, str]) -> Product:
    return Product(
        merchant=row["merchant"],
        sku=row["sku"],
        name=row["name"],
        each=row["each"],
        case=row["case"],
        case_pieces=int(row["case_pieces"]),
        weight_g=int(row["weight_g"]),
        length_mm=int(row["length_mm"]),
        width_mm=int(row["width_mm"]),
        height_mm=int(row["height_mm"]),
        lot_tracked=row["lot_tracked"] == "1",
        expiry_tracked=row["expiry_tracked"] == "1",
        serial_tracked=row["serial_tracked"] == "1",
        min_life_days=int(row["min_life_days"]),
        storage=row["storage"],
        abc=row["abc"],
    )


def list_goods(tx: Session, site: str, goods: tuple[Product, ...]) -> None:
    """Write products and their barcodes: piece, case, and the SKU as a label of our own."""
    skus, codes = [], []
    for item in goods:
        skus.append(
            {
                "site": site,
                "merchant": item.merchant,
                "code": item.sku,
                "name": item.name,
                "weight_g": item.weight_g,
                "length_mm": item.length_mm,
                "width_mm": item.width_mm,
                "height_mm": item.height_mm,
                "lot_tracked": item.lot_tracked,
                "expiry_tracked": item.expiry_tracked,
                "serial_tracked": item.serial_tracked,
                "min_life_days": item.min_life_days,
                "storage": item.storage,
                "abc": item.abc,
            }
        )
        packs = ((gtin14(item.each), 1, "each"), (item.sku, 1, "each"))
        for code, pieces, pack in (*packs, (gtin14(item.case), item.case_pieces, "case")):
            codes.append(
                {
                    "site": site,
                    "merchant": item.merchant,
                    "code": code,
                    "sku": item.sku,
                    "pieces": pieces,
                    "pack": pack,
                }
            )
    tx.execute(insert(Sku), skus)
    tx.execute(insert(Barcode), codes)


def fill_shelves(
    tx: Session, cause: Cause, earlier: Cause, goods: tuple[Product, ...], rng: Random
) -> None:
    """Put stock into bins, as moves from the supplier like any other stock.

    Args:
        tx: An open transaction.
        cause: Behind what came in now.
        earlier: Behind what came in long ago: the fast goods.
        goods: What the demo has.
        rng: Source of chance.
    """
    free = {storage: _free_bins(tx, cause.site, storage) for storage in ("", "chilled")}
    for item in goods:
        if item.sku in NOT_IN_STOCK:
            continue
        for pieces, lot in _lots(item, rng, cause.at.date()):
            place = free[item.storage].pop(rng.randrange(len(free[item.storage])))
            since = earlier if item.abc == "A" else cause
            ledger.move(tx, since, SUPPLIER, place, list(_lines(item, pieces, lot)))


def lot_of(item: Product, rng: Random, today: date) -> tuple[str, str]:
    """Draw a lot and its expiry for goods that come in today; empty where not tracked."""
    shortest, longest = CHILLED_LIFE_DAYS if item.storage == "chilled" else SHELF_LIFE_DAYS
    expiry = today + timedelta(days=rng.randint(shortest, longest))
    lot = f"L{rng.randrange(10_000):04d}"
    return (lot if item.lot_tracked else "", expiry.isoformat() if item.expiry_tracked else "")


def _free_bins(tx: Session, site: str, storage: str) -> list[str]:
    return list(
        tx.scalars(
            select(Place.code)
            .where(
                Place.site == site,
                Place.kind == "bin",
                Place.storage == storage,
                Place.pick_face.is_(True),
            )
            .order_by(Place.walk_no)
        )
    )


def _lots(item: Product, rng: Random, today: date) -> Iterator[tuple[int, tuple[str, str]]]:
    """Split the stock of a product into bins, each with a lot of its own."""
    if item.serial_tracked:
        yield SERIAL_PIECES, ("", "")
        return
    left = rng.randint(*PIECES_BY_ABC[item.abc])
    room = max(1, 80_000_000 // (item.length_mm * item.width_mm * item.height_mm))
    for _ in range(BINS_PER_SKU_MAX):
        pieces = min(left, room, rng.randint(left // 2 + 1, left))
        yield pieces, lot_of(item, rng, today)
        left -= pieces
        if not left:
            return


def _lines(item: Product, pieces: int, lot: tuple[str, str]) -> Iterator[Line]:
    if item.serial_tracked:
        for number in range(1, pieces + 1):
            yield Line(Goods(item.merchant, item.sku, serial=f"HL26{number:05d}"), 1)
    else:
        yield Line(Goods(item.merchant, item.sku, *lot), pieces)
