"""A warehouse that is copied into another database is there whole, or not at all."""

from __future__ import annotations

import resource
import signal
import sqlite3
import time
from datetime import UTC, datetime
from pathlib import Path
from random import Random

import forked
import psycopg
import pytest
from conftest import NOW, SITE, new_warehouse
from hostile import PAYLOADS, naughty
from sqlalchemy import create_engine, insert, select, text, update

from floorhand.domain.signing_in import JOBS
from floorhand.errors import DatabaseUnusable
from floorhand.ops.devices import ROBOT
from floorhand.ops.floor import take_seat, take_turn
from floorhand.robots import supply
from floorhand.robots.crew import Robot
from floorhand.robots.demo import build_demo
from floorhand.store import copy_target, copying
from floorhand.store.check import violations
from floorhand.store.copying import TABLES, copy_warehouse, rows_of, sum_of
from floorhand.store.db import engine_of, open_database
from floorhand.store.schema import (
    CarrierCode,
    CarrierLabel,
    Counted,
    CountSheet,
    Guess,
    Handover,
    Hold,
    Imported,
    KeptFigures,
    Merchant,
    Order,
    Parked,
    Place,
    PrinterRow,
    PrintForm,
    PrintJob,
    ProofRow,
    RefillRow,
    Scan,
    SiteRow,
    Sku,
    Spooler,
    Station,
    Task,
)
from floorhand.store.snapshot import snapshot
from floorhand.store.was import keep

pytestmark = pytest.mark.sqlite("what is copied comes from a file")

SEATS = ("R1", "R2", "R3")
STEPS = 150
"""Scans of each robot, after which all of them are in the middle of something."""

SINCE = datetime(2026, 2, 28, 23, 59, 59, 7, UTC)
KEPT = "2026-02-28 23:59:59.000007"
EVERY_BYTE = bytes(range(256))


def quiet(_what: str, _done: int, _total: int) -> None:
    """Nobody looks."""


@pytest.fixture(scope="module")
def worked(tmp_path_factory) -> str:
    """A demo in which robots have worked, and are in the middle; nobody has it open."""
    file = str(tmp_path_factory.mktemp("worked") / "floor.db")
    transactions = open_database(file)
    build_demo(transactions, SITE, NOW)
    with transactions.begin() as tx:
        crew = supply.hire(tx, SITE, len(SEATS))
    robots = [
        Robot(
            transactions, SITE, seat=seat, badge=badge, worker=worker,
            now=lambda: datetime.now(UTC), rng=Random(number), undo=0.05,
            jobs=JOBS if number else JOBS[::-1],
        )
        for number, (seat, (worker, badge)) in enumerate(zip(SEATS, crew, strict=True))
    ]  # fmt: skip
    for _ in range(STEPS):
        for robot in robots:
            robot.step()
    with transactions.begin() as tx:
        _what_robots_leave_out(tx)
    engine_of(transactions).dispose()
    return file


def floorhand(program: str, *words: str) -> int:
    """Run a program in a process of its own, and give what it ended with."""
    return forked.outcome(["-c", program, *words])[0]


