"""Look at a warehouse again and again, as a board does: nobody waits for it, nothing is written."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session
from sqlalchemy.pool import ConnectionPoolEntry, StaticPool

from floorhand.errors import DatabaseAway
from floorhand.store.closing import close_in_the_end
from floorhand.store.db import address_of, look_at_file
from floorhand.store.giving_way import is_wanted
from floorhand.store.server import open_server
from floorhand.store.snapshot import reading_engine
from floorhand.store.troubles import cannot_open, name_of, path_of, say_away

PLANNED_FOR_MOMENTS: Final = "SET plan_cache_mode = auto"
"""What is looked at is often of the last hour or the last shift: a plan for any time at all, which
does for scans, would read whole tables."""

AS_IT_IS: dict[str, Any] = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
"""All questions of one look are answered as of one moment."""


class Onlooker:
    """Looks at a database. It may be used by one thread at a time.

    Args:
        url: SQLAlchemy URL, or the path of an SQLite file, which must be there.

    Raises:
        DatabaseUnusable: Saying what is wrong with it and what to do.
    """

    def __init__(self, url: str) -> None:
        where = address_of(url)
        self._file: Path | None = None
        self._opened: tuple[int, int] | None = None
        self._name = name_of(where)
        if where.get_backend_name() == "sqlite":
            look_at_file(Path(path_of(where)), create=False)
            self._file = Path(path_of(where))
            self._engine = reading_engine(path_of(where), pool=StaticPool)
            event.listen(self._engine, "begin", _begin)
        else:
            self._engine = open_server(where).execution_options(**AS_IT_IS)
            event.listen(self._engine, "connect", _plan_for_moments)
        event.listen(self._engine, "handle_error", say_away)
        close_in_the_end(self.close)

    def close(self) -> None:
        """Let go of the database; it may be looked at again."""
        self._engine.dispose()

    @contextmanager
    def look(self) -> Iterator[Session]:
        """Give a transaction that sees the database as it is now.

        Raises:
            DatabaseUnusable: Saying what is wrong with it and what to do.
            DatabaseAway: If it does not answer; it may be looked at again.
        """
        self._let_go_of_another()
        try:
            connection = self._engine.connect()
        except (SQLAlchemyError, DatabaseAway) as error:
            raise cannot_open(error, self._name) from error
        is_well = False
        try:
            with connection, Session(connection) as tx:
                yield tx
            is_well = True
        finally:
            if self._file is not None and (not is_well or is_wanted(self._file)):
                self._engine.dispose()

    def _let_go_of_another(self) -> None:
        """Open the file anew if it is not the one any more that is open: it was brought back.

        Opening takes as long as half of what a board asks, and all it asks is prepared once.
        """
        if self._file is None:
            return
        there = _identity(self._file)
        if there is None or there != self._opened:
            self._engine.dispose()
        self._opened = there


def _identity(file: Path) -> tuple[int, int] | None:
    """Tell a file from another of its name; None if there is none."""
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _plan_for_moments(connection: DBAPIConnection, _record: ConnectionPoolEntry) -> None:
    cursor = connection.cursor()
    cursor.execute(PLANNED_FOR_MOMENTS)
    cursor.close()
    connection.commit()


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN")
