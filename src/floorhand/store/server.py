"""Connect to PostgreSQL so that a line that was cut, or a server that died, is noticed in seconds.

By itself TCP takes a silent peer for a slow one, for a quarter of an hour while something is on its
way, for two hours while nothing is. A terminal whose Wi-Fi was cut would wait that long although
the line is long back, and a server would keep what a vanished terminal had locked. So both ends
probe a line that is quiet and give up one that does not acknowledge, and no statement waits for a
lock or holds one for ever.
Source: PostgreSQL's manual, "Parameter Key Words" of libpq, and "TCP Settings", "Statement
Behavior" of the server; Linux, tcp(7) and RFC 5482 for what the system does by itself.
"""

from __future__ import annotations

import logging
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Event, Lock, Thread, local
from typing import Any, Final
from weakref import WeakSet

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import ConnectionPoolEntry

from floorhand.errors import DatabaseUnusable

STATEMENTS_KEPT_MAX: Final = 600
"""Prepared statements that a connection keeps: more than all jobs together have."""

CONNECT_MAX_S: Final = 5
"""A server that has not let somebody in by then is tried again."""

JOINS_AT_ONCE_MAX: Final = 4
"""Tables whose order of joining a server looks for; what scans ask begins with the fewest rows."""

QUIET_MAX_S: Final = 3
PROBE_EVERY_S: Final = 1
PROBES_MAX: Final = 3
"""A line on which nothing came for so long is probed; three probes without an answer: it is cut."""

UNACKNOWLEDGED_MAX_MS: Final = 6_000
"""What was sent and not acknowledged for so long was sent into nothing."""

LOCK_MAX_MS: Final = 10_000
"""Longer than any scan holds what another one needs; as long as SQLite waits."""

IDLE_MAX_MS: Final = 60_000
"""Who does nothing for so long in the middle of a transaction has stopped, and holds others up."""

CLIENT: Final = {
    "connect_timeout": CONNECT_MAX_S,
    "keepalives_idle": QUIET_MAX_S,
    "keepalives_interval": PROBE_EVERY_S,
    "keepalives_count": PROBES_MAX,
    "tcp_user_timeout": UNACKNOWLEDGED_MAX_MS,
}
"""What a line is opened with, unless its address says otherwise."""

THE_ONE_THAT_WRITES: Final = {"target_session_attrs": "read-write"}
"""Which of several servers is meant: a standby takes no scans."""

_UNTRIED: Final = local()
"""Whether this thread wants a line as it is."""

_LINES: Final[WeakSet[Any]] = WeakSet()
"""The open lines of this program."""
_LINES_LOCK: Final = Lock()


def open_server(where: URL) -> Engine:
    """Give an engine for a server, on whose lines scans can be taken.

    Raises:
        DatabaseUnusable: If the driver that the address names is not there.
    """
    engine = plain_server(where)
    event.listen(engine, "connect", _on_connect)
    return engine


def plain_server(where: URL) -> Engine:
    """Give an engine for a server, whose lines are as the server makes them.

    Raises:
        DatabaseUnusable: If the driver that the address names is not there.
    """
    logging.getLogger("psycopg").setLevel(logging.ERROR)  # it would write on the screen
    client = CLIENT if len(servers_in(where)) < 2 else {**CLIENT, **THE_ONE_THAT_WRITES}
    client = {name: value for name, value in client.items() if name not in where.query}
    try:
        # The line that was used last is used next: it has its statements prepared.
        engine = create_engine(where, pool_pre_ping=True, pool_use_lifo=True, connect_args=client)
    except (ImportError, SQLAlchemyError) as error:
        raise DatabaseUnusable(
            f"The driver for {where.drivername} is not there ({error}). "
            "Install floorhand with the extra: postgres."
        ) from error
    _try_lines_if_wanted(engine)
    _keep_statements(engine)
    return engine


def servers_in(where: URL) -> tuple[str, ...]:
    """Give the servers that an address names, the first one that is tried first."""
    named = where.query.get("host", where.host or "")
    return tuple(named.split(",")) if isinstance(named, str) else named


