"""What each worker finished in each job, and at which pace the house went."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Any, Final

from floorhand.domain.entries import Entry, Noted, plain
from floorhand.domain.shifts import Beat, Period, per_hour, percent
from floorhand.domain.signing_in import JOBS

COUNTED: Final = ("pieces", "lines", "orders", "short")
"""Figures of an operation that are added up."""

_SCANNED = attrgetter("worker", "job", "fate")

Key = tuple[str, str]
"""Worker and job."""

Hours = Sequence[tuple[str, int]]
"""Each hour as the clock showed it, ``06:00``, and the pieces finished in it."""


@dataclass
class Tally:
    """What one worker finished in one job."""

    counts: Counter[str] = field(default_factory=Counter)
    short_picks: int = 0
    scans: int = 0
    refusals: Counter[str] = field(default_factory=Counter)


def tallies(noted: Noted, beats: Iterable[Beat]) -> dict[Key, Tally]:
    """Add up what each worker finished and scanned in each of the `JOBS`.

    Who did something of a job has a tally of it, also if there is nothing in it to add up.
    """
    worked = {(entry.worker, entry.facts["job"]) for entry in noted("job")}
    found = defaultdict(Tally, {key: Tally() for key in worked if key[1] in JOBS})
    for names, entries in noted.alike(*COUNTED):
        for entry in entries:
            facts, job = entry.facts, entry.facts.get("job")
            if job not in JOBS:
                continue
            tally = found[entry.worker, job]
            for name in names:
                tally.counts[name] += entry.sign * int(facts[name])
            if "short" in names and facts["short"] and job == "picking":
                tally.short_picks += entry.sign * int(facts.get("short_lines", 1))
    for (worker, job, fate), count in Counter(map(_SCANNED, beats)).items():
        if job in JOBS:
            tally = found[worker, job]
            tally.scans += count
            if fate != "taken":
                tally.refusals[fate] += count
    return found


def told(some: Sequence[Tally], active_s: int) -> dict[str, Any]:
    """Tell what was finished, in counts and by the active hour; see `floorhand.store.summary`."""
    counts: Counter[str] = Counter()
    refusals: Counter[str] = Counter()
    for tally in some:
        counts.update(tally.counts)
        refusals.update(tally.refusals)
    scans = sum(tally.scans for tally in some)
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
        "short_picks": sum(tally.short_picks for tally in some),
        "pieces_short": counts["short"],
    }


def refusals_told(beats: Sequence[Beat]) -> dict[str, Any]:
    """Tell how many scans were refused, by code and by worker, over all that people did."""
    refused = [beat for beat in beats if beat.fate != "taken"]
    return {
        "scans": len(beats),
        "refusals": len(refused),
        "refusal_pct": percent(len(refused), len(beats)),
        "by_code": plain(Counter(beat.fate for beat in refused)),
        "by_worker": plain(Counter(beat.worker for beat in refused)),
    }


def pace(entries: Iterable[Entry], hours: Sequence[Period]) -> tuple[dict[str, int], ...]:
    """Count the pieces of each job in each hour.

    Args:
        entries: All that counts in the shift.
        hours: Its hours, without holes, from `floorhand.domain.shifts.clock_hours`.

    Returns:
        One for each hour: pieces by job, of all `JOBS`.
    """
    found = [dict.fromkeys(JOBS, 0) for _ in hours]
    ends = [hour.end for hour in hours]
    for entry in entries:
        if (pieces := entry.facts.get("pieces")) and (job := entry.facts.get("job")) in JOBS:
            found[bisect_right(ends, entry.at)][job] += entry.sign * int(pieces)
    return tuple(found)


def usual_pace(shifts: Sequence[Hours]) -> tuple[dict[str, float], float | None]:
    """Give the mean pace of several shifts in one job, to one digit.

    Args:
        shifts: Of each, its hours.

    Returns:
        The mean pieces of each clock hour, over the shifts that had it; and of all hours together,
        None if there were none.
    """
    found: dict[str, list[int]] = {}
    for hours in shifts:
        for hour, pieces in hours:
            found.setdefault(hour, []).append(pieces)
    whole = [pieces for times in found.values() for pieces in times]
    return {hour: _mean(times) for hour, times in found.items()}, _mean(whole) if whole else None


def _mean(values: Sequence[int]) -> float:
    return round(sum(values) / len(values), 1)
