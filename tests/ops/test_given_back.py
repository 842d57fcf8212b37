"""Work that a lead gave away or freed, and that is its first worker's again: who is told what."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select
from warehouses import inbound, picking
from warehouses.handed import Begun, at_work, count, given, inspect, pack, shelve, staff
from warehouses.picked import all_is_well
from warehouses.picker import Picker
from warehouses.walk import received

from floorhand.domain.keymap import Key
from floorhand.domain.things import Goods
from floorhand.errors import Code
from floorhand.flows.turn import Prompt
from floorhand.ops.floor import Turn
from floorhand.store.db import Transactions
from floorhand.store.schema import Parked


def pick(transactions: Transactions) -> tuple[str, list[str], str]:
    """Give the job, what begins it, and the first question of whoever goes on with it."""
    picking.build(transactions)
    return "picking", ["CART-1", "T-1", "T-2", "BIN-A-01"], "picking.scan_place"


def claim(transactions: Transactions) -> tuple[str, list[str], str]:
    picking.build(transactions)
    return "picking", ["CART-1"], "picking.scan_empty_tote"


BEGUN = (pick, pack, inspect)
"""Jobs whose first question hands out no work: what is theirs has to be in the menu."""


def begun(transactions: Transactions, begin: Begun) -> tuple[str, str, Picker]:
    """Give the job, any scan, and Ana who is at the work."""
    job, scans, _ = begin(transactions)
    staff(transactions)
    ana = Picker(transactions, "W1", job=job)
    ana.scan(*scans)
    return job, scans[-1], ana


def menu_of(worker: Picker) -> dict[str, str]:
    """Leave the job, and give what the menu calls each job."""
    worker.scan("*BACK")
    return {choice.code: choice.text for choice in worker.prompt.choices}


def opened(worker: Picker, job: str) -> Prompt:
    worker.scan(str([choice.code for choice in worker.prompt.choices].index(job) + 1))
    return worker.prompt


def told(turn: Turn) -> tuple[str, object, object, object]:
    """Give what was said, with whom it names, who decided it, and when."""
    assert turn.said is not None
    facts = turn.said.facts
    return turn.said.text, facts.get("name"), facts.get("by"), facts.get("since")


def later(worker: Picker, minutes: int) -> Picker:
    worker.now += timedelta(minutes=minutes)
    return worker


GIVEN = f"refusal.{Code.WORK_GIVEN}"


def freed(transactions: Transactions) -> Picker:
    return at_work(transactions, "2")


@pytest.mark.parametrize(
    ("begin", "decide"),
    [*((begin, given) for begin in BEGUN), (claim, freed), (pack, freed), (inspect, freed)],
)
def test_who_was_told_already_finds_it_parked_where_it_was(
    transactions: Transactions, begin: Begun, decide: Callable[[Transactions], Picker]
) -> None:
    job, scan, ana = begun(transactions, begin)
    question, may_undo = ana.prompt, ana.offers(Key.UNDO)
    bob = decide(transactions)
    assert ana.scan(scan).said.tone == "refused"
    bob.scan("*UNDO")
    assert menu_of(ana)[job] == f"parked.{job}"
    assert (opened(ana, job), ana.offers(Key.UNDO)) == (question, may_undo)
    assert all_is_well(transactions)


def test_the_next_walk_is_the_one_that_is_theirs_again(transactions: Transactions) -> None:
    _, scan, ana = begun(transactions, pick)
    bob = given(transactions)
    ana.scan(scan)
    bob.scan("*UNDO")
    assert ana.scan("*DONE").prompt.ask == "picking.scan_place"
    assert ana.said == "picking.walk_resumed"
    with transactions.begin() as tx:  # it is gone on with, so it is parked no more
        assert tx.scalars(select(Parked.worker)).all() == []


def test_who_is_at_another_walk_by_then_goes_on_with_it_and_comes_to_the_first_next(
    transactions: Transactions,
) -> None:
    _, scan, ana = begun(transactions, pick)
    bob = given(transactions)
    ana.scan(scan, "*DONE", "T-3")
    question = ana.prompt
    bob.scan("*UNDO")
    assert ana.scan("*HELP").prompt == question
    ana.go_on()
    assert ana.scan("*DONE").prompt.ask == "picking.scan_place"
    ana.go_on()
    assert all_is_well(transactions)


@pytest.mark.parametrize("begin", [*BEGUN, count])
def test_who_had_taken_it_up_is_told_whose_it_is_again_by_whom_and_since_when(
    transactions: Transactions, begin: Begun
) -> None:
    job, scan, _ = begun(transactions, begin)
    bob = given(transactions)
    cai = later(Picker(transactions, "W3", job=job), 5)
    later(bob, 10).scan("*UNDO")
    assert told(cai.scan(scan)) == (GIVEN, "Ana", "Bob", "09:10")
    assert menu_of(cai)[job] == f"job.{job}"
    assert all_is_well(transactions)


@pytest.mark.parametrize("begin", BEGUN)
def test_both_are_told_truly_and_find_it_however_often_it_is_taken_back_and_done_again(
    transactions: Transactions, begin: Begun
) -> None:
    job, scan, ana = begun(transactions, begin)
    bob = given(transactions)
    question = ana.prompt
    ana.scan(scan)
    cai = Picker(transactions, "W3", job=job)
    theirs = cai.prompt
    for minutes in (10, 20):
        later(bob, 10).scan("*UNDO")
        assert told(cai.scan(scan))[1:] == ("Ana", "Bob", f"09:{minutes}")
        assert menu_of(ana)[job] == f"parked.{job}"
        assert opened(ana, job) == question
        bob.scan("*REDO")
        assert told(ana.scan(scan))[1:] == ("Cai", "Bob", f"09:{minutes}")
        assert menu_of(cai)[job] == f"parked.{job}"
        assert opened(cai, job) == theirs
    assert all_is_well(transactions)


def test_what_is_given_on_goes_back_through_the_same_hands(transactions: Transactions) -> None:
    job, scan, ana = begun(transactions, pick)
    question = ana.prompt
    bob = given(transactions)
    cai = Picker(transactions, "W3", job=job)
    codes = [choice.code for choice in bob.prompt.choices]
    bob.scan(str(codes.index("work") + 1), "1", "1")
    bob.scan(str([choice.code for choice in bob.prompt.choices].index("W1") + 1))
    assert told(cai.scan(scan))[1:3] == ("Ana", "Bob")
    bob.scan("*UNDO")
    assert menu_of(cai)[job] == f"parked.{job}"
    bob.scan("*BACK", "*BACK", "*BACK", "*UNDO")
    assert opened(cai, job).ask == "picking.scan_cart"
    assert told(cai.turn)[1:3] == ("Ana", "Bob")
    assert ana.scan("*HELP").prompt == question
    assert all_is_well(transactions)


def test_who_puts_other_goods_of_the_same_dock_away_is_told_nothing(
    transactions: Transactions,
) -> None:
    """Loose goods on one dock are work of their own each."""
    _, scan, ana = begun(transactions, shelve)
    with transactions.begin() as tx:
        received(tx, 20, Goods("ACME", "MUG"), 3)
    cai = Picker(transactions, "W3", job="putaway")
    cai.scan(inbound.MUG)
    question = cai.prompt
    bob = given(transactions)
    assert told(ana.scan(scan))[1] == "Cai"
    bob.scan("*UNDO", "*REDO", "*UNDO")
    assert cai.scan("*HELP").prompt == question
    assert all_is_well(transactions)


def test_a_walk_that_a_lead_takes_back_from_a_colleague_is_in_the_menu_of_who_had_it(
    transactions: Transactions,
) -> None:
    job, scan, ana = begun(transactions, pick)
    question = ana.prompt
    cai = later(Picker(transactions, "W3", job=job), 5)
    cai.scan("CART-1", "CART-1")
    assert ana.scan(scan).said.text == f"refusal.{Code.WALK_TAKEN}"
    bob = later(Picker(transactions, "W2", job="leading"), 10)
    bob.scan("CART-1", "1", "*DONE", "1")
    assert bob.said == "road.undone"
    assert cai.scan(scan).said.text == f"refusal.{Code.LEAD_TOOK_BACK}"
    assert menu_of(ana)[job] == f"parked.{job}"
    assert opened(ana, job) == question
    assert all_is_well(transactions)
