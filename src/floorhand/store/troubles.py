"""What goes wrong in a database, whatever its driver, as errors that tell what to do about it."""

from __future__ import annotations

from sqlalchemy.engine import URL
from sqlalchemy.engine.interfaces import ExceptionContext
from sqlalchemy.exc import OperationalError

from floorhand.errors import Clash, DatabaseAway, DatabaseUnusable, NoRoom

CLASHED = frozenset({"40001", "40P01"})
"""What PostgreSQL says when transactions clash: serialization failure, deadlock (its manual,
appendix A)."""

DISK_STATES = frozenset({"53100", "58030"})
"""What it says when a disk is full, or input or output failed."""

READ_ONLY = "25006"
"""What it says to who would write to a standby: another server is the one that writes by now."""

NO_SUCH_STATE = "42"
NO_SUCH_NAMES = ("SQLITE_ERROR", "SQLITE_CORRUPT", "SQLITE_NOTADB")
"""How begins what PostgreSQL and SQLite say of a table or column that is not there, or a damaged
file (PostgreSQL's manual, appendix A; sqlite.org/rescode.html): asked again, they say it again."""


PASSES = (
    "is locked by another program",
    "connection refused",
    "connection reset",
    "server closed the connection",
    "timeout expired",
    "no route to host",
    "unreachable",
    "temporary failure in name resolution",
    "starting up",
    "shutting down",
    "recovery mode",
    "too many clients",
    "too many connections",
    "remaining connection slots",
    "takes no scans now",
)
"""Words of what passes by itself while a database is opened. The state of an answer is not to be
had there, only what libpq and the server make of it (PostgreSQL, src/interfaces/libpq/fe-connect.c
and src/backend/utils/init/postinit.c); in another language than English it ends the program."""


SECRETS = ("password", "sslpassword")
"""Words of an address that nobody may see, beside the password before the host."""


def path_of(where: URL) -> str:
    """Give the path of an SQLite file."""
    path = where.database or ""
    return path.removeprefix("file:") if "uri" in where.query else path


def name_of(where: URL) -> str:
    """Name a database to people: by its path, or its address without the password."""
    if where.get_backend_name() == "sqlite":
        return path_of(where)
    written = where.difference_update_query(SECRETS).render_as_string(hide_password=True)
    return str(written.replace("%3A", ":"))  # the ports of several servers


def say_away(context: ExceptionContext) -> None:
    """Turn "cannot reach, lock or write the database", in any driver, into the one we retry on.

    What no retry can mend must not become that: a worker would wait for ever.
    """
    if not isinstance(context.original_exception, Exception):
        return  # somebody interrupts the program
    if context.is_pre_ping and context.is_disconnect:
        return  # nothing was asked yet: the pool opens another line by itself
    state = getattr(context.original_exception, "sqlstate", None)
    if state in CLASHED:
        raise Clash(str(context.original_exception)) from context.original_exception
    if state == READ_ONLY:
        context.is_disconnect = True  # the next line leads to the one that writes
    where = name_of(context.engine.url) if context.engine is not None else "The database"
    if not context.is_disconnect and _is_for_ever(context.original_exception):
        raise explain(context.original_exception, where) from context.original_exception
    if context.is_disconnect or isinstance(context.sqlalchemy_exception, OperationalError):
        told = str(context.original_exception)
        if _is_disk(context.original_exception):
            raise NoRoom(_no_room(where, told)) from context.original_exception
        raise DatabaseAway(told) from context.original_exception


def _is_disk(error: Exception) -> bool:
    """Say whether a disk is full or fails, by the names that SQLite and PostgreSQL give to that."""
    name: str = getattr(error, "sqlite_errorname", "")
    state = getattr(error, "sqlstate", None)
    return name == "SQLITE_FULL" or name.startswith("SQLITE_IOERR") or state in DISK_STATES


def _is_for_ever(error: Exception) -> bool:
    """Say whether a database lacks what is asked for, or is damaged."""
    name: str = getattr(error, "sqlite_errorname", "")
    state: str = getattr(error, "sqlstate", None) or ""
    return name.startswith(NO_SUCH_NAMES) or state.startswith(NO_SUCH_STATE)


def cannot_open(error: Exception, shown: str) -> DatabaseUnusable | DatabaseAway:
    """Say why a database cannot be opened, and whether to wait for it or to give up."""
    unusable = explain(error, shown)
    told = str(unusable).casefold()
    return DatabaseAway(str(unusable)) if any(word in told for word in PASSES) else unusable


def explain(error: Exception, shown: str) -> DatabaseUnusable:
    """Say in one sentence why a database cannot be opened."""
    cause = str(getattr(error, "orig", None) or error.__cause__ or error).strip()
    first = cause.splitlines()[0] if cause else type(error).__name__
    if "session is read-only" in first or "hot standby" in first:
        return DatabaseUnusable(
            f"{shown} takes no scans now: each server that answers is a standby. "
            "Wait until one has taken over, or promote one."
        )
    if "read-only transaction" in first:
        return DatabaseUnusable(
            f"{shown} is a standby, or was made read-only. "
            "Name the server that writes, or all of them (?host=A:5432,B:5432)."
        )
    if "readonly" in first or "read-only" in first:
        return DatabaseUnusable(f"{shown} is read-only. Allow writing to it and to its folder.")
    if "not a database" in first:
        return DatabaseUnusable(f"{shown} is not an SQLite database. Name another file.")
    if "malformed" in first:
        return DatabaseUnusable(f"{shown} is damaged ({first}). Restore a copy of it.")
    if "FATAL" in first and "does not exist" in first:
        return DatabaseUnusable(
            f"{shown} is not there ({first}). "
            "Make the database and its user on the server, or name others."
        )
    if "no such" in first or "does not exist" in first:
        return DatabaseUnusable(
            f"{shown} was not made by this floorhand ({first}). "
            "Use the version that made it, or start with a new database."
        )
    if "disk" in first:
        return DatabaseUnusable(_no_room(shown, first))
    if "locked" in first:
        return DatabaseUnusable(f"{shown} is locked by another program. Close it and try again.")
    if "unable to open" in first:
        return DatabaseUnusable(f"{shown} cannot be opened. Check the path and the permissions.")
    return DatabaseUnusable(f"{shown} cannot be used: {first}.")


def _no_room(shown: str, told: str) -> str:
    return f"{shown} cannot be written ({told.splitlines()[0]}). Make room on its disk."
