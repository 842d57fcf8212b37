"""How a warehouse on PostgreSQL is backed up and restored: the server's own commands, in full.

No password is in them: the tools ask for it, or read it from ``~/.pgpass``.
Source: PostgreSQL's manual, "pg_dump", "pg_restore", "createdb", "pg_basebackup",
"pg_verifybackup", "Connection URIs".
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from shlex import quote

from sqlalchemy.engine import URL

from floorhand.store.troubles import SECRETS

_HOST = re.compile(r"(?P<name>[A-Za-z0-9.-]+):(?P<port>[0-9]*)")
"""One of several servers in an address, as SQLAlchemy reads it."""


def backup_commands(where: URL, file: Path) -> Iterator[str]:
    """Say how to make a backup, one line at a time."""
    yield "# One file, of one moment, while people work:"
    yield f"pg_dump --format=custom --file={quote(str(file))} --dbname={quote(_plain(where))}"
    yield f"pg_restore --list {quote(str(file))} > /dev/null   # can it be read?"
    yield "# Or the whole server as files, to which its logs can be played up to any moment:"
    folder = quote(str(file.with_suffix(".base")))
    server = quote(_plain(where.set(database="postgres")))
    yield (
        f"pg_basebackup --pgdata={folder} --checkpoint=fast --wal-method=stream --dbname={server}"
    )
    yield f"pg_verifybackup {folder}"


def restore_commands(where: URL, file: Path) -> Iterator[str]:
    """Say how to put a backup into a new database, one line at a time."""
    name = f"{where.database or 'floorhand'}_restored"
    new = where.set(database=name)
    server = quote(_plain(where.set(database="postgres")))
    yield "# Into a new database, so that what is there now stays:"
    yield (f"createdb --maintenance-db={server} --encoding=UTF8 --template=template0 {quote(name)}")
    yield (
        f"pg_restore --exit-on-error --single-transaction --no-owner --dbname={quote(_plain(new))} "
        f"{quote(str(file))}"
    )
    yield f"floorhand check --database {quote(_ours(new))}"
    yield "# Close all terminals and spools, then start them with the new address:"
    yield f"floorhand terminal --database {quote(_ours(new))}"
    yield "# A folder of pg_basebackup is a server of its own: pg_ctl start --pgdata=FOLDER"


def _plain(where: URL) -> str:
    """Write an address as the server's own tools read it, who know no ``host=NAME:PORT``."""
    pairs = [_HOST.fullmatch(one) for one in where.normalized_query.get("host", ())]
    query = dict(where.query)
    if pairs and all(pairs):
        query["host"] = ",".join(pair["name"] for pair in pairs if pair)
        query["port"] = ",".join(pair["port"] or "" for pair in pairs if pair)
    return _ours(where.set(drivername="postgresql", query=query))


def _ours(where: URL) -> str:
    """Write an address without what nobody may see."""
    return URL.create(
        where.drivername,
        where.username,
        host=where.host,
        port=where.port,
        database=where.database,
        query={name: value for name, value in where.query.items() if name not in SECRETS},
    ).render_as_string()
