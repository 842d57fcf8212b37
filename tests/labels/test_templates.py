"""Templates are checked when they are loaded; the message says where and what."""

from __future__ import annotations

from pathlib import Path

import pytest

from floorhand.domain.labels import KINDS
from floorhand.errors import BadFile
from floorhand.labels.render import known_template
from floorhand.labels.template import load_template, parse_template, template_names

GOOD = """\
kind = "bin"
size_mm = [100, 50]

[[element]]
name = "code"
type = "text"
text = "{code}"
box_mm = [2, 2, 60, 20]
letter_mm = 10

[[element]]
name = "bars"
type = "barcode"
symbology = "code128"
text = "{scan_code}"
box_mm = [2, 25, 96, 20]
bar_mm = [0.375, 0.8]
"""


def test_every_kind_has_a_template_of_its_name() -> None:
    assert set(KINDS) <= set(template_names())


@pytest.mark.parametrize("name", template_names())
def test_templates_that_come_with_the_program_are_good(name: str) -> None:
    assert load_template(name).kind.name in KINDS


@pytest.mark.parametrize(
    ("good", "bad", "says"),
    [
        ('kind = "bin"', 'kind = "bni"', "label: kind must be one of"),
        ('kind = "bin"', 'kind = "bin"\ncolour = 1', "label: no such setting: colour"),
        ("[100, 50]", "[100]", "label: size_mm must be 2 numbers"),
        ("[100, 50]", "[100, 5000]", "label: size_mm must be 5 to 300, is 5000"),
        ("[100, 50]", '["a", 50]', "label: size_mm must hold numbers"),
        ("[100, 50]", "[100, nan]", "label: size_mm must be 5 to 300"),
        ('"{code}"', '"{cod}"', "element code: no such field of a bin label: cod; known: code"),
        ('"{code}"', '"{code.upper()}"', "element code: text has a bracket that is no {field}"),
        ('"{code}"', "7", "element code: text must be text, is 7"),
        ("letter_mm = 10", "letter_mm = 14", "element code: a line of 14 mm letters needs 22.4"),
        ("letter_mm = 10", "leter_mm = 10", "element code: letter_mm is missing"),
        ("letter_mm = 10", "letter_mm = 10\nbold = 1", "element code: bold must be true or false"),
        ("letter_mm = 10", "letter_mm = true", "element code: letter_mm must be a number"),
        ("letter_mm = 10", 'letter_mm = 10\nfit = "shrink"', "needs a letter_min_mm smaller"),
        ("letter_mm = 10", 'letter_mm = 10\nfont = "x"', "element code: no such setting: font"),
        ("[2, 2, 60, 20]", "[50, 2, 60, 20]", "element code: reaches 110 x 22 mm"),
        ("[2, 2, 60, 20]", "[2, 2, 60, 24]", "element bars: overlaps element code"),
        ("[2, 2, 60, 20]", "[2, -2, 60, 20]", "element code: box_mm must be 0 to 300, is -2"),
        ('type = "text"', 'type = "txt"', "element code: type must be one of"),
        ('name = "bars"', 'name = "code"', "element code: there are two of this name"),
        ('name = "bars"', 'name = "Bars!"', "element 2: name must be small letters"),
        ('"code128"', '"code39"', "element bars: symbology must be one of"),
        ("[0.375, 0.8]", "[0.8, 0.375]", "element bars: bar_mm must be the least and the most"),
        ("[0.375, 0.8]", "[0.1, 0.8]", "element bars: bar_mm must be 0.19 to 5, is 0.1"),
        ("[0.375, 0.8]", "[0.375, 0.8]\nclear_mm = 10", "element bars: the box of 20 mm leaves"),
        ("size_mm", "size mm", "not TOML"),
    ],
)
def test_a_bad_template_is_refused_by_file_and_element(good: str, bad: str, says: str) -> None:
    assert good in GOOD
    with pytest.raises(BadFile) as refused:
        parse_template("mine.toml", GOOD.replace(good, bad, 1))
    assert str(refused.value).startswith("mine.toml: ")
    assert says in str(refused.value)


def test_a_template_without_elements_is_refused() -> None:
    with pytest.raises(BadFile, match=r"mine\.toml: label: element is missing"):
        parse_template("mine.toml", 'kind = "bin"\nsize_mm = [100, 50]\n')
    with pytest.raises(BadFile, match="must have 1 to 60"):
        parse_template("mine.toml", 'kind = "bin"\nsize_mm = [100, 50]\nelement = []\n')
    with pytest.raises(BadFile, match="element 1: must be a table"):
        parse_template("mine.toml", 'kind = "bin"\nsize_mm = [100, 50]\nelement = [1]\n')


def test_an_unknown_template_is_named_and_no_path_is_followed(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text(GOOD, "utf-8")
    (tmp_path / "inner").mkdir()
    assert load_template("mine", tmp_path).name == "mine"
    for name in ("../mine", "", "inner/../mine", "other", "mine.toml", "\x00"):
        with pytest.raises(BadFile, match="There is no label template"):
            load_template(name, tmp_path / "inner")


def test_a_template_in_another_encoding_is_refused(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_bytes(GOOD.encode("utf-16"))
    with pytest.raises(BadFile, match=r"mine\.toml: not UTF-8\. Save it as UTF-8"):
        load_template("mine", tmp_path)


def test_a_template_of_an_editor_that_marks_utf_8_is_taken(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_bytes(GOOD.encode("utf-8-sig"))
    assert load_template("mine", tmp_path).name == "mine"


def test_a_misspelt_setting_is_named_and_not_what_it_leaves_open() -> None:
    written = GOOD.replace("letter_mm = 10", 'letter_mm = 10\nfit = "shrink"\nleter_min_mm = 5')
    with pytest.raises(BadFile, match="leter_min_mm"):
        parse_template("mine.toml", written)


def test_a_template_of_the_site_goes_before_that_of_the_program(tmp_path: Path) -> None:
    (tmp_path / "bin.toml").write_text(GOOD, "utf-8")
    assert len(known_template("bin", own=tmp_path).elements) == 2
    assert known_template("tote", own=tmp_path) == known_template("tote")
    assert known_template("bin") == known_template("bin", own=tmp_path / "nowhere")
    (tmp_path / "bin.toml").write_text(GOOD.replace("[100, 50]", "[100, 60]"), "utf-8")
    assert known_template("bin", own=tmp_path).height_mm == 60  # as it is edited


def test_alternatives_may_stand_in_the_same_place() -> None:
    other = '[[element]]\nname = "zone"\ntype = "text"\ntext = "{zone}"\nunless = "code"\n'
    template = parse_template("mine.toml", f"{GOOD}\n{other}box_mm = [2, 2, 60, 20]\nletter_mm = 9")
    assert [e.name for e in template.elements] == ["code", "bars", "zone"]
