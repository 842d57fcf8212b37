"""``floorhand service``: what a merchant who asks is told, and nothing of anybody else's."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import Session

from floorhand.commands import listing
from floorhand.commands.office import say
from floorhand.commands.terminal import manner_of
from floorhand.config import Settings
from floorhand.domain.preferences import THEMES
from floorhand.errors import BadSetting
from floorhand.exchange.tables import write_table
from floorhand.store.cells import in_words
from floorhand.store.masters import require_site, site_rules, site_zone
from floorhand.store.onlooking import Onlooker
from floorhand.store.schema import Merchant
from floorhand.store.service_asked import Asked, Told
from floorhand.store.service_pages import find, page
from floorhand.store.service_tables import OVER, TABLES
from floorhand.text.catalog import Catalog, catalog
from floorhand.text.columns import columns

if TYPE_CHECKING:
    from floorhand.store.cells import Details, Value
    from floorhand.tui.board import Sight
    from floorhand.tui.board_parts import Target

EPILOG = """\
Where is my order, my delivery, my return, and why: sentences to read out. Without a code it is a
screen with tables of stock, orders, deliveries, returns and of what did not fit; anything of this
merchant's that is scanned or typed is found. It writes nothing to the database.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    parser.epilog = EPILOG
    parser.add_argument("merchant", metavar="MERCHANT", help="code of the merchant")
    parser.add_argument(
        "code",
        nargs="?",
        metavar="CODE",
        help="an order, delivery, return or SKU",
    )
    parser.add_argument("--table", choices=tuple(TABLES), help="print a table")
    days = f"how far back is told (default: {OVER.days})"
    parser.add_argument("--days", type=int, default=OVER.days, metavar="N", help=days)
    listing.add_forms(parser)
    parser.add_argument(
        "--export", type=Path, metavar="FOLDER", help="write all tables there, a CSV file each"
    )
    parser.add_argument("--language", metavar="CODE", help="language (default: the site's)")
    parser.add_argument("--theme", metavar="NAME", help=f"colours: {', '.join(THEMES)}")


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Answer what was asked; else show the screen."""
    onlooker = Onlooker(settings.database)
    since = datetime.now(UTC) - timedelta(days=_days(args.days))
    with onlooker.look() as tx:
        require_site(tx, settings.site)
        _require_merchant(tx, settings.site, args.merchant)
        asked = Asked(settings.site, args.merchant, since, site_zone(tx, settings.site))
        words = catalog(settings.language or site_rules(tx, settings.site).language)
        if args.code:
            return _answer(find(tx, asked.site, asked.merchant, args.code), args, words, asked)
        if args.export:
            return _export(tx, asked, args.export, words)
        if args.table:
            return _table(TABLES[args.table](tx, asked), args, words, asked)
    if not sys.stdin.isatty():
        raise BadSetting("This is no terminal. Name a code, or a table with --table.")
    from floorhand.tui.board import run_board

    sight = sight_of(settings, onlooker, words, asked.zone, asked.merchant, days=args.days)
    return run_board(sight, manner_of(settings))


def _days(days: int) -> int:
    if not 1 <= days <= 3660:
        raise BadSetting(f"--days {days}: from 1 to 3660 days can be told.")
    return days


def _require_merchant(tx: Session, site: str, code: str) -> None:
    known = list(tx.scalars(select(Merchant.code).where(Merchant.site == site)))
    if code not in known:
        raise BadSetting(f"There is no merchant {code!r} here; there are: {', '.join(known)}.")


def sight_of(
    settings: Settings,
    onlooker: Onlooker,
    words: Catalog,
    zone: tzinfo,
    merchant: str,
    *,
    days: int = OVER.days,
) -> Sight:
    """Give what a screen works with that shows the things of one merchant.

    Args:
        settings: Which building, and where tables are kept.
        onlooker: Looks at its database.
        words: Texts.
        zone: The site's clock.
        merchant: Whose things.
        days: How far back is told.
    """
    from floorhand.commands.board import keeper
    from floorhand.tui.board import Looked, Sight
    from floorhand.tui.board_parts import Target

    def look(target: Target | None) -> Looked:
        now = datetime.now(UTC)
        if target is None:
            return Looked(now)
        asked = Asked(settings.site, merchant, now - timedelta(days=days), zone)
        with onlooker.look() as tx:
            return Looked(now, details=_behind(tx, asked, target))

    first = Target("home", merchant)
    return Sight(look, keeper(settings, words), words, zone, settings.site, first)


def list_sight_of(settings: Settings, onlooker: Onlooker, words: Catalog, zone: tzinfo) -> Sight:
    """Give what a screen works with that lists the merchants, and opens and finds nothing else."""
    from floorhand.commands.board import keeper
    from floorhand.store.cells import table
    from floorhand.store.desk_tables import COUNTED_MAX
    from floorhand.store.service_pages import unknown
    from floorhand.store.subjects import merchants
    from floorhand.tui.board import Looked, Sight
    from floorhand.tui.board_parts import Target
    from floorhand.tui.watching import MERCHANTS

    first = Target(MERCHANTS, "")

    def look(target: Target | None) -> Looked:
        now = datetime.now(UTC)
        if target is None:
            return Looked(now)
        if target != first:
            return Looked(now, details=unknown(target.which))
        with onlooker.look() as tx:
            found = merchants(tx, settings.site, COUNTED_MAX, 0)
        rows = ((one.code, one.name, one.orders) for one in found)
        return Looked(now, details=table(("merchant", "name", "orders"), rows))

    return Sight(look, keeper(settings, words), words, zone, settings.site, first)


def _behind(tx: Session, asked: Asked, target: Target) -> Details:
    from floorhand.store.cells import Details, Lead, Word, table

    if target.kind == "home":
        rows = tuple(
            (Word(f"service.{name}"), len(of(tx, asked).rows), Lead(f"service.{name}", "", "→"))
            for name, of in TABLES.items()
        )
        return Details(("what", "count", "more"), rows, len(rows))
    if target.kind.startswith("service."):
        of = TABLES[target.kind.removeprefix("service.")](tx, asked)
        return table(of.heads, of.rows)
    if target.kind == "found":
        return find(tx, asked.site, asked.merchant, target.which)
    return page(tx, asked.site, asked.merchant, target.kind, target.which)


def _answer(found: Details, args: argparse.Namespace, words: Catalog, asked: Asked) -> int:
    """Print a page; exit code 1 if there is nothing of that name."""
    if listing.is_for_programs(args):
        _for_programs(Told(found.heads, found.rows), args, words)
        return 0 if found.rows else 1
    for name, value in found.facts:
        say(" ".join(words.fact(name, value)))
    for at, told, *_ in found.rows:
        when = _cell(at, words, asked) if at else ""
        say(f"{when:<16}  {_cell(told, words, asked)}")
    return 0 if found.rows else 1


def _table(told: Told, args: argparse.Namespace, words: Catalog, asked: Asked) -> int:
    if listing.is_for_programs(args):
        _for_programs(told, args, words)
        return 0
    heads = tuple(words.say(f"board.head.{head}") for head in told.heads)
    for line in columns(heads, [tuple(_cells(row, words, asked)) for row in told.rows]):
        say(line)
    return 0


def _export(tx: Session, asked: Asked, folder: Path, words: Catalog) -> int:
    """Write each table as a file into a folder that is made for it.

    Raises:
        BadSetting: If it is there already, or cannot be written.
    """
    try:
        folder.mkdir(parents=True)
        for name, of in TABLES.items():
            told = of(tx, asked)
            heads = [words.say(f"board.head.{head}") for head in told.heads]
            rows = [list(_cells(row, words, asked)) for row in told.rows]
            write_table(folder / f"{name}.csv", heads, rows)
    except OSError as error:
        why = error.strerror or str(error)
        raise BadSetting(
            f"{folder} cannot be written: {why}. Name a folder that is new."
        ) from error
    say(f"{len(TABLES)} tables of {asked.merchant} are in {folder}.")
    return 0


def _cells(row: tuple[Value, ...], words: Catalog, asked: Asked) -> Iterator[str]:
    return (_cell(value, words, asked) for value in row)


def _cell(value: Value, words: Catalog, asked: Asked) -> str:
    return in_words(value, words, lambda at: f"{at.astimezone(asked.zone):%Y-%m-%d %H:%M}")


def _for_programs(told: Told, args: argparse.Namespace, words: Catalog) -> None:
    """Print rows as JSON or CSV: moments in UTC, words as texts."""
    rows = (tuple(_plain(value, words) for value in row) for row in told.rows)
    listing.write(args, told.heads, rows)


def _plain(value: Value, words: Catalog) -> str | int | None:
    if value is None or isinstance(value, int):
        return value
    return in_words(value, words, datetime.isoformat)
