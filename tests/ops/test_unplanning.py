"""Counts and refills that were planned, and that a lead takes back, or plans again after all."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from conftest import NOW, SITE
from sqlalchemy import insert, select, update
from warehouses import counted, refilled
from warehouses.picked import all_is_well
from warehouses.picker import Picker

from floorhand.domain.keymap import Key
from floorhand.errors import Code
from floorhand.store import count_sheets
from floorhand.store.db import Transactions
from floorhand.store.schema import CountSheet, Task, Worker


@pytest.fixture
def bins(transactions: Transactions) -> Iterator[Transactions]:
    counted.build(transactions)
    yield transactions
    assert all_is_well(transactions)


@pytest.fixture
def faces(transactions: Transactions) -> Iterator[Transactions]:
    """Mugs run dry, and nothing is planned yet."""
    with transactions.begin() as tx:
        refilled.lay_out(tx)
        row = {"code": "W5", "name": "Eva", "badge": "BADGE-EVA", "roles": "lead"}
        tx.execute(insert(Worker).values(site=SITE, **row))
    yield transactions
    assert all_is_well(transactions)


def planner(transactions: Transactions, worker: str = "W4") -> Picker:
    """A lead where counts and refills are planned."""
    lead = Picker(transactions, worker, job="leading")
    lead.scan(str([choice.code for choice in lead.prompt.choices].index("planning") + 1))
    return lead


def fill_up(lead: Picker) -> Picker:
    lead.scan(str([choice.code for choice in lead.prompt.choices].index("refills") + 1))
    return lead


def live(transactions: Transactions, kind: str) -> list[tuple[str, str]]:
    with transactions.begin() as tx:
        asked = select(Task.place, Task.state).where(
            Task.kind == kind, Task.state.in_(("open", "claimed"))
        )
        return sorted((row[0], row[1]) for row in tx.execute(asked))


def told(lead: Picker) -> tuple[str, dict[str, object]]:
    assert lead.turn.said is not None
    return lead.turn.said.text, dict(lead.turn.said.facts)


def test_a_planned_count_goes_and_comes_back(bins: Transactions) -> None:
    before = live(bins, "count")
    lead = planner(bins)
    assert not lead.offers(Key.UNDO)
    lead.scan("BIN-A-02")
    assert lead.offers(Key.UNDO)
    lead.scan("*UNDO")
    assert live(bins, "count") == before
    lead.scan("*REDO")
    assert live(bins, "count") == sorted([*before, ("A-02", "open")])


def test_a_count_that_somebody_is_at_stays_and_its_worker_is_named(bins: Transactions) -> None:
    lead = planner(bins)
    lead.scan("BIN-A-02")
    ana = Picker(bins, "W1", job="counting")
    ana.scan("BIN-A-02", "CAP-1")
    lead.now += timedelta(minutes=5)
    lead.scan("*UNDO")
    code, facts = told(lead)
    assert code == f"refusal.{Code.PLAN_BEGUN}"
    assert (facts["name"], facts["place"], facts["since"]) == ("Ana", "A-02", "09:00")
    assert ("A-02", "claimed") in live(bins, "count")
    assert ana.scan("*HELP").prompt.place == "A-02"


def test_a_count_that_was_begun_and_put_off_is_nobodys_and_goes(bins: Transactions) -> None:
    lead = planner(bins)
    lead.scan("BIN-A-02")
    Picker(bins, "W1", job="counting").scan("BIN-A-02", "CAP-1")
    with bins.begin() as tx:
        task = str(tx.scalar(select(Task.id).where(Task.place == "A-02")))
        assert count_sheets.give_back(tx, SITE, task, "W1")
    assert ("A-02", "open") in live(bins, "count")
    lead.scan("*UNDO")
    assert ("A-02", "open") not in live(bins, "count")
    lead.scan("*REDO")
    with bins.begin() as tx:
        assert tx.scalars(select(CountSheet.task)).all() == [task]
    ben = Picker(bins, "W2", job="counting")
    assert ben.scan("BIN-A-02").prompt.ask == "counting.count"


def test_what_is_counted_by_then_stays_planned(bins: Transactions) -> None:
    lead = planner(bins)
    lead.scan("BIN-A-02")
    Picker(bins, "W1", job="counting").scan("BIN-A-02", "CAP-1", "24", "*DONE")
    lead.scan("*UNDO")
    code, facts = told(lead)
    assert (code, facts["place"], facts["done"]) == (f"refusal.{Code.PLAN_DONE}", "A-02", 1)


def test_planned_refills_go_and_come_back(faces: Transactions) -> None:
    lead = fill_up(planner(faces))
    planned = live(faces, "refill")
    assert planned
    lead.scan("*UNDO")
    assert live(faces, "refill") == []
    lead.scan("*REDO")
    assert live(faces, "refill") == planned
    ana = Picker(faces, "W1", job="refill")
    ana.scan("*DONE")
    ana.go_on("refill.find")


@pytest.mark.parametrize("fetched", [False, True])
def test_a_refill_that_somebody_is_at_stays_and_one_in_a_tote_even_if_it_is_freed(
    faces: Transactions, fetched: bool
) -> None:
    lead = fill_up(planner(faces))
    planned = live(faces, "refill")
    ana = Picker(faces, "W1", job="refill")
    ana.scan("*DONE")
    if fetched:
        ana.scan("BIN-B-01", "MUG-1", "30", "T-1")
    lead.scan("*UNDO")
    code, facts = told(lead)
    assert (code, facts["name"]) == (f"refusal.{Code.PLAN_BEGUN}", "Ana")
    with faces.begin() as tx:
        begun = (Task.kind == "refill", Task.state == "claimed")
        free = {"state": "open", "worker": None, "claimed_at": None}
        tx.execute(update(Task).where(*begun).values(free))
    lead.scan("*UNDO")
    if fetched:
        assert told(lead)[0] == f"refusal.{Code.PLAN_DONE}"
    assert live(faces, "refill") == (planned if fetched else [])


def test_what_a_colleague_has_planned_meanwhile_is_not_planned_twice(faces: Transactions) -> None:
    lead = fill_up(planner(faces))
    lead.scan("*UNDO")
    fill_up(planner(faces, "W5"))
    planned = live(faces, "refill")
    lead.scan("*REDO")
    code, facts = told(lead)
    assert (code, facts["place"]) == (f"refusal.{Code.COUNT_OPEN}", "A-01")
    assert live(faces, "refill") == planned


def test_another_lead_takes_a_planned_count_back_by_its_bin(bins: Transactions) -> None:
    planner(bins).scan("BIN-A-02")
    with bins.begin() as tx:
        tx.execute(update(Worker).where(Worker.code == "W3").values(roles="lead"))
    eva = Picker(bins, "W3", NOW + timedelta(minutes=5), job="leading")
    eva.scan("BIN-A-02", "1", "*DONE", "1")
    assert eva.said == "road.undone"
    assert ("A-02", "open") not in live(bins, "count")
