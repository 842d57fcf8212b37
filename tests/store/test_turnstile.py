"""Who may write a database waits for its turn, whichever login made the file of turns."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

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
