"""Rows of text with roles: what a layout is made of. Data is still data here, not yet safe."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from floorhand.text.visible import visible
from floorhand.tui.widths import WIDTHS_MAX, columns


@dataclass(frozen=True, slots=True)
class Part:
    """Some text in one style; ``role`` names the style, empty for plain text."""

    text: str
    role: str = ""


Row = tuple[Part, ...]


def width_of(what: str | Row) -> int:
    """Count the columns that a text or row takes once it is shown."""
    if isinstance(what, str):
        return _width(what)
    width = 0
    for part in what:
        width += _width(part.text)
    return width


@lru_cache(WIDTHS_MAX)
def _width(text: str) -> int:
    if text.isascii() and text.isprintable():
        return len(text)
    return columns(visible(text))


def joined(*parts: Part | Row) -> Row:
    """Put parts and rows side by side."""
    row: list[Part] = []
    for part in parts:
        row.extend((part,) if isinstance(part, Part) else part)
    return tuple(row)


def between(left: Row, right: Row, width: int) -> Row:
    """Put one row at the left and one at the right of ``width`` columns."""
    gap = width - width_of(left) - width_of(right)
    return joined(left, Part(" " * max(gap, 0)), right)


def padded(row: Row, width: int, role: str = "") -> Row:
    """Fill a row to its width; parts without a role get ``role``, others add to it."""
    spare = Part(" " * max(width - width_of(row), 0))
    if not role:
        return joined(row, spare)
    return tuple([Part(part.text, f"{role} {part.role}".strip()) for part in joined(row, spare)])
