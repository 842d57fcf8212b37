"""The menu: what it opens, and what it says to be parked."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from conftest import NOW, SITE
from sqlalchemy import select, update
from warehouses import inbound, packing
from warehouses.walk import Obedient

from floorhand.ops.floor import Turn, take_seat, take_turn
from floorhand.store.cancelling import undo_order
from floorhand.store.check import violations
from floorhand.store.db import Transactions
from floorhand.store.ledger import Cause
from floorhand.store.schema import Order, Seat, Worker


@pytest.fixture
def benches(transactions: Transactions) -> Iterator[Transactions]:
    packing.build(transactions)
    with transactions.begin() as tx:
        tx.execute(update(Worker).values(roles="supervisor"))
    yield transactions
    with transactions.begin() as tx:
        assert violations(tx, SITE) == ()


def test_a_tote_opens_packing_and_once_its_order_is_cancelled_put_away(
    benches: Transactions,
) -> None:
    ana = Obedient(benches, "P1", "BADGE-ANA", station=packing.STATION)
    assert ana.scan("T-9").job == "packing"
    _leave(ana)
    with benches.begin() as tx:
        tx.execute(update(Order).where(Order.number == "1006").values(state="cancelled"))
        undo_order(tx, Cause(SITE, "cancelled", "", "", "", NOW), "ACME", "1006")
    opened = ana.scan("T-9")
    assert (opened.job, opened.prompt.ask) == ("putaway", "putaway.no_bin")


def test_the_label_of_a_station_says_where_the_terminal_stands(benches: Transactions) -> None:
    ana = Obedient(benches, "P1", "BADGE-ANA")
    moved = ana.scan("STATION-1")
    assert (moved.job, moved.said.text) == ("menu", "packing.at_bench")
    with benches.begin() as tx:
        assert tx.scalar(select(Seat.station).where(Seat.code == "P1")) == packing.STATION


def test_the_label_of_a_station_moves_the_terminal_before_anybody_signs_in(
    benches: Transactions,
) -> None:
    def scan(turn: Turn, scanned: str) -> Turn:
        return take_turn(benches, SITE, "P1", turn.scan_no + 1, scanned, NOW)

    turn = take_seat(benches, SITE, "P1", now=NOW)
    moved = scan(turn, "STATION-1")
    assert (moved.said.text, moved.prompt) == ("packing.at_bench", turn.prompt)
    assert moved.station == packing.STATION
    assert scan(moved, "BADGE-ANA").station == packing.STATION


def test_what_was_parked_goes_on_when_it_is_scanned_at_the_menu(transactions: Transactions) -> None:
    inbound.build(transactions)
    ana = Obedient(transactions, "H1", "BADGE-ANA")
    for scanned in ("D-100", "LD1", inbound.MUG, "7"):
        ana.scan(scanned)
    before = ana.turn.prompt
    ana.scan("*BACK")
    assert _jobs(ana) == ["parked.receiving", "job.putaway"]

    assert ana.scan("D-100").prompt == before
    ana.scan("*BACK")
    other = ana.scan("D-300").prompt
    assert other.ask == "receiving.scan_dock"
    _leave(ana)
    assert _jobs(ana)[0] == "parked.receiving"


def test_a_job_with_nothing_in_the_middle_is_not_parked_by_going_elsewhere(
    transactions: Transactions,
) -> None:
    inbound.build(transactions)
    Obedient(transactions, "H1", "BADGE-ANA").open("putaway")
    assert _jobs(Obedient(transactions, "H2", "BADGE-ANA")) == ["job.receiving", "job.putaway"]


def _leave(worker: Obedient) -> None:
    while worker.turn.job != "menu":
        worker.scan("*BACK")


def _jobs(worker: Obedient) -> list[str]:
    return [choice.text for choice in worker.turn.prompt.choices]
