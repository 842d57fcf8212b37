"""Two docks, three merchants, deliveries that wait, bins of every kind.

Ana may receive and put away, Bea the same and blind deliveries too.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from conftest import SITE
from sqlalchemy import insert
from sqlalchemy.orm import Session

from floorhand.domain.rules import MerchantRules
from floorhand.store.db import Transactions
from floorhand.store.places import new_place
from floorhand.store.schema import Barcode, Delivery, DeliveryLine, Merchant, Sku, Worker
from warehouses import built_once

WORKER = "W1"
MUG, MUG_CASE = "09506000134352", "19506000134359"
CAP, LAMP, VASE, KEG = "09506000134369", "09506000134376", "09506000134383", "09506000134390"
MILK, OATS = "09506000134406", "09506000134413"

SKUS: tuple[tuple[str, str, str, dict[str, Any]], ...] = (
    ("ACME", "MUG", "Mug blue", {"weight_g": 400, "abc": "A"}),
    ("ACME", "CAP", "Cap red", {"weight_g": 90, "abc": "C"}),
    ("ACME", "LAMP", "Lamp", {"serial_tracked": True}),
    ("ACME", "VASE", "Vase", {"height_mm": 700}),
    ("ACME", "KEG", "Keg", {"weight_g": 20_000}),
    (
        "FERN",
        "MILK",
        "Milk 1 l",
        {"lot_tracked": True, "expiry_tracked": True, "min_life_days": 30, "storage": "chilled"},
    ),
    ("FERN", "OATS", "Oat flakes", {"expiry_tracked": True}),
    ("BOLT", "MUG", "Cup of Bolt", {}),
)
BARCODES = (
    ("ACME", MUG, "MUG", 1, "each"),
    ("ACME", MUG_CASE, "MUG", 12, "case"),
    ("ACME", CAP, "CAP", 1, "each"),
    ("ACME", LAMP, "LAMP", 1, "each"),
    ("ACME", VASE, "VASE", 1, "each"),
    ("ACME", KEG, "KEG", 1, "each"),
    ("FERN", MILK, "MILK", 1, "each"),
    ("FERN", OATS, "OATS", 1, "each"),
    ("BOLT", MUG, "MUG", 1, "each"),
)
DELIVERIES = (
    ("D-100", "ACME", "TRACK100", (("MUG", "", 20), ("CAP", "", 5))),
    ("D-200", "FERN", "TRACK200", (("MILK", "L7", 6), ("MILK", "", 4), ("OATS", "", 3))),
    ("D-300", "ACME", "", (("LAMP", "", 2),)),
)
BINS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("A-01-1", {"zone": "A", "aisle_no": 1, "y_mm": 1000, "level": 1, "capacity_pieces": 10}),
    ("A-01-2", {"zone": "A", "aisle_no": 1, "y_mm": 1000, "level": 2, "capacity_pieces": 10}),
    ("A-02-1", {"zone": "A", "aisle_no": 1, "y_mm": 2000, "level": 1, "capacity_pieces": 20}),
    ("B-01-1", {"zone": "B", "aisle_no": 2, "y_mm": 1000, "level": 1}),
    ("B-01-2", {"zone": "B", "aisle_no": 2, "y_mm": 1000, "level": 2, "inner_height_mm": 500}),
    ("B-02-1", {"zone": "B", "aisle_no": 2, "y_mm": 9000, "level": 1, "inner_height_mm": 500}),
    ("K-01-1", {"zone": "K", "storage": "chilled", "aisle_no": 3, "y_mm": 1000, "level": 1}),
    ("K-01-2", {"zone": "K", "storage": "chilled", "aisle_no": 3, "y_mm": 1000, "level": 2}),
    ("H-01-1", {"zone": "HOLD", "storage": "hold", "aisle_no": 4, "y_mm": 1000, "level": 1}),
)


@built_once
def build(transactions: Transactions) -> None:
    """Fill the empty warehouse."""
    with transactions.begin() as tx:
        _people(tx)
        _goods(tx)
        for number, dock in enumerate(("DOCK-1", "DOCK-2"), 1):
            new_place(
                tx, SITE, code=dock, kind="dock", scan_code=f"LD{number}", check_digits=f"1{number}"
            )
        for number, (code, columns) in enumerate(BINS, 1):
            new_place(
                tx,
                SITE,
                code=code,
                kind="bin",
                scan_code=f"L{code}",
                check_digits=f"{30 + number}",
                walk_no=number,
                **columns,
            )
        new_place(tx, SITE, code="T-1", kind="tote", scan_code="T-1")
        new_place(tx, SITE, code="BENCH-1", kind="bench", scan_code="LBENCH1")
        for number, merchant, tracking, lines in DELIVERIES:
            announce(tx, number, merchant, lines, tracking=tracking)


def announce(
    tx: Session,
    number: str,
    merchant: str,
    lines: Iterable[tuple[str, str, int]],
    *,
    tracking: str = "",
) -> None:
    """Announce a delivery with lines of (SKU, lot, pieces)."""
    tx.execute(
        insert(Delivery).values(site=SITE, number=number, merchant=merchant, tracking=tracking)
    )
    for line_no, (sku, lot, pieces) in enumerate(lines, 1):
        tx.execute(
            insert(DeliveryLine).values(
                site=SITE,
                delivery=number,
                line_no=line_no,
                merchant=merchant,
                sku=sku,
                lot=lot,
                expected=pieces,
            )
        )


def _people(tx: Session) -> None:
    for code, name, roles in (
        ("W1", "Ana", "receiving putaway"),
        ("W2", "Bea", "receiving putaway blind"),
    ):
        tx.execute(
            insert(Worker).values(
                site=SITE, code=code, name=name, badge=f"BADGE-{name.upper()}", roles=roles
            )
        )
    ddmmyy = MerchantRules(expiry_order="DDMMYY", over_tolerance_pct=50).to_json()
    tx.execute(insert(Merchant).values(site=SITE, code="FERN", name="Fern Pantry", rules=ddmmyy))
    tx.execute(insert(Merchant).values(site=SITE, code="BOLT", name="Bolt & Nut"))


def _goods(tx: Session) -> None:
    for merchant, sku, name, columns in SKUS:
        tx.execute(insert(Sku).values(site=SITE, merchant=merchant, code=sku, name=name, **columns))
    for merchant, code, sku, pieces, pack in BARCODES:
        tx.execute(
            insert(Barcode).values(
                site=SITE, merchant=merchant, code=code, sku=sku, pieces=pieces, pack=pack
            )
        )
