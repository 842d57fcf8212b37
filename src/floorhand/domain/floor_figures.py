"""The figures of work on the floor that are not about speed: shorts, proposals, what was undone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from floorhand.domain.entries import Entry, TakenBack, by_word, having, plain, total
from floorhand.domain.shifts import percent

DELIVERY_COUNTS = (
    "expected_pieces",
    "counted_pieces",
    "damaged_pieces",
    "over",
    "short",
)


@dataclass(frozen=True, slots=True)
class Net:
    """By how many pieces of a SKU an operation made the stock more or less."""

    operation: str
    kind: str
    """Of the operation."""
    merchant: str
    pieces: int


def short_figures(entries: Iterable[Entry], finished: int) -> dict[str, Any]:
    """Say how often picking could not find all.

    Args:
        entries: All that counts in the period and noted short lines.
        finished: How many lines were picked in it.

    Returns:
        ``lines_short``, ``lines_finished``, ``short_pct`` (None of nothing), and the short lines
        ``by_reason`` and ``by_bin``.
    """
    picking = [
        entry for entry in having(entries, "short_lines") if entry.facts.get("job") == "picking"
    ]
    short = total(picking, "short_lines")
    return {
        "lines_short": short,
        "lines_finished": finished,
        "short_pct": percent(short, finished),
        "by_reason": by_word(picking, "reason", "short_lines"),
        "by_bin": by_word(having(picking, "place"), "place", "short_lines"),
    }


def proposal_figures(entries: Iterable[Entry]) -> dict[str, Any]:
    """Say how often goods went where it was proposed.

    Returns:
        ``put_aways``, ``taken``, ``taken_pct``, and why not, ``by_reason``.
    """
    stored = [entry for entry in entries if "proposed" in entry.facts]
    count, taken = sum(entry.sign for entry in stored), total(stored, "proposed")
    other: Counter[str] = Counter()
    for entry in stored:
        if not entry.facts["proposed"]:
            other[entry.word("reason") or "–"] += entry.sign
    return {
        "put_aways": count,
        "taken": taken,
        "taken_pct": percent(taken, count),
        "by_reason": plain(other),
    }


def count_figures(entries: Iterable[Entry]) -> dict[str, Any]:
    """Say how right the books were where somebody counted; a count that is made again is none yet.

    Returns:
        ``places`` counted and those that were ``right``, ``places_pct``; pieces ``believed`` and
        how many they were ``off``, to either side, ``pieces_pct``. A share is None of nothing.
    """
    ended = [entry for entry in entries if "places" in entry.facts]
    places, right = total(ended, "places"), total(ended, "right")
    believed, off = total(ended, "believed"), total(ended, "off")
    return {
        "places": places,
        "right": right,
        "places_pct": percent(right, places),
        "believed": believed,
        "off": off,
        "pieces_pct": percent(max(0, believed - off), believed),
    }


def delivery_figures(entries: Iterable[Entry]) -> dict[str, dict[str, int]]:
    """Add up the deliveries that were closed, by merchant.

    Returns:
        By merchant: ``closed``, ``differing`` (of these: over, short, damaged or unannounced), and
        in pieces ``expected``, ``counted``, ``damaged``, ``over`` and ``short``.
    """
    found: dict[str, Counter[str]] = {}
    for entry in entries:
        if not entry.facts.get("deliveries"):
            continue
        counts = found.setdefault(entry.word("merchant"), Counter())
        counts["closed"] += entry.sign
        differs = any(entry.facts.get(n) for n in ("over", "short", "damaged_pieces", "blind"))
        counts["differing"] += entry.sign * differs
        for name in DELIVERY_COUNTS:
            counts[name.removesuffix("_pieces")] += entry.count(name)
    return {merchant: dict(counts) for merchant, counts in sorted(found.items())}


def adjustment_figures(entries: Mapping[str, Entry], nets: Iterable[Net]) -> dict[str, Any]:
    """Add up how much more or less the stock became without coming or going.

    Args:
        entries: What counts in the period, by operation.
        nets: What operations put right; the same pieces in another condition or lot are no
            difference.

    Returns:
        In pieces: ``plus``, ``minus``, ``gross`` (both), ``net``; ``by_reason`` and
        ``by_merchant``, each with ``plus`` and ``minus``. The reason is the one that was given,
        else the kind of the operation.
    """
    both: Counter[str] = Counter()
    reasons: dict[str, Counter[str]] = {}
    merchants: dict[str, Counter[str]] = {}
    for net in nets:
        entry = entries.get(net.operation)
        if entry is None or not net.pieces:
            continue
        reason = entry.word("reason") or net.kind
        way, more = ("plus" if net.pieces > 0 else "minus"), entry.sign * abs(net.pieces)
        for counts in (
            both,
            reasons.setdefault(reason, Counter()),
            merchants.setdefault(net.merchant, Counter()),
        ):
            counts[way] += more
    plus, minus = both["plus"], both["minus"]
    return {
        "plus": plus,
        "minus": minus,
        "gross": plus + minus,
        "net": plus - minus,
        "by_reason": {name: _ways(counts) for name, counts in sorted(reasons.items())},
        "by_merchant": {name: _ways(counts) for name, counts in sorted(merchants.items())},
    }


def _ways(counts: Mapping[str, int]) -> dict[str, int]:
    return {"plus": counts.get("plus", 0), "minus": counts.get("minus", 0)}


def undo_figures(taken_back: Iterable[TakenBack]) -> dict[str, dict[str, int]]:
    """Count what was taken back, by the worker who did that, then by the job it was of."""
    found: dict[str, Counter[str]] = {}
    for one in taken_back:
        found.setdefault(one.worker, Counter())[one.job] += 1
    return {worker: plain(jobs) for worker, jobs in sorted(found.items())}
