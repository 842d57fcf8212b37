"""The database file is moved away, replaced or deleted while a terminal is at work: seen by pty."""

from __future__ import annotations

import os
import shutil
import sqlite3
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from conftest import SITE, new_warehouse
from forked_terminal import ForkedTerminal
from warehouses import people

from floorhand.store.db import engine_of

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there are no pseudo-terminals")


def move(file: Path, kept: Path) -> None:
    file.rename(kept)


def replace(file: Path, kept: Path) -> None:
    """As whoever restores a copy does."""
    shutil.copyfile(file, file.with_name("copy.db"))
    file.rename(kept)
    file.with_name("copy.db").rename(file)


def delete(file: Path, kept: Path) -> None:
    """The file is gone, its content is not: it has another name."""
    os.link(file, kept)
    file.unlink()


@pytest.mark.sqlite("its file")
def test_work_stops_until_the_file_is_back_and_nothing_is_written_elsewhere(tmp_path) -> None:
    transactions = new_warehouse(tmp_path)
    people.build(transactions)
    engine_of(transactions).dispose()
    file, kept = tmp_path / "floor.db", tmp_path / "kept.db"
    words = ["-m", "floorhand", "--database", "floor.db", "--site", SITE, "terminal"]
    terminal = ForkedTerminal(words, tmp_path)
    ways: tuple[tuple[Callable[[Path, Path], None], bytes, bytes], ...] = (
        (move, b"BADGE-ANA\r", b"Hello Ana"),
        (replace, b"*OUT\r", b"Signed out, Ana"),
        (delete, b"BADGE-BEN\r", b"Ciao Ben"),
    )
    try:
        terminal.wait_for(b"badge")
        for go, scan, answer in ways:
            go(file, kept)
            there = file.read_bytes() if file.exists() else b""
            terminal.send(scan)
            terminal.wait_for(b"STOP: not saved.")
            assert there == (file.read_bytes() if file.exists() else b"")
            kept.rename(file)
            terminal.wait_for(answer)
    finally:
        terminal.close()
    with closing(sqlite3.connect(file)) as connection:
        rows = connection.execute("SELECT scan_no FROM scan ORDER BY scan_no").fetchall()
        state = connection.execute("SELECT worker FROM seat").fetchall()
    assert rows == [(1,), (2,), (3,)]
    assert state == [("W2",)]
