"""A connection to a printer on which nothing waits longer than it was told to."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
import time
from types import TracebackType
from typing import Any, Self

from floorhand.labels.host_status import QUESTION, HostStatus, take_answer
from floorhand.labels.printers import why

ANSWER_BYTES_MAX = 4096
"""What is kept of what a printer says; a whole answer has less than a hundred."""

SEND_BUFFER_BYTES = 16 * 1024
"""What the system may take for sent before the printer took it. Little: the less it is, the more
is known when a connection breaks."""

CHUNK_BYTES = 64 * 1024

LOOK_UPS_MAX = 8
"""Names looked up at once. A system that cannot reach its name server lets each wait for long."""

NO_NAMES = "nobody tells where that name is; give its address in numbers"

_look_ups = threading.BoundedSemaphore(LOOK_UPS_MAX)


class Call:
    """One connection to a printer, from its opening to its end.

    Args:
        host: Its name or address.
        port: Its port.
        within_s: How long to wait for it.

    Raises:
        OSError: If it cannot be reached in time.
    """

    def __init__(self, host: str, port: int, within_s: float) -> None:
        self._socket = _connect(host, port, within_s)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER_BYTES)
        self._received = b""
        self._owed = 0
        self.written = 0
        """Bytes that the system took from us; the printer has no more than these."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._socket.close()

    def abort(self) -> None:
        """End it so that what the printer has not yet taken is thrown away."""
        linger = struct.pack("ii", 1, 0)
        with contextlib.suppress(OSError):
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self._socket.close()

    def write(self, content: bytes, stall_s: float, within_s: float) -> None:
        """Send all of it.

        A label may ask ``~HS`` itself: the answers are counted, so that none of them is taken for
        an answer to a later question.

        Raises:
            TimeoutError: If nothing was taken for ``stall_s``, or not all ``within_s``.
            OSError: If the connection broke.
        """
        until = time.monotonic() + within_s
        self._owed += content.upper().count(QUESTION.strip())
        rest = memoryview(content)
        while rest:
            self._wait_at_most(min(stall_s, until - time.monotonic()))
            taken = self._socket.send(rest[:CHUNK_BYTES])
            self.written += taken
            rest = rest[taken:]

    def ask(self, within_s: float) -> HostStatus:
        """Ask how the printer is.

        Raises:
            TimeoutError: If it does not answer in time, or nothing that can be understood.
            OSError: If the connection broke.
        """
        until = time.monotonic() + within_s
        self._pass_over()
        self.write(QUESTION, within_s, within_s)
        while True:
            answer, self._received = take_answer(self._received)
            if answer is None:
                self._receive(until)
                continue
            self._owed -= 1
            if not self._owed:
                return answer

    def finish(self, within_s: float) -> None:
        """Say that no more comes, and wait until the printer has taken all and ends it too.

        Raises:
            TimeoutError: If it did not take all. That it leaves its own end open is no fault.
            OSError: If the connection broke before.
        """
        until = time.monotonic() + within_s
        self._socket.shutdown(socket.SHUT_WR)
        try:
            while True:
                self._wait_at_most(until - time.monotonic())
                if not self._socket.recv(ANSWER_BYTES_MAX):
                    return
        except TimeoutError:
            if _unsent_bytes(self._socket):
                raise

    def _pass_over(self) -> None:
        """Read what has come unasked: an answer to an earlier question, or one given twice."""
        self._socket.settimeout(0)
        with contextlib.suppress(BlockingIOError):
            while len(self._received) < ANSWER_BYTES_MAX:
                self._take(self._socket.recv(ANSWER_BYTES_MAX))
        while (found := take_answer(self._received))[0] is not None:
            self._received = found[1]
            self._owed = max(0, self._owed - 1)

    def _receive(self, until: float) -> None:
        self._wait_at_most(until - time.monotonic())
        self._take(self._socket.recv(ANSWER_BYTES_MAX))

    def _take(self, received: bytes) -> None:
        if not received:
            raise ConnectionAbortedError("the printer hung up")
        self._received = (self._received + received)[-ANSWER_BYTES_MAX:]

    def _wait_at_most(self, seconds: float) -> None:
        if seconds <= 0:
            raise TimeoutError("timed out")
        self._socket.settimeout(seconds)


def _connect(host: str, port: int, within_s: float) -> socket.socket:
    """Open a connection to the first of a printer's addresses that takes it."""
    until = time.monotonic() + within_s
    failed: OSError = TimeoutError("timed out")
    for family, kind, protocol, _, address in _addresses(host, port, within_s):
        connection = socket.socket(family, kind, protocol)
        try:
            connection.settimeout(max(0.001, until - time.monotonic()))
            connection.connect(address)
        except OSError as error:
            connection.close()
            failed = error
        else:
            return connection
    raise failed


def _addresses(host: str, port: int, within_s: float) -> list[Any]:
    """Look up where a printer is; who has given an address instead of a name does not wait."""
    found: list[Any] = []
    failed: list[OSError] = []

    def look_up() -> None:
        try:
            found.extend(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
        except OSError as error:
            failed.append(error)
        finally:
            _look_ups.release()

    with contextlib.suppress(socket.gaierror):
        as_it_is = socket.AI_NUMERICHOST
        return socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=as_it_is)
    if _look_ups.acquire(blocking=False):
        looking = threading.Thread(target=look_up, daemon=True)
        looking.start()
        looking.join(within_s)
    if not found:
        raise OSError(f"its name is not known here ({why(failed[0])})" if failed else NO_NAMES)
    return found


def _unsent_bytes(connection: socket.socket) -> int:
    """Tell how much the other side has not taken yet; 0 where the system does not say."""
    try:
        import fcntl
        import termios
    except ImportError:
        return 0
    told = fcntl.ioctl(connection, termios.TIOCOUTQ, struct.pack("i", 0))
    return int(struct.unpack("i", told)[0])