def _what_robots_leave_out(tx) -> None:
    """Labels as bytes, guesses, papers, and a second building."""
    for table in ("delivery", "orders", "print_job", "returns"):
        keep(tx, table, NOW)
    order = tx.execute(select(Order.merchant, Order.number)).first()
    of_order = {"site": SITE, "merchant": order.merchant, "order": order.number}
    job = tx.scalar(select(PrintJob.id).limit(1))
    assert job is not None
    tx.execute(
        insert(PrintForm).values(site=SITE, job=job, form="zpl", dpi=203, content=EVERY_BYTE)
    )
    tx.execute(
        insert(CarrierLabel).values(
            **of_order, number=1, file="a.png", form="png", content=b"\x00\xff", sha256="0" * 64,
            labels=1, brought_at=NOW,
        )
    )  # fmt: skip
    place = tx.scalar(select(Place.code).where(Place.kind == "bin").limit(1))
    counted = {"site": SITE, "task": "T/1", "at": NOW, "pieces": 2, "condition": "available"}
    goods = tx.execute(select(Sku.merchant, Sku.code.label("sku")).limit(1)).one()._asdict()
    tx.execute(insert(Task).values(site=SITE, id="T/1", kind="count", place=place, created_at=NOW))
    tx.execute(insert(CountSheet).values(site=SITE, task="T/1", first="T/1", place=place))
    refill = {"site": SITE, "task": "T/1", "source": place, "needed_at": NOW}
    tx.execute(insert(RefillRow).values(**refill))
    tx.execute(insert(Counted).values(**counted, **goods, lot="", expiry="", serial=""))
    tx.execute(insert(CarrierCode).values(**of_order, code="1Z", label_no=1))
    tx.execute(
        insert(Guess).values(site=SITE, kind="seat", subject="R1", in_a_row=2, times='["\\u0000"]')
    )
    tx.execute(
        insert(Imported).values(
            site=SITE, sha256="1" * 64, merchant="", format="site", at=NOW, result="{}"
        )
    )
    tx.execute(
        insert(PrinterRow).values(site=SITE, code="z", address="tcp://127.0.0.1", paused=True)
    )
    tx.execute(
        insert(KeptFigures).values(
            site=SITE,
            begins_at=NOW,
            ends_at=NOW,
            version=1,
            worked=True,
            headlines="{}",
            pace="{}",
            waiting="{}",
        )
    )
    tx.execute(
        insert(ProofRow).values(
            site=SITE, at=NOW, moves=1, operations=1, stock_rows=1, pieces=1, digest="0",
            violations=0, line="proved", until=NOW, tail_moves=1,
        )
    )  # fmt: skip
    tx.execute(
        insert(Hold).values(
            site=SITE, id="x/1", kind="bin", subject="A-01", reason="wet", held_at=NOW
        )
    )
    tx.execute(
        insert(Handover).values(
            site=SITE, id="L1:1", shift="early", began_at=NOW, at=NOW, worker="1001",
            note="Two totes", left_over="{}",
        )
    )  # fmt: skip
    tx.execute(insert(Parked).values(site=SITE, worker="1001", flow="picking", state="{}", at=NOW))
    tx.execute(insert(Spooler).values(site=SITE, epoch=3, host="desk", since=SINCE))
    tx.execute(insert(SiteRow).values(site="EAST", name="East", time_zone="Asia/Kathmandu"))
    tx.execute(insert(Merchant).values(site="EAST", code="ACME", name="Acme"))


def sums(url: str) -> dict[str, object]:
    with snapshot(url) as connection:
        return {table.name: sum_of(rows_of(connection, table)) for table in TABLES}


def kept_on(url: str) -> list[tuple[object, ...]]:
    """Everything about the tables of a server that a migration makes."""
    questions = (
        "SELECT conrelid::regclass::text, conname, contype, condeferred, convalidated,"
        " pg_get_constraintdef(oid) FROM pg_constraint"
        " WHERE connamespace = current_schema()::regnamespace ORDER BY 1, 2",
        "SELECT indexrelid::regclass::text, indisvalid, pg_get_indexdef(indexrelid) FROM pg_index"
        " JOIN pg_class ON pg_class.oid = indexrelid"
        " WHERE relnamespace = current_schema()::regnamespace ORDER BY 1",
        "SELECT tgrelid::regclass::text, tgname, tgenabled, pg_get_triggerdef(oid)"
        " FROM pg_trigger WHERE NOT tgisinternal ORDER BY 1, 2",
        "SELECT attrelid::regclass::text, attname, attnotnull, atttypid::regtype::text"
        " FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid WHERE attnum > 0"
        " AND relnamespace = current_schema()::regnamespace AND relkind = 'r' ORDER BY 1, attnum",
    )
    with snapshot(url) as connection:
        return [tuple(row) for asked in questions for row in connection.exec_driver_sql(asked)]


def kept_in(file: str) -> list[tuple[object, ...]]:
    """The same of a file."""
    with snapshot(file) as connection:
        asked = "SELECT type, name, sql FROM sqlite_master ORDER BY 1, 2"
        planned = "SELECT * FROM sqlite_stat1 ORDER BY 1, 2"
        rows = [tuple(row) for row in connection.exec_driver_sql(asked)]
        return rows + [tuple(row) for row in connection.exec_driver_sql(planned)]


def is_empty(url: str) -> bool:
    with create_engine(url).connect() as connection:
        asked = "SELECT count(*) FROM pg_class WHERE relnamespace = current_schema()::regnamespace"
        found = connection.exec_driver_sql(asked).scalar() == 0
    connection.engine.dispose()
    return found


def test_all_of_it_goes_to_a_server_and_back(
    worked, tmp_path, postgresql_url, postgresql_warehouse
) -> None:
    there = copy_warehouse(worked, postgresql_url, quiet)
    assert there.sites == ("EAST", SITE)
    assert there.scans_since == 0
    assert [table.name for table in TABLES if not there.sums[table.name].rows] == []
    assert sums(postgresql_url) == sums(worked) == there.sums
    assert kept_on(postgresql_url) == kept_on(postgresql_warehouse)
    back = str(tmp_path / "back.db")
    assert copy_warehouse(postgresql_url, back, quiet).sums == there.sums
    assert sums(back) == there.sums
    assert kept_in(back) == kept_in(worked)
    with sqlite3.connect(worked) as one, sqlite3.connect(back) as other:
        for table in TABLES:
            asked = f'SELECT * FROM "{table.name}" ORDER BY 1, 2, 3'
            if len(table.columns) > 3:
                assert one.execute(asked).fetchall() == other.execute(asked).fetchall()
    one.close()
    other.close()


