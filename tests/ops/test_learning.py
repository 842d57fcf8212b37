"""Teaching a barcode through the road: who did it stays known, and nothing is taken twice."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from conftest import NOW, SITE
from sqlalchemy import delete, insert, select, update
from warehouses import learning

from floorhand.ops.floor import take_seat, take_turn
from floorhand.store.check import violations
from floorhand.store.schema import Barcode, Operation, Worker

CODE = "4006381333931"


@pytest.fixture
def scan(transactions):
    learning.build(transactions)
    turn = take_seat(transactions, SITE, "H1", now=NOW)

    def scan(*scans: str):
        nonlocal turn
        for scanned in scans:
            number = turn.scan_no + 1
            now = NOW + timedelta(seconds=number)
            turn = take_turn(transactions, SITE, "H1", number, scanned, now)
        return turn

    scan("BADGE-7", "1", "D-100", "LD1")
    return scan


def test_who_taught_which_code_is_in_the_audit_trail(transactions, scan) -> None:
    assert scan(CODE, "*DONE", "CAP", "3", "24").said.text == "learning.learnt_pack"
    assert scan(CODE).said.facts["here"] == 24
    with transactions.begin() as tx:
        told = tx.execute(
            select(Operation.worker, Operation.seat, Operation.command).where(
                Operation.kind == "LearnCode"
            )
        ).one()
        assert (told.worker, told.seat) == ("W7", "H1")
        assert json.loads(told.command) == {
            "code": "0" + CODE, "merchant": "ACME", "sku": "CAP", "pack": "case", "pieces": 24
        }  # fmt: skip
        assert list(violations(tx, SITE)) == []


def test_a_code_that_somebody_else_taught_meanwhile_is_refused(transactions, scan) -> None:
    scan(CODE, "*DONE", "CAP")
    taken = {"site": SITE, "merchant": "ACME", "code": "0" + CODE, "sku": "MUG"}
    with transactions.begin() as tx:
        tx.execute(insert(Barcode).values(**taken))
    said = scan("1").said
    assert (said.text, said.facts["sku"]) == ("refusal.code_taken", "MUG")


def test_a_role_that_was_taken_away_meanwhile_teaches_nothing(transactions, scan) -> None:
    scan(CODE, "*DONE", "CAP")
    with transactions.begin() as tx:
        tx.execute(update(Worker).where(Worker.code == "W7").values(roles="receiving"))
    assert scan("1").said.text == "refusal.role_missing"
    with transactions.begin() as tx:
        assert tx.scalar(select(Barcode.sku).where(Barcode.code == "0" + CODE)) is None


def test_scans_made_ahead_never_choose_the_product(transactions, scan) -> None:
    turn = scan(CODE, "09506000134352", "1", "2")
    assert turn.job == "receiving"
    with transactions.begin() as tx:
        assert tx.scalar(select(Barcode.sku).where(Barcode.code == "0" + CODE)) is None


def test_the_work_under_a_lesson_is_parked_when_its_worker_signs_out(scan) -> None:
    scan("09506000134352", CODE, "*DONE", "*OUT")
    assert scan("BADGE-7").prompt.choices[0].text == "parked.receiving"


def test_where_nobody_can_teach_nobody_is_named(transactions, scan) -> None:
    with transactions.begin() as tx:
        tx.execute(delete(Barcode).where(Barcode.code == CODE))
        tx.execute(update(Worker).where(Worker.code == "W7").values(roles="receiving"))
    assert scan(CODE).said.text == "refusal.unknown_barcode"


def test_what_was_taught_by_a_slip_is_taken_back(transactions, scan) -> None:
    turn = scan(CODE, "*DONE", "MUG", "1", "*UNDO")
    assert (turn.job, turn.prompt.ask) == ("learning", "learning.as_what")
    with transactions.begin() as tx:
        assert tx.scalar(select(Barcode.sku).where(Barcode.code == "0" + CODE)) is None
        kinds = tx.scalars(select(Operation.kind).order_by(Operation.at.desc()).limit(2)).all()
        assert sorted(kinds) == ["LearnCode", "Undo"]
    assert scan("*BACK", "2", "1").said.facts["sku"] == "CAP"
