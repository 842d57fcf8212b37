"""Keep what a turn needs of SQLite from one turn to the next: a connection, its session, its door.

Taking a connection from a pool, putting a session on it and giving all of it back costs as much as
four statements, and having SQLAlchemy begin and commit as much as one. A lane is used by one turn
at a time; whatever fails in one closes it, so the next turn never meets what an error left behind.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from typing import Final, TypeVar

from sqlalchemy import Connection, Engine, event
from sqlalchemy.orm import Session

from floorhand.store import notes
from floorhand.store.asking import Door
from floorhand.store.turnstile import FairConnection

Result = TypeVar("Result")

IDLE_MAX: Final = 2
"""Lanes that are kept while nobody uses them; a terminal takes one scan at a time."""


class Lane:
    """A connection with a session on it and the door that statements go through."""

    __slots__ = ("connection", "door", "driver", "session")

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.session = Session(connection, expire_on_commit=False)
        self.door = Door(connection)
        driver = connection.connection.driver_connection
        assert isinstance(driver, FairConnection), driver
        self.driver = driver
        self.session.info[Door] = self.door

    def run(self, work: Callable[[Session], Result]) -> Result:
        """Do something in one transaction; it is undone after an error."""
        self._get_ready()
        self.door.listen()
        self.connection.dispatch.begin(self.connection)  # who listens to that begins it
        try:
            result = work(self.session)
            assert not self.door.failed, "a statement failed, which has ended the transaction"
            self._commit()
        except BaseException:
            self._undo()
            raise
        return result

    def _get_ready(self) -> None:
        """Be ready to note what a scan changes, before anybody has to wait for this turn."""
        try:
            notes.get_ready(self.driver)
        except sqlite3.Error as error:
            self.connection._handle_dbapi_exception(error, None, None, None, None)

    def _commit(self) -> None:
        """Commit by the road on which the database was asked: the door's, or SQLAlchemy's own."""
        if self.session.in_transaction():
            self.session.commit()
            self.session.close()
        elif self.connection.in_transaction():
            self.connection.commit()
        else:
            try:
                self.driver.commit()
            except BaseException as error:  # noqa: BLE001  (what is called there always raises)
                self.connection._handle_dbapi_exception(error, None, None, None, None)

    def _undo(self) -> None:
        self.session.close()
        self.connection.rollback()
        if not self.connection.invalidated:
            self.driver.rollback()


class Lanes:
    """The lanes of one database."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._idle: list[Lane] = []
        event.listen(engine, "engine_disposed", self._close)

    def run(self, work: Callable[[Session], Result]) -> Result:
        """Do something in one transaction, on a lane that nobody else is on.

        Raises:
            DatabaseAway: If the database did not answer.
        """
        try:
            lane = self._idle.pop()  # one step, so no two threads get the same
        except IndexError:
            lane = Lane(self._engine.connect())
        try:
            result = lane.run(work)
        except BaseException:
            lane.connection.close()
            raise
        if len(self._idle) < IDLE_MAX:
            self._idle.append(lane)
        else:
            lane.connection.close()
        return result

    def _close(self, _engine: Engine) -> None:
        """Close the files of idle lanes: their pool is gone, nobody else would."""
        while self._idle:
            connection = self._idle.pop().connection
            connection.detach()
            connection.close()
