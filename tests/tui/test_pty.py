"""The real program in a real pseudo-terminal."""

import json
import os
import re
import shutil
import signal
import sys
import termios
from pathlib import Path

import pytest
from conftest import SITE, new_warehouse
from forked_terminal import ForkedTerminal
from homes import home_of
from shell import damage
from sqlalchemy import select, update
from tui.flood import (
    CHILD,
    ENDINGS,
    FORKED,
    Terminal,
    codes,
    flood,
    flood_serial,
    flood_tmux,
    heard,
    ways,
)
from warehouses import packing

from floorhand.domain.scanners import Profile
from floorhand.store.db import Transactions, engine_of
from floorhand.store.schema import Scan, Station

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there are no pseudo-terminals")

HOSTILE = [
    "\x1b[2J\x1b[1;1H",
    "\x9b2J",
    "\x1b]52;c;Zm9v\x07",
    "\x1b]0;title\x07",
    "\x1bP1$r0m\x1b\\",
    "\x1b[?1049l\x1b[6n\x1b[c",
    "a\x07\x08\x08\x0b\x0c\r\nb",
    "\u202eevil\u2066x\u200f",
    "\x00\x01\x02\x7f\x85\x9d",
    "[red]x[/red] [/b] [@click=app.quit]y[/]",
    "\ufeff\u2028\u2029\U000e0041",
    "e" + "\u0301" * 200,
    "水壶" * 50,
    "\ud83d".encode("utf-16", "surrogatepass").decode("utf-16", "replace") + "\ue000",
    "{name.__class__} %s {0} \\x1b[2J",
]

OURS = re.compile(
    r"\x1b\[[0-9;:]*[mHG]|\x1b\[\?[0-9]+(?:[hl]|\$p)|\x1b\[<u"
    r"|\x1b\]22;default(?:\x1b\\|\x07)|\x07"
)
"""What Textual itself sends: colours, places, modes; and our bell."""

UNSAFE = re.compile(
    "[\x00-\x09\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]"
)


def unexpected(written: bytes) -> list[str]:
    """Sequences and control characters that are not Textual's own."""
    rest = OURS.sub("", written.decode("utf-8"))
    return sorted({rest[at.start() : at.start() + 12] for at in UNSAFE.finditer(rest)})


def test_every_scan_arrives_exact_and_in_order_however_it_ends(tmp_path: Path) -> None:
    sent = codes(60)
    data = b"".join(b"".join(code.encode() + end for code in sent) for end in ENDINGS.values())
    data += b"\x1b[200~" + b"\r\n".join(code.encode() for code in sent) + b"\x1b[201~\r"
    assert flood(data, tmp_path, FORKED)[0] == sent * (len(ENDINGS) + 1)


def test_bytes_that_are_no_text_and_a_flood_without_end_harm_no_later_scan(tmp_path: Path) -> None:
    file = tmp_path / "heard"
    terminal = Terminal(str(CHILD), "flood", str(file), program=FORKED)
    try:
        assert terminal.until(lambda: heard(file) == ["READY"])
        terminal.send(b"\xff\xc9\xfe\r" + b"\x11\x03\x04\x1a\x1c\r" + b"x" * 100_000 + b"\r")
        assert terminal.until(lambda: b"512+" in terminal.written)
        terminal.send(b"A-1\rEND\r")
        assert terminal.until(lambda: terminal.process.poll() is not None)
    finally:
        terminal.close()
    assert heard(file) == ["READY", "\ufffd\ufffd\ufffd", "\x11\x04\x1a\x1c", "A-1", "END"]


@pytest.mark.skipif(shutil.which("tmux") is None, reason="there is no tmux here")
def test_every_scan_arrives_through_tmux_too(tmp_path: Path) -> None:
    sent = codes(40)
    data = ways(sent)
    got, _, megabytes = flood_tmux(data["CR"] + data["LF"] + data["one paste"], tmp_path)
    assert got == sent * 3
    assert 0 < megabytes < 100


def test_a_scanner_on_its_own_line_is_read_exact_and_in_order(tmp_path: Path) -> None:
    sent = [*codes(60), "A\x1b[21~B"]
    data = b"".join(code.encode() + b"\r\n" for code in sent)
    assert flood_serial(data, tmp_path, FORKED)[0] == sent


def test_a_scanner_that_was_pulled_out_is_told_and_heard_again(tmp_path: Path) -> None:
    file, device = tmp_path / "heard", tmp_path / "scanner"
    terminal = Terminal(str(CHILD), "flood", str(file), str(device), program=FORKED)
    try:
        for code in ("A-1", "END"):
            assert terminal.until(lambda: b"is not there" in terminal.written)
            master, slave = os.openpty()
            device.symlink_to(os.ttyname(slave))
            assert terminal.until(lambda s=slave: not termios.tcgetattr(s)[3] & termios.ICANON)
            terminal.written.clear()
            os.write(master, code.encode() + b"\r")
            assert terminal.until(lambda c=code: heard(file)[-1:] == [c])
            device.unlink()
            os.close(slave)
            os.close(master)
        assert terminal.until(lambda: terminal.process.poll() is not None)
    finally:
        terminal.close()


