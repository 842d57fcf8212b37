"""The figures that a shift is known by: beside earlier shifts, and beside the field."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from floorhand.domain.benchmarks import BENCHMARKS
from floorhand.domain.shifts import per_hour, percent
from floorhand.reports.making import Making, seconds, share
from floorhand.reports.model import Cell, Section

Figures = Mapping[str, Any]


def _pieces(figures: Figures) -> float | None:
    return sum(done["pieces"] for done in figures["jobs"].values()) or None


def _inbound_per_hour(figures: Figures) -> float | None:
    jobs = figures["jobs"]
    active_s = jobs["receiving"]["active_s"] + jobs["putaway"]["active_s"]
    return per_hour(jobs["receiving"]["lines"], active_s)


def _orders_per_hour(figures: Figures) -> float | None:
    jobs = figures["jobs"]
    active_s = jobs["picking"]["active_s"] + jobs["packing"]["active_s"]
    return per_hour(figures["orders"]["shipped"], active_s)


def _in_time(figures: Figures) -> float | None:
    orders = figures["orders"]
    return percent(orders["due_shipped_in_time"], orders["due"])


def _filled(figures: Figures) -> float | None:
    orders = figures["orders"]
    return percent(orders["pieces_shipped"], orders["pieces_ordered"])


MEASURES: Final[Mapping[str, Callable[[Figures], float | None]]] = {
    "shipped": lambda figures: figures["orders"]["shipped"],
    "pieces": _pieces,
    "in_time_pct": _in_time,
    "fill_pct": _filled,
    "inbound_lines_per_hour": _inbound_per_hour,
    "orders_per_hour": _orders_per_hour,
    "returns_closed": lambda figures: figures["returns"]["closed"],
}
"""What a shift is known by. ``…_pct`` is in percent, ``…_s`` in seconds."""


def headline(making: Making) -> Section:
    """Show what the shift is known by, beside what the field reaches."""
    rows = []
    for name, measure in MEASURES.items():
        field = BENCHMARKS.get(name)
        best = _cell(name, field.best) if field else None
        usual = _cell(name, field.usual) if field else None
        cells = (_cell(name, measure(making.figures)), best, usual)
        if any(cell is not None for cell in cells):
            rows.append((making.say(f"report.measure.{name}"), *cells))
    return Section(
        "headline",
        making.say("report.section.headline"),
        (),
        making.table(("measure", "ours", "best", "usual"), rows),
        about=making.say("report.about.headline"),
    )


def _cell(name: str, value: float | None) -> Cell:
    if value is None:
        return None
    if name.endswith("_pct"):
        return share(value)
    return seconds(value) if name.endswith("_s") else value
