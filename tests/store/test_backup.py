"""A backup of a live file is whole and proven; what it takes the place of is kept."""

from __future__ import annotations

import os
import resource
import shutil
import signal
import sqlite3
import stat
import subprocess
import sys
import time
from contextlib import closing
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace

import pytest
from homes import NOW, SITE, empty_warehouse, new_warehouse
from sqlalchemy import func, insert, select

import floorhand
from floorhand.errors import DatabaseUnusable
from floorhand.robots import supply
from floorhand.robots.demo import build_demo
from floorhand.store import backup, whole_file
from floorhand.store.backup import back_up, restore
from floorhand.store.db import engine_of, open_database
from floorhand.store.onlooking import Onlooker
from floorhand.store.room import require_room
from floorhand.store.schema import Merchant, Scan
from floorhand.store.snapshot import snapshot

pytestmark = pytest.mark.sqlite("a server makes its own backups")

AT = datetime(2026, 3, 2, 9, 0)


def quiet(_what: str, _done: int, _total: int) -> None:
    """Nobody looks."""


def other_process(program: str, *words: str, **how: object) -> subprocess.Popen[str]:
    found = {"PYTHONPATH": str(Path(floorhand.__file__).parents[1])}
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, **how}
    command = [sys.executable, "-c", program, *words]
    return subprocess.Popen(command, env={**os.environ, **found}, text=True, **pipes)


@pytest.fixture
def floor(tmp_path) -> Path:
    """A warehouse that nobody has open."""
    shutil.copyfile(empty_warehouse(), tmp_path / "floor.db")
    return tmp_path / "floor.db"


def add_merchant(file: Path, code: str) -> None:
    transactions = open_database(str(file))
    with transactions.begin() as tx:
        tx.execute(insert(Merchant).values(site=SITE, code=code, name=code))
    engine_of(transactions).dispose()


def merchants(file: Path) -> set[str]:
    with snapshot(str(file)) as connection:
        return set(connection.scalars(select(Merchant.code)))


BESIDE = (".turn", "-shm", "-wal")
"""What may lie beside a file that programs open, or were killed over."""


def names(folder: Path) -> set[str]:
    return {one.name for one in folder.iterdir() if not one.name.endswith(BESIDE)}


ROBOT = """
import sys
from datetime import UTC, datetime
from random import Random
from floorhand.robots.crew import Robot
from floorhand.store.db import open_database
file, worker, badge = sys.argv[1:]
robot = Robot(
    open_database(file), "MAIN", seat="R1", badge=badge, worker=worker,
    now=lambda: datetime.now(UTC), rng=Random(1),
)
while True:
    robot.step()
    print(robot.turn.scan_no, flush=True)
    sys.stdin.readline()
"""


def test_a_robot_that_works_meanwhile_neither_waits_nor_is_torn(tmp_path, monkeypatch) -> None:
    """At each step of the copy another scan is answered, and the copy still comes to its end."""
    monkeypatch.setattr(backup, "PAGES_AT_ONCE", 8)
    file, target = tmp_path / "floor.db", tmp_path / "backup.db"
    transactions = open_database(str(file))
    build_demo(transactions, SITE, NOW)
    with transactions.begin() as tx:
        ((worker, badge),) = supply.hire(tx, SITE, 1)
    engine_of(transactions).dispose()
    robot = other_process(ROBOT, str(file), worker, badge)
    assert robot.stdin is not None
    assert robot.stdout is not None
    answered = int(robot.stdout.readline())
    began_at, steps = answered, 0

    def scan_again(what: str, _done: int, _total: int) -> None:
        nonlocal answered, steps
        if what == "copying":
            steps += 1
            robot.stdin.write("\n")
            robot.stdin.flush()
            answered = int(robot.stdout.readline())

    proof = back_up(file, target, replace=False, tell=scan_again)
    robot.kill()
    robot.communicate()
    assert proof.broken == ()
    assert steps > 20
    assert answered >= began_at + steps - 1
    with snapshot(str(target)) as copy, snapshot(str(file)) as now:
        assert copy.scalar(select(func.max(Scan.scan_no))) == began_at
        assert now.scalar(select(func.max(Scan.scan_no))) == answered
    done = restore(target, file, AT, anyway=False, tell=quiet)
    assert done.kept == tmp_path / "floor.db.before-20260302T090000"
    with snapshot(str(done.kept)) as kept:
        assert kept.scalar(select(func.max(Scan.scan_no))) == answered


