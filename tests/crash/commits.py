"""Lose PostgreSQL's answer to COMMIT, again and again: was the scan taken or not?

As a command, ``python tests/crash/commits.py [LOSSES]`` loses 1,000 answers; the test suite does
the same with fewer. A robot works through a proxy on the loopback, which cuts the connection at a
COMMIT: before the server has it, right after sending it, or when the server's answer is there. The
robot, as a terminal does, sends the scan again under its number until it is answered.

Invariant: every scan is there once, with its effect, whichever way it went; none is lost, none is
doubled; `floorhand check` passes.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from random import Random
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "src"))

from floors import SITE, PostgresqlFloors, floors, now, tell
from proof import Journal, faults_of, seat_now
from sqlalchemy import make_url
from wire import Way, Wire

from floorhand.errors import DatabaseAway
from floorhand.ops.floor import Turn
from floorhand.robots.crew import Robot
from floorhand.store.db import engine_of, open_database

EVERY = 3
"""One COMMIT in so many is cut."""

WAYS = (Way.CUT_BEFORE, Way.CUT_BEHIND, Way.CUT_ANSWER)

TRIES_MAX = 50


class Losses:
    """Lets a COMMIT in so many be cut, while it is armed."""

    def __init__(self, server: str, rng: Random) -> None:
        self._rng = rng
        self.armed = False
        self.cuts: Counter[str] = Counter()
        self.wire = Wire(server, self._meddle)

    def _meddle(self, request: bytes) -> Way | None:
        if not self.armed or b"COMMIT" not in request or self._rng.randrange(EVERY):
            return None
        way = self._rng.choice(WAYS)
        self.cuts[way] += 1
        return way


class Persistent(Robot):
    """A robot who sends a scan until it is answered, and notes what it was told."""

    def __init__(
        self, losses: Losses, journal: Journal, counts: Counter[str], *args: Any, **named: Any
    ) -> None:
        self._losses = losses
        self._journal = journal
        self._counts = counts
        super().__init__(*args, **named)

    def send(self, scan_no: int, scanned: str) -> Turn:
        """Send a scan until it is answered."""
        before, tries = self.turn, 0
        self._losses.armed = True  # a worker's eyes do not commit
        while True:
            try:
                turn = super().send(scan_no, scanned)
                break
            except DatabaseAway:
                tries += 1
                assert tries < TRIES_MAX, f"scan {scan_no} is not answered"
        self._losses.armed = False
        there, effect = seat_now(self._transactions, before.seat, scan_no)
        assert (there.scan_no, there.prompt) == (scan_no, turn.prompt), (there, turn)
        self._journal.add(before.seat, scan_no, scanned, effect)
        self._counts["scans answered"] += 1
        self._counts["scans sent again"] += tries > 0
        return turn


def lose_many(supply: PostgresqlFloors, losses: int, seed: int) -> tuple[Counter[str], list[str]]:
    """Lose so many answers."""
    counts: Counter[str] = Counter()
    faults: list[str] = []
    rng = Random(seed)
    lost = 0
    while lost < losses and not faults:
        database = supply.fresh()
        cutting = Losses(database, rng)
        address = cutting.wire.named(make_url(database).database or "")
        transactions = open_database(address, create=False)
        with tempfile.TemporaryDirectory(prefix="crash-") as folder:
            journal = Journal(Path(folder) / "told.jsonl")
            ((worker, badge),) = supply.crew
            robot = Persistent(
                cutting, journal, counts, transactions, SITE, seat=worker, badge=badge,
                worker=worker, now=now, rng=Random(rng.random()), mistakes=0.1,
            )  # fmt: skip
            while lost + cutting.cuts.total() < losses:
                if not (robot.step() or robot.wake() or robot.step() or robot.waits):
                    break
            with transactions.begin() as tx:
                faults += faults_of(tx, journal, [worker])
            engine_of(transactions).dispose()
        lost += cutting.cuts.total()
        counts.update({str(way): count for way, count in cutting.cuts.items()})
        counts["rounds proved by check"] += 1
        cutting.wire.close()
    return counts, faults


def main() -> int:
    """Lose, prove, and print the figures."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("losses", nargs="?", type=int, default=1_000)
    parser.add_argument("--server", default="", help="address of a PostgreSQL server to use")
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    began = time.monotonic()
    with floors("postgresql", 1, args.server) as supply:
        assert isinstance(supply, PostgresqlFloors)
        counts, faults = lose_many(supply, args.losses, args.seed)
    rows: list[tuple[str, object]] = [("seed", args.seed), *sorted(counts.items())]
    rows.append(("took", f"{time.monotonic() - began:.0f} s"))
    return tell("answers to COMMIT lost on PostgreSQL", rows, faults)


if __name__ == "__main__":
    sys.exit(main())
