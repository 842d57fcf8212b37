"""Orders that were claimed and given back, and walks that are taken over by one of their orders."""

from __future__ import annotations

import json
from typing import Any

import pytest
from conftest import NOW, SITE
from sqlalchemy import select, update
from warehouses import picking as house
from warehouses.picked import all_is_well, line, picks, slots, state, troubles
from warehouses.picker import Picker
from warehouses.picking import CAP, MUG, NUT, order, put

from floorhand.domain.shifts import Period
from floorhand.errors import Code
from floorhand.flows.turn import Said
from floorhand.store.db import Transactions
from floorhand.store.schema import Operation, Order, OrderLine, Stock, Task, Trouble
from floorhand.store.summary import shift_figures


@pytest.fixture
def floor(transactions: Transactions) -> Transactions:
    """The furnished house without stock and orders."""
    with transactions.begin() as tx:
        house.furnish(tx)
    return transactions


def books(transactions: Transactions) -> list[Any]:
    """What a claim changes: orders, lines, troubles and reservations."""
    with transactions.begin() as tx:
        return [
            tx.execute(select(*columns).order_by(*columns)).all()
            for columns in (
                (Order.merchant, Order.number, Order.state, Order.closed_at),
                (OrderLine.order, OrderLine.line_no, OrderLine.short, OrderLine.short_reason),
                (Trouble.kind, Trouble.subject, Trouble.closed_at),
                (Stock.place, Stock.sku, Stock.pieces, Stock.reserved),
            )
        ]


def walks(transactions: Transactions) -> list[str]:
    """States of the walks, the first one first."""
    with transactions.begin() as tx:
        asked = select(Task.state).where(Task.kind == "pick").order_by(Task.created_at, Task.id)
        return list(tx.scalars(asked))


@pytest.mark.parametrize("scanned", ["*DONE", "CART-1"])
def test_orders_without_a_tote_go_back_to_what_they_were(floor: Transactions, scanned: str) -> None:
    with floor.begin() as tx:
        put(tx, "A-01", MUG, 3)
        put(tx, "B-01", NUT, 3)
        order(tx, "1", [("MUG", 2), ("CAP", 2)], due_h=1)
        order(tx, "2", [("NUT", 4)], merchant="BOLT", due_h=2)
        order(tx, "3", [("MUG", 2)], due_h=3)
    ana = Picker(floor)
    ana.scan(scanned, "*BACK")  # what has no stock waits from now on, and a supervisor knows
    with floor.begin() as tx:
        put(tx, "B-01", NUT, 1, hours_ago=1)
    before = books(floor)
    ana.scan(scanned)
    assert ana.prompt.ask == "picking.scan_empty_tote"
    assert books(floor) != before
    claimed = len(slots(floor))
    ana.scan("*BACK")
    assert ana.turn.said == Said("picking.left", {"orders": claimed}, "ok")
    assert ana.prompt.ask == "picking.scan_cart"
    assert books(floor) == before
    assert (slots(floor), picks(floor, "open")) == ([], [])
    assert walks(floor) == ["cancelled", "cancelled"]
    assert all_is_well(floor)
    ben = Picker(floor, "W2")
    ben.start()
    ben.go_on()
    assert (state(floor, "1"), state(floor, "2", "BOLT")) == ("picked", "picked")
    assert all_is_well(floor)


def test_what_an_order_lacks_is_short_with_its_first_tote(floor: Transactions) -> None:
    with floor.begin() as tx:
        put(tx, "A-01", MUG, 2)
        order(tx, "1", [("MUG", 5), ("CAP", 1)])
    picker = Picker(floor)
    picker.scan("CART-1")
    assert (line(floor, "1", 1), line(floor, "1", 2)) == ((0, 0, ""), (0, 0, ""))
    assert troubles(floor, "short_order") == []
    picker.scan("T-1")
    assert (line(floor, "1", 1), line(floor, "1", 2)) == ((0, 3, "no_stock"), (0, 1, "no_stock"))
    assert troubles(floor, "short_order") == ["ACME/1"]


