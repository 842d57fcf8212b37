"""Data that breaks labels, and how labels are read back."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import pytest
import zxingcpp
from conftest import SHARED_DATA
from PIL import Image, ImageDraw

from floorhand.domain.labels import LabelData
from floorhand.exchange.cells import CODE_CHARACTERS_MAX
from floorhand.labels import fitting, font_files, fonts, picture, words
from floorhand.labels.placed import Layout
from floorhand.labels.reader import FIELD
from floorhand.labels.template import Barcode, Template, Text

READABLE = [
    zxingcpp.BarcodeFormat.Code128,
    zxingcpp.BarcodeFormat.EAN13,
    zxingcpp.BarcodeFormat.EAN8,
    zxingcpp.BarcodeFormat.QRCode,
    zxingcpp.BarcodeFormat.DataMatrix,
]

NASTY = (
    "W" * 127,
    "i" * 127,
    "Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogoch " * 3,
    "^XZ^XA^FO0,0^GB800,1200,600^FS^XZ",
    "~JA~JR~HS",
    "^FS^FO10,10^A0N,90,90^FDpwned^FS",
    "_5EXZ _7EJA \\^ \\&",
    ">;>8 >:>5 ><",
    "\x10CT~~CD,~CC^~CT~",
    "100 % ^ ~ _ \\ { } [b]red[/b] =1+1",
    "北京市朝阳区建国路88号 王小明 様",
    "شارع الملك فهد، الرياض ١٢٣٤",
    "Łódź Žižkov Ångström Œuvre Ñandú Straße İğüş",
    "Ελληνικά Кириллица",
    "👩‍👩‍👧‍👦 🏳️‍🌈 😀😀😀",
    "Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A̴̵̜̰͔ͫ͗͢L̠ͨͧͩ͘G̴̻͈͍͔̹̑͗̎̅͛́Ǫ̵̹̻̝̳͂̌̌͘",
    "\u202egnirts desrever\u202c",
    "a\tb\nc\rd\x00e\x1bf\x7fg",
    "   ",
)

LONGEST = {
    "scan_code": "FHLFSJTPHTKT",
    "long_code": "D-" + "W7" * 39,
    "badge": "FHPFSJTPHTKJ",
    "number": "R-2026-00018415",
    "barcode": "09521234000013",
    "sku": "FP-OAT-750-XL",
}
"""What barcodes hold; a barcode's fields cannot be anything."""


def barcode_fields(template: Template) -> set[str]:
    """Fields that end up in bars."""
    return {
        field
        for element in template.elements
        if isinstance(element, Barcode)
        for field in FIELD.findall(element.text)
    }


def data_with(template: Template, *texts: str) -> LabelData:
    """Data with the given texts in all fields that are not in bars, one after the other."""
    bars = barcode_fields(template)
    whole = {e.text.strip("{}") for e in template.elements if isinstance(e, Text) and e.whole}
    data: dict[str, str | int | list[str]] = {}
    for n, field in enumerate(template.kind.fields):
        text = texts[n % len(texts)]
        if field in bars:
            data[field] = LONGEST.get(field) or template.kind.sample[field]
        elif isinstance(template.kind.sample.get(field), list):
            data[field] = [texts[(n + k) % len(texts)] for k in range(7)]
        else:
            data[field] = text[:CODE_CHARACTERS_MAX] if field in whole else text
    for field in template.kind.needs:  # a needed field may be cleaned away, not be empty
        data[field] = data[field] or "x"
    return data


def free_fields(template: Template) -> list[str]:
    """Fields that may hold any text."""
    return [field for field in template.kind.fields if field not in barcode_fields(template)]


def spread_over(template: Template, texts: Sequence[str]) -> Iterator[LabelData]:
    """Data for as few labels as show each of the texts at least once."""
    at_once = max(1, len(free_fields(template)))
    for at in range(0, len(texts), at_once):
        some = texts[at : at + at_once]
        data = dict(data_with(template, *some))
        for n, field in enumerate(free_fields(template)):
            whole = data_with(template, some[n % len(some)])
            data[field] = whole[field]
        yield data


def texts_of(value: str | int | list[str]) -> list[str]:
    """The texts that a field holds."""
    return value if isinstance(value, list) else [str(value)]


def forget_fonts() -> None:
    """Look for fonts anew, for tests that change what there is."""
    for known in (
        fonts._faces,
        fonts._leaders,
        fonts._plain,
        fonts._unknown_glyph,
        fonts._knows,
        fonts._written,
        fonts._sized,
        fonts.width_dots,
        fonts._widths,
        picture._letters,
        picture._bold_letter,
        fitting.place_text,
        words._word,
    ):
        known.cache_clear()


@contextmanager
def only_own_fonts() -> Iterator[None]:
    """As on a machine without fonts of its own, and without the extra."""
    with pytest.MonkeyPatch.context() as patch:
        for where in ("MACHINE_FONTS", "FONT_PACKAGES", "FONT_FOLDERS"):
            patch.setattr(font_files, where, ())
        forget_fonts()
        try:
            yield
        finally:
            forget_fonts()


def naughty_strings() -> list[str]:
    """The Big List of Naughty Strings, where it is."""
    path = SHARED_DATA / "naughty" / "blns_half0.json"
    if not path.is_file():
        pytest.skip("the naughty strings are not beside this checkout")
    found: list[str] = json.loads(path.read_text("utf-8"))
    return found


def stray_dots(picture: Image.Image, layout: Layout, edge: int) -> int:
    """Count black dots outside of what was placed."""
    rest = picture.convert("L").point(lambda dot: 255 if dot < 128 else 0)
    pen = ImageDraw.Draw(rest)
    for item in layout.placed:
        area = item.area
        right, bottom = area.left + area.width - 1, area.top + area.height - 1
        pen.rectangle((area.left - edge, area.top - edge, right + edge, bottom + edge), fill=0)
    return sum(rest.histogram()[1:])


def read_back(picture: Image.Image) -> list[str]:
    """What a scanner reads on a picture, in any order, sorted.

    Where each dot is black or white already, the reader need not tell first which is which.
    """
    told = zxingcpp.Binarizer.BoolCast if picture.mode == "1" else zxingcpp.Binarizer.LocalAverage
    found = zxingcpp.read_barcodes(picture.convert("L"), formats=READABLE, binarizer=told)
    return sorted(code.bytes.decode("latin-1") for code in found)


def expected(layout: Layout) -> list[str]:
    """What a scanner must read."""
    return sorted(item.symbol.reads for item in layout.symbols)
