"""Whether cut-offs will be met."""

from __future__ import annotations

from datetime import timedelta

from conftest import NOW

from floorhand.domain.cut_offs import CutOff, Outlook, forecasts, pace_per_hour


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
    assert (one.outlook, one.cut_off.left, one.cut_off.blocked) == (Outlook.MET, 0, 7)


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
