"""Open the database and give out transactions.

SQLite needs taming (see `_tame_sqlite`); PostgreSQL is used as it is. Everything above this module
sees one kind of transaction and one kind of trouble, `DatabaseAway`.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Connection, Dialect, Engine, create_engine, event, inspect
from sqlalchemy.engine import URL, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import IntegrityError, SQLAlchemyError
from sqlalchemy.orm import Session, sessionmaker
from sqlalchemy.pool import ConnectionPoolEntry

from floorhand.errors import Clash, DatabaseAway, DatabaseUnusable, Exchanged, NoRoom
from floorhand.store import notes
from floorhand.store.asking import Door
from floorhand.store.closing import close_in_the_end
from floorhand.store.lanes import Lanes
from floorhand.store.mounts import NETWORK_FILE_SYSTEMS, file_system
from floorhand.store.room import give_up_reserve
from floorhand.store.server import (
    STATEMENTS_KEPT_MAX,
    open_server,
    told_apart,
    untried_line,
)
from floorhand.store.troubles import cannot_open, name_of, path_of, say_away
from floorhand.store.turnstile import FairConnection, number_of

Transactions = sessionmaker[Session]
Result = TypeVar("Result")

BUSY_TIMEOUT_MS = 10_000
"""How long SQLite waits for a lock that the turnstile does not know of (a backup, a shell)."""

BEGIN = "BEGIN IMMEDIATE"

EXCHANGED = "The database file was moved, deleted or replaced."

CLASHES_MAX = 10
"""Times that a transaction is done again because another one was in its way."""

LANE = "LOCK TABLE alembic_version IN SHARE UPDATE EXCLUSIVE MODE"
"""Wait until nobody else writes who asks for it, in the order in which all have asked."""

STALLED_MAX_MS = 3_000
"""Who says nothing for so long in the middle of a turn has stopped: the server ends it."""

_OPENING = "; ".join(
    (
        "BEGIN ISOLATION LEVEL REPEATABLE READ",
        LANE,  # first: it alone takes no snapshot before it has waited
        f"SET LOCAL idle_in_transaction_session_timeout = {STALLED_MAX_MS}",
        "SET LOCAL synchronous_commit = off",
        notes.NOTES_ON,
    )
)
"""Begin a turn on PostgreSQL, in one message."""

_CLOSING = "COMMIT; SELECT pg_logical_emit_message(true, 'floorhand', '')"
"""End it, in one message: first the next one has its turn, then this one waits for the disk.

