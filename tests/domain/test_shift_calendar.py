"""Shifts over midnight and clock changes, the same shift before, hours as clocks show them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from floorhand.domain.shifts import (
    Period,
    clock_hours,
    end_of_next,
    local_day,
    shift_at,
    shift_on,
    weeks_before,
)

BERLIN, LORD_HOWE = ZoneInfo("Europe/Berlin"), ZoneInfo("Australia/Lord_Howe")
NIGHT = "night 22:00-06:00"
SHIFTS = ("early 06:00-14:00", "late 14:00-22:00", NIGHT)
FORWARD, BACK = date(2026, 3, 28), date(2026, 10, 24)
"""In the night that begins on these days clocks are changed in Berlin."""


def hours_of(period: Period, zone: ZoneInfo = BERLIN) -> list[tuple[str, int]]:
    return [(hour.name, hour.length_s) for hour in clock_hours(period, zone)]


@pytest.mark.parametrize(("day", "hours"), [(FORWARD, 7), (BACK, 9), (date(2026, 3, 2), 8)])
def test_a_night_shift_is_as_long_as_its_night(day: date, hours: int) -> None:
    night = shift_on(NIGHT, day, BERLIN)
    assert night.length_s == hours * 3600
    assert sum(length_s for _, length_s in hours_of(night)) == night.length_s


def test_the_shift_over_midnight_is_one_shift() -> None:
    night = shift_on(NIGHT, date(2026, 3, 2), BERLIN)
    for clock in (
        (2026, 3, 2, 22, 0),
        (2026, 3, 2, 23, 59),
        (2026, 3, 3, 0, 0),
        (2026, 3, 3, 5, 59),
    ):
        assert shift_at(SHIFTS, datetime(*clock, tzinfo=BERLIN), BERLIN) == night
    after = shift_at(SHIFTS, datetime(2026, 3, 3, 6, 0, tzinfo=BERLIN), BERLIN)
    assert (after.name, after.start) == ("early", night.end)


def test_shifts_follow_each_other_without_hole_or_overlap_over_both_clock_changes() -> None:
    for first in (FORWARD, BACK):
        days = [date(first.year, first.month, first.day + n) for n in (0, 1)]
        row = [shift_on(text, day, BERLIN) for day in days for text in SHIFTS]
        assert [one.end for one in row[:-1]] == [one.start for one in row[1:]]


def test_an_hour_that_clocks_show_twice_is_there_twice_and_a_skipped_one_is_not() -> None:
    back = [name for name, _ in hours_of(shift_on(NIGHT, BACK, BERLIN))]
    assert back == ["22:00", "23:00", "00:00", "01:00", "02:00", "02:00", "03:00", "04:00", "05:00"]
    forward = [name for name, _ in hours_of(shift_on(NIGHT, FORWARD, BERLIN))]
    assert forward == ["22:00", "23:00", "00:00", "01:00", "03:00", "04:00", "05:00"]


def test_hours_are_cut_where_clocks_show_full_ones_also_beside_a_half_hour_change() -> None:
    day = local_day(date(2026, 4, 5), LORD_HOWE)  # put back by half an hour at 02:00
    told = hours_of(day, LORD_HOWE)
    assert sum(length_s for _, length_s in told) == day.length_s == 24.5 * 3600
    assert [name for name, _ in told[:4]] == ["00:00", "01:00", "01:00", "02:00"]
    part = Period("from … to", datetime(2026, 3, 2, 9, 50, tzinfo=UTC), day.end)
    assert hours_of(part)[0] == ("10:00", 600)


@pytest.mark.parametrize("day", [date(2026, 4, 4), date(2026, 10, 31)])
def test_the_same_shift_a_week_before_is_found_by_local_clocks(day: date) -> None:
    night = shift_on(NIGHT, day, BERLIN)
    before = weeks_before(night, SHIFTS, 1, BERLIN)
    assert before == shift_on(NIGHT, FORWARD if day.month == 4 else BACK, BERLIN)
    assert before.length_s != night.length_s
    assert (
        weeks_before(local_day(day, BERLIN), SHIFTS, 1, BERLIN).start.astimezone(BERLIN).hour == 0
    )


def test_any_other_period_is_moved_by_whole_weeks_of_local_clocks() -> None:
    start, end = (datetime(2026, 4, 1, hour, 30, tzinfo=BERLIN) for hour in (7, 9))
    before = weeks_before(Period("from … to", start, end), SHIFTS, 1, BERLIN)
    assert [at.astimezone(BERLIN).isoformat() for at in (before.start, before.end)] == [
        "2026-03-25T07:30:00+01:00",
        "2026-03-25T09:30:00+01:00",
    ]


def test_the_next_shift_is_the_first_that_begins_at_the_end_or_after_it() -> None:
    late = shift_on(SHIFTS[1], FORWARD, BERLIN)
    assert end_of_next(SHIFTS, late.end, BERLIN) == shift_on(NIGHT, FORWARD, BERLIN).end
    only = SHIFTS[:1]
    early = shift_on(only[0], FORWARD, BERLIN)
    assert end_of_next(only, early.end, BERLIN) == shift_on(only[0], date(2026, 3, 29), BERLIN).end
    assert end_of_next((), early.end, BERLIN) == local_day(date(2026, 3, 29), BERLIN).end
