"""Codes of one thing in any order: what one of them told is never asked for, in no job."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations

import pytest

from floorhand.domain.cartons import FITS
from floorhand.domain.counting import in_unit
from floorhand.domain.packing import Bench, CheckPieces, Left, Naming, Rest
from floorhand.domain.picking import Stop
from floorhand.domain.receiving import CountPieces, Next
from floorhand.domain.returns import Parcel, TakePieces
from floorhand.domain.things import Attributes, Goods, Piece
from floorhand.errors import Code
from floorhand.flows import packing, picking, receiving, returns
from floorhand.flows.packing_states import Checking, Telling
from floorhand.flows.picking_states import AtPiece
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


def label(count=24, pieces=24, **more) -> Piece:
    """The label of a carton: it names the product, and tells lot, date and how many."""
    return replace(MILK, count=count, pieces=pieces, **{"lot": "L7", "expiry": "2027-10-31"} | more)


COUNTED = CountPieces("D-1", "DOCK-1", Goods("ACME", "MILK", "L7", "2027-10-31"), 24, counted=True)


def test_a_label_that_names_the_product_again_counts_its_pieces() -> None:
    told = played(receiving, Counting(JOB), (MILK, label()))
    assert told == Do(COUNTED)
    dated = played(receiving, Counting(JOB), (MILK, DAY, label()))
    assert dated == told
    apart = (MILK, label(expiry=""), DAY)
    assert played(receiving, Counting(JOB), apart) == told
    taken = Do(TakePieces("R-1", "ACME", "MILK", 24, "L7", "2027-10-31"))
    assert played(returns, Inspecting(PARCEL), (MILK, label())) == taken
    assert played(returns, Inspecting(PARCEL), (MILK, Attributes("L7", count=24), DAY)) == taken


def test_a_label_that_names_the_product_again_tells_weight_and_plate() -> None:
    told = played(receiving, Counting(JOB), (MILK, label(net_g=4800, sscc="PAL")))
    assert told == Do(replace(COUNTED, place="PAL", dock="DOCK-1", net_g=4800))
    on_it = Counting(replace(JOB, onto="PAL"))
    told = played(receiving, on_it, (MILK, label(sscc="PAL")))
    assert told == Do(replace(COUNTED, place="PAL"))


def test_a_label_behind_a_case_has_to_tell_the_number_of_the_books() -> None:
    case = replace(MILK, pieces=12, pack="case")
    known = replace(COUNTED, pieces=12, pack="case")
    assert played(receiving, Counting(JOB), (case, label(12, 12))) == Do(known)
    of_a_piece = (case, label(0, 1))
    assert played(receiving, Counting(JOB), of_a_piece) == Do(replace(known, counted=False))
    for flow, start in ((receiving, Counting(JOB)), (returns, Inspecting(PARCEL))):
        reply = played(flow, start, (case, label()))
        assert (reply.code, reply.facts["number"], reply.facts["pieces"]) == (
            Code.LABEL_DIFFERS,
            24,
            12,
        )


def test_a_label_must_not_tell_another_number_than_the_one_before() -> None:
    both = (label(expiry=""), Attributes(expiry="2027-10-31", count=20))
    assert played(receiving, Counting(JOB), both).code is Code.LABEL_DIFFERS
    assert played(receiving, Counting(JOB), (label(expiry=""), label(20, 20))).code is (
        Code.LABEL_DIFFERS
    )


def test_a_number_that_nobody_could_type_is_not_taken_from_a_label_either() -> None:
    many = Attributes("L7", "2027-10-31", count=100_000)
    assert played(receiving, Counting(JOB), (MILK, many)).code is Code.BAD_QUANTITY


def test_a_label_of_many_is_no_answer_for_goods_with_serials() -> None:
    many = Attributes(serial="S1", count=12)
    assert played(receiving, Counting(JOB), (PHONE, many)).code is Code.SCAN_EACH_SERIAL
    assert played(returns, Inspecting(PARCEL), (PHONE, many)).code is Code.SCAN_EACH_SERIAL


def test_the_bench_verifies_as_many_as_the_label_with_the_lot_tells() -> None:
    lots = (Left("MILK", "Milk", 30, "L7"), Left("MILK", "Milk", 5, "L8"))
    asked = Telling(BENCH, REST, Naming("lot", "MILK", "Milk", 1, lots))
    for told in (label(), Attributes("L7", count=24)):
        checked = packing.step(asked, told).command
        assert (checked.pieces, checked.lot) == (24, "L7")
    case = replace(asked, naming=replace(asked.naming, pieces=12))
    assert packing.step(case, label()).code is Code.LABEL_DIFFERS


def test_another_lot_is_offered_and_taken_by_as_many_as_its_label_tells() -> None:
    goods = Goods("ACME", "MILK", "L8", "2027-12-31")
    stop = Stop("T", "P", "A-1", "", goods, "Milk", 30, "T-1", 1, "ACME/1001", 0, "", 0, 2)
    offered = picking.step(AtPiece(stop), Attributes("L7", count=24)).command
    assert (offered.lot, offered.pieces) == ("L7", 24)


CASE = {"merchant": "ACME", "sku": "MILK", "name": "Milk", "pack": "case", "lot_tracked": True}


def test_a_unit_holds_what_its_label_says_unless_the_books_know_better() -> None:
    assert [in_unit(1, 24), in_unit(12, 12), in_unit(12, 24)] == [24, 12, 0]
