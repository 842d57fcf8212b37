"""Anything is found by its code: how it stands, and what was done with it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from conftest import NOW, SITE
from sqlalchemy import delete, insert
from warehouses import picking as house
from warehouses.picker import Picker

from floorhand.store.cells import Details, Lead, Word
from floorhand.store.db import Transactions
from floorhand.store.found import about, found
from floorhand.store.histories import split_goods
from floorhand.store.schema import Barcode, Delivery, Return, Sku, UndoStep
from floorhand.text.catalog import catalog

LATER = NOW + timedelta(minutes=20)


@pytest.fixture
def floor(transactions: Transactions) -> Transactions:
    """The house in the middle of Ana's walk: two totes are bound, mugs are picked."""
    house.build(transactions)
    ana = Picker(transactions)
    ana.start()
    ana.scan("BIN-A-01", "MUG-1", "MUG-1", "T-1")
    return transactions


def seen(floor: Transactions, code: str) -> Details:
    with floor.begin() as tx:
        return found(tx, SITE, code, LATER)


def deeds(details: Details) -> list[str]:
    return [row[3].key for row in details.rows if isinstance(row[3], Word)]


def test_a_tote_tells_its_order_what_it_holds_and_who_had_it(floor: Transactions) -> None:
    details = seen(floor, "T-1")
    facts = dict(details.facts)
    assert facts["board.head.place"] == "T-1"
    assert facts["fact.order"] == "ACME/1001"
    assert facts["details.held"] == "2 × MUG"
    assert details.heads == ("at", "worker", "seat", "deed", "moved", "operation")
    assert details.rows[0][3:5] == (Word("board.head.order"), Lead("order", "ACME/1001"))
    done = details.rows[1:]
    assert {row[1] for row in done} == {"Ana"}
    assert deeds(details)[1:] == ["deed.ConfirmPick", "deed.BindTote"]
    assert done[0][4] == "2 × MUG A-01 → T-1"
    at = [row[0] for row in done]
    assert at == sorted(at, key=str, reverse=True)


def test_an_order_and_a_product_are_found_by_their_codes(floor: Transactions) -> None:
    order = dict(seen(floor, "1001").facts)
    assert order["fact.order"] == "ACME/1001"
    assert "order_state.picking" in order
    product = dict(seen(floor, "CAP-1").facts)
    assert product["board.head.sku"] == "ACME/CAP"
    assert product["details.held"] == "6 × A-02"


def test_a_bin_is_found_by_the_bars_on_it(floor: Transactions) -> None:
    facts = dict(seen(floor, "BIN-B-01").facts)
    assert facts["board.head.place"] == "B-01"
    assert "TEA" in facts["details.held"]


def test_a_worker_is_found_by_badge_and_number(floor: Transactions) -> None:
    for code in ("BADGE-ANA", "W1"):
        details = seen(floor, code)
        assert details.heads[:2] == ("at", "seat")
        assert details.rows[0][3] == "T-1"


def test_deliveries_and_returns_tell_how_they_stand(floor: Transactions) -> None:
    with floor.begin() as tx:
        at = {"site": SITE, "merchant": "ACME"}
        tx.execute(insert(Delivery).values(**at, number="D-77", state="receiving", dock="DOCK-1"))
        tx.execute(insert(Return).values(**at, number="R-77", custody="received", place="SHELF"))
    delivery, back = dict(seen(floor, "D-77").facts), dict(seen(floor, "R-77").facts)
    assert "delivery_state.receiving" in delivery
    assert delivery["board.head.place"] == "DOCK-1"
    assert "custody.received" in back
    assert back["fact.merchant"] == "ACME"


def test_a_return_of_which_nobody_knows_whose_it_is_is_found(floor: Transactions) -> None:
    with floor.begin() as tx:
        unknown = {"number": "R-78", "merchant": None, "custody": "received", "place": "SHELF"}
        tx.execute(insert(Return).values(site=SITE, **unknown))
    details = seen(floor, "R-78")
    told = [catalog("en").fact(*fact) for fact in details.facts]
    assert ("Place", "SHELF") in told
    assert "fact.merchant" not in dict(details.facts)


