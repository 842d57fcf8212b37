"""Paint rows of text; of the next ones only those that differ are painted and sent."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar, Final, Generic, Protocol, TypeVar

from textual.geometry import Region
from textual.widget import Widget

from floorhand.tui.rows import Part, Row, clicked
from floorhand.tui.safe import NOTHING, UNSTYLED, Painted, line_of, painted, safe, style_of

if TYPE_CHECKING:
    from textual.strip import Strip
    from textual.style import Style

PARTS_KEPT_MAX: Final = 1_000
LINES_KEPT_MAX: Final = 200
"""Painted parts and lines that are kept: most of a screen is the same the next time."""


class Shown(Protocol):
    """What rows are laid out from."""

    @property
    def encoding(self) -> str:
        """What the terminal can show; empty: all of Unicode."""


View = TypeVar("View", bound=Shown)


class RowsView(Widget, Generic[View]):
    """A whole screen of rows. What roles look like is in the style sheet.

    Args:
        lay_out: Lays a view out in so many columns and rows.
    """

    can_focus = False
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "prompt--ask",
        "prompt--bar",
        "prompt--choice",
        "prompt--code",
        "prompt--count",
        "prompt--frame-calm",
        "prompt--frame-finished",
        "prompt--frame-look",
        "prompt--frame-ok",
        "prompt--frame-refused",
        "prompt--hint",
        "prompt--key",
        "prompt--muted",
        "prompt--now",
        "prompt--place",
        "prompt--said-finished",
        "prompt--said-look",
        "prompt--said-ok",
        "prompt--said-refused",
        "prompt--strong",
        "prompt--typed",
        "prompt--value",
    }

    def __init__(self, lay_out: Callable[[View, int, int], list[Row]]) -> None:
        super().__init__()
        self._laid_out = lay_out
        self._view: View | None = None
        self._rows: list[Row] = []
        self._parts: dict[Part, Painted] = {}
        self._lines: dict[Row, Strip] = {}
        self._styles: dict[str, Style] = {}
        self._under = UNSTYLED
        """How the widget itself looks."""

    def show(self, view: View) -> None:
        """Show a view. Only rows that differ from what is on the screen are painted and sent."""
        before, self._view = self._view, view
        if before == view:
            return
        if before is None or before.encoding != view.encoding:
            self._forget()
        rows = self._lay_out()
        if len(rows) != len(self._rows):
            self._rows = rows
            self.refresh()
            return
        width = self.size.width
        changed = [
            Region(0, y, width, 1)
            for y, (old, new) in enumerate(zip(self._rows, rows, strict=True))
            if old != new
        ]
        self._rows = rows
        if changed:
            self.refresh(*changed)

    def clicked(self, x: int, y: int) -> str:
        """Say what a click there means; see `floorhand.tui.rows.Part`."""
        return clicked(self._rows[y], x) if y < len(self._rows) else ""

    def on_resize(self) -> None:
        """Lay out again for the new size."""
        self._forget()
        self._rows = self._lay_out()
        self.refresh()

    def notify_style_update(self) -> None:
        """Paint all anew in other colours."""
        super().notify_style_update()
        self._forget()

    def render_lines(self, crop: Region) -> list[Strip]:
        """Paint some rows. Nothing is around them that Textual would have to add."""
        if not self._parts:
            self._under = self.visual_style
        strips = [self._line(y) for y in crop.line_range]
        _, background = self.background_colors
        for line_filter in self.get_line_filters():
            strips = [strip.apply_filter(line_filter, background) for strip in strips]
        if crop.column_span != (0, self.size.width):
            strips = [strip.crop(*crop.column_span) for strip in strips]
        return strips

    def _line(self, y: int) -> Strip:
        row = self._rows[y] if y < len(self._rows) else ()
        strip = self._lines.get(row)
        if strip is None:
            if len(self._lines) >= LINES_KEPT_MAX:
                self._lines.clear()
            strip = line_of(map(self._painted, row), self.size.width, self._under)
            self._lines[row] = strip
        return strip

    def _forget(self) -> None:
        """Forget what was painted; it would be painted otherwise now."""
        self._parts.clear()
        self._lines.clear()
        self._styles.clear()

    def _lay_out(self) -> list[Row]:
        if self._view is None or not self.size:
            return []
        return self._laid_out(self._view, self.size.width, self.size.height)

    def _painted(self, part: Part) -> Painted:
        shown = self._parts.get(part)
        if shown is None:
            if len(self._parts) >= PARTS_KEPT_MAX:
                self._parts.clear()
            shown = self._parts[part] = self._paint(part)
        return shown

    def _paint(self, part: Part) -> Painted:
        if not part.text:
            return NOTHING
        encoding = self._view.encoding if self._view is not None else ""
        style = self._styles.get(part.role)
        if style is None:
            style = self._styles[part.role] = self._style(part.role)
        return painted(safe(part.text, self.size.width, style, encoding), self._under)

    def _style(self, role: str) -> Style:
        """Add up the styles of a role's words; a later one overrules an earlier one."""
        style = UNSTYLED
        for name in role.split():
            style += style_of(self.get_component_styles(f"prompt--{name}"))
        return style
