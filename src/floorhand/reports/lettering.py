"""Letters on a page of PDF: of a font that has all of them, else drawn as a picture.

reportlab writes fonts with TrueType outlines. What none of these has, or has to be put in order and
joined (Arabic, Hebrew, Hindi), is drawn by what draws labels, which never leaves a letter out: what
no font here has is a hollow box.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from PIL import Image, ImageDraw

from floorhand.labels import fonts
from floorhand.labels.font_files import font_files
from floorhand.labels.fonts import Style

DPI: Final = 300
POINTS: Final = 72
"""Points in an inch."""

CAPITAL_SHARE: Final = 0.73
"""Height of capitals, as a share of the size of a font, in those that are used here."""

TEXTS_MEASURED_MAX: Final = 8192
"""A page is laid out several times, until all fits."""

_ELLIPSIS = "…"


@lru_cache(maxsize=1)
def _outlines() -> tuple[tuple[str, str, frozenset[int]], ...]:
    """Name the fonts whose outlines are written: upright, bold, and the letters that both have.

    The first comes with reportlab and is pleasant to read; the second knows more letters.
    """
    import reportlab
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont

    vera = Path(reportlab.__file__).parent / "fonts"
    even = next(font_files())
    found: list[tuple[str, str, frozenset[int]]] = []
    for upright, bold in ((vera / "Vera.ttf", vera / "VeraBd.ttf"), (even, even)):
        made = [
            TTFont(f"{how}-{upright.stem}", str(path))
            for how, path in (("plain", upright), ("bold", bold))
        ]
        for font in made:
            pdfmetrics.registerFont(font)
        letters = frozenset.intersection(*(frozenset(font.face.charToGlyph) for font in made))
        found.append((made[0].fontName, made[1].fontName, letters))
    return tuple(found)


@dataclass(slots=True)
class Lettering:
    """Writes texts on a canvas of reportlab, and remembers which letters no font here has."""

    canvas: Any
    missing: set[str] = field(default_factory=set)
    ink: str = "#000000"

    def colour(self, colour: str) -> None:
        """Fill and write in a colour, as ``#rrggbb``, from now on."""
        self.ink = colour
        self.canvas.setFillColor(colour)

    def write(
        self, x: float, y: float, text: str, size: float, *, bold: bool = False, room: float = 0.0
    ) -> float:
        """Write a text from ``x`` on, in points; shortened to the room there is, if any is given.

        Returns:
            How wide it is.
        """
        text = fonts.drawable(fonts.clean(text))
        if room:
            text = self._shortened(text, size, bold, room)
        font = _font_of(text, bold)
        if font:
            self.canvas.setFont(font, size)
            self.canvas.drawString(x, y, text)
        else:
            self.missing |= set(fonts.missing_letters(text))
            self._picture(x, y, text, size, bold)
        return _wide(text, size, bold)

    def write_to_right(
        self, x: float, y: float, text: str, size: float, *, bold: bool = False
    ) -> None:
        """Write a text that ends at ``x``."""
        self.write(x - self.width(text, size, bold=bold), y, text, size, bold=bold)

    @staticmethod
    def width(text: str, size: float, *, bold: bool = False) -> float:
        """Measure a text, in points."""
        return _wide(fonts.drawable(fonts.clean(text)), size, bold)

    def wrapped(self, text: str, size: float, room: float) -> list[str]:
        """Break a text into lines at its spaces; where it has none, anywhere."""
        lines = [""]
        for word in text.split(" "):
            longer = f"{lines[-1]} {word}".lstrip()
            if self.width(longer, size) <= room:
                lines[-1] = longer
                continue
            lines += [word] if lines[-1] else []
            lines[-1] = word
            while self.width(lines[-1], size) > room and len(lines[-1]) > 1:
                rest = lines[-1]
                fits = max(1, _fitting(rest, lambda part: self.width(part, size) <= room))
                lines[-1:] = [rest[:fits], rest[fits:]]
        return lines

    def _shortened(self, text: str, size: float, bold: bool, room: float) -> str:
        if _wide(text, size, bold) <= room:
            return text
        fits = _fitting(text, lambda part: _wide(part + _ELLIPSIS, size, bold) <= room)
        return text[:fits].rstrip() + _ELLIPSIS

    def _picture(self, x: float, y: float, text: str, size: float, bold: bool) -> None:
        from reportlab.lib.utils import ImageReader

        style = _style(text, size, bold)
        capital = style.capital_dots
        wide = max(1, fonts.width_dots(text, style))
        paper = Image.new("L", (wide + capital, 4 * capital), 0)
        pen, at = ImageDraw.Draw(paper), 0
        for font, letters, run in fonts.sized_runs(text, style):
            pen.text(
                (at, 2.5 * capital), letters, 255, font, anchor="ls", stroke_width=style.stroke_dots
            )
            at += run
        letters_only = Image.new("RGB", paper.size, self.ink)
        letters_only.putalpha(paper)
        points = POINTS / DPI
        self.canvas.drawImage(
            ImageReader(letters_only),
            x,
            y - 1.5 * capital * points,
            paper.width * points,
            paper.height * points,
            mask="auto",
        )


def _fitting(text: str, fits: Callable[[str], bool]) -> int:
    """Count the letters of the longest beginning of a text that fits."""
    return bisect_left(range(1, len(text) + 1), True, key=lambda n: not fits(text[:n]))


def _font_of(text: str, bold: bool) -> str:
    """Name the first font that has all letters of a text; empty if it must be drawn."""
    if any(map(fonts.must_join, text)):
        return ""
    wanted = {ord(letter) for letter in text}
    return next((name[bold] for *name, has in _outlines() if wanted <= has), "")


@lru_cache(maxsize=TEXTS_MEASURED_MAX)
def _wide(text: str, size: float, bold: bool) -> float:
    from reportlab.pdfbase.pdfmetrics import stringWidth

    if font := _font_of(text, bold):
        return float(stringWidth(text, font, size))
    return fonts.width_dots(text, _style(text, size, bold)) * POINTS / DPI


def _style(text: str, size: float, bold: bool) -> Style:
    capital_dots = max(6, round(size * CAPITAL_SHARE * DPI / POINTS))
    return Style(capital_dots, bold, fonts.leading_font(text))
