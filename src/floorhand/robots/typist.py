"""Many terminals watched from outside by one process: it types scans and sees when they paint."""

from __future__ import annotations

import select
import time
from collections.abc import Sequence
from multiprocessing.connection import Connection
from typing import Final

from floorhand.robots.measure_terminal import BELL, QUIET_S
from floorhand.robots.pty_terminal import PtyTerminal

READY: Final = b"Scan"
"""Every first question has this word."""

Command = tuple[int, bytes] | None
"""Number of a terminal, and what to type there; None: end."""

Report = tuple[int, float]
"""Number of a terminal, and how long after the last key it painted last, in seconds."""


Started = tuple[list[float], list[int]]
"""What each terminal took from its start to its first question, in seconds, and its process."""


class Typist:
    """Types what it is told at terminals of its own, and tells when each has painted.

    Args:
        commands: Arguments of the interpreter for each terminal.
        folders: Where each runs; its identity stays there.
        line: To whoever decides what is scanned: `Command` comes in; `Started` goes out first of
            all, then `Report`.
    """

    def __init__(
        self, commands: Sequence[Sequence[str]], folders: Sequence[str], line: Connection
    ) -> None:
        self._terminals = [PtyTerminal(*one) for one in zip(commands, folders, strict=True)]
        self._line = line
        self._typed_at = [0.0] * len(commands)
        self._painted_at: dict[int, float] = {}

    def work(self) -> None:
        """Type and watch until told to end."""
        try:
            started = [one.wait_for(READY) - one.started for one in self._terminals]
            self._line.send((started, [one.pid for one in self._terminals]))
            self._watch()
        finally:
            for terminal in self._terminals:
                terminal.close()

    def _watch(self) -> None:
        numbers = {terminal.fileno(): number for number, terminal in enumerate(self._terminals)}
        ready = select.epoll()
        for file in (*numbers, self._line.fileno()):
            ready.register(file, select.EPOLLIN)
        with ready:
            while True:
                for file, _ in ready.poll(self._wait_s()):
                    if file in numbers:
                        self._look(numbers[file])
                    elif not self._listen():
                        return
                self._tell()

    def _wait_s(self) -> float:
        """Say how long nothing has to be done unless something comes."""
        deadlines = [at + QUIET_S for at in self._painted_at.values()]
        return max(0.0, min(deadlines, default=time.perf_counter() + 1.0) - time.perf_counter())

    def _look(self, number: int) -> None:
        if self._terminals[number].read(0).strip(BELL) and self._typed_at[number]:
            self._painted_at[number] = time.perf_counter()

    def _listen(self) -> bool:
        while self._line.poll():
            command: Command = self._line.recv()
            if command is None:
                return False
            number, data = command
            self._typed_at[number] = time.perf_counter()
            self._painted_at.pop(number, None)
            self._terminals[number].send(data)
        return True

    def _tell(self) -> None:
        """Report each that has been quiet since it painted."""
        now = time.perf_counter()
        for number, at in [*self._painted_at.items()]:
            if now - at >= QUIET_S:
                del self._painted_at[number]
                self._line.send((number, at - self._typed_at[number]))


def be_typist(commands: Sequence[Sequence[str]], folders: Sequence[str], line: Connection) -> None:
    """Be one; the target of a process."""
    Typist(commands, folders, line).work()
