"""Kill the program that sends labels, with ``kill -9``, at random moments, and lose no label.

As a command, ``python tests/crash/spools.py [KILLS]`` kills 200 times, half on SQLite and half on
PostgreSQL, and prints what it found; the test suite does the same with fewer.

Two ``floorhand spool`` run at a time: one sends, the other waits for its turn. Labels are asked for
all the while, on two simulated printers. The one that sends is killed at a moment drawn by chance:
before a label, while its bytes go out, before it is recorded that they are out. Now and then both
are killed.

Invariant: every label that was asked for was printed exactly once, byte for byte as it was kept, or
is in doubt and was printed at most once; each printer printed in the order of asking; `floorhand
check` passes; and a spool that is told to end does.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "src"))

from floors import KINDS, SITE, floors, milliseconds, now, tell
from lines import forker
from sqlalchemy import func, insert, select

from floorhand.labels.simulator.printer import PrinterSimulator
from floorhand.store.check import violations
from floorhand.store.db import Transactions, engine_of, open_database
from floorhand.store.ledger import Cause
from floorhand.store.print_desk import queue_on
from floorhand.store.schema import PrinterRow, PrintForm, PrintJob

PRINTERS = ("z-1", "z-2")

LABELS_A_KILL = 8

MS_A_LABEL = 20
"""How long a printer prints one: long enough to be killed meanwhile."""

KILLED_WITHIN_S = 0.15
"""The moment of death is drawn from so long after some of the labels have come out."""

TURN_S = 0.2
"""How often the waiting one tries for its turn; in real life it has more time."""

BOTH_DIE = 10
"""One time in so many."""

WAIT_MAX_S = 60.0

SENDS = "sending the labels of"


def be_spool(log: str, database: str, labels: str) -> None:
    """Be ``floorhand spool``, which says what happens into a file."""
    from floorhand.cli import main
    from floorhand.labels import spool

    spool.POLL_S = TURN_S
    file = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    for number in (1, 2):
        os.dup2(file, number)
    sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
    main(["spool", "--database", database, "--labels", labels])


class Service:
    """Such a spool in a process of its own."""

    def __init__(self, context: Any, database: str, log: Path) -> None:
        self._log = log
        self.process = context.Process(
            target=be_spool, args=(str(log), database, str(log.with_name("labels")))
        )
        self.process.start()

    @property
    def sends(self) -> bool:
        """Whether it has its turn."""
        return self._log.exists() and SENDS in self._log.read_text("utf-8")

    def kill(self) -> None:
        """End it as nothing else does."""
        self.process.kill()
        self.process.join()

    def end(self) -> str:
        """Tell it to end; give what is wrong with how it did."""
        self.process.terminate()
        self.process.join(WAIT_MAX_S)
        code = self.process.exitcode
        if code == 0:
            return ""
        self.kill()
        return f"told to end, it gave {code}: {self._log.read_text('utf-8')[-500:]}"


@dataclass(slots=True)
class Round:
    """One warehouse with its printers and spools."""

    database: str
    transactions: Transactions
    folder: Path
    context: Any
    rng: Random
    simulators: dict[str, PrinterSimulator]
    services: list[Service] = field(default_factory=list)
    begun: int = 0
    asked: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    over_s: list[float] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def start(self) -> None:
        """Let two spools run."""
        while len(self.services) < 2:
            self.begun += 1
            log = self.folder / f"spool-{self.begun}.log"
            self.services.append(Service(self.context, self.database, log))

    def ask(self, labels: int) -> None:
        """Ask for labels, each on one printer or the other."""
        with self.transactions.begin() as tx:
            for _ in range(labels):
                self.asked += 1
                code = f"L-{self.asked:05}"
                data = json.dumps({"code": code, "scan_code": f"FHT{self.asked:05}"})
                cause = Cause(SITE, f"S1:{self.asked}", "ana", "S1", "", now())
                queue_on(tx, cause, self.rng.choice(PRINTERS), [(code, "tote", data)])

    def sender(self) -> Service:
        """Wait for the one that sends."""
        until = time.monotonic() + WAIT_MAX_S
        while time.monotonic() < until:
            for service in self.services:
                if service.sends:
                    return service
            time.sleep(0.01)
        raise RuntimeError("nobody sends labels")

    def let_come(self, labels: int) -> None:
        """Wait until so many labels have come out in all."""
        until = time.monotonic() + WAIT_MAX_S
        while self.came() < labels and time.monotonic() < until:
            time.sleep(0.002)

    def came(self) -> int:
        """Count what has come out."""
        return sum(len(simulator.printed) for simulator in self.simulators.values())

    def kill(self, service: Service) -> None:
        """Kill one."""
        service.kill()
        self.services.remove(service)
        self.counts["kill -9"] += 1

    def finish(self) -> None:
        """Wait until nothing is to be sent any more."""
        until = time.monotonic() + WAIT_MAX_S
        waits = select(func.count()).where(PrintJob.state.in_(("waiting", "sending")))
        while True:
            with self.transactions.begin() as tx:
                left = tx.scalar(waits)
            if not left:
                break
            if time.monotonic() > until:
                self.faults.append(f"{left} labels still wait")
                break
            time.sleep(0.05)
        self.faults += filter(None, [service.end() for service in self.services])
        for simulator in self.simulators.values():
            simulator.settle(WAIT_MAX_S)


def killed(at: Round, kills: int) -> None:
    """Kill so often, and prove everything at the end."""
    while at.counts["kill -9"] < kills:
        at.start()
        before = at.came()
        at.ask(LABELS_A_KILL)
        began = time.monotonic()
        sender = at.sender()
        at.over_s.append(time.monotonic() - began)
        at.let_come(before + at.rng.randrange(LABELS_A_KILL))
        time.sleep(at.rng.uniform(0, KILLED_WITHIN_S))
        at.kill(sender)
        if not at.rng.randrange(BOTH_DIE):
            at.kill(at.services[0])
    at.start()
    at.finish()
    prove(at)


def prove(at: Round) -> None:
    """Hold what was printed against what was asked for."""
    with at.transactions.begin() as tx:
        kept = {job: form for job, form in tx.execute(select(PrintForm.job, PrintForm.content))}
        jobs = tx.execute(
            select(PrintJob.id, PrintJob.subject, PrintJob.state, PrintJob.printer).order_by(
                PrintJob.created_at, func.length(PrintJob.id), PrintJob.id
            )
        ).all()
        at.faults += [f"check: {one}" for one in violations(tx, SITE)]
    for printer, simulator in at.simulators.items():
        mine = {kept[job.id]: n for n, job in enumerate(jobs) if job.id in kept}
        came = [_which(out.zpl, mine) for out in simulator.printed]
        if None in came:
            at.faults.append(f"{printer} printed something that nobody asked for")
        order = [number for number in came if number is not None]
        if order != sorted(order):
            at.faults.append(f"{printer} printed in another order: {order}")
        times = Counter(order)
        for number, job in enumerate(jobs):
            if job.printer != printer:
                times[number] += 0
                continue
            at.counts[f"labels {job.state}"] += 1
            least, most = {"doubt": (0, 1)}.get(job.state, (1, 1))
            if not least <= times[number] <= most or job.state not in ("confirmed", "doubt"):
                at.faults.append(f"{job.subject} is {job.state}, printed {times[number]} times")
            if job.state == "doubt":
                at.counts[f"in doubt, printed {times[number]} times"] += 1
        if foreign := [n for n in times if times[n] and jobs[n].printer != printer]:
            at.faults.append(f"{printer} printed labels of another: {foreign}")


def _which(zpl: bytes, kept: dict[bytes, int]) -> int | None:
    """Find the label of which this is every byte."""
    found = [number for content, number in kept.items() if zpl in content]
    return found[0] if len(found) == 1 else None


def main() -> int:
    """Kill, prove, and print the figures."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("kills", nargs="?", type=int, default=200)
    parser.add_argument("--on", choices=KINDS, help="only this database (default: half on each)")
    parser.add_argument("--server", default="", help="address of a PostgreSQL server to use")
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    kinds = (args.on,) if args.on else KINDS
    return max(_on(kind, args.kills // len(kinds), args.seed, args.server) for kind in kinds)


def _on(kind: str, kills: int, seed: int, server: str) -> int:
    with ExitStack() as stack:
        supply = stack.enter_context(floors(kind, 1, server))
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="crash-")))
        database = supply.fresh()
        transactions = open_database(database, create=False)
        stack.callback(engine_of(transactions).dispose)
        simulators = {
            name: stack.enter_context(PrinterSimulator(ms_per_label=MS_A_LABEL))
            for name in PRINTERS
        }
        with transactions.begin() as tx:
            for name, simulator in simulators.items():
                address = f"tcp://127.0.0.1:{simulator.port}"
                tx.execute(insert(PrinterRow).values(site=SITE, code=name, address=address))
        at = Round(database, transactions, folder, forker(), Random(f"{seed}/{kind}"), simulators)
        began = time.monotonic()
        try:
            killed(at, kills)
        finally:
            for service in at.services:
                service.kill()
    rows = [
        ("seed", seed),
        ("labels asked for", at.asked),
        *sorted(at.counts.items()),
        ("until the next one sends", milliseconds(at.over_s)),
        ("took", f"{time.monotonic() - began:.0f} s"),
    ]
    return tell(f"killed the one that sends labels on {kind}", rows, at.faults)


if __name__ == "__main__":
    sys.exit(main())
