"""The terminal application."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar

from textual.app import App
from textual.driver import Driver

from floorhand.domain.gs1 import warm_up
from floorhand.text.catalog import Catalog
from floorhand.tui.flow_screen import FlowScreen, LookedAt
from floorhand.tui.hearing import Hearing
from floorhand.tui.road import Road
from floorhand.tui.rules import Rules
from floorhand.tui.telling import USUAL_MANNER, Floor, Manner
from floorhand.tui.themes import THEMES
from floorhand.tui.watching import Watch

if TYPE_CHECKING:
    from floorhand.ops.seats import Turn
    from floorhand.tui.driver import Arrived, Hangup
    from floorhand.tui.scan import Scan
    from floorhand.tui.serial import SerialScanner
    from floorhand.tui.watching import Sights

LOG_BYTES_MAX: Final = 1_000_000
LOG_FILES_MAX: Final = 3

_COLOURS: Final[dict[str, dict[str, str]]] = {}
"""The colours of each theme, by its name, as rules name them."""

T = TypeVar("T")


class FloorhandApp(App[Exception | None], inherit_bindings=False):
    """One worker at one terminal.

    Args:
        road: Takes scans to the floor; used from one other thread only.
        catalogs: Gives the texts of a language; empty is the site's own.
        now: The clock, in UTC.
        may_leave: Whether the terminal can be left at the sign-in.
        manner: How the terminal itself shows and rings.
        scanner: Device of a scanner on a line of its own; empty if there is none.
        may_move: Whether it can go on at a newer host when that comes (SIGUSR1, SIGUSR2).
        sights: Gives what the board works with; None where there is none.
    """

    CSS_PATH = Path(__file__).with_name("floorhand.tcss")
    ENABLE_COMMAND_PALETTE = False

    def __init__(
        self,
        road: Road,
        catalogs: Callable[[str], Catalog],
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        may_leave: bool = True,
        manner: Manner = USUAL_MANNER,
        scanner: str = "",
        may_move: bool = False,
        sights: Sights | None = None,
    ) -> None:
        super().__init__(driver_class=driver_class())
        self.stylesheet = Rules(variables=self.get_css_variables())
        for theme in THEMES.values():
            self.register_theme(theme)
        self.theme = THEMES[manner.theme].name
        self.hearing = Hearing()
        self._device = scanner
        self._may_move = may_move
        self._watch = Watch(self, sights, manner) if sights is not None else None
        self._scanner: SerialScanner | None = None
        self._readying: asyncio.Task[None] | None = None
        self._db_thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="db")
        self._floor = Floor(
            warm_up=lambda: self._on_thread(road.warm_up),
            sit=lambda: self._sit(road),
            take=lambda n, scan: self._take(road, n, scan),
            scanner=lambda: self._on_thread(road.scanner),
            hint=lambda turn: self._on_thread(lambda: road.hint(turn)),
            past=lambda: self._on_thread(road.past),
            room=lambda keep: self._on_thread(lambda: road.room(keep=keep)),
            printer=lambda station: self._on_thread(lambda: road.printer(station)),
            catalogs=catalogs,
            zone=lambda: road.zone,
            now=now,
            may_leave=may_leave,
            manner=manner,
            hearing=self.hearing,
        )

    def get_css_variables(self) -> dict[str, str]:
        """Give the colours of the theme; they are mixed once in a program."""
        if self.theme not in _COLOURS:
            _COLOURS[self.theme] = super().get_css_variables()
        self.theme_variables = {**_COLOURS[self.theme]}
        return {**_COLOURS[self.theme]}

    def get_default_screen(self) -> FlowScreen:
        """Go straight to work."""
        self._flow = FlowScreen(self._floor)
        return self._flow

    def on_mount(self) -> None:
        """End in good order when asked to by a signal; nothing has to be saved."""
        if not self.is_headless and sys.platform != "win32":
            for one in (signal.SIGTERM, signal.SIGHUP):
                asyncio.get_running_loop().add_signal_handler(one, self.leave)
            for one, in_work in ((signal.SIGUSR1, False), (signal.SIGUSR2, True)):
                if self._may_move:
                    asyncio.get_running_loop().add_signal_handler(one, self.move, in_work)
                    signal.pthread_sigmask(signal.SIG_UNBLOCK, (one,))  # the host has blocked it
        if self._device:
            from floorhand.tui.driver import Arrived
            from floorhand.tui.serial import SerialScanner

            self._scanner = SerialScanner(
                self._device, self.hearing, lambda heard: self.post_message(Arrived(heard))
            )

    def on_arrived(self, message: Arrived) -> None:
        """Take what the terminal sent: what is shown over the question has it first."""
        heard, board = message.heard, self._watch.board if self._watch is not None else None
        if board is not None and board is self.screen and not board.left:
            heard = board.hear(heard, self.hearing)
            if not heard:
                return
        self._flow.hear(heard)

    def on_looked_at(self, message: LookedAt) -> None:
        """Show the board, or tables, while they are looked at."""
        if self._watch is None:
            return
        if message.over is None:
            self._watch.end()
        else:
            self._watch.begin(message.words, message.over, self._flow.go_back)

    def on_hangup(self, message: Hangup) -> None:  # noqa: ARG002  (found by its name)
        """End with the terminal."""
        self.leave()

    def move(self, in_work: bool) -> None:
        """Go on at a newer host, as soon as nobody is signed in, or between two scans."""
        self._flow.move(in_work=in_work)

    def leave(self) -> None:
        """End without a word."""
        self.exit()

    def on_unmount(self) -> None:
        """Let the last write finish."""
        if self._scanner is not None:
            self._scanner.stop()
        self._db_thread.shutdown(wait=True, cancel_futures=True)
        if self._watch is not None:
            self._watch.close()

    async def _sit(self, road: Road) -> Turn:
        """Take the seat; what reads GS1 codes is loaded once the question can be seen."""
        turn = await self._on_thread(road.sit)
        self.call_after_refresh(self._db_thread.submit, warm_up)
        self._get_line_ready(road)
        return turn

    async def _take(self, road: Road, scan_no: int, scan: Scan) -> Turn:
        turn = await self._on_thread(lambda: road.take(scan_no, scan.text, scan.source))
        self._get_line_ready(road)
        return turn

    def _get_line_ready(self, road: Road) -> None:
        """Get ready bit by bit, in the order of the thread: a scan waits for one bit at most."""

        async def all_of_it() -> None:
            while await self._on_thread(road.get_line_ready):
                pass

        if self._readying is None or self._readying.done():
            self._readying = asyncio.create_task(all_of_it())

    async def _on_thread(self, work: Callable[[], T]) -> T:
        """Do what may wait on the one database thread: one, so that scans keep their order."""
        return await asyncio.get_running_loop().run_in_executor(self._db_thread, work)


def run_terminal(
    road: Road,
    catalogs: Callable[[str], Catalog],
    *,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
    may_leave: bool = True,
    manner: Manner = USUAL_MANNER,
    scanner: str = "",
    log_file: Path | None = None,
    may_move: bool = False,
    sights: Sights | None = None,
) -> int:
    """Run the terminal until somebody leaves it.

    It is left by F12 twice at the sign-in, by SIGTERM, or when the terminal goes away. No key
    that a barcode can type ends it.

    Args:
        road: Takes scans to the floor; used from one other thread only.
        catalogs: Gives the texts of a language; empty is the site's own.
        now: The clock, in UTC.
        may_leave: Whether it can be left at the sign-in.
        manner: How the terminal itself shows and rings.
        scanner: Device of a scanner on a line of its own; empty if there is none.
        log_file: Where failures are written down; None: nowhere.
        may_move: Whether it can go on at a newer host when that comes (SIGUSR1, SIGUSR2).
        sights: Gives what the board works with that leads can look at.

    Returns:
        The exit code: 0.

    Raises:
        Moves: If it goes on at a newer host.
        FloorhandError: If the seat could not be taken at all.
    """
    if log_file is not None:
        _log_to(log_file)
    app = FloorhandApp(
        *(road, catalogs),
        now=now,
        may_leave=may_leave,
        manner=manner,
        scanner=scanner,
        may_move=may_move,
        sights=sights,
    )
    failed = app.run()
    if failed is not None:
        raise failed
    return app.return_code or 0


def driver_class() -> type[Driver] | None:
    """Choose our own driver where there is a terminal; None lets Textual choose (browser)."""
    if sys.platform == "win32" or "TEXTUAL_DRIVER" in os.environ:
        return None
    from floorhand.tui.driver import ScanDriver

    return ScanDriver


def _log_to(file: Path) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    handler = RotatingFileHandler(
        file, maxBytes=LOG_BYTES_MAX, backupCount=LOG_FILES_MAX, encoding="utf-8", delay=True
    )
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    logger = logging.getLogger("floorhand")
    logger.addHandler(handler)
    logger.propagate = False
