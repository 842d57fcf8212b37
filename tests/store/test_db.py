"""Databases that cannot be used are refused in one sentence, and nothing of them changes."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

import pytest
from conftest import SITE, new_warehouse
from forked import Program
from homes import EITHER, home_of
from shell import damage, shell
from sqlalchemy import event, inspect, make_url, select, text

from floorhand.errors import DatabaseAway, DatabaseUnusable, Exchanged, NoRoom
from floorhand.store import db
from floorhand.store.db import HEAD, engine_of, is_in_use, open_database
from floorhand.store.places import next_number
from floorhand.store.schema import Seat, Sequence


def refusal(url: object, **options: bool) -> str:
    with pytest.raises(DatabaseUnusable) as refused:
        open_database(str(url), **options)
    return str(refused.value)


@pytest.mark.sqlite("its file")
def test_a_folder_is_no_database(tmp_path) -> None:
    assert "is not a file" in refusal(tmp_path)


@pytest.mark.sqlite("its file")
def test_a_missing_folder_is_named(tmp_path) -> None:
    assert f"There is no folder {tmp_path}/nowhere" in refusal(tmp_path / "nowhere" / "floor.db")


@pytest.mark.sqlite("its file")
def test_a_missing_database_is_not_made_behind_the_back(tmp_path) -> None:
    assert "There is no database" in refusal(tmp_path / "floor.db", create=False)
    assert list(tmp_path.iterdir()) == []


def test_a_database_without_tables_is_not_filled_behind_the_back(tmp_path) -> None:
    home = home_of(tmp_path / "floor.db")
    damage(home, "CREATE TABLE holiday (day TEXT)", "DROP TABLE holiday")
    assert "there is no warehouse in it" in refusal(home, create=False)
    with shell(home) as connection:
        assert inspect(connection).get_table_names() == []


@pytest.mark.sqlite("its file")
def test_another_kind_of_file_is_left_alone(tmp_path) -> None:
    file = tmp_path / "holiday.db"
    file.write_bytes(b"not a database, but something long enough to be looked at " * 20)
    before = file.read_bytes()
    assert "is not an SQLite database" in refusal(file)
    assert file.read_bytes() == before


def test_somebody_elses_database_is_left_alone(tmp_path) -> None:
    home = home_of(tmp_path / "other.db")
    damage(home, "CREATE TABLE holiday (day TEXT)")
    assert "holds other tables than floorhand's" in refusal(home)


@pytest.mark.parametrize("url", ["mysql://u@h/d", "foo://x", "http://[", "://"])
def test_an_address_of_something_else_is_refused_in_a_sentence(url: str) -> None:
    assert "Name an SQLite file, or postgresql+psycopg://" in refusal(url)


def test_a_driver_that_is_not_installed_is_named() -> None:
    assert "postgresql+pg8000 is not there" in refusal("postgresql+pg8000://u@h/d")


@pytest.mark.sqlite("its file")
@pytest.mark.parametrize("name", ["a?b.db", "file:notes.db", "50%.db"])
def test_a_file_may_have_an_odd_name(tmp_path, name: str) -> None:
    engine_of(open_database(str(tmp_path / name))).dispose()
    assert (tmp_path / name).is_file()


@pytest.mark.sqlite("its file")
def test_a_folder_that_may_not_be_entered_is_told(tmp_path, monkeypatch) -> None:
    def deny(self, **_options):
        raise PermissionError(13, "Permission denied", str(self))

    monkeypatch.setattr(Path, "stat", deny)
    assert "Check the permissions of its folder" in refusal(tmp_path / "floor.db")


@pytest.mark.sqlite("its file")
def test_a_damaged_database_is_told_from_a_foreign_file(tmp_path) -> None:
    engine_of(new_warehouse(tmp_path)).dispose()
    file = tmp_path / "floor.db"
    whole = file.read_bytes()
    file.write_bytes(whole[:100] + bytes(len(whole) - 100))
    assert "is damaged" in refusal(file)


def test_a_schema_that_nobody_wrote_is_refused(tmp_path) -> None:
    engine_of(new_warehouse(tmp_path)).dispose()
    home = home_of(tmp_path / "floor.db")
    damage(home, "UPDATE alembic_version SET version_num = '0000'")
    assert "has a schema 0000 that nobody wrote" in refusal(home)


def test_an_interrupt_is_no_absence_of_the_database(transactions) -> None:
    @event.listens_for(engine_of(transactions), "do_execute")
    def interrupt(*_args: object) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt), transactions.begin() as tx:
        tx.execute(select(1))


@pytest.mark.sqlite("its file")
def test_a_full_disk_is_told_with_the_file_and_what_to_do(tmp_path) -> None:
    made = new_warehouse(tmp_path)
    with made() as tx:
        full = tx.scalar(text("PRAGMA page_count"))
        tx.execute(text(f"PRAGMA max_page_count = {full}"))
    with pytest.raises(NoRoom) as told, made.begin() as tx:
        tx.execute(text("CREATE TABLE more AS SELECT randomblob(1000000)"))
    assert str(told.value) == (
        f"{tmp_path}/floor.db cannot be written (database or disk is full). Make room on its disk."
    )


@pytest.mark.parametrize("question", ["SELECT lost FROM seat", "SELECT code FROM lost"])
@pytest.mark.parametrize("kind", EITHER)
def test_what_a_database_will_never_have_is_not_waited_for(kind, question, request, tmp_path):
    url = request.getfixturevalue("postgresql_warehouse") if kind == "postgresql" else ""
    made = open_database(url) if url else new_warehouse(tmp_path)
    with pytest.raises(DatabaseUnusable, match=r"not made by this.*lost"), made.begin() as tx:
        tx.execute(text(question))
    engine_of(made).dispose()


@pytest.mark.sqlite("its file")
def test_a_file_that_is_damaged_while_it_is_open_is_not_waited_for(tmp_path) -> None:
    made = new_warehouse(tmp_path)
    with made.begin() as tx:
        page = tx.scalar(text("SELECT rootpage FROM sqlite_master WHERE name = 'seat'"))
    with engine_of(made).begin() as connection:
        connection.exec_driver_sql("PRAGMA writable_schema = ON")
        connection.exec_driver_sql(
            "UPDATE sqlite_master SET rootpage = 999999 WHERE name = 'seat' AND rootpage = ?",
            (page,),
        )
    engine_of(made).dispose()
    with pytest.raises(DatabaseUnusable, match="is damaged"), made.begin() as tx:
        tx.execute(select(Seat.code))
    engine_of(made).dispose()


def test_a_newer_database_is_refused(tmp_path) -> None:
    engine_of(new_warehouse(tmp_path)).dispose()
    home = home_of(tmp_path / "floor.db")
    damage(home, "UPDATE alembic_version SET version_num = '9999'")
    assert f"schema 9999, this one knows {HEAD}" in refusal(home)


@pytest.mark.sqlite("its file")
def test_a_read_only_database_is_refused(tmp_path) -> None:
    engine_of(new_warehouse(tmp_path)).dispose()
    url = f"sqlite:///file:{tmp_path}/floor.db?mode=ro&uri=true"
    assert refusal(url).startswith(f"{tmp_path}/floor.db is read-only. Allow writing")


@pytest.mark.sqlite("the lock of its file")
def test_a_locked_database_is_told_in_a_sentence_and_waited_for(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(db, "BUSY_TIMEOUT_MS", 50)
    engine_of(new_warehouse(tmp_path)).dispose()
    blocker = sqlite3.connect(tmp_path / "floor.db", isolation_level=None)
    blocker.execute("BEGIN EXCLUSIVE")
    with pytest.raises(DatabaseAway, match="is locked by another program"):
        open_database(str(tmp_path / "floor.db"))
    blocker.execute("ROLLBACK")
    blocker.close()


@pytest.mark.sqlite("its file")
def test_a_network_file_system_is_refused(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(db, "file_system", lambda _folder: "nfs4")
    assert "lies on a network file system (nfs4)" in refusal(tmp_path / "floor.db")


@pytest.mark.sqlite("its PRAGMAs")
def test_sqlite_is_durable_and_strict(transactions) -> None:
    with transactions.begin() as tx:
        told = [
            tx.connection().exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys")
        ]
    assert told == ["wal", 2, 1]


@pytest.mark.sqlite("its file")
def test_a_file_that_was_replaced_takes_nothing_and_one_that_came_back_goes_on(tmp_path) -> None:
    transactions = new_warehouse(tmp_path)

    def draw() -> int:
        with transactions.begin() as tx:
            return next_number(tx, SITE, "count")

    assert draw() == 1
    file, aside = tmp_path / "floor.db", tmp_path / "aside.db"
    file.rename(aside)
    for make in (lambda: None, lambda: file.write_bytes(b"")):
        make()
        with pytest.raises(Exchanged, match="was moved, deleted or replaced"):
            draw()
    aside.rename(file)
    assert draw() == 2
    engine_of(transactions).dispose()


@pytest.mark.sqlite("its file")
def test_no_new_file_is_made_where_the_old_one_was_and_no_other_is_taken_for_it(tmp_path) -> None:
    transactions = new_warehouse(tmp_path)
    file, aside = tmp_path / "floor.db", tmp_path / "aside.db"
    with transactions.begin() as tx:
        tx.execute(select(1))
        file.rename(aside)
        with pytest.raises(Exchanged), transactions.begin() as second:  # on a connection of its own
            second.execute(select(1))
        assert not file.exists()
        file.write_bytes(aside.read_bytes())
        with pytest.raises(Exchanged), transactions.begin() as second:
            second.execute(select(1))
    file.unlink()
    aside.rename(file)
    with transactions.begin() as tx:
        assert tx.scalar(select(1)) == 1
    engine_of(transactions).dispose()


def test_a_server_that_is_not_there_is_told_and_may_be_waited_for() -> None:
    with pytest.raises(DatabaseAway, match=r"127\.0\.0\.1:1/floor cannot be used: .*refused"):
        open_database("postgresql+psycopg://u@127.0.0.1:1/floor")


def test_a_database_that_a_server_does_not_have_is_not_waited_for(postgresql_server) -> None:
    where = make_url(postgresql_server).set(drivername="postgresql+psycopg", database="nowhere")
    told = refusal(where.render_as_string(hide_password=False))
    assert "/nowhere" in told
    assert told.endswith("Make the database and its user on the server, or name others.")


@pytest.mark.sqlite("its file")
def test_it_is_seen_whether_somebody_else_has_a_file_open(tmp_path) -> None:
    transactions = new_warehouse(tmp_path)
    with transactions.begin() as tx:
        next_number(tx, SITE, "count")
    assert is_in_use(tmp_path / "floor.db")
    engine_of(transactions).dispose()
    assert not is_in_use(tmp_path / "floor.db")


COUNT_UP = """
import sys
from sqlalchemy import update
from floorhand.store.db import open_database
from floorhand.store.places import next_number
transactions = open_database(sys.argv[1])
for _ in range(50):
    with transactions.begin() as tx:
        next_number(tx, "MAIN", "race")
"""


def test_four_processes_lose_no_update(tmp_path: Path) -> None:
    transactions = new_warehouse(tmp_path)
    command = ["-c", COUNT_UP, home_of(tmp_path / "floor.db")]
    racers = [Program(command, os.devnull) for _ in range(4)]
    assert [racer.wait(60) for racer in racers] == [0, 0, 0, 0]
    with transactions.begin() as tx:
        assert tx.scalar(select(Sequence.last).where(Sequence.name == "race")) == 200
    engine_of(transactions).dispose()
