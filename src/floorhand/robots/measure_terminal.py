"""Measure a terminal from outside, through a pseudo-terminal: a scan until its answer is painted,
and what a terminal costs that nobody uses.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from statistics import median, quantiles
from tempfile import TemporaryDirectory
from typing import Any

from floorhand.ops.seats import Turn, must_sit
from floorhand.robots import supply
from floorhand.robots.crew import Robot
from floorhand.robots.ground import SITE, two_databases
from floorhand.robots.pty_terminal import PtyTerminal
from floorhand.store.db import Transactions, engine_of, open_database

SCANS_MAX = 600
WARM_UP_SCANS = 30

QUIET_S = 0.1
"""With nothing sent for so long after a scan was taken, its answer is painted."""

BELL = b"\a"
"""Heard, not seen: a signal of several goes on after the answer has been painted."""

ANSWER_MAX_S = 30

SETTLE_S, IDLE_S = 10.0, 20.0
"""How long a terminal is left alone before it is watched, and how long it is."""


class AtTerminal(Robot):
    """A robot whose scans go through a real terminal; it reads the answer off the database."""

    def __init__(self, transactions: Transactions, terminal: PtyTerminal, **named: Any) -> None:
        self._terminal = terminal
        self.painted_ms: list[float] = []
        self.busy_ms: list[float] = []
        super().__init__(transactions, SITE, **named)

    def sit(self, station: str) -> Turn:  # noqa: ARG002  (the terminal stands where it stands)
        """Look where the terminal is: it has taken the seat."""
        return self._look()

    def send(self, scan_no: int, scanned: str) -> Turn:
        """Type a scan and Enter, and wait until nothing more is painted."""
        started, busy = time.perf_counter(), self._terminal.cpu_ms()
        self._terminal.send(scanned.encode() + b"\r")
        painted, turn = started, None
        while turn is None or turn.scan_no < scan_no:
            painted = last_painted(self._terminal.read, painted)
            if time.perf_counter() - started > ANSWER_MAX_S:
                raise TimeoutError(f"scan {scan_no}, {scanned!r}, was not taken")
            turn = self._look()
        self.painted_ms.append((painted - started) * 1000)
        self.busy_ms.append(self._terminal.cpu_ms() - busy)
        return turn

    def _look(self) -> Turn:
        with self._transactions.begin() as tx:
            return must_sit(tx, SITE, self._seat).turn()


def last_painted(read: Callable[[float], bytes], before: float) -> float:
    """Read until a terminal is quiet; give when it painted last, or what was given if it did not.

    Args:
        read: Reads from it for at most so many seconds, as `PtyTerminal.read`.
        before: When it painted before that, on the clock of `time.perf_counter`.
    """
    while came := read(QUIET_S):
        if came.strip(BELL):
            before = time.perf_counter()
    return before


def measure_painted(
    folder: Path | None = None,
    scans: int = 0,
    *,
    moves: int = 0,
    keep: Path | None = None,
    server: str = "",
) -> dict[str, float | int]:
    """Let a robot work at a real terminal; give the time from its last key to the painted answer.

    Args:
        folder: As for `two_databases`; likewise the others.
        scans: How many scans to make at most; 0: `SCANS_MAX`.
        moves: How many moves the warehouse has seen.
        keep: Where to keep what was built.
        server: A PostgreSQL server to measure instead.
    """
    with two_databases(folder, moves, keep, server) as (url, _), TemporaryDirectory() as logs:
        transactions = open_database(url)
        with transactions.begin() as tx:
            ((worker, badge),) = supply.hire(tx, SITE, 1)
        terminal = _terminal(url, worker, logs)
        try:
            terminal.wait_for(b"Scan")
            robot = AtTerminal(
                transactions,
                terminal,
                seat=worker,
                badge=badge,
                worker=worker,
                now=lambda: datetime.now(UTC),
                rng=Random(1),
            )
            while robot.tally.scans < (scans or SCANS_MAX) and robot.step():
                pass
        finally:
            terminal.close()
            engine_of(transactions).dispose()
    took = robot.painted_ms[WARM_UP_SCANS:]
    cuts = quantiles(took, n=100)
    return {
        "scans": len(took),
        "painted_p50_ms": round(cuts[49], 2),
        "painted_p99_ms": round(cuts[98], 2),
        "terminal_cpu_p50_ms": round(median(robot.busy_ms[WARM_UP_SCANS:]), 2),
    }


def measure_idle(
    folder: Path | None = None, *, settle_s: float = SETTLE_S, idle_s: float = IDLE_S
) -> dict[str, float | int]:
    """Leave a terminal alone at its first question; give what that costs."""
    with two_databases(folder, 0, None, "") as (url, _):
        terminal = _terminal(url, "T1", str(Path(url).parent))
        try:
            terminal.wait_for(b"Scan")
            _listen(terminal, settle_s)
            before = terminal.cpu_ms()
            sent = _listen(terminal, idle_s)
            used = terminal.cpu_ms() - before
        finally:
            terminal.close()
    return {
        "seconds": round(idle_s),
        "cpu_ms_per_s": round(used / idle_s, 2),
        "bytes_sent": sent,
    }


def _terminal(url: str, seat: str, folder: str) -> PtyTerminal:
    words = ["--database", url, "--site", SITE, "terminal", "--seat", seat, "--language", "en"]
    return PtyTerminal(["-m", "floorhand", *words], folder)


def _listen(terminal: PtyTerminal, seconds: float) -> int:
    """Count the bytes that a terminal sends in so long."""
    sent, until = 0, time.perf_counter() + seconds
    while (left := until - time.perf_counter()) > 0:
        sent += len(terminal.read(left))
    return sent
