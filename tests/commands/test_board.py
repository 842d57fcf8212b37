"""``floorhand board`` on a real terminal."""

from __future__ import annotations

import csv
import os
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from forked import Program
from forked_terminal import ForkedTerminal
from homes import home_of
from warehouses import picking as house

from floorhand.cli import main
from floorhand.exchange.tables import ENCODING
from floorhand.store.db import Transactions

WAIT_MAX_S = 30

on_terminals = pytest.mark.skipif(sys.platform == "win32", reason="there are no such terminals")


def test_a_board_needs_a_terminal(capsys, transactions: Transactions, tmp_path: Path) -> None:
    home = home_of(tmp_path / "floor.db")
    with pytest.raises(SystemExit) as ended:
        main(["board", "--database", home])
    assert ended.value.code == 1
    assert "floorhand summary" in capsys.readouterr().err


@on_terminals
def test_a_board_shows_orders_and_keeps_those_of_a_cut_off(
    transactions: Transactions, tmp_path: Path
) -> None:
    house.build(transactions)
    with shown(tmp_path) as (program, line):
        _until(line, b"To pick")
        os.write(line, b"\x1b[C")
        _until(line, b"ACME/1001")
        os.write(line, b"\x1b[20~")
        _until(line, b".csv")
        os.write(line, b"\x1b[24~")
        assert program.wait(WAIT_MAX_S) == 0
    (kept,) = tmp_path.glob("board-cut_off-*.csv")
    with kept.open(encoding=ENCODING, newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["Order"], row["State"], row["Pieces"]) for row in rows] == [
        ("ACME/1001", "Ready to pick", "3"),
        ("ACME/1002", "Ready to pick", "6"),
    ]


@on_terminals
def test_a_board_gives_way_and_when_told_to_end_leaves_the_terminal_as_it_was(
    transactions: Transactions, tmp_path: Path
) -> None:
    house.build(transactions)
    with shown(tmp_path) as (program, line):
        _until(line, b"To pick")
        niceness = os.getpriority(os.PRIO_PROCESS, program.pid)
        assert niceness > os.getpriority(os.PRIO_PROCESS, 0)  # whoever scans here goes first
        program.send_signal(signal.SIGTERM)
        _until(line, b"\x1b[?1049l")
        assert program.wait(WAIT_MAX_S) == 0


@on_terminals
@pytest.mark.sqlite("a server that does not answer is waited for likewise")
def test_a_board_on_a_wall_waits_for_a_database_that_is_not_there_yet(
    transactions: Transactions, tmp_path: Path
) -> None:
    house.build(transactions)
    there, away = tmp_path / "floor.db", tmp_path / "away.db"
    there.rename(away)
    with shown(tmp_path, "board", "--wall") as (program, line):
        _until(line, b"Looking again every 2 s.")
        away.rename(there)
        _until(line, b"To pick")
        assert program.poll() is None


@on_terminals
def test_the_service_of_a_merchant_opens_tables_and_finds_what_is_typed(
    transactions: Transactions, tmp_path: Path
) -> None:
    house.build(transactions)
    with shown(tmp_path, "service", "ACME") as (program, line):
        _until(line, b"Open orders")
        os.write(line, b"1001\r")
        _until(line, b"Order 1001: ")
        os.write(line, b"\x1b[D\x1b[C")
        _until(line, b"Ready to pick")
        os.write(line, b"\x1b[24~")
        assert program.wait(WAIT_MAX_S) == 0


@contextmanager
def shown(folder: Path, *command: str) -> Iterator[tuple[Program, int]]:
    """Show a board on a terminal; give the program, and the line to its terminal."""
    asked = command or ("board",)
    words = ["-m", "floorhand", "--database", home_of(folder / "floor.db"), *asked]
    terminal = ForkedTerminal(words, folder, columns=120, rows=40)
    try:
        yield terminal.program, terminal.fileno()
    finally:
        terminal.close()


def _until(line: int, word: bytes) -> None:
    """Read what the terminal is sent, until a word is in it."""
    seen, until = b"", time.monotonic() + WAIT_MAX_S
    while word not in seen:
        assert time.monotonic() < until, seen[-2000:]
        seen += os.read(line, 65536)
