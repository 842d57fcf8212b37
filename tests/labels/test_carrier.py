"""Labels of carriers go out as they came, and what is no label is refused by name."""

from __future__ import annotations

import base64
import struct
import zlib
from io import BytesIO
from pathlib import Path

import pytest
import zebrafy.zebrafy_zpl
from hypothesis import given
from hypothesis import strategies as st
from labels.nasty import read_back
from labels.renderer import Renderer
from PIL import Image, ImageChops, ImageDraw

from floorhand.domain.labels import KINDS
from floorhand.errors import BadLabel
from floorhand.labels import foreign_pictures, picture
from floorhand.labels.carrier import (
    LABEL_BYTES_MAX,
    CarrierLabel,
    read_file,
    read_label,
    render_carrier,
)
from floorhand.labels.foreign_pictures import codes_in
from floorhand.labels.printers import Form
from floorhand.labels.render import lay_out_named
from floorhand.labels.symbols import make_symbol
from floorhand.labels.zpl import write_zpl, zpl_head
from floorhand.labels.zpl_reading import commands, read_zpl

SIZE_MM = (101.6, 152.4)
ONE = b"^XA^FO0,0^FDx^FS^XZ"
TRACKING = "1Z680RA4DL08720000"

RESET_BY_EVERY_FIELD = frozenset(
    ("A", "BY", "CF", "FO", "FT", "FB", "FH", "FR", "FN", "FP", "FX", "FS", "FD", "FV")
)
"""Said anew for each field of ours, or without effect on another one."""

PRINTS = frozenset(
    ("XA", "XZ", "GB", "GC", "GD", "GE", "GF", "GS", "B2", "B3", "B7", "BC", "BD", "BE", "BQ")
) | {"BX", "XB", "DN"}
"""Draws, or ends with the label."""

MENDED = {"CC", ""}
"""A label that does not set it back itself is refused."""

ONLY_THE_SITE_KNOWS = set(["MF", "MM", "MN", "MT", "PR", "SD", "TA", "JS", "JU", "CW"])
"""Kind of labels and of their sensing, cutter, speed, darkness, tear-off; letters of fonts."""


def zpl_files(shared_data: Path) -> list[Path]:
    files = sorted((shared_data / "zpl").glob("*.zpl"))
    assert len(files) == 22
    return files


def sheet(width: int, height: int, *, at: tuple[int, int] = (40, 40), bars: int = 3) -> Image.Image:
    """A page with a carrier's barcode."""
    paper = Image.new("L", (width, height), 255)
    symbol = make_symbol("code128", TRACKING)
    paper.paste(picture.symbol_picture(symbol, bars, 120).convert("L"), at)
    return paper


def as_png(drawn: Image.Image, dpi: float = 0) -> bytes:
    out = BytesIO()
    drawn.save(out, "PNG", **({"dpi": (dpi, dpi)} if dpi else {}))
    return out.getvalue()


def as_pdf(*pages: Image.Image, dpi: float = 203.2) -> bytes:
    out = BytesIO()
    pages[0].save(out, "PDF", resolution=dpi, save_all=True, append_images=pages[1:])
    return out.getvalue()


def rendered(content: bytes, form: Form, dpi: int = 203) -> bytes:
    return render_carrier(read_label(content), 1, "X", (form,), dpi, SIZE_MM).forms[form]


def drawn(content: bytes, dpi: int = 203) -> Image.Image:
    return Image.open(BytesIO(rendered(content, Form.PNG, dpi)))


def test_every_real_label_goes_to_the_printer_byte_for_byte(shared_data: Path) -> None:
    for path in zpl_files(shared_data):
        label = read_file(path)
        assert (label.form, label.labels) == (Form.ZPL, 1), path
        for forms in ((Form.ZPL,), (Form.ZPL, Form.PNG)):
            made = render_carrier(label, 1, "X", forms, 203, SIZE_MM).forms
            assert made == {Form.ZPL: path.read_bytes()}, path


