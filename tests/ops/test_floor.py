"""The road of a scan: once and only once, resumed, refused without a trace."""

from __future__ import annotations

from datetime import timedelta

import pytest
from conftest import NOW, SITE
from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import IntegrityError
from warehouses import people

from floorhand.ops.floor import Turn, take_seat, take_turn
from floorhand.store.schema import Operation, Scan, Seat
from floorhand.text.catalog import catalog


@pytest.fixture
def at_work(transactions):
    people.build(transactions)
    return transactions


def scan(transactions, *scans: str, seat: str = "H1") -> Turn:
    turn = take_seat(transactions, SITE, seat, now=NOW)
    for scanned in scans:
        number = turn.scan_no + 1
        now = NOW + timedelta(seconds=number)
        turn = take_turn(transactions, SITE, seat, number, scanned, now)
    return turn


def said(turn: Turn) -> str:
    assert turn.said is not None
    return catalog("en").say(turn.said.text, turn.said.facts)


def test_a_badge_signs_in_and_the_menu_follows_the_roles(at_work) -> None:
    turn = scan(at_work, "BADGE-BEN")
    assert (turn.job, turn.worker_name, turn.language) == ("menu", "Ben", "it")
    assert [choice.code for choice in turn.prompt.choices] == ["picking"]


def test_a_number_needs_a_pin_and_neither_pin_nor_hash_is_written_down(at_work) -> None:
    turn = scan(at_work, "W3", people.PIN)
    assert turn.worker == "W3"
    with at_work.begin() as tx:
        assert people.PIN not in str(tx.execute(select(Scan.scanned)).all())
        assert people.PIN not in str(tx.execute(select(Operation.command)).all())
        assert people.PIN not in str(tx.execute(select(Seat.scanned)).all())


def test_a_mistyped_pin_is_neither_shown_nor_written_down(at_work) -> None:
    turn = scan(at_work, "W3", "47l1")
    assert turn.said.text == "refusal.wrong_pin"
    with at_work.begin() as tx:
        assert "47l1" not in str(tx.execute(select(Scan.scanned)).all())
        assert "47l1" not in str(tx.execute(select(Seat.scanned, Seat.said)).all())


def test_a_repeated_scan_number_changes_nothing_and_says_the_same(at_work) -> None:
    first = scan(at_work, "BADGE-ANA", "09506000134352", "1")
    again = take_turn(at_work, SITE, "H1", first.scan_no, "1", NOW)
    assert again == first
    with at_work.begin() as tx:
        assert tx.scalar(select(func.count()).select_from(Scan)) == 3


def test_another_scan_under_a_used_number_is_not_swallowed(at_work) -> None:
    first = scan(at_work, "BADGE-ANA", "nonsense")
    turn = take_turn(at_work, SITE, "H1", first.scan_no, "LBIN1", NOW)
    assert turn.said.text == "refusal.scan_again"
    assert turn.scan_no == first.scan_no


def test_nothing_scanned_is_no_scan(at_work) -> None:
    before = scan(at_work, "BADGE-ANA")
    turn = scan(at_work, "", "  ", "\t", "\r\n")
    assert (turn.scan_no, turn.prompt) == (before.scan_no, before.prompt)


def test_a_shared_barcode_asks_whose_goods_they_are(at_work) -> None:
    turn = scan(at_work, "BADGE-ANA", "9506000134352")
    assert turn.prompt.ask == "which.whose"
    assert [choice.label for choice in turn.prompt.choices] == ["ACME: Mug blue", "BOLT: Cup"]
    turn = scan(at_work, "2")
    assert turn.prompt.ask == "menu.choose"
    assert ("fact.product", "MUG Cup") in turn.prompt.facts


def test_whose_goods_they_are_is_not_asked_where_no_product_is_an_answer(at_work) -> None:
    scan(at_work, "BADGE-BEN", "1")
    assert said(scan(at_work, "9506000134352")) == "That is piece MUG Mug blue. Scan a cart."


