"""An order that one walk left for want of stock, and that another walk has by now."""

from __future__ import annotations

import pytest
from warehouses import picking as house
from warehouses.picked import all_is_well, state
from warehouses.picker import Picker
from warehouses.picking import NUT, PEN, order, put

from floorhand.store.db import Transactions


@pytest.mark.parametrize("taken", [0, 1])
@pytest.mark.parametrize("late", [False, True], ids=["ben-has-begun", "ben-has-picked-all"])
def test_the_first_walk_has_done_with_it(
    transactions: Transactions, taken: int, late: bool
) -> None:
    with transactions.begin() as tx:
        house.furnish(tx)
        put(tx, "A-01", NUT, 3)
        put(tx, "B-01", PEN, 5)
        order(tx, "2001", [("NUT", 3)], merchant="BOLT", due_h=4)
        order(tx, "1003", [("PEN", 1), ("PEN", 1)], due_h=8)
    ana = Picker(transactions, "W1")
    ana.start("CART-1")
    ana.scan("BIN-A-01", "*SHORT", str(taken), "1")
    while state(transactions, "2001", "BOLT") == "picking":
        ana.answer()
    with transactions.begin() as tx:
        put(tx, "C-01", NUT, 5, hours_ago=1)

    ben = Picker(transactions, "W2")
    ben.start("CART-2")
    while late and ben.prompt.ask != "picking.bring_tote":
        ben.answer()
    while ana.prompt.ask != "picking.scan_cart":
        ana.answer()
    assert state(transactions, "2001", "BOLT") == "picking"
    while ben.prompt.ask != "picking.scan_cart":
        ben.answer()
    assert state(transactions, "2001", "BOLT") == "picked"
    assert state(transactions, "1003") == "picked"
    assert all_is_well(transactions)