def test_our_label_sets_back_all_that_real_labels_leave_set(shared_data: Path) -> None:
    """Whatever is new in such a file must be put into one of these drawers, or into our head."""
    reset = {command.name[1:] for command in commands(zpl_head(800, 1200).encode())}
    for path in zpl_files(shared_data):
        used = {command.name[1:] for command in commands(path.read_bytes())}
        known = reset | RESET_BY_EVERY_FIELD | PRINTS | ONLY_THE_SITE_KNOWS | MENDED
        assert used <= known, path.name
    assert not reset & ONLY_THE_SITE_KNOWS


LEAVES_MUCH_SET = (
    b"^XA^CI0^FWB,1^LH200,300^LT50^LS40^LRY^POI^PMY^PW200^LL100^MUM^CF0,90^BY9,2,300^CVY^MD30"
    b"^FO10,10^A0N,30,30^FDfirst^FS^XZ"
)


def test_our_label_looks_the_same_after_one_that_leaves_much_set(render_zpl: Renderer) -> None:
    layout = lay_out_named("tote", KINDS["tote"].sample)
    ours = write_zpl(layout)
    (before,) = render_zpl(ours, layout)
    after = render_zpl(LEAVES_MUCH_SET + ours, layout)[-1]
    assert ImageChops.difference(before, after).getbbox() is None


@pytest.mark.parametrize(
    ("content", "formats", "labels"),
    [
        (ONE, 1, 1),
        (ONE + ONE, 2, 2),
        (b"^xa^fo0,0^fdx^fs^xz", 1, 1),
        (b"^XA^MCY^XZ" + ONE, 2, 1),
        (b"^XA^XA^FO0,0^FDx^FS^XA^PQ1^XZ", 1, 1),
        (b"^XA^FDx^FS^PQ3,0,1^XZ", 1, 3),
        (b"^XA^FDx^FS^PQ0^XZ", 1, 1),
        (b"^XA^FH_^FD_5EXZ _5EXZ^FS^XZ", 1, 1),
        (b"^XA^FX a comment ends at the next sign^FDx^FS^XZ", 1, 1),
        (b"^XA^CC-\n-FDx ^XZ ^XA-FS-XZ-XA-CC^^XZ", 2, 1),
        (b"~CC+" + ONE.replace(b"^", b"+") + b"+CC^", 1, 1),
        (b"^XA^CD;^GFB;4;4;1;^XZ!^FS^CD,^XZ", 1, 1),
        (b"^XA^FO0,0^GFB,4,4,1,^XZ!^FS^XZ", 1, 1),
        (b"^XA^FO0,0^GFC,8,8,1,^XZ^XA12^FS^XZ", 1, 1),
        (b"^XA^FO0,0^GFA,4,4,1,FFFF00FF^FS^XZ", 1, 1),
        (b"~DYR:X,P,P,6,,^XA^XZ" + ONE, 1, 1),
        (b"~DYR:X,P,P,6,,:Z64:eJw=:1234" + ONE, 1, 1),
        (b"~DGR:LOGO,4,1,FFFF00FF" + b"^XA^XGR:LOGO^FS^XZ^XA^IDR:LOGO^FS^XZ", 2, 1),
        (b"^XA^DFR:F.ZPL^FO0,0^FN1^FDx^FS^XZ^XA^XFR:F.ZPL^FN1^FDy^FS^XZ", 2, 1),
        (b"\x02^FO0,0^FDx^FS\x03", 1, 1),
        (b"^^XA^FDx^FS^X^^XZ^", 1, 1),
    ],
)
def test_labels_are_counted_as_a_printer_does(content: bytes, formats: int, labels: int) -> None:
    read = read_zpl(content)
    assert (read.formats, read.labels, read.fault) == (formats, labels, "")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"^XA^FO0,0^FDx^FS", "no end"),
        (ONE + ONE[:-3], "no end"),
        (b"^XA^FO0,0^GFB,400,400,10,^FS^XZ", "in the middle of ^GF|no end"),
        (ONE + b"~DYR:X,B,B,900,,abc", "in the middle of ~DY"),
        (b"^XA^CC-" + ONE.replace(b"^", b"-"), "other signs"),
        (ONE + b"^CD;", "other signs"),
        (ONE + b"~JR", "restarts the printer or sets it back .~JR"),
        (b"^XA^JUF^XZ" + ONE, "sets it back .^JUF"),
        (ONE + b"~JA", "cancels labels of others"),
        (b"~JD" + ONE, "codes in place of labels"),
        (b"~HS" + ONE, "makes the printer answer"),
        (b"^XA^NS2,1,2^XZ" + ONE, "network"),
        (b'! U1 setvar "ip.addr" "x"\r\n' + ONE, "settings of the printer"),
        (ONE + b'\r\n! U1 setvar "ip.addr" "x"\r\n', "settings of the printer"),
        (ONE + b"~PP", "stops the printer"),
    ],
)
def test_zpl_that_must_not_be_passed_on_is_refused(content: bytes, said: str) -> None:
    with pytest.raises(BadLabel, match=said.replace("^", r"\^")):
        read_label(content)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "It is empty"),
        (b" \r\n\t", "It is empty"),
        (b"^XA" + b" " * LABEL_BYTES_MAX + b"^XZ", "larger than 4 MB"),
        (b"<!DOCTYPE html><html>504 Gateway Timeout</html>", "a web page or XML"),
        (b"\xef\xbb\xbf<html>", "a web page or XML"),
        (b'{"label": "^XA^FDx^FS^XZ"}', "JSON"),
        (b"\xff\xd8\xff\xe0", "a JPEG picture"),
        (base64.b64encode(b"%PDF-1.4 and more"), "a PDF written as base64"),
        (ONE.decode().encode("utf-16"), "UTF-16"),
        (b"PK\x03\x04", "ZIP archive"),
        (b"Tracking number 123", "text without .XA"),
        (b"\x00\x01\x02", "of a kind that is not known"),
        (b"^XA^PW800^XZ", "prints nothing"),
        (ONE * 11, "11 labels; 10 at most"),
        (as_png(sheet(400, 400))[:500], "PNG that is damaged or cut off"),
        (b"\x89PNG\r\n\x1a\n", "PNG that is cut off"),
        (as_pdf(sheet(400, 400))[:-600], "PDF that is cut off"),
        (b"%PDF-1.7\nnothing\n%%EOF\n", "PDF that cannot be read"),
    ],
)
def test_what_is_no_label_is_refused_and_named(content: bytes, said: str) -> None:
    with pytest.raises(BadLabel, match=said):
        read_label(content)


