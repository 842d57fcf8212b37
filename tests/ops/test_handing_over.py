"""Hand-overs between shifts: what is kept, who may take it on, and what is told of it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from conftest import NOW, SITE, new_warehouse
from sqlalchemy import delete, insert, select, update
from warehouses import packing

from floorhand.domain.handing_over import HandOver, LookOver, TakeOn
from floorhand.domain.shifts import Period
from floorhand.errors import Code, Refused
from floorhand.ops.handing_over import hand_over, look_over, take_on
from floorhand.reports.page_of_text import text_of
from floorhand.reports.shift import shift_report
from floorhand.store.at_hand import at_hand, handed_over
from floorhand.store.board import board
from floorhand.store.cells import Lead
from floorhand.store.db import Transactions, engine_of
from floorhand.store.desk_tables import desk_table
from floorhand.store.details import details
from floorhand.store.handovers import keep_handover
from floorhand.store.ledger import Cause
from floorhand.store.left_behind import KEPT_MAX, as_plain, left_behind
from floorhand.store.masters import site_zone
from floorhand.store.schema import Handover, Order, SiteRow, Task, Trouble
from floorhand.store.summary import summarise
from floorhand.text.catalog import catalog

LEAD = frozenset({"lead"})
SHIFT = Period("day", NOW - timedelta(hours=12), NOW + timedelta(hours=12))


@pytest.fixture
def floor(tmp_path: Path) -> Iterator[Transactions]:
    transactions = new_warehouse(tmp_path)
    packing.build(transactions)
    yield transactions
    engine_of(transactions).dispose()


def by(worker: str, number: int, minutes: int = 0) -> Cause:
    at = NOW + timedelta(minutes=minutes)
    return Cause(SITE, f"L1:{number}", worker, "L1", "", at, LEAD)


def test_another_lead_takes_on_what_was_handed_over(floor: Transactions) -> None:
    with floor.begin() as tx:
        waiting = hand_over(tx, by("W1", 1), HandOver("Two totes [/b]")).seen.waiting
        assert (waiting.name, waiting.note, waiting.mine) == ("Ana", "Two totes [/b]", True)
        with pytest.raises(Refused) as own:
            take_on(tx, by("W1", 2), TakeOn(waiting.handover))
        assert own.value.code is Code.HANDOVER_OWN
        taken = take_on(tx, by("W2", 3, minutes=8), TakeOn(waiting.handover))
        assert (taken.name, taken.seen.waiting) == ("Ana", None)
        row = tx.execute(select(Handover.taken_by, Handover.taken_at)).one()
        assert tuple(row) == ("W2", NOW + timedelta(minutes=8))


def test_what_is_taken_on_or_was_handed_over_anew_cannot_be_taken_on(floor: Transactions) -> None:
    with floor.begin() as tx:
        first = hand_over(tx, by("W1", 1), HandOver("")).seen.waiting.handover
        second = hand_over(tx, by("W1", 2, minutes=1), HandOver("")).seen.waiting.handover
        take_on(tx, by("W2", 3, minutes=2), TakeOn(second))
        for handover in (first, second):
            with pytest.raises(Refused) as gone:
                take_on(tx, by("W2", 4, minutes=3), TakeOn(handover))
            assert gone.value.code is Code.HANDOVER_GONE


def test_a_shift_that_has_just_ended_is_handed_over_before_the_next(floor: Transactions) -> None:
    with floor.begin() as tx:
        shifts = {"shifts": ["early 03:00-09:00", "late 09:00-18:00"]}  # NOW is 09:00
        tx.execute(update(SiteRow).values(rules=json.dumps(shifts)))
        assert look_over(tx, by("W1", 1, minutes=-1), LookOver()).shift == "early"
        assert look_over(tx, by("W1", 1, minutes=61), LookOver()).shift == "late"
        hand_over(tx, by("W1", 2, minutes=20), HandOver(""))
        hand_over(tx, by("W1", 3, minutes=25), HandOver(""))
        rows = tx.execute(select(Handover.shift, Handover.began_at).order_by(Handover.at)).all()
    early, late = NOW - timedelta(hours=6), NOW
    assert [tuple(row) for row in rows] == [("early", early), ("late", late)]


def test_each_shift_has_its_own_hand_over_whenever_it_was_written(floor: Transactions) -> None:
    def note_of(shift: Period) -> str | None:
        made = handed_over(tx, SITE, shift)
        return made["note"] if made else None

    shifts = ["early 03:00-09:00", "mid 06:00-15:00", "late 09:00-18:00"]
    day = Period("2026-03-02", NOW - timedelta(hours=9), NOW + timedelta(hours=15))
    early, mid, late = (
        Period(name, NOW + timedelta(hours=start), NOW + timedelta(hours=end))
        for name, start, end in (("early", -6, 0), ("mid", -3, 6), ("late", 0, 9))
    )
    with floor.begin() as tx:
        tx.execute(update(SiteRow).values(rules=json.dumps({"shifts": shifts})))
        for number, shift in enumerate((mid, late, early)):
            keep_handover(tx, by("W1", number, minutes=number), shift, shift.name, {}, "")
        assert [note_of(one) for one in (early, mid, late)] == ["early", "mid", "late"]
        assert note_of(day) == "late"
        tx.execute(delete(Handover).where(Handover.shift == "early"))
        assert note_of(early) is None


def test_who_does_not_lead_hands_nothing_over(floor: Transactions) -> None:
    nobody = Cause(SITE, "P1:1", "W1", "P1", "", NOW, frozenset({"packer"}))
    with floor.begin() as tx, pytest.raises(Refused) as refused:
        look_over(tx, nobody, LookOver())
    assert refused.value.code is Code.ROLE_MISSING


def test_a_board_shows_a_hand_over_until_it_is_taken_on(floor: Transactions) -> None:
    def shown() -> list[object]:
        return [one.oldest_at for one in board(tx, SITE, NOW).waits if one.kind == "handover"]

    with floor.begin() as tx:
        assert shown() == []
        handover = hand_over(tx, by("W1", 1), HandOver("T-1 waits")).seen.waiting.handover
        assert shown() == [NOW]
        behind = details(tx, SITE, "waits", "handover", NOW)
        assert behind.rows[0][:3] == (NOW, "Ana", "T-1 waits")
        assert behind.rows[0][-1] == Lead("desk.handover", handover, "→")
        then, now = (
            desk_table(tx, SITE, *which, NOW) for which in (("handover", handover), ("left", ""))
        )
        assert then == now
        assert [row[1] for row in then.rows][:2] == ["ACME/1004", "ACME/1001"]
        take_on(tx, by("W2", 2), TakeOn(handover))
        assert shown() == []
        assert details(tx, SITE, "waits", "handover", NOW).rows == ()


def test_what_is_left_is_told_with_owner_and_age(floor: Transactions) -> None:
    with floor.begin() as tx:
        tx.execute(
            insert(Trouble).values(
                site=SITE,
                id="X:1",
                kind="short_order",
                subject="ACME/9",
                owner="Cai",
                created_at=NOW - timedelta(hours=3),
            )
        )
        left = left_behind(tx, SITE, NOW)
        (trouble,) = left["troubles"]
        due = [row.what for row in left["due_orders"]]
    assert (trouble.what, trouble.owner, trouble.at) == ("ACME/9", "Cai", NOW - timedelta(hours=3))
    assert due == ["ACME/1004", "ACME/1001", "ACME/1002"]  # within four hours, the next one first


def test_a_tote_that_no_work_and_no_order_is_about_is_a_stray(floor: Transactions) -> None:
    with floor.begin() as tx:
        assert "strays" not in left_behind(tx, SITE, NOW)
        tx.execute(update(Order).where(Order.number == "1001").values(state="cancelled"))
        tx.execute(delete(Task))
        strays = {row.what: row.pieces for row in left_behind(tx, SITE, NOW)["strays"]}
    assert strays["T-1"] == 4
    assert "T-2" not in strays


def test_more_than_are_kept_by_name_are_counted(floor: Transactions) -> None:
    with floor.begin() as tx:
        rows = ({"site": SITE, "id": f"X:{n}", "kind": "putaway"} for n in range(KEPT_MAX + 5))
        tx.execute(insert(Task), [row | {"created_at": NOW} for row in rows])
        left = as_plain(left_behind(tx, SITE, NOW))
    assert left["counts"]["tasks"] >= KEPT_MAX + 5
    assert sum(row["kind"] == "tasks" for row in left["rows"]) == KEPT_MAX


def test_a_summary_tells_of_the_hand_over_and_whether_it_was_taken_on(floor: Transactions) -> None:
    def page() -> str:
        now = NOW + timedelta(minutes=25)
        figures = summarise(tx, SITE, SHIFT, now)
        figures |= {"now": at_hand(tx, SITE, now), "handover": handed_over(tx, SITE, SHIFT)}
        return text_of(shift_report(figures, catalog("en"), site_zone(tx, SITE)), 80)

    with floor.begin() as tx:
        assert "\nHand-over\n" not in page()
        handover = hand_over(tx, by("W1", 1), HandOver("T-1 waits")).seen.waiting.handover
        told = page().partition("\nHand-over\n")[2]
        assert "Note: T-1 waits" in told
        assert "Nobody has taken it on for 25 min." in told
        assert "ACME/1004" in told
        take_on(tx, by("W2", 2, minutes=5), TakeOn(handover))
        assert "Taken on by Bob at" in page()
