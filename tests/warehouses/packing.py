"""A bench with picked totes: three merchants' orders, from one piece to two totes.

Ana and Bob pack. ACME: hats, mugs (a case of 12 too), milk by lot, phones by serial. BOLT ships
nothing short and types no numbers; FERN cancels lines that are short.
"""

from __future__ import annotations

import json
from datetime import timedelta

from conftest import NOW, SITE
from sqlalchemy import insert
from sqlalchemy.orm import Session

from floorhand.domain.rules import Address, MerchantRules
from floorhand.domain.things import SUPPLIER, Goods, Line
from floorhand.store import ledger
from floorhand.store.db import Transactions
from floorhand.store.ledger import Cause
from floorhand.store.places import new_place
from floorhand.store.schema import (
    Barcode,
    BoxType,
    Merchant,
    Operation,
    Order,
    OrderLine,
    Place,
    Sku,
    Station,
    Worker,
)
from warehouses import built_once

WORKER = "W1"
BENCH = "BENCH-1"
STATION = "PACK-1"

PRODUCTS = (
    # merchant, SKU, name, barcode, sides in mm, weight in g, tracking
    ("ACME", "HAT", "Felt hat", "09506000134352", (280, 250, 120), 180, ""),
    ("ACME", "MUG", "Mug blue", "09506000134376", (110, 90, 100), 350, ""),
    ("ACME", "MILK", "Oat milk 1 l", "09506000134369", (95, 65, 195), 1040, "lot"),
    ("ACME", "PHONE", "Phone 5", "PHONE-5", (160, 80, 20), 210, "serial"),
    ("ACME", "POLE", "Curtain pole 2 m", "POLE-2", (2000, 30, 30), 900, ""),
    ("BOLT", "NUT", "Wing nut", "NUT-8", (20, 15, 10), 12, ""),
    ("BOLT", "MUG", "Cup", "09506000134376", (100, 80, 90), 300, ""),
    ("FERN", "TEA", "Green tea", "TEA-1", (0, 0, 0), 0, ""),
)

BOXES = (
    ("S", "Small", 200, 150, 100, 90, 3_000),
    ("M", "Medium", 300, 270, 200, 210, 12_000),
    ("L", "Large", 600, 400, 400, 560, 25_000),
)

ORDERS = (
    # order, hours until due, lines (SKU, ordered), tote -> goods picked into it
    ("ACME/1001", 2, (("HAT", 1), ("MUG", 3)), {"T-1": ("1 HAT", "3 MUG")}),
    (
        "ACME/1002",
        3,
        (("MUG", 14), ("MILK", 3)),
        {"T-2": ("14 MUG",), "T-3": ("2 MILK A", "1 MILK B")},
    ),
    ("ACME/1003", 4, (("HAT", 1),), {"T-4": ("1 HAT",)}),
    ("ACME/1004", 1, (("HAT", 1),), {"T-5": ("1 HAT",)}),
    (
        "ACME/1005",
        5,
        (("PHONE", 2), ("POLE", 1)),
        {"T-6": ("1 PHONE #SN1", "1 PHONE #SN2", "1 POLE")},
    ),
    ("BOLT/1001", 6, (("NUT", 5), ("MUG", 1)), {"T-7": ("5 NUT", "1 MUG")}),
    ("FERN/7", 7, (("TEA", 4),), {"T-8": ("4 TEA",)}),
    ("ACME/1006", 8, (("MUG", 2),), {"T-9": ("2 MUG",)}),
)


@built_once
def build(transactions: Transactions) -> None:
    """Everything above, with the goods in their totes at the bench."""
    with transactions.begin() as tx:
        _people(tx)
        _places(tx)
        _goods(tx)
        for number, order in enumerate(ORDERS):
            picked_order(tx, number, *order)


