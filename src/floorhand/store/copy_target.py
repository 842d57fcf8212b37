"""An empty database that a whole warehouse is loaded into: there at the end, or not at all.

Its tables are made by the migrations. Keys, indexes and triggers are put aside while the rows come,
and put back as they were: built over all rows at once they take a fraction of the time, and
PostgreSQL would keep a note in memory for each row whose keys are still to be checked.
Source: PostgreSQL's manual, "Populating a Database", "COPY" (FREEZE).
"""

from __future__ import annotations

import sqlite3
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, Engine, create_engine, event, inspect
from sqlalchemy import Table as SqlTable
from sqlalchemy.engine import URL
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import NullPool

from floorhand.errors import DatabaseAway, DatabaseUnusable
from floorhand.store.db import address_of
from floorhand.store.server import plain_server
from floorhand.store.snapshot import BEGUN
from floorhand.store.statistics import count_tables, tell_planner, write_statistics
from floorhand.store.troubles import cannot_open, explain, name_of, path_of, say_away
from floorhand.store.whole_file import written_whole

Row = tuple[Any, ...]
Tell = Callable[[str, int, int], None]

TABLES_SHOWN_MAX: Final = 3

LOADING: Final = "SELECT pg_try_advisory_xact_lock(hashtext('floorhand copy'))"

CONSTRAINTS: Final = """
SELECT conrelid::regclass::text, quote_ident(conname), pg_get_constraintdef(oid) FROM pg_constraint
WHERE connamespace = current_schema()::regnamespace AND contype IN ('f', 'p', 'u')
ORDER BY contype = 'f' DESC, conrelid::regclass::text, conname
"""
"""Foreign keys first: they hang on the others."""

INDEXES: Final = """
SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index
JOIN pg_class ON pg_class.oid = indexrelid
WHERE relnamespace = current_schema()::regnamespace AND indpred IS NULL AND indexprs IS NULL
  AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid)
ORDER BY 1
"""
"""Those over some rows only stay: they are small, and a condition is not put back letter by letter.
"""

ADDED: Final = """
SELECT type, name, sql FROM sqlite_master
WHERE type IN ('index', 'trigger') AND sql IS NOT NULL ORDER BY name
"""

UNGUARDED: Final = """
PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA foreign_keys = OFF
"""
"""For a file that nobody takes for a database until it has its name."""


class Target(ABC):
    """Where the rows go. What is in ``connection`` is there for good when its block ends well."""

    def __init__(self, connection: Connection, shown: str) -> None:
        self.connection = connection
        self.shown = shown
        self._put_back: list[str] = []

    @abstractmethod
    def load(self, table: SqlTable, rows: Iterator[Row]) -> None:
        """Write all rows of a table.

        Raises:
            DatabaseUnusable: If a value has no place there, naming it.
        """

    @abstractmethod
    def put_aside(self) -> None:
        """Take away what would be looked at with each row."""

    def finish(self, tell: Tell) -> None:
        """Put that back, over all rows."""
        for done, statement in enumerate(self._put_back):
            tell("building keys and indexes", done, len(self._put_back))
            self.connection.exec_driver_sql(statement)


@contextmanager
def target_at(url: str) -> Iterator[Target]:
    """Make the tables of an empty database; it is there when the block ends well, and only then.

    Raises:
        DatabaseUnusable: If it is not empty, or cannot be used.
        DatabaseAway: If it does not answer.
    """
    where = address_of(url)
    opened = _in_file if where.get_backend_name() == "sqlite" else _on_server
    with opened(where) as target:
        _make_tables(target.connection)
        target.put_aside()
        yield target


