"""Net weights that labels tell (GS1 AI 310n): kept and shown, and told where they cannot be right.

Source: GS1 General Specifications, trade measures; a GTIN that begins with 9 is that of goods whose
measure varies.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from conftest import SITE
from sqlalchemy import insert, select
from warehouses import inbound
from warehouses.walk import Obedient

from floorhand.domain.counting import weight_fits
from floorhand.store.check import violations
from floorhand.store.db import Transactions
from floorhand.store.schema import Barcode, Operation, Receipt

CHEESE = "99506000134355"
"""A case of mugs by its number, as goods are that are sold by weight."""


@pytest.fixture
def ana(transactions: Transactions) -> Iterator[Obedient]:
    inbound.build(transactions)
    row = {"site": SITE, "merchant": "ACME", "code": CHEESE, "sku": "MUG"}
    with transactions.begin() as tx:
        tx.execute(insert(Barcode).values(**row, pieces=1, pack="each"))
    ana = Obedient(transactions, "H1", "BADGE-ANA")
    ana.scan("D-100")
    ana.scan("LD1")
    yield ana
    with transactions.begin() as tx:
        assert violations(tx, SITE) == ()


def net_g(transactions: Transactions) -> list[int]:
    with transactions.begin() as tx:
        return list(tx.scalars(select(Receipt.net_g)))


def test_a_net_weight_is_shown_and_kept_with_the_goods_and_the_scan(ana, transactions) -> None:
    turn = ana.scan(f"]C101{inbound.MUG}3103000350")
    assert (turn.said.text, turn.said.tone) == ("receiving.counted", "ok")
    assert ("fact.net_weight", "350 g") in turn.prompt.facts
    ana.scan(f"]C101{inbound.MUG}3102000034")
    assert net_g(transactions) == [690]
    with transactions.begin() as tx:
        facts = tx.scalars(select(Operation.facts).where(Operation.kind == "CountPieces"))
        assert [json.loads(each)["net_g"] for each in facts] == [350, 340]
    assert ("fact.net_weight", "690 g") in ana.scan("*DONE").prompt.facts


def test_goods_without_a_told_weight_show_none(ana, transactions) -> None:
    prompt = ana.scan(inbound.MUG).prompt
    assert "fact.net_weight" not in dict(prompt.facts)
    assert net_g(transactions) == [0]


def test_a_weight_in_a_code_of_its_own_goes_to_the_goods_scanned_next(ana, transactions) -> None:
    turn = ana.scan("]C13103000350")
    assert (turn.said.text, turn.said.facts["told"]) == ("receiving.told", "350 g")
    ana.scan(inbound.MUG)
    assert net_g(transactions) == [350]


def test_undo_takes_the_weight_back_and_redo_brings_it_again(ana, transactions) -> None:
    ana.scan(f"]C101{CHEESE}3103000350")
    ana.scan(f"]C101{CHEESE}3103000400")
    ana.scan("*UNDO")
    assert net_g(transactions) == [350]
    ana.scan("*REDO")
    assert net_g(transactions) == [750]


def test_pieces_that_are_counted_down_take_their_share_with_them(ana, transactions) -> None:
    ana.scan(f"]C101{inbound.MUG_CASE}3103004200")
    ana.scan("9")
    assert net_g(transactions) == [3150]
    ana.scan("0")
    assert net_g(transactions) == [0]


def test_a_weight_that_cannot_be_right_is_told_and_taken(ana, transactions) -> None:
    turn = ana.scan(f"]C101{inbound.MUG}3103004800")  # a case with the number of a piece
    assert (turn.said.text, turn.said.tone) == ("receiving.alarm_weight", "look")
    assert (turn.said.facts["net_g"], turn.said.facts["about_g"]) == (4800, 400)
    assert (turn.prompt.count, net_g(transactions)) == ("1/20", [4800])


@pytest.mark.parametrize(
    ("told", "books", "fits"),
    [(0, 400, True), (350, 0, True), (100, 400, True), (99, 400, False), (600, 400, True),
     (601, 400, False)],
)  # fmt: skip
def test_a_weight_fits_unless_it_is_far_off(told, books, fits) -> None:
    assert weight_fits(told, books) is fits
