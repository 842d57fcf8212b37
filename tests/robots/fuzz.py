"""Random and mutated scans through every question of every job: nothing may give way.

    python tests/robots/fuzz.py 1000000 [SEED]

One process per core, each in worlds of its own on SQLite. Robots work through the demo, and the
floor scripts are played; before each of their scans a burst of odd ones is made at their seat.
Half of the robots' bursts stay, so that they have to work on with what came of it; the others are
rolled back, so that they get deep into their jobs. Each scan is watched (see `Watch`); the rules
of the books are proven after so many scans and at the end of each world. The end is a table of
states and of what was taken for what in them; the exit code is 1 if anything was found.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from importlib import import_module
from multiprocessing import get_context
from pathlib import Path
from random import Random
from typing import Any

if __name__ == "__main__":
    sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parents[2] / "src")]

from bad_scans import bad_words, holder
from conftest import NOW, SITE, new_warehouse
from hostile import PAYLOADS, naughty
from robots.fuzz_road import Known, Nested, unsynced
from robots.test_bad_scans import RARE, add_order_of_two_lines, allow_everything
from scripts.test_scripts import SCRIPTS, Stage
from sqlalchemy import bindparam, select
from warehouses import packing

from floorhand.domain import barcodes, things
from floorhand.domain.barcodes import GS
from floorhand.domain.signing_in import JOBS
from floorhand.domain.things import KEYS
from floorhand.errors import Refused
from floorhand.flows.turn import Prompt
from floorhand.ops import floor, settling
from floorhand.ops.devices import Device
from floorhand.ops.floor import Turn, take_turn
from floorhand.ops.registry import FLOWS
from floorhand.robots.crew import Robot
from floorhand.robots.demo import build_demo
from floorhand.store import lookup
from floorhand.store.check import violations
from floorhand.store.db import Transactions, engine_of, open_database
from floorhand.store.schema import (
    Barcode,
    BoxType,
    Delivery,
    Order,
    Place,
    Return,
    Sku,
    Station,
    Stock,
    Worker,
)

COMMON = 5
"""Questions that were met so many times more than others get fewer scans."""

BURST = 250
"""Odd scans before each good one."""

SCRIPT_BURST = 150
"""Odd scans before each scan of a floor script."""

STEPS_MAX = 400
"""Good scans in one demo; after that little is left to do in it."""

PROVEN_EVERY = 5_000
"""Scans after which the rules of the books are proven."""

FAULTS_MAX = 50
CODES_MAX = 400
"""Codes of one kind that are mutated in a world."""

NAMES = {name.upper() for name, _ in KEYS.values()}
STATES = frozenset(
    (name, state.__name__)
    for name, flow in FLOWS.items()
    for state in flow.STATES
    if name in ("sign_in", *JOBS) or state is not type(flow.START)
)
"""Where a seat can be; other flows pass through their start without a question."""


@dataclass
class Report:
    """What a run has seen; reports of several processes are added up."""

    scans: int = 0
    met: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    at: Counter[tuple[str, str]] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)

    def add(self, other: Report) -> None:
        """Take over what another process saw."""
        self.scans += other.scans
        self.met.update(other.met)
        self.faults += other.faults

    def fault(self, told: str) -> None:
        """Note that something gave way."""
        if len(self.faults) < FAULTS_MAX:
            self.faults.append(told)
            print(f"FAULT {told}", file=sys.stderr, flush=True)

    @property
    def missed(self) -> list[str]:
        """States at which no odd scan was made."""
        reached = {(flow, state) for flow, state, _ in self.met}
        return sorted(f"{flow}.{state}" for flow, state in STATES - reached)


class Watch:
    """Stands in the road and compares what a scan is taken for with what it says.

    It shares no code with the look-up, so an error there is none here: a key must be spelt, a
    number must be digits, and who proves to be at a place must hold exactly what its label holds.
    """

    def __init__(self, report: Report) -> None:
        self.report = report
        self.state = ("", "")
        self.words: set[tuple[str, frozenset[str]]] = set()

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
                return at_it or _says(text, label) or _says(scanned, label) or _sscc(text, label)
            case things.Badge(scanned=True, worker=worker):
                badge = tx.execute(_BADGE, {"code": worker}).scalar_one()
                return _says(text, badge) or _says(scanned, badge)
        return True

    def said(self, turn: Turn) -> None:
        """Judge the words of an answer that has not come up before."""
        said = turn.said
        if said is None or (key := (said.text, frozenset(said.facts))) in self.words:
            return
        self.words.add(key)
        for fault in bad_words(said):
            self.report.fault(fault)


_ANSWER, _RESOLVE = floor.answer, lookup.resolve


_PROOFS = select(Place.scan_code, Place.check_digits).where(Place.code == bindparam("code"))
_BADGE = select(Worker.badge).where(Worker.code == bindparam("code"))


def _says(scanned: str, label: str) -> bool:
    """Say whether a scan is a label's code, in any case, with or without AIM identifier."""
    bare = (scanned[3:] if scanned[:1] == "]" else scanned).strip(" \t\r\n")
    return bare == label or bare.upper() == label.upper()


