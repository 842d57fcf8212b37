"""Random and mutated scans through every question of every job: nothing may give way.

    python tests/robots/fuzz.py 1000000 --seed 1 --processes 1

Each process has worlds of its own on SQLite. The floor scripts are played, and robots work through
the demo; before each of their scans a burst of odd ones is made at their seat. Half of the robots'
bursts stay, so that they have to work on with what came of it; the others are rolled back, so that
they get deep into their jobs. The less a question was met, the longer its bursts are, and every
other script played is the one that leads to the question met least. Each scan is watched (see
`Watch`); the rules of the books are proven after so many scans and at the end of each world. The
end is a table of states and of what was taken for what in them, and of all questions; the exit
code is 1 if anything gave way, or if a state or a question was never met by an odd scan.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from importlib import import_module
from multiprocessing import get_context
from pathlib import Path
from random import Random
from typing import Any
from unittest.mock import patch

if __name__ == "__main__":
    sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parents[2] / "src")]

from bad_scans import bad_words, holder
from conftest import NOW, SITE, new_warehouse
from homes import copy_home, home_of
from nested import Nested, opened
from robots.fuzz_road import Known, remembering, unsynced
from robots.fuzz_scans import NAMES, Scans
from robots.test_bad_scans import (
    MET_ELSEWHERE,
    RARE,
    add_order_of_two_lines,
    allow_everything,
    named_asks,
)
from scripts.test_scripts import SCRIPTS, Stage
from sqlalchemy import bindparam, select
from warehouses import packing

from floorhand.domain import barcodes, things
from floorhand.domain.signing_in import JOBS
from floorhand.domain.things import TakenOver
from floorhand.errors import Refused
from floorhand.flows import labelling, learning
from floorhand.flows.turn import Prompt
from floorhand.ops import floor, settling
from floorhand.ops.devices import Device
from floorhand.ops.floor import Turn, take_turn
from floorhand.ops.registry import FLOWS
from floorhand.ops.registry import NAMES as FLOW_NAMES
from floorhand.robots.crew import Robot
from floorhand.robots.demo import build_demo
from floorhand.store import lookup
from floorhand.store.check import violations
from floorhand.store.db import Transactions, engine_of, open_database
from floorhand.store.schema import CarrierCode, Parcel, Place, Worker

BURST = 250
"""Odd scans before each good one."""

SCRIPT_BURST = 150
"""Odd scans before each scan of a floor script, until the scripts have been played once less if
they are too many for a run: all of them are played in the first half of it."""

STEPS_MAX = 400
"""Good scans in one demo; after that little is left to do in it."""

PROVEN_EVERY = 5_000
"""Scans after which the rules of the books are proven."""

FAULTS_MAX = 50
STATES = frozenset(
    (name, state.__name__)
    for name in FLOW_NAMES
    for state in FLOWS[name].STATES
    if name in ("sign_in", *JOBS)
    or state not in (type(FLOWS[name].START), learning.Heard, labelling.Wanted, TakenOver)
)
"""Where a seat can be; other flows pass through their start, and what is heard or wanted is never
stored.

