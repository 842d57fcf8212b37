"""Put a label's data into its template, in whole dots: one layout, from which all printers draw.

Everything is decided here (sizes, line breaks, what is shortened, width of bars), so that picture
and ZPL say the same. What a template says of it is worked out once for each resolution, in a
`Stencil`; the rest depends on the data, label by label.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial

from floorhand.domain.labels import ADDRESSES, LabelData, missing_fields
from floorhand.errors import BadLabel
from floorhand.labels import fonts
from floorhand.labels.fitting import Space, line_height, place_clear, place_text, space_for
from floorhand.labels.images import fitted
from floorhand.labels.placed import (
    DOTS_PER_MM,
    Area,
    Layout,
    Placed,
    PlacedArrow,
    PlacedFrame,
    PlacedPicture,
    PlacedSymbol,
    PlacedText,
)
from floorhand.labels.reader import FIELD
from floorhand.labels.symbols import make_symbol
from floorhand.labels.template import Arrow, Barcode, Box, Element, Frame, Picture, Template, Text

LINES_MAX = 40


class Values:
    """The data of one label: as it is, and as it is shown."""

    def __init__(self, data: LabelData, fields: Sequence[str]) -> None:
        self.raw = data
        self.shown: Mapping[str, list[str]] = {field: _shown(data, field) for field in fields}
        self.said: list[str] = []
        """Texts that were put on the label, in whole."""


class Wording:
    """A text of a template, with fields in it."""

    def __init__(self, text: str) -> None:
        self.fields: tuple[str, ...] = tuple(FIELD.findall(text))
        self._text = text
        self._is_field = [text] == [f"{{{field}}}" for field in self.fields]

    def lines(self, values: Values) -> list[str]:
        """Put fields in as they are shown; no lines if any of them is empty."""
        if self._is_field:
            return values.shown[self.fields[0]]
        shown = {field: values.shown[field] for field in self.fields}
        if not all(shown.values()):
            return []
        return [self._text.format_map({field: ", ".join(value) for field, value in shown.items()})]

    def raw(self, values: Values) -> str:
        """Put fields in as they are: what a scanner reads must not be cleaned."""
        raw = {field: str(values.raw.get(field, "") or "") for field in self.fields}
        return self._text.format_map(raw) if all(raw.values()) else ""


Filler = Callable[[Values], Sequence[Placed]]
"""Puts an element on a label."""


class Stencil:
    """A template at one resolution: all that can be worked out without a label's data.

    Args:
        template: A checked template.
        dpi: One of `DOTS_PER_MM`.
    """

    def __init__(self, template: Template, dpi: int) -> None:
        scale = DOTS_PER_MM[dpi]
        self._template = template
        self._dpi = dpi
        self._size = int(template.width_mm * scale), int(template.height_mm * scale)
        self._fields = tuple({f: None for e in template.elements for f in _looked_at(e)})
        self._fillers = tuple(
            (element.unless, _filler(element, scale, template.name))
            for element in template.elements
        )

    def lay_out(self, data: LabelData) -> Layout:
        """Put data in: values of the fields of its kind; others are not looked at.

        Raises:
            BadLabel: If a needed field is empty, or a barcode cannot hold its data or has no room.
        """
        template = self._template
        if absent := missing_fields(template.kind, data):
            raise BadLabel(f"{template.name}: {absent[0]} is missing")
        values = Values(data, self._fields)
        placed: list[Placed] = []
        for unless, fill in self._fillers:
            if not (unless and values.shown[unless]):
                placed += fill(values)
        said = "".join(values.said)
        return Layout(
            template.name,
            self._dpi,
            *self._size,
            placed=tuple(placed),
            shortened=tuple(i.name for i in placed if isinstance(i, PlacedText) and i.shortened),
            said=said,
            missing=fonts.missing_letters(said),
        )


def lay_out(template: Template, data: LabelData, dpi: int = 203) -> Layout:
    """Put data into a template that is used once; see `Stencil`."""
    return Stencil(template, dpi).lay_out(data)


def _shown(data: LabelData, field: str) -> list[str]:
    """Give a field's lines as they are printed; nothing and 0 mean that there is none."""
    value = data.get(field) or []
    lines = value[:LINES_MAX] if isinstance(value, list) else [value]
    signs = field not in ADDRESSES
    return [shown for line in lines if (shown := fonts.printable(str(line), signs=signs))]


