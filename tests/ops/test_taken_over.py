"""A colleague finishes what one is about to take over: one is at the job's first question again."""

from __future__ import annotations

from typing import Any

import pytest
from conftest import SITE
from sqlalchemy import insert
from warehouses import inbound, packing, picking
from warehouses.packing import STATION
from warehouses.picker import Picker
from warehouses.walk import Obedient, received

from floorhand.domain.things import Goods
from floorhand.store import tasks
from floorhand.store.db import Transactions, engine_of, open_database
from floorhand.store.schema import Worker

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


def test_of_two_who_take_a_walk_over_at_the_same_moment_one_is_told_of_the_other(
    postgresql_warehouse: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only where workers write at the same time can it be lost between asking and taking."""
    floor = open_database(postgresql_warehouse)
    picking.build(floor)
    with floor.begin() as tx:
        tx.execute(
            insert(Worker).values(site=SITE, code="W3", name="Cai", badge="C", roles="picking")
        )
    Picker(floor).start()
    ben, cai = Picker(floor, "W2"), Picker(floor, "W3")
    ben.scan("CART-1")
    cai.scan("ACME/1001")
    hand_over = tasks.hand_over

    def late(*asked: Any) -> bool:
        monkeypatch.setattr(tasks, "hand_over", hand_over)
        assert cai.scan("ACME/1001").prompt.place == "A-01"
        return hand_over(*asked)

    monkeypatch.setattr(tasks, "hand_over", late)
    ben.scan("CART-1")
    assert (ben.said, ben.prompt.ask) == ("picking.taken", "picking.take_over")
    assert dict(ben.prompt.facts)["fact.worker"] == "Cai"
    engine_of(floor).dispose()
