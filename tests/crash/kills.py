"""Kill terminals at random moments, with ``kill -9``, while a crew works, and lose nothing.

As a command, ``python tests/crash/kills.py [KILLS]`` kills 5,000 times, half on SQLite and half on
PostgreSQL, and prints what it found; the test suite does the same with fewer.

Each robot of the crew works through a real ``floorhand talk`` of its own, by typing lines and
reading lines. What it was told is noted. The terminal is killed at a moment drawn by chance: while
it starts, between scans, before a commit, after it, while it writes the answer. Then either the
scan in hand is repeated with its number, or the seat is taken again and the worker looks.

Invariant: every scan that was answered is there once with the effect it had then; a scan in hand is
there once or not at all, and once when it was repeated; the seat resumes within two seconds at
exactly the question where the database has it; `floorhand check` passes.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "src"))

from floors import KINDS, SITE, Crew, Floors, floors, milliseconds, now, tell
from lines import Died, Terminal, forker, forker_pid, waited_s
from proof import Journal, faults_of, seat_now

from floorhand.ops.devices import Device
from floorhand.ops.floor import take_seat, take_turn
from floorhand.ops.seats import Turn, must_sit
from floorhand.robots.crew import Robot
from floorhand.store.db import Transactions, engine_of, open_database
from floorhand.store.masters import DEFAULT_PRINTER
from floorhand.talk import render_lines
from floorhand.text.catalog import catalog
from floorhand.typed import LINE_BYTES_MAX

WORKERS = 4

RESUME_MAX_S = 2.0
"""From the kill to the question on the next screen, on a machine that has nothing else to do."""

ANSWER_MAX_S = 60.0
"""A terminal that says nothing for so long hangs."""

DYING = 0.5
"""Part of all scans, and of all starts after a kill one in `START_DEATHS`, that are the last."""

TAKEN_OVER = "taken_over.scan"
"""What a terminal asks whose work a colleague has taken over."""

OF_PRINTER = f" {DEFAULT_PRINTER}: "
"""What a line holds that tells how the printer stands."""

START_DEATHS = 5

BEYOND = 1.5
"""The moment of death is drawn from so many times what an answer takes."""

IDLE_S = 0.02

WARM_FROM = 200
"""So many kills are worth that statements are compiled once for all of them."""


@dataclass(slots=True)
class Findings:
    """What happened, over all rounds."""

    kills: int
    """How many are left to do."""
    counts: Counter[str] = field(default_factory=Counter)
    resumed_s: list[float] = field(default_factory=list)
    ran_s: list[float] = field(default_factory=list)
    """The same without the time in which other processes had the processors."""
    faults: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def one_more(self) -> bool:
        """Take one kill from those that are left."""
        with self.lock:
            self.kills -= 1
            return self.kills >= 0

    def count(self, what: str) -> None:
        """Count something that happened."""
        with self.lock:
            self.counts[what] += 1


class Usual:
    """How long something takes, as seen lately."""

    def __init__(self) -> None:
        self.seconds = 0.1

    def add(self, seconds: float) -> None:
        """Take one more into account; one that was held up counts little."""
        self.seconds = 0.8 * self.seconds + 0.2 * min(seconds, 3 * self.seconds)


@dataclass(slots=True)
class Round:
    """One warehouse, until its work or the kills are done."""

    database: str
    transactions: Transactions
    journal: Journal
    findings: Findings
    folder: Path
    context: object
    working: set[str] = field(default_factory=set)


class Mortal(Robot):
    """A robot who works through a terminal that dies again and again."""

    def __init__(self, at: Round, worker: str, badge: str, rng: Random) -> None:
        self.at = at
        self.rng = rng
        self.in_hand: tuple[int, str] | None = None
        self.doomed = False
        self.answers_s, self.starts_s = Usual(), Usual()
        super().__init__(
            at.transactions, SITE, seat=worker, badge=badge, worker=worker, now=now,
            rng=Random(rng.random()), mistakes=0.1,
        )  # fmt: skip
        self._open(time.monotonic())

    def sit(self, station: str) -> Turn:
        """Sit down as nobody: the terminal takes the seat as the device that it is."""
        return take_seat(self.at.transactions, SITE, self._seat, now=now(), station=station)

    def send(self, scan_no: int, scanned: str) -> Turn:
        """Type a scan; `Died` if the terminal was killed before it answered."""
        self.in_hand = (scan_no, scanned)
        self.doomed = self.rng.random() < DYING and self.at.findings.one_more()
        sent = time.monotonic()
        self.terminal.send(scanned)
        told = self.terminal.answer(sent + self._time(self.answers_s, self.doomed))
        self.answers_s.add(time.monotonic() - sent)
        self.in_hand = None
        turn, effect = seat_now(self.at.transactions, self.turn.seat, scan_no)
        if len(scanned) > LINE_BYTES_MAX:  # refused by the terminal alone, which gives no number
            return self.turn
        of_scan = [line for line in told if OF_PRINTER not in line]
        if turn.scan_no != scan_no or of_scan != render_lines(turn, catalog(turn.language)):
            self._fault(f"scan {scan_no} was answered {told}, and the seat is at {turn}")
        self.at.journal.add(turn.seat, scan_no, scanned, effect)
        self.at.findings.count("scans answered")
        return turn

    def live(self) -> bool:
        """Make one scan; False if there is nothing to do. Die when it is time to."""
        try:
            busy = self.step()
        except Died:
            busy = True
        if self.doomed:
            self._die()
            busy = True
        return busy

    def _die(self) -> None:
        """Be killed, and take the seat again."""
        killed = time.monotonic()
        self.terminal.kill()
        self.doomed = False
        in_hand, self.in_hand = self.in_hand, None
        number, scanned = in_hand or (self.turn.scan_no, "")
        turn, effect = seat_now(self.at.transactions, self.turn.seat, number)
        done = in_hand is not None and turn.scan_no == number
        if turn.scan_no != self.turn.scan_no and not done:
            self._fault(f"killed at {self.turn.scan_no}, found at {turn.scan_no}")
        if in_hand is None:
            self.at.findings.count("killed between scans")
        else:
            self.at.findings.count("killed after the commit" if done else "killed before it")
            if self.rng.random() < 0.5:
                turn, effect = self._repeat(number, scanned, turn, done)
                done = True
        if done:
            self.at.journal.add(turn.seat, number, scanned, effect)
        self.turn = turn
        self._open(killed)

    def _repeat(self, number: int, scanned: str, before: Turn, done: bool) -> tuple[Turn, object]:
        """Send the scan in hand again under its number: it must be there once."""
        _, effect = seat_now(self.at.transactions, before.seat, number)
        with self.at.transactions.begin() as tx:
            terminal = Device(must_sit(tx, SITE, before.seat).device)
        answer = take_turn(
            self.at.transactions, SITE, before.seat, number, scanned, now(), device=terminal
        )
        turn, after = seat_now(self.at.transactions, before.seat, number)
        if answer != turn or (done and (turn != before or effect != after)):
            self._fault(f"scan {number} repeated: {answer} at {turn}, {effect} became {after}")
        self.at.findings.count("repeated: found done" if done else "repeated: done now")
        return turn, after

    def _open(self, killed: float) -> None:
        """Open a terminal at the seat; it must show exactly the question that is in the database.

        It may die while it opens; then another one is opened.
        """
        waited = waited_s("thread-self") + waited_s(str(forker_pid()))
        while True:
            born = time.monotonic()
            self.terminal = Terminal(
                self.at.context, self.at.database, self.turn.seat, self.at.folder / "labels"
            )
            dies = not self.rng.randrange(START_DEATHS) and self.at.findings.one_more()
            try:
                told = self.terminal.answer(born + self._time(self.starts_s, dies))
                break
            except Died:
                killed = time.monotonic()
                waited = waited_s("thread-self") + waited_s(str(forker_pid()))
                self.terminal.kill()
                self.at.findings.count("killed while starting")
        self.starts_s.add(time.monotonic() - born)
        resumed = time.monotonic() - killed
        waited = waited_s("thread-self") + self.terminal.waited_s() - waited
        self.at.findings.resumed_s.append(resumed)
        self.at.findings.ran_s.append(max(0.0, resumed - waited))
        turn, _ = seat_now(self.at.transactions, self.turn.seat)
        asked = {_question(turn)}
        if turn.prompt.ask == TAKEN_OVER and turn.scan_no == self.turn.scan_no:
            self.at.findings.count("taken over by a colleague meanwhile")
            asked.add(_question(self.turn))  # it may have been so when the terminal opened
            self.turn = turn
        if told[-1] not in asked or turn != self.turn:
            self._fault(f"resumed at {told[-1]}, was at {self.turn}")

    def _time(self, usual: Usual, dies: bool) -> float:
        """Draw how long the terminal has for this."""
        return self.rng.uniform(0, BEYOND * usual.seconds) if dies else ANSWER_MAX_S

    def _fault(self, what: str) -> None:
        self.at.findings.faults.append(f"{self.turn.seat}: {what}")


def _question(turn: Turn) -> str:
    return render_lines(turn, catalog(turn.language))[-1]


def work(robot: Mortal) -> None:
    """Work until nobody of the crew finds anything to do, or all kills are done."""
    at, seat = robot.at, robot.turn.seat
    try:
        while at.findings.kills >= 0:
            if robot.live():
                at.working.add(seat)
                continue
            robot.wake()
            if robot.live():
                continue
            if not robot.waits:
                at.working.discard(seat)
            if not at.working:
                break
            time.sleep(IDLE_S)
    finally:
        at.working.discard(seat)
        robot.terminal.kill()


def play_round(at: Round, crew: Crew, seed: str) -> None:
    """Let a crew work in a fresh warehouse, and prove everything at the end."""
    at.working = {worker for worker, _ in crew}
    robots = [Mortal(at, worker, badge, Random(f"{seed}/{worker}")) for worker, badge in crew]
    with ThreadPoolExecutor(len(robots)) as pool:
        for ended in [pool.submit(work, robot) for robot in robots]:
            ended.result()
    with at.transactions.begin() as tx:
        at.findings.faults += faults_of(tx, at.journal, [worker for worker, _ in crew])
    at.findings.count("rounds proved by check")
    engine_of(at.transactions).dispose()


def kill_many(supply: Floors, kills: int, seed: int, resume_max_s: float) -> Findings:
    """Kill terminals so often, over as many warehouses as that takes."""
    findings = Findings(kills)
    context = forker(supply.fresh() if kills >= WARM_FROM else "")
    number = 0
    while findings.kills > 0 and not findings.faults:
        number += 1
        with tempfile.TemporaryDirectory(prefix="crash-") as folder:
            database = supply.fresh()
            journal = Journal(Path(folder) / "told.jsonl")
            transactions = open_database(database, create=False)
            play_round(
                Round(database, transactions, journal, findings, Path(folder), context),
                supply.crew, f"{seed}/{number}",
            )  # fmt: skip
    late = sum(1 for seconds in findings.ran_s if seconds > resume_max_s)
    if late:
        findings.faults.append(f"{late} seats were not back within {resume_max_s} s")
    return findings


def main() -> int:
    """Kill, prove, and print the figures."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("kills", nargs="?", type=int, default=5_000)
    parser.add_argument("--on", choices=KINDS, help="only this database (default: half on each)")
    parser.add_argument("--server", default="", help="address of a PostgreSQL server to use")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--resume-max", type=float, default=RESUME_MAX_S, metavar="SECONDS")
    args = parser.parse_args()
    if not args.on:  # a process each: the one that terminals are forked from is warm for one kind
        own = [sys.executable, __file__, str(args.kills // len(KINDS))]
        own += ["--seed", str(args.seed), "--resume-max", str(args.resume_max)]
        own += ["--server", args.server] if args.server else []
        return max(subprocess.run([*own, "--on", kind], check=False).returncode for kind in KINDS)
    began = time.monotonic()
    with floors(args.on, WORKERS, args.server) as supply:
        found = kill_many(supply, args.kills, args.seed, args.resume_max)
    rows = [
        ("seed", args.seed),
        ("kill -9", args.kills),
        *sorted(found.counts.items()),
        ("resumed", milliseconds(found.resumed_s)),
        ("without waiting for a processor", milliseconds(found.ran_s)),
        ("took", f"{time.monotonic() - began:.0f} s"),
    ]
    return tell(f"killed terminals on {args.on}", rows, found.faults)


if __name__ == "__main__":
    sys.exit(main())
