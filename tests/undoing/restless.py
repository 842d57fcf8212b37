"""Workers who cannot make up their minds: they undo, do again, lose their terminal, scan twice.

They also leave in the middle of a job and take it up again, at the same terminal or another one:
the question must be the same, and so must be what can be taken back there. A lead takes back what
they did before, at random, while they go on.

``python tests/undoing/restless.py 5000`` lets five of them make so many scans in the demo, and
proves after each undo that no piece came or went, and that each is where it was before;
``--database URL`` does so on PostgreSQL.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from sqlalchemy import insert, select, text
from sqlalchemy.orm import Session

from floorhand.domain.signing_in import FROM_DOCK_TO_DOOR
from floorhand.ops.devices import ROBOT
from floorhand.ops.floor import Turn, take_seat, take_turn
from floorhand.robots import supply
from floorhand.robots.crew import Robot
from floorhand.robots.demo import build_demo
from floorhand.store.check import violations
from floorhand.store.db import Transactions, engine_of, open_database
from floorhand.store.restoring import GOODS
from floorhand.store.schema import Move, Operation, Worker
from floorhand.text.catalog import catalog

SITE = "MAIN"
BEGUN = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
STEP_S = 4
UNDO = 0.25
MISTAKES = 0.1
KILLED = 0.05
REPEATED = 0.05
LEFT = 0.03
"""How often a worker leaves in the middle of a job, and comes back to it."""
LED = 0.3
"""How often the lead does something while each worker makes one scan."""

OPERATIONS_MAX = 9
"""More are written by no scan."""

WRONG = "SELECT count(*) FROM stock WHERE reserved < 0 OR (pieces < 0 AND place NOT LIKE '@%')"
LOST = "SELECT merchant, sku, sum(pieces) FROM stock GROUP BY merchant, sku HAVING sum(pieces) <> 0"


@dataclass(slots=True)
class Seen:
    """What a crew has met: undos by job and answer, and what was wrong after one."""

    undos: Counter[tuple[str, str]] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    led: Counter[str] = field(default_factory=Counter)
    killed: int = 0
    repeated: int = 0
    left: int = 0
    after_leaving: int = 0
    """Undos and redos whose key was there when the worker came back."""

    def jobs(self) -> set[str]:
        """Jobs in which something was really taken back."""
        return {job for job, said in self.undos if said.startswith("road.undone")}


class Restless(Robot):
    """A robot that also loses its terminal and sends a scan again, and looks after each undo."""

    def __init__(self, transactions: Transactions, seen: Seen, rng: Random, **named: Any) -> None:
        super().__init__(
            transactions, SITE, rng=rng, mistakes=MISTAKES, undo=UNDO, now=self.tick, **named
        )
        self.seen, self.chance = seen, rng
        self._seats = [self._seat, f"{self._seat}-2"]

    def step(self) -> bool:
        if self.turn.job in FROM_DOCK_TO_DOOR and self.chance.random() < LEFT:
            self.come_and_go()
        return super().step()

    def come_and_go(self) -> None:
        """Leave in the middle, and come back: here after signing out, or at another terminal."""
        before = self.turn
        self._leaving = 0
        if self.chance.random() < 0.5:
            self._scan("*OUT")
        else:
            self._seats.reverse()
            self._seat = self._seats[0]
            self.turn = self.sit("")
        self._scan(self._badge)
        parked = [choice.code for choice in self.turn.prompt.choices]
        if f"parked.{before.job}" not in [choice.text for choice in self.turn.prompt.choices]:
            return  # it was at a first question, where nothing is left
        self._scan(str(parked.index(before.job) + 1))
        self.seen.left += 1
        same = (self.turn.job, self.turn.prompt) == (before.job, before.prompt)
        self._must(same, f"taken up otherwise: {before.prompt} {self.turn.prompt}")
        if (key := self._regret()) and same:
            self.seen.after_leaving += 1
            self._scan(key)

    @staticmethod
    def tick() -> datetime:
        Restless.seconds += STEP_S
        return BEGUN + timedelta(seconds=Restless.seconds)

    seconds = 0

    def send(self, scan_no: int, scanned: str) -> Turn:
        before = self.turn
        turn = super().send(scan_no, scanned)
        if self.chance.random() < REPEATED:
            self.seen.repeated += 1
            again = super().send(scan_no, scanned)
            self._must(again == turn, f"scan {scan_no} sent again was answered otherwise")
            other = super().send(scan_no, "*UNDO" if scanned != "*UNDO" else "*BACK")
            self._must(other.prompt == turn.prompt, f"scan {scan_no} was taken twice")
        if self.chance.random() < KILLED:
            self.seen.killed += 1
            back = take_seat(self._transactions, SITE, self._seat, now=self.tick(), device=ROBOT)
            self._must((back.prompt, back.job) == (turn.prompt, turn.job), "resumed elsewhere")
        if scanned in ("*UNDO", "*REDO"):
            self._look(before, turn)
            _places(self._transactions, self.seen, f"{self._seat}:{scan_no}", before.prompt.ask)
        return turn

    def _look(self, before: Turn, turn: Turn) -> None:
        said = turn.said
        assert said is not None
        self.seen.undos[before.job, said.text] += 1
        told = catalog("en").say(said.text, said.facts)
        self._must("{" not in told, f"incomplete: {told}")
        _balance(self._transactions, self.seen, f"{before.prompt.ask}: {told}")

    def _must(self, holds: bool, what: str) -> None:
        if not holds:
            self.seen.faults.append(f"{self.turn.job}: {what}")


class Lead:
    """Takes back what others did: one of the last deeds at a seat, whichever it is."""

    BADGE = "BADGE-OF-THE-LEAD"

    def __init__(self, transactions: Transactions, seen: Seen, rng: Random) -> None:
        self.transactions, self.seen, self.rng = transactions, seen, rng
        with transactions.begin() as tx:
            tx.execute(
                insert(Worker).values(
                    site=SITE, code="LEAD", name="Dee", badge=self.BADGE, roles="supervisor"
                )
            )
        self.turn = take_seat(transactions, SITE, "LEAD-1", now=Restless.tick(), device=ROBOT)
        self.scan(self.BADGE)
        self.choose("leading")

    def scan(self, scanned: str) -> None:
        now, number = Restless.tick(), self.turn.scan_no + 1
        self.turn = take_turn(self.transactions, SITE, "LEAD-1", number, scanned, now, device=ROBOT)

    def choose(self, code: str = "") -> None:
        codes = [choice.code for choice in self.turn.prompt.choices]
        self.scan(str((codes.index(code) if code else self.rng.randrange(len(codes))) + 1))

    def meddle(self) -> None:
        """Take something back, or find out why not; then be at the desk again."""
        self.choose("seats")
        self.choose()
        self.choose("deeds")
        while self.turn.prompt.ask == "leading.deeds" and self.rng.random() < 0.3:
            self.scan("*LIST")
        if self.turn.prompt.ask == "leading.deeds":
            self.choose()
            self.scan("*DONE")
            if self.turn.prompt.ask == "leading.why":  # else it was done again
                self.choose()
            said = self.turn.said
            assert said is not None, self.turn
            self.seen.led[said.text] += 1
            told = catalog("en").say(said.text, said.facts)
            if "{" in told:
                self.seen.faults.append(f"incomplete: {told}")
        while self.turn.prompt.ask != "leading.desk":
            self.scan("*BACK")


def wander(
    transactions: Transactions, scans: int, seed: int, every: int = 0, led: float = 0.0
) -> Seen:
    """Let five workers, each of whom likes another job best, make so many scans.

    Args:
        transactions: An empty database.
        scans: At most so many in all.
        seed: Of chance.
        every: After so many scans all rules are checked; 0: only in the end.
        led: How often a lead takes something back while each worker makes one scan.
    """
    build_demo(transactions, SITE, BEGUN)
    with transactions.begin() as tx:
        supply.furnish(tx, SITE, Random(seed))
        crew = supply.hire(tx, SITE, len(FROM_DOCK_TO_DOOR))
    seen = Seen()
    lead, chance = Lead(transactions, seen, Random(f"{seed}/lead")), Random(f"{seed}/led")
    robots = [
        Restless(
            transactions,
            seen,
            Random(f"{seed}/{n}"),
            seat=code,
            worker=code,
            badge=badge,
            jobs=FROM_DOCK_TO_DOOR[n:] + FROM_DOCK_TO_DOOR[:n],
        )
        for n, (code, badge) in enumerate(crew)
    ]
    done = checked = 0
    while done < scans and not seen.faults:
        if chance.random() < led:
            lead.meddle()
            _balance(transactions, seen, "after the lead")
        if not any([robot.step() for robot in robots]):
            for robot in robots:
                robot.wake()
            if not any([robot.step() for robot in robots]):
                break
        done = sum(robot.tally.scans for robot in robots)
        if every and done - checked >= every:
            checked = done
            _check(transactions, seen)
    _check(transactions, seen)
    return seen


def _balance(transactions: Transactions, seen: Seen, when: str) -> None:
    """Prove that no piece came or went."""
    with transactions.begin() as tx:
        wrong, lost = tx.scalar(text(WRONG)), tx.execute(text(LOST)).all()
    if wrong or lost:
        seen.faults.append(f"{when}: {wrong} {lost}")


def _places(transactions: Transactions, seen: Seen, scan: str, when: str) -> None:
    """Prove that what an undo moved, or one that was undone, went back to where it was."""
    with transactions.begin() as tx:
        ours = Operation.id.in_([scan, *(f"{scan}.{n}" for n in range(2, OPERATIONS_MAX))])
        done = tx.execute(select(Operation.id, Operation.undoes, Operation.facts).where(ours)).all()
        undone = [one.undoes or json.loads(one.facts).get("again", "") for one in done]
        there = _net(tx, [one.id for one in done])
        back = _net(tx, undone)
    if there != {at: -pieces for at, pieces in back.items()}:
        seen.faults.append(f"{when}: {back} went back as {there}")


def _net(tx: Session, operations: list[str]) -> dict[tuple[str, ...], int]:
    """Say by how much operations changed what is in each place."""
    net: Counter[tuple[str, ...]] = Counter()
    goods = [getattr(Move, name) for name in GOODS]
    moves = select(Move.source, Move.target, Move.pieces, *goods)
    for source, target, pieces, *what in tx.execute(moves.where(Move.operation.in_(operations))):
        net[source, *what] -= pieces
        net[target, *what] += pieces
    return {at: pieces for at, pieces in net.items() if pieces}


def _check(transactions: Transactions, seen: Seen) -> None:
    with transactions.begin() as tx:
        seen.faults += [str(violation) for violation in violations(tx, SITE)]


def main() -> int:
    """Wander as long as the command line says; 1 if a rule was broken."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("scans", type=int, nargs="?", default=5_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--database", help="an empty one; default: a file that is thrown away")
    args = parser.parse_args()
    left, seed = args.scans, args.seed
    while left > 0:
        with tempfile.TemporaryDirectory() as folder:
            transactions = open_database(args.database or str(Path(folder) / "floor.db"))
            seen = wander(transactions, left, seed, every=200, led=LED)
            with transactions.begin() as tx:
                left -= tx.scalar(text("SELECT count(*) FROM scan")) or 1
            engine_of(transactions).dispose()
        print(
            f"seed {seed}: {seen.killed} kills, {seen.repeated} repeats, left {seen.left} times,"
            f" {seen.after_leaving} undos right after that, {len(seen.faults)} faults"
        )
        for (job, said), times in sorted(seen.undos.items()):
            print(f"{times:6} {job:10} {said}")
        for said, times in sorted(seen.led.items()):
            print(f"{times:6} {'lead':10} {said}")
        if seen.faults or args.database:
            print("\n".join(seen.faults))
            return int(bool(seen.faults))
        seed += 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
