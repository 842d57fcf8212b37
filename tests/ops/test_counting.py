"""Counts and what comes of them: who may count, what is booked, what the ledger says after it."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from random import Random

import pytest
from conftest import NOW, SITE
from sqlalchemy import select, update
from warehouses import counted
from warehouses.picked import all_is_well, line, picks, stock_of, tasks_of, troubles
from warehouses.picker import Picker
from warehouses.picking import CAM, CAP, MUG, PEN, cause, order, place_row, put

from floorhand.domain.cycle_counts import BookCount, NextCount, OpenCount
from floorhand.domain.exceptions import Decide
from floorhand.domain.rules import SiteRules
from floorhand.domain.things import CORRECTION, CUSTOMER, HOLD, Goods, Line
from floorhand.errors import Clash, Code, Refused
from floorhand.ops.count_ending import book_count
from floorhand.ops.counting import next_count, open_count
from floorhand.ops.exceptions import decide
from floorhand.store import ledger, tasks
from floorhand.store.count_plan import due_counts
from floorhand.store.db import Transactions
from floorhand.store.exceptions import open_exceptions
from floorhand.store.ledger import Cause
from floorhand.store.places import new_place
from floorhand.store.schema import (
    Counted,
    CountSheet,
    Operation,
    Order,
    Place,
    SiteRow,
    Task,
    Trouble,
)


@pytest.fixture
def floor(transactions: Transactions) -> Transactions:
    counted.build(transactions)
    return transactions


def counter(floor: Transactions, worker: str = "W1") -> Picker:
    return Picker(floor, worker, job="counting")


def count(picker: Picker, place: str, **pieces: int) -> str:
    """Count a bin: so many pieces of each product; give what was said at the end."""
    if picker.prompt.ask == "counting.scan_bin":
        picker.scan("*BACK")  # another bin was next
    picker.scan(f"BIN-{place}")
    assert picker.prompt.place == place, picker.turn
    for sku, number in pieces.items():
        if number:
            picker.scan(f"{sku}-1", str(number))
            assert picker.said == "counting.counted", picker.turn
    picker.scan("*DONE")
    return picker.said


def rules(floor: Transactions, **changed: int) -> None:
    with floor.begin() as tx:
        tx.execute(update(SiteRow).values(rules=SiteRules(**changed).to_json()))


def facts(floor: Transactions) -> dict[str, object]:
    """Give the facts of the last count that ended."""
    asked = select(Operation.facts).where(Operation.kind == "EndCount")
    with floor.begin() as tx:
        return json.loads(tx.scalars(asked.order_by(Operation.at.desc())).first() or "{}")


def lead(tx, operation: str, worker: str) -> Cause:
    """A cause of somebody who leads."""
    return replace(cause(tx, operation, worker=worker), roles=frozenset({"lead"}))


def test_the_next_bin_is_the_next_on_the_walk(floor: Transactions) -> None:
    ana = counter(floor)
    walked = [ana.scan("*DONE").prompt.place]
    walked += [ana.scan("*SKIP").prompt.place for _ in range(3)]
    assert walked == ["A-01", "B-01", "C-01", "A-01"]
    assert ana.scan("*BACK").prompt.ask == "counting.find_bin"
    assert len(tasks_of(floor, "count")) == 3


def test_a_colleague_is_given_another_bin(floor: Transactions) -> None:
    ana, ben = counter(floor), counter(floor, "W2")
    assert ana.scan("*DONE").prompt.place == "A-01"
    assert ben.scan("*DONE").prompt.place == "B-01"
    assert ben.scan("*BACK", "BIN-A-01").said.text == f"refusal.{Code.COUNT_TAKEN}"


def test_right_books_are_said_to_be_right(floor: Transactions) -> None:
    ana = counter(floor)
    assert count(ana, "A-02", CAP=6) == "counting.right"
    told = {"result": "right", "places": 1, "right": 1, "believed": 6, "off": 0, "pieces": 6}
    assert told.items() <= facts(floor).items()
    assert count(ana, "C-04", FIG=3, NUT=20) == "counting.right"
    assert all_is_well(floor)


def test_nothing_that_is_shown_before_the_end_comes_from_the_books(floor: Transactions) -> None:
    ana = counter(floor)
    assert "6" not in str(ana.scan("BIN-A-02").prompt)
    assert "6" not in str(ana.scan("CAP-1", "2").prompt)


def test_a_small_difference_is_booked_at_once(floor: Transactions) -> None:
    with floor.begin() as tx:
        put(tx, "A-02", CAP, 40, hours_ago=1)
    assert count(counter(floor), "A-02", CAP=45) == "counting.corrected"
    assert stock_of(floor, "A-02") == {("CAP", "", "available"): 45}
    told = {"places": 1, "right": 0, "believed": 46, "off": 1, "plus": 0, "minus": 1}
    assert (told | {"reason": "count"}).items() <= facts(floor).items()
    assert all_is_well(floor)


def test_a_large_difference_does_not_become_small_by_being_counted_in_parts(
    floor: Transactions,
) -> None:
    rules(floor, count_tolerance_pieces=1, count_tolerance_pct=100)
    ana = counter(floor)
    assert count(ana, "A-02", CAP=5) == "counting.corrected"
    assert count(ana, "A-02", CAP=4) == "counting.recount"
    assert stock_of(floor, "A-02") == {("CAP", "", "available"): 5}
    ben = counter(floor, "W2")
    assert count(ben, "A-02", CAP=5) == "counting.right"
    assert count(ben, "A-02", CAP=4) == "counting.corrected"
    ana.now += timedelta(hours=25)
    assert count(ana, "A-02", CAP=3) == "counting.corrected"
    assert all_is_well(floor)


def test_a_larger_one_is_counted_again_by_somebody_else(floor: Transactions) -> None:
    ana, ben = counter(floor), counter(floor, "W2")
    assert count(ana, "A-02", CAP=4) == "counting.recount"
    assert stock_of(floor, "A-02") == {("CAP", "", "available"): 6}
    assert facts(floor)["places"] == 0
    assert ("A-02", "", 0, "recount") in tasks_of(floor, "count")
    ana.scan("*BACK", "BIN-A-02")
    assert ana.said == f"refusal.{Code.COUNTED_BEFORE}"
    seen = {ana.scan("*DONE").prompt.place, *(ana.scan("*SKIP").prompt.place for _ in range(3))}
    assert "A-02" not in seen
    assert count(ben, "A-02", CAP=4) == "counting.corrected"
    assert stock_of(floor, "A-02") == {("CAP", "", "available"): 4}
    assert all_is_well(floor)


def test_a_second_count_may_find_that_the_books_were_right(floor: Transactions) -> None:
    assert count(counter(floor), "A-02") == "counting.recount"
    assert count(counter(floor, "W2"), "A-02", CAP=6) == "counting.right"
    assert facts(floor)["right"] == 1


def test_a_lead_who_did_not_count_decides_what_is_large(floor: Transactions) -> None:
    assert count(counter(floor), "A-02", PEN=3) == "counting.recount"
    assert count(counter(floor, "W2"), "A-02", PEN=3) == "counting.approval"
    assert troubles(floor, "count_difference") == ["A-02"]
    assert stock_of(floor, "A-02") == {("CAP", "", "available"): 6}
    with floor.begin() as tx:
        entry = str(tx.scalar(select(Trouble.id).where(Trouble.kind == "count_difference")))
    for worker in ("W1", "W2"):
        with pytest.raises(Refused), floor.begin() as tx:
            decide(tx, lead(tx, f"X:{worker}", worker), Decide(entry, "approve"))
    assert stock_of(floor, "A-02") == {("CAP", "", "available"): 6}
    with floor.begin() as tx:
        decide(tx, approval := lead(tx, "X:1", "W4"), Decide(entry, "approve"))
    assert (approval.figures["plus"], approval.figures["minus"]) == (3, 6)
    assert stock_of(floor, "A-02") == {("PEN", "", "available"): 3}
    assert troubles(floor, "count_difference") == []
    assert all_is_well(floor)


def test_nobody_makes_go_away_alone_what_they_have_found(floor: Transactions) -> None:
    assert count(counter(floor), "A-02", CAP=0) == "counting.recount"
    assert count(counter(floor, "W2"), "A-02", CAP=0) == "counting.approval"
    for worker, left in (("W1", ["A-02"]), ("W2", ["A-02"]), ("W3", [])):
        assert count(counter(floor, worker), "A-02", CAP=6) == "counting.right"
        assert troubles(floor, "count_difference") == left
    assert all_is_well(floor)


@pytest.mark.parametrize("sku", ["CAP", ""])
def test_what_another_person_is_to_count_stays_open_for_them(floor: Transactions, sku) -> None:
    def asked_for(sku: str) -> None:
        with floor.begin() as tx:
            of = {"merchant": "ACME", "sku": sku} if sku else {}
            tasks.open_task(tx, cause(tx, f"X:{sku}"), "count", place="A-02", **of)

    asked_for(sku)
    ana = counter(floor)
    assert count(ana, "A-02", CAP=3) == "counting.recount"
    asked_for("PEN")
    ana.scan("*BACK", "BIN-A-02", "*LIST")  # another bin was next
    if not sku:
        assert ana.said == f"refusal.{Code.COUNTED_BEFORE}"
        return
    ana.scan("CAP-1", "6", "*DONE")
    assert ana.said == "counting.right"
    assert ("A-02", "CAP", 0, "recount") in tasks_of(floor, "count")


def test_no_counter_books_what_was_counted(floor: Transactions) -> None:
    count(counter(floor), "A-02", PEN=3)
    count(counter(floor, "W2"), "A-02", PEN=3)
    with floor.begin() as tx:
        task = str(tx.scalar(select(CountSheet.task).where(CountSheet.result == "approval")))
    with pytest.raises(Refused) as refused, floor.begin() as tx:
        book_count(tx, lead(tx, "X:1", "W1"), BookCount(task))
    assert refused.value.code is Code.COUNTED_BEFORE


def test_where_two_differ_a_third_decides(floor: Transactions) -> None:
    assert count(counter(floor), "A-02", CAP=4) == "counting.recount"
    assert count(counter(floor, "W2"), "A-02", CAP=3) == "counting.recount"
    assert count(counter(floor, "W3"), "A-02", CAP=4) == "counting.corrected"
    assert stock_of(floor, "A-02") == {("CAP", "", "available"): 4}


def test_where_three_differ_a_lead_decides(floor: Transactions) -> None:
    for worker, pieces in (("W1", 4), ("W2", 3)):
        count(counter(floor, worker), "A-02", CAP=pieces)
    assert count(counter(floor, "W3"), "A-02", CAP=5) == "counting.approval"


def test_what_moves_while_it_is_counted_is_counted_anew(floor: Transactions) -> None:
    ana = counter(floor)
    ana.scan("BIN-A-01", "*LIST", "MUG-1", "3", "PEN-1", "5")
    with floor.begin() as tx:
        ledger.move(tx, cause(tx, "X:1"), "A-01", CUSTOMER, [Line(MUG, 1)])
    ana.scan("*DONE")
    assert (ana.said, ana.turn.said.facts["skus"]) == ("counting.touched", "MUG")
    assert [item.code for item in ana.prompt.goods] == ["PEN"]
    ana.scan("MUG-1", "2", "*DONE")
    assert ana.said == "counting.right"
    assert all_is_well(floor)


def test_clocks_that_differ_hide_no_move(floor: Transactions) -> None:
    ana = counter(floor)
    ana.scan("BIN-A-02", "CAP-1", "6")
    with floor.begin() as tx:
        slow = cause(tx, "X:1", at=NOW - timedelta(seconds=200))
        ledger.move(tx, slow, "A-02", CUSTOMER, [Line(CAP, 1)])
    assert ana.scan("*DONE").said.text == "counting.touched"


def test_missing_pieces_that_were_promised_are_found_elsewhere(floor: Transactions) -> None:
    with floor.begin() as tx:
        order(tx, "1002", [("MUG", 3)])
    walk = Picker(floor)
    walk.start()
    assert {place for _, sku, place, _ in picks(floor, "open") if sku == "MUG"} == {"A-01", "B-02"}
    rules(floor, count_tolerance_pieces=9, count_tolerance_pct=100)
    assert count(counter(floor, "W2"), "A-01", MUG=1) == "counting.corrected"
    mugs = [(place, n) for _, sku, place, n in picks(floor, "open") if sku == "MUG"]
    assert sum(n for _, n in mugs) == 5
    assert sum(n for place, n in mugs if place == "A-01") <= 1
    walk.go_on()
    assert all_is_well(floor)
    assert line(floor, "1002")[0] == 3


def test_missing_pieces_that_are_nowhere_make_their_order_short(floor: Transactions) -> None:
    walk = Picker(floor)
    walk.start()
    rules(floor, count_tolerance_pieces=9, count_tolerance_pct=100)
    assert count(counter(floor, "W2"), "A-02") == "counting.corrected"
    assert line(floor, "1001", 2) == (0, 1, "not_found")
    walk.go_on()
    assert all_is_well(floor)


def test_a_count_ends_the_doubt_of_a_short_pick(floor: Transactions) -> None:
    walk = Picker(floor)
    walk.start()
    walk.scan("BIN-A-01", "*SHORT", "0", "1")
    assert troubles(floor, "suspect_stock") == ["A-01"]
    assert stock_of(floor, "A-01")["MUG", "", "hold"] == 3
    assert count(counter(floor, "W2"), "A-01", MUG=3) == "counting.right"
    assert troubles(floor, "suspect_stock") == []
    assert stock_of(floor, "A-01")["MUG", "", "available"] == 3
    assert all(place != "A-01" for place, *_ in tasks_of(floor, "count"))
    assert all_is_well(floor)


def test_who_did_not_find_stock_does_not_clear_it_alone(floor: Transactions) -> None:
    walk = Picker(floor)
    walk.start()
    walk.scan("BIN-A-01", "*SHORT", "0", "1")
    again = Picker(floor, job="counting", seat="SEAT-2")
    assert count(again, "A-01", MUG=3) == "counting.right"
    assert troubles(floor, "suspect_stock") == ["A-01"]
    assert stock_of(floor, "A-01")["MUG", "", "hold"] == 3
    assert count(counter(floor, "W2"), "A-01", MUG=3, PEN=5) == "counting.right"
    assert troubles(floor, "suspect_stock") == []
    assert stock_of(floor, "A-01")["MUG", "", "available"] == 3
    assert all_is_well(floor)


def test_who_is_a_moment_too_late_for_a_count_looks_once_more(
    floor: Transactions, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of two who saw the same open count, a server lets one claim it, and the other try again."""
    with floor.begin() as tx:
        tasks.open_task(tx, cause(tx, "X:1"), "count", place="A-01", reason="due")
    monkeypatch.setattr(tasks, "claim_task", lambda *_: False)
    with floor.begin() as tx, pytest.raises(Clash):
        open_count(tx, cause(tx, "X:2"), OpenCount("A-01", ""))


