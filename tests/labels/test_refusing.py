"""A printer that takes no label is seen as one that cannot, and tried again as soon as it may."""

from __future__ import annotations

import errno
import io
import os
import shutil
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from conftest import NOW, SITE
from labels.test_spool import WAIT_S, Recorder, ask, at
from sqlalchemy import insert, select, update

from floorhand.labels import feeding, printers
from floorhand.labels.feeding import Feeder, Service
from floorhand.labels.printers import (
    UNFINISHED_S,
    Condition,
    Fate,
    FolderPrinter,
    Form,
    NotPrinted,
    Rendered,
    Status,
)
from floorhand.store.db import Transactions
from floorhand.store.schema import PrinterRow, PrintJob
from floorhand.store.single import single
from floorhand.store.stands import printer_stands

LABEL = Rendered(1, "tote", "T-1", {Form.ZPL: b"^XA^XZ", Form.PNG: bytes(4_000)})


@pytest.fixture
def feeder(transactions: Transactions, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Feeder]:
    """Feed a printer named Z by hand; it is asked how it is every time."""
    monkeypatch.setattr(feeding, "ASK_EVERY_S", 0.0)
    with transactions.begin() as tx:
        tx.execute(insert(PrinterRow).values(site=SITE, code="Z", address="tcp://192.0.2.7:9100"))
    with single(transactions, SITE, NOW) as hold:
        assert hold is not None
        epoch = hold.epoch

    def made(printer: Any) -> Feeder:
        return Feeder(Service(transactions, SITE, epoch, at()), "Z", printer)

    return made


def ask_z(transactions: Transactions, *subjects: str) -> None:
    for number, subject in enumerate(subjects, 1):
        ask(transactions, number, subject)
    with transactions.begin() as tx:
        tx.execute(update(PrintJob).values(printer="Z"))


def z_is(transactions: Transactions) -> tuple[str, str]:
    with transactions.begin() as tx:
        row = tx.execute(select(PrinterRow.condition, PrinterRow.told)).one()
        stands = printer_stands(tx, SITE, "Z", NOW)
    assert stands.down == ("" if row.condition == "ready" else row.condition)
    return row.condition, row.told


def test_one_that_says_that_it_is_well_cannot_print_until_a_label_comes_out(
    transactions: Transactions, feeder: Callable[..., Feeder]
) -> None:
    ask_z(transactions, "T-1")
    printer = Recorder(fails=1)
    fed = feeder(printer)
    fed._feed()
    assert z_is(transactions) == ("refuses", "No space left on device")
    fed._feed()  # the label waits: it says once more that it is well
    assert z_is(transactions) == ("refuses", "No space left on device")
    with transactions.begin() as tx:
        tx.execute(update(PrintJob).values(not_before=NOW - timedelta(seconds=1)))
    fed._feed()
    assert [label.subject for label in printer.got] == ["T-1"]
    assert z_is(transactions) == ("ready", "")


class Tells(Recorder):
    """A printer that is as it is told to be, and takes labels only while it is ready."""

    def __init__(self, condition: Condition) -> None:
        super().__init__()
        self.condition = condition

    def status(self) -> Status:
        return Status(self.condition)

    def send(self, label: Rendered) -> Fate:
        if self.condition is not Condition.READY:
            raise NotPrinted(self.condition)
        return super().send(label)


def test_one_that_is_only_busy_is_not_down(
    transactions: Transactions, feeder: Callable[..., Feeder]
) -> None:
    ask_z(transactions, "T-1")
    fed = feeder(Tells(Condition.BUSY))
    fed._feed()
    with transactions.begin() as tx:
        assert tx.scalar(select(PrinterRow.condition)) == "busy"
        assert printer_stands(tx, SITE, "Z", NOW).down == ""


def test_what_waits_comes_out_as_soon_as_the_printer_says_that_it_can(
    transactions: Transactions, feeder: Callable[..., Feeder]
) -> None:
    ask_z(transactions, "T-1", "T-2")
    printer = Tells(Condition.READY)
    fed = feeder(printer)
    fed._feed()
    printer.condition = Condition.PAPER
    fed._feed()
    with transactions.begin() as tx:
        again = {"state": "waiting", "not_before": NOW + timedelta(seconds=50)}
        tx.execute(update(PrintJob).values(again))
    printer.got.clear()
    fed._feed()
    assert printer.got == []
    printer.condition = Condition.READY
    fed._feed()
    assert [label.subject for label in printer.got] == ["T-1", "T-2"]


def test_a_folder_without_room_is_full_until_the_label_would_fit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    printer = FolderPrinter(tmp_path, durable=False)
    assert printer.status() == Status(Condition.READY)
    room = [100]
    opened = Path.open

    class Disk(io.BytesIO):
        """A file on a disk with little room."""

        def write(self, content: Any) -> int:
            if len(content) > room[0]:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            return super().write(content)

    def open_there(path: Path, mode: str = "r", *args: Any, **named: Any) -> Any:
        opened(path, "wb").close()
        return Disk() if mode == "wb" else opened(path, mode, *args, **named)

    monkeypatch.setattr(Path, "open", open_there)
    with pytest.raises(NotPrinted, match="No space"):
        printer.send(LABEL)
    assert printer.status() == Status(Condition.FULL, told="No space left on device")
    room[0] = 10_000
    assert printer.status() == Status(Condition.READY)
    assert list(tmp_path.glob(".*")) == []


def test_a_full_disk_is_seen_before_the_first_label(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    full = shutil.disk_usage(tmp_path)._replace(free=0)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: full)
    assert FolderPrinter(tmp_path).status().condition is Condition.FULL


def test_what_a_killed_program_left_unfinished_is_cleared_once_it_is_old(
    transactions: Transactions, feeder: Callable[..., Feeder], tmp_path: Path
) -> None:
    names = {
        "ours, old": ".000123-shipping-00395.zpl.4711.part",
        "ours, of a program at work": ".000124-tote-T_1.png.4711.part",
        "of somebody else": ".movie.part",
        "a label": "000122-tote-T_1.png",
    }
    for name in names.values():
        (tmp_path / name).write_bytes(b"")
    old = time.time() - UNFINISHED_S - 1
    for what in set(names) - {"ours, of a program at work"}:
        os.utime(tmp_path / names[what], (old, old))
    fed = feeder(FolderPrinter(tmp_path))
    there = threading.Event()
    fed._feed = there.set  # type: ignore[method-assign]
    fed.start()
    assert there.wait(WAIT_S)
    fed.stop()
    fed.join(WAIT_S)
    left = {what for what, name in names.items() if (tmp_path / name).exists()}
    assert left == set(names) - {"ours, old"}


def test_what_is_written_is_known_as_ours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Killed(BaseException):
        pass

    def kill(_path: Path, _target: Path) -> None:
        raise Killed

    monkeypatch.setattr(Path, "replace", kill)
    monkeypatch.setattr(Path, "unlink", lambda _path, **_: None)
    with pytest.raises(Killed):
        FolderPrinter(tmp_path, durable=False).send(LABEL)
    (left,) = tmp_path.iterdir()
    assert printers._UNFINISHED.fullmatch(left.name)
