"""Labels that carriers make: what a file holds, and what a printer of ours is sent of it.

ZPL goes to a ZPL printer byte for byte. PDF and PNG go as they are where they are as large as the
label; else they are drawn in the printer's own dots, made smaller if they must be, never clipped,
and never printed if a barcode that could be read before cannot be read any more.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from floorhand.domain.barcodes import bare_code
from floorhand.errors import BadLabel
from floorhand.labels import foreign_pictures as pictures
from floorhand.labels import picture
from floorhand.labels.picture import Picture
from floorhand.labels.placed import DOTS_PER_MM
from floorhand.labels.printers import Form, Rendered
from floorhand.labels.zpl import zpl_head
from floorhand.labels.zpl_reading import bar_texts, read_zpl

LABEL_BYTES_MAX = 2**22
"""A hundred times a usual label; what is larger is none."""

LABELS_MAX = 10
"""Labels for one parcel: the carrier's, one for the way back, a few papers."""

CODE_MIN, CODE_MAX = 8, 200
"""Shorter barcodes say a product or a route, not which parcel."""

CODES_MAX = 20

TEMPLATE: Final = "carrier"
"""What print jobs of such labels are called."""

_PDF_HEAD_WITHIN = 1024
_BEGINS: Final = (
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"GIF8", "a GIF picture"),
    (b"II*\0", "a TIFF picture"),
    (b"MM\0*", "a TIFF picture"),
    (b"BM", "a BMP picture"),
    (b"PK\3\4", "a ZIP archive or an office document"),
    (b"\x1f\x8b", "a file packed by gzip"),
    (b"\xd0\xcf\x11\xe0", "an old office document"),
    (b"%!PS", "PostScript"),
    (b"JVBERi0", "a PDF written as base64"),
    (b"iVBORw0K", "a PNG written as base64"),
    (b"\xff\xfe", "text in UTF-16"),
    (b"\xfe\xff", "text in UTF-16"),
)
_PAGES: Final = (b"<!doctype", b"<html", b"<head", b"<body", b"<?xml", b"<")


@dataclass(frozen=True, slots=True)
class CarrierLabel:
    """A label of a carrier that was looked at.

    Attributes:
        form: What it is.
        content: Its bytes.
        labels: How many come out of the printer.
    """

    form: Form
    content: bytes
    labels: int


def read_file(path: Path) -> CarrierLabel:
    """Read a label from a file, however large that is.

    Raises:
        BadLabel: If it cannot be read, or is no label.
    """
    try:
        with path.open("rb") as file:
            content = file.read(LABEL_BYTES_MAX + 1)
    except OSError as error:
        raise BadLabel(f"It cannot be read: {error.strerror}.") from error
    return read_label(content)


def read_label(content: bytes) -> CarrierLabel:
    """Look at a label: what it is, whether it is whole, and how many come out.

    Raises:
        BadLabel: If it is no label that can be printed; says what was found.
    """
    if not content.strip():
        raise BadLabel("It is empty.")
    if len(content) > LABEL_BYTES_MAX:
        raise BadLabel(f"It is larger than {LABEL_BYTES_MAX // 2**20} MB; no label is.")
    if content.startswith(pictures.PNG_MAGIC):
        pictures.open_png(content)
        return CarrierLabel(Form.PNG, content, 1)
    if b"%PDF-" in content[:_PDF_HEAD_WITHIN]:
        return CarrierLabel(Form.PDF, content, _few(pictures.count_pages(content), "pages"))
    if other := _other(content):
        raise BadLabel(f"It is {other}. A carrier's label is ZPL, PDF or PNG.")
    found = read_zpl(content)
    if found.fault:
        raise BadLabel(f"It is ZPL that cannot be passed on: {found.fault}.")
    if not found.labels:
        raise BadLabel("It is ZPL that prints nothing.")
    return CarrierLabel(Form.ZPL, content, _few(found.labels, "labels"))


