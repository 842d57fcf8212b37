"""Who forks the terminals of browsers, and what becomes of them when a host or the server ends."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
import tempfile
from contextlib import closing
from pathlib import Path

import pytest
from host.hosts import Forked, Nursery, children, words_of
from web.browsing import WAIT_MAX_S, Floor, Served, Tab, browser, gone, served, tab

from floorhand.config import Settings
from floorhand.web import hosts, line
from floorhand.web.browsers import Browser
from floorhand.web.sessions import Closed, Limits, words_for
from floorhand.web.visitors import Door

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="hosts are for Linux")

LISTENS = """
import os, socket, sys
os.setuid(65534)
listener = socket.socket(socket.AF_UNIX)
listener.bind(sys.argv[1])
listener.listen()
print("listens", flush=True)
print(listener.accept()[0].recv(9))
"""


async def sign_in(page: Tab) -> None:
    await page.until(b"Scan your badge")
    await page.type("BADGE-ANA\r")
    await page.until(b"Hello Ana")


def parent(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[1])


async def test_terminals_come_from_the_host_of_the_machine(floor: Floor) -> None:
    async with served(floor) as at, browser(at) as one, tab(at, one) as page:
        await page.until(b"Scan your badge")
        assert parent(at.terminal()) == floor.host.process.pid
        assert not at.own_host()


async def test_without_a_host_the_server_has_its_own_and_begins_it_again(floor: Floor) -> None:
    """Terminals outlive it; the machine's own takes over once it is there; nothing is left."""
    path = str(floor.folder / "later.sock")
    async with served(floor, path=path) as at, browser(at, "P1") as one, browser(at, "P2") as two:
        async with tab(at, one) as page:
            await page.until(b"Scan your badge")
            first, terminal = at.own_host(), at.terminal()
            assert parent(terminal) == first
            os.kill(first, signal.SIGKILL)
            await gone(first)
            await sign_in(page)
        await gone(terminal)
        async with tab(at, two) as other:
            await other.until(b"Scan your badge")
            second, left = at.own_host(), at.terminal()
            assert second != first
        await gone(left)
        os.symlink(floor.host.socket, path)
        async with tab(at, two) as other:
            await other.until(b"Scan your badge")
            assert parent(at.terminal()) == floor.host.process.pid
            await gone(second)
    assert "No host for terminals answers at" in at.told[0]


async def test_a_terminal_goes_on_at_a_newer_host_on_the_same_page(
    floor: Floor, nursery: Nursery
) -> None:
    first = Forked(nursery, floor.home, floor.folder).ready()
    try:
        async with (
            served(floor, path=first.socket) as at,
            browser(at) as one,
            tab(at, one) as page,
        ):
            await page.until(b"Scan your badge")
            page.seen.clear()
            newer = Forked(nursery, floor.home, floor.folder).ready()
            try:
                await page.until(b"Scan your badge")
                await asyncio.to_thread(first.process.wait, WAIT_MAX_S)
                assert len(newer.terminals()) == 1
                await page.tell("resize", {"width": 60, "height": 45})
                await page.until(b"\x1b[45;")
                await sign_in(page)
            finally:
                page_left = newer.terminals()
                await page.socket.close()
                await gone(*page_left)
                newer.end()
    finally:
        first.end()


async def test_a_page_is_told_that_its_terminal_was_killed(floor: Floor) -> None:
    async with served(floor) as at, browser(at) as one, tab(at, one) as page:
        await page.until(b"Scan your badge")
        os.kill(at.terminal(), signal.SIGKILL)
        assert await page.closed() == Closed.ENDED


async def test_a_terminal_that_does_not_end_with_its_line_is_ended(
    floor: Floor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(line, "LEAVE_S", 0.2)
    async with served(floor) as at, browser(at) as one:
        async with tab(at, one) as page:
            await page.until(b"Scan your badge")
            pid = at.terminal()
            os.kill(pid, signal.SIGSTOP)
        await gone(pid)


async def test_a_host_that_gives_no_answer_is_not_waited_for(
    floor: Floor, monkeypatch: pytest.MonkeyPatch
) -> None:
    with closing(socket.socket(socket.AF_UNIX)) as silent:
        silent.bind(str(floor.folder / "silent.sock"))
        silent.listen()
        monkeypatch.setattr(hosts, "ANSWER_MAX_S", 0.1)
        with pytest.raises(hosts.NoHost, match="it is too slow"):
            await hosts._asked(silent.getsockname(), [], 0)


@pytest.mark.skipif(os.getuid() != 0, reason="only root can be another user, too")
async def test_nothing_is_told_to_a_host_of_another_user() -> None:
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o777)
        path = f"{folder}/host.sock"
        other = subprocess.Popen(
            [sys.executable, "-I", "-S", "-c", LISTENS, path], stdout=subprocess.PIPE
        )
        assert other.stdout is not None
        assert other.stdout.readline() == b"listens\n"
        with pytest.raises(hosts.NoHost, match="another user, 65534"):
            await hosts._asked(path, ["--database=secret"], 0)
        assert other.communicate(timeout=WAIT_MAX_S)[0] == b"b''\n"


def test_what_a_host_has_for_others_does_not_count_for_a_browser(tmp_path: Path) -> None:
    words = words_for(Settings(theme="mono"), Browser(tmp_path, "P 1", ""), "192.0.2.7")
    assert {"--seat=P 1", "--station=", "--theme=mono", "--large=False"} <= {*words}
    assert {word.partition("=")[0] for word in words} >= {"--database", "--site", "--labels"}


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
async def test_the_command_ends_at_once_and_its_host_and_terminals_with_it(
    floor: Floor, how: signal.Signals
) -> None:
    at = Served(floor, Door(), Limits())
    command = ["serve", "--database", floor.home, "--state", str(floor.folder), "--port", "0"]
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "floorhand", *command),
        *("--host-socket", str(floor.folder / "none.sock")),
        stdout=asyncio.subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    try:
        assert process.stdout is not None
        told = (await asyncio.wait_for(process.stdout.readline(), WAIT_MAX_S)).decode()
        at.port = int(told.partition("127.0.0.1:")[2].partition("/")[0])
        async with browser(at) as one, tab(at, one) as page:
            await page.until(b"Scan your badge")
            (host,) = (pid for pid in children(process.pid) if "--tied" in words_of(pid))
            left = [host, *children(host)]
            process.send_signal(how)
            if how != signal.SIGKILL:
                assert await page.closed() == Closed.RESTARTS
            code = await asyncio.wait_for(process.wait(), WAIT_MAX_S)
            assert code == (-how if how == signal.SIGKILL else 0)
        await gone(*left)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
