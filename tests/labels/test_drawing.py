"""The simulator's pictures are drawn from the bytes alone, and show what our own pictures show."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from labels.nasty import NASTY, data_with, expected, read_back
from PIL import Image, ImageChops

from floorhand.labels.layout import lay_out
from floorhand.labels.picture import draw
from floorhand.labels.placed import PlacedText
from floorhand.labels.simulator.drawing import draw_label
from floorhand.labels.template import load_template, template_names
from floorhand.labels.zpl import write_zpl

TAIL_DOTS = 2


@pytest.mark.parametrize("name", template_names())
@pytest.mark.parametrize("dpi", [203, 300])
def test_a_label_of_ours_is_drawn_from_its_bytes(name: str, dpi: int) -> None:
    template = load_template(name)
    layout = lay_out(template, template.kind.sample, dpi)
    drawn = draw_label(write_zpl(layout))
    assert drawn is not None
    assert read_back(drawn) == expected(layout)
    ours = draw(layout)
    differs = ImageChops.logical_xor(drawn, ours)
    for item in layout.placed:
        if isinstance(item, PlacedText):
            ink = _black_dots(ours.crop(_around(item)))
            # A printer's own font is not as bold as ours.
            least = 0.4 if item.style.bold else 0.8
            assert least * ink <= _black_dots(drawn.crop(_around(item))) <= 1.2 * ink, item.name
            differs.paste(0, _around(item))
    assert differs.getbbox() is None, "something that is no text is drawn in another way"


def _black_dots(picture: Image.Image) -> int:
    return picture.histogram()[0]


def _around(item: PlacedText) -> tuple[int, int, int, int]:
    """The area of a text, and the tails that a printer's own letters may have below it."""
    area = item.area
    return area.left, area.top, area.left + area.width, area.top + area.height + TAIL_DOTS


def test_hostile_data_is_drawn_as_data() -> None:
    template = load_template("bin")
    for text in NASTY[::2]:
        layout = lay_out(template, data_with(template, text), 203)
        drawn = draw_label(write_zpl(layout))
        assert drawn is not None, text
        assert read_back(drawn) == expected(layout), text


def test_a_label_of_others_has_no_picture(shared_data: Path) -> None:
    for path in sorted((shared_data / "zpl").glob("*.zpl")):
        assert draw_label(path.read_bytes()) is None, path.name


def test_what_we_never_write_has_no_picture() -> None:
    template = load_template("tote")
    zpl = write_zpl(lay_out(template, template.kind.sample, 203))
    assert draw_label(zpl) is not None
    for changed in (
        zpl.replace(b"^PW", b"^PW99"),
        zpl.replace(b"^PW", b"^PW0^FX"),
        zpl.replace(b"^XZ", b""),
        zpl.replace(b"^XZ", b"^FO1,1^GE9,9,1^FS\n^XZ"),
        zpl.replace(b"^FD_3E_3A", b"^FD_3E_3E"),
        zpl.replace(b"^XZ", b"^FO1,1^GFA,3,3,2,FFFFFF^FS\n^XZ"),
        zpl.replace(b"^XZ", b"^FO1,1^GFA,3,3,0,FFFFFF^FS\n^XZ"),
        zpl.replace(b"^XZ", b"^BY2^FO1,1^BCN,9,N,N,N,N^FH_^FDABC^FS\n^XZ"),
        zpl.replace(b"^XZ", b"^BY2^FO1,1^BCN,9,N,N,N,N^FH_^FD_3E_3B1^FS\n^XZ"),
    ):
        assert changed != zpl
        assert draw_label(changed) is None, changed[:200]


@settings(max_examples=40)
@given(st.binary(max_size=80))
def test_nothing_makes_drawing_fail(noise: bytes) -> None:
    template = load_template("badge")
    zpl = write_zpl(lay_out(template, template.kind.sample, 203))
    assert draw_label(noise) is None
    draw_label(zpl.replace(b"^XZ", noise + b"^XZ"))
