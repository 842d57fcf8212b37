"""Change hosts under workers who scan without a pause, and see that no scan is lost or there twice.

    python tests/crash/takeovers.py 50 --terminals 6 --on sqlite

Each newer host says that it knows another schema, so that all terminals move, each between two
scans. Nobody scans anything again. While hosts change somebody joins who must not be refused.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "src"))

from floors import floors, milliseconds, tell
from host.hosts import OPEN, WAIT_MAX_S, Client, Forked, Hosted, Nursery
from sqlalchemy import select

from floorhand.store.db import Transactions, engine_of, open_database
from floorhand.store.schema import Scan

BETWEEN_SCANS_MAX_S, BETWEEN_CHANGES_MAX_S = 0.06, 0.5
LOOK_S = 0.002
CODE = "C-"


class Worker:
    """Somebody at a terminal who scans codes of his own, each as soon as the last is answered.

    Attributes:
        sent: The codes, in order.
        waits_s: How long each took until it was answered on the terminal.
    """

    def __init__(self, client: Client, number: int, rng: Random) -> None:
        self.sent: list[str] = []
        self.waits_s: list[float] = []
        self._client = client
        self._number = number
        self._rng = rng
        self._asked_s = 0.0
        self._next_s = 0.0
        self.is_answered = True

    def look(self, *, may_scan: bool = True) -> None:
        """See what is answered; scan if the last one is answered and a moment has passed."""
        now_s = time.monotonic()
        if not self.is_answered and self.sent[-1].encode() in self._client.seen:
            self.is_answered = True
            self.waits_s.append(now_s - self._asked_s)
            self._next_s = now_s + self._rng.uniform(0, BETWEEN_SCANS_MAX_S)
        if self.is_answered and may_scan and now_s >= self._next_s:
            self.sent.append(f"{CODE}{self._number}-{len(self.sent)}")
            self.is_answered, self._asked_s = False, now_s
            self._client.send(self.sent[-1].encode() + b"\r")


class Shift:
    """Workers, and the hosts that they have after each other.

    Args:
        start: Starts a host that knows this schema, and does not wait for it.
        badges: Of the workers.
        rng: Decides about moments.
    """

    def __init__(self, start: Callable[[str], Hosted], badges: Sequence[str], rng: Random) -> None:
        self.faults: list[str] = []
        self.changes_s: list[float] = []
        self._start = start
        self._rng = rng
        self._host = start("first").ready()
        self.workers = [
            Worker(self._signed_in(number, badge), number, rng)
            for number, badge in enumerate(badges)
        ]

    def _signed_in(self, number: int, badge: str) -> Client:
        client = Client(self._host, f"S{number}")
        client.wait_for(b"Scan your badge")
        client.send(f"{badge}\r".encode())
        client.wait_for(b"Hello")
        return client

    def change(self, number: int) -> None:
        """Change hosts, and let somebody join meanwhile."""
        newer, began_s = self._start(f"schema {number}"), time.monotonic()
        self._work_for(self._rng.uniform(0, BETWEEN_CHANGES_MAX_S))
        guest = Client(newer, f"G{number}")
        self._work_until(lambda: b"Scan your badge" in guest.seen, "a guest has no terminal")
        self._work_until(lambda: "Terminals for" in newer.told.read_text(), "no newer host")
        self.changes_s.append(time.monotonic() - began_s)
        guest.close()
        count = len(self.workers)
        self._work_until(lambda: len(newer.terminals()) == count, "a terminal has not moved")
        self._host = newer

    def end(self) -> None:
        """Let all be answered, and the workers go."""
        self._work_until(
            lambda: all(worker.is_answered for worker in self.workers),
            "a scan has no answer",
            scan=False,
        )

    def _work_for(self, seconds: float) -> None:
        until_s = time.monotonic() + seconds
        while time.monotonic() < until_s:
            self._look(scan=True)

    def _work_until(self, is_so: Callable[[], object], else_: str, *, scan: bool = True) -> None:
        until_s = time.monotonic() + WAIT_MAX_S
        while not is_so():
            if time.monotonic() > until_s:
                self.faults.append(else_)
                return
            self._look(scan=scan)

    def _look(self, *, scan: bool) -> None:
        for one in OPEN:
            one.drain()
        for worker in self.workers:
            worker.look(may_scan=scan)
        time.sleep(LOOK_S)


def lost_or_double(transactions: Transactions, workers: Sequence[Worker]) -> list[str]:
    """Say of which codes there is not exactly one scan."""
    with transactions.begin() as tx:
        there = Counter(tx.scalars(select(Scan.scanned).where(Scan.scanned.startswith(CODE))))
    sent = {code for worker in workers for code in worker.sent}
    wrong = {code: there[code] for code in sent | {*there} if there[code] != 1}
    return [f"{code} is there {times} times" for code, times in sorted(wrong.items())]


def main(words: list[str] | None = None) -> int:
    """Work through the changes, prove, and print the figures."""
    asked = _arguments(words)
    with (
        floors(asked.on, asked.terminals, asked.server) as made,
        tempfile.TemporaryDirectory(prefix="crash-hosts-") as place,
    ):
        url, folder, hosts = made.fresh(), Path(place), list[Hosted]()
        nursery = Nursery(url, folder)

        def start(schema: str) -> Hosted:
            hosts.append(Forked(nursery, url, folder, schema=schema))
            return hosts[-1]

        shift = Shift(start, [badge for _, badge in made.crew], Random(asked.seed))
        for number in range(asked.changes):
            shift.change(number)
        shift.end()
        for one in [*OPEN]:
            one.close()
        for host in reversed(hosts):
            host.end()
        nursery.close()
        transactions = open_database(url)
        shift.faults += lost_or_double(transactions, shift.workers)
        engine_of(transactions).dispose()
    rows: list[tuple[str, object]] = [
        ("changes of hosts", asked.changes),
        ("each took", milliseconds(shift.changes_s)),
        ("terminals", asked.terminals),
        ("scans", sum(len(worker.sent) for worker in shift.workers)),
        ("answered after", milliseconds([s for one in shift.workers for s in one.waits_s])),
    ]
    return tell(f"Hosts that change on {asked.on}", rows, shift.faults)


def _arguments(words: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("changes", type=int, nargs="?", default=50)
    parser.add_argument("--terminals", type=int, default=6)
    parser.add_argument("--on", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--server", default="", help="a server to use instead of an own one")
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args(words)


if __name__ == "__main__":
    sys.exit(main())