Where a colleague has taken work over, every scan is answered alike: `tests/ops` makes them.
"""

ASKS = named_asks() - MET_ELSEWHERE
"""What a seat can ask, but for what `tests/ops` comes to."""


@dataclass
class Report:
    """What a run has seen; reports of several processes are added up."""

    scans: int = 0
    met: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    at: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)

    def add(self, other: Report) -> None:
        """Take over what another process saw."""
        self.scans += other.scans
        self.met.update(other.met)
        self.at.update(other.at)
        self.faults += other.faults

    def fault(self, told: str) -> None:
        """Note that something gave way."""
        if len(self.faults) < FAULTS_MAX:
            self.faults.append(told)
            print(f"FAULT {told}", file=sys.stderr, flush=True)

    @property
    def missed(self) -> list[str]:
        """States and questions at which no odd scan was made."""
        reached = {(flow, state) for flow, state, _ in self.met}
        states = (f"{flow}.{state}" for flow, state in STATES - reached)
        return sorted((*states, *(ASKS - self.at.keys())))

    def burst(self, usual: int, ask: str) -> int:
        """Say how many odd scans to make at a question: more where few were made."""
        fair = self.scans // (len(self.at) or 1) + 1
        return max(1, 2 * usual * fair // (fair + self.at[ask]))


class Watch:
    """Stands in the road and compares what a scan is taken for with what it says.

    It shares no code with the look-up, so an error there is none here: a key must be spelt, a
    number must be digits, and who proves to be at a place must hold exactly what its label holds.
    """

    def __init__(self, report: Report) -> None:
        self.report = report
        self.state = ("", "")
        self.words: set[tuple[str, frozenset[str]]] = set()

    @contextmanager
    def at_the_road(self) -> Iterator[None]:
        """Stand there."""
        answer = patch.object(floor, "answer", self.answer)
        with answer, patch.object(settling, "resolve", self.resolve):
            yield

    def answer(self, tx: Any, sitting: Any, *rest: Any) -> Any:
        """Note at which state a scan arrives."""
        self.state = (sitting.flow, type(sitting.state).__name__)
        return _ANSWER(tx, sitting, *rest)

    def resolve(self, tx: Any, site: str, scanned: str, prompt: Prompt) -> Any:
        """Look a scan up, and judge what it is taken for."""
        try:
            taken = _RESOLVE(tx, site, scanned, prompt)
        except Refused:
            self.report.met[(*self.state, "(refused)")] += 1
            raise
        self.report.met[(*self.state, type(taken).__name__)] += 1
        if not self._may_be(tx, taken, scanned, prompt):
            self.report.fault(f"{self.state}: {scanned!r} was taken for {taken}")
        return taken

    def _may_be(self, tx: Any, taken: Any, scanned: str, prompt: Prompt) -> bool:
        text = scanned.strip(" ")
        match taken:
            case things.Pressed():
                return text.upper() in NAMES or scanned.startswith("*")
            case things.Number():
                return scanned.upper().startswith("*QTY ") or (text.isascii() and text.isdigit())
            case things.Chosen(code=code):
                numbered = text.isascii() and text.isdigit()
                return numbered or scanned.startswith("*") or text.casefold() == code.casefold()
            case things.Place(code=code, proven=True):
                label, digits = tx.execute(_PROOFS, {"code": code}).one()
                at_it = code == prompt.wants.place and text == digits
                on_label = _says(text, label) or _says(scanned, label) or _sscc(text, label)
                tracking = tx.execute(_TRACKING, {"code": code}).scalars()
                ends = any(barcodes.bare_code(text).endswith(known) for known in tracking)
                return at_it or on_label or ends
            case things.Badge(scanned=True, worker=worker):
                badge = tx.execute(_BADGE, {"code": worker}).scalar_one()
                return _says(text, badge) or _says(scanned, badge)
        return True

    def said(self, turn: Turn, scanned: str) -> None:
        """Judge the words of an answer, if they are new, or if it holds what cannot be seen."""
        said = turn.said
        if said is None:
            return
        key = said.text, frozenset(said.facts)
        unseen = any(isinstance(fact, str) and fact != fact.strip() for fact in said.facts.values())
        if key in self.words and not unseen:
            return
        self.words.add(key)
        for fault in bad_words(said, scanned):
            self.report.fault(fault)


_ANSWER, _RESOLVE = floor.answer, lookup.resolve


_PROOFS = select(Place.scan_code, Place.check_digits).where(Place.code == bindparam("code"))
_TRACKING = (
    select(CarrierCode.code)
    .join(Parcel, (Parcel.order == CarrierCode.order))
    .where(Parcel.merchant == CarrierCode.merchant, Parcel.carton == bindparam("code"))
)
_BADGE = select(Worker.badge).where(Worker.code == bindparam("code"))


def _says(scanned: str, label: str) -> bool:
    """Say whether a scan is a label's code, in any case, with or without AIM identifier."""
    bare = (scanned[3:] if scanned[:1] == "]" else scanned).strip(" \t\r\n")
    return bare == label or bare.upper() == label.upper()


def _sscc(text: str, label: str) -> bool:
    return len(label) == 18 and label in text


