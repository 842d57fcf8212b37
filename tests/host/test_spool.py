"""The spool of a host: it sends the labels of all its terminals, as long as it is there."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import NOW, SITE
from host.conftest import Start
from host.hosts import WAIT_MAX_S, client, compiling, sign_in, until
from sqlalchemy import select

from floorhand.store.db import Transactions
from floorhand.store.ledger import Cause
from floorhand.store.print_jobs import queue_label
from floorhand.store.schema import PrintJob

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="hosts are for Linux")

GONE = 2**22 + 1
"""A number that no process has: it is beyond the highest that Linux gives."""

SERVES = """
import sys
from floorhand.commands.spool import serve_host
from floorhand.config import Settings
sys.exit(serve_host(Settings(database=sys.argv[1], site=sys.argv[2]), int(sys.argv[3])))
"""

TOTE = {"code": "T-0117", "scan_code": "FHTFSJTPHTKV"}


def ask_for_label(warehouse: Transactions, number: int) -> str:
    with warehouse.begin() as tx:
        return queue_label(tx, Cause(SITE, f"label:{number}", "", "", "", NOW), "tote", "T", TOTE)


def is_out(warehouse: Transactions, job: str) -> bool:
    with warehouse.begin() as tx:
        return tx.scalar(select(PrintJob.state).where(PrintJob.id == job)) == "sent"


def test_the_host_sends_labels_and_its_terminals_when_it_is_gone(
    start: Start, warehouse: Transactions
) -> None:
    host = start()
    job = ask_for_label(warehouse, 1)
    until(lambda: is_out(warehouse, job), "nobody has sent the label")
    with client(host) as one:
        one.wait_for(b"Scan your badge")
        spool = host.spool()
        host.process.send_signal(signal.SIGKILL)
        host.process.wait(WAIT_MAX_S)
        until(lambda: not Path(f"/proc/{spool}").exists(), "the spool of a dead host goes on")
        job = ask_for_label(warehouse, 2)
        sign_in(one)
        until(lambda: is_out(warehouse, job), "no terminal has sent the label")


def test_a_spool_that_is_killed_is_replaced(start: Start, warehouse: Transactions) -> None:
    host = start(spool_again_s=0.0)
    until(host.spool, "there is no spool")
    os.kill(host.spool(), signal.SIGKILL)
    host.heard("The spool was killed (SIGKILL)")
    job = ask_for_label(warehouse, 3)
    until(lambda: is_out(warehouse, job), "nobody has sent the label")


def test_a_newer_host_has_a_spool_of_its_own(start: Start, warehouse: Transactions) -> None:
    older = start()
    until(older.spool, "there is no spool")
    newer = start()
    until(lambda: not older.spool(), "the older host's spool goes on")
    until(newer.spool, "the newer host has none")
    older.process.wait(WAIT_MAX_S)
    job = ask_for_label(warehouse, 4)
    until(lambda: is_out(warehouse, job), "nobody has sent the label")


def test_a_spool_whose_host_has_ended_before_it_begins_ends_at_once(
    home: str, tmp_path: Path
) -> None:
    words = [sys.executable, "-c", SERVES, home, SITE, str(GONE)]
    ended = subprocess.run(words, cwd=tmp_path, env=compiling(), timeout=WAIT_MAX_S, check=False)
    assert ended.returncode == 0