@pytest.fixture
def moved(worked, postgresql_url) -> str:
    copy_warehouse(worked, postgresql_url, quiet)
    return postgresql_url


def test_work_goes_on_there_and_is_taken_back(worked, moved, tmp_path) -> None:
    """What a seat was asked, and what its scan before had changed, is known on either database."""
    copies = {"server": moved, "file": str(tmp_path / "again.db")}
    copy_warehouse(moved, copies["file"], quiet)
    told = {}
    for kind, url in copies.items():
        transactions = open_database(url)
        turns = []
        for seat in SEATS:
            turn = take_seat(transactions, SITE, seat, now=NOW, device=ROBOT)
            turns.append(turn.prompt)
            turn = take_turn(transactions, SITE, seat, turn.scan_no + 1, "*UNDO", NOW, device=ROBOT)
            turns.append((turn.prompt, turn.said))
        with transactions.begin() as tx:
            assert violations(tx, SITE) == ()
        engine_of(transactions).dispose()
        told[kind] = turns
    assert told["server"] == told["file"]
    assert [turn[1].tone for turn in told["file"][1::2]].count("refused") < len(SEATS)


def test_hostile_texts_stay_what_they_are(tmp_path, postgresql_url) -> None:
    texts = [one.text for one in PAYLOADS if one.kind not in ("nul", "surrogates")]
    texts += [one for one in naughty() if "\x00" not in one]
    texts += ["\\N", "\\.", "\\x41", "a\tb\nc\\d", "", " ", '"', "null"]
    transactions = new_warehouse(tmp_path)
    with transactions.begin() as tx:
        rows = [
            {"site": SITE, "merchant": "ACME", "code": f"S-{number}", "name": name}
            for number, name in enumerate(texts)
        ]
        tx.execute(insert(Sku), rows)
    engine_of(transactions).dispose()
    copied = copy_warehouse(str(tmp_path / "floor.db"), postgresql_url, quiet)
    assert copied.sums["sku"].rows == len(texts)
    with snapshot(postgresql_url) as connection:
        names = {row.code: row.name for row in connection.execute(select(Sku.code, Sku.name))}
    assert [names[f"S-{number}"] for number in range(len(texts))] == texts


def test_a_character_that_a_server_cannot_keep_is_named(tmp_path, postgresql_url) -> None:
    transactions = new_warehouse(tmp_path)
    with transactions.begin() as tx:
        tx.execute(insert(Sku).values(site=SITE, merchant="ACME", code="CUP", name="a\x00b"))
    engine_of(transactions).dispose()
    with pytest.raises(DatabaseUnusable, match="sku MAIN/ACME/CUP holds the character NUL in name"):
        copy_warehouse(str(tmp_path / "floor.db"), postgresql_url, quiet)
    assert is_empty(postgresql_url)


def test_a_number_that_a_server_cannot_keep_is_named(tmp_path, postgresql_url) -> None:
    transactions = new_warehouse(tmp_path)
    with transactions.begin() as tx:
        row = {"site": SITE, "merchant": "ACME", "code": "CUP", "name": "Cup"}
        tx.execute(insert(Sku).values(**row, weight_g=2**40))
    engine_of(transactions).dispose()
    with pytest.raises(DatabaseUnusable, match=r"sku cannot be written .*out of range.*weight_g"):
        copy_warehouse(str(tmp_path / "floor.db"), postgresql_url, quiet)
    assert is_empty(postgresql_url)


def test_a_target_that_holds_something_is_left_alone(worked, postgresql_url, tmp_path) -> None:
    engine = create_engine(postgresql_url)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE holiday (day text)"))
    engine.dispose()
    with pytest.raises(DatabaseUnusable, match="is not empty: it has holiday"):
        copy_warehouse(worked, postgresql_url, quiet)
    (tmp_path / "there.db").write_bytes(b"mine")
    with pytest.raises(DatabaseUnusable, match=r"there\.db is there already"):
        copy_warehouse(worked, str(tmp_path / "there.db"), quiet)
    assert (tmp_path / "there.db").read_bytes() == b"mine"


def test_a_warehouse_whose_rules_are_broken_is_not_copied(tmp_path, postgresql_url) -> None:
    transactions = new_warehouse(tmp_path)
    with transactions.begin() as tx:
        tx.execute(insert(Station).values(site=SITE, code="B-1", scan_code="B-1"))
        tx.execute(update(SiteRow).values(time_zone="UTC"))
    engine_of(transactions).dispose()
    with sqlite3.connect(tmp_path / "floor.db") as shell:
        shell.execute("PRAGMA foreign_keys = OFF")
        shell.execute("UPDATE station SET place = 'NOWHERE'")
    shell.close()
    with pytest.raises(DatabaseUnusable, match=r"breaks 1 rules, the first: .*NOWHERE"):
        copy_warehouse(str(tmp_path / "floor.db"), postgresql_url, quiet)
    assert is_empty(postgresql_url)


