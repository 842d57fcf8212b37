"""Two transactions that read what the other writes: one comes after the other."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest
from conftest import NOW, SITE
from sqlalchemy import event, func, insert, select, text, update
from sqlalchemy.orm import Session, sessionmaker

from floorhand.errors import DatabaseAway
from floorhand.store import db
from floorhand.store.db import Transactions, engine_of, in_turn, open_database, take_turn_in
from floorhand.store.schema import Task

WAIT_MAX_S = 10.0
"""Somebody who is to wait for a lock does so by then."""

WAITING = text("""
SELECT count(*) FROM pg_locks JOIN pg_stat_activity USING (pid)
WHERE NOT granted AND datname = current_database()
""")


def _until_one_waits(floor: Transactions) -> None:
    """Go on once somebody waits for a lock."""
    waiting, end = 0, time.monotonic() + WAIT_MAX_S
    while not waiting:
        assert time.monotonic() < end, "nobody waits"
        with floor.begin() as tx:
            waiting = tx.scalar(WAITING)


def test_a_check_and_the_write_that_depends_on_it_are_one_on_postgresql(
    postgresql_warehouse: str,
) -> None:
    floor = open_database(postgresql_warehouse)
    has_read = Event()
    calls: list[str] = []

    def raise_one(name: str) -> None:
        """Raise a task unless there is one; the first waits for the other between the two."""

        def work(tx: Session) -> None:
            calls.append(name)
            there = tx.scalar(select(func.count()).select_from(Task))
            if name == "first":
                has_read.set()
                _until_one_waits(floor)
            if not there:
                tx.execute(insert(Task).values(site=SITE, id=name, kind="putaway", created_at=NOW))

        in_turn(floor, work)

    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(raise_one, "first")
        assert has_read.wait(WAIT_MAX_S)
        second = pool.submit(raise_one, "second")
        first.result()
        second.result()
    assert calls == ["first", "second"]
    assert _tasks(floor) == 1
    engine_of(floor).dispose()


def test_who_writes_without_a_turn_may_be_first_then_all_is_done_again(
    postgresql_warehouse: str,
) -> None:
    floor = open_database(postgresql_warehouse)
    this = (Task.site == SITE, Task.id == "T")
    with floor.begin() as tx:
        tx.execute(insert(Task).values(site=SITE, id="T", kind="putaway", created_at=NOW))
    seen: list[str] = []

    def work(tx: Session) -> None:
        seen.append(tx.scalar(select(Task.state).where(*this)) or "")
        if len(seen) == 1:
            with floor.begin() as other:
                other.execute(update(Task).where(*this).values(state="done"))
        tx.execute(update(Task).where(*this).values(claimed_at=NOW))

    in_turn(floor, work)
    assert seen == ["open", "done"]
    engine_of(floor).dispose()


def test_a_key_that_another_one_took_unseen_is_a_clash_too(postgresql_warehouse: str) -> None:
    floor = open_database(postgresql_warehouse)
    calls: list[int] = []

    def work(tx: Session) -> None:
        calls.append(tx.scalar(select(func.count()).select_from(Task)) or 0)
        task = {"id": f"T-{calls[-1]}", "kind": "putaway", "created_at": NOW}
        if len(calls) == 1:
            with floor.begin() as other:
                other.execute(insert(Task).values(site=SITE, **task))
        tx.execute(insert(Task).values(site=SITE, **task))

    in_turn(floor, work)
    assert calls == [0, 1]
    assert _tasks(floor) == 2
    engine_of(floor).dispose()


def test_who_stops_in_the_middle_of_a_turn_is_ended_and_the_next_one_goes_on(
    postgresql_warehouse: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    short = db._OPENING.replace(f"= {db.STALLED_MAX_MS}", "= 200")
    assert short != db._OPENING
    monkeypatch.setattr(db, "_OPENING", short)
    floor = open_database(postgresql_warehouse)
    stopped, gone_on = Event(), Event()

    def stall(tx: Session) -> None:
        tx.scalar(select(func.count()).select_from(Task))
        stopped.set()
        assert gone_on.wait(WAIT_MAX_S)
        tx.scalar(select(func.count()).select_from(Task))

    with ThreadPoolExecutor(2) as pool:
        stalled = pool.submit(in_turn, floor, stall)
        assert stopped.wait(WAIT_MAX_S)
        in_turn(floor, lambda tx: tx.scalar(text("SELECT 1")))
        gone_on.set()
        with pytest.raises(DatabaseAway):
            stalled.result()
    engine_of(floor).dispose()


def test_the_next_one_has_its_turn_before_this_one_is_on_the_disk(
    postgresql_warehouse: str,
) -> None:
    floor = open_database(postgresql_warehouse)
    spoken: list[str] = []

    @event.listens_for(engine_of(floor), "before_cursor_execute")
    def _hear(_line: object, _cursor: object, sql: str, *_: object) -> None:
        spoken.append(sql)

    assert in_turn(floor, lambda tx: tx.scalar(text("SHOW synchronous_commit"))) == "off"
    assert spoken[-1].startswith("COMMIT; SELECT pg_logical_emit_message(true")
    with floor.begin() as tx:
        assert tx.scalar(text("SHOW synchronous_commit")) == "on"
    engine_of(floor).dispose()


def test_a_step_of_an_import_waits_for_its_turn(postgresql_warehouse: str) -> None:
    floor = open_database(postgresql_warehouse)
    order: list[str] = []
    begun = Event()

    def step() -> None:
        with floor.begin() as tx:
            take_turn_in(tx)
            order.append("step")

    def scan(tx: Session) -> None:
        tx.scalar(text("SELECT 1"))
        begun.set()
        _until_one_waits(floor)
        order.append("scan")

    with ThreadPoolExecutor(2) as pool:
        scanned = pool.submit(in_turn, floor, scan)
        assert begun.wait(WAIT_MAX_S)
        pool.submit(step).result()
        scanned.result()
    assert order == ["scan", "step"]
    engine_of(floor).dispose()


def _tasks(floor: Transactions) -> int:
    with floor.begin() as tx:
        return tx.scalar(select(func.count()).select_from(Task)) or 0


def test_what_is_done_in_a_transaction_that_is_open_is_a_part_of_it(
    transactions: Transactions,
) -> None:
    def raise_one(tx: Session) -> None:
        tx.execute(insert(Task).values(site=SITE, id="T", kind="putaway", created_at=NOW))

    with engine_of(transactions).connect() as connection, connection.begin() as outer:
        inside = sessionmaker(connection, join_transaction_mode="create_savepoint")
        in_turn(inside, raise_one)
        assert connection.scalar(select(func.count()).select_from(Task)) == 1
        outer.rollback()
    assert _tasks(transactions) == 0
