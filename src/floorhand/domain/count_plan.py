"""Which bins are to be counted next: those of fast products often, and those that are doubted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

CLASSES: Final = ("A", "B", "C")
"""Fast, middling and slow products."""

A_SHARE_PCT, B_SHARE_PCT = 80, 95
"""Products that make up so much of what is sold are A; with B it is so much."""

DUE, DOUBT = "due", "doubt"
"""Why a bin is counted, as the reason of its task."""

DOUBTS: Final = ("suspect_stock", "place_misses", "overrides", "full")
"""What makes the books of a bin doubtful, the worst first: pieces that a picker did not find, a
label that nobody could confirm, a proposal that was not taken, a worker who saw no room."""

PLANNED_MAX: Final = 500
"""Counts that are planned at once at most: more is no day's work."""

Sku = tuple[str, str]


@dataclass(frozen=True, slots=True)
class BinFacts:
    """A bin with goods in it, as the plan sees it.

    ``since`` is when it was counted last or, if it never was, when goods came to it first;
    ``counted`` says which. ``doubts`` are of `DOUBTS`.
    """

    place: str
    zone: str
    walk_no: int
    skus: tuple[Sku, ...]
    since: datetime
    counted: bool
    doubts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Due:
    """A bin that should be counted.

    ``grade`` is the class of its fastest product, ``overdue_days`` how long it has been its turn
    (below zero: it is not yet). ``doubts`` are why it is to be counted at once.
    """

    place: str
    zone: str
    grade: str
    since: datetime
    counted: bool
    overdue_days: int
    doubts: tuple[str, ...] = ()

    @property
    def reason(self) -> str:
        """Give the reason of its task."""
        return DOUBT if self.doubts else DUE


def grades(sold: Mapping[Sku, int], known: Mapping[Sku, str]) -> dict[Sku, str]:
    """Grade products by how many pieces of them were sold; what the site has graded stands.

    Those that make up the first `A_SHARE_PCT` of all pieces are A, up to `B_SHARE_PCT` B. A product
    that is not in the answer was not sold: it is C.
    """
    total, before = sum(sold.values()), 0
    found: dict[Sku, str] = {}
    for sku, pieces in sorted(sold.items(), key=lambda item: (-item[1], item[0])):
        share = 100 * before
        found[sku] = "A" if share < A_SHARE_PCT * total else "B"
        if share >= B_SHARE_PCT * total:
            found[sku] = "C"
        before += pieces
    return found | {sku: grade for sku, grade in known.items() if grade in CLASSES}


def plan(
    bins: Iterable[BinFacts],
    graded: Mapping[Sku, str],
    days: Mapping[str, int],
    now: datetime,
) -> tuple[Due, ...]:
    """Put bins in the order in which they should be counted; only those that should be.

    What is doubted comes first, the worst doubt before others; then what has waited longest beyond
    its turn, measured by its own interval: ten days late weigh more where it is every thirty.

    Args:
        bins: All bins with goods, without those for which a count is open.
        graded: From `grades`.
        days: Between two counts, by class; 0: never by itself.
        now: UTC time.
    """
    rated = []
    for one in bins:
        grade = min((graded.get(sku, "C") for sku in one.skus), default="C")
        interval = days.get(grade, 0)
        age = (now - one.since).total_seconds() / 86_400
        late = age / interval if interval else 0.0
        if not one.doubts and late < 1:
            continue
        worst = min((DOUBTS.index(doubt) for doubt in one.doubts), default=len(DOUBTS))
        due = Due(
            one.place,
            one.zone,
            grade,
            one.since,
            one.counted,
            int(age - interval) if interval else 0,
            one.doubts,
        )
        rated.append(((worst, -late, one.walk_no, one.place), due))
    return tuple(due for _, due in sorted(rated, key=lambda pair: pair[0]))
