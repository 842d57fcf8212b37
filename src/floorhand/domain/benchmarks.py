"""What the field reaches: the figures that ours are shown beside.

Source: WERC DC Measures 2020 (scribd.com/document/688617286) for accuracy, orders in time and
whole; WERC 2025 as told by logistics.kbaas.ai for hours and rates per person. They are what
warehouses say of themselves, so they are a direction, not a promise.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Benchmark:
    """What the best reach, and what is usual; None where nothing is known of it."""

    best: float
    usual: float | None = None


BENCHMARKS: Final[Mapping[str, Benchmark]] = {
    "on_time_pct": Benchmark(99.7),
    "pick_accuracy_pct": Benchmark(99.9),
    "count_accuracy_pct": Benchmark(99.0, 98.0),
    "dock_to_stock_median_s": Benchmark(3.5 * 3600, 6 * 3600),
    "inbound_lines_per_hour": Benchmark(68.9, 22.0),
    "orders_per_hour": Benchmark(35.0, 10.0),
}
"""By measure; ``…_pct`` in percent, ``…_s`` in seconds, ``…_per_hour`` for each hour that somebody
worked on it."""