@dataclass
class World:
    """One warehouse, the seat at work in it, and what is sent there."""

    transactions: Transactions
    scans: Scans
    watch: Watch
    rng: Random
    limit: int
    name: str
    known: Known = field(default_factory=Known)

    def burst(self, turn: Turn, now: datetime, usual: int, stays: float) -> Turn:
        """Make odd scans at a seat, about as many as usual; ``stays``: how likely they stay."""
        report = self.watch.report
        size = report.burst(usual, turn.prompt.ask)
        kept = self.rng.random() < stays
        with opened(engine_of(self.transactions)) as connection, self.known.at_work():
            outer = connection.begin()
            self.known.look_around(connection)
            inside, at = Nested(connection), turn
            device = holder(inside, turn.seat)
            for _ in range(min(size, self.limit - report.scans)):
                report.at[at.prompt.ask] += 1
                self.known.see(at.prompt)
                at = self._send(inside, at, device, self.scans.next(at.prompt), now)
                if report.scans % PROVEN_EVERY == 0:
                    self._prove(inside)
            if kept:
                outer.commit()
            else:
                outer.rollback()
        return at if kept else turn

    def _send(self, inside: Any, at: Turn, device: Device, scanned: str, now: datetime) -> Turn:
        self.watch.report.scans += 1
        try:
            turn = take_turn(inside, SITE, at.seat, at.scan_no + 1, scanned, now, device=device)
        except Exception as error:  # noqa: BLE001 - whatever gives way is a finding
            told = f"{type(error).__name__}: {error}"
            self.watch.report.fault(f"{self.name} {at.prompt.ask}: {scanned!r}: {told}")
            return at
        self.watch.said(turn, scanned)
        return turn

    def _prove(self, transactions: Any) -> None:
        with transactions.begin() as tx:
            for violation in violations(tx, SITE):
                self.watch.report.fault(f"{self.name}: {violation}")

    def close(self) -> None:
        """Prove the books a last time."""
        self._prove(self.transactions)
        engine_of(self.transactions).dispose()

    @property
    def full(self) -> bool:
        """Say whether enough scans were made."""
        return self.watch.report.scans >= self.limit


def in_demo(world: World, start: int) -> None:
    """Let two robots work in the demo, with odd scans between theirs."""
    seconds = iter(range(start, start + 10**8, 4))

    def now() -> datetime:
        return NOW + timedelta(seconds=next(seconds))

    with world.transactions.begin() as tx:
        crew = tx.execute(select(Worker.code, Worker.badge).order_by(Worker.code)).all()
    robots = [
        Robot(
            world.transactions,
            SITE,
            seat=f"F{number}",
            badge=badge,
            worker=worker,
            now=now,
            rng=Random(world.rng.random()),
        )
        for number, (worker, badge) in enumerate(world.rng.sample(crew, 2))
    ]
    for step in range(STEPS_MAX):
        robot = robots[step % len(robots)]
        robot.turn = world.burst(robot.turn, now(), BURST, stays=0.3)
        if world.full:
            return
        if not robot.step():
            robot.wake()


class FuzzedStage(Stage):
    """The stage of a floor script; before each of its scans comes a burst that leaves no trace."""

    world: World
    usual: int
    asked: set[str]

    def scan(self, scanned: str) -> Turn:
        self.asked.add(self.turn.prompt.ask)
        now = NOW + timedelta(seconds=self.seconds + 1)
        self.world.burst(self.turn, now, self.usual, stays=0.0)
        return super().scan(scanned)


def on_stage(world: World, lines: list[str], usual: int) -> set[str]:
    """Play a floor script; gives the questions that it came to."""
    stage = FuzzedStage(world.transactions)
    stage.world, stage.usual, stage.asked = world, usual, set()
    if not any(line.startswith("@ worker ") or line == "@ nobody" for line in lines):
        stage.sign_in(_builder(lines).WORKER)
    for line in lines[1:]:
        if world.full:
            break
        stage.follow(line)
    return stage.asked


def scripts() -> dict[str, list[str]]:
    """All floor scripts, and what leads to the rarer questions."""
    written = {path.stem: path.read_text("utf-8").splitlines() for path in SCRIPTS}
    return dict(sorted({**RARE, **written}.items()))


class Playbill:
    """Which script comes next: each in its turn, and between two the one that is needed most."""

    def __init__(self, report: Report) -> None:
        self.plays, self.played = scripts(), 0
        self._report = report
        self._asks: dict[str, set[str]] = {}

    @property
    def first_round(self) -> bool:
        """Say whether some were not played yet."""
        return len(self._asks) < len(self.plays)

    def usual(self, limit: int) -> int:
        """Say how long bursts are, so that a run has room for all scripts."""
        scans = sum(line.startswith(">") for lines in self.plays.values() for line in lines)
        room = limit // 2 // scans if self.first_round else SCRIPT_BURST
        return max(1, min(SCRIPT_BURST, room))

    def next(self) -> str:
        """Name the script to play."""
        self.played += 1
        if self.first_round or self.played % 2:
            return list(self.plays)[self.played % len(self.plays)]
        return min(self._asks, key=self._rarest)

    def _rarest(self, name: str) -> int:
        return min((self._report.at[ask] for ask in self._asks[name]), default=self._report.scans)

    def came_to(self, name: str, asks: set[str]) -> None:
        """Note where a script leads."""
        self._asks.setdefault(name, set()).update(asks)


