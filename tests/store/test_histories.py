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
from floorhand.domain.things import SUPPLIER, Goods, Line
from floorhand.ops.settling import carry_out
from floorhand.ops.undoing import record_undo
from floorhand.store import ledger, moves_told, traces
from floorhand.store.cells import Details, Lead, Word, in_words
from floorhand.store.db import Transactions
from floorhand.store.exceptions import open_exceptions
from floorhand.store.found import about
from floorhand.store.ledger import Cause
from floorhand.store.schema import Place, Worker
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


def opened(floor: Transactions) -> None:
    """Bring goods into the house, all in one operation: the pens last."""
    with floor.begin() as tx:
        opening = house.cause(tx, "OPEN:1", NOW + timedelta(hours=1))
        for place, goods in (
            *(("A-01", house.MUG), ("A-02", house.CAP), ("B-01", house.NUT)),
            *(("A-02", house.OLD_TEA), ("A-01", house.CAM), ("B-02", house.FIG)),
        ):
            for pieces in (1, 2, 3):
                ledger.move(tx, opening, SUPPLIER, place, [Line(goods, pieces)])
        ledger.move(tx, opening, SUPPLIER, "C-01", [Line(house.PEN, 7)])
        ledger.move(tx, opening, SUPPLIER, "C-04", [Line(house.NEW_TEA, 8)])
        for tote, order in (("T-7", "ACME/1001"), ("T-8", "ACME/1002")):
            tx.execute(update(Place).where(Place.code == tote).values(order_no=order))
            ledger.move(tx, opening, SUPPLIER, tote, [Line(house.CAP, 1)])
        tx.execute(update(Place).where(Place.code == "T-8").values(parent="CART-1"))
        opening.touch("order", "ACME", "1001")
        traces.keep(tx, opening)


@pytest.mark.parametrize(
    ("kind", "name", "own"),
    [
        ("place", "C-01", "7 × PEN – → C-01"),
        ("place", "CART-1", "1 × CAP – → T-8"),
        ("sku", "ACME/PEN", "7 × PEN – → C-01"),
        ("lot", "ACME/TEA/L2", "8 × TEA – → C-04"),
        ("place", "T-8", "1 × CAP – → T-8"),
        ("order", "ACME/1001", "1 × CAP – → T-7"),
    ],
)
def test_of_an_operation_with_many_moves_those_of_the_thing_are_told_first(
    floor: Transactions, kind: str, name: str, own: str
) -> None:
    opened(floor)
    with floor.begin() as tx:
        asked = moves_told.moved(tx, SITE, kind, name, ["OPEN:1"], {})["OPEN:1"]
    if name != "CART-1":  # of which nothing is said that stood in it only later
        heads = page(floor, kind, name).heads
        rows = page(floor, kind, name).rows
        (row,) = [row for row in rows if row[-1] == Lead("operation", "OPEN:1")]
        assert row[heads.index("moved")] == asked
    others = "1 × MUG – → A-01, 2 × MUG – → A-01"
    assert asked == Word("details.and_more", (("told", f"{own}, {others}"), ("more", 19)))
    assert in_words(asked, catalog("en"), str) == f"{own}, {others} and 19 more"


def test_what_all_fits_in_a_line_is_told_in_its_order(floor: Transactions) -> None:
    with floor.begin() as tx:
        changed = house.cause(tx, "OPEN:2")
        ledger.move(tx, changed, SUPPLIER, "A-01", [Line(house.MUG, 2)])
        ledger.move(tx, changed, SUPPLIER, "A-02", [Line(house.CAP, 1)])
        ledger.change(tx, changed, "A-01", house.MUG, 2, condition="hold")
        what = moves_told.moved(tx, SITE, "place", "A-02", ["OPEN:2"], {"OPEN:2": "Ana → Ben"})
    told = "2 × MUG – → A-01, 1 × CAP – → A-02, 2 × MUG A-01"
    assert what == {"OPEN:2": f"Ana → Ben, {told}"}
