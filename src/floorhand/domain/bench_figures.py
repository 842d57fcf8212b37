"""How right the picks were, as the bench found them: charged to whoever picked."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Set
from datetime import datetime
from typing import Any, Final

from floorhand.domain.entries import Noted
from floorhand.domain.shifts import Refusal
from floorhand.errors import Code

Name = tuple[str, str]
"""Merchant and number of an order."""

JOB: Final = "packing"

NOT_PICKED_WRONG: Final = "damaged"
"""A piece that is missing for this reason is the right one."""

WRONG: Final = frozenset(
    {Code.NOT_IN_ORDER, Code.BELONGS_TO, Code.PACK_WRONG_LOT, Code.PACK_WRONG_SERIAL}
)
EXTRA: Final = frozenset({Code.EXTRA_BELONGS_TO, Code.ALL_CHECKED})
"""Refusals of pieces that the bench had in hand and that should not have been there."""

FOUND: Final = ("missing", "wrong", "extra")


Findings = Mapping[tuple[Name, str], int]
"""Pieces by order and what they are: ``verified``, or one of `FOUND`."""


def bench_findings(
    noted: Noted, refusals: Iterable[Refusal]
) -> tuple[Findings, Mapping[Name, datetime]]:
    """Count what the bench found of each order, and say when it found the first of it.

    The same barcode refused again for the same order is one piece: whoever does not believe a
    refusal scans once more. A refusal is of the order that its seat had open then.
    """
    refused = [one for one in refusals if one.job == JOB and one.code in WRONG | EXTRA]
    found: Counter[tuple[Name, str]] = Counter()
    times: defaultdict[Name, list[datetime]] = defaultdict(list)
    for one in noted("verified", "missing"):
        facts = one.facts
        if (order := _order(facts)) is None:
            continue
        times[order].append(one.at)
        if facts.get("verified"):
            found[order, "verified"] += one.count("verified")
        if facts.get("missing") and facts.get("reason") != NOT_PICKED_WRONG:
            found[order, "missing"] += one.count("missing")
    opened = _opened(noted, {one.seat for one in refused}) if refused else {}
    once = set()
    for refusal in refused:
        if (order := _open_then(opened.get(refusal.seat, []), refusal.at)) is not None:
            once.add((order, "wrong" if refusal.code in WRONG else "extra", refusal.scanned))
            times[order].append(refusal.at)
    found.update((order, what) for order, what, _ in once)
    return found, {order: min(at) for order, at in times.items()}


def _order(facts: Mapping[str, Any]) -> Name | None:
    """Name the order that the bench had before it; None if that was something else."""
    if facts.get("job") != JOB or not facts.get("order"):
        return None
    return facts.get("merchant", ""), facts["order"]


def _opened(noted: Noted, seats: Set[str]) -> dict[str, list[tuple[datetime, Name]]]:
    """Say which orders some seats had before them, and since when."""
    opened: dict[str, list[tuple[datetime, Name]]] = {}
    for one in noted("order"):
        if one.seat in seats and (order := _order(one.facts)) is not None:
            opened.setdefault(one.seat, []).append((one.at, order))
    for at_seat in opened.values():
        at_seat.sort()
    return opened


def _open_then(opened: list[tuple[datetime, Name]], at: datetime) -> Name | None:
    before = bisect_left(opened, at, key=lambda one: one[0])
    return opened[before - 1][1] if before else None


def bench_figures(findings: Findings, pickers: Mapping[Name, str]) -> dict[str, Any]:
    """Add up what was found.

    Args:
        findings: From `bench_findings`.
        pickers: Who picked each order, or most of it.

    Returns:
        Pieces ``verified``, ``missing``, ``wrong`` and ``extra``, ``accuracy_pct`` (None if none
        was verified, to two digits); ``by_picker`` the same for each. Whose order nobody picked
        here is charged to nobody, ``–``.
    """
    whole: Counter[str] = Counter()
    each: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for (order, what), pieces in findings.items():
        whole[what] += pieces
        each[pickers.get(order, "–")][what] += pieces
    return {
        **_told(whole),
        "by_picker": {picker: _told(counts) for picker, counts in sorted(each.items())},
    }


def _told(counts: Mapping[str, int]) -> dict[str, Any]:
    verified = counts.get("verified", 0)
    found = {name: counts.get(name, 0) for name in FOUND}
    right = 1 - sum(found.values()) / verified if verified > 0 else None
    accuracy = None if right is None else round(max(0.0, right) * 100, 2)
    return {"verified": verified, **found, "accuracy_pct": accuracy}
