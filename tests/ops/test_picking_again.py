"""What a lead has picked after all, of orders that were written off as short."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from conftest import NOW, SITE
from ops.test_control import hold, release, told
from ops.test_exceptions import LATER, decide, lead, listed
from ops.test_figures_stay import BEGAN, ENDED, SHIFT
from sqlalchemy import select, update
from warehouses import picking as house
from warehouses.picked import all_is_well, line, picks, state
from warehouses.picker import Picker
from warehouses.picking import CAP, MUG, NUT, OLD_TEA, order, put

from floorhand.domain.exceptions import Decide, LookAtException
from floorhand.domain.things import CORRECTION, Line
from floorhand.errors import Code
from floorhand.ops.reserving import order_waits
from floorhand.ops.settling import carry_out, from_office
from floorhand.store import ledger, tasks
from floorhand.store.db import Transactions
from floorhand.store.schema import Order, OrderLine, Place, Stock, Worker
from floorhand.store.summary import shift_figures

TEA = ("ACME", "TEA")


@pytest.fixture
def floor(transactions: Transactions) -> Iterator[Transactions]:
    """The furnished house without stock and orders; its books are right at the end."""
    with transactions.begin() as tx:
        house.furnish(tx)
        tx.execute(update(Worker).values(roles="picking packing"))
    yield transactions
    assert all_is_well(transactions)


def short_at_bench(floor: Transactions, *subject: str, mugs: int = 1) -> Picker:
    """Hold the tea of an order until its tote stands at a bench, or none is left to stand there."""
    with floor.begin() as tx:
        put(tx, "B-01", OLD_TEA, 4)
        if mugs:
            put(tx, "A-01", MUG, mugs)
        order(tx, "1", [("TEA", 2), *([("MUG", mugs)] if mugs else [])], released_at=BEGAN)
    ana = Picker(floor)
    ana.start()
    hold(floor, *(subject or ("sku", *TEA)))
    if mugs:
        ana.go_on("picking.bring_tote")
        ana.scan("T-1", "BENCH-2")
    else:
        ana.scan("BIN-B-01")
    assert (state(floor, "1"), line(floor, "1")) == (
        "picked" if mugs else "short",
        (0, 2, "held"),
    )
    return ana


def again(floor: Transactions) -> str:
    (one,) = listed(floor, "short_order")
    return decide(floor, one, "pick_again")


def shown(floor: Transactions) -> tuple[tuple[str, ...], list[str]]:
    """What can be decided about the one short order, and what is told about picking it again."""
    (one,) = listed(floor, "short_order")
    with floor.begin() as tx:
        seen = from_office(tx, SITE, LookAtException(one.id), NOW)
    return seen.actions, [value for name, value in seen.facts if name == "fact.again_text"]


@pytest.mark.parametrize("subject", [("sku", *TEA), ("recall", *TEA, "L1"), ("bin", "", "B-01")])
def test_the_missing_pieces_are_brought_to_the_tote_that_waits_at_a_bench(floor, subject) -> None:
    short_at_bench(floor, *subject)
    release(floor, *subject)
    assert (state(floor, "1"), line(floor, "1")) == ("picked", (0, 2, "held"))
    assert again(floor) == "exceptions.done.pick_again"
    assert (state(floor, "1"), line(floor, "1"), told(floor)) == ("released", (0, 0, ""), [])
    ben = Picker(floor, "W2", job="packing")
    ben.scan("T-1")
    assert ben.said == f"refusal.{Code.PACK_NOT_PICKED}"
    ana = Picker(floor)
    ana.start()
    assert picks(floor, "open") == [("1", "TEA", "B-01", 2)]
    ana.go_on("picking.bring_tote")
    assert ana.prompt.wants.place == "BENCH-2"
    ana.go_on()
    assert (state(floor, "1"), line(floor, "1")) == ("picked", (2, 0, ""))
    ben.scan("T-1")
    assert ben.prompt.ask == "packing.scan_piece", ben.turn


def test_whoever_packs_an_order_that_is_picked_again_is_told(floor) -> None:
    short_at_bench(floor, mugs=2)
    ben = Picker(floor, "W2", job="packing")
    ben.scan("T-1", "MUG-1")
    release(floor, "sku", *TEA)
    assert again(floor) == "exceptions.done.pick_again"
    assert state(floor, "1") == "released"
    ben.scan("MUG-1")
    assert ben.said == f"refusal.{Code.PICKED_FIRST}"
    ana = Picker(floor)
    ana.start()
    ana.go_on()
    assert (state(floor, "1"), line(floor, "1")) == ("picked", (2, 0, ""))


def test_an_order_that_was_closed_as_short_is_picked_after_all(floor) -> None:
    short_at_bench(floor, mugs=0)
    with floor.begin() as tx:
        first = shift_figures(tx, SITE, SHIFT, ENDED)
    release(floor, "sku", *TEA)
    assert again(floor) == "exceptions.done.pick_again"
    assert (state(floor, "1"), line(floor, "1"), told(floor)) == ("released", (0, 0, ""), [])
    ana = Picker(floor, now=LATER)
    ana.start()
    ana.go_on()
    assert (state(floor, "1"), line(floor, "1")) == ("picked", (2, 0, ""))
    with floor.begin() as tx:
        assert shift_figures(tx, SITE, SHIFT, LATER) == first
    assert first["orders"]["closed_short"] == 1


def test_what_is_not_in_stock_is_not_picked_again(floor) -> None:
    short_at_bench(floor)
    before = told(floor)
    assert again(floor) == Code.AGAIN_NO_STOCK
    assert (state(floor, "1"), line(floor, "1"), told(floor)) == ("picked", (0, 2, "held"), before)


def test_what_is_still_missing_stays_on_the_list(floor) -> None:
    short_at_bench(floor)
    hold(floor, "bin", "", "B-01")
    with floor.begin() as tx:
        put(tx, "C-01", OLD_TEA, 1)
    release(floor, "sku", *TEA)
    (before,) = listed(floor, "short_order")
    assert again(floor) == "exceptions.done.pick_again"
    assert (state(floor, "1"), line(floor, "1")) == ("released", (0, 1, "held"))
    (one,) = listed(floor, "short_order")
    assert one == replace(before, pieces=1, facts={"pieces": 1, "reason": "held"})
    release(floor, "bin", "", "B-01")
    assert (line(floor, "1"), told(floor)) == ((0, 0, ""), [])
    ana = Picker(floor)
    ana.start()
    assert picks(floor, "open") == [("1", "TEA", "B-01", 2)]
    ana.go_on()


def test_two_lines_of_a_product_share_what_there_is(floor) -> None:
    with floor.begin() as tx:
        put(tx, "A-01", MUG, 1)
        put(tx, "B-01", CAP, 3)
        order(tx, "1", [("CAP", 2), ("CAP", 1), ("MUG", 1)])
    ana = Picker(floor)
    ana.start()
    hold(floor, "sku", "ACME", "CAP")
    ana.go_on()
    with floor.begin() as tx:
        tx.execute(update(Stock).where(Stock.sku == "CAP").values(reserved=1))
    release(floor, "sku", "ACME", "CAP")
    assert again(floor) == "exceptions.done.pick_again"
    assert (line(floor, "1"), line(floor, "1", 2)) == ((0, 0, ""), (0, 1, "held"))
    with floor.begin() as tx:
        tx.execute(update(Stock).where(Stock.sku == "CAP").values(reserved=0))


def test_a_walk_that_has_the_order_takes_what_has_come_since(floor) -> None:
    with floor.begin() as tx:
        put(tx, "A-01", MUG, 1)
        order(tx, "1", [("MUG", 1), ("CAP", 1)])
    ana = Picker(floor)
    ana.start()
    assert line(floor, "1", 2) == (0, 1, "no_stock")
    with floor.begin() as tx:
        put(tx, "B-01", CAP, 1)
    assert again(floor) == "exceptions.done.pick_again"
    assert picks(floor, "open") == [("1", "MUG", "A-01", 1), ("1", "CAP", "B-01", 1)]
    ana.go_on()
    assert (state(floor, "1"), line(floor, "1", 2)) == ("picked", (1, 0, ""))


def test_an_order_that_left_is_not_picked_again_and_it_says_what_to_do(floor) -> None:
    short_at_bench(floor)
    release(floor, "sku", *TEA)
    assert shown(floor) == (("pick_again", "settle"), [])
    with floor.begin() as tx:
        tx.execute(update(Order).values(state="shipped"))
    assert shown(floor) == (("settle",), ["exceptions.again.shipped"])
    assert again(floor) == Code.EXCEPTION_CHANGED
    with floor.begin() as tx:
        tx.execute(update(Order).values(state="picked"))


@pytest.mark.parametrize(("free", "then"), [(1, "hold"), (2, "released")])
def test_an_order_of_which_all_is_wanted_is_picked_again_as_a_whole(floor, free, then) -> None:
    with floor.begin() as tx:
        put(tx, "A-01", NUT, 3)
        order(tx, "1", [("NUT", 3)], merchant="BOLT")
    ana = Picker(floor)
    ana.start()
    ana.go_on()
    with floor.begin() as tx:
        values = {"picked": 1, "short": 2, "short_reason": "held"}
        tx.execute(update(OrderLine).values(values))
        tx.execute(update(Order).values(state="hold", hold_reason="missing_at_bench"))
        tote = tx.scalars(select(Place.code).where(Place.order_no == "BOLT/1")).one()
        gone = house.cause(tx, "GONE")
        ledger.move(tx, gone, tote, CORRECTION, [Line(NUT, 2)])
        put(tx, "B-01", NUT, free)
        tasks.trouble(tx, gone, "short_order", "BOLT/1", "BOLT", pieces=2, reason="held")
    assert again(floor) == ("exceptions.done.pick_again" if free == 2 else Code.AGAIN_NO_STOCK)
    assert state(floor, "1", "BOLT") == then
    if free == 2:
        ana.start()
        ana.go_on()
        assert (state(floor, "1", "BOLT"), line(floor, "1")) == ("picked", (3, 0, ""))


def test_a_lead_takes_it_back_and_does_it_again_as_long_as_nobody_walks_for_it(floor) -> None:
    short_at_bench(floor, mugs=2)
    ben = Picker(floor, "W2", job="packing")
    ben.scan("T-1", "MUG-1")
    release(floor, "sku", *TEA)
    with floor.begin() as tx:
        tx.add(Worker(site=SITE, code="W3", name="Cleo", badge="BADGE-CLEO", roles="lead"))
    cleo = Picker(floor, "W3", job="leading")
    codes = [choice.code for choice in cleo.prompt.choices]
    cleo.scan(str(codes.index("exceptions") + 1), "1", "1")
    assert cleo.said == "exceptions.done.pick_again", cleo.turn
    before = told(floor)
    cleo.scan("*UNDO")
    assert (state(floor, "1"), line(floor, "1")) == ("packing", (0, 2, "held"))
    ben.scan("*HELP")
    assert ben.prompt.ask == "packing.scan_piece"
    assert told(floor) == [(2, {"pieces": 2, "reason": "held"})]
    cleo.scan("*REDO")
    assert (state(floor, "1"), line(floor, "1"), told(floor)) == ("released", (0, 0, ""), before)
    ana = Picker(floor)
    ana.start()
    cleo.scan("*UNDO")
    assert cleo.said == f"refusal.{Code.UNDO_CHANGED}"
    ana.go_on()
    assert line(floor, "1") == (2, 0, "")
    ben.scan("MUG-1")
    assert ben.said == f"refusal.{Code.PICKED_FIRST}"


@pytest.mark.parametrize("stopped", [("order", "ACME", "1"), ("merchant", "ACME")])
def test_of_an_order_on_hold_it_is_said_that_its_release_is_awaited(floor, stopped) -> None:
    short_at_bench(floor)
    hold(floor, *stopped)
    release(floor, "sku", *TEA)
    (one,) = listed(floor, "short_order")
    cause = lead(1, "W9")
    with floor.begin() as tx:
        said = carry_out(tx, cause, Decide(one.id, "pick_again"))
    assert dict(said.facts)["again_text"] == "exceptions.again.held"


@pytest.mark.parametrize(
    ("decision", "there", "short"),
    [("ship_rest", 2, (0, 3, "held")), ("drop_lines", 2, (0, 5, "held")), ("ship_rest", 0, None)],
)
def test_what_a_lead_gives_up_of_a_held_product_is_short_by_the_hold_and_stays_so(
    floor, decision, there, short
) -> None:
    with floor.begin() as tx:
        put(tx, "A-01", NUT, 3)
        if there:
            put(tx, "C-01", NUT, there)
        order(tx, "1", [("NUT", 5)], merchant="BOLT", released_at=BEGAN, state="waiting")
    hold(floor, "bin", "", "A-01")
    with floor.begin() as tx:
        order_waits(tx, house.cause(tx, "W"), "BOLT", "1")
    (one,) = listed(floor, "short_order")
    decide(floor, one, decision)
    assert line(floor, "1") == (short or (0, 5, "held"))
    then = state(floor, "1", "BOLT")
    release(floor, "bin", "", "A-01")
    assert (line(floor, "1"), state(floor, "1", "BOLT")) == (short or (0, 5, "held"), then)
    assert told(floor) == []


def test_what_a_lead_gives_up_that_is_mostly_nowhere_is_short_by_that(floor) -> None:
    with floor.begin() as tx:
        put(tx, "A-01", NUT, 1)
        order(tx, "1", [("NUT", 5)], merchant="BOLT", released_at=BEGAN, state="waiting")
    hold(floor, "bin", "", "A-01")
    with floor.begin() as tx:
        order_waits(tx, house.cause(tx, "W"), "BOLT", "1")
    assert told(floor) == [(5, {"pieces": 5, "reason": "held, no_stock"})]
    (one,) = listed(floor, "short_order")
    decide(floor, one, "ship_rest")
    assert line(floor, "1") == (0, 5, "no_stock")


def missing_at_bench(floor: Transactions) -> None:
    """One of two teas, and the mug, are not in the tote that stands at a bench."""
    with floor.begin() as tx:
        put(tx, "B-01", OLD_TEA, 2)
        put(tx, "A-01", MUG, 1)
        order(tx, "1", [("TEA", 2), ("MUG", 1)], released_at=BEGAN)
    ana = Picker(floor)
    ana.start()
    ana.go_on("picking.bring_tote")
    ana.scan("T-1", "BENCH-2")
    with floor.begin() as tx:
        of = house.cause(tx, "GONE")
        ledger.move(tx, of, "T-1", CORRECTION, [Line(OLD_TEA, 1), Line(MUG, 1)])
        short = {"picked": OrderLine.picked - 1, "short": 1, "short_reason": "not_there"}
        tx.execute(update(OrderLine).values(short))
        for sku in ("TEA", "MUG"):
            what = {"sku": sku, "pieces": 1, "reason": "not_there"}
            tasks.trouble(tx, of, "missing_at_bench", "ACME/1", "ACME", **what)


def test_what_a_bench_found_missing_of_a_product_is_picked_again(floor) -> None:
    missing_at_bench(floor)
    tea, mug = sorted(
        listed(floor, "missing_at_bench"), key=lambda one: str(one.facts["sku"]), reverse=True
    )
    assert decide(floor, tea, "pick_again") == Code.AGAIN_NO_STOCK
    with floor.begin() as tx:
        put(tx, "C-01", OLD_TEA, 5)
    assert decide(floor, tea, "pick_again") == "exceptions.done.pick_again"
    assert (line(floor, "1", 1), line(floor, "1", 2)) == ((1, 0, ""), (0, 1, "not_there"))
    (left,) = listed(floor, "missing_at_bench")
    assert (state(floor, "1"), left.id) == ("released", mug.id)
    assert decide(floor, tea, "pick_again") != "exceptions.done.pick_again"
    ana = Picker(floor)
    ana.start()
    ana.go_on()
    assert (state(floor, "1"), line(floor, "1", 1)) == ("picked", (2, 0, ""))


def test_what_is_lacked_beside_what_a_bench_found_missing_is_told_no_more(floor) -> None:
    missing_at_bench(floor)
    with floor.begin() as tx:
        lost = house.cause(tx, "LOST")
        tx.execute(update(OrderLine).where(OrderLine.sku == "TEA").values(picked=0, short=2))
        ledger.move(tx, lost, "T-1", CORRECTION, [Line(OLD_TEA, 1)])
        tasks.trouble(tx, lost, "short_order", "ACME/1", "ACME", pieces=1, reason="held")
        put(tx, "C-01", OLD_TEA, 5)
    (tea,) = (one for one in listed(floor, "missing_at_bench") if one.facts["sku"] == "TEA")
    assert decide(floor, tea, "pick_again") == "exceptions.done.pick_again"
    assert (line(floor, "1", 1), told(floor)) == ((0, 0, ""), [])


def test_what_is_on_hold_as_a_walk_begins_is_its_own_again_once_that_ends(floor) -> None:
    with floor.begin() as tx:
        put(tx, "B-01", OLD_TEA, 4)
        put(tx, "A-01", MUG, 1)
        order(tx, "1", [("TEA", 2), ("MUG", 1)], released_at=BEGAN)
    hold(floor, "sku", *TEA)
    ana = Picker(floor)
    ana.start()
    assert (line(floor, "1"), told(floor)) == (
        (0, 2, "held"),
        [(2, {"pieces": 2, "reason": "held"})],
    )
    release(floor, "sku", *TEA)
    assert (line(floor, "1"), told(floor)) == ((0, 0, ""), [])
    ana.go_on("picking.bring_tote")
    assert line(floor, "1") == (2, 0, "")
