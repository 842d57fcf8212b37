"""Wait for labels: they are sent by whoever sends those of the site, else by this program."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy.orm import Session

from floorhand.labels.spool import start_spool
from floorhand.labels.zebra import SEND_MAX_S
from floorhand.store.db import Transactions

LOOK_S = 0.2
"""How often it is looked what has become of them."""


def wait_until(
    transactions: Transactions,
    site: str,
    folder: Path,
    over: Callable[[Session], bool],
    within_s: float | None = None,
) -> bool:
    """Let labels go out until something is so; False if it was not within the time.

    Args:
        transactions: The database.
        site: Whose labels.
        folder: Where the embedded printer writes.
        over: Asked in a transaction, again and again.
        within_s: None: as long as it takes.
    """
    spool = start_spool(transactions, site, folder, threading.Event(), lambda: datetime.now(UTC))
    until = None if within_s is None else time.monotonic() + within_s
    try:
        while True:
            with transactions.begin() as tx:
                if over(tx):
                    return True
            if until is not None and time.monotonic() >= until:
                return False
            time.sleep(LOOK_S)
    finally:
        spool.stop(SEND_MAX_S)
