"""Letters that are there on every machine: which there are, how wide, and what to do without.

Three steps, so that a label can always be made. Pillow's built-in font looks best but knows little
more than ASCII; the font that comes with python-barcode knows Latin, Greek, Cyrillic and Arabic; a
font of the extras ``fonts`` and ``cjk`` or of the machine may know the rest (Thai, Hebrew, Hindi,
Chinese, Japanese, Korean). A letter that none of them has with all its marks is printed with those
that one has. What none of them knows at all is printed as a hollow box and reported, never left out
silently; only signs and emoji are left out of addresses.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from PIL import ImageFont, features

from floorhand.errors import BadLabel
from floorhand.labels.font_files import LAST_RESORT, font_files

MISSING = "□"
"""Printed for a letter that no font here knows."""

ELLIPSIS = "…"
"""Ends a text that had to be shortened."""

TEXT_MAX = 600
"""Longer values are shortened before they are measured; no label holds more."""

LINE_HEIGHT = 1.6
"""Height of a line in heights of its capitals: accents above, descenders below."""

BASELINE = 1.27
"""Where letters stand, from the top of their line, in heights of capitals."""

_CAPITAL = "H"
_JOINED = re.compile("[\u0590-\u1dff\u2e80-\U0010ffff]")
"""Letters of scripts that may join them, and all beyond; not dashes, ellipsis and the like."""

_COMPLEX = re.compile("[\u0590-\u0dff\u0f00-\u109f\u1780-\u17ff\ufb1d-\ufdff\ufe70-\ufeff]")
"""Letters that are wrong unless they are put in order and joined: Hebrew, Arabic, scripts of India
and its neighbours."""

_SELECTORS = re.compile("[\u180b-\u180d\ufe00-\ufe0f\U000e0100-\U000e01ef]")
"""Choose between forms of the letter before them, and are not to be seen themselves."""

_ACCENT_CLASS_MIN = 200
"""Combining classes from here on are marks above, below and on letters; what is lower, such as a
vowel of Thai or Hindi, is a sound that a word is another word without."""

_SIGNS = ("So", "Sk", "Me")
"""Categories of emoji, of what colours and frames them, and of other signs."""

_EVEN_FACE = 0
"""Pillow's built-in font: its plain letters are whole dots wide and stand side by side, so a text
is as wide as they are together."""

FONTS_SIZED_MAX = 256
LETTERS_MEASURED_MAX = 500
"""Letters of each of these whose widths are kept."""

TEXTS_MEASURED_MAX = 8192

_PROBE_DOTS = 40
_Font = ImageFont.FreeTypeFont


def printable(text: str, *, signs: bool = True) -> str:
    """Make of a value what can be printed of it; of an address without signs and emoji."""
    if _is_plain(text) and len(text) <= TEXT_MAX:
        return " ".join(text.split())
    shown = drawable(clean(text))
    return shown if signs else without_signs(shown)


def clean(text: str) -> str:
    """Make a value printable: one line, no control, direction or invisible characters.

    Source: Unicode general categories; Cf holds the direction overrides that could make an
    address read differently from what it is.
    """
    shown = []
    for letter in unicodedata.normalize("NFC", text[:TEXT_MAX]):
        category = unicodedata.category(letter)
        if letter.isspace() or category in ("Zs", "Zl", "Zp"):
            shown.append(" ")
        elif category in ("Cc", "Cs", "Co", "Cn"):
            shown.append(MISSING)
        elif category != "Cf" and not _SELECTORS.match(letter):
            shown.append(letter)
    if len(text) > TEXT_MAX:
        shown.append(ELLIPSIS)
    return " ".join("".join(shown).split())


def _is_plain(text: str) -> bool:
    """Say whether a text is printable ASCII, which the first font knows: most texts are."""
    return text.isascii() and text.isprintable()


@lru_cache(maxsize=1)
def _faces() -> tuple[_Font, ...]:
    """Open each font once, at a size at which its letters can be compared."""
    own = ImageFont.load_default(_PROBE_DOTS)
    assert isinstance(own, _Font), "Pillow was built without FreeType"
    found = (_opened(path) for path in font_files())
    return (own, *(font for font in found if font is not None))


def _opened(path: Path) -> _Font | None:
    """Open a font; None if it is none, may not be read, or its size cannot be told from it."""
    try:
        font = ImageFont.truetype(str(path), _PROBE_DOTS)
    except OSError:
        return None
    return font if font.getbbox(_CAPITAL, anchor="ls")[1] < 0 else None


@cache
def _unknown_glyph(face: int) -> tuple[Any, bytes]:
    return _glyph(face, "\uffff")


def _glyph(face: int, letter: str) -> tuple[Any, bytes]:
    mask = _plain(face).getmask(letter)
    return mask.size, bytes(mask)


@cache
def _plain(face: int) -> _Font:
    """Give a font that shows letters as they are: an accent alone gets no circle to stand on."""
    return _variant(face, layout_engine=ImageFont.Layout.BASIC)


def _variant(face: int, **how: Any) -> _Font:
    """Open a font once more, in another manner.

    Raises:
        BadLabel: If its file was taken away since it was found.
    """
    font = _faces()[face]
    try:
        return font.font_variant(**how)
    except OSError as error:
        name = font.getname()[0]
        raise BadLabel(f"The font {name} was taken away: start anew what sends labels.") from error


@lru_cache(maxsize=1)
def joins_letters() -> bool:
    """Say whether Pillow can write right to left and join letters here; it needs a library."""
    return bool(features.check("raqm"))


def must_join(letter: str) -> bool:
    """Say whether a letter is wrong unless it is put in order and joined to those beside it."""
    return bool(_COMPLEX.match(letter))


@lru_cache(maxsize=8192)
def _knows(face: int, letter: str) -> bool:
    if must_join(letter) and not joins_letters():
        return False
    return letter == " " or _glyph(face, letter) != _unknown_glyph(face)


@lru_cache(maxsize=FONTS_SIZED_MAX)
def _sized(face: int, capital_dots: int) -> _Font:
    """Give a font whose capitals are so many dots high."""
    font = _faces()[face]
    top = font.getbbox(_CAPITAL, anchor="ls")[1]
    size = capital_dots * _PROBE_DOTS / -top
    return _variant(face, size=size)


def missing_letters(text: str) -> str:
    """List letters of a cleaned text that no font here knows, each once, in order."""
    if _is_plain(text):
        return ""
    unknown = (letter for letter in text if letter == MISSING or not _is_known(letter))
    return "".join(dict.fromkeys(unknown))


def drawable(text: str) -> str:
    """Take marks off the letters of a cleaned text that no font here has with all of them.

    ``Hồ`` becomes ``Hô``, or ``Ho`` where that is unknown too: an address can still be read.
    """
    shown = ""
    for letter in text:
        if _is_known(letter):
            shown += letter
        elif not (_is_accent(letter) and shown and _is_known(shown[-1])):
            shown += _with_known_marks(letter)
    return shown


def without_signs(text: str) -> str:
    """Leave signs and emoji that no font here knows out of a cleaned text."""
    kept = (one for one in text if _is_known(one) or unicodedata.category(one) not in _SIGNS)
    return " ".join("".join(kept).split())


def _with_known_marks(letter: str) -> str:
    """Give a letter with as many of its marks as a font here has it with; if none, as it is."""
    base, *marks = list(unicodedata.normalize("NFD", letter))
    if not _is_known(base) or not all(map(_is_accent, marks)):
        return letter
    for mark in marks:
        more = unicodedata.normalize("NFC", base + mark)
        if len(more) == 1 and _is_known(more):
            base = more
    return base


def _is_accent(letter: str) -> bool:
    return unicodedata.combining(letter) >= _ACCENT_CLASS_MIN


def _is_known(letter: str) -> bool:
    return any(_knows(face, letter) for face in range(len(_faces())))


@dataclass(frozen=True, slots=True)
class Style:
    """How letters look: height of capitals, thickness, and the font that is tried first."""

    capital_dots: int
    bold: bool = False
    lead: int = 0

    @property
    def stroke_dots(self) -> int:
        """Say by how much bold letters are thickened on each side."""
        return max(1, round(self.capital_dots * 0.04)) if self.bold else 0

    @property
    def apart_dots(self) -> int:
        """Say by how much bold letters are moved apart, so that they do not run together."""
        return round(self.stroke_dots * 1.5)


def leading_font(text: str) -> int:
    """Choose the font that knows most of a text.

    It is chosen for a whole text of several lines, so that one accent changes neither a single
    letter in the middle of a name nor one line of an address.
    """
    if _is_plain(text):
        return 0
    return max(_leaders(), key=lambda face: (sum(_knows(face, c) for c in text), -face))


@lru_cache(maxsize=1)
def _leaders() -> tuple[int, ...]:
    """Give the fonts that a text can be written in: not those that are there for single letters."""
    names = [str(font.getname()[0]) for font in _faces()]
    return tuple(n for n, name in enumerate(names) if not name.startswith(LAST_RESORT))


def runs(text: str, lead: int) -> tuple[tuple[int, str], ...]:
    """Cut a cleaned text into runs of one font each; unknown letters become `MISSING`."""
    if lead == 0 and _is_plain(text):
        return ((0, text),) if text else ()
    found: list[tuple[int, str]] = []
    for letter in text:
        face, shown, to_left = _written(letter, lead)
        if found and found[-1][0] == face:
            found[-1] = (face, found[-1][1] + shown)
        else:
            found.append((face, shown))
        if to_left:
            _put_together(found)
    return tuple(found)


@lru_cache(maxsize=8192)
def _written(letter: str, lead: int) -> tuple[int, str, bool]:
    """Choose the font for a letter, what is shown for it, and whether that goes to the left.

    A text is cut into runs again for each place at which it may be shortened.
    """
    faces = range(len(_faces()))
    # Its dots are apart in the first font; bold and small they would be one line in others.
    order = faces if letter == ELLIPSIS else (lead, *faces)
    face = next((f for f in order if _knows(f, letter)), None)
    if face is None:
        return next(f for f in faces if _knows(f, MISSING)), MISSING, _is_to_left(MISSING)
    return face, letter, _is_to_left(letter)


def _is_to_left(letter: str) -> bool:
    """Say whether a letter is written from right to left."""
    return unicodedata.bidirectional(letter) in ("R", "AL")


def _put_together(found: list[tuple[int, str]]) -> None:
    """Take what stands between two words from right to left into their run, if their font has it.

    Else each word would be a run of its own, and the second would stand to the right of the first.
    """
    if len(found) < 3 or found[-3][0] != found[-1][0]:
        return
    (face, first), (_, between), (_, second) = found[-3:]
    fits = all(_knows(face, one) and not one.isalpha() for one in between)
    if fits and any(map(_is_to_left, first)):
        found[-3:] = [(face, first + between + second)]


def sized_runs(text: str, style: Style) -> Iterator[tuple[_Font, str, int]]:
    """Give what to paint one after the other: font, letters and their width in dots.

    Bold letters come one by one, moved apart; not those of scripts that join letters.
    """
    for face, run in runs(text, style.lead):
        font = _sized(face, style.capital_dots)
        for letters in run if _is_apart(run, style) else (run,):
            yield font, letters, _run_dots(face, letters, style)


def _is_apart(run: str, style: Style) -> bool:
    return style.bold and not _JOINED.search(run)


def _run_dots(face: int, run: str, style: Style) -> int:
    """Measure letters of one font, one by one wherever none changes the place of another."""
    if _is_apart(run, style) or (face == _EVEN_FACE and _is_plain(run)):
        widths = _widths(face, style.capital_dots)
        return sum(map(widths.__getitem__, run)) + len(run) * style.apart_dots
    return _dots(_sized(face, style.capital_dots), run)


class _Widths(dict[str, int]):
    """How wide the letters of a font are, each measured once."""

    def __init__(self, font: _Font) -> None:
        self._font = font

    def __missing__(self, letter: str) -> int:
        width = _dots(self._font, letter)
        if len(self) < LETTERS_MEASURED_MAX:
            self[letter] = width
        return width


@lru_cache(maxsize=FONTS_SIZED_MAX)
def _widths(face: int, capital_dots: int) -> _Widths:
    return _Widths(_sized(face, capital_dots))


def _dots(font: _Font, letters: str) -> int:
    return -int(-font.getlength(letters) // 1)


@lru_cache(maxsize=TEXTS_MEASURED_MAX)
def width_dots(text: str, style: Style) -> int:
    """Measure a cleaned text."""
    widths = (_run_dots(face, run, style) for face, run in runs(text, style.lead))
    return sum(widths) + 2 * style.stroke_dots


def shorten(text: str, style: Style, room_dots: int) -> str:
    """Shorten a cleaned text to the room that there is, with an ellipsis if anything went."""
    if width_dots(text, style) <= room_dots:
        return text
    fits, too_long = 0, len(text)
    while too_long - fits > 1:
        middle = (fits + too_long) // 2
        if width_dots(text[:middle].rstrip() + ELLIPSIS, style) <= room_dots:
            fits = middle
        else:
            too_long = middle
    return text[:fits].rstrip() + ELLIPSIS


def wrap(text: str, style: Style, room_dots: int) -> Iterator[str]:
    """Break a cleaned text into lines at spaces; a word longer than a line is cut."""
    line = ""
    for word in text.split(" "):
        attempt = f"{line} {word}" if line else word
        if width_dots(attempt, style) <= room_dots:
            line = attempt
            continue
        if line:
            yield line
        line = word
        while width_dots(line, style) > room_dots and len(line) > 1:
            head = shorten(line, style, room_dots).removesuffix(ELLIPSIS) or line[:1]
            yield head
            line = line[len(head) :]
    if line:
        yield line
