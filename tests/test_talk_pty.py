"""Line mode at a real terminal: what a scanner sends there, and what a person does."""

from __future__ import annotations

import os
import re
import signal
import sys
import termios
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

import pytest
from conftest import SITE
from tui.flood import FORKED, Terminal
from warehouses import people

from floorhand.commands.typing_line import TypingLine
from floorhand.domain.scanners import PLAIN, Profile
from floorhand.flows.turn import Said
from floorhand.store.db import Transactions, engine_of

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there are no pseudo-terminals")


@pytest.fixture(autouse=True)
def in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the program leave nothing beside the checkout."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("FLOORHAND_STATE", str(tmp_path / "state"))


class Talking(Terminal):
    """`floorhand talk` at a pseudo-terminal."""

    def __init__(self, transactions: Transactions) -> None:
        url = engine_of(transactions).url.render_as_string(hide_password=False)
        named = ["--database", url, "--site", SITE, "--seat", "T1"]
        super().__init__("-m", "floorhand", "talk", *named, program=FORKED)
        self.cooked = self.modes()
        assert self.until(lambda: b"Scan your badge" in self.written), self.written

    def modes(self) -> object:
        return termios.tcgetattr(self.master)

    def answers(self, sent: bytes, word: bytes) -> None:
        """Send something and wait for its answer, and for the keys of the question behind it."""
        self.written.clear()
        self.send(sent)
        told = re.compile(re.escape(word) + rb".*\)\r\n$", re.DOTALL)
        assert self.until(lambda: told.search(self.written)), self.written

    def ends(self) -> int | None:
        """Wait until it has ended; gives its exit code."""
        self.until(lambda: self.process.poll() is not None)
        assert self.modes() == self.cooked
        return self.process.returncode


def test_scans_are_taken_as_they_come_and_no_character_of_a_code_stops_it(
    transactions: Transactions,
) -> None:
    people.build(transactions)
    with closing(Talking(transactions)) as talking:
        talking.answers(b"BADGE-ANA\n", b"* Hello Ana.")
        talking.answers(
            b"A\x1cB\x13C\x1aD\x04E\r", b"! A<FS>B<DC3>C<SUB>D<EOT>E is not known here."
        )
        talking.answers(b"\x02B-7\x03\r", b"! B-7 is not known here.")
        talking.answers(b"L\x1b[20~1\t", b"! NOT taken: L<F9>1.")
        talking.answers(b"\x1b[24~", b"* Signed out, Ana.")
        talking.send(b"\x03")
        assert talking.ends() == 130


@pytest.mark.parametrize("how", ["Ctrl-D", "told to end"])
def test_the_terminal_is_given_back_as_it_was(transactions: Transactions, how: str) -> None:
    people.build(transactions)
    with closing(Talking(transactions)) as talking:
        assert talking.modes() != talking.cooked
        if how == "Ctrl-D":
            talking.send(b"\x04")
        else:
            talking.process.send_signal(signal.SIGTERM)
        assert talking.ends() == (0 if how == "Ctrl-D" else 128 + signal.SIGTERM)


@pytest.fixture(autouse=True)
def interruptible() -> Iterator[None]:
    """Let Ctrl-C interrupt, however the tests were started: what runs behind a shell ignores it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture
def line() -> Iterator[tuple[int, int]]:
    """Both ends of a line that makes nothing of what it carries."""
    line, end = os.pipe()
    yield line, end
    for one in (line, end):
        with suppress(OSError):
            os.close(one)


def typed(
    line: tuple[int, int], *parts: bytes, hides: bool = False, profile: Profile = PLAIN
) -> tuple[list[str], str]:
    """Send parts until the line ends; gives what was taken for scans, and what was shown."""
    shown: list[str] = []
    for part in parts:
        os.write(line[1], part)
    os.close(line[1])
    heard = list(TypingLine(line[0], profile, lambda: hides, shown.append))
    return [item.text if isinstance(item, Said) else item for item in heard], "".join(shown)


def test_what_is_typed_is_shown_and_can_be_taken_back(line: tuple[int, int]) -> None:
    assert typed(line, b"A\xe6\xb0\xb4\x7f\x7fB\r") == (["B"], "B\n")


def test_a_pin_is_shown_as_dots_and_a_command_in_its_place_as_it_is(line: tuple[int, int]) -> None:
    assert typed(line, b"212660\r*BACK\r", hides=True) == (
        ["212660", "*BACK"],
        "••••••\n*BACK\n",
    )


def test_ctrl_d_ends_an_empty_line_only(line: tuple[int, int]) -> None:
    assert typed(line, b"A\x04\rB\r\x04C\r")[0] == ["A\x04", "B"]


def test_ctrl_c_ends_an_empty_line_and_the_second_one_any(line: tuple[int, int]) -> None:
    assert typed(line, b"\x02A\r\x03B\x03\r")[0] == ["A", "B"]


@pytest.mark.parametrize("pressed", [b"\x03", b"AB\x03\x03"])
def test_ctrl_c_interrupts_the_program(line: tuple[int, int], pressed: bytes) -> None:
    with pytest.raises(KeyboardInterrupt):
        typed(line, pressed + b"\r")


def test_the_scanner_is_read_as_its_profile_says(line: tuple[int, int]) -> None:
    assert typed(line, b"~A~B##", profile=Profile(suffix="##", separators=("~",)))[0] == ["~A\x1dB"]