def test_where_there_is_no_list_nothing_can_be_chosen(at_work) -> None:
    scan(at_work, "BADGE-BEN", "1")
    assert scan(at_work, "*CHOOSE 1").said.text == "refusal.no_list"


def test_a_long_number_of_a_choice_is_cut_in_the_answer(at_work) -> None:
    turn = scan(at_work, "BADGE-ANA", "*CHOOSE " + "9" * 400)
    assert said(turn) == "There is no number 9999… in the list. Choose 1 to 5."


def test_going_back_from_whose_goods_is_harmless(at_work) -> None:
    assert scan(at_work, "BADGE-ANA", "9506000134352", "*BACK").prompt.ask == "menu.choose"


def test_signing_out_parks_nothing_at_the_menu_and_ends_the_session(at_work) -> None:
    turn = scan(at_work, "BADGE-ANA", "*OUT")
    assert (turn.job, turn.worker) == ("sign_in", "")
    assert said(turn) == "Signed out, Ana."


def test_a_worker_who_signs_in_elsewhere_leaves_the_first_terminal(at_work) -> None:
    scan(at_work, "BADGE-ANA")
    scan(at_work, "BADGE-ANA", seat="H2")
    assert take_seat(at_work, SITE, "H1", now=NOW).worker == ""
    assert take_seat(at_work, SITE, "H2", now=NOW).worker == "W1"
    turn = scan(at_work, "LBIN1")
    assert said(turn).startswith("Ana signed in at H2, so this scan was not taken.")
    assert scan(at_work, "BADGE-ANA").worker == "W1"


def test_another_badge_at_the_menu_changes_worker_and_language_at_once(at_work) -> None:
    turn = scan(at_work, "BADGE-ANA", "BADGE-BEN")
    assert (turn.worker, turn.worker_name, turn.language) == ("W2", "Ben", "it")
    assert [choice.code for choice in turn.prompt.choices] == ["picking"]


def test_the_own_badge_is_no_mistake_at_any_question(at_work) -> None:
    turn = scan(at_work, "BADGE-ANA", "3")
    at = turn.prompt
    turn = scan(at_work, "BADGE-ANA")
    assert (turn.prompt, turn.said.tone, said(turn)) == (at, "look", "You are signed in, Ana.")


def test_a_job_without_the_role_is_refused(at_work) -> None:
    turn = scan(at_work, "BADGE-BEN", "*CHOOSE 2")
    assert said(turn) == "There is no number 2 in the list. Choose 1 to 1."


@pytest.mark.parametrize(
    ("scanned", "refusal"),
    [
        ("???", "unknown_barcode"),
        ("[/b][red]", "unknown_teachable"),
        ("\x1b[2J", "unknown_barcode"),
        ("\x00", "unknown_barcode"),
        ("\ud800", "unknown_barcode"),
        ("A" * 10_000, "scan_too_long"),
        ("*NONSENSE", "unknown_barcode"),
        ("99", "no_such_choice"),
        ("*UNDO", "key_not_now"),
    ],
)
def test_bad_scans_are_refused_and_change_nothing(at_work, scanned: str, refusal: str) -> None:
    before = scan(at_work, "BADGE-ANA")
    turn = scan(at_work, scanned)
    assert turn.said.text == f"refusal.{refusal}"
    assert turn.prompt == before.prompt
    assert turn.scan_no == before.scan_no + 1


def test_help_says_what_to_do_and_changes_nothing(at_work) -> None:
    before = scan(at_work, "BADGE-ANA")
    turn = scan(at_work, "*HELP")
    assert turn.said.text == "help.menu.choose"
    assert turn.prompt == before.prompt


@pytest.mark.parametrize("statement", [update(Scan).values(fate="x"), delete(Scan)])
def test_scans_cannot_be_rewritten(at_work, statement) -> None:
    scan(at_work, "BADGE-ANA")
    with pytest.raises(IntegrityError, match="append-only"), at_work.begin() as tx:
        tx.execute(statement)
