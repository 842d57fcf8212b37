"""A terminal program in a pseudo-terminal of its own, to look at it from outside as people do."""

from __future__ import annotations

import contextlib
import fcntl
import os
import pty
import select
import signal
import struct
import sys
import termios
import time
from collections.abc import Sequence
from typing import Final, NoReturn

NOT_STARTED: Final = 127
"""Exit code of what could not even be started, as that of a shell."""

WAIT_MAX_S = 60
READ_BYTES = 65_536
COLUMNS, LINES = 80, 24

CPUCLOCK_SCHED = 2
"""With the number of a process in the upper bits, the clock of its processor time
(Linux, include/linux/posix-timers.h, and glibc's clock_getcpuclockid, which makes it so)."""


class PtyTerminal:
    """A Python program on a terminal of 80 columns and 24 lines.

    Its modules are compiled only when it is first started, as those of an installed program.

    Args:
        command: Arguments of the interpreter.
        folder: Where it runs.

    Attributes:
        pid: The number of its process.
    """

    def __init__(self, command: Sequence[str], folder: str) -> None:
        self.started = time.perf_counter()
        pid, terminal = pty.fork()
        if pid == 0:
            self._become(command, folder)
        self.pid, self._terminal = pid, terminal
        size = struct.pack("HHHH", LINES, COLUMNS, 0, 0)
        fcntl.ioctl(self._terminal, termios.TIOCSWINSZ, size)
        self._seen = b""

    @staticmethod
    def _become(command: Sequence[str], folder: str) -> NoReturn:
        """Be the program, in a process that was forked for it; never go on as what forked it."""
        try:
            os.environ["PYTHONPATH"] = os.pathsep.join(map(os.path.abspath, sys.path))
            os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
            os.chdir(folder)
            os.environ.update(TERM="xterm-256color", COLUMNS=str(COLUMNS), LINES=str(LINES))
            os.environ["FLOORHAND_STATE"] = os.path.join(folder, "state")
            os.execv(sys.executable, [sys.executable, *command])
        finally:
            os._exit(NOT_STARTED)

    def fileno(self) -> int:
        """Give the file to wait for what comes from it."""
        return self._terminal

    def wait_for(self, word: bytes) -> float:
        """Read until a word has appeared, which may have come already; give the time of that.

        Raises:
            TimeoutError: If it does not.
        """
        while word not in self._seen:
            if not (more := self.read(WAIT_MAX_S)):
                raise TimeoutError(f"{word!r} did not appear within {WAIT_MAX_S} s")
            self._seen += more
        return time.perf_counter()

    def read(self, wait_s: float) -> bytes:
        """Read what has come, waiting for it at most so long; empty if nothing did."""
        if not select.select([self._terminal], [], [], wait_s)[0]:
            return b""
        return os.read(self._terminal, READ_BYTES)

    def send(self, data: bytes) -> None:
        """Send what a scanner would; what was seen before is forgotten."""
        self._seen = b""
        os.write(self._terminal, data)

    def cpu_ms(self) -> float:
        """Say how long it has kept a processor busy, ended threads too (Linux only)."""
        return time.clock_gettime((~self.pid << 3) | CPUCLOCK_SCHED) * 1000

    def close(self) -> None:
        """End it, as a power cut would."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        os.close(self._terminal)