@pytest.mark.parametrize(("columns", "rows"), [(26, 12), (120, 40)])
def test_no_hostile_text_reaches_the_terminal_as_it_is(columns: int, rows: int) -> None:
    terminal = Terminal(
        str(CHILD), "hostile", json.dumps(HOSTILE), columns=columns, rows=rows, program=FORKED
    )
    try:
        for number in range(len(HOSTILE)):
            shown = f"{number}/900".encode()
            assert terminal.until(lambda shown=shown: shown in terminal.written), HOSTILE[number]
            typed = re.sub("[\r\n]", "", HOSTILE[number]).encode()
            terminal.send(typed + b"\x7f" * 600 + b"NEXT\r")
        assert terminal.until(lambda: b"900/900" in terminal.written)
    finally:
        terminal.close()
    assert unexpected(bytes(terminal.written)) == []
    assert terminal.process.returncode == 0


def test_a_terminal_ends_in_good_order_when_told_to(tmp_path: Path) -> None:
    terminal = Terminal(str(CHILD), "flood", str(tmp_path / "heard"), program=FORKED)
    assert terminal.until(lambda: heard(tmp_path / "heard") == ["READY"])
    terminal.close()
    assert terminal.process.returncode == 0
    assert terminal.written.endswith(b"\x1b[?25h\x1b[?1004l") or b"\x1b[?1049l" in terminal.written


def test_a_terminal_that_was_stopped_reads_on_where_it_was_and_is_left_as_it_was(
    tmp_path: Path,
) -> None:
    file = tmp_path / "heard"
    terminal = Terminal(str(CHILD), "flood", str(file), program=FORKED)
    try:
        assert terminal.until(lambda: heard(file) == ["READY"])
        for number in range(3):
            half = f"HALF-{number}-"
            terminal.send(half.encode())
            assert terminal.until(lambda half=half: half.encode() in terminal.written)
            terminal.written.clear()
            for each in (signal.SIGSTOP, signal.SIGCONT):
                terminal.process.send_signal(each)
            assert terminal.until(lambda: b"\x1b[?1049h" in terminal.written)
            terminal.send(b"0\r")
            assert terminal.until(lambda half=half: heard(file)[-1] == f"{half}0")
        terminal.send(b"END\r")
        assert terminal.until(lambda: terminal.process.poll() is not None)
        assert terminal.process.returncode == 0
        assert termios.tcgetattr(terminal.master)[3] & termios.ICANON
    finally:
        terminal.close()


def test_a_terminal_whose_line_is_cut_ends_by_itself(tmp_path: Path) -> None:
    terminal = Terminal(str(CHILD), "flood", str(tmp_path / "heard"), program=FORKED)
    assert terminal.until(lambda: heard(tmp_path / "heard") == ["READY"])
    os.close(terminal.master)
    terminal.process.wait(20)


def test_a_terminal_whose_database_lacks_a_column_ends_with_a_sentence(tmp_path: Path) -> None:
    engine_of(new_warehouse(tmp_path, "other.db")).dispose()
    home = home_of(tmp_path / "other.db")
    damage(home, "ALTER TABLE seat RENAME COLUMN redo_step TO lost")
    words = ["-m", "floorhand", "--database", home, "--site", SITE, "terminal"]
    terminal = ForkedTerminal(words, tmp_path)
    try:
        terminal.wait_for(b"was not made by this floorhand (")
        terminal.wait_for(b"seat.redo_step")
    finally:
        terminal.close()


def test_the_program_hears_a_scanner_on_a_line_as_its_station_says_from_the_sign_in_on(
    transactions: Transactions, tmp_path: Path
) -> None:
    packing.build(transactions)
    with transactions.begin() as tx:
        sends = Profile(prefix="Q").to_json()
        tx.execute(update(Station).where(Station.code == packing.STATION).values(scanner=sends))
    url = engine_of(transactions).url.render_as_string(hide_password=False)
    line, end = os.openpty()
    named = ["--database", url, "--site", SITE, "--seat", "P1", "--scanner", os.ttyname(end)]
    terminal = ForkedTerminal(["-m", "floorhand", "terminal", *named], tmp_path)
    try:
        terminal.wait_for(b"Scan your badge")
        os.write(line, b"STATION-1\r")
        terminal.wait_for(b"You work at")
        os.write(line, b"QBADGE-ANA\r\n")
        terminal.wait_for(b"Hello Ana")
    finally:
        terminal.close()
        os.close(line)
        os.close(end)
    with transactions.begin() as tx:
        assert tx.scalars(select(Scan.source)).all() == ["hint", "scanned"]
