"""Run statements that were built once, when their module was imported: the one door of a scan.

Putting a statement together costs ten times what answering it does, and having SQLAlchemy look it
up, bind it and wrap its rows five times as much. So what scans ask is built once, with named
parameters, and goes straight to the driver, on the connection and in the transaction of ``tx``. All
else is as anywhere: types turn values into what the driver takes and back (times, truth), who
listens to statements hears these, and what the driver raises becomes what `floorhand.store.db`
makes of it.

What is asked rarely is built where it is asked, and goes through ``tx.execute``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from sqlalchemy import (
    JSON,
    ColumnElement,
    Connection,
    Select,
    String,
    bindparam,
    cast,
    func,
    literal,
    literal_column,
    select,
)
from sqlalchemy.orm import Session

from floorhand.store.prepared import Prepared, Question, Statement, prepare, ready_for


class Answer(list[Any]):
    """The rows that a statement gave, all of them read, and how many rows it wrote."""

    __slots__ = ("rowcount",)

    rowcount: int

    def all(self) -> list[Any]:
        """Give all rows."""
        return self

    def first(self) -> Any:
        """Give the first row; None if there is none."""
        return self[0] if self else None

    def one_or_none(self) -> Any:
        """Give the only row; None if there is none."""
        assert len(self) <= 1, self
        return self[0] if self else None

    def one(self) -> Any:
        """Give the only row, which must be there."""
        assert len(self) == 1, self
        return self[0]

    def scalar(self) -> Any:
        """Give the first value of the first row; None if there is no row."""
        return self[0][0] if self else None

    def scalars(self) -> list[Any]:
        """Give the first value of each row."""
        return [row[0] for row in self]


class Door:
    """The connection of one transaction, with what each statement needs of it looked up once.

    Args:
        connection: Of the transaction.
        notes: Whether what it changes is noted from its beginning (`floorhand.store.notes`).
    """

    __slots__ = (
        "connection",
        "cursor",
        "dialect",
        "execute",
        "failed",
        "line",
        "listeners",
        "notes",
        "ready",
    )

    def __init__(self, connection: Connection, *, notes: bool = False) -> None:
        self.connection = connection
        self.dialect = connection.dialect
        self.ready = ready_for(connection.dialect)
        self.line = connection.connection
        self.cursor = self.line.cursor()
        execute: Any = self.cursor.execute
        prepares = self.dialect.name == "postgresql"  # at once: what is built once is asked again
        self.execute = partial(execute, prepare=True, binary=True) if prepares else execute
        self.notes = notes
        self.failed = False
        """A statement failed, and its cursor was closed."""
        self.listen()

    def listen(self) -> None:
        """Look up who listens to statements now."""
        self.listeners = tuple(self.connection.dispatch.before_cursor_execute)

    def run(self, prepared: Prepared, values: Any, *, many: bool = False) -> Answer:
        """Send a statement to the driver, and read all that it answers.

        Whatever goes wrong is handed to the connection, as SQLAlchemy itself does it: there it
        becomes an error of ours, and a connection that broke is thrown away. No public name leads
        there.
        """
        sql, cursor = prepared.sql, self.cursor
        try:
            for listener in self.listeners:
                sql, values = listener(self.connection, cursor, sql, values, None, many)
            (cursor.executemany if many else self.execute)(sql, values)
            answer = Answer(prepared.rows(cursor)) if prepared.gives_rows else Answer()
        except BaseException as error:  # noqa: BLE001  (what is called there always raises)
            self.failed = True
            self.connection._handle_dbapi_exception(error, sql, values, cursor, None)
        answer.rowcount = cursor.rowcount
        return answer


def ask(tx: Session, statement: Question, /, **named: Any) -> Answer:
    """Run a statement with parameters.

    Raises:
        DatabaseAway, Clash, IntegrityError: As all that runs in a transaction of ours.
    """
    door = door_of(tx)
    prepared = door.ready.get(id(statement)) or prepare(statement, door.dialect, named)
    return door.run(prepared, prepared.bound(named))


def ask_each(tx: Session, statement: Question, rows: Sequence[Mapping[str, Any]]) -> Answer:
    """Run a statement that gives no rows once for each set of parameters, all of the same names.

    Raises:
        DatabaseAway, Clash, IntegrityError: As all that runs in a transaction of ours.
    """
    if not rows:
        nothing = Answer()
        nothing.rowcount = 0
        return nothing
    if len(rows) == 1:  # drivers take longer over a list of one
        return ask(tx, statement, **rows[0])
    door = door_of(tx)
    prepared = prepare(statement, door.dialect, rows[0])
    assert not prepared.gives_rows, prepared.sql
    return door.run(prepared, [prepared.bound(row) for row in rows], many=True)


def among(column: Any, *words: str) -> ColumnElement[bool]:
    """Say that a column has one of these words, which stand in the statement itself.

    For the states of what is open, by which alone it is found: few of very many rows are in them.
    PostgreSQL makes a plan before it knows parameters, and would read all rows. Not where a key
    names the row: a server that has counted in the night that nothing is open may look up what is
    open all day.
    """
    chosen: ColumnElement[bool] = column.in_(
        [literal(word, literal_execute=True) for word in words]
    )
    return chosen


def is_known(column: Any) -> ColumnElement[bool]:
    """Say that a row has such a number: spelt out, as `index_of_known` says it."""
    known: ColumnElement[bool] = column != literal_column("''")
    return known


def of_texts(name: str, make: Callable[[Select[Any]], Statement]) -> dict[str, Statement]:
    """Make a question about a list of texts, given in JSON under a name.

    However long the list is, it is one statement with one parameter: hundreds of them take longer
    to put together than to answer.

    Args:
        name: Of the parameter.
        make: Makes the question of a subquery that gives the texts.
    """
    listed = {
        "sqlite": func.json_each(bindparam(name, type_=String)),
        "postgresql": func.json_array_elements_text(cast(bindparam(name, type_=String), JSON)),
    }
    return {
        dialect: make(select(each.table_valued("value").c.value))
        for dialect, each in listed.items()
    }


def hold(tx: Session, statement: Statement, /, **named: Any) -> None:
    """Run a ``SELECT … FOR UPDATE``: others who ask for the rows wait until this transaction ends.

    On SQLite there is nothing to run: whoever is in a transaction has the whole file.
    """
    if dialect_of(tx) != "sqlite":
        ask(tx, statement, **named)


def dialect_of(tx: Session) -> str:
    """Name the kind of database that a transaction is in."""
    return door_of(tx).dialect.name


def connection_of(tx: Session) -> Connection:
    """Give the connection of a transaction."""
    return door_of(tx).connection


def door_of(tx: Session) -> Door:
    """Give the door of a transaction; a session looks long for it, so it is kept beside it.

    With the transaction it is closed, and the next one has another.
    """
    kept: Door | None = tx.info.get(Door)
    if kept is None or kept.failed or kept.line.dbapi_connection is None:
        kept = tx.info[Door] = Door(tx.connection())
    return kept
