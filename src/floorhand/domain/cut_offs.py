"""Will today's cut-offs be met? What is left for each, how fast orders leave, and what comes of it.

Pure: counts and moments in, a forecast out. Orders leave in the order of their cut-offs, so what
is left for earlier ones goes first.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from itertools import groupby
from zoneinfo import ZoneInfo

WORKABLE = ("released", "picking", "picked", "packing")
"""States of an order that people can bring to an end."""

BLOCKED = ("hold", "waiting")
"""States in which it is not up to them: somebody holds it, or there is no stock for it."""

CUT_OFFS_MAX = 12
"""More than so many are told together: there are shops that give each order a moment of its own."""

BY_HOUR = timedelta(hours=24)
"""What is due so soon is told by the hour where there are so many."""

PACE_OVER_S = 30 * 60
"""The pace is that of so long: what was an hour ago says little of the next one."""

PACE_MIN_S = 5 * 60
"""After less than that of a shift there is none."""


class Outlook(StrEnum):
    """What is to be said of a cut-off, from best to worst."""

    MET = "met"
    """All have left."""
    HELD = "held"
    """Those that are open wait for a word or for stock: none of them leaves as things are. Where
    others are open too, it is theirs that is told."""
    IN_TIME = "in_time"
    """At the pace of now all will have left in time."""
    UNKNOWN = "unknown"
    """Nothing has left lately, or it is too early to tell."""
    LATE = "late"
    """At the pace of now it is missed."""
    MISSED = "missed"
    """It is over, and orders are left."""


@dataclass(frozen=True, slots=True)
class CutOff:
    """A moment until which orders are to leave.

    ``orders`` counts those that are open by state; ``in_time`` and ``too_late`` have left.
    ``first_at`` is the first of several moments that are told together, up to ``due_at``; None if
    it is one.
    """

    due_at: datetime
    orders: Mapping[str, int]
    in_time: int = 0
    too_late: int = 0
    first_at: datetime | None = None

    @property
    def begins_at(self) -> datetime:
        """Give the first of its moments."""
        return self.first_at or self.due_at

    @property
    def left(self) -> int:
        """Count the orders that people can still bring to an end."""
        return sum(self.orders.get(state, 0) for state in WORKABLE)

    @property
    def not_gone(self) -> int:
        """Count the orders that have not left, whoever they wait for."""
        return self.left + self.blocked

    @property
    def blocked(self) -> int:
        """Count the orders that wait for somebody else."""
        return sum(self.orders.get(state, 0) for state in BLOCKED)


def outlook_words(outlook: str, blocked: int) -> tuple[str, dict[str, str | int]]:
    """Say what is to be said of a cut-off, as a text key with facts.

    Orders that wait for somebody else are set aside in an outlook, so it says how many these are.
    """
    told = f"board.outlook.{outlook}"
    if outlook == Outlook.HELD or not blocked:
        return told, {}
    return "board.outlook_held", {"outlook_text": told, "orders": blocked}


@dataclass(frozen=True, slots=True)
class Forecast:
    """What comes of a cut-off.

    ``ends_at`` is when the last of its orders leaves at the pace of now; None if none is left that
    people can bring to an end, or there is no pace. ``needed_per_hour`` is how many must leave in
    an hour, those of earlier cut-offs with them; None once it is over.
    """

    cut_off: CutOff
    outlook: Outlook
    ends_at: datetime | None = None
    needed_per_hour: float | None = None


def pace_per_hour(left_lately: int, over_s: float) -> float | None:
    """Give how many orders leave in an hour; None after too short a time, or if none left."""
    if over_s < PACE_MIN_S or not left_lately:
        return None
    return left_lately * 3600 / over_s


def forecasts(
    cut_offs: Sequence[CutOff], per_hour: float | None, now: datetime
) -> tuple[Forecast, ...]:
    """Say what comes of each cut-off.

    Args:
        cut_offs: In their order of time.
        per_hour: The pace of now, from `pace_per_hour`.
        now: The moment of all this.
    """
    found: list[Forecast] = []
    ahead = 0
    for one in cut_offs:
        ahead += one.left
        found.append(_forecast(one, ahead, per_hour, now))
    return tuple(found)


def _forecast(one: CutOff, ahead: int, per_hour: float | None, now: datetime) -> Forecast:
    if not one.left:
        return Forecast(one, Outlook.HELD if one.blocked else Outlook.MET)
    ends_at = now + timedelta(hours=ahead / per_hour) if per_hour else None
    hours = (one.due_at - now).total_seconds() / 3600
    if hours <= 0:
        return Forecast(one, Outlook.MISSED, ends_at)
    needed = ahead / hours
    if ends_at is None:
        return Forecast(one, Outlook.UNKNOWN, None, needed)
    return Forecast(
        one, Outlook.IN_TIME if ends_at <= one.due_at else Outlook.LATE, ends_at, needed
    )


def together(found: Sequence[Forecast], now: datetime, zone: ZoneInfo) -> tuple[Forecast, ...]:
    """Tell many cut-offs in few.

    Those that are over are told in one for today and one for all days before; those of the next
    24 hours by the hour; later ones by the day.

    Args:
        found: In their order of time.
        now: The moment of all this.
        zone: Whose hours and days.
    """
    if len(found) <= CUT_OFFS_MAX:
        return tuple(found)
    today = now.astimezone(zone).date()

    def span(one: Forecast) -> tuple[int, date, int]:
        due = one.cut_off.due_at.astimezone(zone)
        if due <= now:
            return 0, today if due.date() == today else date.min, 0
        if due - now < BY_HOUR:
            return 1, due.date(), due.hour
        return 2, due.date(), 0

    return tuple(_in_one(list(some)) for _, some in groupby(found, span))


def _in_one(some: Sequence[Forecast]) -> Forecast:
    """Tell cut-offs as one: what all of them are, and the worst that is to be said of any."""
    if len(some) == 1:
        return some[0]
    cut_offs = [one.cut_off for one in some]
    orders: Counter[str] = Counter()
    for cut_off in cut_offs:
        orders.update(cut_off.orders)
    return Forecast(
        CutOff(
            cut_offs[-1].due_at,
            orders,
            sum(cut_off.in_time for cut_off in cut_offs),
            sum(cut_off.too_late for cut_off in cut_offs),
            cut_offs[0].begins_at,
        ),
        max((one.outlook for one in some), key=list(Outlook).index),
        max((one.ends_at for one in some if one.ends_at), default=None),
        max((one.needed_per_hour for one in some if one.needed_per_hour), default=None),
    )


def key_of(cut_off: CutOff) -> str:
    """Name a cut-off: its moment in ISO form; of several told together the first and the last."""
    last = cut_off.due_at.isoformat()
    return last if cut_off.first_at is None else f"{cut_off.first_at.isoformat()}/{last}"


def moments_of(key: str) -> tuple[datetime, datetime]:
    """Give the first and the last moment of `key_of` a cut-off."""
    first, _, last = key.partition("/")
    return datetime.fromisoformat(first), datetime.fromisoformat(last or first)


def next_moments(now: datetime, zone: ZoneInfo, clock: str, count: int) -> tuple[datetime, ...]:
    """Give the next moments, in UTC, at which clocks of the site show ``clock``, as ``16:00``."""
    hours, minutes = (int(part) for part in clock.split(":"))
    today = now.astimezone(zone).date()
    days = (today + timedelta(days=ahead) for ahead in range(count + 1))
    moments = (_local(day, time(hours, minutes), zone) for day in days)
    return tuple(moment for moment in moments if moment > now)[:count]


def clock_today(now: datetime, zone: ZoneInfo, typed: int) -> datetime | None:
    """Read a time that was typed as 1630: the next moment at which clocks of the site show it.

    Returns:
        The moment in UTC; None if no clock shows that.
    """
    hours, minutes = divmod(typed, 100)
    if not (0 <= hours < 24 and minutes < 60):  # as clocks have them
        return None
    return next_moments(now, zone, f"{hours}:{minutes}", 1)[0]


def _local(day: date, clock: time, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, clock, tzinfo=zone).astimezone(UTC)
