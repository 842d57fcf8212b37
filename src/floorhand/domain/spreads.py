"""How values spread: the median, and what nine in ten do not exceed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any


def quantile(values: Iterable[tuple[int, int]], percent: int) -> int | None:
    """Give the smallest value that so many percent of all do not exceed; None of nothing.

    It is always one that occurred (the nearest rank), so that no figure shows a time that nobody
    took.

    Args:
        values: Each with how often it occurred, at least once.
        percent: 1 to 100.
    """
    ordered = sorted(values)
    wanted = sum(times for _, times in ordered) * percent
    seen = 0
    for value, times in ordered:
        seen += times * 100
        if seen >= wanted:
            return value
    return None


def spread_s(values: Iterable[tuple[int, int]]) -> dict[str, Any]:
    """Tell seconds by their median and 90 %: ``median_s`` and ``p90_s``, None of nothing."""
    listed = list(values)
    return {"median_s": quantile(listed, 50), "p90_s": quantile(listed, 90)}
