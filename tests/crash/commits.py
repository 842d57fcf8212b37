"""Lose PostgreSQL's answer to COMMIT, again and again: was the scan taken or not?

As a command, ``python tests/crash/commits.py [LOSSES]`` loses 1,000 answers; the test suite does
the same with fewer. A robot works through a proxy on the loopback, which cuts the connection at a
COMMIT: before the server has it, right after sending it, or when the server's answer is there. The
robot, as a terminal does, sends the scan again under its number until it is answered.

Invariant: every scan is there once, with its effect, whichever way it went; none is lost, none is
doubled; `floorhand check` passes.
"""

from __future__ import annotations

import argparse
import socket
import sys
import tempfile
import threading
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path
from random import Random
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "src"))

from floors import SITE, PostgresqlFloors, floors, now, tell
from proof import Journal, faults_of, seat_now
from sqlalchemy import make_url

from floorhand.errors import DatabaseAway
from floorhand.ops.floor import Turn
from floorhand.robots.crew import Robot
from floorhand.store.db import engine_of, open_database

EVERY = 3
"""One COMMIT in so many is cut."""

WAYS = ("before the server had it", "on its way", "with the answer on its way back")

TRIES_MAX = 50


class Proxy:
    """Passes bytes between one client and the server, until a COMMIT is to be lost."""

    def __init__(self, server: str, rng: Random) -> None:
        url = make_url(server)
        self._folder = url.query.get("host", "")
        self._address = (url.host or "127.0.0.1", url.port or 5432)
        self._rng = rng
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.armed = False
        self.cuts: Counter[str] = Counter()
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        """Take no more clients."""
        self._listener.close()

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                threading.Thread(target=self._pass, args=(client,), daemon=True).start()

    def _connect(self) -> socket.socket:
        if not self._folder:
            return socket.create_connection(self._address)
        server = socket.socket(socket.AF_UNIX)
        server.connect(f"{self._folder}/.s.PGSQL.{self._address[1]}")
        return server

    def _pass(self, client: socket.socket) -> None:
        """Bring each request to the server and its answers back."""
        with client, self._connect() as server, suppress(OSError):
            lost = threading.Event()
            back = threading.Thread(target=self._bring_back, args=(server, client, lost))
            back.start()
            while request := client.recv(65536):
                if self.armed and b"COMMIT" in request and not self._rng.randrange(EVERY):
                    way = self._rng.choice(WAYS)
                    self.cuts[way] += 1
                    lost.set()
                    if way != WAYS[0]:
                        server.sendall(request)
                    if way == WAYS[2]:
                        back.join()  # it has had the answer, and kept it
                    break
                server.sendall(request)
            for end in (server, client):
                with suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)
            back.join()

    @staticmethod
    def _bring_back(server: socket.socket, client: socket.socket, lost: threading.Event) -> None:
        with suppress(OSError):
            while answer := server.recv(65536):
                if lost.is_set():
                    return
                client.sendall(answer)


class Persistent(Robot):
    """A robot who sends a scan until it is answered, and notes what it was told."""

    def __init__(
        self, proxy: Proxy, journal: Journal, counts: Counter[str], *args: Any, **named: Any
    ) -> None:
        self._proxy = proxy
        self._journal = journal
        self._counts = counts
        super().__init__(*args, **named)

    def send(self, scan_no: int, scanned: str) -> Turn:
        """Send a scan until it is answered."""
        before, tries = self.turn, 0
        self._proxy.armed = True  # a worker's eyes do not commit
        while True:
            try:
                turn = super().send(scan_no, scanned)
                break
            except DatabaseAway:
                tries += 1
                assert tries < TRIES_MAX, f"scan {scan_no} is not answered"
        self._proxy.armed = False
        there, effect = seat_now(self._transactions, before.seat, scan_no)
        assert (there.scan_no, there.prompt) == (scan_no, turn.prompt), (there, turn)
        self._journal.add(before.seat, scan_no, scanned, effect)
        self._counts["scans answered"] += 1
        self._counts["scans sent again"] += tries > 0
        return turn


def lose_many(supply: PostgresqlFloors, losses: int, seed: int) -> tuple[Counter[str], list[str]]:
    """Lose so many answers."""
    counts: Counter[str] = Counter()
    faults: list[str] = []
    rng = Random(seed)
    lost = 0
    while lost < losses and not faults:
        database = supply.fresh()
        proxy = Proxy(database, rng)
        address = make_url(database).set(host="127.0.0.1", port=proxy.port, query={})
        transactions = open_database(address.render_as_string(hide_password=False), create=False)
        with tempfile.TemporaryDirectory(prefix="crash-") as folder:
            journal = Journal(Path(folder) / "told.jsonl")
            ((worker, badge),) = supply.crew
            robot = Persistent(
                proxy, journal, counts, transactions, SITE, seat=worker, badge=badge, worker=worker,
                now=now, rng=Random(rng.random()), mistakes=0.1,
            )  # fmt: skip
            while lost + proxy.cuts.total() < losses:
                if not (robot.step() or robot.wake() or robot.step() or robot.waits):
                    break
            with transactions.begin() as tx:
                faults += faults_of(tx, journal, [worker])
            engine_of(transactions).dispose()
        lost += proxy.cuts.total()
        counts.update({f"cut {way}": count for way, count in proxy.cuts.items()})
        counts["rounds proved by check"] += 1
        proxy.close()
    return counts, faults


def main() -> int:
    """Lose, prove, and print the figures."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("losses", nargs="?", type=int, default=1_000)
    parser.add_argument("--server", default="", help="address of a PostgreSQL server to use")
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    began = time.monotonic()
    with floors("postgresql", 1, args.server) as supply:
        assert isinstance(supply, PostgresqlFloors)
        counts, faults = lose_many(supply, args.losses, args.seed)
    rows: list[tuple[str, object]] = [("seed", args.seed), *sorted(counts.items())]
    rows.append(("took", f"{time.monotonic() - began:.0f} s"))
    return tell("answers to COMMIT lost on PostgreSQL", rows, faults)


if __name__ == "__main__":
    sys.exit(main())
