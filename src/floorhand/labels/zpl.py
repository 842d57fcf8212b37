"""Write a layout in the language of label printers (ZPL II).

Data never becomes a command: every byte of it but plain letters and digits is written as ``_xx``,
which ``^FH_`` turns back into data. What the printer's own font cannot surely show is sent as a
graphic. Settings that a label before may have left in the printer are set back first.
Source: Zebra, ZPL II Programming Guide.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from unicodedata import normalize

from floorhand.labels import picture
from floorhand.labels.fonts import ELLIPSIS, MISSING, Style, width_dots
from floorhand.labels.images import fitted
from floorhand.labels.picture import Picture
from floorhand.labels.placed import (
    Layout,
    Placed,
    PlacedArrow,
    PlacedFrame,
    PlacedLine,
    PlacedPicture,
    PlacedSymbol,
    PlacedText,
)

COMMANDS_KEPT_MAX = 200
"""So much of labels is kept as it is sent; a line drawn as a graphic takes 10 kB at 203 dpi."""

MODULE_DOTS_MAX = 10
"""The widest bar that ^BY knows; wider ones are drawn as boxes."""

_FONT_HEIGHT = 1 / 0.75
"""Height of the printer's font 0 for capitals of height 1."""

_FONT_WIDTHS = (
    25, 33, 33, 50, 50, 83, 67, 25, 33, 33, 50, 50, 33, 80, 33, 28, 50, 50, 50, 50, 50, 50, 50, 50,
    50, 50, 28, 28, 50, 50, 50, 50, 83, 56, 56, 56, 61, 50, 50, 61, 61, 28, 44, 56, 50, 78, 61, 61,
    56, 61, 61, 56, 50, 61, 56, 83, 56, 56, 50, 33, 25, 33, 50, 50, 33, 50, 50, 44, 50, 50, 28, 50,
    50, 28, 28, 44, 28, 78, 50, 50, 50, 50, 33, 44, 28, 50, 44, 67, 44, 44, 39, 28, 25, 28, 50,
)  # fmt: skip
"""Widths of ASCII in font 0, in hundredths of its height, as an independent renderer draws them."""

_FONT_WIDEST = 83

_PRINTER_LETTERS = frozenset(map(chr, (*range(0x20, 0x7F), *range(0xA1, 0x100)))) - {"\xad"}
"""What font 0 of every printer shows with ^CI28: ASCII and Latin-1."""


def _hundredths(letter: str) -> int:
    bare = normalize("NFD", letter)[0]
    return _FONT_WIDTHS[ord(bare) - 32] if bare <= "~" else _FONT_WIDEST


_WIDTHS = {letter: _hundredths(letter) for letter in _PRINTER_LETTERS}

_PLAIN = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789 ")

_HEXED = {code: f"_{code:02X}" for code in range(128) if chr(code) not in _PLAIN}
"""ASCII but plain letters and digits, as it is written."""

_INVOKED = {30: ">0", 62: "><", 94: ">=", 95: ">1", 102: ">8"}
"""Values of Code 128 in subset B that ^BC wants written as invocation codes."""

TO_PAIRS = ">5"
"""Changes from letters to pairs of digits within a Code 128."""

_FNC1, _TO_B, _TO_C, _START_B, _START_C = 102, 100, 99, 104, 105


def write_zpl(layout: Layout, copies: int = 1) -> bytes:
    """Write a label as ZPL."""
    assert copies >= 1, copies
    head = zpl_head(layout.width_dots, layout.height_dots, copies)
    fields = "".join(map(_commands, layout.placed))
    return f"{head}{fields}^XZ\n".encode("ascii")


def zpl_head(width_dots: int, height_dots: int, copies: int = 1) -> str:
    """Begin a label of ours, whatever a label before it has left set in the printer.

    What describes the labels in the printer and how it prints them all is left alone, for only the
    site knows it: kind of media and of its sensing, cutter or peeler, speed, darkness (~SD),
    tear-off. So are the letters that ^CW gives to fonts.
    """
    return (
        "^XA^SZ2^JMA^MD0^CVN^CI28^MUD^MCY^LRN^PON^PMN^FWN,0^LS0^LT0^LH0,0"
        f"^PW{width_dots}^LL{height_dots}^PQ{copies},0,0,N\n"
    )


def hexed(text: str) -> str:
    """Write data so that nothing in it can be a command."""
    if text.isascii():
        return text.translate(_HEXED)
    return "".join(
        letter if letter in _PLAIN else "".join(f"_{byte:02X}" for byte in letter.encode())
        for letter in text
    )


