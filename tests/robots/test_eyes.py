"""A newcomer who types nothing but what the hint line says must get a parcel out."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from homes import home_of
from sqlalchemy import func, select

from floorhand.domain.counting import read_expiry
from floorhand.flows.turn import Choice, Prompt, Wants
from floorhand.ops.floor import take_seat, take_turn
from floorhand.ops.seats import Turn
from floorhand.robots.demo import build_demo
from floorhand.robots.eyes import Eyes, hint
from floorhand.store.check import violations
from floorhand.store.db import Transactions, engine_of, open_database
from floorhand.store.schema import Order, Place, PrintJob, Scan

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
SITE = "MAIN"
SCANS_FOR_A_PARCEL_MAX = 60


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[Transactions]:
    transactions = open_database(home_of(tmp_path / "demo.db"))
    build_demo(transactions, SITE, NOW)
    yield transactions
    engine_of(transactions).dispose()


def shipped(transactions: Transactions) -> int:
    with transactions.begin() as tx:
        asked = select(func.count()).select_from(Order).where(Order.state == "shipped")
        return tx.scalar(asked) or 0


def test_the_hints_alone_lead_to_a_shipped_parcel(demo: Transactions) -> None:
    turn: Turn = take_seat(demo, SITE, "T1", now=NOW)
    before, at = shipped(demo), NOW
    for _ in range(SCANS_FOR_A_PARCEL_MAX):
        at += timedelta(seconds=3)
        hinted = hint(demo, SITE, turn, at)
        turn = take_turn(demo, SITE, "T1", turn.scan_no + 1, hinted, at)
        assert turn.said is None or turn.said.tone != "refused", (hinted, turn.said)
        if shipped(demo) > before:
            break
    assert shipped(demo) > before, turn
    with demo.begin() as tx:
        assert tx.scalars(select(PrintJob.template)).all()[-1] == "shipping"
        assert violations(tx, SITE) == ()


def test_hints_are_short_enough_to_type(demo: Transactions) -> None:
    turn = take_seat(demo, SITE, "T1", now=NOW)
    for _ in range(30):
        hinted = hint(demo, SITE, turn, NOW)
        assert len(hinted) <= 14, hinted
        turn = take_turn(demo, SITE, "T1", turn.scan_no + 1, hinted or "*BACK", NOW)


def test_who_chose_a_job_is_led_through_it_and_not_away(demo: Transactions) -> None:
    turn = take_seat(demo, SITE, "T1", now=NOW)
    turn = take_turn(demo, SITE, "T1", 1, hint(demo, SITE, turn, NOW), NOW)
    codes = [choice.code for choice in turn.prompt.choices]
    for job, ask in (("receiving", "receiving."), ("returns", "returns."), ("picking", "picking.")):
        number = str(codes.index(job) + 1)
        turn = take_turn(demo, SITE, "T1", turn.scan_no + 1, number, NOW)
        hinted = hint(demo, SITE, turn, NOW)
        assert hinted not in ("", "*BACK"), job
        turn = take_turn(demo, SITE, "T1", turn.scan_no + 1, hinted, NOW)
        assert turn.prompt.ask.startswith(ask)
        while turn.job != "menu":
            turn = take_turn(demo, SITE, "T1", turn.scan_no + 1, "*BACK", NOW)


def test_a_job_without_work_leads_back(demo: Transactions) -> None:
    turn = take_seat(demo, SITE, "T1", now=NOW)
    turn = take_turn(demo, SITE, "T1", 1, hint(demo, SITE, turn, NOW), NOW)
    number = str([choice.code for choice in turn.prompt.choices].index("packing") + 1)
    turn = take_turn(demo, SITE, "T1", turn.scan_no + 1, number, NOW)
    assert hint(demo, SITE, turn, NOW) == "*BACK"


def test_a_refused_scan_is_no_reason_to_leave_the_job(demo: Transactions) -> None:
    turn = take_seat(demo, SITE, "T1", now=NOW)
    turn = take_turn(demo, SITE, "T1", 1, hint(demo, SITE, turn, NOW), NOW)
    number = str([choice.code for choice in turn.prompt.choices].index("receiving") + 1)
    for scanned in (number, "D-9999"):
        turn = take_turn(demo, SITE, "T1", turn.scan_no + 1, scanned, NOW)
    assert turn.said is not None
    assert turn.said.tone == "refused"
    assert hint(demo, SITE, turn, NOW) == "D-1001"


def test_a_hint_changes_nothing(demo: Transactions) -> None:
    turn = take_seat(demo, SITE, "T1", now=NOW)
    for _ in range(3):
        assert hint(demo, SITE, turn, NOW) == hint(demo, SITE, turn, NOW)
    with demo.begin() as tx:
        assert tx.scalars(select(Scan.scan_no)).all() == []


def test_a_wanted_place_is_scanned_by_its_label_and_typed_by_its_digits(
    demo: Transactions,
) -> None:
    prompt = Prompt("picking.scan_place", wants=Wants(kinds=("bin",), place="A-01-1"))
    with demo.begin() as tx:
        label, digits = tx.execute(
            select(Place.scan_code, Place.check_digits).where(Place.code == "A-01-1")
        ).one()
    assert Eyes(demo, SITE).answer(prompt, NOW) == label
    assert Eyes(demo, SITE, typed=True).answer(prompt, NOW) == digits


def test_a_hinted_number_is_typed_before_pieces_are_scanned_one_by_one(
    demo: Transactions,
) -> None:
    wants = Wants(kinds=("piece", "number"), sku="ALMA/ALM-OIL", number=True, number_hint=12)
    assert Eyes(demo, SITE).answer(Prompt("x", wants=wants), NOW) == "12"


def test_a_list_is_answered_by_number(demo: Transactions) -> None:
    prompt = Prompt("x", choices=(Choice("a"), Choice("b")), wants=Wants(kinds=("choice",)))
    assert Eyes(demo, SITE).answer(prompt, NOW) == "1"


def test_eyes_see_nothing_where_nothing_fits(demo: Transactions) -> None:
    tote = Prompt("x", wants=Wants(kinds=("tote",)))
    every = {f"T-{number:02d}" for number in range(1, 41)}
    assert Eyes(demo, SITE).answer(tote, NOW, avoid=every) is None
    assert Eyes(demo, SITE).answer(Prompt("x"), NOW) is None


def test_a_choice_that_does_not_fit_is_not_proposed(transactions) -> None:
    boxes = (Choice("S", label="S", fits=False), Choice("M", label="M"))
    prompt = Prompt("packing.which_box", choices=boxes, wants=Wants(kinds=("choice",)))
    assert Eyes(transactions, SITE).answer(prompt, NOW) == "2"


def test_nobody_is_told_to_skip_a_mark_that_is_not_known(demo: Transactions) -> None:
    turn = take_seat(demo, SITE, "T1", now=NOW)
    for scanned in (hint(demo, SITE, turn, NOW), "5", "RMA-303", "ALM-OAT"):
        turn = take_turn(demo, SITE, "T1", turn.scan_no + 1, scanned, NOW)
    assert turn.prompt.ask == "returns.expiry"
    assert hint(demo, SITE, turn, NOW) == ""
    assert Eyes(demo, SITE).answer(turn.prompt, NOW) == "*SKIP"


def test_what_is_printed_on_a_returned_piece_is_hinted(demo: Transactions) -> None:
    turn = take_seat(demo, SITE, "T1", now=NOW)
    for scanned in (hint(demo, SITE, turn, NOW), "5", "RMA-303", "ALM-OIL"):
        turn = take_turn(demo, SITE, "T1", turn.scan_no + 1, scanned, NOW)
    assert turn.prompt.ask == "returns.expiry"
    assert read_expiry(hint(demo, SITE, turn, NOW), "YYMMDD")
