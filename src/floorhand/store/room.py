"""Room on the disk of an SQLite file: watched, and some of it kept for when there is no more.

A disk that is full stops all work at once, in the middle of everything. So those who are about to
begin something are told early, nothing new is begun once there is little left, and a reserve beside
the file, which is given up when a write finds no room, lets what is open be finished.

The disk of a PostgreSQL server cannot be seen from here; whoever runs the server watches it.
"""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

from sqlalchemy import Engine
from sqlalchemy.engine import URL

from floorhand.errors import DatabaseUnusable
from floorhand.store.beside import make_like
from floorhand.store.troubles import path_of

RESERVE_BYTES_MAX: Final = 64 << 20
RESERVE_PART: Final = 0.01
"""Of a small disk it is a part: some thousand scans need it."""

LOW_PART, LOW_BYTES_MAX = 0.10, 4 << 30
"""With less left than this part of the disk, and than so much, people are told."""

SCARCE_PART, SCARCE_BYTES_MAX = 0.03, 1 << 30
"""With less than this nothing new is begun."""

BLOCK: Final = bytes(1 << 20)

MEGABYTE: Final = 1 << 20


class Room(StrEnum):
    """How much room there is."""

    PLENTY = "plenty"
    LOW = "low"
    SCARCE = "scarce"


@dataclass(frozen=True, slots=True)
class Left:
    """What is left on a disk."""

    room: Room
    megabytes: int


def left_for(where: URL) -> Left | None:
    """Say how much room a database has; None if that cannot be seen from here."""
    file = _file(where)
    if file is None:
        return None
    try:
        disk = shutil.disk_usage(file.parent)
    except OSError:  # the folder is gone: whoever writes finds out
        return None
    given_up = _size(_reserve(file)) == 0
    if given_up or disk.free < _bound(disk.total, SCARCE_PART, SCARCE_BYTES_MAX):
        room = Room.SCARCE
    else:
        room = Room.LOW if disk.free < _low(disk.total) else Room.PLENTY
    return Left(room, disk.free // MEGABYTE)


def keep_reserve(where: URL) -> None:
    """Lay the reserve if it is not there and would leave enough room; later is soon enough."""
    file = _file(where)
    if file is None or not file.exists() or _size(_reserve(file)):
        return
    part = file.with_name(f"{file.name}.reserve-{os.getpid()}")
    try:
        disk = shutil.disk_usage(file.parent)
        size = min(RESERVE_BYTES_MAX, int(disk.total * RESERVE_PART))
        if disk.free - size >= _low(disk.total):
            _lay(part, size)
            make_like(part, file)  # whoever finds no room gives it up
            part.replace(_reserve(file))
    except OSError:
        part.unlink(missing_ok=True)


def require_room(folder: Path, size: int, warehouse: Path) -> None:
    """Make sure that a large file has room, and on the disk of a warehouse leaves room for work.

    Raises:
        DatabaseUnusable: Saying how much there is.
    """
    try:
        disk = shutil.disk_usage(folder)
        is_same = folder.stat().st_dev == warehouse.parent.stat().st_dev
    except OSError as error:
        raise DatabaseUnusable(f"{folder} cannot be written ({error.strerror}).") from error
    kept = _bound(disk.total, SCARCE_PART, SCARCE_BYTES_MAX) if is_same else 0
    if disk.free < size + kept:
        raise DatabaseUnusable(
            f"{folder} has {disk.free // MEGABYTE} MB free, and {size // MEGABYTE} MB are needed"
            + (f", with {kept // MEGABYTE} MB left for work" if is_same else "")
            + ". Make room, or name a file on another disk."
        )


def give_up_reserve(engine: Engine) -> bool:
    """Make room of the reserve, and let everybody see that it is gone; False if there is none."""
    file = _file(engine.url)
    if file is None or not _size(_reserve(file)):
        return False
    os.truncate(_reserve(file), 0)
    return True


def _file(where: URL) -> Path | None:
    name = path_of(where) if where.get_backend_name() == "sqlite" else ""
    return Path(name) if name not in ("", ":memory:") else None


def _reserve(file: Path) -> Path:
    return file.with_name(f"{file.name}.reserve")


def _size(file: Path) -> int | None:
    """Give the size of a file; None if there is none."""
    try:
        return file.stat().st_size
    except OSError:
        return None


def _low(total: int) -> int:
    return _bound(total, LOW_PART, LOW_BYTES_MAX)


def _bound(total: int, part: float, most: int) -> int:
    return min(int(total * part), most)


def _lay(file: Path, size: int) -> None:
    """Take so much room for good; a file of nothing but holes would take none."""
    with file.open("wb") as reserve:
        if hasattr(os, "posix_fallocate"):
            os.posix_fallocate(reserve.fileno(), 0, size)
            return
        for at in range(0, size, len(BLOCK)):
            reserve.write(BLOCK[: size - at])
