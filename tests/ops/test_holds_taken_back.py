"""A hold is taken back though there is another one, unless goods would go back to a walk by it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from ops.test_control import OLD_TEA, TEA, hold, lead
from sqlalchemy import select
from warehouses import picking as house
from warehouses.picked import all_is_well, picks
from warehouses.picker import Picker
from warehouses.picking import order, put

from floorhand.errors import Code
from floorhand.store.db import Transactions
from floorhand.store.schema import Hold
from floorhand.text.catalog import catalog

HOLDS = {"bin": ("BIN-B-01", "", "B-01"), "sku": ("ACME/TEA", *TEA)}
"""What a lead scans to hold it, and what it is."""

OTHER = {"bin": "sku", "sku": "bin"}


@pytest.fixture
def floor(transactions: Transactions) -> Iterator[Transactions]:
    """Tea in two bins."""
    with transactions.begin() as tx:
        house.furnish(tx)
        put(tx, "B-01", OLD_TEA, 4)
        put(tx, "C-01", OLD_TEA, 4)
    yield transactions
    assert all_is_well(transactions)


def held(transactions: Transactions) -> list[str]:
    with transactions.begin() as tx:
        return [*tx.scalars(select(Hold.kind).where(Hold.released_at.is_(None)))]


def both_held(floor: Transactions, first: str) -> Picker:
    """A lead holds one thing, and then somebody else the other one."""
    bob = lead(floor)
    bob.scan(HOLDS[first][0], "1", "1")
    hold(floor, OTHER[first], *HOLDS[OTHER[first]][1:])
    assert sorted(held(floor)) == ["bin", "sku"]
    return bob


@pytest.mark.parametrize("first", OTHER)
def test_a_hold_is_taken_back_and_the_other_one_stays(floor: Transactions, first: str) -> None:
    bob = both_held(floor, first)
    assert bob.scan("*UNDO").said.text == "road.undone"
    assert held(floor) == [OTHER[first]]


@pytest.mark.parametrize("first", OTHER)
def test_what_another_hold_is_on_goes_back_to_no_walk(floor: Transactions, first: str) -> None:
    with floor.begin() as tx:
        order(tx, "1", [("TEA", 2)])
    Picker(floor).start()
    bob = both_held(floor, first)
    told = bob.scan("*UNDO").said
    assert told.text == f"refusal.{Code.UNDO_HELD}"
    kind = {"bin": "Product ACME/TEA", "sku": "Bin B-01"}[first]
    words = catalog("en").say(told.text, told.facts)
    assert words.startswith(f"Not taken back: {kind} is on hold (Quality in doubt, "), words
    assert words.endswith("Have that hold ended first; a hold of your own you can release instead.")
    at_b = [place for _, _, place, _ in picks(floor, "open") if place == "B-01"]
    assert (at_b, sorted(held(floor))) == ([], ["bin", "sku"])
    bob.scan(HOLDS[first][0], "1")
    assert (bob.said, held(floor)) == ("control.released", [OTHER[first]])


@pytest.mark.parametrize(("kind", "words"), [("bin", "bin B-01"), ("sku", "product ACME/TEA")])
def test_who_is_overtaken_in_doing_again_is_told_what_it_was(floor, kind, words) -> None:
    bob = lead(floor)
    bob.scan(HOLDS[kind][0], "1", "1", "*UNDO")
    hold(floor, kind, *HOLDS[kind][1:])
    told = bob.scan("*REDO").said
    assert f"Not done again: {words} has gone on meanwhile." in catalog("en").say(
        told.text, told.facts
    )
