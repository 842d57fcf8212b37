"""Printers: where a rendered label goes. The embedded one writes files into a folder.

What a printer promises is little: that it took all bytes does not mean that a label came out, and
one that does not answer is not fine. So whoever sends a label learns one of three things: it was
printed or taken, nothing of it went out, or nobody can know.
"""

from __future__ import annotations

import errno
import os
import re
import shutil
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final, Protocol

from floorhand.domain.printers import OFFICE_DPI
from floorhand.store.beside import EFFECTIVE, make_folder, make_like

NAME_CHARACTERS_MAX = 60

ROOM_BYTES = 256 * 1024
"""A disk with less room than that is full: a label may not fit."""

NO_ROOM = (errno.ENOSPC, errno.EDQUOT)

UNFINISHED_S = 60
"""A file that nobody has finished within that time will not be finished any more."""

_UNFINISHED = re.compile(r"\.\d{6,}-[\w.-]*\.\d+\.part")
"""Names of our files until they are whole; see `write_whole`."""


class Form(StrEnum):
    """A form of a label."""

    ZPL = "zpl"
    PNG = "png"
    PDF = "pdf"


@dataclass(frozen=True, slots=True)
class Rendered:
    """A label ready to send.

    Attributes:
        number: Counts the labels of a site; the same at every try.
        template: Name of its template.
        subject: What it labels. Somebody else's text: no part of a path.
        forms: What it is in each of the forms that the printer takes.
    """

    number: int
    template: str
    subject: str
    forms: Mapping[Form, bytes]


class Condition(StrEnum):
    """How a printer is."""

    READY = "ready"
    BUSY = "busy"
    PAUSED = "paused"
    PAPER = "paper"
    """It is out of labels."""
    RIBBON = "ribbon"
    HEAD = "head"
    """Its print head is open."""
    SILENT = "silent"
    """It took the call and does not answer: out of labels or ribbon, head open, or hung."""
    OFFLINE = "offline"
    """It cannot be reached."""
    FULL = "full"
    """There is no room on the disk that its labels are written to."""
    REFUSES = "refuses"
    """It says that it is well, and did not take the last label."""


ABLE: Final = frozenset({Condition.READY, Condition.BUSY})
"""How a printer is that may be given a label."""


IN_WORDS: Final = {
    "": "not asked yet",
    Condition.READY: "ready",
    Condition.BUSY: "printing",
    Condition.PAUSED: "paused at the printer",
    Condition.PAPER: "out of labels",
    Condition.RIBBON: "out of ribbon",
    Condition.HEAD: "head open",
    Condition.SILENT: "does not answer",
    Condition.OFFLINE: "cannot be reached",
    Condition.FULL: "disk full",
    Condition.REFUSES: "takes no label",
}
"""How a printer is, for commands and logs."""


@dataclass(frozen=True, slots=True)
class Status:
    """How a printer says it is.

    Attributes:
        condition: In one word.
        held: Labels that it has taken and not printed yet.
        told: What it, or the system, said; empty if nothing.
    """

    condition: Condition
    held: int = 0
    told: str = ""


class Fate(StrEnum):
    """What became of a label."""

    SENT = "sent"
    """The printer took all of it."""
    CONFIRMED = "confirmed"
    """The printer says that nothing of it is left to print."""


class NotPrinted(OSError):
    """Nothing of a label went out: it can be sent again. The text says what is wrong."""


class InDoubt(OSError):
    """A label may have come out, or may still come out: somebody has to look."""


class Printer(Protocol):
    """What the spool needs of a printer."""

    @property
    def takes(self) -> tuple[Form, ...]:
        """The forms of a label that it needs, all of them."""

    @property
    def dpi(self) -> int:
        """Its dots per inch, one of `floorhand.labels.placed.DOTS_PER_MM`."""

    @property
    def repeats(self) -> bool:
        """Whether a label that is sent twice is there once, as a file is that is replaced."""

    def status(self) -> Status:
        """Ask how it is; never raises, and takes two seconds at most."""

    def send(self, label: Rendered) -> Fate:
        """Hand a whole label over.

        Raises:
            NotPrinted: If nothing of it was printed, nor will be.
            InDoubt: If that is not known.
        """


