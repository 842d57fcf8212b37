"""Find a scan of each kind of operation, with the warehouse before it, to try it out elsewhere.

A robot works a warehouse empty. Of each kind of operation the first scan is handed on with a copy
of the warehouse as it was before, and with what it led to where nothing failed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import Any

from floors import SITE, now
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from floorhand.domain.signing_in import JOBS
from floorhand.errors import DatabaseAway
from floorhand.ops.devices import ROBOT
from floorhand.ops.floor import Turn, take_turn
from floorhand.robots.crew import Robot
from floorhand.store.check import violations
from floorhand.store.db import Transactions
from floorhand.store.schema import Operation

ALL = 99
"""More kinds of operations than a job has."""

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
        return job in JOBS and len(self.kinds.get(job, ())) < self.limit

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
    before: State
    good: Turn
    after: State

    def take(self, transactions: Transactions) -> Turn:
        """Send it."""
        return take_turn(
            transactions, SITE, self.seat, self.number, self.scanned, now(), device=ROBOT
        )

    def prove(self, transactions: Transactions, turn: Turn, name: str, found: Found) -> None:
        """It was taken at last: it is there once, as where nothing failed, and `check` passes."""
        again = self.take(transactions)
        with transactions.begin() as tx:
            state = state_of(tx, self.seat, self.number)
            broken = violations(tx, SITE)
        told = (turn.prompt, turn.said) == (self.good.prompt, self.good.said) and again == turn
        if not told or state != self.after or broken:
            found.faults.append(f"{name}: {turn} {state} {broken}, where nothing fails {self}")


class Curious(Robot):
    """A robot that copies the warehouse before each scan, and has it tried on copies.

    Args:
        found: What is wanted, and what was found.
        copy: Copies the warehouse, and says where to.
        try_out: Tries a scan in copies.
    """

    def __init__(
        self,
        found: Found,
        copy: Callable[[], Any],
        try_out: Callable[[Tried], None],
        *args: Any,
        **named: Any,
    ) -> None:
        self._found = found
        self._copy = copy
        self._try_out = try_out
        super().__init__(*args, **named)

    def send(self, scan_no: int, scanned: str) -> Turn:
        """Take a scan; if its operation is of a kind not met before, have it tried out, too."""
        transactions, seat, job = self._transactions, self.turn.seat, self.turn.job
        if not self._found.wants_more(job):
            return super().send(scan_no, scanned)
        with transactions.begin() as tx:
            before = state_of(tx, seat, scan_no)
        copy = self._copy()
        turn = super().send(scan_no, scanned)
        with transactions.begin() as tx:
            after = state_of(tx, seat, scan_no)
            kind = tx.scalar(select(Operation.kind).where(Operation.id == f"{seat}:{scan_no}"))
        if self._found.wants(job, kind or "", after[MOVES]):
            self._found.counts["scans tried"] += 1
            try:
                self._try_out(Tried(copy, seat, scan_no, scanned, before, turn, after))
            except DatabaseAway as away:  # which a robot would take for an answer to its scan
                raise AssertionError(f"a copy is away: {away}") from away
        return turn


def try_all(
    found: Found,
    copy: Callable[[], Any],
    try_out: Callable[[Tried], None],
    transactions: Transactions,
    who: tuple[str, str],
    jobs: list[str],
    seed: int,
) -> None:
    """Work a warehouse empty, beginning with one job after the other."""
    worker, badge = who
    for number, job in enumerate(jobs):
        robot = Curious(
            found, copy, try_out, transactions, SITE, seat=f"{worker}-{number}", badge=badge,
            worker=worker, now=now, rng=Random(seed), jobs=(job, *JOBS),
        )  # fmt: skip
        while found.wants_more(job):
            if not (robot.step() or robot.wake() or robot.step() or robot.waits):
                break
