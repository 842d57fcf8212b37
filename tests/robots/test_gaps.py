"""Gaps that are explained by what terminals wrote down, through the road, and added up twice."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from conftest import NOW, SITE
from robots.second_sum import Books
from sqlalchemy import insert, select
from warehouses import picking as house

from floorhand.domain.shifts import Period
from floorhand.ops.floor import take_seat, take_turn
from floorhand.store.db import Transactions
from floorhand.store.schema import Scan, Worker
from floorhand.store.summary import shift_figures

SHIFT = Period("early", NOW, NOW + timedelta(hours=8))
ASKS, LOOKS = "*DONE", "*HELP"
DAY = (
    *((0, "ANA", ""), (0, "BEN", ""), (0, "CAI", ""), (0, "DAN", "")),
    *((1, "ANA", ASKS), (2, "BEN", LOOKS), (3, "CAI", LOOKS), (4, "DAN", LOOKS)),
    *((19, "BEN", LOOKS), (21, "ANA", ASKS), (22, "DAN", LOOKS), (23, "BEN", LOOKS)),
    *((30, "CAI", LOOKS, 1500), (35, "CAI", LOOKS), (39, "BEN", LOOKS)),
    *((40, "ANA", ASKS), (44, "DAN", LOOKS, 600), (45, "BEN", ASKS)),
)
"""Minute, worker, scan, and for how long the terminal has tried to send it, in seconds.

At minute 22 an order comes in.
"""


@pytest.fixture
def worked(transactions: Transactions) -> Iterator[Transactions]:
    with transactions.begin() as tx:
        house.furnish(tx)
        house.stock(tx)
        for number, name in ((3, "CAI"), (4, "DAN")):
            told = {"code": f"W{number}", "name": name.title(), "badge": f"BADGE-{name}"}
            tx.execute(insert(Worker).values(site=SITE, roles="picking", **told))
    for minute, worker, scanned, *waited in DAY:
        if minute == 23:
            with transactions.begin() as tx:
                house.order(tx, "1", [("MUG", 1)], released_at=NOW + timedelta(minutes=22))
        at = NOW + timedelta(minutes=minute)
        scan(transactions, worker, scanned or f"BADGE-{worker}", at, *waited)
    return transactions


def scan(
    transactions: Transactions, seat: str, scanned: str, at: datetime, waited: int = 0
) -> None:
    turn = take_seat(transactions, SITE, seat, now=at)
    number = turn.scan_no + 1
    turn = take_turn(transactions, SITE, seat, number, scanned, at, waited_s=waited)
    if turn.job == "menu":
        take_turn(transactions, SITE, seat, number + 1, "1", at)


def minute(at: datetime) -> int:
    return (at - NOW) // timedelta(minutes=1)


def test_gaps_say_that_there_was_no_work_or_no_database_and_nothing_they_cannot_prove(
    worked: Transactions,
) -> None:
    with worked.begin() as tx:
        told = shift_figures(tx, SITE, SHIFT, SHIFT.end)["gaps"]
        books = Books(tx)
    starts = [minute(datetime.fromisoformat(gap["start"])) for gap in told]
    found = {(gap["worker"], start): gap["why"] for gap, start in zip(told, starts, strict=True)}
    assert found == {
        ("W1", 1): "no_work",  # the last scan asked in vain
        ("W1", 21): "no_work",
        ("W2", 2): "no_work",  # others asked in vain before and after
        ("W2", 23): "unexplained",  # somebody was given a walk before the next one asked
        ("W2", 39): "unexplained",
        ("W3", 3): "away",
        ("W4", 4): "no_work",
        ("W4", 22): "unexplained",  # the database was away for less than half of it
    }
    again = books.idle_whys(SHIFT).items()
    assert found == {(worker, minute(at)): why for (worker, at), why in again}


def test_what_a_scan_waited_for_is_written_with_it(worked: Transactions) -> None:
    with worked.begin() as tx:
        waited = tx.execute(select(Scan.seat, Scan.waited_s).where(Scan.waited_s > 0)).all()
        in_vain = tx.execute(select(Scan.seat, Scan.no_work).where(Scan.no_work)).all()
    assert sorted(map(tuple, waited)) == [("CAI", 1500), ("DAN", 600)]
    assert [row.seat for row in in_vain].count("ANA") == 2
