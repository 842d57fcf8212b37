"""Seats that are left: locked when idle, taken by a colleague, freed by a lead."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from conftest import NOW, SITE
from sqlalchemy import select, update
from warehouses import inbound

from floorhand.domain.keymap import Key
from floorhand.domain.leading import FreeSeat
from floorhand.domain.rules import SiteRules
from floorhand.errors import Code, Refused
from floorhand.flows.turn import Prompt
from floorhand.ops.devices import ANYBODY, ROBOT, Device
from floorhand.ops.floor import Turn, take_seat, take_turn
from floorhand.ops.leading import free_seat
from floorhand.ops.settling import from_office
from floorhand.store.check import violations
from floorhand.store.db import Transactions
from floorhand.store.ledger import Cause
from floorhand.store.schema import Operation, Scan, SiteRow
from floorhand.text.catalog import catalog

IDLE = timedelta(minutes=20)
INTO_WORK = ("1", "D-100", "LD1", inbound.MUG)


@pytest.fixture
def floor(transactions: Transactions) -> Iterator[Transactions]:
    inbound.build(transactions)
    with transactions.begin() as tx:
        rules = SiteRules(idle_minutes={"receiving": 20})
        tx.execute(update(SiteRow).values(rules=rules.to_json()))
    yield transactions
    with transactions.begin() as tx:
        assert violations(tx, SITE) == ()


class At:
    """A terminal with its own clock."""

    def __init__(
        self, transactions: Transactions, seat: str = "H1", device: Device = ANYBODY
    ) -> None:
        self.transactions, self.seat, self.device, self.now = transactions, seat, device, NOW
        self.turn: Turn = take_seat(transactions, SITE, seat, now=NOW, device=device)

    def scan(self, *scans: str, after: timedelta = timedelta()) -> Turn:
        for scanned in scans:
            self.now += after
            self.turn = take_turn(
                self.transactions,
                SITE,
                self.seat,
                self.turn.scan_no + 1,
                scanned,
                self.now,
                device=self.device,
            )
        return self.turn

    def said(self) -> str:
        assert self.turn.said is not None
        return catalog("en").say(self.turn.said.text, self.turn.said.facts)


def asked(turn: Turn) -> Prompt:
    """The question; what could be undone before is not taken back by who comes anew."""
    keys = tuple(key for key in turn.prompt.keys if key[0] is not Key.UNDO)
    return replace(turn.prompt, keys=keys)


def test_a_scan_after_the_idle_time_is_refused_counted_and_told_why(floor: Transactions) -> None:
    ana = At(floor)
    question = asked(ana.scan("BADGE-ANA", *INTO_WORK))
    assert ana.turn.locks_after_s == IDLE.total_seconds()
    ana.scan(inbound.MUG, after=IDLE)
    assert ana.turn.said
    assert ana.turn.said.text == f"refusal.{Code.IDLE_LOCKED}"
    assert ana.said() == ("No scan of Ana for 20 min. Scan your badge and go on where you were.")
    assert (ana.turn.worker, ana.turn.prompt.ask) == ("", "sign_in.locked")
    with floor.begin() as tx:
        last = tx.execute(select(Scan.fate, Scan.scanned).order_by(Scan.scan_no.desc())).first()
        assert last == ("idle_locked", inbound.MUG)
        out = tx.scalar(select(Operation.at).where(Operation.kind == "SignOut"))
        assert out == NOW + IDLE
    assert asked(ana.scan("BADGE-ANA")) == question
    assert ana.said() == "Go on, Ana."


def test_a_scan_just_before_the_idle_time_is_taken(floor: Transactions) -> None:
    ana = At(floor)
    ana.scan("BADGE-ANA", *INTO_WORK)
    ana.scan(inbound.MUG, after=IDLE - timedelta(seconds=1))
    assert ana.turn.worker == "W1"


def test_the_badge_after_the_idle_time_goes_on_at_the_question(floor: Transactions) -> None:
    ana = At(floor)
    question = asked(ana.scan("BADGE-ANA", *INTO_WORK))
    assert asked(ana.scan("BADGE-ANA", after=IDLE * 9)) == question


def test_a_terminal_that_starts_after_the_idle_time_is_locked(floor: Transactions) -> None:
    ana = At(floor)
    question = asked(ana.scan("BADGE-ANA", *INTO_WORK))
    turn = take_seat(floor, SITE, "H1", now=NOW + IDLE)
    assert (turn.worker, turn.prompt.ask) == ("", "sign_in.locked")
    again = At(floor)
    assert again.turn.prompt.ask == "sign_in.locked"
    assert asked(again.scan("BADGE-ANA")) == question


def test_a_colleague_who_signs_in_at_a_locked_seat_leaves_the_work_alone(
    floor: Transactions,
) -> None:
    ana = At(floor)
    question = asked(ana.scan("BADGE-ANA", *INTO_WORK))
    ana.scan("BADGE-BEA", after=IDLE)
    assert (ana.turn.worker_name, ana.turn.job) == ("Bea", "menu")
    other = At(floor, "H2")
    assert asked(other.scan("BADGE-ANA", "1")) == question


def test_robots_are_never_locked(floor: Transactions) -> None:
    robot = At(floor, device=ROBOT)
    robot.scan("BADGE-ANA", *INTO_WORK)
    assert robot.scan(inbound.MUG, after=IDLE * 9).worker == "W1"


def test_a_colleagues_badge_in_the_middle_parks_the_work_and_tells_both(
    floor: Transactions,
) -> None:
    ana = At(floor)
    question = asked(ana.scan("BADGE-ANA", *INTO_WORK))
    ana.scan("BADGE-BEA")
    assert (ana.turn.worker_name, ana.turn.job) == ("Bea", "menu")
    assert ana.said() == "Hello Bea. Ana: your Receiving is parked."
    other = At(floor, "H2")
    other.scan("BADGE-ANA")
    assert other.said() == "Hello Ana. Your Receiving is parked: Bea took H1 at 09:00."
    assert asked(other.scan("1")) == question


def test_a_freed_seat_parks_the_work_and_tells_its_terminal(floor: Transactions) -> None:
    ana = At(floor)
    question = asked(ana.scan("BADGE-ANA", *INTO_WORK))
    with floor.begin() as tx:
        from_office(tx, SITE, FreeSeat("H1"), NOW)
    ana.scan(inbound.MUG)
    assert ana.turn.said
    assert ana.turn.said.text == f"refusal.{Code.SEAT_FREED}"
    assert ana.said() == (
        "office took Ana off H1, so this scan was not taken. Scan your badge: your work is parked."
    )
    ana.scan("BADGE-ANA")
    assert asked(ana.scan("1")) == question
    with floor.begin() as tx:
        facts = tx.scalar(select(Operation.facts).where(Operation.kind == "FreeSeat"))
        assert json.loads(facts) == {"job": "lead", "freed": "H1", "taken_from": "W1"}


def test_a_lead_does_not_free_the_seat_that_the_lead_sits_at(floor: Transactions) -> None:
    at = Cause(SITE, "H1:9", "W1", "H1", "", NOW, frozenset({"lead"}))
    with floor.begin() as tx, pytest.raises(Refused) as refused:
        free_seat(tx, at, FreeSeat("H1"))
    assert refused.value.code is Code.SEAT_YOURS
