"""``floorhand service`` as it prints and writes files."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from homes import home_of
from sqlalchemy import update
from warehouses import picking as house

from floorhand.cli import main
from floorhand.exchange.tables import ENCODING
from floorhand.store.db import Transactions
from floorhand.store.schema import Sku
from floorhand.store.service_tables import TABLES


@pytest.fixture
def home(transactions: Transactions, tmp_path: Path) -> str:
    house.build(transactions)
    with transactions.begin() as tx:
        tx.execute(update(Sku).where(Sku.code == "MUG").values(name="=cmd|calc"))
    return home_of(tmp_path / "floor.db")


def asked(home: str, *words: str) -> int:
    with pytest.raises(SystemExit) as ended:
        main(["service", "--database", home, *words])
    return int(ended.value.code or 0)


def test_a_page_is_printed_as_sentences(home: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert asked(home, "ACME", "1001") == 0
    assert "Order 1001: Ready to pick." in capsys.readouterr().out


def test_what_is_not_known_ends_with_1(home: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert asked(home, "BOLT", "1001") == 1
    assert "Nothing here is called 1001" in capsys.readouterr().out


def test_a_table_is_printed_as_json(home: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert asked(home, "ACME", "--table", "orders", "--json") == 0
    rows = json.loads(capsys.readouterr().out)
    assert [(row["order"], row["pieces"], row["left"]) for row in rows][:1] == [("1001", 3, 3)]


def test_all_tables_are_written_and_nothing_in_them_is_a_formula(
    home: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "acme"
    assert asked(home, "ACME", "--export", str(folder)) == 0
    assert {file.stem for file in folder.iterdir()} == set(TABLES)
    with (folder / "stock.csv").open(encoding=ENCODING, newline="") as file:
        assert "'=cmd|calc" in {row["Name"] for row in csv.DictReader(file)}
    assert asked(home, "ACME", "--export", str(folder)) == 1
    assert "Name a folder that is new." in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("NOBODY",), "There is no merchant 'NOBODY' here; there are: ACME"),
        (("ACME", "--days", "0"), "--days 0: from 1 to 3660"),
        (("ACME",), "Name a code, or a table with --table."),
    ],
)
def test_what_cannot_be_told_is_said(
    home: str, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], told: str
) -> None:
    assert asked(home, *words) == 1
    assert told in capsys.readouterr().err
