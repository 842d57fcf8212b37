"""Make any text harmless to show: nothing that moves a cursor, rings, reverses or hides text."""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from typing import Final

GONE: Final = "\ufffd"
"""Stands for a character that cannot be shown."""

MARKS_MAX: Final = 3
"""Marks (accents, vowel signs) kept on one letter; more would climb over neighbouring lines."""

SELECTORS: Final = frozenset(
    (*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0), *range(0x180B, 0x1810))
)
"""Variation selectors change the width of a character in some terminals and not in others."""

UNSEEN: Final = frozenset((0x034F, 0x17B4, 0x17B5))
"""Marks that nobody can see; they are left out."""

FILLERS: Final = frozenset((0x115F, 0x1160, 0x3164, 0xFFA0))
"""Letters that nobody can see, and terminals disagree how wide they are."""

AM: Final = {"\u0e33": ("\u0e4d", "\u0e32"), "\u0eb3": ("\u0ecd", "\u0eb2")}
"""A vowel of Thai and of Lao, and the two parts that it is written with. Some terminals join it to
the letter before; the parts look alike, and all agree about them."""

TONES: Final = frozenset("\u0e48\u0e49\u0e4a\u0e4b\u0ec8\u0ec9\u0eca\u0ecb")
"""Marks that stand above the ring of such a vowel."""

JAMO: Final = range(0x1100, 0x1200)
"""Parts of Korean syllables; terminals join them or do not, but all agree about whole syllables."""

VISIBLE_MAX: Final = 2048
"""Texts kept as they are shown: a screen asks for each of its own several times."""

CHARACTERS_MAX: Final = 4096
"""Characters of which it is kept how they are shown: more than a warehouse ever writes."""

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
    if (text.isascii() and text.isprintable()) or all(map(_is_plain, set(text))):
        return text
    shown: list[str] = []
    marks = 0
    for character in text:
        marks = marks + 1 if _is_mark(character) else 0
        if marks > MARKS_MAX:
            continue
        if character in AM:
            ring, vowel = AM[character]
            above = [shown.pop()] if shown and shown[-1] in TONES else []
            shown += [ring, *above, vowel]
        else:
            shown.append(_picture(character))
    text = "".join(shown)
    return unicodedata.normalize("NFC", text) if any(ord(c) in JAMO for c in text) else text


def visible_lines(text: str) -> str:
    """Make a text of several lines harmless to print; its ends of lines stay."""
    return "\n".join(visible(line) for line in text.split("\n"))


@lru_cache(maxsize=CHARACTERS_MAX)
def _is_plain(character: str) -> bool:
    """Say whether a character is shown as it is, whatever stands beside it."""
    beside = _is_mark(character) or character in AM or ord(character) in JAMO
    return not beside and _picture(character) == character


@lru_cache(maxsize=CHARACTERS_MAX)
def _is_mark(character: str) -> bool:
    return unicodedata.category(character) in ("Mn", "Me")


@lru_cache(maxsize=CHARACTERS_MAX)
def _picture(character: str) -> str:
    """Give what stands for a character; nothing for one that is left out."""
    number, category = ord(character), unicodedata.category(character)
    if number in SELECTORS or number in SKIN_TONES or number in UNSEEN or character == JOINER:
        return ""
    if number < 0x20:
        return chr(0x2400 + number)
    if number == 0x7F:
        return "\u2421"
    if number in FLAG_LETTERS:
        return chr(ord("A") + number - FLAG_LETTERS.start)
    if number in FILLERS:
        return GONE
    if category in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp") and character != NON_JOINER:
        return GONE
    return " " if category == "Zs" else character
