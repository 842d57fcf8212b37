"""Write a large file so that it is there whole or not at all, whoever is killed meanwhile."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from floorhand.errors import DatabaseUnusable

try:
    import fcntl
except ImportError:  # Windows has no flock; what a killed program left there stays.
    fcntl = None  # type: ignore[assignment]  # a module or nothing

PART: Final = ".part"


@contextmanager
def written_whole(file: Path, *, replace: bool = False) -> Iterator[Path]:
    """Give a name beside a file to write to; when the block ends well, that becomes the file.

    What programs have left there that were killed is cleared away first: they held a lock on it,
    which the system has taken away from them.

    Args:
        file: What is to be written.
        replace: It may be there already, and stays as it was until the new one is whole.

    Raises:
        DatabaseUnusable: If it may not be written, or is there already.
    """
    file = file.resolve()  # what has several names keeps them
    if file.exists() and not replace:
        raise _is_there(file)
    part = file.with_name(f".{file.name}.{os.getpid()}{PART}")
    try:
        _clear_unfinished(file)
        held = os.open(part, os.O_CREAT | os.O_EXCL | os.O_RDWR | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise _cannot(file, error) from error
    try:
        if fcntl is not None:
            fcntl.flock(held, fcntl.LOCK_EX)
        yield part
        try:
            os.fsync(held)
            _put_in_place(part, file, replace)
        except OSError as error:
            raise _cannot(file, error) from error
        _keep_names(file.parent)
    finally:
        part.unlink(missing_ok=True)
        os.close(held)  # last: until then nobody takes it for left behind


def _put_in_place(part: Path, file: Path, replace: bool) -> None:
    if not replace:
        try:
            os.link(part, file)  # unlike renaming, it takes the place of no other file
        except FileExistsError as error:
            raise _is_there(file) from error
        except OSError:  # a disk that knows no second name for a file
            if file.exists():
                raise _is_there(file) from None
        else:
            return
    os.replace(part, file)


def _keep_names(folder: Path) -> None:
    """Have the names in a folder on disk, too, where the system can do that."""
    with suppress(OSError):
        opened = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(opened)
        finally:
            os.close(opened)


def _clear_unfinished(file: Path) -> None:
    if fcntl is None:
        return
    for part in file.parent.glob(f".{_literally(file.name)}.*{PART}"):
        with suppress(OSError):
            left = os.open(part, os.O_RDWR | os.O_CLOEXEC)
            try:
                fcntl.flock(left, fcntl.LOCK_EX | fcntl.LOCK_NB)
                part.unlink()
            finally:
                os.close(left)


def _literally(name: str) -> str:
    return "".join(f"[{sign}]" if sign in "*?[" else sign for sign in name)


def _cannot(file: Path, error: OSError) -> DatabaseUnusable:
    return DatabaseUnusable(f"{file} cannot be written ({error.strerror}).")


def _is_there(file: Path) -> DatabaseUnusable:
    return DatabaseUnusable(f"{file} is there already. Name another file, or say --replace.")
