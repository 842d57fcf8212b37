"""Badges and PINs that are guessed: waits, locks, and no trace of what was typed."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path

import forked
import pytest
from conftest import NOW, SITE, new_warehouse
from homes import EITHER, home_of
from sqlalchemy import select
from warehouses import people

from floorhand.domain.guessing import GUESSES_MAX, WITHIN
from floorhand.ops.floor import take_seat, take_turn
from floorhand.store.db import Transactions, engine_of, open_database
from floorhand.store.guesses import SEAT, WORKER, forget_guesses, guesses_at
from floorhand.store.schema import Operation, Scan, Seat
from floorhand.text.catalog import catalog

PROCESSES = int(os.environ.get("FLOORHAND_GUESSERS", "12"))
TRIES = 10
"""Guesses of each process, five minutes apart: all are within one hour."""

GUESSERS = Path(__file__).with_name("guessers.py")


@pytest.fixture
def at_work(transactions: Transactions) -> Transactions:
    people.build(transactions)
    return transactions


class Guessing:
    """Somebody at a terminal, with a clock of their own."""

    def __init__(self, transactions: Transactions, seat: str = "H1") -> None:
        self.transactions, self.seat, self.at = transactions, seat, NOW
        self.turn = take_seat(transactions, SITE, seat, now=NOW)

    def scan(self, *scans: str, after_s: int = 0) -> str:
        """Scan, each after so many seconds; gives the code of the last answer."""
        for scanned in scans:
            self.at += timedelta(seconds=after_s)
            number = self.turn.scan_no + 1
            self.turn = take_turn(self.transactions, SITE, self.seat, number, scanned, self.at)
        return self.turn.said.text.removeprefix("refusal.") if self.turn.said else ""

    def said(self) -> str:
        """What the last answer was, in words."""
        assert self.turn.said is not None
        return catalog("en").say(self.turn.said.text, self.turn.said.facts)


def test_wrong_pins_cost_ever_longer_waits(at_work: Transactions) -> None:
    one = Guessing(at_work)
    assert one.scan("W3", "111112") == "wrong_pin"
    assert one.scan("111112") == "guess_wait"
    assert one.said() == "Wrong too often. Wait 1 s, then scan your badge or type the PIN."
    assert one.scan(people.PIN) == "guess_wait"
    assert one.scan(people.PIN, after_s=1) == "sign_in.welcome"


def test_a_right_pin_begins_a_new_row(at_work: Transactions) -> None:
    one = Guessing(at_work)
    one.scan("W3", "111112", people.PIN, "*OUT", after_s=5)
    assert one.scan("W3", "111112", after_s=5) == "wrong_pin"


def test_ten_wrong_pins_lock_the_pin_at_every_terminal_until_it_is_unlocked(
    at_work: Transactions,
) -> None:
    for n in range(GUESSES_MAX):
        one = Guessing(at_work, f"H{n}")
        one.at += timedelta(minutes=5 * n)
        last = one.scan("W3", "111112")
    assert last == "pin_locked"
    assert one.said() == (
        "Too many wrong PINs: the PIN of Cai is locked. Scan your badge, or ask Cai to unlock it."
    )
    other = Guessing(at_work, "H77")
    assert other.scan("W3", after_s=86_400) == "pin_locked"
    assert other.scan("BADGE-CAI") == "sign_in.welcome"
    with at_work.begin() as tx:
        forget_guesses(tx, SITE, WORKER, "W3")
    assert other.scan("*OUT", "W3", people.PIN) == "sign_in.welcome"


def test_badges_that_nobody_has_are_counted_at_the_terminal(at_work: Transactions) -> None:
    one = Guessing(at_work)
    assert one.scan("NOBODY-1") == "unknown_worker"
    assert one.scan("NOBODY-2") == "guess_wait"
    assert one.scan("BADGE-ANA") == "guess_wait"
    assert one.scan("BADGE-ANA", after_s=1) == "sign_in.welcome"
    one.scan("*OUT")
    for n in range(GUESSES_MAX):
        last = one.scan(f"NOBODY-{n}", after_s=400)
    assert last == "seat_locked"
    assert one.scan("BADGE-ANA", after_s=86_400) == "seat_locked"
    assert Guessing(at_work, "H2").scan("BADGE-ANA") == "sign_in.welcome"
    with at_work.begin() as tx:
        forget_guesses(tx, SITE, SEAT, "H1")
    assert one.scan("BADGE-ANA") == "sign_in.welcome"


def test_many_numbers_at_one_terminal_are_no_more_guesses_than_one(at_work: Transactions) -> None:
    one = Guessing(at_work)
    one.scan("W3", "111112", "*BACK", "NOBODY")
    assert one.scan("BADGE-ANA") == "guess_wait"


def test_what_is_known_but_no_badge_is_no_guess(at_work: Transactions) -> None:
    one = Guessing(at_work)
    for _ in range(GUESSES_MAX + 1):
        assert one.scan("LBIN1") == "unknown_worker"
    assert one.scan("BADGE-ANA") == "sign_in.welcome"


def test_a_worker_without_pin_cannot_sign_in_by_number(at_work: Transactions) -> None:
    one = Guessing(at_work)
    assert one.scan("W1") == "no_pin"
    assert one.said() == "Ana has no PIN. Scan your badge, or ask Cai for a PIN."
    assert one.turn.prompt.ask == "sign_in.scan_badge"


def test_neither_badge_nor_pin_nor_what_was_tried_for_one_is_written_down(
    at_work: Transactions,
) -> None:
    one = Guessing(at_work)
    secrets = ("W3", "47l108", "271828", people.PIN, "*OUT", "271829", "FHP-no-badge", "BADGE-ANA")
    one.scan(*secrets, "1", "BADGE-ANA", after_s=9)
    with at_work.begin() as tx:
        written = str(
            [
                tx.execute(select(Scan.scanned)).all(),
                tx.execute(select(Operation.command, Operation.facts)).all(),
                tx.execute(select(Seat.scanned, Seat.said, Seat.state)).all(),
            ]
        )
    for secret in secrets:
        assert (secret in written) == (secret in ("W3", "*OUT"))


@pytest.fixture(params=EITHER)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a warehouse with people, on either database."""
    if request.param == "sqlite":
        made, where = new_warehouse(tmp_path), home_of(tmp_path / "floor.db")
    else:
        where = request.getfixturevalue("postgresql_warehouse")
        made = open_database(where)
    people.build(made)
    engine_of(made).dispose()
    return where


def test_many_processes_at_once_get_ten_guesses_in_all(url: str) -> None:
    words = [url, str(PROCESSES), str(TRIES), NOW.isoformat()]
    code, told = forked.outcome([str(GUESSERS), *words])
    assert (code, told.splitlines().count("refusal.pin_locked")) == (0, PROCESSES), told
    transactions = open_database(url)
    with transactions.begin() as tx:
        guesses = guesses_at(tx, SITE, WORKER, "W3")
    engine_of(transactions).dispose()
    assert guesses.in_a_row == len(guesses.times) == GUESSES_MAX
    assert guesses.times[-1] - guesses.times[0] < WITHIN
