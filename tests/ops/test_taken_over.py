"""Work that a colleague takes over: who had it is told at the next scan, whatever that is.

A colleague who finishes what one is about to take over leaves one at the job's first question.
"""

from __future__ import annotations

import pytest
from conftest import SITE
from sqlalchemy import insert, select
from warehouses import inbound, packing, picking, returns
from warehouses.packing import STATION
from warehouses.picker import Picker
from warehouses.walk import Obedient, received

from floorhand.domain.keymap import Key
from floorhand.domain.things import Goods
from floorhand.store.db import Transactions
from floorhand.store.schema import Move, Parked, Seat, Worker

CAP = Goods("ACME", "CAP")


def test_loose_goods_that_are_put_away_meanwhile(transactions: Transactions) -> None:
    inbound.build(transactions)
    with transactions.begin() as tx:
        received(tx, 10, CAP, 5)
    ana = Obedient(transactions, "H1", "BADGE-ANA")
    bea = Obedient(transactions, "H2", "BADGE-BEA")
    for worker in (ana, bea):
        worker.open("putaway")
        worker.scan(inbound.CAP)
    assert bea.turn.prompt.ask == "putaway.take_over"
    ana.scan(f"L{ana.turn.prompt.wants.place}")

    bea.scan(inbound.CAP)
    assert bea.turn.said is not None
    assert (bea.turn.said.tone, bea.turn.said.text) == ("refused", "refusal.nothing_inside")
    assert bea.turn.prompt.ask == "putaway.scan_source"


def test_an_order_that_is_packed_meanwhile(transactions: Transactions) -> None:
    packing.build(transactions)
    ana = Obedient(transactions, "P1", "BADGE-ANA", station=STATION)
    bob = Obedient(transactions, "P2", "BADGE-BOB", station=STATION)
    for worker in (ana, bob):
        worker.open("packing")
        worker.scan("T-9")
    assert bob.turn.prompt.ask == "packing.take_over"
    while ana.turn.prompt.ask != "packing.scan_tote":
        ana.obey()

    bob.scan("T-9")
    assert bob.turn.said is not None
    assert (bob.turn.said.tone, bob.turn.said.text) == ("refused", "refusal.tote_free")
    assert bob.turn.prompt.ask == "packing.scan_tote"


def test_work_that_a_third_worker_has_taken_over_meanwhile_is_asked_about_again(
    transactions: Transactions,
) -> None:
    """Bob was told of Ana; it is Cai who would lose the order now."""
    packing.build(transactions)
    third = {"site": SITE, "code": "W3", "name": "Cai", "badge": "BADGE-CAI", "roles": "packing"}
    with transactions.begin() as tx:
        tx.execute(insert(Worker).values(**third))
    ana, bob, cai = (
        Obedient(transactions, seat, f"BADGE-{name}", station=STATION)
        for seat, name in (("P1", "ANA"), ("P2", "BOB"), ("P3", "CAI"))
    )
    for worker in (ana, bob, cai):
        worker.open("packing")
        worker.scan("T-9")
    cai.scan("T-9")
    assert cai.turn.prompt.ask == "packing.scan_piece"

    bob.scan("T-9")
    assert bob.turn.prompt.ask == "packing.take_over"
    assert dict(bob.turn.prompt.facts)["fact.worker"] == "Cai"
    bob.scan("T-9")
    assert bob.turn.prompt.ask == "packing.scan_piece"


def pick_up(transactions: Transactions) -> tuple[Picker, Picker, str]:
    """Two at the same work of picking, which the second one has not taken over yet."""
    picking.build(transactions)
    ana, ben = Picker(transactions), Picker(transactions, "W2")
    ana.scan("CART-1", "T-1", "T-2", "BIN-A-01", "MUG-1")
    ben.scan("CART-1")
    return ana, ben, "CART-1"


def pack_up(transactions: Transactions) -> tuple[Picker, Picker, str]:
    packing.build(transactions)
    ana, ben = (Picker(transactions, worker, job="packing") for worker in ("W1", "W2"))
    ana.scan("T-9")
    ben.scan("T-9")
    return ana, ben, "T-9"


