"""Printers: where a rendered label goes. The embedded one writes files into a folder.

What a printer promises is little: that it took all bytes does not mean that a label came out, and
one that does not answer is not fine. So whoever sends a label learns one of three things: it was
printed or taken, nothing of it went out, or nobody can know.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final, Protocol

from floorhand.domain.printers import OFFICE_DPI

NAME_CHARACTERS_MAX = 60


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
    """

    repeats: Final = True

    def __init__(
        self,
        folder: Path,
        *,
        forms: tuple[Form, ...] = (Form.ZPL, Form.PNG),
        dpi: int = 203,
        durable: bool = True,
    ) -> None:
        self.takes = forms
        self.dpi = dpi
        self._folder = folder
        self._durable = durable

    def status(self) -> Status:
        """Say whether there is such a folder, or could be."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            return Status(Condition.OFFLINE, told=why(error))
        return Status(Condition.READY)

    def send(self, label: Rendered) -> Fate:
        """Write its files."""
        try:
            try:
                self._write(label)
            except FileNotFoundError:
                self._folder.mkdir(parents=True, exist_ok=True)
                self._write(label)
        except OSError as error:
            raise NotPrinted(why(error)) from error
        return Fate.SENT

    def _write(self, label: Rendered) -> None:
        name = file_name(label)
        for form, content in label.forms.items():
            write_whole(self._folder / f"{name}.{form}", content, durable=self._durable)


def pdf_printer(folder: Path, dpi: int = OFFICE_DPI) -> FolderPrinter:
    """Give the printer of a warehouse that has none for labels: a PDF for each.

    A file of its own, as large as its label, can be opened, printed and thrown away by itself, and
    a folder that an office printer watches prints it at once. One file a day could do neither: it
    would be printed again with every label, and a crash could put a label into it twice.
    """
    return FolderPrinter(folder, forms=(Form.PDF,), dpi=dpi)


Printers = Mapping[str, Printer]


def why(error: OSError) -> str:
    """Say what an error of the system is about."""
    return error.strerror or str(error) or type(error).__name__


def file_name(label: Rendered) -> str:
    """Name a label's files; nothing in its subject can lead out of the folder."""
    parts = (f"{label.number:06d}", _safe(label.template), _safe(label.subject))
    return "-".join(part for part in parts if part)


def write_whole(path: Path, content: bytes, *, durable: bool = True) -> None:
    """Write a file so that it is there whole or not at all."""
    unfinished = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with unfinished.open("wb") as out:
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
