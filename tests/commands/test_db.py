"""``floorhand db``: where the warehouse is, how it is, and that it gets elsewhere whole."""

from __future__ import annotations

import json
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

import pytest
from homes import NO_SYNC, SITE, empty_warehouse
from sqlalchemy import create_engine, insert, make_url

from floorhand.cli import main
from floorhand.commands.db_server import backup_commands, restore_commands
from floorhand.commands.db_status import size_of
from floorhand.store import health
from floorhand.store.db import engine_of, open_database
from floorhand.store.room import Left, Room
from floorhand.store.schema import Merchant

pytestmark = pytest.mark.sqlite("it is told of files and of servers in any run")


NO_SYNC_TOLD = [
    f"{name} is off: a power cut can damage the database. Turn it on." for name in NO_SYNC
]
"""What is wrong with the server of the tests."""


def db(*words: str) -> int:
    with pytest.raises(SystemExit) as ended:
        main(["db", *words])
    return int(ended.value.code or 0)


@pytest.fixture
def floor(tmp_path) -> str:
    """A warehouse that nobody has open."""
    shutil.copyfile(empty_warehouse(), tmp_path / "floor.db")
    return str(tmp_path / "floor.db")


@pytest.fixture(autouse=True)
def _a_disk(monkeypatch) -> None:
    """Whatever the machine of the tests has."""
    monkeypatch.setattr(health, "file_system", lambda _folder: "ext4")
    monkeypatch.setattr(health, "left_for", lambda _where: Left(Room.PLENTY, 9))


def table(out: str) -> dict[str, str]:
    lines = [line for line in out.splitlines() if line[16:17] == " "]
    return {line[:15].strip(): line[17:] for line in lines}


def test_it_says_where_a_file_is_and_how(floor, capsys) -> None:
    assert db("-d", floor) == 0
    out = capsys.readouterr().out
    told = table(out)
    assert told["SQLite file"] == floor
    assert told["quick check"] == "nothing damaged"
    assert told["schema"] == "0001, the newest"
    assert told["sites"] == SITE
    assert told["free on disk"].endswith("(ext4)")
    assert out.splitlines()[-1] == "All is well."
    assert db("status", "--json", "-d", floor) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["ok"], told["problems"], told["journal_mode"]) == (True, [], "wal")
    assert told["size"] == Path(floor).stat().st_size
    assert told["damage"] == []
    assert told["held"] == {"schema": "0001", "sites": [SITE], "last": None}
    assert db("--quick", "--json", "-d", floor) == 0
    assert json.loads(capsys.readouterr().out)["damage"] is None


@pytest.mark.parametrize(
    ("name", "value", "problem"),
    [
        ("file_system", "nfs4", "It lies on a network file system (nfs4), where SQLite loses data"),
        ("file_system", "tmpfs", "It lies in memory (tmpfs)"),
        ("left_for", Left(Room.LOW, 7), "There is little room on its disk, 7 MB: it will soon be"),
        ("left_for", Left(Room.SCARCE, 7), "little room on its disk, 7 MB: nothing new is begun"),
    ],
)
def test_what_is_wrong_with_the_disk_is_told(
    floor, capsys, monkeypatch, name: str, value: object, problem: str
) -> None:
    monkeypatch.setattr(health, name, lambda _of: value)
    assert db("-d", floor) == 1
    assert problem in capsys.readouterr().out
    assert db("--json", "-d", floor) == 1
    assert problem in json.loads(capsys.readouterr().out)["problems"][0]


@pytest.mark.parametrize(
    ("statement", "problem"),
    [
        ("UPDATE alembic_version SET version_num = '9999'", "Install the newer version"),
        ("UPDATE alembic_version SET version_num = '0000'", "Its schema 0000 is older than 0001"),
        ("DROP TABLE alembic_version", "It holds no warehouse"),
    ],
)
def test_another_schema_is_told_and_left_as_it_is(
    floor, capsys, statement: str, problem: str
) -> None:
    with closing(sqlite3.connect(floor)) as shell, shell:
        shell.execute(statement)
    assert db("-d", floor) == 1
    assert problem in capsys.readouterr().out


def test_damage_is_told(floor, capsys) -> None:
    whole = bytearray(Path(floor).read_bytes())
    for page in range(8, 30):
        whole[page * 4096 + 1 : page * 4096 + 3] = b"\xff\xff"
    Path(floor).write_bytes(whole)
    assert db("-d", floor) == 1
    (problem,) = [line for line in capsys.readouterr().out.splitlines() if line[:1] == "!"]
    assert problem.startswith("! It is damaged (")
    Path(floor).write_bytes(b"something else altogether" * 100)
    assert db("-d", floor) == 1
    assert "is not an SQLite database" in capsys.readouterr().out
    Path(floor).unlink()
    assert db("-d", floor) == 1
    assert "There is no database" in capsys.readouterr().err


def test_sizes_are_told_in_their_largest_unit() -> None:
    told = [size_of(size) for size in (0, 1023, 1024, 3_177_271_296, 2**50)]
    assert told == ["0 bytes", "1023 bytes", "1.0 KiB", "3.0 GiB", "1024.0 TiB"]


