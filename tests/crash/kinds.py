"""Find a scan of each kind of operation, with the warehouse before it, to try it out elsewhere.

A robot works a warehouse empty, and all written conversations are played. Of each kind of operation
the first scan is handed on with a copy of the warehouse as it was before, and with what it led to
where nothing failed.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from importlib import import_module
from pathlib import Path
from random import Random
from typing import Any

sys.path.insert(1, str(Path(__file__).resolve().parents[1]))

from conftest import NOW
from floors import SITE, now
from scripts.test_scripts import SCRIPTS, Stage, play
from sqlalchemy import or_, select, text
from sqlalchemy.orm import Session

from floorhand.domain.signing_in import FROM_DOCK_TO_DOOR
from floorhand.errors import DatabaseAway
from floorhand.ops.devices import ROBOT
from floorhand.ops.floor import Turn, take_turn
from floorhand.robots.crew import Robot
from floorhand.store.check import violations
from floorhand.store.db import Transactions, engine_of
from floorhand.store.schema import Operation

ALL = 99
"""More kinds of operations than a job has."""

Take = Callable[[Transactions], Turn]
"""Sends a scan to a warehouse."""

State = tuple[Any, ...]
"""Scans of the seat, operations and moves, of the scan and of all."""

STATE = """
SELECT (SELECT count(*) FROM scan WHERE seat = :seat),
       (SELECT count(*) FROM operation WHERE id = :first OR id LIKE :first || '.%'),
       (SELECT count(*) FROM move WHERE operation = :first OR operation LIKE :first || '.%'),
       (SELECT count(*) FROM operation), (SELECT count(*) FROM move)
