"""Every barcode belongs to a second merchant, too: each job goes on as if nobody else had it.

The smooth conversations are played again, with a twin of every product that another merchant owns.
Whose goods a scan is of has to come from the bench, the tote, the open delivery, order or return;
where nothing of these is open yet the worker is asked, and after the answer all is as written.
"""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import pytest
from conftest import SITE, new_warehouse
from scripts.test_scripts import Stage
from sqlalchemy import insert, select
from warehouses import inbound

from floorhand.store.db import Transactions, engine_of
from floorhand.store.schema import Barcode, Merchant, Sku
from floorhand.talk import render_lines
from floorhand.text.catalog import catalog

TWIN = "AAA"
"""Comes first wherever merchants are listed, so that whoever guesses takes it."""

ASKED = {
    "receiving_smooth": (),
    "putaway_smooth": (),
    "picking_smooth": (),
    "packing_smooth": ("packing.scan_tote",),
    "returns_smooth": (),
}
"""At which questions it has to be asked: where nothing says yet whose goods are at hand."""

MUG = "09506000134352"


def give_twins(transactions: Transactions) -> None:
    with transactions.begin() as tx:
        tx.execute(insert(Merchant).values(site=SITE, code=TWIN, name="Twins"))
        codes = tx.execute(
            select(Barcode.code, Barcode.pieces, Barcode.pack).where(Barcode.site == SITE)
        ).all()
        for code, pieces, pack in {row.code: row for row in codes}.values():
            sku = {"site": SITE, "merchant": TWIN, "code": f"TWIN-{code}", "name": "Twin"}
            tx.execute(insert(Sku).values(**sku))
            named = {"site": SITE, "merchant": TWIN, "code": code, "sku": f"TWIN-{code}"}
            tx.execute(insert(Barcode).values(**named, pieces=pieces, pack=pack))


@pytest.mark.parametrize("name", ASKED)
def test_a_job_goes_on_as_if_nobody_else_had_its_barcodes(tmp_path: Path, name: str) -> None:
    lines = (Path(__file__).parent / f"{name}.floor").read_text("utf-8").splitlines()
    warehouse = import_module(f"warehouses.{lines[0].removeprefix('@ ')}")
    transactions = new_warehouse(tmp_path)
    warehouse.build(transactions)
    give_twins(transactions)
    stage, asked = Stage(transactions), set()
    stage.sign_in(warehouse.WORKER)
    told = []
    for line in lines:
        if line.startswith("@ job "):
            stage.open(line.split()[2])
        if line.startswith(">") or not line.startswith((" ", "*", "!", "~")):
            told.append(line)
        if line.startswith("> "):
            before = stage.turn.prompt.ask
            turn = stage.scan(line[2:])
            if turn.prompt.ask == "which.whose" and turn.prompt.choices[0].code == TWIN:
                asked.add(before)
                turn = stage.scan("2")
            told += render_lines(turn, catalog("en"))
    engine_of(transactions).dispose()
    assert told == lines
    assert asked == set(ASKED[name])


@pytest.fixture
def stage(tmp_path: Path):
    transactions = new_warehouse(tmp_path)
    inbound.build(transactions)
    made = Stage(transactions)
    made.sign_in(inbound.WORKER)
    made.open("receiving")
    yield made
    engine_of(transactions).dispose()


def test_goods_that_nothing_is_open_for_are_asked_about_at_put_away(stage: Stage) -> None:
    for scanned in ("D-100", "LD1", MUG, "*DONE", "*DONE", "*BACK"):
        stage.scan(scanned)
    stage.open("putaway")
    asked = stage.scan(MUG).prompt
    assert [choice.code for choice in asked.choices] == ["ACME", "BOLT"]
    assert stage.scan("1").prompt.goods[0].code == "MUG"


def test_goods_of_somebody_else_are_refused_with_all_who_may_own_them(stage: Stage) -> None:
    for scanned in ("D-200", "LD1"):
        stage.scan(scanned)
    said = stage.scan(MUG).said
    assert (said.text, said.facts["merchant"]) == ("refusal.other_merchant", "ACME / BOLT")
