"""Many labels on paper: PDF pages to cut apart, sheets of stickers, or one label a page."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

from PIL import Image, ImageDraw

from floorhand.errors import BadLabel
from floorhand.labels.picture import BLACK, WHITE, Picture
from floorhand.labels.placed import DOTS_PER_MM
from floorhand.labels.sheet_file import Sheet

MARGIN_MM = 5.0
"""White that office printers leave at the edge."""

GAP_MM = 3.0
SHEET_DPI = 300
PAGES_AT_ONCE_MAX = 20
"""Pages held in memory; an A4 page of dots takes one megabyte."""


def sheet_pages(
    labels: Iterable[Picture], sheet: Sheet, *, dpi: int = SHEET_DPI, first: int = 1
) -> Iterator[Picture]:
    """Put pictures of labels on pages.

    On plain paper there are as many as fit, with lines to cut along; a label is turned if more of
    them fit then, and one that fits no page gets a page of its own size. On stickers each has one
    of its own, in the middle of it.

    Args:
        labels: Drawn with ``dpi``.
        sheet: The paper.
        dpi: Of the pages.
        first: Which sticker of the first sheet is the first that is free.

    Raises:
        BadLabel: If a label is larger than a sticker.
    """
    if sheet.stickers:
        return _on_stickers(labels, sheet, DOTS_PER_MM[dpi], first)
    return _on_plain_paper(labels, sheet, DOTS_PER_MM[dpi])


def _on_stickers(
    labels: Iterable[Picture], sheet: Sheet, scale: float, first: int
) -> Iterator[Picture]:
    columns, _ = sheet.grid
    page: Picture | None = None
    at = first - 1
    for label in labels:
        if at == sheet.stickers and page is not None:
            yield page
            page, at = None, 0
        page = page or _empty(sheet, scale)
        drawn = _for_sticker(label, sheet, scale)
        corner = (
            sheet.first_mm[way] + cell * sheet.pitch_mm[way]
            for way, cell in enumerate((at % columns, at // columns))
        )
        left, top = (
            round((start + side / 2) * scale - size / 2)
            for start, side, size in zip(corner, sheet.sticker_mm, drawn.size, strict=True)
        )
        page.paste(drawn, (left, top))
        at += 1
    if page is not None:
        yield page


def _for_sticker(label: Picture, sheet: Sheet, scale: float) -> Picture:
    """Turn a label if it fits a sticker only so; it is never made smaller."""
    width, height = (side * scale + 1 for side in sheet.sticker_mm)
    if label.width <= width and label.height <= height:
        return label
    if label.height <= width and label.width <= height:
        return label.transpose(Image.Transpose.ROTATE_90)
    raise BadLabel(
        f"A label of {label.width / scale:.1f} x {label.height / scale:.1f} mm does not fit the "
        f"stickers of {sheet.name}, which are {sheet.sticker_mm[0]:g} x {sheet.sticker_mm[1]:g} mm."
    )


def _empty(sheet: Sheet, scale: float) -> Picture:
    width, height = (int(side * scale) for side in sheet.page_mm)
    return Image.new("1", (width, height), WHITE)


def _on_plain_paper(labels: Iterable[Picture], sheet: Sheet, scale: float) -> Iterator[Picture]:
    page_width, page_height = (int(side * scale) for side in sheet.page_mm)
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
            page = _empty(sheet, scale)
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
