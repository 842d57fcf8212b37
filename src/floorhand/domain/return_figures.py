"""The figures of what came back: what was judged of it, how long that took, and what is due."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from floorhand.domain.entries import Entry, by_word, total
from floorhand.domain.spreads import spread_s

JOB: Final = "returns"
RETURNS_NOTE: Final = ("received", "unknown", "disposition", "orders")
"""What operations on returns note that their figures are made of."""

JUDGED_BY: Final = ("grade", "reason", "disposition", "merchant", "outcome")


def return_figures(entries: Iterable[Entry], missed: int, will_approve: int) -> dict[str, Any]:
    """Add up what was received, judged and closed.

    Args:
        entries: All that counts in the period.
        missed: Returns that were here and not closed when their deadline passed in the period.
        will_approve: Returns here, not closed at its end, whose deadline is before the next
            shift's end: a platform approves by itself what nobody judges.

    Returns:
        Counts of returns: ``received``, ``unknown`` (of these), ``closed``, ``deadlines_missed``,
        ``will_auto_approve``; ``inspected`` pieces, and the same by ``grade``, ``reason``,
        ``disposition``, ``merchant`` and ``outcome``; ``age`` with ``median_s``, ``p90_s`` and
        ``returns``, from received to closed.
    """
    mine = [entry for entry in entries if entry.facts.get("job") == JOB]
    judged = [entry for entry in mine if "disposition" in entry.facts]
    closed = [entry for entry in mine if entry.facts.get("orders")]
    ages = [
        (int(entry.facts["age_s"]), 1)
        for entry in closed
        if entry.sign > 0 and "age_s" in entry.facts
    ]
    return {
        "received": total(mine, "received"),
        "unknown": total(mine, "unknown"),
        "inspected": total(judged, "pieces"),
        "closed": total(closed, "orders"),
        **{name: by_word(judged, name, "pieces") for name in JUDGED_BY},
        "age": {**spread_s(ages), "returns": len(ages)},
        "deadlines_missed": missed,
        "will_auto_approve": will_approve,
    }
