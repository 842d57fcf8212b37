"""Fit a text into its area: how large, in which lines, and what of it is left out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice

from floorhand.errors import BadLabel
from floorhand.labels import fonts
from floorhand.labels.fonts import Style
from floorhand.labels.placed import Area, PlacedLine, PlacedText
from floorhand.labels.template import LETTER_MIN_MM, Text

TEXTS_KEPT_MAX = 500
CAPITAL_MIN_DOTS = 6
_SHRINK = 0.92
_SIDE = 0.4
"""What is kept free left and right of white letters, in heights of capitals."""


@dataclass(frozen=True, slots=True, eq=False)
class Space:
    """Where a text goes at one resolution.

    Attributes:
        element: What its template says.
        label: The template's name.
        area: In dots.
        side: Dots kept free left and right.
        sizes: The capitals to try, largest first, and whether the text may take more rows there.
    """

    element: Text
    label: str
    area: Area
    side: int
    sizes: tuple[tuple[int, bool], ...]


def space_for(element: Text, label: str, area: Area, scale: float) -> Space:
    """Work out all that does not depend on the text itself; ``scale`` is in dots per mm."""
    side = round(element.letter_mm * scale * _SIDE) if element.reverse else 0
    return Space(element, label, area, side, tuple(_sizes(element, scale)))


@lru_cache(maxsize=TEXTS_KEPT_MAX)
def place_text(space: Space, lines: tuple[str, ...]) -> PlacedText:
    """Fit a text into its space; kept, because most texts of a label are on the next one too.

    Raises:
        BadLabel: If it must be whole and does not fit.
    """
    element, area = space.element, space.area
    room = area.width - 2 * space.side
    lead = fonts.leading_font("".join(lines))
    for capital, wraps in space.sizes:
        style = Style(capital, element.bold, lead)
        shown, cut = _fitted(lines, style, room, area.height, wraps=wraps)
        if not cut:
            break
    if cut and element.whole:
        raise BadLabel(f"{space.label}: {element.name}: {lines[0]!a} is too long to be shown whole")
    height = line_height(style.capital_dots)
    # One line stands in the middle of its box, several hang from the top.
    spare = 0 if element.fit == "wrap" else area.height - height * len(shown)
    first = area.top + spare // 2 + round(fonts.BASELINE * style.capital_dots)
    placed = []
    for n, text in enumerate(shown):
        left = area.left + space.side
        if element.align != "left":
            free = max(0, room - fonts.width_dots(text, style))
            left += free if element.align == "right" else free // 2
        placed.append(PlacedLine(text, left, first + n * height))
    return PlacedText(element.name, area, tuple(placed), style, element.reverse, cut)


def place_clear(name: str, text: str, area: Area, capital: int) -> PlacedText:
    """Put a barcode's contents below it, smaller if need be: in clear it must be whole."""
    style = Style(capital)
    while fonts.width_dots(text, style) > area.width and style.capital_dots > CAPITAL_MIN_DOTS:
        style = Style(style.capital_dots - 1)
    shown = fonts.shorten(text, style, area.width)
    left = area.left + (area.width - fonts.width_dots(shown, style)) // 2
    baseline = area.top + round(fonts.BASELINE * style.capital_dots)
    line = PlacedLine(shown, max(area.left, left), baseline)
    return PlacedText(name, area, (line,), style, reverse=False, shortened=shown != text)


def line_height(capital: int) -> int:
    """Give the height of a line in dots."""
    return int(fonts.LINE_HEIGHT * capital)


def _sizes(element: Text, scale: float) -> Iterator[tuple[int, bool]]:
    def dots(letter_mm: float) -> int:
        return max(CAPITAL_MIN_DOTS, round(letter_mm * scale))

    def falling(capital: int, least: int) -> Iterator[int]:
        while capital > least:
            yield capital
            capital = max(least, min(capital - 1, int(capital * _SHRINK)))
        yield least

    least, wraps = dots(element.letter_min_mm), element.fit == "wrap"
    yield from ((capital, wraps) for capital in falling(dots(element.letter_mm), least))
    if element.whole:
        yield from ((capital, True) for capital in falling(least, dots(LETTER_MIN_MM)))


def _fitted(
    lines: Sequence[str], style: Style, room: int, height: int, *, wraps: bool
) -> tuple[list[str], bool]:
    """Break and shorten lines for one size of letters; say whether anything was cut."""
    if not wraps:
        line = ", ".join(lines)
        shown_line = fonts.shorten(line, style, room)
        return [shown_line], shown_line != line
    most = max(1, height // line_height(style.capital_dots))
    if len(lines) <= most and all(fonts.width_dots(line, style) <= room for line in lines):
        return list(lines), False
    broken = [list(islice(fonts.wrap(line, style, room), most + 1)) for line in lines]
    whole: list[str] = []
    fitting: list[str] = []
    last = most - 1 if len(broken) > most else None
    for n, rows in enumerate(_shares([len(parts) for parts in broken], most)):
        shown = broken[n][:rows]
        whole += shown
        if rows < len(broken[n]) or n == last:
            shown = [*shown[:-1], shown[-1].removesuffix(fonts.ELLIPSIS) + fonts.ELLIPSIS]
        fitting += (fonts.shorten(line, style, room) for line in shown)
    return fitting, fitting != whole


def _shares(needs: Sequence[int], most: int) -> list[int]:
    """Share rows out: one for each line, what is left over to long lines, the last ones first.

    So no line of an address pushes another off, and the town and the street have room before the
    names. Lines beyond ``most`` get none.
    """
    rows = [1] * min(len(needs), most)
    spare = most - len(rows)
    while spare and (short := [n for n, got in enumerate(rows) if got < needs[n]]):
        for n in short[: -spare - 1 : -1]:
            rows[n] += 1
            spare -= 1
    return rows