def graphic_field(drawn: Picture) -> str:
    """Write a picture as ``^GFA``: rows of whole bytes in hexadecimal, 1 is black."""
    row_bytes = -(-drawn.width // 8)
    # Pillow packs rows to whole bytes too, with 1 for white; padding must stay white.
    rows = drawn.point(lambda dot: 1 if dot == 0 else 0, "1").tobytes()
    return f"^GFA,{len(rows)},{len(rows)},{row_bytes},{rows.hex().upper()}^FS"


@lru_cache(maxsize=COMMANDS_KEPT_MAX)
def _commands(item: Placed) -> str:
    """Write what stands somewhere; kept, because most of a label stands on the next one too."""
    return "".join(f"{command}\n" for command in _commands_of(item))


def _commands_of(item: Placed) -> Iterator[str]:
    area = item.area
    match item:
        case PlacedFrame():
            yield _box(area.left, area.top, area.width, area.height, item.line_dots)
        case PlacedArrow():
            yield f"^FO{area.left},{area.top}" + graphic_field(picture.arrow_picture(item))
        case PlacedPicture():
            drawn = fitted(item.content, area.width, area.height)
            yield f"^FO{area.left},{area.top}" + graphic_field(drawn)
        case PlacedText():
            if item.reverse:
                yield _black(area.left, area.top, area.width, area.height)
            for line in item.lines:
                yield _line(item, line)
        case PlacedSymbol():
            yield from _symbol(item)


def _box(left: int, top: int, width: int, height: int, line: int) -> str:
    return f"^FO{left},{top}^GB{width},{height},{line}^FS"


def _black(left: int, top: int, width: int, height: int) -> str:
    return _box(left, top, width, height, min(width, height))


def _line(text: PlacedText, line: PlacedLine) -> str:
    reverse = "^FR" if text.reverse else ""
    if not set(line.text) <= _PRINTER_LETTERS:
        drawn, left, top = picture.line_picture(text, line)
        return f"^FO{left},{top}{reverse}{graphic_field(drawn)}"
    return f"^FT{line.left},{line.baseline}{reverse}{_in_font_0(line.text, text.style)}"


def _in_font_0(text: str, style: Style) -> str:
    """Write a line in the printer's own font."""
    height = round(style.capital_dots * _FONT_HEIGHT)
    width = _font_width(text, height, width_dots(text, style))
    return f"^A0N,{height},{width}^FH_^FD{hexed(text)}^FS"


def _font_width(text: str, height: int, room_dots: int) -> int:
    """Choose how wide font 0 is set, so that a line is as wide as the same line of the picture."""
    natural = sum(map(_WIDTHS.__getitem__, text))
    return max(1, int(height * min(1.1, room_dots / (natural * height / 100))))


def _symbol(item: PlacedSymbol) -> Iterator[str]:
    area, symbol = item.area, item.symbol
    if symbol.is_matrix:
        drawn = picture.symbol_picture(symbol, item.module_dots, area.height)
        yield f"^FO{area.left},{area.top}" + graphic_field(drawn)
    elif (data := _printers_own(item)) is not None:
        yield (
            f"^BY{item.module_dots}^FO{area.left},{area.top}"
            f"^BCN,{area.height},N,N,N,N^FH_^FD{hexed(data)}^FS"
        )
    else:
        for start, width in _black_runs(symbol.rows[0]):
            left = area.left + start * item.module_dots
            bar = width * item.module_dots
            yield _black(left, area.top, bar, area.height)


def _printers_own(item: PlacedSymbol) -> str | None:
    """Give the data with which the printer draws a barcode itself; None if we had better.

    Not all that speak ZPL know how to change from letters to pairs of digits: some print another
    code instead.
    """
    if item.symbol.symbology not in ("code128", "gs1-128") or item.module_dots > MODULE_DOTS_MAX:
        return None
    data = code128_data(item.symbol.rows[0])
    return None if TO_PAIRS in data else data


def _black_runs(modules: str) -> Iterator[tuple[int, int]]:
    """Give start and width of each bar."""
    start = 0
    while (start := modules.find("1", start)) >= 0:
        end = modules.find("0", start)
        end = len(modules) if end < 0 else end
        yield start, end - start
        start = end


@lru_cache(maxsize=1)
def _code128_values() -> dict[str, int]:
    from barcode.charsets.code128 import CODES

    return {modules: value for value, modules in enumerate(CODES)}


def code128_data(modules: str) -> str:
    """Write a Code 128 for ^BC so that the printer draws exactly these modules.

    The printer is told every symbol, including start and changes of subset, instead of letting it
    choose: so its bars are as wide as those that were measured and drawn.
    """
    values = _code128_values()
    symbols = [values[modules[at : at + 11]] for at in range(0, len(modules) - 13, 11)]
    start, *body = symbols[:-1]  # the last one is the check character, which the printer adds
    assert start in (_START_B, _START_C), start
    data, in_c = (">;", True) if start == _START_C else (">:", False)
    for value in body:
        if value == _FNC1:
            data += ">8"
        elif in_c and value == _TO_B:
            data, in_c = data + ">6", False
        elif not in_c and value == _TO_C:
            data, in_c = data + TO_PAIRS, True
        elif in_c:
            assert value < 100, value
            data += f"{value:02}"
        else:
            assert value < 96, value
            data += _INVOKED.get(value, chr(value + 32))
    return data


assert not {ELLIPSIS, MISSING} & _PRINTER_LETTERS, "these are always drawn"
