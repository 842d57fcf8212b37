"""How the printer of a station stands: from its own row, and from the labels that wait for it."""

from __future__ import annotations

from datetime import timedelta

from conftest import NOW, SITE
from sqlalchemy import insert, select, update

from floorhand.domain.printing import Stands
from floorhand.store.db import Transactions
from floorhand.store.labels_here import label_in_doubt
from floorhand.store.ledger import Cause
from floorhand.store.print_jobs import queue_label, reprint_label
from floorhand.store.schema import PrinterRow, PrintJob, Station
from floorhand.store.single import note_stuck, single
from floorhand.store.stands import station_stands


def stands(transactions: Transactions, after_s: float = 0.0) -> Stands | None:
    with transactions.begin() as tx:
        return station_stands(tx, SITE, "P1", NOW + timedelta(seconds=after_s))


def station(transactions: Transactions, printer: str = "Z1", jobs: str = "") -> None:
    with transactions.begin() as tx:
        named = {"site": SITE, "code": "P1", "scan_code": "P1"}
        tx.execute(insert(Station).values(**named, printer=printer, jobs=jobs))


def printer(transactions: Transactions, **columns: str | bool) -> None:
    with transactions.begin() as tx:
        tx.execute(insert(PrinterRow).values(site=SITE, code="Z1", address="", **columns))


def job(
    transactions: Transactions, number: int, state: str = "waiting", at: str = "Z1", of: str = ""
) -> None:
    with transactions.begin() as tx:
        label = {"template": "tote", "data": "{}", "subject": f"T-{number}", "created_at": NOW}
        named = {"site": SITE, "id": f"H1:{number}/1", "printer": at, "station": of}
        tx.execute(insert(PrintJob).values(**named, **label, state=state))


def test_what_the_printer_said_last_and_who_paused_it(transactions: Transactions) -> None:
    station(transactions)
    printer(transactions, condition="paper", told="Media Out")
    assert stands(transactions) == Stands("Z1", "paper", "Media Out")
    with transactions.begin() as tx:
        tx.execute(update(PrinterRow).values(condition="ready", told="", paused=True))
    found = stands(transactions)
    assert found is not None
    assert (found.down, found.tone) == ("paused", "look")


def test_a_printer_of_no_such_name_is_named(transactions: Transactions) -> None:
    station(transactions, "Z9")
    found = stands(transactions)
    assert found is not None
    assert found.words == (("printer.missing", {"printer": "Z9"}),)


def test_a_label_about_to_come_out_is_not_told_and_a_late_one_is_red(
    transactions: Transactions,
) -> None:
    station(transactions)
    printer(transactions, condition="ready")
    job(transactions, 1)
    assert stands(transactions, 1) == Stands("Z1", "ready")
    assert stands(transactions, 4) == Stands("Z1", "ready", waiting=1)
    late = stands(transactions, 30)
    assert late == Stands("Z1", "ready", waiting=1, late=True)
    assert late is not None
    assert late.tone == "refused"


def test_at_a_printer_that_is_down_every_label_counts_at_once(transactions: Transactions) -> None:
    station(transactions)
    printer(transactions, condition="head")
    for number, state in enumerate(("waiting", "waiting", "doubt", "failed", "sent", "voided")):
        job(transactions, number, state)
    job(transactions, 9, at="Z2")
    assert stands(transactions) == Stands("Z1", "head", waiting=2, doubt=1, failed=1)


def test_a_printer_is_not_well_where_nobody_can_send_labels(transactions: Transactions) -> None:
    station(transactions)
    printer(transactions, condition="ready")
    job(transactions, 1)
    note_stuck(transactions, SITE, "the lock cannot be written")
    assert stands(transactions) == Stands("Z1", "unsent", "the lock cannot be written", waiting=1)
    with single(transactions, SITE, NOW):
        assert stands(transactions) == Stands("Z1", "ready")


def test_where_nobody_prints_nothing_is_told(transactions: Transactions) -> None:
    station(transactions, jobs="picking putaway")
    assert stands(transactions) is None


def test_only_what_became_worse_is_worth_a_signal() -> None:
    well, down = Stands("Z1", "ready"), Stands("Z1", "paper")
    assert down.is_worse_than(None)
    assert down.is_worse_than(well)
    assert not down.is_worse_than(down)
    assert not Stands("Z1", "paper", waiting=7).is_worse_than(down)
    assert not well.is_worse_than(down)
    assert not well.is_worse_than(None)
    assert Stands("Z1", "head").is_worse_than(down)
    assert Stands("Z1", "ready", failed=1).is_worse_than(well)
    assert not Stands("Z1", "ready", failed=1).is_worse_than(Stands("Z1", "ready", failed=1))


def test_labels_that_wait_at_the_printer_before_are_not_forgotten(
    transactions: Transactions,
) -> None:
    """The station was given another one while they waited."""
    station(transactions, "Z2")
    with transactions.begin() as tx:
        known = {"site": SITE, "address": ""}
        rows = [{"code": "Z1", "condition": "paper"}, {"code": "Z2", "condition": "ready"}]
        tx.execute(insert(PrinterRow).values([{**known, **row} for row in rows]))
    job(transactions, 1, of="P1")
    job(transactions, 2, "doubt", of="P1")
    job(transactions, 3, of="P7")
    assert stands(transactions) == Stands("Z1", "paper", waiting=1, doubt=1, elsewhere=True)
    with transactions.begin() as tx:
        found = label_in_doubt(tx, SITE, "P1", "Z2", NOW)
        assert found is not None
        assert found.subject == "T-2"
        assert label_in_doubt(tx, SITE, "P7", "Z2", NOW) is None
        tx.execute(update(PrintJob).values(state="sent"))
    assert stands(transactions) == Stands("Z2", "ready")


def test_what_is_wrong_here_is_told_before_what_waits_elsewhere(
    transactions: Transactions,
) -> None:
    station(transactions, "Z2")
    printer(transactions, condition="ready")
    job(transactions, 1, of="P1")
    assert stands(transactions, 5) == Stands("Z2", "missing")
    assert stands(transactions, 30) == Stands("Z1", "ready", waiting=1, late=True, elsewhere=True)


def test_a_label_and_its_copy_keep_the_station_that_asked_for_them(
    transactions: Transactions,
) -> None:
    station(transactions)
    first, again = (Cause(SITE, f"H1:{n}", "ana", "H1", "P1", NOW) for n in (1, 2))
    with transactions.begin() as tx:
        queue_label(tx, first, "tote", "T-1", {"code": "T-1", "scan_code": "FHTFSJTPHTKV"})
        tx.execute(update(PrintJob).values(state="sent"))
        assert reprint_label(tx, again, "T-1", "tote", reason="jam") == 2
        assert list(tx.scalars(select(PrintJob.station))) == ["P1", "P1"]
