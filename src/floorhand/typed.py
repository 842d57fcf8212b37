"""Lines as somebody types them, or a script holds them: read on while an answer is on its way."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import BinaryIO, Final

from floorhand.domain.keymap import KEYS
from floorhand.errors import Code
from floorhand.flows.turn import Said
from floorhand.flows.waiting import Waiting

LINE_BYTES_MAX: Final = 2048
"""Longer than any scan in any encoding; the rest of such a line is thrown away."""

NAMED_CONTROLS: Final[Mapping[str, str]] = {"<GS>": "\x1d", "<RS>": "\x1e", "<EOT>": "\x04"}
"""Control characters that codes hold, as they are written in a line."""

KEY_NAMES: Final[Mapping[str, str]] = {name.upper(): barcode for name, barcode in KEYS.values()}
"""A line that is nothing but the name of a key presses it, also where free text is asked for."""


class Ahead:
    """Reads on while an answer is on its way, so that no line is lost in the terminal's own buffer.

    Args:
        lines: What is typed; or why it was no scan.
        full: Called when a line is not taken because too many wait, and no line before it was.
    """

    def __init__(self, lines: Iterable[str | Said], full: Callable[[], None]) -> None:
        self._lines = lines
        self._full = full
        self._waiting: Waiting[str | Said] = Waiting()
        self._ended = False
        self._changed = threading.Condition()
        threading.Thread(target=self._read, name="typed", daemon=True).start()

    def _read(self) -> None:
        gap = False
        for line in self._lines:
            with self._changed:
                taken = self._waiting.offer(line)
                self._changed.notify()
            if not (taken or gap):
                self._full()
            gap = not taken
        with self._changed:
            self._ended = True
            self._changed.notify()

    def __len__(self) -> int:
        return len(self._waiting)

    def __iter__(self) -> Iterator[str | Said]:
        """Give line after line, waiting for each, until the input ends."""
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._ended or len(self._waiting))
                if not len(self._waiting):
                    return
                line = self._waiting.next()
            yield line

    def drop(self) -> int:
        """Forget what was typed ahead; gives how many lines."""
        with self._changed:
            return self._waiting.drop()

    def missed(self) -> int:
        """Give how many lines were not taken, once all that were are answered; else 0."""
        with self._changed:
            return self._waiting.missed()


def typed_lines(source: BinaryIO) -> Iterator[str | Said]:
    """Read lines that end in CR, LF or both; one that is too long is refused."""
    too_long = False
    while part := source.readline(LINE_BYTES_MAX):
        whole = part.endswith(b"\n")
        if too_long or (not whole and len(part) == LINE_BYTES_MAX):
            if not too_long:
                facts = {"characters": f"{LINE_BYTES_MAX}+"}
                yield Said(f"refusal.{Code.SCAN_TOO_LONG}", facts, "refused")
            too_long = not whole
            continue
        for line in re.split(r"[\r\n]", part.decode("utf-8", "replace")):
            if line:
                yield line


def read_scan(line: str) -> str:
    """Read one written line as a scan: ``> `` in front is optional, ``<GS>`` is the separator."""
    scanned = line[2:] if line.startswith("> ") else line
    if (name := scanned.strip(" ").upper()) in KEY_NAMES:
        return KEY_NAMES[name]
    for name, control in NAMED_CONTROLS.items():
        scanned = scanned.replace(name, control)
    return scanned
