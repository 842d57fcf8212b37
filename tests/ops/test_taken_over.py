"""A colleague finishes what one is about to take over: one is at the job's first question again."""

from __future__ import annotations

from warehouses import inbound, packing
from warehouses.packing import STATION
from warehouses.walk import Obedient, received

from floorhand.domain.things import Goods
from floorhand.store.db import Transactions

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
