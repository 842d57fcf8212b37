"""Who sends the labels of a site: one spool at a time, whoever dies.

The lock is one that the system takes away from whoever ends, however he ends: a transaction held
open in a file of its own beside an SQLite database, an advisory lock of a session on PostgreSQL.
Each time it changes hands a number in the database is counted up. A spool that has lost its line to
the server, and with it the lock, cannot begin a label any more: its number is an old one.
"""

from __future__ import annotations

import re
import socket
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext
from datetime import datetime
from pathlib import Path
from typing import Final, cast

from sqlalchemy import Connection, Engine, TableClause, bindparam, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import SQLAlchemyError

from floorhand.errors import DatabaseAway
from floorhand.store.asking import ask
from floorhand.store.beside import make_alike
from floorhand.store.db import Transactions, engine_of
from floorhand.store.news import News
from floorhand.store.schema import Spooler
from floorhand.store.server import hung_up_if_silent
from floorhand.store.troubles import path_of

FILE_LOOKS_S: Final = 0.05
"""How often a file is asked for its version while people work, which costs little."""

SERVER_LOOKS_S: Final = 1.0
"""How often a server is asked: it tells of labels by itself, not of what the office has decided."""

SILENT_MAX_S: Final = 20.0
"""On a line on which a server has said nothing for so long it will say nothing any more."""

LOCK: Final = text("SELECT pg_try_advisory_lock(hashtext('floorhand spool'), hashtext(:site))")

HELD: Final = text(
    "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objsubid = 2"
    " AND classid = CAST(hashtext('floorhand spool') AS oid)"
    " AND objid = CAST(hashtext(:site) AS oid)"
    " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
)
"""Where the lock above is seen. Source: PostgreSQL manual, "pg_locks"."""

UNREADABLE: Final = "this login may not read the lock file beside the database"

EPOCH: Final = "SELECT epoch FROM spooler WHERE site = ?"

_SPOOLER = cast(TableClause, Spooler.__table__)


class Hold:
    """The right to send the labels of a site, as long as this program lives.

    ``epoch`` is its number. ``look_every_s`` is how often to ask whether there is something new.
    ``knows_news`` says whether the answer is more than that there may be.
    """

    knows_news = False

    def __init__(self, epoch: int, look_every_s: float) -> None:
        self.epoch = epoch
        self.look_every_s = look_every_s

    def is_mine(self) -> bool:
        """Say whether it is still held."""
        return True

    def has_news(self) -> bool:
        """Say whether there may be something new in the database."""
        return True

    def watched(self) -> AbstractContextManager[None]:
        """See that no question of the block waits for ever for its answer."""
        return nullcontext()

    def listen(self, wake: Callable[[], None]) -> None:
        """Have somebody woken when a label is asked for, where the database tells that."""


class _FileHold(Hold):
    """That of an SQLite database, which says itself when somebody has written to it."""

    knows_news = True

    def __init__(self, epoch: int, path: str, site: str) -> None:
        super().__init__(epoch, FILE_LOOKS_S)
        self._site = site
        self.connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._version: int | None = None
        self.has_news()

    def is_mine(self) -> bool:
        """Say whether nobody has taken it up since: a lock file that is removed keeps nobody out.

        While the database does not answer, the lock is what counts.
        """
        try:
            found = self.connection.execute(EPOCH, (self._site,)).fetchone()
        except sqlite3.Error:
            return True
        return bool(found == (self.epoch,))

    def has_news(self) -> bool:
        """Say whether somebody has written since the last time; a file that fails is news."""
        try:
            (version,) = self.connection.execute("PRAGMA data_version").fetchone()
        except sqlite3.Error:
            return True
        before, self._version = self._version, version
        return bool(before != version)


class _ServerHold(Hold):
    """That of a server: it is lost with the line."""

    def __init__(self, epoch: int, line: Connection, site: str) -> None:
        super().__init__(epoch, SERVER_LOOKS_S)
        self._line = line
        self._site = site
        self._news: News | None = None

    def is_mine(self) -> bool:
        """Ask the server on the very line that holds the lock."""
        try:
            self._line.execute(text("SELECT 1"))
        except (SQLAlchemyError, DatabaseAway):
            return False
        return True

    def watched(self) -> AbstractContextManager[None]:
        """Cut all lines to a server that is silent: those that printers are fed by, too."""
        return hung_up_if_silent(SILENT_MAX_S)

    def listen(self, wake: Callable[[], None]) -> None:
        """Let the server tell, on a line of its own."""
        self._news = News(self._line.engine, self._site, wake)
        self._news.start()

    def end(self) -> None:
        """Listen no more."""
        if self._news is not None:
            self._news.end()


