"""``floorhand spool --once``: send what may be sent, and say whether anything is left."""

from __future__ import annotations

import json
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from conftest import NOW, SITE
from forked import Program
from sqlalchemy import insert, select, update

from floorhand.cli import main
from floorhand.labels.simulator.printer import PrinterSimulator
from floorhand.store.db import Transactions, engine_of
from floorhand.store.ledger import Cause
from floorhand.store.print_desk import queue_on
from floorhand.store.schema import PrinterRow, PrintJob
from floorhand.store.single import single

TOTE = json.dumps({"code": "T-0117", "scan_code": "FHTFSJTPHTKV"})


@pytest.fixture
def machine(
    transactions: Transactions, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> Iterator[PrinterSimulator]:
    """A printer with two labels that wait for it."""
    monkeypatch.chdir(tmp_path)
    with PrinterSimulator() as simulator:
        with transactions.begin() as tx:
            address = f"tcp://127.0.0.1:{simulator.port}"
            tx.execute(insert(PrinterRow).values(site=SITE, code="z-1", address=address))
            labels = [(f"T-{n}", "tote", TOTE) for n in (1, 2)]
            queue_on(tx, Cause(SITE, "S1:1", "ana", "S1", "", NOW), "z-1", labels)
        yield simulator


def once(transactions: Transactions) -> int:
    url = engine_of(transactions).url.render_as_string(hide_password=False)
    with pytest.raises(SystemExit) as ended:
        main(["spool", "--once", "--database", url])
    return int(ended.value.code or 0)


def states(transactions: Transactions) -> list[str]:
    with transactions.begin() as tx:
        return list(tx.scalars(select(PrintJob.state).order_by(PrintJob.id)))


def test_all_that_waits_is_sent(transactions, machine, capsys) -> None:
    assert once(transactions) == 0
    out = capsys.readouterr().out.splitlines()
    assert [line.partition(" z-1: ")[2] for line in out[:2]] == [
        "label 1 (tote T-1) is printed",
        "label 2 (tote T-2) is printed",
    ]
    assert out[2] == "All labels are out."
    assert len(machine.printed) == 2
    assert once(transactions) == 0


def test_a_printer_that_is_paused_gets_nothing_and_its_labels_are_told(
    transactions, machine, capsys
) -> None:
    with transactions.begin() as tx:
        tx.execute(update(PrinterRow).values(paused=True))
    assert once(transactions) == 3
    assert "Not out: 2 labels waiting." in capsys.readouterr().out
    assert (machine.printed, states(transactions)) == ((), ["waiting", "waiting"])


def test_what_cannot_come_out_waits_with_the_reason_and_is_told(
    transactions, machine, capsys
) -> None:
    machine.pause()
    with transactions.begin() as tx:
        tx.execute(update(PrintJob).where(PrintJob.subject == "T-2").values(state="doubt"))
    assert once(transactions) == 3
    out = capsys.readouterr().out
    assert "z-1: label 1 (tote T-1) waits: " in out
    assert "Not out: 1 label waiting, 1 label in doubt." in out


def test_nothing_is_sent_beside_another_program_that_sends(transactions, machine, capsys) -> None:
    with single(transactions, SITE, NOW):
        assert once(transactions) == 3
    assert capsys.readouterr().out.startswith("Another program sends the labels of this site")
    assert machine.printed == ()


@pytest.mark.skipif(sys.platform == "win32", reason="is told to end as in POSIX")
def test_a_service_that_is_told_to_end_finishes_the_label_in_hand(
    transactions, machine, tmp_path: Path
) -> None:
    machine.slow(2_000)
    url = engine_of(transactions).url.render_as_string(hide_password=False)
    said = tmp_path / "said"
    said.touch()
    service = Program(["-m", "floorhand", "spool", "--database", url], str(said))
    try:
        until = time.monotonic() + 60
        while not machine.held and time.monotonic() < until:
            time.sleep(0.01)
        service.send_signal(signal.SIGTERM)
        code, told = service.wait(60), said.read_text("utf-8")
    finally:
        if service.poll() is None:
            service.kill()
    assert code == 0, told
    ending, printed, ended = told.splitlines()[-3:]
    assert ending == "Ending: the label in hand is finished. Once more ends at once."
    assert printed.endswith("z-1: label 1 (tote T-1) is printed")
    assert ended == "Ended."
    assert states(transactions) == ["confirmed", "waiting"]
    assert len(machine.printed) == 1
