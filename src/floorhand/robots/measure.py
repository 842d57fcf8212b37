"""Measure how long a scan takes, beside the same statements written by hand.

A robot works in a demo warehouse on disk. Every statement that a turn sends to the database is
noted, and right after the turn the very same statements, with the same values, are sent by the bare
driver to a second copy of the database, in one transaction with the same durability. What the turn
takes longer is what floorhand adds: reading the scan, deciding, building statements.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from statistics import median, quantiles
from typing import Any

from sqlalchemy import select

from floorhand.ops.registry import get_ready
from floorhand.ops.seats import Turn
from floorhand.robots import supply
from floorhand.robots.bare import Bare, Took, bare
from floorhand.robots.crew import Robot
from floorhand.robots.ground import SITE, two_databases
from floorhand.robots.noting import Noting
from floorhand.store.db import Transactions, engine_of, open_database
from floorhand.store.schema import Seat

WARM_UP_TURNS = 60
"""Not measured: here statements are compiled for the first time, and pages read from the disk."""

TURNS_MAX = 2_000


class Measured(Noting):
    """A robot that looks at the clock around each turn."""

    def __init__(self, transactions: Transactions, *args: Any, bare: Bare, **named: Any) -> None:
        self._bare = bare
        self.turns: list[Took] = []
        self.by_hand: list[Took] = []
        self.statements = 0
        super().__init__(transactions, *args, **named)

    def send(self, scan_no: int, scanned: str) -> Turn:
        """Send a scan, and write the same by hand."""
        started, busy = time.perf_counter(), time.process_time()
        turn = super().send(scan_no, scanned)
        took = (time.perf_counter() - started) * 1000, (time.process_time() - busy) * 1000
        by_hand = self._bare.write(self.noted)
        if self.tally.scans >= WARM_UP_TURNS:
            self.turns.append(took)
            self.by_hand.append(by_hand)
            self.statements += len(self.noted)
        return turn


def measure_scans(
    folder: Path | None = None,
    turns: int = 0,
    *,
    moves: int = 0,
    keep: Path | None = None,
    server: str = "",
) -> dict[str, float | int]:
    """Let a robot work through the demo, and report what its turns took.

    Args:
        folder: Where the databases are made; their disk is what is measured. None: where the
            system keeps temporary files.
        turns: How many turns to make at most; 0: `TURNS_MAX`.
        moves: As for `two_databases`; likewise the others.
        keep: Where to keep what was built.
        server: A PostgreSQL server to measure instead.
    """
    with two_databases(folder, moves, keep, server) as (url, copy):
        transactions, by_hand = open_database(url), bare(copy)
        get_ready(transactions)
        try:
            robot = _seated(transactions, by_hand)
            _take_seat_too(transactions, copy)
            while robot.tally.scans < (turns or TURNS_MAX) and (robot.step() or _again(robot)):
                pass
            return _figures(robot)
        finally:
            by_hand.close()
            engine_of(transactions).dispose()


def _seated(transactions: Transactions, by_hand: Bare) -> Measured:
    with transactions.begin() as tx:
        ((worker, badge),) = supply.hire(tx, SITE, 1)
    return Measured(
        transactions,
        SITE,
        seat=worker,
        badge=badge,
        worker=worker,
        now=lambda: datetime.now(UTC),
        rng=Random(1),
        bare=by_hand,
    )


def _take_seat_too(transactions: Transactions, copy: str) -> None:
    """Make the robot's seat in the second database as it is in the first."""
    with transactions.begin() as tx:
        rows = [dict(row._mapping) for row in tx.execute(select(*Seat.__table__.columns))]
    others = open_database(copy)
    with others.begin() as tx:
        tx.execute(Seat.__table__.insert(), rows)  # type: ignore[attr-defined]  # it is a table
    engine_of(others).dispose()


def _again(robot: Robot) -> bool:
    robot.wake()
    return robot.step()


def _figures(robot: Measured) -> dict[str, float | int]:
    turns, by_hand = [took for took, _ in robot.turns], [took for took, _ in robot.by_hand]
    cuts, bare_cuts = quantiles(turns, n=100), quantiles(by_hand, n=100)
    busy, bare_busy = median(cpu for _, cpu in robot.turns), median(cpu for _, cpu in robot.by_hand)
    return {
        "turns": len(turns),
        "statements_per_turn": round(robot.statements / len(turns), 1),
        "take_turn_p50_ms": round(cuts[49], 3),
        "take_turn_p99_ms": round(cuts[98], 3),
        "raw_p50_ms": round(bare_cuts[49], 3),
        "raw_p99_ms": round(bare_cuts[98], 3),
        "ratio_to_raw": round(cuts[49] / bare_cuts[49], 2),
        "take_turn_cpu_p50_ms": round(busy, 3),
        "raw_cpu_p50_ms": round(bare_busy, 3),
    }
