"""What is typed and scanned at a real terminal in line mode, read as the screens read it.

The terminal itself must make nothing of what a scanner sends: half of the control characters that
codes hold would end or stop a program. So the line is read raw, and what the terminal would do for
a person is done here: characters are shown as they come, and taken back.
"""

from __future__ import annotations

import os
import selectors
import signal
import sys
import termios
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import takewhile
from typing import Final

from floorhand.domain.keymap import KEYS
from floorhand.domain.scanners import Profile
from floorhand.flows.turn import Said
from floorhand.text.columns import width
from floorhand.text.visible import visible
from floorhand.tui.scan import (
    Heard,
    KeyDown,
    KeyInside,
    Scan,
    ScanReader,
    TooLong,
    Typed,
    Unended,
    refusal_of,
)

READ_BYTES_MAX: Final = 4096
BARCODES: Final = {"escape": "*BACK", **dict(KEYS.values())}

STX, ETX, EOT = b"\x02", b"\x03", b"\x04"
"""Frames of a scan; the last two are also what Ctrl-C and Ctrl-D send."""

DOT: Final = "•"


@contextmanager
def untouched(line: int) -> Iterator[None]:
    """Let a terminal hand over bytes as they come: no end changed, no character taken for a key.

    It is given back as it was, also if the program is told to end.
    """
    if not os.isatty(line):
        yield
        return
    before = termios.tcgetattr(line)
    raw = termios.tcgetattr(line)
    raw[0] &= ~(termios.ICRNL | termios.INLCR | termios.IGNCR | termios.IXON | termios.ISTRIP)
    raw[3] &= ~(termios.ICANON | termios.ECHO | termios.ISIG | termios.IEXTEN)
    told_to_end = signal.signal(signal.SIGTERM, _end)
    termios.tcsetattr(line, termios.TCSANOW, raw)
    try:
        yield
    finally:
        termios.tcsetattr(line, termios.TCSANOW, before)
        signal.signal(signal.SIGTERM, told_to_end)


def _end(number: int, _frame: object) -> None:
    sys.exit(128 + number)


class TypingLine:
    """Reads a terminal in line mode: gives scans, keys by their barcodes, and what was no scan.

    Ctrl-D on an empty line ends it. So does Ctrl-C, like any program; where a line has begun only
    the second in a row does, because scanners end what they send with the same character.

    Args:
        line: The terminal.
        profile: How the scanner here sends.
        hides: Says whether what is typed now is nobody's business.
        show: Writes to the terminal.
    """

    def __init__(
        self,
        line: int,
        profile: Profile,
        hides: Callable[[], bool],
        show: Callable[[str], object],
    ) -> None:
        self._line = line
        self._reader = ScanReader(profile)
        self._hides = hides
        self._show = show
        self._shown = ""
        self._framed = False
        self._last = b""

    def __iter__(self) -> Iterator[str | Said]:
        """Give what comes, until the line ends or somebody ends it."""
        with selectors.DefaultSelector() as selector:
            selector.register(self._line, selectors.EVENT_READ)
            while True:
                if not selector.select(self._reader.patience_s):
                    yield from self._lines(self._reader.quiet())
                    continue
                try:
                    data = os.read(self._line, READ_BYTES_MAX)
                except OSError:
                    return
                if not data:
                    return
                at_s = time.monotonic()
                for part in _parts(data):
                    if self._ends(part):
                        return
                    yield from self._lines(self._reader.feed(part, at_s))

    def _ends(self, part: bytes) -> bool:
        """Say whether a part is Ctrl-D or Ctrl-C, and let that end the program."""
        twice, self._last = self._last == part == ETX, part
        if part == STX:
            self._framed = True
        if part == EOT:
            return not (self._shown or self._framed)
        if part != ETX:
            return False
        framed, self._framed = self._framed, False
        if (self._shown or framed) and not twice:
            return False
        main = threading.main_thread().ident
        assert main is not None
        signal.pthread_kill(main, signal.SIGINT)
        return True

    def _lines(self, heard: list[Heard]) -> Iterator[str | Said]:
        for item in heard:
            match item:
                case Typed(text=text):
                    self._echo(text)
                case Scan(text=text):
                    self._echo(text, ended=True)
                    yield text
                case KeyDown(key=key, half=False) if key in BARCODES:
                    self._echo(key.upper(), ended=True)
                    yield BARCODES[key]
                case TooLong() | KeyInside() | Unended():
                    self._echo(getattr(item, "text", self._shown), ended=True)
                    yield refusal_of(item)

    def _echo(self, text: str, *, ended: bool = False) -> None:
        """Show what has been typed so far in place of what was shown before."""
        text = DOT * len(text) if self._hides() and not text.startswith("*") else visible(text)
        pairs = zip(self._shown, text, strict=False)
        same = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
        taken_back = "\b \b" * width(self._shown[same:])
        self._shown = "" if ended else text
        self._show(taken_back + text[same:] + ("\n" if ended else ""))


def _parts(data: bytes) -> Iterator[bytes]:
    """Cut out what may be Ctrl-C or Ctrl-D, or frame a scan."""
    at = 0
    for place, byte in enumerate(data):
        if byte in STX + ETX + EOT:
            if place > at:
                yield data[at:place]
            yield data[place : place + 1]
            at = place + 1
    if at < len(data):
        yield data[at:]
