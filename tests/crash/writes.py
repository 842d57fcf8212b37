"""Let the n-th write of a scan fail, for every n, and lose and double nothing.

As a command, ``python tests/crash/writes.py`` does it with every kind of operation that a crew has
to do in the demo, or that a written conversation has; the test suite does it with one of receiving.
It is done on SQLite, on the disk of `disk.c`. Of each kind of operation the first scan is taken
four times, in copies of the warehouse: its first write fails, the scan is repeated and its second
write fails, and so on until it is taken; once with an I/O error and once with a full disk, and each
once for a single write and once for all writes from there on.

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
from contextlib import closing
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "src"))
sys.path.insert(1, str(Path(__file__).resolve().parents[1]))

from conftest import new_warehouse
from disk import NO_COMPILER, build, environment, has_compiler
from floors import SqliteFloors, tell
from kinds import ALL, STATE, Found, Looking, Tried, names, play_all, state_of, work

from floorhand.domain.signing_in import FROM_DOCK_TO_DOOR
from floorhand.errors import DatabaseAway, NoRoom
from floorhand.store.db import Transactions, engine_of, open_database

WORKERS = 1

WRITES_MAX = 2_000
"""No scan writes so often."""

FAULTS = ((errno.EIO, 0), (errno.ENOSPC, 1), (errno.EIO, 1), (errno.ENOSPC, 0))
"""The error of a write, and whether all writes after it fail too; a small run tries two."""


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
        self._transactions = open_database(str(self._file), create=False)
        with self._transactions.begin():  # opening writes, too, and is not what is looked at
            return self._transactions

    def try_out(self, scan: Tried) -> None:
        """Take a scan on each kind of bad disk."""
        for error, lasting in FAULTS[: 4 if self._found.limit == ALL else 2]:
            self._run(scan, error, lasting)

    def _run(self, scan: Tried, error: int, lasting: int) -> None:
        """Take a scan that fails at every write until it is taken."""
        transactions = self.put(scan.copy)
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
        scan.prove(transactions, turn, name, self._found)

    def _look(self, transactions: Transactions, scan: Tried, name: str) -> None:
        """Reading goes on after a failure; who opens the file finds all of the scan or nothing."""
        with transactions.begin() as tx:
            states = [state_of(tx, scan.seat, scan.number)]
        copy = self._file.with_name("anew.db")
        for end in ("", "-wal"):
            if (file := self._file.with_name(self._file.name + end)).exists():
                shutil.copyfile(file, copy.with_name(copy.name + end))
        with closing(sqlite3.connect(copy)) as connection:
            states.append(connection.execute(STATE, names(scan.seat, scan.number)).fetchone())
            if (verdict := connection.execute("PRAGMA quick_check").fetchone()) != ("ok",):
                self._found.faults.append(f"{name}: {verdict}")
        self._found.counts["whole after a failure"] += states[-1] == scan.after
        for state in states:
            if state not in (scan.before, scan.after):
                self._found.faults.append(f"{name}: half of it is there: {state}")


def fail_many(folder: Path, seed: int, limit: int, jobs: list[str]) -> Found:
    """Work the demo empty, and try each kind of operation on failing disks."""
    found = Found(limit)
    supply = SqliteFloors(folder, WORKERS)
    file = Path(supply.fresh())
    shutil.move(file, Path(os.environ["CRASH_ROOT"]) / file.name)
    file = Path(os.environ["CRASH_ROOT"]) / file.name
    before = file.with_name("before.db")
    transactions = open_database(str(file), create=False)

    def fresh() -> Transactions:
        nonlocal transactions
        for left in file.parent.glob("played.db*"):
            left.unlink()
        transactions = new_warehouse(file.parent, "played.db")
        return transactions

    def copy() -> Path:
        before.unlink(missing_ok=True)
        with closing(engine_of(transactions).raw_connection()) as connection:
            connection.cursor().execute("VACUUM INTO ?", (str(before),))
        return before

    failing = Failing(ctypes.CDLL(None), file.with_name("failing.db"), found)
    looking = Looking(found, copy, failing.try_out)
    work(looking, transactions, supply.crew[0], jobs, seed)
    engine_of(transactions).dispose()
    if limit == ALL:
        play_all(looking, jobs, fresh)
    return found


def main() -> int:
    """Fail, prove, and print the figures."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--kinds", type=int, default=ALL, help="kinds of operations of each job")
    parser.add_argument(
        "--jobs", nargs="+", choices=FROM_DOCK_TO_DOOR, default=list(FROM_DOCK_TO_DOOR)
    )
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
    rows = [*found.rows(args.seed), ("took", f"{time.monotonic() - began:.0f} s")]
    return tell("writes that fail on SQLite", rows, found.faults)


if __name__ == "__main__":
    sys.exit(main())
