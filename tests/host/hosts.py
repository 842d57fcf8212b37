"""A real host, and clients of it on real pseudo-terminals."""

from __future__ import annotations

import fcntl
import os
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable
from pathlib import Path

from floorhand.robots.pty_terminal import PtyTerminal

WAIT_MAX_S = 60.0
"""Far longer than anything takes: how quick the machine is decides nothing."""

PATH = os.pathsep.join(sys.path)


def until(is_so: Callable[[], object], what: str) -> None:
    """Wait until something is so."""
    end = time.monotonic() + WAIT_MAX_S
    while not is_so():
        assert time.monotonic() < end, what
        time.sleep(0.01)


def children(pid: int) -> list[int]:
    """The processes that another one has begun; none if it has ended."""
    try:
        return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def words_of(pid: int) -> list[str]:
    """How a process was begun; nothing if it has ended."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_text().split("\0")
    except OSError:
        return []


class Hosted:
    """A host process; what it says is kept in a file."""

    def __init__(self, home: str, folder: Path, *words: str, path: str = "host.sock") -> None:
        self.socket = str(folder / path)
        self.told = folder / f"host-{time.monotonic_ns()}.txt"
        command = ["host", "--database", home, "--socket", self.socket, "--state", str(folder)]
        environ = {**os.environ, "PYTHONPATH": PATH}
        environ.pop("PYTHONDONTWRITEBYTECODE", None)  # an installed program is compiled once
        with self.told.open("w") as out:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "floorhand", *command, *words],
                stdout=out,
                stderr=out,
                cwd=folder,
                env=environ,
            )

    def heard(self, word: str) -> str:
        """Wait until it has said something; give all that it has."""
        until(lambda: word in self.told.read_text(), f"{word}: {self.told.read_text()}")
        return self.told.read_text()

    def ready(self) -> Hosted:
        self.heard("Terminals for")
        return self

    def terminals(self) -> list[int]:
        """The numbers of its forks."""
        return children(self.process.pid)

    def terminal(self) -> int:
        """The number of the only one."""
        (pid,) = self.terminals()
        return pid

    def end(self) -> None:
        """End it and all its terminals."""
        left = self.terminals()
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        self.process.wait(WAIT_MAX_S)
        for pid in left:
            until(lambda pid=pid: not Path(f"/proc/{pid}").exists(), "a terminal has not ended")


class Client(PtyTerminal):
    """``floorhand join`` on a pseudo-terminal of its own."""

    def __init__(self, host: Hosted, seat: str, *words: str, only: bool = True) -> None:
        own = ["--socket", host.socket, *(["--only"] if only else [])]
        named = ["--seat", seat, "--language", "en", *words]
        super().__init__(["-m", "floorhand", "join", *own, *named], str(Path(host.socket).parent))
        self._code: int | None = None

    def resize(self, columns: int, lines: int) -> None:
        size = struct.pack("HHHH", lines, columns, 0, 0)
        fcntl.ioctl(self._terminal, termios.TIOCSWINSZ, size)

    def hang_up(self) -> None:
        """Drop the line, as sshd does."""
        os.close(self._terminal)
        self._terminal = os.open(os.devnull, os.O_RDONLY)

    def raw(self) -> bool:
        """Whether a program has taken the terminal over."""
        return not termios.tcgetattr(self._terminal)[3] & termios.ICANON

    def code(self) -> int:
        """Wait until it has ended, reading on; give its exit code."""

        def ended() -> bool:
            try:
                self._seen += self.read(0.01)
            except OSError:  # the last one has closed the other end
                time.sleep(0.01)
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self._code = os.waitstatus_to_exitcode(status)
            return bool(pid)

        if self._code is None:
            until(ended, "the client has not ended")
        assert self._code is not None
        return self._code

    def close(self) -> None:
        if self._code is None:
            super().close()
            self._code = -signal.SIGKILL
        else:
            os.close(self._terminal)
