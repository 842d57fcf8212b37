"""Refills: what runs dry is filled up once, and the ledger knows where the goods are meanwhile."""

from __future__ import annotations

import pytest
from conftest import NOW, SITE
from sqlalchemy import select, update
from warehouses import refilled
from warehouses.picked import all_is_well, stock_of, tasks_of, troubles
from warehouses.picker import Picker
from warehouses.picking import MUG, OLD_TEA, cause, put

from floorhand.domain.control import HoldSubject
from floorhand.domain.holds import Subject
from floorhand.domain.planning import PlanRefills
from floorhand.domain.things import CUSTOMER, Line
from floorhand.errors import Code
from floorhand.ops.planning import plan_refills
from floorhand.ops.settling import from_office
from floorhand.store import ledger
from floorhand.store.db import Transactions
from floorhand.store.refills import dry_faces
from floorhand.store.schema import Place, Task


@pytest.fixture
def floor(transactions: Transactions) -> Transactions:
    refilled.build(transactions)
    return transactions


def filler(floor: Transactions, worker: str = "W1") -> Picker:
    return Picker(floor, worker, job="refill")


def mugs(floor: Transactions, place: str) -> int:
    return stock_of(floor, place).get(("MUG", "", "available"), 0)


def test_what_runs_dry_comes_from_the_oldest_reserve_as_far_as_there_is_room(
    floor: Transactions,
) -> None:
    assert tasks_of(floor, "refill") == [
        ("A-01", "MUG", 30, "runs_dry"),
        ("A-01", "MUG", 15, "runs_dry"),
    ]


def test_two_lots_are_not_mixed_and_the_list_says_why(transactions: Transactions) -> None:
    with transactions.begin() as tx:
        refilled.lay_out(tx)
        tea = next(one for one in dry_faces(tx, SITE, NOW) if one.sku == "TEA")
        assert (tea.face, tea.bar, tea.takes) == ("A-02", "lot", ())
        ledger.move(tx, cause(tx, "X:1"), "A-02", CUSTOMER, [Line(OLD_TEA, 1)])
        tea = next(one for one in dry_faces(tx, SITE, NOW) if one.sku == "TEA")
        assert [take.shelf.goods.lot for take in tea.takes] == ["L2"]
        assert "CAP" not in [one.sku for one in dry_faces(tx, SITE, NOW)]


def test_what_is_held_in_a_face_covers_nothing(transactions: Transactions) -> None:
    def dry() -> dict[str, tuple[int, str]]:
        with transactions.begin() as tx:
            return {one.sku: (one.pieces, one.bar) for one in dry_faces(tx, SITE, NOW)}

    def hold(*subject: str) -> None:
        with transactions.begin() as tx:
            from_office(tx, SITE, HoldSubject(Subject(*subject), "quality"), NOW)

    with transactions.begin() as tx:
        refilled.lay_out(tx)
        put(tx, "A-02", OLD_TEA, 200, hours_ago=2)
        put(tx, "A-01", MUG, 900, hours_ago=2)
    assert dry() == {}
    hold("lot", "ACME", "TEA", OLD_TEA.lot)
    assert dry() == {"TEA": (0, "lot")}
    hold("bin", "", "A-01")
    assert dry()["MUG"] == (0, "blocked")
    hold("sku", "ACME", "TEA")
    assert "TEA" not in dry()


def test_a_refill_that_is_open_is_not_planned_again(floor: Transactions) -> None:
    with floor.begin() as tx:
        planned = plan_refills(tx, refilled.office(tx, "again"), PlanRefills(9))
    assert planned.faces == ()
    assert len(tasks_of(floor, "refill")) == 2


def test_goods_are_in_the_tote_on_their_way_and_in_the_face_at_the_end(
    floor: Transactions,
) -> None:
    ana = filler(floor)
    ana.scan("*DONE", "BIN-B-01", "MUG-1", "30", "T-1")
    assert (mugs(floor, "B-01"), mugs(floor, "T-1"), mugs(floor, "A-01")) == (0, 30, 5)
    ana.scan("BIN-A-01")
    assert (ana.said, mugs(floor, "T-1"), mugs(floor, "A-01")) == ("refill.put", 0, 35)
    assert ana.prompt.place == "B-02"
    assert all_is_well(floor)


def test_two_workers_have_two_refills(floor: Transactions) -> None:
    places = {filler(floor, worker).scan("*DONE").prompt.place for worker in ("W1", "W2")}
    assert places == {"B-01", "B-02"}


def test_each_step_can_be_taken_back(floor: Transactions) -> None:
    ana = filler(floor)
    ana.scan("*DONE", "BIN-B-01", "MUG-1", "30", "T-1", "BIN-A-01", "*UNDO")
    assert (ana.prompt.ask, mugs(floor, "T-1")) == ("refill.bring", 30)
    ana.scan("*UNDO")
    assert (ana.prompt.ask, mugs(floor, "B-01")) == ("refill.scan_tote", 30)
    ana.scan("T-2", "BIN-A-01")
    assert mugs(floor, "A-01") == 35
    assert all_is_well(floor)


