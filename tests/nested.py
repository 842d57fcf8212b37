"""Transactions inside an open one, for what is tried thousands of times and taken back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine
from sqlalchemy.orm import Session

from floorhand.store.notes import get_ready
from floorhand.store.turnstile import FairConnection


def opened(engine: Engine) -> Connection:
    """Open a connection that is ready for scans.

    What is made for them within a transaction has SQLite read all of its tables again with every
    savepoint that is taken back.
    """
    connection = engine.connect()
    driver = connection.connection.dbapi_connection
    if isinstance(driver, FairConnection):
        get_ready(driver)
    return connection


class Nested:
    """A factory of transactions, as the road wants one: savepoints in an open transaction.

    All share one session. SQLAlchemy's own savepoints have a name each, and compile it.
    """

    def __init__(self, connection: Connection) -> None:
        self.kw = {"bind": connection}
        self._session = Session(connection, expire_on_commit=False)
        driver: Any = connection.connection.dbapi_connection
        self._run = driver.execute

    @contextmanager
    def begin(self) -> Iterator[Session]:
        """Do something as a whole or not at all."""
        self._run("SAVEPOINT scan")
        try:
            yield self._session
            self._session.flush()
        except BaseException:
            self._back("scan")
            raise
        self._run("RELEASE scan")

    def mark(self) -> None:
        """Remember how things are, to keep what comes then, or to take it back."""
        self._run("SAVEPOINT marked")

    def keep(self) -> None:
        """Keep what was done since."""
        self._run("RELEASE marked")

    def take_back(self) -> None:
        """Let it be as it was when it was marked."""
        self._back("marked")

    def _back(self, savepoint: str) -> None:
        self._session.expunge_all()
        self._run(f"ROLLBACK TO {savepoint}")
        self._run(f"RELEASE {savepoint}")
