"""What a board shows of a building, and what is behind its lines."""

from __future__ import annotations

import csv
import re
import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from conftest import NOW, SITE
from homes import home_of
from sqlalchemy import create_engine, insert, make_url, select, text, update
from sqlalchemy.exc import DBAPIError
from warehouses import picking as house
from warehouses.picker import Picker

from floorhand.domain.control import HoldSubject
from floorhand.domain.cut_offs import Outlook, key_of
from floorhand.domain.holds import Subject
from floorhand.errors import FloorhandError
from floorhand.exchange.tables import ENCODING, write_table
from floorhand.ops.settling import from_office
from floorhand.store import details as behind
from floorhand.store.board import Board, Waits, board
from floorhand.store.cells import Details, Outline, Word, in_words
from floorhand.store.db import Transactions, engine_of, open_database
from floorhand.store.details import details
from floorhand.store.onlooking import Onlooker
from floorhand.store.schema import (
    Delivery,
    Order,
    Place,
    PrinterRow,
    PrintJob,
    Return,
    Scan,
    SiteRow,
    Task,
    Trouble,
)
from floorhand.text.catalog import catalog

LATER = NOW + timedelta(minutes=20)


@pytest.fixture
def floor(transactions: Transactions) -> Transactions:
    """The house with stock, two orders due in 6 hours and one due in 8."""
    house.build(transactions)
    return transactions


def seen(floor: Transactions, minutes: int = 20) -> Board:
    with floor.begin() as tx:
        return board(tx, SITE, NOW + timedelta(minutes=minutes))


def opened(floor: Transactions, kind: str, which: str) -> Details:
    with floor.begin() as tx:
        return details(tx, SITE, kind, which, LATER)


def waits_of(found: Board) -> dict[str, Waits]:
    return {one.kind: one for one in found.waits}


def test_a_building_at_rest_shows_its_orders_by_cut_off(floor: Transactions) -> None:
    found = seen(floor)
    assert [(one.cut_off.due_at, dict(one.cut_off.orders)) for one in found.forecasts] == [
        (NOW + timedelta(hours=6), {"released": 2}),
        (NOW + timedelta(hours=8), {"released": 1}),
    ]
    assert [one.outlook for one in found.forecasts] == [Outlook.UNKNOWN, Outlook.UNKNOWN]
    assert (found.people, found.waits, found.per_hour, found.shipped) == ((), (), None, 0)


def test_orders_with_a_deadline_each_are_told_by_the_hour(floor: Transactions) -> None:
    with floor.begin() as tx:
        (row,) = tx.execute(select(Order.__table__).where(Order.number == "1001")).mappings()
        for n in range(40):
            due_at = NOW + timedelta(hours=2, minutes=n)
            tx.execute(insert(Order).values({**row, "number": f"TT{n}", "due_at": due_at}))
    first, *_ = found = seen(floor).forecasts
    assert [one.cut_off.left for one in found] == [40, 2, 1]
    moments = (NOW + timedelta(hours=2), NOW + timedelta(hours=2, minutes=39))
    assert (first.cut_off.begins_at, first.cut_off.due_at) == moments
    shown = opened(floor, "cut_off", key_of(first.cut_off))
    assert len(shown.rows) == 40
    assert [row[-1] for row in shown.rows[:2]] == [moments[0], moments[0] + timedelta(minutes=1)]


def test_orders_that_a_lead_holds_are_not_waited_for(floor: Transactions) -> None:
    with floor.begin() as tx:
        held = HoldSubject(Subject("order", "ACME", "1001"), "address")
        from_office(tx, SITE, held, NOW)
    first, *_ = seen(floor).forecasts
    assert (first.cut_off.left, first.cut_off.blocked) == (1, 1)
    shown = opened(floor, "cut_off", first.cut_off.due_at.isoformat())
    states = {row[0]: row[1] for row in shown.rows}
    assert states["ACME/1001"] == Word("order_state.hold")
    reasons = {row[0]: row[-1] for row in shown.rows}
    assert reasons == {"ACME/1001": Word("hold.reason.address"), "ACME/1002": ""}
    with floor.begin() as tx:
        from_office(tx, SITE, HoldSubject(Subject("merchant", "ACME"), "payment"), NOW)
    found = seen(floor).forecasts
    assert [one.outlook for one in found] == [Outlook.HELD, Outlook.HELD]
    assert [one.cut_off.not_gone for one in found] == [2, 1]


