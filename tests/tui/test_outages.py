"""A terminal on a real database that others lock, or that goes silent, and comes back.

The times that are waited for are shortened; what is waited for is real.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from itertools import count

import pytest
from conftest import NOW, SITE, new_warehouse
from crash.wire import STARTING, TOO_MANY, Way, Wire
from sqlalchemy import create_engine, make_url, select, text
from tui.screens import picture, send, settled, with_reader
from tui.test_not_saved import hear
from warehouses import people

from floorhand.ops.devices import ROBOT
from floorhand.store import db, server
from floorhand.store.db import Transactions, engine_of, open_database
from floorhand.store.schema import Scan
from floorhand.text.catalog import catalog
from floorhand.tui import answering
from floorhand.tui.app import FloorhandApp
from floorhand.tui.road import FloorRoad

DESK = (80, 24)

LOCKS = {
    "the seat": "SELECT 1 FROM seat FOR UPDATE",
    "all that goes on in turn": "LOCK TABLE alembic_version IN ACCESS EXCLUSIVE MODE",
}


@pytest.fixture(autouse=True)
def quick(monkeypatch) -> None:
    monkeypatch.setattr(db, "BUSY_TIMEOUT_MS", 20)
    monkeypatch.setattr(server, "LOCK_MAX_MS", 20)
    monkeypatch.setattr(answering, "RETRY_AFTER_S", (0.03,))


def a_terminal(opened: Callable[[], Transactions]) -> FloorhandApp:
    minutes = count()  # the clock of the road goes on by a minute at each look

    def now() -> datetime:
        return NOW + timedelta(minutes=next(minutes))

    road = FloorRoad(opened, site=SITE, seat="H1", station="", now=now, identify=lambda: ROBOT)
    return with_reader(FloorhandApp(road, catalog, now=lambda: NOW))


async def shows(pilot, word: str) -> None:
    """Wait until a word is on the screen."""
    while word not in " ".join(picture(pilot.app).split()):
        await pilot.pause(0.005)


def scans_kept(transactions: Transactions) -> int | None:
    with transactions.begin() as tx:
        return tx.scalar(text("SELECT count(*) FROM scan"))


async def waits_and_goes_on(transactions: Transactions, locked) -> None:
    """Scan while all is locked: it is told, kept, and answered once when it is over."""
    people.build(transactions)
    async with a_terminal(lambda: transactions).run_test(size=DESK) as pilot:
        await send(pilot, b"NOBODY\r")
        with locked():
            await hear(pilot, b"BADGE-ANA\r")
            await shows(pilot, "Not yet saved.")
            await hear(pilot, b"*HELP\r")
            await shows(pilot, "1 waiting.")
        await settled(pilot)
        assert "Not yet saved" not in picture(pilot.app)
        assert "Ana" in picture(pilot.app)
    assert scans_kept(transactions) == 3
    with transactions.begin() as tx:
        waited = tx.execute(select(Scan.scanned, Scan.waited_s).order_by(Scan.scan_no)).all()
    assert [row.waited_s >= 60 for row in waited] == [False, True, False]
    engine_of(transactions).dispose()


@pytest.mark.sqlite("the lock of its file")
@pytest.mark.parametrize("how", ["BEGIN IMMEDIATE", "BEGIN EXCLUSIVE"])
async def test_a_file_that_another_program_locks_is_waited_for(tmp_path, how) -> None:
    @contextmanager
    def locked() -> Iterator[None]:
        other = sqlite3.connect(tmp_path / "floor.db", isolation_level=None)
        other.execute(how)
        yield
        other.execute("ROLLBACK")
        other.close()

    await waits_and_goes_on(new_warehouse(tmp_path), locked)


@pytest.mark.parametrize("what", LOCKS)
async def test_rows_that_somebody_locks_on_a_server_are_waited_for(
    postgresql_warehouse, what
) -> None:
    other = create_engine(postgresql_warehouse)

    @contextmanager
    def locked() -> Iterator[None]:
        with other.connect() as connection:
            connection.execute(text(LOCKS[what]))
            yield
        other.dispose()

    await waits_and_goes_on(open_database(postgresql_warehouse), locked)


@pytest.mark.sqlite("the lock of its file")
async def test_a_terminal_that_starts_while_the_file_is_locked_waits_for_it(tmp_path) -> None:
    engine_of(new_warehouse(tmp_path)).dispose()
    other = sqlite3.connect(tmp_path / "floor.db", isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    app = a_terminal(lambda: open_database(str(tmp_path / "floor.db"), create=False))
    async with app.run_test(size=DESK) as pilot:
        await shows(pilot, "The database does not answer.")
        other.execute("ROLLBACK")
        other.close()
        await settled(pilot)
        assert "Scan your badge" in picture(pilot.app)


async def test_a_terminal_that_starts_before_its_server_can_take_it_waits_for_it(
    postgresql_warehouse,
) -> None:
    wire = Wire(postgresql_warehouse, lambda _request: None)
    wire.refused += [STARTING, TOO_MANY]
    where = wire.named(make_url(postgresql_warehouse).database or "")
    opened: list[Transactions] = []

    def open_it() -> Transactions:
        opened.append(open_database(where, create=False))
        return opened[0]

    async with a_terminal(open_it).run_test(size=DESK) as pilot:
        await settled(pilot)
        assert "Scan your badge" in picture(pilot.app)
    assert wire.refused == []
    engine_of(opened[0]).dispose()
    wire.close()


async def test_a_server_that_falls_silent_is_told_and_left_for_a_new_line(
    postgresql_warehouse, monkeypatch
) -> None:
    silent = [False]
    wire = Wire(postgresql_warehouse, lambda _request: Way.SILENT if silent[0] else None)
    monkeypatch.setattr(answering, "PATIENCE_S", 0.05)
    monkeypatch.setattr(answering, "ANSWER_MAX_S", 0.2)
    transactions = open_database(wire.named(make_url(postgresql_warehouse).database or ""))
    people.build(transactions)
    async with a_terminal(lambda: transactions).run_test(size=DESK) as pilot:
        await settled(pilot)
        silent[0] = True
        await hear(pilot, b"BADGE-ANA\r")
        await shows(pilot, "Not yet saved.")
        silent[0] = False
        await settled(pilot)
        assert "Ana" in picture(pilot.app)
    assert scans_kept(transactions) == 1
    engine_of(transactions).dispose()
    wire.close()


def test_both_ends_of_a_line_give_it_up_in_seconds(postgresql_warehouse) -> None:
    transactions = open_database(postgresql_warehouse)
    with transactions.begin() as tx:
        driver = tx.connection().connection.driver_connection
        ours = driver.info.get_parameters()
        theirs = tx.execute(
            text(
                "SELECT current_setting('lock_timeout'),"
                " current_setting('idle_in_transaction_session_timeout')"
            )
        ).one()
    assert {name: ours[name] for name in server.CLIENT} == {
        name: str(value) for name, value in server.CLIENT.items()
    }
    assert tuple(theirs) == ("20ms", "1min")
    engine_of(transactions).dispose()


def test_an_address_may_say_how_long_to_wait(postgresql_warehouse) -> None:
    there = make_url(postgresql_warehouse).update_query_dict({"connect_timeout": "30"})
    transactions = open_database(there.render_as_string(hide_password=False))
    with transactions.begin() as tx:
        driver = tx.connection().connection.driver_connection
        assert driver.info.get_parameters()["connect_timeout"] == "30"
    engine_of(transactions).dispose()
