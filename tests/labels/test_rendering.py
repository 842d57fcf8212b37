"""Every template at every resolution, with ordinary and with hostile data, read back."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from labels.nasty import (
    NASTY,
    barcode_fields,
    data_with,
    expected,
    free_fields,
    naughty_strings,
    only_own_fonts,
    read_back,
    spread_over,
    stray_dots,
    texts_of,
)
from labels.renderer import Renderer
from letters import ANY_LETTER
from PIL import Image, ImageChops

from floorhand.errors import BadLabel
from floorhand.exchange.cells import CODE_CHARACTERS_MAX
from floorhand.labels.layout import lay_out
from floorhand.labels.picture import draw, png
from floorhand.labels.placed import DOTS_PER_MM, Layout, PlacedText
from floorhand.labels.simulator.drawing import draw_label
from floorhand.labels.template import Barcode, load_template, template_names
from floorhand.labels.zpl import write_zpl

TEMPLATES = template_names()
RESOLUTIONS = tuple(DOTS_PER_MM)
BARS = ("A^XZ~JA", "~DGR:", "_5E^FS", ">;>8", "*UNDO", "1234567890123", "{code}", "A" * 48)
"""What can be in bars and looks like a command."""

EDGE_DOTS = {203: 2, 300: 2, 600: 4}
"""How far another printer's letters may differ from ours."""

OWN_EDGE_DOTS = {203: 4, 300: 6, 600: 12}
"""Half a millimetre: what hangs below a line of small letters in the simulated printer's font."""


@pytest.mark.parametrize("dpi", RESOLUTIONS)
@pytest.mark.parametrize("name", TEMPLATES)
def test_sample_data_fits_and_reads(name: str, dpi: int) -> None:
    template = load_template(name)
    layout = lay_out(template, template.kind.sample, dpi)
    assert layout.shortened == ()
    assert layout.missing == ""
    assert read_back(draw(layout)) == expected(layout)


@pytest.mark.parametrize("dpi", RESOLUTIONS)
@pytest.mark.parametrize("name", TEMPLATES)
def test_hostile_data_changes_no_barcode_and_leaves_no_box(name: str, dpi: int) -> None:
    template = load_template(name)
    shown = set()
    for data in spread_over(template, NASTY):
        shown |= {text for value in data.values() for text in texts_of(value)}
        layout = lay_out(template, data, dpi)
        picture = draw(layout)
        assert read_back(picture) == expected(layout), data
        assert stray_dots(picture, layout, 0) == 0, data
        printed = draw_label(write_zpl(layout))
        assert printed is not None, data
        assert read_back(printed) == expected(layout), data
        assert stray_dots(printed, layout, OWN_EDGE_DOTS[dpi]) == 0, data
    if free_fields(template):
        assert {text[:CODE_CHARACTERS_MAX] for text in NASTY} <= {
            text[:CODE_CHARACTERS_MAX] for text in shown
        }


@pytest.mark.parametrize("name", TEMPLATES)
def test_bars_hold_exactly_what_they_should_or_there_is_no_label(name: str) -> None:
    template = load_template(name)
    for field in sorted(barcode_fields(template)):
        bars = [e for e in template.elements if isinstance(e, Barcode) and f"{{{field}}}" in e.text]
        hiding = {element.unless for element in bars}
        sample = {key: value for key, value in template.kind.sample.items() if key not in hiding}
        for text in (*NASTY, *BARS):
            try:
                layout = lay_out(template, {**sample, field: text})
            except BadLabel:
                continue
            assert any(text in item.symbol.reads for item in layout.symbols), text
            zpl = write_zpl(layout)
            assert zpl.count(b"^XA") == zpl.count(b"^XZ") == 1
            for picture in (draw(layout), draw_label(zpl)):
                assert picture is not None
                assert read_back(picture) == expected(layout), text


@given(
    st.text(ANY_LETTER), st.text(ANY_LETTER, max_size=80), st.lists(st.text(ANY_LETTER), max_size=8)
)
@settings(max_examples=60, deadline=None)
def test_any_text_makes_a_label(name: str, order: str, ship_to: list[str]) -> None:
    template = load_template("shipping")
    given_data = {"merchant": name or "x", "order": order or "x", "ship_to": ship_to or ["x"]}
    layout = lay_out(template, {**template.kind.sample, **given_data})
    picture = draw(layout)
    assert stray_dots(picture, layout, 0) == 0
    assert read_back(picture) == expected(layout)
    assert write_zpl(layout).count(b"^XA") == 1


