"""Draw the labels that `floorhand.labels.zpl` writes; all other ZPL is not drawn at all.

What is on a label is read from its bytes, as a printer does; only how a label of ours begins is
known from elsewhere. So it also tells whether the bytes say what they should. It is no renderer: a
label with a single command that is never written by us has no picture, for half a label would be a
lie.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from PIL import Image, ImageChops, ImageDraw

from floorhand.labels.fonts import Style
from floorhand.labels.picture import BLACK, WHITE, Picture, line_picture
from floorhand.labels.placed import Area, PlacedLine, PlacedText
from floorhand.labels.zpl import zpl_head

SIDE_MAX_DOTS = 20_000
"""Wider or longer labels are not drawn."""

_SIZE = re.compile(r"\^PW([1-9]\d{0,4})\^LL([1-9]\d{0,4})\^PQ([1-9]\d{0,7}),")
_PICTURE = re.compile(r"\^FO(\d+),(\d+)(\^FR)?\^GFA,(\d+),\4,(\d+),([0-9A-F]+)\^FS")
_BOX = re.compile(r"\^FO(\d+),(\d+)\^GB(\d+),(\d+),(\d+)\^FS")
_LINE = re.compile(r"\^FT(\d+),(\d+)(\^FR)?\^A0N,(\d+),\d+\^FH_\^FD([^^~]*)\^FS")
_BARS = re.compile(r"\^BY(\d+)\^FO(\d+),(\d+)\^BCN,(\d+),N,N,N,N\^FH_\^FD([^^~]*)\^FS")
_HEXED = re.compile(rb"_([0-9A-F]{2})")

_CAPITALS = 0.75
"""Height of the capitals of font 0, in heights of its lines."""

_NAMED = {"0": 30, "<": 62, "=": 94, "1": 95, "8": 102}
"""Symbols of Code 128 that ^BC knows by ``>`` and a sign.
Source: Zebra, ZPL II Programming Guide, command ^BC, invocation codes."""

_STARTS = {">:": 104, ">;": 105}
_TO_C, _TO_B = 99, 100


class _Unknown(Exception):
    """Something that we never write."""


def draw_label(zpl: bytes) -> Picture | None:
    """Draw a label, black on white; None if it is not one of ours."""
    text = zpl.decode("ascii", "replace")
    found = _SIZE.search(text)
    if found is None or not text.rstrip().endswith("^XZ"):
        return None
    width, height, copies = map(int, found.groups())
    head = zpl_head(width, height, copies)
    if not text.startswith(head) or max(width, height) > SIDE_MAX_DOTS:
        return None
    picture = Image.new("1", (width, height), WHITE)
    try:
        for field in text[len(head) :].rstrip().removesuffix("^XZ").splitlines():
            _draw_field(picture, field)
    except _Unknown:
        return None
    return picture


def _draw_field(picture: Picture, field: str) -> None:
    for pattern, paint in _FIELDS.items():
        if found := pattern.fullmatch(field):
            paint(picture, found)
            return
    raise _Unknown(field)


def _paint_picture(picture: Picture, found: re.Match[str]) -> None:
    left, top, size, row_bytes = int(found[1]), int(found[2]), int(found[4]), int(found[5])
    rows = bytes.fromhex(found[6]) if len(found[6]) % 2 == 0 else b""
    if not row_bytes or len(rows) != size or size % row_bytes:
        raise _Unknown("not whole rows")
    black = Image.frombytes("1", (8 * row_bytes, size // row_bytes), rows)
    _ink(picture, black, left, top, reverse=bool(found[3]))


def _paint_box(picture: Picture, found: re.Match[str]) -> None:
    left, top, width, height, line = map(int, found.groups())
    pen = ImageDraw.Draw(picture)
    corners = (left, top, left + width - 1, top + height - 1)
    if 2 * line >= min(width, height):
        pen.rectangle(corners, fill=BLACK)
    else:
        pen.rectangle(corners, outline=BLACK, width=line)


def _paint_line(picture: Picture, found: re.Match[str]) -> None:
    left, baseline, height = int(found[1]), int(found[2]), int(found[4])
    text = _unhexed(found[5]).decode("utf-8", "replace")
    style = Style(max(1, round(height * _CAPITALS)))
    area = Area(0, 0, picture.width, picture.height)
    line = PlacedLine(text, left, baseline)
    placed = PlacedText("", area, (line,), style, reverse=False, shortened=False)
    drawn, at, top = line_picture(placed, line)
    black = drawn.point(lambda dot: 1 if dot == 0 else 0, "1")
    _ink(picture, black, at, top, reverse=bool(found[3]))


def _paint_bars(picture: Picture, found: re.Match[str]) -> None:
    module, left, top, height = map(int, found.groups()[:4])
    modules = _modules(_unhexed(found[5]).decode("ascii", "replace"))
    row = Image.new("1", (len(modules), 1))
    row.putdata([int(one == "1") for one in modules])
    size = (len(modules) * module, height)
    _ink(picture, row.resize(size, Image.Resampling.NEAREST), left, top, reverse=False)


_FIELDS: dict[re.Pattern[str], Callable[[Picture, re.Match[str]], None]] = {
    _PICTURE: _paint_picture,
    _BOX: _paint_box,
    _LINE: _paint_line,
    _BARS: _paint_bars,
}


def _ink(picture: Picture, black: Picture, left: int, top: int, *, reverse: bool) -> None:
    """Make dots black; in reverse, those that are black become white."""
    box = (left, top, left + black.width, top + black.height)
    if reverse:
        before = picture.crop(box)
        picture.paste(ImageChops.logical_xor(before, black), box[:2])
    else:
        picture.paste(BLACK, box[:2], black)


def _unhexed(text: str) -> bytes:
    return _HEXED.sub(lambda found: bytes([int(found[1], 16)]), text.encode())


def _modules(data: str) -> str:
    """Give the modules of a Code 128 that is told symbol by symbol."""
    from barcode.charsets.code128 import CODES

    values = _values(data)
    check = (values[0] + sum(at * value for at, value in enumerate(values))) % 103
    return "".join(CODES[value] for value in (*values, check)) + "1100011101011"


def _values(data: str) -> list[int]:
    """Read what ^BC is told: a start, then letters or pairs of digits, and named symbols."""
    if data[:2] not in _STARTS:
        raise _Unknown(data)
    values, rest, pairs = [_STARTS[data[:2]]], data[2:], data[:2] == ">;"
    while rest:
        if rest[0] == ">":
            if rest[1:2] in ("5", "6"):
                pairs = rest[1] == "5"
                values.append(_TO_C if pairs else _TO_B)
            elif rest[1:2] in _NAMED:
                values.append(_NAMED[rest[1]])
            else:
                raise _Unknown(data)
            rest = rest[2:]
        elif pairs:
            if not (len(rest) > 1 and rest[:2].isdecimal()):
                raise _Unknown(data)
            values.append(int(rest[:2]))
            rest = rest[2:]
        else:
            values.append(ord(rest[0]) - 32)
            rest = rest[1:]
    if not all(0 <= value < 106 for value in values):
        raise _Unknown(data)
    return values