def _looked_at(element: Element) -> list[str]:
    """Name the fields that decide how an element is shown."""
    fields = [element.unless] if element.unless else []
    return fields + FIELD.findall(element.text) if isinstance(element, Text | Arrow) else fields


def _area(box: Box, scale: float) -> Area:
    left, top = round(box.left_mm * scale), round(box.top_mm * scale)
    right = int((box.left_mm + box.width_mm) * scale + 1e-6)
    bottom = int((box.top_mm + box.height_mm) * scale + 1e-6)
    return Area(left, top, max(1, right - left), max(1, bottom - top))


def _filler(element: Element, scale: float, label: str) -> Filler:
    """Work out where an element stands; a frame and a picture are the same on every label."""
    area = _area(element.box, scale)
    match element:
        case Frame():
            line = min(max(1, round(element.line_mm * scale)), area.width, area.height)
            still: Placed = PlacedFrame(element.name, area, line)
        case Picture():
            still = _place_picture(element, area)
        case Arrow():
            up, down = (PlacedArrow(element.name, area, up=up) for up in (True, False))
            return partial(_fill_arrow, up, down, Wording(element.text))
        case Barcode():
            return SymbolFiller(element, scale, area, label)
        case Text():
            space = space_for(element, label, area, scale)
            return partial(_fill_text, space, Wording(element.text))
    return lambda _: (still,)


def _place_picture(element: Picture, area: Area) -> PlacedPicture:
    drawn = fitted(element.content, area.width, area.height)
    left = area.left + (area.width - drawn.width) // 2
    top = area.top + (area.height - drawn.height) // 2
    return PlacedPicture(element.name, Area(left, top, drawn.width, drawn.height), element.content)


def _fill_arrow(up: Placed, down: Placed, wording: Wording, values: Values) -> Sequence[Placed]:
    direction = wording.lines(values)
    return (up if direction == ["up"] else down,) if direction else ()


def _fill_text(space: Space, wording: Wording, values: Values) -> Sequence[Placed]:
    lines = wording.lines(values)
    values.said += lines
    return (place_text(space, tuple(lines)),) if lines else ()


class SymbolFiller:
    """Puts a barcode on a label, with its contents in clear below if the template wants them."""

    def __init__(self, element: Barcode, scale: float, area: Area, label: str) -> None:
        self._element = element
        self._scale = scale
        self._label = label
        self._wording = Wording(element.text)
        self._clear = round(element.clear_mm * scale)
        bars = area.height - line_height(self._clear)
        self._bars = Area(area.left, area.top, area.width, bars)
        self._below = Area(area.left, area.top + bars, area.width, area.height - bars)
        self._widest = int(element.bar_max_mm * scale + 1e-6)

    def __call__(self, values: Values) -> Sequence[Placed]:
        """Make it; none where a field is empty."""
        text, name = self._wording.raw(values), self._element.name
        if not text:
            return ()
        try:
            symbol = make_symbol(self._element.symbology, text)
        except BadLabel as error:
            raise BadLabel(f"{self._label}: barcode {name}: {error}") from error
        bars = self._bars
        module = self._module_dots(text, symbol.width_modules, is_matrix=symbol.is_matrix)
        black = len(symbol.rows[0]) * module
        height = len(symbol.rows) * module if symbol.is_matrix else bars.height
        left = bars.left + (bars.width - symbol.width_modules * module) // 2
        top = bars.top + (bars.height - height) // 2
        area = Area(left + symbol.quiet_modules[0] * module, top, black, height)
        placed = PlacedSymbol(name, area, module, symbol)
        if not self._clear:
            return (placed,)
        return (placed, place_clear(name, symbol.clear, self._below, self._clear))

    def _module_dots(self, text: str, modules: int, *, is_matrix: bool) -> int:
        """Choose how wide its narrow bar is."""
        element, scale = self._element, self._scale
        room = min(self._bars.width, self._bars.height) if is_matrix else self._bars.width
        module = min(self._widest, room // modules)
        if module >= 1 and module / scale >= element.bar_min_mm - 1e-6:
            return module
        needs_mm = modules * -int(-element.bar_min_mm * scale // 1) / scale
        raise BadLabel(
            f"{self._label}: barcode {element.name}: {text!a} does not fit: needs {needs_mm:.1f} "
            f"mm with its margins, has {room / scale:.1f} mm"
        )
