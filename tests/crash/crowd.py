"""Let many workers, each in a process of its own, want the same few goods, totes and papers.

    python tests/crash/crowd.py --robots 50 --seconds 60 --on postgresql

First all of them scan as fast as they can where nothing is to be had, which shows how turns are
shared out; then they work, every order of the demo having come several times and its stock once.
Nothing may be promised twice, picked twice or fall below nothing, no worker may be told that the
database is in its own way, and on SQLite turns have to be fair. With ``--without`` one of the
things that keep all this is taken out of the program, and the run has to notice.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from multiprocessing import get_context
from random import Random
from typing import Any

from floors import SITE, Floors, floors, milliseconds, now, tell
from sqlalchemy import Engine
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from without import WITHOUT, take_out

from floorhand.errors import Clash, FloorhandError
from floorhand.ops.seats import Turn
from floorhand.robots import supply
from floorhand.robots.crew import Robot
from floorhand.store import db
from floorhand.store.check import violations
from floorhand.store.db import engine_of, open_database

AGAIN = 4
"""So often every order comes once more; the stock does not."""

NOTHING = "?"
"""A scan that is refused everywhere, and costs everybody the same."""

IDLE_S, IDLE_MAX_S = 0.05, 1.0
"""How long a robot without work waits before it looks again, at first and at last."""

WARM_SCANS = 10
"""The first ones of a program have everything yet to be loaded."""

LINE_S = 10.0
"""How long all of them scan at once where nothing is to be had."""

READY_MAX_S = 300.0
"""A process has come up by then."""

FAIR = 0.95
"""Least index of Jain of the turns that each one got on SQLite; 1 is all alike."""

WAIT_MAX_S = 0.5
"""The longest wait for a turn on SQLite."""


@dataclass(slots=True)
class Work:
    """What one process did."""

    turns_in_line: int = 0
    in_line_s: list[float] = field(default_factory=list)
    at_work_s: list[float] = field(default_factory=list)
    again: int = 0
    """Turns that were done again because something had been in their way."""
    told: list[str] = field(default_factory=list)
    """What a worker would have read of the database."""


class Hurried(Robot):
    """A robot that looks at the clock, and remembers whenever the database did not answer."""

    work: Work

    def send(self, scan_no: int, scanned: str) -> Turn:
        """Send a scan, and take the time."""
        started = time.perf_counter()
        try:
            turn = super().send(scan_no, scanned)
        except FloorhandError as error:
            self.work.told.append(f"{self._seat}: {error}")
            raise
        self.work.at_work_s.append(time.perf_counter() - started)
        return turn


def count_again(work: Work) -> None:
    """Count in this process how often a turn on PostgreSQL has to be done again."""
    on_server = db._on_server

    def counted(engine: Engine, to_do: Callable[[Session], Any], **named: Any) -> Any:
        try:
            return on_server(engine, to_do, **named)
        except (Clash, IntegrityError):
            work.again += 1
            raise

    db._on_server = counted


def toil(index: int, url: str, member: tuple[str, str], plan: Any, start: Any, told: Any) -> None:
    """Be one worker; the target of a process."""
    work = Work()
    try:
        count_again(work)
        take_out(plan.without)
        transactions = open_database(url, create=False)
        code, badge = member
        Hurried.work = work
        robot = Hurried(
            transactions,
            SITE,
            seat=code,
            badge=badge,
            worker=code,
            now=now,
            rng=Random(f"{plan.seed}/{index}"),
            mistakes=plan.mistakes,
            undo=plan.mistakes,
        )
        robot.step()  # signs in
        for _ in range(WARM_SCANS):
            robot.turn = robot.send(robot.turn.scan_no + 1, NOTHING)
        start.wait(READY_MAX_S)
        _stand_in_line(robot, work, plan.line_s)
        start.wait(READY_MAX_S)
        work.at_work_s.clear()
        _work(robot, plan.seconds)
        engine_of(transactions).dispose()
    except BaseException as error:  # noqa: BLE001  (whatever it was, the parent has to hear of it)
        work.told.append(f"{member[0]} ended: {error!r}")
        start.abort()
    told.put(work)


def _stand_in_line(robot: Hurried, work: Work, seconds: float) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        started = time.perf_counter()
        robot.turn = robot.send(robot.turn.scan_no + 1, NOTHING)
        work.in_line_s.append(time.perf_counter() - started)
        work.turns_in_line += 1


def _work(robot: Robot, seconds: float) -> None:
    until, idle = time.monotonic() + seconds, IDLE_S
    while time.monotonic() < until:
        if robot.step():
            idle = IDLE_S
            continue
        robot.wake()
        time.sleep(idle)
        idle = min(IDLE_MAX_S, 2 * idle)


def rush(made: Floors, plan: Any) -> list[Work]:
    """Let the crew of a fresh warehouse loose on it, and give what each did."""
    url = made.fresh()
    transactions = open_database(url)
    with transactions.begin() as tx:
        supply.order_again(tx, SITE, AGAIN)
    engine_of(transactions).dispose()
    os.environ["CRASH_READY_FOR"] = url
    os.environ["PYTHONPATH"] = os.pathsep.join(sys.path)  # for the process that forks them
    context = get_context("forkserver")
    context.set_forkserver_preload(["__main__", "ready"])
    start, told = context.Barrier(plan.robots), context.Queue()
    crew = made.crew[: plan.robots]
    workers = [
        context.Process(target=toil, args=(index, url, member, plan, start, told))
        for index, member in enumerate(crew)
    ]
    for worker in workers:
        worker.start()
    done = [told.get(timeout=READY_MAX_S + plan.line_s + 2 * plan.seconds) for _ in workers]
    for worker in workers:
        worker.join()
    with open_database(url).begin() as tx:
        done[0].told += [str(violation) for violation in violations(tx, SITE)]
    return done


def jain(turns: list[int]) -> float:
    """Give Jain's index of fairness: 1 if all got as much, 1/n if one got all."""
    squares = len(turns) * sum(number * number for number in turns)
    return sum(turns) ** 2 / squares if squares else 0.0


