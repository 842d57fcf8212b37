"""Let the n-th statement of a scan fail on PostgreSQL, for every n, and lose and double nothing.

As a command, ``python tests/crash/statements.py`` does it with every kind of operation that a crew
has to do in the demo, or that a written conversation has; the test suite does it with one of
receiving. Of each kind of operation the first scan is taken in copies of the warehouse through
`wire`, once for each way to fail: its first statement fails, the scan is repeated and its second
one fails, and so on until it is taken. The ways: the disk is full (53100); an administrator ends
the connection (57P01), and the server then has too many clients (53300) and is starting up (57P03);
the line is cut before a statement, in its middle, and with the answer on its way back.

Invariant: the worker is told "not yet saved", and that it is the disk exactly where it is; after a
failure the scan is there whole or not at all; in the end it is there once, with the effect of the
same scan where nothing fails; `floorhand check` passes.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "src"))
sys.path.insert(1, str(Path(__file__).resolve().parents[1]))

from floors import PostgresqlFloors, floors, tell
from homes import begin
from kinds import ALL, Found, Looking, Tried, play_all, state_of, work
from wire import STARTING, TOO_MANY, Way, Wire

from floorhand.domain.signing_in import FROM_DOCK_TO_DOOR
from floorhand.errors import DatabaseAway, NoRoom
from floorhand.store.db import Transactions, engine_of, open_database

WORKERS = 1

STATEMENTS_MAX = 500
"""No scan runs so many."""

WAYS = (Way.DISK_FULL, Way.SHUT_DOWN, Way.CUT_ANSWER, Way.CUT_BEFORE, Way.CUT_WITHIN)
"""A small run tries the first two."""

AFTER = {Way.SHUT_DOWN: (TOO_MANY, STARTING)}
"""What the server tells those who come back."""


class Nth:
    """Lets one request fail: the n-th since it was armed; and says what follows it."""

    def __init__(self, server: str) -> None:
        self._left = 0
        self._way = Way.CUT_BEFORE
        self.fired = False
        self.wire = Wire(server, self._meddle)

    def arm(self, at: int, way: Way) -> None:
        """Begin to count; at 0 none fails."""
        self._left, self._way, self.fired = at, way, False

    def _meddle(self, request: bytes) -> Way | None:
        """Count a request; a farewell is none."""
        if request[:1] == b"X":
            return None
        self._left -= 1
        if self._left:
            return None
        self.fired = True
        self.wire.refused += AFTER.get(self._way, ())
        return self._way


class Failing:
    """Copies of a warehouse behind a wire that fails."""

    def __init__(self, supply: PostgresqlFloors, found: Found) -> None:
        self._supply = supply
        self._found = found
        self._nth = Nth(supply.server)
        self._wire = self._nth.wire
        self._copy = ""
        self._transactions: Transactions | None = None
        self._direct: Transactions | None = None

    def close(self) -> None:
        """Leave nothing behind."""
        for transactions in (self._transactions, self._direct):
            if transactions is not None:
                engine_of(transactions).dispose()
        if self._copy:
            self._supply.drop(self._copy)
        self._wire.close()

    def _put(self, before: str) -> Transactions:
        """Begin with a warehouse as it was before a scan."""
        for transactions in (self._transactions, self._direct):
            if transactions is not None:
                engine_of(transactions).dispose()
        if self._copy:
            self._supply.drop(self._copy)
        self._copy = self._supply.create(before)
        self._direct = open_database(self._supply.named(self._copy), create=False)
        self._transactions = open_database(self._wire.named(self._copy), create=False)
        return self._transactions

    def try_out(self, scan: Tried) -> None:
        """Take a scan with each way to fail."""
        for way in WAYS[: None if self._found.limit == ALL else 2]:
            self._run(scan, way)

    def _run(self, scan: Tried, way: Way) -> None:
        """Take a scan that fails at every statement until it is taken.

        Where a failure is not seen at all, because another connection is taken before anything has
        been done, the next statement is tried from the beginning.
        """
        name = f"{scan.seat}:{scan.number} {scan.scanned[:20]!r} {way}"
        transactions = self._put(scan.copy)
        for at in range(1, STATEMENTS_MAX):
            self._nth.arm(at, way)
            try:
                turn = scan.take(transactions)
            except DatabaseAway as away:
                self._found.counts[f"failed statements, {way}"] += 1
                if isinstance(away, NoRoom) != (way is Way.DISK_FULL):
                    self._found.faults.append(f"{name} at statement {at}: told {away!r}")
                self._come_back(transactions, scan, f"{name} at statement {at}")
                continue
            if not self._nth.fired:
                break
            scan.prove(transactions, turn, name, self._found)
            self._found.counts["taken all the same"] += 1
            transactions = self._put(scan.copy)
        self._nth.arm(0, way)
        scan.prove(transactions, turn, name, self._found)

    def _come_back(self, transactions: Transactions, scan: Tried, name: str) -> None:
        """Look at what is there, and try while the server takes nobody."""
        assert self._direct is not None
        with self._direct.begin() as tx:
            state = state_of(tx, scan.seat, scan.number)
        self._found.counts["whole after a failure"] += state == scan.after
        if state not in (scan.before, scan.after):
            self._found.faults.append(f"{name}: half of it is there: {state}")
        for code, _ in tuple(self._wire.refused):
            try:
                scan.take(transactions)
            except DatabaseAway as away:
                self._found.counts[f"failed connections, {code}"] += 1
                if isinstance(away, NoRoom):
                    self._found.faults.append(f"{name}, then {code}: told {away!r}")
            else:
                self._found.faults.append(f"{name}: {code} was not told")


class Source:
    """Warehouses to make scans in, and copies of them."""

    def __init__(self, supply: PostgresqlFloors) -> None:
        self._supply = supply
        self._copy = self._played = self._empty = ""
        self.transactions = open_database(supply.fresh(), create=False)

    def copy(self) -> str:
        """Copy the warehouse as it is."""
        engine = engine_of(self.transactions)
        engine.dispose()  # nobody may be in what is copied
        if self._copy:
            self._supply.drop(self._copy)
        self._copy = self._supply.create(engine.url.database or "")
        return self._copy

    def fresh(self) -> Transactions:
        """Begin with an empty warehouse."""
        engine_of(self.transactions).dispose()
        if not self._empty:
            self._empty = self._supply.create("template1")
            begin(self._supply.named(self._empty))
        if self._played:
            self._supply.drop(self._played)
        self._played = self._supply.create(self._empty)
        self.transactions = open_database(self._supply.named(self._played), create=False)
        return self.transactions

    def close(self) -> None:
        """Leave nothing behind."""
        engine_of(self.transactions).dispose()
        for name in (self._copy, self._played, self._empty):
            if name:
                self._supply.drop(name)


def fail_many(supply: PostgresqlFloors, found: Found, jobs: list[str], seed: int) -> None:
    """Work the demo empty, and try each kind of operation with failing statements."""
    failing, source = Failing(supply, found), Source(supply)
    looking = Looking(found, source.copy, failing.try_out)
    try:
        work(looking, source.transactions, supply.crew[0], jobs, seed)
        if found.limit == ALL:
            play_all(looking, jobs, source.fresh)
    finally:
        failing.close()
        source.close()


def main() -> int:
    """Fail, prove, and print the figures."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--kinds", type=int, default=ALL, help="kinds of operations of each job")
    parser.add_argument(
        "--jobs", nargs="+", choices=FROM_DOCK_TO_DOOR, default=list(FROM_DOCK_TO_DOOR)
    )
    parser.add_argument("--server", default="", help="address of a PostgreSQL server to use")
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    began = time.monotonic()
    found = Found(args.kinds)
    with floors("postgresql", WORKERS, args.server) as supply:
        assert isinstance(supply, PostgresqlFloors)
        fail_many(supply, found, args.jobs, args.seed)
    rows = [*found.rows(args.seed), ("took", f"{time.monotonic() - began:.0f} s")]
    return tell("statements that fail on PostgreSQL", rows, found.faults)


if __name__ == "__main__":
    sys.exit(main())
