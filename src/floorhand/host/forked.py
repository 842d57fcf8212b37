"""What a fork of the host does to become something else, and nothing of the host any more."""

from __future__ import annotations

import fcntl
import os
import signal
import socket
import sys
import termios
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Final, NoReturn, Protocol

from floorhand.host.join import HUNG_UP, MOVES, RESIZED, TOLD_TO_END, restore
from floorhand.host.request import Request

CRASHED: Final = 70
"""Exit code of a terminal that failed in a way that nobody thought of (sysexits.h)."""

KEPT: Final = ("HOME", "PATH", "PYTHONPATH", "TZ", "TMPDIR", "USER", "LOGNAME")
KEPT_BEGIN: Final = ("FLOORHAND_", "TEXTUAL_", "PG", "XDG_")
"""What a terminal gets of the host's own environment: how to reach the database, and its files."""

ESCAPED: Final = "backslashreplace"
"""What an encoding lacks is written so."""

LETTERS_MAX: Final = 256
NAME_BYTES_MAX: Final = 15
"""Longer names of processes are cut by Linux."""

SIGNALS: Final = {
    RESIZED[0]: signal.SIGWINCH,
    HUNG_UP[0]: signal.SIGHUP,
    TOLD_TO_END[0]: signal.SIGTERM,
}

Run = Callable[[Request], int]


class Closes(Protocol):
    """Something of the host's."""

    def close(self) -> None:
        """Let go of it."""


def become_terminal(
    request: Request, line: socket.socket, run: Run, *, left: Iterable[Closes]
) -> NoReturn:
    """Take a client's terminal for one's own, run, and tell the client how that ended.

    Args:
        request: What the client sent.
        line: To the client.
        run: Runs the terminal, and gives its exit code.
        left: What is the host's, to be closed here.
    """
    code = CRASHED
    try:
        _leave_host(left)
        _take(request)
        _obey(line, request.life)
        code = run(request)
    finally:
        if code == CRASHED:
            sys.excepthook(*sys.exc_info())
        if code != MOVES and request.attributes:
            with suppress(OSError, termios.error):
                restore(request.attributes)
        _end(line, code)


def become_spool(run: Callable[[], int], *, left: Iterable[Closes]) -> NoReturn:
    """Send labels instead of being a host.

    Args:
        run: Does it, and gives the exit code.
        left: What is the host's, to be closed here.
    """
    code = CRASHED
    try:
        _leave_host(left)
        os.setsid()
        code = run()
    finally:
        if code == CRASHED:
            sys.excepthook(*sys.exc_info())
        os._exit(code)


def _end(line: socket.socket, code: int) -> NoReturn:
    """Tell the client, if there is one; whatever happens, nothing of the host goes on in here."""
    try:
        signal.signal(signal.SIGIO, signal.SIG_IGN)  # a client that hears of the end hangs up
        with suppress(OSError):  # the terminal may be gone
            for stream in (sys.stdout, sys.stderr):
                stream.flush()
        line.setblocking(True)
        with suppress(OSError):
            line.sendall(b"again\n" if code == MOVES else f"end {code}\n".encode())
    finally:
        os._exit(code)


def _leave_host(left: Iterable[Closes]) -> None:
    """Forget what only the host has a use for; its signals first, lest they come here."""
    signal.set_wakeup_fd(-1)
    for one in (signal.SIGCHLD, signal.SIGHUP, signal.SIGTERM):
        signal.signal(one, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for each in left:
        each.close()


def _take(request: Request) -> None:
    """Make a session, streams and an environment of what came."""
    os.setsid()
    for stream, descriptor in enumerate(request.streams):
        os.dup2(descriptor, stream)
    for descriptor in request.streams:
        os.close(descriptor)
    kept = {
        name: value
        for name, value in os.environ.items()
        if name in KEPT or name.startswith(KEPT_BEGIN)
    }
    os.environ.clear()
    os.environ.update({**kept, **request.environ})
    _open_streams(request.encoding)


def _open_streams(encoding: str) -> None:
    """Let Python's own names be the client's terminal, in its encoding."""
    stdin, stdout, stderr = (
        open(one, mode, encoding=encoding, errors=errors, closefd=False)  # noqa: SIM115  (for good)
        for one, mode, errors in ((0, "r", "strict"), (1, "w", ESCAPED), (2, "w", ESCAPED))
    )
    names = {"stdin": stdin, "stdout": stdout, "stderr": stderr}
    own = {f"__{name}__": stream for name, stream in names.items()}
    vars(sys).update(names, **own)  # some are final, as far as a type checker knows


def name_process(name: str) -> None:
    """Let lists of processes show which terminal this is."""
    try:
        with open("/proc/self/comm", "wb") as comm:
            comm.write(name.encode()[:NAME_BYTES_MAX])
    except OSError:  # only a convenience, and only on Linux
        pass


def _obey(line: socket.socket, life: int | None) -> None:
    """Do what the client says from now on: each of its letters is a signal to this process.

    The system tells by a signal that there are some, so that it needs no thread, no place in the
    screen's event loop, and no host that is still alive.

    Args:
        line: To the client.
        life: A pipe that ends when the client does, although others of its may hold the line.
    """
    heard = [line.fileno(), *([] if life is None else [life])]

    def look(*_: object) -> None:
        for one in heard:
            try:
                letters = os.read(one, LETTERS_MAX)
            except BlockingIOError:
                continue
            except OSError:
                letters = b""
            for letter in set(letters) or {HUNG_UP[0]}:
                if letter in SIGNALS:
                    os.kill(os.getpid(), SIGNALS[letter])

    signal.signal(signal.SIGIO, look)
    for one in heard:
        fcntl.fcntl(one, fcntl.F_SETOWN, os.getpid())
        flags = fcntl.fcntl(one, fcntl.F_GETFL)
        fcntl.fcntl(one, fcntl.F_SETFL, flags | os.O_ASYNC | os.O_NONBLOCK)
    os.kill(os.getpid(), signal.SIGIO)  # what came before
