"""The spool beside a terminal: labels leave while people go on working."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from floorhand.config import Settings

if TYPE_CHECKING:
    from floorhand.labels.spool import Spool
    from floorhand.store.db import Transactions

FLUSH_S = 5.0
"""How long a terminal that ends waits for the label in hand; the rest waits in the database."""


class Spooling:
    """Sends the labels that wait, from when the database is open until the terminal ends.

    Args:
        settings: Which site, and the folder of the embedded printer.
        has_other: Whether another program looks after all labels. As long as it does there is
            nothing to begin.
    """

    def __init__(self, settings: Settings, has_other: Callable[[], bool] = lambda: False) -> None:
        self._settings = settings
        self._has_other = has_other
        self._transactions: Transactions | None = None
        self._spool: Spool | None = None

    def start(self, transactions: Transactions) -> None:
        """Begin to send; what was left over by an earlier terminal goes first."""
        self._transactions = transactions
        self._begin()

    def _begin(self) -> None:
        """Begin, unless that is done, or needless: what ends needs another one."""
        if self._spool is not None or self._transactions is None or self._has_other():
            return
        from floorhand.labels.spool import start_spool

        self._spool = start_spool(
            self._transactions,
            self._settings.site,
            Path(self._settings.labels),
            threading.Event(),
            lambda: datetime.now(UTC),
        )

    def has_tried(self) -> bool:
        """Say whether what the database tells of printers is not of an earlier time."""
        self._begin()
        return self._has_other() or (self._spool is not None and self._spool.tried.is_set())

    def wake(self) -> None:
        """Look for labels now: a scan may just have asked for one."""
        self._begin()
        if self._spool is not None:
            self._spool.wake()

    def stop(self) -> None:
        """Finish the label in hand and end."""
        if self._spool is not None:
            self._spool.stop(FLUSH_S)
