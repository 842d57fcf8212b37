"""The printer's port: connections, and what can go wrong with them.

A fault can be brought about at any time by calling its method, or planned for an exact moment: the
n-th byte, the n-th question, the n-th label. That makes every crash of a printer repeatable.
"""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
from collections.abc import Callable
from enum import StrEnum

from floorhand.labels.simulator.machine import MANNERS, Machine
from floorhand.labels.simulator.stream import Control, Splitter

LOOPBACK = "127.0.0.1"

LINES_MAX = 16
"""So many connections are served; more are hung up on."""

CHUNK_BYTES = 4096

RECEIVED_MAX = 10_000
"""What came on so many connections is remembered."""

END_WAIT_S = 5.0


class Moment(StrEnum):
    """When a planned fault strikes: behind a byte, before an answer, behind a printed label."""

    BYTE = "byte"
    QUESTION = "question"
    LABEL = "label"


class _Line:
    """A connection."""

    def __init__(self, connection: socket.socket) -> None:
        self.socket = connection
        self.splitter = Splitter()
        self.received = bytearray()
        self.gone = False

    def cut(self) -> None:
        """End it as a cable does that is pulled out: with no goodbye."""
        self.gone = True
        with contextlib.suppress(OSError):
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.socket.shutdown(socket.SHUT_RD)  # wakes who reads from it, and says nothing


class Port:
    """Listens, and hands what comes to the machine behind it.

    Args:
        machine: What is behind it.
        host: At which address it can be reached.
        port: Where it listens; 0 for any that is free.
    """

    def __init__(self, machine: Machine, host: str, port: int) -> None:
        self._machine = machine
        self._changed = threading.Condition(threading.RLock())
        self._lines: list[_Line] = []
        self._received: list[bytes] = []
        self._counts = dict.fromkeys(Moment, 0)
        self._plans: dict[tuple[Moment, int], Callable[[], object]] = {}
        self._stalled = self._ended = False
        self._manner = "whole"
        self._late_ms = 0
        self._threads: list[threading.Thread] = []
        self._listener: socket.socket | None = socket.create_server((host, port))
        self.host, self.port = self._listener.getsockname()[:2]
        self._start(self._listen, self._listener)

    @property
    def received(self) -> tuple[bytes, ...]:
        """What came on each connection that has ended, byte for byte."""
        with self._changed:
            return tuple(self._received)

    def plan(self, moment: Moment, number: int, fault: Callable[[], object]) -> None:
        """Let a fault strike at the n-th byte, question or label from now on."""
        assert number >= 1, number
        with self._changed:
            self._plans[moment, self._counts[moment] + number] = fault

    def forget_plans(self) -> None:
        """Let no planned fault strike any more."""
        with self._changed:
            self._plans.clear()

    def refuse(self) -> None:
        """Take no more connections; those that are open stay."""
        with self._changed:
            if self._listener is not None:
                with contextlib.suppress(OSError):
                    self._listener.shutdown(socket.SHUT_RDWR)
                self._listener.close()
                self._listener = None
            self._changed.notify_all()

    def accept(self) -> None:
        """Take connections again."""
        with self._changed:
            if self._listener is None and not self._ended:
                self._listener = socket.create_server((self.host, self.port))
                self._start(self._listen, self._listener)

    def drop(self) -> None:
        """Cut all connections. What has begun to come on them stays in the printer."""
        with self._changed:
            for line in self._lines:
                self._machine.begun += line.splitter.begun
                line.cut()
            self._changed.notify_all()

    def stall(self) -> None:
        """Read nothing more: what is sent piles up on the way."""
        self._set(_stalled=True)

    def go(self) -> None:
        """Read again."""
        self._set(_stalled=False)

    def manner(self, name: str, late_ms: int = 0) -> None:
        """Answer in one of the `MANNERS`, and so late."""
        assert name in MANNERS, name
        self._set(_manner=name, _late_ms=late_ms)

    def stop(self) -> None:
        """End all."""
        self._set(_ended=True)
        self.refuse()
        self.drop()
        for thread in list(self._threads):
            thread.join(END_WAIT_S)

    def _set(self, **changes: object) -> None:
        with self._changed:
            for name, value in changes.items():
                setattr(self, name, value)
            self._changed.notify_all()

    def _start(self, work: Callable[..., None], *args: object) -> None:
        thread = threading.Thread(target=work, args=args, name="printer-simulator", daemon=True)
        self._threads = [one for one in self._threads if one.is_alive()]
        self._threads.append(thread)
        thread.start()

    def _strike(self, moment: Moment, count: int = 1) -> None:
        """Count, and bring about what was planned for here."""
        self._counts[moment] += count
        fault = self._plans.pop((moment, self._counts[moment]), None)
        if fault is not None:
            fault()

    def _listen(self, listener: socket.socket) -> None:
        with contextlib.suppress(OSError):  # it was closed
            while True:
                connection, _ = listener.accept()
                with self._changed:
                    if self._ended or len(self._lines) >= LINES_MAX:
                        connection.close()
                        continue
                    line = _Line(connection)
                    self._lines.append(line)
                    self._start(self._serve, line)

    def _serve(self, line: _Line) -> None:
        with contextlib.suppress(OSError):
            while not line.gone and (received := line.socket.recv(CHUNK_BYTES)):
                for answer in self._take(line, received):
                    line.socket.sendall(answer)
        with self._changed:
            if not line.gone:
                self._machine.begun += line.splitter.begun
            line.socket.close()
            self._lines.remove(line)
            self._received = [*self._received, bytes(line.received)][-RECEIVED_MAX:]
            self._changed.notify_all()

    def _take(self, line: _Line, received: bytes) -> list[bytes]:
        """Take in what came, up to the next planned fault and beyond; give the answers."""
        answers = []
        with self._changed:
            while received:
                self._changed.wait_for(lambda: self._reads or line.gone)
                if line.gone:
                    break
                piece = received[: self._bytes_to_next_plan()]
                received = received[len(piece) :]
                line.received += piece
                for part in line.splitter.feed(piece):
                    if part == Control(b"HS"):
                        self._strike(Moment.QUESTION)
                    if line.gone:
                        break
                    answer = MANNERS[self._manner](self._machine.take(part, line.splitter))
                    if answer and not line.gone:
                        self._changed.wait_for(lambda: line.gone, self._late_ms / 1000)
                        answers.append(answer)
                self._strike(Moment.BYTE, len(piece))
                self._changed.notify_all()
        return answers

    @property
    def _reads(self) -> bool:
        return not self._stalled and not self._machine.full

    def _bytes_to_next_plan(self) -> int:
        here = self._counts[Moment.BYTE]
        planned = [n - here for moment, n in self._plans if moment is Moment.BYTE and n > here]
        return min([CHUNK_BYTES, *planned])
