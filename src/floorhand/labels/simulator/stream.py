"""Split what a printer receives into labels and commands, as a printer does.

Bytes come in pieces of any size; a label is what stands between ^XA and ^XZ, and commands that
begin with ~ count wherever they stand, but not within the bytes of a picture.
Source: Zebra, ZPL II Programming Guide, commands ^XA, ^XZ, ^CC, ^CT, ^CD, ^GF, ~DY.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

STX, ETX = 0x02, 0x03
"""May stand for ^XA and ^XZ."""

LABEL_BYTES_MAX = 16 * 1024 * 1024
"""Of a label that does not end, no more is kept; the rest of it is thrown away."""

HEAD_BYTES_MAX = 256
"""How long the parameters before the bytes of a picture may be."""

SHOWS = frozenset(b"FD FV FN GB GC GD GE GF GS XG IM XF".split())
"""Commands that put something on a label; one without any only changes settings."""

_COPIES = re.compile(rb" *(\d+)")


@dataclass(frozen=True, slots=True)
class Format:
    """What came from ^XA to ^XZ.

    Attributes:
        zpl: All of it, byte for byte.
        commands: Names of the commands in it.
        copies: How many are to come out.
    """

    zpl: bytes
    commands: frozenset[bytes] = frozenset()
    copies: int = 1

    @property
    def prints(self) -> bool:
        """Whether something comes out, instead of being set or stored."""
        return bool(self.commands & SHOWS) and b"DF" not in self.commands


@dataclass(frozen=True, slots=True)
class Control:
    """A command such as ``HS`` of ``~HS``."""

    name: bytes


class Splitter:
    """Splits what comes on one connection."""

    def __init__(self) -> None:
        self._label = bytearray()
        self._commands: set[bytes] = set()
        self._copies_at = 0
        self._open = False
        self._rest = b""
        self._picture_bytes = 0
        self._caret, self._tilde, self._comma = b"^~,"

    @property
    def begun(self) -> bytes:
        """What has come of a label whose end has not; empty if there is none."""
        return bytes(self._label)

    def cancel(self) -> None:
        """Forget the beginning of a label."""
        self._label.clear()
        self._commands.clear()
        self._copies_at = 0
        self._open = False

    def feed(self, received: bytes) -> Iterator[Format | Control]:
        """Take more bytes in; give what they complete, one by one."""
        self._rest += received
        while self._rest:
            if self._picture_bytes:
                self._picture_bytes -= self._keep(min(self._picture_bytes, len(self._rest)))
                continue
            self._keep(self._data_bytes())
            length = self._command_bytes()
            if not length:
                return
            command = self._rest[:length]
            self._keep(length)
            if (part := self._meaning(command)) is not None:
                yield part

    def _data_bytes(self) -> int:
        """Count the bytes before the next command."""
        signs = (self._caret, self._tilde, STX, ETX)
        found = (self._rest.find(sign) for sign in signs)
        return min((at for at in found if at >= 0), default=len(self._rest))

    def _command_bytes(self) -> int:
        """Count the bytes of the command that stands first; 0 if its end has not come yet."""
        if not self._rest:
            return 0
        if self._rest[0] in (STX, ETX):
            return 1
        name = self._rest[1:3].upper()
        if name in (b"CC", b"CT", b"CD"):
            return 4 if len(self._rest) >= 4 else 0
        commas = {b"GF": 4, b"DY": 5}.get(name, 0)
        if not commas:
            return 3 if len(self._rest) >= 3 else 0
        at = 2
        for _ in range(commas):
            at = self._rest.find(self._comma, at + 1, HEAD_BYTES_MAX)
            if at < 0:
                return 3 if len(self._rest) >= HEAD_BYTES_MAX else 0
        return at + 1

    def _keep(self, count: int) -> int:
        kept, self._rest = self._rest[:count], self._rest[count:]
        if self._open and len(self._label) < LABEL_BYTES_MAX:
            self._label += kept
        return count

    def _whole(self) -> Format:
        wanted = self._copies_at and _COPIES.match(self._label, self._copies_at)
        copies = max(1, int(wanted[1])) if wanted else 1
        label = Format(bytes(self._label), frozenset(self._commands), copies)
        self.cancel()
        return label

    def _meaning(self, command: bytes) -> Format | Control | None:
        name = command[1:3].upper()
        self._commands.add(name)
        if command[0] == STX or (command[0] == self._caret and name == b"XA"):
            if not self._open:
                self._open = True
                self._label += command
        elif command[0] == ETX or (command[0] == self._caret and name == b"XZ"):
            if self._open:
                return self._whole()
        elif name == b"PQ":
            self._copies_at = len(self._label)
        elif name == b"CC":
            self._caret = command[3]
        elif name == b"CT":
            self._tilde = command[3]
        elif name == b"CD":
            self._comma = command[3]
        elif name in (b"GF", b"DY") and len(command) > 3:
            self._picture_bytes = self._bytes_behind(command, name)
        elif command[0] == self._tilde:
            return Control(name)
        return None

    def _bytes_behind(self, command: bytes, name: bytes) -> int:
        """Count the bytes of a picture that are sent as they are; 0 if it is written in letters."""
        fields = command[3:].split(bytes([self._comma]))
        form, count = (fields[0], fields[1]) if name == b"GF" else (fields[1], fields[3])
        as_they_are = form.strip().upper() in (b"B", b"C") and count.strip().isdigit()
        return int(count) if as_they_are else 0
