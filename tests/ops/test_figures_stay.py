"""Figures of a shift that is over say the same, whatever is done afterwards to what was done."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from itertools import count
from typing import Any

import pytest
from conftest import NOW, SITE
from homes import new_warehouse
from hypothesis import example, given, settings
from hypothesis import strategies as st
from ops.test_reversing import HAT, MUG, Lead
from sqlalchemy import select, update
from sqlalchemy.orm import Session
from warehouses import inbound, packing, returns
from warehouses.picker import Picker

from floorhand.domain.control import SetDue
from floorhand.domain.label_figures import longest_outage
from floorhand.domain.labels import KINDS
from floorhand.domain.print_desk import ConfirmLabels, ReprintLabel, ReroutePrinter, VoidLabels
from floorhand.domain.printing import SENDING_MAX_S
from floorhand.domain.shifts import Period
from floorhand.exchange.own_site import read_rule
from floorhand.exchange.records import Context
from floorhand.exchange.writing_rules import write_site
from floorhand.exchange.written import Writing
from floorhand.ops import print_desk
from floorhand.ops.control import set_due
from floorhand.store import print_queue
from floorhand.store.cancelling import undo_order
from floorhand.store.db import Transactions, engine_of
from floorhand.store.ledger import Cause
from floorhand.store.print_jobs import queue_label
from floorhand.store.ruling import shifts_at
from floorhand.store.schema import (
    Operation,
    Order,
    Parcel,
    PrinterRow,
    PrintJob,
    Return,
    SiteRow,
    Spooler,
    Trace,
    Worker,
)
from floorhand.store.shift_labels import labels
from floorhand.store.summary import shift_figures

BEGAN = NOW - timedelta(hours=1)
ENDED = NOW + timedelta(minutes=5)
SHIFT = Period("early", BEGAN, ENDED)
MUCH_LATER = NOW + timedelta(days=9)


def told(transactions: Transactions, now: datetime, period: Period = SHIFT) -> dict[str, Any]:
    with transactions.begin() as tx:
        return json.loads(json.dumps(shift_figures(tx, SITE, period, now)))


@pytest.fixture
def led(transactions: Transactions) -> Callable[[Any], None]:
    """Build a warehouse in which Ben is a lead."""

    def build(warehouse: Any) -> None:
        warehouse.build(transactions)
        with transactions.begin() as tx:
            leads = update(Worker).where(Worker.code == "W2")
            tx.execute(leads.values(roles="lead receiving blind"))

    return build


def there_and_back(transactions: Transactions, thing: str, words: str) -> Iterator[str]:
    """Take a deed of the shift back after it, and do it again; says what was done last."""
    lead = Lead(transactions)
    answer = lead.take_back(thing, words)
    assert answer.startswith("Taken back"), answer
    yield "taken back"
    lead.scan("*UNDO")
    assert lead.turn.said.tone != "refused", lead.turn
    yield "done again"


def test_an_order_that_left_in_time_did_whoever_takes_it_back(transactions, led) -> None:
    led(packing)
    with transactions.begin() as tx:
        due = {"due_at": NOW + timedelta(minutes=2), "released_at": BEGAN}
        tx.execute(update(Order).values(due))
    ana = Picker(transactions, job="packing")
    ana.scan("T-1", HAT, MUG, "3")
    assert ana.said.startswith("packing.shipped"), ana.turn
    first = told(transactions, ENDED)
    assert (first["orders"]["due_shipped_in_time"], first["labels"]["waiting"]) == (1, 1)
    for done in there_and_back(transactions, "T-1", "packed"):
        assert told(transactions, MUCH_LATER) == first, done
        with transactions.begin() as tx:  # its label comes out, once more
            for job in tx.query(PrintJob).filter(PrintJob.state == "waiting"):
                job.state, job.sent_at = "sent", NOW + timedelta(hours=1)
        assert told(transactions, MUCH_LATER) == first, done
    later = Period("late", ENDED, MUCH_LATER)
    assert told(transactions, MUCH_LATER, later)["orders"]["due"] == 0


def test_a_label_that_waited_did_whoever_cancels_its_order(transactions, led) -> None:
    led(packing)
    Picker(transactions, job="packing").scan("T-1", MUG, "*FULL", "*DONE")
    first = told(transactions, ENDED)
    assert (first["labels"]["asked"], first["labels"]["waiting"]) == (1, 1)
    shop = Cause(SITE, "cancelled:1", "", "", "", NOW + timedelta(minutes=10))
    with transactions.begin() as tx:
        merchant, number = tx.execute(select(Parcel.merchant, Parcel.order)).one()
        undo_order(tx, shop, merchant, number)
        assert tx.scalars(select(PrintJob.state)).one() == "voided"
    assert told(transactions, MUCH_LATER) == first


def picked(tx: Session, operation: str, worker: str, at: datetime, **row: Any) -> None:
    """Somebody picked a piece of ACME/1003, or took that back."""
    facts = {"job": "picking", "merchant": "ACME", "order": "ACME/1003", "pieces": 1, "lines": 1}
    row = {"kind": "ConfirmPick", "command": "{}", "seat": "S", **row}
    told = json.dumps(facts)
    tx.add(Operation(site=SITE, id=operation, worker=worker, at=at, facts=told, **row))
    tx.add(Trace(site=SITE, thing="order:ACME/1003", at=at, operation=operation))


@pytest.mark.parametrize("minutes", [-20, -90])
def test_an_order_stays_that_of_who_picked_it_for_the_bench(transactions, led, minutes) -> None:
    led(packing)
    Picker(transactions, job="packing").scan("T-4", HAT)
    with transactions.begin() as tx:  # in the shift, or in the one before
        picked(tx, "S:1", "W2", NOW + timedelta(minutes=minutes))
    first = told(transactions, ENDED)["bench"]
    assert first["by_picker"]["W2"]["verified"] == first["verified"] == 1
    later = NOW + timedelta(minutes=20)
    with transactions.begin() as tx:
        picked(tx, "S:2", "W1", later)  # it was missing, and is picked again
    assert told(transactions, MUCH_LATER)["bench"] == first
    with transactions.begin() as tx:
        picked(tx, "S:3", "W2", later, kind="Undo", undoes="S:1")
    assert told(transactions, MUCH_LATER)["bench"] == first


def test_goods_were_put_away_and_waited_whoever_takes_it_back(transactions, led) -> None:
    led(inbound)
    ana = Picker(transactions, job="receiving")
    ana.scan("D-100", "LD1", inbound.CAP, inbound.MUG, "*DONE", "*DONE", "*BACK", "2")
    ana.scan(inbound.CAP)
    ana.answer()
    assert ana.said == "putaway.stored_others", ana.turn
    first = told(transactions, ENDED)["dock_to_stock"]
    assert (first["pieces"], first["unfinished"]["pieces"]) == (1, 1)
    ana.now = NOW + timedelta(minutes=10)
    while ana.scan("*UNDO").said.text != "refusal.undo_nothing":
        assert told(transactions, MUCH_LATER)["dock_to_stock"] == first, ana.turn
    lead = Lead(transactions, now=NOW + timedelta(minutes=20))
    for words in ("closed", "MUG", "CAP", "Scan each piece"):
        answer = lead.take_back("D-100", words)
        assert answer.startswith("Taken back"), (words, answer)
        assert told(transactions, MUCH_LATER)["dock_to_stock"] == first, words


def test_a_deadline_that_is_put_off_when_it_has_passed_was_missed(transactions, led) -> None:
    led(packing)
    with transactions.begin() as tx:
        tx.execute(update(Order).values(due_at=NOW + timedelta(days=30), released_at=BEGAN))
        this = (Order.merchant == "ACME", Order.number == "1001")
        tx.execute(update(Order).where(*this).values(due_at=NOW + timedelta(minutes=2)))
    first = told(transactions, ENDED)
    assert (first["orders"]["due"], first["orders"]["on_time_pct"]) == (1, 0.0)
    for minutes, due_in in ((10, 60), (20, 120), (30, -30)):
        at = NOW + timedelta(minutes=minutes)
        lead = Cause(SITE, f"D:{minutes}", "W2", "D", "", at, frozenset({"lead"}))
        command = SetDue("ACME", "1001", (NOW + timedelta(minutes=due_in)).isoformat())
        with transactions.begin() as tx:
            set_due(tx, lead, command)
        assert told(transactions, MUCH_LATER) == first, due_in
    due_now = Period("whole", BEGAN, MUCH_LATER)
    assert told(transactions, MUCH_LATER, due_now)["orders"]["due"] == 1


def test_a_delivery_that_was_closed_was_whoever_opens_it_again(transactions, led) -> None:
    led(inbound)
    ana = Picker(transactions, job="receiving")
    ana.scan("D-100", "LD1", inbound.CAP, inbound.CAP, inbound.MUG, "*DONE", "*DONE")
    first = told(transactions, ENDED)
    (closed,) = first["deliveries"]
    assert (closed["state"], closed["received"]) == ("closed", 3)
    assert closed["short"] > 0
    between = Period("between", ENDED, NOW + timedelta(minutes=20))
    for done in there_and_back(transactions, "D-100", "closed"):
        assert told(transactions, MUCH_LATER) == first, done
        if done == "taken back":
            open_ = told(transactions, NOW + timedelta(minutes=20), between)["deliveries"]
            assert [(one["state"], one["received"], one["short"]) for one in open_] == [
                ("receiving", 3, 0)
            ]


def test_a_delivery_opened_by_a_slip_was_open_until_that_was_seen(transactions, led) -> None:
    led(inbound)
    ben = Picker(transactions, "W2", job="receiving")
    ben.scan("*SHORT", "1", "LD2")
    first = told(transactions, ENDED)
    (open_,) = first["deliveries"]
    assert (open_["state"], open_["received"], open_["merchant"]) == ("receiving", 0, "ACME")
    ben.now = NOW + timedelta(minutes=10)
    ben.scan("*BACK")
    assert ben.said == "receiving.taken_back", ben.turn
    assert told(transactions, MUCH_LATER) == first
    later = Period("late", ENDED, MUCH_LATER)
    assert told(transactions, MUCH_LATER, later)["deliveries"] == []


def test_a_return_that_was_judged_in_time_was(transactions, led) -> None:
    led(returns)
    with transactions.begin() as tx:
        near = {"deadline": NOW + timedelta(minutes=4)}
        tx.execute(update(Return).where(Return.number == "RMA-1").values(near))
    ana = Picker(transactions, job="returns")
    ana.scan("TRK-1", returns.MUG, "2", "1", "*DONE", returns.CAP, "1", "*DONE", "1")
    first = told(transactions, ENDED)
    assert (first["returns"]["closed"], first["returns"]["deadlines_missed"]) == (1, 0)
    assert first["returns"]["age"]["returns"] == 1
    for done in there_and_back(transactions, "RMA-1", "closed"):
        assert told(transactions, MUCH_LATER) == first, done


def test_a_seat_that_locked_was_left_then_whoever_finds_out_when(transactions, led) -> None:
    led(packing)
    with transactions.begin() as tx:
        tx.execute(update(SiteRow).values(rules='{"idle_minutes": {"lead": 2}}'))
    Picker(transactions, "W2", now=NOW, job="leading")
    first = told(transactions, ENDED)
    assert first["workers"]["W2"]["signed_in_s"] == 2 * 60 + 1
    between = Period("", NOW + timedelta(minutes=1), ENDED)
    in_part = told(transactions, ENDED, between)
    assert in_part["workers"]["W2"]["signed_in_s"] == 62
    assert told(transactions, NOW + timedelta(seconds=30))["workers"]["W2"]["signed_in_s"] == 29
    later = NOW + timedelta(minutes=30)
    freed = {"kind": "FreeSeat", "command": "{}", "facts": '{"taken_from": "W2"}', "worker": "W1"}
    with transactions.begin() as tx:  # by somebody who does not know that it has locked
        tx.add(Operation(site=SITE, id="D:1", seat="D", at=later, **freed))
    assert told(transactions, MUCH_LATER) == first
    assert told(transactions, MUCH_LATER, between) == in_part
    again = Period("", ENDED, MUCH_LATER)
    assert "W2" not in told(transactions, MUCH_LATER, again)["workers"]


def test_a_shift_is_as_long_as_it_was_and_has_the_name_it_had(transactions, led) -> None:
    led(packing)
    with transactions.begin() as tx:
        before = shifts_at(tx, SITE, ENDED)
    first = told(transactions, ENDED)
    now = ("day 06:00-18:00", "night 18:00-06:00")
    with transactions.begin() as tx:
        context = Context(now=NOW + timedelta(hours=2))
        write_site(Writing(tx, SITE, context), [read_rule("shifts", "|".join(now))])
    with transactions.begin() as tx:
        assert (shifts_at(tx, SITE, ENDED), shifts_at(tx, SITE, MUCH_LATER)) == (before, now)
    assert told(transactions, MUCH_LATER) == first


class Labels:
    """Labels of a building in whose printing everything may happen; each step takes a minute."""

    def __init__(self, tx: Session) -> None:
        self.tx, self.now, self.numbers = tx, NOW, count(1)
        self.jobs: list[str] = []

    def cause(self) -> Cause:
        operation = f"S:{next(self.numbers)}"
        return Cause(SITE, operation, "W1", "S", "", self.now, frozenset({"lead"}))

    def step(self, way: str, which: int) -> None:
        """Let one thing happen, to one of the labels if it is about one."""
        self.now += timedelta(minutes=1)
        if way == "ask" or not self.jobs:
            kind = ("shipping", "tote")[which % 2]  # two of a subject are asked for, too
            data = KINDS[kind].sample
            self.jobs.append(queue_label(self.tx, self.cause(), kind, f"L-{which}", data))
            return
        job = self.jobs[which % len(self.jobs)]
        getattr(self, way)(job, self.tx.get(PrintJob, (SITE, job)))
        self.tx.expire_all()

    def begin(self, _job: str, row: PrintJob) -> None:
        found = print_queue.next_job(self.tx, SITE, row.printer, self.now)
        if found is not None:
            print_queue.begin_sending(self.tx, SITE, found, 0, 203, {}, self.now)

    def sent(self, job: str, _row: PrintJob) -> None:
        print_queue.mark_sent(self.tx, SITE, job, self.now)

    def doubted(self, job: str, _row: PrintJob) -> None:
        print_queue.mark_doubt(self.tx, SITE, job, self.now, "the line broke")

    def waits(self, job: str, _row: PrintJob) -> None:
        print_queue.mark_waiting(self.tx, SITE, job, "out of paper", None)

    def failed(self, job: str, _row: PrintJob) -> None:
        print_queue.mark_failed(self.tx, SITE, job, self.now, "too large")

    def taken_up(self, _job: str, _row: PrintJob) -> None:
        print_queue.take_up(self.tx, SITE, (), self.now)

    def no_word(self, job: str, _row: PrintJob) -> None:
        self.now += timedelta(seconds=SENDING_MAX_S)
        print_desk.confirm_labels(self.tx, self.cause(), ConfirmLabels((job,)))

    def rerouted(self, _job: str, row: PrintJob) -> None:
        to = "B" if row.printer != "B" else "A"
        print_desk.reroute_printer(self.tx, self.cause(), ReroutePrinter(row.printer, to))

    def voided(self, job: str, _row: PrintJob) -> None:
        print_desk.void_labels(self.tx, self.cause(), VoidLabels((job,)))

    def again(self, _job: str, row: PrintJob) -> None:
        print_desk.reprint(self.tx, self.cause(), ReprintLabel(row.subject, "damaged", "B"))


WAYS = (
    *("ask", "begin", "sent", "doubted", "waits", "failed", "taken_up", "no_word", "rerouted"),
    *("voided", "again"),
)
OUT_AGAIN = ("ask", "begin", "doubted", "waits", "begin")


def of_one(*ways: str) -> list[tuple[str, int]]:
    return [(way, 0) for way in ways]


@settings(max_examples=60)
@given(steps=st.lists(st.tuples(st.sampled_from(WAYS), st.integers(0, 3)), min_size=4, max_size=24))
@example(of_one(*OUT_AGAIN, "sent"))
@example(of_one(*OUT_AGAIN, "doubted"))
@example(of_one(*OUT_AGAIN, "taken_up"))
@example(of_one("ask", "begin", "no_word"))
@example([("ask", 0), ("rerouted", 0), ("ask", 0), ("begin", 1), ("sent", 1), ("again", 1)])
def test_labels_are_told_as_they_were_whatever_becomes_of_them(printed, steps) -> None:
    with printed.begin() as tx:
        house = Labels(tx)
        seen = []
        for way, which in steps:
            house.step(way, which)
            until = Period("", BEGAN, house.now + timedelta(seconds=1))
            seen.append((until, Counter(labels(tx, SITE, until, {})[0])))
        for until, told_then in seen:
            assert Counter(labels(tx, SITE, until, {})[0]) == told_then
        tx.rollback()


def test_the_printer_that_was_out_is_named_and_not_the_one_that_helped(printed) -> None:
    with printed.begin() as tx:
        house = Labels(tx)
        house.step("ask", 1)
        house.now += timedelta(minutes=30)
        for way in ("rerouted", "begin", "sent"):
            house.step(way, 0)
        until = Period("", BEGAN, house.now + timedelta(hours=1))
        times, _ = labels(tx, SITE, until, {})
        assert [(one.printer, one.rerouted) for one in times] == [("folder", True)]
        assert longest_outage(times, until.end) == (33 * 60, "folder")
        tx.rollback()


@pytest.fixture(scope="module")
def printed(tmp_path_factory) -> Iterator[Transactions]:
    """A building with two printers."""
    made = new_warehouse(tmp_path_factory.mktemp("labels"))
    with made.begin() as tx:
        for code in "AB":
            tx.add(PrinterRow(site=SITE, code=code, address=f"tcp://127.0.0.1:{ord(code)}"))
        tx.add(Spooler(site=SITE))
    yield made
    engine_of(made).dispose()
