"""Codes of one thing in any order: what one of them told is never asked for, in no job."""

from __future__ import annotations

from itertools import permutations

import pytest

from floorhand.domain.cartons import FITS
from floorhand.domain.counting import in_unit
from floorhand.domain.packing import Bench, CheckPieces, Left, Rest
from floorhand.domain.receiving import CountPieces, Next
from floorhand.domain.returns import Parcel, TakePieces
from floorhand.domain.things import Attributes, Goods, Piece
from floorhand.errors import Code
from floorhand.flows import packing, receiving, returns
from floorhand.flows.packing_states import Checking
from floorhand.flows.receiving_states import Counting, Job
from floorhand.flows.returns_states import Inspecting
from floorhand.flows.telling import heard, told_words
from floorhand.flows.turn import Ask, Do

BENCH = Bench("ACME/1001", ("T-1",), 1, "S", FITS)
REST = Rest((Left("PHONE", "Phone", 1, "L7", "", "S1"),), 1, 0, 0)
JOB = Job("D-1", "ACME", "DOCK-1", False, "YYMMDD", 30, 0, Next("MILK", "Milk", "", 20))
PARCEL = Parcel("R-1", "ACME", "1001", advised=3, next_sku="MILK", next_name="Milk", next_left=2)

LOT, DAY, SERIAL = (
    Attributes(lot="L7"),
    Attributes(expiry="2027-10-31"),
    Attributes(serial="S1"),
)
PHONE = Piece("ACME", "PHONE", "Phone", serial_tracked=True)
MILK = Piece("ACME", "MILK", "Milk", lot_tracked=True, expiry_tracked=True)


def played(flow, state, events):
    """Scan one after the other; only the last one may lead to a command."""
    for event in events[:-1]:
        reply = flow.step(state, event)
        assert isinstance(reply, Ask), (state, event, reply)
        state = reply.state
    return flow.step(state, events[-1])


@pytest.mark.parametrize("scans", list(permutations((LOT, DAY, MILK))))
def test_receiving_counts_dated_goods_whatever_was_scanned_first(scans) -> None:
    goods = Goods("ACME", "MILK", "L7", "2027-10-31")
    assert played(receiving, Counting(JOB), scans) == Do(CountPieces("D-1", "DOCK-1", goods, 1))


@pytest.mark.parametrize("scans", list(permutations((LOT, DAY, MILK))))
def test_returns_take_dated_goods_whatever_was_scanned_first(scans) -> None:
    taken = Do(TakePieces("R-1", "ACME", "MILK", 1, "L7", "2027-10-31"))
    assert played(returns, Inspecting(PARCEL), scans) == taken


@pytest.mark.parametrize("scans", list(permutations((SERIAL, PHONE))))
def test_returns_take_a_serial_whatever_was_scanned_first(scans) -> None:
    taken = Do(TakePieces("R-1", "ACME", "PHONE", 1, serial="S1"))
    assert played(returns, Inspecting(PARCEL), scans) == taken


def test_packing_verifies_a_serial_that_was_scanned_before_its_piece() -> None:
    told = played(packing, Checking(BENCH, REST), (SERIAL, LOT, PHONE))
    assert told == Do(CheckPieces("ACME/1001", "ACME", "PHONE", 1, "L7", "", "S1"))


def test_what_is_told_again_otherwise_belongs_to_other_goods() -> None:
    assert heard(heard(None, LOT), DAY) == Attributes("L7", "2027-10-31")
    assert heard(Attributes("L7", "2027-10-31"), Attributes(lot="L8")) == Attributes("L8")
    assert heard(Attributes("L7", "2027-10-31"), LOT) == Attributes("L7", "2027-10-31")


def test_a_count_ahead_is_what_the_next_question_knows() -> None:
    state = receiving.step(Counting(JOB), Attributes("L7", count=24)).state
    assert receiving.prompt(state).wants.told_count == 24
    assert told_words(Attributes("L7", count=24)) == {"told": "L7 × 24"}


def test_a_count_behind_a_dated_product_counts_its_pieces() -> None:
    goods = Goods("ACME", "MILK", "L7", "2027-10-31")
    label = Attributes("L7", "2027-10-31", count=24)
    counted = Do(CountPieces("D-1", "DOCK-1", goods, 24, counted=True))
    assert played(receiving, Counting(JOB), (MILK, label)) == counted


def test_a_count_behind_a_case_has_to_be_that_of_the_books() -> None:
    asked = receiving.step(Counting(JOB), Piece(**{**CASE, "pieces": 12})).state
    reply = receiving.step(asked, Attributes("L7", "2027-10-31", count=10))
    assert (reply.code, reply.facts["number"]) == (Code.LABEL_DIFFERS, 10)


CASE = {"merchant": "ACME", "sku": "MILK", "name": "Milk", "pack": "case", "lot_tracked": True}


def test_a_unit_holds_what_its_label_says_unless_the_books_know_better() -> None:
    assert [in_unit(1, 24), in_unit(12, 12), in_unit(12, 24)] == [24, 12, 0]
