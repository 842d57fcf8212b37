"""What a turn leaves behind for the next one, and what it does not."""

from __future__ import annotations

import os
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import cast

import pytest
from conftest import NOW, SITE
from homes import home_of
from sqlalchemy import Connection, TableClause, func, insert, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from floorhand.errors import DatabaseAway, Refused
from floorhand.store.asking import ask, connection_of
from floorhand.store.db import engine_of, in_turn, open_database
from floorhand.store.lanes import IDLE_MAX
from floorhand.store.schema import Task
from floorhand.store.turnstile import FairConnection

NAMED = {"site": SITE, "kind": "putaway", "created_at": NOW}
ADD = insert(cast(TableClause, Task.__table__))
COUNT = select(func.count().label("tasks")).select_from(Task)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "floor.db"


def _raise_one(tx: Session, name: str) -> None:
    tx.execute(insert(Task).values(id=name, **NAMED))


def _open_files(file: Path) -> int:
    folder = Path("/proc/self/fd")
    return sum(1 for one in folder.iterdir() if _target(one) == str(file))


def _target(link: Path) -> str:
    try:
        return os.readlink(link)
    except OSError:  # that of the folder itself, which is closed by now
        return ""


@pytest.mark.sqlite("its lanes")
def test_the_next_turn_has_the_connection_of_the_last(file: Path) -> None:
    floor = open_database(home_of(file))
    first = in_turn(floor, connection_of)
    assert in_turn(floor, connection_of) is first
    assert not first.in_transaction()
    engine_of(floor).dispose()


@pytest.mark.sqlite("its lanes")
def test_after_an_error_nothing_of_the_turn_is_left(file: Path) -> None:
    floor = open_database(home_of(file))
    seen: list[tuple[Session, Connection]] = []

    def fail(tx: Session) -> None:
        seen.append((tx, connection_of(tx)))
        tx.add(Task(site=SITE, id="added", kind="putaway", created_at=NOW))
        tx.flush()
        raise Refused("not_this")

    def look(tx: Session) -> tuple[Session, int]:
        return tx, ask(tx, COUNT).scalar()

    in_turn(floor, look)
    with pytest.raises(Refused):
        in_turn(floor, fail)
    tx, tasks = in_turn(floor, look)
    assert tasks == 0
    assert tx is not seen[0][0]
    assert not tx.new
    assert seen[0][1].closed
    engine_of(floor).dispose()


def test_what_a_session_was_asked_by_sqlalchemy_is_forgotten(file: Path) -> None:
    floor = open_database(home_of(file))
    in_turn(floor, lambda tx: _raise_one(tx, "one"))

    def load(tx: Session) -> str:
        task = tx.scalars(select(Task)).one()
        return task.place or ""

    assert in_turn(floor, load) == ""
    with floor.begin() as other:
        other.execute(text("UPDATE task SET place = 'A-01'"))
    assert in_turn(floor, load) == "A-01"
    engine_of(floor).dispose()


@pytest.mark.sqlite("its lanes")
@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="open files are counted in /proc")
def test_files_are_closed_when_the_database_is(file: Path) -> None:
    floor = open_database(home_of(file))
    in_turn(floor, lambda tx: _raise_one(tx, "one"))
    assert _open_files(file)
    engine_of(floor).dispose()
    assert not _open_files(file)
    assert in_turn(floor, lambda tx: ask(tx, COUNT).scalar()) == 1
    engine_of(floor).dispose()
    assert not _open_files(file)


@pytest.mark.sqlite("its lanes")
def test_many_at_once_leave_no_more_than_a_few_lanes(file: Path) -> None:
    floor = open_database(home_of(file))
    many = IDLE_MAX + 3
    together = Barrier(many)

    def one(name: int) -> None:
        together.wait(10)
        in_turn(floor, lambda tx: _raise_one(tx, str(name)))

    with ThreadPoolExecutor(many) as pool:
        list(pool.map(one, range(many)))
    assert in_turn(floor, lambda tx: ask(tx, COUNT).scalar()) == many
    kept = engine_of(floor).pool
    assert kept.checkedout() <= IDLE_MAX  # type: ignore[attr-defined]  # a queue of connections
    engine_of(floor).dispose()


def test_both_roads_of_a_turn_are_one_transaction(file: Path) -> None:
    floor = open_database(home_of(file))

    def both(tx: Session, name: str, *, fail: bool = False) -> None:
        ask(tx, ADD, id=f"{name}-1", **NAMED)
        _raise_one(tx, f"{name}-2")
        ask(tx, ADD, id=f"{name}-3", **NAMED)
        with tx.begin_nested():
            _raise_one(tx, f"{name}-4")
        if fail:
            raise Refused("not_this")

    with pytest.raises(Refused):
        in_turn(floor, lambda tx: both(tx, "undone", fail=True))
    in_turn(floor, lambda tx: both(tx, "done"))
    with floor.begin() as other:
        names = set(other.scalars(select(Task.id)))
    assert names == {f"done-{number}" for number in (1, 2, 3, 4)}
    engine_of(floor).dispose()


@pytest.mark.sqlite("its lanes")
def test_a_turn_whose_statement_failed_writes_nothing_even_if_it_goes_on(file: Path) -> None:
    floor = open_database(home_of(file))

    def go_on(tx: Session) -> None:
        ask(tx, ADD, id="one", **NAMED)
        with pytest.raises(IntegrityError):
            ask(tx, ADD, id="one", **NAMED)
        ask(tx, ADD, id="two", **NAMED)

    with pytest.raises(AssertionError, match="ended the transaction"):
        in_turn(floor, go_on)
    assert in_turn(floor, lambda tx: ask(tx, COUNT).scalar()) == 0
    engine_of(floor).dispose()


@pytest.mark.sqlite("its lanes")
def test_a_commit_that_fails_writes_nothing_and_lets_the_next_one_in(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    floor, others = open_database(home_of(file)), open_database(home_of(file))

    def fail(_connection: FairConnection) -> None:
        raise sqlite3.OperationalError("disk I/O error")

    with monkeypatch.context() as patched:
        patched.setattr(FairConnection, "commit", fail)
        with pytest.raises(DatabaseAway):
            in_turn(floor, lambda tx: ask(tx, ADD, id="lost", **NAMED))
    assert in_turn(others, lambda tx: ask(tx, COUNT).scalar()) == 0
    assert in_turn(floor, lambda tx: ask(tx, COUNT).scalar()) == 0
    for database in (floor, others):
        engine_of(database).dispose()