def test_it_says_how_a_server_is_and_never_the_password(postgresql_warehouse, capsys) -> None:
    url = make_url(postgresql_warehouse).set(password="hunter2")
    held = open_database(postgresql_warehouse)
    with held.begin():
        assert db("-d", url.render_as_string(hide_password=False)) == 1
    out = capsys.readouterr().out
    told = table(out)
    assert told["address"] == url.render_as_string(hide_password=True)
    assert "hunter2" not in out
    assert told["PostgreSQL"].endswith("at a local socket")
    assert told["commits"] == "synchronous_commit = on, waits for no standby"
    assert told["schema"] == "0001, the newest"
    assert [line for line in out.splitlines() if line[:1] == "!"] == [
        f"! {problem}" for problem in NO_SYNC_TOLD
    ]
    assert db("--json", "-d", postgresql_warehouse) == 1
    told = json.loads(capsys.readouterr().out)
    assert told["problems"] == NO_SYNC_TOLD
    assert (told["ok"], told["standbys"], told["is_standby"]) == (False, [], False)
    assert 0 < told["connections"] < told["connections_max"]
    engine_of(held).dispose()


def test_what_a_server_risks_is_told(postgresql_warehouse, capsys) -> None:
    name = make_url(postgresql_warehouse).database
    engine = create_engine(postgresql_warehouse, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(f'ALTER DATABASE "{name}" SET synchronous_commit = off')
    engine.dispose()
    assert db("-d", postgresql_warehouse) == 1
    assert "a crash loses scans that were answered" in capsys.readouterr().out


def test_a_warehouse_in_use_is_copied_only_if_asked(floor, postgresql_url, capsys) -> None:
    held = open_database(floor)
    with held.begin() as tx:
        tx.execute(insert(Merchant).values(site=SITE, code="B", name="B"))
    assert db("copy", postgresql_url, "-d", floor) == 1
    told = capsys.readouterr().err
    assert "is open in a terminal" in told
    assert "nothing is lost, but scans made after the beginning are not in the copy" in told
    assert db("copy", "--while-in-use", postgresql_url, "-d", floor) == 0
    out = capsys.readouterr().out
    assert f"holds all of {SITE}" in out
    assert "both are checked, nothing is broken" in out
    engine_of(held).dispose()
    back = f"{floor}.copy"
    held = open_database(postgresql_url)
    with held.begin():
        assert db("copy", back, "-d", postgresql_url) == 1
    engine_of(held).dispose()
    assert "is open in a terminal" in capsys.readouterr().err
    assert db("copy", back, "-d", postgresql_url) == 0
    assert db("-d", back) == 0


def test_a_backup_in_a_folder_is_named_by_the_time(floor, tmp_path, capsys) -> None:
    (tmp_path / "kept").mkdir()
    assert db("backup", str(tmp_path / "kept"), "-d", floor) == 0
    (made,) = (tmp_path / "kept").iterdir()
    assert made.name.startswith("floor-20")
    assert made.suffix == ".db"
    assert "nothing damaged, its moves add up to its stock" in capsys.readouterr().out
    assert db("restore", str(made), "-d", floor) == 0
    told = capsys.readouterr().out
    assert f"What was there before is {floor}.before-20" in told


def test_a_backup_with_broken_rules_is_told_by_the_exit_code(floor, tmp_path, capsys) -> None:
    with closing(sqlite3.connect(floor)) as shell:
        shell.execute("DROP TRIGGER move_no_delete")
    assert db("backup", str(tmp_path / "backup.db"), "-d", floor) == 1
    told = capsys.readouterr()
    assert "but 1 rules are broken in it" in told.out
    assert "nothing forbids DELETE" in told.err
    assert (tmp_path / "backup.db").exists()


def test_a_server_is_not_backed_up_but_it_is_said_how(capsys) -> None:
    url = "postgresql+psycopg://ana:hunter2@/floor?host=a:5432&host=b:5433&password=hunter3"
    assert db("backup", "x y.dump", "-d", url) == 1
    assert db("restore", "x y.dump", "-d", url) == 1
    told = capsys.readouterr()
    assert "hunter" not in told.out
    assert "--file='x y.dump' --dbname='postgresql://ana@/floor?host=a%2Cb&port=5432%2C5433'" in (
        told.out
    )
    assert "no backup was made" in told.err
    assert "nothing was restored" in told.err


def test_what_it_says_of_a_server_works(postgresql_warehouse, tmp_path, capsys) -> None:
    """The commands as they are printed, run by a shell with the tools of that server."""
    engine = create_engine(postgresql_warehouse)
    with engine.connect() as connection:
        tools = connection.exec_driver_sql(
            "SELECT setting FROM pg_config WHERE name = 'BINDIR'"
        ).scalar()
    engine.dispose()
    where, dump = make_url(postgresql_warehouse), tmp_path / "floor.dump"
    restored = where.set(database=f"{where.database}_restored")
    lines = [*backup_commands(where, dump)][1:3] + [*restore_commands(where, dump)][1:3]
    try:
        for line in lines:
            subprocess.run(line, shell=True, check=True, env={"PATH": f"{tools}:/usr/bin:/bin"})
        db("-d", restored.render_as_string(hide_password=False))
        assert table(capsys.readouterr().out)["sites"] == SITE
    finally:
        engine = create_engine(postgresql_warehouse, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.exec_driver_sql(f'DROP DATABASE IF EXISTS "{restored.database}"')
        engine.dispose()
