"""A proxy between terminals and PostgreSQL that lets any statement fail, in every way it can.

It knows the messages of the protocol, so that it can say where one request ends. What the server
would say of itself it lets the server say, by sending another statement in place of the one that is
to fail: so a transaction is as broken afterwards as it would be.
Source: PostgreSQL's manual, Frontend/Backend Protocol, Message Flow and Message Formats.
"""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from enum import StrEnum

from sqlalchemy import URL, make_url

STARTS_MAX = 10_000
"""No request to begin is longer (server, src/include/libpq/pqcomm.h: MAX_STARTUP_PACKET_LENGTH)."""

ENCRYPTION = frozenset({80877103, 80877104})
"""Codes of the requests to encrypt by TLS and GSSAPI, which come before the real beginning."""

ENDS_REQUEST = b"QSX"
"""Kinds of messages that end a request: a simple query, a sync, a farewell."""

READ_BYTES = 65_536


class Way(StrEnum):
    """How a request goes wrong."""

    CUT_BEFORE = "cut before the server had it"
    CUT_WITHIN = "cut in its middle"
    CUT_BEHIND = "cut on its way"
    CUT_ANSWER = "cut with the answer on its way back"
    SILENT = "not answered, and nothing after it"
    DISK_FULL = "53100"
    SHUT_DOWN = "57P01"


INSTEAD = {
    Way.DISK_FULL: (
        "DO $$ BEGIN RAISE 'could not extend file: No space left on device' "
        "USING ERRCODE = '53100'; END $$"
    ),
    Way.SHUT_DOWN: "SELECT pg_terminate_backend(pg_backend_pid())",
}
"""What makes the server itself say so: the first also breaks the transaction, the second ends the
connection as an administrator does."""

TOO_MANY = ("53300", "sorry, too many clients already")
STARTING = ("57P03", "the database system is starting up")

Meddle = Callable[[bytes], Way | None]
"""Told of each request; says how it goes wrong. None: it does not."""


class Wire:
    """Passes bytes between clients and a server.

    Args:
        server: Address of the server.
        meddle: Asked about each request.
    """

    def __init__(self, server: str, meddle: Meddle) -> None:
        self._url = make_url(server)
        self._folder = self._url.query.get("host", "")
        self._address = (self._url.host or "127.0.0.1", self._url.port or 5432)
        self._meddle = meddle
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.refused: list[tuple[str, str]] = []
        """What the next clients are told instead of being let in."""
        threading.Thread(target=self._serve, daemon=True).start()

    @property
    def address(self) -> URL:
        """Say where clients find it."""
        port = self._listener.getsockname()[1]
        return self._url.set(host="127.0.0.1", port=port, query={})

    def named(self, database: str) -> str:
        """Give the address of a database behind it."""
        return self.address.set(database=database).render_as_string(hide_password=False)

    def close(self) -> None:
        """Take no more clients."""
        self._listener.close()

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                threading.Thread(target=self._pass, args=(client,), daemon=True).start()

    def _connect(self) -> socket.socket:
        if not self._folder:
            return socket.create_connection(self._address)
        server = socket.socket(socket.AF_UNIX)
        server.connect(f"{self._folder}/.s.PGSQL.{self._address[1]}")
        return server

    def _pass(self, client: socket.socket) -> None:
        """Bring each request to the server and its answers back."""
        with client, suppress(OSError):
            begin = _beginning(client)
            if self.refused:
                client.sendall(_refusal(*self.refused.pop(0)))
                return
            with self._connect() as server:
                lost = threading.Event()
                back = threading.Thread(target=_bring_back, args=(server, client, lost))
                back.start()
                server.sendall(begin)
                for request in _requests(client):
                    if (way := self._meddle(request)) is not None:
                        if way in INSTEAD:
                            server.sendall(_query(INSTEAD[way]))
                            continue
                        lost.set()
                        _lose(server, back, request, way)
                        if way is Way.SILENT:
                            continue
                        break
                    if not lost.is_set():
                        server.sendall(request)
                for end in (server, client):
                    with suppress(OSError):
                        end.shutdown(socket.SHUT_RDWR)
                back.join()


def _lose(server: socket.socket, back: threading.Thread, request: bytes, way: Way) -> None:
    """Send what the server gets of a request whose connection is cut."""
    if way is Way.CUT_WITHIN:
        server.sendall(request[: len(request) // 2])
    elif way is not Way.CUT_BEFORE:
        server.sendall(request)
    if way is Way.CUT_ANSWER:
        back.join()  # it has had the answer, and kept it


def _bring_back(server: socket.socket, client: socket.socket, lost: threading.Event) -> None:
    with suppress(OSError):
        while answer := server.recv(READ_BYTES):
            if lost.is_set():
                return
            client.sendall(answer)
    if not lost.is_set():
        with suppress(OSError):
            client.shutdown(socket.SHUT_RDWR)


def _beginning(client: socket.socket) -> bytes:
    """Read how a client begins; it is not given encryption."""
    while True:
        size, code = struct.unpack("!II", _exactly(client, 8))
        assert size <= STARTS_MAX, size
        if code not in ENCRYPTION:
            return struct.pack("!II", size, code) + _exactly(client, size - 8)
        client.sendall(b"N")


def _requests(client: socket.socket) -> Iterator[bytes]:
    """Read one request after the other: all messages up to one that is to be answered."""
    read, request = b"", b""
    while more := client.recv(READ_BYTES):
        read += more
        while len(read) >= 5 and len(read) > (size := struct.unpack("!I", read[1:5])[0]):
            message, read = read[: size + 1], read[size + 1 :]
            request += message
            if message[:1] in ENDS_REQUEST:
                yield request
                request = b""


def _exactly(client: socket.socket, size: int) -> bytes:
    data = b""
    while len(data) < size:
        if not (more := client.recv(size - len(data))):
            raise ConnectionError("the client went away")
        data += more
    return data


def _query(sql: str) -> bytes:
    data = sql.encode() + b"\0"
    return b"Q" + struct.pack("!I", len(data) + 4) + data


def _refusal(state: str, message: str) -> bytes:
    """Say no as a server does that lets nobody in."""
    fields = {"S": "FATAL", "V": "FATAL", "C": state, "M": message}
    data = b"".join(f"{name}{value}\0".encode() for name, value in fields.items()) + b"\0"
    return b"E" + struct.pack("!I", len(data) + 4) + data
