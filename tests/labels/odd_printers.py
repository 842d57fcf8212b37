"""Printers on loopback that say what a test tells them to, whatever they are asked."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from floorhand.labels.host_status import QUESTION

WAIT_S = 20


class OddPrinter:
    """Takes one connection and gives its answers one by one, one for each question.

    Attributes:
        got: All that it received, whole when the connection has ended.
    """

    def __init__(self, answers: list[bytes]) -> None:
        self._answers = answers
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self.got = b""
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def end(self) -> None:
        self._listener.close()
        self._thread.join(WAIT_S)
        assert not self._thread.is_alive()

    def _serve(self) -> None:
        connection, _ = self._listener.accept()
        answers = iter(self._answers)
        answered = 0
        with connection:
            connection.settimeout(WAIT_S)
            while received := connection.recv(4096):
                self.got += received
                asked = self.got.count(QUESTION.strip())
                for _ in range(asked - answered):
                    connection.sendall(next(answers, self._answers[-1]))
                answered = asked


@contextmanager
def odd_printer(*answers: bytes) -> Iterator[Any]:
    printer = OddPrinter(list(answers))
    yield printer
    printer.end()