def test_who_picks_is_shown_with_cart_and_last_scan(floor: Transactions) -> None:
    ana = Picker(floor)
    ana.start()
    (one,) = seen(floor).people
    assert (one.name, one.seat, one.job, one.claim) == ("Ana", "SEAT-W1", "picking", "CART-1")
    assert one.since == NOW + timedelta(seconds=3)
    assert one.seen_at == NOW + timedelta(seconds=ana.turn.scan_no)
    assert dict(seen(floor).forecasts[0].cut_off.orders) == {"picking": 2}
    rows = opened(floor, "cut_off", (NOW + timedelta(hours=6)).isoformat()).rows
    assert [row[:2] for row in rows] == [
        ("ACME/1001", Word("order_state.picking")),
        ("ACME/1002", Word("order_state.picking")),
    ]
    assert {row[4] for row in rows} == {"Ana"}


def test_work_that_was_left_in_another_job_is_not_told_as_that_of_this_one(
    floor: Transactions,
) -> None:
    with floor.begin() as tx:
        left = {"kind": "count", "state": "claimed", "place": "A-02", "worker": "W1"}
        at = {"created_at": NOW - timedelta(hours=1), "claimed_at": NOW - timedelta(minutes=18)}
        tx.execute(insert(Task).values(site=SITE, id="C:1", **left, **at))
    ana = Picker(floor)
    (one,) = seen(floor).people
    assert (one.job, one.claim) == ("picking", "")
    assert one.since is not None
    assert one.since >= NOW
    ana.start()
    (one,) = seen(floor).people
    assert (one.job, one.claim) == ("picking", "CART-1")
    assert one.since == NOW + timedelta(seconds=3)


def test_totes_at_a_bench_wait_since_they_were_brought_there(floor: Transactions) -> None:
    ana = Picker(floor)
    ana.start()
    ana.go_on("picking.bring_tote")
    ana.now += timedelta(minutes=15)
    brought_at = ana.now + timedelta(seconds=ana.scan("BENCH-1").scan_no)
    found = waits_of(seen(floor))
    assert found["tote"].count == 1
    assert found["tote"].oldest_at == brought_at
    (row,) = opened(floor, "waits", "tote").rows
    assert row[1:4] == ("BENCH-1", "ACME/1001", Word("order_state.picked"))
    assert row[-1] == brought_at


def test_a_tote_that_was_listed_at_a_bench_waits_since_its_goods_came(floor: Transactions) -> None:
    with floor.begin() as tx:
        house.put(tx, "T-1", house.MUG, 1, hours_ago=3)
        at = {"parent": "BENCH-1", "order_no": "ACME/1001"}
        tx.execute(update(Place).where(Place.code == "T-1").values(**at))
    assert waits_of(seen(floor))["tote"].oldest_at == NOW - timedelta(hours=3)


def test_the_pace_is_that_of_orders_that_left_lately(floor: Transactions) -> None:
    with floor.begin() as tx:
        at = {"state": "shipped", "shipped_at": LATER, "closed_at": LATER}
        tx.execute(update(Order).where(Order.number == "1001").values(**at))
    found = seen(floor, 30)
    assert (found.per_hour, found.shipped) == (2.0, 1)
    first, second = found.forecasts
    assert (first.cut_off.in_time, first.outlook) == (1, Outlook.IN_TIME)
    assert second.ends_at == NOW + timedelta(minutes=30) + timedelta(hours=1)


def test_an_order_that_left_after_its_cut_off_was_too_late(floor: Transactions) -> None:
    with floor.begin() as tx:
        due_at = NOW + timedelta(minutes=1)
        at = {"state": "shipped", "closed_at": LATER, "due_at": due_at}
        tx.execute(update(Order).where(Order.number == "1003").values(**at))
    first = seen(floor).forecasts[0]
    assert (first.cut_off.too_late, first.cut_off.in_time) == (1, 0)


def test_tasks_deliveries_and_returns_wait_by_kind_and_age(floor: Transactions) -> None:
    with floor.begin() as tx:
        for number, kind in enumerate(("putaway", "putaway", "count")):
            row = {"id": f"X:{number}/1", "kind": kind, "place": "A-01", "pieces": 4}
            at = NOW - timedelta(minutes=number)
            tx.execute(insert(Task).values(site=SITE, created_at=at, **row))
        deliveries = (("D-1", "receiving", ""), ("D-2", "announced", "2026-03-02"))
        for number, state, day in (*deliveries, ("D-3", "announced", "2026-03-09")):
            row = {"number": number, "merchant": "ACME", "state": state, "expected_on": day}
            tx.execute(insert(Delivery).values(site=SITE, **row))
        for number, hours in (("R-1", -1), ("R-2", 2), ("R-3", 20), ("R-4", 90)):
            row = {"number": number, "merchant": "ACME", "custody": "received"}
            due = LATER + timedelta(hours=hours)
            tx.execute(insert(Return).values(site=SITE, deadline=due, received_at=NOW, **row))
    found = seen(floor)
    assert [(one.kind, one.count, one.pieces) for one in found.waits] == [
        ("delivery_announced", 1, 0),
        ("delivery_receiving", 1, 0),
        ("putaway", 2, 8),
        ("count", 1, 4),
        ("return", 4, 0),
    ]
    assert waits_of(found)["putaway"].oldest_at == NOW - timedelta(minutes=1)
    due = found.returns
    assert (due.late, due.soon, due.later, due.soon_h) == (1, 1, 1, 4)
    numbers = [row[0] for row in opened(floor, "waits", "return").rows]
    assert numbers == ["R-1", "R-2", "R-3", "R-4"]
    assert [row[0] for row in opened(floor, "waits", "delivery_announced").rows] == ["D-2", "D-3"]
    assert opened(floor, "waits", "putaway").count == 2


