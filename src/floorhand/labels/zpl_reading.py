"""Read somebody else's ZPL as a printer would: which commands come, and where labels end.

Nothing of it is ever changed. But whoever passes it on must know how many labels come out, that
the last one is finished (what follows would be swallowed), and that it is a label and no orders to
the printer.
Source: Zebra, ZPL II Programming Guide, commands ^XA, ^XZ, ^CC, ^CD, ^CT, ^FD, ^FX, ^GF, ~DY, ^PQ.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

COPIES_MAX = 99_999_999
"""The most that ^PQ knows; what is no such number counts as one."""

_STX, _ETX = b"\x02", b"\x03"
"""Stand for ^XA and ^XZ."""

_PREFIXES = {"^CC": "format", "~CC": "format", "^CT": "control", "~CT": "control"}
_DELIMITERS = frozenset({"^CD", "~CD"})
_ENDS = {_STX: "^XA", _ETX: "^XZ"}

_DRAWS = frozenset({"FD", "FV", "SN", "GB", "GC", "GD", "GE", "GF", "GS", "XG", "IM", "IL", "XF"})
"""Commands that put something on a label. One without any of them, which sets the printer up,
feeds none."""

_ORDERS = {
    "restarts the printer or sets it back": ("~JR", "^ZZ", "^JUF", "^JUN"),
    "cancels labels of others": ("~JA", "~JX", "~JP"),
    "stops the printer": ("~PP", "^PP"),
    "makes the printer print codes in place of labels": ("~JD",),
    "makes the printer answer": ("^H", "~H"),
    "changes the printer's network": ("^N", "~N", "^W", "~W", "^SX", "^SQ", "^KC"),
    "changes the printer's name or password": ("^KN", "^KP"),
}
"""What no label needs, and no file from outside may do to a printer of ours."""

_SETTINGS = b"! U"
"""Begins a command of the printer's other language, outside of labels."""


@dataclass(frozen=True, slots=True)
class Command:
    """One command of a ZPL text.

    Attributes:
        name: As it is written with the usual prefixes, such as ``^FD`` or ``~DG``; ``^A`` without
            its font.
        data: What follows it, up to the next command.
    """

    name: str
    data: bytes


@dataclass(frozen=True, slots=True)
class ZplRead:
    """What a ZPL text makes a printer do.

    Attributes:
        formats: How often it says ^XZ.
        labels: How many labels come out.
        fault: Why it must not be passed on; empty if it may.
    """

    formats: int
    labels: int
    fault: str


def read_zpl(content: bytes) -> ZplRead:
    """Count the labels of a ZPL text, and see whether it is safe to pass on."""
    formats = labels = drawn = 0
    copies, stored, begun, fault = 1, False, False, ""
    ends = _Signs()
    for command in commands(content, ends):
        name = command.name
        fault = fault or _order(command)
        if name == "^XA":
            # One within another goes on with it.
            drawn, copies, stored, begun = (drawn if begun else 0), 1, False, True
        elif name == "^XZ" and begun:
            formats += 1
            labels += copies if drawn and not stored else 0
            begun = False
        elif name == "^PQ":
            copies = _copies(command.data)
        elif name == "^DF":
            stored = True
        drawn += name[1:] in _DRAWS
    if not fault and begun:
        fault = "its last label has no end (^XZ); is it cut off?"
    if not fault and ends.cut:
        fault = f"it ends in the middle of {ends.cut}; is it cut off?"
    if not fault and ends.changed:
        fault = "it leaves the printer with other signs for commands than ^ ~ and the comma"
    return ZplRead(formats, labels, fault)


def bar_texts(content: bytes) -> tuple[str, ...]:
    """Give what the barcodes of a ZPL text hold, as near as can be told without drawing them.

    Start and shift codes of Code 128, and the codes before the data of a QR code, are left out.
    """
    texts: list[str] = []
    kind, escape = "", b""
    for command in commands(content):
        if command.name.startswith("^B") and command.name != "^BY":
            kind = command.name
        elif command.name == "^FH":
            escape = command.data[:1] or b"_"
        elif command.name in ("^FD", "^FV") and kind:
            texts.append(_in_bars(kind, command.data, escape))
        elif command.name == "^FS":
            kind, escape = "", b""
    return tuple(texts)


