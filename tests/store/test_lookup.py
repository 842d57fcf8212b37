"""What a scan is taken for: rules that no flow can see."""

from __future__ import annotations

from dataclasses import replace

import pytest
from conftest import NOW, SITE
from sqlalchemy import insert
from warehouses import returns

from floorhand.domain.barcodes import sscc
from floorhand.domain.things import (
    Ambiguous,
    Attributes,
    DeliveryCode,
    Number,
    OrderCode,
    Piece,
    Text,
    Unknown,
)
from floorhand.errors import Code, Refused
from floorhand.flows.turn import Prompt, Wants
from floorhand.store.lookup import resolve
from floorhand.store.schema import Barcode, Delivery, Order, Place, Return, Sku, Stock

PARCEL = Prompt("returns.scan_return", wants=Wants(kinds=("return", "order", "unknown")))
TEXT = Prompt("returns.carrier", wants=Wants(kinds=("text",), text=True))


@pytest.fixture
def tx(transactions):
    returns.build(transactions)
    with transactions.begin() as open_tx:
        yield open_tx


def test_an_empty_code_finds_no_paper_that_lacks_a_tracking_number(tx) -> None:
    assert isinstance(resolve(tx, SITE, "\t\r\n", PARCEL), Unknown)


def test_a_product_barcode_is_free_text_where_free_text_is_asked(tx) -> None:
    assert resolve(tx, SITE, "9506000134352", TEXT) == Text("9506000134352")


@pytest.mark.parametrize(
    "garbled", ["Po\u2400st", "\ufffd", "\x1b[31mPost", "\u202ePost", "A\x1dB"]
)
def test_text_of_which_something_was_lost_or_hidden_is_refused(tx, garbled: str) -> None:
    with pytest.raises(Refused) as refused:
        resolve(tx, SITE, garbled, TEXT)
    assert refused.value.code is Code.TEXT_UNREADABLE


def test_a_short_product_code_is_a_piece_and_never_a_quantity(tx) -> None:
    for code, merchant in (("22059", "ACME"), ("22060", "BOLT")):
        tx.execute(insert(Sku).values(site=SITE, merchant=merchant, code=code, name="Bowl"))
        tx.execute(insert(Barcode).values(site=SITE, merchant=merchant, code=code, sku=code))
    wants = Wants(("piece", "number"), sku="ACME/MUG", number=True, merchants=("ACME",))
    counting = Prompt("receiving.count", wants=wants)
    found = resolve(tx, SITE, "22059", counting)
    assert isinstance(found, Piece)
    assert found.sku == "22059"
    assert resolve(tx, SITE, "22060", counting) == Number(22060)
    assert resolve(tx, SITE, "*QTY 22059", counting) == Number(22059)
    assert resolve(tx, SITE, "220", counting) == Number(220)


DELIVERY = Prompt("receiving.scan_delivery", wants=Wants(kinds=("delivery",)))
MENU = Prompt("menu.choose", wants=Wants(kinds=("choice", "anything")))


def announce_twice(tx) -> None:
    for number, merchant in (("7", "ACME"), ("BOLT-7", "BOLT")):
        tx.execute(
            insert(Delivery).values(site=SITE, number=number, paper_no="7", merchant=merchant)
        )


def test_a_number_that_two_merchants_gave_is_never_guessed(tx) -> None:
    announce_twice(tx)
    both = (DeliveryCode("7", "ACME", "announced"), DeliveryCode("BOLT-7", "BOLT", "announced"))
    assert resolve(tx, SITE, "7", DELIVERY) == Ambiguous(both)
    assert resolve(tx, SITE, "BOLT-7", DELIVERY) == both[1]


def test_who_works_for_a_merchant_is_not_asked_whose_paper_it_is(tx) -> None:
    announce_twice(tx)
    wants = replace(DELIVERY.wants, merchants=("BOLT",))
    assert resolve(tx, SITE, "7", replace(DELIVERY, wants=wants)) == DeliveryCode(
        "BOLT-7", "BOLT", "announced"
    )


def test_where_anything_may_be_scanned_no_kind_of_paper_is_likelier(tx) -> None:
    announce_twice(tx)
    order = {"merchant": "ACME", "number": "7", "due_at": NOW}
    tx.execute(insert(Order).values(site=SITE, **order))
    found = resolve(tx, SITE, "7", MENU)
    assert [type(one) for one in found.options] == [DeliveryCode, DeliveryCode, OrderCode]


