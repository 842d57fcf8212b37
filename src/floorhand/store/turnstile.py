"""Fair turns for many processes on one SQLite file.

SQLite's own lock is unfair: of two busy writers one may get 8,000 times as many commits as the
other. A lock file around BEGIN … COMMIT serves writers nearly in turn, and, because the automatic
checkpoint runs inside COMMIT, it also keeps commits from racing a checkpoint, which can lose data
in SQLite 3.7.0 to 3.51.2 (sqlite.org/changes.html, 3.51.3).
"""

from __future__ import annotations

import os
import sqlite3
import stat
from pathlib import Path
from typing import Any

from floorhand.store.beside import make_like

try:
    import fcntl
except ImportError:  # Windows has no flock; SQLite's own lock serves there, without fairness.
    fcntl = None  # type: ignore[assignment]  # a module or nothing


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
        file = database.removeprefix("file:").partition("?")[0]
        self._database = file if file and file != ":memory:" else None
        self._path = f"{file}.turn" if self._database else None
        self.number = number_of(self._database)

    def take_turn(self) -> None:
        """Wait until it is this connection's turn to write."""
        if fcntl is None or self._path is None:
            return
        if self._file is None:
            # Whoever may read it can wait here, too: other logins that write the same database,
            # whatever the umask of the one who made it.
            reading = os.O_CREAT | os.O_RDONLY | os.O_CLOEXEC
            try:
                self._file = os.open(self._path, reading, mode_of(self._database))
            except OSError:  # a folder that nobody can write to: SQLite says so itself, better
                return
            make_like(Path(self._path), Path(self._database or ""))
        fcntl.flock(self._file, fcntl.LOCK_EX)

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
                self._file = None
