"""What a site wants of each job in an active hour, and how near an hour of the clock came to it."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from floorhand.domain.entries import Entry
from floorhand.domain.shifts import GAP_MAX_S, Beat, Period
from floorhand.domain.signing_in import JOBS

UNITS: Final = ("pieces", "lines")
"""A target counts the first of them where it names none."""

PER_HOUR_MAX: Final = 99_999
BY_SITE, BY_MEAN = "site", "mean"
"""Who set a target: the site itself, or what is usual."""

_WRITTEN = re.compile(rf"(?P<count>[0-9]{{1,5}})(?:\s+(?P<unit>{'|'.join(UNITS)}))?", re.ASCII)


@dataclass(frozen=True, slots=True)
class PaceTarget:
    """So many pieces or lines (one of `UNITS`) are wanted of each active hour."""

    per_hour: int
    unit: str

    def __str__(self) -> str:
        return f"{self.per_hour} {self.unit}"


def parse_target(text: str) -> PaceTarget | None:
    """Read a target as the site's rules write it, such as ``60 lines``; None if it is none."""
    found = _WRITTEN.fullmatch(text.strip())
    if found is None or not int(found["count"]):
        return None
    return PaceTarget(int(found["count"]), found["unit"] or UNITS[0])


def targets_of(written: Mapping[str, str]) -> dict[str, PaceTarget]:
    """Give the targets that a site has set, by job."""
    read = {job: parse_target(text) for job, text in written.items()}
    return {job: target for job, target in read.items() if target is not None}


def held_against(told: Mapping[str, Any], target: PaceTarget | None) -> dict[str, Any]:
    """Put beside what was done in a job what the site wants of it.

    Returns:
        What was told, and ``target_per_hour``, ``target_unit`` and ``target_pct``, how much of
        the target was reached; None where there is no target, or no pace to hold against it.
    """
    if target is None:
        return {**told, "target_per_hour": None, "target_unit": None, "target_pct": None}
    rate = told[f"{target.unit}_per_hour"]
    return {
        **told,
        "target_per_hour": target.per_hour,
        "target_unit": target.unit,
        "target_pct": None if rate is None else round(rate * 100 / target.per_hour, 1),
    }


def active_by_hour(
    beats: Iterable[Beat], hours: Sequence[Period], jobs: Iterable[str]
) -> dict[str, list[float]]:
    """Add up the active seconds of some jobs in each hour of the clock.

    As in `floorhand.domain.shifts.activity` the time between two scans counts for the job of the
    later one; here for the hour of the later one, too, in which its pieces are counted.

    Args:
        beats: All scans of the period, in the order of time.
        hours: Its hours, without holes.
        jobs: Which jobs.
    """
    asked = tuple(jobs)
    found = [dict.fromkeys(asked, timedelta()) for _ in hours]
    ends = iter([(hour.end, sums) for hour, sums in zip(hours, found, strict=True)])
    end, sums = next(ends)
    longest = timedelta(seconds=GAP_MAX_S)
    last: dict[str, datetime] = {}
    for worker, job, at in beats:  # a shift has tens of thousands
        before, last[worker] = last.get(worker), at
        while at >= end:
            end, sums = next(ends)
        if job in sums and before is not None and (length := at - before) <= longest:
            sums[job] += length
    return {job: [one[job].total_seconds() for one in found] for job in asked}


def lines_by_hour(entries: Iterable[Entry], hours: Sequence[Period]) -> dict[str, list[int]]:
    """Count the lines of each job that were finished in each hour of the clock."""
    found = {job: [0] * len(hours) for job in JOBS}
    ends = [hour.end for hour in hours]
    for entry in entries:
        if (job := entry.word("job")) in found and "lines" in entry.facts:
            found[job][bisect_right(ends, entry.at)] += entry.count("lines")
    return found