def test_what_is_on_hold_for_another_reason_is_not_sold_when_a_doubt_ends(
    floor: Transactions,
) -> None:
    with floor.begin() as tx:
        put(tx, "A-01", replace(MUG, condition=HOLD), 2)
    walk = Picker(floor)
    walk.start()
    walk.scan("BIN-A-01", "*SHORT", "0", "1")
    assert stock_of(floor, "A-01")["MUG", "", "hold"] == 5
    assert count(counter(floor, "W2"), "A-01", MUG=5) == "counting.right"
    mugs = stock_of(floor, "A-01")
    assert (mugs["MUG", "", "available"], mugs["MUG", "", "hold"]) == (3, 2)
    assert all_is_well(floor)


def test_what_is_missing_after_a_short_pick_is_missing_of_what_is_suspect(
    floor: Transactions,
) -> None:
    walk = Picker(floor)
    walk.start()
    walk.scan("BIN-A-01", "*SHORT", "0", "1")
    assert count(counter(floor, "W2"), "A-01", MUG=1) == "counting.recount"
    assert count(counter(floor, "W3"), "A-01", MUG=1) == "counting.corrected"
    assert stock_of(floor, "A-01") == {("MUG", "", "available"): 1, ("PEN", "", "available"): 5}
    assert all_is_well(floor)


