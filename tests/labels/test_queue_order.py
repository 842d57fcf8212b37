"""What a printer gets next: what somebody waits for first; and no clock that was ahead stops it."""

from __future__ import annotations

from datetime import timedelta

from conftest import NOW, SITE
from labels.test_spool import TOTE, Recorder, ask, at, jobs
from sqlalchemy import update

from floorhand.domain.print_desk import PrintLabels, ReprintLabel
from floorhand.domain.printing import Stands
from floorhand.labels.spool import send_all
from floorhand.ops.settling import from_office
from floorhand.store.db import Transactions
from floorhand.store.labels_here import last_label
from floorhand.store.ledger import Cause
from floorhand.store.print_jobs import queue_label
from floorhand.store.print_queue import BACK_OFF_MAX, printers_waited_for
from floorhand.store.schema import PrintJob
from floorhand.store.stands import printer_stands

CLOCK_WAS_AHEAD = timedelta(hours=1)


def run_of(transactions: Transactions, *subjects: str) -> None:
    """Ask for many labels from the office, before any of a bench."""
    labels = tuple(("tote", '{"code": "T-1", "scan_code": "FHTFSJTPHTKV"}') for _ in subjects)
    with transactions.begin() as tx:
        command = PrintLabels("run", "folder", subjects, labels)
        from_office(tx, SITE, command, NOW - timedelta(minutes=9), number="run-1.1")


def sent(transactions: Transactions) -> list[str]:
    printer = Recorder()
    send_all(transactions, SITE, {"folder": printer}, at())
    return [label.subject for label in printer.got]


def test_a_label_that_somebody_waits_for_goes_before_those_of_a_run(
    transactions: Transactions,
) -> None:
    run_of(transactions, "B-1", "B-2", "B-3")
    ask(transactions, 1, "T-1")
    ask(transactions, 2, "T-2")
    assert sent(transactions) == ["T-1", "T-2", "B-1", "B-2", "B-3"]


def test_a_copy_asked_for_by_an_office_is_none_of_a_run(transactions: Transactions) -> None:
    ask(transactions, 1, "T-1")
    sent(transactions)
    run_of(transactions, "B-1")
    with transactions.begin() as tx:
        from_office(tx, SITE, ReprintLabel("T-1", "jam"), NOW)
    assert sent(transactions) == ["T-1", "B-1"]


def test_a_clock_that_was_put_back_turns_no_order_round(transactions: Transactions) -> None:
    ask(transactions, 9, "T-1")
    ask(transactions, 99, "T-2")
    with transactions.begin() as tx:
        tx.execute(update(PrintJob).values(created_at=NOW + CLOCK_WAS_AHEAD))
    ask(transactions, 100, "T-3")
    assert sent(transactions) == ["T-1", "T-2", "T-3"]


def test_labels_of_one_scan_come_as_it_asked_for_them(transactions: Transactions) -> None:
    cause = Cause(SITE, "S1:99", "ana", "S1", "", NOW)
    with transactions.begin() as tx:
        for number in range(1, 12):
            queue_label(tx, cause, "tote", f"T-{number}", TOTE)
    ask(transactions, 100, "T-12")
    with transactions.begin() as tx:
        tx.execute(update(PrintJob).values(created_at=NOW))
    assert sent(transactions) == [f"T-{number}" for number in range(1, 13)]


def test_a_failure_that_was_noted_by_a_clock_ahead_holds_nothing_up(
    transactions: Transactions,
) -> None:
    ask(transactions, 1, "T-1")
    ask(transactions, 2, "T-2")
    ahead = at(NOW + CLOCK_WAS_AHEAD)
    send_all(transactions, SITE, {"folder": Recorder(fails=1)}, ahead)
    with transactions.begin() as tx:
        assert printers_waited_for(tx, SITE, NOW) == ["folder"]
    assert sent(transactions) == ["T-1", "T-2"]


def test_a_failure_noted_just_now_is_waited_out_to_the_end(transactions: Transactions) -> None:
    ask(transactions)
    with transactions.begin() as tx:
        tx.execute(update(PrintJob).values(not_before=NOW + BACK_OFF_MAX))
    assert sent(transactions) == []
    assert jobs(transactions)[0].state == "waiting"


def test_a_label_of_a_clock_ahead_is_not_for_ever_the_last_one_of_its_bench(
    transactions: Transactions,
) -> None:
    ask(transactions, 1, "T-1")
    with transactions.begin() as tx:
        tx.execute(update(PrintJob).values(created_at=NOW + CLOCK_WAS_AHEAD))
    ask(transactions, 2, "T-2")
    with transactions.begin() as tx:
        last = last_label(tx, SITE, "tote", "S1", NOW)
    assert last is not None
    assert last.subject == "T-2"


def test_a_label_asked_for_by_a_clock_ahead_is_seen_to_wait(transactions: Transactions) -> None:
    ask(transactions)
    with transactions.begin() as tx:
        tx.execute(update(PrintJob).values(created_at=NOW + CLOCK_WAS_AHEAD))
        assert printer_stands(tx, SITE, "folder", NOW).waiting == 1
        tx.execute(update(PrintJob).values(created_at=NOW + timedelta(seconds=1)))
        assert printer_stands(tx, SITE, "folder", NOW).waiting == 0


def test_a_run_of_the_office_is_no_trouble_of_a_bench(transactions: Transactions) -> None:
    run_of(transactions, "B-1", "B-2")
    with transactions.begin() as tx:
        assert printer_stands(tx, SITE, "folder", NOW) == Stands("folder")
        tx.execute(update(PrintJob).where(PrintJob.subject == "B-2").values(state="doubt"))
        assert printer_stands(tx, SITE, "folder", NOW) == Stands("folder", doubt=1)
    ask(transactions, 1, "T-1")
    with transactions.begin() as tx:
        stands = printer_stands(tx, SITE, "folder", NOW)
    assert stands == Stands("folder", waiting=1, late=True, doubt=1)
    assert [key for key, _ in stands.words] == ["printer.doubt", "printer.waiting"]
