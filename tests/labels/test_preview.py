"""``floorhand label preview``: what a supervisor sees of a template, and what it is worth."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from labels.nasty import read_back
from PIL import Image, ImageDraw

from floorhand.cli import main
from floorhand.labels import quality
from floorhand.labels.layout import lay_out
from floorhand.labels.picture import draw
from floorhand.labels.placed import DOTS_PER_MM
from floorhand.labels.quality import Judged, Verdict, judge
from floorhand.labels.template import load_template, parse_template, template_names
from floorhand.labels.terminal_picture import Signs, shown, signs_of

OWN = """\
kind = "pallet"
size_mm = [101.6, 60]

[[element]]
name = "sscc"
type = "barcode"
symbology = "gs1-128"
text = "(00){sscc}"
box_mm = [1, 2, 98, 40]
bar_mm = [0.3, 1.0]
clear_mm = 3
"""


def preview(*words: str) -> int:
    with pytest.raises(SystemExit) as ended:
        main(["label", "preview", *words])
    return int(ended.value.code or 0)


def judged(text: str, dpi: int = 203, paint: tuple[int, int, int, int] | None = None) -> Judged:
    """Judge the one barcode of a template, with something black painted over it."""
    template = parse_template("own.toml", text)
    layout = lay_out(template, template.kind.sample, dpi)
    picture = draw(layout)
    if paint:
        ImageDraw.Draw(picture).rectangle(paint, fill=0)
    (one,) = judge(template, layout, picture)
    return one


def failing(one: Judged) -> set[str]:
    return {finding.what for finding in one.findings if finding.verdict is Verdict.FAILS}


@pytest.mark.parametrize("dpi", DOTS_PER_MM)
@pytest.mark.parametrize("name", template_names())
def test_every_template_is_as_the_standards_ask(name: str, dpi: int) -> None:
    template = load_template(name)
    layout = lay_out(template, template.kind.sample, dpi)
    barcodes = judge(template, layout, draw(layout))
    assert len(barcodes) == len(layout.symbols)
    assert [one for one in barcodes if not one.is_good] == []


def test_the_label_is_shown_with_its_barcode_judged(capsys: pytest.CaptureFixture[str]) -> None:
    assert preview("shipping") == 0
    said = capsys.readouterr().out
    assert "shipping: shipping label, 101.6 × 152.4 mm, 812 × 1219 dots at 203 dpi" in said
    assert "sscc: GS1-128  (00) 395212340000000175" in said
    assert "0.500 mm, 4 dots" in said
    assert "GS1 for logistic units: 0.495 to 1.016 mm" in said
    assert "yes, by zxing-cpp" in said
    assert "shortened: nothing" in said


def test_what_is_too_small_for_its_standard_ends_with_1(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    own = tmp_path / "own.toml"
    own.write_text(OWN, "utf-8")
    assert preview(str(own)) == 0
    own.write_text(OWN.replace("[1, 2, 98, 40]", "[1, 2, 98, 20]"), "utf-8")
    assert preview(str(own)) == 1
    assert "✗ height of bars" in capsys.readouterr().out
    own.write_text(OWN.replace("[0.3, 1.0]", "[0.3, 0.4]"), "utf-8")
    assert preview(str(own)) == 1
    assert "✗ narrow bar (X)       0.375 mm, 3 dots" in capsys.readouterr().out


def test_what_stands_in_the_quiet_zone_is_seen_on_the_picture() -> None:
    assert failing(judged(OWN)) == set()
    beside = judged(OWN, paint=(60, 100, 80, 120))
    assert failing(beside) == {"quiet zone"}
    frame = '[[element]]\nname = "f"\ntype = "frame"\nbox_mm = [0, 0, 9, 50]\nline_mm = 0.5\n'
    assert "quiet zone" in failing(judged(OWN + frame))


def test_a_barcode_that_is_painted_over_is_not_read() -> None:
    assert failing(judged(OWN, paint=(200, 0, 500, 400))) == {"read back"}


def test_it_is_read_as_what_it_is_or_not_at_all(monkeypatch: pytest.MonkeyPatch) -> None:
    plain = quality.Read("]C0", "00395212340000000250")
    monkeypatch.setattr(quality, "read_barcodes", lambda picture: (plain,))
    assert failing(judged(OWN)) == {"read back"}
    monkeypatch.setattr(quality, "read_barcodes", lambda picture: None)
    (told,) = [one for one in judged(OWN).findings if one.what == "read back"]
    assert told.measured == "no: zxing-cpp is not installed here"
    assert told.verdict is Verdict.FAILS


def test_a_low_ean_is_advice_and_no_failure() -> None:
    template = load_template("sku")
    layout = lay_out(template, template.kind.sample)
    (ean,) = judge(template, layout, draw(layout))
    verdicts = {finding.what: finding.verdict for finding in ean.findings}
    assert verdicts["height of bars"] is Verdict.ADVICE
    assert ean.is_good


def test_own_data_and_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    fields = {"code": "Ω" * 3 + "한", "scan_code": "FHLFSJTPHTKT", "note": "n" * 200}
    Path("bin.json").write_text(json.dumps(fields), "utf-8")
    words = ("--data", "bin.json", "--dpi", "300", "--to", "bin.png", "--zpl", "bin.zpl")
    assert preview("bin", *words) == 0
    said = capsys.readouterr().out
    assert "1181 × 590 dots at 300 dpi" in said
    assert "shortened: note" in said
    assert "not shown with this data: arrow, check_digits, zone, title" in said
    with Image.open("bin.png") as picture:
        assert read_back(picture) == ["FHLFSJTPHTKT"]
    assert Path("bin.zpl").read_bytes().startswith(b"^XA")
    assert preview("bin", "--to", "bin.pdf") == 0
    assert Path("bin.pdf").read_bytes().startswith(b"%PDF")


@pytest.mark.parametrize(
    ("data", "says"),
    [
        ('{"code": "A", "scan_code": "B", "cod": "C"}', "no such field of a bin label: cod"),
        ('{"code": "A"}', "a bin label needs scan_code."),
        ('{"code": 1.5, "scan_code": "B"}', "code must be text, a whole number or a list"),
        ('{"code": true, "scan_code": "B"}', "code must be text, a whole number or a list"),
        ("[1]", "must be one object with the fields of a label."),
        ("{", "not JSON"),
        ("[" * 100_000, "not JSON"),
    ],
)
def test_data_that_is_none_is_refused(
    tmp_path: Path, data: str, says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "data.json"
    path.write_text(data, "utf-8")
    assert preview("bin", "--data", str(path)) == 1
    assert says in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ([], "Say which template to show"),
        (["bin", "tote"], "Say which template to show"),
        (["nope"], "There is no label template 'nope'"),
        (["./nope.toml"], "nope.toml: cannot be read"),
        (["bin", "--data", "no.json"], "no.json: cannot be read: No such file"),
        (["bin", "--data", "no.json", "--sample"], "Either --sample or --data"),
        (["bin", "--to", "bin.gif"], "--to must end with .png or .pdf, is bin.gif"),
        (["bin", "--to", "no/such/bin.png"], "The label cannot be written: No such file"),
        (["bin", "--zone", "A"], "--zone is not for preview"),
        (["bin", "--pdf", "x.pdf"], "--pdf is not for preview"),
        (["bin", "--folder", "x"], "--folder is not for preview"),
    ],
)
def test_what_cannot_be_shown_is_said_in_a_sentence(
    words: list[str], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert preview(*words) == 1
    assert says in capsys.readouterr().err


def test_options_of_the_preview_are_for_nothing_else(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["label", "bins", "--to", "x.png"])
    assert "--to is not for bins, only for: preview." in capsys.readouterr().err


@pytest.mark.parametrize("signs", Signs)
@pytest.mark.parametrize("columns", [20, 40, 80, 200])
def test_the_picture_is_never_wider_than_the_terminal(columns: int, signs: Signs) -> None:
    template = load_template("bin")
    lines = shown(draw(lay_out(template, template.kind.sample)), columns, signs)
    assert {len(line) for line in lines} == {columns}
    assert all(line.isascii() for line in lines) == (signs is Signs.PLAIN)


def test_black_and_white_are_told_apart_in_every_kind_of_signs() -> None:
    half = Image.new("1", (36, 36), 1)
    half.paste(0, (0, 0, 18, 36))
    rows = {signs: shown(half, 20, signs)[2][1:-1] for signs in Signs}
    assert rows[Signs.BRAILLE] == "⣿" * 9 + " " * 9
    assert rows[Signs.BLOCKS] == "█" * 9 + " " * 9
    assert rows[Signs.PLAIN] == "#" * 9 + " " * 9


def test_a_terminal_gets_only_signs_that_it_has() -> None:
    assert signs_of("utf-8", {"TERM": "xterm-256color"}) is Signs.BRAILLE
    assert signs_of("UTF8", {"TERM": "linux"}) is Signs.BLOCKS
    assert signs_of("ISO-8859-1", {"TERM": "xterm"}) is Signs.PLAIN
    assert signs_of("", {}) is Signs.PLAIN