def test_a_copy_that_differs_is_not_kept(worked, tmp_path, monkeypatch) -> None:
    kept = copy_target._as_kept

    def another_moment(row):
        return tuple(value.replace("7", "8") if value == KEPT else value for value in kept(row))

    monkeypatch.setattr(copy_target, "_as_kept", another_moment)
    with pytest.raises(DatabaseUnusable, match=r"The copy of spooler is not what was read: 1 rows"):
        copy_warehouse(worked, str(tmp_path / "copy.db"), quiet)
    assert list(tmp_path.iterdir()) == []


def test_scans_that_come_too_late_are_counted_and_nothing_is_torn(tmp_path, postgresql_url) -> None:
    transactions = new_warehouse(tmp_path)
    take_seat(transactions, SITE, "T1", now=NOW, device=ROBOT)
    late = iter(range(1, 4))

    def scan_meanwhile(what: str, _done: int, _total: int) -> None:
        if what.startswith("copying") and (number := next(late, 0)):
            take_turn(transactions, SITE, "T1", number, "nothing", NOW, device=ROBOT)

    copied = copy_warehouse(str(tmp_path / "floor.db"), postgresql_url, scan_meanwhile)
    assert copied.scans_since == 3
    with snapshot(postgresql_url) as connection:
        assert connection.execute(select(Scan.scan_no)).all() == []
    engine_of(transactions).dispose()


DIES = """
import os, signal, sys
from floorhand.store import copying

copying.broken_rules = lambda connection: ()  # takes long in a new process

def dies(what, done, total):
    if what.startswith(sys.argv[3]):
        os.kill(os.getpid(), signal.SIGKILL)

copying.copy_warehouse(sys.argv[1], sys.argv[2], dies)
"""

ALONE = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"


def wait_until_alone(url: str) -> None:
    """Wait until a server has seen that a line is gone."""
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        while connection.exec_driver_sql(ALONE).scalar() != 1:
            time.sleep(0.01)
    engine.dispose()


MOMENTS = ("copying stock", "writing it for good")


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_copy_that_is_killed_leaves_a_server_empty(worked, postgresql_url, moment: str) -> None:
    assert floorhand(DIES, worked, postgresql_url, moment) == -signal.SIGKILL
    wait_until_alone(postgresql_url)
    assert is_empty(postgresql_url)


def test_a_copy_that_is_killed_leaves_no_file(worked, tmp_path) -> None:
    target = tmp_path / "copy.db"
    assert floorhand(DIES, worked, str(target), MOMENTS[-1]) == -signal.SIGKILL
    assert not target.exists()
    assert len(list(tmp_path.iterdir())) == 1
    copy_warehouse(worked, str(target), quiet)
    assert list(tmp_path.iterdir()) == [target]
    assert sums(str(target)) == sums(worked)


def test_a_server_is_read_a_few_rows_at_a_time(moved, monkeypatch) -> None:
    """All of them at once are more than there is memory."""
    asked = []

    def fetchmany(self, size=0):
        asked.append(size)
        return few(self, size)

    few = psycopg.ServerCursor.fetchmany
    monkeypatch.setattr(psycopg.ServerCursor, "fetchmany", fetchmany)
    monkeypatch.setattr(psycopg.ServerCursor, "fetchall", None)
    monkeypatch.setattr(copying, "ROWS_AT_ONCE", 7)
    assert sums(moved)["operation"].rows > 7
    assert max(asked) <= 7


def test_a_disk_without_room_leaves_no_file(worked, tmp_path) -> None:
    """A file may grow to half of what is needed; the rest fails as on a full disk."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    small = Path(worked).stat().st_size // 2
    resource.setrlimit(resource.RLIMIT_FSIZE, (small, before[1]))
    try:
        with pytest.raises(DatabaseUnusable, match=r"copy\.db cannot be written .*Make room"):
            copy_warehouse(worked, str(tmp_path / "copy.db"), quiet)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert list(tmp_path.iterdir()) == []


def test_who_copies_to_the_same_place_at_once_is_told(worked, postgresql_url) -> None:
    def again(what: str, done: int, _total: int) -> None:
        if what.startswith("building") and not done:
            with pytest.raises(DatabaseUnusable, match="Another floorhand is copying into"):
                copy_warehouse(worked, postgresql_url, quiet)

    copy_warehouse(worked, postgresql_url, again)
    assert sums(postgresql_url) == sums(worked)
