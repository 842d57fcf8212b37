"""A line between a device and sshd that can be cut as lines are: at once, or without a word."""

from __future__ import annotations

import socket
import struct
import threading
from contextlib import suppress

READ_BYTES = 65_536
AT_ONCE = struct.pack("ii", 1, 0)
"""Close with a reset, not in good order (SO_LINGER, socket(7))."""


class Proxy:
    """Carries what comes to ``port`` on to another one."""

    def __init__(self, target: int) -> None:
        self._target = target
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._lines: list[tuple[socket.socket, socket.socket]] = []
        self._silent: list[tuple[socket.socket, socket.socket]] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        with suppress(OSError):  # it was closed
            while True:
                near, _ = self._listener.accept()
                far = socket.create_connection(("127.0.0.1", self._target))
                line = (near, far)
                self._lines.append(line)
                for ends in (line, line[::-1]):
                    threading.Thread(target=self._carry, args=(line, *ends), daemon=True).start()

    def _carry(
        self, line: tuple[socket.socket, socket.socket], one: socket.socket, other: socket.socket
    ) -> None:
        with suppress(OSError):
            while data := one.recv(READ_BYTES):
                if line not in self._silent:
                    other.sendall(data)
            if line not in self._silent:
                other.shutdown(socket.SHUT_WR)

    def reset(self) -> None:
        """Cut all lines so that both ends notice at once."""
        while self._lines:
            _break(self._lines.pop())

    def fall_silent(self) -> None:
        """Let nothing arrive any more on the lines there are; neither end is told."""
        self._silent += self._lines
        self._lines = []

    def forget(self) -> None:
        """Give up lines that have fallen silent."""
        while self._silent:
            _break(self._silent.pop())

    def close(self) -> None:
        """End it."""
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.reset()
        self.forget()


def _break(line: tuple[socket.socket, socket.socket]) -> None:
    for end in line:
        with suppress(OSError):
            end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, AT_ONCE)
            end.shutdown(socket.SHUT_RD)  # who reads it in another thread wakes
            end.close()
