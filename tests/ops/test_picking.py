"""A walk, from the first stop to the bench, and what may happen on it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from conftest import NOW, SITE
from sqlalchemy import select, update
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
from warehouses.picking import CAM, CAP, MUG, NEW_TEA, OLD_TEA, order, place_row, put

from floorhand.domain.picking import ConfirmPick, StopGone
from floorhand.domain.rules import SiteRules
from floorhand.domain.things import HOLD, Goods
from floorhand.errors import Code, Refused
from floorhand.ops.floor import take_turn
from floorhand.ops.taking import confirm_pick
from floorhand.store.db import Transactions
from floorhand.store.places import new_place
from floorhand.store.schema import Move, Order, Pick, Place, SiteRow, Slot


@pytest.fixture
def floor(transactions: Transactions) -> Transactions:
    """The furnished house without stock and orders."""
    with transactions.begin() as tx:
        house.furnish(tx)
    return transactions


def cancel(transactions: Transactions, number: str) -> None:
    with transactions.begin() as tx:
        tx.execute(update(Order).where(Order.number == number).values(state="cancelled"))


def camera(serial: str) -> Goods:
    return Goods(CAM.merchant, CAM.sku, serial=serial)


def test_a_whole_day_is_picked_and_stands_at_the_bench(transactions: Transactions) -> None:
    house.build(transactions)
    picker = Picker(transactions)
    for _ in range(2):
        picker.start()
        picker.go_on()
    assert [state(transactions, n) for n in ("1001", "1002", "1003")] == ["picked"] * 3
    with transactions.begin() as tx:
        totes = [place_row(tx, code) for code in ("T-1", "T-2", "T-3")]
        assert {tote.order_no for tote in totes} == {"ACME/1001", "ACME/1002", "ACME/1003"}
        assert {tote.parent for tote in totes} <= {"BENCH-1", "BENCH-2"}
    assert all_is_well(transactions)


def test_stops_come_in_walking_order(floor: Transactions) -> None:
    with floor.begin() as tx:
        for place, sku in (("C-01", "MUG"), ("A-02", "CAP"), ("B-01", "PEN")):
            put(tx, place, Goods("ACME", sku), 5)
        order(tx, "1", [("MUG", 1), ("CAP", 1), ("PEN", 1)])
    picker = Picker(floor)
    picker.start()
    walked = [picker.prompt.place]
    for _ in range(2):
        picker.go_on(until="picking.scan_tote")
        picker.answer()
        walked.append(picker.prompt.place)
    assert walked == ["A-02", "B-01", "C-01"]


def test_the_same_scan_sent_again_picks_once(floor: Transactions) -> None:
    with floor.begin() as tx:
        put(tx, "A-01", MUG, 5)
        order(tx, "1", [("MUG", 2)])
    picker = Picker(floor)
    picker.start()
    picker.go_on(until="picking.scan_tote")
    number = picker.turn.scan_no + 1
    turns = [
        take_turn(floor, SITE, picker.seat, number, "T-1", NOW + timedelta(minutes=n))
        for n in range(3)
    ]
    assert turns[0].prompt == turns[1].prompt == turns[2].prompt
    assert line(floor, "1") == (2, 0, "")
    assert stock_of(floor, "T-1") == {("MUG", "", "available"): 2}


def test_a_stale_confirmation_takes_nothing(floor: Transactions) -> None:
    with floor.begin() as tx:
        put(tx, "A-01", MUG, 5)
        order(tx, "1", [("MUG", 2)])
    Picker(floor).start()
    with floor.begin() as tx:
        task, pick = tx.execute(select(Pick.task, Pick.id)).one()
    for operation, worker, pieces, tote, code in (
        ("T:1", "W2", 2, "T-1", Code.WALK_TAKEN),
        ("T:2", "W1", 3, "T-1", Code.PICK_TOO_MANY),
        ("T:3", "W1", 2, "T-2", Code.PICK_WRONG_TOTE),
    ):
        with floor.begin() as tx:
            by = house.cause(tx, operation, worker=worker)
            with pytest.raises(Refused) as refused:
                confirm_pick(tx, by, ConfirmPick(task, pick, pieces, tote))
        assert refused.value.code is code
    with floor.begin() as tx:
        by = house.cause(tx, "T:4")
        confirm_pick(tx, by, ConfirmPick(task, pick, 2, "T-1"))
        outcome = confirm_pick(tx, by, ConfirmPick(task, pick, 2, "T-1"))
        assert isinstance(outcome, StopGone)
        assert outcome.why == "changed"
    assert stock_of(floor, "T-1") == {("MUG", "", "available"): 2}


def test_goods_that_expire_while_the_walk_is_parked_are_not_picked(floor: Transactions) -> None:
    with floor.begin() as tx:
        put(tx, "A-01", Goods("ACME", "TEA", lot="L", expiry="2026-03-02"), 5)
        order(tx, "1", [("TEA", 2)])
    picker = Picker(floor)
    picker.start()
    picker.go_on(until="picking.scan_tote")
    picker.now = NOW + timedelta(days=1)
    picker.answer()
    assert picker.said == f"refusal.{Code.PICK_EXPIRED}"
    picker.scan("*SHORT", "0", "5")
    assert stock_of(floor, "A-01") == {("TEA", "L", "expired"): 2, ("TEA", "L", "available"): 3}


def test_a_cancelled_order_stops_at_the_next_scan_and_its_pieces_are_put_back(
    floor: Transactions,
) -> None:
    with floor.begin() as tx:
        put(tx, "A-01", MUG, 5)
        put(tx, "B-01", CAP, 5)
        order(tx, "1", [("MUG", 2), ("CAP", 2)])
        order(tx, "2", [("CAP", 3)])
    picker = Picker(floor)
    picker.start()
    picker.go_on(until="picking.scan_tote")
    picker.answer()
    cancel(floor, "1")
    picker.answer()
    assert picker.said == "picking.gone_cancelled"
    assert picks(floor, "open") == [("2", "CAP", "B-01", 3)]
    assert tasks_of(floor, "putback") == [("T-1", "", 2, "order_cancelled")]
    assert troubles(floor, "putback_waiting") == ["T-1"]
    picker.go_on()
    assert (state(floor, "1"), state(floor, "2")) == ("cancelled", "picked")
    with floor.begin() as tx:
        tote = place_row(tx, "T-1")
        assert (tote.order_no, tote.parent) == (None, "BENCH-1")
    assert all_is_well(floor)


@pytest.mark.parametrize("scans", [(), ("MUG-1",), ("MUG-1", "*SHORT", "*BACK")])
def test_a_piece_of_a_cancelled_order_is_not_counted(
    floor: Transactions, scans: tuple[str, ...]
) -> None:
    with floor.begin() as tx:
        put(tx, "A-01", MUG, 5)
        order(tx, "1", [("MUG", 3)])
    picker = Picker(floor)
    picker.start()
    picker.scan("BIN-A-01", *scans)
    cancel(floor, "1")
    picker.scan("MUG-1")
    assert picker.said == "picking.gone_cancelled"
    assert picker.prompt.ask == "picking.scan_cart"
    assert all_is_well(floor)


@pytest.mark.parametrize("scan", ["CAM-1", "S1"])
def test_a_serial_of_a_cancelled_order_is_not_taken(floor: Transactions, scan: str) -> None:
    with floor.begin() as tx:
        put(tx, "A-01", camera("S1"), 1)
        order(tx, "1", [("CAM", 1)])
    picker = Picker(floor)
    picker.start()
    picker.scan("BIN-A-01", *(["CAM-1"] if scan == "S1" else []))
    cancel(floor, "1")
    picker.scan(scan)
    assert picker.said == "picking.gone_cancelled"


@pytest.mark.parametrize("when", ["before the totes", "in the last tote", "at the bench"])
def test_an_order_can_be_cancelled_at_any_time(floor: Transactions, when: str) -> None:
    with floor.begin() as tx:
        put(tx, "A-01", MUG, 5)
        order(tx, "1", [("MUG", 2)])
    picker = Picker(floor)
    if when == "before the totes":
        picker.scan("CART-1")
        cancel(floor, "1")
        picker.scan("T-1")
        assert stock_of(floor, "A-01") == {("MUG", "", "available"): 5}
    else:
        picker.start()
        picker.go_on(until="picking.bring_tote" if when == "at the bench" else "picking.scan_tote")
        cancel(floor, "1")
    picker.go_on()
    assert state(floor, "1") == "cancelled"
    assert len(tasks_of(floor, "putback")) == (1 if when == "at the bench" else 0)
    with floor.begin() as tx:
        assert place_row(tx, "T-1").order_no is None
    assert all_is_well(floor)


def test_a_full_tote_is_closed_and_both_belong_to_the_order(floor: Transactions) -> None:
    with floor.begin() as tx:
        put(tx, "A-01", MUG, 9)
        order(tx, "1", [("MUG", 5)])
    picker = Picker(floor)
    picker.start()
    picker.scan("BIN-A-01", "MUG-1", "3", "*FULL")
    picker.scan("T-1")
    assert picker.prompt.ask == "picking.scan_new_tote"
    picker.scan("T-2")
    assert picker.said == "picking.tote_replaced"
    picker.go_on(until="picking.bring_tote")
    assert stock_of(floor, "T-1") == {("MUG", "", "available"): 3}
    assert stock_of(floor, "T-2") == {("MUG", "", "available"): 2}
    with floor.begin() as tx:
        full = place_row(tx, "T-1")
        assert (full.state, full.order_no) == ("closed", "ACME/1")
    picker.answer()
    assert state(floor, "1") == "picking"
    picker.answer()
    assert state(floor, "1") == "picked"
    assert all_is_well(floor)


def test_a_tote_that_was_full_of_nothing_is_free_again(floor: Transactions) -> None:
    with floor.begin() as tx:
        put(tx, "A-01", MUG, 9)
        order(tx, "1", [("MUG", 5)])
    picker = Picker(floor)
    picker.start()
    picker.scan("*FULL", "T-1")
    assert picker.said == f"refusal.{Code.TOTE_TAKEN}"
    picker.scan("T-2")
    with floor.begin() as tx:
        tote = place_row(tx, "T-1")
        assert (tote.order_no, tote.state) == (None, "open")


def test_a_tote_that_was_brought_away_can_serve_another_walk(floor: Transactions) -> None:
    with floor.begin() as tx:
        put(tx, "A-01", MUG, 9)
        order(tx, "1", [("MUG", 2)])
        order(tx, "2", [("MUG", 2)])
    picker = Picker(floor)
    picker.start()
    picker.go_on(until="picking.bring_tote")
    picker.answer()
    with floor.begin() as tx:
        assert list(tx.scalars(select(Slot.tote).order_by(Slot.slot_no))) == [None, "T-2"]


def test_a_skipped_place_comes_last_with_all_its_stops(floor: Transactions) -> None:
    with floor.begin() as tx:
        put(tx, "A-01", MUG, 9)
        put(tx, "B-01", CAP, 9)
        order(tx, "1", [("MUG", 2), ("CAP", 2)])
        order(tx, "2", [("MUG", 3)])
    picker = Picker(floor)
    picker.start()
    picker.scan("*SKIP")
    assert (picker.said, picker.prompt.place) == ("picking.skipped", "B-01")
    picker.go_on(until="picking.scan_tote")
    picker.answer()
    assert picker.prompt.place == "A-01"
    picker.scan("*SKIP", "1")
    assert picker.said == f"refusal.{Code.PICK_LAST_PLACE}"
    picker.scan("*BACK")
    picker.go_on()
    assert all_is_well(floor)


def test_how_many_wrong_places_are_told_is_the_sites_to_say(floor: Transactions) -> None:
    with floor.begin() as tx:
        tx.execute(update(SiteRow).values(rules=SiteRules(place_misses_max=2).to_json()))
        put(tx, "A-01", MUG, 9)
        order(tx, "1", [("MUG", 2)])
    picker = Picker(floor)
    picker.start()
    picker.scan("BIN-C-01", "BIN-C-01")
    assert picker.said == f"refusal.{Code.PLACE_MISSED}"
    assert picker.turn.said is not None
    assert picker.turn.said.facts["misses"] == 2


def test_three_wrong_places_in_a_row_are_told_to_a_supervisor(floor: Transactions) -> None:
    with floor.begin() as tx:
        put(tx, "A-01", MUG, 9)
        order(tx, "1", [("MUG", 2)])
    picker = Picker(floor)
    picker.start()
    for _ in range(2):
        picker.scan("BIN-C-01")
        assert picker.said == f"refusal.{Code.WRONG_PLACE}"
        assert picker.turn.said is not None
        assert picker.turn.said.facts == {"code": "C-01", "place": "A-01"}
    assert troubles(floor, "place_misses") == []
    picker.scan("BIN-C-01")
    assert picker.said == f"refusal.{Code.PLACE_MISSED}"
    picker.scan("BIN-C-01")
    assert picker.said == f"refusal.{Code.WRONG_PLACE}"
    assert troubles(floor, "place_misses") == ["A-01"]


def test_the_same_goods_may_be_taken_from_another_place_if_free_there(
    floor: Transactions,
) -> None:
    with floor.begin() as tx:
        put(tx, "A-01", MUG, 9, hours_ago=9)
        put(tx, "B-01", MUG, 2, hours_ago=1)
        order(tx, "1", [("MUG", 2)])
    picker = Picker(floor)
    picker.start()
    picker.scan("BIN-C-01")
    assert picker.said == f"refusal.{Code.WRONG_PLACE}"
    picker.scan("BIN-B-01", "BIN-B-01")
    assert picks(floor, "open") == [("1", "MUG", "B-01", 2)]
    picker.go_on()
    assert stock_of(floor, "B-01") == {}
    assert all_is_well(floor)


def test_as_many_as_are_free_in_another_place_are_taken_there_and_the_rest_where_it_was(
    floor: Transactions,
) -> None:
    with floor.begin() as tx:
        put(tx, "A-01", MUG, 9, hours_ago=9)
        put(tx, "C-01", MUG, 1, hours_ago=1)
        order(tx, "1", [("MUG", 3)])
    picker = Picker(floor)
    picker.start()
    picker.scan("BIN-C-01")
    assert (picker.said, picker.turn.said.facts["pieces"]) == ("picking.place_offered", 1)
    picker.scan("BIN-C-01")
    assert sorted(picks(floor, "open")) == [("1", "MUG", "A-01", 2), ("1", "MUG", "C-01", 1)]
    assert (picker.prompt.place, picker.prompt.count) == ("C-01", "0/1")
    picker.go_on()
    assert state(floor, "1") == "picked"
    assert (stock_of(floor, "C-01"), stock_of(floor, "A-01")) == (
        {},
        {("MUG", "", "available"): 7},
    )
    assert all_is_well(floor)


def test_another_lot_is_swapped_as_far_as_it_is_free(floor: Transactions) -> None:
    with floor.begin() as tx:
        put(tx, "A-01", OLD_TEA, 5)
        put(tx, "A-01", NEW_TEA, 2)
        order(tx, "1", [("TEA", 3)])
    picker = Picker(floor)
    picker.start()
    new = "010950600013435217260505\x1d10L2"
    picker.scan("BIN-A-01", new, new)
    assert picker.prompt.count == "1/2"
    assert ("fact.lot", "L2") in picker.prompt.facts
    assert all_is_well(floor)
    picker.go_on()
    taken = stock_of(floor, "T-1")
    assert taken == {("TEA", "L2", "available"): 2, ("TEA", "L1", "available"): 1}
    assert line(floor, "1") == (3, 0, "")
    assert all_is_well(floor)


@pytest.mark.parametrize("free", [2, 5])
def test_a_lot_in_another_carton_of_the_bin_is_offered_and_taken_from_there(
    floor: Transactions, free: int
) -> None:
    with floor.begin() as tx:
        for carton in ("BOX-1", "BOX-2"):
            new_place(tx, SITE, code=carton, kind="carton", parent="A-01")
        put(tx, "BOX-1", OLD_TEA, 5)
        put(tx, "BOX-2", NEW_TEA, free)
        order(tx, "1", [("TEA", 3)])
    picker = Picker(floor)
    picker.start()
    picker.scan("BIN-A-01", NEW_TEA_CODE)
    assert picker.said == "picking.lot_beside"
    assert picker.turn.said is not None
    assert picker.turn.said.facts["place"] == "BOX-2"
    picker.scan(NEW_TEA_CODE)
    assert picker.prompt.count == f"1/{min(3, free)}"
    assert all_is_well(floor)
    picker.go_on()
    taken = stock_of(floor, "T-1")
    assert taken[("TEA", "L2", "available")] == min(3, free)
    assert sum(taken.values()) == 3
    assert all_is_well(floor)


NEW_TEA_CODE = "010950600013435217260505\x1d10L2"


def test_a_lot_that_was_promised_to_another_is_exchanged(floor: Transactions) -> None:
    with floor.begin() as tx:
        put(tx, "A-01", OLD_TEA, 2)
        put(tx, "A-01", NEW_TEA, 3)
        put(tx, "B-01", MUG, 5)
        order(tx, "1", [("TEA", 2)])
        order(tx, "2", [("MUG", 1), ("TEA", 3)], due_h=9)
    first, second = Picker(floor), Picker(floor, "W2")
    first.scan("*DONE")
    second.scan("*DONE")
    with floor.begin() as tx:
        promised = dict(tx.execute(select(Pick.order, Pick.lot).where(Pick.sku == "TEA")).all())
        assert promised == {"1": "L1", "2": "L2"}
        tx.execute(update(Pick).where(Pick.sku == "TEA", Pick.order == "2").values(walk_no=9_999))
    first.scan("T-1", "BIN-A-01", NEW_TEA_CODE, NEW_TEA_CODE)
    assert first.prompt.count == "1/2"
    first.go_on()
    assert stock_of(floor, "T-1") == {("TEA", "L2", "available"): 2}
    assert all_is_well(floor)
    second.go_on()
    teas = {key: pieces for key, pieces in stock_of(floor, "T-2").items() if key[0] == "TEA"}
    assert teas == {("TEA", "L1", "available"): 2, ("TEA", "L2", "available"): 1}
    assert all_is_well(floor)


def test_a_lot_that_somebody_may_have_in_hand_is_not_exchanged(floor: Transactions) -> None:
    with floor.begin() as tx:
        put(tx, "A-01", OLD_TEA, 2)
        put(tx, "A-01", NEW_TEA, 2)
        order(tx, "1", [("TEA", 2)])
        order(tx, "2", [("TEA", 2)], due_h=9)
    first, second = Picker(floor), Picker(floor, "W2")
    first.scan("*DONE", "T-1", "BIN-A-01")
    second.scan("*DONE", "T-2", "BIN-A-01")
    first.scan(NEW_TEA_CODE)
    assert first.turn.said.text == "refusal.pick_wrong_lot"
    assert all_is_well(floor)


def test_a_lot_on_hold_is_refused_by_that_name(floor: Transactions) -> None:
    with floor.begin() as tx:
        put(tx, "A-01", OLD_TEA, 2)
        put(tx, "A-01", replace(NEW_TEA, condition=HOLD), 2)
        order(tx, "1", [("TEA", 2)])
    picker = Picker(floor)
    picker.start()
    picker.scan("BIN-A-01", NEW_TEA_CODE)
    assert picker.turn.said.text == "refusal.pick_lot_held"


def test_any_serial_of_the_place_may_be_taken_and_the_books_know_which(
    floor: Transactions,
) -> None:
    with floor.begin() as tx:
        for serial in ("S1", "S2", "S3"):
            put(tx, "A-01", camera(serial), 1)
        order(tx, "1", [("CAM", 2)])
    picker = Picker(floor)
    picker.start()
    picker.scan("BIN-A-01", "CAM-1", "S3", "T-1")
    assert stock_of(floor, "T-1") == {("CAM", "S3", "available"): 1}
    picker.scan("CAM-1", "S9")
    assert picker.said == f"refusal.{Code.PICK_WRONG_SERIAL}"
    picker.go_on()
    assert line(floor, "1") == (2, 0, "")
    assert all_is_well(floor)


def test_a_serial_that_the_walk_wants_later_is_exchanged(floor: Transactions) -> None:
    with floor.begin() as tx:
        for serial in ("S1", "S2"):
            put(tx, "A-01", camera(serial), 1)
        order(tx, "1", [("CAM", 2)])
    picker = Picker(floor)
    picker.start()
    picker.scan("BIN-A-01", "CAM-1", "S2", "T-1", "CAM-1", "S1", "T-1")
    assert stock_of(floor, "T-1") == {
        ("CAM", "S1", "available"): 1,
        ("CAM", "S2", "available"): 1,
    }
    assert all_is_well(floor)


def test_the_walk_keeps_together_at_one_bench(floor: Transactions) -> None:
    with floor.begin() as tx:
        put(tx, "A-01", MUG, 9)
        order(tx, "1", [("MUG", 2)])
        order(tx, "2", [("MUG", 2)])
        new_place(tx, SITE, code="T-AT-1", kind="tote", parent="BENCH-1")
    picker = Picker(floor)
    picker.start()
    picker.go_on(until="picking.bring_tote")
    assert picker.prompt.place == "BENCH-2"
    picker.scan("BENCH-1")
    assert picker.prompt.place == "BENCH-1"


def test_totes_are_not_brought_to_a_bench_for_returns(floor: Transactions) -> None:
    with floor.begin() as tx:
        put(tx, "A-01", MUG, 9)
        order(tx, "1", [("MUG", 2)])
        new_place(tx, SITE, code="BACK-1", kind="bench", zone="returns")
    picker = Picker(floor)
    picker.start()
    picker.go_on(until="picking.bring_tote")
    picker.scan("BACK-1")
    assert picker.turn.said is not None
    assert picker.said == f"refusal.{Code.BENCH_FOR_RETURNS}"
    assert picker.turn.said.facts == {"place": "BACK-1", "bench": "BENCH-1"}
    with floor.begin() as tx:
        assert place_row(tx, "T-1").parent == "CART-1"
        tx.execute(update(Place).where(Place.kind == "bench").values(zone="returns"))
    picker.scan("BACK-1")  # the only kind of bench that there is
    assert picker.said == "picking.walk_done"


def test_a_bench_is_proven_by_its_label_or_its_check_digits(floor: Transactions) -> None:
    with floor.begin() as tx:
        put(tx, "A-01", MUG, 9)
        order(tx, "1", [("MUG", 2)])
        proof = {"scan_code": "BENCH-1-LABEL", "check_digits": "47"}
        tx.execute(update(Place).where(Place.code == "BENCH-1").values(**proof))
        new_place(tx, SITE, code="BENCH-9", kind="bench", scan_code="BENCH-9-LABEL")
    picker = Picker(floor)
    picker.start()
    picker.go_on(until="picking.bring_tote")
    for typed, code in (
        ("BENCH-1", Code.TYPED_CODE),
        ("BENCH-9", Code.TYPED_ELSEWHERE),
        ("48", Code.WRONG_CHECK),
    ):
        picker.scan(typed)
        assert picker.said == f"refusal.{code}", typed
        picker.scan("*HELP")
    picker.scan("47")
    assert picker.said == "picking.walk_done"


def test_no_scan_but_the_tote_moves_anything(floor: Transactions) -> None:
    with floor.begin() as tx:
        put(tx, "A-01", MUG, 9)
        order(tx, "1", [("MUG", 2)])
    picker = Picker(floor)
    picker.start()
    picker.scan("BIN-A-01", "MUG-1", "MUG-1", "*BACK", "MUG-1", "*SHORT", "*BACK", "2")
    with floor.begin() as tx:
        assert len(tx.scalars(select(Move.row).where(Move.target == "T-1")).all()) == 0
    picker.scan("T-1")
    assert stock_of(floor, "T-1") == {("MUG", "", "available"): 2}
