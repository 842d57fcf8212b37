"""``floorhand board``: the building on one screen, up to date each second."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, tzinfo
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from sqlalchemy.orm import Session

from floorhand.commands.office import say
from floorhand.commands.terminal import manner_of
from floorhand.config import Settings
from floorhand.domain.preferences import THEMES
from floorhand.domain.tracing import PAGES
from floorhand.errors import BadSetting, DatabaseAway, DatabaseUnusable
from floorhand.exchange.tables import write_table
from floorhand.store.masters import require_site, site_rules, site_zone
from floorhand.store.onlooking import Onlooker
from floorhand.text.catalog import Catalog, catalog

if TYPE_CHECKING:
    from floorhand.store.cells import Details
    from floorhand.tui.board import Keep, Looked, Sight
    from floorhand.tui.board_parts import Target
    from floorhand.tui.telling import Manner

EPILOG = """\
Will today's cut-offs be met, who works on what, what waits where, how are the printers, what is
wrong: without a key. It writes nothing, and no scan waits for it. Nobody signs in, and it ends only
by F12 or with its terminal; while the database is away it says so, and as of when its figures are.
"""

WAIT_S: Final = 2
"""So often a board on a wall looks for a database that is not there yet."""

WALL_RESTS_S: Final = 60.0
"""So long after the last key a wall shows the board again, whatever was opened."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    parser.epilog = EPILOG
    parser.add_argument("--language", metavar="CODE", help="language (default: the site's)")
    parser.add_argument(
        "--wall",
        action="store_true",
        help="for a monitor on a wall: wait for a database that is not there yet, and show the "
        f"board again {WALL_RESTS_S:g} s after the last key",
    )
    parser.add_argument("--theme", metavar="NAME", help=f"colours: {', '.join(THEMES)}")


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Show the board until somebody leaves it."""
    if args.wall:  # it would wait for a database, and show nothing in the end
        _need_a_terminal()
    while True:
        try:
            onlooker, zone, language = _begin(settings)
            break
        except (DatabaseAway, DatabaseUnusable) as error:
            if not args.wall:
                raise
            say(str(error))
            say(f"Looking again every {WAIT_S} s.")
            time.sleep(WAIT_S)
    _need_a_terminal()
    from floorhand.tui.board import run_board

    manner = manner_of(settings)
    sight = sight_of(settings, onlooker, catalog(language), zone, manner)
    return run_board(replace(sight, rests_s=WALL_RESTS_S if args.wall else 0.0), manner)


def _need_a_terminal() -> None:
    if not sys.stdin.isatty():
        raise BadSetting("This is no terminal. Use floorhand summary for the figures as text.")


def _begin(settings: Settings) -> tuple[Onlooker, tzinfo, str]:
    """Find the building, its clock and its language.

    Raises:
        DatabaseUnusable: Saying what is wrong with the database and what to do.
        DatabaseAway: If it does not answer.
    """
    onlooker = Onlooker(settings.database)
    with onlooker.look() as tx:
        require_site(tx, settings.site)
        zone = site_zone(tx, settings.site)
        return onlooker, zone, settings.language or site_rules(tx, settings.site).language


def sight_of(
    settings: Settings,
    onlooker: Onlooker,
    words: Catalog,
    zone: tzinfo,
    manner: Manner,
    first: Target | None = None,
) -> Sight:
    """Give what a board works with.

    Args:
        settings: Which building, and how.
        onlooker: Looks at its database.
        words: Texts.
        zone: The site's clock.
        manner: How the terminal shows.
        first: The table that is shown in place of the board; None: the board.
    """
    from floorhand.commands.shift_screen import KINDS, ShiftTables, is_plain, running_shift
    from floorhand.store.board import board
    from floorhand.tui.board import Looked, Sight

    shift = ShiftTables(
        settings,
        words,
        lambda tx, now: running_shift(tx, settings.site, now),
        plain=is_plain(manner),
    )

    def look(target: Target | None) -> Looked:
        now = datetime.now(UTC)
        with onlooker.look() as tx:
            behind = None
            if target is not None and target.kind in KINDS:
                behind = shift.behind(tx, target, now)
            elif target is not None:
                behind = behind_line(tx, settings.site, target, now)
            building = board(tx, settings.site, now) if first is None else None
            return Looked(now, building, behind)

    return Sight(look, keeper(settings, words), words, zone, settings.site, first)


def behind_line(tx: Session, site: str, target: Target, now: datetime) -> Details:
    """Give what is behind a line of a board, or what a code stands for."""
    from floorhand.store.desk_tables import DESK, desk_table
    from floorhand.store.details import details
    from floorhand.store.found import about, found
    from floorhand.store.merchant_pages import is_of_merchant, merchant_page

    if target.kind == "found":
        return found(tx, site, target.which, now)
    if target.kind.startswith(DESK):
        return desk_table(tx, site, target.kind.removeprefix(DESK), target.which, now)
    if is_of_merchant(target.kind):
        return merchant_page(tx, site, target.kind, target.which, now)
    if target.kind in PAGES:
        return about(tx, site, target.kind, target.which)
    return details(tx, site, target.kind, target.which, now)


def keeper(settings: Settings, words: Catalog) -> Keep:
    """Give what keeps tables of a board as files."""
    return partial(_keep, Path(settings.kept), words)


def _keep(
    folder: Path,
    words: Catalog,
    name: str,
    heads: Sequence[str],
    rows: Sequence[Sequence[str]],
) -> str:
    """Write a table as a file into a folder, whole or not at all; say what became of it."""
    file = folder / f"board-{name}-{datetime.now():%Y%m%d-%H%M%S}.csv"
    draft = file.with_suffix(".part")
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        draft.unlink(missing_ok=True)
        write_table(draft, heads, rows)
        draft.replace(file)
    except OSError as error:
        why = error.strerror or str(error)
        return words.say("details.not_kept", {"file": file.name, "why": why})
    return words.say("details.kept", {"file": file.name})
