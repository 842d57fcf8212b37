"""The last scans of a seat, with what they booked."""

from __future__ import annotations

from datetime import timedelta

from conftest import NOW, SITE
from warehouses import picking

from floorhand.ops.floor import Turn, take_seat, take_turn
from floorhand.store.masters import badge_of
from floorhand.store.past import lately

WALK = ("CART-1", "T-1", "T-2", "BIN-A-01", "NOTHING", "MUG-1", "MUG-1", "T-1")


def scan(transactions, turn: Turn, *scans: str, hours: int = 0) -> Turn:
    for scanned in scans:
        number = turn.scan_no + 1
        now = NOW + timedelta(hours=hours, seconds=number)
        turn = take_turn(transactions, SITE, turn.seat, number, scanned, now)
    return turn


def test_each_scan_has_its_fate_and_the_pieces_it_booked(transactions) -> None:
    picking.build(transactions)
    turn = take_seat(transactions, SITE, "T1", now=NOW)
    with transactions.begin() as tx:
        badge = badge_of(tx, SITE, picking.WORKER)
    scan(transactions, turn, badge, "1", *WALK)
    now = NOW + timedelta(minutes=1)
    with transactions.begin() as tx:
        past = lately(tx, SITE, "T1", now).last
        assert lately(tx, SITE, "T2", now).last == ()
    assert [scan.number for scan in past] == list(range(1, 11))
    assert [scan.code for scan in past if not scan.taken] == ["NOTHING"]
    assert {scan.code: scan.pieces for scan in past if scan.pieces} == {"T-1": 2}
    assert past[-1].at == NOW + timedelta(seconds=10)


def test_the_total_is_that_of_the_worker_in_the_running_shift_at_any_seat(transactions) -> None:
    """The early shift ends at 14:00, five hours after the first scan."""
    picking.build(transactions)
    with transactions.begin() as tx:
        badge = badge_of(tx, SITE, picking.WORKER)
    turn = scan(transactions, take_seat(transactions, SITE, "T1", now=NOW), badge, "1", *WALK)
    late = NOW + timedelta(hours=5, minutes=1)
    with transactions.begin() as tx:
        first = lately(tx, SITE, "T1", NOW + timedelta(minutes=1))
        assert (first.scans, first.pieces) == (9, 2)
        assert (lately(tx, SITE, "T1", late).scans, lately(tx, SITE, "T1", late).pieces) == (0, 0)
    scan(transactions, turn, "*UNDO")
    scan(transactions, take_seat(transactions, SITE, "T2", now=NOW), badge, "NOTHING")
    with transactions.begin() as tx:
        then = lately(tx, SITE, "T2", NOW + timedelta(minutes=1))
        assert (len(then.last), then.scans, then.pieces) == (2, 11, 0)
        nobody = lately(tx, SITE, "T1", NOW + timedelta(minutes=1))
        assert (nobody.scans, nobody.pieces) == (0, 0)
        assert not [scan for scan in nobody.last if scan.pieces]
