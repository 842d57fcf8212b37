"""Pull the cable between a terminal and PostgreSQL, and see how soon both ends notice.

As a command, ``python tests/crash/cable.py`` does it in a network of its own, whose only line is
taken down: nothing arrives any more, and nobody is told, as when a Wi-Fi is out of reach. It waits
for what it measures, about a minute, so the test suite leaves it alone.

Invariant: a scan that is sent into the dead line, and one that waits for its answer on it, are both
known to be not answered within `NOTICED_MAX_S`; the server has given up the line within the same
time; once the line is back the scan is taken, once.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "src"))

from apart import apart
from floors import SITE, PostgresqlFloors, now, tell
from servers import Server, sooner_or_later
from sqlalchemy import make_url, text

from floorhand.errors import DatabaseAway
from floorhand.ops.devices import ROBOT
from floorhand.ops.floor import Turn, take_seat, take_turn
from floorhand.store import server as line
from floorhand.store.db import Transactions, engine_of, open_database

PROBED_S = line.QUIET_MAX_S + line.PROBES_MAX * line.PROBE_EVERY_S
LATE = 9 / 8
"""Timers of the system are so late at most (Linux, kernel/time/timer.c: 12.5 %)."""

BUSY_MAX_S = 1.0
"""What a busy machine adds."""

GIVEN_UP_S = max(PROBED_S, line.UNACKNOWLEDGED_MAX_MS / 1000) * LATE
NOTICED_MAX_S = GIVEN_UP_S + line.CONNECT_MAX_S + BUSY_MAX_S
"""A line that is quiet, or that does not acknowledge, and one try to have a new one."""

PORT = 5432
SEAT = "W-1"

LOCKED = "SELECT count(*) FROM pg_locks WHERE NOT granted"
CLIENTS = "SELECT count(*) FROM pg_stat_activity WHERE client_addr IS NOT NULL"


def cable(state: str) -> None:
    """Pull it (``down``), or put it back (``up``)."""
    subprocess.run(["ip", "link", "set", "lo", state], check=True)


def count(direct: Transactions, question: str) -> int:
    """Ask the server something without the cable."""
    with direct.begin() as tx:
        found: int = tx.execute(text(question)).scalar_one()
        return found


class Waiting:
    """A scan under way."""

    def __init__(self, transactions: Transactions, scan_no: int, scanned: str) -> None:
        self._scan = (transactions, SITE, SEAT, scan_no, scanned)
        self._noticed = threading.Event()
        self._thread = threading.Thread(target=self._send, daemon=True)
        self._thread.start()

    def _send(self) -> None:
        try:
            take_turn(*self._scan, now(), device=ROBOT)
        except DatabaseAway:
            self._noticed.set()

    def noticed_s(self, most_s: float) -> float | None:
        """Wait until it is known not to be answered; gives how long that took."""
        began = time.monotonic()
        return time.monotonic() - began if self._noticed.wait(most_s) else None

    def again(self) -> Turn:
        """Send it again until it is answered."""
        return sooner_or_later(lambda: take_turn(*self._scan, now(), device=ROBOT))


def given_up_s(direct: Transactions, most_s: float) -> float | None:
    """Wait until the server has no client on the cable; gives how long that took."""
    began = time.monotonic()
    while count(direct, CLIENTS):
        if time.monotonic() - began > most_s:
            return None
        time.sleep(0.1)
    return time.monotonic() - began


def pull(direct: Transactions, far: Transactions) -> tuple[list[tuple[str, object]], list[str]]:
    """Pull the cable, once with nothing on its way and once while an answer is waited for."""
    rows: list[tuple[str, object]] = []
    faults: list[str] = []

    def note(what: str, seconds: float | None) -> None:
        rows.append((what, f"{seconds:.1f} s" if seconds is not None else "never"))
        if seconds is None or seconds > NOTICED_MAX_S:
            faults.append(f"{what}: not within {NOTICED_MAX_S:.1f} s")

    turn = take_seat(far, SITE, SEAT, now=now(), device=ROBOT)
    cable("down")
    waiting = Waiting(far, turn.scan_no + 1, "NOBODY")
    note("a scan sent into the dead line, noticed after", waiting.noticed_s(2 * NOTICED_MAX_S))
    note("the server's end of it, given up after a further", given_up_s(direct, 2 * NOTICED_MAX_S))
    cable("up")
    turn = waiting.again()

    with direct.begin() as tx:
        tx.execute(text("SELECT 1 FROM seat FOR UPDATE"))
        waiting = Waiting(far, turn.scan_no + 1, "SOMEBODY")
        while not tx.execute(text(LOCKED)).scalar_one():
            time.sleep(0.01)
        cable("down")
        note(
            "a scan that waits for its answer, noticed after", waiting.noticed_s(2 * NOTICED_MAX_S)
        )
    note("the server's end of it, given up after a further", given_up_s(direct, 2 * NOTICED_MAX_S))
    cable("up")
    last = waiting.again()
    rows.append(("scans taken", last.scan_no))
    if last.scan_no != 2 or count(direct, "SELECT count(*) FROM scan") != 2:
        faults.append(f"two scans were made, and the seat is at {last}")
    return rows, faults


def main() -> int:
    """Pull the cable, prove, and print the figures."""
    argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0]).parse_args()
    if not apart("net"):
        return 1
    cable("up")
    with tempfile.TemporaryDirectory(prefix="crash-pg-") as folder:
        server = Server(Path(folder))
        try:
            server.listen("127.0.0.1", PORT)
            supply = PostgresqlFloors(server.uri, 1)
            near = supply.fresh()
            where = make_url(near).set(host="127.0.0.1", port=PORT, query={})
            direct = open_database(near)
            far = open_database(where.render_as_string(hide_password=False))
            rows, faults = pull(direct, far)
            for transactions in (direct, far):
                engine_of(transactions).dispose()
            supply.close()
        finally:
            cable("up")
            server.close()
    return tell("a cable that was pulled", rows, faults)


if __name__ == "__main__":
    sys.exit(main())