def test_returns_of_two_merchants_with_one_number_are_both_found(tx) -> None:
    for number, merchant in (("9", "ACME"), ("BOLT-9", "BOLT")):
        tx.execute(insert(Return).values(site=SITE, number=number, paper_no="9", merchant=merchant))
    found = resolve(tx, SITE, "9", PARCEL)
    assert [(one.number, one.plate) for one in found.options] == [("9", True), ("BOLT-9", True)]


MUG, MUG_CASE = "09506000134352", "19506000134359"
CASE = {
    "site": SITE, "merchant": "ACME", "code": MUG_CASE, "sku": "MUG", "pieces": 12, "pack": "case"
}  # fmt: skip
PALLET = sscc("9521234", 995)
PIECE = Prompt("receiving.scan_piece", wants=Wants(("piece",), merchants=("ACME",)))


def refused(tx, scanned: str, prompt: Prompt = PIECE) -> Code:
    with pytest.raises(Refused) as why:
        resolve(tx, SITE, scanned, prompt)
    return why.value.code


def test_one_scan_fills_all_that_it_tells(tx) -> None:
    piece = resolve(tx, SITE, f"]d201{MUG}1727103110L7\x1d21S9\x1d3012", PIECE)
    assert (piece.sku, piece.lot, piece.expiry) == ("MUG", "L7", "2027-10-31")
    assert (piece.serial, piece.pieces, piece.count) == ("S9", 12, 12)


def test_a_pallet_label_of_somebody_else_counts_its_contents(tx) -> None:
    tx.execute(insert(Barcode).values(**CASE))
    label = f"]C100{PALLET}02{{}}37{{}}\x1d10L7"
    for gtin, count, pieces in ((MUG, 144, 144), (MUG_CASE, 12, 144)):
        piece = resolve(tx, SITE, label.format(gtin, count), PIECE)
        assert (piece.sku, piece.pieces, piece.lot) == ("MUG", pieces, "L7")


def test_a_label_on_an_empty_pallet_answers_what_is_asked_of_the_goods(tx) -> None:
    """One that tells of pieces that stand on it already is that pallet, and counts nothing."""
    row = {"site": SITE, "code": PALLET, "scan_code": PALLET, "kind": "pallet", "state": "open"}
    tx.execute(insert(Place).values(**row))
    label = f"]C100{PALLET}02{MUG}3712\x1d10L7"
    lot = Prompt("receiving.lot", wants=Wants(("text", "piece"), text=True, merchants=("ACME",)))
    piece = resolve(tx, SITE, label, lot)
    assert (piece.sku, piece.pieces, piece.lot, piece.sscc) == ("MUG", 12, "L7", PALLET)
    assert resolve(tx, SITE, label, PIECE).kind == "pallet"
    assert resolve(tx, SITE, f"]C100{PALLET}", lot).kind == "pallet"
    goods = {"merchant": "ACME", "sku": "MUG", "lot": "", "expiry": "", "serial": ""}
    there = {"place": PALLET, "condition": "available", "pieces": 1, "reserved": 0}
    tx.execute(insert(Stock).values(site=SITE, arrived_at=NOW, **goods, **there))
    assert resolve(tx, SITE, label, lot).kind == "pallet"


def test_a_count_and_the_books_have_to_agree_about_a_case(tx) -> None:
    tx.execute(insert(Barcode).values(**CASE))
    assert resolve(tx, SITE, f"]C101{MUG_CASE}3012", PIECE).pieces == 12
    assert refused(tx, f"]C101{MUG_CASE}3010") is Code.LABEL_DIFFERS


def test_contents_without_a_number_are_not_one_piece(tx) -> None:
    assert refused(tx, f"]C102{MUG}10L7") is Code.LABEL_TELLS_NONE
    told = replace(PIECE, wants=replace(PIECE.wants, told_count=24))
    assert resolve(tx, SITE, f"]C102{MUG}10L7", told).pieces == 24


def test_lot_and_count_of_a_product_that_nobody_knows_are_nobody_elses(tx) -> None:
    assert isinstance(resolve(tx, SITE, "]C1010590123412345710L7", PIECE), Unknown)
    assert isinstance(resolve(tx, SITE, f"]C100{PALLET}10L7", PIECE), Unknown)
    assert resolve(tx, SITE, "]C110L7\x1d3024", PIECE) == Attributes(lot="L7", count=24)


def test_a_code_that_contradicts_itself_is_refused(tx) -> None:
    assert refused(tx, f"]C101{MUG}10L7\x1d10L8") is Code.BARCODE_CONTRADICTS
