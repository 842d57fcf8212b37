"""Measure how many scans a second a crew makes that never pauses, beside the same by hand.

Each robot is a process of its own. All of them work for a while, every statement of every turn
being noted; then all of them send what they noted to a second copy of the database, turn by turn,
by the bare driver. There turns come in another order, so what one of them needs of another one may
not be there yet: such a turn is undone, and counted as failed.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from pathlib import Path
from random import Random
from typing import Any, Final

from floorhand.ops.seats import Turn
from floorhand.robots.bare import Statement, bare
from floorhand.robots.ground import SITE, two_databases
from floorhand.robots.noting import Noting
from floorhand.robots.processes import robot_processes
from floorhand.robots.rush import rush
from floorhand.store.db import engine_of, open_database

COUNTS: Final = (1, 8, 50)
SECONDS: Final = 20.0

WORKERS: Final = 150
"""Work for so many is there: robots make a thousand scans a second together at most."""

IDLE_MAX: Final = 0.05
"""Robots that look for work in vain more often than this share of their turns have too little."""

WARM_UP_TURNS: Final = 40
"""Not measured: here a program loads what it needs, and a line to a server plans its statements."""

Done = tuple[int, int, int, float, float]
"""Turns, how many of them failed, how often there was no work, and from when to when, by a clock
that all processes share."""


class Hurried(Noting):
    """A robot all of whose turns are kept."""

    def __init__(self, *args: Any, **named: Any) -> None:
        self.turns: list[list[Statement]] = []
        super().__init__(*args, **named)

    def sit(self, station: str) -> Turn:
        """Take the seat."""
        turn = super().sit(station)
        self.turns.append(self.noted)
        return turn

    def send(self, scan_no: int, scanned: str) -> Turn:
        """Send a scan."""
        turn = super().send(scan_no, scanned)
        self.turns.append(self.noted)
        return turn


def measure_crew(
    folder: Path | None,
    robots: int,
    *,
    seconds: float = SECONDS,
    workers: int = WORKERS,
    server: str = "",
) -> dict[str, float | int]:
    """Let so many robots work, then write the same by hand.

    Args:
        folder: As for `two_databases`.
        robots: How many there are.
        seconds: How long they work.
        workers: Work of an hour for so many is there at least.
        server: A PostgreSQL server to measure instead.
    """
    context = robot_processes()
    with two_databases(folder, 0, None, server) as (url, copy):
        for each in (url, copy):
            transactions = open_database(each)
            crew = rush(transactions, SITE, max(robots, workers), datetime.now(UTC))[:robots]
            engine_of(transactions).dispose()
        lines: list[Connection] = []
        processes = []
        for number, member in enumerate(crew):
            ours, theirs = context.Pipe()
            args = (theirs, url, copy, *member, number, seconds)
            processes.append(context.Process(target=_be_robot, args=args))
            processes[-1].start()
            theirs.close()
            lines.append(ours)
        try:
            _all_do(lines)  # sit down and warm up
            worked = _all_do(lines)
            _all_do(lines)  # what came first, by hand
            by_hand = _all_do(lines)
        finally:
            for process in processes:
                process.terminate()
                process.join()
    return figures_of(worked, by_hand)


def _all_do(lines: Sequence[Connection]) -> list[Any]:
    """Let all robots begin the next thing at once, and wait until all have done it."""
    for line in lines:
        line.send(None)
    return [line.recv() for line in lines]


def _be_robot(
    line: Connection, url: str, copy: str, code: str, badge: str, number: int, seconds: float
) -> None:
    """Be one of the crew; the target of a process."""
    line.recv()
    transactions = open_database(url, create=False)
    robot = Hurried(
        transactions,
        SITE,
        seat=code,
        badge=badge,
        worker=code,
        now=lambda: datetime.now(UTC),
        rng=Random(number),
    )
    while len(robot.turns) < WARM_UP_TURNS:
        _work(robot)
    line.send(None)
    line.recv()
    first, idle, began = len(robot.turns), 0, time.monotonic()
    while time.monotonic() - began < seconds:
        idle += not _work(robot)
    line.send((len(robot.turns) - first, 0, idle, began, time.monotonic()))
    engine_of(transactions).dispose()
    line.recv()
    writer = bare(copy)
    for statements in robot.turns[:first]:
        writer.tried(statements)
    line.send(None)
    line.recv()
    began = time.monotonic()
    failed = sum(not writer.tried(statements) for statements in robot.turns[first:])
    line.send((len(robot.turns) - first, failed, 0, began, time.monotonic()))
    writer.close()


def _work(robot: Hurried) -> bool:
    """Make a step; False if there is no work."""
    if robot.step():
        return True
    robot.wake()
    return robot.step()


def figures_of(worked: Sequence[Done], by_hand: Sequence[Done]) -> dict[str, float | int]:
    """Put together what robots did, each by itself, and the same by hand.

    Raises:
        AssertionError: If they had too little to do: most of the time would be waiting.
    """
    a_second, raw_a_second = _a_second(worked), _a_second(by_hand)
    turns, idle = sum(turns for turns, *_ in worked), sum(idle for _, _, idle, *_ in worked)
    assert idle <= turns * IDLE_MAX, (
        f"The robots have run out of work: {idle} times there was none."
    )
    return {
        "robots": len(worked),
        "turns": turns,
        "turns_per_s": round(a_second, 1),
        "raw_per_s": round(raw_a_second, 1),
        "ratio_to_raw": round(raw_a_second / a_second, 2),
        "raw_failed": sum(failed for _, failed, *_ in by_hand),
    }


def _a_second(done: Sequence[Done]) -> float:
    took_s = max(ended for *_, ended in done) - min(began for *_, began, _ in done)
    return sum(turns for turns, *_ in done) / took_s
