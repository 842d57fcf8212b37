"""Count the columns of a text, where terminals disagree about them.

Most terminals give each character columns of its own, as its category says. Some join the
characters that are read as one (a consonant and its vowel sign in Hindi, Tamil or Thai), and give
columns to the whole. So of such a text only the most that it takes is known. That is what it
counts here; whoever paints it fills the rest.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from rich.cells import cell_len

WIDTHS_MAX: Final = 4_096
"""Texts whose width is kept; a layout asks for that of each many times."""

LINKER: Final = 9
"""Unicode's class of the marks that tie two consonants together."""

WIDE_IN_SOME: Final = frozenset((*range(0x3248, 0x3250), 0x302E, 0x302F, 0x16FF0, 0x16FF1))
"""What takes two columns in some terminals and fewer in others."""

WIDE_IN_ALL: Final = (
    *(range(0x3001, 0x302A), range(0x3041, 0x3130), range(0x3190, 0x31F0), range(0x3220, 0x3248)),
    *(range(0x3280, 0x4DC0), range(0x4E00, 0xA4C7), range(0xAC00, 0xD7A4)),
    *(range(0xF900, 0xFB00), range(0xFE30, 0xFE6C), range(0xFF01, 0xFF61), range(0xFFE0, 0xFFE7)),
    *(range(0x20000, 0x2FFFE), range(0x30000, 0x3FFFE)),
)
"""Chinese, Japanese, and Korean in whole syllables: two columns, everywhere. Of what else is wide
(emoji for the most part) that depends on how old a terminal is."""

PREPENDED: Final = frozenset((0x0D4E, 0x111C2, 0x111C3, 0x1193F, 0x11941, 0x11A3A, 0x11D46))
"""Letters that are joined to the one behind them.

Source: Unicode, GraphemeBreakProperty.txt, Prepend.
"""


@lru_cache(WIDTHS_MAX)
def columns(text: str) -> int:
    """Count the most columns that any terminal takes for a text that is harmless to show."""
    if text.isascii():
        return len(text)
    return sum(map(_columns, text))


@lru_cache(WIDTHS_MAX)
def is_agreed(text: str) -> bool:
    """Say whether all terminals take so many columns for it."""
    return text.isascii() or all(map(_is_agreed, text))


@lru_cache(WIDTHS_MAX)
def _columns(character: str) -> int:
    if unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if ord(character) in WIDE_IN_SOME else max(cell_len(character), 1)


@lru_cache(WIDTHS_MAX)
def _is_agreed(character: str) -> bool:
    if unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return unicodedata.combining(character) != LINKER
    wide = _columns(character) == 2
    if ord(character) in PREPENDED or unicodedata.category(character) == "Mc":
        return False
    if wide:
        return any(ord(character) in letters for letters in WIDE_IN_ALL)
    return cell_len(character) == 1


def clusters(text: str) -> Iterator[str]:
    """Take a text apart between what is read as one: no vowel sign is cut off its consonant."""
    cluster, ties = "", False
    for character in text:
        mark = unicodedata.category(character) in ("Mn", "Me", "Mc", "Cf")
        if cluster and not (mark or ties):
            yield cluster
            cluster = ""
        cluster += character
        ties = unicodedata.combining(character) == LINKER or (ties and mark)
    if cluster:
        yield cluster
