"""Draw codes and questions in large letters, made of block characters or of ``#``.

Each letter is a picture of five rows; ``#`` is ink. A code with a character that has no picture
(a small letter, an accent) is not drawn: it must read exactly as it is written. Words of a
question may be drawn in capitals, with the marks that stand above letters.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from typing import Final

ROWS: Final = 5

_PICTURES: Final = {
    "0": "### #.# #.# #.# ###",
    "1": ".# ## .# .# .#",
    "2": "### ..# ### #.. ###",
    "3": "### ..# .## ..# ###",
    "4": "#.# #.# ### ..# ..#",
    "5": "### #.. ### ..# ###",
    "6": "### #.. ### #.# ###",
    "7": "### ..# ..# .#. .#.",
    "8": "### #.# ### #.# ###",
    "9": "### #.# ### ..# ###",
    "A": ".#. #.# ### #.# #.#",
    "B": "##. #.# ##. #.# ##.",
    "C": ".## #.. #.. #.. .##",
    "D": "##. #.# #.# #.# ##.",
    "E": "### #.. ##. #.. ###",
    "F": "### #.. ##. #.. #..",
    "G": ".## #.. #.# #.# .##",
    "H": "#.# #.# ### #.# #.#",
    "I": "# # # # #",
    "J": "..# ..# ..# #.# .#.",
    "K": "#.# #.# ##. #.# #.#",
    "L": "#.. #.. #.. #.. ###",
    "M": "#...# ##.## #.#.# #...# #...#",
    "N": "#..# ##.# #.## #..# #..#",
    "O": ".##. #..# #..# #..# .##.",
    "P": "### #.# ### #.. #..",
    "Q": ".##. #..# #..# #.## .###",
    "R": "##. #.# ##. #.# #.#",
    "S": ".## #.. .#. ..# ##.",
    "T": "### .#. .#. .#. .#.",
    "U": "#.# #.# #.# #.# ###",
    "V": "#.# #.# #.# #.# .#.",
    "W": "#...# #...# #.#.# ##.## #...#",
    "X": "#.# #.# .#. #.# #.#",
    "Y": "#.# #.# .#. .#. .#.",
    "Z": "### ..# .#. #.. ###",
    "-": ".. .. ## .. ..",
    ".": ". . . . #",
    ",": ". . . # #",
    ":": ". # . # .",
    "/": "..# ..# .#. #.. #..",
    "+": "... .#. ### .#. ...",
    "?": "##. ..# .#. ... .#.",
    "!": "# # # . #",
    "¿": ".#. ... .#. #.. .##",
    "¡": "# . # # #",
    "'": "# # . . .",
    "(": ".# #. #. #. .#",
    ")": "#. .# .# .# #.",
    "→": ".... ..#. #### ..#. ....",
    " ": ".. .. .. .. ..",
}

PICTURES: Final = {letter: tuple(rows.split()) for letter, rows in _PICTURES.items()}

HALVES: Final = {"..": " ", "#.": "▀", ".#": "▄", "##": "█"}
"""Two rows of ink as one character, the upper one first."""

BASES: Final = {"Ł": "L", "Đ": "D", "Ø": "O", "ß": "SS", "ẞ": "SS", "ı": "I", "’": "'"}
"""Letters that Unicode does not take apart, drawn as the nearest that has a picture."""

DRAWN_MAX: Final = 256
"""Drawings kept: the same place and number are drawn again with every key that is typed."""

ABOVE: Final = 230
"""Unicode's class of marks that stand above a letter."""


@lru_cache(maxsize=DRAWN_MAX)
def large(text: str, *, plain: bool = False) -> tuple[str, ...]:
    """Draw a code three rows high, at most five columns and a gap for each character.

    Gives no rows if a character has no picture.

    Args:
        text: What to draw.
        plain: Draw with ``#`` alone, for terminals without block characters: five rows high.
    """
    ink = _ink(text)
    if plain:
        return tuple(row.replace(".", " ") for row in ink)
    return _halved([*ink, "." * len(ink[0])]) if ink else ()


@lru_cache(maxsize=DRAWN_MAX)
def huge(text: str, *, plain: bool = False) -> tuple[str, ...]:
    """Draw a code five rows high and twice as wide as `large` does; no rows if it cannot be."""
    dot = "##" if plain else "██"
    return tuple("".join(dot if ink == "#" else "  " for ink in row) for row in _ink(text))


@lru_cache(maxsize=DRAWN_MAX)
def lettering(words: str, language: str = "", *, plain: bool = False) -> tuple[str, ...]:
    """Draw words in capitals as `large` draws codes; no rows if a letter has no picture.

    Marks above letters are drawn in the row above them, marks below are left out.
    """
    capitals = (words.replace("i", "İ") if language == "tr" else words).upper()
    letters, marks = "", ""
    for character in unicodedata.normalize("NFC", capitals):
        parts = unicodedata.normalize("NFD", character)
        base = BASES.get(parts[0], parts[0])
        marked = any(unicodedata.combining(mark) == ABOVE for mark in parts)
        letters += base
        marks += ("^" if marked else " ") * len(base)
    ink = _ink(letters)
    if not ink or "^" not in marks:
        return large(letters, plain=plain)
    rows = [_marked(letters, marks), *ink]
    return tuple(row.replace(".", " ") for row in rows) if plain else _halved(rows)


def _marked(letters: str, marks: str) -> str:
    """Give the row of ink above letters: a dash in the middle of those that bear a mark."""
    return ".".join(
        ("#" if len(PICTURES[letter][0]) < 3 else "##").center(len(PICTURES[letter][0]), ".")
        if mark == "^"
        else "." * len(PICTURES[letter][0])
        for letter, mark in zip(letters, marks, strict=True)
    )


def _halved(rows: list[str]) -> tuple[str, ...]:
    return tuple(
        "".join(HALVES[up + down] for up, down in zip(upper, lower, strict=True))
        for upper, lower in zip(rows[::2], rows[1::2], strict=True)
    )


def _ink(text: str) -> tuple[str, ...]:
    if not text or any(letter not in PICTURES for letter in text):
        return ()
    return tuple(".".join(PICTURES[letter][row] for letter in text) for row in range(ROWS))
