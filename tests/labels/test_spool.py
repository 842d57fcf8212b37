"""Labels come out once, in order, and are seen when they do not."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from conftest import NOW, SITE
from crash.wire import Way, Wire
from labels.nasty import forget_fonts, only_own_fonts, read_back
from PIL import Image
from sqlalchemy import insert, make_url, select, update
from sqlalchemy.orm import Session

from floorhand.domain.labels import KINDS
from floorhand.errors import DatabaseAway
from floorhand.labels import fonts
from floorhand.labels.addresses import beside
from floorhand.labels.feeding import Service, TurnLost, feed_next
from floorhand.labels.printers import (
    Condition,
    Fate,
    FolderPrinter,
    Form,
    InDoubt,
    NotPrinted,
    Printer,
    Printers,
    Rendered,
    Status,
    file_name,
)
from floorhand.labels.spool import Spool, send_all, start_spool
from floorhand.labels.template import template_folder
from floorhand.store.db import Transactions, engine_of, open_database
from floorhand.store.ledger import Cause
from floorhand.store.print_jobs import queue_label, reprint_label
from floorhand.store.print_queue import NOT_NOTED
from floorhand.store.schema import (
    Merchant,
    Order,
    Parcel,
    Place,
    PrintForm,
    PrintJob,
    Station,
    Trouble,
)
from floorhand.store.single import single
from floorhand.store.stands import printer_stands

WAIT_S = 20
TOTE = {"code": "T-1", "scan_code": "FHTFSJTPHTKV"}


def at(moment: datetime = NOW) -> Any:
    return lambda: moment


def cause(scan_no: int = 1, station: str = "", moment: datetime = NOW) -> Cause:
    return Cause(SITE, f"S1:{scan_no}", "ana", "S1", station, moment)


def ask(transactions: Transactions, scan_no: int = 1, subject: str = "T-1", **data: str) -> str:
    """Queue a tote's label, one second later for each scan."""
    why = cause(scan_no, moment=NOW - timedelta(minutes=5) + timedelta(seconds=scan_no))
    with transactions.begin() as tx:
        return queue_label(tx, why, "tote", subject, {**TOTE, **data})


def jobs(transactions: Transactions) -> list[Any]:
    with transactions.begin() as tx:
        columns = (PrintJob.id, PrintJob.state, PrintJob.tries, PrintJob.error, PrintJob.sent_at)
        return list(tx.execute(select(*columns).order_by(PrintJob.created_at, PrintJob.id)))


class Recorder:
    """A printer that remembers what it got, and fails as often as told."""

    takes = (Form.ZPL, Form.PNG)
    dpi = 203
    repeats = True

    def __init__(self, fails: int = 0) -> None:
        self.got: list[Rendered] = []
        self.fails = fails

    def status(self) -> Status:
        return Status(Condition.READY)

    def send(self, label: Rendered) -> Fate:
        if self.fails:
            self.fails -= 1
            raise NotPrinted("No space left on device")
        self.got.append(label)
        return Fate.SENT


def test_a_label_that_was_asked_for_comes_out_as_picture_and_zpl(
    transactions: Transactions, tmp_path: Path
) -> None:
    ask(transactions)
    folder = tmp_path / "labels"
    assert send_all(transactions, SITE, {"folder": FolderPrinter(folder)}, at()) == 1
    assert sorted(path.name for path in folder.iterdir()) == [
        "000001-tote-T-1.png",
        "000001-tote-T-1.zpl",
    ]
    with Image.open(folder / "000001-tote-T-1.png") as picture:
        assert read_back(picture) == [TOTE["scan_code"]] * 2
    assert (folder / "000001-tote-T-1.zpl").read_bytes().startswith(b"^XA")
    ((_, state, tries, error, sent_at),) = jobs(transactions)
    assert (state, tries, error, sent_at) == ("sent", 1, "", NOW)


