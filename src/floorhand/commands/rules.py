"""``floorhand rules``: what a merchant or the building wants, and who changed it when."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime
from typing import Final

from sqlalchemy.orm import Session

from floorhand.commands import listing
from floorhand.commands.office import opened, say
from floorhand.config import Settings
from floorhand.domain.ruling import BUILDING, NAMES, value_of
from floorhand.errors import BadSetting
from floorhand.exchange.own_site import read_rule
from floorhand.exchange.records import Context
from floorhand.exchange.writing_rules import write_site
from floorhand.exchange.written import Writing
from floorhand.store import ruling
from floorhand.store.db import Transactions, in_turn
from floorhand.store.masters import merchant_rules, require_merchant, site_zone
from floorhand.text.columns import columns

LIMIT: Final = 100
LIMIT_MAX: Final = 1_000
SKIP_MAX: Final = 1_000_000

EPILOG = """\
Rules of merchants and of the building are changed at the desk of leads (holds, priority, rules), or
by a file (floorhand import merchants.csv, site.csv); those of the building also with --set, as the
file would say them:
floorhand rules --set pace_targets "picking=60 lines|packing=90 pieces". All of it is in the
history. What is not said anywhere has its default.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    parser.epilog = EPILOG
    parser.add_argument(
        "merchant", nargs="?", metavar="MERCHANT", help="its code (default: the building itself)"
    )
    parser.add_argument(
        "--history", action="store_true", help="who changed which, the latest first"
    )
    parser.add_argument(
        "--limit",
        type=int,
        default=LIMIT,
        metavar="N",
        help=f"so many changes of them, 1 to {LIMIT_MAX} (default: {LIMIT})",
    )
    parser.add_argument(
        "--skip",
        type=int,
        default=0,
        metavar="N",
        help="leave out the latest N changes, to see those before them",
    )
    parser.add_argument(
        "--set", nargs=2, metavar=("RULE", "VALUE"), help="change a rule of the building"
    )
    listing.add_forms(parser)


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Tell the rules of a merchant or of the building, or their history; or change one."""
    if not 1 <= args.limit <= LIMIT_MAX:
        raise BadSetting(f"--limit is {args.limit}; expected 1 to {LIMIT_MAX} changes.")
    if not 0 <= args.skip <= SKIP_MAX:
        raise BadSetting(f"--skip is {args.skip}; expected 0 to {SKIP_MAX} changes.")
    transactions = opened(settings)
    if args.set:
        return _set(args, settings, transactions)
    whose = args.merchant or BUILDING
    with transactions.begin() as tx:
        zone = site_zone(tx, settings.site)
        rules = (
            _of_merchant(tx, settings.site, whose)
            if whose
            else [*ruling.site_values(tx, settings.site).items()]
        )
        mine, limit = (settings.site, whose), args.limit
        found = ruling.changes(tx, *mine, skip=args.skip, limit=limit) if args.history else ()
    changes = [(one.at, one.by, one.name, one.was, one.now) for one in found]
    heads = ("when", "who", "rule", "from", "to") if args.history else ("rule", "value")
    if listing.is_for_programs(args):
        listing.write(args, heads, changes if args.history else rules)
        return 0
    told = [(f"{at.astimezone(zone):%Y-%m-%d %H:%M}", *others) for at, *others in changes]
    for line in columns(heads, told if args.history else rules):
        say(line)
    return 0


def _of_merchant(tx: Session, site: str, merchant: str) -> list[tuple[str, ...]]:
    require_merchant(tx, site, merchant)
    rules = merchant_rules(tx, site, merchant)
    return [(name, value_of(rules, name)) for name in NAMES]


def _set(args: argparse.Namespace, settings: Settings, transactions: Transactions) -> int:
    """Change a rule of the building, and say what it is now."""
    if args.merchant or args.history:
        other = args.merchant or "--history"
        raise BadSetting(
            f"--set changes a rule of the building and does not go with {other}. Rules of a "
            "merchant are changed at the desk of leads, or by floorhand import merchants.csv"
        )
    name, text = args.set
    record = read_rule(name, text)

    def write(tx: Session) -> str:
        writing = Writing(tx, settings.site, Context(now=datetime.now(UTC)))
        write_site(writing, [record])
        for row in writing.rejected:
            raise BadSetting(f"{row.reason}.")
        return ruling.site_values(tx, settings.site)[name]

    told = in_turn(transactions, write)
    if args.json:
        print(listing.in_json({"rule": name, "value": told}, None))
    elif args.csv:
        listing.write_csv(("rule", "value"), [(name, told)])
    else:
        say(f"{name} is now {told or 'nothing'}")
    return 0
