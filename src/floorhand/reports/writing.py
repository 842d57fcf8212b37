"""Write the cells of a report as people of a language read them."""

from __future__ import annotations

from datetime import datetime, timedelta

from floorhand.reports.model import Cell, Report, Share
from floorhand.text.catalog import Catalog
from floorhand.text.visible import visible

NOTHING = "–"
"""Stands where a figure would say nothing, such as a rate of too short a time."""

_A_DAY = timedelta(days=1)


def written(report: Report, cell: Cell) -> str:
    """Write a cell; a moment by the building's clock, with its day where it is another day."""
    match cell:
        case None:
            return NOTHING
        case datetime():
            return _moment(report, cell)
        case timedelta():
            return length(cell)
        case Share(percent=percent):
            return report.words.say("report.percent", {"value": number(report.words, percent)})
        case bool() | str():
            return visible(str(cell))
        case _:
            return number(report.words, cell)


def number(words: Catalog, value: float) -> str:
    """Write a number with the sign that a language puts before tenths."""
    plain = f"{value:g}"
    return f"{value:.0f}" if "e" in plain else plain.replace(".", words.say("report.point"))


def length(elapsed: timedelta) -> str:
    """Write a length in hours and minutes; below a minute in seconds."""
    seconds = round(elapsed.total_seconds())
    if 0 < seconds < 60:
        return f"{seconds} s"
    return f"{seconds // 3600}:{seconds % 3600 // 60:02}"


def clock(local: datetime) -> str:
    """Write a local time of day; where clocks show it twice, which one: ``02:10A``, ``02:10B``.

    Germany's ordinance on summer time calls the two hours 2A and 2B.
    """
    return f"{local:%H:%M}{'AB'[local.fold] if comes_twice(local) else ''}"


def comes_twice(local: datetime) -> bool:
    """Say whether clocks show a local time twice, as in the night in which they are put back."""
    first, second = (local.replace(fold=fold).utcoffset() for fold in (0, 1))
    return first != second


def day_and_clock(words: Catalog, local: datetime) -> str:
    """Write a local moment with its day."""
    day = words.say(
        "date.form", {"year": f"{local:%Y}", "month": f"{local:%m}", "day": f"{local:%d}"}
    )
    return f"{day} {clock(local)}"


def _moment(report: Report, at: datetime) -> str:
    local = at.astimezone(report.zone)
    if report.since <= at < report.since + _A_DAY:
        return clock(local)
    return day_and_clock(report.words, local)
