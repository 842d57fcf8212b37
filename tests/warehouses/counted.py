"""The house of the pickers, with people who count: Ana, Ben and Cai on the floor, Dee who leads."""

from __future__ import annotations

from conftest import NOW, SITE
from sqlalchemy import insert, update

from floorhand.store.db import Transactions
from floorhand.store.schema import Task, Worker
from warehouses import built_once, picking

WORKER = "W1"


@built_once
def build(transactions: Transactions) -> None:
    """Three bins wait to be counted: one product of A-01, all of B-01, all of C-01."""
    with transactions.begin() as tx:
        picking.furnish(tx)
        picking.stock(tx)
        tx.execute(update(Worker).where(Worker.site == SITE).values(roles="picking counting"))
        for code, name, roles in (("W3", "Cai", "counting"), ("W4", "Dee", "lead")):
            row = {"code": code, "name": name, "badge": f"BADGE-{name.upper()}", "roles": roles}
            tx.execute(insert(Worker).values(site=SITE, **row))
        for number, (place, sku, reason) in enumerate(
            (("B-01", "", "due"), ("A-01", "MUG", "fewer"), ("C-01", "", "no_room"))
        ):
            tx.execute(
                insert(Task).values(
                    site=SITE,
                    id=f"T/{number}",
                    kind="count",
                    place=place,
                    merchant="ACME" if sku else "",
                    sku=sku,
                    reason=reason,
                    created_at=NOW,
                )
            )
        picking.order(tx, "1001", [("MUG", 2), ("CAP", 1)])
