"""``floorhand exceptions``: the list as text, JSON and CSV, and what an office may decide."""

from __future__ import annotations

import csv
import json

import pytest
from conftest import NOW, SITE
from warehouses import picking

from floorhand.cli import main
from floorhand.store import tasks
from floorhand.store.db import Transactions, engine_of
from floorhand.store.exceptions import open_exceptions
from floorhand.store.ledger import Cause


@pytest.fixture
def house(transactions: Transactions) -> Transactions:
    picking.build(transactions)
    with transactions.begin() as tx:
        for number, (kind, subject) in enumerate(
            (("reprints", "=X-1"), ("suspect_stock", "A-01")), start=1
        ):
            cause = Cause(SITE, f"H1:{number}", "W1", "H1", "", NOW)
            tasks.trouble(tx, cause, kind, subject, "ACME", sku="MUG", pieces=number)
    return transactions


def exceptions(house: Transactions, *words: str) -> int:
    url = engine_of(house).url.render_as_string(hide_password=False)
    with pytest.raises(SystemExit) as ended:
        main(["exceptions", *words, "--database", url])
    return int(ended.value.code or 0)


def test_the_list_is_most_urgent_first_in_every_form(house, capsys) -> None:
    assert exceptions(house) == 0
    rows = [line.split()[:5] for line in capsys.readouterr().out.splitlines()[1:]]
    assert rows == [
        ["H1:2/1", "suspect_stock", "A-01", "ACME", "2"],
        ["H1:1/1", "reprints", "=X-1", "ACME", "1"],
    ]
    assert exceptions(house, "--json", "--kind", "reprints") == 0
    (one,) = json.loads(capsys.readouterr().out)
    assert (one["subject"], one["facts"]) == ("=X-1", {"sku": "MUG", "pieces": 1})
    assert exceptions(house, "--csv") == 0
    table = list(csv.reader(capsys.readouterr().out.splitlines()))
    assert [row[2] for row in table] == ["subject", "A-01", "'=X-1"]


def test_an_office_gives_and_closes_what_takes_no_badge(house, capsys) -> None:
    assert exceptions(house, "assign", "H1:2/1", "W2") == 0
    assert exceptions(house, "close", "H1:1/1", "--reason", "nothing") == 0
    assert exceptions(house, "close", "H1:1/1", "--reason", "nothing") == 1
    assert exceptions(house, "close", "H1:2/1", "--reason", "nothing") == 1
    told = capsys.readouterr()
    assert told.out.splitlines() == ["H1:2/1 is looked after by W2.", "H1:1/1 is closed."]
    assert told.err.splitlines() == [
        "floorhand: No exception H1:1/1 is open. floorhand exceptions lists them.",
        "floorhand: H1:2/1: it takes two people: decide about it at the lead's desk.",
    ]
    with house.begin() as tx:
        left = [(one.id, one.owner_name) for one in open_exceptions(tx, SITE, NOW)]
    assert left == [("H1:2/1", "Ben")]


@pytest.mark.parametrize("words", [("assign", "X"), ("close", "X"), ("assign", "H1:2/1", "NOBODY")])
def test_what_cannot_be_done_is_told(house, capsys, words: tuple[str, ...]) -> None:
    assert exceptions(house, *words) == 1
    assert capsys.readouterr().err.startswith("floorhand: ")
