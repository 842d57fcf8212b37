"""Measure many terminals at once: from the last key of each scan to its painted, durable answer.

Every terminal is the real program on a line of its own, at which a robot scans as people do: now
and then, and several times in a row. A process of its own types and takes the time; what is to be
scanned is decided here, at the lowest priority, for people think elsewhere.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from queue import SimpleQueue
from random import Random
from statistics import median, quantiles
from tempfile import TemporaryDirectory
from threading import Lock, Thread, get_native_id
from typing import Any, Final

from floorhand.errors import DatabaseUnusable
from floorhand.ops.seats import Turn, must_sit
from floorhand.robots import supply
from floorhand.robots.crew import Robot
from floorhand.robots.ground import SITE, two_databases
from floorhand.robots.hosted import Hosting, hosting, memory_of
from floorhand.robots.measure_terminal import ANSWER_MAX_S
from floorhand.robots.rush import rush
from floorhand.robots.typist import be_typist
from floorhand.store.db import Transactions, engine_of, open_database
from floorhand.store.server_health import server_health

TERMINALS: Final = 200
EVERY_S: Final = 2.0
"""How long after one scan the next one comes, on average."""

BURST: Final = 0.4
"""Share of the scans that come right after the one before …"""
BURST_S: Final = 0.5
"""… so long after its answer."""

PICKS_FIRST: Final = ("picking", "packing")
PACKS_FIRST: Final = ("packing", "picking")
PACKS_EVERY: Final = 4
"""One in so many would rather pack."""

OTHER_LINES: Final = 20
"""Lines to a server that are not a terminal's: of robots who look, of the host, of its spool."""

WARM_UP_S: Final = 45.0
"""Until then everybody has signed in, taken up a first walk, and scanned some totes to it."""
SECONDS: Final = 60.0

LOWEST: Final = 19
"""The lowest priority that Linux knows."""


class Hands:
    """What all robots share: the line to the typist, and who waits for which report."""

    def __init__(self, line: Connection, terminals: int) -> None:
        self._line = line
        self._lock = Lock()
        self._reports: list[SimpleQueue[float]] = [SimpleQueue() for _ in range(terminals)]
        Thread(target=self._hear, daemon=True).start()

    def type(self, number: int, data: bytes) -> None:
        """Have a scan typed at a terminal."""
        while not self._reports[number].empty():  # painted since, such as the clock
            self._reports[number].get()
        with self._lock:
            self._line.send((number, data))

    def painted_s(self, number: int) -> float:
        """Wait until a terminal has painted; give how long after the last key that was."""
        return self._reports[number].get(timeout=ANSWER_MAX_S)

    def end(self) -> None:
        """Let the typist end."""
        with self._lock:
            self._line.send(None)

    def _hear(self) -> None:
        while True:
            try:
                number, seconds = self._line.recv()
            except EOFError:
                return
            self._reports[number].put(seconds)


class Person(Robot):
    """A robot that scans as people do, at a terminal that somebody else watches."""

    def __init__(
        self, transactions: Transactions, hands: Hands, number: int, every_s: float, **named: Any
    ) -> None:
        self._hands, self._number, self._every_s = hands, number, every_s
        self.painted: list[tuple[float, float]] = []
        """When each scan was typed, and how long after that its answer was painted, in seconds."""
        super().__init__(transactions, SITE, **named)

    def sit(self, station: str) -> Turn:  # noqa: ARG002  (the terminal stands where it stands)
        """Look where the terminal is: it has taken the seat."""
        return self._look()

    def step(self) -> bool:
        """Take a while, then look and scan: what was seen before may be gone."""
        time.sleep(self._a_while_s())
        return super().step()

    def send(self, scan_no: int, scanned: str) -> Turn:
        """Type, and wait until the answer is there and painted."""
        at, turn = time.perf_counter(), self.turn
        self._hands.type(self._number, scanned.encode() + b"\r")
        while turn.scan_no < scan_no:
            painted_s = self._hands.painted_s(self._number)
            turn = self._look()
        self.painted.append((at, painted_s))
        return turn

    def _a_while_s(self) -> float:
        if self._rng.random() < BURST:
            return BURST_S
        return self._rng.expovariate((1 - BURST) / (self._every_s - BURST * BURST_S))

    def _look(self) -> Turn:
        with self._transactions.begin() as tx:
            return must_sit(tx, SITE, self._seat).turn()


