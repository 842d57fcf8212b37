"""Earlier backups are thinned out; nothing goes that is needed, or is none of this warehouse."""

from __future__ import annotations

import os
import shutil
import sqlite3
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from homes import SITE, empty_warehouse
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import make_url, text

from floorhand.cli import main
from floorhand.errors import DatabaseUnusable
from floorhand.store import keeping
from floorhand.store.backup import back_up
from floorhand.store.db import engine_of, open_database
from floorhand.store.dump import database_in, dump
from floorhand.store.keeping import Keep, is_earlier_state, kept, stamped, thin_out

pytestmark = pytest.mark.sqlite("it is told of files and of servers in any run")

NOON = datetime(2026, 3, 2, 12, 0)  # a Monday
MOMENTS = st.datetimes(min_value=datetime(2025, 1, 1), max_value=datetime(2027, 1, 1))


def quiet(_what: str, _done: int, _total: int) -> None:
    """Nobody looks."""


def days_ago(*days: int) -> set[datetime]:
    return {NOON - timedelta(days=day) for day in days}


def test_the_last_of_each_day_week_and_month_is_kept() -> None:
    nights = days_ago(*range(100))
    assert kept(nights, Keep(3, 0, 0)) == days_ago(0, 1, 2)
    assert kept(nights, Keep(1, 3, 0)) == days_ago(0, 1, 8)  # this Monday, and two Sundays
    assert kept(nights, Keep(1, 0, 3)) == days_ago(0, 2, 30)  # 2 March, 28 February, 31 January
    assert kept(nights | {NOON - timedelta(hours=3)}, Keep(2, 0, 0)) == days_ago(0, 1)


def test_days_without_a_backup_do_not_count() -> None:
    assert kept(days_ago(0, 50, 90, 91), Keep(3, 0, 0)) == days_ago(0, 50, 90)


@given(st.sets(MOMENTS, min_size=1), st.integers(1, 9), st.integers(0, 9), st.integers(0, 9))
def test_the_newest_is_always_kept_and_never_more_than_asked(times, days, weeks, months) -> None:
    chosen = kept(times, Keep(days, weeks, months))
    assert max(times) in chosen
    assert chosen <= times
    assert len(chosen) <= days + weeks + months
    assert kept(chosen, Keep(days, weeks, months)) == chosen


def folder_of(tmp_path: Path, *names: str) -> Path:
    for name in names:
        (tmp_path / name).write_text(name)
    return tmp_path


def test_only_files_that_are_named_alike_and_are_ours_are_removed(tmp_path) -> None:
    made = stamped(tmp_path, "floor", ".db", NOON)
    ours = [stamped(tmp_path, "floor", ".db", at).name for at in sorted(days_ago(1, 2, 3))]
    others = (
        "floor-2.db", "floor-20260231T000000.db", "floor-20260301T120000.db.gz", "FLOOR.db",
        "floor2-20260101T000000.db", "other-20260101T000000.db", "floor-20260101T000000",
        "floor-20990101T000000.db",
    )  # fmt: skip
    folder_of(tmp_path, made.name, *ours, *others)
    (tmp_path / "floor-20260102T000000.db").symlink_to(tmp_path / "floor-2.db")
    (tmp_path / "floor-20260103T000000.db").mkdir()
    foreign = tmp_path / ours[1]
    gone = [*thin_out(made, Keep(1, 0, 0), lambda file: file != foreign)]
    assert [file.name for file in gone] == [ours[0], ours[2]]
    left = {file.name for file in tmp_path.iterdir()}
    links = {"floor-20260102T000000.db", "floor-20260103T000000.db"}
    assert left == {made.name, ours[1], *others, *links}


def test_a_backup_of_tomorrow_is_kept_and_keeps_nobody_else(tmp_path) -> None:
    made = stamped(tmp_path, "floor", ".db", NOON)
    later = stamped(tmp_path, "floor", ".db", NOON + timedelta(days=400))
    folder_of(tmp_path, made.name, later.name)
    assert [*thin_out(made, Keep(1, 0, 0), lambda _: True)] == []


def test_what_cannot_be_removed_is_told(tmp_path, monkeypatch) -> None:
    made, old = (stamped(tmp_path, "floor", ".db", at) for at in sorted(days_ago(0, 9))[::-1])
    folder_of(tmp_path, made.name, old.name)

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(keeping.Path, "unlink", refuse)
    with pytest.raises(DatabaseUnusable, match=f"{old} cannot be removed"):
        [*thin_out(made, Keep(1, 0, 0), lambda _: True)]


def first_operation_was(file: Path, at: str) -> None:
    with closing(sqlite3.connect(file)) as shell, shell:
        shell.execute(
            "INSERT INTO operation"
            " (site, id, kind, command, facts, worker, seat, station, device, at)"
            " VALUES (?, 'S:1', 'X', '{}', '{}', '', 'S', '', '', ?)",
            (SITE, at),
        )


