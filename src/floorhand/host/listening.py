"""The socket of a host: a new one, that which the system's manager made, or that of an older host.

There is no moment at which nobody listens: a new host takes the open socket itself over from the
older one (`floorhand.host.succession`); clients that call meanwhile wait in it.
"""

from __future__ import annotations

import contextlib
import os
import socket
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from floorhand.errors import BadSetting
from floorhand.host.join import ANSWER_BYTES_MAX, TAKE_OVER

WAITING_MAX: Final = 1_024
"""Clients that may wait to be accepted: all terminals of a host that is left, and some."""

FIRST_PASSED: Final = 3
"""The first descriptor that a manager passes on (systemd, sd_listen_fds(3))."""

MOVING_MAX_S: Final = 60.0
"""How long an older host may take until its terminals have moved."""

GIVEN, EMPTY = b"given\n", b"empty\n"
"""What an older host says: here is the socket; and, no terminal of mine is in your way."""

TAKEN, MOVE = b"taken\n", b"move\n"
"""What a newer host says: I serve now; and later, all of your terminals have to move."""


class Listening:
    """A socket to accept clients at.

    Attributes:
        path: Where they find it.
        older: The line to the host that had it before, which stays open; None if there was none.
    """

    def __init__(self, sock: socket.socket, path: str, older: socket.socket | None = None) -> None:
        self.socket = sock
        self.path = path
        self.older = older
        sock.setblocking(False)

    def wait_for_older(self) -> None:
        """Wait until no terminal of the older host stands in the way of ours.

        Raises:
            BadSetting: If that takes too long.
        """
        if self.older is None:
            return
        try:
            told = self.older.recv(len(EMPTY))
        except OSError as error:
            raise BadSetting(f"The older host at {self.path} does not end: {error}") from error
        if told not in (EMPTY, b""):  # nothing: it has ended altogether
            raise BadSetting(f"The older host at {self.path} said {told!r}.")

    def tell_taken(self) -> None:
        """Tell the older host that it need not serve any more."""
        if self.older is not None:
            with contextlib.suppress(OSError):
                self.older.send(TAKEN)


def listen(path: str, group: int | None, schema: str, environ: Mapping[str, str]) -> Listening:
    """Get hold of a socket.

    Args:
        path: Where, if nobody gives us one.
        group: Whose members may call; None: only the user of this program.
        schema: Of the database, as this version knows it.
        environ: Where a manager says that it passes a socket on.

    Raises:
        BadSetting: If there is none to be had.
    """
    if environ.get("LISTEN_PID") == str(os.getpid()) and environ.get("LISTEN_FDS", "0") != "0":
        passed = socket.socket(fileno=FIRST_PASSED)
        os.set_inheritable(FIRST_PASSED, False)
        return Listening(passed, str(passed.getsockname()))
    try:
        return _taken_over(path, schema) or _bound(path, group)
    except OSError as error:
        raise BadSetting(f"{path} cannot be listened to: {error}") from error


def _taken_over(path: str, schema: str) -> Listening | None:
    """Ask the host that listens now for its socket; None if there is none."""
    older = socket.socket(socket.AF_UNIX)
    older.settimeout(MOVING_MAX_S)
    try:
        older.connect(path)
    except (FileNotFoundError, ConnectionRefusedError):
        older.close()
        return None
    older.sendall(f"{TAKE_OVER}\0{schema}\0\0".encode())
    said, descriptors, *_ = socket.recv_fds(older, ANSWER_BYTES_MAX, 1)
    if not descriptors:
        older.close()
        why = said.decode("utf-8", "replace").strip() or "it gives no answer"
        raise BadSetting(f"The host that listens at {path} does not give it up: {why}")
    assert said == GIVEN, said
    return Listening(socket.socket(fileno=descriptors[0]), path, older)


def _bound(path: str, group: int | None) -> Listening:
    """Make a socket beside, and put it in the place of one that nobody listens at, in one step."""
    file = Path(path)
    if file.exists() and not stat.S_ISSOCK(file.lstat().st_mode):
        raise BadSetting(f"{path} is no socket. Name another one with --socket.")
    file.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
    part = f"{path}.{os.getpid()}"
    made = socket.socket(socket.AF_UNIX)
    usual = os.umask(0o177)
    try:
        made.bind(part)
    finally:
        os.umask(usual)
    if group is not None:
        os.chown(part, -1, group)
        os.chmod(part, 0o660)
    made.listen(WAITING_MAX)
    os.rename(part, path)
    return Listening(made, path)


def give(line: socket.socket, listener: socket.socket) -> None:
    """Give the socket to the newer host at the end of a line.

    Raises:
        OSError: If it is gone.
    """
    socket.send_fds(line, [GIVEN], [listener.fileno()])


def tell_manager(environ: Mapping[str, str], *words: str) -> None:
    """Tell the system's manager how this program is, if it wants to know (sd_notify(3))."""
    where = environ.get("NOTIFY_SOCKET", "")
    if not where:
        return
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as told, contextlib.suppress(OSError):
        told.connect("\0" + where[1:] if where.startswith("@") else where)
        told.send("\n".join(words).encode())