def test_a_picture_that_would_fill_the_memory_is_not_opened() -> None:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    head = struct.pack(">IIBBBBB", 60_000, 60_000, 1, 0, 0, 0, 0)
    rows = zlib.compress(b"\0" * 10_000_000, 9)
    bomb = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
    with pytest.raises(BadLabel, match="60000 × 60000 dots"):
        read_label(bomb)


def test_a_file_of_a_hundred_megabytes_is_not_read_to_its_end(tmp_path: Path) -> None:
    path = tmp_path / "huge.zpl"
    with path.open("wb") as file:
        file.write(b"^XA")
        file.truncate(100 * 2**20)
    with pytest.raises(BadLabel, match="larger than 4 MB"):
        read_file(path)
    with pytest.raises(BadLabel, match="cannot be read"):
        read_file(tmp_path / "absent.zpl")


@given(st.binary(max_size=400) | st.lists(st.sampled_from([
    b"^XA", b"^XZ", b"^CC", b"^CD", b"^CT", b"~DY", b"^GFB,", b"9,", b",", b"-", b"^", b"~", b"x",
    b"R:A,B,B,5,,", b"\x02", b"\x03", b"^PQ", b"^FD",
])).map(b"".join))  # fmt: skip
def test_anything_is_a_label_or_refused(content: bytes) -> None:
    try:
        label = read_label(content)
    except BadLabel:
        pass
    else:
        assert label.content == content
        assert label.labels >= 1


def test_a_picture_as_large_as_the_label_goes_as_it_is() -> None:
    png = as_png(sheet(812, 1219))
    assert rendered(png, Form.PNG) == png
    pdf = as_pdf(sheet(812, 1219))
    assert rendered(pdf, Form.PDF) == pdf
    assert rendered(pdf, Form.PDF, 300) == pdf


def test_a_smaller_picture_stands_in_the_middle_of_the_label() -> None:
    content = rendered(as_png(sheet(626, 1000), 203.2), Form.ZPL)
    assert [one.data for one in commands(content) if one.name == "^FO"] == [b"93,109"]


