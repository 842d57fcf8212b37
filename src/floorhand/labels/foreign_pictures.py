"""Pictures and PDF files of others, drawn in the dots of a printer of ours.

What is too large is made smaller: first the white around it goes, then it is turned if it is
larger so, and only then it is scaled. What is smaller than the label keeps its size, for the width
of bars is the carrier's choice.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator, Sequence
from io import BytesIO
from typing import TYPE_CHECKING

from PIL import Image, ImageOps

from floorhand.errors import BadLabel
from floorhand.labels.picture import WHITE, Picture
from floorhand.labels.printers import Form

if TYPE_CHECKING:
    from pypdfium2 import PdfDocument, PdfPage

PNG_MAGIC = b"\x89PNG\r\n\x1a\n"
PIXELS_MAX = 40_000_000
"""A page of A4 at 600 dots per inch has 35 million."""

POINTS_PER_MM = 72 / 25.4
SAME_SIZE = 0.02
"""So much, as a share, may a page differ from the label and still count as its size."""

DARK = 128
"""Grey below it is black. No dithering: bars have edges, and dots between them are none."""

LOOK_DOTS = 1600
"""The longer side of the picture in which the edges of a page are looked for."""

READ_DOTS = 3000
"""The longer side of the picture in which the barcodes of a page are read."""

NEEDS_EXTRA = (
    "Carriers' labels in PDF or PNG need the extra: pip install 'floorhand[carrier]'. "
    "Or let the carrier send ZPL."
)


def open_png(content: bytes) -> Picture:
    """Open a PNG as grey on white.

    Raises:
        BadLabel: If it is damaged, or would fill the memory.
    """
    if len(content) < 24:
        raise BadLabel("It is a PNG that is cut off.")
    width, height = struct.unpack(">II", content[16:24])
    if not 0 < width * height <= PIXELS_MAX:
        raise BadLabel(f"It is a PNG of {width} × {height} dots; no label has so many.")
    try:
        with Image.open(BytesIO(content), formats=("PNG",)) as opened:
            opened.load()
            dpi = opened.info.get("dpi")
            layers = opened.convert("RGBA")
    except (OSError, ValueError, SyntaxError, struct.error, zlib.error) as error:
        raise BadLabel(f"It is a PNG that is damaged or cut off: {error}.") from error
    paper = Image.new("RGBA", layers.size, "white")
    grey = Image.alpha_composite(paper, layers).convert("L")
    if dpi and dpi[0] > 1:
        grey.info["dpi"] = dpi
    return grey


def count_pages(content: bytes) -> int:
    """Count the pages of a PDF.

    Raises:
        BadLabel: If it is damaged or empty, or if there is nothing here to read it with.
    """
    if b"%%EOF" not in content[-1024:]:
        raise BadLabel("It is a PDF that is cut off.")
    document = _open_pdf(content)
    try:
        pages = len(document)
    finally:
        document.close()
    if not pages:
        raise BadLabel("It is a PDF without a page.")
    return pages


def fits_as_it_is(form: Form, content: bytes, room: tuple[int, int], scale: float) -> bool:
    """Say whether all pages are just as large as the label: then nothing has to be drawn anew."""
    if form is Form.PNG:
        return open_png(content).size == room
    document = _open_pdf(content)
    try:
        sizes = [document.get_page_size(number) for number in range(len(document))]
    finally:
        document.close()
    return all(
        abs(points / POINTS_PER_MM * scale / dots - 1) <= SAME_SIZE
        for size in sizes
        for points, dots in zip(size, room, strict=True)
    )


def pdf_pages(content: bytes, room: tuple[int, int], scale: float) -> Iterator[Picture]:
    """Draw the pages of a PDF, each no larger than the room."""
    document = _open_pdf(content)
    try:
        for number in range(len(document)):
            page = document[number]
            yield _surely_read(_seen(page, READ_DOTS), _page(page, room, scale))
    finally:
        document.close()


def png_page(content: bytes, room: tuple[int, int], scale: float) -> Picture:
    """Draw a PNG no larger than the room.

    One that does not say its size fills the room: a carrier's label is as large as its label.
    """
    grey = open_png(content)
    dpi = grey.info.get("dpi")
    factor = scale * 25.4 / dpi[0] if dpi else max(1.0, _scale_to(grey.size, room))
    factor = 1.0 if abs(factor - 1) <= SAME_SIZE else factor
    drawn = grey
    if not _holds(room, grey.width * factor, grey.height * factor):
        drawn = grey.crop(_ink(grey))
        if _turns((drawn.width * factor, drawn.height * factor), room):
            drawn = drawn.transpose(Image.Transpose.ROTATE_90)
    factor = min(factor, _scale_to(drawn.size, room))
    width, height = (max(1, int(side * factor + 1e-6)) for side in drawn.size)
    if (width, height) != drawn.size:
        drawn = drawn.resize((width, height), Image.Resampling.LANCZOS)
    return _surely_read(grey, _black_and_white(drawn))


def codes_in_pdf(content: bytes) -> frozenset[bytes]:
    """Read the barcodes of all pages of a PDF."""
    document = _open_pdf(content)
    try:
        pages = [_seen(document[number], READ_DOTS) for number in range(len(document))]
    finally:
        document.close()
    return frozenset().union(*map(codes_in, pages))


def as_pdf(pages: Sequence[Picture], dpi: float) -> bytes:
    """Make a PDF of pictures, each a page of its own size."""
    out = BytesIO()
    pages[0].save(out, "PDF", resolution=dpi, save_all=True, append_images=pages[1:])
    return out.getvalue()


def graphic_field(page: Picture, left: int, top: int) -> str:
    """Write a picture as a packed ^GF so many dots from the left and the top."""
    try:
        from zebrafy.zebrafy_image import ZebrafyImage
    except ImportError as error:
        raise BadLabel(NEEDS_EXTRA) from error
    drawn = ZebrafyImage(
        page, format="Z64", dither=False, complete_zpl=False, pos_x=left, pos_y=top
    )
    field: str = drawn.to_zpl()
    return field.strip()


def _open_pdf(content: bytes) -> PdfDocument:
    try:
        import pypdfium2
    except ImportError as error:
        raise BadLabel(NEEDS_EXTRA) from error
    try:
        return pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError as error:
        raise BadLabel(f"It is a PDF that cannot be read: {error}.") from error


def _page(page: PdfPage, room: tuple[int, int], scale: float) -> Picture:
    """Draw a page at its size, or as large as there is room for."""
    dots_per_point = scale / POINTS_PER_MM
    width, height = page.get_size()
    crop = (0.0, 0.0, 0.0, 0.0)
    turned = False
    if not _holds(room, width * dots_per_point, height * dots_per_point):
        crop = _margins(page)
        width, height = width - crop[0] - crop[2], height - crop[1] - crop[3]
        turned = _turns((width * dots_per_point, height * dots_per_point), room)
        size = (height, width) if turned else (width, height)
        dots_per_point = min(dots_per_point, _scale_to(size, room))
    drawn: Picture = page.render(scale=dots_per_point, crop=crop, grayscale=True).to_pil()
    if turned:
        drawn = drawn.transpose(Image.Transpose.ROTATE_90)
    # A page that ends within a dot is drawn to the end of that dot.
    drawn = drawn.crop((0, 0, min(drawn.width, room[0]), min(drawn.height, room[1])))
    return _black_and_white(drawn)


def _seen(page: PdfPage, dots: int) -> Picture:
    """Draw a page with so many dots on its longer side."""
    seen: Picture = page.render(scale=dots / max(page.get_size()), grayscale=True).to_pil()
    return seen


def _margins(page: PdfPage) -> tuple[float, float, float, float]:
    """Measure the white around a page, in points: left, bottom, right, top."""
    seen = _seen(page, LOOK_DOTS)
    left, top, right, bottom = _ink(seen)
    points = max(page.get_size()) / LOOK_DOTS
    return (
        left * points,
        (seen.height - bottom) * points,
        (seen.width - right) * points,
        top * points,
    )


def _ink(grey: Picture) -> tuple[int, int, int, int]:
    """Find the edges of what is not white, one dot further out; of a white page all of it."""
    left, top, right, bottom = ImageOps.invert(grey).getbbox() or (0, 0, *grey.size)
    return (
        max(0, left - 1),
        max(0, top - 1),
        min(grey.width, right + 1),
        min(grey.height, bottom + 1),
    )


def _holds(room: tuple[int, int], width: float, height: float) -> bool:
    """Say whether something fits; within the tolerance it counts as the label's own size."""
    return width <= room[0] * (1 + SAME_SIZE) and height <= room[1] * (1 + SAME_SIZE)


def _turns(size: tuple[float, float], room: tuple[int, int]) -> bool:
    """Say whether something too large is printed larger when it is turned."""
    upright = _scale_to(size, room)
    return upright < 1 and _scale_to((size[1], size[0]), room) > upright


def _scale_to(size: tuple[float, float], room: tuple[int, int]) -> float:
    return min(room[0] / size[0], room[1] / size[1])


def _black_and_white(grey: Picture) -> Picture:
    return grey.convert("L").point(lambda dot: WHITE if dot >= DARK else 0, "1")


def _surely_read(before: Picture, after: Picture) -> Picture:
    """See that every barcode that could be read can be read on what is printed."""
    lost = codes_in(before) - codes_in(after)
    if lost:
        shown = ", ".join(sorted(code.decode("latin-1") for code in lost))
        raise BadLabel(f"On a label of this size its barcode {shown!a} could not be read any more.")
    return after


def codes_in(drawn: Picture) -> frozenset[bytes]:
    """Read the barcodes of a picture; none where there is nothing to read them with."""
    try:
        import zxingcpp
    except ImportError:
        return frozenset()
    return frozenset(bytes(code.bytes) for code in zxingcpp.read_barcodes(drawn.convert("L")))
