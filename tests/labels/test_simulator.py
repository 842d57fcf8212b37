"""The simulator reads as a printer does, however the bytes are cut, and obeys what is typed."""

from __future__ import annotations

import io
import socket
from argparse import Namespace
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from labels.nasty import expected, read_back
from PIL import Image

from floorhand.cli import main
from floorhand.commands import printer_simulator
from floorhand.labels.host_status import QUESTION, take_answer
from floorhand.labels.layout import lay_out
from floorhand.labels.printers import Fate, Form, Rendered
from floorhand.labels.simulator.console import TYPED, NotUnderstood, describe, obey, texts_of
from floorhand.labels.simulator.machine import Printed
from floorhand.labels.simulator.printer import PrinterSimulator
from floorhand.labels.simulator.stream import Control, Format, Splitter
from floorhand.labels.template import load_template
from floorhand.labels.zebra import TcpPrinter
from floorhand.labels.zpl import write_zpl

LABEL = b"^XA^FO50,50^A0N,40,40^FDone^FS^XZ"
BINARY = b"^XA^FO0,0^GFB,9,9,1,^XZ~HS^XA^FS^FDpicture^FS^XZ"
WAIT_S = 20


def split(received: bytes, cuts: tuple[int, ...] = ()) -> list[Format | Control]:
    splitter = Splitter()
    edges = [0, *sorted(cuts), len(received)]
    pieces = [received[a:b] for a, b in pairwise(edges)]
    return [part for piece in pieces for part in splitter.feed(piece)]


def labels(received: bytes) -> list[bytes]:
    return [part.zpl for part in split(received) if isinstance(part, Format)]


@pytest.mark.parametrize(
    ("received", "found"),
    [
        (LABEL, [LABEL]),
        (b"\r\n " + LABEL + b"\n" + LABEL + b" ", [LABEL, LABEL]),
        (b"lost^FDlost^FS^XZ" + LABEL, [LABEL]),
        (b"\x02^FDone^FS\x03", [b"\x02^FDone^FS\x03"]),
        (b"^xa^fdone^fs^xz", [b"^xa^fdone^fs^xz"]),
        (b"^XA^CC-\n-FDone-FS-XZ", [b"^XA^CC-\n-FDone-FS-XZ"]),
        (b"~CC++XA+FDone+FS+XZ", [b"+XA+FDone+FS+XZ"]),
        (BINARY, [BINARY]),
        (b"^XA^XA^FDtwice^FS^XZ", [b"^XA^XA^FDtwice^FS^XZ"]),
        (LABEL[:-1], []),
    ],
)
def test_a_label_is_what_stands_between_its_begin_and_its_end(
    received: bytes, found: list[bytes]
) -> None:
    assert labels(received) == found


def test_commands_count_wherever_they_stand_but_not_within_a_picture() -> None:
    controls = [part for part in split(b"~HS^XA^FD~HS^FS~hs^XZ~JX") if isinstance(part, Control)]
    assert controls == [Control(b"HS"), Control(b"HS"), Control(b"HS"), Control(b"JX")]
    assert not [part for part in split(BINARY) if isinstance(part, Control)]


@given(st.lists(st.integers(0, 200), max_size=6))
def test_it_does_not_matter_how_the_bytes_are_cut(cuts: list[int]) -> None:
    stream = b"~HS\r\n" + LABEL + b"~CD;^XA^PQ3^GFB;3;3;1;^XZ^FDx^FS^XZ~CD," + BINARY + b"~HS"
    assert split(stream, tuple(min(cut, len(stream)) for cut in cuts)) == split(stream)


@given(st.binary(max_size=200))
def test_nothing_makes_splitting_fail(noise: bytes) -> None:
    assert split(noise) == split(noise, tuple(range(len(noise))))


