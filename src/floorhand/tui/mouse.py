"""A screen of rows whose lines, headings and keys can be clicked; the wheel moves the mark."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textual.screen import Screen

from floorhand.tui.rows_view import RowsView

if TYPE_CHECKING:
    from textual.events import Click, MouseScrollDown, MouseScrollUp


class MouseScreen(Screen[None]):
    """What a click means stands in the row that is clicked; see `floorhand.tui.rows.Part`."""

    _view: RowsView[Any]

    def on_click(self, event: Click) -> None:
        """Open the line that was clicked, sort by a heading, or take a key of the lowest row."""
        self._touch()
        kind, _, which = self._view.clicked(event.x, event.y).partition(":")
        if kind == "key":
            self._key(which)
        elif kind == "sort":
            self._sort(int(which))
        elif kind == "line":
            self._choose(int(which))
            self._key("right")
        self._paint()

    def on_mouse_scroll_down(self, event: MouseScrollDown) -> None:  # noqa: ARG002  (by its name)
        """Go to the next line."""
        self._key("down")
        self._paint()

    def on_mouse_scroll_up(self, event: MouseScrollUp) -> None:  # noqa: ARG002  (by its name)
        """Go to the line before."""
        self._key("up")
        self._paint()

    def _touch(self) -> None:
        """Note that somebody does something, wherever it is clicked."""
        raise NotImplementedError

    def _key(self, key: str) -> None:
        """Take a key."""
        raise NotImplementedError

    def _choose(self, line: int) -> None:
        """Mark a line."""
        raise NotImplementedError

    def _sort(self, column: int) -> None:
        """Sort by a column."""
        raise NotImplementedError

    def _paint(self) -> None:
        """Show what has changed."""
        raise NotImplementedError