@pytest.mark.parametrize("dpi", [203, 300, 600])
@pytest.mark.parametrize("form", [Form.PNG, Form.PDF, Form.ZPL])
def test_bars_of_a_pdf_are_read_from_what_is_printed(form: Form, dpi: int) -> None:
    content = rendered(as_pdf(sheet(812, 1219)), form, dpi)
    if form is Form.PNG:
        assert read_back(Image.open(BytesIO(content))) == [TRACKING]
    elif form is Form.PDF:
        ((code),) = codes_of_pdf(content)
        assert code == TRACKING.encode()
    else:
        assert content.startswith(b"^XA^SZ2")
        (seen,) = zebrafy.zebrafy_zpl.ZebrafyZPL(content.decode()).to_images()
        assert read_back(seen) == [TRACKING]


def codes_of_pdf(content: bytes) -> frozenset[bytes]:
    ((page),) = foreign_pictures.pdf_pages(content, (4000, 4000), 8)
    return codes_in(page)


def test_a_label_on_a_sheet_of_a4_loses_the_white_and_no_size() -> None:
    """Many carriers send their label in the corner of an office page."""
    a4 = sheet(1680, 2376, at=(100, 120))
    seen = drawn(as_pdf(a4))
    assert read_back(seen) == [TRACKING]
    bars = foreign_pictures._ink(seen.convert("L"))
    width = len(make_symbol("code128", TRACKING).rows[0]) * 3
    assert abs(bars[2] - bars[0] - 2 - width) <= 2


def test_a_wide_label_is_turned() -> None:
    seen = drawn(as_png(sheet(1219, 812), 203.2))
    assert (seen.width, seen.height) <= (812, 1219)
    assert read_back(seen.rotate(90, expand=True)) == [TRACKING] or read_back(seen) == [TRACKING]


def test_nothing_of_a_large_picture_is_clipped() -> None:
    large = Image.new("L", (3000, 2000), 255)
    ImageDraw.Draw(large).rectangle((0, 0, 2999, 1999), outline=0, width=30)
    seen = drawn(as_png(large, 203.2)).convert("L")
    assert seen.width <= 812
    assert seen.height <= 1219
    for edge in ((0, seen.height // 2), (seen.width - 1, seen.height // 2)):
        assert seen.getpixel(edge) == 0
    for edge in ((seen.width // 2, 0), (seen.width // 2, seen.height - 1)):
        assert seen.getpixel(edge) == 0
    assert abs(seen.height / seen.width - 1.5) < 0.01


def test_a_picture_keeps_its_size_in_millimetres() -> None:
    """Made for 300 dots per inch, printed with 203: bars are as wide as the carrier wants them."""
    seen = drawn(as_png(sheet(600, 300, bars=6), 300))
    assert (seen.width, seen.height) == (406, 203)


def test_bars_too_fine_for_the_printer_are_an_error_and_never_printed() -> None:
    with pytest.raises(BadLabel, match=f"its barcode '{TRACKING}' could not be read"):
        drawn(as_png(sheet(2400, 3600, at=(100, 100), bars=2), 600))


def test_two_pages_are_two_labels() -> None:
    pdf = as_pdf(sheet(812, 1219), sheet(700, 1000))
    assert read_label(pdf).labels == 2
    assert read_zpl(rendered(pdf, Form.ZPL)).labels == 2
    with pytest.raises(BadLabel, match="2 pages cannot be printed where PNG is needed"):
        rendered(pdf, Form.PNG)


def test_zpl_cannot_be_printed_by_a_printer_of_another_kind() -> None:
    with pytest.raises(BadLabel, match="of ZPL cannot be printed where PDF is needed"):
        rendered(ONE, Form.PDF)


def test_without_the_extra_it_is_said_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "pypdfium2", None)
    monkeypatch.setitem(__import__("sys").modules, "zebrafy.zebrafy_image", None)
    with pytest.raises(BadLabel, match=r"pip install 'floorhand\[carrier\]'"):
        read_label(as_pdf(sheet(400, 400)))
    with pytest.raises(BadLabel, match=r"pip install 'floorhand\[carrier\]'"):
        rendered(as_png(sheet(812, 1219)), Form.ZPL)
    assert read_label(ONE) == CarrierLabel(Form.ZPL, ONE, 1)
