"""``floorhand counts``: which bins are to be counted, and why; have them counted."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from floorhand.commands import listing
from floorhand.commands.office import decide, opened, say
from floorhand.config import Settings
from floorhand.domain.count_plan import PLANNED_MAX, Due
from floorhand.domain.planning import CountsPlanned, PlanCounts
from floorhand.errors import BadSetting
from floorhand.store.count_plan import OpenCount, due_counts, open_counts
from floorhand.store.masters import require_merchant, site_zone
from floorhand.text.columns import columns

BINS_USUAL = 25

HEADS = ("place", "state", "product", "zone", "class", "why", "days_late", "since", "worker")
Row = tuple[listing.Cell, ...]

EPILOG = f"""\
Without an action it lists the counts that are open, then the bins that are due: doubted ones first
(pieces that a picker did not find, a label that nobody could confirm, a proposal not taken, said to
be full), then by how far they are beyond their turn (count_days of site.csv, by the class of the
products). plan opens counts of the first {BINS_USUAL} of them, or of --bins; workers find them in
the job Counting. A bin whose count is open is not planned again.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    parser.epilog = EPILOG
    parser.add_argument("action", nargs="?", choices=("plan",), help="plan")
    parser.add_argument(
        "--bins",
        type=int,
        metavar="N",
        help=f"so many at most (listed: all; planned: {BINS_USUAL}, at most {PLANNED_MAX})",
    )
    parser.add_argument("--zone", default="", metavar="ZONE", help="only bins of this zone")
    parser.add_argument(
        "--merchant", default="", metavar="CODE", help="only bins with goods of this merchant"
    )
    listing.add_forms(parser)


def run(args: argparse.Namespace, settings: Settings) -> int:
    """List what is due, or plan it."""
    if args.bins is not None and not 1 <= args.bins <= PLANNED_MAX:
        raise BadSetting(f"--bins is {args.bins}; expected 1 to {PLANNED_MAX}.")
    listing.must_be_a_list(args)
    transactions = opened(settings)
    now = datetime.now(UTC)
    with transactions.begin() as tx:
        if args.merchant:
            require_merchant(tx, settings.site, args.merchant)
        zone = site_zone(tx, settings.site)
        due = due_counts(tx, settings.site, now, zone=args.zone, merchant=args.merchant)
        asked_for = open_counts(tx, settings.site)
    if args.action == "plan":
        command = PlanCounts(args.bins or BINS_USUAL, args.zone, args.merchant)
        planned = decide(transactions, settings, lambda _tx: command)
        assert isinstance(planned, CountsPlanned), planned
        for place in planned.places:
            say(place)
        left = max(0, len(due) - len(planned.places))
        say(f"{_bins(len(planned.places))} to be counted; {left} more due.")
        return 0
    if listing.is_for_programs(args):
        listing.write(args, HEADS, _for_programs(asked_for, due[: args.bins]))
        return 0
    if asked_for:
        print("\n".join(_open_rows(asked_for, zone)), end="\n\n")
    if due:
        print("\n".join(_due_rows(due[: args.bins], zone)), end="\n\n")
    say(f"{len(asked_for)} counts are open; {_bins(len(due))} due.")
    return 0


def _for_programs(asked_for: Sequence[OpenCount], due: Sequence[Due]) -> Iterator[Row]:
    for one in asked_for:
        sku = f"{one.merchant}/{one.sku}" if one.sku else ""
        yield one.place, "open", sku, "", "", one.reason, None, one.since, one.worker
    for bin_ in due:
        why, late = " ".join(bin_.doubts), max(bin_.overdue_days, 0)
        yield bin_.place, "due", "", bin_.zone, bin_.grade, why, late, bin_.since, ""


def _bins(number: int) -> str:
    return "1 bin" if number == 1 else f"{number} bins"


def _day(at: datetime, zone: ZoneInfo) -> str:
    return f"{at.astimezone(zone):%Y-%m-%d}"


def _open_rows(found: Sequence[OpenCount], zone: ZoneInfo) -> list[str]:
    head = ("open count of", "product", "why", "since", "worker")
    rows = [
        (
            one.place,
            f"{one.merchant}/{one.sku}" if one.sku else "all",
            one.reason,
            _day(one.since, zone),
            one.worker or "-",
        )
        for one in found
    ]
    return columns(head, rows)


def _due_rows(found: Sequence[Due], zone: ZoneInfo) -> list[str]:
    head = ("due bin", "zone", "class", "why", "days late", "counted last")
    rows = [
        (
            one.place,
            one.zone or "-",
            one.grade,
            ", ".join(one.doubts) or "its turn",
            str(one.overdue_days) if one.overdue_days > 0 else "-",
            _day(one.since, zone) if one.counted else f"never; goods since {_day(one.since, zone)}",
        )
        for one in found
    ]
    return columns(head, rows)
