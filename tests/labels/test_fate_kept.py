"""What became of a label is noted, however long the database is away when the printer tells it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from conftest import NOW, SITE
from labels.test_spool import WAIT_S, Recorder, ask, at, cause, jobs, spool_of
from sqlalchemy import select, update

from floorhand.domain.print_desk import ConfirmLabels, LabelsSettled
from floorhand.domain.printing import SENDING_MAX_S
from floorhand.errors import DatabaseAway
from floorhand.labels import feeding, ipp, zebra
from floorhand.labels import spool as spools
from floorhand.labels.feeding import Service, TurnLost, feed_next
from floorhand.labels.printers import Fate, InDoubt, NotPrinted, Rendered
from floorhand.labels.spool import send_all
from floorhand.ops.settling import from_office
from floorhand.store.db import Transactions
from floorhand.store.labels_here import label_in_doubt, label_of
from floorhand.store.print_desk import printer_facts, unfinished_labels
from floorhand.store.print_jobs import reprint_label
from floorhand.store.schema import PrintJob, Spooler
from floorhand.store.stands import printer_stands


class Tells(Recorder):
    """A printer that does not repeat, and of every label tells the same."""

    repeats = False

    def __init__(self, error: OSError | None) -> None:
        super().__init__()
        self.error = error

    def send(self, label: Rendered) -> Fate:
        super().send(label)
        if self.error:
            raise self.error
        return Fate.SENT


def away(times: int, there: Callable[..., Any]) -> Callable[..., Any]:
    """A database that is away so often, then does what it does."""
    left = [times]

    def asked(*args: object, **named: object) -> object:
        if left[0]:
            left[0] -= 1
            raise DatabaseAway("locked by another program")
        return there(*args, **named)

    return asked


@pytest.mark.parametrize(
    ("error", "mark", "state", "told"),
    [
        (None, "mark_sent", "sent", ""),
        (InDoubt("the line broke"), "mark_doubt", "doubt", "the line broke"),
        (NotPrinted("no paper"), "mark_waiting", "waiting", "no paper"),
    ],
)
def test_it_is_noted_when_the_database_is_back_and_nothing_is_sent_before(
    transactions: Transactions,
    monkeypatch: pytest.MonkeyPatch,
    error: OSError | None,
    mark: str,
    state: str,
    told: str,
) -> None:
    ask(transactions)
    monkeypatch.setattr(feeding, "NOTE_AGAIN_S", 0.0)
    monkeypatch.setattr(feeding, mark, away(3, getattr(feeding, mark)))
    printer = Tells(error)
    assert send_all(transactions, SITE, {"folder": printer}, at()) == 1
    assert [job[1:4] for job in jobs(transactions)] == [(state, 1, told)]
    assert len(printer.got) == 1


class Slow(Recorder):
    """A printer that has a label in hand until it is let go on."""

    repeats = False

    def __init__(self) -> None:
        super().__init__()
        self.has_it, self.may_go_on = threading.Event(), threading.Event()

    def send(self, label: Rendered) -> Fate:
        self.has_it.set()
        assert self.may_go_on.wait(WAIT_S)
        return super().send(label)


def test_a_spool_stays_what_it_is_while_the_database_is_away(
    transactions: Transactions, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask(transactions)
    printer, looked, noted = Slow(), threading.Event(), threading.Event()
    mark_sent = feeding.mark_sent

    def is_away(*_: object) -> list[str]:
        looked.set()
        raise DatabaseAway("locked by another program")

    def note(*args: Any, **named: Any) -> None:
        mark_sent(*args, **named)
        noted.set()

    monkeypatch.setattr(feeding, "mark_sent", note)
    spool = spool_of(transactions, printer)
    spool.start()
    try:
        assert printer.has_it.wait(WAIT_S)
        monkeypatch.setattr(spools, "printers_waited_for", is_away)
        spool.wake()
        assert looked.wait(WAIT_S)
        looked.clear()
        assert looked.wait(WAIT_S)
        printer.may_go_on.set()
        assert noted.wait(WAIT_S)
    finally:
        printer.may_go_on.set()
        spool.stop(WAIT_S)
    assert [job[1:4] for job in jobs(transactions)] == [("sent", 1, "")]
    with transactions.begin() as tx:
        assert tx.scalar(select(Spooler.epoch)) == 1


def test_a_spool_that_is_not_the_one_any_more_ends_its_turn(transactions: Transactions) -> None:
    ask(transactions)
    printer, became_old = Recorder(), threading.Event()
    spool = spool_of(transactions, printer)
    serve = spool._serve

    def with_another_beside_it(hold: Any) -> None:
        with transactions.begin() as tx:
            tx.get_one(Spooler, SITE).epoch += 1
        serve(hold)
        became_old.set()
        spool._stop_asked.set()

    spool._serve = with_another_beside_it  # type: ignore[method-assign]
    spool.start()
    try:
        assert became_old.wait(WAIT_S)
    finally:
        spool.stop(WAIT_S)
    assert printer.got == []
    with pytest.raises(TurnLost):
        feed_next(Service(transactions, SITE, 1, at()), "folder", printer)


def test_no_printer_takes_longer_than_a_label_is_believed_to_be_on_its_way() -> None:
    assert zebra.SEND_MAX_S < SENDING_MAX_S
    assert ipp.STATUS_S + ipp.SEND_S + ipp.FOLLOW_S < SENDING_MAX_S


@pytest.mark.parametrize(
    ("begun_s_ago", "known_as"),
    [(SENDING_MAX_S - 1, "sending"), (SENDING_MAX_S + 1, "doubt"), (-3_600, "doubt")],
)
def test_a_label_of_which_there_is_no_word_for_long_is_in_doubt_for_all_who_look(
    transactions: Transactions, begun_s_ago: int, known_as: str
) -> None:
    job = ask(transactions)
    doubt = int(known_as == "doubt")
    with transactions.begin() as tx:
        begun = {"state": "sending", "begun_at": NOW - timedelta(seconds=begun_s_ago)}
        tx.execute(update(PrintJob).values(begun))
        label = label_of(tx, SITE, "tote", "T-1", NOW)
        assert label is not None
        assert label.state == known_as
        assert (label_in_doubt(tx, SITE, "", "folder", NOW) is not None) == bool(doubt)
        assert printer_stands(tx, SITE, "folder", NOW).doubt == doubt
        (facts,) = printer_facts(tx, SITE, NOW)
        assert facts.jobs == {known_as: 1}
        assert [one.state for one in unfinished_labels(tx, SITE, NOW)] == [known_as]
        said = from_office(tx, SITE, ConfirmLabels((job,)), NOW)
        assert said == LabelsSettled(doubt)


def test_a_label_of_which_there_is_no_word_is_printed_again_as_a_copy(
    transactions: Transactions,
) -> None:
    ask(transactions)
    with transactions.begin() as tx:
        begun = NOW - timedelta(seconds=SENDING_MAX_S + 1)
        tx.execute(update(PrintJob).values(state="sending", begun_at=begun))
        assert reprint_label(tx, cause(2), "T-1", "tote", reason="lost") == 2
    assert sorted(job.state for job in jobs(transactions)) == ["voided", "waiting"]
