"""Files beside an SQLite database, for whoever may write the database itself."""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from pathlib import Path
from typing import Final

from floorhand.errors import DatabaseUnusable

EFFECTIVE: Final = os.access in os.supports_effective_ids
"""Whether the system can say what a login may do that a program has taken on."""


def make_alike(database: str, file: str) -> None:
    """Make an empty file, if it is missing, with the group and the mode of a database.

    One that is there is not opened: whoever closes a file gives up all locks that his program has
    on it (POSIX, fcntl).

    Raises:
        DatabaseUnusable: If this program cannot write it. SQLite would take it for itself just to
            read, which several can do at once.
    """
    path = Path(file)
    try:
        path.touch(exist_ok=False)
    except FileExistsError:
        pass
    except OSError as error:
        raise _unusable(database, file) from error
    with suppress(OSError):  # it belongs to somebody else, who does it himself
        give_rights(Path(database).stat(), path)
    if not os.access(file, os.W_OK, effective_ids=EFFECTIVE):
        raise _unusable(database, file)


def make_folder(folder: Path, database: Path | None) -> None:
    """Make a folder, and those that it lies in, for whoever may write a database; None: the usual.

    One that is there stays as somebody has made it.

    Raises:
        OSError: If it cannot be made.
    """
    if folder.is_dir():
        return
    make_folder(folder.parent, database)
    try:
        folder.mkdir()
    except FileExistsError:  # somebody else was quicker, or it is a file
        if not folder.is_dir():
            raise
    else:
        make_like(folder, database)


def make_like(path: Path, database: Path | None) -> None:
    """Give what this program has made the group and the mode of a database, as far as it can.

    Whoever may read the database may look into a folder; what is made there belongs to the same
    group if that is so in the folder around it.
    """
    if database is None:
        return
    with suppress(OSError):  # what it has belongs to who made it
        model, kept = database.stat(), path.stat().st_mode
        if not stat.S_ISDIR(kept):
            give_rights(model, path)
            return
        reading = model.st_mode & (stat.S_IRUSR | stat.S_IRGRP | stat.S_IROTH)
        _give(model, path, stat.S_IMODE(model.st_mode) | reading >> 2 | kept & stat.S_ISGID)


def give_rights(model: os.stat_result, path: Path) -> None:
    """Give a file the owner, the group and the mode of another one, as far as this login can.

    Raises:
        OSError: If the group or the mode could not be given. Without the group, the one that it has
            instead may do what all others may.
    """
    _give(model, path, stat.S_IMODE(model.st_mode))


def _give(model: os.stat_result, path: Path, mode: int) -> None:
    now, refused = path.stat(), None
    if (now.st_uid, now.st_gid) != (model.st_uid, model.st_gid) and hasattr(os, "chown"):
        with suppress(PermissionError):  # only the system's own login gives files away
            os.chown(path, model.st_uid, -1)
        try:
            os.chown(path, -1, model.st_gid)
        except PermissionError as error:
            refused = error
            mode = mode & ~stat.S_IRWXG | (mode & stat.S_IRWXO) << 3
    if stat.S_IMODE(path.stat().st_mode) != mode:
        path.chmod(mode)
    if refused is not None:
        raise refused


def _unusable(database: str, file: str) -> DatabaseUnusable:
    return DatabaseUnusable(
        f"{file} cannot be written, so it cannot be known who sends labels. "
        f"Give it the owner, the group and the mode of {database}."
    )