def picked_order(
    tx: Session,
    number: int,
    order: str,
    due_in_hours: int,
    lines: tuple[tuple[str, int], ...],
    totes: dict[str, tuple[str, ...]],
    **columns: str,
) -> None:
    """An order whose goods were picked into totes that stand at the bench."""
    merchant, _, name = order.partition("/")
    ship_to = Address("Ada Byron", line1="12 St James Sq", city="London", postcode="SW1Y")
    values = {
        "state": "picked",
        "due_at": NOW + timedelta(hours=due_in_hours),
        "channel": "shopify",
        "platform_id": f"gid-{merchant}-{name}",
        "ship_to": ship_to.to_json(),
        "carrier": "Northway",
        **columns,
    }
    tx.execute(insert(Order).values(site=SITE, merchant=merchant, number=name, **values))
    for line_no, (sku, pieces) in enumerate(lines, start=1):
        tx.execute(
            insert(OrderLine).values(
                site=SITE,
                merchant=merchant,
                order=name,
                line_no=line_no,
                sku=sku,
                ordered=pieces,
                picked=pieces,
                platform_ids=json.dumps([f"{name}-{line_no}-{n}" for n in range(pieces)]),
            )
        )
    made = cause(tx, f"T:{number}")
    for tote, goods in totes.items():
        new_place(tx, SITE, code=tote, kind="tote", parent=BENCH, order_no=order, merchant=merchant)
        ledger.move(tx, made, SUPPLIER, tote, [_line(merchant, text) for text in goods])


def cause(tx: Session, operation: str) -> Cause:
    """A scan that happened before the test."""
    tx.execute(
        insert(Operation).values(
            site=SITE, id=operation, kind="Test", command="{}", worker="W1", seat="T", at=NOW
        )
    )
    return Cause(SITE, operation, "W1", "T", "", NOW)


def _line(merchant: str, text: str) -> Line:
    pieces, sku, *rest = text.split()
    goods = Goods(merchant, sku)
    if rest and rest[0].startswith("#"):
        goods = Goods(merchant, sku, serial=rest[0][1:])
    elif rest:
        goods = Goods(merchant, sku, lot=rest[0], expiry=f"2026-0{5 + ord(rest[0]) - ord('A')}-01")
    return Line(goods, int(pieces))


def _people(tx: Session) -> None:
    for code, name in (("W1", "Ana"), ("W2", "Bob")):
        tx.execute(
            insert(Worker).values(
                site=SITE, code=code, name=name, badge=f"BADGE-{name.upper()}", roles="packing"
            )
        )
    bolt = MerchantRules(short_policy="hold", typed_quantity=False)
    fern = MerchantRules(short_policy="cancel_line", pack_instruction="Wrap in green paper.")
    for code, name, rules in (("BOLT", "Bolt & Nut", bolt), ("FERN", "Fern Pantry", fern)):
        tx.execute(insert(Merchant).values(site=SITE, code=code, name=name, rules=rules.to_json()))


def _places(tx: Session) -> None:
    new_place(tx, SITE, code=BENCH, kind="bench")
    new_place(tx, SITE, code="BENCH-2", kind="bench")
    new_place(tx, SITE, code="CART-1", kind="cart")
    new_place(tx, SITE, code="T-99", kind="tote", parent=BENCH)
    tx.execute(insert(Station).values(site=SITE, code=STATION, scan_code="STATION-1", place=BENCH))
    for code, name, length, width, height, tare_g, carries_g in BOXES:
        tx.execute(
            insert(BoxType).values(
                site=SITE,
                code=code,
                name=name,
                length_mm=length,
                width_mm=width,
                height_mm=height,
                tare_g=tare_g,
                carries_g=carries_g,
            )
        )


def _goods(tx: Session) -> None:
    for merchant, sku, name, barcode, (length, width, height), weight_g, tracking in PRODUCTS:
        tx.execute(
            insert(Sku).values(
                site=SITE,
                merchant=merchant,
                code=sku,
                name=name,
                length_mm=length,
                width_mm=width,
                height_mm=height,
                weight_g=weight_g,
                lot_tracked=tracking == "lot",
                expiry_tracked=tracking == "lot",
                serial_tracked=tracking == "serial",
            )
        )
        tx.execute(insert(Barcode).values(site=SITE, merchant=merchant, code=barcode, sku=sku))
    tx.execute(
        insert(Barcode).values(
            site=SITE, merchant="ACME", code="MUG-CASE", sku="MUG", pieces=12, pack="case"
        )
    )


__all__ = ["BENCH", "STATION", "WORKER", "Place", "build", "cause", "picked_order"]