The second transaction writes a word into the server's log that nobody reads, and is over when that,
and so all before it, is on the disk, and on a standby that is waited for. Meanwhile others see what
is not there for good yet; what they make of it comes later in the log, and is there even later.
Source: PostgreSQL's manual, "Asynchronous Commit", "System Administration Functions".
"""

ADDRESSES = "Name an SQLite file, or postgresql+psycopg://user@host/database."

HEAD = "0001"
"""The newest migration. A test compares it with the migrations folder, which is slow to ask."""


def open_database(url: str, *, create: bool = True) -> Transactions:
    """Open the database, bring its tables up to date, and return a factory of transactions.

    Use as ``with transactions.begin() as tx:``; leaving the block commits, an error rolls back.

    Args:
        url: SQLAlchemy URL, or the path of an SQLite file.
        create: Make the database if it is missing or empty; else it must be there.

    Raises:
        DatabaseUnusable: Saying what is wrong with it and what to do.
        DatabaseAway: If it does not answer, or others have locked it: that may mend itself.
    """
    where = address_of(url)
    if where.get_backend_name() == "sqlite":
        look_at_file(Path(path_of(where)), create)
        arguments = {
            "factory": FairConnection,
            "timeout": BUSY_TIMEOUT_MS / 1000,
            "cached_statements": STATEMENTS_KEPT_MAX,
        }
        # A connection comes back with its transaction ended: nothing is left to roll back.
        engine = create_engine(where, connect_args=arguments, pool_reset_on_return=None)
        _tame_sqlite(engine)
    else:
        engine = open_server(where)
    event.listen(engine, "handle_error", say_away)
    close_in_the_end(engine.dispose)
    transactions = sessionmaker(engine, expire_on_commit=False, info={Lanes: Lanes(engine)})
    try:
        _bring_up_to_date(engine, name_of(where), create)
    except (SQLAlchemyError, DatabaseAway) as error:
        engine.dispose()
        raise cannot_open(error, name_of(where)) from error
    except DatabaseUnusable:
        engine.dispose()
        raise
    return transactions


def in_turn(transactions: Transactions, work: Callable[[Session], Result]) -> Result:
    """Do something in one transaction that no other one gets in the way of.

    It waits for its turn, on both databases: so a check and the write that depends on it are one
    unit, and all are served in the order in which they came. PostgreSQL could let many go on at
    once, and undo those whose reads others have overtaken; that is no faster, for scans are short,
    want the same few pages, and would have to be done again as soon as they meet.

    What writes on PostgreSQL without a turn (a service, a command) may have been quicker: then all
    is undone and done again. Rows that are locked against those are locked in one order: the seat,
    the guesses at its PIN, other seats of its worker, the paper that is worked on (`orders`,
    `delivery`), the place.

    Args:
        transactions: The database.
        work: What to do. It may be called more than once, so all that it changes is in ``tx``.

    Raises:
        DatabaseAway: If the database did not answer.
    """
    bound: Engine | Connection = transactions.kw["bind"]
    if isinstance(bound, Connection):  # its owner has a transaction open: this is a part of it
        with transactions.begin() as tx:
            return work(tx)
    engine = bound
    if engine.dialect.name == "sqlite":
        return _with_reserve(engine, transactions.kw["info"][Lanes], work)
    for _ in range(CLASHES_MAX):
        try:
            return _on_server(engine, work)
        except (Clash, IntegrityError) as clash:  # a key is there that was not when we began
            last = clash
    raise last


def take_turn_in(tx: Session) -> None:
    """Wait for a turn in a transaction that has just begun; on SQLite it begins with that.

    For what writes much, step by step, and reads before it writes what scans write, too.
    """
    connection = tx.connection()
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(LANE)


def _with_reserve(engine: Engine, lanes: Lanes, work: Callable[[Session], Result]) -> Result:
    """Do something; if there is no room for it, once more in that of the reserve."""
    try:
        return lanes.run(work)
    except NoRoom:
        if not give_up_reserve(engine):
            raise
    return lanes.run(work)


def _on_server(engine: Engine, work: Callable[[Session], Result], *, again: bool = True) -> Result:
    """Do something in a turn on PostgreSQL; on a new line if ours broke while nobody used it."""
    connection = untried_line(engine).execution_options(isolation_level="AUTOCOMMIT")
    with connection, connection.begin() as turn:  # the driver begins nothing itself, but commits
        try:
            connection.exec_driver_sql(_OPENING)
        except DatabaseAway:
            if not again or not connection.invalidated:
                raise
            turn.rollback()
        else:
            done = _on(connection, work)
            connection.exec_driver_sql(_CLOSING)
            return done
    return _on_server(engine, work, again=False)


def _on(connection: Connection, work: Callable[[Session], Result]) -> Result:
    """Do something in the transaction of a connection, which is quicker than one of a session."""
    tx = Session(connection, expire_on_commit=False)
    tx.info[Door] = Door(connection, notes=True)
    try:
        return work(tx)
    finally:
        if tx.in_transaction():  # it was asked something by SQLAlchemy's own road
            tx.close()


def sqlite_file(url: str) -> Path | None:
    """Name the file of an SQLite database; None if the address is another database's.

    Raises:
        DatabaseUnusable: If it is no address of a database.
    """
    where = address_of(url)
    return Path(path_of(where)) if where.get_backend_name() == "sqlite" else None


def dialect_of(url: str) -> Dialect:
    """Say how to speak to a database, without a word to it.

    Raises:
        DatabaseUnusable: If it is no address of a database, or its driver is not there.
    """
    where = address_of(url)
    is_file = where.get_backend_name() == "sqlite"
    return (create_engine(where) if is_file else open_server(where)).dialect


def address_of(url: str) -> URL:
    """Read where the database is: a URL, or the path of an SQLite file.

    Raises:
        DatabaseUnusable: If it is no address of a database.
    """
    if "://" not in url:
        return URL.create("sqlite", database=url)
    try:
        where = make_url(url)
        backend = where.get_backend_name()
    except (SQLAlchemyError, ValueError) as error:
        raise DatabaseUnusable(f"{url} is no address of a database. {ADDRESSES}") from error
    if backend not in ("sqlite", "postgresql"):
        raise DatabaseUnusable(f"{backend} is no database that floorhand knows. {ADDRESSES}")
    return told_apart(where)


def is_in_use(path: Path) -> bool:
    """Say whether another program has an SQLite file of ours open.

    Leaving write-ahead logging takes the file for oneself, and fails at once where others have it
    open, however idle (sqlite.org/wal.html). The next one who opens it turns logging on again.
    """
    connection = sqlite3.connect(path, timeout=0, isolation_level=None)
    try:
        connection.execute("PRAGMA journal_mode = DELETE")
    except sqlite3.OperationalError:
        return True
    finally:
        connection.close()
    return False


def copy_database(transactions: Transactions, target: Path) -> None:
    """Copy an SQLite database as it is now into a new file, and close it; nobody waits for that."""
    engine = engine_of(transactions)
    with closing(engine.raw_connection()) as source, closing(sqlite3.connect(target)) as copy:
        driver = source.driver_connection
        assert isinstance(driver, sqlite3.Connection), driver
        driver.backup(copy)
    engine.dispose()


def engine_of(transactions: Transactions) -> Engine:
    """Give the engine behind a factory, to close it or to look at its dialect."""
    engine: Engine = transactions.kw["bind"]
    return engine


def look_at_file(path: Path, create: bool) -> None:
    """Make sure that an SQLite file can be opened, or made if that is wanted.

    Raises:
        DatabaseUnusable: Saying what is wrong with it and what to do.
    """
    try:
        path.stat()
    except PermissionError as error:
        raise DatabaseUnusable(
            f"{path} cannot be opened. Check the permissions of its folder."
        ) from error
    except OSError:  # it is missing, or its name is none; said below
        pass
    if not path.name or path.is_dir():
        raise DatabaseUnusable(f"{path or 'The database'} is not a file. Name an SQLite file.")
    if not path.exists():
        if not create:
            raise DatabaseUnusable(f"There is no database {path}. Make one with: floorhand demo")
        if not path.parent.is_dir():
            raise DatabaseUnusable(f"There is no folder {path.parent}. Make it, or name another.")
    elif not create and not path.stat().st_size:
        raise DatabaseUnusable(say_empty(str(path)))
    if (kind := file_system(path.parent.resolve())) in NETWORK_FILE_SYSTEMS:
        raise DatabaseUnusable(
            f"{path} lies on a network file system ({kind}), where SQLite loses data. "
            "Put it on a local disk, or use PostgreSQL."
        )


def say_empty(shown: str) -> str:
    """Say that a database holds nothing yet."""
    return f"{shown} is empty: there is no warehouse in it. Make one with: floorhand demo"


def _tame_sqlite(engine: Engine) -> None:
    """Make SQLite behave as a ledger needs.

    The driver would begin a transaction only at the first write, so a check and the write that
    depends on it would not be one unit. BEGIN IMMEDIATE takes the write lock up front; the
    turnstile before it makes turns fair, and keeps commits from racing a checkpoint.
    Source: SQLAlchemy 2.1, dialects/sqlite/base.py, "Transactions with SQLite and the sqlite3
    driver"; sqlite.org/wal.html.
    """

    opened: list[int] = []  # the number of the file, once there is one

    @event.listens_for(engine, "do_connect")
    def _before_connect(*_: object) -> None:
        """Make no new file in place of one that is gone, and take no other one for it."""
        if opened and number_of(path_of(engine.url)) != opened[0]:
            raise Exchanged(EXCHANGED)

    @event.listens_for(engine, "connect")
    def _on_connect(connection: DBAPIConnection, _record: ConnectionPoolEntry) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode = WAL")
        cursor.execute("PRAGMA synchronous = FULL")
        cursor.execute("PRAGMA foreign_keys = ON")
        cursor.close()
        assert isinstance(connection, FairConnection), connection
        notes.prepare_sqlite(connection)

    @event.listens_for(engine, "begin")
    def _on_begin(connection: Connection) -> None:
        driver = connection.connection.dbapi_connection
        assert isinstance(driver, FairConnection), driver
        if driver.in_transaction:  # that of a lane, in which SQLAlchemy's own road is taken, too
            return
        driver.take_turn()
        try:
            if not driver.is_there():
                raise Exchanged(EXCHANGED)
            driver.execute(BEGIN)
            if not opened and driver.number:
                opened.append(driver.number)
        except sqlite3.Error as error:
            driver.give_turn()
            connection._handle_dbapi_exception(error, BEGIN, (), None, None)
        except BaseException:
            driver.give_turn()
            raise


def _bring_up_to_date(engine: Engine, shown: str, create: bool) -> None:
    """Migrate if the schema is behind. Alembic is slow to import, so it is asked only then."""
    with engine.connect() as connection:
        names = set(inspect(connection).get_table_names())
        version = None
        if "alembic_version" in names:
            version = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
            # Changes nothing, and is never committed: it fails now if writing would fail later.
            connection.exec_driver_sql("UPDATE alembic_version SET version_num = version_num")
    if version == HEAD:
        return
    if not names and not create:
        raise DatabaseUnusable(say_empty(shown))
    if version is None and names - {"alembic_version"}:
        raise DatabaseUnusable(
            f"{shown} holds other tables than floorhand's. Name another database."
        )
    if version is not None and str(version) > HEAD:
        raise DatabaseUnusable(
            f"{shown} was written by a newer floorhand (schema {version}, this one knows {HEAD}). "
            "Install the newer version."
        )
    from alembic.util import CommandError

    from floorhand.store.migrations import upgrade

    try:
        upgrade(engine)
    except CommandError as error:
        raise DatabaseUnusable(f"{shown} has a schema {version} that nobody wrote.") from error
    if engine.dialect.name == "sqlite":
        from floorhand.store.statistics import tell_planner

        with engine.begin() as connection:
            tell_planner(connection)
        engine.dispose()  # the planner reads statistics when a connection is opened
