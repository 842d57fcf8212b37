"""A newer host takes over from an older one: nobody is thrown out, and no scan is lost or twice."""

from __future__ import annotations

import os
import signal
import socket
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from pathlib import Path

import pytest
import sqlalchemy as sql
from homes import home_of, new_warehouse
from host.conftest import Start
from host.hosts import WAIT_MAX_S, Client, Hosted, Process, client, new_seat, scans, sign_in, until
from host.nursery import NEWER
from warehouses import packing

from floorhand.host.join import TAKE_OVER, ask, join
from floorhand.store.db import HEAD, Transactions, engine_of
from floorhand.store.schema import Scan

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="hosts are for Linux")

F12 = b"\x1b[24~"
CODES = [f"CODE-{number}" for number in range(1, 10)]
TAKEOVERS = 8
WAITS_S = 0.2
"""Who is refused is so at once."""


def numbers_are(transactions: Transactions, seat: str, count: int) -> None:
    """Wait until so many scans of a seat are answered; a code that may be a secret is not kept."""
    scanned = sql.select(Scan.scan_no).where(Scan.seat == seat).order_by(Scan.scan_no)

    def numbers() -> list[int]:
        with transactions.begin() as tx:
            return list(tx.scalars(scanned))

    until(lambda: len(numbers()) >= count, f"{count} scans: {numbers()}")
    assert numbers() == [*range(1, count + 1)]


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Transactions]:
    """A warehouse that may become one of a newer schema."""
    made = new_warehouse(tmp_path)
    packing.build(made)
    yield made
    engine_of(made).dispose()


@pytest.fixture
def own_home(own: Transactions, tmp_path: Path) -> str:
    return home_of(tmp_path / "floor.db")


def runs_at(host: Hosted, count: int = 1) -> None:
    """Wait until so many terminals are a host's, and asked for a badge or answered."""
    until(lambda: len(host.terminals()) == count, f"{host.terminals()}")


def is_painted(one: Client, word: bytes) -> None:
    """Wait until a terminal has come, and something stands on it again."""
    one.wait_for(b"\x1b[?1049h")
    one.wait_for(word)


def scan(one: Client, code: str) -> None:
    one.send(code.encode() + b"\r")


def are_there(transactions: Transactions, codes: list[str]) -> None:
    """Wait for the last of some scans; see that each is there once, in order."""
    until(lambda: codes[-1] in scans(transactions), f"{codes[-1]}: {scans(transactions)}")
    assert [one for one in scans(transactions) if one in codes] == codes


def test_a_newer_host_gets_terminals_that_nobody_works_at_and_the_others_when_they_are_left(
    start: Start,
) -> None:
    older = start()
    with client(older) as idle, client(older) as busy:
        sign_in(busy)
        idle.wait_for(b"Scan your badge")
        idle.send(b"")
        runs_at(older, 2)
        newer = start()
        is_painted(idle, b"Scan your badge")
        runs_at(newer)
        (stays,) = older.terminals()
        busy.send(b"NOTHING\r")
        busy.wait_for(b"NOTHING")
        assert older.terminals() == [stays]
        busy.send(F12)
        is_painted(busy, b"Scan your badge")
        runs_at(newer, 2)
        older.process.wait(WAIT_MAX_S)
        sign_in(idle)
        idle.send(F12)
        idle.wait_for(b"Scan your badge")
        idle.send(F12 + F12)
        assert idle.code() == 0
        assert not idle.raw()


def test_scans_before_within_and_after_a_change_of_hosts_are_there_once(
    start: Start, warehouse: Transactions
) -> None:
    host, seat, sent = start(), new_seat(), 0
    with client(host, seat) as one:
        one.wait_for(b"Scan your badge")
        for moment in ("before", "told", "between"):
            if moment == "before":
                scan(one, "NOBODY")
            terminal = host.terminal()
            if moment == "told":
                os.kill(terminal, signal.SIGSTOP)
            newer = start()
            if moment == "told":  # and has had no time yet to hear of the newer one, nor the scan
                scan(one, "NOBODY")
                os.kill(terminal, signal.SIGCONT)
            until(lambda host=host: not host.terminals(), "the terminal has not left")
            if moment == "between":
                scan(one, "NOBODY")
            runs_at(newer)
            sent += 1
            numbers_are(warehouse, seat, sent)
            host = newer
        one.wait_for(b"Scan your badge")
        assert one.raw()
        os.kill(one.pid, signal.SIGTERM)
        assert one.code() == 0
        assert not one.raw()


def test_sighup_starts_a_newer_host_and_one_that_cannot_start_changes_nothing(
    start: Start, tmp_path: Path
) -> None:
    settings = tmp_path / "site.toml"
    settings.write_text("")
    older = start("--config", str(settings))
    with client(older) as one:
        one.wait_for(b"Scan your badge")
        settings.write_text("nonsense = 1\n")
        older.process.send_signal(signal.SIGHUP)
        older.heard("The newer host has ended (1)")
        settings.write_text("")
        one.send(b"")
        terminals = older.terminals()
        older.process.send_signal(signal.SIGHUP)
        until(lambda: len(older.terminals()) > 1, "nothing was started")
        (newest,) = [Process(pid) for pid in older.terminals() if pid not in terminals]
        is_painted(one, b"Scan your badge")
        older.process.wait(WAIT_MAX_S)
        with client(older) as two:  # at the same socket
            two.wait_for(b"Scan your badge")
        newest.send_signal(signal.SIGTERM)
        newest.wait(WAIT_MAX_S)


