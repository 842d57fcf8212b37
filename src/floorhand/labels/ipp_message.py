"""Requests and answers of the Internet Printing Protocol, as bytes.

Whatever a printer answers, reading it ends in an `Answer` or in None and never in an error: what
comes over the wire is nobody's promise.
Source: RFC 8010 (encoding), RFC 8011 (operations, status codes).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum

VERSION = (1, 1)
"""What every IPP printer must understand."""

VALUES_MAX = 10_000
"""Values read of one answer; a printer with all its attributes has about a thousand."""


class Tag(IntEnum):
    """What comes next in a message, of those that we write."""

    OPERATION = 0x01
    JOB = 0x02
    END = 0x03
    INTEGER = 0x21
    NAME = 0x42
    KEYWORD = 0x44
    URI = 0x45
    CHARSET = 0x47
    LANGUAGE = 0x48
    MEDIA_TYPE = 0x49


class Operation(IntEnum):
    """What a printer is asked to do."""

    PRINT_JOB = 0x0002
    CANCEL_JOB = 0x0008
    GET_JOB_ATTRIBUTES = 0x0009
    GET_JOBS = 0x000A
    GET_PRINTER_ATTRIBUTES = 0x000B


class Said(IntEnum):
    """What a printer answers, of what we act upon."""

    REFUSED_FROM = 0x0400
    NOT_FOUND = 0x0406
    FORMAT_REFUSED = 0x040A
    ATTRIBUTE_REFUSED = 0x040B
    FAILED_FROM = 0x0500
    INTERNAL_ERROR = 0x0500
    DEVICE_ERROR = 0x0504
    BUSY = 0x0507
    JOB_CANCELED = 0x0508


Value = str | int | bytes | None
"""A value that was answered; None where the printer says that it has none."""

Attribute = tuple[Tag, str, str | int | Sequence[str]]

_GROUP_TAGS_END = 0x10
_NONE = range(0x10, 0x20)
_NUMBERS = (0x21, 0x23)
_TRUTH = 0x22
_WITH_LANGUAGE = (0x35, 0x36)
_TEXTS = range(0x40, 0x50)
_HEAD = struct.Struct(">BBHi")
_LENGTH = struct.Struct(">H")


@dataclass(frozen=True, slots=True)
class Answer:
    """What a printer answered.

    Attributes:
        status: Below ``0x0400``: it did as it was asked.
        groups: Attributes of the operation, the printer, each job, in their order.
    """

    status: int
    groups: tuple[tuple[int, Mapping[str, Sequence[Value]]], ...] = field(default=())

    @property
    def good(self) -> bool:
        """Whether it did as it was asked, if not with every detail."""
        return self.status < Said.REFUSED_FROM

    def values(self, name: str) -> Sequence[Value]:
        """Give an attribute's values where it stands first; none if it does not."""
        return next((group[name] for _, group in self.groups if name in group), ())

    def text(self, name: str) -> str:
        """Give an attribute's first value as text; empty if there is none."""
        return next((value for value in self.values(name) if isinstance(value, str)), "")

    def texts(self, name: str) -> tuple[str, ...]:
        """Give an attribute's values that are text."""
        return tuple(value for value in self.values(name) if isinstance(value, str))

    def number(self, name: str) -> int | None:
        """Give an attribute's first value as a number; None if there is none."""
        return next((value for value in self.values(name) if isinstance(value, int)), None)

    def jobs(self) -> Iterator[Answer]:
        """Give each job of a list on its own."""
        for tag, group in self.groups:
            if tag == Tag.JOB:
                yield Answer(self.status, ((tag, group),))


def write_request(
    operation: Operation,
    number: int,
    attributes: Sequence[Attribute],
    job: Sequence[Attribute] = (),
) -> bytes:
    """Write a request; the document, if any, follows it."""
    parts = [_HEAD.pack(*VERSION, operation, number), bytes([Tag.OPERATION])]
    parts += map(_attribute, (*_ALWAYS, *attributes))
    if job:
        parts += [bytes([Tag.JOB]), *map(_attribute, job)]
    return b"".join((*parts, bytes([Tag.END])))


def read_answer(raw: bytes) -> Answer | None:
    """Read an answer; None if these bytes are none."""
    try:
        return _read(raw)
    except struct.error:  # it ends in the middle
        return None


_ALWAYS: Sequence[Attribute] = (
    (Tag.CHARSET, "attributes-charset", "utf-8"),
    (Tag.LANGUAGE, "attributes-natural-language", "en"),
)


def _attribute(attribute: Attribute) -> bytes:
    tag, name, value = attribute
    values = (value,) if isinstance(value, str | int) else value
    written = b""
    for one in values:
        raw = struct.pack(">i", one) if isinstance(one, int) else one.encode()
        key = b"" if written else name.encode("ascii")
        written += bytes([tag]) + _LENGTH.pack(len(key)) + key + _LENGTH.pack(len(raw)) + raw
    return written


def _read(raw: bytes) -> Answer | None:
    _, _, status, _ = _HEAD.unpack_from(raw)
    groups: list[tuple[int, dict[str, list[Value]]]] = []
    at = _HEAD.size
    values: list[Value] | None = None
    for _ in range(VALUES_MAX):
        tag, at = raw[at] if at < len(raw) else -1, at + 1
        if tag == Tag.END:
            return Answer(status, tuple(groups))
        if 0 <= tag < _GROUP_TAGS_END:
            groups.append((tag, {}))
            values = None
            continue
        name, at = _piece(raw, at)
        content, at = _piece(raw, at)
        if name and groups:  # one without a name is one more value of the last
            values = groups[-1][1].setdefault(name.decode("ascii", "replace"), [])
        if values is None:
            return None
        values.append(_value(tag, content))
    return None


def _piece(raw: bytes, at: int) -> tuple[bytes, int]:
    (length,) = _LENGTH.unpack_from(raw, at)
    begin = at + _LENGTH.size
    (piece,) = struct.unpack_from(f"{length}s", raw, begin)
    return piece, begin + length


def _value(tag: int, raw: bytes) -> Value:
    if tag in _NONE:
        return None
    if tag in _NUMBERS:
        (number,) = struct.unpack(">i", raw)
        return int(number)
    if tag == _TRUTH:
        return int(raw != b"\0")
    if tag in _WITH_LANGUAGE:
        _, at = _piece(raw, 0)
        return _piece(raw, at)[0].decode("utf-8", "replace")
    return raw.decode("utf-8", "replace") if tag in _TEXTS else raw
