"""Fill the disk under a worker on SQLite, and free it, again and again, and lose nothing.

As a command, ``python tests/crash/full.py [ROUNDS]`` does it 100 times; the test suite three times.
The disk is a small one in memory, mounted for this program alone, and it is really full. A robot
works until a write finds no room and the reserve is used up; then the room is freed again.

Invariant: the worker is told that the disk is at fault; reading goes on; the scan in hand is there
whole or not at all, and is taken within a second once there is room; every scan that was answered
is there once with its effect; no work is begun in the reserve; `floorhand check` passes.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "src"))

from apart import apart, small_disk
from floors import SITE, SqliteFloors, milliseconds, now, tell
from proof import Journal, faults_of, seat_now

from floorhand.errors import Code, DatabaseAway, NoRoom
from floorhand.flows.away import RETRY_AFTER_S
from floorhand.ops.floor import Turn
from floorhand.robots.crew import Robot
from floorhand.store.db import Transactions, engine_of, open_database
from floorhand.store.room import Room, keep_reserve, left_for

WORKERS = 1

DISK_MEGABYTES = 64

SLACK_BYTES_MAX = 200_000
"""So much is left free at most: a few scans."""

SCANS_MAX = 200
"""A round in which the disk was never missed ends after so many."""

BACK_MAX_S = 1.0
"""Within this a scan is taken once there is room, on a machine that has nothing else to do."""

SMALLEST = 512

NEW_WALK = "picking.work_found"
"""What a picker is told who begins something."""


class Full(Exception):
    """A scan was not saved; this round has what it was made for."""


@dataclass(slots=True)
class Found:
    """What full disks have done."""

    counts: Counter[str] = field(default_factory=Counter)
    back_s: list[float] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)


class Ballast:
    """Takes the room of a disk, and gives it back."""

    def __init__(self, disk: Path) -> None:
        self._file = disk / "ballast"

    def fill(self, slack: int) -> None:
        """Leave so many bytes."""
        with self._file.open("wb", buffering=0) as file:
            size = 1 << 20
            while size >= SMALLEST:
                try:
                    file.write(bytes(size))
                except OSError:
                    size //= 2
            file.truncate(max(0, file.tell() - slack))

    def free(self) -> None:
        """Give it all back."""
        self._file.unlink()


class Worker(Robot):
    """A robot who notes what it was told, and stops where a scan is not saved."""

    def __init__(self, found: Found, journal: Journal, *args: Any, **named: Any) -> None:
        self._found = found
        self._journal = journal
        self.in_hand: tuple[int, str] | None = None
        super().__init__(*args, **named)

    def send(self, scan_no: int, scanned: str) -> Turn:
        """Send a scan; `Full` if it is not saved."""
        self.in_hand = (scan_no, scanned)
        left = left_for(engine_of(self._transactions).url)
        try:
            turn = super().send(scan_no, scanned)
        except NoRoom as full:
            raise Full from full
        except DatabaseAway as away:
            self._found.faults.append(f"scan {scan_no}: told {away!r}")
            raise Full from away
        self.in_hand = None
        _, effect = seat_now(self._transactions, turn.seat, scan_no)
        self._journal.add(turn.seat, scan_no, scanned, effect)
        self._found.counts["scans answered"] += 1
        if left is not None and left.room is Room.SCARCE:
            self._found.counts["of these with little room"] += 1
            begun = turn.said is not None and turn.said.text == NEW_WALK
            if begun:
                self._found.faults.append(f"scan {scan_no}: begun with {left}")
        if turn.said is not None and turn.said.text == f"refusal.{Code.NO_ROOM_FOR_WORK}":
            self._found.counts["new work refused"] += 1
        return turn


def until_full(robot: Worker) -> None:
    """Work until a scan is not saved, or there is nothing that may be done."""
    for _ in range(SCANS_MAX):
        if not (robot.step() or robot.wake() or robot.step() or robot.waits):
            return


def come_back(robot: Worker, found: Found) -> None:
    """Send the scan in hand as a terminal does until it is answered."""
    began = time.monotonic()
    assert robot.in_hand is not None
    number, scanned = robot.in_hand
    for tries in range(100):
        try:
            robot.turn = robot.send(number, scanned)
            break
        except Full:
            time.sleep(RETRY_AFTER_S[min(tries, len(RETRY_AFTER_S) - 1)])
    found.back_s.append(time.monotonic() - began)


def one_round(
    robot: Worker, disk: Path, transactions: Transactions, found: Found, slack: int
) -> None:
    """Fill the disk, work, look, and free it."""
    engine = engine_of(transactions)
    with engine.connect() as connection:  # or what is to be written fits into what is there
        driver = connection.connection.driver_connection
        assert driver is not None
        driver.rollback()
        driver.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    ballast = Ballast(disk)
    ballast.fill(slack)
    try:
        until_full(robot)
        found.counts["rounds in which it was not missed"] += 1
    except Full:
        found.counts["scans that were not saved"] += 1
        there, _ = seat_now(transactions, robot.turn.seat)
        if (there.scan_no, there.prompt) != (robot.turn.scan_no, robot.turn.prompt):
            found.faults.append(f"was at {robot.turn}, is at {there}")
        left = left_for(engine.url)
        if left is None or left.room is not Room.SCARCE:
            found.faults.append(f"the disk is full, and there is {left}")
    ballast.free()
    if robot.in_hand is not None:
        come_back(robot, found)


def fill_many(folder: Path, disk: Path, rounds: int, seed: int) -> Found:
    """Fill the disk so often, over as many warehouses as that takes."""
    found = Found()
    rng = Random(seed)
    supply = SqliteFloors(folder, WORKERS)
    ((worker, badge),) = supply.crew
    while found.counts["rounds"] < rounds and not found.faults:
        file = disk / "floor.db"
        file.write_bytes(Path(supply.fresh()).read_bytes())
        journal = Journal(folder / f"told-{found.counts['warehouses']}.jsonl")
        found.counts["warehouses"] += 1
        transactions = open_database(str(file), create=False)
        before = -1
        while found.counts["rounds"] < rounds and len(journal.told) > before and not found.faults:
            before = len(journal.told)
            keep_reserve(engine_of(transactions).url)
            robot = Worker(
                found, journal, transactions, SITE, seat=worker, badge=badge, worker=worker,
                now=now, rng=Random(rng.random()), mistakes=0.05,
            )  # fmt: skip
            with suppress(Full):  # work begun with room is what is to be finished without
                for _ in range(rng.randint(1, 30)):
                    robot.step()
            one_round(robot, disk, transactions, found, rng.randint(0, SLACK_BYTES_MAX))
            found.counts["rounds"] += 1
        with transactions.begin() as tx:
            found.faults += faults_of(tx, journal, [worker])
        engine_of(transactions).dispose()
        for left in disk.iterdir():
            left.unlink()
    return found


def main() -> int:
    """Fill, free, prove, and print the figures."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("rounds", nargs="?", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--back-max", type=float, default=BACK_MAX_S, metavar="SECONDS")
    args = parser.parse_args()
    if not apart("mount"):
        return 1
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="crash-") as name:
        folder = Path(name)
        disk = folder / "disk"
        disk.mkdir()
        with small_disk(disk, DISK_MEGABYTES):
            found = fill_many(folder, disk, args.rounds, args.seed)
    late = [seconds for seconds in found.back_s if seconds > args.back_max]
    if late:
        found.faults.append(f"{len(late)} scans took longer than {args.back_max} s to be taken")
    rows: list[tuple[str, object]] = [("seed", args.seed), *sorted(found.counts.items())]
    rows.append(("taken once there is room", milliseconds(found.back_s)))
    rows.append(("took", f"{time.monotonic() - began:.0f} s"))
    return tell("full disks under SQLite", rows, found.faults)


if __name__ == "__main__":
    sys.exit(main())
