"""Copy an SQLite file while people work in it, prove the copy, and put one back.

A copy is made by SQLite's own backup, in steps, of a snapshot: whoever writes meanwhile neither
waits for it nor makes it begin anew. What is written is handed to the disk in small parts, so that
no commit has to wait for a large one. It ends as one file, without a log beside it.
Source: sqlite.org/backup.html; sqlite.org/c3ref/backup_finish.html; sqlite.org/wal.html.
"""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from floorhand.errors import DatabaseUnusable
from floorhand.store.beside import give_rights
from floorhand.store.db import HEAD
from floorhand.store.giving_way import LOOKS_WITHIN_S, wanted
from floorhand.store.room import require_room
from floorhand.store.snapshot import broken_rules, reading_uri, schema_of, snapshot
from floorhand.store.troubles import explain
from floorhand.store.violation import Violation
from floorhand.store.whole_file import written_whole

PAGES_AT_ONCE: Final = 1_024
"""Pages that are copied in one step: 4 MiB, which a disk has written before a commit is missed."""

FAULTS_MAX: Final = 100
"""Beyond this many a list of what is damaged helps nobody."""

LOOK_AGAIN_S: Final = 0.05

DAMAGED: Final = ("SQLITE_CORRUPT", "SQLITE_NOTADB")
LOGS: Final = ("-wal", "-shm", "-journal")
"""What SQLite keeps beside a file while it is open, and after a crash."""

Tell = Callable[[str, int, int], None]
"""Hears what is being done, how much of it is done, and how much there is."""


@dataclass(frozen=True, slots=True)
class Proof:
    """What was found in a file that is whole.

    ``broken`` is None if its schema is an older one, whose rules cannot be asked.
    """

    schema: str
    size: int
    broken: tuple[Violation, ...] | None


@dataclass(frozen=True, slots=True)
class Restored:
    """What was put back, and what the warehouse before it is called now; None: there was none."""

    proof: Proof
    kept: Path | None


def back_up(source: Path, target: Path, *, replace: bool, tell: Tell) -> Proof:
    """Copy a warehouse as it is now into a file of its own, and prove it before it gets its name.

    Raises:
        DatabaseUnusable: If it cannot be read, or the copy not be written, or is not whole.
    """
    if not source.is_file():
        raise DatabaseUnusable(f"There is no database {source}.")
    if target.exists() and target.samefile(source):
        raise DatabaseUnusable(f"{target} is the warehouse itself. Name another file.")
    with written_whole(target, replace=replace) as part:
        require_room(target.parent, source.stat().st_size, source)
        with suppress(OSError):  # then only who made it may read it
            give_rights(source.stat(), part)
        with _opened(str(source), source) as opened:
            with suppress(sqlite3.OperationalError):  # whoever may only read need not do it
                opened.execute("PRAGMA journal_mode = WAL")
            _copy(opened, part, tell, source, target)
        return prove(part, tell, shown=source)


def restore(file: Path, target: Path, now: datetime, *, anyway: bool, tell: Tell) -> Restored:
    """Put a copy in the place of a warehouse, which is kept beside it.

    Args:
        file: The copy; it stays where it is.
        target: The file that terminals open.
        now: Gives the one before it its new name.
        anyway: Although rules are broken in the copy.
        tell: Hears of the progress.

    Raises:
        DatabaseUnusable: If somebody has the warehouse open, or the copy is not what it should be.
    """
    if not file.is_file():
        raise DatabaseUnusable(f"There is no file {file}. Name one that db backup has written.")
    target = target.resolve()
    there = target.exists()
    if there and target.samefile(file):
        raise DatabaseUnusable(f"{file} is the warehouse itself. Name a backup of it.")
    with _alone(target), written_whole(target, replace=True) as part:
        require_room(target.parent, file.stat().st_size, target)
        with _opened(reading_uri(file), file) as opened:
            _copy(opened, part, tell, file, target)
        proof = prove(part, tell, shown=file)
        if proof.broken and not anyway:
            raise DatabaseUnusable(
                f"{file} breaks {len(proof.broken)} rules, the first: {proof.broken[0]}. "
                "To put it back all the same, say --anyway."
            )
        _give_rights(target if there else file, part, target)
        kept = _keep(target, f"before-{now:%Y%m%dT%H%M%S}") if there else None
    return Restored(proof, kept)


def prove(file: Path, tell: Tell, *, shown: Path) -> Proof:
    """Read all of a warehouse that nobody writes to, and check what it says.

    Args:
        file: Where it is.
        tell: Hears of the progress.
        shown: What to call it.

    Raises:
        DatabaseUnusable: If it is damaged, no warehouse, or of a newer version.
    """
    tell("reading it through", 0, 1)
    with snapshot(str(file), shown=str(shown)) as connection:
        if (faults := integrity(connection.exec_driver_sql, "integrity_check")) != ():
            raise DatabaseUnusable(
                f"{shown} is damaged ({faults[0]}), so nothing was written. Use an earlier backup."
            )
        schema = schema_of(connection)
        if schema is None:
            raise DatabaseUnusable(f"{shown} holds no warehouse of floorhand.")
        if schema > HEAD:
            raise DatabaseUnusable(
                f"{shown} was written by a newer floorhand (schema {schema}, this one knows "
                f"{HEAD}). Install the newer version."
            )
        tell("checking the stock", 0, 1)
        broken = broken_rules(connection) if schema == HEAD else None
    tell("checking the stock", 1, 1)
    return Proof(schema, file.stat().st_size, broken)


