"""Rows are locked in one order, which `floorhand.store.db.in_turn` names."""

from __future__ import annotations

import re
from random import Random

from conftest import NOW
from sqlalchemy import event, update

from floorhand.robots import supply
from floorhand.robots.crew import Robot
from floorhand.robots.demo import build_demo
from floorhand.store.db import engine_of, open_database
from floorhand.store.schema import Delivery, Order

ORDER = ("own seat", "guess", "seat", "orders delivery", "place")
SCANS = 150

LOCK = re.compile(r'FROM "?(\w+)"?.*FOR UPDATE', re.DOTALL)


def ranked(turn: list[str]) -> list[int]:
    """Say where in the order each of the tables stands whose rows a turn has locked."""
    assert turn[:1] in ([], ["seat"]), turn
    return [0, *(next(n for n, one in enumerate(ORDER[1:], 1) if t in one) for t in turn[1:])]


def test_a_shift_locks_rows_in_one_order(postgresql_warehouse) -> None:
    floor = open_database(postgresql_warehouse)
    build_demo(floor, "ORDER", NOW)
    with floor.begin() as tx:
        ((worker, badge),) = supply.hire(tx, "ORDER", 1)
        tx.execute(update(Delivery).values(state="closed"))  # so that it begins to pick,
        tx.execute(update(Order).where(Order.merchant != "ALMA").values(state="cancelled"))
        # not much, so that it comes to packing
    turns: list[list[str]] = []

    @event.listens_for(engine_of(floor), "before_cursor_execute")
    def _note(_connection, _cursor, sql: str, *_: object) -> None:
        if sql.startswith("BEGIN"):
            turns.append([])
        elif locked := LOCK.search(sql):
            turns[-1].append(locked[1])

    robot = Robot(
        floor,
        "ORDER",
        seat=worker,
        badge=badge,
        worker=worker,
        now=lambda: NOW,
        rng=Random(3),
        mistakes=0.05,
        undo=0.05,
    )
    while robot.tally.scans < SCANS and robot.step():
        pass
    ranks = [ranked(turn) for turn in turns]
    assert ranks == [sorted(rank) for rank in ranks]
    assert {one for turn in turns for one in turn} >= {"seat", "orders", "place"}
    engine_of(floor).dispose()