def _sscc(text: str, label: str) -> bool:
    return len(label) == 18 and label in text


class Scans:
    """A source of odd scans in one world: real codes, spoilt codes, and what pranksters send."""

    def __init__(self, transactions: Transactions, rng: Random) -> None:
        self._rng = rng
        self._codes = tuple(_codes(transactions, rng))
        self._texts = (*(payload.text for payload in PAYLOADS), *naughty())
        self._keys = (*(code for _, code in KEYS.values()), *NAMES, *(f"*{n}" for n in range(14)))

    def next(self, prompt: Prompt) -> str:
        """Make one scan; every tenth is spoilt twice."""
        text = self._rng.choices(self._KINDS, self._WEIGHTS)[0](self, prompt)
        for _ in range(self._rng.choice((0, 0, 0, 0, 1, 1, 1, 1, 1, 2))):
            text = self._rng.choice(self._SPOILERS)(self, text)
        return text

    def _code(self, _prompt: Prompt) -> str:
        return self._rng.choice(self._codes)

    def _shown(self, prompt: Prompt) -> str:
        """Something that the screen speaks of: what a tired worker types."""
        wants = prompt.wants
        told = [prompt.place, wants.place, wants.sku, wants.order, prompt.count]
        told += [item.code for item in prompt.goods] + [value for _, value in prompt.facts]
        return self._rng.choice([text for text in told if text] or ["?"])

    def _key(self, prompt: Prompt) -> str:
        bound = [KEYS[key][1] for key, _ in prompt.keys if key in KEYS]
        return self._rng.choice(bound or [*self._keys])

    def _any_key(self, _prompt: Prompt) -> str:
        return self._rng.choice(self._keys)

    def _choice(self, prompt: Prompt) -> str:
        n = self._rng.randint(0, len(prompt.choices) + 1)
        return self._rng.choice((f"{n}", f"{n}", f"*CHOOSE {n}", f"*GRADE {n}"))

    def _number(self, prompt: Prompt) -> str:
        about = prompt.wants.number_hint
        numbers = (0, 1, 2, about, about + 1, 99, 99_999, 10**9)
        n = self._rng.choice((*numbers, self._rng.randrange(10 ** self._rng.randint(1, 20))))
        return self._rng.choice((f"{n}", f"{n:02d}", f"{n:05d}", f"*QTY {n}", f"-{n}", f"{n}.0"))

    def _naughty(self, _prompt: Prompt) -> str:
        return self._rng.choice(self._texts)

    def _bytes(self, _prompt: Prompt) -> str:
        data = self._rng.randbytes(self._rng.randint(1, 40))
        return data.decode(self._rng.choice(("utf-8", "latin-1", "utf-16")), "replace")

    def _gs1(self, _prompt: Prompt) -> str:
        """Put together an element string, of codes that are here and of any."""
        rng = self._rng
        gtin = barcodes.gtin14(self._code(_prompt)) or f"{rng.randrange(10**14):014d}"
        parts = [
            f"{rng.choice(('01', '02'))}{gtin}",
            f"{rng.choice(('11', '15', '17'))}{rng.randint(0, 99):02d}{rng.randint(0, 1399):04d}",
            f"10{rng.choice(('L7', 'L1', self._code(_prompt)))[:20]}{rng.choice((GS, ''))}",
            f"21SN{rng.randrange(1000)}{rng.choice((GS, ''))}",
            f"{rng.choice(('30', '37'))}{rng.choice((0, 1, 3, 12, 10**8 - 1))}{GS}",
            f"310{rng.randrange(10)}{rng.randrange(10**6):06d}",
            f"00{rng.randrange(10**18):018d}",
        ]
        return "]C1" + "".join(rng.sample(parts, rng.randint(1, 4)))

    _KINDS = (_code, _shown, _key, _any_key, _choice, _number, _naughty, _bytes, _gs1)
    _WEIGHTS = (35, 12, 6, 3, 8, 10, 8, 6, 12)

    def _cut(self, text: str) -> str:
        at = self._rng.randint(0, len(text))
        return self._rng.choice((text[:at], text[at:]))

    def _twice(self, text: str) -> str:
        return text + self._rng.choice(("", " ", GS, "\r")) + text

    def _with_other(self, text: str) -> str:
        return text + self._rng.choice((self._rng.choice(self._codes), "*OUT", "\x1b[2J"))

    def _aim(self, text: str) -> str:
        marks = ("]C0", "]C1", "]E0", "]d2", "]Q3", "]e0", "]I1", "]", "]]C1", "]c1")
        return self._rng.choice(marks) + text

    def _separated(self, text: str) -> str:
        at = self._rng.randint(0, len(text))
        mark = self._rng.choice((GS, GS, "\x1e", "\x04", "~", "|", "^]", "\x00"))
        return text[:at] + mark + text[at:]

    def _misread(self, text: str) -> str:
        if not text:
            return "\ufffd"
        at = self._rng.randrange(len(text))
        letter = self._rng.choice((chr(self._rng.randrange(32, 127)), text[at].swapcase()))
        return text[:at] + letter + text[at + 1 :]

    def _swapped(self, text: str) -> str:
        return self._rng.choice((text.lower(), text.upper(), text[::-1], f" {text} ", f"*{text}"))

    _SPOILERS = (_cut, _twice, _with_other, _aim, _separated, _misread, _swapped)


