"""Watch, in all tests of screens, what is painted: text comes from the one widget, and is harmless.

`door` reads the code; this looks at what really goes to the terminal, from where all widgets are
put together on. So it also sees what a library does by itself, such as a message that pops up.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from rich.segment import Segment
from textual._compositor import Compositor
from textual.app import App
from textual.screen import Screen
from textual.widget import Widget

from floorhand.text.visible import visible
from floorhand.tui.prompt_view import PromptView
from floorhand.tui.rows_view import RowsView

TO_COLUMN = re.compile(r"\x1b\[[0-9]+G")
"""All that may be painted but text: where terminals disagree how wide the text before it is."""

Passed = list[str]
"""What went past the door."""


@contextmanager
def watched(monkeypatch: pytest.MonkeyPatch) -> Iterator[Passed]:
    """Watch all applications that run meanwhile."""
    passed: Passed = []
    renders, ending = Compositor._get_renders, App._print_error_renderables

    def painted(self, crop=None):
        widgets = [
            widget
            for widget, (region, clip) in self.visible_widgets.items()
            if crop is None or crop.overlaps(clip)
        ]
        for widget, render in zip(widgets, renders(self, crop), strict=True):
            for strip in render[2]:
                passed.extend(
                    _told(widget, segment) for segment in strip if _harms(widget, segment)
                )
            yield render

    def ended(self) -> None:
        passed.extend(f"prints at the end: {one}" for one in self._exit_renderables)
        ending(self)

    monkeypatch.setattr(Compositor, "_get_renders", painted)
    monkeypatch.setattr(App, "_print_error_renderables", ended)
    yield passed


def _harms(widget: Widget, segment: Segment) -> bool:
    """Say whether a segment may not be painted; a screen itself is nothing but its colour."""
    if type(widget) in (PromptView, RowsView):
        harmless = visible(segment.text) == segment.text
        return not harmless and TO_COLUMN.fullmatch(segment.text) is None
    return not isinstance(widget, Screen) or segment.text.strip(" ") != ""


def _told(widget: Widget, segment: Segment) -> str:
    return f"{type(widget).__name__} paints {segment.text!r}"