def measure_many(
    folder: Path | None = None,
    *,
    terminals: int = TERMINALS,
    every_s: float = EVERY_S,
    seconds: float = SECONDS,
    moves: int = 0,
    keep: Path | None = None,
    server: str = "",
    alone: bool = False,
) -> dict[str, float | int]:
    """Let people scan at so many terminals; give the time from last keys to painted answers.

    Args:
        folder: As for `two_databases`; likewise the others.
        terminals: How many there are.
        every_s: How long one waits between two scans, on average.
        seconds: How long is measured, after a while to warm up.
        moves: How many moves the warehouse has seen.
        keep: Where to keep what was built.
        server: A PostgreSQL server to measure instead.
        alone: Whether each terminal is a process of its own, instead of a fork of one host.

    Raises:
        DatabaseUnusable: If the server takes fewer lines than that needs.
    """
    if server:
        _need_lines(server, terminals)
    with (
        two_databases(folder, moves, keep, server) as (url, _),
        TemporaryDirectory() as logs,
        nullcontext() if alone else hosting(url, SITE) as host,
    ):
        transactions = open_database(url)
        crew = rush(transactions, SITE, terminals, datetime.now(UTC))
        engine_of(transactions).dispose()
        with _typist(*_terminals(url, crew, logs, host)) as line:
            started_s, processes = line.recv()
            hands = Hands(line, terminals)
            people, began = _let_work(transactions, hands, crew, every_s, seconds)
            watched = host.terminals() if host else processes
            private_mb = median(memory_of(process).private for process in watched)
            hands.end()
        engine_of(transactions).dispose()
    return {
        **_figures(people, began),
        "started_p50_ms": round(1000 * median(started_s)),
        "private_mb": round(private_mb, 1),
    }


def _need_lines(url: str, terminals: int) -> None:
    """See that a server takes all of them: one that is turned away would end the measure."""
    health = server_health(url)
    left = health.connections_max - health.connections_of_all
    if left < terminals + OTHER_LINES:
        raise DatabaseUnusable(
            f"The server takes {health.connections_max} connections, of which {left} are free; "
            f"{terminals} terminals and those at them need {terminals + OTHER_LINES}. "
            "Raise its max_connections, or measure fewer with --terminals."
        )


@contextmanager
def _typist(commands: list[list[str]], folders: list[str]) -> Iterator[Connection]:
    """Run a process that types; give the line to it, at whose end it ends."""
    context = get_context("spawn")
    line, theirs = context.Pipe()
    typist = context.Process(target=be_typist, args=(commands, folders, theirs))
    typist.start()
    theirs.close()
    try:
        yield line
        typist.join()
    finally:
        typist.terminate()


def _terminals(
    url: str, crew: supply.Crew, folder: str, host: Hosting | None
) -> tuple[list[list[str]], list[str]]:
    """Say how each terminal is started, and where."""
    commands, folders = [], []
    for seat, _ in crew:
        words = ["--database", url, "--site", SITE, "terminal", "--seat", seat, "--language", "en"]
        commands.append(host.joining(seat) if host else ["-m", "floorhand", *words])
        folders.append(str(Path(folder) / seat))
        Path(folder, seat).mkdir()
    return commands, folders


def _let_work(
    transactions: Transactions, hands: Hands, crew: supply.Crew, every_s: float, seconds: float
) -> tuple[list[Person], float]:
    """Let everybody scan until the time is over; give them, and when measuring began."""
    people = [
        Person(
            transactions,
            hands,
            number,
            every_s,
            seat=code,
            badge=badge,
            worker=code,
            now=lambda: datetime.now(UTC),
            rng=Random(number),
            jobs=PACKS_FIRST if number % PACKS_EVERY == 0 else PICKS_FIRST,
        )
        for number, (code, badge) in enumerate(crew)
    ]
    began = time.perf_counter() + WARM_UP_S
    with ThreadPoolExecutor(len(people)) as threads:
        for done in [threads.submit(_work, person, began + seconds) for person in people]:
            done.result()
    return people, began


def _work(person: Person, until: float) -> None:
    os.setpriority(os.PRIO_PROCESS, get_native_id(), LOWEST)  # of this thread: so it is on Linux
    while time.perf_counter() < until:
        if not person.step():
            person.wake()


def _figures(people: Sequence[Person], began: float) -> dict[str, float | int]:
    took = sorted(1000 * took_s for one in people for at, took_s in one.painted if at >= began)
    last = max(at for one in people for at, _ in one.painted)
    cuts = quantiles(took, n=100)
    return {
        "terminals": len(people),
        "scans": len(took),
        "scans_per_s": round(len(took) / (last - began), 1),
        "refused": sum(one.tally.refusals for one in people),
        "painted_p50_ms": round(cuts[49], 2),
        "painted_p99_ms": round(cuts[98], 2),
        "longest_ms": round(took[-1], 1),
    }
