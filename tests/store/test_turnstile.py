"""Who may write a database waits for its turn, whichever login made the file of turns."""

from __future__ import annotations

import os
import signal
import stat
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread

import pytest

from floorhand.store import turnstile
from floorhand.store.turnstile import FairConnection

fcntl = pytest.importorskip("fcntl")

pytestmark = pytest.mark.sqlite("its turnstile")

NOBODY = 65_534


@pytest.fixture
def database() -> Iterator[Path]:
    """A database that every login may write, in a folder that each may enter."""
    with TemporaryDirectory() as folder:
        path = Path(folder, "floorhand.db")
        path.touch()
        Path(folder).chmod(0o777)
        path.chmod(0o666)
        yield path


def is_taken(database: Path) -> bool:
    """Say whether somebody has the turn."""
    turns = os.open(f"{database}.turn", os.O_RDONLY)
    try:
        fcntl.flock(turns, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(turns)
    return False


@pytest.mark.parametrize("mask", [0o022, 0o077])
def test_the_file_of_turns_is_for_whoever_may_use_the_database(database: Path, mask: int) -> None:
    before = os.umask(mask)
    try:
        with closing(FairConnection(str(database))) as connection:
            connection.take_turn()
            assert is_taken(database)
    finally:
        os.umask(before)
    assert stat.S_IMODE(Path(f"{database}.turn").stat().st_mode) == 0o666


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="needs two logins")
def test_another_login_waits_for_its_turn_too(database: Path) -> None:
    turns = Path(f"{database}.turn")
    turns.touch()
    turns.chmod(0o644)
    os.seteuid(NOBODY)
    try:
        with closing(FairConnection(str(database))) as connection:
            connection.take_turn()
            assert is_taken(database)
    finally:
        os.seteuid(0)


in_line = pytest.mark.skipif(turnstile.LINE is None, reason="people stand in line on Linux only")


def waits_in(database: Path) -> list[str]:
    """List the locks that somebody waits for in the file of turns, as the kernel knows them."""
    number = Path(f"{database}.turn").stat().st_ino
    lines = Path("/proc/locks").read_text("utf-8").splitlines()
    return [line for line in lines if "->" in line and f":{number} " in line]


@in_line
def test_turns_are_had_in_the_order_in_which_people_came(database: Path) -> None:
    came, had = [], []
    with closing(FairConnection(str(database))) as first:
        first.take_turn()
        threads = []
        for number in range(8):

            def work(number: int = number) -> None:
                with closing(FairConnection(str(database))) as mine:
                    mine.take_turn()
                    had.append(number)
                    mine.give_turn()

            threads.append(Thread(target=work))
            threads[-1].start()
            came.append(number)
            until = time.monotonic() + 10
            while len(waits_in(database)) < len(came):
                assert time.monotonic() < until, waits_in(database)
        first.give_turn()
        for thread in threads:
            thread.join(10)
    assert had == came


@in_line
def test_who_is_killed_in_the_line_holds_nobody_up(database: Path) -> None:
    with closing(FairConnection(str(database))) as first:
        first.take_turn()
        waiting = os.fork()
        if not waiting:  # stands behind the first one, until it is killed
            FairConnection(str(database)).take_turn()
            os._exit(0)
        until = time.monotonic() + 10
        while not waits_in(database):
            assert time.monotonic() < until
        os.kill(waiting, signal.SIGKILL)
        os.waitpid(waiting, 0)
        with closing(FairConnection(str(database))) as last:
            came = Thread(target=last.take_turn)
            came.start()
            until = time.monotonic() + 10
            while not waits_in(database):
                assert time.monotonic() < until
            assert came.is_alive(), "the first one still has its turn"
            first.give_turn()
            came.join(10)
            assert not came.is_alive()
            last.give_turn()


@in_line
def test_who_is_interrupted_while_waiting_leaves_the_line(database: Path, monkeypatch) -> None:
    with closing(FairConnection(str(database))) as mine:
        with monkeypatch.context() as patched:
            patched.setattr(fcntl, "flock", interrupted(fcntl.flock))
            with pytest.raises(KeyboardInterrupt):
                mine.take_turn()
        with closing(FairConnection(str(database))) as other:
            other.take_turn()
            other.give_turn()
        mine.take_turn()
        assert is_taken(database)


def interrupted(usual):
    """Make a lock that is interrupted when it is asked for."""

    def lock(file: int, how: int) -> None:
        if how == fcntl.LOCK_EX:
            raise KeyboardInterrupt
        usual(file, how)

    return lock


@in_line
def test_where_no_line_can_be_the_lock_alone_serves(database: Path, monkeypatch) -> None:
    def refuse(*_: object) -> None:
        raise OSError(22, "Invalid argument")

    monkeypatch.setattr(turnstile, "_lock", refuse)
    with closing(FairConnection(str(database))) as connection:
        connection.take_turn()
        assert is_taken(database)
        connection.give_turn()
        assert not is_taken(database)
