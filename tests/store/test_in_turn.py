"""Two transactions that read what the other writes: as if one had come after the other."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from conftest import NOW, SITE
from sqlalchemy import func, insert, select, text, update
from sqlalchemy.orm import Session, sessionmaker

from floorhand.store.db import Transactions, engine_of, in_turn, open_database
from floorhand.store.schema import Task


def test_a_check_and_the_write_that_depends_on_it_are_one_on_postgresql(
    postgresql_warehouse: str,
) -> None:
    floor = open_database(postgresql_warehouse)
    both_have_read = Barrier(2)

    def raise_one(name: str) -> int:
        """Raise a task unless there is one, having read before the other has written."""
        calls = 0

        def work(tx: Session) -> None:
            nonlocal calls
            calls += 1
            there = tx.scalar(select(func.count()).select_from(Task))
            if calls == 1:
                both_have_read.wait(10)
            if not there:
                tx.execute(insert(Task).values(site=SITE, id=name, kind="putaway", created_at=NOW))

        in_turn(floor, work)
        return calls

    with ThreadPoolExecutor(2) as pool:
        calls = list(pool.map(raise_one, ("first", "second")))
    assert sorted(calls) == [1, 2]
    assert _tasks(floor) == 1
    engine_of(floor).dispose()


def test_who_clashed_waits_until_it_is_alone(postgresql_warehouse: str) -> None:
    floor = open_database(postgresql_warehouse)
    pairs = 8
    together = Barrier(pairs)

    def count_up(name: str) -> int:
        calls = 0

        def work(tx: Session) -> None:
            nonlocal calls
            calls += 1
            there = tx.scalar(select(func.count()).select_from(Task)) or 0
            if calls == 1:
                together.wait(10)
            task = {"id": f"{there:03}", "kind": "putaway", "place": name, "created_at": NOW}
            tx.execute(insert(Task).values(site=SITE, **task))

        in_turn(floor, work)
        return calls

    with ThreadPoolExecutor(pairs) as pool:
        calls = list(pool.map(count_up, map(str, range(pairs))))
    assert max(calls) <= 3, calls
    assert _tasks(floor) == pairs
    engine_of(floor).dispose()


def test_a_key_that_another_one_took_unseen_is_a_clash_too(postgresql_warehouse: str) -> None:
    floor = open_database(postgresql_warehouse)
    together = Barrier(2)

    def raise_one(name: str) -> int:
        calls = 0

        def work(tx: Session) -> None:
            nonlocal calls
            calls += 1
            if calls == 1:
                together.wait(10)
            task = {"id": "same" if calls == 1 else name, "kind": "putaway", "created_at": NOW}
            tx.execute(insert(Task).values(site=SITE, **task))

        in_turn(floor, work)
        return calls

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(raise_one, ("first", "second"))) == [1, 2]
    engine_of(floor).dispose()


def test_two_who_change_different_rows_of_a_small_table_are_in_nobodys_way(
    postgresql_warehouse: str,
) -> None:
    floor = open_database(postgresql_warehouse)
    names = ("first", "second")
    with floor.begin() as tx:
        for name in names:
            task = {"id": name, "kind": "putaway", "created_at": NOW}
            tx.execute(insert(Task).values(site=SITE, **task))
        tx.execute(text("ANALYZE task"))  # so short that it is quicker read from end to end
    together = Barrier(2)

    def close(name: str) -> int:
        calls = 0

        def work(tx: Session) -> None:
            nonlocal calls
            calls += 1
            this = (Task.site == SITE, Task.id == name)
            assert tx.scalar(select(Task.state).where(*this)) == "open"
            if calls == 1:
                together.wait(10)
            tx.execute(update(Task).where(*this).values(claimed_at=NOW))

        in_turn(floor, work)
        return calls

    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(close, names)) == [1, 1]
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
