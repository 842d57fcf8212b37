"""Bins A and B; A holds 10 mugs and 4 milk."""

from __future__ import annotations

from conftest import NOW, SITE
from sqlalchemy import insert

from floorhand.domain.things import SUPPLIER, Goods, Line
from floorhand.store import ledger
from floorhand.store.ledger import Cause
from floorhand.store.places import new_place
from floorhand.store.schema import Operation, Sku

MUG = Goods("ACME", "MUG")
MILK = Goods("ACME", "MILK", lot="L1", expiry="2026-12-31")


def cause(tx, number: int) -> Cause:
    made = Cause(SITE, f"T:{number}", "W1", "T", "", NOW)
    tx.execute(
        insert(Operation).values(
            site=SITE, id=made.operation, kind="Test", command="{}", worker="W1", seat="T", at=NOW
        )
    )
    return made


def stocked(transactions):
    """Bins A and B; A holds 10 mugs and 4 milk."""
    with transactions.begin() as tx:
        for sku in ("MUG", "MILK"):
            tx.execute(insert(Sku).values(site=SITE, merchant="ACME", code=sku, name=sku.title()))
        for code in ("A", "B"):
            new_place(tx, SITE, code=code, kind="bin")
        ledger.move(tx, cause(tx, 0), SUPPLIER, "A", [Line(MUG, 10), Line(MILK, 4)])
    return transactions
