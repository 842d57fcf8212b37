"""A pseudo-terminal with a program on it, for an event loop: bytes in, bytes out, hang up."""

from __future__ import annotations

import asyncio
import fcntl
import os
import pty
import signal
import struct
import sys
import termios
from collections.abc import Callable, Mapping
from typing import Final

READ_BYTES_MAX: Final = 65_536
WAITING_BYTES_MAX: Final = 1_048_576
"""What may wait for a program that does not read: more scans than any scanner keeps."""

SIDES: Final = range(1, 1000)
"""Columns, and lines, that a screen can have."""

LEAVE_S: Final = 10.0
"""How long a program may take to end when its line is gone."""

LOOK_S: Final = 0.05


class Line:
    """`floorhand terminal` on a line of its own.

    Args:
        environ: All that the program finds in its environment.
        columns: Of its screen.
        lines: Of its screen.

    Attributes:
        pid: The number of the program's process.
    """

    def __init__(self, environ: Mapping[str, str], columns: int, lines: int) -> None:
        self._master, slave = pty.openpty()
        try:
            self.resize(columns, lines)
            os.set_blocking(self._master, False)
            self.pid = os.posix_spawn(
                sys.executable,
                [sys.executable, "-m", "floorhand", "terminal"],
                environ,
                file_actions=[(os.POSIX_SPAWN_DUP2, slave, stream) for stream in range(3)],
                setsid=True,
            )
        except OSError:
            os.close(self._master)
            raise
        finally:
            os.close(slave)
        self._waiting = bytearray()
        self._open = True

    def resize(self, columns: int, lines: int) -> None:
        """Tell the program that its screen has another size."""
        columns, lines = (min(max(one, SIDES[0]), SIDES[-1]) for one in (columns, lines))
        fcntl.ioctl(self._master, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))

    def write(self, data: bytes) -> bool:
        """Send what was typed; False if no more can be kept for a program that stands still."""
        if not self._open or len(self._waiting) + len(data) > WAITING_BYTES_MAX:
            return False
        self._waiting += data
        self._flush()
        return True

    def _flush(self) -> None:
        loop = asyncio.get_running_loop()
        try:
            while self._waiting:
                del self._waiting[: os.write(self._master, self._waiting)]
        except BlockingIOError:
            loop.add_writer(self._master, self._flush)
            return
        except OSError:  # the program has ended, and nobody will ever read this
            self._waiting.clear()
        loop.remove_writer(self._master)

    async def read(self) -> bytes:
        """Give what the program shows next; nothing if it has ended."""
        while self._open:
            try:
                return os.read(self._master, READ_BYTES_MAX)
            except BlockingIOError:
                await self._readable()
            except OSError:  # Linux says so when the last one has closed the other end
                break
        return b""

    async def _readable(self) -> None:
        loop = asyncio.get_running_loop()
        there = loop.create_future()
        loop.add_reader(self._master, _tell(there))
        try:
            await there
        finally:
            if self._open:
                loop.remove_reader(self._master)

    def hang_up(self) -> bool:
        """Drop the line: the program is told so by SIGHUP. False if it was dropped before."""
        if not self._open:
            return False
        self._open = False
        loop = asyncio.get_running_loop()
        loop.remove_reader(self._master)
        loop.remove_writer(self._master)
        os.close(self._master)
        return True

    async def ended(self) -> None:
        """Wait until the program has ended; end it if it does not."""
        loop = asyncio.get_running_loop()
        until = loop.time() + LEAVE_S
        while os.waitpid(self.pid, os.WNOHANG) == (0, 0):
            if loop.time() > until:
                os.kill(self.pid, signal.SIGKILL)
            await asyncio.sleep(LOOK_S)


def _tell(there: asyncio.Future[None]) -> Callable[[], None]:
    def tell() -> None:
        if not there.done():
            there.set_result(None)

    return tell
