"""The arithmetic of a shift: when it is, how long people worked, and what rates come of it.

Pure: moments and counts in, figures out. All moments are aware; lengths are elapsed seconds, so a
night with a clock change has 7 or 9 hours.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import groupby, pairwise
from operator import itemgetter
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from floorhand.errors import BadSetting

GAP_MAX_S = 300
"""A longer pause between two scans is a gap, not work."""

RATE_MIN_S = 600
"""Below this much active time a rate per hour says nothing."""

_SHIFT = re.compile(r"(?P<name>\S.*\S|\S)\s+(?P<start>\d\d:\d\d)-(?P<end>\d\d:\d\d)")


@dataclass(frozen=True, slots=True)
class Period:
    """A half-open stretch of time, [start, end), in UTC."""

    name: str
    start: datetime
    end: datetime

    @property
    def length_s(self) -> int:
        """Elapsed seconds."""
        return int((self.end - self.start).total_seconds())


Beat = tuple[str, str, datetime]
"""One scan as the arithmetic sees it: worker, job, and when. It is the row that a driver read, for
a shift has tens of thousands; the few that were refused are told apart."""

WORKER: Final = 0
JOB: Final = 1
AT: Final = 2
"""Where these stand in a `Beat`."""

_JOB, _AT = itemgetter(JOB), itemgetter(AT)


class Refusal(NamedTuple):
    """A scan that was refused: ``worker`` is None if nobody was signed in."""

    seat: str
    worker: str | None
    job: str
    at: datetime
    scanned: str
    code: str


@dataclass(frozen=True, slots=True)
class Gap:
    """A pause longer than `GAP_MAX_S`, with the jobs on both sides."""

    worker: str
    start: datetime
    length_s: int
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Activity:
    """Active seconds and scans per (worker, job), and the gaps."""

    active_s: dict[tuple[str, str], int]
    scans: dict[tuple[str, str], int]
    gaps: tuple[Gap, ...]


def parse_shift(text: str) -> tuple[str, time, time]:
    """Read a shift as the site's rules write it, such as ``"late 14:00-22:00"``.

    Raises:
        BadSetting: If it is written otherwise.
    """
    found = _SHIFT.fullmatch(text.strip())
    try:
        if found is None:
            raise ValueError(text)
        start, end = (time.fromisoformat(found[part]) for part in ("start", "end"))
    except ValueError as error:
        raise BadSetting(f"{text!r} is no shift. Write it like: late 14:00-22:00") from error
    return found["name"], start, end


def shift_on(text: str, day: date, zone: ZoneInfo) -> Period:
    """Give the shift that begins on a local day; one that ends earlier than it begins ends the
    next day."""
    name, start, end = parse_shift(text)
    begins = datetime.combine(day, start, zone)
    ends = datetime.combine(day + timedelta(days=end <= start), end, zone)
    return Period(name, begins.astimezone(UTC), ends.astimezone(UTC))


def shift_at(shifts: Sequence[str], now: datetime, zone: ZoneInfo) -> Period:
    """Give the shift that is running; if none is, the local day."""
    today = now.astimezone(zone).date()
    for day in (today, today - timedelta(days=1)):
        for text in shifts:
            period = shift_on(text, day, zone)
            if period.start <= now < period.end:
                return period
    return local_day(today, zone)


def local_day(day: date, zone: ZoneInfo) -> Period:
    """Give a whole local day, 23 to 25 hours long."""
    start = datetime.combine(day, time(), zone)
    end = datetime.combine(day + timedelta(days=1), time(), zone)
    return Period(day.isoformat(), start.astimezone(UTC), end.astimezone(UTC))


def named_shift(shifts: Sequence[str], name: str, day: date, zone: ZoneInfo) -> Period:
    """Give a shift by name.

    Raises:
        BadSetting: If the site has no such shift.
    """
    for text in shifts:
        if parse_shift(text)[0].lower() == name.lower():
            return shift_on(text, day, zone)
    known = ", ".join(parse_shift(text)[0] for text in shifts)
    raise BadSetting(f"There is no shift {name!r} here; there are: {known}.")


def begun_shift(shifts: Sequence[str], name: str, now: datetime, zone: ZoneInfo) -> Period:
    """Give the last shift of a name that has begun: the running one, or the one before.

    Raises:
        BadSetting: If the site has no such shift.
    """
    today = now.astimezone(zone).date()
    period = named_shift(shifts, name, today, zone)
    if period.start <= now:
        return period
    return named_shift(shifts, name, today - timedelta(days=1), zone)


def weeks_before(period: Period, shifts: Sequence[str], weeks: int, zone: ZoneInfo) -> Period:
    """Give the same shift, or day, on the same weekday so many weeks earlier, by local clocks."""
    day = period.start.astimezone(zone).date()
    before = day - timedelta(weeks=weeks)
    for text in shifts:
        if shift_on(text, day, zone) == period:
            return shift_on(text, before, zone)
    if local_day(day, zone) == period:
        return local_day(before, zone)
    start, end = (_clock_before(at, weeks, zone) for at in (period.start, period.end))
    return Period(period.name, start, end)


def _clock_before(at: datetime, weeks: int, zone: ZoneInfo) -> datetime:
    clock = at.astimezone(zone).replace(tzinfo=None) - timedelta(weeks=weeks)
    return clock.replace(tzinfo=zone).astimezone(UTC)


def end_of_next(shifts: Sequence[str], after: datetime, zone: ZoneInfo) -> datetime:
    """Say when the next shift ends, of those that begin at a moment or after it.

    Without shifts, a day is one.
    """
    today = after.astimezone(zone).date()
    days = [today + timedelta(days=n) for n in (-1, 0, 1, 2)]
    coming = [shift_on(text, day, zone) for day in days for text in shifts]
    coming = coming or [local_day(day, zone) for day in days]
    return min((period for period in coming if period.start >= after), key=_start).end


def _start(period: Period) -> datetime:
    return period.start


def clock_hours(period: Period, zone: ZoneInfo) -> tuple[Period, ...]:
    """Cut a period at each full hour of the local clock; each part is named as it shows, ``06:00``.

    Where clocks are put back an hour is there twice; where they are put forward one is left out.
    """
    found: list[Period] = []
    start = period.start
    while start < period.end:
        clock = start.astimezone(zone)
        left = timedelta(hours=1) - timedelta(
            minutes=clock.minute, seconds=clock.second, microseconds=clock.microsecond
        )
        end = min(start + left, period.end)
        found.append(Period(f"{clock:%H}:00", start, end))
        start = end
    return tuple(found)


def local_moment(clock: datetime, zone: ZoneInfo) -> datetime:
    """Give the moment at which clocks of a zone show a time; the first, if they show it twice.

    Raises:
        BadSetting: If they never show it, because they are put forward over it.
    """
    moment = clock.replace(tzinfo=zone).astimezone(UTC)
    if moment.astimezone(zone).replace(tzinfo=None) != clock:
        raise BadSetting(
            f"There is no {clock:%H:%M} on {clock:%Y-%m-%d} in {zone.key}: clocks are put forward "
            "over it. Name a time before or after."
        )
    return moment


def pauses(beats: Sequence[Beat]) -> list[int]:
    """Say after which scans there is none for longer than `GAP_MAX_S`: where the next ones stand.

    Nothing is looked at in between: from each scan it goes on at the last one that is near enough.

    Args:
        beats: Scans in the order of time.
    """
    longest = timedelta(seconds=GAP_MAX_S)
    found: list[int] = []
    here = 0
    while here < len(beats) - 1:
        near = bisect_right(beats, beats[here][AT] + longest, here + 1, key=_AT) - 1
        if near == here:
            near += 1
            found.append(near)
        here = near
    return found


def activity(beats: Iterable[Beat]) -> Activity:
    """Add up working time, and count the scans.

    The time between two scans of a worker counts for the job of the later one, if it is at most
    `GAP_MAX_S`; every longer interval is a gap.

    Args:
        beats: Scans in the order of time.
    """
    active: defaultdict[tuple[str, str], timedelta] = defaultdict(timedelta)
    scans: Counter[tuple[str, str]] = Counter()
    ends: list[tuple[datetime, Gap]] = []
    each: defaultdict[str, list[Beat]] = defaultdict(list)
    for beat in beats:
        each[beat[WORKER]].append(beat)
    for worker, mine in each.items():
        gaps = pauses(mine)
        for start, end in pairwise((0, *gaps, len(mine))):
            _, job, since = mine[start]
            scans[worker, job] += 1
            for job, run in groupby(mine[start + 1 : end], key=_JOB):
                of_job = [*run]
                scans[worker, job] += len(of_job)
                active[worker, job] += of_job[-1][AT] - since
                since = of_job[-1][AT]
        for index in gaps:
            (_, before, left), (_, after, back) = mine[index - 1 : index + 1]
            length_s = int((back - left).total_seconds())
            ends.append((back, Gap(worker, left, length_s, before, after)))
    active_s = {key: round(length.total_seconds()) for key, length in active.items()}
    ends.sort(key=itemgetter(0))
    return Activity(active_s, scans, tuple(gap for _, gap in ends))


def per_hour(count: int, active_s: int) -> float | None:
    """Give a rate per active hour; None below `RATE_MIN_S`, where it would say nothing."""
    if active_s < RATE_MIN_S:
        return None
    return round(count * 3600 / active_s, 1)


def percent(part: int, whole: int) -> float | None:
    """Give a share in percent; None of nothing."""
    return round(part * 100 / whole, 1) if whole else None


def signed_in_s(
    stretches: Iterable[tuple[str, datetime, datetime | None]], period: Period, now: datetime
) -> dict[str, int]:
    """Add up the seconds that each worker was signed in within a period.

    Args:
        stretches: (worker, signed in, signed out or None if still signed in).
        period: What counts.
        now: Until when somebody counts who has not signed out.
    """
    total: dict[str, float] = {}
    for worker, start, end in stretches:
        first, last = max(start, period.start), min(end or now, period.end)
        if last > first:
            total[worker] = total.get(worker, 0.0) + (last - first).total_seconds()
    return {worker: round(length_s) for worker, length_s in total.items()}
