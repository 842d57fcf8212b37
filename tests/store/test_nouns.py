"""Whatever is not as somebody left it is called what it is."""

from __future__ import annotations

import pytest
from conftest import SITE
from warehouses import picking

from floorhand.store import nouns
from floorhand.store.db import Transactions
from floorhand.store.schema import RESTORED, Table
from floorhand.text.catalog import catalog

NO_NOUN = {
    "hold": "called what is held",
    "print_job": "a label has a refusal of its own",
    "stock": "put back by the ledger, which names the goods and the place",
}

HELD = {
    "order": ("ACME", "1001", "", "order ACME/1001"),
    "merchant": ("ACME", "", "", "merchant ACME"),
    "sku": ("ACME", "MUG", "", "product ACME/MUG"),
    "lot": ("ACME", "TEA", "L1", "lot ACME/TEA L1"),
    "recall": ("ACME", "TEA", "L1", "lot ACME/TEA L1"),
    "bin": ("", "B-01", "", "bin B-01"),
}


def words(facts: dict[str, str]) -> str:
    return f"{catalog('en').say(facts['thing_text'])} {facts['code']}"


@pytest.mark.parametrize("table", sorted(set(RESTORED) - set(NO_NOUN)))
def test_each_row_that_is_put_back_has_a_noun_and_a_name(table: str) -> None:
    noun, column = nouns.NOUNS[table]
    assert column in Table.metadata.tables[table].columns
    assert catalog("en").say(f"thing.{noun}") != f"thing.{noun}"


def test_no_table_has_a_noun_that_needs_none() -> None:
    assert not set(nouns.NOUNS) & set(NO_NOUN)


@pytest.mark.parametrize("kind", HELD)
def test_what_is_held_is_called_what_it_is(kind: str) -> None:
    *subject, told = HELD[kind]
    assert words(nouns.hold(kind, *subject)) == told
    assert set(HELD) == set(nouns.OF_HOLDS)


@pytest.mark.parametrize(
    ("code", "told"),
    [("A-01", "bin A-01"), ("T-1", "tote T-1"), ("CART-1", "cart CART-1"), ("X", "place X")],
)
def test_a_place_is_called_what_it_is(transactions: Transactions, code: str, told: str) -> None:
    with transactions.begin() as tx:
        picking.furnish(tx)
        assert words(nouns.place(tx, SITE, code)) == told
        assert words(nouns.named(tx, "task", {"site": SITE, "place": code})) == told


def test_an_order_is_named_with_its_merchant(transactions: Transactions) -> None:
    with transactions.begin() as tx:
        row = {"site": SITE, "merchant": "ACME", "number": "1001"}
        assert words(nouns.named(tx, "orders", row)) == "order ACME/1001"
