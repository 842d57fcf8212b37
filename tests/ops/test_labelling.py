"""Labels at a bench: what is written when one is confirmed, printed again, or voided."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from conftest import NOW, SITE, new_warehouse
from scripts.test_scripts import Stage
from sqlalchemy import insert, select, text, update
from warehouses import packing

from floorhand.domain.print_desk import ReroutePrinter
from floorhand.domain.rules import SiteRules
from floorhand.ops.labelling import TOO_MANY
from floorhand.ops.settling import from_office
from floorhand.store.db import Transactions, engine_of
from floorhand.store.schema import Operation, PrinterRow, PrintJob, Scan, Seat, SiteRow, Trouble
from floorhand.store.single import note_stuck
from floorhand.text.catalog import catalog

MUG, MILK, CARTON = "09506000134376", "09506000134369", "395212340000000014"


@pytest.fixture
def stage(tmp_path) -> Iterator[Stage]:
    """A packer who has just closed the parcel of one order."""
    transactions = new_warehouse(tmp_path)
    packing.build(transactions)
    stage = Stage(transactions)
    stage.sign_in(packing.WORKER)
    stage.open("packing")
    for scan in ("T-9", MUG, "2"):
        stage.scan(scan)
    yield stage
    engine_of(transactions).dispose()


def jobs(transactions: Transactions) -> list[PrintJob]:
    with transactions.begin() as tx:
        return list(tx.scalars(select(PrintJob).order_by(PrintJob.copy_no)))


def come_out(stage: Stage, state: str = "sent") -> None:
    with stage.transactions.begin() as tx:
        change = f"UPDATE print_job SET state = '{state}', sent_at = created_at"
        tx.execute(text(f"{change} WHERE state = 'waiting'"))


@pytest.mark.parametrize("state", ["sent", "doubt", "sending"])
def test_a_scan_confirms_whatever_the_printer_said_and_is_in_the_record(stage, state) -> None:
    come_out(stage, state)
    said = stage.scan(CARTON).said
    assert (said.text, said.tone) == ("labelling.confirmed", "finished")
    (job,) = jobs(stage.transactions)
    assert (job.state, job.confirmed_by) == ("confirmed", packing.WORKER)
    assert job.confirmed_at
    with stage.transactions.begin() as tx:
        assert tx.scalar(select(Operation.kind).where(Operation.kind == "ConfirmLabel"))
    stage.scan("*UNDO")
    (job,) = jobs(stage.transactions)
    assert (job.state, job.confirmed_by, job.confirmed_at) == (state, "", None)


def test_a_refusal_behind_the_question_of_a_label_ends_with_it_and_is_counted_as_itself(stage):
    come_out(stage, "doubt")
    stage.scan("T-4")
    stage.scan("*BACK")
    turn = stage.scan(MILK)
    assert turn.prompt.ask == "labelling.doubt"
    assert turn.said.text == "refusal.asked_first"
    told = catalog("en").say(turn.said.text, turn.said.facts)
    assert told == (
        "No order of one MILK waits at this bench. Scan a tote. "
        "Answer first: Did this label come out? Scan it."
    )
    with stage.transactions.begin() as tx:
        fates = tx.scalars(select(Scan.fate).order_by(Scan.scan_no.desc())).all()
    assert fates[0] == "no_single_order"


def test_copies_void_the_older_ones_and_too_many_are_told_to_who_leads(stage) -> None:
    for _ in range(SiteRules().reprints_max + 1):
        come_out(stage)
        stage.scan("*PRINT")
        stage.scan("2")
    *old, newest = jobs(stage.transactions)
    assert {job.state for job in old} == {"voided"}
    assert (newest.state, newest.copy_no, newest.reason) == ("waiting", 5, "damaged")
    assert {job.data for job in old} == {newest.data}
    with stage.transactions.begin() as tx:
        kinds = tx.execute(select(Trouble.kind, Trouble.subject).where(Trouble.site == SITE)).all()
    assert [tuple(row) for row in kinds if row.kind == TOO_MANY] == [(TOO_MANY, CARTON)]


def test_how_many_copies_are_too_many_is_the_sites_to_say(stage) -> None:
    with stage.transactions.begin() as tx:
        tx.execute(update(SiteRow).values(rules=SiteRules(reprints_max=1).to_json()))
    come_out(stage)
    stage.scan("*PRINT")
    stage.scan("2")
    with stage.transactions.begin() as tx:
        assert TOO_MANY in tx.scalars(select(Trouble.kind)).all()


def test_a_copy_that_was_taken_back_before_it_came_out_is_not_counted(stage) -> None:
    come_out(stage)
    for _ in range(3):
        stage.scan("*PRINT")
        assert stage.scan("2").said.facts["copy"] == 2
        stage.scan("*UNDO")
        stage.scan("*BACK")
    stage.scan("*PRINT")
    stage.scan("2")
    assert [job.state for job in jobs(stage.transactions)].count("waiting") == 1
    come_out(stage, "doubt")
    stage.scan("T-4")
    stage.scan("*BACK")
    assert stage.scan("*PRINT").said.facts["copy"] == 3  # the second may be out


def test_nobody_may_use_a_label_of_a_cancelled_order(tmp_path) -> None:
    transactions = new_warehouse(tmp_path)
    packing.build(transactions)
    stage = Stage(transactions)
    stage.sign_in(packing.WORKER)
    stage.open("packing")
    for scan in ("T-1", MUG, "*FULL", "*DONE"):
        stage.scan(scan)
    come_out(stage, "doubt")
    stage.cancel("ACME/1001")
    assert [job.state for job in jobs(transactions)] == ["voided"]
    assert stage.scan(CARTON).said.text == "refusal.no_label"
    engine_of(transactions).dispose()


@pytest.mark.parametrize("state", ["sending", "doubt", "sent", "confirmed"])
def test_a_parcel_whose_label_may_be_out_is_not_taken_back_by_its_packer(stage, state) -> None:
    come_out(stage, state)
    assert stage.scan("*UNDO").said.text == "refusal.undo_printed"


@pytest.mark.parametrize("state", ["waiting", "failed"])
def test_one_whose_label_only_tried_to_come_out_is(stage, state) -> None:
    with stage.transactions.begin() as tx:
        tried = "tries = 3, number = 9, error = 'no answer', printer = 'Z2'"
        tx.execute(text(f"UPDATE print_job SET state = '{state}', {tried}"))
    assert stage.scan("*UNDO").said.text == "road.undone_label"
    assert [job.state for job in jobs(stage.transactions)] == ["voided"]


def test_whose_labels_a_colleague_has_rerouted_hears_where_they_come_out(stage) -> None:
    stage.scan("STATION-1")
    with stage.transactions.begin() as tx:
        tx.execute(update(PrintJob).values(station=tx.scalar(select(Seat.station))))
        here = tx.execute(select(PrintJob.printer, PrintJob.station)).one()
        known = {"site": SITE, "address": "folder:x"}
        rows = [
            {"code": here.printer, "condition": "paper", "neighbour": "Z2"},
            {"code": "Z2", "condition": "ready", "neighbour": ""},
        ]
        tx.execute(insert(PrinterRow).values([{**known, **row} for row in rows]))
    assert here.station
    stage.scan("*PRINT")
    with stage.transactions.begin() as tx:
        from_office(tx, SITE, ReroutePrinter(here.printer, "Z2"), NOW)
    said = stage.scan("*DONE").said
    assert said.text == "labelling.rerouted_before"
    assert said.facts == {"printer": here.printer, "to": "Z2", "count": 1}


def test_who_reroutes_what_has_come_out_meanwhile_hears_that_nothing_waits(stage) -> None:
    with stage.transactions.begin() as tx:
        printer = tx.scalar(select(PrintJob.printer))
        down = {"condition": "paper", "neighbour": "Z2", "address": "folder:x"}
        tx.execute(insert(PrinterRow).values(site=SITE, code=printer, **down))
    stage.scan("*PRINT")
    come_out(stage)
    assert stage.scan("*DONE").said.text == "labelling.rerouted_none"


def test_a_label_that_nobody_can_send_is_not_called_on_its_way(stage) -> None:
    assert stage.scan("*PRINT").said.text == "labelling.on_its_way"
    note_stuck(stage.transactions, SITE, "the lock cannot be written")
    prompt = stage.scan("*PRINT").prompt
    assert prompt.ask == "labelling.down_alone"
    assert ("state_text", "printer.unsent") in prompt.ask_facts
    assert ("labelling.fact_told", "the lock cannot be written") in prompt.facts