@pytest.mark.parametrize("name", TEMPLATES)
def test_naughty_strings_change_no_barcode(name: str) -> None:
    template = load_template(name)
    strings = naughty_strings()
    at_once = max(1, len(template.kind.fields) + 6)
    for no, at in enumerate(range(0, len(strings), at_once)):
        layout = lay_out(template, data_with(template, *strings[at : at + at_once]))
        zpl = write_zpl(layout)
        assert zpl.count(b"^XA") == zpl.count(b"^XZ") == 1
        # Templates have different numbers of fields, so that each string is read in both ways.
        picture = draw_label(zpl) if no % 2 else draw(layout)
        assert picture is not None, strings[at]
        assert read_back(picture) == expected(layout), strings[at]
        assert stray_dots(picture, layout, OWN_EDGE_DOTS[203] if no % 2 else 0) == 0, strings[at]


@pytest.mark.parametrize(
    ("name", "dpi"),
    [(name, 203) for name in TEMPLATES]
    # The independent renderer takes seconds where there are many dots.
    + [(name, dpi) for name in ("shipping", "bin", "tote", "sku", "paper") for dpi in (300, 600)],
)
def test_both_renderings_say_the_same(name: str, dpi: int, render_zpl: Renderer) -> None:
    template = load_template(name)
    # All hostile texts, spread over the fields of a few labels.
    hostile = [NASTY[at : at + 5] for at in range(0, len(NASTY), 5)]
    data = [data_with(template, *texts) for texts in (hostile if dpi == 203 else hostile[:1])]
    if dpi == 203:
        data.append(template.kind.sample)
    layouts = [lay_out(template, values, dpi) for values in data]
    printed = render_zpl(b"".join(map(write_zpl, layouts)), layouts[0])
    assert len(printed) == len(layouts)
    for layout, picture in zip(layouts, printed, strict=True):
        assert read_back(picture) == expected(layout)
        assert stray_dots(picture, layout, EDGE_DOTS[dpi]) == 0
        for item in layout.placed:
            if isinstance(item, PlacedText) and not item.reverse:
                assert has_ink(picture, item), item.name


def test_vietnamese_names_are_the_same_letters_in_both_renderings(render_zpl: Renderer) -> None:
    template = load_template("shipping")

    def made(*ship_to: str) -> Layout:
        return lay_out(template, {**template.kind.sample, "ship_to": list(ship_to)})

    with only_own_fonts():
        # The first line is letters of the printer, the others are drawn.
        layout = made("Hồ Văn Chấn", "12 Phố Huế", "Đường Nguyễn Thị Bưởi", "Hà Nội", "VN")
        plain = made("Hô Văn Chân", "12 Phô Huê", "Đường Nguyên Thị Bươi", "Hà Nội", "VN")
        zpl = write_zpl(layout)
        assert zpl == write_zpl(plain)
        assert b"^FD12 Ph_C3_B4 Hu_C3_AA^FS" in zpl
        assert ImageChops.logical_xor(draw(layout), draw(plain)).getbbox() is None
        assert layout.unreadable("ship_to") == layout.note() == ""
        assert read_back(draw(layout)) == expected(layout)
        (printed,) = render_zpl(zpl, layout)
    assert read_back(printed) == expected(layout)
    assert stray_dots(printed, layout, EDGE_DOTS[203]) == 0


def has_ink(picture: Image.Image, item: PlacedText) -> bool:
    """Say whether anything is printed where a text should be."""
    area = item.area
    box = (area.left, area.top, area.left + area.width, area.top + area.height)
    darkest = picture.crop(box).getextrema()[0]
    return isinstance(darkest, int | float) and darkest < 128


def test_the_picture_knows_its_size_on_paper(tmp_path: Path) -> None:
    template = load_template("shipping")
    for dpi in RESOLUTIONS:
        path = tmp_path / f"{dpi}.png"
        path.write_bytes(png(draw(lay_out(template, template.kind.sample, dpi)), dpi))
        with Image.open(path) as picture:
            across_mm = picture.width / picture.info["dpi"][0] * 25.4
            assert across_mm == pytest.approx(101.6, abs=0.2)
            assert picture.mode == "1"


def test_the_same_data_gives_the_same_picture() -> None:
    template = load_template("shipping")
    one, other = (draw(lay_out(template, template.kind.sample)) for _ in range(2))
    assert ImageChops.logical_xor(one, other).getbbox() is None


def test_a_shipping_label_has_what_a_logistic_label_must() -> None:
    template = load_template("shipping")
    for dpi, scale in DOTS_PER_MM.items():
        layout = lay_out(template, template.kind.sample, dpi)
        (sscc,) = layout.symbols
        assert sscc.symbol.symbology == "gs1-128"
        assert sscc.symbol.reads == "00" + str(template.kind.sample["sscc"])
        assert 0.495 <= sscc.module_dots / scale <= 1.016
        assert sscc.area.height / scale >= 32
        quiet = 10 * sscc.module_dots
        assert sscc.area.left >= quiet
        assert sscc.area.left + sscc.area.width + quiet <= layout.width_dots
        lowest = [i for i in layout.placed if i.area.top >= sscc.area.top + sscc.area.height]
        assert [i.lines[0].text for i in lowest if isinstance(i, PlacedText)] == [sscc.symbol.clear]
