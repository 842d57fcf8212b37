"""A printer that answers oddly is understood as far as that can be, and never guessed about."""

from __future__ import annotations

import socket
import threading
from typing import Any

import pytest
from labels.odd_printers import WAIT_S, odd_printer
from labels.test_host_status import FINE, answer

from floorhand.labels import zebra
from floorhand.labels.host_status import QUESTION
from floorhand.labels.printers import (
    Condition,
    Fate,
    Form,
    InDoubt,
    NotPrinted,
    Printer,
    Rendered,
    Status,
)
from floorhand.labels.zebra import CANCEL_PARTIAL, TcpPrinter, could_print

LABEL = b"^XA^FO50,50^A0N,40,40^FDParcel 1^FS^XZ\n"
HOST = "127.0.0.1"


def rendered(zpl: bytes = LABEL) -> Rendered:
    return Rendered(1, "shipping", "P-1", {Form.ZPL: zpl})


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take silence for a fault soon."""
    monkeypatch.setattr(zebra, "STATUS_MAX_S", 0.2)


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait for an answer as usual, but not for others to be done."""
    for limit in ("BUSY", "PRINT_STEP"):
        monkeypatch.setattr(zebra, f"{limit}_MAX_S", 0.2)


def test_a_tcp_printer_is_what_the_spool_needs() -> None:
    printer: Printer = TcpPrinter(HOST, 9100, 300)
    assert (printer.takes, printer.dpi, printer.repeats) == ((Form.ZPL,), 300, False)


def test_it_asks_before_the_label_and_after_it_and_never_within() -> None:
    with odd_printer(FINE) as printer:
        assert TcpPrinter(HOST, printer.port).send(rendered()) is Fate.CONFIRMED
    assert printer.got == QUESTION + LABEL + QUESTION + QUESTION


def test_a_label_that_moves_between_two_counters_is_not_taken_for_printed() -> None:
    left = (answer("eee=001"), FINE, answer("", "uuuuuuuu=00000001"), FINE, FINE)
    with odd_printer(FINE, *left) as printer:
        assert TcpPrinter(HOST, printer.port).send(rendered()) is Fate.CONFIRMED
    assert printer.got.count(QUESTION) == 1 + len(left)


def test_answers_to_questions_within_a_label_are_not_taken_for_ours() -> None:
    zpl = b"~HS^XA^FDfirst^FS^XZ~HS" + LABEL
    said = (FINE, FINE, FINE, answer("eee=001"), FINE, FINE)
    with odd_printer(*said) as printer:
        assert TcpPrinter(HOST, printer.port).send(rendered(zpl)) is Fate.CONFIRMED
    assert printer.got.count(QUESTION.strip()) == len(said)


def test_answers_that_come_twice_are_not_taken_for_later_ones() -> None:
    busy = answer("eee=001")
    with odd_printer(FINE + FINE, busy + busy, busy + busy, FINE + FINE) as printer:
        assert TcpPrinter(HOST, printer.port).send(rendered()) is Fate.CONFIRMED
    assert printer.got.count(QUESTION) >= 4


@pytest.mark.parametrize("noise", [b"", b"?", b"\x02030,0,0", FINE[:60], b"\xff" * 9000])
@pytest.mark.usefixtures("impatient")
def test_an_answer_that_is_none_is_silence(noise: bytes) -> None:
    with odd_printer(noise) as printer:
        assert TcpPrinter(HOST, printer.port).status().condition is Condition.SILENT
    with odd_printer(noise) as printer, pytest.raises(NotPrinted, match="does not answer"):
        TcpPrinter(HOST, printer.port).send(rendered())
    assert printer.got == QUESTION


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (answer("b=1"), "out of labels"),
        (answer("c=1"), "paused"),
        (answer("", "o=1"), "open"),
        (answer("", "p=1"), "ribbon"),
        (answer("g=1"), "off and on"),
    ],
)
def test_a_printer_that_says_what_is_wrong_gets_no_label(said: bytes, told: str) -> None:
    with odd_printer(said) as printer, pytest.raises(NotPrinted, match=told):
        TcpPrinter(HOST, printer.port).send(rendered())
    assert printer.got == QUESTION
    with odd_printer(FINE, said) as printer, pytest.raises(InDoubt, match=told):
        TcpPrinter(HOST, printer.port).send(rendered())


@pytest.mark.usefixtures("hurried")
def test_a_printer_that_stays_busy_gets_no_label() -> None:
    with odd_printer(answer("eee=004")) as printer, pytest.raises(NotPrinted, match="left: 4"):
        TcpPrinter(HOST, printer.port).send(rendered())
    assert not printer.got.replace(QUESTION, b"")