def test_a_template_of_the_site_is_what_comes_out(
    transactions: Transactions, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    folder = beside(transactions) / "templates"
    folder.mkdir(exist_ok=True)
    ours = (template_folder() / "tote.toml").read_text("utf-8")
    (folder / "tote.toml").write_text(ours.replace('"{code}"', '"MINE {code}"', 1), "utf-8")
    ask(transactions)
    send_all(transactions, SITE, {"folder": FolderPrinter(tmp_path / "labels")}, at())
    assert b"MINE T_2D1" in (tmp_path / "labels" / "000001-tote-T-1.zpl").read_bytes()


def test_labels_come_in_the_order_they_were_asked_for(transactions: Transactions) -> None:
    for scan_no in (3, 1, 12, 2):
        ask(transactions, scan_no, f"T-{scan_no}")
    with transactions.begin() as tx:
        why = cause(13)
        for n in range(12):
            queue_label(tx, why, "tote", f"N-{n}", TOTE)
    printer = Recorder()
    send_all(transactions, SITE, {"folder": printer}, at())
    assert [label.subject for label in printer.got] == [
        *("T-1", "T-2", "T-3", "T-12"),
        *(f"N-{n}" for n in range(12)),
    ]
    assert [label.number for label in printer.got] == list(range(1, 17))


def test_nothing_is_asked_for_if_the_scan_is_rolled_back(transactions: Transactions) -> None:
    def scan_that_fails(tx: Session) -> None:
        queue_label(tx, cause(), "tote", "T-1", TOTE)
        raise LookupError

    with pytest.raises(LookupError), transactions.begin() as tx:
        scan_that_fails(tx)
    assert jobs(transactions) == []


def test_a_field_that_no_such_label_has_is_a_mistake_of_the_program(
    transactions: Transactions,
) -> None:
    with transactions.begin() as tx:
        with pytest.raises(AssertionError, match="colour"):
            queue_label(tx, cause(), "tote", "T-1", {**TOTE, "colour": "red"})
        with pytest.raises(AssertionError, match="sscc"):
            queue_label(tx, cause(), "pallet", "P-1", {"sku": "X"})


def test_a_printer_that_fails_is_seen_and_tried_again_later(transactions: Transactions) -> None:
    ask(transactions, 1, "T-1")
    ask(transactions, 2, "T-2")
    printer = Recorder(fails=2)
    assert send_all(transactions, SITE, {"folder": printer}, at()) == 1
    assert [job[1:4] for job in jobs(transactions)] == [
        ("waiting", 1, "No space left on device"),
        ("waiting", 0, ""),
    ]
    with transactions.begin() as tx:
        stand = printer_stands(tx, SITE, "folder", NOW)
    assert (stand.waiting, stand.failed, stand.late) == (2, 0, True)
    # The second label waits behind the first one: order is kept.
    assert send_all(transactions, SITE, {"folder": printer}, at(NOW + timedelta(seconds=1))) == 0
    assert send_all(transactions, SITE, {"folder": printer}, at(NOW + timedelta(seconds=3))) == 1
    assert send_all(transactions, SITE, {"folder": printer}, at(NOW + timedelta(seconds=9))) == 2
    assert [label.subject for label in printer.got] == ["T-1", "T-2"]
    with transactions.begin() as tx:
        stand = printer_stands(tx, SITE, "folder", NOW)
    assert (stand.waiting, stand.failed, stand.late) == (0, 0, False)
    assert [job.error for job in jobs(transactions)] == ["", ""]


def test_a_label_waits_for_its_printer_however_long_it_is_down(transactions: Transactions) -> None:
    ask(transactions)
    moment, tries = NOW, 30
    for _ in range(tries):
        send_all(transactions, SITE, {"folder": Recorder(fails=1)}, at(moment))
        moment += timedelta(minutes=2)
    ((_, state, tried, error, _),) = jobs(transactions)
    assert (state, tried, error) == ("waiting", tries, "No space left on device")
    printer = Recorder()
    assert send_all(transactions, SITE, {"folder": printer}, at(moment)) == 1
    assert [label.number for label in printer.got] == [1]


def test_a_label_that_cannot_be_made_fails_at_once_and_holds_nobody_up(
    transactions: Transactions,
) -> None:
    ask(transactions, 1, "T-1", scan_code="ÜÜÜ")
    with transactions.begin() as tx:
        queue_label(tx, cause(2, moment=NOW - timedelta(minutes=4)), "no_such", "T-2", {})
    ask(transactions, 299, "T-3")
    printer = Recorder()
    assert send_all(transactions, SITE, {"folder": printer}, at()) == 3
    assert [label.subject for label in printer.got] == ["T-3"]
    found = [(job.state, job.error) for job in jobs(transactions)]
    assert found[0] == (
        "failed",
        r"tote: barcode scan_code_2d: '\xdc' cannot be in this barcode, only plain letters and "
        "digits",
    )
    assert found[1][0] == "failed"
    assert found[1][1].startswith("There is no label template 'no_such'")
    assert found[2] == ("sent", "")


def test_what_could_not_be_shown_is_noted_on_the_sent_label(transactions: Transactions) -> None:
    ask(transactions, title="T-" + "1" * 90)
    send_all(transactions, SITE, {"folder": Recorder()}, at())
    assert [job[1:4] for job in jobs(transactions)] == [("sent", 1, "shortened: title")]


SHIPPING = {**KINDS["shipping"].sample, "order": "F-1"}
SSCC = str(SHIPPING["sscc"])


def ship(transactions: Transactions, *ship_to: str, scan_no: int = 1) -> Rendered:
    """Print the label of a parcel to an address."""
    with transactions.begin() as tx:
        if scan_no == 1:
            tx.execute(insert(Merchant).values(site=SITE, code="FERN", name="Fern Pantry"))
            order = {"site": SITE, "merchant": "FERN", "number": "F-1", "due_at": NOW}
            tx.execute(insert(Order).values(order))
            tx.execute(insert(Place).values(site=SITE, code=SSCC, kind="carton", scan_code=SSCC))
            tx.execute(insert(Parcel).values(site=SITE, carton=SSCC, merchant="FERN", order="F-1"))
        queue_label(tx, cause(scan_no), "shipping", SSCC, {**SHIPPING, "ship_to": list(ship_to)})
    printer = Recorder()
    assert send_all(transactions, SITE, {"folder": printer}, at()) == 1
    return printer.got[0]


def troubles(transactions: Transactions) -> list[tuple[str, str, str, dict[str, str]]]:
    columns = (Trouble.kind, Trouble.subject, Trouble.merchant, Trouble.facts)
    with transactions.begin() as tx:
        rows = tx.execute(select(*columns).order_by(Trouble.kind)).all()
    return [(kind, subject, merchant, json.loads(facts)) for kind, subject, merchant, facts in rows]


@pytest.fixture
def no_more_fonts() -> Iterator[None]:
    """As on a machine without fonts of its own."""
    with only_own_fonts():
        yield


@pytest.mark.usefixtures("no_more_fonts")
def test_an_address_that_no_font_can_show_is_told_on_the_label_and_to_a_supervisor(
    transactions: Transactions,
) -> None:
    label = ship(transactions, "王小明", "88 Jianguo Rd", "100022 北京", "CN")
    facts = {"order": "F-1", "letters": "王小明北京"}
    assert troubles(transactions)[:1] == [("address_unprintable", SSCC, "FERN", facts)]
    assert [told[:2] for told in troubles(transactions)[1:]] == [
        ("letters_missing", "Chinese, Japanese, Korean")
    ]
    assert b"^FDADDRESS NOT READABLE^FS" in label.forms[Form.ZPL]
    ship(transactions, "王小明", "88 Jianguo Rd", "100022 北京", "CN", scan_no=2)
    assert len(troubles(transactions)) == 2


def test_an_address_that_had_to_be_shortened_is_told_to_a_supervisor(
    transactions: Transactions,
) -> None:
    label = ship(transactions, *["W" * 127] * 4, "10121 Torino", "IT")
    assert troubles(transactions) == [("address_shortened", SSCC, "FERN", {"order": "F-1"})]
    assert b"NOT READABLE" not in label.forms[Form.ZPL]


@pytest.mark.usefixtures("no_more_fonts")
@pytest.mark.parametrize(
    "name", ["Giulia Ferraro", "Željka Đurić", "Ана 🌸1️⃣👍🏽", "شركة", "Nguyễn Thị Bưởi", "Hồ"]
)
def test_an_address_that_can_be_read_is_no_trouble(transactions: Transactions, name: str) -> None:
    assert b"NOT READABLE" not in ship(transactions, name, "10121 Torino", "IT").forms[Form.ZPL]
    assert troubles(transactions) == []


def test_letters_that_cannot_be_joined_here_are_not_printed_apart(
    transactions: Transactions, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fonts, "joins_letters", lambda: False)
    forget_fonts()
    try:
        label = ship(transactions, "شركة", "10121 Torino", "IT")
    finally:
        monkeypatch.undo()
        forget_fonts()
    assert b"NOT READABLE" in label.forms[Form.ZPL]
    assert troubles(transactions)[0][3]["letters"] == "شركة"


class Dies(Recorder):
    """A printer during whose work the program is ended."""

    def __init__(self, *, repeats: bool) -> None:
        super().__init__()
        self.repeats = repeats

    def send(self, label: Rendered) -> Fate:
        super().send(label)
        raise KeyboardInterrupt


def die(transactions: Transactions, *, repeats: bool) -> Rendered:
    """Send the label that waits, and end before it is noted."""
    printer = Dies(repeats=repeats)
    with pytest.raises(KeyboardInterrupt):
        send_all(transactions, SITE, {"folder": printer}, at())
    assert [job[1:3] for job in jobs(transactions)] == [("sending", 1)]
    return printer.got[0]


def test_a_label_that_a_dead_spool_left_comes_again_where_that_makes_no_second_one(
    transactions: Transactions,
) -> None:
    ask(transactions)
    first = die(transactions, repeats=True)
    printer = Recorder()
    assert send_all(transactions, SITE, {"folder": printer}, at()) == 1
    assert printer.got == [first]
    assert [job[1:3] for job in jobs(transactions)] == [("sent", 2)]


def test_a_label_that_a_dead_spool_left_is_in_doubt_where_it_may_have_come_out(
    transactions: Transactions,
) -> None:
    ask(transactions)
    die(transactions, repeats=False)
    printer = Recorder()
    printer.repeats = False
    assert send_all(transactions, SITE, {"folder": printer}, at()) == 0
    assert printer.got == []
    ((_, state, tries, error, _),) = jobs(transactions)
    assert (state, tries, error) == ("doubt", 1, NOT_NOTED)


class Doubtful(Recorder):
    """A printer whose line breaks when the label has gone out."""

    repeats = False

    def send(self, label: Rendered) -> Fate:
        super().send(label)
        raise InDoubt("the line broke")


def test_what_nobody_can_know_is_not_sent_again_and_holds_up_no_other(
    transactions: Transactions,
) -> None:
    ask(transactions, 1, "T-1")
    ask(transactions, 2, "T-2")
    printer = Doubtful()
    assert send_all(transactions, SITE, {"folder": printer}, at()) == 2
    assert send_all(transactions, SITE, {"folder": printer}, at(NOW + timedelta(days=1))) == 0
    assert [label.subject for label in printer.got] == ["T-1", "T-2"]
    assert [job[1:4] for job in jobs(transactions)] == [("doubt", 1, "the line broke")] * 2


def test_every_try_sends_the_same_bytes(transactions: Transactions) -> None:
    ask(transactions)
    send_all(transactions, SITE, {"folder": Recorder(fails=1)}, at())
    with transactions.begin() as tx:
        kept = {row.form: row.content for row in tx.execute(select(*PrintForm.__table__.columns))}
        tx.execute(update(PrintForm).where(PrintForm.form == "png").values(content=b"as it was"))
    printer = Recorder()
    send_all(transactions, SITE, {"folder": printer}, at(NOW + timedelta(minutes=1)))
    (label,) = printer.got
    assert label.forms == {Form.ZPL: kept["zpl"], Form.PNG: b"as it was"}


def test_a_spool_that_has_lost_its_turn_begins_no_label(transactions: Transactions) -> None:
    ask(transactions)
    printer = Recorder()
    with single(transactions, SITE, NOW) as hold:
        assert hold is not None
        old = Service(transactions, SITE, hold.epoch, at())
    with single(transactions, SITE, NOW) as hold:
        assert hold is not None
        with pytest.raises(TurnLost):
            feed_next(old, "folder", printer)
        assert printer.got == []
        feed_next(replace(old, epoch=hold.epoch), "folder", printer)
    assert [label.subject for label in printer.got] == ["T-1"]


def test_two_spools_at_once_print_nothing_twice(transactions: Transactions) -> None:
    for n in range(1, 21):
        ask(transactions, n, f"T-{n}")
    printer = Recorder()
    spools = [
        threading.Thread(target=send_all, args=(transactions, SITE, {"folder": printer}, at()))
        for _ in range(2)
    ]
    for spool in spools:
        spool.start()
    for spool in spools:
        spool.join(WAIT_S)
    send_all(transactions, SITE, {"folder": printer}, at())
    assert [label.number for label in printer.got] == list(range(1, 21))


def test_a_server_tells_whoever_sends_labels_that_one_was_asked_for(
    postgresql_warehouse: str,
) -> None:
    transactions = open_database(postgresql_warehouse)
    told = threading.Event()
    with single(transactions, SITE, NOW) as hold:
        assert hold is not None
        hold.listen(told.set)
        for n in range(1, 2 * WAIT_S):  # it begins to listen on a thread of its own
            ask(transactions, n, f"T-{n}")
            if told.wait(0.5):
                break
    assert told.is_set()
    engine_of(transactions).dispose()


def test_a_label_goes_to_the_printer_of_its_station(transactions: Transactions) -> None:
    with transactions.begin() as tx:
        tx.execute(
            insert(Station).values(site=SITE, code="P1", scan_code="ST-P1", printer="zebra-1")
        )
        queue_label(tx, cause(1, station="P1"), "tote", "T-1", TOTE)
        queue_label(tx, cause(2, station="P9"), "tote", "T-2", TOTE)
    zebra, folder = Recorder(), Recorder()
    send_all(transactions, SITE, {"folder": folder, "zebra-1": zebra}, at())
    assert [label.subject for label in zebra.got] == ["T-1"]
    assert [label.subject for label in folder.got] == ["T-2"]


def test_a_printer_that_is_not_there_is_named_and_holds_up_no_other(
    transactions: Transactions,
) -> None:
    ask(transactions, 1, "T-1")
    ask(transactions, 2, "T-2")
    with transactions.begin() as tx:
        tx.execute(update(PrintJob).where(PrintJob.subject == "T-1").values(printer="zebra-9"))
    printer = Recorder()
    send_all(transactions, SITE, {"folder": printer}, at())
    assert [label.subject for label in printer.got] == ["T-2"]
    assert jobs(transactions)[0].error == "there is no printer 'zebra-9' here, only: folder"


def test_a_reprint_is_the_same_label_marked_as_a_copy(transactions: Transactions) -> None:
    sscc = "395212340000000175"
    with transactions.begin() as tx:
        queue_label(tx, cause(1), "pallet", sscc, {"sscc": sscc})
    printer = Recorder()
    send_all(transactions, SITE, {"folder": printer}, at())
    with transactions.begin() as tx:
        assert reprint_label(tx, cause(2), sscc) == 2
        assert reprint_label(tx, cause(3), sscc) == 2  # it has not come out yet
        assert reprint_label(tx, cause(4), "unknown") == 0
    send_all(transactions, SITE, {"folder": printer}, at())
    assert [job.state for job in jobs(transactions)] == ["sent", "sent"]
    first, copy = printer.got
    assert b"COPY" not in first.forms[Form.ZPL]
    assert b"^FDCOPY 2^FS" in copy.forms[Form.ZPL]
    with Image.open(BytesIO(copy.forms[Form.PNG])) as picture:
        assert read_back(picture) == ["00" + sscc]


def test_a_failed_label_that_is_asked_for_again_is_no_copy(transactions: Transactions) -> None:
    ask(transactions, scan_code="ÜÜÜ")
    send_all(transactions, SITE, {"folder": Recorder()}, at())
    with transactions.begin() as tx:
        assert printer_stands(tx, SITE, "folder", NOW).failed == 1
        tx.execute(update(PrintJob).values(data=json.dumps(TOTE)))  # somebody mends it
        assert reprint_label(tx, cause(2), "T-1") == 1
    printer = Recorder()
    assert send_all(transactions, SITE, {"folder": printer}, at()) == 1
    assert [(label.number, label.subject) for label in printer.got] == [(1, "T-1")]


@pytest.mark.parametrize(
    "subject",
    [
        "../../etc/passwd",
        "/etc/passwd",
        "..",
        ".",
        "",
        "a\x00b",
        "CON",
        "x" * 5000,
        "C:\\windows",
        "王小明",
        "-rf *",
        "a/../../b\n",
    ],
)
def test_a_hostile_subject_never_leaves_the_folder(subject: str, tmp_path: Path) -> None:
    folder = tmp_path / "one" / "labels"
    label = Rendered(7, "tote", subject, {Form.PNG: b"png", Form.ZPL: b"zpl"})
    FolderPrinter(folder).send(label)
    written = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert {path.parent for path in written} == {folder}
    assert sorted(path.suffix for path in written) == [".png", ".zpl"]
    assert file_name(label).startswith("000007-tote")
    assert len(file_name(label)) < 100


def test_a_folder_that_cannot_be_written_is_a_failure_that_is_seen(
    transactions: Transactions, tmp_path: Path
) -> None:
    (tmp_path / "labels").write_text("a file is in the way", "utf-8")
    ask(transactions)
    send_all(transactions, SITE, {"folder": FolderPrinter(tmp_path / "labels")}, at())
    ((_, state, tries, error, _),) = jobs(transactions)
    assert (state, tries) == ("waiting", 1)
    assert "exists" in error or "directory" in error


def test_a_file_is_there_whole_or_not_at_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_fd: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    label = Rendered(1, "tote", "T-1", {Form.PNG: b"png", Form.ZPL: b"zpl"})
    with pytest.raises(NotPrinted, match="No space"):
        FolderPrinter(tmp_path).send(label)
    assert list(tmp_path.iterdir()) == []


class Signals(Recorder):
    """Tells when a label came."""

    def __init__(self) -> None:
        super().__init__()
        self.came = threading.Event()

    def send(self, label: Rendered) -> Fate:
        fate = super().send(label)
        self.came.set()
        return fate


def spool_of(transactions: Transactions, printer: Printer) -> Spool:
    roster: Printers = {"folder": printer}
    return Spool(transactions, SITE, lambda: (roster, frozenset()), threading.Event(), at())


def test_the_thread_sends_what_waits_at_its_start_and_what_it_is_woken_for(
    transactions: Transactions,
) -> None:
    printer = Signals()
    ask(transactions, 1, "T-1")
    spool = spool_of(transactions, printer)
    spool.start()
    try:
        assert printer.came.wait(WAIT_S)
        printer.came.clear()
        ask(transactions, 2, "T-2")
        spool.wake()
        assert printer.came.wait(WAIT_S)
    finally:
        spool.stop(WAIT_S)
    assert not spool.is_alive()
    assert [label.subject for label in printer.got] == ["T-1", "T-2"]


def test_the_thread_outlives_a_database_that_is_away(
    transactions: Transactions, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked = threading.Event()

    def away(*_args: object) -> None:
        looked.set()
        raise DatabaseAway("connection refused")

    monkeypatch.setattr("floorhand.labels.feeding.feed_next", away)
    printer = Signals()
    ask(transactions)
    spool = spool_of(transactions, printer)
    spool.start()
    try:
        assert looked.wait(WAIT_S)
        monkeypatch.undo()
        spool.wake()
        assert printer.came.wait(WAIT_S)
    finally:
        spool.stop(WAIT_S)
    assert spool.away == ""


def test_the_thread_leaves_a_server_that_has_gone_silent(
    postgresql_warehouse: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    silent = threading.Event()
    met = threading.Event()

    def meddle(_request: bytes) -> Way | None:
        if not silent.is_set():
            return None
        met.set()
        return Way.SILENT

    wire = Wire(postgresql_warehouse, meddle)
    monkeypatch.setattr("floorhand.store.single.SILENT_MAX_S", 0.2)
    behind = open_database(wire.named(make_url(postgresql_warehouse).database or ""))
    direct = open_database(postgresql_warehouse)
    printer = Signals()
    spool = spool_of(behind, printer)
    spool.start()
    try:
        assert spool.tried.wait(WAIT_S)
        silent.set()
        spool.wake()  # it looks for labels, before any of its printers does
        assert met.wait(WAIT_S)
        silent.clear()
        ask(direct)
        assert printer.came.wait(WAIT_S)
    finally:
        spool.stop(WAIT_S)
    assert not spool.is_alive()
    for transactions in (behind, direct):
        engine_of(transactions).dispose()
    wire.close()


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_printer_whose_thread_died_is_fed_again(
    transactions: Transactions, monkeypatch: pytest.MonkeyPatch
) -> None:
    died = threading.Event()

    def broken(*_args: object) -> None:
        died.set()
        raise RuntimeError("what nobody has foreseen")

    monkeypatch.setattr("floorhand.labels.feeding.feed_next", broken)
    printer = Signals()
    ask(transactions)
    spool = spool_of(transactions, printer)
    spool.start()
    try:
        assert died.wait(WAIT_S)
        monkeypatch.undo()
        until = time.monotonic() + WAIT_S
        while not printer.came.wait(0.1) and time.monotonic() < until:
            spool.wake()
    finally:
        spool.stop(WAIT_S)
    assert [label.subject for label in printer.got] == ["T-1"]


def test_the_embedded_printer_starts_with_the_terminal(
    transactions: Transactions, tmp_path: Path
) -> None:
    stop = threading.Event()
    spool = start_spool(transactions, SITE, tmp_path / "labels", stop, at())
    assert spool.daemon
    spool.stop(WAIT_S)
    assert stop.is_set()
    assert not spool.is_alive()
