"""A list of what is due that somebody else has changed: a choice does what its lead saw, or not."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from conftest import NOW, SITE
from sqlalchemy import insert, select, update
from warehouses import refilled
from warehouses.picked import all_is_well
from warehouses.picker import Picker

from floorhand.domain.keymap import Key
from floorhand.errors import Code
from floorhand.store.db import Transactions
from floorhand.store.schema import Operation, Place, Stock, Task, Worker


@pytest.fixture
def floor(transactions: Transactions) -> Iterator[Transactions]:
    """A-02, B-02 and C-04 are due, each for a year, and mugs run dry; Dee and Eva lead."""
    with transactions.begin() as tx:
        refilled.lay_out(tx)
        tx.execute(update(Stock).values(arrived_at=NOW - timedelta(days=365)))
        row = {"code": "W5", "name": "Eva", "badge": "BADGE-EVA", "roles": "lead"}
        tx.execute(insert(Worker).values(site=SITE, **row))
    yield transactions
    assert all_is_well(transactions)


def planner(transactions: Transactions, worker: str) -> Picker:
    lead = Picker(transactions, worker, job="leading")
    lead.scan(str([choice.code for choice in lead.prompt.choices].index("planning") + 1))
    return lead


def choose(lead: Picker, code: str) -> Picker:
    lead.scan(str([choice.code for choice in lead.prompt.choices].index(code) + 1))
    return lead


def due(lead: Picker) -> list[str]:
    return [one.code for one in lead.prompt.goods]


def planned(transactions: Transactions, kind: str = "count") -> list[str]:
    with transactions.begin() as tx:
        return sorted(tx.scalars(select(Task.place).where(Task.kind == kind)))


def test_what_was_seen_is_planned_though_something_else_is_more_urgent_by_now(
    floor: Transactions,
) -> None:
    with floor.begin() as tx:
        tx.execute(update(Stock).where(Stock.place != "C-04").values(arrived_at=NOW))
    dee = planner(floor, "W4")
    assert due(dee) == ["C-04"]
    with floor.begin() as tx:
        tx.execute(update(Place).where(Place.code == "B-02").values(full=True))
    assert due(planner(floor, "W5")) == ["B-02", "C-04"]
    choose(dee, "1")
    assert planned(floor) == ["C-04"]


def test_of_what_somebody_else_has_planned_meanwhile_nothing_is_planned_and_the_list_is_new(
    floor: Transactions,
) -> None:
    dee, eva = planner(floor, "W4"), planner(floor, "W5")
    dee.scan("BIN-B-02")
    seen = due(eva)
    dee.scan(f"BIN-{seen[1]}")
    eva.scan("1")
    assert eva.turn.said is not None
    assert (eva.said, eva.turn.said.tone) == (f"refusal.{Code.PLAN_CHANGED}", "refused")
    assert due(eva) == due(dee)
    assert planned(floor) == sorted(["B-02", seen[1]])
    eva.scan("1")
    assert eva.said.startswith("planning.planned")
    assert due(eva) == []


def test_what_was_planned_before_can_be_taken_back_after_such_a_refusal(
    floor: Transactions,
) -> None:
    eva, dee = planner(floor, "W5"), planner(floor, "W4")
    eva.scan("BIN-B-02")
    dee.scan(f"BIN-{due(eva)[0]}")
    eva.scan("1")
    assert eva.said == f"refusal.{Code.PLAN_CHANGED}"
    assert eva.offers(Key.UNDO)
    eva.scan("*UNDO")
    assert "B-02" not in planned(floor)


def test_faces_that_somebody_else_has_filled_up_are_not_planned_twice(floor: Transactions) -> None:
    dee, eva = planner(floor, "W4"), planner(floor, "W5")
    choose(dee, "refills")
    once = planned(floor, "refill")
    choose(eva, "refills")
    assert eva.said == f"refusal.{Code.PLAN_CHANGED}"
    assert "refills" not in [choice.code for choice in eva.prompt.choices]
    assert planned(floor, "refill") == once


def test_the_operation_names_what_was_planned(floor: Transactions) -> None:
    dee = planner(floor, "W4")
    seen = due(dee)
    dee.scan("1")
    with floor.begin() as tx:
        command = str(tx.scalar(select(Operation.command).where(Operation.kind == "PlanCounts")))
    assert all(place in command for place in seen)
