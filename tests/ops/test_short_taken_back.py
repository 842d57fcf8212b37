"""What one short pick added to the exception of an order is taken out of it, and put in again."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta

import pytest
from conftest import NOW
from ops.test_reversing import Lead
from ops.test_short_picks import short
from sqlalchemy import select, update
from warehouses import picking as house
from warehouses.picked import all_is_well, line
from warehouses.picker import Picker
from warehouses.picking import CAP, MUG, PEN, order, put

from floorhand.store.db import Transactions
from floorhand.store.schema import Trouble, Worker
from floorhand.text.catalog import catalog

LATER = NOW + timedelta(minutes=5)


@pytest.fixture
def floor(transactions: Transactions) -> Iterator[Transactions]:
    """Two orders, each on a walk of its own: both need caps, and the first one needs more."""
    with transactions.begin() as tx:
        house.furnish(tx)
        put(tx, "A-01", MUG, 2)
        put(tx, "B-01", CAP, 4)
        put(tx, "C-01", PEN, 1)
        order(tx, "1", [("MUG", 2), ("CAP", 2), ("PEN", 1)], due_h=1)
        order(tx, "2", [("CAP", 2)], due_h=2)
    yield transactions
    assert all_is_well(transactions)


def lacks(transactions: Transactions, number: str = "1") -> list[tuple[int, int, str]]:
    """What the exceptions of an order tell: pieces in two places, and reasons."""
    about = (Trouble.kind == "short_order", Trouble.subject == f"ACME/{number}")
    asked = select(Trouble.pieces, Trouble.facts).where(*about, Trouble.closed_at.is_(None))
    with transactions.begin() as tx:
        rows = [(row.pieces, json.loads(row.facts)) for row in tx.execute(asked)]
    return [(pieces, facts["pieces"], facts["reason"]) for pieces, facts in rows]


def both_short(floor: Transactions, reasons: tuple[str, str]) -> tuple[Picker, Picker]:
    """Ana finds no mugs; then Ben finds no caps, of which Ana's order loses its own, too."""
    ana, ben = Picker(floor, "W1"), Picker(floor, "W2", LATER)
    ana.start("*DONE")
    ana.answer()
    ben.start("CART-2")
    ben.answer()
    short(ana, 0, reasons[0])
    short(ben, 0, reasons[1])
    return ana, ben


def test_a_short_pick_goes_and_what_a_colleague_added_stays(floor: Transactions) -> None:
    ana, _ = both_short(floor, ("damaged", "not_found"))
    assert lacks(floor) == [(4, 4, "damaged, not_found")]
    assert ana.scan("*UNDO").said.text.startswith("road.undone"), ana.turn
    assert lacks(floor) == [(2, 2, "not_found")]
    assert line(floor, "1") == (0, 0, "")
    assert ana.scan("*REDO").said.text == "road.redone"
    assert lacks(floor) == [(4, 4, "damaged, not_found")]


def test_a_reason_that_others_gave_as_well_stays(floor: Transactions) -> None:
    ana, _ = both_short(floor, ("not_found", "not_found"))
    ana.scan("*UNDO")
    assert lacks(floor) == [(2, 2, "not_found")]


def test_what_is_done_again_joins_what_others_have_told_meanwhile(floor: Transactions) -> None:
    ana, ben = Picker(floor, "W1"), Picker(floor, "W2", LATER)
    ana.start("*DONE")
    ana.answer()
    ben.start("CART-2")
    ben.answer()
    short(ana, 0, "damaged")
    ana.scan("*UNDO")
    short(ben, 0, "not_found")
    assert lacks(floor) == [(2, 2, "not_found")]
    assert ana.scan("*REDO").said.text == "road.redone"
    assert lacks(floor) == [(4, 4, "not_found, damaged")]
    assert ana.scan("*UNDO").said.text.startswith("road.undone"), ana.turn
    assert lacks(floor) == [(2, 2, "not_found")]


def test_all_who_caused_an_exception_are_kept(floor: Transactions) -> None:
    ana, _ = both_short(floor, ("damaged", "not_found"))
    ana.scan("*UNDO", "*REDO")
    with floor.begin() as tx:
        caused = select(Trouble.raised_by).where(Trouble.subject == "ACME/1")
        assert tx.scalars(caused).one() == "W1\nW2"


def test_an_exception_that_was_decided_about_is_left_as_it_is(floor: Transactions) -> None:
    ana, _ = both_short(floor, ("damaged", "not_found"))
    with floor.begin() as tx:
        decided = {"decision": "ship_rest", "decided_by": "W9", "closed_at": LATER}
        tx.execute(update(Trouble).where(Trouble.subject == "ACME/1").values(decided))
    told = ana.scan("*UNDO").said
    assert catalog("en").say(told.text, told.facts) == (
        "Not taken back: what order ACME/1 lacks has been decided about since. Ask a lead or"
        " supervisor to put it right."
    )
    assert line(floor, "1") == (0, 2, "damaged")


def test_a_lead_takes_one_back_and_leaves_the_later_one(floor: Transactions) -> None:
    ana, _ = both_short(floor, ("damaged", "not_found"))
    with floor.begin() as tx:
        tx.execute(update(Worker).where(Worker.code == "W1").values(roles="lead"))
    ana.scan("*BACK")
    lead = Lead(floor, "W1")
    assert lead.take_back("BIN-A-01", "short 2").startswith("Taken back"), lead.turn
    assert lacks(floor) == [(2, 2, "not_found")]
