"""Say where a warehouse is kept, how large it is, and what about that is not as it should be.

Nothing is changed, and nothing brought up to date; what would keep a terminal from opening the
database is told instead of refused.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, func, select
from sqlalchemy.exc import SQLAlchemyError

from floorhand.errors import DatabaseAway, DatabaseUnusable
from floorhand.store.backup import integrity
from floorhand.store.db import HEAD, address_of
from floorhand.store.mounts import NETWORK_FILE_SYSTEMS, file_system
from floorhand.store.room import Room, left_for
from floorhand.store.schema import Operation
from floorhand.store.snapshot import schema_of, sites_of, snapshot
from floorhand.store.troubles import path_of

FORGETFUL_FILE_SYSTEMS: Final = frozenset({"tmpfs", "ramfs"})
"""What lies there is gone when the machine stops."""

LOG_BYTES_MAX: Final = 1 << 30
"""A log of more than this says that a program has kept an old state open for long."""


@dataclass(frozen=True, slots=True)
class Held:
    """What a database says of the warehouse in it; ``last`` is when an operation was made last."""

    schema: str | None = None
    sites: tuple[str, ...] = ()
    last: datetime | None = None


@dataclass(frozen=True, slots=True)
class FileHealth:
    """An SQLite file. ``problems`` are sentences; sizes are in bytes."""

    file: str
    problems: tuple[str, ...]
    size: int = 0
    log_size: int = 0
    disk_free: int = 0
    disk_size: int = 0
    file_system: str = ""
    sqlite: str = ""
    journal_mode: str = ""
    damage: tuple[str, ...] | None = None
    """What the quick check found; None if it could not be made."""
    held: Held = Held()


def file_health(url: str, *, quick: bool = False) -> FileHealth:
    """Look at an SQLite file.

    Args:
        url: Where it is.
        quick: Leave the check for damage out, which reads all of it.

    Raises:
        DatabaseUnusable: If it is not there.
    """
    path = Path(path_of(address_of(url))).absolute()
    if not path.is_file():
        raise DatabaseUnusable(f"There is no database {path}. Make one with: floorhand demo")
    disk = shutil.disk_usage(path.parent)
    kind = file_system(path.parent.resolve())
    log = path.with_name(f"{path.name}-wal")
    log_size = log.stat().st_size if log.exists() else 0
    problems = list(_about_disk(url, kind, log_size))
    found: tuple[str, str, tuple[str, ...] | None, Held] = ("", "", None, Held())
    try:
        with snapshot(url) as connection:
            found = _asked(connection, quick)
    except (SQLAlchemyError, DatabaseAway, DatabaseUnusable) as error:
        problems.append(str(error))
    sqlite, mode, damage, held = found
    if damage:
        problems.append(f"It is damaged ({damage[0]}). Restore a backup: floorhand db restore")
    elif sqlite:
        problems.extend(about_schema(held.schema))
    return FileHealth(
        str(path), tuple(problems), path.stat().st_size, log_size, disk.free, disk.total, kind,
        sqlite, mode, damage, held,
    )  # fmt: skip


def held_in(connection: Connection) -> Held:
    """Say what warehouse a database holds; of another schema nothing else is known."""
    schema = schema_of(connection)
    if schema != HEAD:
        return Held(schema)
    sites = sites_of(connection)
    lasts = [
        connection.scalar(select(func.max(Operation.at)).where(Operation.site == site))
        for site in sites
    ]
    return Held(schema, sites, max((at for at in lasts if at), default=None))


def about_schema(schema: str | None) -> tuple[str, ...]:
    """Say what is wrong with a schema."""
    if schema is None:
        return ("It holds no warehouse of floorhand.",)
    if schema > HEAD:
        return (
            f"A newer floorhand wrote it (schema {schema}, this one knows {HEAD}). "
            "Install the newer version.",
        )
    if schema < HEAD:
        return (f"Its schema {schema} is older than {HEAD}; the next terminal brings it up.",)
    return ()


def _about_disk(url: str, kind: str, log_size: int) -> tuple[str, ...]:
    told = []
    if kind in NETWORK_FILE_SYSTEMS:
        told.append(f"It lies on a network file system ({kind}), where SQLite loses data.")
    if kind in FORGETFUL_FILE_SYSTEMS:
        told.append(f"It lies in memory ({kind}): it is gone when the machine stops.")
    left = left_for(address_of(url))
    if left is not None and left.room is not Room.PLENTY:
        what = "nothing new is begun" if left.room is Room.SCARCE else "it will soon be full"
        told.append(f"There is little room on its disk, {left.megabytes} MB: {what}.")
    if log_size > LOG_BYTES_MAX:
        told.append(
            f"Its log has grown to {log_size >> 20} MB: some program has kept an old state open "
            "for long, a backup or a report. The log shrinks when all have closed the file."
        )
    return tuple(told)


def _asked(connection: Connection, quick: bool) -> tuple[str, str, tuple[str, ...] | None, Held]:
    """Ask SQLite: its version, how it writes, what is damaged, what the file holds."""
    version = connection.exec_driver_sql("SELECT sqlite_version()").scalar()
    mode = connection.exec_driver_sql("PRAGMA journal_mode").scalar()
    damage = None if quick else integrity(connection.exec_driver_sql, "quick_check")
    return str(version), str(mode), damage, Held() if damage else held_in(connection)