def test_a_printer_that_is_done_with_others_soon_is_waited_for() -> None:
    with odd_printer(answer("eee=002"), answer("eee=001"), FINE) as printer:
        assert TcpPrinter(HOST, printer.port).send(rendered()) is Fate.CONFIRMED


@pytest.mark.usefixtures("hurried")
def test_a_printer_that_is_never_done_leaves_a_doubt() -> None:
    with odd_printer(FINE, answer("eee=001")) as printer, pytest.raises(InDoubt, match="left: 1"):
        TcpPrinter(HOST, printer.port).send(rendered())


def test_many_copies_may_take_longer_than_one_as_long_as_they_get_fewer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(zebra, "PRINT_STEP_MAX_S", 0.5)
    monkeypatch.setattr(zebra, "POLL_MAX_S", 0.01)
    counted = [answer("", f"uuuuuuuu={left:08}") for left in range(80, 0, -1)]
    with odd_printer(FINE, *counted, FINE, FINE) as printer:
        assert TcpPrinter(HOST, printer.port).send(rendered()) is Fate.CONFIRMED


@pytest.mark.usefixtures("hurried")
def test_the_beginning_of_another_label_is_dropped_before_ours() -> None:
    """The odd printer says "partial" until it is told to cancel: by then its list has moved on."""
    with odd_printer(*(answer("h=1"),) * 50) as printer, pytest.raises(NotPrinted, match="taking"):
        TcpPrinter(HOST, printer.port).send(rendered())
    assert printer.got.count(CANCEL_PARTIAL) == 1
    assert printer.got.endswith(CANCEL_PARTIAL + QUESTION)


@pytest.mark.parametrize(
    ("part", "could"),
    [
        (b"^XA^FO1,1^FDone^FS", False),
        (b"^XA^FDEXZEMA XZ^FS", True),
        (b"^XA^GFA,99,99,9,:Z64:eJxzXZ/spQ3XZ=:1234", False),
        (b"^XA^FDone^FS^XZ", True),
        (b"^xa^fdone^fs^xz", True),
        (b"\x02^FDone^FS\x03", True),
        (b"^XA^SP100^FDone", True),
        (b"^XA^CCqqFDoneqFSqXZ", True),
    ],
)
def test_what_could_have_made_a_printer_print_is_told_from_what_could_not(
    part: bytes, could: bool
) -> None:
    assert could_print(part) is could


def test_nobody_at_the_address_is_offline() -> None:
    with socket.create_server((HOST, 0)) as gone:
        port = gone.getsockname()[1]
    printer = TcpPrinter(HOST, port)
    status = printer.status()
    assert status.condition is Condition.OFFLINE
    assert f"{HOST}:{port}" in status.told
    with pytest.raises(NotPrinted, match="cannot be reached: Connection refused"):
        printer.send(rendered())


def test_a_name_that_nobody_knows_is_offline(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: Any, **__: Any) -> Any:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    status = TcpPrinter("printer.invalid").status()
    assert status.condition is Condition.OFFLINE
    assert "its name is not known here" in status.told


@pytest.mark.usefixtures("impatient")
def test_a_name_server_that_does_not_answer_keeps_nobody_waiting(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    answers = threading.Event()
    real = socket.getaddrinfo

    def slow(host: str, *args: Any, flags: int = 0, **more: Any) -> Any:
        if not flags:
            answers.wait(WAIT_S)
        return real(host, *args, flags=flags, **more)

    monkeypatch.setattr(socket, "getaddrinfo", slow)
    printer = TcpPrinter("localhost")
    told = [printer.status() for _ in range(3)]
    answers.set()
    assert all(status.condition is Condition.OFFLINE for status in told)
    assert "address in numbers" in told[0].told


def test_a_printer_is_found_by_its_name() -> None:
    with odd_printer(FINE) as printer:
        assert TcpPrinter("localhost", printer.port).send(rendered()) is Fate.CONFIRMED


def test_a_printer_that_never_answers_by_its_nature_takes_labels() -> None:
    with odd_printer(b"") as printer:
        mute = TcpPrinter(HOST, printer.port, answers=False)
        assert mute.send(rendered()) is Fate.SENT
    assert printer.got == CANCEL_PARTIAL + LABEL
    with socket.create_server((HOST, 0)) as there:
        quiet = TcpPrinter(HOST, there.getsockname()[1], answers=False)
        assert quiet.status() == Status(Condition.READY)
