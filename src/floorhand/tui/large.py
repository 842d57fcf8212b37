"""Draw codes in large letters, made of block characters.

Each letter is a picture of five rows; ``#`` is ink. A code with a character that has no picture
(a small letter, an accent) is not drawn: it must read exactly as it is written.
"""

from __future__ import annotations

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
    " ": ".. .. .. .. ..",
}

PICTURES: Final = {letter: tuple(rows.split()) for letter, rows in _PICTURES.items()}

HALVES: Final = {"..": " ", "#.": "▀", ".#": "▄", "##": "█"}
"""Two rows of ink as one character, the upper one first."""

LARGE_ROWS: Final = 3
HUGE_ROWS: Final = ROWS


def large(text: str) -> tuple[str, ...]:
    """Draw a code three rows high, at most five columns and a gap for each character.

    Gives no rows if a character has no picture.
    """
    ink = _ink(text)
    if not ink:
        return ()
    pairs = ((ink[0], ink[1]), (ink[2], ink[3]), (ink[4], "." * len(ink[4])))
    return tuple(
        "".join(HALVES[up + down] for up, down in zip(upper, lower, strict=True))
        for upper, lower in pairs
    )


def huge(text: str) -> tuple[str, ...]:
    """Draw a code five rows high and twice as wide as `large` does; no rows if it cannot be."""
    return tuple("".join("██" if dot == "#" else "  " for dot in row) for row in _ink(text))


def _ink(text: str) -> tuple[str, ...]:
    if not text or any(letter not in PICTURES for letter in text):
        return ()
    return tuple(".".join(PICTURES[letter][row] for letter in text) for row in range(ROWS))
