"""Show a board, or a merchant's things, over a terminal's own screen while somebody looks."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from floorhand.flows.turn import Prompt
    from floorhand.text.catalog import Catalog
    from floorhand.tui.app import FloorhandApp
    from floorhand.tui.board import BoardScreen, Sight
    from floorhand.tui.telling import Manner

BOARD, MERCHANT, DESK = "board", "home", "desk."
"""What can be shown: the board, the things of one merchant, or a list of those who lead."""

MERCHANTS = "desk.served"
"""The merchants for those who serve them: the rest of the building is not behind that list."""


@dataclass(frozen=True, slots=True)
class Over:
    """What is shown over a question: one of the words above, behind `DESK` with a list's name.

    ``which`` is a merchant, or a part of a list; it may be empty.
    """

    kind: str
    which: str = ""


Sights = Callable[["Catalog", Over], "Sight"]
"""Gives what a screen works with that shows this, in a language."""


def shown_over(prompt: Prompt) -> Over | None:
    """Say what is shown over a question; None: nothing."""
    match prompt.ask:
        case "watching.board":
            return Over(BOARD)
        case "serving.tables":
            return Over(MERCHANT, prompt.place)
        case "leading.table":
            about = dict(prompt.ask_facts)
            return Over(str(about["list_text"]), str(about["of"]))
    return None


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

    def begin(self, words: Catalog, over: Over, leave: Callable[[], None]) -> None:
        """Show something until ``leave`` is called."""
        from floorhand.tui.board import BoardScreen

        if self.board is None:
            self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="look")
            sight = self._sights(words, over)
            self.board = BoardScreen(sight, self._manner, self._thread, leave)
            self._terminal.push_screen(self.board)
        self.board.left = False  # whoever left it may not go yet

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
