"""A worker at the real screen, in a pseudo-terminal, who scans while the database is away.

The screen has to say that it waits, to keep the scan, and to answer it by itself.
"""

from __future__ import annotations

import time
from pathlib import Path

from floors import SITE
from proof import Journal, seat_now

from floorhand.robots.pty_terminal import PtyTerminal
from floorhand.store.db import Transactions

SEAT = "ONLOOKER"
WAITS = b"Not yet saved."


class Onlooker:
    """Makes scans that nothing here is called by, and reads what the screen says to each.

    Args:
        database: Its address.
        transactions: The same, to look at the seat.
        badge: Whose it is.
        folder: Where the program runs.
    """

    def __init__(self, database: str, transactions: Transactions, badge: str, folder: Path) -> None:
        self._transactions = transactions
        self._number = 1
        self._scanned = badge
        words = ["--database", database, "--site", SITE, "--seat", SEAT]
        self._terminal = PtyTerminal(["-m", "floorhand", "terminal", *words], str(folder))
        self._terminal.wait_for(b"badge")
        self._terminal.send(f"{badge}\r".encode())
        self._terminal.wait_for(b"Hello")

    def note(self, journal: Journal) -> None:
        """Note the last scan, which the screen has answered."""
        _, effect = seat_now(self._transactions, SEAT, self._number)
        journal.add(SEAT, self._number, self._scanned, effect)

    def scan(self) -> float:
        """Make a scan while the database is away; gives how soon the screen says that it waits."""
        self._number += 1
        self._scanned = f"NOTHING-{self._number}"
        began = time.perf_counter()
        self._terminal.send(f"{self._scanned}\r".encode())
        return self._terminal.wait_for(WAITS) - began

    def be_answered(self, journal: Journal) -> None:
        """Wait until the screen answers that scan, and note it."""
        self._terminal.wait_for(f"{self._scanned} is not known here".encode())
        self.note(journal)

    def close(self) -> None:
        """Go away."""
        self._terminal.close()