def shelve(transactions: Transactions) -> tuple[Picker, Picker, str]:
    inbound.build(transactions)
    with transactions.begin() as tx:
        received(tx, 10, CAP, 5)
    ana, ben = (Picker(transactions, worker, job="putaway") for worker in ("W1", "W2"))
    ana.scan(inbound.CAP)
    ben.scan(inbound.CAP)
    return ana, ben, inbound.CAP


def inspect(transactions: Transactions) -> tuple[Picker, Picker, str]:
    returns.build(transactions)
    ana, ben = (Picker(transactions, worker, job="returns") for worker in ("W1", "W2"))
    ana.scan("RMA-1")
    ben.scan("RMA-1")
    return ana, ben, "RMA-1"


BEGUN = {
    "walk_taken": pick_up,
    "order_taken_over": pack_up,
    "source_taken_over": shelve,
    "return_taken_over": inspect,
}
ANYTHING = (
    "*SHORT",
    "*BACK",
    "*UNDO",
    "*LIST",
    "*HELP",
    "*OUT",
    "*MUTE",
    "0",
    "nonsense",
    "\x1b[A",
)


def at_first_question(worker: Picker) -> bool:
    return worker.prompt.ask in (
        "picking.scan_cart",
        "packing.scan_tote",
        "putaway.scan_source",
        "returns.scan_return",
    )


@pytest.mark.parametrize("code", BEGUN)
@pytest.mark.parametrize("scan", ["*BACK", "0"])
def test_whose_work_was_taken_over_is_told_at_the_next_scan(
    transactions: Transactions, code: str, scan: str
) -> None:
    ana, ben, again = BEGUN[code](transactions)
    ben.scan(again)
    with transactions.begin() as tx:
        moves = tx.execute(select(Move.source, Move.target, Move.pieces)).all()
    turn = ana.scan(scan)
    assert turn.said is not None
    assert (turn.said.text, turn.said.tone) == (f"refusal.{code}", "refused")
    assert (turn.said.facts["name"], turn.said.facts["since"]) == (ben.turn.worker_name, "09:00")
    assert at_first_question(ana)
    assert not ana.offers(Key.UNDO)
    with transactions.begin() as tx:
        assert tx.execute(select(Move.source, Move.target, Move.pieces)).all() == moves
    ana.scan(again)
    assert ana.prompt.ask.endswith("take_over")


@pytest.mark.parametrize("scan", ANYTHING)
def test_any_scan_tells_it(transactions: Transactions, scan: str) -> None:
    ana, ben, again = pick_up(transactions)
    ben.scan(again)
    assert ana.scan(scan).said.text == "refusal.walk_taken"
    assert ana.prompt.ask == "picking.scan_cart"
    assert ana.turn.worker == "W1"


@pytest.mark.parametrize("code", BEGUN)
def test_parked_work_that_was_taken_over_tells_it_when_it_is_taken_up(
    transactions: Transactions, code: str
) -> None:
    ana, ben, again = BEGUN[code](transactions)
    job = ana.turn.job
    while ana.turn.job == job and not at_first_question(ana):
        ana.scan("*BACK")
    with transactions.begin() as tx:
        parked = tx.scalars(select(Parked.flow)).all()
    ben.scan(again)
    if not parked:  # a job may put its work aside itself
        return
    codes = [choice.code for choice in ana.prompt.choices]
    ana.scan(str(codes.index(job) + 1))
    assert ana.said == f"refusal.{code}"
    assert at_first_question(ana)
    with transactions.begin() as tx:
        assert tx.scalars(select(Parked.flow)).all() == []


def test_who_signs_out_first_is_told_when_the_work_is_taken_up(transactions) -> None:
    ana, ben, again = pick_up(transactions)
    ben.scan(again)
    ana.scan("BADGE-BEN")
    assert (ana.turn.worker, ana.said) == ("W2", "road.changed_worker")
    ana.scan("BADGE-ANA", "1")
    assert ana.said == "refusal.walk_taken"
    assert ana.prompt.ask == "picking.scan_cart"


def test_other_work_of_the_same_worker_goes_on(transactions) -> None:
    ana, ben, again = shelve(transactions)
    with transactions.begin() as tx:
        received(tx, 20, Goods("ACME", "MUG"), 3)
    ana.scan("*BACK", inbound.MUG)
    question = ana.prompt
    ben.scan(again)
    assert ana.scan("*HELP").prompt == question
    with transactions.begin() as tx:
        assert tx.scalars(select(Seat.flow)).all().count("taken_back") == 0
