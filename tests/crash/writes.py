"""Let the n-th write of a scan fail, for every n, and lose and double nothing.

As a command, ``python tests/crash/writes.py`` does it with every kind of operation that a crew has
to do in the demo; the test suite does it with one of receiving. A robot works on
SQLite, on the disk of `disk.c`. Of each kind of operation the first scan is taken four times, in
copies of the warehouse: its first write fails, the scan is repeated and its second write fails, and
so on until it is taken; once with an I/O error and once with a full disk, and each once for a
single write and once for all writes from there on.

Invariant: the worker is told that the disk is at fault, and nothing else; whoever opens the file
after a failure finds the scan whole or not at all; in the end it is there once, with the effect of
the same scan on a good disk; `floorhand check` passes.
"""

from __future__ import annotations

import argparse
import ctypes
import errno
import os
import shutil
import sqlite3
import sys
import tempfile
import time
from collections import Counter
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "src"))

from disk import NO_COMPILER, build, environment, has_compiler
from floors import SITE, SqliteFloors, now, tell
from sqlalchemy import select
from sqlalchemy.orm import Session

from floorhand.domain.signing_in import JOBS
from floorhand.errors import DatabaseAway, NoRoom
from floorhand.ops.devices import ROBOT
from floorhand.ops.floor import Turn, take_turn
from floorhand.robots.crew import Robot
from floorhand.store.check import violations
from floorhand.store.db import Transactions, engine_of, open_database
from floorhand.store.schema import Operation

WORKERS = 1

ALL = 99
"""More kinds of operations than a job has."""

WRITES_MAX = 2_000
"""No scan writes so often."""

FAULTS = ((errno.EIO, 0), (errno.ENOSPC, 1), (errno.EIO, 1), (errno.ENOSPC, 0))
"""The error of a write, and whether all writes after it fail too; a small run tries two."""

State = tuple[Any, ...]
"""Scans of the seat, operations and moves, of the scan and of all."""

STATE = """
SELECT (SELECT count(*) FROM scan WHERE seat = ?1),
       (SELECT count(*) FROM operation WHERE id = ?2 OR id LIKE ?2 || '.%'),
       (SELECT count(*) FROM move WHERE operation = ?2 OR operation LIKE ?2 || '.%'),
       (SELECT count(*) FROM operation), (SELECT count(*) FROM move)
"""


@dataclass(slots=True)
class Found:
    """What failing writes have done."""

    limit: int
    """Kinds of operations of each job that are looked at."""
    counts: Counter[str] = field(default_factory=Counter)
    kinds: dict[str, set[str]] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)

    def wants_more(self, job: str) -> bool:
        """Say whether there may be kinds of a job that are still to be looked at."""
        return job in JOBS and len(self.kinds.get(job, ())) < self.limit

    def wants(self, job: str, kind: str, moves: int) -> bool:
        """Say whether this one is. Where few are wanted, they shall move goods."""
        kinds = self.kinds.setdefault(job, set())
        if not kind or kind in kinds or (self.limit < ALL and not moves):
            return False
        kinds.add(kind)
        return True


def raw_state(connection: sqlite3.Connection, seat: str, scan_no: int) -> State:
    """Read all that a scan changes in number."""
    state: State = connection.execute(STATE, (seat, f"{seat}:{scan_no}")).fetchone()
    return state


def state_of(tx: Session, seat: str, scan_no: int) -> State:
    """The same in a transaction."""
    driver = tx.connection().connection.driver_connection
    assert isinstance(driver, sqlite3.Connection), driver
    return raw_state(driver, seat, scan_no)


@dataclass(frozen=True, slots=True)
class Tried:
    """One scan, with the warehouse before it and what it led to on a good disk."""

    file: Path
    seat: str
    number: int
    scanned: str
    before: State
    good: Turn
    after: State

    def take(self, transactions: Transactions) -> Turn:
        """Send it."""
        return take_turn(
            transactions, SITE, self.seat, self.number, self.scanned, now(), device=ROBOT
        )