def told_apart(where: URL) -> URL:
    """Write ``host=a:5432,b:5432`` of an address as SQLAlchemy reads it, which wants each alone."""
    servers = servers_in(where)
    if len(servers) < 2 or not any(":" in server for server in servers):
        return where
    return where.update_query_dict({"host": servers})


def hang_up() -> None:
    """Cut all lines that this program has open: who waits on one is told at once.

    It may be called on any thread. It is for a peer that acknowledges all and answers nothing, such
    as a proxy that lost its other side: nothing else ends that. SQLite has no lines.
    """
    if not _LINES:
        return
    from psycopg import Error

    with _LINES_LOCK:
        lines = list(_LINES)
    for connection in lines:
        with (
            suppress(OSError, Error),  # it was closed by itself meanwhile
            socket.socket(fileno=os.dup(connection.fileno())) as line,
        ):
            line.shutdown(socket.SHUT_RDWR)


@contextmanager
def hung_up_if_silent(after_s: float) -> Iterator[None]:
    """Cut all lines, each time that the block has waited for so long: see `hang_up`."""
    left = Event()

    def watch() -> None:
        while not left.wait(after_s):
            hang_up()

    Thread(target=watch, name="silence", daemon=True).start()
    try:
        yield
    finally:
        left.set()


def untried_line(engine: Engine) -> Connection:
    """Give a line of an engine made here, without asking first whether it is still there.

    It saves a message to the server. Whoever takes it has to take another one if it broke.
    """
    _UNTRIED.wanted = True
    try:
        return engine.connect()
    finally:
        _UNTRIED.wanted = False


def _try_lines_if_wanted(engine: Engine) -> None:
    usual = engine.dialect.do_ping

    def ping(connection: DBAPIConnection) -> bool:
        return getattr(_UNTRIED, "wanted", False) or usual(connection)

    engine.dialect.do_ping = ping  # type: ignore[method-assign, assignment]  # no event asks


def _keep_statements(engine: Engine) -> None:
    """Let a transaction that is rolled back leave the statements that its line has prepared.

    The driver throws all of them away then, for a table may have been made and undone with it: a
    scan that is refused would have hundreds planned anew, at a hundred times what running them
    costs. Nothing that is done again and again changes tables. So the word goes to the server past
    the driver's account of statements, which the server itself keeps through a rollback.
    """
    usual = engine.dialect.do_rollback

    def roll_back(connection: Any) -> None:
        from psycopg.pq import ExecStatus, TransactionStatus

        line = connection.pgconn
        if line.transaction_status == TransactionStatus.IDLE:
            return
        if line.exec_(b"ROLLBACK").status != ExecStatus.COMMAND_OK:
            usual(connection)  # which says what is wrong

    engine.dialect.do_rollback = roll_back  # type: ignore[method-assign, assignment]  # no event


def _on_connect(connection: DBAPIConnection, _record: ConnectionPoolEntry) -> None:
    """Prepare a new connection, and let the server give up its line as soon as we would."""
    with _LINES_LOCK:
        _LINES.add(connection)
    get_line_ready(connection)


def get_line_ready(connection: Any) -> None:
    """Set what a scan needs on a line of ``psycopg``, whoever opened it."""
    connection.prepared_max = STATEMENTS_KEPT_MAX
    cursor = connection.cursor()
    cursor.execute(_server_side())
    cursor.close()
    connection.commit()


def _server_side() -> str:
    """Write what a session sets on its server.

    What scans ask is the same a million times, each by a full key: a plan made once serves all, and
    making one takes longer than following it.
    """
    settings = {
        "tcp_keepalives_idle": QUIET_MAX_S,
        "tcp_keepalives_interval": PROBE_EVERY_S,
        "tcp_keepalives_count": PROBES_MAX,
        "tcp_user_timeout": UNACKNOWLEDGED_MAX_MS,
        "lock_timeout": LOCK_MAX_MS,
        "idle_in_transaction_session_timeout": IDLE_MAX_MS,
        "plan_cache_mode": "force_generic_plan",
        "join_collapse_limit": JOINS_AT_ONCE_MAX,
        "jit": "off",
        "timezone": "UTC",
    }
    return "; ".join(f"SET {name} = {value}" for name, value in settings.items())