def test_a_backup_is_one_file_with_the_rights_of_the_warehouse(floor, tmp_path) -> None:
    floor.chmod(0o640)
    os.chown(floor, -1, 54_321 if os.geteuid() == 0 else os.getgid())
    held = open_database(str(floor))
    target = tmp_path / "kept" / "backup.db"
    target.parent.mkdir()
    proof = back_up(floor, target, replace=False, tell=quiet)
    assert proof.broken == ()
    assert list(target.parent.iterdir()) == [target]
    made, was = target.stat(), floor.stat()
    assert stat.S_IMODE(made.st_mode) == 0o640
    assert (made.st_uid, made.st_gid) == (was.st_uid, was.st_gid)
    with closing(sqlite3.connect(target)) as read:
        assert read.execute("PRAGMA journal_mode").fetchone() == ("delete",)
    engine_of(held).dispose()


def test_a_file_that_is_there_is_replaced_only_if_asked(floor, tmp_path) -> None:
    target = tmp_path / "backup.db"
    target.write_text("mine")
    with pytest.raises(DatabaseUnusable, match=r"backup\.db is there already"):
        back_up(floor, target, replace=False, tell=quiet)
    assert target.read_text() == "mine"
    back_up(floor, target, replace=True, tell=quiet)
    assert merchants(target) == {"ACME"}
    with pytest.raises(DatabaseUnusable, match="is the warehouse itself"):
        back_up(floor, floor, replace=True, tell=quiet)


def test_a_file_that_appears_meanwhile_is_not_replaced(floor, tmp_path) -> None:
    target = tmp_path / "backup.db"

    def somebody_writes_there(_what: str, _done: int, _total: int) -> None:
        target.write_text("mine")

    with pytest.raises(DatabaseUnusable, match=r"backup\.db is there already"):
        back_up(floor, target, replace=False, tell=somebody_writes_there)
    assert target.read_text() == "mine"
    assert names(tmp_path) == {"floor.db", "backup.db"}


def test_a_damaged_warehouse_gives_no_backup(tmp_path) -> None:
    file = tmp_path / "floor.db"
    engine_of(new_warehouse(tmp_path)).dispose()
    whole = bytearray(file.read_bytes())
    for page in range(8, 30):
        whole[page * 4096 + 1 : page * 4096 + 3] = b"\xff\xff"
    file.write_bytes(whole)
    with pytest.raises(DatabaseUnusable, match=r"floor\.db is damaged \(Page .*Use an earlier"):
        back_up(file, tmp_path / "backup.db", replace=False, tell=quiet)
    assert names(tmp_path) == {"floor.db"}


def test_a_warehouse_with_broken_rules_is_backed_up_and_told(floor, tmp_path) -> None:
    """It is what there is; but it is put back only by who says so."""
    with closing(sqlite3.connect(floor)) as shell:
        shell.execute("DROP TRIGGER move_no_delete")
    target = tmp_path / "backup.db"
    proof = back_up(floor, target, replace=False, tell=quiet)
    assert [one.rule for one in proof.broken or ()] == ["rows_are_only_added"]
    add_merchant(floor, "LATER")
    with pytest.raises(DatabaseUnusable, match=r"breaks 1 rules, .*say --anyway"):
        restore(target, floor, AT, anyway=False, tell=quiet)
    assert merchants(floor) == {"ACME", "LATER"}
    restore(target, floor, AT, anyway=True, tell=quiet)
    assert merchants(floor) == {"ACME"}


