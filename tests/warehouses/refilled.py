"""The house of the pickers with pick faces that run dry: A-01 of mugs, A-02 of tea.

Ana and Ben fill up, Dee leads.
"""

from __future__ import annotations

from datetime import timedelta

from conftest import NOW, SITE
from sqlalchemy import insert, update

from floorhand.domain.planning import PlanRefills
from floorhand.ops.planning import plan_refills
from floorhand.store.db import Transactions
from floorhand.store.ledger import Cause
from floorhand.store.schema import Place, Worker
from warehouses import built_once, picking
from warehouses.picking import CAP, LATE_TEA, MUG, NEW_TEA, OLD_TEA

WORKER = "W1"


def office(tx, number: str) -> Cause:
    """A cause of the office, with its operation."""
    made = picking.cause(tx, f"office:{number}", worker="")
    return Cause(SITE, made.operation, "", "office", "", NOW)


def lay_out(tx) -> None:
    """Faces and reserves, and orders that want 40 mugs in 4 hours, 6 tea, 2 caps."""
    picking.furnish(tx)
    tx.execute(update(Worker).where(Worker.site == SITE).values(roles="picking refill putaway"))
    row = {"code": "W4", "name": "Dee", "badge": "BADGE-DEE", "roles": "lead counting"}
    tx.execute(insert(Worker).values(site=SITE, **row))
    faces = Place.code.in_(("A-01", "A-02", "C-01"))
    tx.execute(update(Place).where(Place.site == SITE, faces).values(pick_face=True))
    tx.execute(
        update(Place).where(Place.site == SITE, Place.code == "A-01").values(capacity_pieces=50)
    )
    picking.put(tx, "A-01", MUG, 5)
    picking.put(tx, "B-02", MUG, 90, hours_ago=1)
    picking.put(tx, "B-01", MUG, 30, hours_ago=9)
    picking.put(tx, "A-02", OLD_TEA, 1)
    picking.put(tx, "C-04", NEW_TEA, 9)
    picking.put(tx, "C-04", LATE_TEA, 9)
    picking.put(tx, "C-01", CAP, 99)
    picking.order(tx, "1001", [("MUG", 40), ("CAP", 2)], due_h=4)
    picking.order(tx, "1002", [("TEA", 6)], due_h=1)


@built_once
def build(transactions: Transactions) -> None:
    """All that runs dry and can be filled up is planned: mugs."""
    with transactions.begin() as tx:
        lay_out(tx)
        plan_refills(tx, office(tx, "plan"), PlanRefills(9))


LATER = NOW + timedelta(hours=1)
