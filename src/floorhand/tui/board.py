"""The board of a building: one screen that answers without a key, and is up to date each second."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any, Final

from textual import work
from textual.app import App, ComposeResult

from floorhand.errors import DatabaseAway, DatabaseUnusable
from floorhand.store.board import Board
from floorhand.store.cells import Details
from floorhand.text.catalog import Catalog, shown_in
from floorhand.text.meanings import ON_BOARD, meanings
from floorhand.tui.board_details import (
    DetailsView,
    for_file,
    lay_out_details,
    target_of,
    written,
)
from floorhand.tui.board_layout import lay_out_board
from floorhand.tui.board_parts import BoardView, Target, targets, title_of
from floorhand.tui.hearing import Hearing
from floorhand.tui.mouse import MouseScreen
from floorhand.tui.opened import HELP, Opened, Rest
from floorhand.tui.rows import Row
from floorhand.tui.rows_view import RowsView
from floorhand.tui.rules import Rules
from floorhand.tui.scan import KeyDown, KeyInside, Scan, Typed
from floorhand.tui.telling import USUAL_MANNER, Manner
from floorhand.tui.themes import THEMES

if TYPE_CHECKING:
    from floorhand.tui.driver import Arrived, Hangup

LOOK_EVERY_S: Final = 1.0
GIVES_WAY: Final = 10
"""How much nicer a board is to other programs than what it was started from: a scan cannot wait."""
SHIFT: Final = Target("report.all", "")
"""The report of the running shift, section by section."""
PAGE: Final = 10
OPENS: Final = frozenset({"right", "f10"})
CLOSES: Final = frozenset({"left", "escape", "f3"})
STEPS: Final = {"down": 1, "up": -1, "pagedown": PAGE, "pageup": -PAGE}


Keep = Callable[[str, tuple[str, ...], tuple[tuple[str, ...], ...]], str]
"""Keeps a table as a file: its name, its headings, its rows; says where, or why not."""


@dataclass(frozen=True, slots=True)
class Looked:
    """What was seen at a moment: the building, if that is shown; what is behind a line."""

    at: datetime
    board: Board | None = None
    details: Details | None = None


@dataclass(frozen=True, slots=True)
class Sight:
    """What a board works with.

    Attributes:
        look: Looks at the building, and at what is behind a line; called on a thread of its own.
        keep: Keeps a table as a file.
        words: Texts.
        zone: The site's clock.
        site: Its name.
        first: The table to begin with, and to come back to; None: the board itself.
        rests_s: So long after the last key it is shown again; 0: what is open stays so.
    """

    look: Callable[[Target | None], Looked]
    keep: Keep
    words: Catalog
    zone: tzinfo = UTC
    site: str = ""
    first: Target | None = None
    rests_s: float = 0.0

    def opened_first(self) -> Opened | None:
        """Open what is shown first, and last on the way back; None: the board itself."""
        return Opened(self.first) if self.first is not None else None


def _lay_out(view: BoardView | DetailsView, width: int, height: int) -> list[Row]:
    if isinstance(view, DetailsView):
        return lay_out_details(view, width, height)
    return lay_out_board(view, width, height)


def _explained(opened: Opened | None, words: Catalog) -> Details:
    """Say what the figures of a table mean, or those of the board."""
    shown: tuple[str, ...] = ON_BOARD
    if opened is not None:
        shown = opened.details.heads if opened.details is not None else ()
    rows = tuple(meanings(words, shown))
    return Details(("figure", "meaning"), rows, len(rows))


def _kept(sight: Sight, opened: Opened, view: DetailsView) -> str:
    """Keep what is looked at as a file; say where, and if it is not all that there is."""
    note = sight.keep(opened.about.kind, *for_file(view))
    details = opened.details
    if details is None or details.count <= len(details.rows):
        return note
    counts = {"shown": len(details.rows), "count": details.count}
    return f"{note} {view.words.say('details.kept_first', counts)}"


class BoardScreen(MouseScreen):
    """Shows the building; a mark moves over its lines, and what is behind one can be opened."""

    AUTO_FOCUS = None

    def __init__(
        self,
        sight: Sight,
        manner: Manner,
        thread: ThreadPoolExecutor,
        leave: Callable[[], None] | None = None,
    ) -> None:
        super().__init__()
        self._leave = leave
        self.left = False  # once it is, all that is heard is for the question behind it
        self._view: RowsView[BoardView | DetailsView] = RowsView(_lay_out)
        self._sight = sight
        self._encoding = "ascii" if manner.theme == "ascii" else manner.encoding
        self._words = shown_in(sight.words, self._encoding)
        self._thread = thread
        self._board: Board | None = None
        self._away = ""
        self._chosen = 0
        self._at: datetime | None = None
        self._opened = sight.opened_first()
        self._rest = Rest(sight.rests_s, sight.opened_first)
        self._soon = asyncio.Event()

    def compose(self) -> ComposeResult:
        """Hold one view."""
        yield self._view

    def on_mount(self) -> None:
        """Begin to look."""
        self._paint()
        self._watch()

    @work(group="look")
    async def _watch(self) -> None:
        """Look each second, and at once when something is opened."""
        while True:
            self._soon.clear()
            self._opened = self._rest.shown(self._opened)
            await self._look()
            self._paint()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._soon.wait(), LOOK_EVERY_S)

    async def _look(self) -> None:
        opened = self._opened
        target = opened.about if opened is not None and opened.is_due else None
        loop = asyncio.get_running_loop()
        try:
            looked = await loop.run_in_executor(self._thread, self._sight.look, target)
        except (DatabaseAway, DatabaseUnusable):
            self._away = "board.away"
            return
        self._away, self._at, self._board = "", looked.at, looked.board
        if opened is not None and target is not None:
            opened.details, opened.looked_s = looked.details, monotonic()

    def hear(self, heard: tuple[Any, ...], hearing: Hearing) -> tuple[Any, ...]:
        """Take keys, and what is typed to search a table; give what came after it was left."""
        for number, item in enumerate(heard if heard and hearing.arrived(heard) else ()):
            if self.left:
                return heard[number:]
            if isinstance(item, Scan) and (self._opened is None or item.source != "typed"):
                self._open(Target("found", item.text))
            elif self._opened is not None:
                self._heard_in(self._opened, item)
            elif isinstance(item, KeyDown):
                self._key(item.key)
        self._rest.note()
        hearing.make_room(room=True)
        self._paint()
        return ()

    def _touch(self) -> None:
        self._rest.goes_on(self._opened)

    def _choose(self, line: int) -> None:
        if self._opened is not None:
            self._opened.chosen = line
        else:
            self._chosen = line

    def _sort(self, column: int) -> None:
        if (opened := self._opened) is not None and opened.details is not None:
            opened.order = opened.order.by(opened.details.heads[column])

    def _key(self, key: str) -> None:
        self._touch()
        if key == "f1":
            self._explain()
        elif self._opened is not None:
            self._pressed_in(self._opened, key)
        else:
            self._pressed(key)

    def _explain(self) -> None:
        """Say what the figures mean that are shown now."""
        if (opened := self._opened) is None or opened.about != HELP:
            self._open(HELP).details = _explained(opened, self._words)

    def _end(self) -> None:
        """Go back to where the board was opened; if that is nowhere, end the program."""
        if self._leave is not None:
            self.left = True
            self._leave()
        else:
            self.app.exit()

    @property
    def _is_first(self) -> bool:
        """Whether what is shown is what was shown first."""
        return self._opened is None or bool(self._sight.first and not self._opened.before)

    def _pressed(self, key: str) -> None:
        lines = targets(self._board) if self._board is not None else ()
        if key == "f12" or (key in CLOSES and self._leave is not None):
            self._end()
        elif key == "f6":
            self._open(SHIFT)
        elif key in STEPS:
            self._chosen = max(0, min(self._chosen + STEPS[key], len(lines) - 1))
        elif key in OPENS and self._chosen < len(lines):
            self._open(lines[self._chosen])

    def _open(self, target: Target) -> Opened:
        """Open what is behind a line, or what a code stands for; where one was, it leads back."""
        if self._opened is not None:  # a scan looks like a search while it comes
            self._opened.order = replace(self._opened.order, search="")
        opened = self._opened = Opened(target, before=self._opened)
        opened.lead_back_to(self._sight.opened_first())
        self._soon.set()
        return opened

    def _heard_in(self, opened: Opened, item: object) -> None:
        match item:
            case KeyDown(key=key, half=True):
                opened.press_inside(key, self._words.say("details.enter_first"))
            case KeyDown(key=key):
                self._key(key)
            case KeyInside():
                opened.end_typed()
            case Typed(text=text) | Scan(text=text):
                opened.search(text)
                view = self._details_view(opened, self._at) if self._at else None
                if isinstance(item, Scan) and view and view.details and not written(view):
                    self._open(Target("found", text))

    def _pressed_in(self, opened: Opened, key: str) -> None:
        if key == "f12":
            self._end()
        if self._at is None:  # nobody has looked yet
            return
        view = self._details_view(opened, self._at)
        if key in STEPS:
            last = len(written(view)) - 1
            opened.chosen = max(0, min(opened.chosen + STEPS[key], last))
        elif key in CLOSES and opened.order.search:
            opened.order = replace(opened.order, search="")
        elif key in CLOSES:
            self._close(opened)
        elif key in OPENS and (target := target_of(view, opened.chosen)) is not None:
            self._open(target)
        elif key == "f4" and opened.details is not None:
            opened.order = opened.order.next(opened.details.heads)
        elif key == "f9":
            opened.note = _kept(self._sight, opened, view)

    def _close(self, opened: Opened) -> None:
        """Go back by one table; from the first of them to where all this was opened."""
        if not self._is_first:
            self._opened = opened.before
            self._soon.set()
        elif self._leave is not None:
            self._end()

    def _details_view(self, opened: Opened, at: datetime) -> DetailsView:
        return DetailsView(
            title_of(self._board, opened.about, self._words, self._sight.zone),
            opened.details,
            self._words,
            self._sight.zone,
            at,
            opened.order,
            opened.chosen,
            self._words.say(self._away) if self._away else opened.note,
            self._encoding,
        )

    def _paint(self) -> None:
        view = self._view
        if self._opened is not None and self._at is not None:
            view.show(self._details_view(self._opened, self._at))
            return
        sight, shown = self._sight, (self._chosen, self._away, self._encoding)
        view.show(BoardView(self._board, self._words, sight.zone, sight.site, *shown))


class BoardApp(App[None], inherit_bindings=False):
    """A board on a wall or a desk."""

    CSS_PATH = Path(__file__).with_name("floorhand.tcss")
    ENABLE_COMMAND_PALETTE = False

    def __init__(self, sight: Sight, manner: Manner = USUAL_MANNER) -> None:
        from floorhand.tui.app import driver_class

        super().__init__(driver_class=driver_class())
        self.stylesheet = Rules(variables=self.get_css_variables())
        for theme in THEMES.values():
            self.register_theme(theme)
        self.theme = THEMES[manner.theme].name
        self.hearing = Hearing()
        self._sight, self._manner = sight, manner
        self._looking = ThreadPoolExecutor(max_workers=1, thread_name_prefix="look")

    def get_default_screen(self) -> BoardScreen:
        """Show the board."""
        return BoardScreen(self._sight, self._manner, self._looking)

    def on_mount(self) -> None:
        """End in good order when asked to by a signal; nothing has to be saved."""
        if not self.is_headless and sys.platform != "win32":
            for one in (signal.SIGTERM, signal.SIGHUP):
                asyncio.get_running_loop().add_signal_handler(one, self.leave)

    def leave(self) -> None:
        """End without a word."""
        self.exit()

    def on_arrived(self, message: Arrived) -> None:
        """Take what the terminal sent."""
        assert isinstance(self.screen, BoardScreen)
        self.screen.hear(message.heard, self.hearing)

    def on_hangup(self, message: Hangup) -> None:  # noqa: ARG002  (found by its name)
        """End with the terminal."""
        self.leave()

    def on_unmount(self) -> None:
        """Let the last look end."""
        self._looking.shutdown(wait=False, cancel_futures=True)


def run_board(sight: Sight, manner: Manner = USUAL_MANNER) -> int:
    """Show a board until somebody leaves it: by F12, SIGTERM, or when the terminal goes away.

    Programs on the same machine in which somebody scans go first.
    """
    if sys.platform != "win32":
        os.nice(GIVES_WAY)
    app = BoardApp(sight, manner)
    app.run()
    return app.return_code or 0
