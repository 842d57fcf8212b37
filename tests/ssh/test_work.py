"""A device at work over SSH: it scans, is lost, and goes on where it was."""

from __future__ import annotations

import os
import signal
import subprocess
from contextlib import ExitStack
from pathlib import Path

import pytest
from conftest import SITE
from homes import home_of
from host.hosts import Forked, Nursery
from sqlalchemy import select
from ssh.conftest import skip_if_locked
from ssh.serving import WAIT_MAX_S, Device, Sshd, missing, serving, until
from warehouses import inbound

from floorhand.ops.devices import seat_holder
from floorhand.store.db import Transactions
from floorhand.store.schema import Move, Operation, Scan
from floorhand.tui.scan import Scan as Heard
from floorhand.tui.scan import ScanReader

GS1 = f"]C101{inbound.MILK}10L7\x1d17491231"
"""Without its GS the lot would go on to the end of the code."""

ODD = [
    b"A" + bytes(range(0x80, 0x100)) + b"B",
    b"A" + bytes({*range(0x20)} - {*b"\0\2\3\b\t\n\r\x1b"}) + b"B",
    "Größe-ł-水壶-\x85".encode(),
    b"\x1b[200~caf\xe9-\xc3\xa9-\x1d\x1b[201~",
]
"""Codes of all bytes, but those that end one or are a key."""


def scans(transactions: Transactions) -> list[str]:
    with transactions.begin() as tx:
        return [*tx.scalars(select(Scan.scanned).where(Scan.site == SITE).order_by(Scan.scan_no))]


def holder(transactions: Transactions) -> str:
    with transactions.begin() as tx:
        return seat_holder(tx, SITE, "H-1")


def at_menu(at: Sshd) -> Device:
    device = at.device()
    at.shown("H-1", "badge")
    device.type("BADGE-ANA\r")
    at.shown("H-1", "Menu")
    return device


def opened_delivery(at: Sshd) -> Device:
    device = at_menu(at)
    device.type("D-200\r")
    at.shown("H-1", "dock")
    device.type("LD1\r")
    at.shown("H-1", "0/13")
    return device


@pytest.mark.parametrize("at", ["host", "alone"], indirect=True)
def test_a_gs1_code_is_scanned_and_its_lot_and_date_are_in_the_ledger(
    at: Sshd, transactions: Transactions
) -> None:
    device = opened_delivery(at)
    device.type(f"{GS1}\r")
    at.shown("H-1", "1/13")
    device.close()
    with transactions.begin() as tx:
        (moved,) = tx.execute(select(Move.sku, Move.lot, Move.expiry).where(Move.sku == "MILK"))
        named = {*tx.execute(select(Operation.seat, Operation.device, Operation.station))}
    assert moved == ("MILK", "L7", "2049-12-31")
    assert named == {("H-1", "127.0.0.1", "BENCH-1")}


def refusal(at: Sshd) -> str:
    return next((line for line in at.screen("H-1").splitlines() if "NOT TAKEN" in line), "")


def test_every_byte_of_a_code_arrives_as_it_was_sent(at: Sshd, transactions: Transactions) -> None:
    """Each waits for the refusal of the one before, for what is scanned ahead of it is dropped."""
    device = at_menu(at)
    for sent in ODD:
        before = refusal(at)
        device.type(sent + b"\r")
        until(lambda before=before: refusal(at) not in ("", before), lambda: at.screen("H-1"))
    device.close()
    reader = ScanReader()
    heard = [item for sent in ODD for item in reader.feed(sent + b"\r")]
    assert scans(transactions)[1:] == [item.text for item in heard if isinstance(item, Heard)]


def test_a_connection_lost_in_the_middle_of_a_scan_leaves_nothing_of_it(
    at: Sshd, transactions: Transactions
) -> None:
    device = opened_delivery(at)
    device.type(f"\x1b[200~{GS1[:20]}")
    at.shown("H-1", GS1[3:20])
    device.drop()
    device = at.device("device", "-b", "127.0.0.2", "x", columns=40, rows=20)
    until(lambda: GS1[3:20] not in at.screen("H-1"))
    at.shown("H-1", "0/13")
    assert {len(line) <= 40 for line in at.screen("H-1").splitlines()} == {True}
    until(lambda: holder(transactions) == "127.0.0.2")
    device.type(f"{GS1}\r")
    at.shown("H-1", "1/13")
    device.close()
    assert scans(transactions)[3:] == [GS1]
    with transactions.begin() as tx:
        last = select(Operation.device).order_by(Operation.at.desc()).limit(1)
        assert tx.scalar(last) == "127.0.0.2"