def _codes(transactions: Transactions, rng: Random) -> Iterator[str]:
    columns = (
        Place.scan_code, Place.code, Place.check_digits, Barcode.code, Sku.code, Sku.name,
        Order.number, Order.platform_id, Delivery.number, Delivery.tracking, Return.number,
        Return.plate, Return.tracking, Worker.code, Worker.badge, Worker.name,
        Station.scan_code, Station.code, BoxType.code, Stock.lot, Stock.serial, Stock.expiry,
    )  # fmt: skip
    with transactions.begin() as tx:
        for column in columns:
            found = sorted({code for code in tx.scalars(select(column)) if code})
            yield from rng.sample(found, min(CODES_MAX, len(found)))
    yield "ZZ-NO-SUCH-9"


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

    def burst(self, turn: Turn, now: datetime, size: int, stays: float) -> Turn:
        """Make odd scans at a seat, fewer where many were made; ``stays``: how likely they stay."""
        report = self.watch.report
        met = report.at[turn.job, turn.prompt.ask]
        if met * len(report.at) > COMMON * report.scans:
            size //= 10
        kept = self.rng.random() < stays
        with engine_of(self.transactions).connect() as connection, self.known.at_work():
            outer = connection.begin()
            self.known.look_around(connection)
            inside, at = Nested(connection), turn
            device = holder(inside, turn.seat)
            for _ in range(min(size, self.limit - report.scans)):
                report.at[at.job, at.prompt.ask] += 1
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
        self.watch.said(turn)
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

    def scan(self, scanned: str) -> Turn:
        now = NOW + timedelta(seconds=self.turn.scan_no + 1)
        self.world.burst(self.turn, now, SCRIPT_BURST, stays=0.0)
        return super().scan(scanned)


