"""``floorhand printers jobs``: the labels that have not come out, and why."""

from __future__ import annotations

import argparse
from dataclasses import asdict, fields
from datetime import UTC, datetime

from floorhand.commands import listing
from floorhand.commands.office import age, known_printer, labels, opened, say
from floorhand.config import Settings
from floorhand.store.print_desk import LISTED_MAX, LabelFacts, unfinished_labels
from floorhand.text.columns import columns

HEAD = ("number", "printer", "state", "label", "subject", "age", "tries", "error")
STATES = {"doubt": "in doubt"}

EPILOG = """\
A label in doubt may have come out: look, then say printers confirm (it did), reprint (it did not)
or void (nobody needs it).
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    parser.add_argument("printer", nargs="?", metavar="PRINTER", help="only what is to come there")
    listing.add_forms(parser, also_before=True)
    parser.epilog = EPILOG


def run(args: argparse.Namespace, settings: Settings) -> int:
    """List the labels."""
    transactions = opened(settings)
    name = known_printer(transactions, settings, args.printer) if args.printer else ""
    now = datetime.now(UTC)
    with transactions.begin() as tx:
        found = unfinished_labels(tx, settings.site, now, name)
    if args.json:
        print(listing.in_json([_as_json(one) for one in found], 2))
        return 0
    if args.csv:
        rows = (tuple(_as_json(one).values()) for one in found)
        listing.write_csv((one.name for one in fields(LabelFacts)), rows)
        return 0
    if not found:
        say("All labels are out.")
        return 0
    for line in columns(HEAD, [_row(one, now) for one in found]):
        print(line)
    if len(found) == LISTED_MAX:
        say(f"These are the {labels(LISTED_MAX)} that have waited longest; there may be more.")
    return 0


def _row(one: LabelFacts, now: datetime) -> tuple[str, ...]:
    copy = f" R{one.copy_no}" if one.copy_no > 1 else ""
    moved = f" (from {one.rerouted_from})" if one.rerouted_from else ""
    return (
        str(one.number or "-"),
        f"{one.printer}{moved}",
        STATES.get(one.state, one.state),
        f"{one.template}{copy}",
        one.subject,
        age(now - one.created_at),
        str(one.tries),
        one.error or "-",
    )


def _as_json(one: LabelFacts) -> dict[str, listing.Cell]:
    return {**asdict(one), "created_at": one.created_at.astimezone(UTC).isoformat()}