@pytest.mark.parametrize(
    ("zpl", "prints", "copies"),
    [
        (LABEL, True, 1),
        (b"^XA^MMT^PW812^XZ", False, 1),
        (b"^XA^DFR:FORM^FS^FO1,1^FN1^FS^XZ", False, 1),
        (b"^XA^XFR:FORM^FS^FN1^FDx^FS^PQ7,0,1,Y^XZ", True, 7),
        (b"^XA^PQ0^FDx^FS^XZ", True, 1),
        (b"^XA^PQx^FDx PQ9^FS^XZ", True, 1),
    ],
)
def test_what_only_sets_something_does_not_come_out(zpl: bytes, prints: bool, copies: int) -> None:
    (label,) = split(zpl)
    assert isinstance(label, Format)
    assert (label.prints, label.copies) == (prints, copies)


def ask(sim: PrinterSimulator, sent: bytes) -> bytes:
    """Send something; give all that is answered before the line is ended."""
    with socket.create_connection((sim.host, sim.port), WAIT_S) as line:
        line.sendall(sent)
        line.shutdown(socket.SHUT_WR)
        said = b""
        while piece := line.recv(4096):
            said += piece
    return said


def test_it_answers_as_documented_and_is_silent_where_a_zebra_is() -> None:
    with PrinterSimulator() as sim:
        sim.pause()
        said = ask(sim, LABEL + LABEL + QUESTION)
        assert said == (
            b"\x02030,0,1,1218,002,0,0,0,000,0,0,0\x03\r\n"
            b"\x02000,0,0,0,0,2,4,0,00000000,1,000\x03\r\n"
            b"\x021234,0\x03\r\n"
        )
        for fault in (sim.paper_out, sim.open_head, lambda: sim.ribbon(out=True)):
            fault()
            assert ask(sim, QUESTION) == b""
            sim.mend()
        assert sim.settle(WAIT_S)
        assert [out.zpl for out in sim.printed] == [LABEL, LABEL]


def test_the_beginning_of_a_label_stays_until_it_is_cancelled() -> None:
    with PrinterSimulator() as sim:
        assert ask(sim, LABEL[:-3]) == b""
        answer, _ = take_answer(ask(sim, QUESTION))
        assert answer is not None
        assert answer.partial
        ask(sim, b"~JX")
        answer, _ = take_answer(ask(sim, QUESTION))
        assert answer is not None
        assert not answer.partial
        ask(sim, LABEL[:-3])
        ask(sim, LABEL)
        assert sim.settle(WAIT_S)
        assert [out.zpl for out in sim.printed] == [LABEL[:-3] + LABEL]


def test_everything_that_can_be_typed_is_understood_or_refused_with_what_is_expected() -> None:
    with PrinterSimulator(labels=5) as sim:
        assert "out of labels" in obey(sim, "Paper OUT")
        assert obey(sim, "reload 3").endswith("3 on the roll")
        assert obey(sim, "reload").endswith("5 on the roll")
        assert "head open" in obey(sim, "open")
        assert "head open" not in obey(sim, "close")
        assert "paused" in obey(sim, "pause")
        assert "out of ribbon" in obey(sim, "ribbon out")
        assert "not reading" in obey(sim, "stall")
        assert "off the network" in obey(sim, "refuse")
        assert "answers: half, answers 20 ms late" in obey(sim, "answer half 20")
        assert obey(sim, "mend").startswith("ready;")
        assert obey(sim, "labels") == "none yet"
        assert all(typed.shape in obey(sim, "help") for typed in TYPED.values())
        for wrong in (
            "reload x",
            "paper",
            "ribbon up",
            "answer",
            "answer maybe",
            "slow 9e9",
            "jump",
        ):
            with pytest.raises(NotUnderstood, match=r"expected|no number|no command"):
                obey(sim, wrong)


def test_a_port_that_another_took_meanwhile_does_not_end_the_simulator() -> None:
    with PrinterSimulator() as sim:
        obey(sim, "refuse")
        with (
            socket.create_server((sim.host, sim.port)),
            pytest.raises(NotUnderstood, match="accept: "),
        ):
            obey(sim, "accept")
        assert obey(sim, "accept").startswith("ready;")
        assert take_answer(ask(sim, QUESTION))[0] is not None