def _in_bars(kind: str, data: bytes, escape: bytes) -> str:
    if escape:
        hexed = re.escape(escape) + rb"([0-9A-Fa-f]{2})"
        data = re.sub(hexed, lambda found: bytes([int(found[1], 16)]), data)
    text = data.decode("utf-8", "replace")
    if kind == "^BC":
        return re.sub(r">.", "", text)
    if kind == "^BQ":
        return re.sub(r"^[HQML][AM],", "", text)
    return re.sub(r"_[0-3]", "", text) if kind == "^BX" else text


class _Signs:
    """The signs that begin commands, which commands can change.

    Attributes:
        cut: The command whose data is shorter than it says; empty if there is none.
    """

    def __init__(self) -> None:
        self.format = ord("^")
        self.control = ord("~")
        self.delimiter = ord(",")
        self.cut = ""

    @property
    def changed(self) -> bool:
        return bytes((self.format, self.control, self.delimiter)) != b"^~,"

    def change(self, name: str, sign: int) -> None:
        setattr(self, _PREFIXES.get(name, "delimiter"), sign)


def commands(content: bytes, signs: _Signs | None = None) -> Iterator[Command]:
    """Give the commands of a ZPL text in their order."""
    signs = signs or _Signs()
    at, size = 0, len(content)
    if content.lstrip().startswith(_SETTINGS):
        yield Command("!", content[:40])
    while at < size:
        begin = _next(content, at, signs)
        if begin == size:
            return
        if content[begin : begin + 1] in _ENDS:
            name, data_at = _ENDS[content[begin : begin + 1]], begin + 1
        else:
            # A sign that follows too early begins a command of its own.
            most = min(begin + 3, _next(content, begin + 1, signs))
            letters = content[begin + 1 : most].decode("latin-1").upper()
            letters = letters[:1] if letters.startswith("A") else letters
            sign = "^" if content[begin] == signs.format else "~"
            name, data_at = sign + letters, begin + 1 + len(letters)
        at = _end(content, name, data_at, signs)
        yield Command(name, content[data_at:at])


def _next(content: bytes, at: int, signs: _Signs) -> int:
    """Find where the next command begins."""
    begins = re.compile(b"[" + re.escape(bytes((signs.format, signs.control))) + _STX + _ETX + b"]")
    found = begins.search(content, at)
    return found.start() if found else len(content)


def _end(content: bytes, name: str, at: int, signs: _Signs) -> int:
    """Find where a command's data ends; a change of signs takes effect there."""
    if name in _PREFIXES or name in _DELIMITERS:
        if at < len(content):
            signs.change(name, content[at])
        return min(at + 1, len(content))
    length = _bytes_of(content, name, at, signs)
    if length is None:
        return _next(content, at, signs)
    if at + length > len(content):
        signs.cut = name
    return min(at + length, len(content))


def _bytes_of(content: bytes, name: str, at: int, signs: _Signs) -> int | None:
    """Give how much a command with binary data has in all; None for one that has text."""
    fields = 4 if name == "^GF" else 5 if name == "~DY" else 0
    if not fields:
        return None
    parts = content[at : at + 100].split(bytes([signs.delimiter]), fields)
    if len(parts) <= fields:
        return None
    kind, total = (parts[0], parts[1]) if name == "^GF" else (parts[1], parts[3])
    binary = kind.strip().upper() in ((b"B", b"C") if name == "^GF" else (b"B", b"C", b"P"))
    if not binary or not total.strip().isdigit() or parts[fields].startswith(b":"):
        return None
    return sum(len(part) + 1 for part in parts[:fields]) + int(total)


def _copies(data: bytes) -> int:
    first = re.match(rb"\s*(\d+)", data)
    copies = int(first[1]) if first else 1
    return copies if 1 <= copies <= COPIES_MAX else 1


def _order(command: Command) -> str:
    """Say what a command does that no label may do; empty for others."""
    whole = command.name + command.data[:1].decode("latin-1").upper()
    if command.name == "!" or (command.name == "^XZ" and _SETTINGS in command.data):
        return "it changes settings of the printer (! U)"
    for what, names in _ORDERS.items():
        if any(whole.startswith(name) for name in names):
            return f"it {what} ({command.name if command.name in names else whole})"
    return ""
