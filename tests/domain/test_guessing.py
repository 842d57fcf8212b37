"""How often a secret may be guessed, and which PINs there are."""

from __future__ import annotations

from datetime import timedelta

import pytest
from conftest import NOW

from floorhand.domain.guessing import GUESSES_MAX, WAIT_MAX_S, WITHIN, Guesses, backoff_s
from floorhand.domain.pins import draw_pin, hash_pin, is_fit, is_hash, verify_pin


def test_waits_double_up_to_five_minutes() -> None:
    waits = [backoff_s(n) for n in range(12)]
    assert waits == [0, 0, 1, 2, 4, 8, 16, 32, 64, 128, 256, WAIT_MAX_S]


def test_after_each_wrong_guess_the_wait_runs_from_that_guess() -> None:
    guesses = Guesses().wrong(NOW)
    assert guesses.wait_s(NOW) == 0
    guesses = guesses.wrong(NOW).wrong(NOW)
    assert [guesses.wait_s(NOW + timedelta(seconds=s)) for s in (0, 1, 1.5, 2, 9)] == [
        2,
        1,
        1,
        0,
        0,
    ]


def test_the_tenth_wrong_guess_in_a_row_locks_for_good() -> None:
    guesses = Guesses()
    for day in range(GUESSES_MAX):
        assert not guesses.locked
        guesses = guesses.wrong(NOW + timedelta(days=day))
    assert guesses.locked


def test_a_right_guess_in_between_makes_no_room_for_more_wrong_ones_in_the_hour() -> None:
    guesses, at = Guesses(), NOW
    for _ in range(GUESSES_MAX):
        at += timedelta(minutes=1)
        guesses = guesses.wrong(at).right()
    assert not guesses.locked
    assert guesses.wait_s(at) == (NOW + timedelta(minutes=1) + WITHIN - at).total_seconds()
    assert guesses.wait_s(NOW + timedelta(minutes=1) + WITHIN) == 0


def test_a_clock_that_was_set_back_neither_opens_nor_closes_for_longer() -> None:
    guesses = Guesses().wrong(NOW).wrong(NOW).wrong(NOW)
    assert guesses.wait_s(NOW - timedelta(days=1)) == backoff_s(3)


def test_guesses_are_stored_whole() -> None:
    guesses = Guesses().wrong(NOW).wrong(NOW + timedelta(microseconds=7))
    assert Guesses.stored(guesses.in_a_row, guesses.times_json()) == guesses


@pytest.mark.parametrize("pin", ["12345", "1234567890123", "12345x", "１２３４５６", ""])
def test_a_pin_is_six_to_twelve_digits(pin: str) -> None:
    assert not is_fit(pin)


@pytest.mark.parametrize("pin", ["000000", "777777", "123456", "654321", "890123"])
def test_what_everybody_would_guess_first_is_no_pin(pin: str) -> None:
    with pytest.raises(ValueError, match="neither all the same nor in a row"):
        hash_pin(pin)


def test_a_drawn_pin_is_fit_and_is_kept_as_a_hash_that_tells_nothing() -> None:
    pin = draw_pin()
    stored = hash_pin(pin)
    assert is_fit(pin)
    assert is_hash(stored)
    assert pin not in stored
    assert verify_pin(pin, stored)
    assert not verify_pin("271828", stored)
    assert hash_pin(pin) != stored
