"""Warehouses to measure in: the demo, with a past if that is asked for, in two equal databases."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from sqlalchemy import NullPool, create_engine, make_url, text

from floorhand.robots import supply
from floorhand.robots.demo import build_demo
from floorhand.robots.history import write_history
from floorhand.store.db import engine_of, open_database, sqlite_file

SITE = "BENCH"
BUILT, TURNS, BARE = "floorhand_bench", "floorhand_bench_turns", "floorhand_bench_bare"
MONTH = "floorhand_bench_month"
"""Databases on a PostgreSQL server."""

PART = "part"
"""Ends the name of what is being built: a run that is ended before it is whole leaves it, and the
next one begins anew."""


@contextmanager
def two_databases(
    folder: Path | None, moves: int, keep: Path | None, server: str
) -> Iterator[tuple[str, str]]:
    """Make two databases that hold the same, and remove them in the end.

    Args:
        folder: Where files are made; None: where the system keeps temporary files.
        moves: How many moves the past has; 0: no past, just the demo.
        keep: A file to keep what was built in, and to take it from if it is there; on a server
            anything keeps the database ``floorhand_bench``.
        server: URL of any database on a PostgreSQL server; empty: SQLite.
    """
    if server and sqlite_file(server) is None:
        build = partial(_build, moves=moves)
        with _on_server(server, BUILT, (TURNS, BARE), build, bool(keep)) as (url, copy):
            yield url, copy
        return
    with tempfile.TemporaryDirectory(prefix="floorhand-bench-", dir=folder) as temporary:
        built = keep or Path(temporary) / "built.db"
        if not built.exists():
            _build_file(built, partial(_build, moves=moves))
        made = (str(Path(temporary) / "turns.db"), str(Path(temporary) / "bare.db"))
        for copy in made:
            _copy(built, copy)
        yield made


Build = Callable[[str], None]
"""Fills an empty database, given its address."""


@contextmanager
def one_database(
    folder: Path | None, build: Build, keep: Path | None, server: str
) -> Iterator[str]:
    """Make a database to measure in, and remove it in the end; otherwise as `two_databases`.

    On a server what is kept is the database ``floorhand_bench_month``.
    """
    if server and sqlite_file(server) is None:
        with _on_server(server, MONTH, (TURNS,), build, bool(keep)) as (url,):
            yield url
        return
    with tempfile.TemporaryDirectory(prefix="floorhand-bench-", dir=folder) as temporary:
        built = keep or Path(temporary) / "built.db"
        if not built.exists():
            _build_file(built, build)
        url = str(Path(temporary) / "turns.db")
        _copy(built, url)
        yield url


def _build_file(whole: Path, build: Build) -> None:
    """Build a file in a folder beside, with all that SQLite and we put next to it, and move it."""
    part = whole.with_name(f"{whole.name}.{PART}")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir()
    build(str(part / whole.name))
    (part / whole.name).replace(whole)
    shutil.rmtree(part)


def _copy(built: Path, copy: str) -> None:
    """Copy a database down to the disk: else the first scans would wait until it is there."""
    shutil.copyfile(built, copy)
    with open(copy, "rb+") as written:
        os.fsync(written)


@contextmanager
def _on_server(
    server: str, built: str, copies: tuple[str, ...], build: Build, keep: bool
) -> Iterator[tuple[str, ...]]:
    url = make_url(server)

    def named(name: str) -> str:
        return url.set(database=name).render_as_string(hide_password=False)

    admin = create_engine(url, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with admin.connect() as connection:

        def drop(*names: str) -> None:
            for name in names:
                connection.execute(text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))

        drop(*copies)
        there = text("SELECT 1 FROM pg_database WHERE datname = :name")
        if not connection.execute(there, {"name": built}).scalar():
            part = f"{built}_{PART}"
            drop(part)
            connection.execute(text(f"CREATE DATABASE {part}"))
            build(named(part))
            connection.execute(text(f"ALTER DATABASE {part} RENAME TO {built}"))
        for name in copies:
            connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {built} STRATEGY file_copy"))
        try:
            yield tuple(named(name) for name in copies)
        finally:
            drop(*copies, *(() if keep else (built,)))


def _build(url: str, moves: int) -> None:
    transactions = open_database(url)
    now = datetime.now(UTC)
    try:
        build_demo(transactions, SITE, now)
        if moves:
            write_history(transactions, SITE, moves, now)
        with transactions.begin() as tx:
            supply.hire(tx, SITE, 1)
    finally:
        engine_of(transactions).dispose()