def test_a_return_that_is_due_just_then_is_counted_once(floor: Transactions) -> None:
    with floor.begin() as tx:
        row = {"number": "R-1", "merchant": "ACME", "custody": "received", "received_at": NOW}
        due = LATER + timedelta(hours=4)
        tx.execute(insert(Return).values(site=SITE, deadline=due, **row))
    due = seen(floor).returns
    assert (due.late, due.soon, due.later) == (0, 1, 0)


def test_refusals_of_the_last_hour_are_counted_by_code(floor: Transactions) -> None:
    Picker(floor).scan("NOBODY-KNOWS-THIS", "NOR-THIS")
    assert seen(floor).refusals == {"unknown_barcode": 2}
    assert seen(floor, 65).refusals == {}
    rows = opened(floor, "worker", "W1").rows
    assert [row[3:] for row in rows[:2]] == [
        ("NOR-THIS", Outline("refusal.unknown_barcode")),
        ("NOBODY-KNOWS-THIS", Outline("refusal.unknown_barcode")),
    ]


def test_the_line_of_refusals_opens_the_scans_of_the_last_hour(floor: Transactions) -> None:
    Picker(floor).scan("NOBODY-KNOWS-THIS", "NOR-THIS")
    found = opened(floor, "refusals", "hour")
    rows = [dict(zip(found.heads, row, strict=True)) for row in found.rows]
    assert [row["scanned"] for row in rows] == ["NOR-THIS", "NOBODY-KNOWS-THIS"]
    assert {row["worker"] for row in rows} == {"Ana"}
    assert {row["fate"] for row in rows} == {Outline("refusal.unknown_barcode")}


def test_exceptions_are_those_that_are_open(floor: Transactions) -> None:
    with floor.begin() as tx:
        for number, closed in enumerate((None, None, NOW)):
            row = {"id": f"X:{number}/1", "kind": "suspect_stock", "subject": f"A-0{number}"}
            facts = '{"sku": "MUG", "expiry": "2027-10-03", "pieces": 3}'
            row |= {"merchant": "ACME", "facts": facts, "created_at": NOW, "closed_at": closed}
            tx.execute(insert(Trouble).values(site=SITE, **row))
    assert seen(floor).troubles == (Waits("suspect_stock", 2, 0, NOW),)
    found = opened(floor, "trouble", "suspect_stock")
    assert found.heads == ("since", "subject", "merchant", "facts")
    assert found.rows[0][1:3] == ("A-00", "ACME")
    for language, told in (
        ("en", "Product MUG, Best before 2027-10-03"),
        ("de", "Artikel MUG, MHD 03.10.2027"),
    ):
        assert in_words(found.rows[0][3], catalog(language), str) == told


def test_printers_are_shown_with_what_waits_there(floor: Transactions) -> None:
    with floor.begin() as tx:
        row = {"code": "Z-1", "address": "z.example", "since": NOW, "condition": "paper_out"}
        tx.execute(insert(PrinterRow).values(site=SITE, **row))
        row = {"id": "X:1/1", "printer": "Z-1", "template": "bin", "data": "{}", "subject": "A-01"}
        tx.execute(insert(PrintJob).values(site=SITE, created_at=NOW, **row))
    found = {one.code: one for one in seen(floor).printers}
    assert (found["Z-1"].down, found["Z-1"].waiting, found["Z-1"].tone) == (
        "paper_out",
        1,
        "refused",
    )
    (label,) = opened(floor, "printer", "Z-1").rows
    assert label[1:4] == ("bin", "A-01", Word("report.label.waiting"))


def test_no_more_rows_are_given_than_anybody_reads(floor: Transactions, monkeypatch) -> None:
    monkeypatch.setattr(behind, "ROWS_MAX", 1)
    found = opened(floor, "cut_off", (NOW + timedelta(hours=6)).isoformat())
    assert (len(found.rows), found.count) == (1, 2)