class Failing:
    """A copy of a warehouse on a disk that fails.

    Args:
        disk: The simulated disk.
        file: Where the copy is to be.
    """

    def __init__(self, disk: Any, file: Path, found: Found) -> None:
        self._disk = disk
        self._file = file
        self._found = found
        self._transactions: Transactions | None = None

    def put(self, before: Path) -> Transactions:
        """Begin with a warehouse as it was before a scan."""
        if self._transactions is not None:
            engine_of(self._transactions).dispose()
        for end in ("", "-wal", "-shm"):
            self._file.with_name(self._file.name + end).unlink(missing_ok=True)
        shutil.copyfile(before, self._file)
        if self._transactions is None:
            self._transactions = open_database(str(self._file), create=False)
        with self._transactions.begin():  # opening writes, too, and is not what is looked at
            return self._transactions

    def run(self, scan: Tried, error: int, lasting: int) -> None:
        """Take a scan that fails at every write until it is taken."""
        transactions = self.put(scan.file)
        name = f"{scan.seat}:{scan.number} {scan.scanned[:20]!r} {errno.errorcode[error]}"
        for at in range(1, WRITES_MAX):
            self._disk.disk_fail(at, error, lasting)
            try:
                turn = scan.take(transactions)
            except NoRoom:
                self._disk.disk_fail(0, 0, 0)
                self._found.counts[f"failed writes, {errno.errorcode[error]}"] += 1
                self._look(transactions, scan, f"{name} at write {at}")
                continue
            except DatabaseAway as away:
                self._found.faults.append(f"{name} at write {at}: told {away!r}")
                return
            finally:
                self._disk.disk_fail(0, 0, 0)
            break
        again = scan.take(transactions)
        with transactions.begin() as tx:
            state = state_of(tx, scan.seat, scan.number)
            found = violations(tx, SITE)
        told = (turn.prompt, turn.said) == (scan.good.prompt, scan.good.said) and again == turn
        if not told or state != scan.after or found:
            self._found.faults.append(f"{name}: {turn} {state} {found}, on a good disk {scan}")

    def _look(self, transactions: Transactions, scan: Tried, name: str) -> None:
        """Reading goes on after a failure; who opens the file finds all of the scan or nothing."""
        with transactions.begin() as tx:
            states = [state_of(tx, scan.seat, scan.number)]
        copy = self._file.with_name("anew.db")
        for end in ("", "-wal"):
            if (file := self._file.with_name(self._file.name + end)).exists():
                shutil.copyfile(file, copy.with_name(copy.name + end))
        with closing(sqlite3.connect(copy)) as connection:
            states.append(raw_state(connection, scan.seat, scan.number))
            if (verdict := connection.execute("PRAGMA quick_check").fetchone()) != ("ok",):
                self._found.faults.append(f"{name}: {verdict}")
        self._found.counts["whole after a failure"] += states[-1] == scan.after
        for state in states:
            if state not in (scan.before, scan.after):
                self._found.faults.append(f"{name}: half of it is there: {state}")


class Curious(Robot):
    """A robot that copies the warehouse before each scan, and tries it on failing disks."""

    def __init__(
        self, failing: Failing, file: Path, found: Found, *args: Any, **named: Any
    ) -> None:
        self._failing = failing
        self._copy = file
        self._found = found
        super().__init__(*args, **named)

    def send(self, scan_no: int, scanned: str) -> Turn:
        """Take a scan; if its operation is of a kind not met before, take it on bad disks too."""
        transactions, seat, job = self._transactions, self.turn.seat, self.turn.job
        if not self._found.wants_more(job):
            return super().send(scan_no, scanned)
        with transactions.begin() as tx:
            before = state_of(tx, seat, scan_no)
        self._copy.unlink(missing_ok=True)
        with closing(engine_of(transactions).raw_connection()) as connection:
            connection.cursor().execute("VACUUM INTO ?", (str(self._copy),))
        turn = super().send(scan_no, scanned)
        with transactions.begin() as tx:
            after = state_of(tx, seat, scan_no)
            kind = tx.scalar(select(Operation.kind).where(Operation.id == f"{seat}:{scan_no}"))
        if self._found.wants(job, kind or "", after[2]):
            self._found.counts["scans tried"] += 1
            tried = Tried(self._copy, seat, scan_no, scanned, before, turn, after)
            for error, lasting in FAULTS[: 4 if self._found.limit == ALL else 2]:
                self._failing.run(tried, error, lasting)
        return turn


def fail_many(folder: Path, seed: int, limit: int, jobs: list[str]) -> Found:
    """Work the demo empty, and try each kind of operation on failing disks."""
    found = Found(limit)
    supply = SqliteFloors(folder, WORKERS)
    file = Path(supply.fresh())
    shutil.move(file, Path(os.environ["CRASH_ROOT"]) / file.name)
    file = Path(os.environ["CRASH_ROOT"]) / file.name
    transactions = open_database(str(file), create=False)
    ((worker, badge),) = supply.crew
    failing = Failing(ctypes.CDLL(None), file.with_name("failing.db"), found)
    for number, job in enumerate(jobs):
        robot = Curious(
            failing, file.with_name("before.db"), found, transactions, SITE,
            seat=f"{worker}-{number}", badge=badge, worker=worker, now=now, rng=Random(seed),
            jobs=(job, *JOBS),
        )  # fmt: skip
        while found.wants_more(job):
            if not (robot.step() or robot.wake() or robot.step() or robot.waits):
                break
    engine_of(transactions).dispose()
    return found


def main() -> int:
    """Fail, prove, and print the figures."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--kinds", type=int, default=ALL, help="kinds of operations of each job")
    parser.add_argument("--jobs", nargs="+", choices=JOBS, default=list(JOBS))
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    if not has_compiler():
        print(NO_COMPILER)
        return 1
    if "CRASH_ROOT" not in os.environ:
        with tempfile.TemporaryDirectory(prefix="crash-") as name:
            root = Path(name) / "disk"
            root.mkdir()
            environ = {**os.environ, **environment(build(Path(name)), root)}
            return os.spawnve(os.P_WAIT, sys.executable, [sys.executable, *sys.argv], environ)
    began = time.monotonic()
    found = fail_many(Path(os.environ["CRASH_ROOT"]).parent, args.seed, args.kinds, args.jobs)
    rows: list[tuple[str, object]] = [("seed", args.seed), *sorted(found.counts.items())]
    rows += [(job, ", ".join(sorted(kinds))) for job, kinds in sorted(found.kinds.items())]
    rows.append(("took", f"{time.monotonic() - began:.0f} s"))
    return tell("writes that fail on SQLite", rows, found.faults)


if __name__ == "__main__":
    sys.exit(main())
