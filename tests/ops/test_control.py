"""What is held is not begun, promised, picked or packed, and everybody who meets it is told."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import forked
import pytest
from conftest import NOW, SITE, new_warehouse
from homes import home_of
from sqlalchemy import func, insert, select, update
from warehouses import inbound, packing
from warehouses import picking as house
from warehouses.picked import all_is_well, line, picks, slots, state, troubles
from warehouses.picker import Picker
from warehouses.picking import MUG, NEW_TEA, NUT, OLD_TEA, order, put

from floorhand.domain.control import HoldSubject, ReleaseSubject
from floorhand.domain.holds import Subject
from floorhand.domain.picking import SHORT_REASONS
from floorhand.domain.putaway import Source
from floorhand.domain.rules import SiteRules
from floorhand.domain.ruling import SetRule, site_value_of
from floorhand.domain.things import Goods
from floorhand.errors import Code, Refused
from floorhand.ops.count_booking import settle_bin
from floorhand.ops.putaway_work import close_source
from floorhand.ops.settling import carry_out, from_office
from floorhand.store import looking, recalls, tasks
from floorhand.store.cancelling import undo_order
from floorhand.store.check import violations
from floorhand.store.db import Transactions, in_turn
from floorhand.store.exception_facts import facts_of
from floorhand.store.exceptions import open_exceptions
from floorhand.store.ledger import Cause
from floorhand.store.places import new_place
from floorhand.store.schema import Checked, Hold, Operation, Order, Place, Stock, Trouble, Worker
from floorhand.text.catalog import catalog

TEA = ("ACME", "TEA")
LATER = NOW + timedelta(minutes=5)
RECALLS = Path(__file__).parent / "recalls.py"


def hold(transactions: Transactions, *subject: str) -> object:
    with transactions.begin() as tx:
        return from_office(tx, SITE, HoldSubject(Subject(*subject), "quality"), NOW)


def release(transactions: Transactions, *subject: str, at: datetime = NOW) -> None:
    with transactions.begin() as tx:
        from_office(tx, SITE, ReleaseSubject(Subject(*subject)), at)


@pytest.fixture
def floor(transactions: Transactions) -> Iterator[Transactions]:
    """The furnished house without stock and orders; its books are right at the end."""
    with transactions.begin() as tx:
        house.furnish(tx)
    yield transactions
    assert all_is_well(transactions)


@pytest.mark.parametrize("subject", [("order", "ACME", "1"), ("merchant", "ACME")])
def test_no_walk_begins_what_is_held_until_it_is_released(floor, subject) -> None:
    with floor.begin() as tx:
        put(tx, "A-01", MUG, 3)
        put(tx, "B-01", NUT, 3)
        order(tx, "1", [("MUG", 2)], due_h=1)
        order(tx, "2", [("NUT", 2)], merchant="BOLT", due_h=2)
    hold(floor, *subject)
    Picker(floor).start()
    assert slots(floor) == ["2"]
    release(floor, *subject)
    Picker(floor, "W2").start("CART-2")
    assert slots(floor) == ["2", "1"]


def test_goods_of_a_held_merchant_are_received(transactions: Transactions) -> None:
    inbound.build(transactions)
    hold(transactions, "merchant", "ACME")
    ana = Picker(transactions, job="receiving")
    ana.scan("D-100", "LDOCK-1", "LD1", inbound.MUG)
    with transactions.begin() as tx:
        assert tx.scalar(select(func.sum(Stock.pieces)).where(Stock.place == "DOCK-1")) == 1


@pytest.mark.parametrize("subject", [("sku", *TEA), ("lot", *TEA, "L1"), ("recall", *TEA, "L1")])
def test_held_goods_are_not_promised_even_if_they_come_later(floor, subject) -> None:
    hold(floor, *subject)
    with floor.begin() as tx:
        put(tx, "B-01", OLD_TEA, 4)
        order(tx, "1", [("TEA", 1)])
    assert Picker(floor).start().prompt.ask == "picking.scan_cart"
    assert state(floor, "1") == "waiting"
    release(floor, *subject)
    Picker(floor).start()
    assert picks(floor) == [("1", "TEA", "B-01", 1)]


@pytest.mark.parametrize("subject", [("lot", *TEA, "L1"), ("bin", "", "B-01")])
def test_a_walk_takes_other_goods_and_its_picker_is_told_at_the_next_scan(floor, subject) -> None:
    with floor.begin() as tx:
        put(tx, "B-01", OLD_TEA, 4)
        put(tx, "C-01", NEW_TEA, 4)
        order(tx, "1", [("TEA", 2)])
    ana = Picker(floor)
    ana.start()
    ana.scan("BIN-B-01")
    outcome = hold(floor, *subject)
    assert (outcome.freed, outcome.found) == (2, 2)
    ana.scan("TEA-1")
    assert (ana.said, ana.prompt.place) == ("picking.gone_held", "C-01")
    ana.go_on()
    assert line(floor, "1") == (2, 0, "")


def test_a_picker_at_a_pallet_is_told_that_the_bin_it_stands_in_is_held(floor) -> None:
    with floor.begin() as tx:
        new_place(tx, SITE, code="PAL-1", kind="pallet", parent="C-04", scan_code="LPAL-1")
        put(tx, "PAL-1", MUG, 4)
        order(tx, "1", [("MUG", 2)])
    ana = Picker(floor)
    ana.start()
    ana.scan("BIN-C-04")
    hold(floor, "bin", "", "C-04")
    ana.scan("MUG-1")
    assert ana.said == "picking.gone_held"


def test_a_line_is_short_by_its_merchants_rules_if_there_is_nothing_else(floor) -> None:
    with floor.begin() as tx:
        put(tx, "B-01", OLD_TEA, 4)
        put(tx, "A-01", NUT, 4)
        order(tx, "1", [("TEA", 2)])
        order(tx, "2", [("NUT", 2)], merchant="BOLT")
    Picker(floor).start()
    hold(floor, "recall", *TEA, "L1")
    hold(floor, "sku", "BOLT", "NUT")
    assert line(floor, "1") == (0, 2, "held")
    assert line(floor, "2") == (0, 0, "")
    assert troubles(floor, "short_order") == ["ACME/1", "BOLT/2"]


def told(floor: Transactions) -> list[tuple[int, dict[str, object]]]:
    with floor.begin() as tx:
        found = open_exceptions(tx, SITE, NOW)
    return [(one.pieces, one.facts) for one in found if one.kind == "short_order"]


def test_the_exception_says_all_that_an_order_lacks_and_why(floor) -> None:
    with floor.begin() as tx:
        put(tx, "A-01", MUG, 2)
        put(tx, "C-01", MUG, 1)
        order(tx, "1", [("MUG", 3), ("CAP", 1)])
    ana = Picker(floor)
    ana.start()
    assert told(floor) == [(1, {"pieces": 1, "reason": "no_stock"})]
    bob = lead(floor)
    bob.scan("ACME/MUG", "1", "1")
    assert line(floor, "1") == (0, 3, "held")
    assert told(floor) == [(4, {"pieces": 4, "reason": "no_stock, held"})]
    (row,) = shown(floor)
    assert row == [
        ("fact.reason_text", "picking.why_short.no_stock"),
        ("fact.reason_text", "picking.why_short.held"),
    ]
    bob.scan("*UNDO")
    assert told(floor) == [(1, {"pieces": 1, "reason": "no_stock"})]


def shown(floor: Transactions) -> list[list[tuple[str, str]]]:
    with floor.begin() as tx:
        found = open_exceptions(tx, SITE, NOW)
    return [list(facts_of(one)) for one in found if one.kind == "short_order"]


@pytest.mark.parametrize(("pieces", "then"), [(2, "released"), (0, "waiting")])
def test_a_released_order_that_lost_its_walk_waits_only_if_there_is_no_stock(
    floor, pieces, then
) -> None:
    with floor.begin() as tx:
        put(tx, "A-01", MUG, 2)
        order(tx, "1", [("MUG", 2)])
    ana = Picker(floor)
    ana.start()
    hold(floor, "order", "ACME", "1")
    ana.scan("BIN-A-01")
    assert state(floor, "1") == "waiting"
    if not pieces:
        hold(floor, "sku", "ACME", "MUG")
    release(floor, "order", "ACME", "1")
    assert state(floor, "1") == then


@pytest.mark.parametrize(
    "subject", [("sku", *TEA), ("lot", *TEA, "L1"), ("recall", *TEA, "L1"), ("bin", "", "B-01")]
)
def test_a_release_gives_the_walk_back_what_the_hold_took(floor, subject) -> None:
    with floor.begin() as tx:
        put(tx, "A-01", MUG, 1)
        put(tx, "B-01", OLD_TEA, 4)
        order(tx, "1", [("MUG", 1), ("TEA", 2)])
    ana = Picker(floor)
    ana.start()
    hold(floor, *subject)
    assert line(floor, "1", 2) == (0, 2, "held")
    release(floor, *subject)
    assert line(floor, "1", 2) == (0, 0, "")
    assert told(floor) == []
    ana.go_on()
    assert (state(floor, "1"), line(floor, "1", 2)) == ("picked", (2, 0, ""))


def test_a_release_gives_a_walk_back_all_it_had_before_its_picker_scans(floor) -> None:
    with floor.begin() as tx:
        put(tx, "B-01", OLD_TEA, 4)
        order(tx, "1", [("TEA", 2)])
    ana = Picker(floor)
    ana.start()
    hold(floor, "sku", *TEA)
    release(floor, "sku", *TEA)
    assert picks(floor, "open") == [("1", "TEA", "B-01", 2)]
    ana.scan("BIN-B-01")
    assert (ana.said, ana.prompt.ask) == ("", "picking.scan_piece")
    ana.go_on()
    assert (state(floor, "1"), line(floor, "1")) == ("picked", (2, 0, ""))


def test_a_picker_counts_on_if_a_hold_is_released_at_once_and_is_told_the_truth_at_the_tote(
    floor,
) -> None:
    with floor.begin() as tx:
        put(tx, "B-01", OLD_TEA, 4)
        order(tx, "1", [("TEA", 2)])
    ana = Picker(floor)
    ana.start()
    ana.scan("BIN-B-01", "TEA-1")
    hold(floor, "lot", *TEA, "L1")
    release(floor, "lot", *TEA, "L1", at=LATER)
    ana.scan("TEA-1")
    assert ana.prompt.ask == "picking.scan_tote"
    hold(floor, "bin", "", "B-01")
    release(floor, "bin", "", "B-01", at=LATER)
    ana.answer()
    assert (ana.said, ana.prompt.place) == ("picking.gone_released", "B-01")
    ana.go_on()
    assert (state(floor, "1"), line(floor, "1")) == ("picked", (2, 0, ""))


@pytest.mark.parametrize("subject", [("order", "ACME", "1"), ("sku", "ACME", "MUG")])
def test_who_goes_to_a_stop_that_a_release_brings_elsewhere_is_told_of_the_hold(
    floor, subject
) -> None:
    with floor.begin() as tx:
        put(tx, "A-01", MUG, 2)
        put(tx, "B-01", OLD_TEA, 2)
        order(tx, "1", [("MUG", 2)])
        order(tx, "2", [("TEA", 2)])
    ana = Picker(floor)
    ana.start()
    hold(floor, *subject)
    with floor.begin() as tx:
        put(tx, "A-02", MUG, 2, hours_ago=48)
    release(floor, *subject, at=LATER)
    ana.scan("BIN-A-01")
    assert ana.said == "picking.gone_released"


def test_a_release_gives_the_next_walk_what_comes_when_totes_are_brought_away(floor) -> None:
    with floor.begin() as tx:
        put(tx, "A-01", MUG, 1)
        put(tx, "B-01", OLD_TEA, 4)
        order(tx, "1", [("MUG", 1), ("TEA", 2)])
    ana = Picker(floor)
    ana.start()
    hold(floor, "sku", *TEA)
    ana.go_on("picking.bring_tote")
    release(floor, "sku", *TEA)
    assert line(floor, "1", 2) == (0, 0, "")
    ana.go_on()
    assert (state(floor, "1"), told(floor)) == ("released", [])
    ana.start()
    ana.go_on()
    assert (state(floor, "1"), line(floor, "1", 2)) == ("picked", (2, 0, ""))
    assert told(floor) == []


def test_a_released_order_is_still_told_to_lack_what_a_hold_on_its_goods_took(floor) -> None:
    with floor.begin() as tx:
        put(tx, "A-01", MUG, 1)
        put(tx, "B-01", OLD_TEA, 4)
        order(tx, "1", [("MUG", 1), ("TEA", 2)])
    ana = Picker(floor)
    ana.start()
    hold(floor, "sku", *TEA)
    hold(floor, "order", "ACME", "1")
    ana.scan("BIN-A-01")
    assert state(floor, "1") == "waiting"
    release(floor, "order", "ACME", "1")
    assert (state(floor, "1"), line(floor, "1", 2)) == ("released", (0, 2, "held"))
    assert told(floor) == [(2, {"pieces": 2, "reason": "held"})]


def test_a_release_gives_back_only_what_is_free_and_keeps_other_reasons(floor) -> None:
    with floor.begin() as tx:
        put(tx, "A-01", MUG, 1)
        put(tx, "B-01", OLD_TEA, 2)
        order(tx, "1", [("MUG", 1), ("TEA", 2), ("CAP", 1)])
    Picker(floor).start()
    hold(floor, "bin", "", "B-01")
    hold(floor, "sku", *TEA)
    assert told(floor) == [(3, {"pieces": 3, "reason": "no_stock, held"})]
    release(floor, "sku", *TEA)
    assert line(floor, "1", 2) == (0, 2, "held")
    release(floor, "bin", "", "B-01")
    assert (line(floor, "1", 2), line(floor, "1", 3)) == ((0, 0, ""), (0, 1, "no_stock"))
    assert told(floor) == [(1, {"pieces": 1, "reason": "no_stock"})]


def whole_order(floor: Transactions) -> Picker:
    """Ana walks for an order of five nuts from two bins, which is sent whole."""
    with floor.begin() as tx:
        put(tx, "A-01", NUT, 2)
        put(tx, "C-01", NUT, 3)
        order(tx, "1", [("NUT", 5)], merchant="BOLT")
    ana = Picker(floor)
    ana.start()
    return ana


@pytest.mark.parametrize("subject", [("sku", "BOLT", "NUT"), ("bin", "", "A-01")])
def test_a_release_gives_a_walk_back_what_it_lost_of_an_order_that_is_sent_whole(
    floor, subject
) -> None:
    ana = whole_order(floor)
    before = picks(floor, "open")
    hold(floor, *subject)
    assert [row for row in picks(floor, "open") if row[2] == "A-01"] == []
    assert len(told(floor)) == 1
    release(floor, *subject)
    assert (sorted(picks(floor, "open")), told(floor)) == (before, [])
    ana.go_on()
    assert (state(floor, "1", "BOLT"), line(floor, "1")) == ("picked", (5, 0, ""))


def test_a_release_gives_back_only_its_own_part_of_an_order_that_is_sent_whole(floor) -> None:
    ana = whole_order(floor)
    hold(floor, "bin", "", "A-01")
    hold(floor, "bin", "", "C-01")
    assert told(floor) == [(5, {"pieces": 5, "reason": "held"})]
    release(floor, "bin", "", "C-01")
    assert told(floor) == [(2, {"pieces": 2, "reason": "held"})]
    ana.go_on("picking.bring_tote")
    release(floor, "bin", "", "A-01")  # too late for this walk: for the next one
    ana.go_on()
    assert (state(floor, "1", "BOLT"), told(floor)) == ("released", [])
    ana.start()
    ana.go_on()
    assert (state(floor, "1", "BOLT"), line(floor, "1")) == ("picked", (5, 0, ""))


def test_an_order_that_is_sent_whole_and_waits_since_a_hold_goes_on_when_it_ends(floor) -> None:
    ana = whole_order(floor)
    hold(floor, "bin", "", "A-01")
    ana.go_on()
    assert (state(floor, "1", "BOLT"), len(told(floor))) == ("waiting", 1)
    release(floor, "bin", "", "A-01")
    assert (state(floor, "1", "BOLT"), told(floor)) == ("released", [])


def test_a_release_gives_a_walk_back_what_it_lost_before_an_order_had_a_tote(floor) -> None:
    with floor.begin() as tx:
        put(tx, "A-01", MUG, 2)
        put(tx, "B-01", OLD_TEA, 1)
        order(tx, "1", [("MUG", 2), ("TEA", 1)])
    ana = Picker(floor)
    ana.scan("CART-1")
    hold(floor, "sku", *TEA)
    release(floor, "sku", *TEA)
    ana.scan("T-1")
    assert (line(floor, "1", 2), told(floor)) == ((0, 0, ""), [])
    ana.go_on()
    assert (state(floor, "1"), line(floor, "1", 2)) == ("picked", (1, 0, ""))


def test_a_release_gives_a_held_order_nothing_to_be_picked(floor) -> None:
    ana = whole_order(floor)
    hold(floor, "bin", "", "A-01")
    hold(floor, "order", "BOLT", "1")
    release(floor, "bin", "", "A-01")
    assert picks(floor, "open") == []
    ana.scan("BIN-A-01")
    assert state(floor, "1", "BOLT") == "waiting"
    release(floor, "order", "BOLT", "1")
    assert (state(floor, "1", "BOLT"), told(floor)) == ("released", [])


def test_a_line_is_not_opened_for_pieces_that_the_same_order_wants_already(floor) -> None:
    with floor.begin() as tx:
        put(tx, "A-01", MUG, 1)
        put(tx, "B-01", OLD_TEA, 2)
        put(tx, "C-01", OLD_TEA, 2)
        order(tx, "1", [("MUG", 1), ("TEA", 4)])
    ana = Picker(floor)
    ana.start()
    hold(floor, "bin", "", "B-01")
    hold(floor, "bin", "", "C-01")
    ana.go_on("picking.bring_tote")
    release(floor, "bin", "", "B-01")
    ana.go_on()
    assert (state(floor, "1"), line(floor, "1", 2)) == ("released", (0, 2, "held"))
    hold(floor, "bin", "", "B-01")
    release(floor, "bin", "", "B-01")
    assert line(floor, "1", 2) == (0, 2, "held")
    assert told(floor) == [(2, {"pieces": 2, "reason": "held"})]


def test_a_walk_for_an_order_that_waited_settles_only_what_it_takes(floor) -> None:
    with floor.begin() as tx:
        put(tx, "A-01", MUG, 1)
        put(tx, "B-01", OLD_TEA, 2)
        put(tx, "C-01", OLD_TEA, 2)
        order(tx, "1", [("MUG", 1), ("TEA", 4)])
    ana = Picker(floor)
    ana.start()
    hold(floor, "bin", "", "B-01")
    hold(floor, "bin", "", "C-01")
    ana.go_on("picking.bring_tote")
    release(floor, "bin", "", "B-01")
    ana.go_on()
    hold(floor, "bin", "", "B-01")
    ana.start()
    assert (state(floor, "1"), line(floor, "1", 2)) == ("waiting", (0, 2, "held"))
    assert told(floor) == [(4, {"pieces": 4, "reason": "held"})]
    with floor.begin() as tx:
        put(tx, "B-02", OLD_TEA, 2)
    ana.start()
    assert (state(floor, "1"), line(floor, "1", 2)) == ("picking", (0, 2, "held"))
    assert told(floor) == [(2, {"pieces": 2, "reason": "held"})]


def test_what_a_whole_order_that_waited_loses_before_its_tote_is_still_told(floor) -> None:
    with floor.begin() as tx:
        order(tx, "1", [("NUT", 5)], merchant="BOLT")
    ana = Picker(floor)
    ana.scan("CART-1")
    assert told(floor) == [(5, {"pieces": 5, "reason": "no_stock"})]
    with floor.begin() as tx:
        put(tx, "A-01", NUT, 2)
        put(tx, "C-01", NUT, 3)
    ana.scan("CART-1")
    hold(floor, "bin", "", "A-01")
    ana.scan("T-1")
    assert told(floor) == [(2, {"pieces": 2, "reason": "no_stock"})]
    release(floor, "bin", "", "A-01")
    assert told(floor) == []
    ana.go_on()
    assert (state(floor, "1", "BOLT"), line(floor, "1")) == ("picked", (5, 0, ""))


def test_what_was_lost_of_an_order_that_is_sent_whole_is_told_once(floor) -> None:
    with floor.begin() as tx:
        put(tx, "A-01", NUT, 2)
        put(tx, "C-01", NUT, 1)
        order(tx, "1", [("NUT", 3)], merchant="BOLT")
    ana = Picker(floor)
    ana.start()
    hold(floor, "bin", "", "A-01")
    hold(floor, "bin", "", "C-01")
    assert told(floor) == [(3, {"pieces": 3, "reason": "held"})]
    ana.scan("BIN-A-01")
    assert state(floor, "1", "BOLT") == "waiting"
    assert told(floor) == [(3, {"pieces": 3, "reason": "held"})]


def test_an_order_that_is_held_before_it_has_a_tote_gets_none_and_is_not_short(floor) -> None:
    with floor.begin() as tx:
        put(tx, "A-01", MUG, 3)
        order(tx, "1", [("MUG", 2)])
    ana = Picker(floor)
    ana.scan("CART-1")
    hold(floor, "order", "ACME", "1")
    ana.scan("T-1")
    assert (ana.said, ana.prompt.ask) == ("picking.gone_no_tote", "picking.scan_cart")
    assert (line(floor, "1"), state(floor, "1")) == ((0, 0, ""), "waiting")
    assert troubles(floor, "short_order") == []
    release(floor, "order", "ACME", "1")
    ana.start()
    ana.go_on()
    assert state(floor, "1") == "picked"


def test_a_held_order_keeps_what_is_in_its_tote_and_is_picked_to_the_end_later(floor) -> None:
    with floor.begin() as tx:
        put(tx, "A-01", MUG, 1)
        put(tx, "B-01", MUG, 1)
        order(tx, "1", [("MUG", 2)])
    ana = Picker(floor)
    ana.start()
    ana.scan("BIN-A-01", "MUG-1", "T-1")
    hold(floor, "order", "ACME", "1")
    ana.scan("BIN-B-01")
    assert ana.said == "picking.gone_order_held"
    ana.go_on()
    assert state(floor, "1") == "waiting"
    release(floor, "order", "ACME", "1")
    ana.start()
    ana.go_on()
    assert state(floor, "1") == "picked"


@pytest.mark.parametrize(("merchant", "sku"), [("ACME", "MUG"), ("BOLT", "NUT")])
@pytest.mark.parametrize("released", ["before", "after"])
def test_an_order_that_was_held_and_lacks_held_goods_waits_for_their_release(
    floor, merchant, sku, released
) -> None:
    with floor.begin() as tx:
        put(tx, "A-01", Goods(merchant, sku), 2)
        order(tx, "1", [(sku, 2)], merchant=merchant)
    ana = Picker(floor)
    ana.start()
    hold(floor, "order", merchant, "1")
    hold(floor, "sku", merchant, sku)
    if released == "before":
        release(floor, "order", merchant, "1")
    ana.scan("BIN-A-01")
    if released == "after":
        release(floor, "order", merchant, "1")
    else:
        assert told(floor) == [(2, {"pieces": 2, "reason": "held"})]
    assert state(floor, "1", merchant) == "waiting"
    release(floor, "sku", merchant, sku)
    assert (state(floor, "1", merchant), told(floor)) == ("released", [])
    ana.start()
    ana.go_on()
    assert (state(floor, "1", merchant), line(floor, "1")) == ("picked", (2, 0, ""))


@pytest.mark.parametrize(("merchant", "goods"), [("ACME", MUG), ("BOLT", NUT)])
def test_an_order_off_a_walk_lacks_nothing_because_its_merchant_is_held(
    floor, merchant, goods
) -> None:
    with floor.begin() as tx:
        put(tx, "A-01", goods, 2)
        order(tx, "1", [(goods.sku, 2)], merchant=merchant)
    ana = Picker(floor)
    ana.start()
    hold(floor, "order", merchant, "1")
    hold(floor, "merchant", merchant)
    release(floor, "order", merchant, "1")
    ana.scan("BIN-A-01")
    assert (state(floor, "1", merchant), told(floor)) == ("released", [])
    ana.start()
    assert picks(floor, "open") == []
    release(floor, "merchant", merchant)
    ana.start()
    ana.go_on()
    assert (state(floor, "1", merchant), line(floor, "1")) == ("picked", (2, 0, ""))


def test_an_order_off_a_walk_tells_what_is_held_beside_what_is_not_in_stock(floor) -> None:
    with floor.begin() as tx:
        put(tx, "A-01", NUT, 3)
        put(tx, "C-01", NUT, 2)
        order(tx, "1", [("NUT", 5)], merchant="BOLT")
    ana = Picker(floor)
    ana.start()
    hold(floor, "order", "BOLT", "1")
    hold(floor, "bin", "", "C-01")
    with floor.begin() as tx:
        tx.execute(update(Place).where(Place.code == "A-01").values(blocked="wanting"))
    release(floor, "order", "BOLT", "1")
    ana.scan("BIN-A-01")
    assert told(floor) == [(5, {"pieces": 5, "reason": "held, no_stock"})]


def test_what_was_picked_is_not_taken_back_onto_the_walk_once_it_is_recalled(floor) -> None:
    with floor.begin() as tx:
        put(tx, "B-01", OLD_TEA, 4)
        order(tx, "1", [("TEA", 2)])
    ana = Picker(floor)
    ana.start()
    ana.scan("BIN-B-01", "TEA-1", "2", "T-1")
    hold(floor, "recall", *TEA, "L1")
    ana.scan("*UNDO")
    assert ana.said == f"refusal.{Code.UNDO_HELD}"


def test_another_serial_is_not_taken_in_exchange_if_it_is_held(floor) -> None:
    with floor.begin() as tx:
        put(tx, "C-01", Goods("ACME", "CAM", lot="X", serial="S1"), 1)
        put(tx, "C-01", Goods("ACME", "CAM", lot="Y", serial="S2"), 1)
        order(tx, "1", [("CAM", 1)])
    hold(floor, "lot", "ACME", "CAM", "Y")
    ana = Picker(floor)
    ana.start()
    ana.scan("BIN-C-01", "CAM-1", "S2")
    assert ana.said == f"refusal.{Code.PICK_LOT_HELD}"


def lead(transactions: Transactions) -> Picker:
    with transactions.begin() as tx:
        tx.execute(update(Worker).where(Worker.code == "W2").values(roles="lead"))
    bob = Picker(transactions, "W2", job="leading")
    codes = [choice.code for choice in bob.prompt.choices]
    bob.scan(str(codes.index("control") + 1))
    return bob


def test_a_lead_takes_a_hold_back_and_the_walk_goes_on_as_it_was(floor) -> None:
    with floor.begin() as tx:
        put(tx, "B-01", OLD_TEA, 4)
        order(tx, "1", [("TEA", 2)])
    ana = Picker(floor)
    ana.start()
    bob = lead(floor)
    bob.scan("ACME/TEA", "1", "1")
    assert line(floor, "1") == (0, 2, "held")
    bob.scan("*UNDO")
    assert line(floor, "1") == (0, 0, "")
    ana.go_on()
    assert line(floor, "1") == (2, 0, "")


def test_a_release_is_not_taken_back_once_a_walk_has_begun_with_it(floor) -> None:
    with floor.begin() as tx:
        put(tx, "B-01", OLD_TEA, 4)
        order(tx, "1", [("TEA", 2)])
    bob = lead(floor)
    bob.scan("ACME/TEA", "1", "1", "ACME/TEA", "1")
    assert bob.said == "control.released"
    Picker(floor).start()
    bob.scan("*UNDO")
    assert bob.said == f"refusal.{Code.UNDO_CHANGED}"


def test_a_release_of_a_bin_is_not_taken_back_once_a_walk_goes_to_a_pallet_in_it(floor) -> None:
    with floor.begin() as tx:
        new_place(tx, SITE, code="PAL-1", kind="pallet", parent="C-04")
        put(tx, "PAL-1", NUT, 4)
        order(tx, "1", [("NUT", 2)], merchant="BOLT")
    bob = lead(floor)
    bob.scan("BIN-C-04", "1", "1", "BIN-C-04", "1")
    assert bob.said == "control.released"
    Picker(floor).start()
    assert picks(floor) == [("1", "NUT", "PAL-1", 2)]
    bob.scan("*UNDO")
    assert bob.said == f"refusal.{Code.UNDO_CHANGED}"


def test_a_hold_keeps_who_held_and_who_released_it(floor) -> None:
    with floor.begin() as tx:
        put(tx, "B-01", OLD_TEA, 4)
    bob = lead(floor)
    bob.scan("ACME/TEA", "1", "glass in it", "ACME/TEA", "1")
    with floor.begin() as tx:
        row = tx.execute(select(Hold)).scalar_one()
        kinds = tx.scalars(select(Operation.kind).where(Operation.worker == "W2")).all()
    assert (row.reason, row.held_by, row.released_by) == ("glass in it", "W2", "W2")
    assert row.released_at > row.held_at
    assert set(kinds) >= {"HoldSubject", "ReleaseSubject"}


def test_a_shops_word_does_not_end_our_hold_but_we_may_end_the_shops(floor) -> None:
    with floor.begin() as tx:
        put(tx, "A-01", MUG, 3)
        order(tx, "1", [("MUG", 1)])
        tx.execute(update(Order).values(state="hold", hold_reason="ON_HOLD"))
    hold(floor, "order", "ACME", "1")
    with floor.begin() as tx:
        tx.execute(update(Order).values(state="released"))
    assert Picker(floor).start().prompt.ask == "picking.scan_cart"
    with floor.begin() as tx:
        tx.execute(update(Order).values(state="hold"))
    release(floor, "order", "ACME", "1")
    assert state(floor, "1") == "released"
    with floor.begin() as tx:
        assert tx.scalar(select(Order.released_at)) == NOW


def test_a_bin_that_a_picker_closed_is_opened_by_a_release(floor) -> None:
    with floor.begin() as tx:
        tx.execute(update(Place).where(Place.code == "A-01").values(blocked="blocked"))
    release(floor, "bin", "", "A-01")
    with floor.begin() as tx:
        assert tx.scalar(select(Place.blocked).where(Place.code == "A-01")) == ""


def test_a_bin_that_a_picker_closed_stays_closed_when_a_hold_on_it_ends(floor) -> None:
    def closed() -> str:
        with floor.begin() as tx:
            return tx.scalar(select(Place.blocked).where(Place.code == "A-01")) or ""

    with floor.begin() as tx:
        tx.execute(update(Place).where(Place.code == "A-01").values(blocked="blocked"))
    hold(floor, "bin", "", "A-01")
    release(floor, "bin", "", "A-01")
    assert closed() == "blocked"
    hold(floor, "bin", "", "A-01")
    with floor.begin() as tx:
        settle_bin(tx, house.cause(tx, "count:1"), "A-01", "", "")
    assert closed() == "held"
    release(floor, "bin", "", "A-01")
    assert closed() == ""


def test_a_held_bin_stays_closed_though_a_picker_takes_back_that_nobody_can_reach_it(floor) -> None:
    with floor.begin() as tx:
        put(tx, "A-01", MUG, 3)
        put(tx, "B-01", MUG, 3)
        order(tx, "1", [("MUG", 2)])
    ana = Picker(floor)
    ana.start()
    ana.scan("*SHORT", "0", str(SHORT_REASONS.index("blocked") + 1))
    hold(floor, "bin", "", "A-01")
    ana.scan("*UNDO")
    assert (ana.said, ana.prompt.place) == (f"refusal.{Code.UNDO_HELD}", "B-01")
    release(floor, "bin", "", "A-01")
    ana.scan("*UNDO")
    assert (ana.said, picks(floor)) == ("road.undone", [("1", "MUG", "A-01", 2)])


def test_what_was_verified_of_a_lot_is_not_packed_once_it_is_recalled(transactions) -> None:
    packing.build(transactions)
    ana = Picker(transactions, job="packing")
    ana.scan("T-2", "09506000134369", "1")
    hold(transactions, "recall", "ACME", "MILK", "A")
    with transactions.begin() as tx:
        assert tx.scalar(select(func.count()).select_from(Checked)) == 0
        assert violations(tx, SITE) == ()
    ana.scan("09506000134369", "1")
    assert ana.said == f"refusal.{Code.PACK_HELD}"


def test_a_parcel_that_was_closed_before_its_goods_were_held_does_not_leave(transactions) -> None:
    packing.build(transactions)
    ana = Picker(transactions, job="packing")
    ana.scan("T-1", "09506000134352", "*FULL", "*DONE")
    hold(transactions, "sku", "ACME", "HAT")
    ana.scan("09506000134376", "3")
    assert ana.said == f"refusal.{Code.PACK_HELD}"
    assert state(transactions, "1001") == "packing"
    release(transactions, "sku", "ACME", "HAT")
    ana.scan("09506000134376", "3")
    assert ana.said == "packing.shipped"


def test_the_check_tells_of_a_stop_for_held_goods(floor) -> None:
    with floor.begin() as tx:
        put(tx, "B-01", OLD_TEA, 4)
        order(tx, "1", [("TEA", 2)])
    Picker(floor).start()
    with floor.begin() as tx:
        held = {"site": SITE, "id": "x/1", "kind": "sku", "merchant": "ACME", "subject": "TEA"}
        tx.execute(insert(Hold).values(**held, reason="wet", held_at=NOW))
        rules = {violation.rule for violation in violations(tx, SITE)}
        tx.rollback()
    assert rules == {"nothing_held_is_to_be_picked"}


def test_a_recall_beside_pickers_in_processes_of_their_own_stops_the_lot(tmp_path: Path) -> None:
    transactions = new_warehouse(tmp_path)
    with transactions.begin() as tx:
        house.furnish(tx)
        put(tx, "B-01", OLD_TEA, 30)
        put(tx, "C-01", NEW_TEA, 30)
        for number in range(8):
            order(tx, f"{number:03}", [("TEA", 1), ("TEA", 2)])
    url = home_of(tmp_path / "floor.db")
    assert forked.outcome([str(RECALLS), url, "W1", "W2"]) == (0, "")
    assert all_is_well(transactions)
    with transactions.begin() as tx:
        left = tx.scalar(select(func.sum(Stock.reserved)).where(Stock.lot == "L1"))
        states = set(tx.scalars(select(Order.state)))
    assert (left, states) == (0, {"picked"})


def give(bob: Picker, *choices: str) -> None:
    """Choose in the list of work, from the desk of control on."""
    codes = [choice.code for choice in bob.prompt.choices]
    bob.scan(str(codes.index("work") + 1), *choices)


def walk_given(floor) -> tuple[Picker, Picker]:
    """Let Bob give the walk that Ana has begun to Cai; give Ana and Bob."""
    with floor.begin() as tx:
        put(tx, "A-01", MUG, 3)
        order(tx, "1", [("MUG", 2)])
        row = {"site": SITE, "code": "W3", "name": "Cai", "badge": "BADGE-CAI", "roles": "picking"}
        tx.execute(insert(Worker).values(**row))
    ana = Picker(floor)
    ana.start()
    bob = lead(floor)
    give(bob, "1", "1", "2")
    return ana, bob


def test_a_walk_is_given_to_a_worker_who_finds_it_parked_where_it_goes_on(floor) -> None:
    ana, bob = walk_given(floor)
    assert bob.said == "control.work_given"
    ana.scan("BIN-A-01")
    assert (ana.said, ana.prompt.ask) == (f"refusal.{Code.WORK_GIVEN}", "picking.scan_cart")
    cai = Picker(floor, "W3")
    assert cai.prompt.place == "A-01"
    cai.go_on()
    assert state(floor, "1") == "picked"


def test_a_walk_that_was_given_away_goes_on_once_that_is_taken_back(floor) -> None:
    ana, bob = walk_given(floor)
    bob.scan("*UNDO")
    ana.go_on()
    assert state(floor, "1") == "picked"
    assert Picker(floor, "W3").prompt.ask == "picking.scan_cart"
    assert all_is_well(floor)


def test_an_order_at_a_bench_that_was_freed_goes_on_once_that_is_taken_back(
    transactions: Transactions,
) -> None:
    packing.build(transactions)
    ana = Picker(transactions, job="packing")
    ana.scan("T-1")
    question = ana.prompt
    bob = lead(transactions)
    give(bob, "1", "2")
    bob.scan("*UNDO")
    assert ana.scan("*HELP").prompt == question
    ana.scan("09506000134352")
    assert ana.prompt != question
    assert not ana.said.startswith("refusal.")


def test_an_order_at_a_bench_is_freed_for_anybody(transactions: Transactions) -> None:
    packing.build(transactions)
    ana = Picker(transactions, job="packing")
    ana.scan("T-1")
    bob = lead(transactions)
    give(bob, "1", "2")
    assert bob.said == "control.work_freed"
    ana.scan("09506000134352")
    assert (ana.said, ana.prompt.ask) == (f"refusal.{Code.WORK_FREED}", "packing.scan_tote")
    assert state(transactions, "1001") == "picked"


def test_work_that_ended_meanwhile_is_not_given_away(floor) -> None:
    with floor.begin() as tx:
        put(tx, "A-01", MUG, 3)
        order(tx, "1", [("MUG", 2)])
    ana = Picker(floor)
    ana.start()
    bob = lead(floor)
    give(bob, "1", "1")
    ana.go_on()
    bob.scan("1")
    assert bob.said == f"refusal.{Code.EXCEPTION_CHANGED}"


def test_held_goods_are_on_hold_where_their_bin_is_looked_at(floor) -> None:
    with floor.begin() as tx:
        put(tx, "B-01", OLD_TEA, 4)
        put(tx, "B-01", MUG, 2)
    hold(floor, "lot", *TEA, "L1")
    bob = lead(floor)
    bob.scan("BIN-B-01")
    read = catalog("en").written
    notes = {item.code: read(item.note).split()[-1:] for item in bob.prompt.goods}
    assert notes == {"TEA": ["HOLD"], "MUG": []}


def test_goods_in_a_held_bin_are_on_hold_where_they_or_it_are_looked_at(floor) -> None:
    with floor.begin() as tx:
        new_place(tx, SITE, code="P-1", kind="pallet", parent="C-01")
        put(tx, "A-01", MUG, 3)
        put(tx, "P-1", MUG, 2)

    def counted() -> tuple[dict[str, str], list[bool]]:
        with floor.begin() as tx:
            seen = looking.sku(tx, SITE, "ACME/MUG")
            there = [looking.place(tx, SITE, code) for code in ("A-01", "C-01", "P-1")]
        return dict(seen.facts), ["condition_hold" in str(one.rows) for one in there]

    facts, at = counted()
    assert (facts["fact.good_in_all"], "fact.not_for_sale" in facts) == ("5", False)
    assert at == [False, False, False]
    hold(floor, "bin", "", "C-01")
    facts, at = counted()
    assert (facts["fact.good_in_all"], facts["fact.not_for_sale"]) == ("3", "2")
    assert at == [False, True, True]


@pytest.mark.parametrize(
    "rule",
    [
        *("four_eyes", "correction_pieces_max", "count_approval_pieces"),
        *("count_tolerance_pieces", "count_tolerance_pct"),
    ],
)
def test_what_binds_leads_is_set_by_a_supervisor(floor, rule: str) -> None:
    value = "" if rule == "four_eyes" else "0"
    asked = SetRule("", rule, site_value_of(SiteRules(), rule), value)
    cause = Cause(SITE, "L:1", "W2", "L", "", NOW, frozenset({"lead"}))
    with pytest.raises(Refused) as refused:
        in_turn(floor, lambda tx: carry_out(tx, cause, asked))
    assert refused.value.code is Code.ROLE_MISSING
    boss = replace(cause, roles=frozenset({"supervisor"}))
    assert in_turn(floor, lambda tx: carry_out(tx, boss, asked)).rule.value == value


def test_a_hold_ends_with_its_order(floor) -> None:
    with floor.begin() as tx:
        order(tx, "1", [("MUG", 2)])
        order(tx, "2", [("MUG", 2)])
    hold(floor, "order", "ACME", "1")
    hold(floor, "order", "ACME", "2")
    with floor.begin() as tx:
        tx.execute(update(Order).values(state="cancelled", cancelled_at=NOW))
        undo_order(tx, house.cause(tx, "X:1"), "ACME", "1")
    bob = lead(floor)
    bob.scan("1")
    assert [choice.facts[0] for choice in bob.prompt.choices] == [("subject", "ACME/2")]
    bob.scan("1", "1")
    assert (bob.said, state(floor, "2")) == ("control.released", "cancelled")


def test_a_cancelled_order_that_is_picked_is_an_exception_until_it_is_put_back(
    transactions: Transactions,
) -> None:
    packing.build(transactions)
    open_now = select(Trouble.kind, Trouble.subject).where(Trouble.closed_at.is_(None))
    with transactions.begin() as tx:
        for again in range(2):  # a shop may say so twice
            undo_order(tx, house.cause(tx, f"X:{again}"), "ACME", "1001")
        assert tx.execute(open_now).all() == [("putback_waiting", "T-1")]
        close_source(tx, house.cause(tx, "X:2"), Source("T-1"))
        assert tx.execute(open_now).all() == []


def test_the_last_parcel_of_a_held_order_does_not_leave_because_the_rest_is_missing(
    transactions: Transactions,
) -> None:
    packing.build(transactions)
    ana = Picker(transactions, job="packing")
    ana.scan("T-1", "09506000134352", "*FULL", "*DONE")
    hold(transactions, "order", "ACME", "1001")
    ana.scan("*SHORT", "3", "1")
    assert ana.said == f"refusal.{Code.PACK_HELD}"
    assert state(transactions, "1001") == "packing"


def test_goods_of_no_order_are_in_nobodys_hands_because_somebody_packs(floor) -> None:
    with floor.begin() as tx:
        put(tx, "BENCH-2", OLD_TEA, 4)
        packs = tasks.open_task(tx, house.cause(tx, "X:1"), "pack", place="T-4")
        tasks.claim_task(tx, house.cause(tx, "X:2"), packs)
        (lying,) = recalls.traced(tx, SITE, Subject("lot", *TEA, "L1")).in_hand
    assert (lying.place, lying.worker) == ("BENCH-2", "")
