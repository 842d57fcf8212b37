"""A program on a terminal, forked from one that has loaded what it loads: see `forked`."""

from __future__ import annotations

import contextlib
import fcntl
import os
import struct
import termios
import time
from collections.abc import Sequence
from pathlib import Path

from forked import Program

from floorhand.robots.pty_terminal import COLUMNS, LINES, PtyTerminal


class ForkedTerminal(PtyTerminal):
    """What a `PtyTerminal` is, sooner; nothing of it is about the start of a program.

    Args:
        command: Arguments of the interpreter.
        folder: Where it runs.
        columns: Width of the terminal.
        rows: Its height.
    """

    def __init__(
        self, command: Sequence[str], folder: Path, columns: int = COLUMNS, rows: int = LINES
    ) -> None:
        self.started = time.perf_counter()
        self._terminal, self._line = os.openpty()
        fcntl.ioctl(self._terminal, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        size = {"COLUMNS": str(columns), "LINES": str(rows)}
        own = {"TERM": "xterm-256color", "FLOORHAND_STATE": str(folder / "state"), **size}
        with contextlib.chdir(folder):
            self.program = Program(command, os.ttyname(self._line), {**os.environ, **own})
        self.pid = self.program.pid
        self._seen = b""

    def close(self) -> None:
        """End it, as a power cut would."""
        if self.program.poll() is None:
            self.program.kill()
        self.program.wait()
        os.close(self._line)  # not before: while nobody has it open, there is nothing to read
        os.close(self._terminal)
