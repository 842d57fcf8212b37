"""Make a text fit into the few characters of an old terminal, column by column."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from functools import lru_cache
from typing import Final

SIGNS: Final = {
    **{"✓": "+", "✗": "X", "▶": ">", "▸": ">", "…": "~", "━": "=", "─": "-", "▁": "_"},
    **{"▮": "#", "×": "x", "·": "-", "•": "*", "–": "-", "→": ">", "★": "*", "█": "#"},
    **{"ß": "s", "ł": "l", "Ł": "L", "ø": "o", "Ø": "O", "đ": "d", "Đ": "D", "ı": "i"},
    **{"æ": "a", "Æ": "A", "œ": "o", "Œ": "O", "’": "'", "‘": "'", "“": '"', "”": '"'},
}
"""What stands for a character that a terminal does not have; it takes the same column."""

UNKNOWN: Final = "?"
TEXTS_MAX: Final = 2048


@lru_cache(maxsize=TEXTS_MAX)
def fitted(text: str, encoding: str, columns: Callable[[str], int]) -> str:
    """Replace what an encoding does not have; the text stays as wide as it is.

    Args:
        text: What is to be shown, made harmless before.
        encoding: Name of the terminal's encoding.
        columns: Says how many columns a character takes.
    """
    if text.isascii():
        return text
    return "".join(_fitted(character, encoding, columns) for character in text)


def _fitted(character: str, encoding: str, columns: Callable[[str], int]) -> str:
    if can_show(character, encoding):
        return character
    base = unicodedata.normalize("NFKD", character)[0]
    stand_in = SIGNS.get(character) or (base if base.isascii() and base.isprintable() else UNKNOWN)
    return stand_in * columns(character)


def can_show(text: str, encoding: str) -> bool:
    """Say whether an encoding has all of these characters."""
    try:
        text.encode(encoding)
    except (UnicodeEncodeError, LookupError):
        return False
    return True
