"""``floorhand exceptions``: the list as text, JSON and CSV, and what an office may decide."""

from __future__ import annotations

import csv
import json

import pytest
from conftest import NOW, SITE
from sqlalchemy import update
from warehouses import picking

from floorhand.cli import main
from floorhand.store import tasks
from floorhand.store.db import Transactions, engine_of
from floorhand.store.exceptions import open_exceptions
from floorhand.store.ledger import Cause
from floorhand.store.schema import Worker
from floorhand.text.catalog import catalog, languages


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
    rows = [line.split("  ") for line in capsys.readouterr().out.splitlines()]
    told = [[cell.strip() for cell in row if cell.strip()] for row in rows]
    assert [row[:5] for row in told] == [
        ["ID", "What", "About", "Merchant", "Pieces"],
        ["H1:2/1", "Suspect stock", "A-01", "ACME", "2"],
        ["H1:1/1", "Printed too often", "=X-1", "ACME", "1"],
    ]
    assert [row[-1] for row in told[1:]] == ["Product MUG", "Product MUG"]
    assert exceptions(house, "--json", "--kind", "reprints") == 0
    (one,) = json.loads(capsys.readouterr().out)
    assert (one["subject"], one["facts"]) == ("=X-1", {"sku": "MUG", "pieces": 1})
    assert exceptions(house, "--csv") == 0
    table = list(csv.reader(capsys.readouterr().out.splitlines()))
    assert [row[2] for row in table] == ["subject", "A-01", "'=X-1"]


def test_the_list_is_in_words_of_the_language(house, capsys) -> None:
    for code in languages():
        words = catalog(code)
        assert exceptions(house, "--language", code) == 0
        out = capsys.readouterr().out
        for key in ("trouble.reprints", "trouble.suspect_stock", "board.head.owner"):
            assert words.say(key) in out
        assert words.fact("fact.product", "MUG")[0] in out


def test_an_office_gives_and_closes_what_takes_no_badge(house, capsys) -> None:
    assert exceptions(house, "assign", "H1:2/1", "W2") == 1
    why = "floorhand: H1:2/1: that worker cannot decide about exceptions."
    assert capsys.readouterr().err.splitlines() == [why]
    with house.begin() as tx:
        tx.execute(update(Worker).where(Worker.code == "W2").values(roles="lead"))
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
