"""Tell an IPP printer which of its papers a label is as large as.

A printer that is not told takes its usual paper: a queue of CUPS puts a label of 4 x 6 inches on a
page of Letter, which a label printer feeds and clips. One that has no paper of the label's size,
as an office printer, is left to its usual one.
Source: PWG 5101.1 (self-describing names of media), PWG 5100.3 (``media-ready``).
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterable
from typing import Final

from floorhand.labels.ipp_message import Answer
from floorhand.labels.placed import DOTS_PER_MM
from floorhand.labels.printers import Form

ASKED: Final = ("media-ready", "media-supported")
"""Loaded papers come first: one that is only supported makes a printer wait for it."""

NEAR_MM: Final = 1.5
"""Sizes so near are the same: 4 inches are called 100 mm, too."""

_MM: Final = {"in": 25.4, "mm": 1.0}
_POINT_MM: Final = 25.4 / 72
_NAMED: Final = re.compile(r"_(\d+(?:\.\d+)?)x(\d+(?:\.\d+)?)(in|mm)$")
_BOX: Final = re.compile(rb"/MediaBox\s*\[\s*0\s+0\s+(\d+(?:\.\d+)?)\s+(\d+(?:\.\d+)?)\s*\]")
_PNG_SIZE: Final = slice(16, 24)

Size = tuple[float, float]


def paper_for(printer: Answer, form: Form, content: bytes, dpi: int) -> str:
    """Name the printer's paper that is as large as a label; empty if none is, or nobody can say."""
    size = _size_mm(form, content, dpi)
    listed: Iterable[str] = next(filter(None, map(printer.texts, ASKED)), ())
    return next((name for name in listed if size and _is_near(name, size)), "")


def _is_near(name: str, size: Size) -> bool:
    found = _NAMED.search(name)
    if found is None:
        return False
    sides = (float(side) * _MM[found[3]] for side in found.group(1, 2))
    return all(abs(one - other) <= NEAR_MM for one, other in zip(sides, size, strict=True))


def _size_mm(form: Form, content: bytes, dpi: int) -> Size | None:
    """Measure a label; None if it is ZPL, which a printer cuts to what is in it itself."""
    if form is Form.PDF and (found := _BOX.search(content)):
        return float(found[1]) * _POINT_MM, float(found[2]) * _POINT_MM
    if form is Form.PNG and len(content) >= _PNG_SIZE.stop:
        width, height = struct.unpack(">II", content[_PNG_SIZE])
        return width / DOTS_PER_MM[dpi], height / DOTS_PER_MM[dpi]
    return None
