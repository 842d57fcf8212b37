"""At which pace a shift went: in each hour, beside what is usual and what the site wants."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from floorhand.domain import tallies
from floorhand.domain.entries import Entry, Noted
from floorhand.domain.pace_targets import (
    BY_MEAN,
    BY_SITE,
    UNITS,
    PaceTarget,
    active_by_hour,
    held_against,
    lines_by_hour,
    targets_of,
)
from floorhand.domain.ruling import BUILDING
from floorhand.domain.shifts import Beat, Period, clock_hours
from floorhand.domain.signing_in import JOBS
from floorhand.domain.site_rules import PACE, pairs_of
from floorhand.store import ruling
from floorhand.store.masters import site_rules


def targets_at_end(tx: Session, site: str, period: Period) -> dict[str, PaceTarget]:
    """Give what the site wanted of each job when a period ended, or wants now if it has not.

    So a report that is made again says the same, whatever is wanted today, or taken back.
    """
    then = ruling.value_at(tx, site, BUILDING, PACE, period.end)
    if then is not None:
        return targets_of(pairs_of(then))
    return targets_of(site_rules(tx, site).pace_targets)


def shift_pace(
    noted: Noted,
    beats: Sequence[Beat],
    period: Period,
    zone: ZoneInfo,
    targets: Mapping[str, PaceTarget],
) -> dict[str, Any]:
    """Say what was finished in each hour as the clock shows it, by job.

    Returns:
        By job its ``hours``: ``hour`` (``06:00`` as local clocks show), ``start`` (UTC),
        ``length_s`` and ``pieces``; with a target also ``lines`` if it is of lines, ``active_s``,
        and ``target``: what should have been finished in so much active time, None in none.
        And ``target``, ``target_of`` and ``unit`` of the job's own target; None, None and
        ``pieces`` if it has none.
    """
    hours = clock_hours(period, zone)
    told: dict[str, dict[str, Any]] = {
        job: {"target": None, "target_of": None, "unit": UNITS[0], "hours": each}
        for job, each in _hours(noted("pieces"), hours).items()
    }
    active = active_by_hour(beats, hours, targets) if targets else {}
    lines = lines_by_hour(noted("lines"), hours) if targets else {}
    for job, target in targets.items():
        told[job] |= {"target": target.per_hour, "target_of": BY_SITE, "unit": target.unit}
        for nth, hour in enumerate(told[job]["hours"]):
            if target.unit != UNITS[0]:
                hour[target.unit] = lines[job][nth]
            active_s = active[job][nth]
            hour["active_s"] = round(active_s)
            hour["target"] = round(target.per_hour * active_s / 3600, 1) if active_s else None
    return told


def _hours(entries: Iterable[Entry], hours: Sequence[Period]) -> dict[str, list[dict[str, Any]]]:
    done = tallies.pace(entries, hours)
    return {
        job: [
            {
                "hour": hour.name,
                "start": hour.start.isoformat(),
                "length_s": hour.length_s,
                "pieces": pieces[job],
            }
            for hour, pieces in zip(hours, done, strict=True)
        ]
        for job in JOBS
    }


def jobs_told(jobs: Mapping[str, Any], targets: Mapping[str, PaceTarget]) -> dict[str, Any]:
    """Put beside each job what the site wants of it (`held_against`)."""
    return {job: held_against(told, targets.get(job)) for job, told in jobs.items()}


def with_usual(
    pace: Mapping[str, Any], before: Sequence[Mapping[str, tallies.Hours]]
) -> dict[str, Any]:
    """Put beside each hour what was usual; without a target a job has the usual pace as one."""
    told: dict[str, Any] = {}
    for job, one in pace.items():
        usual, mean = tallies.usual_pace([shift[job] for shift in before if job in shift])
        hours = [{**hour, "usual": usual.get(hour["hour"])} for hour in one["hours"]]
        told[job] = {**one, "hours": hours}
        if one["target_of"] is None and mean is not None:
            told[job] |= {"target": mean, "target_of": BY_MEAN}
    return told
