"""Cut the power while a crew works on SQLite, and lose nothing that was acknowledged.

As a command, ``python tests/crash/powercuts.py [CUTS]`` cuts 500 times. The disk is that of
`disk.c`: at a cut every process dies, and of the writes that were not synced any 512-byte sectors
are there and any are not. With ``--synchronous NORMAL`` the same must fail, which proves the disk.

Invariant: every scan that was acknowledged is there, the file is whole, `floorhand check` passes.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sqlite3
import sys
import tempfile
import time
from collections import Counter
from contextlib import closing
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path
from random import Random
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "src"))

from disk import NO_COMPILER, Power, build, environment, has_compiler
from floors import SITE, Crew, SqliteFloors, now, tell
from lines import forker
from sqlalchemy import event

from floorhand.ops.seats import SCANNED_CHARACTERS_MAX, SECRET
from floorhand.robots.crew import Robot
from floorhand.store.check import violations
from floorhand.store.db import engine_of, open_database

WORKERS = 3

SCANS_MAX = 40
"""The power fails after so many scans at most."""

LATER_MAX_S = 0.02
"""And a moment after that."""

CHECKED_EVERY = 10
"""Cuts after which all invariants are checked, and not only what was acknowledged."""

WARM_FROM = 50
"""So many cuts are worth that statements are compiled once for all of them."""

SILENT_MAX_S = 60.0


def be_robot(
    line: Connection, database: str, worker: str, badge: str, seed: str, synchronous: str
) -> None:
    """Work at a seat, and acknowledge each scan once its turn is there."""
    transactions = open_database(database, create=False)
    engine = engine_of(transactions)
    engine.dispose()

    @event.listens_for(engine, "connect")
    def _set(connection: sqlite3.Connection, _record: object) -> None:
        connection.execute(f"PRAGMA synchronous = {synchronous}")

    class Acknowledging(Robot):
        def send(self, scan_no: int, scanned: str) -> Any:
            turn = super().send(scan_no, scanned)
            line.send_bytes(json.dumps([scan_no, scanned]).encode())
            return turn

    robot = Acknowledging(
        transactions, SITE, seat=worker, badge=badge, worker=worker, now=now, rng=Random(seed),
        mistakes=0.1,
    )  # fmt: skip
    while True:
        if robot.step():
            continue
        robot.wake()
        if not robot.step() and not robot.waits:
            line.send_bytes(b"null")
            time.sleep(0.02)


@dataclass(slots=True)
class Loss:
    """What cuts have done."""

    counts: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)


class Shift:
    """A crew on one warehouse, through many cuts."""

    def __init__(self, context: Any, file: Path, crew: Crew, synchronous: str, rng: Random) -> None:
        self._context = context
        self._file = file
        self._crew = crew
        self._synchronous = synchronous
        self._rng = rng
        self.told: dict[tuple[str, int], str] = {}

    def until_cut(self) -> bool:
        """Let the crew work until the power fails; False if they had nothing left to do."""
        lines: dict[Connection, str] = {}
        processes = []
        for worker, badge in self._crew:
            line, theirs = self._context.Pipe()
            process = self._context.Process(
                target=be_robot,
                args=(theirs, str(self._file), worker, badge, str(self._rng.random()),
                      self._synchronous),
            )  # fmt: skip
            process.start()
            theirs.close()
            lines[line] = worker
            processes.append(process)
        worked = self._listen(lines, self._rng.randint(0, SCANS_MAX))
        time.sleep(self._rng.uniform(0, LATER_MAX_S))
        for process in processes:
            process.kill()
        for process in processes:
            process.join()
        self._listen(lines, None)
        for line in lines:
            line.close()
        return worked

    def _listen(self, lines: dict[Connection, str], scans: int | None) -> bool:
        """Note what is acknowledged: so many scans, or (None) what is on its way."""
        from multiprocessing.connection import wait

        left, idle, open_lines = scans, set(), set(lines)
        silent_until = time.monotonic() + SILENT_MAX_S
        while open_lines and (left is None or left > 0):
            ready = wait(open_lines, 0 if left is None else 1.0)
            if not ready and (left is None or time.monotonic() > silent_until):
                assert left is None, "the crew is silent"
                break
            for line in ready:
                try:
                    said = json.loads(line.recv_bytes())
                except EOFError:
                    assert left is None, f"{lines[line]} ended by itself"
                    open_lines.discard(line)
                    continue
                if said is None:
                    idle.add(lines[line])
                    if left is not None and len(idle) == len(lines):
                        return False
                    continue
                idle.clear()
                silent_until = time.monotonic() + SILENT_MAX_S
                self.told[lines[line], said[0]] = said[1][:SCANNED_CHARACTERS_MAX]
                left = left - 1 if left is not None else None
        return True

    def prove(self, copy: Path, loss: Loss, *, whole: bool) -> None:
        """Look at a copy, as opening it would tidy it up."""
        for file in self._file.parent.iterdir():
            shutil.copyfile(file, copy / file.name)
        copied = copy / self._file.name
        with closing(sqlite3.connect(copied)) as connection:
            verdict = connection.execute("PRAGMA integrity_check").fetchall()
            rows = connection.execute("SELECT seat, scan_no, scanned FROM scan").fetchall()
        if verdict != [("ok",)]:
            loss.counts["damaged"] += 1
            loss.faults.append(f"the file is damaged: {verdict[:3]}")
            return
        there = {(seat, number): scanned for seat, number, scanned in rows}
        lost = [
            key for key, scanned in self.told.items() if there.get(key) not in (scanned, SECRET)
        ]
        loss.counts["acknowledged and lost"] += len(lost)
        loss.counts["cuts that lost something"] += bool(lost)
        loss.counts["done but not acknowledged"] += len(there.keys() - self.told.keys())
        self.told = dict(there)  # the seats go on from here
        if lost:
            loss.faults.append(f"acknowledged and lost: {lost[:3]}")
        elif whole:
            transactions = open_database(str(copied), create=False)
            with transactions.begin() as tx:
                loss.faults += [str(found) for found in violations(tx, SITE)]
            engine_of(transactions).dispose()
            loss.counts["passed check"] += 1


def cut_many(folder: Path, library: Path, cuts: int, seed: int, synchronous: str) -> Loss:
    """Cut the power so often."""
    rng = Random(f"{seed}/{synchronous}")
    loss = Loss()
    root, synced, copy = folder / "disk", folder / "synced", folder / "copy"
    power = Power(root, synced, rng)
    supply = SqliteFloors(folder, WORKERS)
    added = environment(library, root, synced)
    os.environ.update(added)
    context = forker(supply.fresh() if cuts >= WARM_FROM else "")
    shift: Shift | None = None
    began = time.monotonic()
    for number in range(1, cuts + 1):
        if shift is None:
            file = power.put(Path(supply.fresh()))
            shift = Shift(context, file, supply.crew, synchronous, rng)
            loss.counts["warehouses"] += 1
        before = len(shift.told)
        working = shift.until_cut()
        loss.counts["scans acknowledged"] += len(shift.told) - before
        for name in added:
            os.environ.pop(name, None)  # whoever is forked has it; nobody else writes there
        power.cut()
        shutil.rmtree(copy, ignore_errors=True)
        copy.mkdir()
        shift.prove(copy, loss, whole=number % CHECKED_EVERY == 0 or number == cuts)
        if not working:
            shift = None
        if loss.faults and synchronous == "FULL":
            break
        if number % 50 == 0:
            print(f"{number} cuts, {time.monotonic() - began:.0f} s", file=sys.stderr)
    loss.counts["power cuts"] = number
    return loss


def main() -> int:
    """Cut, prove, and print the figures."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("cuts", nargs="?", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--synchronous", choices=("FULL", "NORMAL"), default="FULL")
    args = parser.parse_args()
    if not has_compiler():
        print(NO_COMPILER)
        return 1
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="crash-") as name:
        folder = Path(name)
        loss = cut_many(folder, build(folder), args.cuts, args.seed, args.synchronous)
    rows: list[tuple[str, object]] = [("seed", args.seed), *sorted(loss.counts.items())]
    rows.append(("took", f"{time.monotonic() - began:.0f} s"))
    return tell(f"power cuts with synchronous = {args.synchronous}", rows, loss.faults)


if __name__ == "__main__":
    sys.exit(main())
