"""A label with its data, in whole dots: what stands where, from which all printers draw.

What is placed is told apart by identity: the same texts and pictures come on label after label, and
what a printer is sent of one of them can be kept.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from floorhand.labels import fonts
from floorhand.labels.fonts import Style
from floorhand.labels.symbols import Symbol

DOTS_PER_MM = {203: 8.0, 300: 300 / 25.4, 600: 600 / 25.4}
"""What printers call 203 dpi is 8 dots per millimetre."""


@dataclass(frozen=True, slots=True)
class Area:
    """Where something stands, in dots."""

    left: int
    top: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class PlacedLine:
    """One line of text; ``left`` and ``baseline`` are dots on the label."""

    text: str
    left: int
    baseline: int


@dataclass(frozen=True, slots=True, eq=False)
class PlacedText:
    """Lines in an area. ``reverse``: the area is black and the letters are white."""

    name: str
    area: Area
    lines: tuple[PlacedLine, ...]
    style: Style
    reverse: bool
    shortened: bool


@dataclass(frozen=True, slots=True, eq=False)
class PlacedSymbol:
    """A barcode; ``area`` is its black part, without quiet zones."""

    name: str
    area: Area
    module_dots: int
    symbol: Symbol


@dataclass(frozen=True, slots=True, eq=False)
class PlacedFrame:
    """A rectangle of lines."""

    name: str
    area: Area
    line_dots: int


@dataclass(frozen=True, slots=True, eq=False)
class PlacedArrow:
    """A triangle."""

    name: str
    area: Area
    up: bool


@dataclass(frozen=True, slots=True, eq=False)
class PlacedPicture:
    """A picture that fills its area; ``content`` is its PNG."""

    name: str
    area: Area
    content: bytes


Placed = PlacedText | PlacedSymbol | PlacedFrame | PlacedArrow | PlacedPicture


@dataclass(frozen=True, slots=True)
class Layout:
    """A label with its data, in dots.

    ``said`` is all text that was put on it, ``missing`` those letters of it that no font here
    knows; ``shortened`` names elements whose text did not fit.
    """

    template: str
    dpi: int
    width_dots: int
    height_dots: int
    placed: tuple[Placed, ...]
    shortened: tuple[str, ...]
    said: str
    missing: str

    @property
    def symbols(self) -> tuple[PlacedSymbol, ...]:
        """Give the barcodes on it."""
        return tuple(item for item in self.placed if isinstance(item, PlacedSymbol))

    def unreadable(self, name: str) -> str:
        """List the letters and digits of an element that no font here has.

        Signs and emoji are no loss to who reads an address.
        """
        texts = (item for item in self.placed if isinstance(item, PlacedText))
        shown = "".join(line.text for text in texts if text.name == name for line in text.lines)
        missing = fonts.missing_letters(shown)
        return "".join(one for one in missing if unicodedata.category(one)[0] in "LMN")

    def note(self) -> str:
        """Say what is not as it should be; empty if all was shown."""
        said = []
        if self.missing:
            said.append(f"no font here has: {self.missing}")
        if self.shortened:
            said.append(f"shortened: {', '.join(self.shortened)}")
        return "; ".join(said)
