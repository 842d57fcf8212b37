"""What robots have found: questions that no scan could answer any more, and how they recover."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from random import Random

import pytest
from homes import home_of
from sqlalchemy import delete, select, update

from floorhand.ops.devices import ROBOT
from floorhand.ops.floor import take_seat, take_turn
from floorhand.ops.seats import Turn
from floorhand.robots import supply
from floorhand.robots.crew import Robot
from floorhand.robots.demo import badges_of, build_demo
from floorhand.robots.left import left_over
from floorhand.store.db import Transactions, engine_of, open_database
from floorhand.store.schema import Barcode, Delivery, Order, Parked, Place, Task

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
SITE = "MAIN"

SCANS_MAX = 600
"""More than a robot needs to see that it cannot go on."""


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[Transactions]:
    transactions = open_database(home_of(tmp_path / "demo.db"))
    build_demo(transactions, SITE, NOW)
    yield transactions
    engine_of(transactions).dispose()


def scan(transactions: Transactions, seat: str, *scans: str) -> Turn:
    turn = take_seat(transactions, SITE, seat, now=NOW)
    for scanned in scans:
        turn = take_turn(transactions, SITE, seat, turn.scan_no + 1, scanned, NOW)
    return turn


def test_who_still_counts_a_delivery_that_another_closed_is_set_free(demo: Transactions) -> None:
    ana, bruno, _ = badges_of(demo, SITE)
    with demo.begin() as tx:
        dock = tx.scalar(select(Place.scan_code).where(Place.code == "DOCK-1"))
    assert dock is not None
    scan(demo, "T1", ana.code, "D-1002", dock)
    scan(demo, "T2", bruno.code, "D-1002", dock, "FJ-MUG", "*DONE", "*DONE")
    turn = scan(demo, "T1", "FJ-MUG")
    assert turn.said is not None
    assert turn.said.text == "refusal.delivery_closed"
    assert turn.prompt.ask == "receiving.scan_delivery"


def robot(demo: Transactions, jobs: tuple[str, ...]) -> Robot:
    with demo.begin() as tx:
        ((worker, badge),) = supply.hire(tx, SITE, 1)
    return Robot(
        demo,
        SITE,
        seat=worker,
        badge=badge,
        worker=worker,
        now=lambda: NOW,
        rng=Random(1),
        jobs=jobs,
    )


def test_a_robot_recovers_from_a_count_that_was_set_to_nothing(demo: Transactions) -> None:
    one = robot(demo, ("receiving",))
    while one.turn.prompt.count.partition("/")[0] != "1":
        assert one.step()
    number = one.turn.scan_no + 1
    one.turn = take_turn(demo, SITE, one.turn.seat, number, "0", NOW, device=ROBOT)
    while one.step():
        pass
    with demo.begin() as tx:
        assert set(tx.scalars(select(Delivery.state))) == {"closed"}
    assert one.tally.stuck == []


def test_a_robot_with_nothing_to_do_scans_nothing(demo: Transactions) -> None:
    one = robot(demo, ("putaway",))
    while one.step():
        pass
    scans = one.tally.scans
    for _ in range(5):
        one.wake()
        assert not one.step()
    assert one.tally.scans == scans


def test_a_robot_stops_coming_back_to_what_it_cannot_do(demo: Transactions) -> None:
    with demo.begin() as tx:
        tx.execute(delete(Barcode))
    one = robot(demo, ("receiving",))
    for _ in range(SCANS_MAX):
        if not one.step():
            one.wake()
            if not one.step():
                break
    else:
        pytest.fail(f"still at it: {one.turn.prompt.ask}")
    with demo.begin() as tx:
        left = {row["work"]: row["reason"] for row in left_over(tx, SITE)}
    assert any(reason.startswith("parked by") for reason in left.values())


def test_what_people_keep_is_left_with_their_names(demo: Transactions) -> None:
    ana, bruno, chen = badges_of(demo, SITE)
    with demo.begin() as tx:
        dock = tx.scalar(select(Place.scan_code).where(Place.code == "DOCK-1"))
        assert dock is not None
        numbers = sorted(tx.scalars(select(Delivery.number)))
    scan(demo, "T1", ana.code, numbers[0], dock)
    scan(demo, "T2", bruno.code, numbers[1], dock, "*OUT")
    turn = scan(demo, "T3", chen.code)
    picking = [choice.code for choice in turn.prompt.choices].index("picking") + 1
    scan(demo, "T3", str(picking), "*DONE", "*OUT")
    with demo.begin() as tx:
        left = [(row["work"].split()[0], row["reason"]) for row in left_over(tx, SITE)]
    assert left[:2] == [("receiving", "open by Ana"), ("receiving", "parked by Bruno")]
    assert ("pick", "parked by Chen") in left


def test_a_robot_is_hired_once_and_badges_are_not_given_twice(demo: Transactions) -> None:
    with demo.begin() as tx:
        first = supply.hire(tx, SITE, 2)
        assert supply.hire(tx, SITE, 4)[:2] == first
        assert len({badge for _, badge in supply.hire(tx, SITE, 4)}) == 4


def test_a_walk_whose_question_was_lost_is_found_by_its_cart(demo: Transactions) -> None:
    with demo.begin() as tx:
        cart, tote = (
            str(tx.scalar(select(Place.scan_code).where(Place.kind == kind).order_by(Place.code)))
            for kind in ("cart", "tote")
        )
    badge = badges_of(demo, SITE)[0]
    turn = scan(demo, "T9", badge.code)
    picking = str([choice.code for choice in turn.prompt.choices].index("picking") + 1)
    scan(demo, "T9", picking, cart, tote, "*BACK")
    with demo.begin() as tx:
        tx.execute(delete(Parked))
        tx.execute(update(Order).where(Order.state == "released").values(state="hold"))
    robot = Robot(
        demo, SITE, seat="T9", badge=badge.code, worker="1001", now=lambda: NOW, rng=Random(1),
        jobs=("picking", "packing"),
    )  # fmt: skip
    for _ in range(SCANS_MAX):
        if not robot.step():
            break
    with demo.begin() as tx:
        assert set(tx.scalars(select(Task.state).where(Task.kind == "pick"))) == {"done"}


def test_nobody_goes_picking_while_no_empty_tote_stands_around(demo: Transactions) -> None:
    with demo.begin() as tx:
        tx.execute(update(Place).where(Place.kind == "tote").values(order_no="FJORD/0"))
        tx.execute(update(Delivery).values(state="closed"))
    picker = robot(demo, ("picking",))
    for _ in range(SCANS_MAX):
        if not picker.step():
            picker.wake()
            if not picker.step():
                break
    else:
        pytest.fail("claims orders and gives them back for ever")
    with demo.begin() as tx:
        assert tx.scalar(select(Task.id).where(Task.kind == "pick")) is None
