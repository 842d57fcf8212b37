"""Many labels on paper: PDF pages of A4 to cut apart, or one label a page."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

from PIL import Image, ImageDraw

from floorhand.labels.layout import DOTS_PER_MM
from floorhand.labels.picture import BLACK, WHITE, Picture

A4_MM = (210.0, 297.0)
MARGIN_MM = 5.0
"""White that office printers leave at the edge."""

GAP_MM = 3.0
SHEET_DPI = 300
PAGES_AT_ONCE_MAX = 20
"""Pages held in memory; an A4 page of dots takes one megabyte."""


def sheet_pages(labels: Iterable[Picture], dpi: int = SHEET_DPI) -> Iterator[Picture]:
    """Put pictures of labels on A4 pages, as many as fit, with lines to cut along.

    A label is turned if more of them fit then; one that fits no page gets a page of its own size.
    """
    scale = DOTS_PER_MM[dpi]
    page_width, page_height = (int(side * scale) for side in A4_MM)
    page: Picture | None = None
    left = top = row_height = 0
    margin, gap = round(MARGIN_MM * scale), round(GAP_MM * scale)
    for label in labels:
        drawn = _turned(label, page_width - 2 * margin, page_height - 2 * margin)
        if drawn is None:
            yield label
            continue
        if page is not None and left + drawn.width > page_width - margin:
            left, top, row_height = margin, top + row_height + gap, 0
        if page is None or top + drawn.height > page_height - margin:
            if page is not None:
                yield page
            page = Image.new("1", (page_width, page_height), WHITE)
            left, top, row_height = margin, margin, 0
        page.paste(drawn, (left, top))
        _frame(page, left, top, drawn)
        left += drawn.width + _gap_x(drawn.width, page_width - 2 * margin, gap)
        row_height = max(row_height, drawn.height)
    if page is not None:
        yield page


def write_pdf(path: Path, pages: Iterable[Picture], dpi: int = SHEET_DPI) -> int:
    """Write pages to a PDF, whole or not at all; gives how many."""
    real_dpi = DOTS_PER_MM[dpi] * 25.4
    unfinished = path.with_name(f".{path.name}.{os.getpid()}.part")
    count = 0
    rest = iter(pages)
    try:
        while some := list(islice(rest, PAGES_AT_ONCE_MAX)):
            some[0].save(
                unfinished,
                "PDF",
                resolution=real_dpi,
                save_all=True,
                append_images=some[1:],
                append=count > 0,
            )
            count += len(some)
        if count:
            unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
    return count


def _fits(width: int, height: int, room_width: int, room_height: int) -> int:
    return (room_width // width) * (room_height // height)


def _turned(label: Picture, room_width: int, room_height: int) -> Picture | None:
    """Turn a label if more of them fit that way; None if it fits neither way."""
    upright = _fits(label.width, label.height, room_width, room_height)
    turned = _fits(label.height, label.width, room_width, room_height)
    if not upright and not turned:
        return None
    return label.transpose(Image.Transpose.ROTATE_90) if turned > upright else label


def _gap_x(width: int, room: int, gap: int) -> int:
    """Give the gap between columns; smaller if a column would be lost to it."""
    columns = room // width
    return gap if columns < 2 else min(gap, (room - columns * width) // (columns - 1))


def _frame(page: Picture, left: int, top: int, label: Picture) -> None:
    corners = (left, top, left + label.width - 1, top + label.height - 1)
    ImageDraw.Draw(page).rectangle(corners, outline=BLACK, width=1)
