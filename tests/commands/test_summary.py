"""``floorhand summary``: which period is meant, and what is said of it."""

from __future__ import annotations

import argparse
import json
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from conftest import NOW, SITE
from sqlalchemy import insert, select
from sqlalchemy.orm import Session
from warehouses import people, picking
from warehouses.picker import Picker

from floorhand.commands import summary
from floorhand.commands.shift_screen import figures_of
from floorhand.commands.summary import add_arguments, asked_period
from floorhand.config import Settings
from floorhand.domain.exceptions import Decide
from floorhand.domain.shifts import Period
from floorhand.errors import BadSetting
from floorhand.ops.settling import carry_out
from floorhand.reports.page_of_text import text_of
from floorhand.reports.shift import shift_report
from floorhand.store.closing import closing_databases
from floorhand.store.db import Transactions, engine_of
from floorhand.store.earlier import VERSION
from floorhand.store.exceptions import open_exceptions
from floorhand.store.ledger import Cause
from floorhand.store.schema import KeptFigures, Operation, Order, Worker
from floorhand.store.summary import summarise
from floorhand.text.catalog import catalog

BERLIN = ZoneInfo("Europe/Berlin")
SHIFTS = ("early 06:00-14:00", "late 14:00-22:00", "night 22:00-06:00")
AT_NIGHT = datetime(2026, 3, 3, 2, 6, tzinfo=BERLIN)


def asked(*words: str, now: datetime = AT_NIGHT) -> Period:
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    return asked_period(parser.parse_args(words), SHIFTS, BERLIN, now)


def spoken(period: Period) -> tuple[str, str]:
    start, end = (at.astimezone(BERLIN) for at in (period.start, period.end))
    return f"{start:%Y-%m-%d %H:%M}", f"{end:%Y-%m-%d %H:%M}"


@pytest.mark.parametrize(
    ("words", "period"),
    [
        ([], ("2026-03-02 22:00", "2026-03-03 06:00")),
        (["--shift", "night"], ("2026-03-02 22:00", "2026-03-03 06:00")),
        (["--shift", "late"], ("2026-03-02 14:00", "2026-03-02 22:00")),
        (["--shift", "night", "--day", "2026-03-03"], ("2026-03-03 22:00", "2026-03-04 06:00")),
        (["--day", "2026-03-01"], ("2026-03-01 00:00", "2026-03-02 00:00")),
        (["--from", "2026-03-01", "--to", "2026-03-01"], ("2026-03-01 00:00", "2026-03-02 00:00")),
        (["--from", "2026-03-01", "--to", "2026-03-02"], ("2026-03-01 00:00", "2026-03-03 00:00")),
        (["--from", "2026-03-01T07:30"], ("2026-03-01 07:30", "2026-03-03 02:06")),
        (
            ["--from", "2026-03-01T07:30", "--to", "2026-03-01T09:00+00:00"],
            ("2026-03-01 07:30", "2026-03-01 10:00"),
        ),
        (["--to", "2026-03-03T01:00"], ("2026-03-03 00:00", "2026-03-03 01:00")),
        (
            ["--day", "2026-03-01", "--to", "2026-03-01T09:00"],
            ("2026-03-01 00:00", "2026-03-01 09:00"),
        ),
    ],
)
def test_the_period_is_the_one_that_was_asked_for(
    words: list[str], period: tuple[str, str]
) -> None:
    assert spoken(asked(*words)) == period


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--shift", "night", "--from", "2026-03-01"], "--shift does not go with --from and --to"),
        (["--shift", "night", "--to", "2026-03-01"], "--shift does not go with --from and --to"),
        (["--day", "2026-03-01", "--from", "2026-03-01"], "--day does not go with --from and --to"),
        (
            ["--from", "2026-03-29T02:30"],
            "There is no 02:30 on 2026-03-29 in Europe/Berlin: clocks are put forward over it.",
        ),
        (["--to", "2026-03-29T02:00"], "There is no 02:00 on 2026-03-29 in Europe/Berlin"),
        (
            ["--from", "2026-03-02T10:00", "--to", "2026-03-02T10:00"],
            "The period begins 2026-03-02T10:00 and ends 2026-03-02T10:00: it must end after it",
        ),
        (
            ["--from", "2026-03-02", "--to", "2026-03-01"],
            "The period begins 2026-03-02 and ends 2026-03-01: it must end after it begins.",
        ),
        (["--from", "2026-03-04"], "The period begins 2026-03-04 and ends now: it must end after"),
    ],
)
def test_a_period_that_cannot_be_is_refused(words: list[str], says: str) -> None:
    with pytest.raises(BadSetting) as refused:
        asked(*words)
    assert says in str(refused.value)


