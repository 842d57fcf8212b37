"""Words on labels: from the catalogs, in the language of the site, with every barcode as it was."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest
from conftest import NOW, SITE
from labels.nasty import data_with, expected, only_own_fonts, read_back, stray_dots
from sqlalchemy import update

from floorhand.cli import main
from floorhand.domain.labels import KINDS, LANGUAGE
from floorhand.domain.rules import SiteRules
from floorhand.errors import BadFile
from floorhand.labels import fonts
from floorhand.labels.layout import lay_out
from floorhand.labels.picture import draw
from floorhand.labels.placed import DOTS_PER_MM, Layout, PlacedText
from floorhand.labels.printers import FolderPrinter
from floorhand.labels.reader import FIELD
from floorhand.labels.render import lay_out_named
from floorhand.labels.simulator.drawing import draw_label
from floorhand.labels.spool import send_all
from floorhand.labels.template import Text, load_template, parse_template, template_names
from floorhand.labels.words import in_words, worded
from floorhand.labels.zpl import write_zpl
from floorhand.store.db import Transactions, engine_of
from floorhand.store.ledger import Cause
from floorhand.store.masters import DEFAULT_PRINTER
from floorhand.store.print_jobs import queue_label
from floorhand.store.schema import Place, SiteRow
from floorhand.text.catalog import languages

TEMPLATES = template_names()
EVERYWHERE = {"PIN", "kg"}
"""Words that are the same in all languages."""


def in_language(name: str, language: str, dpi: int = 203, text: str = "") -> Layout:
    """Lay a template out with its sample, or with a text in all fields, as the spool does."""
    template = load_template(name)
    data = data_with(template, text) if text else template.kind.sample
    return lay_out(worded(template, language), in_words(data, language), dpi)


def bars(layout: Layout) -> list[tuple[object, ...]]:
    """Say where each barcode stands, and what it is."""
    return [(o.name, o.area, o.module_dots, o.symbol.rows) for o in layout.symbols]


def words(layout: Layout) -> set[str]:
    texts = (item for item in layout.placed if isinstance(item, PlacedText))
    return {line.text for item in texts for line in item.lines}


@pytest.mark.parametrize("name", TEMPLATES)
def test_no_template_has_a_word_of_its_own(name: str) -> None:
    texts = [one for one in load_template(name).elements if isinstance(one, Text)]
    fixed = {word for one in texts if not one.words for word in FIELD.sub(" ", one.text).split()}
    assert {word for word in fixed if re.search("[A-Za-z]", word)} <= EVERYWHERE


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("name", TEMPLATES)
def test_every_label_fits_in_every_language_and_keeps_its_barcodes(
    name: str, language: str
) -> None:
    for dpi in DOTS_PER_MM:
        layout, english = in_language(name, language, dpi), in_language(name, "en", dpi)
        assert layout.shortened == (), dpi
        assert layout.missing == "", dpi
        assert bars(layout) == bars(english), dpi
    layout = in_language(name, language)
    printed = draw_label(write_zpl(layout))
    assert printed is not None
    assert read_back(draw(layout)) == read_back(printed) == expected(layout)


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("name", TEMPLATES)
def test_what_does_not_fit_beside_a_word_is_shortened_where_one_sees_it(
    name: str, language: str
) -> None:
    layout, english = (in_language(name, one, text="W" * 127) for one in (language, "en"))
    assert bars(layout) == bars(english)
    assert stray_dots(draw(layout), layout, 0) == 0
    texts = {item.name: item for item in layout.placed if isinstance(item, PlacedText)}
    for shortened in layout.shortened:
        assert any(line.text.endswith(fonts.ELLIPSIS) for line in texts[shortened].lines)


def test_words_that_no_font_here_has_are_printed_in_english() -> None:
    with only_own_fonts():
        shown = words(in_language("return", "zh"))
        assert {"RETURN", "Order KL-100231", "Sent back by the buyer"} <= shown


def test_chinese_words_are_drawn_where_a_font_of_the_machine_has_them() -> None:
    if fonts.missing_letters("退货单订截止"):
        pytest.skip("no font of this machine has Chinese letters")
    layout = in_language("return", "zh")
    assert {"退货单", "订单 KL-100231", "截止 2026-11-27"} <= words(layout)
    zpl = write_zpl(layout)
    assert "退".encode() not in zpl  # a printer's own font lacks it, so it is a picture
    printed = draw_label(zpl)
    assert printed is not None
    assert read_back(printed) == expected(layout)


def test_data_may_say_in_which_language_its_words_are() -> None:
    data = {**KINDS["return"].sample, LANGUAGE: "it"}
    assert {"RESO", "Entro 2026-11-27"} <= words(lay_out_named("return", data))
    assert "Bis 2026-11-27" in words(lay_out_named("return", KINDS["return"].sample, 203, "de"))


def test_what_somebody_wrote_is_no_key() -> None:
    data = {**KINDS["hold"].sample, "reason": "wet pallet", "condition": "expired"}
    assert {"wet pallet", "ABGELAUFEN"} <= words(lay_out_named("hold", data, 203, "de"))


def site_speaks(transactions: Transactions, language: str) -> None:
    with transactions.begin() as tx:
        rules = SiteRules(language=language).to_json()
        tx.execute(update(SiteRow).where(SiteRow.site == SITE).values(rules=rules))


def test_labels_that_work_asks_for_are_in_the_language_of_the_site(
    transactions: Transactions, tmp_path: Path
) -> None:
    site_speaks(transactions, "it")
    with transactions.begin() as tx:
        cause = Cause(SITE, "S1:1", "ana", "S1", "", NOW)
        queue_label(tx, cause, "return", "R-000184", KINDS["return"].sample)
    out = FolderPrinter(tmp_path)
    send_all(transactions, SITE, {DEFAULT_PRINTER: out}, lambda: NOW + timedelta(minutes=1))
    (zpl,) = tmp_path.glob("*.zpl")
    assert b"^FDRESO^FS" in zpl.read_bytes()
    assert b"^FDEntro 2026_2D11_2D27^FS" in zpl.read_bytes()


@pytest.mark.parametrize(
    ("asked", "word"), [([], b"^FDZona B^FS"), (["--language", "de"], b"^FDZone B^FS")]
)
def test_labels_of_a_command_too_unless_another_is_asked_for(
    transactions: Transactions, tmp_path: Path, asked: list[str], word: bytes
) -> None:
    site_speaks(transactions, "it")
    with transactions.begin() as tx:
        facts = {"kind": "bin", "zone": "B", "scan_code": "FHLFSJTPHTKT"}
        tx.add(Place(site=SITE, code="B-02-1", **facts))
    url = engine_of(transactions).url.render_as_string(hide_password=False)
    with pytest.raises(SystemExit) as ended:
        main(["label", "bins", "--zpl", str(tmp_path / "b.zpl"), "--database", url, *asked])
    assert not ended.value.code
    assert word in (tmp_path / "b.zpl").read_bytes()


def one_text(line: str) -> str:
    return (
        'kind = "bin"\nsize_mm = [100, 50]\n[[element]]\nname = "w"\ntype = "text"\n'
        f"{line}\nbox_mm = [1, 1, 50, 10]\nletter_mm = 3\n"
    )


@pytest.mark.parametrize(
    ("line", "wrong"),
    [
        ('words = "label.words.nothing"', "words names no text of the catalogs"),
        ('words = "picking.scan_cart"', "words must name a text that begins with label."),
        ('words = "label.words.lot"', "needs the field lot, which no bin label has"),
        ('words = "label.words.zone"\ntext = "Zone"', "no such setting: text"),
        ("words = 7", "words must be text"),
    ],
)
def test_a_template_that_names_wrong_words_is_refused(line: str, wrong: str) -> None:
    with pytest.raises(BadFile, match=f"mine.toml: element w: .*{re.escape(wrong)}"):
        parse_template("mine.toml", one_text(line))