def test_what_is_typed_strikes_at_the_byte() -> None:
    with PrinterSimulator() as sim:
        obey(sim, "drop 12")
        with pytest.raises(OSError, match=r"reset|not connected"):  # whichever call sees it first
            ask(sim, LABEL)
        assert sim.settle(WAIT_S)
        assert sim.received == (LABEL[:12],)


def test_a_label_is_told_by_what_it_says_and_nothing_of_it_reaches_the_terminal_raw() -> None:
    zpl = b"^XA^FO1,1^FH_^FDM_C3_BCller _1B[31m^FS^BCN^FH^FD_41BC^FS^FDplain_41^FS^FD^FS^XZ"
    assert texts_of(zpl) == ["Müller \x1b[31m", "ABC", "plain_41"]
    assert describe(Printed(7, 2, zpl)) == (
        f"label 7, copy 2, {len(zpl)} bytes: Müller ␛[31m · ABC · plain_41"
    )


def test_of_many_texts_the_first_and_the_last_are_told() -> None:
    zpl = b"^XA" + b"".join(b"^FO1,1^FD%d^FS" % number for number in range(9)) + b"^XZ"
    assert describe(Printed(1, 1, zpl)).endswith(": 0 · 1 · 2 · … · 7 · 8")


def test_the_command_prints_labels_into_a_folder_until_told_to_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    class Typing(io.StringIO):
        """Prints a label between two typed lines."""

        def __next__(self) -> str:
            line = super().__next__()
            if line == "labels\n":
                address = capsys.readouterr().out.split()[3].rstrip(".")
                host, _, port = address.partition(":")
                label = Rendered(1, "bin", "A-01", {Form.ZPL: LABEL})
                assert TcpPrinter(host, int(port)).send(label) is Fate.CONFIRMED
            return line

    monkeypatch.setattr("sys.stdin", Typing("nonsense\nlabels\nquit\nnever read\n"))
    with pytest.raises(SystemExit) as ended:
        main(["printers", "simulate", "--port", "0", "--folder", str(tmp_path / "out")])
    assert ended.value.code == 0
    assert "label 1, 33 bytes: one" in capsys.readouterr().out
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["000001.zpl"]
    assert (tmp_path / "out" / "000001.zpl").read_bytes() == LABEL + b"\n"


def test_a_label_of_ours_is_kept_and_shown_as_a_picture_too(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    template = load_template("tote")
    layout = lay_out(template, template.kind.sample, 203)
    args = Namespace(show=True, folder=tmp_path)
    ours, foreign = write_zpl(layout).strip(), LABEL
    printer_simulator._came_out(Printed(1, 1, ours), args)
    printer_simulator._came_out(Printed(2, 1, foreign), args)
    told = capsys.readouterr().out.splitlines()
    assert told[0].startswith(f"label 1, {len(ours)} bytes: tote · ")
    assert told[1][0] in "╭+"
    assert told[-1] == "label 2, 33 bytes: one"
    names = sorted(path.name for path in tmp_path.iterdir())
    assert names == ["000001.png", "000001.zpl", "000002.zpl"]
    with Image.open(tmp_path / "000001.png") as picture:
        assert read_back(picture) == expected(layout)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--port", "70000"], "ports are 0 to 65535"),
        (["--labels", "-1"], "--labels is -1"),
        (["--ms", "99999999999"], "--ms is 99999999999"),
    ],
)
def test_the_command_refuses_what_cannot_be(
    words: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        main(["printers", "simulate", *words])
    assert told in capsys.readouterr().err


def test_a_port_that_is_taken_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        with pytest.raises(SystemExit):
            main(["printers", "simulate", "--port", port])
    assert "Choose another --port" in capsys.readouterr().err
