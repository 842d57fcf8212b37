"""The figures of a shift, computed a second way: straight from moves and papers."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from random import Random
from zoneinfo import ZoneInfo

import pytest
from conftest import SITE
from homes import home_of
from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from floorhand.domain.entries import total
from floorhand.domain.shifts import Period
from floorhand.domain.signing_in import FROM_DOCK_TO_DOOR, JOBS
from floorhand.reports.page_of_text import text_of
from floorhand.reports.shift import shift_report
from floorhand.robots.crew import Robot
from floorhand.robots.demo import build_demo
from floorhand.store.cells import Lead, Word
from floorhand.store.db import Transactions, engine_of, open_database
from floorhand.store.entries import entries
from floorhand.store.found import about
from floorhand.store.schema import (
    DeliveryLine,
    Inspection,
    Move,
    Operation,
    Order,
    Place,
    Receipt,
    Scan,
    Trace,
    Worker,
)
from floorhand.store.summary import summarise
from floorhand.store.traces import history
from floorhand.text.catalog import catalog
from floorhand.text.columns import width

START = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)
SHIFT = Period("early", START, START + timedelta(hours=8))
STEPS_MAX = 5_000


class Clock:
    """A clock that goes on by four seconds at each look, so that people work at a human pace."""

    def __init__(self) -> None:
        self.at = START

    def __call__(self) -> datetime:
        self.at += timedelta(seconds=4)
        return self.at


@pytest.fixture(scope="module")
def worked(tmp_path_factory) -> Iterator[Transactions]:
    """The demo warehouse after a shift of two robots, one of them careless."""
    transactions = open_database(home_of(tmp_path_factory.mktemp("shift") / "floor.db"))
    build_demo(transactions, SITE, START)
    clock = Clock()
    with transactions.begin() as tx:
        crew = tx.execute(select(Worker.code, Worker.badge).order_by(Worker.code).limit(2)).all()
    robots = [
        Robot(
            transactions,
            SITE,
            seat=f"R{number}",
            badge=badge,
            worker=worker,
            now=clock,
            rng=Random(number),
            mistakes=0.1 * number,
        )
        for number, (worker, badge) in enumerate(crew)
    ]
    for _ in range(STEPS_MAX):
        busy = [robot.step() for robot in robots]
        if not any(busy):
            for robot in robots:
                robot.wake()
            if not any(robot.step() for robot in robots):
                break
    else:
        pytest.fail("the robots did not finish")
    yield transactions
    engine_of(transactions).dispose()


@pytest.fixture(scope="module")
def figures(worked) -> dict:
    with worked.begin() as tx:
        return summarise(tx, SITE, SHIFT, SHIFT.end)


def moved(tx, source: str, target: str) -> Counter[str]:
    """Pieces moved between kinds of places (or ``@…``), by worker."""
    here, there = aliased(Place), aliased(Place)
    rows = tx.execute(
        select(Move.worker, func.sum(Move.pieces))
        .join(here, (here.site == Move.site) & (here.code == Move.source))
        .join(there, (there.site == Move.site) & (there.code == Move.target))
        .where(
            Move.at >= SHIFT.start,
            Move.at < SHIFT.end,
            (here.code if source.startswith("@") else here.kind) == source,
            (there.code if target.startswith("@") else there.kind) == target,
        )
        .group_by(Move.worker)
    )
    return Counter(dict(rows.all()))


def told(figures: dict, job: str, name: str) -> Counter[str]:
    return Counter(
        {who: jobs[job][name] for who, jobs in figures["workers"].items() if job in jobs}
    )


def test_there_was_a_shift_to_speak_of(figures) -> None:
    assert figures["orders"]["shipped"] >= 25
    assert figures["stock"]["ok"]
    assert all(figures["jobs"][job]["pieces"] for job in FROM_DOCK_TO_DOOR)


def test_picked_pieces_are_those_that_went_from_bins_to_totes(worked, figures) -> None:
    with worked.begin() as tx:
        assert +moved(tx, "bin", "tote") == +told(figures, "picking", "pieces")


def test_packed_pieces_are_those_that_went_from_totes_to_cartons(worked, figures) -> None:
    with worked.begin() as tx:
        assert +moved(tx, "tote", "carton") == +told(figures, "packing", "pieces")


def test_received_pieces_are_those_that_came_from_suppliers(worked, figures) -> None:
    with worked.begin() as tx:
        came = moved(tx, "@supplier", "dock") + moved(tx, "@supplier", "pallet")
        assert +came == +told(figures, "receiving", "pieces")


def test_returned_pieces_are_those_that_were_inspected(worked, figures) -> None:
    with worked.begin() as tx:
        inspected = tx.scalar(select(func.sum(Inspection.pieces)))
    assert figures["jobs"]["returns"]["pieces"] == inspected
    for name in ("grade", "reason", "disposition"):
        assert sum(figures["returns"][name].values()) == inspected


def test_shipped_orders_are_those_with_a_shipping_time(worked, figures) -> None:
    with worked.begin() as tx:
        orders = tx.execute(select(Order.shipped_at, Order.due_at, Order.state)).all()
        packed = moved(tx, "tote", "carton").total()
    shipped = [
        one for one in orders if one.shipped_at and SHIFT.start <= one.shipped_at < SHIFT.end
    ]
    early = [one for one in shipped if one.shipped_at <= one.due_at]
    assert figures["orders"]["shipped"] == len(shipped)
    assert figures["orders"]["shipped_before_cut_off"] == len(early)
    assert figures["orders"]["shipped_after_cut_off"] == len(shipped) - len(early)
    assert figures["orders"]["pieces_shipped"] == packed
    assert figures["jobs"]["packing"]["orders"] == len(shipped)


def test_delivery_counts_are_those_of_their_lines(worked, figures) -> None:
    names = ("expected", "received", "damaged", "over", "short", "refused")
    with worked.begin() as tx:
        sums = tx.execute(select(*(func.sum(getattr(DeliveryLine, name)) for name in names))).one()
    added = [sum(one[name] for one in figures["deliveries"]) for name in names]
    assert added == list(sums)


def test_scans_and_refusals_are_those_on_record(worked, figures) -> None:
    with worked.begin() as tx:
        made = tx.execute(select(Scan.job, Scan.fate).where(Scan.job.in_(JOBS))).all()
    assert sum(figures["jobs"][job]["scans"] for job in JOBS) == len(made)
    refused = sum(scan.fate != "taken" for scan in made)
    assert sum(figures["jobs"][job]["refusals"] for job in JOBS) == refused
    assert refused > 0


def test_active_time_is_the_time_between_a_workers_scans(worked, figures) -> None:
    with worked.begin() as tx:
        scans = tx.execute(select(Scan.worker, Scan.job, Scan.at).order_by(Scan.at)).all()
    expected: Counter[str] = Counter()
    for worker in figures["workers"]:
        own = [scan for scan in scans if scan.worker == worker]
        for before, after in pairwise(own):
            length_s = (after.at - before.at).total_seconds()
            if length_s <= 300:
                expected[after.job] += int(length_s)
    assert {job: figures["jobs"][job]["active_s"] for job in JOBS} == {
        job: expected[job] for job in JOBS
    }


def test_workers_add_up_to_jobs(figures) -> None:
    for job in JOBS:
        for name in ("pieces", "lines", "orders", "scans", "refusals", "short_picks", "active_s"):
            assert told(figures, job, name).total() == figures["jobs"][job][name], (job, name)


def test_the_same_shift_gives_the_same_figures_again(worked, figures) -> None:
    with worked.begin() as tx:
        again = summarise(tx, SITE, SHIFT, SHIFT.end)
    of_the_moment = {"disk": None}
    assert json.dumps(again | of_the_moment) == json.dumps(figures | of_the_moment)


def test_the_shift_before_was_quiet(worked) -> None:
    night = Period("night", START - timedelta(hours=8), START)
    with worked.begin() as tx:
        assert entries(tx, SITE, night).counted == ()


def test_an_operation_that_was_undone_does_not_count(worked, figures) -> None:
    with worked.begin() as tx:
        undone = tx.execute(
            select(Operation.id, Operation.facts).where(Operation.kind == "ConfirmPick").limit(1)
        ).one()
        tx.add(
            Operation(
                site=SITE,
                id="undo:1",
                kind="Undo",
                command="{}",
                facts=undone.facts,
                worker="W",
                seat="S",
                at=START + timedelta(hours=1),
                undoes=undone.id,
            )
        )
        tx.flush()
        less = total(entries(tx, SITE, SHIFT).counted, "pieces")
        tx.rollback()
    with worked.begin() as tx:
        pieces = total(entries(tx, SITE, SHIFT).counted, "pieces")
    assert less == pieces - json.loads(undone.facts)["pieces"]


@pytest.mark.parametrize("columns", [40, 80, 120])
def test_the_page_is_no_wider_than_asked(figures, columns: int) -> None:
    report = shift_report(figures, catalog("en"), ZoneInfo("Europe/Rome"), SITE)
    page = text_of(report, columns)
    assert max(map(width, page.splitlines())) <= columns
    assert "Stock proved at 2026-03-02" in page


def test_each_move_is_in_the_history_of_its_places_and_its_goods(worked) -> None:
    with worked.begin() as tx:
        traced = {
            (row.operation, row.thing) for row in tx.execute(select(Trace.operation, Trace.thing))
        }
        missing = [
            (move.operation, one)
            for move in tx.scalars(select(Move))
            for one in (
                f"place:{move.source}",
                f"place:{move.target}",
                f"sku:{move.merchant}/{move.sku}",
                *([f"lot:{move.merchant}/{move.sku}/{move.lot}"] if move.lot else ()),
            )
            if not one.startswith("place:@") and (move.operation, one) not in traced
        ]
    assert missing == []


def test_an_order_tells_its_way_from_the_walk_to_its_parcel(worked) -> None:
    with worked.begin() as tx:
        shipped = tx.execute(
            select(Order.merchant, Order.number).where(
                Order.state == "shipped", Order.shipped_at > START
            )
        ).all()
        for merchant, number in shipped:
            told = history(tx, SITE, f"order:{merchant}/{number}")
            kinds = [one.kind for one in reversed(told) if not one.taken_back_by]
            assert kinds[0] == "GetWork", (number, kinds)
            assert kinds[-1] == "CloseParcel", (number, kinds)
            assert {"BindTote", "ConfirmPick", "BringTotes", "CheckPieces"} <= {*kinds}, kinds


def test_a_lot_leads_back_to_the_delivery_that_it_came_with(worked) -> None:
    with worked.begin() as tx:
        came = tx.execute(select(Receipt).where(Receipt.lot != "")).scalars().first()
        assert came is not None
        page = about(tx, SITE, "lot", f"{came.merchant}/{came.sku}/{came.lot}")
    assert Lead("delivery", came.delivery) in [row[4] for row in page.rows]
    assert Word("deed.SetCount") in [row[3] for row in page.rows]


def test_all_that_happened_has_a_text(worked) -> None:
    words = catalog("en")
    with worked.begin() as tx:
        kinds = set(tx.scalars(select(Operation.kind)))
    assert not {kind for kind in kinds if words.say(f"deed.{kind}") == f"deed.{kind}"} - {"Undo"}
