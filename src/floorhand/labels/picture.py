"""Draw a layout as a picture of whole dots, and pictures as PNG."""

from __future__ import annotations

from io import BytesIO

from PIL import Image, ImageDraw

from floorhand.labels import fonts
from floorhand.labels.layout import (
    DOTS_PER_MM,
    Area,
    Layout,
    PlacedArrow,
    PlacedFrame,
    PlacedLine,
    PlacedSymbol,
    PlacedText,
)
from floorhand.labels.symbols import Symbol

Picture = Image.Image
BLACK, WHITE = 0, 1


def draw(layout: Layout) -> Picture:
    """Draw a label, black on white, one bit a dot."""
    picture = Image.new("1", (layout.width_dots, layout.height_dots), WHITE)
    pen = ImageDraw.Draw(picture)
    for item in layout.placed:
        area = item.area
        corner = (area.left, area.top)
        match item:
            case PlacedFrame():
                pen.rectangle(_corners(area), outline=BLACK, width=item.line_dots)
            case PlacedArrow():
                picture.paste(arrow_picture(item), corner)
            case PlacedSymbol():
                picture.paste(symbol_picture(item.symbol, item.module_dots, area.height), corner)
            case PlacedText():
                picture.paste(text_picture(item), corner)
    return picture


def png(picture: Picture, dpi: int) -> bytes:
    """Encode a picture, with its size on paper."""
    out = BytesIO()
    real_dpi = DOTS_PER_MM[dpi] * 25.4
    picture.save(out, "PNG", dpi=(real_dpi, real_dpi))
    return out.getvalue()


def symbol_picture(symbol: Symbol, module_dots: int, height_dots: int) -> Picture:
    """Draw a barcode, every module the same whole number of dots; no quiet zone."""
    width = len(symbol.rows[0])
    small = Image.new("1", (width, len(symbol.rows)))
    small.putdata([int(module != "1") for row in symbol.rows for module in row])
    return small.resize((width * module_dots, height_dots), Image.Resampling.NEAREST)


def arrow_picture(arrow: PlacedArrow) -> Picture:
    """Draw a triangle that fills its area."""
    width, height = arrow.area.width, arrow.area.height
    picture = Image.new("1", (width, height), WHITE)
    base, tip = (height - 1, 0) if arrow.up else (0, height - 1)
    corners = [(0, base), (width - 1, base), ((width - 1) // 2, tip)]
    ImageDraw.Draw(picture).polygon(corners, fill=BLACK)
    return picture


def text_picture(text: PlacedText) -> Picture:
    """Draw a text in a picture of its own size: what is outside of its area cannot be painted."""
    area = text.area
    picture = Image.new("1", (area.width, area.height), BLACK if text.reverse else WHITE)
    for line in text.lines:
        _paint(picture, line, text, area.left, area.top)
    return picture


def line_picture(text: PlacedText, line: PlacedLine) -> tuple[Picture, int, int]:
    """Draw one line alone, cut to its black dots; with its left and top on the label."""
    area = text.area
    picture = Image.new("1", (area.width, area.height), WHITE)
    _paint(picture, line, text, area.left, area.top, ink=BLACK)
    bounds = picture.convert("L").point(lambda dot: 255 - dot).getbbox()
    left, top, right, bottom = bounds or (0, 0, 1, 1)
    return picture.crop((left, top, right, bottom)), area.left + left, area.top + top


def _paint(
    picture: Picture,
    line: PlacedLine,
    text: PlacedText,
    left: int,
    top: int,
    ink: int | None = None,
) -> None:
    pen = ImageDraw.Draw(picture)
    pen.fontmode = "1"
    fill = (WHITE if text.reverse else BLACK) if ink is None else ink
    stroke = text.style.stroke_dots
    x = line.left - left + stroke
    for font, letters, width in fonts.sized_runs(line.text, text.style):
        pen.text(
            (x, line.baseline - top),
            letters,
            fill=fill,
            font=font,
            anchor="ls",
            stroke_width=stroke,
            stroke_fill=fill,
        )
        x += width


def _corners(area: Area) -> tuple[int, int, int, int]:
    return (area.left, area.top, area.left + area.width - 1, area.top + area.height - 1)