def test_a_bin_that_is_counted_is_neither_full_nor_out_of_reach(floor: Transactions) -> None:
    with floor.begin() as tx:
        held = {"full": True, "blocked": "blocked"}
        tx.execute(update(Place).where(Place.code.in_(("A-01", "A-02"))).values(held))
        tx.execute(update(Place).where(Place.code == "C-04").values(blocked="closed by a lead"))
    ana = counter(floor)
    assert count(ana, "A-02", CAP=6) == count(ana, "A-01", MUG=3) == "counting.right"
    assert count(ana, "C-04", FIG=3, NUT=20) == "counting.right"
    with floor.begin() as tx:
        assert (place_row(tx, "A-02").full, place_row(tx, "A-02").blocked) == (False, "")
        assert (place_row(tx, "A-01").full, place_row(tx, "A-01").blocked) == (True, "")
        assert place_row(tx, "C-04").blocked == "closed by a lead"


def test_each_serial_number_is_counted_once(floor: Transactions) -> None:
    ana = counter(floor)
    ana.scan("BIN-C-01", "CAM-1", "S1", "CAM-1", "S2", "CAM-1", "S2")
    assert ana.said == f"refusal.{Code.SERIAL_CHECKED}"
    ana.scan("*BACK", "7")
    assert ana.said == f"refusal.{Code.BAD_QUANTITY}"
    ana.scan("CAM-1", "S3", "*DONE")
    assert ana.said == "counting.right"


