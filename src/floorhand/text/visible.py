"""Make any text harmless to show: nothing that moves a cursor, rings, reverses or hides text."""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from typing import Final

GONE: Final = "\ufffd"
"""Stands for a character that cannot be shown."""

MARKS_MAX: Final = 3
"""Marks (accents, vowel signs) kept on one letter; more would climb over neighbouring lines."""

SELECTORS: Final = range(0xFE00, 0xFE10)
"""Variation selectors change the width of a character in some terminals and not in others."""

VISIBLE_MAX: Final = 2048
"""Texts kept as they are shown: a screen asks for each of its own several times."""

NON_JOINER: Final = "\u200c"
"""Some scripts need this between letters; it does nothing else."""

JOINER: Final = "\u200d"
"""Makes one character of two in some terminals and not in others; so it is left out."""

SKIN_TONES: Final = range(0x1F3FB, 0x1F400)
"""Terminals count these with the emoji before them or on their own; so they are left out."""

FLAG_LETTERS: Final = range(0x1F1E6, 0x1F200)
"""Two of these make a flag in some terminals; as plain letters all agree how wide they are."""


@lru_cache(maxsize=VISIBLE_MAX)
def visible(text: str) -> str:
    """Replace each character that is not plain text by one that can be seen.

    Control characters become their pictures (``\\x1d`` becomes ``␝``), everything that formats,
    reverses or is not assigned becomes ``�``. Letters of all scripts stay.
    """
    if text.isascii() and text.isprintable():
        return text
    shown: list[str] = []
    marks = 0
    for character in text:
        category = unicodedata.category(character)
        marks = marks + 1 if category in ("Mn", "Me") else 0
        if ord(character) in SELECTORS or ord(character) in SKIN_TONES or character == JOINER:
            continue
        if marks > MARKS_MAX:
            continue
        shown.append(_picture(character, category))
    return "".join(shown)


def visible_lines(text: str) -> str:
    """Make a text of several lines harmless to print; its ends of lines stay."""
    return "\n".join(visible(line) for line in text.split("\n"))


def _picture(character: str, category: str) -> str:
    number = ord(character)
    if number < 0x20:
        return chr(0x2400 + number)
    if number == 0x7F:
        return "\u2421"
    if number in FLAG_LETTERS:
        return chr(ord("A") + number - FLAG_LETTERS.start)
    if category in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp") and character != NON_JOINER:
        return GONE
    return " " if category == "Zs" else character
