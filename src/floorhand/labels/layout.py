"""Put a label's data into its template, in whole dots: one layout, from which all printers draw.

Everything is decided here (sizes, line breaks, what is shortened, width of bars), so that picture
and ZPL say the same.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice

from floorhand.domain.labels import ADDRESSES, LabelData, missing_fields
from floorhand.errors import BadLabel
from floorhand.labels import fonts
from floorhand.labels.fonts import Style
from floorhand.labels.images import fitted
from floorhand.labels.reader import FIELD
from floorhand.labels.symbols import Symbol, make_symbol
from floorhand.labels.template import (
    LETTER_MIN_MM,
    Arrow,
    Barcode,
    Box,
    Element,
    Frame,
    Picture,
    Template,
    Text,
)

DOTS_PER_MM = {203: 8.0, 300: 300 / 25.4, 600: 600 / 25.4}
"""What printers call 203 dpi is 8 dots per millimetre."""

FIELDS_KEPT_MAX = 1024
"""Texts of templates whose fields are kept; a template has a few dozen."""

TEXTS_KEPT_MAX = 500
LINES_MAX = 40
CAPITAL_MIN_DOTS = 6
_SHRINK = 0.92


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


@dataclass(frozen=True, slots=True)
class PlacedText:
    """Lines in an area. ``reverse``: the area is black and the letters are white."""

    name: str
    area: Area
    lines: tuple[PlacedLine, ...]
    style: Style
    reverse: bool
    shortened: bool


@dataclass(frozen=True, slots=True)
class PlacedSymbol:
    """A barcode; ``area`` is its black part, without quiet zones."""

    name: str
    area: Area
    module_dots: int
    symbol: Symbol


@dataclass(frozen=True, slots=True)
class PlacedFrame:
    """A rectangle of lines."""

    name: str
    area: Area
    line_dots: int


@dataclass(frozen=True, slots=True)
class PlacedArrow:
    """A triangle."""

    name: str
    area: Area
    up: bool


@dataclass(frozen=True, slots=True)
class PlacedPicture:
    """A picture that fills its area; ``content`` is its PNG."""

    name: str
    area: Area
    content: bytes


Placed = PlacedText | PlacedSymbol | PlacedFrame | PlacedArrow | PlacedPicture


@dataclass(frozen=True, slots=True)
class Layout:
    """A label with its data, in dots.

    ``shortened`` names elements whose text did not fit; ``missing`` lists letters that no font
    here knows.
    """

    template: str
    dpi: int
    width_dots: int
    height_dots: int
    placed: tuple[Placed, ...]
    shortened: tuple[str, ...]
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


def lay_out(template: Template, data: LabelData, dpi: int = 203) -> Layout:
    """Put data into a template.

    Args:
        template: A checked template.
        data: Values of the fields of its kind; others are not looked at.
        dpi: One of `DOTS_PER_MM`.

    Raises:
        BadLabel: If a needed field is empty, or a barcode cannot hold its data or has no room.
    """
    if absent := missing_fields(template.kind, data):
        raise BadLabel(f"{template.name}: {absent[0]} is missing")
    scale = DOTS_PER_MM[dpi]
    placed: list[Placed] = []
    missing: list[str] = []
    for element in template.elements:
        if element.unless and _value(data, element.unless):
            continue
        placed += _place(element, data, scale, template.name, missing)
    return Layout(
        template=template.name,
        dpi=dpi,
        width_dots=int(template.width_mm * scale),
        height_dots=int(template.height_mm * scale),
        placed=tuple(placed),
        shortened=tuple(i.name for i in placed if isinstance(i, PlacedText) and i.shortened),
        missing="".join(dict.fromkeys("".join(missing))),
    )


def _value(data: LabelData, field: str) -> list[str]:
    """Give a field's lines as they are printed; nothing and 0 mean that there is none."""
    value = data.get(field, "")
    lines = value if isinstance(value, list) else [str(value)] if value else []
    shown = [fonts.drawable(fonts.clean(str(line))) for line in lines[:LINES_MAX]]
    if field in ADDRESSES:
        shown = [fonts.without_signs(line) for line in shown]
    return [line for line in shown if line]


@lru_cache(maxsize=FIELDS_KEPT_MAX)
def _fields_of(text: str) -> tuple[str, ...]:
    return tuple(FIELD.findall(text))


def _filled(text: str, data: LabelData) -> list[str]:
    """Put fields into a text; no lines if any of its fields is empty."""
    fields = _fields_of(text)
    values = {field: _value(data, field) for field in fields}
    if not all(values.values()):
        return []
    if text == f"{{{fields[0] if fields else ''}}}":
        return values[fields[0]]
    return [FIELD.sub(lambda found: ", ".join(values[found[1]]), text)]


def _raw(text: str, data: LabelData) -> str:
    """Put fields into a barcode's text as they are: what a scanner reads must not be cleaned."""
    values = {field: str(data.get(field, "") or "") for field in _fields_of(text)}
    if not all(values.values()):
        return ""
    return FIELD.sub(lambda found: values[found[1]], text)


def _area(box: Box, scale: float) -> Area:
    left, top = round(box.left_mm * scale), round(box.top_mm * scale)
    right = int((box.left_mm + box.width_mm) * scale + 1e-6)
    bottom = int((box.top_mm + box.height_mm) * scale + 1e-6)
    return Area(left, top, max(1, right - left), max(1, bottom - top))