def test_a_board_waits_for_nobody_and_nobody_for_it(floor: Transactions, tmp_path: Path) -> None:
    with closing(Onlooker(home_of(tmp_path / "floor.db"))) as onlooker:
        with floor.begin() as tx:  # somebody has the turn, and has written
            tx.execute(update(Order).values(state="hold"))
            with onlooker.look() as looking:
                before = board(looking, SITE, LATER)
        with onlooker.look() as looking:
            after = board(looking, SITE, LATER)
    assert dict(before.forecasts[0].cut_off.orders) == {"released": 2}
    assert dict(after.forecasts[0].cut_off.orders) == {"hold": 2}


@pytest.mark.sqlite("a file is brought back")
def test_a_board_looks_at_the_file_that_is_there_now(floor: Transactions, tmp_path: Path) -> None:
    file = tmp_path / "floor.db"
    other = tmp_path / "other.db"
    with closing(sqlite3.connect(file)) as here, closing(sqlite3.connect(other)) as older:
        here.backup(older)
        older.execute("UPDATE orders SET state = 'waiting'")
        older.commit()
    with closing(Onlooker(home_of(file))) as onlooker:
        with onlooker.look() as looking:
            assert board(looking, SITE, LATER).forecasts
        engine_of(floor).dispose()
        other.replace(file)
        for _ in range(2):
            with onlooker.look() as looking:
                seen = board(looking, SITE, LATER)
            assert dict(seen.forecasts[0].cut_off.orders) == {"waiting": 2}
        file.unlink()
        with pytest.raises(FloorhandError), onlooker.look():
            pass
        engine_of(floor).dispose()


def test_who_looks_cannot_write(floor: Transactions, tmp_path: Path) -> None:
    with (
        closing(Onlooker(home_of(tmp_path / "floor.db"))) as onlooker,
        pytest.raises((DBAPIError, FloorhandError)),
        onlooker.look() as looking,
    ):
        looking.execute(update(Order).values(state="hold"))


READ_WHOLE = r"SCAN (orders|scan|returns|operation|move|task|delivery)\b"


@pytest.mark.sqlite("plans of PostgreSQL depend on how many rows there are")
def test_a_board_is_read_from_indexes(floor: Transactions) -> None:
    asked: list[str] = []
    with floor.begin() as tx:
        driver = tx.connection().connection.driver_connection
        driver.set_trace_callback(asked.append)
        board(tx, SITE, LATER)
        driver.set_trace_callback(None)
        for sql in asked:
            plan = driver.execute(f"EXPLAIN QUERY PLAN {sql}").fetchall()
            told = "\n".join(row[3] for row in plan)
            assert not re.search(
                r"SCAN (orders|scan|returns|operation|move|task|delivery)\b", told
            ), told
    assert len(asked) > 10


def test_a_table_is_kept_as_a_file_in_which_nothing_is_a_formula(tmp_path: Path) -> None:
    file = tmp_path / "kept.csv"
    write_table(file, ("Code", "Told"), [("=1+1", "a\nb"), ("-5", "Grüße")])
    with file.open(encoding=ENCODING, newline="") as written:
        assert list(csv.reader(written)) == [["Code", "Told"], ["'=1+1", "a\nb"], ["-5", "Grüße"]]
    with pytest.raises(FileExistsError):
        write_table(file, ("Code",), [])


def test_scans_of_others_are_not_those_of_a_worker(floor: Transactions) -> None:
    Picker(floor).scan("CART-1")
    Picker(floor, "W2").scan("NOPE")
    with floor.begin() as tx:
        ours = tx.query(Scan).where(Scan.worker == "W2").count()
    assert len(opened(floor, "worker", "W2").rows) == ours


def test_a_role_that_may_only_read_has_a_board(postgresql_url: str) -> None:
    transactions = open_database(postgresql_url)
    with transactions.begin() as tx:
        tx.execute(insert(SiteRow).values(site=SITE, name="Here", time_zone="UTC"))
        row = {"id": "X/1", "kind": "no_bin", "subject": "S1", "pieces": 3, "owner": ""}
        tx.execute(insert(Trouble).values(site=SITE, created_at=NOW, **row))
    engine_of(transactions).dispose()
    own = create_engine(postgresql_url, isolation_level="AUTOCOMMIT")
    role = f"wall_{uuid4().hex}"
    with own.connect() as line:
        line.execute(text(f"CREATE ROLE {role} LOGIN PASSWORD 'x'"))
        line.execute(text(f"GRANT pg_read_all_data TO {role}"))
    try:
        url = make_url(postgresql_url).set(username=role, password="x")
        onlooker = Onlooker(url.render_as_string(hide_password=False))
        with onlooker.look() as tx:
            assert [one.kind for one in board(tx, SITE, NOW).troubles] == ["no_bin"]
        onlooker.close()
    finally:
        with own.connect() as line:
            line.execute(text(f"DROP ROLE {role}"))
        own.dispose()
