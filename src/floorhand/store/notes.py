"""Note which rows a scan changes, before and after, so that it can be taken back.

Triggers do it, so that nothing that writes has to think of it. On SQLite they belong to the
connection and hand the rows to this program; on PostgreSQL they are in the database and write to
a setting of the transaction. Only what happens between `begin` and the end of the transaction is
noted.
"""

from __future__ import annotations

from functools import cache
from typing import Any, Final

from sqlalchemy import Integer, bindparam, text
from sqlalchemy.orm import Session

from floorhand.store.asking import door_of
from floorhand.store.schema import RESTORED, Table
from floorhand.store.turnstile import FairConnection

CHANGES_MAX: Final = 2_000
"""Rows that a scan may change and still be taken back; more are not kept."""

CHARACTERS_MAX: Final = 1_000_000
"""So much is noted of one scan on PostgreSQL, where all is copied at every note."""

NOTES_ON: Final = "SET LOCAL floorhand.noted = '['"
"""Begins the list; without it nothing is noted."""

CHANGES: Final = text(f"""
(SELECT CASE WHEN length(list) <= {CHARACTERS_MAX} AND json_array_length(list::json) <= :changes_max
THEN list END FROM (SELECT
rtrim(coalesce(nullif(current_setting('floorhand.noted', true), ''), '['), ',') || ']' AS list)
AS noted)
""").bindparams(bindparam("changes_max", type_=Integer))
"""The notes of a PostgreSQL transaction as JSON, to be put into the statement that keeps them."""

TRIGGER: Final = """
CREATE TEMP TRIGGER noted_{table}_{verb} AFTER {when} ON main."{table}" WHEN notes()
BEGIN SELECT note('{table}', '{verb}', {values}); END;
"""

_Row = dict[str, Any]
Change = tuple[str, _Row | None, _Row | None]
"""Table, and the row before and after; None before an insert and after a delete."""


class Noting:
    """The notes of one SQLite connection; None while nothing is noted.

    ``is_ready`` says whether it has its triggers for good.
    """

    def __init__(self) -> None:
        self.changes: list[Change] | None = None
        self.is_ready = False

    def is_on(self) -> bool:
        """Say whether changes are noted now."""
        return self.changes is not None

    def note(self, table: str, verb: str, *values: Any) -> None:
        """Note one row: of an update its key and what changed, else all of it."""
        assert self.changes is not None
        names, key = _columns(table)
        if len(self.changes) > CHANGES_MAX:
            return
        if verb == "update":
            was, now = values[: len(names)], values[len(names) :]
            pairs = list(zip(names, was, now, strict=True))
            if differing := [pair for pair in pairs if pair[0] in key or pair[1] != pair[2]]:
                before = {name: old for name, old, _ in differing}
                self.changes.append((table, before, {name: new for name, _, new in differing}))
            return
        row = dict(zip(names, values, strict=True))
        self.changes.append((table, None, row) if verb == "insert" else (table, row, None))


def prepare_sqlite(connection: FairConnection) -> None:
    """Let a new connection note what scans change through it, once there are scans."""
    noting = Noting()
    connection.notes = noting
    connection.create_function("notes", 0, noting.is_on)
    connection.create_function("note", -1, noting.note)
    connection.execute("PRAGMA temp_store = MEMORY")


def get_ready(connection: FairConnection) -> None:
    """Make the triggers of a connection, if it has none yet.

    They take longer to make than all else of a connection, and most have no scans. Those that are
    made within a transaction go with it, if it is undone.
    """
    noting = _notes_of(connection)
    if noting.is_ready:
        return
    if connection.execute("SELECT 1 FROM temp.sqlite_master").fetchone() is None:
        for trigger in _triggers():
            connection.execute(trigger)
    noting.is_ready = not connection.in_transaction


def begin(tx: Session) -> None:
    """Start to note, in a transaction that is a scan."""
    door = door_of(tx)
    if door.dialect.name == "sqlite":
        get_ready(_driver(tx))
        _noting(tx).changes = []
    elif not door.notes:  # unless whoever opened the transaction has begun them with it
        door.connection.exec_driver_sql(NOTES_ON)


def end(tx: Session) -> list[Change] | None:
    """Give what was noted on SQLite, and stop; None if it was too much."""
    noting = _noting(tx)
    changes, noting.changes = noting.changes, None
    return changes if changes is not None and len(changes) <= CHANGES_MAX else None


def _noting(tx: Session) -> Noting:
    return _notes_of(_driver(tx))


def _driver(tx: Session) -> FairConnection:
    driver = door_of(tx).line.driver_connection
    assert isinstance(driver, FairConnection), driver
    return driver


def _notes_of(driver: FairConnection) -> Noting:
    assert isinstance(driver.notes, Noting), driver.notes
    return driver.notes


@cache
def _columns(table: str) -> tuple[tuple[str, ...], frozenset[str]]:
    """Name the columns of a table, and those of its key."""
    columns = Table.metadata.tables[table].columns
    names = tuple(column.name for column in columns)
    return names, frozenset(column.name for column in columns if column.primary_key)


@cache
def _triggers() -> tuple[str, ...]:
    return tuple(
        TRIGGER.format(table=table, verb=verb, when=when, values=", ".join(values))
        for table, watched in RESTORED.items()
        for verb, when, values in _verbs(table, watched)
    )


def _verbs(table: str, watched: tuple[str, ...]) -> list[tuple[str, str, list[str]]]:
    names, _ = _columns(table)
    old, new = ([f'{row}."{name}"' for name in names] for row in ("OLD", "NEW"))
    if watched:
        return [("update", f"UPDATE OF {', '.join(watched)}", old + new)]
    return [
        ("insert", "INSERT", new),
        ("update", "UPDATE", old + new),
        ("delete", "DELETE", old),
    ]
