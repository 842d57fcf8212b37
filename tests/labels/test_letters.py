"""What is printed of a letter: all of it, in every script that the fonts here know."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import pytest
from labels.nasty import forget_fonts, only_own_fonts
from PIL import ImageChops
from PIL.ImageFont import FreeTypeFont

from floorhand.labels import font_files, fonts
from floorhand.labels.fonts import Style
from floorhand.labels.picture import Picture, text_picture
from floorhand.labels.placed import Area, PlacedLine, PlacedText

JOIN = "\u0640"
"""Tatweel: a letter beside it takes the form that joins it."""


def letters(first: int, last: int) -> Iterator[str]:
    for code in range(first, last + 1):
        if chr(code).isalpha() and not fonts.missing_letters(chr(code)):
            yield chr(code)


def arabic_forms() -> Iterator[str]:
    for letter in letters(0x0620, 0x064A):
        yield from (letter, letter + JOIN, JOIN + letter + JOIN, JOIN + letter)


SCRIPTS = {
    "latin": tuple(letters(0x41, 0x24F)),
    "greek": tuple(letters(0x370, 0x3FF)),
    "cyrillic": tuple(letters(0x400, 0x4FF)),
    "arabic": (*arabic_forms(), "شركة", "شارع الملك فهد", "يثبت"),
}


def printed(text: str, style: Style, left: int) -> Picture:
    area = Area(0, 0, 900, 6 * style.capital_dots)
    line = PlacedLine(text, left, 3 * style.capital_dots)
    words = PlacedText("words", area, (line,), style, reverse=False, shortened=False)
    return text_picture(words).convert("L")


@pytest.mark.parametrize("capital", [18, 26, 42])
@pytest.mark.parametrize("script", SCRIPTS)
def test_bold_letters_lack_no_dot_of_the_plain_ones(script: str, capital: int) -> None:
    assert len(SCRIPTS[script]) > 50
    for text in SCRIPTS[script]:
        lead = fonts.leading_font(text)
        bold = Style(capital, bold=True, lead=lead)
        thick = printed(text, bold, 40)
        plain = printed(text, Style(capital, lead=lead), 40 + bold.stroke_dots)
        lost = ImageChops.subtract(thick, plain)
        assert lost.getbbox() is None, text
        assert thick.histogram()[0] > plain.histogram()[0], text


@pytest.mark.parametrize("text", ["الرياض", "jolly", "ضجع"])
def test_no_tail_of_a_letter_is_cut_off_at_the_edge(text: str) -> None:
    style = Style(42, bold=True, lead=fonts.leading_font(text))
    inks = {printed(text, style, left).histogram()[0] for left in (0, 100)}
    assert len(inks) == 1


@pytest.mark.parametrize("capital", [6, 19, 42, 123])
def test_a_plain_text_is_as_wide_as_its_letters_are_together(capital: int) -> None:
    plain = [chr(code) for code in range(0x20, 0x7F)]
    pairs = "".join(one + other for one in plain for other in plain)
    assert fonts.width_dots(pairs, Style(capital)) == fonts._sized(0, capital).getlength(pairs)


def test_a_font_is_asked_once_how_wide_a_letter_is(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    measure = fonts._dots

    def noted(font: FreeTypeFont, letters: str) -> int:
        asked.append(letters)
        return measure(font, letters)

    monkeypatch.setattr(fonts, "_dots", noted)
    forget_fonts()
    for bold in (False, True):
        fonts.width_dots("Via dei Pioppi 114", Style(24, bold))
    assert sorted(asked) == sorted(set("Via dei Pioppi 114"))
    fonts.width_dots("411 Pipa", Style(24))
    assert len(asked) == len(set(asked))


def test_dots_that_say_that_more_was_cut_are_dots_in_every_text() -> None:
    assert fonts.runs("ж…", 1) == ((1, "ж"), (0, fonts.ELLIPSIS))


@pytest.mark.parametrize("text", ["หนึ่ง", "दिल्ली", "שָׁלוֹם", "王"])
def test_marks_that_a_font_lacks_are_missing_too(text: str) -> None:
    known = [letter for letter in text if all(fonts._knows(face, letter) for face in (0, 1))]
    assert known == []


def test_words_from_right_to_left_stay_in_their_order_within_another_font() -> None:
    if not fonts.joins_letters():
        pytest.skip("letters cannot be put in order here")
    assert fonts.runs("Via شارع الملك، فهد 12", 0) == (
        *((0, "Via "), (1, "شارع الملك، فهد"), (0, " 12")),
    )
    assert fonts.runs("شارع A الملك", 0) == ((1, "شارع"), (0, " A "), (1, "الملك"))
    assert fonts.runs("ж ж", 0) == ((1, "ж"), (0, " "), (1, "ж"))


def test_a_font_of_last_resort_gives_single_letters_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fonts, "LAST_RESORT", "DejaVu")
    with only_own_fonts():
        assert fonts.leading_font("жж mug жж") == 0
        assert fonts.runs("жж mug", 0) == ((1, "жж"), (0, " mug"))


def test_fonts_of_the_extra_are_used_where_they_are_installed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "fontpkg_made_up"
    (package / "files").mkdir(parents=True)
    (package / "__init__.py").touch()
    font = files("barcode") / "fonts" / "DejaVuSansMono.ttf"
    for name in ("Made-Italic[wght].ttf", "Made[wght].ttf"):
        (package / "files" / name).write_bytes(font.read_bytes())
    monkeypatch.syspath_prepend(tmp_path)
    names = ("fontpkg_not_installed", "fontpkg_made_up")
    monkeypatch.setattr(font_files, "FONT_PACKAGES", names)
    assert font_files.packed_fonts("fontpkg_not_installed") == []
    assert font_files.packed_fonts("fontpkg_made_up") == [package / "files" / "Made[wght].ttf"]
    forget_fonts()
    try:
        assert fonts._faces()[2].getname() == ("DejaVu Sans Mono", "Book")
    finally:
        monkeypatch.undo()
        forget_fonts()
