"""The one door for text to the screen. Nothing else in this package may hand text to a widget."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from rich.segment import ControlType, Segment
from textual.content import Content
from textual.strip import Strip
from textual.style import Style

from floorhand.text.plain import fitted
from floorhand.text.visible import visible
from floorhand.tui.widths import clusters, columns, is_agreed

if TYPE_CHECKING:
    from textual.css.styles import StylesBase

CUT: Final = "…"
"""Stands at the end of what was cut off."""

CHARACTERS_MAX: Final = 4096
"""No text on a screen is longer; the rest is not even looked at."""

KEPT_MAX: Final = 1_024
"""Texts that are kept as they were cut or wrapped: a screen is laid out several times until all of
it fits, and again with every key that is typed."""

CLOSING: Final = frozenset("，。、：；？！）》」』”’…·,.:;?!)]}")
"""What never begins a line of a script that is written without spaces."""

OPENING: Final = frozenset("（《「『“‘([{")
"""What never ends a line of such a script."""


@dataclass(frozen=True, slots=True)
class Painted:
    """A content in its colours.

    Attributes:
        segments: What a terminal is sent.
        taken: The most columns that any terminal takes for it.
        room: What it is painted on, as wide as that, where terminals disagree; else None.
    """

    segments: tuple[Segment, ...] = ()
    taken: int = 0
    room: Segment | None = None


NOTHING: Final = Painted()
UNSTYLED: Final = Style()


def safe(text: str, width_max: int, style: Style | None = None, encoding: str = "") -> Content:
    """Make any text fit to show: never markup, never a control or formatting character.

    Args:
        text: A text of ours or data; it makes no difference.
        width_max: Columns it may take; what is longer is cut and ends in ``…``.
        style: How all of it looks.
        encoding: What the terminal can show; empty: all of Unicode.
    """
    shown = cut(text[:CHARACTERS_MAX], width_max)
    if encoding:
        shown = fitted(shown, encoding, columns)
    return Content.styled(shown, style) if style else Content(shown)


def style_of(rules: StylesBase) -> Style:
    """Give the look that rules of the style sheet describe: colours, bold and reverse video.

    A style could hold a link as well, which is sent to the terminal; so styles are made here.
    """
    return Style(
        background=rules.background if rules.has_rule("background") else None,
        foreground=rules.color if rules.has_rule("color") else None,
        bold=rules.text_style.bold,
        reverse=rules.text_style.reverse,
    )


def painted(content: Content, under: Style) -> Painted:
    """Give a content as a terminal is sent it, on a widget of that style."""
    segments = tuple(content.render_segments(under))
    taken = columns(content.plain)
    if is_agreed(content.plain):
        return Painted(segments, taken)
    return Painted(segments, taken, Segment(" " * taken, segments[0].style))


def line_of(parts: Iterable[Painted], width: int, under: Style) -> Strip:
    """Put painted contents side by side as one line of a screen, filled up to its width.

    Where terminals disagree about the columns of a text, its room is cleared, the text painted
    into it, and what follows begins where the room ends, whatever the terminal made of the text.
    """
    segments: list[Segment] = []
    at = 0
    for part in parts:
        if at + part.taken > width:  # it was laid out for a wider screen
            segments += Strip(part.segments).adjust_cell_length(width - at)
            at = width
            break
        if part.room is None:
            segments += part.segments
        else:
            segments += [part.room, _go_to(at), *part.segments, _go_to(at + part.taken)]
        at += part.taken
    if at < width:
        segments.append(Segment(" " * (width - at), under.rich_style))
    return Strip(segments, width)


def _go_to(column: int) -> Segment:
    """Go to a column of the screen; counted from 0, by terminals from 1."""
    kind = ControlType.CURSOR_MOVE_TO_COLUMN
    return Segment(f"\x1b[{column + 1}G", UNSTYLED.rich_style, [(kind, column)])


@lru_cache(KEPT_MAX)
def cut(text: str, width_max: int) -> str:
    """Make a text visible and cut it to a number of columns."""
    text = visible(text)
    if width_max <= 0:
        return ""
    if columns(text) <= width_max:
        return text
    first = next(_pieces(text, width_max - 1), "")
    return first + CUT if columns(first) < width_max else CUT


def chop(text: str, width: int) -> list[str]:
    """Break a text into pieces of so many columns at most, wherever that is.

    What is read as one stays together if it fits; a character that is wider is left out.
    """
    return list(_pieces(text, width))


def _pieces(text: str, width: int) -> Iterator[str]:
    if text.isascii() and text.isprintable():
        if width > 0:
            yield from (text[at : at + width] for at in range(0, len(text), width))
        return
    piece, taken = "", 0
    for part in _fitting(text, width):
        wide = columns(part)
        if wide > width:
            continue
        if taken + wide > width:
            yield piece
            piece, taken = "", 0
        piece += part
        taken += wide
    if piece:
        yield piece


def _fitting(text: str, width: int) -> Iterator[str]:
    """Give what is read as one, and character by character where that is too wide."""
    for one in clusters(text):
        yield from [one] if columns(one) <= width else one


def wrap(text: str, width: int, lines_max: int) -> list[str]:
    """Break a text into lines at spaces, and beside letters of scripts that need none.

    A space that is to hold (U+00A0, as French has it before ``?`` and ``:``) breaks no line. A
    longer word is broken inside.

    The last line ends in ``…`` if there would have been more than ``lines_max``.
    """
    return list(_wrapped(text, width, lines_max))


@lru_cache(KEPT_MAX)
def _wrapped(text: str, width: int, lines_max: int) -> tuple[str, ...]:
    lines: list[str] = []
    line = ""
    for space, word in _words(text[:CHARACTERS_MAX].replace("\n", " ")):
        joined = f"{line}{space}{word}" if line else word
        if columns(joined) <= width:
            line = joined
            continue
        if line:
            lines.append(line)
        *full, line = chop(word, width) or [""]
        lines.extend(full)
    if line:
        lines.append(line)
    if len(lines) > lines_max:
        rest = lines[lines_max - 1 :]
        lines = [*lines[: lines_max - 1], cut(" ".join(rest), width)]
    return tuple(lines)


def _words(text: str) -> Iterator[tuple[str, str]]:
    """Give what a line is not broken inside of, with the space before it if there is one."""
    for word in text.split(" "):
        space, shown = " ", visible(word)
        for part in [shown] if shown.isascii() else _parts(shown):
            yield space, part
            space = ""


def _parts(word: str) -> Iterator[str]:
    """Cut a word beside each wide letter: Chinese and Japanese are broken between any two."""
    part, wide = "", False
    for character in word:
        taken = columns(character)
        beside = taken and (wide or taken > 1)
        if part and beside and character not in CLOSING and part[-1] not in OPENING:
            yield part
            part = ""
        part += character
        wide = taken > 1 if taken else wide
    yield part
