"""``floorhand exceptions``: what somebody must look at; give it to somebody, or close it."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from floorhand.commands import listing
from floorhand.commands.office import age, decide, opened, say
from floorhand.config import Settings
from floorhand.domain.exceptions import REASONS, SETTLE, Assign, Decide
from floorhand.domain.troubles import KINDS
from floorhand.errors import BadSetting, Code, Refused
from floorhand.store.cells import Facts, in_words
from floorhand.store.exception_facts import facts_of
from floorhand.store.exceptions import Standing, open_exceptions
from floorhand.store.masters import site_rules, site_zone
from floorhand.text.catalog import Catalog, catalog
from floorhand.text.columns import columns

HEADS = ("id", "kind", "subject", "merchant", "pieces", "age", "due", "owner", "facts")

IN_WORDS = ("what", "subject", "merchant", "pieces", "age", "due", "owner", "facts")

EPILOG = f"""\
Without an action it lists all that is open, the most urgent first: what has a deadline within a
day by deadline, then by pieces and age. assign gives one to a worker; close says that nothing more
is to be done about it, with --reason {", ".join(REASONS[SETTLE])}. What somebody has to approve, or
must not be closed by who caused it (four_eyes of site.csv), is decided at the lead's desk, where
people are known by their badge. --kind takes {", ".join(sorted(KINDS))}.
"""

WHY_NOT = {
    Code.EXCEPTION_OWN: "it takes two people: decide about it at the lead's desk",
    Code.EXCEPTION_CHANGED: "it waits for approval, or has changed: decide about it at the desk",
    Code.EXCEPTION_DECIDED: "somebody has decided about it already",
    Code.EXCEPTION_NO_DESK: "that worker cannot decide about exceptions",
    Code.UNKNOWN_WORKER: "there is no such worker",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    parser.epilog = EPILOG
    parser.add_argument("action", nargs="?", choices=("assign", "close"), help="assign, close")
    parser.add_argument("id", nargs="?", metavar="ID", help="which, as it is listed")
    parser.add_argument("worker", nargs="?", metavar="WORKER", help="to whom it is given")
    parser.add_argument("--reason", choices=REASONS[SETTLE], help="why it is closed")
    parser.add_argument("--kind", choices=sorted(KINDS), metavar="KIND", help="list only this kind")
    parser.add_argument("--language", metavar="CODE", help="language (default: the site's)")
    parser.add_argument("--merchant", metavar="CODE", help="list only what is about this one's")
    listing.add_forms(parser)


def run(args: argparse.Namespace, settings: Settings) -> int:
    """List exceptions, give one to somebody, or close it."""
    listing.must_be_a_list(args)
    transactions = opened(settings)
    now = datetime.now(UTC)
    with transactions.begin() as tx:
        found = open_exceptions(tx, settings.site, now)
        zone = site_zone(tx, settings.site)
        words = catalog(settings.language or site_rules(tx, settings.site).language)
    if not args.action:
        wanted = [
            one
            for one in found
            if args.kind in (None, one.kind) and args.merchant in (None, one.merchant)
        ]
        if listing.is_for_programs(args):
            _list_for_programs(wanted, args)
        else:
            _list(wanted, words, now, zone)
        return 0
    command = _command(args)
    if args.id not in {one.id for one in found}:
        raise BadSetting(f"No exception {args.id} is open. floorhand exceptions lists them.")
    try:
        decide(transactions, settings, lambda _tx: command)
    except Refused as refused:
        raise BadSetting(f"{args.id}: {WHY_NOT.get(refused.code, refused.code)}.") from refused
    given = args.action == "assign"
    say(f"{args.id} is looked after by {args.worker}." if given else f"{args.id} is closed.")
    return 0


def _command(args: argparse.Namespace) -> Assign | Decide:
    if args.action == "assign":
        if not (args.id and args.worker):
            raise BadSetting("Say which, and to whom: floorhand exceptions assign ID WORKER")
        return Assign(args.id, args.worker)
    if not (args.id and args.reason):
        raise BadSetting("Say which, and why: floorhand exceptions close ID --reason nothing")
    return Decide(args.id, SETTLE, args.reason)


def _list_for_programs(found: Sequence[Standing], args: argparse.Namespace) -> None:
    if args.json:
        print(listing.in_json([_plain(one) for one in found]))
        return
    heads = ("since" if head == "age" else head for head in HEADS)
    listing.write_csv(heads, map(_cells, found))


def _list(found: Sequence[Standing], words: Catalog, now: datetime, zone: ZoneInfo) -> None:
    """Print the list for people: all but the ids is in words of their language."""
    heads = ("ID", *(words.say(f"board.head.{head}") for head in IN_WORDS))
    for line in columns(heads, [_row(one, words, now, zone) for one in found]):
        say(line)


def _plain(one: Standing) -> dict[str, object]:
    return {
        "id": one.id,
        "kind": one.kind,
        "subject": one.subject,
        "merchant": one.merchant,
        "pieces": one.pieces,
        "since": one.since.isoformat(),
        "due": one.due_at.isoformat() if one.due_at else None,
        "owner": one.owner or None,
        "awaits_approval": bool(one.proposal),
        "facts": one.facts,
    }


def _cells(one: Standing) -> tuple[listing.Cell, ...]:
    about = (one.id, one.kind, one.subject, one.merchant, one.pieces)
    return (*about, one.since, one.due_at, one.owner_name, _in_line(one.facts))


def _row(one: Standing, words: Catalog, now: datetime, zone: ZoneInfo) -> tuple[str, ...]:
    return (
        one.id,
        words.say(f"trouble.{one.kind}"),
        one.subject,
        one.merchant or "-",
        str(one.pieces or "-"),
        age(now - one.since),
        f"{one.due_at.astimezone(zone):%Y-%m-%d %H:%M}" if one.due_at else "-",
        one.owner_name or "-",
        in_words(Facts(facts_of(one)), words, str),
    )


def _in_line(facts: Mapping[str, str | int]) -> str:
    """Write the facts of an exception in one line."""
    return ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in facts.items() if value)