def test_a_reserve_that_holds_fewer_is_held_and_counted(floor: Transactions) -> None:
    ana = filler(floor)
    ana.scan("*DONE", "BIN-B-01", "MUG-1", "*SHORT", "12", "T-1")
    assert stock_of(floor, "B-01") == {("MUG", "", "hold"): 18}
    assert troubles(floor, "suspect_stock") == ["B-01"]
    assert tasks_of(floor, "count") == [("B-01", "MUG", 0, "fewer")]
    ana.scan("BIN-A-01")
    assert mugs(floor, "A-01") == 17
    assert all_is_well(floor)


def test_an_empty_reserve_ends_its_refill_and_the_next_comes(floor: Transactions) -> None:
    ana = filler(floor)
    ana.scan("*DONE", "BIN-B-01", "*SHORT", "0")
    assert (ana.said, ana.prompt.place) == ("refill.nothing_there", "B-02")
    assert tasks_of(floor, "count") == [("B-01", "MUG", 0, "fewer")]
    assert all_is_well(floor)


def test_what_a_picker_has_taken_first_comes_from_another_reserve(floor: Transactions) -> None:
    with floor.begin() as tx:
        ledger.move(tx, cause(tx, "X:1"), "B-01", CUSTOMER, [Line(MUG, 30)])
    assert filler(floor).scan("*DONE").prompt.place == "B-02"
    with floor.begin() as tx:
        ledger.move(tx, cause(tx, "X:2"), "B-02", CUSTOMER, [Line(MUG, 90)])
    assert filler(floor, "W2").scan("*DONE").said.text == f"refusal.{Code.NOTHING_TO_REFILL}"


def test_what_does_not_fit_is_put_away_elsewhere(floor: Transactions) -> None:
    ana = filler(floor)
    ana.scan("*DONE", "BIN-B-01", "MUG-1", "30", "T-1", "*FULL", "20", "BIN-A-01")
    assert (ana.said, mugs(floor, "A-01"), mugs(floor, "T-1")) == ("refill.put_part", 25, 10)
    assert tasks_of(floor, "putback") == [("T-1", "MUG", 10, "no_room")]
    assert all_is_well(floor)
    away = Picker(floor, "W2", job="putaway")
    away.scan("T-1")
    away.answer()
    assert mugs(floor, "T-1") == 0
    assert all_is_well(floor)


def test_a_face_that_was_filled_meanwhile_takes_no_more(floor: Transactions) -> None:
    ana = filler(floor)
    ana.scan("*DONE", "BIN-B-01", "MUG-1", "30", "T-1")
    with floor.begin() as tx:
        tx.execute(update(Place).where(Place.code == "A-01").values(capacity_pieces=20))
    assert ana.scan("BIN-A-01").said.text == f"refusal.{Code.BIN_NO_ROOM}"
    assert ana.scan("*FULL", "15", "BIN-A-01").said.text == "refill.put_part"


def test_a_tote_must_be_empty_and_nobodys(floor: Transactions) -> None:
    with floor.begin() as tx:
        tx.execute(update(Place).where(Place.code == "T-2").values(order_no="ACME/1001"))
        ledger.move(tx, cause(tx, "X:1"), "A-01", "T-3", [Line(MUG, 1)])
        tx.execute(update(Place).where(Place.code == "T-4").values(state="void"))
    ana = filler(floor)
    ana.scan("*DONE", "BIN-B-01", "MUG-1", "30")
    said = [ana.scan(tote).said.text for tote in ("T-2", "T-3", "T-4")]
    assert said == [
        f"refusal.{code}" for code in (Code.TOTE_TAKEN, Code.TOTE_NOT_EMPTY, Code.PLACE_CLOSED)
    ]


def test_a_refill_that_was_ended_by_others_is_lost(floor: Transactions) -> None:
    ana = filler(floor)
    ana.scan("*DONE", "BIN-B-01", "MUG-1")
    with floor.begin() as tx:
        tx.execute(update(Task).where(Task.kind == "refill").values(state="cancelled", done_at=NOW))
    assert ana.scan("T-1").said.text == f"refusal.{Code.WORK_LOST}"
    assert ana.prompt.ask == "refill.find"


def test_a_lead_fills_up_from_the_desk(transactions: Transactions) -> None:
    with transactions.begin() as tx:
        refilled.lay_out(tx)
    dee = Picker(transactions, "W4", job="leading")
    codes = [choice.code for choice in dee.prompt.choices]
    dee.scan(str(codes.index("planning") + 1))
    facts = dict(dee.prompt.facts)
    assert (facts["fact.faces_dry"], facts["fact.faces_without"]) == ("1", "1")
    codes = [choice.code for choice in dee.prompt.choices]
    dee.scan(str(codes.index("refills") + 1))
    assert dee.said == "planning.refills_planned"
    with transactions.begin() as tx:
        assert len(tx.scalars(select(Task.id).where(Task.kind == "refill")).all()) == 2
