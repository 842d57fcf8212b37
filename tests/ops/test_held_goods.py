"""What is held when it comes: seen by who receives it, blocked, led to its bin, and listed."""

from __future__ import annotations

import pytest
from conftest import NOW, SITE
from sqlalchemy import update
from warehouses import inbound, returns
from warehouses.picked import all_is_well, stock_of
from warehouses.picker import Picker

from floorhand.domain.control import HoldSubject, ReleaseSubject
from floorhand.domain.exceptions import Decide
from floorhand.domain.holds import Subject
from floorhand.errors import Code, Refused
from floorhand.ops.settling import from_office
from floorhand.store.db import Transactions
from floorhand.store.exceptions import Standing, open_exceptions
from floorhand.store.schema import Sku

MILK = ("FERN", "MILK")
L7, L8 = (f"]C1010950600013440610{lot}\x1d17260630" for lot in ("L7", "L8"))
LOT, WHOLE = Subject("recall", *MILK, "L7"), Subject("sku", *MILK)


def office(transactions: Transactions, command: object) -> object:
    with transactions.begin() as tx:
        return from_office(tx, SITE, command, NOW)


def listed(transactions: Transactions) -> list[Standing]:
    with transactions.begin() as tx:
        return [one for one in open_exceptions(tx, SITE, NOW) if one.kind == "held_goods"]


def facts(picker: Picker) -> dict[str, object]:
    return dict(picker.turn.said.facts) if picker.turn.said else {}


@pytest.fixture
def dock(transactions: Transactions) -> Transactions:
    inbound.build(transactions)
    with transactions.begin() as tx:
        milk = (Sku.site == SITE, Sku.merchant == "FERN", Sku.code == "MILK")
        tx.execute(update(Sku).where(*milk).values(storage=""))
    return transactions


@pytest.mark.parametrize(("subject", "said"), [(LOT, "recall"), (WHOLE, "held")])
def test_who_receives_held_goods_is_told_and_they_are_blocked(dock, subject, said) -> None:
    office(dock, HoldSubject(subject, "authority"))
    ana = Picker(dock, job="receiving")
    ana.scan("D-200", "LD1", L7)
    assert ana.turn.said.tone == "look"
    assert (ana.said, facts(ana)["here"]) == (f"receiving.alarm_{said}", 1)
    assert facts(ana)["reason_text"] == "hold.reason.authority"
    ana.scan(L7)
    assert (ana.said, facts(ana)["here"]) == (f"receiving.alarm_{said}", 2)
    assert stock_of(dock, "DOCK-1") == {("MILK", "L7", "hold"): 2}
    ana.scan(L8)
    assert (ana.said == "receiving.alarm_held") is (subject is WHOLE)
    assert all_is_well(dock)


def test_they_go_to_a_bin_for_held_goods_and_nowhere_else(dock) -> None:
    office(dock, HoldSubject(LOT, "glass"))
    ana = Picker(dock, job="receiving")
    ana.scan("D-200", "LD1", L7)
    place = facts(ana)["place"]
    assert (place, facts(ana)["to_text"]) == ("H-01-1", "receiving.to_bin")
    ana.scan("*DONE", "*DONE", "*BACK")
    ben = Picker(dock, "W2", job="putaway")
    ben.scan("*DONE", L7)
    assert ben.prompt.wants.place == place
    ben.scan("LB-01-1")
    assert ben.said == f"refusal.{Code.BIN_NOT_LEGAL}"
    ben.scan("LH-01-1")
    assert stock_of(dock, "H-01-1") == {("MILK", "L7", "hold"): 1}


def test_those_who_lead_see_how_many_have_come_and_let_them_be_sold_once_released(dock) -> None:
    office(dock, HoldSubject(LOT, "glass"))
    ana = Picker(dock, job="receiving")
    ana.scan("D-200", "LD1", L7, "*QTY 4", "*SHORT", "1", "1")
    (one,) = listed(dock)
    assert (one.subject, one.pieces, one.merchant) == ("D-200", 3, "FERN")
    assert (one.facts["lot"], one.facts["reason"]) == ("L7", "glass")
    with pytest.raises(Refused) as refused:
        office(dock, Decide(one.id, "accept"))
    assert refused.value.code is Code.EXCEPTION_CHANGED
    office(dock, ReleaseSubject(LOT))
    told = office(dock, Decide(one.id, "accept"))
    assert dict(told.facts)["pieces"] == 3
    sold = stock_of(dock, "DOCK-1")
    assert (sold["MILK", "L7", "available"], sold["MILK", "L7", "damaged"]) == (3, 1)
    assert all_is_well(dock)


def test_what_was_received_by_a_slip_is_off_the_list_when_it_is_taken_back(dock) -> None:
    office(dock, HoldSubject(LOT, "glass"))
    ana = Picker(dock, job="receiving")
    ana.scan("D-200", "LD1", L7, "*UNDO")
    assert listed(dock) == []


def test_that_a_merchant_is_on_hold_is_told_when_a_delivery_is_opened(dock) -> None:
    office(dock, HoldSubject(Subject("merchant", "FERN"), "payment"))
    ana = Picker(dock, job="receiving")
    ana.scan("D-200", "LD1")
    assert (ana.said, facts(ana)["merchant"]) == ("receiving.opened_held", "FERN")
    ana.scan(L7)
    assert stock_of(dock, "DOCK-1") == {("MILK", "L7", "available"): 1}


@pytest.mark.parametrize(("lot", "said"), [("L7", "not_restockable"), ("L8", "counted")])
def test_a_return_of_a_recalled_lot_is_not_for_sale(transactions, lot, said) -> None:
    returns.build(transactions)
    office(transactions, HoldSubject(Subject("recall", "ACME", "MILK", "L7"), "glass"))
    ana = Picker(transactions, job="returns")
    ana.scan("RMA-2", f"]C101{returns.MILK}1727123110{lot}")
    assert ana.said == f"returns.{said}"


def test_a_return_of_which_nobody_knows_the_lot_may_be_of_the_recalled_one(transactions) -> None:
    returns.build(transactions)
    office(transactions, HoldSubject(Subject("recall", "ACME", "MILK", "L7"), "glass"))
    ana = Picker(transactions, job="returns")
    ana.scan("RMA-2", f"]C101{returns.MILK}17271231", "*SKIP")
    assert ana.said == "returns.not_restockable"
