"""Measure the summary of a shift and a board where a month has a million operations.

And what open boards cost those who scan: a robot scans by turns without and with them. The
boards are the real program, each in a process and on a terminal of its own.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from random import Random
from selectors import EVENT_READ, DefaultSelector
from statistics import median
from typing import Any, Final, NoReturn

from sqlalchemy import func, select

from floorhand.domain.shifts import Period, shift_at
from floorhand.ops.registry import get_ready
from floorhand.ops.seats import Turn
from floorhand.robots.crew import Robot
from floorhand.robots.ground import SITE, one_database
from floorhand.robots.month import SCANS_MAX, build_month, reopen
from floorhand.robots.pty_terminal import PtyTerminal
from floorhand.robots.rush import rush
from floorhand.store.board import board
from floorhand.store.db import Transactions, engine_of, open_database
from floorhand.store.earlier import AddedUp, keep_figures
from floorhand.store.masters import site_rules, site_zone
from floorhand.store.onlooking import Onlooker
from floorhand.store.schema import Operation
from floorhand.store.summary import summarise

OPERATIONS: Final = 1_000_000
TIMES: Final = 15
BOARDS: Final = 10
PHASES: Final = 4
"""So often the robot scans without boards, and with them."""

WORKERS: Final = 120
"""Work of an hour for so many is there, for one robot makes a thousand scans a second at most."""

PHASE_S: Final = 5.0
WARM_UP_S: Final = 3.0


class Timed(Robot):
    """A robot that looks at the clock around each turn."""

    def __init__(self, *args: Any, **named: Any) -> None:
        self.took_ms: list[float] = []
        super().__init__(*args, **named)

    def send(self, scan_no: int, scanned: str) -> Turn:
        """Send a scan."""
        started = time.perf_counter()
        turn = super().send(scan_no, scanned)
        self.took_ms.append((time.perf_counter() - started) * 1000)
        return turn


def measure_summary(
    folder: Path | None = None,
    *,
    operations: int = OPERATIONS,
    times: int = TIMES,
    boards: int = BOARDS,
    phase_s: float = PHASE_S,
    scans: int = SCANS_MAX,
    workers: int = WORKERS,
    keep: Path | None = None,
    server: str = "",
) -> dict[str, float | int]:
    """Build the month, and measure.

    Args:
        folder: As for `one_database`; likewise ``keep`` and ``server``.
        operations: How many the month has, about.
        times: How often a summary and a board are asked for.
        boards: How many are open beside scans.
        phase_s: How long a robot scans without them, and with them.
        scans: As for `build_month`.
        workers: Work for so many is there.
    """
    with one_database(
        folder, partial(_build, operations=operations, scans=scans), keep, server
    ) as url:
        transactions = open_database(url)
        get_ready(transactions)
        try:
            figures = _looked(transactions, url, times)
            return figures | _beside(transactions, url, boards, phase_s, workers)
        finally:
            engine_of(transactions).dispose()


def _build(url: str, *, operations: int, scans: int) -> None:
    transactions = open_database(url)
    try:
        build_month(transactions, SITE, operations, datetime.now(UTC), scans)
    finally:
        engine_of(transactions).dispose()


def _looked(transactions: Transactions, url: str, times: int) -> dict[str, float | int]:
    """Ask for the summary of the last shift that is over, and for the board, again and again."""
    with transactions.begin() as tx:
        now = tx.scalar(select(func.max(Operation.at)).where(Operation.site == SITE))
        assert now is not None
        shifts, zone = site_rules(tx, SITE).shifts, site_zone(tx, SITE)
        shift = shift_at(shifts, shift_at(shifts, now, zone).start - timedelta(hours=1), zone)
        inside = (Operation.at >= shift.start, Operation.at < shift.end)
        month = tx.scalar(select(func.count()).where(Operation.at > now - timedelta(days=31)))
        operations = tx.scalar(select(func.count()).where(*inside))
    onlooker = Onlooker(url)
    added_up: list[AddedUp] = []
    try:
        first = _times(1, partial(_summarise, onlooker, shift, now, added_up.append))
        with transactions.begin() as tx:
            for one in added_up:
                keep_figures(tx, SITE, one)
        again = _times(times, partial(_summarise, onlooker, shift, now, added_up.append))
        boards = _times(times, partial(_look, onlooker, now))
    finally:
        onlooker.close()
    return {
        "operations_of_month": month or 0,
        "operations_of_shift": operations or 0,
        "summary_first_ms": round(first[0][0], 1),
        **_told("summary", again),
        **_told("board", boards),
    }


def _times(times: int, do: Callable[[], object]) -> list[tuple[float, float]]:
    """Do something again and again; give how long it took, and kept a processor busy here."""
    took: list[tuple[float, float]] = []
    for _ in range(times):
        started, busy = time.perf_counter(), time.process_time()
        do()
        ended, done = time.perf_counter(), time.process_time()
        took.append(((ended - started) * 1000, (done - busy) * 1000))
    return took


def _told(what: str, times: list[tuple[float, float]]) -> dict[str, float]:
    took, busy = [ms for ms, _ in times], [ms for _, ms in times]
    return {
        f"{what}_p50_ms": round(median(took), 1),
        f"{what}_max_ms": round(max(took), 1),
        f"{what}_cpu_p50_ms": round(median(busy), 1),
    }


def _summarise(
    onlooker: Onlooker, shift: Period, now: datetime, added_up: Callable[[AddedUp], None]
) -> None:
    with onlooker.look() as tx:
        summarise(tx, SITE, shift, now, added_up=added_up)


def _look(onlooker: Onlooker, now: datetime) -> None:
    with onlooker.look() as tx:
        board(tx, SITE, now)


def _beside(
    transactions: Transactions, url: str, boards: int, phase_s: float, workers: int
) -> dict[str, float | int]:
    """Let a robot scan by turns alone and beside open boards.

    What it does in one turn must be what it does in the others, so it must not run out of work.
    """
    with transactions.begin() as tx:
        reopen(tx, SITE)
    (worker, badge), *_ = rush(transactions, SITE, workers, datetime.now(UTC))
    robot = Timed(
        transactions,
        SITE,
        seat=worker,
        badge=badge,
        worker=worker,
        now=lambda: datetime.now(UTC),
        rng=Random(1),
    )
    _scan(robot, WARM_UP_S)
    alone: list[float] = []
    beside: list[float] = []
    for _ in range(PHASES):
        alone += _scan(robot, phase_s)
        with _open_boards(url, boards):
            beside += _scan(robot, phase_s)
    return {
        "boards": boards,
        "scans": len(alone) + len(beside),
        "scan_alone_p50_ms": round(median(alone), 2),
        "scan_beside_p50_ms": round(median(beside), 2),
        "ratio_beside_to_alone": round(median(beside) / median(alone), 2),
    }


def _scan(robot: Timed, seconds: float) -> list[float]:
    """Scan for so long; give what each scan took."""
    robot.took_ms = []
    until = time.perf_counter() + seconds
    while time.perf_counter() < until:
        if not robot.step():
            robot.wake()
            assert robot.step(), "The robot has run out of work: scans cannot be compared."
    return robot.took_ms


@contextmanager
def _open_boards(url: str, boards: int) -> Iterator[None]:
    """Have so many boards open, all of them painted and read on."""
    words = ["-m", "floorhand", "--database", url, "--site", SITE, "board", "--language", "en"]
    with ExitStack() as opened:
        terminals = [PtyTerminal(words, str(_folder(url))) for _ in range(boards)]
        for terminal in terminals:
            opened.callback(terminal.close)
        for terminal in terminals:
            terminal.wait_for(PAINTED)
        reading = get_context("fork").Process(target=_read_on, args=(terminals,))
        reading.start()
        opened.callback(reading.join)
        opened.callback(reading.kill)
        yield


PAINTED: Final = b"F12"
"""Stands at the foot of a board."""


def _folder(url: str) -> Path:
    return Path(url).parent if "://" not in url else Path.cwd()


def _read_on(terminals: list[PtyTerminal]) -> NoReturn:
    """Read what boards paint, as terminals do: else they would wait for that.

    In a process of its own, as terminals are: a thread would make the robot wait.
    """
    painted = DefaultSelector()
    for terminal in terminals:
        painted.register(terminal, EVENT_READ, terminal)
    while True:
        for key, _ in painted.select():
            key.data.read(0)
