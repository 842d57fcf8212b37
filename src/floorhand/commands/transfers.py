"""``floorhand transfers``: what left this building for another one, and announce it there."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from floorhand.commands import listing
from floorhand.commands.office import say
from floorhand.config import Settings
from floorhand.errors import BadSetting
from floorhand.exchange.announcing import announce, left_for, write_file
from floorhand.exchange.records import Rejected
from floorhand.store.db import open_database
from floorhand.store.masters import require_site
from floorhand.store.reading import reading
from floorhand.store.transfers import CHANNEL, Carton, cartons, note_announced

HEADS = ("carton", "merchant", "order", "to", "pieces", "carrier", "left_at", "announced")

EPILOG = f"""\
Goods go to another building as an order whose channel is {CHANNEL} and whose customer is that
building's code. When it has left, each of its cartons is announced there as a delivery, to be
received by scanning the carton: directly with --to, or by a file that floorhand import reads there.
Both may be repeated at any time: a carton is announced once.

exit code: 3 if cartons could not be announced"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    parser.add_argument("--to", metavar="URL", help="database of the other building")
    parser.add_argument("--to-site", metavar="CODE", help="its code")
    parser.add_argument(
        "--file", type=Path, metavar="FILE", help="write what is to be announced, as a file"
    )
    parser.add_argument(
        "--again", action="store_true", help="with --file: also what was written before"
    )
    listing.add_forms(parser)
    parser.epilog = EPILOG


def run(args: argparse.Namespace, settings: Settings) -> int:
    """List, announce, or write a file."""
    if args.to is None and args.file is None:
        return _list(args, settings)
    if listing.is_for_programs(args):
        raise BadSetting("--json and --csv are for the list; leave them out with --to and --file.")
    if not args.to_site or (args.to is not None and args.file is not None):
        raise BadSetting("Say which building with --to-site, and either --to or --file.")
    if args.file is not None:
        return _write(args.file, args.to_site, settings, again=args.again)
    source = open_database(settings.database, create=False)
    target = open_database(args.to, create=False)
    done = announce(source, settings.site, target, args.to_site, datetime.now(UTC))
    say(f"{_counted(done.expected)} expected at {args.to_site} now.")
    if done.left:
        _tell_left(done.left, done.why, args.to_site)
    return 3 if done.left else 0


def _list(args: argparse.Namespace, settings: Settings) -> int:
    with reading(settings.database) as tx:
        require_site(tx, settings.site)
        found = cartons(tx, settings.site)
    if listing.is_for_programs(args):
        listing.write(args, HEADS, map(_for_programs, found))
        return 0
    for carton in found:
        state = "announced" if carton.announced else "not announced yet"
        left_at = f"{carton.left_at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
        say(
            f"{carton.code}  {carton.merchant}/{carton.order}  to {carton.target or '?'}  "
            f"{carton.pieces} pieces  {left_at}  {state}"
        )
    if not found:
        say("Nothing has left for another building.")
    return 0


def _for_programs(one: Carton) -> tuple[listing.Cell, ...]:
    about = (one.code, one.merchant, one.order, one.target, one.pieces, one.carrier)
    return (*about, one.left_at, one.announced)


def _write(file: Path, target_site: str, settings: Settings, *, again: bool) -> int:
    """Write the file whole, and only then note that it is told."""
    source, site = open_database(settings.database, create=False), settings.site
    mine = left_for(source, site, target_site)
    if again:
        with source.begin() as tx:
            mine = tuple(one for one in cartons(tx, site) if one.target == target_site)
    part = file.with_name(f"{file.name}.part")
    write_file(part, mine)
    with part.open("rb") as written:
        os.fsync(written.fileno())
    part.replace(file)
    with source.begin() as tx:
        note_announced(tx, site, {one.message for one in mine}, datetime.now(UTC))
    say(f"{_counted(mine)} in {file}. Read it at {target_site} with: floorhand import {file.name}")
    return 0


def _counted(found: Iterable[Carton]) -> str:
    pieces = [carton.pieces for carton in found]
    return f"{len(pieces)} cartons with {sum(pieces)} pieces"


def _tell_left(left: Iterable[Carton], why: Iterable[Rejected], target_site: str) -> None:
    for carton in left:
        print(
            f"{carton.code} of {carton.merchant}/{carton.order} is not expected at {target_site}.",
            file=sys.stderr,
        )
    for reason in sorted({rejected.reason for rejected in why}):
        print(f"{target_site} says: {reason}", file=sys.stderr)
