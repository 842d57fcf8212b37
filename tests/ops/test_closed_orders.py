"""Which orders count as closed in a shift, and what they held."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from conftest import NOW, SITE
from sqlalchemy import update
from warehouses import picking as house
from warehouses.picker import Picker
from warehouses.picking import CAP, MUG, order, put

from floorhand.domain.shifts import Period
from floorhand.store.db import Transactions
from floorhand.store.schema import Order
from floorhand.store.summary import shift_figures

SHIFT = Period("early", NOW, NOW + timedelta(hours=8))


@pytest.fixture
def floor(transactions: Transactions) -> Transactions:
    """The furnished house without stock and orders."""
    with transactions.begin() as tx:
        house.furnish(tx)
    return transactions


def figures(floor: Transactions) -> dict[str, Any]:
    with floor.begin() as tx:
        return shift_figures(tx, SITE, SHIFT, SHIFT.end)


def test_an_order_of_which_nothing_was_found_is_closed_short(floor: Transactions) -> None:
    with floor.begin() as tx:
        put(tx, "A-01", MUG, 2)
        order(tx, "1", [("MUG", 2)])
    picker = Picker(floor)
    picker.start()
    picker.scan("*SHORT", "0", "1")
    picker.go_on()
    told = figures(floor)["orders"]
    assert (told["shipped"], told["closed_short"]) == (0, 1)
    assert (told["pieces_ordered"], told["pieces_shipped"], told["pieces_short"]) == (2, 0, 2)
    assert told["short_by_reason"] == {"not_found": 2}


def test_each_line_that_lacks_stock_from_the_start_is_a_short_pick(floor: Transactions) -> None:
    with floor.begin() as tx:
        put(tx, "A-01", MUG, 1)
        put(tx, "B-01", CAP, 1)
        order(tx, "1", [("MUG", 2), ("CAP", 2)])
    Picker(floor).start()
    picking = figures(floor)["workers"]["W1"]["picking"]
    assert (picking["short_picks"], picking["pieces_short"]) == (2, 2)


def test_an_order_that_came_as_shipped_was_not_shipped_here(floor: Transactions) -> None:
    with floor.begin() as tx:
        put(tx, "A-01", CAP, 2)
        order(tx, "1", [("CAP", 2)])
        tx.execute(update(Order).values(state="shipped", shipped_at=NOW + timedelta(hours=1)))
    told = figures(floor)["orders"]
    assert (told["shipped"], told["due"]) == (0, 0)