def integrity(execute: Callable[[str], Iterable[Any]], pragma: str) -> tuple[str, ...]:
    """List what is damaged in an SQLite file, by one of its two pragmas; empty if nothing is."""
    rows = execute(f"PRAGMA {pragma}({FAULTS_MAX})")
    told = [line for row in rows for line in str(row[0]).splitlines()]
    return () if told == ["ok"] else tuple(line for line in told if not line.startswith("***"))


@contextmanager
def _opened(name: str, file: Path) -> Iterator[sqlite3.Connection]:
    try:
        connection = sqlite3.connect(name, uri=name.startswith("file:"), isolation_level=None)
    except sqlite3.Error as error:
        raise explain(error, str(file)) from error
    with closing(connection):
        yield connection


def _copy(opened: sqlite3.Connection, part: Path, tell: Tell, source: Path, target: Path) -> None:
    """Copy page by page what an open file holds now, into one that nobody else opens."""
    written = os.open(part, os.O_RDWR)

    def step(_status: int, remaining: int, total: int) -> None:
        os.fsync(written)
        tell("copying", total - remaining, total)

    try:
        with closing(sqlite3.connect(part, isolation_level=None)) as copy:
            copy.execute("PRAGMA synchronous = OFF")
            opened.execute("BEGIN")
            opened.execute("SELECT count(*) FROM sqlite_master").fetchone()
            opened.backup(copy, pages=PAGES_AT_ONCE, progress=step, sleep=0)
            opened.execute("ROLLBACK")
            copy.execute("PRAGMA journal_mode = DELETE")
    except sqlite3.Error as error:
        is_source = error.sqlite_errorname.startswith(DAMAGED)
        raise explain(error, str(source if is_source else target)) from error
    except OSError as error:
        raise DatabaseUnusable(f"{target} cannot be written ({error.strerror}).") from error
    finally:
        os.close(written)


@contextmanager
def _alone(target: Path) -> Iterator[None]:
    """Keep others from opening a file; what was in its log is in it then.

    Boards let go of it within seconds. One that SQLite cannot read keeps nobody out. Whoever has
    that open is told, at his next scan, that another file has taken its place.

    Raises:
        DatabaseUnusable: If somebody has it open, or it may not be written.
    """
    if not target.exists():
        yield
        return
    with wanted(target), closing(_connected(target)) as own:
        until = time.monotonic() + LOOKS_WITHIN_S
        while not _is_mine(own, target):
            if time.monotonic() > until:
                raise _is_open(target)
            time.sleep(LOOK_AGAIN_S)
        yield


def _connected(target: Path) -> sqlite3.Connection:
    return sqlite3.connect(target, timeout=0, isolation_level=None)


def _is_mine(own: sqlite3.Connection, target: Path) -> bool:
    """Try to get a file alone; one that SQLite cannot read is anybody's."""
    try:
        own.execute("PRAGMA journal_mode = DELETE")
        own.execute("BEGIN EXCLUSIVE")
        mode = own.execute("PRAGMA journal_mode").fetchone()
        if mode != ("delete",):  # somebody came in between
            own.execute("ROLLBACK")
    except sqlite3.Error as error:
        if error.sqlite_errorname.startswith("SQLITE_BUSY"):
            return False
        if not error.sqlite_errorname.startswith(DAMAGED):
            raise explain(error, str(target)) from error
        return True
    return bool(mode == ("delete",))


def _is_open(target: Path) -> DatabaseUnusable:
    return DatabaseUnusable(
        f"{target} is open in a terminal, a spool or another program. Close all of them first: "
        "F12 twice leaves a terminal."
    )


def _give_rights(model: Path, part: Path, target: Path) -> None:
    try:
        give_rights(model.stat(), part)
    except OSError as error:
        raise DatabaseUnusable(
            f"The owner, the group and the mode of {model} cannot be given to {target} "
            f"({error.strerror}), so others could not open it. Restore as the login that owns it."
        ) from error


def _keep(file: Path, ending: str) -> Path:
    """Give a file a second name, with the logs of one that was not closed; it loses its first."""
    kept = file.with_name(f"{file.name}.{ending}")
    try:
        os.link(file, kept)  # so that there is a warehouse at any moment
    except FileExistsError as error:
        raise DatabaseUnusable(f"{kept} is there already. Try again in a second.") from error
    except OSError:  # a disk that knows no second name for a file
        os.rename(file, kept)
    for log in LOGS:
        with suppress(FileNotFoundError):
            os.rename(f"{file}{log}", f"{kept}{log}")
    return kept