def _place(
    element: Element, data: LabelData, scale: float, label: str, missing: list[str]
) -> list[Placed]:
    area = _area(element.box, scale)
    match element:
        case Frame():
            line = max(1, round(element.line_mm * scale))
            return [PlacedFrame(element.name, area, min(line, *_sides(area)))]
        case Arrow():
            direction = _filled(element.text, data)
            return [PlacedArrow(element.name, area, direction == ["up"])] if direction else []
        case Picture():
            return [_place_picture(element, area)]
        case Barcode():
            text = _raw(element.text, data)
            return list(_place_symbol(element, text, area, scale, label)) if text else []
        case Text():
            lines = _filled(element.text, data)
            missing.append(fonts.missing_letters("".join(lines)))
            return [_place_text(element, tuple(lines), area, scale, label)] if lines else []


def _place_picture(element: Picture, area: Area) -> PlacedPicture:
    drawn = fitted(element.content, area.width, area.height)
    left = area.left + (area.width - drawn.width) // 2
    top = area.top + (area.height - drawn.height) // 2
    return PlacedPicture(element.name, Area(left, top, drawn.width, drawn.height), element.content)


def _sides(area: Area) -> tuple[int, int]:
    return area.width, area.height


def _place_symbol(
    element: Barcode, text: str, area: Area, scale: float, label: str
) -> Iterator[Placed]:
    try:
        symbol = make_symbol(element.symbology, text)
    except BadLabel as error:
        raise BadLabel(f"{label}: barcode {element.name}: {error}") from error
    clear = round(element.clear_mm * scale)
    bars = Area(area.left, area.top, area.width, area.height - _line_height(clear))
    room = min(_sides(bars)) if symbol.is_matrix else bars.width
    widest = int(element.bar_max_mm * scale + 1e-6)
    module = min(widest, room // symbol.width_modules)
    if module < 1 or module / scale < element.bar_min_mm - 1e-6:
        needs_mm = symbol.width_modules * -int(-element.bar_min_mm * scale // 1) / scale
        raise BadLabel(
            f"{label}: barcode {element.name}: {text!a} does not fit: needs {needs_mm:.1f} mm "
            f"with its margins, has {room / scale:.1f} mm"
        )
    black = len(symbol.rows[0]) * module
    height = len(symbol.rows) * module if symbol.is_matrix else bars.height
    left = bars.left + (bars.width - symbol.width_modules * module) // 2
    top = bars.top + (bars.height - height) // 2
    black_area = Area(left + symbol.quiet_modules[0] * module, top, black, height)
    yield PlacedSymbol(element.name, black_area, module, symbol)
    if clear:
        below = Area(area.left, bars.top + bars.height, area.width, area.height - bars.height)
        yield _place_clear(element.name, symbol.clear, below, clear)


def _place_clear(name: str, text: str, area: Area, capital: int) -> PlacedText:
    """Put a barcode's contents below it, smaller if need be: in clear it must be whole."""
    while fonts.width_dots(text, Style(capital)) > area.width and capital > CAPITAL_MIN_DOTS:
        capital -= 1
    style = Style(capital)
    shown = fonts.shorten(text, style, area.width)
    left = area.left + (area.width - fonts.width_dots(shown, style)) // 2
    line = PlacedLine(shown, max(area.left, left), area.top + round(fonts.BASELINE * capital))
    return PlacedText(name, area, (line,), style, reverse=False, shortened=shown != text)


@lru_cache(maxsize=TEXTS_KEPT_MAX)
def _place_text(
    element: Text, lines: tuple[str, ...], area: Area, scale: float, label: str
) -> PlacedText:
    """Fit a text into its area; kept, because most texts of a label are on the next one too."""
    side = round(element.letter_mm * scale * 0.4) if element.reverse else 0
    room = area.width - 2 * side
    lead = fonts.leading_font("".join(lines))
    for capital, wraps in _sizes(element, scale):
        style = Style(capital, element.bold, lead)
        shown, cut = _fitted(lines, style, room, area.height, wraps=wraps)
        if not cut:
            break
    if cut and element.whole:
        raise BadLabel(f"{label}: {element.name}: {lines[0]!a} is too long to be shown whole")
    height = _line_height(style.capital_dots)
    # One line stands in the middle of its box, several hang from the top.
    spare = 0 if element.fit == "wrap" else area.height - height * len(shown)
    placed = []
    for n, text in enumerate(shown):
        free = room - fonts.width_dots(text, style)
        shift = {"left": 0, "center": free // 2, "right": free}[element.align]
        baseline = area.top + spare // 2 + n * height + round(fonts.BASELINE * style.capital_dots)
        placed.append(PlacedLine(text, area.left + side + max(0, shift), baseline))
    return PlacedText(element.name, area, tuple(placed), style, element.reverse, cut)


def _line_height(capital: int) -> int:
    return int(fonts.LINE_HEIGHT * capital)


def _sizes(element: Text, scale: float) -> Iterator[tuple[int, bool]]:
    """Give the sizes to try, largest first, and whether the text may take more rows there."""

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
    most = max(1, height // _line_height(style.capital_dots))
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
