"""Take clicks and the wheel on the screen of a worker. What a click means stands in its row."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, Final

from floorhand.tui.scan import Scan
from floorhand.tui.single_keys import SingleKeys

if TYPE_CHECKING:
    from textual.events import Click, MouseScrollDown, MouseScrollUp

COMMANDS: Final = {"line": "*CHOOSE", "sort": "*SORT"}
"""What is scanned for a click on an entry of a list, or on a heading, with its number.

A bare number could be taken for pieces at a question that came in the meantime.
"""


class Pointing(SingleKeys, inherit_bindings=False):
    """A screen on which keys, entries of lists and headings can be clicked."""

    @abstractmethod
    def _scanned(self, scan: Scan) -> None:
        """Take a scan."""

    @abstractmethod
    def _pressed(self, key: str, *, half: bool) -> None:
        """Take a key; ``half`` if something is typed before it."""

    def on_click(self, event: Click) -> None:
        """Take a key, choose from a list, or sort it.

        A click is meant for what can be seen: while a scan is being answered it says nothing, and
        the second one of a double click chooses nothing from the list that came with the first.
        """
        kind, _, which = self.prompt_view.clicked(event.x, event.y).partition(":")
        if not which or self._busy or len(self._waiting):
            return
        if self._shown.typed:
            self._pressed(which, half=True)
        elif kind in COMMANDS and event.chain == 1:
            self._scanned(Scan(f"{COMMANDS[kind]} {which}"))
        elif kind == "key" and which.startswith("*"):
            self._scanned(Scan(which))
        elif kind == "key":
            self._pressed(which, half=False)
        self._paint_soon()

    def on_mouse_scroll_down(self, event: MouseScrollDown) -> None:  # noqa: ARG002  (by its name)
        """Turn to the next page."""
        self._turn_page("pagedown")

    def on_mouse_scroll_up(self, event: MouseScrollUp) -> None:  # noqa: ARG002  (by its name)
        """Turn to the page before."""
        self._turn_page("pageup")

    def _turn_page(self, key: str) -> None:
        self._pressed(key, half=False)
        self._paint_soon()