@pytest.mark.parametrize("time", ["2026-03-29T03:00", "2026-03-29T01:59", "2026-10-25T02:30"])
def test_times_beside_a_clock_change_are_times(time: str) -> None:
    start, _ = spoken(asked("--from", time, now=datetime(2026, 11, 1, tzinfo=UTC)))
    assert start == time.replace("T", " ")


def test_a_day_whose_midnight_was_skipped_begins_when_its_clocks_do() -> None:
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    words = parser.parse_args(["--from", "2026-09-06", "--to", "2026-09-06"])
    period = asked_period(words, SHIFTS, ZoneInfo("America/Santiago"), AT_NIGHT)
    assert period.length_s == 23 * 3600


SHIFT = Period("early", NOW, NOW + timedelta(hours=8))


def test_who_was_signed_in_and_did_nothing_is_shown_as_idle(transactions: Transactions) -> None:
    with transactions.begin() as tx:
        tx.execute(
            insert(Worker).values(site=SITE, code="77", name="Ida", badge="B", language="en")
        )
        tx.execute(
            insert(Operation).values(
                site=SITE,
                id="S:1",
                kind="SignIn",
                command="{}",
                facts=json.dumps({"worker": "77"}),
                worker="77",
                seat="S",
                at=NOW + timedelta(hours=1),
            )
        )
        figures = summarise(tx, SITE, SHIFT, NOW + timedelta(hours=3))
    assert figures["workers"] == {
        "77": {"name": "Ida", "signed_in_s": 7200, "utilisation_pct": 0.0}
    }


def test_what_is_counted_after_a_shift_has_ended_says_when(transactions: Transactions) -> None:
    with transactions.begin() as tx:
        ended = summarise(tx, SITE, SHIFT, SHIFT.end + timedelta(hours=1))
    page = text_of(shift_report(ended, catalog("en"), BERLIN), 80)
    assert "\nNothing is left over.\nAs of 2026-03-02 19:00." in page
    assert "\nStock proved at 2026-03-02 19:00: ledger = balances" in page
    assert {ended[part]["as_of"] for part in ("left_over", "stock")} == {
        "2026-03-02T18:00:00+00:00"
    }


@pytest.mark.parametrize(("later_h", "told"), [(0, True), (0.9, True), (1, False), (900, False)])
def test_a_shift_that_is_long_over_says_nothing_of_what_is_now(
    transactions: Transactions, later_h: float, told: bool
) -> None:
    with transactions.begin() as tx:
        asked_at = SHIFT.end + timedelta(hours=later_h)
        figures = figures_of(tx, Settings(site=SITE), SHIFT, asked_at)
    assert ("now" in figures) is told
    page = text_of(shift_report(figures, catalog("en"), BERLIN), 80)
    assert ("orders an hour so that all leave" in page) is False  # there are none


def test_a_shift_that_was_kept_before_a_job_was_known_can_be_compared_with(
    transactions: Transactions,
) -> None:
    week = timedelta(weeks=1)
    before = {"begins_at": SHIFT.start - week, "ends_at": SHIFT.end - week, "worked": True}
    with transactions.begin() as tx:
        tx.execute(
            insert(KeptFigures).values(
                site=SITE,
                version=VERSION,
                headlines="{}",
                pace='{"picking": [["10:00", 6]]}',
                waiting="{}",
                **before,
            )
        )
        told = summarise(tx, SITE, SHIFT, SHIFT.end)
    assert len(told["comparison"]["shifts"]) == 1
    assert (told["pace"]["picking"]["target"], told["pace"]["packing"]["target"]) == (6.0, None)


