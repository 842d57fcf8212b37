"""What happens to data that does not fit, and to letters that cannot be shown."""

from __future__ import annotations

import pytest
from labels.nasty import only_own_fonts

from floorhand.domain.rules import Address
from floorhand.errors import BadLabel
from floorhand.exchange.cells import CODE_CHARACTERS_MAX
from floorhand.labels import fonts
from floorhand.labels.fonts import ELLIPSIS, MISSING, Style, clean
from floorhand.labels.layout import Stencil, lay_out
from floorhand.labels.placed import Layout, PlacedArrow, PlacedText
from floorhand.labels.template import Template, load_template, parse_template
from floorhand.labels.zpl import write_zpl

SHIPPING = load_template("shipping")


def made(**fields: str | int | list[str]) -> Layout:
    return lay_out(SHIPPING, {**SHIPPING.kind.sample, **fields})


def text_of(layout: Layout, name: str) -> list[str]:
    (found,) = (i for i in layout.placed if isinstance(i, PlacedText) and i.name == name)
    return [line.text for line in found.lines]


def small(text: str, **more: str) -> Template:
    lines = "\n".join(f"{key} = {value}" for key, value in more.items())
    return parse_template(
        "small.toml",
        'kind = "bin"\nsize_mm = [100, 50]\n[[element]]\nname = "words"\ntype = "text"\n'
        f'text = "{text}"\nbox_mm = [2, 2, 40, 12]\nletter_mm = 3\n{lines}\n',
    )


BIN = {"code": "A-1", "scan_code": "X"}


def test_a_text_that_fits_is_whole() -> None:
    assert text_of(made(order="KL-100284"), "order") == ["KL-100284"]


def test_a_text_that_is_too_long_ends_visibly() -> None:
    layout = made(merchant="Kettle " + "7" * 120)
    (shown,) = text_of(layout, "merchant")
    assert shown.startswith("Kettle 777")
    assert shown.endswith(ELLIPSIS)
    assert layout.shortened == ("merchant",)
    assert layout.note() == "shortened: merchant"


def test_a_longer_text_gets_smaller_letters_before_it_is_cut() -> None:
    def capitals(name: str) -> int:
        texts = [i for i in made(merchant=name).placed if isinstance(i, PlacedText)]
        return next(i.style.capital_dots for i in texts if i.name == "merchant")

    assert capitals("KL-1") > capitals("KL-" + "1" * 20) > capitals("KL-" + "1" * 60)
    assert capitals("KL-" + "1" * 60) == capitals("KL-" + "1" * 90) == 3 * 8


@pytest.mark.parametrize(
    ("template", "element", "field"),
    [
        ("shipping", "order", "order"),
        ("bin", "code", "code"),
        ("bin_far", "code", "code"),
        ("tote", "code", "code"),
    ],
)
@pytest.mark.parametrize("letter", ["1", "W", "Ж", "ش"])
@pytest.mark.parametrize("dpi", [203, 300, 600])
def test_what_a_thing_is_known_by_is_never_cut(
    template: str, element: str, field: str, letter: str, dpi: int
) -> None:
    loaded = load_template(template)
    code = letter * CODE_CHARACTERS_MAX
    layout = lay_out(loaded, {**loaded.kind.sample, field: code}, dpi)
    assert "".join(text_of(layout, element)) == code
    assert layout.shortened == ()


def test_what_a_thing_is_known_by_takes_one_row_if_it_can() -> None:
    assert text_of(made(order="KL-" + "7" * 20), "order") == ["KL-" + "7" * 20]
    assert len(text_of(made(order="KL-" + "7" * 60), "order")) == 2


def test_a_code_that_cannot_be_shown_whole_makes_no_label() -> None:
    with pytest.raises(BadLabel, match=r"shipping: order: 'KL-7+' is too long to be shown whole"):
        made(order="KL-" + "7" * 500)


LONG_LINES = Address(
    name="Wilhelmina " * 11,
    company="W" * 127,
    line1="Llanfairpwllgwyngyll " * 6,
    line2="ж" * 127,
    city="Taumatawhakatangihangakoauauo " * 4,
    postcode="10121-4711",
    country="GB",
)


