"""Measure how long a scan takes, beside the same statements written by hand.

A robot works in a demo warehouse on disk. Every statement that a turn sends to SQLite is noted, and
right after the turn the very same statements, with the same values, are sent by a bare ``sqlite3``
connection to a second copy of the database, in one transaction with the same durability. What the
turn takes longer is what floorhand adds: reading the scan, deciding, building statements.
"""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from statistics import quantiles
from typing import Any

from sqlalchemy import event

from floorhand.ops.seats import Turn
from floorhand.robots import supply
from floorhand.robots.crew import Robot
from floorhand.robots.demo import build_demo
from floorhand.store.db import Transactions, engine_of, open_database

WARM_UP_TURNS = 60
"""Not measured: here imports happen and statements are compiled for the first time."""

TURNS_MAX = 2_000

Statement = tuple[str, Any, bool]
"""SQL, its values, and whether the values are many rows."""


class Bare:
    """A second database, written by hand with ``sqlite3``."""

    def __init__(self, path: Path) -> None:
        self._connection = sqlite3.connect(path, isolation_level=None)
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.execute("PRAGMA synchronous = FULL")
        self._connection.execute("PRAGMA foreign_keys = ON")

    def write(self, statements: Sequence[Statement]) -> float:
        """Carry statements out in one transaction; give the time in milliseconds."""
        cursor = self._connection.cursor()
        started = time.perf_counter()
        cursor.execute("BEGIN IMMEDIATE")
        for sql, values, many in statements:
            if many:
                cursor.executemany(sql, values)
            else:
                cursor.execute(sql, values).fetchall()
        cursor.execute("COMMIT")
        return (time.perf_counter() - started) * 1000

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()


class Measured(Robot):
    """A robot that looks at the clock around each turn."""

    def __init__(self, transactions: Transactions, *args: Any, bare: Bare, **named: Any) -> None:
        self._bare = bare
        self._noted: list[Statement] = []
        self._noting = False
        self.turns_ms: list[float] = []
        self.bare_ms: list[float] = []
        self.statements = 0
        event.listen(engine_of(transactions), "before_cursor_execute", self._note)
        super().__init__(transactions, *args, **named)

    def _note(
        self, _connection: Any, _cursor: Any, sql: str, values: Any, _context: Any, many: bool
    ) -> None:
        """Note a statement of a turn; what eyes ask between turns is no part of it."""
        if self._noting and not sql.startswith(("BEGIN", "PRAGMA")):
            self._noted.append((sql, values, many))

    def send(self, scan_no: int, scanned: str) -> Turn:
        """Send a scan, and write the same by hand."""
        self._noted.clear()
        self._noting = True
        started = time.perf_counter()
        turn = super().send(scan_no, scanned)
        took_ms = (time.perf_counter() - started) * 1000
        self._noting = False
        bare_ms = self._bare.write(self._noted)
        if self.tally.scans >= WARM_UP_TURNS:
            self.turns_ms.append(took_ms)
            self.bare_ms.append(bare_ms)
            self.statements += len(self._noted)
        return turn


def measure_scans(folder: Path | None = None, turns: int = 0) -> dict[str, float | int]:
    """Let a robot work through the demo, and report what its turns took.

    Args:
        folder: Where the databases are made; their disk is what is measured. None: where the
            system keeps temporary files.
        turns: How many turns to make at most; 0: `TURNS_MAX`.
    """
    with tempfile.TemporaryDirectory(prefix="floorhand-bench-", dir=folder) as made:
        path, copy = Path(made) / "turns.db", Path(made) / "bare.db"
        transactions = open_database(str(path))
        build_demo(transactions, "BENCH", datetime.now(UTC))
        with transactions.begin() as tx:
            ((worker, badge),) = supply.hire(tx, "BENCH", 1)
        engine_of(transactions).dispose()
        shutil.copy(path, copy)
        bare = Bare(copy)
        try:
            robot = Measured(
                transactions,
                "BENCH",
                seat=worker,
                badge=badge,
                worker=worker,
                now=lambda: datetime.now(UTC),
                rng=Random(1),
                bare=bare,
            )
            bare.write(_seat_of(path))
            while robot.tally.scans < (turns or TURNS_MAX) and (robot.step() or _again(robot)):
                pass
            return _figures(robot)
        finally:
            bare.close()
            engine_of(transactions).dispose()


def _again(robot: Robot) -> bool:
    robot.wake()
    return robot.step()


def _seat_of(path: Path) -> list[Statement]:
    """Give the statement that makes the robot's seat in the second database too."""
    with sqlite3.connect(path) as connection:
        rows = connection.execute("SELECT * FROM seat").fetchall()
    connection.close()
    marks = ", ".join("?" * len(rows[0]))
    return [(f"INSERT INTO seat VALUES ({marks})", rows, True)]


def _figures(robot: Measured) -> dict[str, float | int]:
    turns, bare = robot.turns_ms, robot.bare_ms
    cuts, bare_cuts = quantiles(turns, n=100), quantiles(bare, n=100)
    return {
        "turns": len(turns),
        "statements_per_turn": round(robot.statements / len(turns), 1),
        "take_turn_p50_ms": round(cuts[49], 3),
        "take_turn_p99_ms": round(cuts[98], 3),
        "raw_p50_ms": round(bare_cuts[49], 3),
        "raw_p99_ms": round(bare_cuts[98], 3),
        "ratio_to_raw": round(cuts[49] / bare_cuts[49], 2),
    }