def main(words: list[str] | None = None) -> int:
    """Run it, and say what came out."""
    asked = _arguments(words)
    with floors(asked.on, asked.robots, asked.server) as made:
        done = rush(made, asked)
    faults = [told for work in done for told in work.told]
    turns = [work.turns_in_line for work in done]
    in_line = [second for work in done for second in work.in_line_s]
    at_work = [second for work in done for second in work.at_work_s]
    if asked.on == "sqlite":
        if jain(turns) < asked.fair:
            faults.append(f"turns are not fair: {min(turns)} to {max(turns)}")
        if max(in_line, default=0.0) > asked.wait_max_s:
            faults.append(f"somebody waited {max(in_line):.2f} s for a turn")
    rows: list[tuple[str, object]] = [
        ("processes", asked.robots),
        ("turns in line", sum(turns)),
        ("a second", f"{sum(turns) / asked.line_s:.0f}"),
        ("each took", milliseconds(in_line)),
        ("index of Jain", f"{jain(turns):.4f}"),
        ("scans at work", len(at_work)),
        ("of all, again", sum(work.again for work in done)),
        ("each took", milliseconds(at_work)),
    ]
    title = f"A crowd on {asked.on}" + (f", without {asked.without}" if asked.without else "")
    return tell(title, rows, faults)


def _arguments(words: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--robots", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=60.0, help="how long they work")
    parser.add_argument("--line-s", type=float, default=LINE_S, help="how long they only scan")
    parser.add_argument("--on", choices=("sqlite", "postgresql"), default="postgresql")
    parser.add_argument("--server", default="", help="a server to use instead of an own one")
    parser.add_argument("--fair", type=float, default=FAIR, help="least index on SQLite")
    parser.add_argument("--wait-max-s", type=float, default=WAIT_MAX_S, help="longest, on SQLite")
    parser.add_argument("--mistakes", type=float, default=0.05, help="and so often they undo")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--without", choices=("", *WITHOUT), default="")
    return parser.parse_args(words)


if __name__ == "__main__":
    sys.exit(main())
