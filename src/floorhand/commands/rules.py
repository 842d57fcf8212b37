"""``floorhand rules``: what a merchant wants, and who changed it when."""

from __future__ import annotations

import argparse
import json

from floorhand.commands.office import opened, say
from floorhand.config import Settings
from floorhand.domain.ruling import NAMES, value_of
from floorhand.store import ruling
from floorhand.store.masters import merchant_rules, require_merchant, site_zone
from floorhand.text.columns import columns

EPILOG = """\
Rules are changed at the desk of leads, or by a file (floorhand import merchants.csv); both are in
the history. What is not said in either has its default.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    parser.epilog = EPILOG
    parser.add_argument("merchant", metavar="MERCHANT", help="the merchant's code")
    parser.add_argument(
        "--history", action="store_true", help="who changed which, the latest first"
    )
    parser.add_argument("--json", action="store_true", help="as JSON")


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Tell the rules of a merchant, or their history."""
    transactions = opened(settings)
    with transactions.begin() as tx:
        require_merchant(tx, settings.site, args.merchant)
        zone = site_zone(tx, settings.site)
        rules = merchant_rules(tx, settings.site, args.merchant)
        found = ruling.changes(tx, settings.site, args.merchant) if args.history else ()
    heads: tuple[str, ...] = ("rule", "value")
    rows: list[tuple[str, ...]] = [(name, value_of(rules, name)) for name in NAMES]
    if args.history:
        heads = ("when", "who", "rule", "from", "to")
        rows = [
            (f"{one.at.astimezone(zone):%Y-%m-%d %H:%M}", one.by, one.name, one.was, one.now)
            for one in found
        ]
    if args.json:
        told = [dict(zip(heads, row, strict=True)) for row in rows]
        print(json.dumps(told, ensure_ascii=False, indent=1))
        return 0
    for line in columns(heads, rows):
        say(line)
    return 0
