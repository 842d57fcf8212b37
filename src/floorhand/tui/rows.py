"""Rows of text with roles: what a layout is made of. Data is still data here, not yet safe."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from floorhand.text.visible import visible
from floorhand.tui.widths import WIDTHS_MAX, columns


class Part(NamedTuple):
    """Some text in one style; ``role`` names the style, empty for plain text.

    ``click`` says what a click means from here on to the right: ``line:3`` chooses a line,
    ``sort:2`` sorts by a column, ``key:f9`` is a key, ``key:*REDO`` a command that has none, ``-``
    is nothing.
    """

    text: str
    role: str = ""
    click: str = ""


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
        if isinstance(part, Part):
            row.append(part)
        else:
            row += part
    return tuple(row)


def between(left: Row, right: Row, width: int) -> Row:
    """Put one row at the left and one at the right of ``width`` columns."""
    return (*left, _spaces(width - width_of(left) - width_of(right)), *right)


def padded(row: Row, width: int, role: str = "") -> Row:
    """Fill a row to its width; parts without a role get ``role``, others add to it."""
    filled = (*row, _spaces(width - width_of(row)))
    if not role:
        return filled
    return tuple([Part(text, _both(role, own), click) for text, own, click in filled])


@lru_cache(WIDTHS_MAX)
def _spaces(columns: int) -> Part:
    return Part(" " * max(columns, 0))


@lru_cache(WIDTHS_MAX)
def _both(role: str, own: str) -> str:
    return f"{role} {own}".strip()


def clicked(row: Row, x: int) -> str:
    """Say what a click on a column of a row means; empty if nothing."""
    found, at = "", 0
    for part in row:
        if at > x:
            break
        found = part.click or found
        at += width_of(part.text)
    return "" if found == "-" else found


KEYS_BETWEEN = "   "
"""Stands between the keys of a row of them."""

_KEYS = {"←": "left", "→": "right", **{f"F{n}": f"f{n}" for n in range(1, 13)}}


KEYS_KEPT = ("F12", "F1", "←", "→", "F6", "F4", "F9")
"""Which keys stay the longest on a narrow screen: who cannot leave is lost without a word."""


def key_parts(text: str, width: int) -> Row:
    """Make a row of keys of a text such as ``F4 Sort   F9 Keep``: a click on one is that key.

    Those that are needed least give way until the others are whole.
    """
    shown = text.split(KEYS_BETWEEN)
    while len(shown) > 1 and width_of(KEYS_BETWEEN.join(shown)) > width:
        shown.remove(max(shown, key=_need))
    parts = []
    for one in shown:
        key = _KEYS.get(one.partition(" ")[0], "")
        parts += [Part(one, click=f"key:{key}" if key else "-"), Part(KEYS_BETWEEN, click="-")]
    return tuple(parts)


def _need(told: str) -> int:
    """Say how late a key is needed: the place in `KEYS_KEPT`, behind it for what is not there."""
    key = told.partition(" ")[0]
    return KEYS_KEPT.index(key) if key in KEYS_KEPT else len(KEYS_KEPT)
