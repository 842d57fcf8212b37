"""What another user than the host's may have of it: terminals, and nothing to choose but a seat."""

from __future__ import annotations

import grp
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from homes import SITE
from host.hosts import PATH, WAIT_MAX_S, Forked, Hosted, Nursery, new_seat, until

from floorhand.ops.devices import seat_holder
from floorhand.robots.pty_terminal import PtyTerminal
from floorhand.store.db import Transactions

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="hosts are for Linux"),
    pytest.mark.skipif(os.getuid() != 0, reason="only root can be another user, too"),
]

STRANGER, GROUP = 65533, 65534

BECOME = f"""
import os, sys
from floorhand.host import join
os.setgroups([])
os.setgid({GROUP})
os.setuid(int(sys.argv.pop(1)))
"""
JOIN = f"{BECOME}sys.exit(join.main(sys.argv[1:]))"
TELL = f"from floorhand.commands.device_moved import _told_by_host{BECOME}print(_told_by_host())"


@pytest.fixture
def host(nursery: Nursery, home: str) -> Iterator[Hosted]:
    """One that members of a group may call."""
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        group = grp.getgrgid(GROUP).gr_name
        made = Forked(nursery, home, Path(folder), "--group", group)
        try:
            yield made.ready()
        finally:
            made.end()


def call(host: Hosted, *words: str) -> PtyTerminal:
    folder = str(Path(host.socket).parent)
    own = ("--socket", host.socket, "--only", "--language", "en")
    return PtyTerminal(["-c", JOIN, str(STRANGER), *own, *words], folder)


def holder(transactions: Transactions, seat: str) -> str:
    with transactions.begin() as tx:
        return seat_holder(tx, SITE, seat)


def told_by(user: int, host: Hosted, seat: str, address: str) -> str:
    told = {"FLOORHAND_SOCKET": host.socket, "FLOORHAND_SEAT": seat, "FLOORHAND_REMOTE": address}
    done = subprocess.run(
        [sys.executable, "-c", TELL, str(user)],
        capture_output=True, text=True, check=True, timeout=WAIT_MAX_S,
        env={**os.environ, "PYTHONPATH": PATH, **told},
    )  # fmt: skip
    return done.stdout.strip()


def test_a_stranger_has_the_hosts_warehouse_and_is_at_an_address_that_only_he_can_change(
    host: Hosted, warehouse: Transactions, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FLOORHAND_DATABASE", "/nowhere.db")
    monkeypatch.setenv("FLOORHAND_STATE", "/nowhere")
    monkeypatch.setenv("FLOORHAND_REMOTE", "192.0.2.7")
    seat = new_seat()
    one = call(host, "--seat", seat)
    one.wait_for(b"Scan your badge")
    until(lambda: holder(warehouse, seat) == "192.0.2.7", "the seat is not taken")
    assert [*Path(host.socket).parent.glob(f"user-{STRANGER}/seat-*.tokens")]
    assert told_by(GROUP, host, seat, "192.0.2.66") == "False"
    assert holder(warehouse, seat) == "192.0.2.7"
    assert told_by(STRANGER, host, seat, "192.0.2.99") == "True"
    assert holder(warehouse, seat) == "192.0.2.99"
    one.close()
    until(lambda: not host.terminals(), "the terminal goes on")


def test_a_stranger_chooses_no_files(host: Hosted) -> None:
    for word in ("--database=x", "--state=x", "--log=x", "--labels=x", "--scanner=x", "--site=x"):
        one = call(host, word)
        one.wait_for(f"{word[:-2]} is for the host to say".encode())
        one.close()
