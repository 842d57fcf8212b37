"""Many labels into a folder: a run that was interrupted goes on where it was.

The folder keeps what the run is about, as a digest of everything that makes its labels, and the
number of each label that is there. The same run begun again skips those; any other, such as one
after a bin got new digits, begins with the first. What is finished leaves no trace.
"""

from __future__ import annotations

import hashlib
import json
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from floorhand.labels.placed import Layout
from floorhand.labels.printers import FolderPrinter, Form
from floorhand.labels.render import known_template, render
from floorhand.store.label_data import LabelWanted

RUN_FILE = ".labels-unfinished"

PROGRESS_FROM = 100
"""Labels from which on it is worth to say how far it is."""

BAR_CHARACTERS = 24
SHOWN_EVERY_S = 0.1


class Progress:
    """A bar that says how far something is; nothing where nobody would see it."""

    def __init__(self, what: str, total: int, out: TextIO, done: int = 0) -> None:
        self._what, self._total, self._out = what, total, out
        self._begun_with, self._done = done, done
        self._begun = self._shown = time.monotonic()
        self._seen = total >= PROGRESS_FROM and out.isatty()
        encoding = (out.encoding or "").lower().replace("-", "")
        self._signs = "█░" if encoding == "utf8" else "#-"

    def step(self) -> None:
        """Count one more."""
        self._done += 1
        now = time.monotonic()
        if self._seen and (now - self._shown >= SHOWN_EVERY_S or self._done == self._total):
            self._shown = now
            end = "\n" if self._done == self._total else ""
            print(f"\r{self.line(now - self._begun)}\x1b[K", end=end, file=self._out, flush=True)

    def line(self, took_s: float) -> str:
        """Say how far it is after so long."""
        full = BAR_CHARACTERS * self._done // self._total
        bar = self._signs[0] * full + self._signs[1] * (BAR_CHARACTERS - full)
        here = self._done - self._begun_with
        rate = here / took_s if took_s > 0 else 0.0
        left = f"  {(self._total - self._done) / rate:.0f} s left" if rate else ""
        return f"{bar} {self._done} of {self._total} {self._what}, {rate:.0f}/s{left}"


class Run:
    """How far a run into a folder has come."""

    def __init__(self, folder: Path, key: str) -> None:
        self._path = folder / RUN_FILE
        self._key = key
        self.done = self._read()

    def _read(self) -> int:
        """Give the number of the last label that is there; a torn last line does not count."""
        try:
            first, *numbers = self._path.read_text("ascii").split("\n")[:-1] or [""]
        except (OSError, UnicodeDecodeError):
            return 0
        if first != self._key:
            return 0
        return max((int(number) for number in numbers if number.isdecimal()), default=0)

    @contextmanager
    def going_on(self) -> Iterator[TextIO]:
        """Note labels as they are written; what is finished without an error leaves no trace."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        if not self.done:
            self._path.write_text(f"{self._key}\n", "ascii")
        # Of the label at which the run before was killed there may be half a file.
        for half in self._path.parent.glob(f".{self.done + 1:06d}-*.part"):
            half.unlink(missing_ok=True)
        with self._path.open("a", encoding="ascii") as notes:
            yield notes
        self._path.unlink(missing_ok=True)


def key_of(
    wanted: Sequence[LabelWanted], dpi: int, forms: Sequence[Form], own: Path | None = None
) -> str:
    """Give a digest of all that makes the files of a run what they are."""
    whole = hashlib.sha256(f"{dpi} {' '.join(forms)}".encode())
    for name in sorted({one.template for one in wanted}):
        whole.update(repr(known_template(name, own=own)).encode("utf-8", "surrogatepass"))
    for one in wanted:
        row = json.dumps([one.template, one.subject, _sorted(one.data)])
        whole.update(row.encode())
    return whole.hexdigest()


def unfinished(
    folder: Path,
    wanted: Sequence[LabelWanted],
    dpi: int,
    forms: Sequence[Form],
    own: Path | None = None,
) -> Run:
    """Say how far these very labels have come in this folder."""
    return Run(folder, key_of(wanted, dpi, forms, own))


def to_folder(
    folder: Path,
    run: Run,
    wanted: Sequence[LabelWanted],
    layouts: Sequence[Layout],
    forms: tuple[Form, ...],
) -> None:
    """Write the labels that are not there yet, each whole or not at all."""
    printer = FolderPrinter(folder, forms=forms, durable=False)
    progress = Progress("labels", len(wanted), sys.stderr, run.done)
    with run.going_on() as notes:
        rest = zip(wanted[run.done :], layouts[run.done :], strict=True)
        for number, (one, layout) in enumerate(rest, run.done + 1):
            printer.send(render(layout, number, one.subject, forms))
            notes.write(f"{number}\n")
            notes.flush()
            run.done = number
            progress.step()


def _sorted(data: Mapping[str, object]) -> list[tuple[str, object]]:
    return sorted(data.items())
