"""Charts of plain characters: bars that end in eighths of a column, with a mark at the target."""

from __future__ import annotations

from typing import Final

from floorhand.reports.model import Bar, Chart
from floorhand.reports.writing import NOTHING, number
from floorhand.text.catalog import Catalog
from floorhand.text.columns import width

EIGHTHS: Final = " ▏▎▍▌▋▊▉"
FULL: Final = "█"
TARGET: Final = "│"
REACHED: Final = "┃"
"""The mark within a bar that has reached the target."""

BLOCKS: Final = EIGHTHS + FULL + TARGET + REACHED
"""All that bars are drawn with."""

BARS_MIN: Final = 8
"""A chart has at least so many columns, however narrow the page."""


def chart_lines(chart: Chart, words: Catalog, columns: int, *, plain: bool = False) -> list[str]:
    """Draw a chart.

    Args:
        chart: What to draw.
        words: How numbers are written.
        columns: Width of the page.
        plain: With characters of ASCII alone.

    Returns:
        The title, with the target; and a line for each bar: label, bar, number.
    """
    told = [NOTHING if bar.value is None else number(words, bar.value) for bar in chart.bars]
    labels = max((width(bar.label) for bar in chart.bars), default=0)
    numbers = max(map(width, told), default=0)
    room = max(BARS_MIN, columns - labels - numbers - 4)
    lines = [chart_title(chart)]
    for bar, text in zip(chart.bars, told, strict=True):
        drawn = bar_of(chart, bar, room, plain=plain)
        label = bar.label + " " * (labels - width(bar.label))
        lines.append(f"  {label} {drawn} {text:>{numbers}}")
    return lines


def bar_of(chart: Chart, bar: Bar, room: int, *, plain: bool = False) -> str:
    """Draw one bar in so many columns; a value that is not nothing is seen, however small."""
    value = bar.value or 0.0
    eighths = round(value * room * 8 / chart.scale)
    if value > 0:
        eighths = max(eighths, 1)
    full, rest = divmod(eighths, 8)
    if plain:
        drawn = "#" * (full + (rest >= 4 or (not full and rest > 0)))
    else:
        drawn = FULL * full + (EIGHTHS[rest] if rest else "")
    drawn = drawn.ljust(room)
    target = chart.target_of(bar)
    if target is None:
        return drawn
    at = min(round(target * room / chart.scale), room - 1)
    reached = value >= target
    mark = "|" if plain else REACHED if reached else TARGET
    return drawn[:at] + mark + drawn[at + 1 :]


def chart_title(chart: Chart) -> str:
    """Give the title of a chart, with its target."""
    return f"{chart.title} ({chart.aim})" if chart.aim else chart.title
