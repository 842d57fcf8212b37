"""Labels reach printers that speak IPP, and nobody is told more than is known."""

from __future__ import annotations

import socket
import struct
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from labels.ipp_fake import FakePrinter, answered, running
from labels.ipp_real import ippeveprinter

from floorhand.domain.labels import KINDS
from floorhand.errors import BadSetting
from floorhand.labels import ipp
from floorhand.labels.addresses import Books
from floorhand.labels.addresses import printer_at as printer_at_address
from floorhand.labels.ipp import IppPrinter
from floorhand.labels.ipp_message import Answer, Operation, Tag, read_answer, write_request
from floorhand.labels.printers import (
    Condition,
    Fate,
    Form,
    InDoubt,
    NotPrinted,
    Rendered,
    Status,
    pdf_printer,
)
from floorhand.labels.render import lay_out_named, render

ZPL = b"^XA^FDhe\xc3\xbc^FS^XZ"
LABEL = Rendered(7, "shipping", "X/../1", {Form.ZPL: ZPL, Form.PDF: b"%PDF", Form.PNG: b"\x89P"})


@pytest.fixture
def fake() -> Iterator[FakePrinter]:
    with running(FakePrinter()) as printer:
        yield printer


def printer_at(fake: FakePrinter, form: Form = Form.ZPL, follow_s: float = 5) -> IppPrinter:
    return IppPrinter(fake.uri, form, 203, follow_s=follow_s)


def test_a_label_arrives_as_it_is_and_is_confirmed_when_the_job_is_done(fake: FakePrinter) -> None:
    fake.states = [{"job-state": 3}, {"job-state": 5}, {"job-state": 9}]
    assert printer_at(fake).send(LABEL) is Fate.CONFIRMED
    assert fake.documents == [ZPL]
    ((_, job),) = [asked for asked in fake.asked if asked[0] == Operation.PRINT_JOB]
    assert job.text("printer-uri") == fake.uri
    assert job.text("document-format") == "application/vnd.zebra-zpl"
    assert job.text("job-name").startswith("000007-shipping-X_1-")


@pytest.mark.parametrize(
    ("form", "known", "chosen"),
    [
        (Form.ZPL, ["application/pdf", "application/octet-stream"], "application/octet-stream"),
        (
            Form.ZPL,
            ["application/octet-stream", "application/vnd.cups-raw"],
            "application/vnd.cups-raw",
        ),
        (Form.PDF, ["application/octet-stream", "application/pdf"], "application/pdf"),
        (Form.PNG, ["image/png"], "image/png"),
        (Form.PNG, [], "image/png"),
    ],
)
def test_a_form_is_called_what_the_printer_calls_it(
    fake: FakePrinter, form: Form, known: list[str], chosen: str
) -> None:
    fake.printer["document-format-supported"] = known
    printer_at(fake, form).send(LABEL)
    (job,) = [request for kind, request in fake.asked if kind == Operation.PRINT_JOB]
    assert job.text("document-format") == chosen


def test_a_printer_that_does_not_take_a_form_is_not_sent_it(fake: FakePrinter) -> None:
    fake.printer["document-format-supported"] = ["image/urf", "application/pdf"]
    with pytest.raises(NotPrinted, match="does not take ZPL, only: image/urf, application/pdf"):
        printer_at(fake).send(LABEL)
    assert fake.jobs == []


def test_a_picture_is_not_scaled_where_the_printer_can_be_told_so(fake: FakePrinter) -> None:
    fake.printer["print-scaling-supported"] = ["auto", "none"]
    printer_at(fake, Form.PDF).send(LABEL)
    (job,) = [request for kind, request in fake.asked if kind == Operation.PRINT_JOB]
    assert job.text("print-scaling") == "none"


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (0x0507, "is busy"),
        (0x040A, "0x040A"),
        (0x040B, "0x040B"),
        (0x0506, "0x0506"),
        (0x0400, "0x0400"),
    ],
)
def test_a_job_that_was_not_taken_was_not_printed(
    fake: FakePrinter, status: int, said: str
) -> None:
    fake.print_job = status
    with pytest.raises(NotPrinted, match=said):
        printer_at(fake).send(LABEL)


@pytest.mark.parametrize("status", [0x0500, 0x0504, 0x0508])
def test_after_an_error_in_the_middle_nobody_knows(fake: FakePrinter, status: int) -> None:
    fake.print_job = status
    with pytest.raises(InDoubt, match=f"0x{status:04X}"):
        printer_at(fake).send(LABEL)


