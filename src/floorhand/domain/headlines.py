"""The figures of a shift that are held against those of shifts before it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from floorhand.domain.signing_in import JOBS

COMPARED_WEEKS: Final = 4
"""So many weeks back the shift of the same name and weekday is looked at."""

_PATHS: Final[Mapping[str, tuple[str, ...]]] = {
    **{f"{job}_pieces": ("jobs", job, "pieces") for job in JOBS},
    **{f"{job}_pieces_per_hour": ("jobs", job, "pieces_per_hour") for job in JOBS},
    "orders_shipped": ("orders", "shipped"),
    "on_time_pct": ("orders", "on_time_pct"),
    "fill_pct": ("orders", "fill_pct"),
    "order_cycle_median_s": ("orders", "cycle", "median_s"),
    "order_cycle_p90_s": ("orders", "cycle", "p90_s"),
    "dock_to_stock_median_s": ("dock_to_stock", "median_s"),
    "dock_to_stock_p90_s": ("dock_to_stock", "p90_s"),
    "pick_accuracy_pct": ("bench", "accuracy_pct"),
    "short_pct": ("shorts", "short_pct"),
    "proposals_taken_pct": ("proposals", "taken_pct"),
    "count_accuracy_pct": ("counts", "places_pct"),
    "refusal_pct": ("refusals", "refusal_pct"),
    "returns_closed": ("returns", "closed"),
    "return_age_median_s": ("returns", "age", "median_s"),
    "labels_printed": ("labels", "printed"),
    "adjustments_gross": ("adjustments", "gross"),
}
"""Name of each headline, and where it stands among the figures."""


def headlines(figures: Mapping[str, Any]) -> dict[str, float | None]:
    """Pick the headlines out of the figures of a shift."""
    return {name: _at(figures, path) for name, path in _PATHS.items()}


def _at(figures: Any, path: Sequence[str]) -> Any:
    for name in path:
        figures = figures[name]
    return figures


def compared(
    now: Mapping[str, float | None], before: Sequence[Mapping[str, float | None]]
) -> dict[str, dict[str, float | None]]:
    """Hold headlines against those of earlier shifts.

    Args:
        now: Of the shift.
        before: Of the shifts before it in which anything was done, the latest first.

    Returns:
        By headline: ``now``, ``last`` (of the latest before) and ``mean`` (of all, to one digit;
        over those that have the figure). None where there is none.
    """
    return {
        name: {
            "now": value,
            "last": before[0].get(name) if before else None,
            "mean": _mean([known for one in before if (known := one.get(name)) is not None]),
        }
        for name, value in now.items()
    }


def _mean(values: Sequence[float]) -> float | None:
    return round(sum(values) / len(values), 1) if values else None
