"""``floorhand terminal``: the screen of a floor worker."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from floorhand.commands.spooling import Spooling
from floorhand.config import Settings
from floorhand.domain.preferences import THEMES
from floorhand.errors import BadSetting
from floorhand.text.catalog import Catalog, catalog, shown_in

if TYPE_CHECKING:
    from floorhand.ops.devices import Device
    from floorhand.ops.seats import Turn
    from floorhand.store.db import Transactions
    from floorhand.tui.board import Sight
    from floorhand.tui.road import FloorRoad
    from floorhand.tui.telling import Manner
    from floorhand.tui.watching import Over


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    add_place(parser)
    add_manner(parser)
    parser.add_argument(
        "--scanner", metavar="DEVICE", help="scanner on a line of its own, as /dev/ttyACM0"
    )
    parser.add_argument("--log", metavar="FILE", help="file for unexpected errors")


def add_manner(parser: argparse.ArgumentParser) -> None:
    """Say how terminals look: also for `floorhand serve`."""
    parser.add_argument(
        "--hints",
        action="store_true",
        default=None,
        help="show what a scanner would send, for trying out without one",
    )
    parser.add_argument("--theme", metavar="NAME", help=f"colours: {', '.join(THEMES)}")
    parser.add_argument("--large", action="store_true", default=None, help="large letters")


def add_place(parser: argparse.ArgumentParser) -> None:
    """Say which terminal this is: also for `floorhand talk`."""
    parser.add_argument(
        "--seat", metavar="NAME", help="name of this terminal (default: T1, for talk TALK)"
    )
    parser.add_argument("--station", metavar="CODE", help="bench it stands at")
    parser.add_argument(
        "--take-seat",
        action="store_true",
        default=None,
        help="take the seat over if another device has it",
    )
    parser.add_argument("--state", metavar="DIR", help="folder of this device's identity")
    parser.add_argument("--language", metavar="CODE", help="language until somebody signs in")


def run(args: argparse.Namespace, settings: Settings) -> int:  # noqa: ARG001  (as all commands)
    """Open the terminal, and resume the seat where it was left."""
    return open_terminal(settings)


def open_terminal(
    settings: Settings, *, may_move: bool = False, has_spool: Callable[[], bool] = lambda: False
) -> int:
    """Open a terminal on the streams of this program.

    Args:
        settings: Which, and how.
        may_move: Whether it can go on at a newer host.
        has_spool: Whether another program looks after the labels: then it need not do so itself.

    Returns:
        Its exit code.

    Raises:
        Moves: If it goes on at a newer host.
    """
    spooling = Spooling(settings, has_spool)
    opened = _opened(settings, spooling)
    if not sys.stdin.isatty():
        raise BadSetting("This is no terminal. Use floorhand talk to work in plain lines.")
    _be_told_of_hangup()
    from floorhand.tui.app import run_terminal
    from floorhand.tui.road import FloorRoad

    manner = manner_of(settings)
    road = FloorRoad(
        opened,
        site=settings.site,
        seat=settings.seat,
        station=settings.station,
        now=lambda: datetime.now(UTC),
        identify=_identity(settings),
        take_seat=settings.take_seat,
        hint=_hint(opened, settings) if settings.hints else None,
        after_turn=spooling.wake,
        knows_printers=spooling.has_tried,
    )
    log_file = Path(settings.log) if settings.log else None
    try:
        words, device = catalogs_of(settings, lambda: road.language), settings.scanner
        return run_terminal(
            *(road, words),
            manner=manner,
            scanner=device,
            log_file=log_file,
            may_move=may_move,
            sights=_sights(settings, road, manner),
        )
    finally:
        spooling.stop()


def _sights(
    settings: Settings, road: FloorRoad, manner: Manner
) -> Callable[[Catalog, Over], Sight]:
    """Give what a screen works with that is shown over a question, once it is opened."""

    def sight(words: Catalog, over: Over) -> Sight:
        from floorhand.commands import board, service
        from floorhand.store.onlooking import Onlooker
        from floorhand.tui.board_parts import Target
        from floorhand.tui.watching import BOARD, MERCHANT, MERCHANTS

        onlooker = Onlooker(settings.database)
        if over.kind == MERCHANT:
            return service.sight_of(settings, onlooker, words, road.zone, over.which)
        if over.kind == MERCHANTS:
            return service.list_sight_of(settings, onlooker, words, road.zone)
        first = None if over.kind == BOARD else Target(over.kind, over.which)
        return board.sight_of(settings, onlooker, words, road.zone, manner, first)

    return sight


def manner_of(settings: Settings) -> Manner:
    """Say how the terminal shows and rings."""
    from floorhand.tui.telling import Manner
    from floorhand.tui.themes import usual_encoding, usual_theme

    if settings.theme not in ("", *THEMES):
        raise BadSetting(f"theme is {settings.theme!r}; it can be {', '.join(THEMES)}.")
    return Manner(
        theme=settings.theme or usual_theme(),
        encoding="" if settings.theme else usual_encoding(),
        large=settings.large,
        bell_ok=settings.bell_ok,
    )


def _be_told_of_hangup() -> None:
    """Take the terminal for that of our session, if we were given one that is nobody's.

    It then says when its line is gone (SIGHUP), or its size another (SIGWINCH).
    """
    if sys.platform != "win32":
        import fcntl
        import termios

        with suppress(OSError):  # we lead no session, or have its terminal already
            fcntl.ioctl(sys.stdin.fileno(), termios.TIOCSCTTY, 0)


def _identity(settings: Settings) -> Callable[[], Device]:
    """Say who this device is, once it is needed: after the first paint."""

    def identified() -> Device:
        from floorhand.commands.identity import identify

        return identify(settings)

    return identified


def catalogs_of(
    settings: Settings, usual: Callable[[], str], encoding: str = ""
) -> Callable[[str], Catalog]:
    """Give the texts of a language; where nobody has signed in, the terminal's own or the site's.

    Args:
        settings: Name the terminal's own language.
        usual: Gives that of the site; empty as long as nobody knows it: then English.
        encoding: That of where the texts are written; empty: all of Unicode.
    """
    return lambda language: shown_in(catalog(language or settings.language or usual()), encoding)


def site_language(transactions: Transactions, site: str) -> Callable[[], str]:
    """Read the language of a site's rules, for `catalogs_of`."""
    from floorhand.store.masters import site_rules

    with transactions.begin() as tx:
        language = site_rules(tx, site).language
    return lambda: language


def _opened(settings: Settings, spooling: Spooling) -> Callable[[], Transactions]:
    """Open the database once, when it is first needed: after the first paint.

    A file that is not there, or empty, is told at once, before the screen is taken over.
    """
    found: list[Transactions] = []

    def opened() -> Transactions:
        from floorhand.store.db import open_database

        if not found:
            found.append(open_database(settings.database, create=False))
            spooling.start(found[0])
        return found[0]

    file = Path(settings.database)
    if "://" not in settings.database and not (file.exists() and file.stat().st_size):
        opened()
    return opened


def _hint(opened: Callable[[], Transactions], settings: Settings) -> Callable[[Turn], str]:
    """Say what a worker for whom all goes well would type now."""

    def hint(turn: Turn) -> str:
        from floorhand.robots import eyes

        return eyes.hint(opened(), settings.site, turn, datetime.now(UTC))

    return hint
