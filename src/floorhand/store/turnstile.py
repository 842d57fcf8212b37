"""Fair turns for many processes on one SQLite file.

SQLite's own lock is unfair: of two busy writers one may get 8,000 times as many commits as the
other. A lock file around BEGIN … COMMIT serves writers nearly in turn, and, because the automatic
checkpoint runs inside COMMIT, it also keeps commits from racing a checkpoint, which can lose data
in SQLite 3.7.0 to 3.51.2 (sqlite.org/changes.html, 3.51.3).

Whoever comes while it is given back may be quicker than one of fifty who wait for it, so on Linux
people stand in line before it: each has a numbered place in the lock file, locked until the turn is
over, and waits for that of who came before. A program that is killed leaves its place with all
else; who was behind it comes early then, and waits at the lock itself.
"""

from __future__ import annotations

import os
import sqlite3
import stat
import struct
import sys
from pathlib import Path
from typing import Any, Final

from floorhand.store.beside import make_like

try:
    import fcntl
except ImportError:  # Windows has no flock; SQLite's own lock serves there, without fairness.
    fcntl = None  # type: ignore[assignment]  # a module or nothing


LINE: Final = (
    getattr(fcntl, "F_OFD_SETLKW", None)
    if sys.platform == "linux" and sys.maxsize > 2**32
    else None
)
"""How to lock a part of a file for an open file, not for a process; None where it cannot be."""

DOOR: Final = 0
"""The byte of the file that is locked while somebody takes a place."""
PLACES: Final = 8
"""Where the places begin: behind the number of the last one that was taken."""

_FLOCK: Final = struct.Struct("hhqqi")
"""``struct flock`` of 64-bit Linux: type, whence, start, length, process (fcntl(2))."""


def number_of(database: str | None) -> int:
    """Give the number of the file that has a database's name now; 0 if there is none."""
    try:
        return os.stat(database).st_ino if database else 0
    except OSError:
        return 0


def mode_of(database: str | None) -> int:
    """Give the mode that a database has; one for its owner and group if there is none yet."""
    try:
        return stat.S_IMODE(os.stat(database or "").st_mode)
    except OSError:
        return 0o660


class FairConnection(sqlite3.Connection):
    """A connection that takes its turn before it writes, and gives it back after.

    ``notes`` is where it notes what a scan changes; see `floorhand.store.notes`. ``number`` is that
    of its file; 0 while there is none.
    """

    notes: object = None

    def __init__(self, database: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(database, *args, **kwargs)
        self._file: int | None = None
        self._place = 0
        self._stands_in_line = LINE is not None
        file = database.removeprefix("file:").partition("?")[0]
        self._database = file if file and file != ":memory:" else None
        self._path = f"{file}.turn" if self._database else None
        self.number = number_of(self._database)

    def take_turn(self) -> None:
        """Wait until it is this connection's turn to write."""
        if fcntl is None or self._path is None or self._place:
            return
        if self._file is None and not self._open():
            return  # a folder that nobody can write to: SQLite says so itself, better
        assert self._file is not None, self._path
        try:
            if self._stands_in_line:
                self._stand_in_line(self._file)
            fcntl.flock(self._file, fcntl.LOCK_EX)
        except BaseException:  # Ctrl-C while it waits: who is behind it must not wait for ever
            self.give_turn()
            raise

    def _open(self) -> bool:
        """Open the file of turns; False if that cannot be.

        Whoever may read it can wait here, too: other logins that write the same database, whatever
        the umask of the one who made it. Only who may write it stands in line.
        """
        assert self._path is not None, self._database
        making, mode = os.O_CREAT | os.O_CLOEXEC, mode_of(self._database)
        for access in (os.O_RDWR, os.O_RDONLY):
            try:
                self._file = os.open(self._path, making | access, mode)
            except OSError:
                self._stands_in_line = False
            else:
                make_like(Path(self._path), Path(self._database or ""))
                return True
        return False

    def _stand_in_line(self, file: int) -> None:
        """Take the next place, and wait until who has the one before has left."""
        try:
            _lock(file, fcntl.F_WRLCK, DOOR)
            try:
                place = int.from_bytes(os.pread(file, PLACES, 0), "little") + 1
                os.pwrite(file, place.to_bytes(PLACES, "little"), 0)
                _lock(file, fcntl.F_WRLCK, PLACES + place)
                self._place = place
            finally:
                _lock(file, fcntl.F_UNLCK, DOOR)
        except OSError:  # this file system, or this kernel, cannot do it; or the disk is full
            self._stands_in_line = False
            return
        _lock(file, fcntl.F_WRLCK, PLACES + place - 1)
        _lock(file, fcntl.F_UNLCK, PLACES + place - 1)

    def is_there(self) -> bool:
        """Say whether the open file still has its name.

        If it was moved, deleted or replaced, SQLite goes on writing to what nobody will find. A new
        file appears with the first write, so it is known only after that.
        """
        now = number_of(self._database)
        self.number = self.number or now
        return now == self.number

    def give_turn(self) -> None:
        """Let the next one write."""
        if self._file is not None:
            fcntl.flock(self._file, fcntl.LOCK_UN)
            if self._place:
                _lock(self._file, fcntl.F_UNLCK, PLACES + self._place)
                self._place = 0

    def commit(self) -> None:
        """Commit and give the turn back."""
        try:
            super().commit()
        finally:
            self.give_turn()

    def rollback(self) -> None:
        """Roll back and give the turn back."""
        try:
            super().rollback()
        finally:
            self.give_turn()

    def close(self) -> None:
        """Close under the lock: the last close also checkpoints."""
        if self._file is not None:
            self.take_turn()
        try:
            super().close()
        finally:
            if self._file is not None:
                os.close(self._file)
                self._file, self._place = None, 0


def _lock(file: int, kind: int, at: int) -> None:
    """Lock or unlock one byte of a file, and wait for that if need be."""
    assert LINE is not None, kind
    fcntl.fcntl(file, LINE, _FLOCK.pack(kind, os.SEEK_SET, at, 1, 0))
