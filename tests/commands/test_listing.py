"""Lists of commands for programs: the same as JSON and as CSV, for each command that lists."""

from __future__ import annotations

import csv
import io
import json

import pytest
from conftest import NOW, SITE
from sqlalchemy import insert, update
from warehouses import refilled
from warehouses.picker import Picker

from floorhand.cli import main
from floorhand.store.db import Transactions, engine_of
from floorhand.store.schema import PrintJob, Trouble, Worker

EVIL = '=HYPERLINK("x","y")'


@pytest.fixture
def house(transactions: Transactions) -> Transactions:
    """Mugs are being filled up, tea runs dry; a worker's name is a formula; a label waits."""
    refilled.build(transactions)
    Picker(transactions, "W1").scan("CART-1")
    with transactions.begin() as tx:
        tx.execute(update(Worker).where(Worker.code == "W1").values(name=EVIL))
        row = {"id": "X/1", "kind": "no_bin", "subject": "S1", "merchant": "ACME", "pieces": 3}
        tx.execute(insert(Trouble).values(site=SITE, created_at=NOW, owner="W1", **row))
        job = {"id": "S1:1/1", "printer": "z-1", "template": "tote", "subject": "T-1", "data": "{}"}
        tx.execute(insert(PrintJob).values(site=SITE, created_at=NOW, **job))
    return transactions


def told(house: Transactions, capsys, *words: str) -> str:
    url = engine_of(house).url.render_as_string(hide_password=False)
    with pytest.raises(SystemExit) as ended:
        main([*words, "--database", url])
    assert not ended.value.code, capsys.readouterr().err
    return capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("counts",), {"place": "B-01", "state": "due", "worker": ""}),
        (("refills",), {"face": "A-01", "state": "open", "product": "ACME/MUG", "dry_at": ""}),
        (("refills",), {"face": "A-02", "state": "dry", "pieces": "1"}),
        (("workers",), {"number": "W1", "name": f"'{EVIL}", "locked": "no", "parked": ""}),
        (("seats",), {"seat": "SEAT-W1", "worker": f"'{EVIL}", "job": "picking"}),
        (("rules",), {"rule": "four_eyes"}),
        (("rules", "ACME"), {"rule": "short_policy"}),
        (("printers", "jobs"), {"subject": "T-1", "state": "waiting", "tries": "0"}),
        (("service", "ACME", "--table", "orders"), {"order": "1001"}),
    ],
)
def test_a_list_is_the_same_as_json_and_as_csv(house, capsys, words, expected) -> None:
    rows = list(csv.DictReader(io.StringIO(told(house, capsys, *words, "--csv"))))
    objects = json.loads(told(house, capsys, *words, "--json"))
    assert [list(row) for row in rows] == [list(one) for one in objects]
    assert [row for row in rows if row.items() >= expected.items()], rows


def test_what_was_scanned_does_nothing_to_a_terminal(house, capsys) -> None:
    code = "A\x1b]2;x\x07\x9b2J\u202eB é"
    with house.begin() as tx:
        tx.execute(update(Trouble).values(facts=json.dumps({"scanned": code})))
        tx.execute(update(Worker).where(Worker.code == "W1").values(name=code))
    for words in (("exceptions",), ("workers",)):
        for form in ("--csv", "--json"):
            text = told(house, capsys, *words, form)
            assert not {"\x1b", "\x07", "\x9b", "\u202e"} & set(text)
            assert "B é" in text
    (one,) = (row for row in json.loads(text) if row["number"] == "W1")
    assert one["name"] == code


def test_exceptions_are_listed_of_one_merchant(house, capsys) -> None:
    def listed(merchant: str) -> list[dict[str, str]]:
        text = told(house, capsys, "exceptions", "--merchant", merchant, "--csv")
        return list(csv.DictReader(io.StringIO(text)))

    stuck, raised = listed("ACME")
    assert (stuck["kind"], stuck["owner"], stuck["pieces"]) == ("stuck_task", "", "48")
    assert (raised["id"], raised["owner"]) == ("X/1", f"'{EVIL}")
    assert listed("BOLT") == []


def test_printers_and_totals_are_csv_too(house, capsys) -> None:
    rows = list(csv.DictReader(io.StringIO(told(house, capsys, "printers", "--csv"))))
    assert [(row["printer"], row["waiting"]) for row in rows] == [
        ("folder", "0"),
        ("z-1", "1"),
    ]
    assert told(house, capsys, "printers", "list", "--csv").count("\n") == 3
    url = engine_of(house).url.render_as_string(hide_password=False)
    rows = list(csv.DictReader(io.StringIO(told(house, capsys, "totals", url, "--csv"))))
    assert [row["sum"] for row in rows if row["merchant"] == "ACME"] == ["243"]


@pytest.mark.parametrize("words", [("counts", "plan"), ("refills", "plan"), ("seats", "free", "S")])
def test_an_action_is_no_list(house, capsys, words) -> None:
    url = engine_of(house).url.render_as_string(hide_password=False)
    with pytest.raises(SystemExit) as ended:
        main([*words, "--json", "--database", url])
    assert ended.value.code == 1
    assert f"leave it out with {words[1]}" in capsys.readouterr().err
