"""``floorhand db copy``: move a warehouse to another database, whole."""

from __future__ import annotations

import argparse
from contextlib import closing

from floorhand.commands.db_progress import Progress
from floorhand.commands.office import say
from floorhand.config import Settings
from floorhand.errors import DatabaseUnusable
from floorhand.store.copying import copy_warehouse
from floorhand.store.db import address_of, engine_of, is_in_use, open_database, sqlite_file
from floorhand.store.server_health import server_health
from floorhand.store.troubles import name_of


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    parser.add_argument(
        "target",
        metavar="TARGET",
        help="an empty database (postgresql+psycopg://user@host/database), or a new SQLite file",
    )
    parser.add_argument(
        "--while-in-use",
        action="store_true",
        help="although others have the source open; scans after the beginning are not copied",
    )
    parser.epilog = (
        "All tables of all sites go over as they are at one moment, with the labels, the seats\n"
        "and what can be taken back. Both databases are checked, and compared row by row; the\n"
        "target is written for good when all of that is right, and not at all before."
    )


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Copy, and say what to do next."""
    engine_of(open_database(settings.database, create=False)).dispose()
    if not args.while_in_use and _is_in_use(settings.database):
        raise DatabaseUnusable(
            f"{name_of(address_of(settings.database))} is open in a terminal, a spool or another "
            "program. Close them first; or say --while-in-use: nothing is lost, but scans made "
            "after the beginning are not in the copy."
        )
    progress = Progress()
    with closing(progress):
        done = copy_warehouse(settings.database, args.target, progress)
    target = name_of(address_of(args.target))
    say(
        f"{target} holds all of {', '.join(done.sites) or 'it'}: {done.rows} rows in "
        f"{len(done.sums)} tables ({done.sums['move'].rows} moves), compared one by one; both "
        "are checked, nothing is broken."
    )
    if done.scans_since:
        say(f"Scans made in the source since then, which are not in it: {done.scans_since}")
    say(
        "Start terminals and the spool with the new address, and none with the old one. Each "
        "terminal asks once whether it takes its seat (F10, or --take-seat)."
    )
    return 0


def _is_in_use(database: str) -> bool:
    file = sqlite_file(database)
    return is_in_use(file) if file is not None else server_health(database).connections > 0
