"""A history says what was decided, that a lot was recalled, and what was booked or only asked."""

from __future__ import annotations

from datetime import timedelta

import pytest
from conftest import NOW, SITE
from sqlalchemy import update
from warehouses import picking as house
from warehouses.picked import stock_of

from floorhand.domain.control import HoldSubject, ReleaseSubject
from floorhand.domain.correcting import CorrectStock
from floorhand.domain.exceptions import ACTIONS, Decide
from floorhand.domain.holds import Subject
from floorhand.domain.things import Goods
from floorhand.ops.settling import carry_out
from floorhand.ops.undoing import record_undo
from floorhand.store import traces
from floorhand.store.cells import Details, Lead, Word, in_words
from floorhand.store.db import Transactions
from floorhand.store.exceptions import open_exceptions
from floorhand.store.found import about
from floorhand.store.ledger import Cause
from floorhand.store.schema import Worker
from floorhand.text.catalog import catalog, languages

TEA = Subject("recall", "ACME", "TEA", "L1")


@pytest.fixture
def floor(transactions: Transactions) -> Transactions:
    house.build(transactions)
    with transactions.begin() as tx:
        tx.execute(update(Worker).values(roles="lead"))
    return transactions


def lead(number: int, worker: str = "W1") -> Cause:
    at = NOW + timedelta(minutes=number)
    return Cause(SITE, f"{worker}:{number}", worker, worker, "", at, frozenset({"lead"}))


def do(floor: Transactions, number: int, command: object, worker: str = "W1") -> None:
    with floor.begin() as tx:
        carry_out(tx, lead(number, worker), command)


def page(floor: Transactions, kind: str, name: str) -> Details:
    with floor.begin() as tx:
        return about(tx, SITE, kind, name)


def told(floor: Transactions, kind: str, name: str, language: str = "en") -> str:
    """Tell the latest deed of a history in words."""
    deed = page(floor, kind, name).rows[0][3]
    return in_words(deed, catalog(language), str)


def corrected(floor: Transactions, number: int, pieces: int) -> None:
    """Find so many more mugs than the books have."""
    believed = stock_of(floor, "A-01")["MUG", "", "available"]
    asked = CorrectStock("A-01", Goods("ACME", "MUG"), believed, believed + pieces, "found")
    do(floor, number, asked)


def decide(floor: Transactions, number: int, action: str, reason: str = "") -> None:
    with floor.begin() as tx:
        (one,) = open_exceptions(tx, SITE, NOW)
    do(floor, number, Decide(one.id, action, reason), "W2")


def test_a_correction_is_booked_or_asked_for(floor: Transactions) -> None:
    corrected(floor, 1, 1)
    assert told(floor, "place", "A-01") == "Stock corrected"
    corrected(floor, 2, 9)
    assert told(floor, "place", "A-01") == "Stock correction asked for"


def test_a_decision_says_whether_it_is_yes_or_no_and_why(floor: Transactions) -> None:
    corrected(floor, 1, 9)
    decide(floor, 2, "reject", "not_so")
    assert told(floor, "place", "A-01") == "Decided: Reject"
    assert told(floor, "place", "A-01", "de") == "Entschieden: Ablehnen"
    row = page(floor, "place", "A-01").rows[0]
    assert Word("exceptions.reason.not_so") in row
    assert isinstance(row[-1], Lead)
    facts = page(floor, "operation", row[-1].name).facts
    assert ("fact.decision_text", "exceptions.reject") in facts
    assert ("fact.reason_text", "exceptions.reason.not_so") in facts
    corrected(floor, 3, 8)
    decide(floor, 4, "approve")
    assert told(floor, "place", "A-01") == "Decided: Approve"


def test_a_decision_that_was_taken_back_is_named(floor: Transactions) -> None:
    corrected(floor, 1, 9)
    decide(floor, 2, "reject", "not_so")
    cause = lead(3)
    with floor.begin() as tx:
        record_undo(tx, cause, "W2:2")
        cause.things.add("place:A-01")
        traces.keep(tx, cause)
    assert told(floor, "place", "A-01") == "Taken back: Decided: Reject"
    facts = page(floor, "operation", cause.operation).facts
    assert ("fact.decision_text", "exceptions.reject") in facts


@pytest.mark.parametrize("language", languages())
def test_each_decision_differs_from_the_others_in_every_language(language: str) -> None:
    words = catalog(language)
    said = {words.say("details.decided", {"decision_text": f"exceptions.{one}"}) for one in ACTIONS}
    assert len(said) == len(ACTIONS)


def test_a_recall_is_not_told_as_a_hold(floor: Transactions) -> None:
    do(floor, 1, HoldSubject(TEA, "quality"))
    assert told(floor, "lot", "ACME/TEA/L1") == "Recalled"
    do(floor, 2, ReleaseSubject(TEA))
    assert told(floor, "lot", "ACME/TEA/L1") == "Recall ended"
    do(floor, 3, HoldSubject(Subject("lot", "ACME", "TEA", "L1"), "quality"))
    assert told(floor, "lot", "ACME/TEA/L1") == "Held"
