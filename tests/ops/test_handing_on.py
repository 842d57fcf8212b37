"""Work of every job that a lead frees, or gives to somebody else, while its worker is in it."""

from __future__ import annotations

from pathlib import Path

import forked
import pytest
from conftest import new_warehouse
from homes import home_of
from sqlalchemy import func, select
from warehouses import inbound
from warehouses.handed import (
    Begun,
    at_work,
    count,
    fill_up,
    given,
    inspect,
    pack,
    receive,
    shelve,
    staff,
    to_cai,
)
from warehouses.picked import all_is_well
from warehouses.picker import Picker
from warehouses.walk import cause, received

from floorhand.domain.keymap import Key
from floorhand.domain.receiving import CloseDelivery
from floorhand.domain.things import Goods
from floorhand.errors import Code
from floorhand.ops.closing_deliveries import close_delivery
from floorhand.store import open_work
from floorhand.store.db import Transactions
from floorhand.store.schema import Counted, Move, Parked, Return, Stock, Task

FREES = Path(__file__).parent / "frees.py"
BEGUN = (shelve, inspect, count, fill_up, receive)


def moves(transactions: Transactions) -> list[tuple[str, str, int]]:
    with transactions.begin() as tx:
        rows = tx.execute(select(Move.source, Move.target, Move.pieces).order_by(Move.at, Move.row))
        return [(row[0], row[1], row[2]) for row in rows]


def holders(transactions: Transactions) -> set[str]:
    """Name who has tasks or returns."""
    with transactions.begin() as tx:
        claimed = tx.scalars(select(Task.worker).where(Task.state == "claimed"))
        return {str(one) for one in (*claimed, *tx.scalars(select(Return.worker))) if one}


@pytest.mark.parametrize("begin", BEGUN)
def test_what_is_given_away_goes_on_with_its_new_worker(
    transactions: Transactions, begin: Begun
) -> None:
    job, scans, first = begin(transactions)
    staff(transactions)
    ana = Picker(transactions, "W1", job=job)
    ana.scan(*scans)
    before = moves(transactions)
    bob = given(transactions)
    assert bob.said == "control.work_given"

    ana.scan(scans[-1])
    assert ana.said == f"refusal.{Code.WORK_GIVEN}"
    facts = ana.turn.said.facts if ana.turn.said else {}
    assert (facts["by"], facts["name"], facts["since"]) == ("Bob", "Cai", "09:00")
    assert not ana.offers(Key.UNDO)
    cai = Picker(transactions, "W3", job=job)
    assert (cai.prompt.ask, moves(transactions)) == (first, before)
    assert holders(transactions) <= {"W3"}
    assert all_is_well(transactions)

    bob.scan("*UNDO")
    assert holders(transactions) <= {"W1"}


@pytest.mark.parametrize("begin", BEGUN)
def test_nobody_is_told_of_work_given_away_once_that_is_taken_back(
    transactions: Transactions, begin: Begun
) -> None:
    job, scans, _ = begin(transactions)
    staff(transactions)
    ana = Picker(transactions, "W1", job=job)
    ana.scan(*scans)
    question, may_undo = ana.prompt, ana.offers(Key.UNDO)
    given(transactions).scan("*UNDO")
    with transactions.begin() as tx:  # whoever signs in is told of what lies there for them
        assert tx.scalars(select(Parked.worker)).all() == []
    assert (ana.scan("*HELP").prompt, ana.offers(Key.UNDO)) == (question, may_undo)
    assert ana.said == f"help.{question.ask}"
    assert all_is_well(transactions)


def test_who_has_parked_the_work_goes_on_as_if_it_had_never_been_given_away(
    transactions: Transactions,
) -> None:
    job, scans, _ = count(transactions)
    staff(transactions)
    ana = Picker(transactions, "W1", job=job)
    ana.scan(*scans)
    question = ana.prompt
    ana.scan("*OUT")
    given(transactions).scan("*UNDO")
    assert Picker(transactions, "W1", job=job).prompt == question


def test_who_was_told_already_stays_where_that_led_and_finds_the_work_again(
    transactions: Transactions,
) -> None:
    job, scans, _ = shelve(transactions)
    staff(transactions)
    ana = Picker(transactions, "W1", job=job)
    ana.scan(*scans)
    bob = given(transactions)
    ana.scan(scans[-1])
    first = ana.prompt
    bob.scan("*UNDO")
    assert ana.scan("*HELP").prompt == first
    assert ana.scan(*scans).prompt.ask == "putaway.scan_bin"


def test_what_is_given_away_once_more_is_not_gone_on_with_by_who_had_it(
    transactions: Transactions,
) -> None:
    job, scans, _ = shelve(transactions)
    staff(transactions)
    ana = Picker(transactions, "W1", job=job)
    ana.scan(*scans)
    given(transactions).scan("*UNDO", "*REDO")
    assert holders(transactions) == {"W3"}
    ana.scan("LA-02-1")
    assert ana.said == f"refusal.{Code.WORK_GIVEN}"
    ana.scan(*scans)
    assert holders(transactions) == {"W3"}
    assert all_is_well(transactions)


@pytest.mark.parametrize("begin", BEGUN)
def test_what_is_given_away_again_is_told_to_both_again_and_no_more_if_that_is_undone(
    transactions: Transactions, begin: Begun
) -> None:
    job, scans, first = begin(transactions)
    staff(transactions)
    ana = Picker(transactions, "W1", job=job)
    ana.scan(*scans)
    question = ana.prompt
    bob = given(transactions)
    bob.scan("*UNDO", "*REDO", "*UNDO")
    with transactions.begin() as tx:
        assert tx.scalars(select(Parked.worker)).all() == []
    assert ana.scan("*HELP").prompt == question
    bob.scan("*REDO")
    ana.scan(scans[-1])
    facts = ana.turn.said.facts if ana.turn.said else {}
    assert (ana.said, facts["name"]) == (f"refusal.{Code.WORK_GIVEN}", "Cai")
    assert Picker(transactions, "W3", job=job).prompt.ask == first
    assert all_is_well(transactions)