def test_a_board_lets_go_of_a_file_that_is_put_back(floor, tmp_path, monkeypatch) -> None:
    target = tmp_path / "backup.db"
    back_up(floor, target, replace=False, tell=quiet)
    add_merchant(floor, "LATER")
    with closing(Onlooker(str(floor))) as wall:

        def look(_seconds: float = 0.0) -> set[str]:
            with wall.look() as tx:
                return set(tx.scalars(select(Merchant.code)))

        assert look() == {"ACME", "LATER"}
        with monkeypatch.context() as hurry:
            hurry.setattr(backup, "LOOKS_WITHIN_S", 0)
            with pytest.raises(DatabaseUnusable, match="is open in a terminal"):
                restore(target, floor, AT, anyway=False, tell=quiet)
        assert look() == {"ACME", "LATER"}
        waiting = SimpleNamespace(monotonic=time.monotonic, sleep=look)  # the board's next second
        monkeypatch.setattr(backup, "time", waiting)
        kept = restore(target, floor, AT, anyway=False, tell=quiet).kept
        assert kept is not None
        assert look() == {"ACME"}
    assert names(tmp_path) == {"floor.db", "backup.db", kept.name}


def test_what_was_there_is_kept_and_terminals_keep_out(floor, tmp_path, monkeypatch) -> None:
    target = tmp_path / "backup.db"
    back_up(floor, target, replace=False, tell=quiet)
    add_merchant(floor, "LATER")
    floor.chmod(0o664)
    held = open_database(str(floor))
    monkeypatch.setattr(backup, "LOOKS_WITHIN_S", 0)
    with pytest.raises(DatabaseUnusable, match="is open in a terminal"):
        restore(target, floor, AT, anyway=False, tell=quiet)
    engine_of(held).dispose()

    def open_it(what: str, _done: int, _total: int) -> None:
        if what == "copying":
            other = sqlite3.connect(floor, timeout=0)
            with closing(other), pytest.raises(sqlite3.OperationalError, match="locked"):
                other.execute("SELECT count(*) FROM move")

    done = restore(target, floor, AT, anyway=False, tell=open_it)
    assert done.kept is not None
    assert merchants(floor) == {"ACME"}
    assert merchants(done.kept) == {"ACME", "LATER"}
    assert stat.S_IMODE(floor.stat().st_mode) == 0o664
    assert names(tmp_path) == {"floor.db", "backup.db", done.kept.name}
    add_merchant(floor, "GOES ON")


def test_a_damaged_warehouse_is_replaced_and_kept_with_its_log(floor, tmp_path) -> None:
    target = tmp_path / "backup.db"
    back_up(floor, target, replace=False, tell=quiet)
    floor.write_bytes(b"no database any more" * 500)
    (tmp_path / "floor.db-wal").write_bytes(b"its log")
    done = restore(target, floor, AT, anyway=False, tell=quiet)
    assert done.kept is not None
    assert done.kept.read_bytes().startswith(b"no database")
    assert (tmp_path / f"{done.kept.name}-wal").read_bytes() == b"its log"
    assert merchants(floor) == {"ACME"}


def test_a_warehouse_that_is_gone_is_put_back(floor, tmp_path) -> None:
    target = tmp_path / "backup.db"
    back_up(floor, target, replace=False, tell=quiet)
    floor.unlink()
    assert restore(target, floor, AT, anyway=False, tell=quiet).kept is None
    assert merchants(floor) == {"ACME"}


def test_a_warehouse_with_a_second_name_is_put_back_where_it_lies(floor, tmp_path) -> None:
    add_merchant(floor, "LATER")
    disk, target = tmp_path / "disk", tmp_path / "backup.db"
    disk.mkdir()
    back_up(floor, target, replace=False, tell=quiet)
    os.replace(floor, disk / "real.db")
    floor.symlink_to(disk / "real.db")
    done = restore(target, floor, AT, anyway=False, tell=quiet)
    assert done.kept == disk / "real.db.before-20260302T090000"
    assert floor.is_symlink()
    assert merchants(disk / "real.db") == merchants(done.kept) == {"ACME", "LATER"}


