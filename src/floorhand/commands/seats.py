"""``floorhand seats``: who sits where; free a seat that is stuck, or one that was locked."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from floorhand.commands import listing
from floorhand.config import Settings
from floorhand.domain.leading import FreeSeat, SeatFreed, Unlock
from floorhand.errors import BadSetting
from floorhand.ops.settling import from_office
from floorhand.store.db import in_turn, open_database
from floorhand.store.guesses import SEAT
from floorhand.store.masters import require_site, site_zone
from floorhand.store.seats import SeatFacts, seats
from floorhand.text.columns import columns
from floorhand.text.visible import visible

HEADS = (
    *("seat", "station", "worker", "since", "job", "last_scan"),
    *("parked", "device", "locked"),
)

EPILOG = """\
Without an action it lists the seats. A seat that is freed keeps nothing: what is open there is
parked for its worker, at its exact question, and the terminal is told with its next scan.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    parser.epilog = EPILOG
    parser.add_argument("action", nargs="?", choices=("free", "unlock"), help="free, unlock")
    parser.add_argument("name", nargs="?", metavar="NAME", help="the seat")
    listing.add_forms(parser)


def run(args: argparse.Namespace, settings: Settings) -> int:
    """List seats, or free one."""
    if args.action and not args.name:
        raise BadSetting(f"Say which: floorhand seats {args.action} NAME")
    listing.must_be_a_list(args)
    transactions = open_database(settings.database, create=False)
    now = datetime.now(UTC)
    if not args.action:
        with transactions.begin() as tx:
            require_site(tx, settings.site)
            found, zone = seats(tx, settings.site, now), site_zone(tx, settings.site)
        if listing.is_for_programs(args):
            listing.write(args, HEADS, map(_for_programs, found))
        else:
            print("\n".join(_rows(found, zone)))
        return 0

    def act(tx: Session) -> str:
        require_site(tx, settings.site)
        known = [one.code for one in seats(tx, settings.site, now)]
        if args.name not in known:
            there = visible(", ".join(known)) or "none"
            raise BadSetting(f"There is no seat {visible(args.name)}. Known: {there}.")
        free = args.action == "free"
        command = FreeSeat(args.name) if free else Unlock(SEAT, args.name)
        return _told(args.name, from_office(tx, settings.site, command, now))

    print(in_turn(transactions, act))
    return 0


def _told(seat: str, outcome: object) -> str:
    match outcome:
        case SeatFreed(name=name) if name:
            return visible(f"{seat} is free; what {name} had open there is parked.")
        case SeatFreed():
            return visible(f"Nobody sits at {seat}.")
        case _:
            return visible(f"{seat} takes badges again.")


def _moment(at: datetime, zone: ZoneInfo) -> str:
    return f"{at.astimezone(zone):%Y-%m-%d %H:%M}"


def _for_programs(one: SeatFacts) -> tuple[listing.Cell, ...]:
    parked = ", ".join(f"{job} ({name})" for job, name, _ in one.parked)
    job = one.flow if one.worker else ""
    about = (one.code, one.station, one.worker, one.since, job, one.at)
    return (*about, parked, one.device, one.locked)


def _rows(found: tuple[SeatFacts, ...], zone: ZoneInfo) -> list[str]:
    head = ("seat", "station", "worker", "since", "job", "last scan", "parked", "device")
    rows = [
        (
            one.code,
            one.station or "-",
            one.worker or ("locked" if one.locked else "-"),
            _moment(one.since, zone) if one.since else "-",
            one.flow if one.worker else "-",
            _moment(one.at, zone) if one.at else "never",
            ", ".join(f"{job} ({name})" for job, name, _ in one.parked) or "-",
            one.device or "-",
        )
        for one in found
    ]
    return columns(head, rows)
