"""The figures of orders that this house closed: that left, or of which nothing could be sent."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from floorhand.domain.entries import SHORT_OF, Entry, plain, total
from floorhand.domain.shifts import percent
from floorhand.domain.spreads import spread_s


def order_figures(entries: Iterable[Entry], due: int, due_in_time: int) -> dict[str, Any]:
    """Add up the orders that were closed, and what became of their pieces.

    Args:
        entries: All that counts in the period.
        due: Orders whose deadline has passed in the period, not cancelled before it.
        due_in_time: How many of these left by then, whenever that was.

    Returns:
        Counts of orders: ``shipped``, ``shipped_before_cut_off``, ``shipped_after_cut_off``,
        ``closed_short`` (nothing could be sent), ``due``, ``due_shipped_in_time``; of pieces of the
        orders closed: ``pieces_ordered``, ``pieces_shipped``, ``pieces_short``,
        ``short_by_reason``; ``on_time_pct`` (of those due), ``fill_pct`` (pieces shipped of those
        ordered); ``cycle`` with ``median_s`` and ``p90_s`` from released to left, and the number
        of ``orders`` of which that is known. A share is None of nothing.
    """
    closed = [entry for entry in entries if "ordered_pieces" in entry.facts]
    left = [entry for entry in closed if "on_time" in entry.facts]
    shipped, early = sum(entry.sign for entry in left), total(left, "on_time")
    ordered, sent = total(closed, "ordered_pieces"), total(closed, "shipped_pieces")
    took = [
        (int(entry.facts["cycle_s"]), 1)
        for entry in left
        if entry.sign > 0 and "cycle_s" in entry.facts
    ]
    return {
        "shipped": shipped,
        "shipped_before_cut_off": early,
        "shipped_after_cut_off": shipped - early,
        "closed_short": total(closed, "orders_short"),
        "due": due,
        "due_shipped_in_time": due_in_time,
        "on_time_pct": percent(due_in_time, due),
        "pieces_ordered": ordered,
        "pieces_shipped": sent,
        "pieces_short": ordered - sent,
        "short_by_reason": _short_by_reason(closed),
        "fill_pct": percent(sent, ordered),
        "cycle": {**spread_s(took), "orders": len(took)},
    }


def _short_by_reason(closed: Iterable[Entry]) -> dict[str, int]:
    found: Counter[str] = Counter()
    for entry in closed:
        for name in entry.facts:
            if name.startswith(SHORT_OF):
                found[name.removeprefix(SHORT_OF)] += entry.count(name)
    return plain(found)
