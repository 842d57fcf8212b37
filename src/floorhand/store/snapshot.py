"""Read a whole database as it was at one moment, while others go on writing.

On SQLite a reader of the write-ahead log keeps seeing what was there when it began, and nobody
waits for it; on PostgreSQL REPEATABLE READ does that. Nothing is brought up to date, nor can
anything be written.
Source: sqlite.org/isolation.html; PostgreSQL's manual, "Transaction Isolation".
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, event, inspect, select
from sqlalchemy.engine import URL
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session
from sqlalchemy.pool import NullPool, Pool

from floorhand.errors import DatabaseAway
from floorhand.store.check import violations
from floorhand.store.db import BUSY_TIMEOUT_MS, address_of
from floorhand.store.schema import SiteRow
from floorhand.store.server import plain_server
from floorhand.store.troubles import cannot_open, name_of, path_of, say_away
from floorhand.store.violation import Violation

BEGUN = """
SELECT set_config('idle_in_transaction_session_timeout', '0', true),
       set_config('statement_timeout', '0', true), set_config('TimeZone', 'UTC', true)
"""
"""The first question takes the snapshot; while others work on it, it may wait for long."""


@contextmanager
def snapshot(url: str, *, shown: str = "") -> Iterator[Connection]:
    """Open a database to read it as it is now, until the block is left.

    Args:
        url: SQLAlchemy URL, or the path of an SQLite file, which must be there.
        shown: What to call an SQLite file to people; by default its path.

    Raises:
        DatabaseUnusable: Saying what is wrong with it and what to do.
        DatabaseAway: If it does not answer.
    """
    where = address_of(url)
    is_file = where.get_backend_name() == "sqlite"
    engine = reading_engine(path_of(where), shown) if is_file else plain_server(where)
    event.listen(engine, "handle_error", say_away)
    try:
        try:
            connection = engine.connect()
            if is_file:
                connection.exec_driver_sql("BEGIN")
                connection.exec_driver_sql("SELECT count(*) FROM sqlite_master")
            else:
                options = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
                connection.execution_options(**options).exec_driver_sql(BEGUN)
        except (SQLAlchemyError, DatabaseAway) as error:
            raise cannot_open(error, shown or name_of(where)) from error
        with connection:
            yield connection
    finally:
        engine.dispose()


def reading_uri(file: Path) -> str:
    """Give the address by which SQLite opens a file without being able to write to it."""
    return f"{file.absolute().as_uri()}?mode=ro"


def schema_of(connection: Connection) -> str | None:
    """Name the schema of a database; None if it holds no warehouse."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    version = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
    return None if version is None else str(version)


def has_no_tables(url: str) -> bool:
    """Say whether nothing is in a database yet, which must be there, without writing to it.

    Raises:
        DatabaseUnusable: Saying what is wrong with it and what to do.
        DatabaseAway: If it does not answer.
    """
    with snapshot(url) as connection:
        return not inspect(connection).get_table_names()


def sites_of(connection: Connection) -> tuple[str, ...]:
    """Name the buildings in a database."""
    return tuple(connection.scalars(select(SiteRow.site).order_by(SiteRow.site)))


def broken_rules(connection: Connection) -> tuple[Violation, ...]:
    """Check every invariant of every building."""
    with Session(connection) as tx:
        return tuple(one for site in sites_of(connection) for one in violations(tx, site))


def reading_engine(path: str, shown: str = "", pool: type[Pool] = NullPool) -> Engine:
    """Give an engine for an SQLite file that cannot write to it, called ``shown`` to people.

    With a pool it stays open for whichever thread looks next; one at a time may.
    """
    uri = reading_uri(Path(path))

    def opened() -> sqlite3.Connection:
        timeout = BUSY_TIMEOUT_MS / 1000
        return sqlite3.connect(
            uri, uri=True, timeout=timeout, isolation_level=None, check_same_thread=False
        )

    named = URL.create("sqlite", database=shown or path)
    return create_engine(named, creator=opened, poolclass=pool)
