"""What workers choose about their screens is kept with them, and changes nothing of their work."""

from __future__ import annotations

from datetime import timedelta

import pytest
from conftest import NOW, SITE
from warehouses import people

from floorhand.domain.preferences import USUAL, Preferences
from floorhand.ops.floor import Turn, take_seat, take_turn
from floorhand.text.catalog import named_languages


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


def choice(turn: Turn, code: str) -> str:
    return str([choice.code for choice in turn.prompt.choices].index(code) + 1)


def test_sound_and_letters_follow_the_badge_to_another_terminal(at_work) -> None:
    turn = scan(at_work, "BADGE-ANA", "*MUTE", "*LARGE")
    assert turn.preferences == Preferences(large=True, mute=True)
    assert turn.said.text == "settings.enlarged"
    assert turn.job == "menu"
    assert scan(at_work, "BADGE-ANA", seat="H2").preferences.mute
    assert scan(at_work, "BADGE-BEN", seat="H3").preferences == USUAL
    assert not scan(at_work, "*MUTE", seat="H2").preferences.mute


def test_a_choice_in_the_middle_of_a_job_leaves_its_question(at_work) -> None:
    before = scan(at_work, "BADGE-ANA", "1")
    after = scan(at_work, "*MUTE")
    assert (after.job, after.prompt) == (before.job, before.prompt) == ("receiving", before.prompt)


def test_the_menu_leads_to_language_and_colours_and_back(at_work) -> None:
    turn = scan(at_work, "BADGE-ANA", "*LIST")
    turn = scan(at_work, choice(turn, "theme"))
    turn = scan(at_work, choice(turn, "light"))
    assert (turn.prompt.ask, turn.preferences.theme) == ("settings.what", "light")
    turn = scan(at_work, choice(turn, "theme"))
    assert scan(at_work, choice(turn, "terminal")).preferences == USUAL
    turn = scan(at_work, choice(scan(at_work), "language"))
    assert [(one.code, one.label) for one in turn.prompt.choices] == list(named_languages())
    turn = scan(at_work, choice(turn, "it"))
    assert turn.language == "it"
    assert scan(at_work, "*BACK").job == "menu"


def test_a_language_chosen_at_the_sign_in_is_seen_at_once_and_kept_with_who_signs_in(
    at_work,
) -> None:
    turn = scan(at_work, "*LIST")
    assert turn.prompt.ask == "sign_in.which_language"
    turn = scan(at_work, choice(turn, "it"))
    assert (turn.prompt.ask, turn.language) == ("sign_in.scan_badge", "it")
    assert scan(at_work, "W3").language == "it"
    assert scan(at_work, people.PIN).language == "it"
    assert scan(at_work, "*OUT").language == ""
    assert scan(at_work, "BADGE-CAI").language == "it"
    assert scan(at_work, "BADGE-ANA").language == "en"


def test_who_has_no_badge_at_hand_can_still_leave_the_list_of_languages(at_work) -> None:
    assert scan(at_work, "*LIST", "*BACK").prompt.ask == "sign_in.scan_badge"
    assert scan(at_work, "*LIST", "BADGE-BEN").worker == "W2"


def test_nobody_has_no_sound_to_turn_off(at_work) -> None:
    assert scan(at_work, "*MUTE").said.text == "refusal.key_not_now"