def codes_of(label: CarrierLabel) -> tuple[str, ...]:
    """Give what the barcodes of a label hold, letters and digits only, without the short ones.

    A scanner may add marks of the symbol, and leaves out what only guides it; letters and digits
    are the same everywhere.
    """
    match label.form:
        case Form.ZPL:
            texts: Iterable[str] = bar_texts(label.content)
        case Form.PDF:
            texts = _texts(pictures.codes_in_pdf(label.content))
        case Form.PNG:
            texts = _texts(pictures.codes_in(pictures.open_png(label.content)))
    bare = {bare_code(text) for text in texts}
    return tuple(sorted(code for code in bare if CODE_MIN <= len(code) <= CODE_MAX))[:CODES_MAX]


def _texts(codes: Iterable[bytes]) -> Iterable[str]:
    return (code.decode("utf-8", "replace") for code in codes)


def render_carrier(
    label: CarrierLabel,
    number: int,
    subject: str,
    forms: Iterable[Form],
    dpi: int,
    size_mm: tuple[float, float],
) -> Rendered:
    """Make a carrier's label ready for a printer, in those of its forms that there can be.

    Args:
        label: What was looked at.
        number: The label's number.
        subject: What it labels.
        forms: What the printer takes.
        dpi: The printer's dots per inch.
        size_mm: Width and height of what is in the printer.

    Raises:
        BadLabel: If the printer takes nothing that there can be, or bars would not be readable.
    """
    wanted = tuple(forms)
    made: Mapping[Form, bytes]
    if label.form is Form.ZPL:
        made = {Form.ZPL: label.content} if Form.ZPL in wanted else {}
    else:
        made = _drawn(label, wanted, dpi, size_mm)
    if not made:
        takes = ", ".join(form.upper() for form in wanted)
        what = f"{label.labels} pages" if label.labels > 1 else label.form.upper()
        raise BadLabel(f"A carrier's label of {what} cannot be printed where {takes} is needed.")
    return Rendered(number, TEMPLATE, subject, made)


def _drawn(
    label: CarrierLabel, forms: Sequence[Form], dpi: int, size_mm: tuple[float, float]
) -> Mapping[Form, bytes]:
    """Give a PDF or a PNG in the forms that a printer takes."""
    scale = DOTS_PER_MM[dpi]
    room = (int(size_mm[0] * scale), int(size_mm[1] * scale))
    made: dict[Form, bytes] = {}
    pages: Sequence[Picture] = ()
    for form in forms:
        if form is label.form and pictures.fits_as_it_is(label.form, label.content, room, scale):
            made[form] = label.content
            continue
        pages = pages or _pages(label, room, scale)
        if form is Form.ZPL:
            made[form] = b"".join(_as_zpl(page, room) for page in pages)
        elif form is Form.PDF:
            made[form] = pictures.as_pdf(pages, scale * 25.4)
        elif len(pages) == 1:
            made[form] = picture.png(pages[0], dpi)
    return made


def _pages(label: CarrierLabel, room: tuple[int, int], scale: float) -> Sequence[Picture]:
    if label.form is Form.PDF:
        return list(pictures.pdf_pages(label.content, room, scale))
    return [pictures.png_page(label.content, room, scale)]


def _as_zpl(page: Picture, room: tuple[int, int]) -> bytes:
    left, top = ((room[0] - page.width) // 2, (room[1] - page.height) // 2)
    field = pictures.graphic_field(page, left, top)
    return f"{zpl_head(*room)}{field}\n^XZ\n".encode("ascii")


def _few(labels: int, what: str) -> int:
    if labels > LABELS_MAX:
        raise BadLabel(f"It has {labels} {what}; {LABELS_MAX} at most belong to one parcel.")
    return labels


def _other(content: bytes) -> str:
    """Say what a file is that is no label; empty if it may be ZPL."""
    for begin, name in _BEGINS:
        if content.startswith(begin):
            return name
    text = content.removeprefix(b"\xef\xbb\xbf").lstrip()
    if text[:20].lower().startswith(_PAGES):
        return "a web page or XML, perhaps an error message of the carrier"
    if text.startswith((b"{", b"[")):
        return "JSON, perhaps an answer of the carrier that has the label inside"
    if b"\0" in content[:100]:
        return "of a kind that is not known"
    return "" if b"xa" in content.lower() or b"\x02" in content else "text without ^XA"