def test_damaged_pieces_are_booked_as_damaged(floor: Transactions) -> None:
    rules(floor, count_tolerance_pieces=9, count_tolerance_pct=100)
    ana = counter(floor)
    ana.scan("BIN-A-02", "CAP-1", "6", "*SHORT", "7")
    assert ana.said == f"refusal.{Code.BAD_QUANTITY}"
    ana.scan("2", "*DONE")
    assert stock_of(floor, "A-02") == {("CAP", "", "available"): 4, ("CAP", "", "damaged"): 2}
    assert all_is_well(floor)


def test_a_count_can_be_taken_back_whole(floor: Transactions) -> None:
    ana = counter(floor)
    assert count(ana, "A-02", CAP=4) == "counting.recount"
    ana.scan("*UNDO")
    assert (ana.prompt.ask, ana.prompt.place) == ("counting.count", "A-02")
    assert all(place != "A-02" for place, *_ in tasks_of(floor, "count"))
    ana.scan("6", "*DONE")
    assert ana.said == "counting.right"
    assert all_is_well(floor)


def test_what_a_colleague_counts_again_is_not_taken_back(floor: Transactions) -> None:
    ana = counter(floor)
    count(ana, "A-02", CAP=4)
    counter(floor, "W2").scan("BIN-A-02")
    assert ana.scan("*UNDO").said.text == f"refusal.{Code.UNDO_CHANGED}"


