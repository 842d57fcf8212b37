"""It does not matter where a read cuts the bytes: every kind of input, cut at every place."""

from __future__ import annotations

import curses
from itertools import combinations

import pytest
from tui.bytes import share

from floorhand.domain.scanners import Profile
from floorhand.tui.keys import KEY_SEQUENCES
from floorhand.tui.scan import Heard, KeyDown, Scan, ScanReader, Typed

GS1 = b"]d20109521234543213" + b"10L7\x1d21S1"
PLAIN = Profile()

KINDS: dict[str, tuple[bytes, Profile]] = {
    "ends of lines": (b"A-1\r\nB-2\rC\n\r\n\tD\tE\r\n\r\n", PLAIN),
    "separators": (GS1 + b"\r" + GS1 + b"\n", PLAIN),
    "two pastes": (b"\x1b[200~A\r\nB\x1d1\x1b[201~C\r\x1b[200~\x1b[21~D\x1b[201~\r", PLAIN),
    "a paste without end": (b"\x1b[200~A\rB\r" + GS1 + b"\rC\r", PLAIN),
    "an end without paste": (b"A\x1b[201~B\r\x1b[201~C\r", PLAIN),
    "escape inside a code": (b"AB\x1bCD\rAB\x1b\x1bCD\r\x1bX\rA\x1b[5CB\rA\x1bOxB\r", PLAIN),
    "keys among scans": (b"\x1b[21~A\r\x1bOPB\x1b[15~C\r\x1b[[A\x1b[6~\x1bO[D\r", PLAIN),
    "letters of all lengths": ("é€水😀\r\u200bÀ\r".encode(), PLAIN),
    "what is no text": (b"\xc9A\r\xff\xfe\xe2\x82\r\xf0\x9f\x98\rA\xed\xa0\x80B\r\xc3\rC\r", PLAIN),
    "Latin-1": ("CAFÉ-7\rÜ\r".encode("latin-1"), PLAIN),
    "control characters": (bytes(range(32)) * 2 + b"A\x11B\x13\x00C\x7f\r\x02D\x03\r", PLAIN),
    "too long": (b"x" * 30 + b"y" * 500 + b"\rA\r", PLAIN),
    "replies": (b"A\x1b[IB\x1b[<35;10;5MC\r\x1b[?2026;2$y\x1b[48;20;40;0;0tD\r", PLAIN),
    "the scanner test": (b"]C0X-1fhxscntstx\r]C0fhxFHXSCNTSTXA\rB\r", PLAIN),
    "a suffix": (b"A##B####C#D##\rE#\r##", Profile(suffix="##")),
    "a framed code": (b"\x02A\x03\x02B\x03\r\n", Profile("cr", "\x03", 50, "\x02")),
    "stand-ins": (b"~A~B|C^]D^\x1b[19~E~\r", Profile(separators=("~", "|", "^]", "F8"))),
    "a wrong keyboard": ("$Cà109%\r12\r*BACK\r".encode(), Profile(keyboard="azerty")),
    "too long for a suffix": (b"z" * 520 + b"##A##", Profile(suffix="##")),
}


def plain(heard: list[Heard]) -> list[Heard]:
    return [item for item in heard if not isinstance(item, Typed)]


def read(parts: list[bytes], profile: Profile) -> list[Heard]:
    reader = ScanReader(profile)
    return plain([item for part in parts for item in reader.feed(part)])


@pytest.mark.parametrize("kind", KINDS)
def test_a_cut_anywhere_changes_nothing(kind: str) -> None:
    data, profile = KINDS[kind]
    whole = read([data], profile)
    assert [item for item in whole if isinstance(item, Scan)]
    for at in range(len(data) + 1):
        assert read([data[:at], data[at:]], profile) == whole, at
    if len(data) < 80:
        for one, two in combinations(range(len(data) + 1), 2):
            assert read([data[:one], data[one:two], data[two:]], profile) == whole, (one, two)
    assert read([data[at : at + 1] for at in range(len(data))], profile) == whole


@pytest.mark.parametrize("sequence", KEY_SEQUENCES)
def test_a_cut_inside_a_key_changes_nothing(sequence: str) -> None:
    data = f"A\r{sequence}B{sequence}C\r".encode()
    whole = read([data], PLAIN)
    for at in range(len(data) + 1):
        assert read([data[:at], data[at:]], PLAIN) == whole, at


@pytest.mark.parametrize("kind", KINDS)
def test_silence_inside_a_scan_ends_no_scan(kind: str) -> None:
    data, profile = KINDS[kind]
    scans = [item.text for item in read([data], profile) if isinstance(item, Scan)]
    for at in range(len(data)):
        if b"\x1b" in data[max(0, at - 5) : at]:
            continue  # an escape byte and silence are the Esc key, which clears what was begun
        reader = ScanReader(profile)
        heard = reader.feed(data[:at]) + reader.quiet() + reader.feed(data[at:])
        assert [item.text for item in heard if isinstance(item, Scan)] == scans, at


TERMINALS = (
    "xterm-256color", "linux", "rxvt", "rxvt-unicode-256color", "screen-256color", "tmux-256color",
    "vt220", "putty", "putty-256color", "konsole", "gnome-256color", "kitty", "alacritty", "foot",
    "st-256color", "cygwin", "mintty", "xterm-kitty", "iterm2", "ms-terminal", "vte-256color",
)  # fmt: skip


@pytest.mark.parametrize("terminal", TERMINALS)
def test_the_function_keys_of_a_terminal_are_known(terminal: str) -> None:
    try:
        curses.setupterm(terminal, 1)
    except curses.error:
        pytest.skip(f"terminfo here knows no {terminal}")
    for number in range(1, 13):
        sequence = curses.tigetstr(f"kf{number}")
        if sequence and number != 8:
            assert read([sequence], PLAIN) == [KeyDown(f"f{number}")], sequence


def test_what_the_keypad_sends_in_its_second_meaning_is_digits() -> None:
    assert read([b"\x1bOq\x1bOr\x1bOn\x1bOpA\x1bOM"], PLAIN) == [Scan("12.0A", "hint")]


def test_random_bytes_never_fail_and_never_fire() -> None:
    counts, wrong = share(7, 3_000)
    assert wrong == []
    assert counts["scans"] > 100
    assert counts["keys"] > 500
