"""Draw a layout as a picture of whole dots, and pictures as PNG."""

from __future__ import annotations

from functools import lru_cache
from io import BytesIO

from PIL import Image, ImageDraw
from PIL.ImageFont import FreeTypeFont

from floorhand.labels import fonts
from floorhand.labels.fonts import Style
from floorhand.labels.images import fitted
from floorhand.labels.placed import (
    DOTS_PER_MM,
    Area,
    Layout,
    PlacedArrow,
    PlacedFrame,
    PlacedLine,
    PlacedPicture,
    PlacedSymbol,
    PlacedText,
)
from floorhand.labels.symbols import Symbol

Picture = Image.Image
BLACK, WHITE = 0, 1

ARROWS_KEPT_MAX = 16
LETTERS_KEPT_MAX = 1000
"""Bold letters kept; a large one takes one kilobyte at 203 dpi."""

LINES_KEPT_MAX = 200
"""Painted lines kept for the next label; one of a 4x6 label takes 20 kB at 203 dpi."""


def draw(layout: Layout) -> Picture:
    """Draw a label, black on white, one bit a dot."""
    picture = Image.new("1", (layout.width_dots, layout.height_dots), WHITE)
    pen = ImageDraw.Draw(picture)
    for item in layout.placed:
        area = item.area
        corner = (area.left, area.top)
        match item:
            case PlacedFrame():
                # Pillow paints outside of a rectangle whose lines meet, so that one is filled.
                solid = 2 * item.line_dots >= min(area.width, area.height)
                width = 1 if solid else item.line_dots
                fill = BLACK if solid else None
                pen.rectangle(_corners(area), outline=BLACK, width=width, fill=fill)
            case PlacedArrow():
                picture.paste(arrow_picture(item), corner)
            case PlacedSymbol():
                picture.paste(symbol_picture(item.symbol, item.module_dots, area.height), corner)
            case PlacedPicture():
                picture.paste(fitted(item.content, area.width, area.height), corner)
            case PlacedText():
                picture.paste(text_picture(item), corner)
    return picture


def png(picture: Picture, dpi: int) -> bytes:
    """Encode a picture, with its size on paper."""
    out = BytesIO()
    real_dpi = DOTS_PER_MM[dpi] * 25.4
    picture.save(out, "PNG", dpi=(real_dpi, real_dpi), compress_level=2)
    return out.getvalue()


def pdf(picture: Picture, dpi: int) -> bytes:
    """Make a PDF of one page, which is as large as the label."""
    out = BytesIO()
    picture.save(out, "PDF", resolution=DOTS_PER_MM[dpi] * 25.4)
    return out.getvalue()


def symbol_picture(symbol: Symbol, module_dots: int, height_dots: int) -> Picture:
    """Draw a barcode, every module the same whole number of dots; no quiet zone."""
    width = len(symbol.rows[0])
    small = Image.new("1", (width, len(symbol.rows)))
    small.putdata([int(module != "1") for row in symbol.rows for module in row])
    return small.resize((width * module_dots, height_dots), Image.Resampling.NEAREST)


def arrow_picture(arrow: PlacedArrow) -> Picture:
    """Draw a triangle that fills its area."""
    return _triangle(arrow.area.width, arrow.area.height, up=arrow.up)


@lru_cache(maxsize=ARROWS_KEPT_MAX)
def _triangle(width: int, height: int, *, up: bool) -> Picture:
    picture = Image.new("1", (width, height), WHITE)
    base, tip = (height - 1, 0) if up else (0, height - 1)
    corners = [(0, base), (width - 1, base), ((width - 1) // 2, tip)]
    ImageDraw.Draw(picture).polygon(corners, fill=BLACK)
    return picture


def text_picture(text: PlacedText) -> Picture:
    """Draw a text in a picture of its own size: what is outside of its area cannot be painted."""
    area = text.area
    paper, ink = (BLACK, WHITE) if text.reverse else (WHITE, BLACK)
    picture = Image.new("1", (area.width, area.height), paper)
    for line in text.lines:
        mask, left, top = _letters_at(text, line)
        picture.paste(ink, (left - area.left, top - area.top), mask)
    return picture


def line_picture(text: PlacedText, line: PlacedLine) -> tuple[Picture, int, int]:
    """Draw one line alone, black on white, cut to what is seen; with its place on the label."""
    mask, left, top = _letters_at(text, line)
    area = text.area
    seen = (
        max(0, area.left - left),
        max(0, area.top - top),
        min(mask.width, area.left + area.width - left),
        min(mask.height, area.top + area.height - top),
    )
    if seen[2] <= seen[0] or seen[3] <= seen[1]:
        return Image.new("1", (1, 1), WHITE), area.left, area.top
    picture = Image.new("1", (seen[2] - seen[0], seen[3] - seen[1]), WHITE)
    picture.paste(BLACK, (0, 0), mask.crop(seen))
    return picture, left + seen[0], top + seen[1]


def _letters_at(text: PlacedText, line: PlacedLine) -> tuple[Picture, int, int]:
    """Draw letters as a mask, with its place on the label; no tail reaches out to the left."""
    mask, left, top = _letters(line.text, text.style)
    return mask, max(text.area.left, line.left + left), line.baseline + top


@lru_cache(maxsize=LINES_KEPT_MAX)
def _letters(text: str, style: Style) -> tuple[Picture, int, int]:
    """Draw letters as a mask, with its left and top relative to where the line begins.

    Bold letters are their outline, thickened, with the letters themselves on top: where parts of
    a letter touch, as the dots of Arabic do, the thickened outline alone would lack some of them.
    Most lines of a label are on the next one too, so they are kept.
    """
    capital, stroke = style.capital_dots, style.stroke_dots
    size = (fonts.width_dots(text, style) + 2 * capital, 5 * capital)
    mask = Image.new("1", size, 0)
    pen = ImageDraw.Draw(mask)
    pen.fontmode = "1"
    x = capital + stroke
    for font, letters, width in fonts.sized_runs(text, style):
        if style.bold and len(letters) == 1:
            letter, at_left, at_top = _bold_letter(font, letters, stroke)
            mask.paste(1, (x + at_left, 3 * capital + at_top), letter)
        else:
            for thicker in {0, stroke}:
                pen.text((x, 3 * capital), letters, 1, font, anchor="ls", stroke_width=thicker)
        x += width
    left, top, right, bottom = mask.getbbox() or (0, 0, 1, 1)
    return mask.crop((left, top, right, bottom)), left - capital, top - 3 * capital


@lru_cache(maxsize=LETTERS_KEPT_MAX)
def _bold_letter(font: FreeTypeFont, letter: str, stroke: int) -> tuple[Picture, int, int]:
    """Draw one bold letter as a mask, with its left and top relative to where it stands.

    Thickening outlines takes most of the time of a label, and the letters are few.
    """
    left, top, right, bottom = font.getbbox(letter, anchor="ls", stroke_width=stroke)
    x, y = int(1 - left // 1), int(1 - top // 1)
    mask = Image.new("1", (int(x + right + 2), int(y + bottom + 2)), 0)
    pen = ImageDraw.Draw(mask)
    pen.fontmode = "1"
    for thicker in {0, stroke}:
        pen.text((x, y), letter, 1, font, anchor="ls", stroke_width=thicker)
    return mask, -x, -y


def _corners(area: Area) -> tuple[int, int, int, int]:
    return (area.left, area.top, area.left + area.width - 1, area.top + area.height - 1)
