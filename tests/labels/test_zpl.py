"""ZPL: data is never a command, and nothing of a label before is left."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from labels.nasty import NASTY, data_with
from letters import ANY_LETTER

from floorhand.labels.layout import lay_out
from floorhand.labels.picture import Picture
from floorhand.labels.template import load_template, template_names
from floorhand.labels.zpl import MODULE_DOTS_MAX, graphic_field, hexed, write_zpl

_ALL = "SZ JM MD CV XA XZ CI MU MC LR PO PM FW LS LT LH PW LL PQ FO FT FS FD FH FR A0 GB GF BC BY"
COMMANDS = set(_ALL.split())
"""All that our labels are made of."""


def commands(zpl: bytes) -> set[str]:
    """Name every command in it."""
    return set(re.findall(r"[\^~](..)", zpl.decode("ascii")))


@given(st.text(ANY_LETTER))
def test_escaped_data_holds_no_command(text: str) -> None:
    escaped = hexed(text.encode("utf-8", "replace").decode())
    assert not set("^~\\\r\n,") & set(escaped)
    back = re.sub(rb"_([0-9A-F]{2})", lambda m: bytes([int(m[1], 16)]), escaped.encode())
    assert back == text.encode("utf-8", "replace")


@pytest.mark.parametrize("name", template_names())
def test_hostile_data_adds_no_command(name: str) -> None:
    template = load_template(name)
    for text in NASTY:
        zpl = write_zpl(lay_out(template, data_with(template, text)))
        assert commands(zpl) <= COMMANDS, text
        assert zpl.count(b"^XA") == zpl.count(b"^XZ") == 1
        assert zpl.startswith(b"^XA")
        assert zpl.endswith(b"^XZ\n")
        assert b"~" not in zpl


def test_settings_of_a_label_before_are_set_back_first() -> None:
    template = load_template("bin")
    head = write_zpl(lay_out(template, template.kind.sample)).split(b"\n")[0].decode()
    for command in ("^CI28", "^LH0,0", "^LS0", "^LT0", "^PON", "^PMN", "^LRN", "^FWN", "^MUD"):
        assert command in head
    for command in ("^MCY", "^PW800", "^LL400", "^PQ1,0,0,N"):
        assert command in head


def test_bars_wider_than_the_printer_draws_are_drawn_as_boxes() -> None:
    template = load_template("shipping")
    for dpi in (203, 300, 600):
        layout = lay_out(template, template.kind.sample, dpi)
        wide = layout.symbols[0].module_dots > MODULE_DOTS_MAX
        assert (b"^BC" in write_zpl(layout)) == (not wide)
        assert wide == (dpi == 600)


@pytest.mark.parametrize(
    ("code", "own"),
    [("FHLFSJTPHTKT", True), ("1002A", True), ("D-1002", False), ("A-20-0412", False)],
)
def test_bars_that_change_to_pairs_of_digits_are_drawn_as_boxes(code: str, own: bool) -> None:
    template = load_template("paper")
    layout = lay_out(template, {**template.kind.sample, "scan_code": code})
    assert (b"^BC" in write_zpl(layout)) == own


def test_the_sscc_is_told_to_the_printer_symbol_by_symbol() -> None:
    template = load_template("shipping")
    zpl = write_zpl(lay_out(template, template.kind.sample)).decode()
    assert "^BY4" in zpl
    assert f"^FH_^FD{hexed('>;>800395212340000000175')}^FS" in zpl


def test_what_the_printers_font_cannot_show_is_drawn() -> None:
    template = load_template("badge")

    def badge(name: str) -> bytes:
        return write_zpl(lay_out(template, {**template.kind.sample, "name": name}))

    assert b"^GFA" not in badge("José Müller")
    assert b"^FDJos_C3_A9 M_C3_BCller^FS" in badge("José Müller")
    assert b"^GFA" in badge("Kovač")
    assert b"^GFA" in badge("王小明")
    assert b"^GFA" in badge("W" * 200)


def test_a_graphic_has_whole_bytes_in_a_row_and_white_behind_its_edge() -> None:
    from PIL import Image

    drawn: Picture = Image.new("1", (10, 2), 0)
    assert graphic_field(drawn) == "^GFA,4,4,2,FFC0FFC0^FS"
    assert graphic_field(Image.new("1", (10, 1), 1)) == "^GFA,2,2,2,0000^FS"


def test_copies_are_asked_of_the_printer() -> None:
    template = load_template("bin")
    assert b"^PQ3,0,0,N" in write_zpl(lay_out(template, template.kind.sample), copies=3)
