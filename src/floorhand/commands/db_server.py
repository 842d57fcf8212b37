"""How a warehouse on PostgreSQL is backed up and restored: the server's own commands, in full.

No password is in them: the tools ask for it, or read it from ``~/.pgpass``.
Source: PostgreSQL's manual, "pg_dump", "pg_restore", "createdb", "pg_basebackup",
"pg_verifybackup".
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from shlex import quote

from sqlalchemy.engine import URL

from floorhand.store.server_address import our_address, plain_address


def backup_commands(where: URL, file: Path) -> Iterator[str]:
    """Say how to make a backup, one line at a time."""
    yield "# One file, of one moment, while people work:"
    here = quote(plain_address(where))
    yield f"pg_dump --format=custom --file={quote(str(file))} --dbname={here}"
    yield f"pg_restore --list {quote(str(file))} > /dev/null   # can it be read?"
    yield "# Or the whole server as files, to which its logs can be played up to any moment:"
    folder = quote(str(file.with_suffix(".base")))
    server = quote(plain_address(where.set(database="postgres")))
    yield (
        f"pg_basebackup --pgdata={folder} --checkpoint=fast --wal-method=stream --dbname={server}"
    )
    yield f"pg_verifybackup {folder}"


def restore_commands(where: URL, file: Path) -> Iterator[str]:
    """Say how to put a backup into a new database, one line at a time."""
    name = f"{where.database or 'floorhand'}_restored"
    new = where.set(database=name)
    server = quote(plain_address(where.set(database="postgres")))
    yield "# Into a new database, so that what is there now stays:"
    yield (f"createdb --maintenance-db={server} --encoding=UTF8 --template=template0 {quote(name)}")
    yield (
        "pg_restore --exit-on-error --single-transaction --no-owner "
        f"--dbname={quote(plain_address(new))} {quote(str(file))}"
    )
    yield f"floorhand check --database {quote(our_address(new))}"
    yield "# Close all terminals and spools, then start them with the new address:"
    yield f"floorhand terminal --database {quote(our_address(new))}"
    yield "# A folder of pg_basebackup is a server of its own: pg_ctl start --pgdata=FOLDER"
