"""The figures that a shift is known by: beside earlier shifts, and beside the field."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from floorhand.domain.benchmarks import BENCHMARKS
from floorhand.domain.headlines import headlines
from floorhand.domain.shifts import per_hour
from floorhand.domain.signing_in import JOBS
from floorhand.reports.making import Making, seconds, share
from floorhand.reports.model import Cell, Section

Figures = Mapping[str, Any]


def _inbound_per_hour(figures: Figures) -> float | None:
    jobs = figures["jobs"]
    active_s = jobs["receiving"]["active_s"] + jobs["putaway"]["active_s"]
    return per_hour(jobs["receiving"]["lines"], active_s)


def _orders_per_hour(figures: Figures) -> float | None:
    jobs = figures["jobs"]
    active_s = jobs["picking"]["active_s"] + jobs["packing"]["active_s"]
    return per_hour(figures["orders"]["shipped"], active_s)


OURS: Final[Mapping[str, Callable[[Figures], float | None]]] = {
    "inbound_lines_per_hour": _inbound_per_hour,
    "orders_per_hour": _orders_per_hour,
}
"""Measures of the field that are not among the headlines of a shift."""

ORDER: Final = (
    *("orders_shipped", "on_time_pct", "pick_accuracy_pct", "dock_to_stock_median_s"),
    *("order_cycle_median_s", "returns_closed", "fill_pct", "short_pct", "refusal_pct"),
    *("inbound_lines_per_hour", "orders_per_hour", "proposals_taken_pct", "return_age_median_s"),
    *("labels_printed", "adjustments_gross", "dock_to_stock_p90_s", "order_cycle_p90_s"),
)
"""The order in which they are read; headlines that are not named here follow."""


def headline(making: Making) -> Section:
    """Show what the shift is known by, beside shifts before it and what the field reaches."""
    figures = making.figures
    before = figures.get("comparison", {"shifts": (), "figures": {}})
    ours = headlines(figures) | {name: measure(figures) for name, measure in OURS.items()}
    named = {name: _cells(name, ours, before["figures"]) for name in dict.fromkeys((*ORDER, *ours))}
    rows = (
        (_name(making, name), *cells) for name, cells in named.items() if _says(name, cells[:3])
    )
    table = making.table(("measure", "ours", "last", "mean", "best", "usual"), rows)
    shifts = len(before["shifts"])
    said = (making.say("report.compared", n=shifts),) if shifts else ()
    title, about = making.say("report.section.headline"), making.say("report.about.headline")
    return Section("headline", title, said, table, about=about)


def _job(name: str) -> tuple[str, str]:
    """Give the job that a measure is of, and what is measured; no job if it is of none."""
    job, _, what = name.partition("_")
    return (job, what) if job in JOBS and what.startswith("pieces") else ("", name)


def _says(name: str, cells: tuple[Cell, ...]) -> bool:
    """Say whether a measure says anything; that nobody did a job is no news."""
    known = any(cell is not None for cell in cells)
    return any(cells) if _job(name)[0] else known


def _name(making: Making, name: str) -> str:
    """Give the words for a measure; for those of a job, with its name."""
    job, what = _job(name)
    if job:
        return making.say(f"report.measure.job_{what}", job=making.say(f"job.{job}"))
    return making.say(f"report.measure.{name}")


def _cells(
    name: str, ours: Mapping[str, float | None], before: Mapping[str, Figures]
) -> tuple[Cell, ...]:
    earlier, field = before.get(name, {}), BENCHMARKS.get(name)
    found = (ours[name], earlier.get("last"), earlier.get("mean"))
    known = (field.best, field.usual) if field else (None, None)
    return tuple(_cell(name, value) for value in (*found, *known))


def _cell(name: str, value: float | None) -> Cell:
    if value is None:
        return None
    if name.endswith("_pct"):
        return share(value)
    return seconds(value) if name.endswith("_s") else value


def times(making: Making) -> Section | None:
    """Tell how long things took: half of them no longer than this, nine in ten no longer."""
    figures = making.figures
    found = (
        ("dock_to_stock", figures["dock_to_stock"], figures["dock_to_stock"]["pieces"]),
        ("cycle", figures["orders"]["cycle"], figures["orders"]["cycle"]["orders"]),
        ("return_age", figures["returns"]["age"], figures["returns"]["age"]["returns"]),
    )
    rows = (
        (
            making.say(f"report.time.{name}"),
            seconds(spread["median_s"]),
            seconds(spread["p90_s"]),
            count,
        )
        for name, spread, count in found
        if count
    )
    table = making.table(("what", "median", "p90", "count"), rows)
    said = tuple(_unfinished(making))
    if table is None and not said:
        return None
    title, about = making.say("report.section.times"), making.say("report.about.times")
    return Section("times", title, said, table, about=about)


def _unfinished(making: Making) -> Iterator[str]:
    left = making.figures["dock_to_stock"]["unfinished"]
    if left["pieces"]:
        oldest = making.length(left["oldest_s"])
        yield making.say("report.unfinished", n=left["pieces"], oldest=oldest)