def test_a_host_goes_on_if_the_newer_one_fails_before_it_serves(start: Start) -> None:
    older = start()
    with client(older) as one:
        one.wait_for(b"Scan your badge")
        one.send(b"")
        with closing(socket.socket(socket.AF_UNIX)) as line:
            line.connect(older.socket)
            line.sendall(f"{TAKE_OVER}\0{HEAD}\0\0".encode())
            said, given, *_ = socket.recv_fds(line, 100, 1)
            assert said.startswith(b"given")
            until(lambda: not older.terminals(), "the terminal has not left")
            os.close(given[0])
        is_painted(one, b"Scan your badge")
        older.heard("This one goes on")
        runs_at(older)


def test_a_terminal_that_has_just_been_forked_moves_too(start: Start) -> None:
    older = start()
    with client(older) as one:
        until(older.terminals, "no terminal")
        os.kill(older.terminal(), signal.SIGSTOP)
        newer = start()
        os.kill(older.terminal(), signal.SIGCONT)
        runs_at(newer)
        one.wait_for(b"Scan your badge")
        older.process.wait(WAIT_MAX_S)


def test_with_another_schema_all_terminals_move_between_two_scans_those_of_the_oldest_host_too(
    start: Start, own: Transactions, own_home: str
) -> None:
    oldest = start(home=own_home)
    with client(oldest) as one, ExitStack() as stack:
        sign_in(one)
        newer = start(home=own_home)
        two = stack.enter_context(client(newer))
        sign_in(two, "Bob")
        runs_at(oldest)
        scan(one, CODES[0])
        are_there(own, CODES[:1])
        newest = start(home=own_home, newer_schema=True)
        assert not oldest.terminals()
        assert not newer.terminals()
        scan(one, CODES[1])
        for each, name in ((one, "Ana"), (two, "Bob")):
            is_painted(each, f"Menu · {name}".encode())
        are_there(own, CODES[:2])
        runs_at(newest, 2)
        with own.begin() as tx:
            assert tx.scalar(sql.text("SELECT version_num FROM alembic_version")) == NEWER
        for host in (oldest, newer):
            host.process.wait(WAIT_MAX_S)


def test_a_terminal_that_cannot_move_is_ended_and_comes_back(
    start: Start, own: Transactions, own_home: str
) -> None:
    older = start(home=own_home, moving_max_s=0.2)
    with client(older) as one:
        sign_in(one)
        os.kill(older.terminal(), signal.SIGSTOP)
        newer = start(home=own_home, newer_schema=True)
        assert "was killed (SIGKILL)" in older.told.read_text()
        is_painted(one, "Menu · Ana".encode())
        runs_at(newer)
        scan(one, CODES[0])
        are_there(own, CODES[:1])
        os.kill(one.pid, signal.SIGTERM)
        assert one.code() == 0
        assert not one.raw()


def test_a_host_serves_at_a_socket_that_a_manager_made_and_gives_it_on(
    start: Start, tmp_path: Path
) -> None:
    older = start(passed=str(tmp_path / "host.sock"))
    with client(older) as one:
        one.wait_for(b"Scan your badge")
        one.send(b"")
        newer = start()
        is_painted(one, b"Scan your badge")
        runs_at(newer)
        older.process.wait(WAIT_MAX_S)


def test_who_calls_while_hosts_change_waits_and_nobody_is_refused(start: Start) -> None:
    host = start()
    done = threading.Event()
    answers: Counter[str] = Counter()

    def calls() -> None:
        ours, theirs = os.openpty()
        while not done.is_set():
            with closing(socket.socket(socket.AF_UNIX)) as line:
                line.settimeout(WAIT_MAX_S)
                line.connect(host.socket)
                ask(line, {}, ["--nonsense"], "utf-8", (theirs,) * 3)
                answers[line.recv(100).decode()] += 1
        os.close(ours)
        os.close(theirs)

    with ThreadPoolExecutor(2) as callers:
        calling = [callers.submit(calls) for _ in range(2)]
        try:
            for _ in range(TAKEOVERS):
                before = answers.total()
                host = start()
                until(lambda before=before: answers.total() > before, "nobody is answered")
        finally:
            done.set()
        for each in calling:
            each.result()
    answers.pop("again\n", None)  # from a host that had accepted the call, and asks to repeat it
    assert set(answers) == {"no --nonsense is no option of a terminal\n"}


def test_who_called_the_older_host_and_asks_when_it_has_given_its_socket_away_is_sent_on(
    start: Start,
) -> None:
    older = start()
    held = Path(f"/proc/{older.process.pid}/fd")
    ours, theirs = os.openpty()
    with closing(socket.socket(socket.AF_UNIX)) as line:
        before = len([*held.iterdir()])
        line.connect(older.socket)
        until(lambda: len([*held.iterdir()]) > before, "the call was not accepted")
        start()
        ask(line, {}, [], "utf-8", (theirs,) * 3)
        assert line.recv(100) == b"again\n"
    older.process.wait(WAIT_MAX_S)
    os.close(ours)
    os.close(theirs)


def test_a_client_waits_where_more_call_than_may_wait(tmp_path: Path) -> None:
    path = str(tmp_path / "full.sock")
    with closing(socket.socket(socket.AF_UNIX)) as host, ThreadPoolExecutor(1) as caller:
        host.bind(path)
        host.listen(0)
        before = socket.socket(socket.AF_UNIX)
        before.connect(path)
        life, held = os.pipe()
        called = caller.submit(join, path, [], "", life)
        with pytest.raises(TimeoutError):
            called.result(WAITS_S)
        host.accept()[0].close()
        line, _ = host.accept()
        line.send(b"open\n")
        called.result(WAIT_MAX_S).close()
        for one in (life, held):
            os.close(one)
        before.close()
        line.close()
