"""A returns bench: four orders that shipped, and what comes back of them.

Orders 1001 (two mugs, a cap), 1002 (three mugs, the same buyer), 1003 (two milk, lot L1) and 1004
(a phone, serial SN-1) of ACME have left; 1005 has not. BOLT sells a cup with the mug's barcode.
"""

from __future__ import annotations

from datetime import timedelta

from conftest import NOW, SITE
from sqlalchemy import insert

from floorhand.domain.things import CUSTOMER, SUPPLIER, Goods, Line
from floorhand.store import ledger
from floorhand.store.carrier_codes import OF_ORDER, keep_codes
from floorhand.store.db import Transactions
from floorhand.store.ledger import Cause
from floorhand.store.places import new_place
from floorhand.store.schema import (
    Barcode,
    Merchant,
    Operation,
    Order,
    OrderLine,
    Parcel,
    Return,
    ReturnLine,
    Sku,
    Worker,
)
from warehouses import built_once

WORKER = "W1"

MUG, CAP, MILK, PHONE, SHARED = (
    "09506000134352",
    "09506000134369",
    "09506000134376",
    "09506000134383",
    "09506000134390",
)

SKUS = (
    ("ACME", "MUG", "Mug blue", MUG, {}),
    ("ACME", "CAP", "Cap", CAP, {}),
    ("ACME", "MILK", "Oat milk", MILK, {"lot_tracked": True, "expiry_tracked": True}),
    ("ACME", "PHONE", "Phone", PHONE, {"serial_tracked": True}),
    ("ACME", "BOWL", "Bowl", SHARED, {}),
    ("BOLT", "CUP", "Cup", SHARED, {}),
    ("BOLT", "NUT", "Nut", "NUT-1", {}),
)

ORDERS = (
    ("1001", "C-1", 5, ((Goods("ACME", "MUG"), 2), (Goods("ACME", "CAP"), 1))),
    ("1002", "C-1", 20, ((Goods("ACME", "MUG"), 3),)),
    ("1003", "C-2", 8, ((Goods("ACME", "MILK", "L1", "2026-12-31"), 2),)),
    ("1004", "C-3", 9, ((Goods("ACME", "PHONE", serial="SN-1"), 1),)),
    ("1006", "C-4", 90, ((Goods("ACME", "MUG"), 1),)),
)

RETURNS = (
    ("RMA-1", "1001", "C-1", "tiktok", "TRK-1", (("MUG", 2, "Too big"), ("CAP", 1, ""))),
    ("RMA-2", "1003", "C-2", "shopify", "TRK-2", (("MILK", 2, ""),)),
    ("RMA-3", "1004", "C-3", "shopify", "TRK-2", (("PHONE", 1, ""),)),
    ("RMA-4", "", "C-1", "", "TRK-4", (("MUG", 3, ""),)),
)


@built_once
def build(transactions: Transactions) -> None:
    """Build it."""
    with transactions.begin() as tx:
        tx.execute(insert(Merchant).values(site=SITE, code="BOLT", name="Bolt & Nut"))
        for code, name in (("W1", "Ana"), ("W2", "Ben")):
            tx.execute(
                insert(Worker).values(
                    site=SITE, code=code, name=name, badge=f"BADGE-{name.upper()}", roles="returns"
                )
            )
        for merchant, code, name, barcode, flags in SKUS:
            tx.execute(
                insert(Sku).values(site=SITE, merchant=merchant, code=code, name=name, **flags)
            )
            tx.execute(insert(Barcode).values(site=SITE, merchant=merchant, code=barcode, sku=code))
        case = {"site": SITE, "merchant": "ACME", "code": "MUG-CASE", "sku": "MUG", "pieces": 3}
        tx.execute(insert(Barcode).values(**case, pack="case"))
        new_place(tx, SITE, code="T-1", kind="tote", scan_code="TOTE-1")
        new_place(tx, SITE, code="T-9", kind="tote", scan_code="TOTE-9", order_no="ACME/1005")
        new_place(tx, SITE, code="A-01-1", kind="bin", scan_code="LBIN1")
        for number, order in enumerate(ORDERS):
            _ship(tx, number, *order)
        _order(tx, "1005", "C-5", None, ((Goods("ACME", "MUG"), 1),), state="released")
        for announced in RETURNS:
            _announce(tx, *announced)


def _order(tx, number, customer, shipped_at, lines, *, state):
    tx.execute(
        insert(Order).values(
            site=SITE,
            merchant="ACME",
            number=number,
            state=state,
            customer=customer,
            placed_at=(shipped_at or NOW) - timedelta(days=1),
            due_at=shipped_at or NOW,
            shipped_at=shipped_at,
        )
    )
    for line_no, (goods, pieces) in enumerate(lines, 1):
        done = pieces if state == "shipped" else 0
        tx.execute(
            insert(OrderLine).values(
                site=SITE,
                merchant="ACME",
                order=number,
                line_no=line_no,
                sku=goods.sku,
                ordered=pieces,
                picked=done,
                packed=done,
            )
        )


def _ship(tx, index, number, customer, days_ago, lines):
    shipped_at = NOW - timedelta(days=days_ago)
    _order(tx, number, customer, shipped_at, lines, state="shipped")
    carton = f"PARCEL-{number}"
    new_place(tx, SITE, code=carton, kind="carton", state="shipped", order_no=f"ACME/{number}")
    tx.execute(
        insert(Parcel).values(
            site=SITE,
            carton=carton,
            merchant="ACME",
            order=number,
            state="handed_over",
        )
    )
    keep_codes(tx, SITE, "ACME", number, OF_ORDER, [f"OUT-{number}"])
    cause = Cause(SITE, f"T:{index}", "W1", "T", "", shipped_at)
    tx.execute(
        insert(Operation).values(
            site=SITE,
            id=cause.operation,
            kind="Test",
            command="{}",
            worker="W1",
            seat="T",
            at=shipped_at,
        )
    )
    pieces = [Line(goods, count) for goods, count in lines]
    ledger.move(tx, cause, SUPPLIER, carton, pieces)
    ledger.move(tx, cause, carton, CUSTOMER, pieces)


def _announce(tx, number, order, customer, platform, tracking, lines):
    tx.execute(
        insert(Return).values(
            site=SITE,
            number=number,
            merchant="ACME",
            order=order,
            customer=customer,
            platform=platform,
            platform_id=f"P-{number}",
            tracking=tracking,
            custody="in_transit",
            asked_at=NOW - timedelta(days=2),
        )
    )
    for line_no, (sku, pieces, reason) in enumerate(lines, 1):
        tx.execute(
            insert(ReturnLine).values(
                site=SITE,
                number=number,
                line_no=line_no,
                merchant="ACME",
                sku=sku,
                advised=pieces,
                reason=reason,
            )
        )
