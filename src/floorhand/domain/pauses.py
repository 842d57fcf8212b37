"""What explains a gap: only what rows prove is said, all else is ``unexplained``."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Final

from floorhand.domain.shifts import GAP_MAX_S, Beat, Gap
from floorhand.errors import Code

LABEL_LATE_S: Final = 30
"""Somebody who waits longer for a label waits for the printer."""

BREAK_SHARE: Final = 0.5
"""A gap is a break if the whole house was quiet for so much of it."""

NO_WORK: Final = frozenset(
    {
        Code.NOTHING_TO_PUT_AWAY,
        Code.STILL_NO_BIN,
        Code.NO_SINGLE_ORDER,
        Code.RETURN_NONE_WAITING,
        Code.NO_DELIVERIES,
    }
)
"""Refusals that tell somebody that there is nothing to do in this job."""

SIGNED_OUT, PRINTER, OUT_OF_WORK, BREAK, UNEXPLAINED = (
    "signed_out",
    "printer",
    "no_work",
    "break",
    "unexplained",
)


@dataclass(frozen=True, slots=True)
class LateLabel:
    """A label that somebody's scan asked for; ``sent`` is None if it was not sent yet."""

    worker: str
    asked: datetime
    sent: datetime | None

    def is_late(self) -> bool:
        """Say whether it came so late that the worker had to wait."""
        return self.sent is None or self.sent - self.asked > timedelta(seconds=LABEL_LATE_S)


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a shift that may explain a gap."""

    signed_out: Mapping[str, Sequence[datetime]]
    """When each worker signed out, or another one signed in at that seat; sorted."""
    late_labels: Iterable[LateLabel]
    last_fates: Mapping[tuple[str, datetime], str]
    """How the scan before a gap ended, by worker and time."""
    quiet: Sequence[tuple[datetime, datetime]]
    """When nobody in the house scanned; from `quiet_times`."""


def quiet_times(beats: Sequence[Beat]) -> tuple[tuple[datetime, datetime], ...]:
    """List the stretches in which nobody scanned, though several people did before and after.

    Args:
        beats: All scans of the period, in the order of time.
    """
    if len({beat.worker for beat in beats}) < 2:
        return ()
    longest = timedelta(seconds=GAP_MAX_S)
    return tuple(
        (one.at, other.at) for one, other in pairwise(beats) if other.at - one.at > longest
    )


def explain(gaps: Sequence[Gap], known: Known) -> tuple[str, ...]:
    """Say of each gap what explains it.

    Returns:
        For each: ``signed_out``; ``printer`` (the label that the last scan asked for was not sent
        within `LABEL_LATE_S`); ``no_work`` (the last scan was refused for want of work);
        ``break`` (for at least half of the gap nobody in the house scanned, and somebody else
        had the same gap); or ``unexplained``.
    """
    late = {(label.worker, label.asked) for label in known.late_labels if label.is_late()}
    return tuple(_why(gap, known, late, gaps) for gap in gaps)


def _why(gap: Gap, known: Known, late: set[tuple[str, datetime]], gaps: Sequence[Gap]) -> str:
    end = gap.start + timedelta(seconds=gap.length_s)
    left = known.signed_out.get(gap.worker, ())
    after = bisect_right(left, end)
    if after and left[after - 1] >= gap.start:
        return SIGNED_OUT
    if (gap.worker, gap.start) in late:
        return PRINTER
    if known.last_fates.get((gap.worker, gap.start)) in NO_WORK:
        return OUT_OF_WORK
    return BREAK if any(_is_break(gap, end, *times, gaps) for times in known.quiet) else UNEXPLAINED


def _is_break(
    gap: Gap, end: datetime, first: datetime, last: datetime, gaps: Sequence[Gap]
) -> bool:
    shared_s = (min(end, last) - max(gap.start, first)).total_seconds()
    return shared_s >= BREAK_SHARE * gap.length_s and any(
        other.worker != gap.worker
        and other.start <= first
        and other.start + timedelta(seconds=other.length_s) >= last - timedelta(seconds=1)
        for other in gaps
    )