"""

MOVES = 2
"""Where in a `State` the moves of the scan are."""


def names(seat: str, scan_no: int) -> dict[str, str]:
    """Give the parameters of `STATE`."""
    return {"seat": seat, "first": f"{seat}:{scan_no}"}


def state_of(tx: Session, seat: str, scan_no: int) -> State:
    """Read all that a scan changes in number."""
    return tuple(tx.execute(text(STATE), names(seat, scan_no)).one())


@dataclass(slots=True)
class Found:
    """What failures have done."""

    limit: int
    """Kinds of operations of each job that are looked at."""
    counts: Counter[str] = field(default_factory=Counter)
    kinds: dict[str, set[str]] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)

    def wants_more(self, job: str) -> bool:
        """Say whether there may be kinds of a job that are still to be looked at."""
        return job in FROM_DOCK_TO_DOOR and len(self.kinds.get(job, ())) < self.limit

    def wants(self, job: str, kind: str, moves: int) -> bool:
        """Say whether this one is. Where few are wanted, they shall move goods."""
        kinds = self.kinds.setdefault(job, set())
        if not kind or kind in kinds or (self.limit < ALL and not moves):
            return False
        kinds.add(kind)
        return True

    def rows(self, seed: int) -> list[tuple[str, object]]:
        """Give the figures to print."""
        rows: list[tuple[str, object]] = [("seed", seed), *sorted(self.counts.items())]
        return rows + [(job, ", ".join(sorted(kinds))) for job, kinds in sorted(self.kinds.items())]


@dataclass(frozen=True, slots=True)
class Tried:
    """One scan, with the warehouse before it and what it led to where nothing failed."""

    copy: Any
    seat: str
    number: int
    scanned: str
    take: Take
    before: State
    good: Turn
    after: State

    def prove(self, transactions: Transactions, turn: Turn, name: str, found: Found) -> None:
        """It was taken at last: it is there once, as where nothing failed, and `check` passes."""
        again = self.take(transactions)
        with transactions.begin() as tx:
            state = state_of(tx, self.seat, self.number)
            broken = violations(tx, SITE)
        told = (turn.prompt, turn.said) == (self.good.prompt, self.good.said) and again == turn
        if not told or state != self.after or broken:
            found.faults.append(f"{name}: {turn} {state} {broken}, where nothing fails {self}")


@dataclass(slots=True)
class Looking:
    """Looks at scans, and has those tried whose operations are of a kind not met before.

    Attributes:
        found: What is wanted, and what was found.
        copy: Copies the warehouse, and says where to.
        try_out: Tries a scan in copies.
    """

    found: Found
    copy: Callable[[], Any]
    try_out: Callable[[Tried], None]

    def send(
        self, transactions: Transactions, before: Turn, number: int, scanned: str, take: Take
    ) -> Turn:
        """Take a scan; if it is of a new kind, have it tried out, too."""
        if not self.found.wants_more(before.job):
            return take(transactions)
        with transactions.begin() as tx:
            state = state_of(tx, before.seat, number)
        copy = self.copy()
        turn = take(transactions)
        with transactions.begin() as tx:
            after = state_of(tx, before.seat, number)
            kind = _kind(tx, before.seat, number)
        if self.found.wants(before.job, kind, after[MOVES]):
            self.found.counts["scans tried"] += 1
            try:
                self.try_out(Tried(copy, before.seat, number, scanned, take, state, turn, after))
            except DatabaseAway as away:  # which a robot would take for an answer to its scan
                raise AssertionError(f"a copy is away: {away}") from away
        return turn


def _kind(tx: Session, seat: str, number: int) -> str:
    """Name the operations of a scan."""
    first = f"{seat}:{number}"
    of_scan = or_(Operation.id == first, Operation.id.startswith(f"{first}.", autoescape=True))
    return " and ".join(tx.scalars(select(Operation.kind).where(of_scan).order_by(Operation.id)))


class Curious(Robot):
    """A robot whose scans are looked at."""

    def __init__(self, looking: Looking, *args: Any, **named: Any) -> None:
        self._looking = looking
        super().__init__(*args, **named)

    def send(self, scan_no: int, scanned: str) -> Turn:
        """Send one scan on its road."""
        seat = self._seat

        def take(transactions: Transactions) -> Turn:
            return take_turn(transactions, SITE, seat, scan_no, scanned, now(), device=ROBOT)

        return self._looking.send(self._transactions, self.turn, scan_no, scanned, take)


def work(
    looking: Looking, transactions: Transactions, who: tuple[str, str], jobs: list[str], seed: int
) -> None:
    """Work a warehouse empty, beginning with one job after the other."""
    worker, badge = who
    for number, job in enumerate(jobs):
        robot = Curious(
            looking, transactions, SITE, seat=f"{worker}-{number}", badge=badge, worker=worker,
            now=now, rng=Random(seed), jobs=(job, *FROM_DOCK_TO_DOOR),
        )  # fmt: skip
        while looking.found.wants_more(job):
            if not (robot.step() or robot.wake() or robot.step() or robot.waits):
                break


class CuriousStage(Stage):
    """A terminal of a written conversation whose scans are looked at."""

    def __init__(self, looking: Looking, transactions: Transactions) -> None:
        self._looking = looking
        super().__init__(transactions)

    def scan(self, scanned: str) -> Turn:
        """Make the next scan."""
        self.seconds += 1
        seat, number = self.seat, self.turn.scan_no + 1
        raw, at = scanned.replace("<GS>", "\x1d"), NOW + timedelta(seconds=self.seconds)

        def take(transactions: Transactions) -> Turn:
            return take_turn(transactions, SITE, seat, number, raw, at)

        self.turn = self._looking.send(self.transactions, self.turn, number, raw, take)
        return self.turn


def play_all(looking: Looking, jobs: list[str], fresh: Callable[[], Transactions]) -> None:
    """Play all written conversations of these jobs: they do what robots never do.

    Args:
        looking: Looks at their scans.
        jobs: Which ones.
        fresh: Gives an empty warehouse, in place of the last one.
    """
    for script in SCRIPTS:
        if script.stem.partition("_")[0] not in jobs:
            continue
        lines = script.read_text("utf-8").splitlines()
        warehouse = import_module(f"warehouses.{lines[0].removeprefix('@ ')}")
        transactions = fresh()
        warehouse.build(transactions)
        stage = CuriousStage(looking, transactions)
        if not any(line.startswith("@ worker ") for line in lines):
            stage.sign_in(warehouse.WORKER)
        for _ in play(stage, lines):
            pass
        engine_of(transactions).dispose()
