"""What commands print is as inert as a screen, whatever names, codes and files are called."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from conftest import SITE, new_warehouse
from homes import home_of
from poison import poison
from sqlalchemy import insert, text
from warehouses import packing

from floorhand.cli import main
from floorhand.store.db import engine_of
from floorhand.store.schema import Spooler

UNSAFE = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]")
CSV = "sku,name\nA-1,Shirt \x1b[2J[/b]\n\u202eB\x07,x\n"


@pytest.fixture
def hostile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder, with a warehouse in its floor.db in which everything tries to do harm."""
    transactions = new_warehouse(tmp_path)
    packing.build(transactions)
    with transactions.begin() as tx:
        tx.execute(text("UPDATE stock SET pieces = pieces + 1 WHERE serial = ''"))
        harm = "/no\x1b[2J\u202e/folder\x07[/b]"
        tx.execute(insert(Spooler).values(site=SITE, stuck=harm, condition="offline", told=harm))
    engine_of(transactions).dispose()
    poison(home_of(tmp_path / "floor.db"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    "words",
    [
        ("summary",),
        ("check",),
        ("label", "bins", "--zpl", "out\x1b[2J.zpl"),
        ("label", "totes", "--folder", "labels"),
        ("label", "sku", "--pdf", "no-such-folder\x1b[31m/x.pdf"),
        ("label", "bins", "NO\x9b2J\u202e"),
        ("label", "rotate", "--zone", "Z\x07"),
        ("import", "bad\x1b[2J\x07.csv", "--merchant", "ACME", "--format", "products"),
        ("import", "bad\x1b[2J\x07.csv", "--merchant", "ACME\x1b[2J", "--format", "products"),
        ("import", "none\x9b.csv"),
        ("carrier-labels", "bad\x1b[2J\x07.csv"),
        ("carrier-labels", "none\x9b"),
        ("printers",),
    ],
    ids=lambda words: " ".join(words[:2]).encode("unicode_escape").decode(),
)
def test_no_command_prints_harm(
    hostile: Path, capfd: pytest.CaptureFixture[str], words: tuple[str, ...]
) -> None:
    (hostile / "bad\x1b[2J\x07.csv").write_text(CSV, "utf-8")
    with pytest.raises(SystemExit):
        main([*words, "--database", home_of(hostile / "floor.db"), "--site", SITE])
    told = capfd.readouterr()
    assert told.out + told.err
    assert UNSAFE.findall(told.out + told.err) == []