def test_a_scan_on_its_way_when_the_connection_is_lost_is_taken_once(
    at: Sshd, transactions: Transactions
) -> None:
    device = opened_delivery(at)
    terminal = at.terminal_pid("H-1")
    assert terminal
    os.kill(terminal, signal.SIGSTOP)
    try:
        device.type(f"{GS1}\r")
        # A client whose screen is not read does not send what is typed either.
        until(lambda: device.turn_over() or at.unread("H-1"))
        device.drop()
        device = at.device()
        until(lambda: at.devices("H-1") == 1)
    finally:
        os.kill(terminal, signal.SIGCONT)
    at.shown("H-1", "1/13")
    device.close()
    assert scans(transactions)[3:] == [GS1]
    assert at.terminal_pid("H-1") == terminal


@pytest.mark.parametrize("at", ["host", "alone"], indirect=True)
def test_a_terminal_that_is_killed_is_back_at_its_question(at: Sshd) -> None:
    device = opened_delivery(at)
    killed = at.terminal_pid("H-1")
    assert killed
    os.kill(killed, signal.SIGKILL)
    until(lambda: at.terminal_pid("H-1") not in (0, killed))
    at.shown("H-1", "0/13")
    device.type(f"{GS1}\r")
    at.shown("H-1", "1/13")
    device.close()


def test_a_terminal_that_is_left_ends_the_connection_with_a_sentence(at: Sshd) -> None:
    device = at.device()
    at.shown("H-1", "badge")
    device.type("\x1b[24~")
    at.shown("H-1", "once more")
    device.type("\x1b[24~")
    assert device.end() == 0
    device.shows("The terminal was left. Connect again to go on.")
    device.close()


@pytest.mark.parametrize("at", ["alone"], indirect=True)
def test_a_terminal_that_cannot_start_says_why_and_is_tried_ever_more_rarely(at: Sshd) -> None:
    settings = at.folder / "etc" / "site.toml"
    right = settings.read_text()
    settings.write_text('databse = "x"\n')
    device = at.device()
    at.shown("H-1", "no such setting: databse")
    at.shown("H-1", "again in 3 s")
    assert at.screen("H-1").count("again in") == 2
    device.type("\x03\x1a\x1c\x04")
    settings.write_text(right)
    at.shown("H-1", "badge")
    device.close()


def test_a_device_that_is_removed_loses_its_terminal(at: Sshd) -> None:
    device = at_menu(at)
    terminal = at.terminal_pid("H-1")
    command = ["devices", "--keys", str(at.keys), "--sessions", str(at.sessions)]
    done = subprocess.run(
        [str(at.folder / "floorhand"), *command, "remove", "H-1"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert "its terminal has ended" in done.stdout
    device.end()
    device.close()
    until(lambda: not Path(f"/proc/{terminal}").exists())
    assert "Permission denied" in at.run()[1]


def test_a_device_goes_on_where_it_is_when_a_newer_host_takes_over(
    transactions: Transactions, tmp_path: Path, nursery: Nursery
) -> None:
    """The terminal moves inside its session: neither the connection nor the worker notices."""
    if why := missing():
        pytest.skip(why)
    inbound.build(transactions)
    home = home_of(tmp_path / "floor.db")
    with ExitStack() as ends:
        first = Forked(nursery, "", tmp_path).ready()
        ends.callback(first.end)
        at = ends.enter_context(serving(home, host=first))
        skip_if_locked(at)
        device = at.device()
        at.shown("H-1", "badge")
        before = at.terminal_pid("H-1")
        device.drop()
        device = at.device("device", "-b", "127.0.0.2", "x")
        ends.callback(device.close)
        until(lambda: holder(transactions) == "127.0.0.2")
        at.host = newer = Forked(nursery, "", tmp_path)
        newer.ready()
        ends.callback(newer.end)
        first.process.wait(WAIT_MAX_S)
        until(lambda: at.terminal_pid("H-1") not in (0, before))
        at.shown("H-1", "badge")
        device.type("BADGE-ANA\r")
        at.shown("H-1", "Menu")
        assert holder(transactions) == "127.0.0.2"
        at.tmux("H-1", "kill-server")
        until(lambda: not newer.terminals())