def test_orders_given_back_are_no_short_picks(floor: Transactions) -> None:
    with floor.begin() as tx:
        put(tx, "A-01", MUG, 1)
        order(tx, "1", [("MUG", 2)])
    Picker(floor).scan("CART-1", "*BACK")
    with floor.begin() as tx:
        told = shift_figures(tx, SITE, Period("now", NOW, NOW.replace(hour=23)), NOW)
    assert told["shorts"]["lines_short"] == 0


def test_a_walk_starts_with_the_orders_that_have_totes(floor: Transactions) -> None:
    with floor.begin() as tx:
        put(tx, "A-01", MUG, 9)
        for number in ("1", "2", "3"):
            order(tx, number, [("MUG", 2)], due_h=int(number))
    ana = Picker(floor)
    ana.scan("CART-1", "T-1", "*DONE")
    assert ana.turn.said == Said("picking.left", {"orders": 2}, "ok")
    assert (ana.prompt.ask, ana.prompt.progress) == ("picking.scan_place", (0, 1))
    assert [state(floor, number) for number in "123"] == ["picking", "released", "released"]
    assert slots(floor) == ["1"]
    ben = Picker(floor, "W2")
    ben.start("CART-2")
    ana.go_on()
    ben.go_on()
    assert [state(floor, number) for number in "123"] == ["picked"] * 3
    assert all_is_well(floor)


def test_with_a_tote_the_walk_is_parked_as_it_is(floor: Transactions) -> None:
    with floor.begin() as tx:
        put(tx, "A-01", MUG, 9)
        order(tx, "1", [("MUG", 2)])
        order(tx, "2", [("MUG", 2)])
    ana = Picker(floor)
    ana.scan("CART-1", "T-1", "*BACK")
    assert ana.said == "road.parked"
    assert slots(floor) == ["1", "2"]
    assert [state(floor, number) for number in "12"] == ["picking", "picking"]


def test_an_order_cancelled_meanwhile_stays_cancelled(floor: Transactions) -> None:
    with floor.begin() as tx:
        put(tx, "A-01", MUG, 9)
        order(tx, "1", [("MUG", 2)], due_h=1)
        order(tx, "2", [("MUG", 2)], due_h=2)
    ana = Picker(floor)
    ana.scan("CART-1")
    with floor.begin() as tx:
        tx.execute(update(Order).where(Order.number == "2").values(state="cancelled"))
    ana.scan("*BACK")
    assert ana.turn.said == Said("picking.left", {"orders": 1}, "ok")
    assert (state(floor, "1"), state(floor, "2")) == ("released", "cancelled")
    assert all_is_well(floor)


def test_a_walk_without_a_cart_is_taken_over_by_its_order(floor: Transactions) -> None:
    with floor.begin() as tx:
        put(tx, "A-01", CAP, 9)
        order(tx, "1003", [("CAP", 2)])
    ana, ben = Picker(floor), Picker(floor, "W2")
    ana.scan("*DONE", "T-1")
    ben.scan("1003")
    held = {"order": "ACME/1003", "name": "Ana", "since": "09:00"}
    assert ben.turn.said == Said("picking.taken_order", held, "look")
    assert ben.prompt.ask == "picking.take_over"
    ben.scan("1003")
    assert (ben.said, ben.prompt.place) == ("picking.walk_resumed", "A-01")
    ana.answer()
    assert ana.said == f"refusal.{Code.WALK_TAKEN}"
    ben.go_on()
    assert state(floor, "1003") == "picked"
    with floor.begin() as tx:
        facts = [json.loads(told) for told in tx.scalars(select(Operation.facts))]
    assert [told["taken_from"] for told in facts if "taken_from" in told] == ["W1"]


def test_an_order_that_nobody_picks_is_refused(floor: Transactions) -> None:
    with floor.begin() as tx:
        put(tx, "A-01", CAP, 9)
        order(tx, "1003", [("CAP", 2)])
    ana, ben = Picker(floor), Picker(floor, "W2")
    ben.scan("1003")
    assert ben.said == f"refusal.{Code.ORDER_ON_NO_WALK}"
    ana.scan("*DONE", "T-1")
    ben.scan("1003")
    ana.go_on()
    ben.scan("1003")
    assert ben.said == f"refusal.{Code.ORDER_ON_NO_WALK}"
    assert ben.prompt.ask == "picking.scan_cart"
