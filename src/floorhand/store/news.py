"""Hear from a PostgreSQL server that a label was asked for, in the moment in which it was."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from contextlib import closing
from select import select
from typing import Any, Final

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from floorhand.errors import DatabaseAway

ASKED: Final = "floorhand_labels"
"""The channel; what is told on it is the site."""

END_MAX_S: Final = 2.0
"""How long a line may take to be closed."""


class News(threading.Thread):
    """Listens on a line of its own until it breaks: labels are looked for now and then as well.

    Args:
        engine: The server.
        site: Whose labels.
        wake: Called whenever one was asked for.
    """

    def __init__(self, engine: Engine, site: str, wake: Callable[[], None]) -> None:
        super().__init__(name="floorhand-news", daemon=True)
        self._engine = engine
        self._site = site
        self._wake = wake
        self._bell, self._rope = socket.socketpair()

    def run(self) -> None:
        """Listen; nothing is done while nothing is told."""
        from psycopg import Error

        try:
            line = self._engine.raw_connection()
            heard: Any = line.driver_connection
            line.detach()  # nobody else is to get what is told here
            with closing(heard):
                heard.autocommit = True
                heard.execute(f"LISTEN {ASKED}")
                while self._bell not in select([heard, self._bell], [], [])[0]:
                    if self._site in [told.payload for told in heard.notifies(timeout=0)]:
                        self._wake()
        except (Error, SQLAlchemyError, DatabaseAway):
            return

    def end(self) -> None:
        """Listen no more."""
        self._rope.close()
        self.join(END_MAX_S)
        self._bell.close()
