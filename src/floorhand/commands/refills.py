"""``floorhand refills``: which pick faces run dry, when, and what should come from where."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from floorhand.commands import listing
from floorhand.commands.office import decide, opened, say
from floorhand.config import Settings
from floorhand.domain.planning import PlanRefills, RefillsPlanned
from floorhand.domain.refilling import PLANNED_MAX, Refill
from floorhand.errors import BadSetting
from floorhand.store.masters import require_merchant, site_zone
from floorhand.store.refills import OpenRefill, dry_faces, open_refills
from floorhand.text.columns import columns

FACES_USUAL = 50

HEADS = (
    *("face", "state", "product", "pieces", "per_hour", "dry_at", "comes", "lacking"),
    *("tote", "worker"),
)
Row = tuple[listing.Cell, ...]

EPILOG = f"""\
A pick face (pick_face of bins.csv) lasts as long as what it holds divided by what is wanted of it
in an hour: by open orders until they are due, or as in the last seven days, whichever is more. What
lasts less than refill_below_hours (site.csv) is listed, the first to run dry first, with what
comes from which reserve so that they last refill_up_to_hours: the first to expire first, as much as
fits, one lot. plan opens the refills, of {FACES_USUAL} pick faces or of --faces; workers find them
in the job Refill. Products whose pieces have serial numbers are left out.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    parser.epilog = EPILOG
    parser.add_argument("action", nargs="?", choices=("plan",), help="plan")
    parser.add_argument(
        "--faces",
        type=int,
        metavar="N",
        help=f"so many at most (listed: all; planned: {FACES_USUAL}, at most {PLANNED_MAX})",
    )
    parser.add_argument("--merchant", default="", metavar="CODE", help="only this one's products")
    listing.add_forms(parser)


def run(args: argparse.Namespace, settings: Settings) -> int:
    """List what runs dry, or have it filled up."""
    if args.faces is not None and not 1 <= args.faces <= PLANNED_MAX:
        raise BadSetting(f"--faces is {args.faces}; expected 1 to {PLANNED_MAX}.")
    listing.must_be_a_list(args)
    transactions = opened(settings)
    with transactions.begin() as tx:
        if args.merchant:
            require_merchant(tx, settings.site, args.merchant)
        zone = site_zone(tx, settings.site)
        dry = dry_faces(tx, settings.site, datetime.now(UTC), merchant=args.merchant)
        asked_for = open_refills(tx, settings.site)
    if args.action == "plan":
        command = PlanRefills(args.faces or FACES_USUAL, args.merchant)
        planned = decide(transactions, settings, lambda _tx: command)
        assert isinstance(planned, RefillsPlanned), planned
        for face in planned.faces:
            say(face)
        say(f"{_faces(len(planned.faces))} to be filled up.")
        return 0
    if listing.is_for_programs(args):
        listing.write(args, HEADS, _for_programs(asked_for, dry[: args.faces]))
        return 0
    if asked_for:
        print("\n".join(_open_rows(asked_for)), end="\n\n")
    if dry:
        print("\n".join(_dry_rows(dry[: args.faces], zone)), end="\n\n")
    say(f"{len(asked_for)} refills are open; {_faces(len(dry))} running dry.")
    return 0


def _for_programs(asked_for: Sequence[OpenRefill], dry: Sequence[Refill]) -> Iterator[Row]:
    for one in asked_for:
        job = one.job
        about = (job.target, "open", f"{job.goods.merchant}/{job.goods.sku}", job.pieces)
        yield (*about, None, None, job.source, None, job.tote, one.worker)
    for face in dry:
        sku, pace = f"{face.merchant}/{face.sku}", round(face.per_hour, 1)
        comes = _comes(face)
        yield face.face, "dry", sku, face.pieces, pace, face.dry_at, comes, face.lacking, "", ""


def _faces(number: int) -> str:
    return "1 pick face" if number == 1 else f"{number} pick faces"


def _open_rows(found: Sequence[OpenRefill]) -> list[str]:
    head = ("open refill of", "product", "pieces", "from", "in tote", "worker")
    rows = [
        (
            one.job.target,
            f"{one.job.goods.merchant}/{one.job.goods.sku}",
            str(one.job.pieces),
            one.job.source,
            one.job.tote or "-",
            one.worker or "-",
        )
        for one in found
    ]
    return columns(head, rows)


def _dry_rows(found: Sequence[Refill], zone: ZoneInfo) -> list[str]:
    head = ("pick face", "product", "pieces", "an hour", "dry at", "comes", "lacking")
    rows = [
        (
            one.face,
            f"{one.merchant}/{one.sku}",
            str(one.pieces),
            f"{one.per_hour:.1f}",
            f"{one.dry_at.astimezone(zone):%Y-%m-%d %H:%M}",
            _comes(one),
            str(one.lacking) if one.lacking else "-",
        )
        for one in found
    ]
    return columns(head, rows)


def _comes(one: Refill) -> str:
    if one.bar:
        return f"nothing: {one.bar} bars it"
    return ", ".join(f"{take.pieces} from {take.shelf.place}" for take in one.takes) or "nothing"