def test_a_job_given_up_before_it_began_was_not_printed(fake: FakePrinter) -> None:
    fake.states = [{"job-state": 7, "job-state-reasons": "x", "time-at-processing": None}]
    with pytest.raises(NotPrinted, match="gave the label up: x"):
        printer_at(fake).send(LABEL)
    fake.states = [{"job-state": 8, "job-state-reasons": "unsupported-document-format"}]
    with pytest.raises(NotPrinted, match="unsupported-document-format"):
        printer_at(fake).send(LABEL)


@pytest.mark.parametrize("more", [{}, {"time-at-processing": 5}])
def test_a_job_given_up_in_the_middle_is_in_doubt(fake: FakePrinter, more: dict[str, Any]) -> None:
    fake.states = [{"job-state": 8, "job-state-reasons": "aborted-by-system", **more}]
    with pytest.raises(InDoubt, match="gave the label up: aborted-by-system"):
        printer_at(fake).send(LABEL)


@pytest.mark.parametrize("state", [{"job-state": 5}, {"job-state": 4}, {}, 0x0406])
def test_a_job_that_is_not_seen_done_is_sent(
    fake: FakePrinter, state: dict[str, Any] | int
) -> None:
    fake.states = [state]
    assert printer_at(fake, follow_s=0.1).send(LABEL) is Fate.SENT


SIZES = ["na_letter_8.5x11in", "na_index-4x6_4x6in", "om_small_100x50mm", "custom_min_1x1in", "x"]


@pytest.mark.parametrize(
    ("form", "content", "attributes", "paper"),
    [
        (Form.PDF, b"%PDF /MediaBox [ 0 0 287.76 432 ]", {"media-ready": SIZES}, SIZES[1]),
        (Form.PDF, b"%PDF /MediaBox[0 0 288 432]", {"media-supported": SIZES}, SIZES[1]),
        (Form.PDF, b"%PDF /MediaBox [ 0 0 432 288 ]", {"media-ready": SIZES}, ""),
        (Form.PDF, b"%PDF /MediaBox [ 0 0 288 432 ]", {"media-ready": SIZES[:1]}, ""),
        (
            *(Form.PDF, b"%PDF /MediaBox [ 0 0 288 432 ]"),
            *({"media-ready": SIZES[:1], "media-supported": SIZES}, ""),
        ),
        (Form.PDF, b"%PDF", {"media-ready": SIZES}, ""),
        (Form.PNG, b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sII", 13, b"IHDR", 800, 400),
         {"media-ready": SIZES}, SIZES[2]),
        (Form.ZPL, ZPL, {"media-ready": SIZES}, ""),
        (Form.PDF, b"%PDF /MediaBox [ 0 0 288 432 ]", {}, ""),
    ],
)  # fmt: skip
def test_a_printer_is_told_which_of_its_papers_the_label_is(
    fake: FakePrinter, form: Form, content: bytes, attributes: dict[str, Any], paper: str
) -> None:
    fake.printer |= attributes
    printer_at(fake, form).send(Rendered(7, "shipping", "X", {form: content}))
    (job,) = [request for kind, request in fake.asked if kind == Operation.PRINT_JOB]
    assert job.text("media") == paper


def test_our_own_labels_say_how_large_they_are(fake: FakePrinter) -> None:
    fake.printer["media-ready"] = SIZES
    layout = lay_out_named("shipping", KINDS["shipping"].sample, 203)
    for form in (Form.PDF, Form.PNG):
        printer_at(fake, form).send(render(layout, 7, "X", [form]))
    jobs = [request for kind, request in fake.asked if kind == Operation.PRINT_JOB]
    assert [job.text("media") for job in jobs] == [SIZES[1], SIZES[1]]


@pytest.mark.parametrize(("pages", "said"), [(0, "Unable to add"), (0, ""), (1, "Unable to add")])
def test_what_cups_could_not_print_and_calls_done_is_in_doubt(
    fake: FakePrinter, pages: int, said: str
) -> None:
    fake.printer["cups-version"] = "2.4.2"
    told = {"job-printer-state-message": said, "job-impressions-completed": pages}
    fake.states = [{"job-state": 5, **told}, {"job-state": 9, **told}]
    if pages or not said:
        assert printer_at(fake).send(LABEL) is Fate.SENT
    else:
        with pytest.raises(InDoubt, match="CUPS says: Unable to add"):
            printer_at(fake).send(LABEL)


def test_what_cups_calls_done_is_not_printed_for_sure(fake: FakePrinter) -> None:
    fake.printer["cups-version"] = "2.4.2"
    assert printer_at(fake).send(LABEL) is Fate.SENT


def test_a_job_whose_answer_was_lost_is_found_by_its_name(fake: FakePrinter) -> None:
    fake.print_job = lambda _: None
    fake.jobs = ["another"]
    assert printer_at(fake).send(LABEL) is Fate.CONFIRMED
    assert fake.asked[-1][1].number("job-id") == 1


