"""Terminals that a host forks: how they begin, what reaches them, and how they end."""

from __future__ import annotations

import os
import signal
import socket
import sys
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest
from homes import KIND
from host.conftest import Start
from host.hosts import WAIT_MAX_S, Hosted, children, client, new_seat, scans, sign_in, until

from floorhand.host.arrivals import ARRIVING_MAX
from floorhand.store.db import Transactions

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="hosts are for Linux")

GS1 = "]C1010950600013437610LOT\x1d21S-1"
F12_TWICE = b"\x1b[24~\x1b[24~"


@pytest.fixture(autouse=True)
def _all_terminals_end(host: Hosted) -> Iterator[None]:
    yield
    until(lambda: not host.terminals(), "a terminal goes on")


def test_who_joins_signs_in_scans_and_leaves_as_at_any_terminal(
    host: Hosted, warehouse: Transactions
) -> None:
    with client(host, "", "--station", "PACK-1") as one:
        sign_in(one)
        one.send(GS1.encode() + b"\r")
        one.wait_for(b"Whose goods?")
        assert scans(warehouse)[-1] == GS1
        one.send(b"\x1b[24~")
        one.wait_for(b"Scan your badge")
        one.send(F12_TWICE)
        assert one.code() == 0
        assert not one.raw()
        assert one.seen.endswith(b"\x1b[?1004l")  # the terminal's last word, and nothing after it
    assert "has ended (0)" in host.heard("has ended")


def test_the_terminal_follows_the_size_of_its_window(host: Hosted) -> None:
    with client(host) as one:
        one.wait_for(b"Scan your badge")
        one.resize(60, 45)
        one.wait_for(b"\x1b[45;")


def test_many_have_terminals_and_each_its_own_seat(host: Hosted) -> None:
    with client(host, "P1") as one, client(host, "P2") as two:
        one.wait_for(b"Scan your badge")
        two.wait_for(b"Scan your badge")
        names = {Path(f"/proc/{pid}/comm").read_text().strip() for pid in host.terminals()}
    assert names == {"floor P1", "floor P2"}


def test_nothing_of_the_host_or_of_other_terminals_is_in_a_fork(host: Hosted) -> None:
    pid = host.process.pid
    with client(host) as one, client(host) as two:
        one.wait_for(b"Scan your badge")
        two.wait_for(b"Scan your badge")
        assert len(os.listdir(f"/proc/{pid}/task")) == 1
        held = [os.readlink(f"/proc/{pid}/fd/{fd}") for fd in os.listdir(f"/proc/{pid}/fd")]
        assert not [one for one in held if "floor.db" in one]
        lines = [
            {os.readlink(f"/proc/{fork}/fd/{fd}") for fd in os.listdir(f"/proc/{fork}/fd")}
            for fork in host.terminals()
        ]
        own = [{name for name in one if name.startswith(("socket:", "/dev/pts"))} for one in lines]
        assert own[0].isdisjoint(own[1])
        to_server = int(KIND == "postgresql")
        assert [len(one) for one in own] == [4 + to_server] * 2


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGSEGV])
def test_a_terminal_that_crashes_harms_no_other_and_leaves_a_sane_line(
    host: Hosted, how: signal.Signals
) -> None:
    with client(host) as one, ExitStack() as stack:
        one.wait_for(b"Scan your badge")
        first = host.terminal()
        two = stack.enter_context(client(host))
        two.wait_for(b"Scan your badge")
        assert one.raw()
        os.kill(first, how)
        assert one.code() == 1
        one.wait_for(b"\x1b[?1049l")
        one.wait_for(b"was ended from outside")
        assert b"\x1b[?1000l" in one.seen  # clicks are nobody's business any more
        assert not one.raw()
        sign_in(two)
        assert how.name in host.heard("was killed")


