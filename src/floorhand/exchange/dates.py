"""Read dates as files write them; the order of day and month is decided once for a whole file."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, timezone
from functools import lru_cache
from zoneinfo import ZoneInfo

from floorhand.exchange.cells import BadCell, shown

YEAR_MIN = 1990
YEAR_MAX = 2100

CACHED_MAX = 50_000
"""Different times of one file that are remembered; order files repeat each for many lines."""

DUE_MAX = 4_096
"""Deadlines that are remembered; the orders of a file were often placed in the same minute."""

_ISO = re.compile(
    r"(?P<y>\d{4})[-/.](?P<m>\d{1,2})[-/.](?P<d>\d{1,2})"
    r"(?:[T ]+(?P<clock>\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?))?"
    r"\s*(?P<zone>Z|UTC|[+-]\d{2}:?\d{2})?"
)
_LOCAL = re.compile(
    r"(?P<a>\d{1,2})[/.\-](?P<b>\d{1,2})[/.\-](?P<y>\d{4}|\d{2})"
    r"(?:,?[T ]+(?P<clock>\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)\s*(?P<half>[AaPp]\.?[Mm]\.?)?)?"
)
_MONTH = (
    r"(?P<m>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
_TIME = (
    r"(?:,?[T ]+(?P<clock>\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)\s*(?P<half>[ap]\.?m\.?)?)?"
    r"\s*(?P<zone>Z|UTC|[+-]\d{2}:?\d{2})?"
)
_RARER = tuple(
    re.compile(day + _TIME, re.ASCII | re.IGNORECASE)
    for day in (
        rf"(?P<d>\d{{1,2}})[ /.-]+{_MONTH}[ ,/.-]+(?P<y>\d{{4}})",
        rf"{_MONTH}[ ,/.-]*(?P<d>\d{{1,2}})[ ,/.-]+(?P<y>\d{{4}})",
        r"(?P<y>\d{4})(?P<m>\d{2})(?P<d>\d{2})",
    )
)
"""English names of months, and eight digits: tried last, because large files have neither."""

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


@dataclass(slots=True)
class Dates:
    """Reads the dates of one file.

    ``order`` is ``dmy`` or ``mdy``, or empty if dates with the year last cannot be told apart.
    """

    time_zone: str = "UTC"
    order: str = ""
    _known: dict[str, datetime] = field(default_factory=dict)

    def moment(self, cell: str, what: str) -> datetime | None:
        """Read a date with or without a time; None if the cell is empty. UTC."""
        plain = cell.strip()
        if not plain:
            return None
        found = self._known.get(plain)
        if found is None:
            found = self.local(plain, what)
            if found.tzinfo is None:
                found = found.replace(tzinfo=ZoneInfo(self.time_zone))
            found = found.astimezone(UTC)
            if len(self._known) < CACHED_MAX:
                self._known[plain] = found
        return found

    def local(self, cell: str, what: str) -> datetime:
        """Read a date as it stands there: naive unless it says its zone."""
        plain = cell.strip()
        if match := _ISO.fullmatch(plain):
            year, month, day = int(match["y"]), int(match["m"]), int(match["d"])
        elif match := _LOCAL.fullmatch(plain):
            year, month, day = self._year_last(match, plain, what)
        elif match := next(filter(None, (shape.fullmatch(plain) for shape in _RARER)), None):
            year, month, day = int(match["y"]), _month(match["m"]), int(match["d"])
        else:
            raise BadCell(f"{what} is {shown(plain)}; expected a date such as 2027-10-31 14:05")
        try:
            made = datetime.combine(date(year, month, day), _clock(match))
        except ValueError:
            raise BadCell(f"{what} is {shown(plain)}; there is no such date") from None
        if not YEAR_MIN <= year <= YEAR_MAX:
            raise BadCell(f"{what} is {shown(plain)}; years {YEAR_MIN} to {YEAR_MAX} are taken")
        zone = match.groupdict().get("zone")
        return made.replace(tzinfo=_zone(zone)) if zone else made

    def day(self, cell: str, what: str) -> str:
        """Read a day and give it as ``2027-10-31``; empty if the cell is."""
        return self.local(cell, what).date().isoformat() if cell.strip() else ""

    def _year_last(self, match: re.Match[str], plain: str, what: str) -> tuple[int, int, int]:
        first, second = int(match["a"]), int(match["b"])
        year = int(match["y"]) + (2000 if len(match["y"]) == 2 else 0)
        order = self.order
        if first > 12 >= second:
            order = "dmy"
        elif second > 12 >= first:
            order = "mdy"
        elif not order and first != second:
            raise BadCell(
                f"{what} is {shown(plain)}; day and month cannot be told apart: say --dates"
            )
        return (year, second, first) if order == "dmy" else (year, first, second)


def decide(cells: Iterable[str], preferred: str) -> tuple[str, str]:
    """Decide whether a file writes the day or the month first.

    A number above 12 says it, and so does a dot: who writes dots has the day first. Else the
    reading in which the file covers fewer days is taken, because a file holds one day, week or
    month of a shop; if both are equal, ``preferred``.

    Returns:
        ``dmy``, ``mdy``, or empty if the file has both; and a sentence if it was not certain.
    """
    pairs: set[tuple[int, int, int]] = set()
    day_first = month_first = dotted = False
    for cell in set(cells):
        if match := _LOCAL.fullmatch(cell.strip()):
            first, second, year = int(match["a"]), int(match["b"]), int(match["y"])
            day_first |= first > 12 >= second
            month_first |= second > 12 >= first
            dotted |= "." in match[0].partition(" ")[0]
            pairs.add((year, first, second))
    if day_first and month_first:
        return "", "Dates have the day first in some rows and the month first in others."
    if day_first or month_first or not pairs:
        return ("dmy" if day_first else "mdy" if month_first else preferred), ""
    if dotted:
        return "dmy", ""
    spans = {
        "mdy": _span((y, a, b) for y, a, b in pairs),
        "dmy": _span((y, b, a) for y, a, b in pairs),
    }
    if spans["mdy"] == spans["dmy"]:
        best = preferred
    else:
        best = "mdy" if spans["mdy"] < spans["dmy"] else "dmy"
    if all(first == second for _, first, second in pairs):
        return best, ""
    words = {"mdy": "month first", "dmy": "day first"}
    return (
        best,
        f"Dates were read {words[best]} (a guess: no day above 12); --dates says otherwise.",
    )


@lru_cache(maxsize=DUE_MAX)
def due(placed_at: datetime, time_zone: str, cut_off: str) -> datetime:
    """Give the dispatch deadline of an order that has none: the next cut-off, local time."""
    zone = ZoneInfo(time_zone)
    local = placed_at.astimezone(zone)
    hours, minutes = (int(part) for part in cut_off.split(":"))
    day = local.date()
    if local.timetz().replace(tzinfo=None) > time(hours, minutes):
        day += timedelta(days=1)
    return datetime.combine(day, time(hours, minutes), tzinfo=zone).astimezone(UTC)


def epoch(value: object, what: str) -> datetime | None:
    """Read epoch seconds; None for 0 and for nothing."""
    if value in (None, "", 0, "0"):
        return None
    plain = str(value)
    if isinstance(value, bool) or not plain.isdecimal() or not 9 <= len(plain) <= 10:
        raise BadCell(f"{what} is {shown(plain)}; expected seconds since 1970")
    return datetime.fromtimestamp(int(plain), UTC)


def _span(days: Iterable[tuple[int, int, int]]) -> int:
    """Count the days from the first to the last, by the calendar's rough arithmetic."""
    numbers = [year * 372 + month * 31 + day for year, month, day in days]
    return max(numbers) - min(numbers)


def _month(written: str) -> int:
    return int(written) if written.isdecimal() else _MONTHS.index(written[:3].casefold()) + 1


def _clock(match: re.Match[str]) -> time:
    written = match["clock"]
    if not written:
        return time()
    hours, minutes, *seconds = written.split(":")
    hour = int(hours)
    half = (match.groupdict().get("half") or "").casefold()
    if half.startswith("p") and hour < 12:
        hour += 12
    elif half.startswith("a") and hour == 12:
        hour = 0
    return time(hour, int(minutes), int(float(seconds[0])) if seconds else 0)


def _zone(written: str) -> timezone:
    if written.upper() in ("Z", "UTC"):
        return UTC
    minutes = int(written[1:3]) * 60 + int(written[-2:])
    return timezone(timedelta(minutes=-minutes if written[0] == "-" else minutes))
