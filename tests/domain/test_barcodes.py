from __future__ import annotations

import json
import lzma
import string
import tarfile
from dataclasses import replace
from datetime import date
from random import Random
from typing import Any

import pytest
from conftest import SHARED_DATA
from hypothesis import example, given, settings
from hypothesis import strategies as st
from letters import ANY_LETTER
from PIL import Image

from floorhand.domain import barcodes
from floorhand.domain.barcodes import GS, Scanned, own_code, read, shown
from floorhand.domain.gs1 import upc_e


def vectors(path: str) -> list[Any]:
    file = SHARED_DATA / path
    if not file.exists():
        pytest.skip("the real data sets are not beside this checkout")
    loaded: list[Any] = json.loads(file.read_bytes())
    return loaded


# ---- our own codes


def test_our_own_codes_come_back_with_their_kind() -> None:
    for kind in barcodes.OWN_KINDS:
        code = own_code(kind, barcodes.new_body(Random(7)))
        assert (read(code).own_kind, read(code).code) == (kind, code)


def test_our_own_code_is_read_behind_any_aim_identifier_and_with_caps_lock_on() -> None:
    code = own_code("bin", barcodes.body_of(4711))
    assert read("]C0" + code).code == code
    assert read(code.lower()).code == code


def test_our_own_code_survives_qwertz_and_azerty() -> None:
    moved = str.maketrans("YZyzAQaqWZwzMm1234567890-", "ZYzyQAqaZWzw;;&é\"'(-è_çàß")
    for number in range(0, 2**32, 104_729_999):
        code = own_code("tote", barcodes.body_of(number))
        assert code.translate(moved) == code


def test_every_single_wrong_letter_in_our_own_code_is_found() -> None:
    code = own_code("bin", "BCDFGHJK")
    for at in range(3, len(code)):
        for letter in barcodes.OWN_ALPHABET.replace(code[at], ""):
            wrong = code[:at] + letter + code[at + 1 :]
            assert read(wrong).damaged == "check", wrong
            assert read(wrong).own_kind == "", wrong


def test_a_word_that_begins_like_our_own_codes_is_a_plain_code() -> None:
    assert read("FHL-1") == Scanned("FHL-1", "FHL-1")


def test_a_body_that_cannot_be_printed_is_refused() -> None:
    for kind, body in (("bin", "0001"), ("bin", "AEIOUAEI"), ("box", "BCDFGHJK"), ("bin", "")):
        with pytest.raises(ValueError, match=r"letters of|no such label"):
            own_code(kind, body)


def test_check_digits_are_never_zeros_and_never_a_neighbours() -> None:
    taken = {f"{n:02d}" for n in range(1, 98)}
    drawn = {barcodes.check_digits(Random(n), taken) for n in range(50)}
    assert drawn == {"98", "99"}


def test_check_digits_say_when_none_are_left() -> None:
    with pytest.raises(ValueError, match="no check digits"):
        barcodes.check_digits(Random(1), {f"{n:02d}" for n in range(100)})


# ---- SSCC and GTIN


def test_an_sscc_has_eighteen_digits_and_is_read_back() -> None:
    code = barcodes.sscc("9521234", 42)
    assert code == "395212340000000427"
    assert (read(code).sscc, read("]C100" + code).code) == (code, code)


def test_an_sscc_prefix_that_is_used_up_says_so() -> None:
    with pytest.raises(ValueError, match="does not fit"):
        barcodes.sscc("9521234", 10**9)


def test_gtins_of_all_lengths_become_fourteen_digits() -> None:
    assert barcodes.gtin14("96385074") == "00000096385074"
    assert barcodes.gtin14("042100005264") == "00042100005264"
    assert barcodes.gtin14("5901234123457") == "05901234123457"
    assert barcodes.gtin14("5901234123458") is None
    assert barcodes.gtin14("00000000") is None
    assert barcodes.gtin14("٥٩٠١٢٣٤١٢٣٤٥٧") is None


# ---- GS1


def test_one_scan_tells_product_lot_expiry_serial_and_count() -> None:
    scan = read(f"]d20105901234123457{'17271000'}10LOT-7{GS}21S/9{GS}3012")
    assert scan.gtin == scan.code == "05901234123457"
    assert (scan.lot, scan.expiry, scan.serial, scan.count) == ("LOT-7", "2027-10-31", "S/9", 12)


def test_a_pallet_label_is_the_pallet_and_tells_its_contents() -> None:
    scan = read("]C100395212340000000427020590123412345737144")
    assert (scan.code, scan.gtin, scan.count) == ("395212340000000427", "05901234123457", 144)


def test_weight_is_told_in_grams() -> None:
    assert read("]C101059012341234573103001250").weight_g == 1250


def test_a_wrong_check_digit_inside_gs1_is_damage() -> None:
    for text in ("]C10105901234123458", "(01)05901234123458", "]C100395212340000000428"):
        assert (read(text).damaged, read(text).gtin, read(text).sscc) == ("check", "", ""), text


