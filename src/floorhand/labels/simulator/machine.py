"""What is inside a printer: paper, head, labels that wait. No sockets, no threads, no clock."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace

from floorhand.labels.simulator.stream import Control, Format, Splitter

BUFFER_BYTES_MAX = 4 * 1024 * 1024
"""How much of labels a printer holds before it stops reading."""

PRINTED_MAX = 10_000
"""So many printed labels are remembered."""

COPIES_MAX = 99_999_999
"""What the answer to ~HS has digits for."""


@dataclass(frozen=True, slots=True)
class Printed:
    """A label that came out.

    Attributes:
        number: Counts what came out, from 1.
        copy: Which of the copies of one label it is, from 1.
        zpl: What it was made of, byte for byte from ^XA to ^XZ.
    """

    number: int
    copy: int
    zpl: bytes


class Machine:
    """A printer without its plug.

    Args:
        labels: How many are on the roll; None if it never ends.
        buffer_bytes: How much of labels it holds before it stops reading.
    """

    def __init__(self, labels: int | None = None, buffer_bytes: int = BUFFER_BYTES_MAX) -> None:
        self.labels_left = labels
        self.head_open = False
        self.ribbon_out = False
        self.paused = False
        self.begun = b""
        """The beginning of a label that a connection left behind when it ended."""
        self.printed: deque[Printed] = deque(maxlen=PRINTED_MAX)
        self._buffer_bytes = buffer_bytes
        self._formats: deque[Format] = deque()
        self._printing = b""
        self._copies = self._copy = 0
        self.count = 0

    @property
    def faulty(self) -> bool:
        """Whether it is in a state in which it neither prints nor answers."""
        return self.labels_left == 0 or self.head_open or self.ribbon_out

    @property
    def full(self) -> bool:
        """Whether it takes in nothing more for now."""
        return sum(len(label.zpl) for label in self._formats) >= self._buffer_bytes

    @property
    def can_print(self) -> bool:
        """Whether the next label would come out now."""
        return self.held > 0 and not self.faulty and not self.paused

    @property
    def held(self) -> int:
        """Labels that are in it and have not come out."""
        return len(self._formats) + self._copies - self._copy

    def take(self, part: Format | Control, splitter: Splitter) -> bytes:
        """Take a label or obey a command; give what is to be answered.

        The beginning of a label that an earlier connection left behind prints into the next one.
        """
        match part:
            case Format():
                whole, self.begun = replace(part, zpl=self.begun + part.zpl), b""
                if whole.prints:
                    self._formats.append(whole)
            case Control(name=b"HS"):
                return b"" if self.faulty else self._host_status(bool(self.begun or splitter.begun))
            case Control(name=b"JX"):
                splitter.cancel()
                self.begun = b""
            case Control(name=b"JA"):
                self.lose()
            case Control(name=b"PP"):
                self.paused = True
            case Control(name=b"PS"):
                self.paused = False
        return b""

    def print_one(self) -> Printed:
        """Let the next label come out."""
        assert self.can_print
        if self._copy == self._copies:
            label = self._formats.popleft()
            self._printing, self._copy = label.zpl, 0
            self._copies = min(COPIES_MAX, label.copies)
        self._copy += 1
        self.count += 1
        if self.labels_left is not None:
            self.labels_left -= 1
        out = Printed(self.count, self._copy, self._printing)
        self.printed.append(out)
        return out

    def lose(self) -> None:
        """Forget all labels that have not come out."""
        self._formats.clear()
        self._copies = self._copy = 0
        self.begun = b""

    def _host_status(self, partial: bool) -> bytes:
        """Answer ``~HS``. Source: Zebra, ZPL II Programming Guide, command ~HS."""
        formats, remaining = min(999, len(self._formats)), self._copies - self._copy
        strings = (
            f"030,0,{self.paused:d},1218,{formats:03},{self.full:d},0,{partial:d},000,0,0,0",
            f"000,0,0,0,0,2,4,0,{remaining:08},1,000",
            "1234,0",
        )
        return "".join(f"\x02{text}\x03\r\n" for text in strings).encode()


def _whole(answer: bytes) -> bytes:
    return answer


def _half(answer: bytes) -> bytes:
    return answer[: len(answer) // 2]


def _twice(answer: bytes) -> bytes:
    return answer * 2


def _lines(answer: bytes) -> bytes:
    return answer.replace(b"\x02", b"").replace(b"\x03\r\n", b"\n")


def _noise(answer: bytes) -> bytes:
    return bytes(byte ^ 0x55 for byte in answer)


def _none(_: bytes) -> bytes:
    return b""


MANNERS: dict[str, Callable[[bytes], bytes]] = {
    "whole": _whole,
    "half": _half,
    "twice": _twice,
    "lines": _lines,
    "noise": _noise,
    "none": _none,
}
"""How it answers: as documented, or as printers do that are broken or made by others."""
