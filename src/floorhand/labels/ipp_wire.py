"""One question to a printer that speaks IPP, and its answer, over HTTP."""

from __future__ import annotations

import http.client
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Final
from urllib.parse import SplitResult, urlsplit

from floorhand.errors import BadSetting
from floorhand.labels.ipp_message import Answer, read_answer
from floorhand.labels.printers import why

PORT = 631
SCHEMES: Final = {"ipp": http.client.HTTPConnection, "ipps": http.client.HTTPSConnection}
ANSWER_BYTES_MAX = 2**20


class Unreached(OSError):
    """The printer was not reached: it heard nothing."""


class Lost(OSError):
    """The printer was reached, and what it made of it is not known."""


def read_address(uri: str) -> SplitResult:
    """Read a printer's address.

    Raises:
        BadSetting: If it is none.
    """
    try:
        address = urlsplit(uri)
        host, _ = address.hostname, address.port
    except ValueError as error:
        raise BadSetting(f"{uri!r} is no address of a printer: {error}") from error
    if address.scheme not in SCHEMES or not host or address.username is not None:
        raise BadSetting(
            f"{uri!r} is no address of a printer, such as ipp://printer.local/ipp/print "
            "(ipp or ipps, no user)."
        )
    return address if address.path.strip("/") else address._replace(path="/ipp/print")


def exchange(address: SplitResult, request: bytes, seconds: float) -> Answer:
    """Send a request, and read its answer.

    Raises:
        Unreached: If the printer was not asked.
        Lost: If there was no answer within the time, or none that can be read.
    """
    assert address.hostname is not None
    connection = SCHEMES[address.scheme](address.hostname, address.port or PORT, timeout=seconds)
    try:
        try:
            connection.connect()
        except OSError as error:
            raise Unreached(why(error)) from error
        with _hung_up_after(seconds, connection.sock):
            code, raw = _talk(connection, address.path, request)
    finally:
        connection.close()
    if 400 <= code < 500:  # the web server in front of the printer let nothing through
        raise Unreached(f"HTTP {code} {http.client.responses.get(code, '')}".strip())
    answer = read_answer(raw) if code == http.client.OK else None
    if answer is None:
        raise Lost(f"something that is no IPP (HTTP {code})")
    return answer


def _talk(connection: http.client.HTTPConnection, path: str, request: bytes) -> tuple[int, bytes]:
    try:
        with suppress(ConnectionError):  # it may have answered before it had heard all
            connection.request("POST", path, request, {"Content-Type": "application/ipp"})
        response = connection.getresponse()
        return response.status, response.read(ANSWER_BYTES_MAX)
    except OSError as error:
        raise Lost(why(error)) from error
    except http.client.HTTPException as error:
        raise Lost(f"something that is no HTTP ({type(error).__name__})") from error


@contextmanager
def _hung_up_after(seconds: float, line: socket.socket) -> Iterator[None]:
    """End a conversation that takes too long in all, however alive the other side seems."""

    def hang_up() -> None:
        with suppress(OSError):  # it is closed already
            line.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(seconds, hang_up)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
