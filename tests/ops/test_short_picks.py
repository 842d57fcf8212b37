"""Short picks: every consequence, in the transaction that declares it."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import select
from warehouses import picking as house
from warehouses.picked import (
    all_is_well,
    line,
    picks,
    state,
    stock_of,
    tasks_of,
    troubles,
)
from warehouses.picker import Picker
from warehouses.picking import CAP, MUG, NUT, order, place_row, put

from floorhand.domain.things import Goods
from floorhand.store.db import Transactions
from floorhand.store.schema import Operation, OrderLine
from floorhand.text.catalog import Catalog

REASON = {
    "not_found": "1",
    "fewer": "2",
    "damaged": "3",
    "wrong_piece_here": "4",
    "expired": "5",
    "blocked": "6",
}


@pytest.fixture
def floor(transactions: Transactions) -> Transactions:
    """The furnished house without stock and orders."""
    with transactions.begin() as tx:
        house.furnish(tx)
    return transactions


def short(picker: Picker, taken: int, reason: str) -> None:
    """Declare a stop short with so many pieces taken."""
    if taken:
        picker.answer()
    picker.scan("*SHORT", str(taken), REASON[reason])
    if taken:
        picker.answer()


def test_the_missing_are_found_elsewhere_and_added_to_the_same_walk(floor: Transactions) -> None:
    with floor.begin() as tx:
        put(tx, "A-01", MUG, 5, hours_ago=9)
        put(tx, "C-01", MUG, 9, hours_ago=1)
        put(tx, "B-01", CAP, 9)
        order(tx, "1", [("MUG", 5), ("CAP", 1)])
    picker = Picker(floor)
    picker.start()
    picker.answer()
    short(picker, 2, "fewer")
    assert picker.said == "picking.short_found"
    assert picker.turn.said is not None
    assert picker.turn.said.facts["place"] == "C-01"
    assert picks(floor, "open") == [("1", "MUG", "C-01", 3), ("1", "CAP", "B-01", 1)]
    assert picker.prompt.place == "B-01"
    assert stock_of(floor, "A-01") == {("MUG", "", "hold"): 3}
    assert tasks_of(floor, "count") == [("A-01", "MUG", 3, "fewer")]
    assert troubles(floor, "suspect_stock") == ["A-01"]
    picker.go_on()
    assert line(floor, "1") == (5, 0, "")
    assert state(floor, "1") == "picked"
    assert all_is_well(floor)


def test_nothing_elsewhere_makes_the_line_short_with_its_reason(floor: Transactions) -> None:
    with floor.begin() as tx:
        put(tx, "A-01", MUG, 5)
        put(tx, "B-01", CAP, 1)
        order(tx, "1", [("MUG", 5), ("CAP", 1)])
    picker = Picker(floor)
    picker.start()
    picker.answer()
    short(picker, 2, "fewer")
    assert picker.said == "picking.short_final"
    assert line(floor, "1") == (2, 3, "fewer")
    assert troubles(floor, "short_order") == ["ACME/1"]
    picker.go_on()
    assert state(floor, "1") == "picked"


def test_a_short_pick_tells_the_own_pieces_and_counts_other_orders(floor: Transactions) -> None:
    with floor.begin() as tx:
        put(tx, "A-01", MUG, 8)
        for number, pieces in (("1", 2), ("2", 3)):
            order(tx, number, [("MUG", pieces)])
    picker = Picker(floor)
    picker.start()
    picker.answer()
    short(picker, 0, "not_found")
    assert picker.turn.said is not None
    told = Catalog("en").say(picker.turn.said.text, picker.turn.said.facts)
    assert told == "No stock: order ACME/1 is short 2. Other orders short too: 1."
    assert [line(floor, number)[1] for number in ("1", "2")] == [2, 3]


@pytest.mark.parametrize(
    ("reason", "left"),
    [
        ("not_found", {("MUG", "", "hold"): 9}),
        ("fewer", {("MUG", "", "hold"): 9}),
        ("wrong_piece_here", {("MUG", "", "hold"): 9}),
        ("damaged", {("MUG", "", "damaged"): 3, ("MUG", "", "available"): 6}),
        ("expired", {("MUG", "", "expired"): 3, ("MUG", "", "available"): 6}),
        ("blocked", {("MUG", "", "available"): 9}),
    ],
)
def test_the_reason_decides_what_the_books_say_of_the_rest(
    floor: Transactions, reason: str, left: dict[tuple[str, str, str], int]
) -> None:
    with floor.begin() as tx:
        put(tx, "A-01", MUG, 9)
        order(tx, "1", [("MUG", 3)])
    picker = Picker(floor)
    picker.start()
    short(picker, 0, reason)
    assert stock_of(floor, "A-01") == left
    with floor.begin() as tx:
        assert place_row(tx, "A-01").blocked == ("blocked" if reason == "blocked" else "")
    assert len(tasks_of(floor, "count")) == 1
    assert all_is_well(floor)


def test_one_fault_is_declared_once_for_all_stops_of_the_walk(floor: Transactions) -> None:
    with floor.begin() as tx:
        put(tx, "A-01", MUG, 9)
        put(tx, "A-02", CAP, 9)
        order(tx, "1", [("MUG", 2), ("MUG", 2)])
        order(tx, "2", [("MUG", 3), ("CAP", 2)])
    picker = Picker(floor)
    picker.start()
    short(picker, 0, "not_found")
    assert picks(floor, "open") == [("2", "CAP", "A-02", 2)]
    assert (line(floor, "1", 1), line(floor, "1", 2)) == ((0, 2, "not_found"),) * 2
    assert line(floor, "2") == (0, 3, "not_found")
    assert len(tasks_of(floor, "count")) == 1
    picker.go_on()
    assert (state(floor, "1"), state(floor, "2")) == ("short", "picked")
    assert all_is_well(floor)


def test_an_order_that_is_totally_short_closes_and_frees_its_tote(floor: Transactions) -> None:
    with floor.begin() as tx:
        put(tx, "A-01", MUG, 2)
        order(tx, "1", [("MUG", 2)])
    picker = Picker(floor)
    picker.start()
    short(picker, 0, "not_found")
    assert picker.prompt.ask == "picking.scan_cart"
    assert state(floor, "1") == "short"
    with floor.begin() as tx:
        assert place_row(tx, "T-1").order_no is None


def test_other_workers_keep_what_they_have_and_go_elsewhere_for_the_rest(
    floor: Transactions,
) -> None:
    with floor.begin() as tx:
        put(tx, "A-01", MUG, 6, hours_ago=9)
        put(tx, "C-01", MUG, 2, hours_ago=1)
        order(tx, "1", [("MUG", 2)], due_h=1)
        order(tx, "2", [("MUG", 2)], due_h=2)
        order(tx, "3", [("MUG", 2)], due_h=3)
    ana, ben = Picker(floor, "W1"), Picker(floor, "W2")
    ana.start("*DONE")
    ben.start("CART-2")
    ben.go_on(until="picking.scan_tote")
    ben.answer()
    assert line(floor, "2") == (2, 0, "")
    short(ana, 0, "not_found")
    assert ana.said == "picking.short_found"
    assert picks(floor, "open") == [("1", "MUG", "C-01", 2)]
    assert line(floor, "3") == (0, 2, "not_found")
    ben.answer()
    assert ben.said == "picking.gone_changed"
    assert ben.prompt.ask == "picking.bring_tote"
    ana.go_on()
    ben.go_on()
    assert [state(floor, number) for number in "123"] == ["picked", "picked", "short"]
    assert all_is_well(floor)


def test_damaged_pieces_leave_other_workers_theirs(floor: Transactions) -> None:
    with floor.begin() as tx:
        put(tx, "A-01", MUG, 4)
        order(tx, "1", [("MUG", 2)], due_h=1)
        order(tx, "2", [("MUG", 2)], due_h=2)
    ana, ben = Picker(floor, "W1"), Picker(floor, "W2")
    ana.start("*DONE")
    ben.start("*DONE")
    short(ana, 0, "damaged")
    ben.go_on()
    assert line(floor, "2") == (2, 0, "")
    assert stock_of(floor, "A-01") == {("MUG", "", "damaged"): 2}


def test_a_blocked_bin_sends_all_stops_there_elsewhere(floor: Transactions) -> None:
    with floor.begin() as tx:
        put(tx, "A-01", MUG, 4, hours_ago=9)
        put(tx, "A-01", CAP, 4, hours_ago=9)
        put(tx, "B-01", MUG, 4, hours_ago=1)
        put(tx, "B-01", CAP, 4, hours_ago=1)
        order(tx, "1", [("MUG", 2), ("CAP", 2)])
    picker = Picker(floor)
    picker.start()
    short(picker, 0, "blocked")
    assert picks(floor, "open") == [("1", "MUG", "B-01", 2), ("1", "CAP", "B-01", 2)]
    picker.go_on()
    assert state(floor, "1") == "picked"


def test_a_merchant_who_wants_whole_orders_waits_and_is_completed_later(
    floor: Transactions,
) -> None:
    with floor.begin() as tx:
        put(tx, "A-01", NUT, 4)
        order(tx, "1", [("NUT", 4)], merchant="BOLT")
    picker = Picker(floor)
    picker.start()
    picker.answer()
    short(picker, 1, "fewer")
    assert picker.said == "picking.short_waits"
    picker.go_on()
    assert state(floor, "1", "BOLT") == "waiting"
    assert line(floor, "1") == (1, 0, "")
    with floor.begin() as tx:
        put(tx, "B-01", NUT, 3, hours_ago=1)
    picker.start()
    picker.go_on()
    assert state(floor, "1", "BOLT") == "picked"
    with floor.begin() as tx:
        totes = [code for code in house.TOTES if place_row(tx, code).order_no == "BOLT/1"]
    assert len(totes) == 2
    assert all_is_well(floor)


def test_a_second_empty_place_takes_two_keys(floor: Transactions) -> None:
    with floor.begin() as tx:
        put(tx, "A-01", MUG, 2, hours_ago=3)
        put(tx, "B-01", MUG, 2, hours_ago=2)
        put(tx, "C-01", MUG, 2, hours_ago=1)
        order(tx, "1", [("MUG", 2)])
    picker = Picker(floor)
    picker.start()
    short(picker, 0, "not_found")
    assert (picker.said, picker.prompt.place) == ("picking.short_found", "B-01")
    picker.scan("*SHORT", "*DONE")
    assert (picker.said, picker.prompt.place) == ("picking.short_found", "C-01")
    assert len(tasks_of(floor, "count")) == 2
    picker.go_on()
    assert state(floor, "1") == "picked"
    assert all_is_well(floor)


def test_a_second_count_of_the_same_place_is_not_raised(floor: Transactions) -> None:
    with floor.begin() as tx:
        put(tx, "A-01", MUG, 9)
        order(tx, "1", [("MUG", 2)], due_h=1)
        order(tx, "2", [("MUG", 2)], due_h=2)
    picker = Picker(floor)
    for _ in range(2):
        picker.start("*DONE")
        short(picker, 0, "damaged")
    assert len(tasks_of(floor, "count")) == 1


def test_the_figures_of_a_short_pick_are_noted(floor: Transactions) -> None:
    with floor.begin() as tx:
        put(tx, "A-01", MUG, 5)
        order(tx, "1", [("MUG", 5)])
    picker = Picker(floor)
    picker.start()
    picker.answer()
    short(picker, 2, "fewer")
    with floor.begin() as tx:
        facts = tx.scalar(select(Operation.facts).where(Operation.kind == "DeclareShort"))
    assert json.loads(str(facts)) == {
        "job": "picking",
        "merchant": "ACME",
        "order": "ACME/1",
        "sku": "MUG",
        "place": "A-01",
        "reason": "fewer",
        "lines": 1,
        "pieces": 2,
        "missing": 3,
        "short": 3,
        "short_lines": 1,
    }


def test_what_others_lose_with_it_counts_as_short_too(floor: Transactions) -> None:
    with floor.begin() as tx:
        put(tx, "A-01", MUG, 4)
        order(tx, "1", [("MUG", 2), ("MUG", 1)], due_h=1)
        order(tx, "2", [("MUG", 1)], due_h=2)
    ana, ben = Picker(floor), Picker(floor, "W2")
    ana.start("*DONE")
    ben.start("*DONE")
    ana.answer()
    short(ana, 0, "not_found")
    with floor.begin() as tx:
        facts = json.loads(
            str(tx.scalar(select(Operation.facts).where(Operation.kind == "DeclareShort")))
        )
        lost = tx.scalars(select(OrderLine.short)).all()
    assert sorted(lost) == [1, 1, 2]
    assert (facts["short"], facts["short_lines"], facts["lines"]) == (4, 3, 3)


def test_good_pieces_beside_a_damaged_one_are_taken_instead(floor: Transactions) -> None:
    with floor.begin() as tx:
        put(tx, "A-01", MUG, 10)
        order(tx, "1", [("MUG", 3)])
    picker = Picker(floor)
    picker.start()
    picker.answer()
    short(picker, 2, "damaged")
    assert (picker.said, picker.prompt.place) == ("picking.short_found", "A-01")
    picker.go_on()
    assert state(floor, "1") == "picked"
    assert stock_of(floor, "A-01") == {("MUG", "", "damaged"): 1, ("MUG", "", "available"): 6}
    assert all_is_well(floor)


def test_another_lot_beside_an_expired_one_is_taken_instead(floor: Transactions) -> None:
    old, new = (Goods("ACME", "MUG", lot, f"2027-0{n}-01") for n, lot in ((1, "L1"), (2, "L2")))
    with floor.begin() as tx:
        put(tx, "A-01", old, 4)
        put(tx, "A-01", new, 4)
        order(tx, "1", [("MUG", 2)])
    picker = Picker(floor)
    picker.start()
    picker.answer()
    short(picker, 0, "expired")
    assert (picker.prompt.place, picker.prompt.goods[0].note or "L2") == ("A-01", "L2")
    picker.go_on()
    assert state(floor, "1") == "picked"
    assert stock_of(floor, "A-01")["MUG", "L2", "available"] == 2