def test_a_dropped_line_ends_the_terminal_and_its_work_is_found_again(host: Hosted) -> None:
    seat = new_seat()
    with client(host, seat) as one:
        sign_in(one)
        pid = host.terminal()
        one.hang_up()
        until(lambda: not Path(f"/proc/{pid}").exists(), "the terminal goes on")
        one.code()
    with client(host, seat) as one:
        one.wait_for("Menu · Ana".encode())


@pytest.mark.parametrize("leads", [True, False])
def test_a_client_that_is_killed_ends_its_terminal(host: Hosted, leads: bool) -> None:
    with client(host, leads=leads) as one:
        one.wait_for(b"Scan your badge")
        pid = host.terminal()
        (killed,) = [one.pid] if leads else children(one.pid)
        os.kill(killed, signal.SIGKILL)
        until(lambda: not Path(f"/proc/{pid}").exists(), "the terminal goes on")


def test_a_client_that_is_told_to_end_gives_its_line_back_first(host: Hosted) -> None:
    with client(host) as one:
        one.wait_for(b"Scan your badge")
        os.kill(one.pid, signal.SIGTERM)
        assert one.code() == 0
        assert not one.raw()


def test_terminals_outlive_a_host_that_is_killed(start: Start) -> None:
    host = start()
    with client(host) as one:
        one.wait_for(b"Scan your badge")
        host.process.send_signal(signal.SIGKILL)
        host.process.wait(WAIT_MAX_S)
        sign_in(one)
        one.resize(60, 45)
        one.wait_for(b"\x1b[45;")
        with client(start()) as two:
            two.wait_for(b"Scan your badge")
        one.send(b"\x1b[24~")
        one.wait_for(b"Scan your badge")
        one.send(F12_TWICE)
        assert one.code() == 0


def test_without_a_host_there_is_a_terminal_all_the_same(
    home: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FLOORHAND_DATABASE", home)
    host = Hosted.__new__(Hosted)
    host.socket = str(tmp_path / "none.sock")
    with client(host, only=False) as one:
        one.wait_for(b"No host for terminals answers")
        one.wait_for(b"Scan your badge")
    with client(host) as one:
        assert one.code() == 1


def test_who_says_nothing_keeps_nobody_out(host: Hosted) -> None:
    silent = [socket.socket(socket.AF_UNIX) for _ in range(ARRIVING_MAX + 10)]
    for each in silent:
        each.connect(host.socket)
        each.send(b"floorhand 1\0")
    with client(host) as one:
        one.wait_for(b"Scan your badge")
    assert silent[0].recv(100) == b"no others came\n"
    for each in silent:
        each.close()


@pytest.mark.parametrize(
    "asked", [b"GET / HTTP/1.1\r\n\r\n\0\0", b"floorhand 1\0\0", b"x" * 70_000, b"\xff\0\0"]
)
def test_what_is_no_request_is_refused_with_a_reason(host: Hosted, asked: bytes) -> None:
    with closing(socket.socket(socket.AF_UNIX)) as line:
        line.settimeout(WAIT_MAX_S)
        line.connect(host.socket)
        line.sendall(asked)
        assert line.recv(1000).startswith(b"no ")


def test_no_more_terminals_are_forked_than_are_allowed(start: Start) -> None:
    host = start("--sessions", "1")
    with client(host) as one:
        one.wait_for(b"Scan your badge")
        with client(host) as two:
            two.wait_for(b"may have no more")
            assert two.code() == 1


@pytest.mark.parametrize("words", [("--nonsense",), ("--seat",), ("--theme", "pink")])
def test_an_option_that_no_terminal_has_is_one_sentence(
    host: Hosted, words: tuple[str, ...]
) -> None:
    with client(host, "", *words) as one:
        one.wait_for(words[-1].encode())
        assert one.code() == 1


def test_the_socket_is_for_its_user_alone(host: Hosted) -> None:
    assert os.stat(host.socket).st_mode & 0o777 == 0o600
