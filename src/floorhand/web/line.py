"""A pseudo-terminal with a terminal on it, for an event loop: bytes in, bytes out, hang up."""

from __future__ import annotations

import asyncio
import fcntl
import os
import pty
import struct
import termios
from collections.abc import Callable
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from floorhand.web.hosts import Hosts, Terminal

READ_BYTES_MAX: Final = 65_536
WAITING_BYTES_MAX: Final = 1_048_576
"""What may wait for a program that does not read: more scans than any scanner keeps."""

SIDES: Final = range(1, 1000)
"""Columns, and lines, that a screen can have."""

LEAVE_S: Final = 10.0
"""How long a terminal may take to end when its line is gone."""

WORD_S: Final = 5.0
"""How long word may take of how a terminal ended that has let go of its line."""


class Line:
    """A line of its own for a terminal that a host forks.

    Args:
        columns: Of its screen.
        lines: Of its screen.
    """

    def __init__(self, columns: int, lines: int) -> None:
        self._master, slave = pty.openpty()
        self._other_end = os.ttyname(slave)
        os.close(slave)
        os.set_blocking(self._master, False)
        self.resize(columns, lines)
        self._waiting = bytearray()
        self._open = True
        self._terminal: Terminal | None = None

    async def join(self, hosts: Hosts, words: Sequence[str]) -> None:
        """Hand the line to a terminal; again, if the one that had it moves to a newer host.

        Args:
            hosts: Open terminals.
            words: For the terminal, as ``--seat=P1``.

        Raises:
            NoHost: If nobody opens one.
        """
        if not self._open:
            return
        with self._handed_over() as stream:
            terminal = await hosts.open(words, stream)
        self._terminal = terminal
        if not self._open:  # nobody waits for this one any more
            terminal.close()

    @contextmanager
    def _handed_over(self) -> Iterator[int]:
        """Open the other end: as long as nobody has it, reading here says that all is over."""
        stream = os.open(self._other_end, os.O_RDWR | os.O_NOCTTY)
        try:
            yield stream
        finally:
            os.close(stream)

    def resize(self, columns: int, lines: int) -> None:
        """Tell the terminal that its screen has another size."""
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
        """Give what the terminal shows next; nothing if it has let go of the line."""
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

    async def moves(self) -> bool:
        """Say, once the line was let go of, whether its terminal goes on at a newer host."""
        if not self._open or self._terminal is None:
            return False
        return await self._terminal.last_word(WORD_S) == "again"

    def hang_up(self) -> bool:
        """Drop the line: the terminal is told so by SIGHUP. False if it was dropped before."""
        if not self._open:
            return False
        self._open = False
        loop = asyncio.get_running_loop()
        loop.remove_reader(self._master)
        loop.remove_writer(self._master)
        os.close(self._master)
        return True

    async def ended(self) -> None:
        """Wait until the terminal has ended; end it if it does not."""
        if self._terminal is None:
            return
        if await self._terminal.last_word(LEAVE_S) is None:
            self._terminal.kill()
        self._terminal.close()


def _tell(there: asyncio.Future[None]) -> Callable[[], None]:
    def tell() -> None:
        if not there.done():
            there.set_result(None)

    return tell