def test_an_earlier_state_is_known_by_its_first_operation(tmp_path) -> None:
    now, before, other = (tmp_path / name for name in ("now.db", "before.db", "other.db"))
    for file in (now, before, other):
        shutil.copyfile(empty_warehouse(), file)
    assert is_earlier_state(before, str(now))
    first_operation_was(now, "2026-01-01 08:00:00.000000")
    assert is_earlier_state(before, str(now))  # it was made before the first one
    first_operation_was(before, "2026-01-01 08:00:00.000000")
    first_operation_was(other, "2026-01-01 09:00:00.000000")
    assert is_earlier_state(before, str(now))
    assert not is_earlier_state(other, str(now))
    (tmp_path / "text.db").write_text("a text")
    sqlite3.connect(tmp_path / "empty.db").close()
    assert not is_earlier_state(tmp_path / "text.db", str(now))
    assert not is_earlier_state(tmp_path / "empty.db", str(now))


def backed_up(database: str, folder: Path, keep: str) -> int:
    with pytest.raises(SystemExit) as ended:
        main(["db", "backup", str(folder), "--keep", keep, "-d", database])
    return int(ended.value.code or 0)


@pytest.fixture
def earlier(tmp_path) -> list[Path]:
    """Backups of a warehouse, of three nights."""
    shutil.copyfile(empty_warehouse(), tmp_path / "floor.db")
    (tmp_path / "kept").mkdir()
    files = [stamped(tmp_path / "kept", "floor", ".db", at) for at in sorted(days_ago(1, 2, 3))]
    for file in files:
        back_up(empty_warehouse(), file, replace=False, tell=quiet)
    return files


def test_the_command_leaves_what_is_asked_for(earlier, tmp_path, capsys) -> None:
    assert backed_up(str(tmp_path / "floor.db"), tmp_path / "kept", "2,0,0") == 0
    told = capsys.readouterr().out.splitlines()
    assert "nothing damaged, its moves add up to its stock" in told[0]
    assert told[1:] == [f"{file} was removed." for file in earlier[:2]]
    assert len([*(tmp_path / "kept").iterdir()]) == 2


def test_a_backup_whose_rules_are_broken_takes_the_place_of_none(earlier, tmp_path, capsys) -> None:
    with closing(sqlite3.connect(tmp_path / "floor.db")) as shell:
        shell.execute("DROP TRIGGER move_no_delete")
    assert backed_up(str(tmp_path / "floor.db"), tmp_path / "kept", "1,0,0") == 1
    assert "No earlier backup was removed." in capsys.readouterr().out
    assert all(file.exists() for file in earlier)


def test_a_backup_that_finds_no_room_removes_none(earlier, tmp_path, capsys, monkeypatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(100, 99, 1))
    assert backed_up(str(tmp_path / "floor.db"), tmp_path / "kept", "1,0,0") == 1
    assert "Make room" in capsys.readouterr().err
    assert {*(tmp_path / "kept").iterdir()} == {*earlier}


@pytest.mark.parametrize("keep", ["0,1,1", "7", "7,5", "7,5,x", "1,1,9999", "-1,0,0"])
def test_what_does_not_say_how_many_is_refused(tmp_path, capsys, keep: str) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["db", "backup", str(tmp_path), f"--keep={keep}", "-d", "none.db"])
    assert "such as 7,5,12" in capsys.readouterr().err


def test_backups_are_kept_in_a_folder(tmp_path, capsys) -> None:
    assert backed_up("none.db", tmp_path / "none", "7,5,12") == 1
    assert "is no folder" in capsys.readouterr().err


@pytest.fixture
def tools(postgresql_warehouse, monkeypatch) -> None:
    """The server's own tools are found first."""
    engine = engine_of(open_database(postgresql_warehouse))
    with engine.connect() as connection:
        asked = text("SELECT setting FROM pg_config WHERE name = 'BINDIR'")
        found = connection.scalar(asked)
    engine.dispose()
    monkeypatch.setenv("PATH", f"{found}{os.pathsep}{os.environ['PATH']}")


@pytest.mark.usefixtures("tools")
def test_a_server_is_backed_up_each_night(postgresql_warehouse, tmp_path, capsys) -> None:
    name = str(make_url(postgresql_warehouse).database)
    old, foreign = (stamped(tmp_path, name, ".dump", at) for at in sorted(days_ago(8, 9)))
    dump(postgresql_warehouse, old, replace=False, tell=quiet)
    foreign.write_text("no archive")
    assert backed_up(postgresql_warehouse, tmp_path, "1,0,0") == 0
    told = capsys.readouterr().out.splitlines()
    assert "nothing damaged, its moves add up to its stock" in told[0]
    assert told[1:] == [f"{old} was removed."]
    (made,) = {*tmp_path.iterdir()} - {foreign}
    assert database_in(made) == name
    assert made.stat().st_mode & 0o077 == 0


@pytest.mark.usefixtures("tools")
def test_a_server_whose_rules_are_broken_is_backed_up_and_told(
    postgresql_warehouse, tmp_path, capsys
) -> None:
    engine = engine_of(open_database(postgresql_warehouse))
    with engine.begin() as connection:
        connection.execute(text("DROP TRIGGER move_no_delete ON move"))
    engine.dispose()
    assert backed_up(postgresql_warehouse, tmp_path, "1,0,0") == 1
    told = capsys.readouterr()
    assert "nothing forbids DELETE" in told.err
    assert len([*tmp_path.iterdir()]) == 1


def test_a_missing_tool_is_told_with_what_to_install(
    postgresql_warehouse, tmp_path, capsys, monkeypatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert backed_up(postgresql_warehouse, tmp_path, "1,0,0") == 1
    assert "apt install postgresql-client" in capsys.readouterr().err
    assert [*tmp_path.iterdir()] == []
