"""Six bins with goods of three merchants, two carts, totes, two benches, and orders to pick.

Ana and Ben pick. ACME ships what there is, BOLT whole orders only, FERN whole lines only. The
building blocks are used by tests that need a house of their own.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from conftest import NOW, SITE
from sqlalchemy import insert
from sqlalchemy.orm import Session

from floorhand.domain.rules import MerchantRules
from floorhand.domain.things import SUPPLIER, Goods, Line
from floorhand.store import ledger
from floorhand.store.db import Transactions
from floorhand.store.ledger import Cause
from floorhand.store.places import new_place
from floorhand.store.schema import (
    Barcode,
    Merchant,
    Operation,
    Order,
    OrderLine,
    Place,
    Sku,
    Worker,
)
from warehouses import built_once

WORKER = "W1"
CARTS = (("CART-1", 3), ("CART-2", 2))
TOTES = tuple(f"T-{number}" for number in range(1, 9))

MUG = Goods("ACME", "MUG")
CAP = Goods("ACME", "CAP")
PEN = Goods("ACME", "PEN")
CAM = Goods("ACME", "CAM")
OLD_TEA = Goods("ACME", "TEA", lot="L1", expiry="2026-05-01")
NEW_TEA = Goods("ACME", "TEA", lot="L2", expiry="2026-05-05")
LATE_TEA = Goods("ACME", "TEA", lot="L3", expiry="2026-09-01")
BAD_TEA = Goods("ACME", "TEA", lot="L0", expiry="2026-02-01")
NUT = Goods("BOLT", "NUT")
FIG = Goods("FERN", "FIG")


def cause(tx: Session, operation: str, at: datetime = NOW, worker: str = WORKER) -> Cause:
    """A cause with the operation row that its moves need."""
    tx.execute(
        insert(Operation).values(
            site=SITE, id=operation, kind="Test", command="{}", worker=worker, seat="T", at=at
        )
    )
    return Cause(SITE, operation, worker, "T", "", at)


def put(tx: Session, place: str, goods: Goods, pieces: int, hours_ago: int = 24) -> None:
    """Stock comes from the supplier into a place."""
    at = NOW - timedelta(hours=hours_ago)
    name = f"PUT:{place}:{goods.sku}:{goods.lot}{goods.serial}:{goods.condition}:{hours_ago}"
    ledger.move(tx, cause(tx, name, at), SUPPLIER, place, [Line(goods, pieces)])


def order(
    tx: Session,
    number: str,
    lines: Iterable[tuple[str, int]],
    merchant: str = "ACME",
    due_h: int = 6,
    **values: object,
) -> None:
    """An order of (SKU, pieces), due some hours from now."""
    due_at = NOW + timedelta(hours=due_h)
    tx.execute(
        insert(Order).values(site=SITE, merchant=merchant, number=number, due_at=due_at, **values)
    )
    tx.execute(
        insert(OrderLine),
        [
            {
                "site": SITE,
                "merchant": merchant,
                "order": number,
                "line_no": line_no,
                "sku": sku,
                "ordered": pieces,
            }
            for line_no, (sku, pieces) in enumerate(lines, 1)
        ],
    )


def furnish(tx: Session) -> None:
    """Workers, merchants, products with barcodes, places; no stock and no orders."""
    for code, name in (("W1", "Ana"), ("W2", "Ben")):
        tx.execute(
            insert(Worker).values(
                site=SITE, code=code, name=name, badge=f"BADGE-{name.upper()}", roles="picking"
            )
        )
    for code, policy in (("BOLT", "hold"), ("FERN", "cancel_line")):
        rules = MerchantRules(short_policy=policy).to_json()
        tx.execute(insert(Merchant).values(site=SITE, code=code, name=code.title(), rules=rules))
    for merchant, code, name, flags in (
        ("ACME", "MUG", "Mug white", {}),
        ("ACME", "CAP", "Cap red", {}),
        ("ACME", "PEN", "Pen", {}),
        ("ACME", "TEA", "Green tea", {"lot_tracked": True, "expiry_tracked": True}),
        ("ACME", "CAM", "Camera", {"serial_tracked": True}),
        ("BOLT", "NUT", "Nut M8", {}),
        ("FERN", "FIG", "Figs", {}),
    ):
        tx.execute(insert(Sku).values(site=SITE, merchant=merchant, code=code, name=name, **flags))
        row = {"site": SITE, "merchant": merchant, "sku": code}
        tx.execute(insert(Barcode).values(**row, code=f"{code}-1"))
    tx.execute(
        insert(Barcode).values(
            site=SITE, merchant="ACME", sku="CAP", code="CAP-4", pieces=4, pack="case"
        )
    )
    tx.execute(insert(Barcode).values(site=SITE, merchant="ACME", sku="TEA", code="09506000134352"))
    for walk_no, code in enumerate(("A-01", "A-02", "B-01", "B-02", "C-01", "C-04"), 1):
        new_place(
            tx,
            SITE,
            code=code,
            kind="bin",
            scan_code=f"BIN-{code}",
            check_digits=f"{walk_no}7",
            walk_no=walk_no * 10,
        )
    for code, slots in CARTS:
        new_place(tx, SITE, code=code, kind="cart", slots=slots)
    for code in TOTES:
        new_place(tx, SITE, code=code, kind="tote")
    for code in ("BENCH-1", "BENCH-2"):
        new_place(tx, SITE, code=code, kind="bench")


def stock(tx: Session) -> None:
    """Mugs in two bins, caps, pens, tea in lots, a pallet of nuts, figs, three cameras."""
    new_place(tx, SITE, code="PAL-1", kind="pallet", parent="C-04")
    put(tx, "A-01", MUG, 3, hours_ago=48)
    put(tx, "B-02", MUG, 10, hours_ago=24)
    put(tx, "A-02", CAP, 6)
    put(tx, "A-01", PEN, 5)
    put(tx, "B-01", OLD_TEA, 4)
    put(tx, "B-01", NEW_TEA, 4)
    put(tx, "B-01", LATE_TEA, 4)
    put(tx, "B-02", BAD_TEA, 4)
    put(tx, "C-04", FIG, 3)
    put(tx, "PAL-1", NUT, 20)
    for serial in ("S1", "S2", "S3"):
        put(tx, "C-01", Goods("ACME", "CAM", serial=serial), 1)


@built_once
def build(transactions: Transactions) -> None:
    """Furnish and stock the house; two orders of several pieces and a later one of a single pen."""
    with transactions.begin() as tx:
        furnish(tx)
        stock(tx)
        order(tx, "1001", [("MUG", 2), ("TEA", 1)])
        order(tx, "1002", [("CAP", 5), ("MUG", 1)])
        order(tx, "1003", [("PEN", 1)], due_h=8)


def place_row(tx: Session, code: str) -> Place:
    """Give a place as it is."""
    found = tx.get(Place, (SITE, code))
    assert found is not None
    return found