def test_who_has_parked_what_is_freed_again_is_told_so(transactions: Transactions) -> None:
    job, scans, _ = count(transactions)
    staff(transactions)
    ana = Picker(transactions, "W1", job=job)
    ana.scan(*scans)
    question = ana.prompt
    ana.scan("*OUT")
    bob = at_work(transactions, "2")
    assert bob.said == "control.work_freed"
    bob.scan("*UNDO", "*REDO")
    with transactions.begin() as tx:
        assert str(Code.WORK_FREED) in tx.scalars(select(Parked.state)).one()
    bob.scan("*UNDO")
    assert Picker(transactions, "W1", job=job).prompt == question


@pytest.mark.parametrize("begin", BEGUN)
def test_what_is_freed_is_open_to_everybody_and_its_worker_is_told(
    transactions: Transactions, begin: Begun
) -> None:
    job, scans, _ = begin(transactions)
    staff(transactions)
    ana = Picker(transactions, "W1", job=job)
    ana.scan(*scans)
    before = moves(transactions)
    bob = at_work(transactions, "2")
    assert (bob.said, holders(transactions)) == ("control.work_freed", set())
    ana.scan(scans[-1])
    assert ana.said == f"refusal.{Code.WORK_FREED}"
    assert moves(transactions) == before
    assert ana.prompt == Picker(transactions, "W1", seat="OTHER", job=job).prompt
    assert all_is_well(transactions)


def test_whoever_is_at_the_job_finds_it_next(transactions: Transactions) -> None:
    job, scans, _ = shelve(transactions)
    staff(transactions)
    cai = Picker(transactions, "W3", job=job)
    Picker(transactions, "W1", job=job).scan(*scans)
    assert given(transactions).said == "control.work_given_next"
    assert cai.scan("*DONE").prompt.ask == "putaway.fetch_piece"
    assert cai.scan(inbound.CAP).prompt.ask == "putaway.scan_bin"
    cai.go_on("putaway.scan_source")
    assert all_is_well(transactions)


def test_who_counts_on_does_not_see_what_the_other_one_counted(transactions: Transactions) -> None:
    job, scans, _ = count(transactions)
    staff(transactions)
    Picker(transactions, "W1", job=job).scan(*scans)
    given(transactions)
    cai = Picker(transactions, "W3", job=job)
    assert [one.pieces for one in cai.scan("BIN-A-01").prompt.goods] == [0]
    with transactions.begin() as tx:
        assert tx.scalar(select(func.count()).select_from(Counted)) == 0


@pytest.mark.parametrize(
    ("begin", "end"),
    [
        (shelve, ["LA-02-1", "1"]),
        (inspect, ["RMA-2"]),
        (count, ["*DONE"]),
        (fill_up, ["BIN-A-01"]),
        (receive, ["*DONE", "*DONE"]),
    ],
)
def test_what_its_worker_ended_meanwhile_is_neither_freed_nor_given(
    transactions: Transactions, begin: Begun, end: list[str]
) -> None:
    job, scans, _ = begin(transactions)
    staff(transactions)
    ana = Picker(transactions, "W1", job=job)
    ana.scan(*scans)
    bob = at_work(transactions)
    ana.scan(*end)
    question = ana.prompt
    assert bob.scan("2").said.text == f"refusal.{Code.EXCEPTION_CHANGED}"
    bob.scan("1")
    assert to_cai(bob).said == f"refusal.{Code.EXCEPTION_CHANGED}"
    assert ana.scan("*HELP").prompt == question


def test_put_aways_in_processes_of_their_own_while_they_are_freed_and_given(tmp_path: Path) -> None:
    """Each piece is put away once, whoever had it taken away from them meanwhile."""
    transactions = new_warehouse(tmp_path)
    inbound.build(transactions)
    staff(transactions)
    with transactions.begin() as tx:
        for number, sku in enumerate(("CAP", "MUG")):
            received(tx, 10 * (number + 1), Goods("ACME", sku), 12)
        close_delivery(tx, cause(tx, 40), CloseDelivery("D-100", 24))
    assert forked.outcome([str(FREES), home_of(tmp_path / "floor.db"), "W1", "W3"]) == (0, "")
    assert all_is_well(transactions)
    with transactions.begin() as tx:
        docked = (Stock.place == "DOCK-1", Stock.pieces > 0)
        assert tx.scalar(select(func.count()).where(*docked)) == 0


def test_work_at_a_bench_is_as_far_as_its_packer_sees(transactions: Transactions) -> None:
    _, scans, _ = pack(transactions)
    ana = Picker(transactions, "W1", job="packing")
    ana.scan(*scans, "09506000134376")
    with transactions.begin() as tx:
        (work,) = open_work.held(tx, "MAIN")
    assert (work.done, work.total) == ana.prompt.progress == (1, 4)


def test_what_is_found_of_a_return_counts_before_it_is_judged(transactions: Transactions) -> None:
    _, scans, _ = inspect(transactions)
    Picker(transactions, "W1", job="returns").scan(*scans, inbound.MUG)
    with transactions.begin() as tx:
        (work,) = open_work.held(tx, "MAIN")
    assert (work.done, work.total) == (1, 3)
