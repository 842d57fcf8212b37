"""``floorhand summary``: the figures of a shift, on screen or as JSON."""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from floorhand.commands.nightly import failed_services
from floorhand.commands.summary_output import add_outputs, show
from floorhand.config import Settings
from floorhand.domain.shifts import (
    Activity,
    Period,
    activity,
    begun_shift,
    local_day,
    local_moment,
    named_shift,
    per_hour,
    percent,
    shift_at,
    signed_in_s,
)
from floorhand.domain.signing_in import JOBS
from floorhand.errors import BadSetting
from floorhand.store import summaries
from floorhand.store.asking import connection_of
from floorhand.store.at_hand import at_hand
from floorhand.store.check import counted, violations
from floorhand.store.db import open_database
from floorhand.store.masters import require_site, site_rules
from floorhand.store.room import left_for
from floorhand.store.summaries import Tally
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
    """Print the figures of a shift."""
    transactions = open_database(settings.database, create=False)
    now = datetime.now(UTC)
    with transactions.begin() as tx:
        require_site(tx, settings.site)
        zone = ZoneInfo(summaries.time_zone(tx, settings.site))
        rules = site_rules(tx, settings.site)
        figures = summarise(tx, settings.site, asked_period(args, rules.shifts, zone, now), now)
        figures["now"] = at_hand(tx, settings.site, now)
    figures["nightly"] = failed_services(settings.nightly)
    show(args, settings, figures, catalog(settings.language or rules.language), zone)
    return 0


def _disk(tx: Session) -> dict[str, Any] | None:
    """Say how much room is left for the database; None if it cannot be seen from here."""
    left = left_for(connection_of(tx).engine.url)
    return {"room": str(left.room), "left_mb": left.megabytes} if left is not None else None


def summarise(tx: Session, site: str, period: Period, now: datetime) -> dict[str, Any]:
    """Put the figures of a period together, as plain values fit for JSON.

    Returns:
        ``period``, ``jobs`` (by job), ``workers`` (by worker, then job), ``deliveries``,
        ``returns``, ``orders``, ``disk``, ``left_over``, ``gaps`` and ``stock``. Times are in
        seconds, counts in pieces, lines, orders; a rate is None where it would say nothing. What is
        left over, the disk and the proof of the stock are of the moment ``as_of``, whatever the
        period.
    """
    tallies = summaries.tallies(tx, site, period)
    worked = activity(summaries.beats(tx, site, period))
    signed_in = signed_in_s(summaries.stretches(tx, site, period), period, now)
    jobs = {
        job: _figures(
            [tally for (_, of), tally in tallies.items() if of == job],
            sum(length_s for (_, of), length_s in worked.active_s.items() if of == job),
        )
        for job in JOBS
    }
    found = violations(tx, site)
    return {
        "period": {
            "name": period.name,
            "start": period.start.isoformat(),
            "end": period.end.isoformat(),
            "length_s": period.length_s,
        },
        "jobs": jobs,
        "workers": _workers(tallies, worked, signed_in, summaries.worker_names(tx, site)),
        "deliveries": [asdict(one) for one in summaries.deliveries(tx, site, period)],
        "returns": {
            "closed": summaries.returns_closed(tx, site, period),
            **summaries.returns(tx, site, period),
        },
        "orders": asdict(summaries.orders(tx, site, period)),
        "disk": _disk(tx),
        "left_over": {"as_of": now.isoformat(), **summaries.left_over(tx, site, now)},
        "gaps": [{**asdict(gap), "start": gap.start.isoformat()} for gap in worked.gaps],
        "stock": {
            "as_of": now.isoformat(),
            **counted(tx, site),
            "ok": not found,
            "violations": len(found),
        },
    }


def _workers(
    tallies: Mapping[tuple[str, str], Tally],
    worked: Activity,
    signed_in: Mapping[str, int],
    names: Mapping[str, str],
) -> dict[str, dict[str, Any]]:
    """Put the figures of all together who did something or were signed in."""
    here = {worker for worker, _ in tallies} | set(signed_in)
    workers: dict[str, dict[str, Any]] = {worker: {} for worker in sorted(here)}
    for (worker, job), tally in sorted(tallies.items()):
        workers[worker][job] = _figures([tally], worked.active_s.get((worker, job), 0))
    for worker, shown in workers.items():
        active = sum(n for (who, of), n in worked.active_s.items() if who == worker and of in JOBS)
        shown["name"] = names.get(worker, "")
        shown["signed_in_s"] = signed_in.get(worker, 0)
        shown["utilisation_pct"] = percent(active, signed_in.get(worker, 0))
    return workers


def _figures(tallies: list[Tally], active_s: int) -> dict[str, Any]:
    counts: Counter[str] = Counter()
    refusals: Counter[str] = Counter()
    for tally in tallies:
        counts.update(tally.counts)
        refusals.update(tally.refusals)
    scans = sum(tally.scans for tally in tallies)
    return {
        "pieces": counts["pieces"],
        "lines": counts["lines"],
        "orders": counts["orders"],
        "active_s": active_s,
        "pieces_per_hour": per_hour(counts["pieces"], active_s),
        "lines_per_hour": per_hour(counts["lines"], active_s),
        "orders_per_hour": per_hour(counts["orders"], active_s),
        "scans": scans,
        "refusals": refusals.total(),
        "refusal_pct": percent(refusals.total(), scans),
        "refusals_by_code": dict(sorted(refusals.items())),
        "short_picks": sum(tally.short_picks for tally in tallies),
        "pieces_short": counts["short"],
    }


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
