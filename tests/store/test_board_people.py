"""Who works on what, and since when; who has nothing, and since when that is so."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from conftest import NOW, SITE
from sqlalchemy import insert, update
from warehouses import picking as house
from warehouses.picker import Picker

from floorhand.store.board import AtWork, board
from floorhand.store.db import Transactions
from floorhand.store.schema import Order, Return, Seat, Task, Worker

LATER = NOW + timedelta(hours=5)


@pytest.fixture
def floor(transactions: Transactions) -> Transactions:
    house.build(transactions)
    return transactions


def at_work(floor: Transactions) -> AtWork:
    with floor.begin() as tx:
        (one,) = board(tx, SITE, LATER).people
    return one


def moment(ana: Picker) -> datetime:
    """Say when she scanned last."""
    return ana.now + timedelta(seconds=ana.turn.scan_no)


def test_who_has_work_has_it_since_it_was_claimed(floor: Transactions) -> None:
    ana = Picker(floor)
    ana.now += timedelta(hours=1)
    ana.start()
    ana.now += timedelta(hours=1)
    ana.scan("BIN-A-01")
    one = at_work(floor)
    assert (one.claim, one.since) == ("CART-1", NOW + timedelta(hours=1, seconds=3))


def test_who_has_nothing_yet_has_nothing_since_signing_in(floor: Transactions) -> None:
    ana = Picker(floor)
    signed_in_at = NOW + timedelta(seconds=1)
    ana.now += timedelta(hours=2)
    ana.scan("NO-SUCH-CODE")
    assert (at_work(floor).claim, at_work(floor).since) == ("", signed_in_at)


def test_who_has_finished_something_has_nothing_since_then(floor: Transactions) -> None:
    ana = Picker(floor)
    ana.now += timedelta(hours=1)
    with floor.begin() as tx:
        others = update(Order).where(Order.number != "1001")
        tx.execute(others.values(state="hold", hold_reason="address"))
    ana.start()
    ana.go_on("picking.bring_tote")
    ana.now += timedelta(minutes=30)
    ana.scan("BENCH-1")
    finished_at = moment(ana)
    ana.now += timedelta(hours=1)
    ana.scan("NO-SUCH-CODE")
    one = at_work(floor)
    assert (one.claim, one.since, one.seen_at) == ("", finished_at, moment(ana))


def test_a_task_that_ended_counts_where_the_seat_has_no_step_of_it(floor: Transactions) -> None:
    Picker(floor)
    ended_at = NOW + timedelta(hours=3)
    with floor.begin() as tx:
        at = {"created_at": NOW, "claimed_at": NOW, "worker": "W1"}
        for number, end in enumerate((NOW + timedelta(hours=1), ended_at, None)):
            state = "done" if end else "parked"
            row = {"id": f"C:{number}", "kind": "count", "place": "A-02", "state": state}
            tx.execute(insert(Task).values(site=SITE, done_at=end, **row, **at))
    assert at_work(floor).since == ended_at


def test_who_has_two_claims_in_a_job_is_told_with_the_one_that_is_in_hand(
    floor: Transactions,
) -> None:
    ana = Picker(floor)
    ana.scan("CART-1", "T-1", "T-2", "*BACK")
    ana.now += timedelta(minutes=10)
    ana.scan("CART-2")
    begun = moment(ana)
    assert (at_work(floor).claim, at_work(floor).since) == ("CART-2", begun)
    ana.scan("T-3", "*BACK")
    ana.now += timedelta(minutes=10)
    ana.scan("CART-1")
    one = at_work(floor)
    assert (one.claim, one.since) == ("CART-1", NOW + timedelta(seconds=3))


def test_of_two_places_the_one_that_is_asked_about_is_told(floor: Transactions) -> None:
    """Whichever of them was claimed later."""
    with floor.begin() as tx:
        tx.execute(update(Worker).values(roles="worker"))
    ana = Picker(floor, job="counting")
    ana.scan("BIN-B-01", "*BACK")
    with floor.begin() as tx:
        row = {"id": "C:1", "kind": "count", "state": "claimed", "place": "A-02", "worker": "W1"}
        tx.execute(insert(Task).values(site=SITE, created_at=NOW, claimed_at=LATER, **row))
    assert at_work(floor).job == "menu"
    ana = Picker(floor, job="counting")
    assert (ana.prompt.place, at_work(floor).claim) == ("B-01", "B-01")


def test_who_has_a_return_is_told_with_it(floor: Transactions) -> None:
    Picker(floor)
    with floor.begin() as tx:
        tx.execute(update(Seat).values(flow="returns"))
        for number, minutes in (("R-1", 10), ("R-2", 40)):
            row = {"number": number, "merchant": "ACME", "custody": "received", "worker": "W1"}
            at = NOW + timedelta(minutes=minutes)
            tx.execute(insert(Return).values(site=SITE, received_at=NOW, claimed_at=at, **row))
    one = at_work(floor)
    assert (one.claim, one.since) == ("R-2", NOW + timedelta(minutes=40))