def test_one_count_of_all_of_a_bin_does_for_those_of_its_products(floor: Transactions) -> None:
    ana = counter(floor)
    ana.scan("BIN-A-01", "PEN-1")
    assert ana.said == f"refusal.{Code.COUNT_ONLY}"
    ana.scan("*LIST", "MUG-1", "3", "PEN-1", "5", "*DONE")
    assert ana.said == "counting.right"
    assert all(place != "A-01" for place, *_ in tasks_of(floor, "count"))


def test_a_parked_count_goes_on_where_it_was(floor: Transactions) -> None:
    ana = counter(floor)
    ana.scan("BIN-A-02", "CAP-1", "*BACK")
    assert ana.turn.job == "menu"
    again = Picker(floor, "W1", job="counting", seat="SEAT-W1")
    assert (again.prompt.place, again.prompt.count) == ("A-02", "1")


def test_a_count_that_a_lead_has_ended_is_lost(floor: Transactions) -> None:
    ana = counter(floor)
    ana.scan("BIN-A-02", "CAP-1")
    with floor.begin() as tx:
        tx.execute(update(Task).where(Task.place == "A-02").values(state="cancelled", done_at=NOW))
    assert ana.scan("CAP-1").said.text == f"refusal.{Code.WORK_LOST}"
    assert ana.prompt.ask == "counting.find_bin"