class FolderPrinter:
    """Writes each label into a folder: ``<n>-<template>-<subject>``, a file for each form.

    A label that is sent again after a crash replaces its own files, so it is there once. Files
    appear whole: whoever watches the folder never sees half a label.

    Args:
        folder: Where to; made if it is missing.
        forms: What is written of each label.
        dpi: The resolution of what is written.
        durable: Wait until the disk has each file. Without, a power cut may take the last ones:
            good enough for labels that can be made again.
        database: The file whose labels these are, if it is one: who may read and write it may do so
            with them, whoever sends them next.
    """

    repeats: Final = True

    def __init__(
        self,
        folder: Path,
        *,
        forms: tuple[Form, ...] = (Form.ZPL, Form.PNG),
        dpi: int = 203,
        durable: bool = True,
        database: Path | None = None,
    ) -> None:
        self.takes = forms
        self.dpi = dpi
        self._folder = folder
        self._durable = durable
        self._database = database
        self._lacked = 0
        """Bytes of the last label, if it could not be written."""

    def status(self) -> Status:
        """Say whether files can be made in the folder, or it be made, and room for another label.

        After one that could not be written it is tried whether as much can be written again.
        """
        try:
            make_folder(self._folder, self._database)
            if not os.access(self._folder, os.W_OK | os.X_OK, effective_ids=EFFECTIVE):
                return Status(Condition.OFFLINE, told=os.strerror(errno.EACCES))
            if self._lacked:
                self._try_room()
            elif shutil.disk_usage(self._folder).free < ROOM_BYTES:
                return Status(Condition.FULL, told=os.strerror(errno.ENOSPC))
        except OSError as error:
            full = error.errno in NO_ROOM
            return Status(Condition.FULL if full else Condition.OFFLINE, told=why(error))
        return Status(Condition.READY)

    def _try_room(self) -> None:
        trial = self._folder / f".000000-room.{os.getpid()}.part"
        try:
            trial.write_bytes(bytes(self._lacked))
        finally:
            trial.unlink(missing_ok=True)
        self._lacked = 0

    def clear_unfinished(self) -> None:
        """Remove what programs have left that were killed while they wrote a file."""
        before = time.time() - UNFINISHED_S
        with suppress(OSError):
            for path in self._folder.glob(".*.part"):
                if _UNFINISHED.fullmatch(path.name) and path.stat().st_mtime < before:
                    path.unlink(missing_ok=True)

    def send(self, label: Rendered) -> Fate:
        """Write its files."""
        try:
            try:
                self._write(label)
            except FileNotFoundError:
                make_folder(self._folder, self._database)
                self._write(label)
        except OSError as error:
            self._lacked = sum(len(content) for content in label.forms.values())
            raise NotPrinted(why(error)) from error
        return Fate.SENT

    def _write(self, label: Rendered) -> None:
        name = file_name(label)
        for form, content in label.forms.items():
            path = self._folder / f"{name}.{form}"
            write_whole(path, content, durable=self._durable, database=self._database)


def pdf_printer(folder: Path, dpi: int = OFFICE_DPI, database: Path | None = None) -> FolderPrinter:
    """Give the printer of a warehouse that has none for labels: a PDF for each.

    A file of its own, as large as its label, can be opened, printed and thrown away by itself, and
    a folder that an office printer watches prints it at once. One file a day could do neither: it
    would be printed again with every label, and a crash could put a label into it twice.
    """
    return FolderPrinter(folder, forms=(Form.PDF,), dpi=dpi, database=database)


Printers = Mapping[str, Printer]


def why(error: OSError) -> str:
    """Say what an error of the system is about."""
    return error.strerror or str(error) or type(error).__name__


def file_name(label: Rendered) -> str:
    """Name a label's files; nothing in its subject can lead out of the folder."""
    parts = (f"{label.number:06d}", _safe(label.template), _safe(label.subject))
    return "-".join(part for part in parts if part)


def write_whole(
    path: Path, content: bytes, *, durable: bool = True, database: Path | None = None
) -> None:
    """Write a file so that it is there whole or not at all; for whoever may use the database."""
    unfinished = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with unfinished.open("wb") as out:
            make_like(unfinished, database)
            out.write(content)
            out.flush()
            if durable:
                os.fsync(out.fileno())
        unfinished.replace(path)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise


def _safe(text: str) -> str:
    return re.sub(r"[^A-Za-z0-9_-]+", "_", text)[:NAME_CHARACTERS_MAX].strip("_-")