def test_rights_that_cannot_be_given_keep_others_out(floor, tmp_path, monkeypatch) -> None:
    """A backup is for who made it then; nothing is put back that terminals could not open."""

    def refused(_model: object, _path: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    floor.chmod(0o666)
    monkeypatch.setattr(backup, "give_rights", refused)
    target = tmp_path / "backup.db"
    back_up(floor, target, replace=False, tell=quiet)
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    add_merchant(floor, "LATER")
    with pytest.raises(DatabaseUnusable, match=r"cannot be given to .*floor\.db"):
        restore(target, floor, AT, anyway=False, tell=quiet)
    assert merchants(floor) == {"ACME", "LATER"}


@pytest.mark.parametrize("content", [b"", b"no database, but long enough" * 100, None])
def test_what_is_no_backup_is_not_put_back(floor, tmp_path, content: bytes | None) -> None:
    file = tmp_path / "file"
    if content is not None:
        file.write_bytes(content)
    refusal = r"file (is not an SQLite|holds no warehouse)|no file"
    with pytest.raises(DatabaseUnusable, match=refusal):
        restore(file, floor, AT, anyway=True, tell=quiet)
    assert merchants(floor) == {"ACME"}
    assert names(tmp_path) <= {"floor.db", "file"}


def test_a_backup_of_a_newer_program_is_not_put_back(floor, tmp_path) -> None:
    target = tmp_path / "backup.db"
    back_up(floor, target, replace=False, tell=quiet)
    with closing(sqlite3.connect(target)) as shell, shell:
        shell.execute("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(DatabaseUnusable, match="Install the newer version"):
        restore(target, floor, AT, anyway=True, tell=quiet)
    assert names(tmp_path) == {"floor.db", "backup.db"}


DIES = """
import os, signal, sys
from datetime import datetime
from pathlib import Path
from floorhand.store import backup

backup.broken_rules = lambda connection: ()  # takes long in a new process

def dies(what, done, total):
    if what == sys.argv[4] and done == total * int(sys.argv[5]):
        os.kill(os.getpid(), signal.SIGKILL)

one, other = map(Path, sys.argv[2:4])
if sys.argv[1] == "backup":
    backup.back_up(one, other, replace=True, tell=dies)
else:
    backup.restore(one, other, datetime(2026, 3, 2, 9, 0), anyway=True, tell=dies)
"""


@pytest.mark.parametrize("moment", [("copying", "1"), ("checking the stock", "1")])
def test_a_backup_that_is_killed_is_not_there(floor, tmp_path, moment) -> None:
    target = tmp_path / "back[1]up.db"
    killed = other_process(DIES, "backup", str(floor), str(target), *moment)
    assert killed.wait() == -signal.SIGKILL
    killed.communicate()
    assert names(tmp_path) == {"floor.db", f".{target.name}.{killed.pid}.part"}
    back_up(floor, target, replace=False, tell=quiet)
    assert names(tmp_path) == {"floor.db", target.name}


def test_a_restore_that_is_killed_leaves_what_was_there(floor, tmp_path) -> None:
    target = tmp_path / "backup.db"
    back_up(floor, target, replace=False, tell=quiet)
    add_merchant(floor, "LATER")
    killed = other_process(DIES, "restore", str(target), str(floor), "checking the stock", "1")
    assert killed.wait() == -signal.SIGKILL
    killed.communicate()
    assert merchants(floor) == {"ACME", "LATER"}
    restore(target, floor, AT, anyway=False, tell=quiet)
    assert merchants(floor) == {"ACME"}


def test_a_disk_without_room_leaves_no_file(floor, tmp_path) -> None:
    """A file may grow to half of what is needed; the rest fails as on a full disk."""
    small = floor.stat().st_size // 2
    target = tmp_path / "backup.db"

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (small, small))

    full = other_process(
        DIES, "backup", str(floor), str(target), "never", "1",
        preexec_fn=limit, stderr=subprocess.PIPE,
    )  # fmt: skip
    _, told = full.communicate()
    assert "backup.db cannot be written" in told
    assert "Make room on its disk" in told
    assert names(tmp_path) == {"floor.db"}


def test_a_disk_that_fails_at_the_end_leaves_no_file(floor, tmp_path, monkeypatch) -> None:
    def fails(*_names: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(whole_file, "_put_in_place", fails)
    with pytest.raises(DatabaseUnusable, match=r"backup\.db cannot be written \(No space left"):
        back_up(floor, tmp_path / "backup.db", replace=False, tell=quiet)
    assert names(tmp_path) == {"floor.db"}


def test_a_backup_leaves_room_for_work_on_the_disk_of_the_warehouse(floor, tmp_path) -> None:
    free = shutil.disk_usage(tmp_path).free
    with pytest.raises(DatabaseUnusable, match=r"MB are needed, with \d+ MB left for work"):
        require_room(tmp_path, free - 1024, floor)
    require_room(tmp_path, 1024, floor)
