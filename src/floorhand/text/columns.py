"""Plain tables for the commands: columns as wide as their widest cell, whatever the script."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from floorhand.text.visible import visible


def columns(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """Lay cells out under their headings, two spaces apart; what is in a cell is made harmless."""
    cells = [[visible(cell) for cell in row] for row in (head, *rows)]
    widths = [max(map(width, column)) for column in zip(*cells, strict=True)]
    return [
        "  ".join(
            cell + " " * (wide - width(cell)) for cell, wide in zip(row, widths, strict=True)
        ).rstrip()
        for row in cells
    ]


def width(text: str) -> int:
    """Give how many columns a text takes on a terminal."""
    wide = sum(unicodedata.east_asian_width(character) in "WF" for character in text)
    return len(text) + wide - sum(unicodedata.combining(character) > 0 for character in text)
