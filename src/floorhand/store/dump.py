"""Copy a warehouse from a PostgreSQL server into a file, by the server's own tools, and prove it.

The rules are checked on the very state that is copied: both read one snapshot. What the archive
holds is read to its end before it gets its name.
Source: PostgreSQL's manual, "pg_dump" (--snapshot), "pg_restore", "Snapshot Synchronization
Functions".
"""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import Final

from sqlalchemy.engine import URL
from sqlalchemy.exc import SQLAlchemyError

from floorhand.errors import DatabaseUnusable
from floorhand.store.backup import Proof, Tell
from floorhand.store.db import HEAD, address_of
from floorhand.store.server_address import plain_address
from floorhand.store.snapshot import broken_rules, schema_of, snapshot
from floorhand.store.troubles import cannot_open, name_of
from floorhand.store.whole_file import written_whole

SUFFIX: Final = ".dump"
"""How the name of an archive of pg_dump ends."""

TOLD_MAX: Final = 500
"""Characters of what a tool says that are passed on."""


def dump(url: str, target: Path, *, replace: bool, tell: Tell) -> Proof:
    """Copy a warehouse as it is now into an archive of pg_dump, while people work.

    Raises:
        DatabaseUnusable: If it cannot be read, or the archive not be written, or a tool is missing.
        DatabaseAway: If the server does not answer.
    """
    where = address_of(url)
    with written_whole(target, replace=replace) as part, snapshot(url) as connection:
        schema = schema_of(connection)
        if schema is None:
            raise DatabaseUnusable(f"{name_of(where)} holds no warehouse of floorhand.")
        try:
            shared = connection.exec_driver_sql("SELECT pg_export_snapshot()").scalar()
        except SQLAlchemyError as error:  # a standby, which has none to give
            raise cannot_open(error, name_of(where)) from error
        tell("copying", 0, 1)
        address = f"--dbname={plain_address(where)}"
        _run(where, "pg_dump", "--format=custom", f"--snapshot={shared}", f"--file={part}", address)
        tell("reading it through", 0, 1)
        _run(where, "pg_restore", f"--file={os.devnull}", str(part))
        tell("checking the stock", 0, 1)
        broken = broken_rules(connection) if schema == HEAD else None
        return Proof(schema, part.stat().st_size, broken)


def database_in(file: Path) -> str | None:
    """Name the database that an archive was made of; None if it is no archive, or no tool is here.

    Source: PostgreSQL's src/bin/pg_dump/pg_backup_archiver.c, PrintTOCSummary.
    """
    try:
        done = subprocess.run(["pg_restore", "--list", str(file)], capture_output=True, check=False)
    except OSError:
        return None
    for line in done.stdout.decode("utf-8", "replace").splitlines():
        if line.startswith(";     dbname: "):
            return line.removeprefix(";     dbname: ")
    return None


def _run(where: URL, *words: str) -> None:
    """Run one of the server's tools; a password of the address reaches it where nobody sees it."""
    password = where.password or where.query.get("password")
    secret = {"PGPASSWORD": str(password)} if password else {}
    try:
        done = subprocess.run(words, env={**os.environ, **secret}, capture_output=True, check=False)
    except FileNotFoundError as error:
        raise DatabaseUnusable(
            f"{words[0]} is not installed here. Install the client of PostgreSQL (on Debian: apt "
            "install postgresql-client), of the server's version or a later one."
        ) from error
    if done.returncode:
        told = done.stderr.decode("utf-8", "replace").strip()[:TOLD_MAX]
        raise DatabaseUnusable(f"There is no backup: {told}")
