"""Which orders a cart gets, what is reserved for them, and what waits."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from conftest import NOW, SITE
from sqlalchemy import func, select, update
from warehouses import picking as house
from warehouses.picked import all_is_well, line, picks, slots, state, troubles
from warehouses.picker import Picker
from warehouses.picking import CAP, FIG, MUG, NUT, PEN, cause, order, put

from floorhand.domain.rules import SiteRules
from floorhand.domain.things import Goods, Line
from floorhand.errors import Clash, Code
from floorhand.flows.turn import Said
from floorhand.ops.reserving import claim_orders
from floorhand.store import ledger, orders
from floorhand.store.db import Transactions
from floorhand.store.places import new_place
from floorhand.store.schema import (
    Operation,
    Place,
    SiteRow,
    Stock,
)


@pytest.fixture
def floor(transactions: Transactions) -> Transactions:
    """The furnished house without stock and orders."""
    with transactions.begin() as tx:
        house.furnish(tx)
    return transactions


def test_the_first_to_expire_is_reserved_and_expired_goods_never(floor: Transactions) -> None:
    with floor.begin() as tx:
        put(tx, "A-01", house.LATE_TEA, 5, hours_ago=90)
        put(tx, "A-02", house.NEW_TEA, 5, hours_ago=1)
        put(tx, "B-01", house.BAD_TEA, 5, hours_ago=99)
        order(tx, "1", [("TEA", 7)])
    Picker(floor).start()
    assert picks(floor) == [("1", "TEA", "A-01", 2), ("1", "TEA", "A-02", 5)]
    assert all_is_well(floor)


def test_undated_goods_are_reserved_first_in_first_out_over_several_places(
    floor: Transactions,
) -> None:
    with floor.begin() as tx:
        put(tx, "A-01", MUG, 2, hours_ago=1)
        put(tx, "C-01", MUG, 2, hours_ago=9)
        put(tx, "B-01", MUG, 2, hours_ago=5)
        order(tx, "1", [("MUG", 5)])
    Picker(floor).start()
    assert picks(floor) == [
        ("1", "MUG", "A-01", 1),
        ("1", "MUG", "B-01", 2),
        ("1", "MUG", "C-01", 2),
    ]


def test_what_is_not_available_or_not_in_an_open_bin_is_not_promised(floor: Transactions) -> None:
    with floor.begin() as tx:
        new_place(tx, SITE, code="DOCK", kind="dock")
        new_place(tx, SITE, code="PAL-D", kind="pallet", parent="DOCK")
        new_place(tx, SITE, code="SHUT", kind="bin", blocked="blocked")
        new_place(tx, SITE, code="PAL-S", kind="pallet", parent="SHUT")
        for place in ("DOCK", "PAL-D", "SHUT", "PAL-S", "BENCH-1", "T-8"):
            put(tx, place, MUG, 5)
        put(tx, "A-01", Goods("ACME", "MUG", condition="hold"), 5)
        put(tx, "A-01", Goods("ACME", "MUG", condition="damaged"), 5)
        order(tx, "1", [("MUG", 1)])
    picker = Picker(floor)
    picker.scan("CART-1")
    assert picker.said == "picking.no_stock_yet"
    assert picks(floor) == []


def test_a_container_in_a_bin_is_picked_from_after_confirming_the_bin(floor: Transactions) -> None:
    with floor.begin() as tx:
        new_place(tx, SITE, code="PAL-1", kind="pallet", parent="C-04")
        new_place(tx, SITE, code="BOX-1", kind="carton", parent="PAL-1")
        put(tx, "BOX-1", NUT, 20)
        order(tx, "1", [("NUT", 2)], merchant="BOLT")
    picker = Picker(floor)
    picker.start()
    assert (picker.prompt.place, picker.prompt.wants.place) == ("C-04", "C-04")
    assert ("fact.inside", "BOX-1") in picker.prompt.facts
    picker.go_on()
    assert state(floor, "1", "BOLT") == "picked"
    assert all_is_well(floor)


def test_ship_partial_picks_what_there_is_and_the_rest_is_short(floor: Transactions) -> None:
    with floor.begin() as tx:
        put(tx, "A-01", MUG, 2)
        order(tx, "1", [("MUG", 5), ("CAP", 1)])
    picker = Picker(floor)
    picker.start()
    assert line(floor, "1", 1) == (0, 3, "no_stock")
    assert line(floor, "1", 2) == (0, 1, "no_stock")
    assert troubles(floor, "short_order") == ["ACME/1"]
    picker.go_on()
    assert state(floor, "1") == "picked"


def test_cancel_line_gives_up_whole_lines(floor: Transactions) -> None:
    with floor.begin() as tx:
        put(tx, "A-01", FIG, 5)
        order(tx, "1", [("FIG", 4), ("FIG", 3)], merchant="FERN")
    Picker(floor).start()
    assert picks(floor) == [("1", "FIG", "A-01", 4)]
    assert line(floor, "1", 2) == (0, 3, "no_stock")


def test_hold_waits_for_the_whole_order_and_wakes_with_the_stock(floor: Transactions) -> None:
    with floor.begin() as tx:
        put(tx, "A-01", NUT, 3)
        order(tx, "1", [("NUT", 4)], merchant="BOLT")
        order(tx, "2", [("NUT", 2)], merchant="BOLT", due_h=9)
    picker = Picker(floor)
    picker.start()
    assert slots(floor) == ["2"]
    assert state(floor, "1", "BOLT") == "waiting"
    assert troubles(floor, "short_order") == ["BOLT/1"]
    picker.go_on()
    picker.scan("CART-1")
    assert picker.said == "picking.no_stock_yet"
    with floor.begin() as tx:
        put(tx, "B-01", NUT, 3, hours_ago=2)
    picker.start()
    assert sorted(slots(floor)) == ["1", "2"]
    assert troubles(floor, "short_order") == []
    picker.go_on()
    assert state(floor, "1", "BOLT") == "picked"
    assert all_is_well(floor)


def test_an_order_with_nothing_at_all_waits_and_does_not_block_the_queue(
    floor: Transactions,
) -> None:
    with floor.begin() as tx:
        put(tx, "A-01", CAP, 5)
        order(tx, "1", [("MUG", 2)], due_h=1)
        order(tx, "2", [("CAP", 2)])
    picker = Picker(floor)
    picker.start()
    assert slots(floor) == ["2"]
    assert state(floor, "1") == "waiting"
    assert line(floor, "1") == (0, 0, "")
    picker.go_on()
    for _ in range(3):
        picker.scan("CART-1")
    assert troubles(floor, "short_order") == ["ACME/1"]


def test_more_hopeless_orders_than_are_looked_at_at_once_do_not_hide_the_next(
    floor: Transactions,
) -> None:
    with floor.begin() as tx:
        put(tx, "A-01", CAP, 5)
        for number in range(150):
            order(tx, f"H{number:03}", [("MUG", 1)], due_h=1)
        order(tx, "LAST", [("CAP", 2)])
    Picker(floor).start()
    assert slots(floor) == ["LAST"]


def test_urgent_orders_first_and_not_more_than_the_cart_or_the_site_allows(
    floor: Transactions,
) -> None:
    with floor.begin() as tx:
        put(tx, "A-01", MUG, 90)
        for number, due_h, priority in (("1", 5, 0), ("2", 3, 0), ("3", 9, 1), ("4", 4, 0)):
            order(tx, number, [("MUG", 2)], due_h=due_h, priority=priority)
    Picker(floor).start("CART-1")
    assert slots(floor) == ["3", "2", "4"]
    with floor.begin() as tx:
        order(tx, "5", [("MUG", 2)])
        rules = SiteRules(orders_per_walk_max=1).to_json()
        tx.execute(update(SiteRow).values(rules=rules))
    Picker(floor, "W2").start("CART-2")
    assert slots(floor) == ["3", "2", "4", "1"]


def test_single_piece_orders_have_walks_of_their_own(floor: Transactions) -> None:
    with floor.begin() as tx:
        put(tx, "A-01", PEN, 9)
        order(tx, "1", [("PEN", 1)], due_h=1)
        order(tx, "2", [("PEN", 2)], due_h=2)
        order(tx, "3", [("PEN", 1)], due_h=3)
    Picker(floor).start("CART-1")
    Picker(floor, "W2").start("CART-2")
    assert slots(floor) == ["1", "3", "2"]


def test_without_a_cart_there_is_one_order(floor: Transactions) -> None:
    with floor.begin() as tx:
        put(tx, "A-01", MUG, 9)
        order(tx, "1", [("MUG", 2)])
        order(tx, "2", [("MUG", 2)])
    picker = Picker(floor)
    picker.start("*DONE")
    assert slots(floor) == ["1"]
    picker.go_on()
    assert state(floor, "1") == "picked"


def test_held_cancelled_and_shipped_orders_are_left_alone(floor: Transactions) -> None:
    with floor.begin() as tx:
        put(tx, "A-01", MUG, 9)
        for number, named in enumerate(("hold", "cancelled", "shipped", "picking"), 1):
            order(tx, str(number), [("MUG", 1)], state=named)
    picker = Picker(floor)
    picker.scan("CART-1")
    assert picker.said == "picking.no_work"


def test_a_cart_in_use_names_its_worker_and_is_resumed_for_that_worker(
    floor: Transactions,
) -> None:
    with floor.begin() as tx:
        put(tx, "A-01", MUG, 9)
        order(tx, "1", [("MUG", 2)])
        order(tx, "2", [("MUG", 2)])
    ana = Picker(floor)
    ana.scan("CART-2")
    ana.scan("T-1")
    ben = Picker(floor, "W2")
    ben.scan("CART-2")
    assert ben.turn.said == Said(
        "picking.taken", {"cart": "CART-2", "name": "Ana", "since": "09:00"}, "look"
    )
    ana.scan("*BACK", "CART-2")
    assert ana.said == "picking.walk_resumed"
    assert ana.prompt.ask == "picking.scan_empty_tote"
    assert dict(ana.prompt.facts)["fact.slot"] == "2/2"


def test_a_tote_must_be_empty_and_free(floor: Transactions) -> None:
    with floor.begin() as tx:
        put(tx, "A-01", MUG, 9)
        put(tx, "T-2", PEN, 1)
        tx.execute(update(Place).where(Place.code == "T-3").values(order_no="ACME/9"))
        tx.execute(update(Place).where(Place.code == "T-4").values(state="void"))
        tx.execute(update(Place).where(Place.code == "T-5").values(state="closed"))
        order(tx, "1", [("MUG", 2)])
    picker = Picker(floor)
    picker.scan("CART-1")
    for tote, code in (
        ("T-2", Code.TOTE_NOT_EMPTY),
        ("T-3", Code.TOTE_TAKEN),
        ("T-4", Code.PLACE_CLOSED),
        ("A-01", Code.TYPED_CODE),
    ):
        picker.scan(tote)
        assert picker.said in (f"refusal.{code}", "refusal.not_expected_now"), tote
    picker.scan("T-5")
    assert picker.said == "picking.tote_bound"
    with floor.begin() as tx:
        tote = house.place_row(tx, "T-5")
        assert (tote.order_no, tote.parent, tote.state) == ("ACME/1", "CART-1", "open")


def test_orders_are_claimed_all_or_none(floor: Transactions) -> None:
    with floor.begin() as tx:
        put(tx, "A-01", MUG, 9)
        order(tx, "1", [("MUG", 3)])
        order(tx, "2", [("MUG", 2)])
        both = orders.claimable_orders(tx, SITE, 2)
    with floor.begin() as tx:
        claim_orders(tx, cause(tx, "T:1"), both[:1])
    with pytest.raises(Clash), floor.begin() as tx:
        claim_orders(tx, cause(tx, "U:1"), both)
    assert (state(floor, "1"), state(floor, "2")) == ("picking", "released")


def test_the_figures_of_a_walk_are_noted(floor: Transactions) -> None:
    with floor.begin() as tx:
        put(tx, "A-01", MUG, 9)
        order(tx, "1", [("MUG", 3), ("CAP", 2)])
    picker = Picker(floor)
    picker.start()
    picker.go_on()
    with floor.begin() as tx:
        facts = tx.scalars(select(Operation.facts).where(Operation.kind != "Test"))
        noted = [json.loads(text) for text in facts]
    names = ("pieces", "lines", "orders", "short")
    assert [sum(one.get(name, 0) for one in noted) for name in names] == [3, 2, 1, 2]


def test_stock_that_was_moved_is_as_old_as_its_arrival_in_the_place(floor: Transactions) -> None:
    with floor.begin() as tx:
        put(tx, "A-01", MUG, 2, hours_ago=9)
        put(tx, "B-01", MUG, 2, hours_ago=5)
        later = cause(tx, "T:MOVE", NOW - timedelta(hours=1))
        ledger.move(tx, later, "A-01", "C-01", [Line(MUG, 2)])
        order(tx, "1", [("MUG", 2)])
    Picker(floor).start()
    assert picks(floor) == [("1", "MUG", "B-01", 2)]
    with floor.begin() as tx:
        assert tx.scalar(select(func.sum(Stock.reserved))) == 2


def test_a_walk_is_taken_over_by_scanning_its_cart_again(floor: Transactions) -> None:
    with floor.begin() as tx:
        put(tx, "A-01", MUG, 9)
        order(tx, "1", [("MUG", 2)])
    ana, ben = Picker(floor), Picker(floor, "W2")
    ana.start("CART-2")
    ben.scan("CART-2", "CART-2")
    assert (ben.said, ben.prompt.place) == ("picking.walk_resumed", "A-01")
    ana.answer()
    facts = {"name": "Ben", "cart": "CART-2", "since": "09:00"}
    assert ana.turn.said == Said("refusal.walk_taken", facts, "refused")
    assert ana.prompt.ask == "picking.scan_cart"
    ben.go_on()
    assert state(floor, "1") == "picked"
    with floor.begin() as tx:
        facts = [json.loads(told) for told in tx.scalars(select(Operation.facts))]
    assert [told["taken_from"] for told in facts if "taken_from" in told] == ["W1"]
