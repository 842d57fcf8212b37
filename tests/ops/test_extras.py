"""What merchants want of their parcels is kept with them, and leads are told where it failed."""

from __future__ import annotations

import json

import pytest
from conftest import SITE
from scripts.test_scripts import Stage
from sqlalchemy import select
from warehouses import packing

from floorhand.store.check import violations
from floorhand.store.db import Transactions
from floorhand.store.schema import Operation, Trouble

HAT, MUG = "09506000134352", "09506000134376"


@pytest.fixture
def stage(transactions: Transactions) -> Stage:
    packing.build(transactions)
    found = Stage(transactions)
    found.sign_in(packing.WORKER)
    found.open("packing")
    return found


def told(stage: Stage) -> list[tuple[str, str, dict[str, str]]]:
    asked = select(Trouble.kind, Trouble.subject, Trouble.facts).order_by(Trouble.id)
    with stage.transactions.begin() as tx:
        assert violations(tx, SITE) == ()
        return [(kind, subject, json.loads(facts)) for kind, subject, facts in tx.execute(asked)]


def closed(stage: Stage) -> list[tuple[dict[str, object], dict[str, object]]]:
    asked = select(Operation.command, Operation.facts).where(Operation.kind == "CloseParcel")
    with stage.transactions.begin() as tx:
        rows = tx.execute(asked.order_by(Operation.at))
        return [(json.loads(command), json.loads(facts)) for command, facts in rows]


def test_a_parcel_knows_what_went_in_and_what_had_run_out(stage: Stage) -> None:
    stage.set_rule("ACME", "inserts", "Card; code=CARD-1|Sticker")
    for scan in ("T-4", HAT, "CARD-1", "*SHORT", "T-5", HAT, "CARD-1", "*SHORT"):
        assert stage.scan(scan).said.tone != "refused", scan
    command, facts = closed(stage)[0]
    assert (command["inserts"], command["run_out"], facts["inserts"]) == (["Card"], ["Sticker"], 1)
    assert told(stage) == [("insert_out", "ACME Sticker", {"order": "1003"})]
    stage.scan("*UNDO")
    stage.scan("*DONE")
    assert closed(stage)[-1][0]["inserts"] == ["Card", "Sticker"]


def test_a_parcel_in_another_box_is_told_until_its_closing_is_taken_back(stage: Stage) -> None:
    stage.set_rule("ACME", "boxes", "S")
    for scan in ("T-4", HAT):
        stage.scan(scan)
    (kind, _, facts), *others = told(stage)
    assert (kind, facts, others) == ("other_box", {"order": "1003", "box": "M"}, [])
    stage.scan("*UNDO")
    assert told(stage) == []
