"""The same statements as floorhand's, with the same values, sent to another database by hand."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Sequence
from typing import Any, Protocol

from sqlalchemy import make_url

from floorhand.store.db import sqlite_file
from floorhand.store.server import get_line_ready

WAIT_MAX_S = 60.0
"""How long a turn on SQLite waits for those of others: nobody makes them wait in order."""

Statement = tuple[str, Any, bool]
"""SQL, its values, and whether the values are many rows."""

Took = tuple[float, float]
"""Milliseconds on the clock, and those that this process kept a processor busy."""


class Bare(Protocol):
    """A second database, written by hand."""

    def write(self, statements: Sequence[Statement]) -> Took:
        """Carry statements out in one transaction, as durable as those of floorhand."""

    def tried(self, statements: Sequence[Statement]) -> bool:
        """Carry them out; if one fails, undo all of them and say so."""

    def close(self) -> None:
        """Close the connection."""


def bare(url: str) -> Bare:
    """Open a database by its driver alone."""
    file = sqlite_file(url)
    return BareSqlite(str(file)) if file else BarePostgresql(url)


class BareSqlite:
    """An SQLite file, by ``sqlite3``."""

    def __init__(self, path: str) -> None:
        self._connection = sqlite3.connect(
            path, timeout=WAIT_MAX_S, isolation_level=None, cached_statements=600
        )
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.execute("PRAGMA synchronous = FULL")
        self._connection.execute("PRAGMA foreign_keys = ON")

    def write(self, statements: Sequence[Statement]) -> Took:
        """Carry statements out in one transaction."""
        cursor = self._connection.cursor()
        started, busy = time.perf_counter(), time.process_time()
        cursor.execute("BEGIN IMMEDIATE")
        for sql, values, many in statements:
            if many:
                cursor.executemany(sql, values)
            else:
                cursor.execute(sql, values or ()).fetchall()
        cursor.execute("COMMIT")
        return _took(started, busy)

    def tried(self, statements: Sequence[Statement]) -> bool:
        """Carry them out; if one fails, undo all of them and say so."""
        try:
            self.write(statements)
        except sqlite3.Error:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            return False
        return True

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()


class BarePostgresql:
    """A PostgreSQL database, by ``psycopg``: what a turn sends begins it and ends it, too."""

    def __init__(self, url: str) -> None:
        import psycopg

        plain = make_url(url).set(drivername="postgresql")
        address = plain.render_as_string(hide_password=False)
        self._failed = psycopg.Error
        self._connection = psycopg.connect(address, autocommit=True)
        get_line_ready(self._connection)

    def write(self, statements: Sequence[Statement]) -> Took:
        """Carry statements out."""
        cursor = self._connection.cursor()
        started, busy = time.perf_counter(), time.process_time()
        for sql, values, many in statements:
            if sql.startswith("BEGIN"):
                self._undo()  # of what a turn has begun anew
            if many:
                cursor.executemany(sql, values)
            else:
                cursor.execute(sql, values or (), prepare=";" not in sql)
                if cursor.description:
                    cursor.fetchall()
        return _took(started, busy)

    def tried(self, statements: Sequence[Statement]) -> bool:
        """Carry them out; if one fails, undo all of them and say so."""
        try:
            self.write(statements)
        except self._failed:
            self._undo()
            return False
        return True

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def _undo(self) -> None:
        if self._connection.info.transaction_status:
            self._connection.pgconn.exec_(b"ROLLBACK")  # the driver would forget its statements


def _took(started: float, busy: float) -> Took:
    return (time.perf_counter() - started) * 1000, (time.process_time() - busy) * 1000
