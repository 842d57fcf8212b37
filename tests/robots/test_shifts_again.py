"""Figures of shifts in which people also took things back: told then, told later, and summed anew.

The demo warehouse is worked in short shifts. At the end of each its figures are asked for; when all
is over they are asked for again, and computed a second way by `second_sum.Books`.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from conftest import SITE
from homes import home_of
from robots.second_sum import Books
from sqlalchemy import select

from floorhand.domain.shifts import Period, clock_hours
from floorhand.domain.signing_in import JOBS
from floorhand.exchange.own_site import read_rule
from floorhand.exchange.records import Context
from floorhand.exchange.writing_rules import write_site
from floorhand.exchange.written import Writing
from floorhand.robots.crew import Robot
from floorhand.robots.demo import build_demo
from floorhand.store.db import Transactions, engine_of, open_database
from floorhand.store.earlier import AddedUp, keep_figures, kept_waiting
from floorhand.store.schema import PrintJob, Worker
from floorhand.store.summary import shift_figures, summarise

START = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)
SHIFT_LENGTH = timedelta(minutes=17)
STEPS_MAX = 5_000
LABELS_EVERY = 25
"""Steps of all robots between two labels that come out: more are asked for than that."""

WAYS = {
    "receiving": {("@supplier", "dock"), ("@supplier", "pallet")},
    "picking": {("bin", "tote")},
    "packing": {("tote", "carton")},
}


@dataclass(frozen=True)
class Worked:
    """What was done, in shifts, with the figures of each as they were told when it ended."""

    transactions: Transactions
    shifts: tuple[Period, ...]
    told: tuple[dict[str, Any], ...]

    def again(self, period: Period) -> dict[str, Any]:
        """Tell the figures of a period now, when all is over."""
        return figures(self.transactions, period, self.shifts[-1].end + timedelta(days=3))

    @property
    def whole(self) -> Period:
        """Give all shifts as one."""
        return Period("whole", START, self.shifts[-1].end)


def figures(transactions: Transactions, period: Period, now: datetime) -> dict[str, Any]:
    with transactions.begin() as tx:
        return shift_figures(tx, SITE, period, now)


def print_one(transactions: Transactions, now: datetime) -> None:
    """Let the label that waits longest come out."""
    with transactions.begin() as tx:
        waiting = select(PrintJob).where(PrintJob.state == "waiting").order_by(PrintJob.created_at)
        if (job := tx.scalars(waiting.limit(1)).one_or_none()) is not None:
            job.state, job.sent_at = "sent", now


@pytest.fixture(scope="module")
def worked(tmp_path_factory) -> Iterator[Worked]:
    transactions = open_database(home_of(tmp_path_factory.mktemp("shifts") / "floor.db"))
    build_demo(transactions, SITE, START - timedelta(hours=1))
    with transactions.begin() as tx:
        target = read_rule("pace_targets", "picking=60 lines")
        context = Context(now=START - timedelta(hours=1))
        write_site(Writing(tx, SITE, context), [target])
    ticks = count(1)
    looked = [START]

    def clock() -> datetime:
        looked[0] = START + timedelta(seconds=4 * next(ticks))
        return looked[0]

    with transactions.begin() as tx:
        crew = tx.execute(select(Worker.code, Worker.badge).order_by(Worker.code).limit(2)).all()
    robots = [
        Robot(
            transactions, SITE, seat=f"R{n}", badge=badge, worker=worker, now=clock,
            rng=Random(n), mistakes=0.1, undo=0.06,
        )
        for n, (worker, badge) in enumerate(crew)
    ]  # fmt: skip
    shifts = [Period("1", START, START + SHIFT_LENGTH)]
    told: list[dict[str, Any]] = []
    for step in range(STEPS_MAX):
        busy = [robot.step() for robot in robots]
        if step % LABELS_EVERY == 0:
            print_one(transactions, looked[0])
        if looked[0] >= shifts[-1].end:
            told.append(figures(transactions, shifts[-1], looked[0]))
            end = shifts[-1].end
            shifts.append(Period(str(len(shifts) + 1), end, end + SHIFT_LENGTH))
        if not any(busy):
            for robot in robots:
                robot.wake()
            if not any([robot.step() for robot in robots]):
                break
    else:
        pytest.fail("the robots did not finish")
    told.append(figures(transactions, shifts[-1], shifts[-1].end))
    yield Worked(transactions, tuple(shifts), tuple(told))
    engine_of(transactions).dispose()


@pytest.fixture(scope="module")
def books(worked) -> Books:
    with worked.transactions.begin() as tx:
        return Books(tx)


def by_worker(told: dict[str, Any], job: str, name: str) -> Counter[str]:
    return Counter({who: jobs[job][name] for who, jobs in told["workers"].items() if job in jobs})


def same(one: Counter[Any], other: Counter[Any]) -> bool:
    """Compare counts; nothing is 0."""
    return {k: n for k, n in one.items() if n} == {k: n for k, n in other.items() if n}


def test_something_was_taken_back_also_after_its_shift(worked, books) -> None:
    late = [
        one
        for one in books.operations.values()
        if one.undoes
        for shift in worked.shifts
        if books.operations[one.undoes].at < shift.start <= one.at
    ]
    assert late
    assert len(worked.shifts) >= 4


def test_a_shift_asked_again_says_the_same(worked) -> None:
    for shift, told in zip(worked.shifts, worked.told, strict=True):
        assert json.dumps(worked.again(shift)) == json.dumps(told)


def test_what_waited_at_the_end_of_a_shift_is_found_once_and_told_again(worked, books) -> None:
    minutes = [START + timedelta(minutes=n) for n in range(1, 60)]
    ended = [Period("", START, end) for end in minutes]
    shift, pieces = next(
        (one, waiting) for one in ended if (waiting := books.dock_to_stock(one)[1])
    )
    added_up: list[AddedUp] = []
    told: list[dict[str, Any]] = []
    with worked.transactions.begin() as tx:
        for hours in (0.9, 1, 800):
            later = shift.end + timedelta(hours=hours)
            again = summarise(tx, SITE, shift, later, added_up=added_up.append)
            told.append(again["dock_to_stock"]["unfinished"])
            assert any(one["begins_at"] == shift.start for one in added_up) is (hours == 1)
            for one in added_up:
                keep_figures(tx, SITE, one)
            added_up.clear()
        assert kept_waiting(tx, SITE, shift) == told[0] == told[1] == told[2]
        assert told[0]["pieces"] == pieces
        assert kept_waiting(tx, SITE, worked.whole) is None
        tx.rollback()


def test_shifts_add_up_to_the_whole(worked) -> None:
    whole = worked.again(worked.whole)
    for job in JOBS:
        for name in ("pieces", "lines", "orders", "scans", "refusals", "pieces_short"):
            added = sum(told["jobs"][job][name] for told in worked.told)
            assert whole["jobs"][job][name] == added, (job, name)
    for part, name in (("orders", "shipped"), ("orders", "pieces_shipped"), ("bench", "verified")):
        assert whole[part][name] == sum(told[part][name] for told in worked.told)


def test_pieces_are_those_that_moved(worked, books) -> None:
    for shift, told in zip(worked.shifts, worked.told, strict=True):
        for job, ways in WAYS.items():
            moved = books.flow(shift, ways, not_kind="PutAway")
            assert same(by_worker(told, job, "pieces"), moved), (shift.name, job)


def test_put_away_pieces_took_as_long_as_their_moves_say(worked, books) -> None:
    for shift in (*worked.shifts, worked.whole):
        told = worked.again(shift)["dock_to_stock"]
        took, waiting = books.dock_to_stock(shift)
        assert told["pieces"] == len(took)
        assert told["unfinished"]["pieces"] == waiting
        if took:
            assert told["median_s"] == took[-(-len(took) * 50 // 100) - 1]
            assert told["p90_s"] == took[-(-len(took) * 90 // 100) - 1]


def test_deliveries_stood_as_their_operations_and_moves_say(worked, books) -> None:
    for shift in (*worked.shifts, worked.whole):
        found = {
            one["number"]: (one["state"], one["received"] + one["damaged"])
            for one in worked.again(shift)["deliveries"]
        }
        assert found == books.deliveries(shift), shift.name
    assert {state for state, _ in found.values()} == {"closed"}


def test_labels_are_those_whose_scans_stand_or_that_came_out(worked, books) -> None:
    for shift, told in zip(worked.shifts, worked.told, strict=True):
        labels = told["labels"]
        assert (labels["asked"], labels["printed"]) == books.printed(shift), shift.name
        assert labels["waiting"] == labels["asked"] - labels["printed"]
    assert any(told["labels"]["waiting"] for told in worked.told)
    assert worked.again(worked.whole)["labels"]["printed"] > 0


def test_orders_are_those_whose_goods_went_to_customers(worked, books) -> None:
    for shift, told in zip(worked.shifts, worked.told, strict=True):
        left = books.left(shift)
        assert told["orders"]["shipped"] == left.total()
        assert told["orders"]["pieces_shipped"] == sum(
            books.flow(shift, {("carton", "@customer")}).values()
        )
    assert books.left(worked.whole).total() > 0
    told = worked.again(worked.whole)["orders"]
    assert (told["due"], told["due_shipped_in_time"]) == books.due(worked.whole)


def test_time_scans_refusals_and_undos_are_those_on_record(worked, books) -> None:
    for shift, told in zip(worked.shifts, worked.told, strict=True):
        active = books.active_s(shift)
        for job in JOBS:
            mine = Counter({who: n for (who, of), n in active.items() if of == job})
            assert same(by_worker(told, job, "active_s"), mine), (shift.name, job)
        scans = [one for one in books.scans if one.worker and shift.start <= one.at < shift.end]
        refused = Counter(one.fate for one in scans if one.fate != "taken")
        assert (told["refusals"]["scans"], told["refusals"]["by_code"]) == (len(scans), refused)
        undone = {(w, j): n for w, jobs in told["undone"].items() for j, n in jobs.items()}
        assert undone == books.undone(shift)


def test_the_target_of_an_hour_is_of_its_active_time(worked, books) -> None:
    for shift, told in zip(worked.shifts, worked.told, strict=True):
        pace, job = told["pace"]["picking"], told["jobs"]["picking"]
        assert (pace["target"], pace["target_of"], pace["unit"]) == (60, "site", "lines")
        for one, hour in zip(pace["hours"], clock_hours(shift, ZoneInfo("UTC")), strict=True):
            active_s = books.active_in_hour(shift, hour, "picking")
            assert (one["active_s"], one["target"]) == (active_s, round(active_s / 60, 1) or None)
            assert one["lines"] == books.lines_picked(hour)
        if job["lines_per_hour"] is not None:
            assert job["target_pct"] == round(job["lines_per_hour"] / 0.6, 1)
        assert told["pace"]["packing"]["target_of"] is None
    assert any(told["jobs"]["picking"]["target_pct"] for told in worked.told)


def test_corrections_are_what_moved_through_them(worked, books) -> None:
    for shift, told in zip(worked.shifts, worked.told, strict=True):
        found = told["adjustments"]
        assert (found["plus"], found["minus"]) == books.corrections(shift)
        reasons = found["by_reason"].values()
        assert found["gross"] == sum(one["plus"] + one["minus"] for one in reasons)


def test_returns_are_those_on_their_papers(worked, books) -> None:
    told = worked.again(worked.whole)["returns"]
    judged = [one for one in books.inspections.values() if one.disposition]
    assert told["inspected"] == sum(one.pieces for one in judged) > 0
    grades = Counter({str(one.grade): 0 for one in judged})
    for one in judged:
        grades[str(one.grade)] += one.pieces
    assert told["grade"] == grades
    closed = [one for one in books.returns.values() if one.disposed_at]
    assert told["closed"] == len(closed)
    ages = sorted(int((one.disposed_at - one.received_at).total_seconds()) for one in closed)
    assert told["age"]["median_s"] == ages[-(-len(ages) // 2) - 1]