@pytest.mark.parametrize("dpi", [203, 300, 600])
def test_no_line_of_an_address_pushes_another_off_the_label(dpi: int) -> None:
    layout = lay_out(SHIPPING, {**SHIPPING.kind.sample, "ship_to": list(LONG_LINES.block())}, dpi)
    shown = text_of(layout, "ship_to")
    assert shown[-1] == "GB"
    starts = ("Wilhelmina W", "WWWW", "Llanfairpwll", "жжжж", "10121-4711", "GB")
    found = [next(n for n, row in enumerate(shown) if row.startswith(start)) for start in starts]
    assert found == sorted(found)
    assert "10121-4711 Taumatawhaka" in " ".join(shown)
    assert [row.endswith(ELLIPSIS) for row in shown].count(True) == 5
    assert "ship_to" in layout.shortened


def test_a_line_of_an_address_is_cut_only_where_there_is_no_room_left() -> None:
    lines = ["Giulia Ferraro", "W" * 80, "Via dei Pioppi 114", "10121 Torino", "IT"]
    layout = made(ship_to=lines)
    assert layout.shortened == ()
    assert "".join(text_of(layout, "ship_to")) == "".join(lines)


def test_a_long_address_keeps_its_first_lines_and_says_that_more_was_cut() -> None:
    layout = made(ship_to=[f"Line {n}" for n in range(1, 20)])
    shown = text_of(layout, "ship_to")
    assert shown[0] == "Line 1"
    assert shown[-1].endswith(ELLIPSIS)
    assert len(shown) < 19
    assert "ship_to" in layout.shortened


def test_words_wrap_and_a_word_longer_than_a_line_is_broken() -> None:
    style = Style(24)
    lines = list(fonts.wrap(f"one {'x' * 60} two", style, 300))
    assert "".join(lines).replace(" ", "") == f"one{'x' * 60}two"
    assert all(fonts.width_dots(line, style) <= 300 for line in lines)


@pytest.mark.parametrize("room", [0, 1, 5, 40])
def test_shortening_ends_in_any_room(room: int) -> None:
    assert fonts.shorten("word", Style(24), room).endswith(ELLIPSIS)
    assert "".join(fonts.wrap("one two", Style(24), room)) == "onetwo"


def test_nothing_of_a_label_stays_for_the_next_one() -> None:
    shipping = [
        {**SHIPPING.kind.sample, "order": f"KL-{n}", "weight_kg": "" if n % 2 else "2.35"}
        for n in range(4)
    ]
    bins = [{**BIN, "arrow": arrow, "zone": arrow} for arrow in ("up", "down", "", "up")]
    for template, labels in ((SHIPPING, shipping), (load_template("bin"), bins)):
        stencil = Stencil(template, 203)
        one_by_one = [write_zpl(stencil.lay_out(data)) for data in labels]
        assert one_by_one == [write_zpl(lay_out(template, data)) for data in labels]
        assert len(set(one_by_one)) == len({str(data) for data in labels})


def test_an_element_whose_field_is_empty_is_left_out() -> None:
    words = small("Lot {note} of {zone}")
    assert lay_out(words, {**BIN, "note": "1", "zone": "B"}).placed
    assert not lay_out(words, {**BIN, "note": "1"}).placed
    assert not lay_out(words, {**BIN, "note": "1", "zone": " \t"}).placed
    assert not lay_out(words, {**BIN, "note": 0, "zone": "B"}).placed


def test_one_of_two_alternatives_is_shown() -> None:
    assert text_of(made(parcel=1, parcels=3), "parcel_of_parcels") == ["1 of 3"]
    single = made(parcel=1, parcels=0)
    assert text_of(single, "parcel") == ["1"]
    assert "parcel_of_parcels" not in [item.name for item in single.placed]


def test_a_field_is_put_in_once_and_never_read_again() -> None:
    layout = lay_out(small("{note}"), {**BIN, "note": "{scan_code} {0} {x!r}", "scan_code": "S"})
    assert text_of(layout, "words") == ["{scan_code} {0} {x!r}"]


def test_a_needed_field_that_is_missing_is_named() -> None:
    with pytest.raises(BadLabel, match="shipping: sscc is missing"):
        made(sscc="")


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"sscc": "395212340000000176"}, r"barcode sscc: \(00\)\d+ has a wrong length or check"),
        ({"sscc": "39521234"}, "has a wrong length or check digit"),
        ({"sscc": "^XZ"}, "has a wrong length or check digit"),
        ({"sscc": "3952123400000(1)75"}, "is not written as"),
    ],
)
def test_a_barcode_that_cannot_be_is_an_error(fields: dict[str, str], says: str) -> None:
    with pytest.raises(BadLabel, match=says):
        made(**fields)


