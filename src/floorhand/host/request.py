"""What clients ask of a host, read bit by bit: nobody is waited for."""

from __future__ import annotations

import array
import os
import socket
import stat
import struct
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any, Final

from floorhand.config import Settings
from floorhand.errors import FloorhandError
from floorhand.host.join import HELLO, REQUEST_BYTES_MAX, TAKE_OVER, is_attributes, is_sent

STREAMS: Final = 3
DESCRIPTORS_MAX: Final = 16
"""Read at most, so that those which nobody asked for are known, and closed."""

TERMINAL, MOVED = "terminal", "moved"
"""What can be asked for: a terminal; or to record where the device of one is now."""

FOR_STRANGERS: Final = frozenset(
    {
        *("seat", "station", "remote", "language", "theme", "large", "bell_ok", "take_seat"),
        "hints",
    }
)
"""Settings that another user than the host's may choose: no file is read or written for them."""

SO_PEERGROUPS: Final = 59
"""The groups of who is at the other end (Linux, include/uapi/asm-generic/socket.h)."""

GROUPS_MAX: Final = 1_024


class BadRequest(FloorhandError):
    """A client asked for what it cannot have, or spoke another language."""


@dataclass(frozen=True, slots=True)
class Peer:
    """Who is at the other end of a line, as the system says."""

    pid: int
    uid: int
    groups: frozenset[int]


@dataclass(frozen=True, slots=True)
class Request:
    """A client wants a terminal, or something told about one.

    Attributes:
        environ: What it sends of its environment.
        typed: Settings of the terminal, by name.
        encoding: Of what is written to its terminal.
        streams: Its terminal, three times; whatever it has, if it wants no terminal.
        attributes: How that terminal was before any program of ours took it over; empty: unknown.
        life: The end of a pipe whose other end closes when the client ends; None if none came.
        stranger: The user, if that is not the host's own.
        act: What is wanted, `TERMINAL` or `MOVED`.
    """

    environ: Mapping[str, str]
    typed: Mapping[str, str | bool]
    encoding: str
    streams: tuple[int, ...]
    attributes: str = ""
    life: int | None = None
    stranger: int | None = None
    act: str = TERMINAL

    def close(self) -> None:
        """Give back the descriptors that came."""
        for one in (*self.streams, *([] if self.life is None else [self.life])):
            os.close(one)


@dataclass(frozen=True, slots=True)
class TakingOver:
    """A newer host wants the socket. ``schema`` is that of the database it knows."""

    schema: str


@dataclass(slots=True)
class Incoming:
    """A line whose request is still being read."""

    line: socket.socket
    peer: Peer
    until: float
    """When it will have taken too long, on the clock of `time.monotonic`."""

    _read: bytearray = field(default_factory=bytearray)
    _descriptors: list[int] = field(default_factory=list)

    def read(self) -> Request | TakingOver | None:
        """Read what is there; None if more is to come.

        Raises:
            BadRequest: If no terminal can be opened for it.
            OSError: If the line is broken.
        """
        data, came = _receive(self.line)
        self._descriptors += came
        self._read += data
        if not data:
            raise BadRequest("the line ended before the request did")
        if len(self._read) > REQUEST_BYTES_MAX or len(self._descriptors) > STREAMS + 1:
            raise BadRequest("the request is too long")
        if not self._read.endswith(b"\0\0"):
            return None
        hello, *told = bytes(self._read).decode("utf-8", "surrogateescape").split("\0")[:-2]
        if hello == TAKE_OVER:
            return TakingOver(told[0] if told else "")
        if hello != HELLO:
            raise BadRequest("this host does not speak its language; it is of another version")
        return self._request(told)

    def _request(self, told: list[str]) -> Request:
        pairs = [one.partition("=") for one in told]
        act = next((one for kind, _, one in pairs if kind == "act"), TERMINAL)
        if act not in (TERMINAL, MOVED):
            raise BadRequest(f"it cannot do {act!r}")
        streams, more = tuple(self._descriptors[:STREAMS]), self._descriptors[STREAMS:]
        if len(streams) != STREAMS or not (act == MOVED or all(map(os.isatty, streams))):
            raise BadRequest("a terminal has to come along, as input, output and errors")
        if not all(stat.S_ISFIFO(os.fstat(one).st_mode) for one in more):
            raise BadRequest("what comes along behind a terminal has to be a pipe")
        told_of = [one.partition("=") for kind, _, one in pairs if kind == "env"]
        environ = {name: value for name, _, value in told_of if is_sent(name)}
        typed = typed_in([one for kind, _, one in pairs if kind == "word"])
        encoding = next((one for kind, _, one in pairs if kind == "encoding"), "utf-8")
        attributes = next((one for kind, _, one in pairs if kind == "attributes"), "")
        if attributes and not is_attributes(attributes):
            raise BadRequest("the attributes of its terminal are none")
        self._descriptors = []
        life = more[0] if more else None
        return Request(environ, typed, encoding, streams, attributes, life, act=act)

    def close(self) -> None:
        """Give back what came and was not asked for."""
        for one in self._descriptors:
            os.close(one)
        self._descriptors.clear()


def _receive(line: socket.socket) -> tuple[bytes, list[int]]:
    """Read bytes, and all descriptors that come along."""
    space = socket.CMSG_SPACE(DESCRIPTORS_MAX * 4)
    data, came, *_ = line.recvmsg(REQUEST_BYTES_MAX, space, socket.MSG_CMSG_CLOEXEC)
    descriptors = array.array("i")
    for level, kind, packed in came:
        if (level, kind) == (socket.SOL_SOCKET, socket.SCM_RIGHTS):
            descriptors.frombytes(packed[: len(packed) - len(packed) % descriptors.itemsize])
    return data, list(descriptors)


def typed_in(words: list[str]) -> dict[str, str | bool]:
    """Read settings as they are written behind ``floorhand terminal``.

    Raises:
        BadRequest: If a word is none.
    """
    kinds = {f"--{one.name.replace('_', '-')}": one for one in fields(Settings)}
    typed: dict[str, str | bool] = {}
    left = iter(words)
    for word in left:
        option, is_joined, value = word.partition("=")
        setting: Any = kinds.get(option)
        if setting is None:
            raise BadRequest(f"{word} is no option of a terminal")
        if setting.type == "bool" and not is_joined:
            typed[setting.name] = True
        elif is_joined or (value := next(left, "")):
            typed[setting.name] = value
        else:
            raise BadRequest(f"{word} wants a value")
    return typed


def of_stranger(request: Request, user: int) -> Request:
    """Give what another user than the host's may have of a request.

    Raises:
        BadRequest: If something was typed that is the host's to decide. What stands in the
            environment may be meant for other programs, and is only left out.
    """
    for name in request.typed:
        if name not in FOR_STRANGERS:
            raise BadRequest(f"--{name.replace('_', '-')} is for the host to say, not for others")
    environ = {
        name: value
        for name, value in request.environ.items()
        if not name.startswith("FLOORHAND_")
        or name.removeprefix("FLOORHAND_").lower() in FOR_STRANGERS
    }
    return replace(request, environ=environ, stranger=user)


def peer_of(line: socket.socket) -> Peer:
    """Ask the system who is at the other end."""
    told = line.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
    pid, uid, gid = struct.unpack("3i", told)
    groups = array.array("I")
    groups.frombytes(line.getsockopt(socket.SOL_SOCKET, SO_PEERGROUPS, GROUPS_MAX))
    return Peer(pid, uid, frozenset({gid, *groups}))
