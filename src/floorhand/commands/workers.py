"""``floorhand workers``: who works here; new PINs; PINs that were guessed wrong too often."""

from __future__ import annotations

import argparse
import sys
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from floorhand.commands import listing
from floorhand.config import Settings
from floorhand.domain.leading import SetPin, Unlock
from floorhand.domain.pins import PIN_DIGITS_MAX, PIN_DIGITS_MIN, draw_pin
from floorhand.errors import BadSetting
from floorhand.ops.settling import from_office
from floorhand.store.db import in_turn, open_database
from floorhand.store.guesses import WORKER
from floorhand.store.masters import require_site, site_zone
from floorhand.store.workers import Person, people
from floorhand.text.columns import columns
from floorhand.text.visible import visible

HEADS = (
    *("number", "name", "roles", "language", "has_pin", "locked"),
    *("sits_at", "last_scan", "parked"),
)

EPILOG = """\
Without an action it lists the workers. A drawn PIN is shown once: only its hash is kept. The slip
is a label for the worker, as PDF; give it away and delete the file.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    parser.epilog = EPILOG
    parser.add_argument("action", nargs="?", choices=("pin", "unlock"), help="pin, unlock")
    parser.add_argument("worker", nargs="?", metavar="CODE", help="the worker's number")
    parser.add_argument("--slip", type=Path, metavar="FILE", help="put a drawn PIN on a label, too")
    parser.add_argument(
        "--digits",
        type=int,
        default=PIN_DIGITS_MIN,
        choices=range(PIN_DIGITS_MIN, PIN_DIGITS_MAX + 1),
        metavar="N",
        help=f"of a drawn PIN, {PIN_DIGITS_MIN} to {PIN_DIGITS_MAX} (default: {PIN_DIGITS_MIN})",
    )
    listing.add_forms(parser)


def run(args: argparse.Namespace, settings: Settings) -> int:
    """List workers, or help one of them."""
    if args.action and not args.worker:
        raise BadSetting(f"Say whose: floorhand workers {args.action} CODE")
    listing.must_be_a_list(args)
    transactions = open_database(settings.database, create=False)
    now = datetime.now(UTC)
    if not args.action:
        with transactions.begin() as tx:
            require_site(tx, settings.site)
            zone = site_zone(tx, settings.site)
            found = people(tx, settings.site)
        if listing.is_for_programs(args):
            listing.write(args, HEADS, map(_for_programs, found))
        else:
            print("\n".join(_rows(found, zone)))
        return 0
    pin = draw_pin(args.digits)

    def act(tx: Session) -> Person:
        require_site(tx, settings.site)
        known = {one.code: one for one in people(tx, settings.site)}
        if args.worker not in known:
            raise BadSetting(f"There is no worker {visible(args.worker)} at {settings.site}.")
        pinned = args.action == "pin"
        command = SetPin(args.worker, pin) if pinned else Unlock(WORKER, args.worker)
        from_office(tx, settings.site, command, now)
        return known[args.worker]

    one = in_turn(transactions, act)
    if args.action == "unlock":
        print(f"{visible(one.name)} can sign in by number again.")
        return 0
    print(f"New PIN of {visible(one.name)} ({visible(one.code)}), shown only now: {pin}")
    if args.slip:
        _print_slip(args.slip, one, pin, settings)
    return 0


def _print_slip(file: Path, one: Person, pin: str, settings: Settings) -> None:
    from floorhand.labels.addresses import own_templates
    from floorhand.labels.picture import draw
    from floorhand.labels.render import lay_out_named
    from floorhand.labels.sheets import SHEET_DPI, write_pdf

    data = {"name": one.name, "worker": one.code, "pin": pin}
    own = own_templates(settings.database)
    try:
        write_pdf(file, [draw(lay_out_named("pin", data, SHEET_DPI, own=own))])
        file.chmod(0o600)
    except OSError as error:
        print(f"{file} cannot be written: {error.strerror or error}.", file=sys.stderr)


def _for_programs(one: Person) -> tuple[listing.Cell, ...]:
    parked = ", ".join(f"{job} ({seat})" for job, seat, _ in one.parked)
    about = (one.code, one.name, one.roles, one.language, one.has_pin, one.locked)
    return (*about, " ".join(one.seats), one.seen_at, parked)


def _rows(found: tuple[Person, ...], zone: ZoneInfo) -> list[str]:
    head = ("number", "name", "roles", "language", "PIN", "sits at", "last scan", "parked")
    rows = [
        (
            one.code,
            one.name,
            one.roles,
            one.language,
            "locked" if one.locked else "yes" if one.has_pin else "-",
            " ".join(one.seats) or "-",
            f"{one.seen_at.astimezone(zone):%Y-%m-%d %H:%M}" if one.seen_at else "never",
            ", ".join(f"{job} ({seat})" for job, seat, _ in one.parked) or "-",
        )
        for one in found
    ]
    return columns(head, rows)