def test_a_barcode_that_does_not_fit_is_an_error_and_is_never_clipped() -> None:
    tote = load_template("tote")
    for dpi in (203, 300, 600):
        with pytest.raises(BadLabel, match=r"tote: barcode scan_code: .* does not fit: needs"):
            lay_out(tote, {"code": "T-1", "scan_code": "ABCDEFGHIJKLMNOPQRSTUVWXYZ"}, dpi)


def test_a_barcode_takes_the_widest_bars_that_fit() -> None:
    tote = load_template("tote")
    widths = [
        lay_out(tote, {"code": "T-1", "scan_code": "A" * n}).symbols[-1].module_dots
        for n in (1, 12, 18)
    ]
    assert widths == [6, 4, 3]


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("  two   words ", "two words"),
        ("a\tb\r\nc", "a b c"),
        ("a\x00b\x1bc", f"a{MISSING}b{MISSING}c"),
        ("\u202eabc\u202c", "abc"),
        ("a\u200bb\ufeff", "ab"),
        ("葛\U000e0100\ufe0f", "葛"),
        ("e\u0301", "é"),
        ("x" * 700, "x" * 600 + ELLIPSIS),
    ],
)
def test_invisible_characters_never_reach_paper(value: str, shown: str) -> None:
    assert clean(value) == shown


def test_letters_that_no_font_has_are_shown_as_boxes_and_reported() -> None:
    with only_own_fonts():
        layout = made(ship_to=["王小明", "Beijing"])
        assert layout.missing == "王小明"
        assert layout.note() == "no font here has: 王小明"
        runs = [run for _, run in fonts.runs("王 B", 0)]
        assert "".join(runs) == f"{MISSING} B"


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Hồ Chí Minh", "Hô Chí Minh"),
        ("NGUYỄN THỊ BƯỞI", "NGUYÊN THỊ BƯƠI"),
        ("Trần Đức Ấn", "Trân Đức Ân"),
        ("Thừa Thiên Huế", "Thừa Thiên Huê"),
        ("Phả Lại", "Pha Lại"),
        ("Ho\u0302\u0300", "Hô"),
        ("a\u1ab0b", "ab"),
        ("\u1ab0王\u1ab0", "\u1ab0王\u1ab0"),
        ("각 के k\u0e38", "각 के k\u0e38"),
        ("José Łódź ẞ", "José Łódź ẞ"),
    ],
)
def test_letters_keep_the_marks_that_a_font_has_them_with(name: str, shown: str) -> None:
    with only_own_fonts():
        layout = made(ship_to=[name, "VN"])
        assert text_of(layout, "ship_to") == [shown, "VN"]
        assert set(layout.missing) == {one for one in shown if one in "\u1ab0王각के\u0e38ẞ"}


def test_a_mark_that_is_a_sound_of_its_own_is_never_taken_off(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(fonts, "_knows", lambda _, letter: letter in "か\u1100ue")
    assert fonts.drawable("が각") == "が각"
    assert fonts.drawable("ụể") == "ue"


def test_signs_that_no_font_has_are_left_out_of_addresses_only() -> None:
    with only_own_fonts():
        name = "🏠 Ana № 5 👍🏽 1\ufe0f\u20e3 👩\u200d👧"
        layout = made(
            ship_to=[name, "😀", "IT"], sender=["Kettle 🫖", "BE"], merchant="Kettle ☕🫖"
        )
        assert text_of(layout, "ship_to") == ["Ana № 5 1", "IT"]
        assert text_of(layout, "sender") == ["Kettle", "BE"]
        assert text_of(layout, "merchant") == ["Kettle ☕🫖"]
        assert layout.missing == "🫖"


@pytest.mark.parametrize("name", ["José Núñez", "Łódź", "Željko Đurić", "Ελένη", "Иван", "İzmir"])
def test_european_names_need_no_font_of_the_machine(name: str) -> None:
    assert {face for face, _ in fonts.runs(name, fonts.leading_font(name))} <= {0, 1}
    assert fonts.missing_letters(name) == ""


def test_one_accent_does_not_change_the_letters_of_one_line_only() -> None:
    layout = made(ship_to=["Giulia", "Müller"])
    (block,) = (i for i in layout.placed if isinstance(i, PlacedText) and i.name == "ship_to")
    leads = {face for line in block.lines for face, _ in fonts.runs(line.text, block.style.lead)}
    assert len(leads) == 1


def test_the_arrow_follows_the_field() -> None:
    template = load_template("bin")
    for arrow, up in (("up", [True]), ("down", [False]), ("", [])):
        layout = lay_out(template, {**template.kind.sample, "arrow": arrow})
        assert [i.up for i in layout.placed if isinstance(i, PlacedArrow)] == up
