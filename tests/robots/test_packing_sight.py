"""What robots see at a packing bench where others are at work."""

from __future__ import annotations

from conftest import NOW, SITE
from sqlalchemy import update
from warehouses import packing as warehouse

from floorhand.ops.floor import take_seat, take_turn
from floorhand.robots import sight
from floorhand.store.schema import Order


def test_no_tote_of_an_order_in_somebodys_hands_is_taken(transactions) -> None:
    warehouse.build(transactions)
    with transactions.begin() as tx:
        tx.execute(update(Order).where(Order.number == "1002").values(priority=9))
        assert sight.totes_to_pack(tx, SITE)[0] == "T-2"
    take_seat(transactions, SITE, "H1", now=NOW, station=warehouse.STATION)
    for number, scanned in enumerate(("BADGE-ANA", "1", "T-3"), 1):
        take_turn(transactions, SITE, "H1", number, scanned, NOW)
    with transactions.begin() as tx:
        assert sight.totes_to_pack(tx, SITE)[0] == "T-5"
