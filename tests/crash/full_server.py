"""Fill the disk of a PostgreSQL server under a worker, and free it, and lose nothing.

As a command, ``python tests/crash/full_server.py [ROUNDS]`` does it 50 times; the test suite leaves
it alone. The server has a small disk in memory for data and log, mounted for this program alone. A
full disk may make one statement fail, or end the server in the middle of a COMMIT, and it cannot
recover before there is room. Whoever runs it makes room and starts it again.

Invariant: the worker is told that the disk is full or that nothing is saved yet; every scan that
was answered is there once with its effect; the scan in hand is taken once there is room;
`floorhand check` passes.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from random import Random

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "src"))

from apart import apart, small_disk
from floors import SITE, PostgresqlFloors, milliseconds, now, tell
from full import Ballast, Found
from proof import Journal, faults_of, seat_now
from servers import Server, sooner_or_later

from floorhand.errors import DatabaseAway
from floorhand.ops.floor import Turn
from floorhand.robots.crew import Robot
from floorhand.store.db import engine_of, open_database

DISK_MEGABYTES = 256

SLACK_BYTES_MAX = 400_000

FAILURES = 3
"""So often a scan is tried in vain before somebody makes room."""


class Disk:
    """The server's disk, with somebody who fills it and makes room again."""

    def __init__(self, server: Server, folder: Path, found: Found, rng: Random) -> None:
        self._server = server
        self._ballast = Ballast(folder)
        self._found = found
        self._rng = rng
        self.is_full = False

    def fill(self) -> None:
        """Leave little room."""
        self._ballast.fill(self._rng.randint(0, SLACK_BYTES_MAX))
        self.is_full = True

    def free(self) -> None:
        """Make room, and start the server again if it has ended."""
        self._ballast.free()
        self.is_full = False
        began = time.monotonic()
        self._server.start()
        self._found.counts["server had to be started"] += time.monotonic() - began > 1


class Worker(Robot):
    """A robot who sends a scan until it is answered, and has room made when it is not."""

    def __init__(self, disk: Disk, found: Found, journal: Journal, *args, **named) -> None:
        self._disk = disk
        self._found = found
        self._journal = journal
        super().__init__(*args, **named)

    def live(self) -> bool:
        """Make one scan; False if there is nothing to do."""
        return bool(self.step() or self.wake() or self.step() or self.waits)

    def send(self, scan_no: int, scanned: str) -> Turn:
        """Send a scan until it is answered."""
        failed = 0
        freed = 0.0
        while True:
            try:
                turn = super().send(scan_no, scanned)
                break
            except DatabaseAway as away:
                self._found.counts[f"told {type(away).__name__}"] += 1
                failed += 1
                if failed == FAILURES and self._disk.is_full:
                    self._disk.free()
                    freed = time.monotonic()
                time.sleep(0.02)
        if freed:
            self._found.counts["scans that were not saved"] += 1
            self._found.back_s.append(time.monotonic() - freed)
        there, effect = sooner_or_later(lambda: seat_now(self._transactions, turn.seat, scan_no))
        if (there.scan_no, there.prompt) != (scan_no, turn.prompt):
            self._found.faults.append(f"answered {turn}, is at {there}")
        self._journal.add(turn.seat, scan_no, scanned, effect)
        self._found.counts["scans answered"] += 1
        return turn


def fill_many(server: Server, folder: Path, rounds: int, seed: int) -> Found:
    """Fill the disk so often."""
    found = Found(Counter())
    rng = Random(seed)
    supply = PostgresqlFloors(server.uri, 1)
    ((worker, badge),) = supply.crew
    disk = Disk(server, folder, found, rng)
    while found.counts["rounds"] < rounds and not found.faults:
        transactions = open_database(supply.fresh(), create=False)
        with tempfile.TemporaryDirectory(prefix="crash-") as told:
            journal = Journal(Path(told) / "told.jsonl")
            robot = Worker(
                disk, found, journal, transactions, SITE, seat=worker, badge=badge, worker=worker,
                now=now, rng=Random(rng.random()), mistakes=0.05,
            )  # fmt: skip
            working = True
            while working and found.counts["rounds"] < rounds and not found.faults:
                disk.fill()
                found.counts["rounds"] += 1
                while working and disk.is_full:
                    working = sooner_or_later(robot.live)
            if disk.is_full:
                disk.free()
            with transactions.begin() as tx:
                found.faults += faults_of(tx, journal, [worker])
            engine_of(transactions).dispose()
        found.counts["warehouses"] += 1
    supply.close()
    return found


def main() -> int:
    """Fill, free, prove, and print the figures."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("rounds", nargs="?", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    if not apart("mount"):
        return 1
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="crash-pg-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        with small_disk(folder, DISK_MEGABYTES):
            server = Server(folder)
            try:
                found = fill_many(server, folder, args.rounds, args.seed)
            finally:
                server.close()
    rows: list[tuple[str, object]] = [("seed", args.seed), *sorted(found.counts.items())]
    rows.append(("taken once there is room", milliseconds(found.back_s)))
    rows.append(("took", f"{time.monotonic() - began:.0f} s"))
    return tell("full disks under PostgreSQL", rows, found.faults)


if __name__ == "__main__":
    sys.exit(main())
