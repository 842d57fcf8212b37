"""Who sends the labels of a site is one alone, whoever else may write what."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from conftest import NOW, SITE, new_warehouse
from sqlalchemy import event, text, update

from floorhand.errors import DatabaseUnusable
from floorhand.store.beside import give_rights, make_alike
from floorhand.store.db import Transactions, engine_of, open_database
from floorhand.store.schema import Spooler
from floorhand.store.single import is_held, lock_file, single
from floorhand.store.troubles import path_of

NOBODY = 65534
FOREIGN = 64_999
"""A group that nobody is in."""

CUT_WHO_HOLDS = text("""
SELECT pg_terminate_backend(pid) FROM pg_locks
JOIN pg_database ON pg_database.oid = database AND datname = current_database()
WHERE locktype = 'advisory' AND granted
""")


@pytest.fixture
def warehouse(tmp_path: Path) -> Transactions:
    return new_warehouse(tmp_path)


def files(warehouse: Transactions) -> tuple[Path, Path]:
    database = path_of(engine_of(warehouse).url)
    return Path(database), Path(lock_file(database, SITE))


@contextmanager
def as_login(user: int) -> Iterator[None]:
    """Be another login of no group for a while."""
    os.setegid(user)
    os.seteuid(user)
    try:
        yield
    finally:
        os.seteuid(0)
        os.setegid(0)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.sqlite("the lock file beside its file")
@pytest.mark.skipif(sys.platform == "win32", reason="modes are those of POSIX")
@pytest.mark.parametrize("wanted", [0o600, 0o660, 0o666])
def test_the_lock_is_for_whoever_may_write_the_database(
    warehouse: Transactions, wanted: int
) -> None:
    database, lock = files(warehouse)
    database.chmod(wanted)
    with single(warehouse, SITE, NOW) as hold:
        assert hold is not None
    assert mode(lock) == wanted
    lock.chmod(0o644)  # as it was made by a service with a mask of its own
    with single(warehouse, SITE, NOW) as hold:
        assert hold is not None
        with single(warehouse, SITE, NOW) as second:
            assert second is None
        assert is_held(warehouse, SITE)
    assert mode(lock) == wanted


@pytest.mark.sqlite("the lock file beside its file")
def test_a_lock_that_cannot_be_written_is_refused(
    warehouse: Transactions, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, lock = files(warehouse)
    lock.touch()
    monkeypatch.setattr(os, "access", lambda path, *_, **__: Path(path) != lock)
    with pytest.raises(DatabaseUnusable, match=r"spool-.* cannot be written"):
        single(warehouse, SITE, NOW).__enter__()


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="needs two logins")
def test_a_login_that_may_only_read_the_lock_does_not_take_it() -> None:
    with TemporaryDirectory() as folder:
        database, lock = Path(folder, "floorhand.db"), Path(folder, "floorhand.db.spool-MAIN")
        for path, wanted in ((Path(folder), 0o777), (database, 0o666), (lock, 0o644)):
            path.touch()
            path.chmod(wanted)
        os.seteuid(NOBODY)
        try:
            with pytest.raises(DatabaseUnusable, match="cannot be written"):
                make_alike(str(database), str(lock))
        finally:
            os.seteuid(0)
        make_alike(str(database), str(lock))
        assert mode(lock) == 0o666


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="needs two logins")
@pytest.mark.parametrize("mask", [0o022, 0o077])
def test_a_database_that_all_may_write_has_a_lock_that_all_may_write(mask: int) -> None:
    """Whoever made it could not give it the group of the database."""
    with TemporaryDirectory() as folder:
        database, lock = Path(folder, "floorhand.db"), Path(folder, "floorhand.db.spool-MAIN")
        database.touch()
        os.chown(database, -1, FOREIGN)
        for path, wanted in ((Path(folder), 0o777), (database, 0o666)):
            path.chmod(wanted)
        before = os.umask(mask)
        try:
            with as_login(NOBODY):
                make_alike(str(database), str(lock))
            assert mode(lock) == 0o666
            with as_login(NOBODY - 1):
                make_alike(str(database), str(lock))
        finally:
            os.umask(before)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="needs two logins")
def test_a_group_that_is_not_the_one_of_the_model_gets_what_all_others_get(tmp_path: Path) -> None:
    model, path = tmp_path / "model", tmp_path / "path"
    for one in (model, path):
        one.touch()
    os.chown(model, -1, FOREIGN)
    model.chmod(0o664)
    os.chown(path, NOBODY, NOBODY)
    tmp_path.chmod(0o777)
    with as_login(NOBODY), pytest.raises(PermissionError):
        give_rights(model.stat(), path)
    assert mode(path) == 0o644


@pytest.mark.sqlite("the lock file beside its file")
@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="needs two logins")
def test_whether_somebody_sends_is_not_known_to_who_may_not_read_the_lock() -> None:
    with TemporaryDirectory() as folder:
        Path(folder).chmod(0o777)
        warehouse = new_warehouse(Path(folder))
        files(warehouse)[0].chmod(0o600)
        with single(warehouse, SITE, NOW):
            pass
        assert is_held(warehouse, SITE) is False
        with as_login(NOBODY):
            assert is_held(warehouse, SITE) is None
        engine_of(warehouse).dispose()


@pytest.mark.sqlite("the number beside its lock file")
def test_who_was_overtaken_knows_it(warehouse: Transactions) -> None:
    with single(warehouse, SITE, NOW) as hold:
        assert hold is not None
        assert hold.is_mine()
        with warehouse.begin() as tx:
            tx.execute(update(Spooler).values(epoch=Spooler.epoch + 1))
        assert not hold.is_mine()


def test_who_waits_for_its_turn_leaves_its_line_to_others(postgresql_warehouse: str) -> None:
    first, second = open_database(postgresql_warehouse), open_database(postgresql_warehouse)
    opened: list[object] = []
    with single(first, SITE, NOW) as hold:
        assert hold is not None
        with single(second, SITE, NOW) as waiting:
            assert waiting is None
        event.listen(engine_of(second), "connect", lambda line, _: opened.append(line))
        with single(second, SITE, NOW) as waiting:
            assert waiting is None
        assert not opened
    for floor in (first, second):
        engine_of(floor).dispose()


def test_who_lost_the_line_that_holds_the_lock_knows_it(postgresql_warehouse: str) -> None:
    floor = open_database(postgresql_warehouse)
    with single(floor, SITE, NOW) as hold:
        assert hold is not None
        assert hold.is_mine()
        with floor.begin() as tx:
            tx.execute(CUT_WHO_HOLDS)
        assert not hold.is_mine()
    engine_of(floor).dispose()