def on_stage(world: World, name: str, lines: list[str], builder: Any) -> None:
    """Play a floor script."""
    stage = FuzzedStage(world.transactions)
    stage.world = world
    if not any(line.startswith("@ worker ") or line == "@ nobody" for line in lines):
        stage.sign_in(builder.WORKER)
    for line in lines[1:]:
        if world.full:
            return
        stage.follow(line)


def scripts() -> dict[str, list[str]]:
    """All floor scripts, and what leads to the rarer questions."""
    written = {path.stem: path.read_text("utf-8").splitlines() for path in SCRIPTS}
    return {**RARE, **written}


def fuzz(
    scans: int, seed: int, folder: Path, told: Callable[[Report], None] | None = None
) -> Report:
    """Make so many scans in one process."""
    report, rng, played = Report(), Random(seed), 0
    watch = Watch(report)
    floor.answer, settling.resolve = watch.answer, watch.resolve
    demo = folder / "demo.db"
    made = open_database(str(demo))
    build_demo(made, SITE, NOW)
    engine_of(made).dispose()
    plays = sorted(scripts().items())
    try:
        while report.scans < scans:
            played += 1
            name, lines = plays[played % len(plays)]
            for world in _worlds(folder, demo, name, lines, watch, rng, scans):
                if world.name == name:
                    on_stage(world, name, lines, _builder(lines))
                else:
                    in_demo(world, start=played * 100_000)
                world.close()
            if told:
                told(report)
    finally:
        floor.answer, settling.resolve = _ANSWER, _RESOLVE
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
    if rng.random() < DEMOS and watch.report.scans < limit:
        copy = folder / "copy.db"
        for left in folder.glob("copy.db*"):
            left.unlink()
        shutil.copyfile(demo, copy)
        transactions = unsynced(open_database(str(copy)))
        yield World(transactions, Scans(transactions, rng), watch, rng, limit, "demo")


DEMOS = 0.25
"""How often a demo comes after a script; it takes many times its scans."""


def _process(scans: int, seed: int) -> Report:
    with tempfile.TemporaryDirectory(prefix="floorhand-fuzz-") as folder:
        return fuzz(scans, seed, Path(folder), _tell)


def _tell(report: Report) -> None:
    print(f"  {report.scans} scans, {len(report.faults)} faults", file=sys.stderr, flush=True)


def table(report: Report) -> Iterator[str]:
    """Write what was met: a state a row, and what scans were taken for there."""
    for flow, state in sorted(STATES):
        kinds = {kind: n for (f, s, kind), n in report.met.items() if (f, s) == (flow, state)}
        counts = "  ".join(f"{kind} {n}" for kind, n in sorted(kinds.items()))
        yield f"{flow + '.' + state:28} {sum(kinds.values()):>8}  {counts}"


def main(scans: int, seed: int) -> int:
    """Run on all cores; 1 if something was found."""
    began, cores = time.monotonic(), os.cpu_count() or 1
    report = Report()
    with ProcessPoolExecutor(cores, mp_context=get_context("spawn")) as pool:
        for part in pool.map(_process, [-(-scans // cores)] * cores, range(seed, seed + cores)):
            report.add(part)
    print("\n".join(table(report)))
    for fault in report.faults:
        print(f"FAULT {fault}")
    seconds = time.monotonic() - began
    print(
        f"{report.scans} scans in {seconds:.0f} s ({report.scans / seconds:.0f}/s), seed {seed}: "
        f"{len(STATES) - len(report.missed)} of {len(STATES)} states, "
        f"{len(report.faults)} faults; states never met: {report.missed or 'none'}"
    )
    return 1 if report.faults or report.missed else 0


if __name__ == "__main__":
    raise SystemExit(main(int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 1))
