"""Files beside an SQLite database, for whoever may write the database itself."""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from pathlib import Path

from floorhand.errors import DatabaseUnusable


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
    if not os.access(file, os.W_OK, effective_ids=os.access in os.supports_effective_ids):
        raise _unusable(database, file)


def give_rights(model: os.stat_result, path: Path) -> None:
    """Give a file the owner, the group and the mode of another one, as far as this login can.

    Raises:
        OSError: If the group or the mode could not be given. Without the group, the one that it has
            instead may do what all others may.
    """
    mode, now, refused = stat.S_IMODE(model.st_mode), path.stat(), None
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
