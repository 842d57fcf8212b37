"""Printers: where a rendered label goes. The embedded one writes files into a folder."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

NAME_CHARACTERS_MAX = 60


@dataclass(frozen=True, slots=True)
class Rendered:
    """A label ready to send.

    Attributes:
        number: Counts the labels of a site; the same at every try.
        template: Name of its template.
        subject: What it labels. Somebody else's text: no part of a path.
        png: As a picture.
        zpl: For label printers.
    """

    number: int
    template: str
    subject: str
    png: bytes
    zpl: bytes


class Printer(Protocol):
    """What the spool needs of a printer."""

    def send(self, label: Rendered) -> None:
        """Hand a whole label over.

        Raises:
            OSError: If it was not taken; the text says what is wrong.
        """


class FolderPrinter:
    """Writes each label as picture and as ZPL into a folder: ``<n>-<template>-<subject>``.

    A label that is sent again after a crash replaces its own files, so it is there once. Files
    appear whole: whoever watches the folder never sees half a label.

    Args:
        folder: Where to; made if it is missing.
        durable: Wait until the disk has each file. Without, a power cut may take the last ones:
            good enough for labels that can be made again.
    """

    def __init__(self, folder: Path, *, durable: bool = True) -> None:
        self._folder = folder
        self._durable = durable

    def send(self, label: Rendered) -> None:
        """Write both files."""
        self._folder.mkdir(parents=True, exist_ok=True)
        name = file_name(label)
        for ending, content in (("zpl", label.zpl), ("png", label.png)):
            write_whole(self._folder / f"{name}.{ending}", content, durable=self._durable)


Printers = Mapping[str, Printer]


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
    finally:
        unfinished.unlink(missing_ok=True)


def _safe(text: str) -> str:
    return re.sub(r"[^A-Za-z0-9_-]+", "_", text)[:NAME_CHARACTERS_MAX].strip("_-")
