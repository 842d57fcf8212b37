"""The last scans of a seat, with what they booked."""

from __future__ import annotations

from datetime import timedelta

from conftest import NOW, SITE
from warehouses import picking

from floorhand.ops.floor import take_seat, take_turn
from floorhand.store.masters import badge_of
from floorhand.store.past import last_scans


def test_each_scan_has_its_fate_and_the_pieces_it_booked(transactions) -> None:
    picking.build(transactions)
    turn = take_seat(transactions, SITE, "T1", now=NOW)
    with transactions.begin() as tx:
        badge = badge_of(tx, SITE, picking.WORKER)
    walk = ("CART-1", "T-1", "T-2", "BIN-A-01", "NOTHING", "MUG-1", "MUG-1", "T-1")
    for scanned in (badge, "1", *walk):
        number = turn.scan_no + 1
        now = NOW + timedelta(seconds=number)
        turn = take_turn(transactions, SITE, "T1", number, scanned, now)
    with transactions.begin() as tx:
        past = last_scans(tx, SITE, "T1")
        assert last_scans(tx, SITE, "T2") == ()
    assert [scan.number for scan in past] == list(range(1, 11))
    assert [scan.code for scan in past if not scan.taken] == ["NOTHING"]
    assert {scan.code: scan.pieces for scan in past if scan.pieces} == {"T-1": 2}
    assert past[-1].at == NOW + timedelta(seconds=10)