@pytest.mark.parametrize(
    "answer", [b"", b"OK", answered(0)[:-1]], ids=["nothing", "no IPP", "half"]
)
def test_a_job_whose_answer_was_lost_and_that_is_not_known_is_in_doubt(
    fake: FakePrinter, answer: bytes
) -> None:
    def forget(_: object) -> bytes | None:
        fake.jobs.clear()
        return answer or None

    fake.print_job = forget
    with pytest.raises(InDoubt):
        printer_at(fake).send(LABEL)


def test_a_printer_that_hangs_is_not_waited_for(
    fake: FakePrinter, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It even sends a letter now and then, so that no single wait is long."""
    over = threading.Event()

    def drip(handler: Any) -> None:
        fake.jobs.clear()
        while not over.is_set():
            try:
                handler.wfile.write(b"H")
                handler.wfile.flush()
            except OSError:
                break
            over.wait(0.02)

    monkeypatch.setattr(ipp, "SEND_S", 0.3)
    fake.print_job = drip
    began = time.monotonic()
    try:
        with pytest.raises(InDoubt):
            printer_at(fake).send(LABEL)
    finally:
        over.set()
    assert time.monotonic() - began < 5


def test_a_printer_that_is_not_there_was_sent_nothing() -> None:
    with socket.create_server(("127.0.0.1", 0)) as held:
        port = held.getsockname()[1]
    printer = IppPrinter(f"ipp://127.0.0.1:{port}", Form.ZPL, 203)
    away = f"The printer at 127.0.0.1:{port} cannot be reached: Connection refused."
    assert printer.status() == Status(Condition.OFFLINE, told=away)
    with pytest.raises(NotPrinted, match="Connection refused"):
        printer.send(LABEL)


def test_a_printer_that_takes_the_call_and_says_nothing_is_silent() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        uri = f"ipp://127.0.0.1:{listening.getsockname()[1]}"
        printer = IppPrinter(uri, Form.ZPL, 203, status_s=0.2)
        assert printer._ask.__defaults__ is not None
        assert printer.status().condition is Condition.SILENT
        with pytest.raises(NotPrinted):
            printer.send(LABEL)


@pytest.mark.parametrize(
    ("code", "condition"), [(401, Condition.OFFLINE), (426, Condition.OFFLINE), (500, "silent")]
)
def test_a_web_server_that_lets_nothing_through_is_told(
    fake: FakePrinter, code: int, condition: str
) -> None:
    fake.http = code
    status = printer_at(fake).status()
    assert status.condition == condition
    assert str(code) in status.told


@pytest.mark.parametrize(
    ("state", "reasons", "condition"),
    [
        (3, "none", Condition.READY),
        (4, "none", Condition.BUSY),
        (5, "none", Condition.PAUSED),
        (5, ["paused"], Condition.PAUSED),
        (5, ["media-empty-error", "paused"], Condition.PAPER),
        (3, ["media-empty"], Condition.PAPER),
        (3, ["media-low-warning", "media-empty-report"], Condition.READY),
        (5, ["media-needed-warning"], Condition.PAPER),
        (5, ["cover-open-error"], Condition.HEAD),
        (4, ["marker-supply-empty"], Condition.RIBBON),
        (4, ["offline-report"], Condition.OFFLINE),
        (3, ["offline-report"], Condition.READY),
        (4, ["spool-area-full"], Condition.BUSY),
        (3, ["something-new"], Condition.READY),
        (None, [], Condition.READY),
    ],
)
def test_a_printers_state_is_told_in_one_word(
    fake: FakePrinter, state: int | None, reasons: str | list[str], condition: Condition
) -> None:
    fake.printer = {"printer-state": state, "printer-state-reasons": reasons, "queued-job-count": 2}
    status = printer_at(fake).status()
    assert (status.condition, status.held) == (condition, 2)


def test_a_printer_that_takes_no_jobs_is_paused(fake: FakePrinter) -> None:
    fake.printer["printer-is-accepting-jobs"] = False
    assert printer_at(fake).status() == Status(Condition.PAUSED, 0, "The printer takes no jobs.")


def test_a_label_stays_with_us_while_the_printer_is_out_of_paper(fake: FakePrinter) -> None:
    fake.printer = {"printer-state": 5, "printer-state-reasons": ["media-empty-error"]}
    with pytest.raises(NotPrinted, match="media-empty-error"):
        printer_at(fake).send(LABEL)
    assert fake.jobs == []


def test_labels_do_not_pile_up_where_nobody_can_reroute_them(fake: FakePrinter) -> None:
    fake.printer["queued-job-count"] = 1
    assert printer_at(fake).send(LABEL) is Fate.CONFIRMED
    fake.printer["queued-job-count"] = 2
    with pytest.raises(NotPrinted, match="has 2 labels waiting"):
        printer_at(fake).send(LABEL)
    assert len(fake.jobs) == 1


@pytest.mark.parametrize(
    "uri", ["", "printer", "http://printer/", "ipp://", "ipp://u:p@h/", "ipp://[x", "ipp://h:99999"]
)
def test_what_is_no_address_of_a_printer_is_refused(uri: str) -> None:
    with pytest.raises(BadSetting, match="is no address of a printer"):
        IppPrinter(uri, Form.PDF, 300)


@pytest.mark.parametrize(
    ("address", "takes"),
    [
        ("ipp://h/ipp/print", (Form.PDF,)),
        ("ipps://h:8443/p#zpl", (Form.ZPL,)),
        ("ipp://h#png", (Form.PNG,)),
        ("pdf:labels/pdf", (Form.PDF,)),
    ],
)
def test_an_address_says_what_a_printer_is_and_is_sent(
    address: str, takes: tuple[Form, ...]
) -> None:
    printer = printer_at_address(address, 300, Books(Path()))
    assert (printer.takes, printer.dpi) == (takes, 300)


@pytest.mark.parametrize("address", ["ipp://h/p#gif", "pdf:", "ipp:h"])
def test_an_address_that_is_none_is_refused(address: str) -> None:
    with pytest.raises(BadSetting):
        printer_at_address(address, 300, Books(Path()))


def test_values_are_read_as_they_were_written() -> None:
    request = write_request(
        Operation.GET_JOBS,
        5,
        ((Tag.INTEGER, "limit", -3), (Tag.KEYWORD, "which", ("a", "b")), (Tag.NAME, "n", "ü")),
        ((Tag.KEYWORD, "print-scaling", "none"),),
    )
    read = read_answer(request)
    assert read is not None
    assert (read.number("limit"), read.texts("which"), read.text("n")) == (-3, ("a", "b"), "ü")
    assert [job.text("print-scaling") for job in read.jobs()] == ["none"]


def test_every_beginning_of_an_answer_is_no_answer() -> None:
    whole = answered(0, (4, {"printer-state": 3, "a": ["x", "y"], "n": None, "yes": True}))
    assert read_answer(whole) is not None
    assert {read_answer(whole[:n]) for n in range(len(whole))} == {None}


@given(st.binary(max_size=300) | st.binary(max_size=200).map(lambda tail: answered(0)[:-1] + tail))
def test_whatever_a_printer_answers_is_read_without_an_error(raw: bytes) -> None:
    answer = read_answer(raw)
    assert answer is None or isinstance(answer, Answer)


@given(st.data())
def test_an_answer_with_any_byte_changed_is_read_without_an_error(data: st.DataObject) -> None:
    whole = bytearray(answered(0, (4, {"printer-state": 3, "a": ["x", "y"]}), (2, {"job-id": 1})))
    for _ in range(data.draw(st.integers(1, 4))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    answer = read_answer(bytes(whole))
    if answer is not None:
        assert isinstance(ipp._status(answer), Status)
        assert answer.number("x") is None


def test_without_a_label_printer_each_label_is_a_pdf(tmp_path: Path) -> None:
    printer = pdf_printer(tmp_path / "out")
    assert (printer.takes, printer.dpi, printer.repeats) == ((Form.PDF,), 300, True)
    for _ in range(2):
        printer.send(Rendered(7, "shipping", "X", {Form.PDF: b"%PDF"}))
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["000007-shipping-X.pdf"]


@pytest.fixture
def real_printer(tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """The printer that comes with CUPS for trying programs, where there is DNS-SD for it."""
    formats = "application/pdf,image/png,application/vnd.zebra-zpl,application/octet-stream"
    with ippeveprinter(tmp_path / "spool", "-f", formats) as uri:
        yield uri, tmp_path / "spool"


def test_a_real_printer_takes_every_form_as_it_is(real_printer: tuple[str, Path]) -> None:
    uri, spool = real_printer
    assert IppPrinter(uri, Form.ZPL, 203, follow_s=0.1).send(LABEL) is Fate.SENT
    (arrived,) = spool.iterdir()
    assert arrived.read_bytes() == ZPL
    # It prints for seconds, and takes no other job while it does.
    assert IppPrinter(uri, Form.PDF, 203).status().condition is Condition.BUSY
    with pytest.raises(NotPrinted, match="busy"):
        IppPrinter(uri, Form.PDF, 203, follow_s=0.1).send(LABEL)
