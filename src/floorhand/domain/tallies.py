"""What each worker finished in each job, and at which pace the house went."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from floorhand.domain.entries import Entry, Noted, plain, total
from floorhand.domain.shifts import Activity, Beat, Period, Refusal, activity, per_hour, percent
from floorhand.domain.signing_in import JOBS

COUNTED: Final = ("pieces", "lines", "orders", "short")
"""Figures of an operation that are added up."""


Key = tuple[str, str]
"""Worker and job."""

Counted = Counter[tuple[str, str, str]]
"""Scans by worker, job and fate: ``taken``, or the code of the refusal."""

Hours = Sequence[tuple[str, int]]
"""Each hour as the clock showed it, ``06:00``, and the pieces finished in it."""


@dataclass
class Tally:
    """What one worker finished in one job."""

    counts: Counter[str] = field(default_factory=Counter)
    short_picks: int = 0
    scans: int = 0
    refusals: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class Scanned:
    """The scans that somebody made in a shift."""

    beats: Sequence[Beat]
    """All of them, in the order of time."""
    refused: Sequence[Refusal]
    """Those of them that were refused, and others that nobody was signed in for."""
    worked: Activity
    counted: Counted


def scanned(beats: Sequence[Beat], refused: Sequence[Refusal]) -> Scanned:
    """Add the scans of a shift up."""
    worked = activity(beats)
    counted: Counted = Counter(
        (one.worker, one.job, one.code) for one in refused if one.worker is not None
    )
    taken = Counter(worked.scans)
    for (worker, job, _), count in counted.items():
        taken[worker, job] -= count
    counted.update({(worker, job, "taken"): count for (worker, job), count in taken.items()})
    return Scanned(beats, refused, worked, counted)


def tallies(noted: Noted, scans: Counted) -> dict[Key, Tally]:
    """Add up what each worker finished and scanned in each of the `JOBS`.

    Who did something of a job has a tally of it, also if there is nothing in it to add up.
    """
    found: defaultdict[Key, Tally] = defaultdict(Tally)
    for names, entries in noted.alike("job", *COUNTED):
        if "job" not in names:
            continue
        counted = [name for name in names if name in COUNTED]
        for (worker, job), mine in _by_key(entries).items():
            if job not in JOBS:
                continue
            tally = found[worker, job]
            for name in counted:
                tally.counts[name] += total(mine, name)
            if "short" in counted and job == "picking":
                tally.short_picks += sum(map(_short_picks, mine))
    for (worker, job, fate), count in scans.items():
        if job in JOBS:
            tally = found[worker, job]
            tally.scans += count
            if fate != "taken":
                tally.refusals[fate] += count
    return found


def _by_key(entries: Iterable[Entry]) -> Mapping[Key, list[Entry]]:
    found: defaultdict[Key, list[Entry]] = defaultdict(list)
    for entry in entries:
        found[entry.worker, entry.facts["job"]].append(entry)
    return found


def _short_picks(entry: Entry) -> int:
    return entry.sign * int(entry.facts.get("short_lines", 1)) if entry.facts["short"] else 0


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


def refusals_told(scans: Counted) -> dict[str, Any]:
    """Tell how many scans were refused, by code and by worker, over all that people did."""
    by_code: Counter[str] = Counter()
    by_worker: Counter[str] = Counter()
    for (worker, _, fate), count in scans.items():
        if fate != "taken":
            by_code[fate] += count
            by_worker[worker] += count
    return {
        "scans": scans.total(),
        "refusals": by_code.total(),
        "refusal_pct": percent(by_code.total(), scans.total()),
        "by_code": plain(by_code),
        "by_worker": plain(by_worker),
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