class _ServerTarget(Target):
    def put_aside(self) -> None:
        for table, name, definition in self.connection.exec_driver_sql(CONSTRAINTS).all():
            self.connection.exec_driver_sql(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
            self._put_back.append(f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}")
        for name, definition in self.connection.exec_driver_sql(INDEXES).all():
            self.connection.exec_driver_sql(f"DROP INDEX {name}")
            self._put_back.append(definition)
        self._put_back.reverse()

    def finish(self, tell: Tell) -> None:
        super().finish(tell)
        count_tables(self.connection)

    def load(self, table: SqlTable, rows: Iterator[Row]) -> None:
        from psycopg import Error

        driver: Any = self.connection.connection.driver_connection
        row: Row = ()
        try:
            with driver.cursor() as cursor, cursor.copy(_copy_into(table)) as copy:
                for row in rows:
                    copy.write_row(row)
        except Error as error:
            raise self._refused(table, row, error) from error

    def _refused(self, table: SqlTable, row: Row, error: Exception) -> Exception:
        """Say which value has no place on a server."""
        for column, value in zip(table.columns, row, strict=False):
            if isinstance(value, str) and "\x00" in value:
                named = dict(zip(table.columns, row, strict=True))
                key = "/".join(str(named[one]) for one in table.primary_key)
                return DatabaseUnusable(
                    f"{table.name} {key} holds the character NUL in {column.name}, which "
                    "PostgreSQL cannot keep. Take it out of the source."
                )
        diagnosis = getattr(error, "diag", None)
        if getattr(error, "sqlstate", None) is None:
            return DatabaseAway(f"{self.shown} does not answer any more ({error}).")
        place = f" ({diagnosis.context})" if diagnosis is not None and diagnosis.context else ""
        first = str(error).strip().splitlines()[0]
        return DatabaseUnusable(f"{table.name} cannot be written to {self.shown}: {first}{place}.")


class _FileTarget(Target):
    def put_aside(self) -> None:
        for kind, name, definition in self.connection.exec_driver_sql(ADDED).all():
            self.connection.exec_driver_sql(f'DROP {kind} "{name}"')
            self._put_back.append(definition)

    def finish(self, tell: Tell) -> None:
        super().finish(tell)
        write_statistics(self.connection)  # those of an index go with it

    def load(self, table: SqlTable, rows: Iterator[Row]) -> None:
        names = ", ".join(f'"{column.name}"' for column in table.columns)
        marks = ", ".join("?" * len(table.columns))
        driver: Any = self.connection.connection.driver_connection
        try:
            driver.executemany(
                f'INSERT INTO "{table.name}" ({names}) VALUES ({marks})', map(_as_kept, rows)
            )
        except sqlite3.Error as error:
            raise explain(error, self.shown) from error


@contextmanager
def _on_server(where: URL) -> Iterator[Target]:
    shown = name_of(where)
    engine = plain_server(where)
    event.listen(engine, "handle_error", say_away)
    try:
        try:
            connection = engine.connect()
            connection.exec_driver_sql(BEGUN)
            alone = connection.exec_driver_sql(LOADING).scalar()
        except (SQLAlchemyError, DatabaseAway) as error:
            raise cannot_open(error, shown) from error
        with connection:
            if not alone:
                raise DatabaseUnusable(f"Another floorhand is copying into {shown}.")
            _require_empty(connection, shown)
            yield _ServerTarget(connection, shown)
            connection.commit()
    finally:
        engine.dispose()


@contextmanager
def _in_file(where: URL) -> Iterator[Target]:
    file = Path(path_of(where))
    with written_whole(file) as part:
        engine = _file_engine(part)
        try:
            with engine.connect() as connection:
                yield _FileTarget(connection, str(file))
                connection.commit()
        finally:
            engine.dispose()


def _file_engine(part: Path) -> Engine:
    def opened() -> sqlite3.Connection:
        connection = sqlite3.connect(part, isolation_level=None)
        connection.executescript(UNGUARDED)
        connection.execute("BEGIN")
        return connection

    return create_engine("sqlite://", creator=opened, poolclass=NullPool)


def _make_tables(connection: Connection) -> None:
    from alembic import command

    from floorhand.store.migrations import config

    command.upgrade(config(connection), "head")
    if connection.dialect.name == "sqlite":
        tell_planner(connection)


def _require_empty(connection: Connection, shown: str) -> None:
    there = sorted(inspect(connection).get_table_names())
    if there:
        more = ", …" if len(there) > TABLES_SHOWN_MAX else ""
        raise DatabaseUnusable(
            f"{shown} is not empty: it has {', '.join(there[:TABLES_SHOWN_MAX])}{more}. "
            "Make a new database, and name that."
        )
    encoding = connection.exec_driver_sql("SHOW server_encoding").scalar()
    if encoding != "UTF8":
        raise DatabaseUnusable(
            f"{shown} has the encoding {encoding}, which has not all letters. Make one with: "
            "createdb --encoding=UTF8 --template=template0"
        )


def _copy_into(table: SqlTable) -> str:
    names = ", ".join(f'"{column.name}"' for column in table.columns)
    return f'COPY "{table.name}" ({names}) FROM STDIN (FREEZE)'


def _as_kept(row: Row) -> Row:
    """Write moments as SQLAlchemy does in SQLite: in UTC, without saying so."""
    return tuple(
        value.replace(tzinfo=None).isoformat(" ", "microseconds")
        if isinstance(value, datetime)
        else value
        for value in row
    )