def test_a_long_number_that_only_looks_like_gs1_is_a_plain_code() -> None:
    assert read("0105901234123458") == Scanned("0105901234123458", "0105901234123458")
    assert read("010590123412345817271031").damaged == "check"


def test_a_date_that_does_not_exist_leaves_the_product() -> None:
    scan = read("]C1010590123412345717270230")
    assert (scan.gtin, scan.expiry) == ("05901234123457", "")


def test_the_group_separator_is_kept_and_ends_the_lot() -> None:
    text = f"010590123412345710ABC{GS}21123"
    assert (read(text).lot, read(text).serial, read(text).raw) == ("ABC", "123", text)


def test_with_fnc1_lost_a_string_with_one_split_is_taken() -> None:
    assert read("010590123412345710ABC123").lot == "ABC123"
    assert read("010590123412345717271031").expiry == "2027-10-31"


def test_with_fnc1_lost_a_string_with_two_splits_tells_the_product_only() -> None:
    scan = read("010590123412345710ABC21123")
    assert (scan.gtin, scan.lot, scan.serial) == ("05901234123457", "", "")


def test_digital_links_are_read_behind_a_plain_qr_identifier_too() -> None:
    scan = read("]Q1https://example.com/01/00614141123452/10/ABC%2F1?17=271031")
    assert (scan.code, scan.lot, scan.expiry) == ("00614141123452", "ABC/1", "2027-10-31")


def test_a_code_that_contradicts_itself_fills_in_nothing() -> None:
    goods = "]C10105901234123457"
    for text in (
        f"{goods}10ABC{GS}10DEF",
        f"{goods}0209506000134352{GS}3712",
        f"{goods}31030012503102000125",
        "https://example.com/01/05901234123457/10/ABC?10=DEF",
    ):
        scan = read(text)
        assert (scan.damaged, scan.gtin, scan.lot) == ("contradiction", "", ""), text
    assert read(f"{goods}10ABC{GS}10ABC").lot == "ABC"


def test_contents_are_told_apart_from_the_goods_themselves() -> None:
    assert read("]C1020590123412345737144").contents
    assert not read("]C1010590123412345737144").contents


def test_one_part_of_goods_in_several_parts_is_no_goods() -> None:
    assert read("]C18006059012341234570102").gtin == ""
    assert read(f"]C18006059012341234570102{GS}10ABC").lot == ""


def test_a_scanner_that_says_gs1_and_drops_fnc1_tells_what_can_be_read_in_one_way() -> None:
    assert read("]C10105901234123457" + "3012" + "10ABC").gtin == "05901234123457"
    assert read("]C10105901234123457" + "3012" + "10ABC").lot == ""
    assert read("]C10105901234123457" + "30121727103110A").lot == ""


def test_no_naughty_string_raises() -> None:
    for text in map(str, vectors("naughty/blns_half0.json")):
        for prefix in ("", "]C1", "]d2", "]Q1", "01", "(01)", "https://"):
            assert read(prefix + text).raw == prefix + text
            assert len(shown(prefix + text)) <= 60


SET_82 = string.ascii_letters + string.digits + "!\"%&'()*+,-./_:;<=>?"
"""GS1 General Specifications, 7.11: what lots and serials are made of."""

HEADS = ("]C1", "]d2", "]E0", "]", "]Y9", "(01)", "FHL", "https://", "http://[")
INNER = (
    "01",
    "00",
    "10",
    "17",
    "21",
    "37",
    "3103",
    "05901234123457",
    "271031",
    "/01/",
    "?17=",
    "%f",
)
PIECES = st.sampled_from((*HEADS, *INNER, "i].x", GS, GS + GS, "\x00", " "))


@example("HTTP:///01/")
@settings(max_examples=400, deadline=None)
@given(
    st.one_of(
        st.text(ANY_LETTER, max_size=40),
        st.lists(PIECES | st.text(ANY_LETTER, max_size=6)).map("".join),
    )
)
def test_reading_is_total(text: str) -> None:
    scan = read(text)
    assert scan.raw == text
    assert scan.gtin == "" or barcodes.gtin14(scan.gtin) == scan.gtin


MARKS = st.text(alphabet=SET_82, min_size=1, max_size=20)
ELEMENTS = st.fixed_dictionaries(
    {"01": st.just("05901234123457")},
    optional={
        "10": MARKS,
        "21": MARKS,
        "17": st.dates(date(2020, 1, 1), date(2039, 12, 31)).map(lambda day: f"{day:%y%m%d}"),
        "30": st.integers(1, 99_999).map(str),
        "3103": st.integers(1, 999_999).map("{:06d}".format),
        "240": MARKS,
    },
)