@contextmanager
def single(transactions: Transactions, site: str, now: datetime) -> Iterator[Hold | None]:
    """Try to become the one who sends the labels of a site.

    Yields:
        The right to do it, until the block is left; None if somebody else has it.

    Raises:
        DatabaseAway: If the database did not answer.
        DatabaseUnusable: If the lock file cannot be written.
    """
    bound: Engine | Connection = transactions.kw["bind"]
    if isinstance(bound, Connection):  # its owner has a transaction open: nobody else sees it
        yield Hold(_count_up(transactions, site, now), SERVER_LOOKS_S)
    elif bound.dialect.name == "sqlite":
        with _single_at_file(transactions, path_of(bound.url), site, now) as hold:
            yield hold
    else:
        with _single_at_server(transactions, bound, site, now) as hold:
            yield hold


def is_held(transactions: Transactions, site: str) -> bool | None:
    """Say whether somebody sends the labels of a site now; takes nothing from anybody.

    None: this login may not read the lock file, so it cannot know.
    """
    engine = engine_of(transactions)
    if engine.dialect.name != "sqlite":
        with transactions.begin() as tx:
            return bool(tx.scalar(HELD, {"site": site}))
    lock = Path(lock_file(path_of(engine.url), site)).absolute()
    if not lock.exists():
        return False
    try:
        with closing(sqlite3.connect(f"{lock.as_uri()}?mode=ro", timeout=0, uri=True)) as reader:
            reader.execute("SELECT count(*) FROM sqlite_master")
    except sqlite3.OperationalError as error:
        return None if error.sqlite_errorcode == sqlite3.SQLITE_CANTOPEN else True
    return False


def note_stuck(transactions: Transactions, site: str, why: str) -> None:
    """Write down why nobody can send labels, for all who wait for some.

    Who takes them up later says so by taking them up; who is at it already, by an empty ``why``.
    """
    with transactions.begin() as tx:
        spooler = tx.get(Spooler, site)
        if spooler is not None:
            spooler.stuck = why
        elif why:
            tx.add(Spooler(site=site, stuck=why))


@contextmanager
def _single_at_file(
    transactions: Transactions, path: str, site: str, now: datetime
) -> Iterator[Hold | None]:
    file = lock_file(path, site)
    make_alike(path, file)
    with closing(sqlite3.connect(file, timeout=0, isolation_level=None)) as lock:
        try:
            lock.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError:
            yield None
            return
        hold = _FileHold(_count_up(transactions, site, now), path, site)
        with closing(hold.connection):
            yield hold


@contextmanager
def _single_at_server(
    transactions: Transactions, engine: Engine, site: str, now: datetime
) -> Iterator[Hold | None]:
    line = engine.connect().execution_options(isolation_level="AUTOCOMMIT")
    locked = True  # unless the server says that it is not
    try:
        locked = bool(line.scalar(LOCK, {"site": site}))
        if not locked:
            yield None
            return
        hold = _ServerHold(_count_up(transactions, site, now), line, site)
        try:
            yield hold
        finally:
            hold.end()
    finally:
        if locked:
            line.invalidate()  # closed, not given back: the lock would go on with the pool
        line.close()


def lock_file(path: str, site: str) -> str:
    """Name the file whose lock says who sends the labels of a site."""
    name = re.sub(r"[^A-Za-z0-9_-]", lambda found: f"%{ord(found[0]):x}", site)
    return f"{path}.spool-{name}"


_TAKE = {
    dialect: module.insert(_SPOOLER)
    .values(
        site=bindparam("site"),
        epoch=1,
        host=bindparam("host"),
        since=bindparam("since"),
        stuck="",
        condition="",
        told="",
    )
    .on_conflict_do_update(
        index_elements=["site"],
        set_={
            "epoch": _SPOOLER.c.epoch + 1,
            "host": bindparam("host"),
            "since": bindparam("since"),
            "stuck": "",
        },
    )
    .returning(_SPOOLER.c.epoch)
    for dialect, module in (("sqlite", sqlite), ("postgresql", postgresql))
}


def _count_up(transactions: Transactions, site: str, now: datetime) -> int:
    with transactions.begin() as tx:
        taken = ask(tx, _TAKE, site=site, host=socket.gethostname(), since=now)
        return int(taken.scalar())
