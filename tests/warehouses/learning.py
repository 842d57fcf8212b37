"""The warehouse of inbound goods, and Cleo, who may teach barcodes; two merchants have a MUG."""

from __future__ import annotations

from conftest import SITE
from sqlalchemy import insert

from floorhand.store.db import Transactions
from floorhand.store.schema import Worker
from warehouses import built_once, inbound

WORKER = "W7"


@built_once
def build(transactions: Transactions) -> None:
    """Fill the empty warehouse."""
    inbound.build(transactions)
    cleo = {"code": WORKER, "name": "Cleo", "roles": "receiving putaway barcodes"}
    with transactions.begin() as tx:
        tx.execute(insert(Worker).values(site=SITE, badge="BADGE-7", **cleo))