@settings(max_examples=200, deadline=None)
@given(ELEMENTS, st.data())
def test_the_order_of_elements_does_not_matter(elements: dict[str, str], data: Any) -> None:
    told = data.draw(st.permutations(list(elements.items())))
    scans = [
        read("]d2" + GS.join(ai + value for ai, value in told)),
        read("(01)05901234123457" + "".join(f"({a}){v}" for a, v in told if a != "01")),
    ]
    expected = tuple(elements.get(ai, "") for ai in ("01", "10", "21"))
    scans = scans if "(" not in "".join(elements.values()) else scans[:1]
    for scan in scans:
        assert (scan.gtin, scan.lot, scan.serial) == expected
        assert scan.expiry[2:].replace("-", "") == elements.get("17", "")
        assert (scan.count or 0, scan.weight_g) == (
            int(elements.get("30", 0)),
            int(elements.get("3103", 0)),
        )


@settings(max_examples=200, deadline=None)
@given(ELEMENTS)
def test_what_biip_writes_is_read_back(elements: dict[str, str]) -> None:
    biip = pytest.importorskip("biip")
    sent = "]d2" + GS.join(ai + value for ai, value in elements.items())
    message = biip.parse(sent).gs1_message
    told = replace(read(sent), raw="", aim="", code="")
    if "(" not in "".join(elements.values()):
        assert replace(read(message.as_hri()), raw="", aim="", code="") == told
    link = biip.gs1_digital_link_uris.GS1DigitalLinkURI.from_element_strings
    address = link(message.element_strings).as_uri()
    assert replace(read(address), raw="", aim="", code="") == told


def test_ten_thousand_characters_are_a_plain_code() -> None:
    text = "]C101" + "1" * 9_995
    assert read(text) == Scanned(text, text)


def test_a_long_string_with_endless_splits_ends() -> None:
    assert read("0105901234123457" + "10" + "2110" * 100).gtin in ("", "05901234123457")


# ---- shown


def test_blanks_at_the_ends_of_a_code_are_shown() -> None:
    assert shown(" A B  ") == "<SP>A B<SP><SP>"
    assert shown("  ") == "<SP><SP>"


def test_control_and_direction_characters_are_shown() -> None:
    assert shown(f"a{GS}b\x1b[31m\x7f\x9b\u202e\ud800\u2028\t[/b]", 99) == (
        "a<GS>b<ESC>[31m<DEL><U+009B><U+202E><U+D800><U+2028><TAB>[/b]"
    )


def test_shown_cuts_whole_signs_and_says_so() -> None:
    assert shown("abcdef", 6) == "abcdef"
    assert shown("abcdefg", 6) == "abcde…"
    assert shown(f"abc{GS}defg", 6) == "abc…"


def test_text_is_readable_if_all_of_it_can_be_seen_and_none_was_lost() -> None:
    for good in (
        "",
        "Kwik & Co. [/b]",
        "O\u2019Neil",
        "\u0646\u06cc\u200c\u0645",
        "\U0001f4e6",
        "^XZ",
    ):
        assert barcodes.readable(good), good
    for bad in ("a\x00", "a\x1b[2J", f"a{GS}b", "a\x7f", "\u202ea", "a\u2400", "\ufffd", "\ud800"):
        assert not barcodes.readable(bad), bad


# ---- what the world sends


def test_every_gtin_of_the_reference_list_is_that_gtin_and_nothing_else() -> None:
    folder = SHARED_DATA / "barcodes_uhtt"
    if not folder.exists():
        pytest.skip("the real data sets are not beside this checkout")
    short = 0
    for file in sorted(folder.iterdir()):
        for line in lzma.decompress(file.read_bytes()).decode().split("\n")[1:-1]:
            code = line.split("\t")[1]
            scan = read(code)
            assert replace(scan, raw="", code="", gtin="") == Scanned("", ""), code
            assert scan.code == scan.gtin
            if scan.gtin != code.zfill(14):
                assert upc_e(code) == scan.gtin
                assert barcodes.gtin14(code) is None
                short += 1
            elif len(code) == 13:
                assert read("]E0" + code).gtin == scan.gtin
    assert short == 9


def test_what_a_decoder_reads_off_pictures_is_read_by_its_symbology() -> None:
    decoder = pytest.importorskip("zxingcpp")
    folder = SHARED_DATA / "barcode_images_zxing"
    if not folder.exists():
        pytest.skip("the real data sets are not beside this checkout")
    goods, plain = set(), 0
    for file in sorted(folder.glob("*.tar.xz")):
        if file.name.startswith("qrcode"):  # photographs that take the decoder long
            continue
        with tarfile.open(file) as pictures:
            for member in (one for one in pictures if one.name.endswith(".png")):
                picture = Image.open(pictures.extractfile(member))
                for found in decoder.read_barcodes(picture):
                    scan = read(found.symbology_identifier + found.bytes.decode("latin-1"))
                    assert (scan.damaged, scan.own_kind, scan.lot) == ("", "", "")
                    assert scan.aim == found.symbology_identifier[1:]
                    goods |= {scan.gtin} - {""}
                    plain += not scan.gtin
    assert goods == {
        "09780441014989", "04412345678909", "00821935106427", "20012345678909", "00012345678905",
        "00012345000065", "00012300000451",
    }  # fmt: skip
    assert plain == 25
