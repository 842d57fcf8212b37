"""What explains a gap: only what rows prove is said, all else is ``unexplained``."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise
from operator import itemgetter
from typing import Final, NamedTuple

from floorhand.domain.shifts import AT, WORKER, Beat, Gap, pauses
from floorhand.errors import Code

LABEL_LATE_S: Final = 30
"""Somebody who waits longer for a label waits for the printer."""

_LATE = timedelta(seconds=LABEL_LATE_S)

GAP_SHARE: Final = 0.5
"""What lasts for so much of a gap explains it."""

Stretch = tuple[datetime, datetime]

_Scans = Set[tuple[str, datetime]]
"""Scans by worker and time."""

NO_WORK: Final = frozenset(
    {
        Code.NOTHING_TO_PUT_AWAY,
        Code.STILL_NO_BIN,
        Code.NO_SINGLE_ORDER,
        Code.NOTHING_TO_COUNT,
        Code.NOTHING_TO_REFILL,
        Code.RETURN_NONE_WAITING,
        Code.NO_DELIVERIES,
    }
)
"""Refusals that tell somebody that there is nothing to do in this job."""

PICKING: Final = "picking"
SIGNED_OUT, AWAY, PRINTER, OUT_OF_WORK, BREAK, UNEXPLAINED = (
    "signed_out",
    "away",
    "printer",
    "no_work",
    "break",
    "unexplained",
)


class LateLabel(NamedTuple):
    """A label that somebody's scan asked for; ``sent`` is None if it was not sent yet.

    It is a tuple, for a shift has thousands: that is made four times as fast.
    """

    worker: str
    asked: datetime
    sent: datetime | None

    def is_late(self) -> bool:
        """Say whether it came so late that the worker had to wait."""
        return self.sent is None or self.sent - self.asked > _LATE


@dataclass(frozen=True, slots=True)
class Idle:
    """A scan that waited so long for the database, or that asked for a walk when there was none."""

    worker: str
    at: datetime
    waited_s: int
    no_work: bool


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a shift that may explain a gap."""

    signed_out: Mapping[str, Sequence[datetime]]
    """When each worker signed out, or another one signed in at that seat; sorted."""
    late_labels: Iterable[LateLabel]
    refused: Mapping[tuple[str, datetime], str]
    """Why scans were refused, by worker and time."""
    quiet: Sequence[Stretch]
    """When nobody in the house scanned; from `quiet_times`."""
    idle: Sequence[Idle] = ()
    """Scans that waited, and that asked in vain."""
    workless: Sequence[Stretch] = ()
    """When there was nothing to pick; from `workless_times`."""


def quiet_times(beats: Sequence[Beat]) -> tuple[Stretch, ...]:
    """List the stretches in which nobody scanned, though several people did before and after.

    Args:
        beats: All scans of the period, in the order of time.
    """
    if len(set(map(itemgetter(WORKER), beats))) < 2:
        return ()
    return tuple((beats[index - 1][AT], beats[index][AT]) for index in pauses(beats))


def workless_times(idle: Iterable[Idle], claimed: Iterable[datetime]) -> tuple[Stretch, ...]:
    """List the stretches in which there was nothing to pick for anybody.

    Whoever asks and is told that there is nothing proves it for that moment. Between two such
    moments there was nothing either, unless somebody was given a walk in between: what comes in
    is still there when the next one asks.

    Args:
        idle: Scans of a period, in the order of time.
        claimed: When walks were given to somebody.
    """
    given = sorted(claimed)
    asked = [one.at for one in idle if one.no_work]
    return tuple(
        (first, last)
        for first, last in pairwise(asked)
        if bisect_right(given, first) == bisect_right(given, last)
    )


def explain(gaps: Sequence[Gap], known: Known) -> tuple[str, ...]:
    """Say of each gap what explains it.

    Returns:
        For each: ``signed_out``; ``away`` (for at least half of the gap the terminal tried to send
        the scan that ended it); ``printer`` (the label that the last scan asked for was not sent
        within `LABEL_LATE_S`); ``no_work`` (the last scan asked for work in vain, or the worker
        was picking and for at least half of the gap there was nothing to pick);
        ``break`` (for at least half of the gap nobody in the house scanned, and somebody else
        had the same gap); or ``unexplained``.
    """
    late = {(label.worker, label.asked) for label in known.late_labels if label.is_late()}
    in_vain = {(one.worker, one.at) for one in known.idle if one.no_work}
    known = replace(known, idle=[one for one in known.idle if one.waited_s])
    return tuple(_why(gap, known, late, in_vain, gaps) for gap in gaps)


def _why(gap: Gap, known: Known, late: _Scans, in_vain: _Scans, gaps: Sequence[Gap]) -> str:
    end = gap.start + timedelta(seconds=gap.length_s)
    left = known.signed_out.get(gap.worker, ())
    after = bisect_right(left, end)
    if after and left[after - 1] >= gap.start:
        return SIGNED_OUT
    if _was_away(gap, end, known.idle):
        return AWAY
    if (gap.worker, gap.start) in late:
        return PRINTER
    if _is_out_of_work(gap, end, known, in_vain):
        return OUT_OF_WORK
    return BREAK if any(_is_break(gap, end, *times, gaps) for times in known.quiet) else UNEXPLAINED


def _was_away(gap: Gap, end: datetime, idle: Iterable[Idle]) -> bool:
    """Say whether the scan that ended a gap, whose length is in whole seconds, had to wait."""
    return any(
        one.worker == gap.worker
        and one.waited_s >= GAP_SHARE * gap.length_s
        and end <= one.at < end + timedelta(seconds=1)
        for one in idle
    )


def _is_out_of_work(gap: Gap, end: datetime, known: Known, in_vain: _Scans) -> bool:
    if known.refused.get((gap.worker, gap.start)) in NO_WORK:
        return True
    if (gap.worker, gap.start) in in_vain:
        return True
    if PICKING not in (gap.before, gap.after):
        return False
    shared_s = sum(_shared_s(gap, end, *times) for times in known.workless)
    return shared_s >= GAP_SHARE * gap.length_s


def _shared_s(gap: Gap, end: datetime, first: datetime, last: datetime) -> float:
    return max(0.0, (min(end, last) - max(gap.start, first)).total_seconds())


def _is_break(
    gap: Gap, end: datetime, first: datetime, last: datetime, gaps: Sequence[Gap]
) -> bool:
    shared_s = _shared_s(gap, end, first, last)
    return shared_s >= GAP_SHARE * gap.length_s and any(
        other.worker != gap.worker
        and other.start <= first
        and other.start + timedelta(seconds=other.length_s) >= last - timedelta(seconds=1)
        for other in gaps
    )