def test_whatever_is_counted_the_books_say_in_the_end_what_was_seen(floor: Transactions) -> None:
    rules(floor, count_approval_pieces=99)
    chance = Random(7)
    crew = [counter(floor, worker) for worker in ("W1", "W2", "W3")]
    for number in range(12):
        place = chance.choice(("A-02", "B-02"))
        seen = {sku: chance.randrange(6) for sku in ("CAP", "PEN", "MUG")}
        picker = chance.choice(crew)
        with floor.begin() as tx:
            put(tx, place, PEN, 1 + number, hours_ago=number)
        said = count(picker, place, **seen)
        while said == "counting.recount":
            others = [one for one in crew if one is not picker]
            said = count(picker := chance.choice(others), place, **seen)
        assert said in ("counting.corrected", "counting.right")
        held = stock_of(floor, place)
        for sku, pieces in seen.items():
            assert sum(n for (one, *_), n in held.items() if one == sku) == pieces
        assert all_is_well(floor)


def test_of_a_count_that_is_freed_nobody_sees_what_was_found_so_far(floor: Transactions) -> None:
    ana = counter(floor)
    ana.scan("BIN-A-01", "MUG-1", "3")
    assert ana.said == "counting.counted"
    later = NOW + timedelta(hours=2)
    with floor.begin() as tx:
        (stuck,) = (one for one in open_exceptions(tx, SITE, later) if one.kind == "stuck_task")
        decide(tx, replace(lead(tx, "X:1", "W4"), at=later), Decide(stuck.id, "free"))
        assert tx.scalars(select(Counted.pieces)).all() == []


def test_what_was_corrected_since_a_count_is_not_booked_once_more(floor: Transactions) -> None:
    count(counter(floor), "A-02")
    count(counter(floor, "W2"), "A-02")
    with floor.begin() as tx:
        entry = str(tx.scalar(select(Trouble.id).where(Trouble.kind == "count_difference")))
        slow = cause(tx, "X:1", worker="W4", at=NOW - timedelta(seconds=200))
        ledger.move(tx, slow, "A-02", CORRECTION, [Line(CAP, 2)])
        put(tx, "A-02", CAP, 4, hours_ago=1)
    with pytest.raises(Refused) as refused, floor.begin() as tx:
        decide(tx, lead(tx, "X:2", "W4"), Decide(entry, "approve"))
    assert refused.value.code is Code.EXCEPTION_CHANGED
    assert stock_of(floor, "A-02") == {("CAP", "", "available"): 8}


def test_a_count_of_one_product_leaves_what_was_found_of_another_to_its_lead(
    floor: Transactions,
) -> None:
    rules(floor, count_approval_pieces=1)
    for worker in ("W1", "W2"):
        counter(floor, worker).scan("BIN-A-01", "*DONE")
    assert troubles(floor, "count_difference") == ["A-01"]
    with floor.begin() as tx:
        named = {"place": "A-01", "merchant": "ACME", "sku": "PEN"}
        tasks.open_task(tx, cause(tx, "X:1"), "count", **named)
    cai = counter(floor, "W3")
    cai.scan("BIN-A-01", "PEN-1", "5", "*DONE")
    assert (cai.said, troubles(floor, "count_difference")) == ("counting.right", ["A-01"])
    assert count(counter(floor, "W4"), "A-01", MUG=3, PEN=5) == "counting.right"
    assert troubles(floor, "count_difference") == []


