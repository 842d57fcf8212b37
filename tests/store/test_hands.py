"""Who had it, and when: work that changes hands is in the history of all that it is about."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from conftest import NOW, SITE
from warehouses import picking
from warehouses.handed import Begun, at_work, count, given, inspect, pack, receive, shelve, staff
from warehouses.picked import all_is_well
from warehouses.picker import Picker

from floorhand.store.cells import Lead, in_words
from floorhand.store.db import Transactions
from floorhand.store.found import about
from floorhand.text.catalog import catalog

ALL = (
    *(("place", "CART-1"), ("order", "ACME/1001"), ("order", "ACME/1002")),
    *(("place", "T-1"), ("place", "T-2")),
)
"""What the walk is about."""


@pytest.fixture
def walk(transactions: Transactions) -> Iterator[Transactions]:
    """Ana is on a walk with two orders, of which the first one has its tote."""
    picking.build(transactions)
    staff(transactions)
    Picker(transactions, "W1").scan("CART-1", "T-1")
    yield transactions
    assert all_is_well(transactions)


def told(transactions: Transactions, kind: str, name: str) -> list[tuple[str, str, str]]:
    """Give who did what, and what is told of it, the latest first."""
    with transactions.begin() as tx:
        rows = about(tx, SITE, kind, name).rows
    words = catalog("en")
    return [(str(row[1]), in_words(row[3], words, str), str(row[4])) for row in rows if row[1]]


def test_who_had_a_walk_is_told_of_each_order_and_tote_of_it(walk: Transactions) -> None:
    Picker(walk, "W1").scan("T-2")
    bob = given(walk)
    for kind, name in ALL:
        assert told(walk, kind, name)[0] == ("Bob", "Work given", "Ana → Cai"), name
    bob.scan("*UNDO")
    for kind, name in ALL:
        assert told(walk, kind, name)[0] == ("Bob", "Taken back: Work given", "Cai → Ana"), name
    bob.scan("*REDO")
    for kind, name in ALL:
        assert told(walk, kind, name)[0] == ("Bob", "Work given", "Ana → Cai"), name


def test_a_colleague_who_takes_it_over_is_told_of_all_of_it_too(walk: Transactions) -> None:
    Picker(walk, "W1").scan("T-2")
    Picker(walk, "W3", NOW + timedelta(minutes=5)).scan("CART-1", "CART-1")
    for kind, name in ALL:
        who, _, whose = told(walk, kind, name)[0]
        assert (who, whose) == ("Cai", "Ana → Cai"), name


def test_only_what_is_free_was_freed(walk: Transactions) -> None:
    """The first order stays with Ana: its tote is on her cart."""
    assert at_work(walk, "2").said == "control.work_freed_part"
    assert told(walk, "order", "ACME/1002")[0] == ("Bob", "Work freed", "Ana → –")
    for kind, name in (("order", "ACME/1001"), ("place", "T-1"), ("place", "CART-1")):
        assert "Work freed" not in [deed for _, deed, _ in told(walk, kind, name)], name


@pytest.mark.parametrize(
    ("begin", "things"),
    [
        (pack, [("order", "ACME/1001"), ("place", "T-1")]),
        (shelve, [("place", "DOCK-1"), ("sku", "ACME/CAP")]),
        (inspect, [("return", "RMA-1")]),
        (count, [("place", "A-01")]),
        (receive, [("delivery", "D-100")]),
    ],
)
@pytest.mark.parametrize("way", ["give", "free"])
def test_work_of_every_job_tells_whose_it_was(
    transactions: Transactions, begin: Begun, things: list[tuple[str, str]], way: str
) -> None:
    job, scans, _ = begin(transactions)
    staff(transactions)
    Picker(transactions, "W1", job=job).scan(*scans)
    _ = given(transactions) if way == "give" else at_work(transactions, "2")
    deed = ("Work given", "Ana → Cai") if way == "give" else ("Work freed", "Ana → –")
    for kind, name in things:
        assert told(transactions, kind, name)[0][1:] == deed, name


def test_the_page_of_the_operation_names_both_and_all_that_it_is_about(walk: Transactions) -> None:
    Picker(walk, "W1").scan("T-2")
    given(walk)
    with walk.begin() as tx:
        row = about(tx, SITE, "order", "ACME/1002").rows[0]
        assert isinstance(row[-1], Lead)
        page = about(tx, SITE, "operation", row[-1].name)
    assert ("details.hands", "Ana → Cai") in page.facts
    named = {(one.kind, one.name) for (_, one, *_) in page.rows if isinstance(one, Lead)}
    assert named >= set(ALL)
