"""Show a picture in a terminal: dots as Braille, half blocks or plain characters."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from PIL import Image

from floorhand.labels.picture import Picture

INK_FROM = 0.38
"""Share of black from which on a dot of the screen is black; thin letters stay to be seen."""

COLUMNS_MIN = 20
_BRAILLE_FIRST = 0x2800
_BRAILLE_BITS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))
"""Bits of the dots of a Braille pattern, by row and column. Source: Unicode, block Braille."""

_HALVES = {(False, False): " ", (True, False): "▀", (False, True): "▄", (True, True): "█"}
_PAPER, _BARE = "\x1b[30;47m", "\x1b[0m"


class Signs(StrEnum):
    """What a terminal can show."""

    BRAILLE = "braille"
    BLOCKS = "blocks"
    PLAIN = "plain"


_DOTS = {Signs.BRAILLE: (2, 4), Signs.BLOCKS: (1, 2), Signs.PLAIN: (1, 2)}
"""Dots of one character, across and down."""


def signs_of(encoding: str, environ: Mapping[str, str]) -> Signs:
    """Choose what a terminal can surely show.

    A Linux console knows no Braille; one that is not set to Unicode knows neither.
    """
    if encoding.lower().replace("-", "") not in ("utf8", "utf16", "utf32"):
        return Signs.PLAIN
    return Signs.BLOCKS if environ.get("TERM") == "linux" else Signs.BRAILLE


def shown(picture: Picture, columns: int, signs: Signs, *, coloured: bool = False) -> list[str]:
    """Give the lines that show a picture within a frame, as wide as there is room, never wider.

    Args:
        picture: Black on white.
        columns: Room across, the frame included.
        signs: What the terminal can show.
        coloured: Show it black on white whatever the terminal's own colours are.
    """
    across, down = _DOTS[signs]
    room = max(COLUMNS_MIN, columns) - 2
    width = min(room * across, picture.width)
    height = max(1, round(picture.height * width / picture.width))
    cells, lines = -(-width // across), -(-height // down)
    small = Image.new("L", (cells * across, lines * down), 255)
    small.paste(picture.convert("L").resize((width, height), Image.Resampling.BOX), (0, 0))
    black = [dot < 255 * (1 - INK_FROM) for dot in small.tobytes()]

    def cell(row: int, column: int) -> str:
        first = row * down * small.width + column * across
        dots = [black[first + y * small.width + x] for y in range(down) for x in range(across)]
        return _sign(dots, signs)

    body = ["".join(cell(row, column) for column in range(cells)) for row in range(lines)]
    side, corner, rule = ("│", "╭╮╰╯", "─") if signs is not Signs.PLAIN else ("|", "++++", "-")
    before, after = (_PAPER, _BARE) if coloured else ("", "")
    return [
        f"{corner[0]}{rule * cells}{corner[1]}",
        *(f"{side}{before}{line}{after}{side}" for line in body),
        f"{corner[2]}{rule * cells}{corner[3]}",
    ]


def _sign(dots: list[bool], signs: Signs) -> str:
    match signs:
        case Signs.BRAILLE:
            bits = (bit for row in _BRAILLE_BITS for bit in row)
            pattern = sum(bit for bit, dot in zip(bits, dots, strict=True) if dot)
            return chr(_BRAILLE_FIRST + pattern) if pattern else " "
        case Signs.BLOCKS:
            return _HALVES[dots[0], dots[1]]
        case _:
            return {(True, True): "#", (True, False): "'", (False, True): "."}.get(
                (dots[0], dots[1]), " "
            )
