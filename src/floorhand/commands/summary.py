"""``floorhand summary``: the figures of a shift, on screen or as JSON."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, date, datetime
from functools import partial
from zoneinfo import ZoneInfo

from floorhand.commands.shift_screen import figures_of, show_shift
from floorhand.commands.summary_output import add_outputs, show
from floorhand.config import Settings
from floorhand.domain.shifts import (
    Period,
    begun_shift,
    local_day,
    local_moment,
    named_shift,
    shift_at,
)
from floorhand.errors import BadSetting
from floorhand.store import summaries
from floorhand.store.db import in_turn, open_database
from floorhand.store.earlier import AddedUp, keep_figures
from floorhand.store.masters import require_site, site_rules
from floorhand.store.onlooking import Onlooker
from floorhand.store.ruling import shifts_at
from floorhand.text.catalog import catalog

YEARS = (1970, 9998)
"""Beyond these, a clock of another time zone may show a year that no calendar has."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    parser.add_argument(
        "--shift", metavar="NAME", help="a shift of the site (default: the running)"
    )
    day = "local day on which the shift begins, as 2026-03-31 (default: its last)"
    parser.add_argument("--day", metavar="DATE", help=day)
    parser.add_argument("--from", dest="start", metavar="TIME", help="local time, or with offset")
    until = "local time, or with offset; a day alone counts whole (default: now)"
    parser.add_argument("--to", dest="end", metavar="TIME", help=until)
    add_outputs(parser)


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Print the figures of a shift: nobody who scans waits while they are added up."""
    transactions = open_database(settings.database, create=False)
    now = datetime.now(UTC)
    added_up: list[AddedUp] = []
    with closing(Onlooker(settings.database)) as onlooker, onlooker.look() as tx:
        require_site(tx, settings.site)
        zone = ZoneInfo(summaries.time_zone(tx, settings.site))
        rules = site_rules(tx, settings.site)
        shifts = shifts_at(tx, settings.site, _as_of(args, zone, now))
        period = asked_period(args, shifts, zone, now)
        words = catalog(settings.language or rules.language)
        if not args.screen:
            figures = figures_of(tx, settings, period, now, added_up.append)
    if args.screen:
        return show_shift(settings, words, period)
    show(args, settings, figures, words, zone)
    for one in added_up:
        in_turn(transactions, partial(keep_figures, site=settings.site, added_up=one))
    return 0


def _as_of(args: argparse.Namespace, zone: ZoneInfo, now: datetime) -> datetime:
    """Say as of when shifts are meant: on the day that was asked for, they may have been others."""
    return min(now, local_day(_day(args.day), zone).end) if args.day else now


def asked_period(
    args: argparse.Namespace, shifts: Sequence[str], zone: ZoneInfo, now: datetime
) -> Period:
    """Give the period that was asked for; if none was, the running shift.

    Raises:
        BadSetting: If there is no such period, or two were asked for.
    """
    day = _day(args.day) if args.day else now.astimezone(zone).date()
    if args.start or args.end:
        if args.shift or (args.day and args.start):
            raise BadSetting(
                f"{'--shift' if args.shift else '--day'} does not go with --from and --to: they "
                "say the whole period."
            )
        start = _moment(args.start, zone) if args.start else local_day(day, zone).start
        end = _moment(args.end, zone, whole_day=True) if args.end else now
        if end <= start:
            raise BadSetting(
                f"The period begins {args.start or day} and ends {args.end or 'now'}: it must end "
                "after it begins."
            )
        return Period("from … to", start, end)
    if args.shift:
        if args.day:
            return named_shift(shifts, args.shift, day, zone)
        return begun_shift(shifts, args.shift, now, zone)
    return local_day(day, zone) if args.day else shift_at(shifts, now, zone)


def _day(text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise BadSetting(f"{text!r} is no day. Write it like 2026-03-31.") from error
    first, last = YEARS
    if not first <= day.year <= last:
        raise BadSetting(f"{text} is too far away. Name a day of the years {first} to {last}.")
    return day


def _moment(text: str, zone: ZoneInfo, *, whole_day: bool = False) -> datetime:
    """Read a time; a day alone is its beginning, or its end if the whole day counts."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise BadSetting(f"{text!r} is no time. Write it like 2026-03-31T06:00.") from error
    day = _day(moment.date().isoformat())
    if moment.tzinfo:
        return moment.astimezone(UTC)
    if _is_day(text):
        period = local_day(day, zone)
        return period.end if whole_day else period.start
    return local_moment(moment, zone)


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
