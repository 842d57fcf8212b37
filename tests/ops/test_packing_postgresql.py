"""Packing on PostgreSQL: the same statements, the same answers."""

from __future__ import annotations

from conftest import NOW, SITE
from sqlalchemy import insert, select
from warehouses import packing as warehouse

from floorhand.domain.things import OUTSIDE
from floorhand.ops.floor import take_seat, take_turn
from floorhand.store.check import violations
from floorhand.store.db import engine_of, open_database
from floorhand.store.schema import Merchant, Order, Place, SiteRow, Task


def test_a_bench_works_the_same_on_postgresql(postgresql_url: str) -> None:
    transactions = open_database(postgresql_url)
    with transactions.begin() as tx:
        tx.execute(insert(SiteRow).values(site=SITE, name="Test site", time_zone="UTC"))
        tx.execute(insert(Merchant).values(site=SITE, code="ACME", name="Acme Trading"))
        outside = [{"site": SITE, "code": at, "kind": "outside", "scan_code": at} for at in OUTSIDE]
        tx.execute(insert(Place), outside)
    warehouse.build(transactions)
    turn = take_seat(transactions, SITE, "H1", now=NOW, station=warehouse.STATION)
    hat, mug, milk = "09506000134352", "09506000134376", "09506000134369"
    told = []
    for scanned in (
        *("BADGE-ANA", "1", "T-1", hat, mug, "2", "*FULL", "*DONE", "*SHORT", "1", hat),
        *("T-2", "MUG-CASE", mug, "14", milk, "1", "*BACK"),
        *("T-4", "*LIST", "2", hat, "T-8", "*DONE", "TEA-1", "*SHORT", "2", "1"),
    ):
        turn = take_turn(transactions, SITE, "H1", turn.scan_no + 1, scanned, NOW)
        told.append(turn.said.text if turn.said else turn.prompt.ask)
    assert told[-1] == "packing.empty_back"
    assert [text for text in told if text.startswith("refusal")] == []
    with transactions.begin() as tx:
        assert violations(tx, SITE) == ()
        orders = select(Order.number, Order.state).where(Order.merchant == "ACME")
        states = {number: state for number, state in tx.execute(orders)}
        assert (states["1001"], states["1002"]) == ("shipped", "picked")
        assert tx.scalars(select(Task.state).where(Task.kind == "pack")).all().count("done") >= 2
    engine_of(transactions).dispose()
