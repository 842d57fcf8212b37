"""Three workers: Ana may do everything, Ben only picks, Cai is a supervisor with PIN 471108."""

from __future__ import annotations

from conftest import SITE
from sqlalchemy import insert

from floorhand.domain.pins import hash_pin
from floorhand.store.db import Transactions
from floorhand.store.schema import Barcode, Merchant, Place, Sku, Worker
from warehouses import built_once

WORKER = "W1"
ALL_ROLES = "receiving putaway picking packing returns"
PIN = "471108"


@built_once
def build(transactions: Transactions) -> None:
    """Workers, two merchants that share a barcode, and one bin."""
    with transactions.begin() as tx:
        for code, name, roles, pin, language in (
            ("W1", "Ana", ALL_ROLES, "", "en"),
            ("W2", "Ben", "picking", "", "it"),
            ("W3", "Cai", "supervisor", hash_pin(PIN), "en"),
        ):
            tx.execute(
                insert(Worker).values(
                    site=SITE,
                    code=code,
                    name=name,
                    badge=f"BADGE-{name.upper()}",
                    pin_hash=pin,
                    roles=roles,
                    language=language,
                )
            )
        tx.execute(insert(Merchant).values(site=SITE, code="BOLT", name="Bolt & Nut"))
        for merchant, name in (("ACME", "Mug blue"), ("BOLT", "Cup")):
            tx.execute(insert(Sku).values(site=SITE, merchant=merchant, code="MUG", name=name))
            tx.execute(
                insert(Barcode).values(
                    site=SITE, merchant=merchant, code="09506000134352", sku="MUG"
                )
            )
        tx.execute(
            insert(Place).values(
                site=SITE, code="A-01-1", kind="bin", scan_code="LBIN1", check_digits="47"
            )
        )