def test_a_code_of_several_merchants_is_told_with_each(floor: Transactions) -> None:
    with floor.begin() as tx:
        row = {"site": SITE, "merchant": "BOLT", "code": "MUG-1", "sku": "NUT"}
        tx.execute(insert(Barcode).values(**row))
    details = seen(floor, "MUG-1")
    assert details.heads == ("sku", "facts")
    assert {row[0] for row in details.rows} == {"ACME/MUG", "BOLT/NUT"}


@pytest.mark.parametrize("code", ["NOBODY-KNOWS", "x" * 500, "*UNDO", "\x1d"])
def test_what_is_not_known_is_said(floor: Transactions, code: str) -> None:
    assert seen(floor, code) == Details((), (), 0, (("details.unknown", code),))


def test_a_thing_that_is_named_exactly_needs_no_search(floor: Transactions) -> None:
    with floor.begin() as tx:
        assert dict(about(tx, SITE, "order", "ACME/1003").facts)["fact.order"] == "ACME/1003"
        assert about(tx, SITE, "delivery", "NONE").rows == ()


def rows(floor: Transactions, kind: str, name: str) -> list[tuple[object, ...]]:
    with floor.begin() as tx:
        return list(about(tx, SITE, kind, name).rows)


def test_an_operation_tells_the_scan_the_moves_and_all_that_it_was_about(
    floor: Transactions,
) -> None:
    lead = rows(floor, "place", "T-1")[1][-1]
    assert isinstance(lead, Lead)
    with floor.begin() as tx:
        page = about(tx, SITE, lead.kind, lead.name)
    facts = dict(page.facts)
    assert facts["board.head.deed_text"] == "deed.ConfirmPick"
    assert facts["fact.worker"] == "Ana"
    assert facts["board.head.scanned"] == "T-1"
    told = {(row[0].key, row[1]) for row in page.rows if isinstance(row[0], Word)}
    assert ("details.moved", Lead("sku", "ACME/MUG")) in told
    assert ("board.head.order", Lead("order", "ACME/1001")) in told


def test_what_was_taken_back_stays_in_the_history_and_says_by_whom(floor: Transactions) -> None:
    ana = Picker(floor)
    ana.scan("*UNDO")
    back, picked = rows(floor, "sku", "ACME/MUG")[:2]
    assert back[3] == Word("details.took_back", (("deed_text", "deed.ConfirmPick"),))
    assert picked[3] == Word("deed.ConfirmPick")
    assert "Ana" in picked[5:]
    page = rows(floor, "operation", back[-1].name)  # type: ignore[union-attr]
    assert (Word("details.undoes"), picked[-1]) in [row[:2] for row in page]


def test_a_history_is_longer_than_what_can_be_taken_back(floor: Transactions) -> None:
    with floor.begin() as tx:
        tx.execute(delete(UndoStep))
    assert "deed.BindTote" in deeds(seen(floor, "T-1"))


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("ACME/MUG", ("ACME", "MUG", "")),
        ("ACME/MUG/L1", ("ACME", "MUG", "L1")),
        ("ACME/MUG/L/1", ("ACME", "MUG", "L/1")),
        ("ACME/A/B", ("ACME", "A/B", "")),
        ("ACME/A/B/L1", ("ACME", "A/B", "L1")),
        ("ACME/NONE/L1", ("ACME", "NONE/L1", "")),
    ],
)
def test_goods_are_taken_apart_although_their_names_hold_slashes(
    floor: Transactions, name: str, parts: tuple[str, str, str]
) -> None:
    with floor.begin() as tx:
        tx.execute(insert(Sku).values(site=SITE, merchant="ACME", code="A/B", name="Two"))
        assert split_goods(tx, SITE, name) == parts
