"""Where a program may not send labels, and nobody else does, all who wait for some are told."""

from __future__ import annotations

import os
import stat
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from commands.test_printers import printers
from conftest import NOW, SITE
from labels.test_spool import WAIT_S, Signals, ask, spool_of
from sqlalchemy import insert
from store.test_single import FOREIGN, NOBODY, as_login

from floorhand.domain.printing import Stands
from floorhand.labels.printers import Condition, FolderPrinter, Form, Rendered, Status
from floorhand.ops.devices import ROBOT
from floorhand.store.db import Transactions, engine_of
from floorhand.store.printers import note_condition
from floorhand.store.schema import PrinterRow, Station
from floorhand.store.single import is_held, lock_file, single
from floorhand.store.stands import printer_stands
from floorhand.store.troubles import path_of
from floorhand.tui.road import FloorRoad


def lock_of(transactions: Transactions) -> Path:
    return Path(lock_file(path_of(engine_of(transactions).url), SITE))


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def stands(transactions: Transactions) -> Stands:
    with transactions.begin() as tx:
        return printer_stands(tx, SITE, "folder", NOW)


@pytest.fixture
def forbidden(transactions: Transactions, monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Forbid this program to write the lock file; undo it, and it may."""
    lock = lock_of(transactions)
    lock.touch()
    may = os.access
    monkeypatch.setattr(
        os, "access", lambda path, *how, **more: Path(path) != lock and may(path, *how, **more)
    )
    return monkeypatch


@pytest.mark.sqlite("the lock file beside its file")
def test_labels_that_nobody_can_send_are_told_until_somebody_can(
    transactions: Transactions, forbidden: pytest.MonkeyPatch
) -> None:
    printer, until = Signals(), time.monotonic() + WAIT_S
    ask(transactions)
    spool = spool_of(transactions, printer)
    spool.start()
    try:
        while stands(transactions).down != "unsent":
            assert time.monotonic() < until
            time.sleep(0.01)
        assert "cannot be written" in stands(transactions).told
        forbidden.undo()
        spool.wake()
        assert printer.came.wait(WAIT_S)
        assert stands(transactions).down == ""
    finally:
        spool.stop(WAIT_S)


@pytest.mark.sqlite("the lock file beside its file")
def test_who_may_not_send_says_nothing_while_another_one_does(
    transactions: Transactions, forbidden: pytest.MonkeyPatch
) -> None:
    told = spool_of(transactions, Signals())
    forbidden.undo()
    with single(transactions, SITE, NOW):
        assert is_held(transactions, SITE)
        told._tell_stuck("the lock cannot be written")
        assert stands(transactions).down == ""
    told._tell_stuck("the lock cannot be written")
    assert stands(transactions).down == "unsent"


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="needs two logins")
@pytest.mark.parametrize(("wanted", "of_folders"), [(0o664, 0o2775), (0o600, 0o2700)])
def test_what_is_made_for_labels_is_for_whoever_may_write_the_database(
    wanted: int, of_folders: int
) -> None:
    with TemporaryDirectory() as folder:
        database, labels = Path(folder, "floorhand.db"), Path(folder, "out", "labels")
        database.touch()
        os.chown(database, -1, FOREIGN)
        os.chown(folder, -1, FOREIGN)
        database.chmod(wanted)
        Path(folder).chmod(0o2775)
        printer = FolderPrinter(labels, forms=(Form.ZPL,), database=database)
        assert printer.status() == Status(Condition.READY)
        printer.send(Rendered(1, "bin", "A-1", {Form.ZPL: b"^XA^XZ"}))
        (file,) = labels.iterdir()
        assert (mode(labels.parent), mode(labels), mode(file)) == (of_folders, of_folders, wanted)
        assert {one.stat().st_gid for one in (labels.parent, labels, file)} == {FOREIGN}
        labels.chmod(0o755)
        with as_login(NOBODY):
            assert printer.status() == Status(Condition.OFFLINE, told="Permission denied")


def test_a_folder_that_takes_no_files_is_seen_as_its_spool_saw_it(
    transactions: Transactions, capsys: pytest.CaptureFixture[str]
) -> None:
    with single(transactions, SITE, NOW), transactions.begin() as tx:
        note_condition(tx, SITE, "folder", "offline", "Permission denied", NOW)
    assert stands(transactions) == Stands("folder", "offline", "Permission denied")
    assert printers(transactions) == 0
    out = capsys.readouterr().out
    assert "folder   no files: cannot be reached" in out
    assert out.count("labels; Permission denied\n") == 1
    with transactions.begin() as tx:
        note_condition(tx, SITE, "folder", "ready", "", NOW)
    assert stands(transactions) == Stands("folder", "ready")


def test_how_printers_were_seen_by_who_sent_before_is_forgotten(transactions: Transactions) -> None:
    with transactions.begin() as tx:
        tx.execute(insert(PrinterRow).values(site=SITE, code="Z1", address="", condition="ready"))
    spool = spool_of(transactions, Signals())
    assert not spool.tried.is_set()
    spool.start()
    try:
        assert spool.tried.wait(WAIT_S)
        with transactions.begin() as tx:
            seen = printer_stands(tx, SITE, "Z1", NOW)
        assert seen == Stands("Z1")
        assert seen.words == ()
    finally:
        spool.stop(WAIT_S)


@pytest.mark.parametrize("knows", [True, False])
def test_a_terminal_takes_no_old_state_of_a_printer_for_one(
    transactions: Transactions, *, knows: bool
) -> None:
    with transactions.begin() as tx:
        tx.execute(insert(Station).values(site=SITE, code="P1", scan_code="P1", printer="Z1"))
        tx.execute(insert(PrinterRow).values(site=SITE, code="Z1", address="", condition="ready"))
    road = FloorRoad(
        lambda: transactions,
        site=SITE,
        seat="H1",
        station="P1",
        now=lambda: NOW,
        identify=lambda: ROBOT,
        knows_printers=lambda: knows,
    )
    road.sit()
    assert road.printer("P1") == Stands("Z1", "ready" if knows else "")
