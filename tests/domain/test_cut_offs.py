"""Whether cut-offs will be met."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

from conftest import NOW

from floorhand.domain.cut_offs import (
    CUT_OFFS_MAX,
    CutOff,
    Outlook,
    forecasts,
    key_of,
    moments_of,
    pace_per_hour,
    together,
)


def due(hours: float, **orders: int) -> CutOff:
    return CutOff(NOW + timedelta(hours=hours), orders)


def test_orders_of_earlier_cut_offs_leave_first() -> None:
    early, late = forecasts([due(1, released=10), due(3, picked=20, packing=10)], 20.0, NOW)
    assert (early.outlook, early.ends_at) == (Outlook.IN_TIME, NOW + timedelta(minutes=30))
    assert (late.outlook, late.ends_at) == (Outlook.IN_TIME, NOW + timedelta(hours=2))
    assert early.needed_per_hour == 10
    assert late.needed_per_hour == 40 / 3


def test_a_cut_off_that_the_pace_does_not_reach_is_late() -> None:
    (one,) = forecasts([due(1, released=21)], 20.0, NOW)
    assert one.outlook is Outlook.LATE
    assert one.ends_at == NOW + timedelta(minutes=63)


def test_what_is_held_or_waits_for_stock_is_nobodys_pace() -> None:
    (one,) = forecasts([due(1, hold=3, waiting=4)], 20.0, NOW)
    assert (one.cut_off.left, one.cut_off.blocked, one.needed_per_hour) == (0, 7, None)


def test_what_is_held_has_not_left() -> None:
    held, mixed, over = forecasts(
        [due(1, hold=3, waiting=4), due(2, hold=3, released=2), due(-1, hold=1)], 20.0, NOW
    )
    assert (held.outlook, held.cut_off.not_gone) == (Outlook.HELD, 7)
    assert (mixed.outlook, mixed.cut_off.not_gone) == (Outlook.IN_TIME, 5)
    assert (over.outlook, over.cut_off.not_gone) == (Outlook.HELD, 1)


def test_a_cut_off_that_is_over_is_missed_while_orders_are_left() -> None:
    missed, met = forecasts([due(-2, picking=1), due(-1)], None, NOW)
    assert (missed.outlook, missed.needed_per_hour) == (Outlook.MISSED, None)
    assert met.outlook is Outlook.MET


def test_without_a_pace_nobody_knows() -> None:
    (one,) = forecasts([due(2, released=5)], None, NOW)
    assert (one.outlook, one.ends_at, one.needed_per_hour) == (Outlook.UNKNOWN, None, 2.5)


def test_a_pace_needs_time_and_orders() -> None:
    assert pace_per_hour(30, 1800) == 60
    assert pace_per_hour(0, 1800) is None
    assert pace_per_hour(3, 299) is None


MADRID = ZoneInfo("Europe/Madrid")
"""Where it is 10:00 at `NOW`."""


def test_few_cut_offs_are_told_one_by_one() -> None:
    found = forecasts([due(n, released=1) for n in range(CUT_OFFS_MAX)], None, NOW)
    assert together(found, NOW, MADRID) == found


def test_what_is_over_is_told_at_once_the_next_day_by_the_hour_and_more_by_the_day() -> None:
    before = [due(-40, picking=1), due(-16)]
    today = [due(-2.9), due(-1.7, packing=2), due(-0.3)]
    hour = [due(n / 60, released=1) for n in (1, 2, 30, 59)]
    tonight = [due(13.5, hold=3)]
    morning = [due(23.2, released=4), due(23.9, released=1)]
    later = [due(n, released=5) for n in (24.1, 30, 37)]
    every = [*before, *today, *hour, *tonight, *morning, *later]
    told = together(forecasts(every, 4.0, NOW), NOW, MADRID)
    spans = (before, today, hour, tonight, morning, later)
    assert [(one.cut_off.begins_at, one.cut_off.due_at) for one in told] == [
        (some[0].due_at, some[-1].due_at) for some in spans
    ]
    assert [one.cut_off.left for one in told] == [1, 2, 4, 0, 5, 15]
    assert [one.outlook for one in told] == [
        *(Outlook.MISSED, Outlook.MISSED, Outlook.LATE, Outlook.HELD),
        *(Outlook.IN_TIME, Outlook.IN_TIME),
    ]
    assert told[2].needed_per_hour == 4 * 60  # the first of that hour, with three before it


def test_what_left_is_added_up_where_cut_offs_are_told_together() -> None:
    every = [
        CutOff(NOW - timedelta(minutes=n), {}, in_time=2, too_late=n) for n in range(13, 0, -1)
    ]
    (told,) = together(forecasts(every, None, NOW), NOW, MADRID)
    assert (told.cut_off.in_time, told.cut_off.too_late) == (26, sum(range(14)))


def test_a_key_names_the_moments_that_are_told_together() -> None:
    one = due(3, released=1)
    many = CutOff(one.due_at, {}, first_at=NOW)
    assert moments_of(key_of(one)) == (one.due_at, one.due_at)
    assert moments_of(key_of(many)) == (NOW, one.due_at)
