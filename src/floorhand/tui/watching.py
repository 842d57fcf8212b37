"""Show a board, or a merchant's things, over a terminal's own screen while somebody looks."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from floorhand.flows.turn import Prompt
    from floorhand.text.catalog import Catalog
    from floorhand.tui.app import FloorhandApp
    from floorhand.tui.board import BoardScreen, Sight
    from floorhand.tui.telling import Manner

BOARD, TABLES = "watching.board", "serving.tables"
"""Questions that are answered by looking: at the board, at the things of one merchant."""

Sights = Callable[["Catalog", str], "Sight"]
"""Gives what a board works with, in a language, or a screen of the merchant that is named."""


def shown_over(prompt: Prompt) -> str | None:
    """Say whose things are shown over a question: a merchant's; all, if empty; None: nothing."""
    return {BOARD: "", TABLES: prompt.place}.get(prompt.ask)


class Watch:
    """A board that comes and goes.

    Args:
        app: Of the terminal.
        sights: Gives what the board works with.
        manner: How the terminal shows.
    """

    def __init__(self, app: FloorhandApp, sights: Sights, manner: Manner) -> None:
        self._terminal, self._sights, self._manner = app, sights, manner
        self._thread: ThreadPoolExecutor | None = None
        self.board: BoardScreen | None = None

    def begin(self, words: Catalog, merchant: str, leave: Callable[[], None]) -> None:
        """Show the board, or a merchant's things, until ``leave`` is called."""
        from floorhand.tui.board import BoardScreen

        if self.board is None:
            self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="look")
            sight = self._sights(words, merchant)
            self.board = BoardScreen(sight, self._manner, self._thread, leave)
            self._terminal.push_screen(self.board)

    def end(self) -> None:
        """Show the terminal's own screen again."""
        if self.board is not None:
            self._terminal.pop_screen()
            self.board = None
            self.close()

    def close(self) -> None:
        """Let the last look end."""
        if self._thread is not None:
            self._thread.shutdown(wait=False, cancel_futures=True)