def test_a_scan_is_taken_while_figures_are_added_up_and_then_they_are_kept(
    transactions: Transactions, monkeypatch: pytest.MonkeyPatch
) -> None:
    people.build(transactions)
    taken: list[str] = []

    def adding_up(tx: Session, *asked: Any) -> dict[str, Any]:
        taken.append(Picker(transactions).prompt.ask)
        return figures_of(tx, *asked)

    monkeypatch.setattr(summary, "figures_of", adding_up)
    database = engine_of(transactions).url.render_as_string(hide_password=False)
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    args = parser.parse_args(["--shift", "early", "--day", "2026-03-02", "--json"])
    with closing_databases():
        assert summary.run(args, Settings(database=database, site=SITE)) == 0
    assert taken == ["picking.scan_cart"]
    with transactions.begin() as tx:
        kept = tx.scalars(select(KeptFigures.begins_at).order_by(KeptFigures.begins_at)).all()
    assert [f"{at:%m-%d}" for at in kept] == ["02-02", "02-09", "02-16", "02-23", "03-02"]


def test_who_is_taken_off_a_seat_is_signed_in_until_then(transactions: Transactions) -> None:
    def done(hour: int, kind: str, seat: str, by: str, **facts: str) -> None:
        row = {"site": SITE, "id": f"{seat}:{hour}", "kind": kind, "command": "{}"}
        row |= {"facts": json.dumps(facts), "worker": by, "seat": seat}
        tx.execute(insert(Operation).values(**row, at=NOW + timedelta(hours=hour)))

    with transactions.begin() as tx:
        for code in ("71", "72", "73"):
            named = {"code": code, "name": code, "badge": code, "language": "en"}
            tx.execute(insert(Worker).values(site=SITE, **named))
        done(0, "SignIn", "L", "71", worker="71")
        done(1, "SignIn", "S", "72", worker="72")
        done(2, "SignIn", "T", "73", worker="73")
        done(3, "FreeSeat", "L", "71", freed="S", taken_from="72")
        done(4, "TakeSeat", "T", "73", seat_from="old", taken_from="73")
        figures = summarise(tx, SITE, SHIFT, NOW + timedelta(hours=6))
    signed_in = {code: one["signed_in_s"] for code, one in figures["workers"].items()}
    assert signed_in == {"71": 6 * 3600, "72": 2 * 3600, "73": 2 * 3600}


def test_who_loses_work_that_stood_still_is_signed_in_until_then(
    transactions: Transactions,
) -> None:
    picking.build(transactions)
    ana = Picker(transactions, "W1")
    ana.scan("CART-1")
    at = NOW + timedelta(hours=2)
    with transactions.begin() as tx:
        (one,) = (one for one in open_exceptions(tx, SITE, at) if one.kind == "stuck_task")
        cause = Cause(SITE, "L:1", "W9", "L", "", at, frozenset({"supervisor"}))
        carry_out(tx, cause, Decide(one.id, "free"))
        figures = summarise(tx, SITE, SHIFT, NOW + timedelta(hours=6))
        sat_down = tx.scalars(select(Operation.at).where(Operation.kind == "SignIn")).one()
    assert figures["workers"]["W1"]["signed_in_s"] == (at - sat_down).total_seconds()


def test_what_is_due_later_in_a_running_shift_is_not_late_yet(transactions: Transactions) -> None:
    with transactions.begin() as tx:
        for number, (due_h, shipped_h) in enumerate(((1, 0.5), (2, None), (3, None), (7, 1))):
            left = None if shipped_h is None else NOW + timedelta(hours=shipped_h)
            row = {"merchant": "ACME", "number": str(number), "state": "released"}
            row |= {"released_at": NOW, "shipped_at": left}
            tx.execute(insert(Order).values(site=SITE, due_at=NOW + timedelta(hours=due_h), **row))
        for hours, told in ((0, (0, 0)), (2, (1, 1)), (3, (2, 1)), (8, (4, 2)), (9, (4, 2))):
            orders = summarise(tx, SITE, SHIFT, NOW + timedelta(hours=hours))["orders"]
            assert (orders["due"], orders["due_shipped_in_time"]) == told