def test_a_count_that_is_put_off_shows_nobody_what_was_counted_of_it(floor: Transactions) -> None:
    ana = counter(floor)
    ana.scan("BIN-A-01", "MUG-1", "3")
    with floor.begin() as tx:
        next_count(tx, cause(tx, "X:1"), NextCount(instead_of="T/1", later=("T/1",)))
        assert tx.scalars(select(Counted.pieces)).all() == []
        assert tx.scalars(select(CountSheet.worker)).all() == [None]


def test_who_counts_a_bin_whole_answers_every_doubt_about_it(floor: Transactions) -> None:
    with floor.begin() as tx:
        tasks.trouble(tx, cause(tx, "X:1"), "place_misses", "A-02", scanned="?")
        tasks.trouble(tx, cause(tx, "X:2"), "overrides", "A-02", "ACME", sku="CAP")
        assert [one.place for one in due_counts(tx, SITE, NOW)] == ["A-02"]
    assert count(counter(floor), "A-02", CAP=6) == "counting.right"
    with floor.begin() as tx:
        assert due_counts(tx, SITE, NOW) == ()


def test_lots_that_were_all_sent_away_are_not_offered(floor: Transactions) -> None:
    with floor.begin() as tx:
        gone = Goods("ACME", "TEA", "L0", "2026-02-01")
        ledger.move(tx, cause(tx, "X:1"), "B-02", CUSTOMER, [Line(gone, 4)])
    ana = counter(floor)
    ana.scan("BIN-B-01", "TEA-1")
    assert [choice.label[:2] for choice in ana.prompt.choices] == ["L1", "L2", "L3"]


def test_a_serial_that_is_found_is_gone_from_where_the_books_had_it(floor: Transactions) -> None:
    rules(floor, count_tolerance_pieces=9, count_tolerance_pct=100)
    with floor.begin() as tx:
        put(tx, "A-02", replace(CAM, serial="S0"), 1)
        order(tx, "9", [("CAM", 3)], due_h=1)
    Picker(floor, "W2").start()
    ana = counter(floor)
    ana.scan("BIN-A-02", "CAP-1", "6", "CAM-1", "S0", "CAM-1", "S1", "*DONE")
    assert ana.said == "counting.corrected"
    assert all_is_well(floor)


def test_a_lead_decides_where_a_colleague_has_the_serial_in_hand(floor: Transactions) -> None:
    with floor.begin() as tx:
        new_place(tx, SITE, code="PAL-9", kind="pallet", parent="BENCH-1")
        put(tx, "PAL-9", replace(CAM, serial="S0"), 1)
    for worker in ("W1", "W3"):
        ana = counter(floor, worker)
        ana.scan("BIN-A-02", "CAP-1", "6", "CAM-1", "S0", "*DONE")
    assert ana.said == "counting.approval"
    with floor.begin() as tx:
        entry = str(tx.scalar(select(Trouble.id).where(Trouble.kind == "count_difference")))
    with pytest.raises(Refused) as refused, floor.begin() as tx:
        decide(tx, lead(tx, "X:1", "W4"), Decide(entry, "approve"))
    assert refused.value.code is Code.SERIAL_IN_HOUSE
    assert all_is_well(floor)


def test_a_count_ends_the_doubt_about_a_pallet_in_the_bin(floor: Transactions) -> None:
    with floor.begin() as tx:
        order(tx, "9", [("NUT", 2)], merchant="BOLT", due_h=1)
        tx.execute(update(Order).where(Order.number != "9").values(state="hold"))
    ana = Picker(floor, "W2")
    ana.start()
    ana.scan("PAL-1", "*SHORT", "0", "1")
    assert stock_of(floor, "PAL-1") == {("NUT", "", "hold"): 20}
    assert count(counter(floor), "C-04", NUT=20) == "counting.right"
    assert stock_of(floor, "PAL-1") == {("NUT", "", "available"): 20}
    assert troubles(floor, "suspect_stock") == []
    assert all_is_well(floor)
