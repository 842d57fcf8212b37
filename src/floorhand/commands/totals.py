"""``floorhand totals``: what each merchant has in all buildings, and on the way between them."""

from __future__ import annotations

import argparse
from collections.abc import Iterator

from floorhand.commands import listing
from floorhand.commands.office import say
from floorhand.config import Settings
from floorhand.store.totals import Totals, totals
from floorhand.text.columns import columns

EPILOG = """\
Goods that left one building for another are in transit until they are counted there, and missing
if their delivery was closed without them. A sum changes by what comes from merchants and what goes
to their customers, never by a transfer."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    parser.add_argument(
        "databases", nargs="*", metavar="URL", help="databases (default: the one of --database)"
    )
    listing.add_forms(parser)
    parser.epilog = EPILOG


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Add up, and tell."""
    found = totals(args.databases or [settings.database])
    if args.json:
        print(listing.in_json(_body(found)))
        return 0
    if args.csv:
        heads = ("merchant", *found.sites, "in_transit", "missing", "sum")
        listing.write_csv(heads, _counted(found))
        return 0
    headings = ("merchant", *found.sites, "in transit", "missing", "sum")
    for line in columns(headings, list(_rows(found))):
        say(line)
    for carton in found.strays:
        say(f"! {carton.code} left {carton.source} for {carton.target or '?'}, which is not here.")
    return 0


def _rows(found: Totals) -> Iterator[tuple[str, ...]]:
    for merchant, *counted in _counted(found):
        yield (str(merchant), *(f"{count:,}" for count in counted))


def _counted(found: Totals) -> Iterator[tuple[str | int, ...]]:
    for merchant, total in found.merchants.items():
        pieces = (total.on_hand[site] for site in found.sites)
        yield (merchant, *pieces, total.in_transit, total.missing, total.pieces)


def _body(found: Totals) -> dict[str, object]:
    return {
        "sites": found.sites,
        "merchants": {
            merchant: {
                "on_hand": {site: total.on_hand[site] for site in found.sites},
                "in_transit": total.in_transit,
                "missing": total.missing,
                "sum": total.pieces,
            }
            for merchant, total in found.merchants.items()
        },
        "strays": [carton.code for carton in found.strays],
    }