def fuzz(
    scans: int, seed: int, folder: Path, told: Callable[[Report], None] | None = None
) -> Report:
    """Make so many scans in one process."""
    report, rng = Report(), Random(seed)
    watch, bill = Watch(report), Playbill(report)
    demo = folder / "demo.db"
    made = open_database(home_of(demo))
    build_demo(made, SITE, NOW)
    engine_of(made).dispose()
    with remembering(), watch.at_the_road():
        while report.scans < scans:
            name = bill.next()
            lines = bill.plays[name]
            for world in _worlds(folder, demo, name, lines, watch, rng, scans):
                if world.name == name:
                    bill.came_to(name, on_stage(world, lines, bill.usual(scans)))
                else:
                    in_demo(world, start=bill.played * 100_000)
                world.close()
            if told:
                told(report)
    return report


def _builder(lines: list[str]) -> Any:
    return import_module(f"warehouses.{lines[0].removeprefix('@ ')}")


def _worlds(
    folder: Path, demo: Path, name: str, lines: list[str], watch: Watch, rng: Random, limit: int
) -> Iterator[World]:
    """Make the world of a script, then every few times a new demo."""
    builder = _builder(lines)
    here = folder / f"{name}.db"
    here.unlink(missing_ok=True)
    transactions = unsynced(new_warehouse(folder, here.name))
    builder.build(transactions)
    if builder is packing:
        add_order_of_two_lines(transactions)
    if name in RARE:
        allow_everything(transactions)
    yield World(transactions, Scans(transactions, rng), watch, rng, limit, name)
    if rng.random() < DEMOS and limit // 2 < watch.report.scans < limit:
        copy = folder / "copy.db"
        for left in folder.glob("copy.db*"):
            left.unlink()
        transactions = unsynced(open_database(copy_home(demo, copy)))
        yield World(transactions, Scans(transactions, rng), watch, rng, limit, "demo")


DEMOS = 0.25
"""How often a demo comes after a script; it takes many times its scans."""


def _process(scans: int, seed: int) -> Report:
    with tempfile.TemporaryDirectory(prefix="floorhand-fuzz-") as folder:
        return fuzz(scans, seed, Path(folder), _tell)


def _tell(report: Report) -> None:
    print(f"  {report.scans} scans, {len(report.faults)} faults", file=sys.stderr, flush=True)


def table(report: Report) -> Iterator[str]:
    """Write what was met: a state a row with what scans were taken for there, then questions."""
    for flow, state in sorted(STATES):
        kinds = {kind: n for (f, s, kind), n in report.met.items() if (f, s) == (flow, state)}
        counts = "  ".join(f"{kind} {n}" for kind, n in sorted(kinds.items()))
        yield f"{flow + '.' + state:28} {sum(kinds.values()):>8}  {counts}"
    for ask in sorted(ASKS | report.at.keys()):
        yield f"{ask:36} {report.at[ask]:>8}"


def main(scans: int, seed: int, processes: int) -> int:
    """Run in so many processes; 1 if something was found, or not everything was tried."""
    began, report = time.monotonic(), Report()
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        seeds = range(seed, seed + processes)
        for part in pool.map(_process, [-(-scans // processes)] * processes, seeds):
            report.add(part)
    print("\n".join(table(report)))
    for fault in report.faults:
        print(f"FAULT {fault}")
    seconds, missed = time.monotonic() - began, report.missed
    print(
        f"{report.scans} scans in {seconds:.0f} s ({report.scans / seconds:.0f}/s), seed {seed}: "
        f"{len(STATES)} states and {len(ASKS)} questions, {len(report.faults)} faults; "
        f"never met by an odd scan: {', '.join(missed) or 'none'}"
    )
    return 1 if report.faults or missed else 0


if __name__ == "__main__":
    asked = argparse.ArgumentParser(description="Make odd scans at every question of every job.")
    asked.add_argument("scans", type=int, nargs="?", default=1_000_000)
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    raise SystemExit(main(**vars(asked.parse_args())))
