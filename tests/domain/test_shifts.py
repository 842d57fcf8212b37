"""When a shift is, how long people worked, and which rates say something."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from itertools import accumulate, pairwise
from random import Random
from zoneinfo import ZoneInfo

import pytest

from floorhand.domain.shifts import (
    AT,
    JOB,
    Beat,
    Period,
    activity,
    local_day,
    named_shift,
    parse_shift,
    pauses,
    per_hour,
    percent,
    shift_at,
    shift_on,
    signed_in_s,
)
from floorhand.errors import BadSetting

ROME = ZoneInfo("Europe/Rome")
SHIFTS = ("early 06:00-14:00", "late 14:00-22:00", "night 22:00-06:00")
START = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)


def beats(worker: str, job: str, *seconds: int) -> list[Beat]:
    return [(worker, job, START + timedelta(seconds=s)) for s in seconds]


def test_a_night_shift_ends_on_the_next_day() -> None:
    night = shift_on(SHIFTS[2], date(2026, 3, 2), ROME)
    assert night.start == datetime(2026, 3, 2, 21, 0, tzinfo=UTC)
    assert night.length_s == 8 * 3600


@pytest.mark.parametrize(("day", "hours"), [(date(2026, 3, 28), 7), (date(2026, 10, 24), 9)])
def test_a_night_with_a_clock_change_is_as_long_as_it_is(day: date, hours: int) -> None:
    assert shift_on(SHIFTS[2], day, ROME).length_s == hours * 3600


def test_the_running_shift_is_found_also_after_midnight() -> None:
    now = datetime(2026, 3, 3, 1, 0, tzinfo=UTC)
    running = shift_at(SHIFTS, now, ROME)
    assert (running.name, running.start.day) == ("night", 2)
    assert running.start <= now < running.end


def test_without_a_running_shift_it_is_the_local_day() -> None:
    now = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
    assert shift_at(("early 06:00-08:00",), now, ROME) == local_day(date(2026, 3, 2), ROME)


@pytest.mark.parametrize("text", ["early", "early 6-14", "early 25:00-26:00", ""])
def test_a_shift_written_otherwise_is_refused(text: str) -> None:
    with pytest.raises(BadSetting, match="Write it like: late"):
        parse_shift(text)


def test_an_unknown_shift_names_the_known_ones() -> None:
    with pytest.raises(BadSetting, match="early, late, night"):
        named_shift(SHIFTS, "noon", date(2026, 3, 2), ROME)


def test_time_counts_for_the_job_of_the_later_scan() -> None:
    made = [*beats("W1", "picking", 0, 100), *beats("W1", "packing", 160)]
    assert activity(made).active_s == {("W1", "picking"): 100, ("W1", "packing"): 60}


def test_five_minutes_are_work_and_a_second_more_is_a_gap() -> None:
    worked = activity(beats("W1", "picking", 0, 300, 601))
    assert worked.active_s == {("W1", "picking"): 300}
    assert [(gap.worker, gap.length_s) for gap in worked.gaps] == [("W1", 301)]


def test_two_workers_do_not_share_time() -> None:
    worked = activity([*beats("W1", "picking", 0, 60), *beats("W2", "picking", 30, 40)])
    assert worked.active_s == {("W1", "picking"): 60, ("W2", "picking"): 10}


def test_gaps_come_in_the_order_in_which_they_ended() -> None:
    made = [
        *beats("W1", "picking", 0),
        *beats("W2", "packing", 10),
        *beats("W2", "menu", 400),
        *beats("W1", "returns", 500),
        *beats("W2", "packing", 901),
    ]
    gaps = activity(made).gaps
    assert [(gap.worker, gap.before, gap.after, gap.length_s) for gap in gaps] == [
        ("W2", "packing", "menu", 390),
        ("W1", "picking", "returns", 500),
        ("W2", "menu", "packing", 501),
    ]


def test_pauses_and_work_are_what_looking_at_each_scan_finds() -> None:
    rng = Random(7)
    for _ in range(200):
        seconds = list(accumulate(rng.choice((0, 1, 60, 299, 300, 301, 900)) for _ in range(30)))
        made = [beats("W1", rng.choice(("picking", "packing")), s)[0] for s in seconds]
        assert pauses(made) == [n for n in range(1, 30) if seconds[n] - seconds[n - 1] > 300]
        worked: Counter[tuple[str, str]] = Counter()
        for before, after in pairwise(made):
            if (length := after[AT] - before[AT]) <= timedelta(minutes=5):
                worked["W1", after[JOB]] += int(length.total_seconds())
        assert Counter(activity(made).active_s) == worked
    assert pauses([]) == pauses(beats("W1", "picking", 0)) == []


def test_a_rate_of_less_than_ten_minutes_says_nothing() -> None:
    assert per_hour(5, 599) is None
    assert per_hour(5, 600) == 30.0


def test_a_share_of_nothing_is_nothing() -> None:
    assert percent(0, 0) is None
    assert percent(1, 8) == 12.5


def test_signed_in_time_is_cut_to_the_period() -> None:
    period = Period("p", START, START + timedelta(hours=8))
    stretches = [
        ("W1", START - timedelta(hours=1), START + timedelta(hours=1)),
        ("W1", START + timedelta(hours=7), None),
        ("W2", START - timedelta(hours=2), START - timedelta(hours=1)),
    ]
    now = START + timedelta(hours=20)
    assert signed_in_s(stretches, period, now) == {"W1": 2 * 3600}
