import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from letters import ANY_LETTER

from floorhand.text.catalog import ASSETS, catalog
from floorhand.text.visible import visible
from floorhand.tui.safe import chop, cut, safe, wrap
from floorhand.tui.widths import columns


@pytest.mark.parametrize(
    ("data", "shown"),
    [
        ("Shirt [/b] XL", "Shirt [/b] XL"),
        ("[@click=app.quit]Shirt[/]", "[@click=app.quit]Shirt[/]"),
        ("\x1b[2J", "␛[2J"),
        ("\x9b2J", "\ufffd2J"),
        ("\x1b]52;c;Zm9v\x07", "␛]52;c;Zm9v␇"),
        ("a\u202eb", "a\ufffdb"),
        ("a\x00\x08\r\nb", "a␀␈␍␊b"),
        ("a\u2028b\u200bc\ufeffd", "a\ufffdb\ufffdc\ufffdd"),
        ("e\u0301" + "\u0301" * 40, "e" + "\u0301" * 3),
        ("ตู้ 水壶 ñ", "ตู้ 水壶 ñ"),
        ("a\u00a0b\u3000c", "a b c"),
        ("👩\u200d🚀 👍🏽 🇮🇹", "👩🚀 👍 IT"),
        ("น้ำ ທຳ", "น\u0e4d\u0e49\u0e32 ທ\u0ecd\u0eb2"),
        ("\u1112\u1161\u11ab\u3164", "한\ufffd"),
        ("a\U000e0100\u034fb", "ab"),
        ("क\u094d\u200dष می\u200cخ", "क\u094dष می\u200cخ"),
    ],
)
def test_data_is_shown_as_it_is_and_never_acts(data: str, shown: str) -> None:
    assert safe(data, 80).plain == shown
    assert safe(data, 80).spans == []


@given(st.text(ANY_LETTER, max_size=80), st.integers(0, 40))
def test_nothing_unsafe_comes_through_and_nothing_is_wider_than_its_room(data, width) -> None:
    shown = safe(data, width).plain
    assert columns(shown) <= width
    for character in shown:
        category = unicodedata.category(character)
        assert category not in ("Cc", "Cs", "Co", "Zl", "Zp")
        assert category != "Cf" or character in "\u200c\u200d"


LETTERS = "👩‍🚀👍🏽🇮🇹❤️水壶שe\u0301क\u094d\u200dषㅎதமிำน้"


@given(st.text(ANY_LETTER, max_size=40) | st.text(st.sampled_from(LETTERS), max_size=40))
def test_what_is_shown_is_shown_so_again(data) -> None:
    assert visible(visible(data)) == visible(data)


@given(st.text(st.sampled_from(LETTERS), max_size=40), st.integers(2, 12))
def test_nothing_is_cut_between_a_letter_and_its_signs(data, width) -> None:
    pieces = chop(visible(data), width)
    assert "".join(pieces) == visible(data)
    for piece in pieces[1:]:
        assert not unicodedata.category(piece[0]).startswith("M") or columns(piece) == width


@given(st.text(ANY_LETTER, max_size=200), st.integers(2, 40), st.integers(1, 6))
def test_wrapped_lines_fit(data, width, lines_max) -> None:
    lines = wrap(data, width, lines_max)
    assert len(lines) <= lines_max
    assert all(columns(line) <= width for line in lines)


def test_what_is_cut_says_so() -> None:
    assert cut("abcdef", 4) == "abc…"
    assert cut("水壶水壶", 4) == "水…"
    assert wrap("one two three four", 9, 2) == ["one two", "three fo…"]
    assert wrap("one two three", 9, 3) == ["one two", "three"]


def test_chinese_is_broken_between_letters_but_no_line_begins_with_a_full_stop() -> None:
    text = "T-05 不是空的。拿空箱（扫 A-01-02，3件）。"
    assert wrap(text, 13, 9) == ["T-05 不是空", "的。拿空箱", "（扫", "A-01-02，3", "件）。"]
    assert wrap(text, 18, 9) == ["T-05 不是空的。拿", "空箱（扫 A-01-02，", "3件）。"]
    assert wrap("水。", 2, 9) == ["水", "。"]


def test_a_space_that_holds_breaks_no_line() -> None:
    assert wrap("Clôturer le retour\u00a0? Oui", 18, 9) == ["Clôturer le", "retour ? Oui"]
    assert wrap("un\u202f: deux", 4, 9) == ["un :", "deux"]


def test_no_french_line_begins_with_a_mark_that_belongs_to_the_word_before() -> None:
    french = (ASSETS / "text" / "fr.po").read_text("utf-8")
    assert not re.search(r"(?m)^msgstr.* [?!:;»]", french)
    for key in re.findall(r'(?m)^msgid "(.+)"', french):
        for width in (18, 20, 24, 38):
            lines = wrap(catalog("fr").say(key), width, 99)
            assert not [line for line in lines if line[:1] in tuple("?!:;")], (key, width)
