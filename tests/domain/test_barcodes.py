from __future__ import annotations

import json
import lzma
from random import Random
from typing import Any

import pytest
from conftest import SHARED_DATA
from hypothesis import example, given, settings
from hypothesis import strategies as st

from floorhand.domain import barcodes
from floorhand.domain.barcodes import GS, Scanned, own_code, read, shown


def vectors(path: str) -> list[Any]:
    file = SHARED_DATA / path
    if not file.exists():
        pytest.skip("the real data sets are not beside this checkout")
    data = file.read_bytes()
    loaded: list[Any] = json.loads(lzma.decompress(data) if file.suffix == ".xz" else data)
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


def test_biips_reading_is_ours_but_for_the_reasons_listed() -> None:
    typed_numbers = {"0425261", "060999", "100329", "120230", "123456", "139999", "1425261"}
    typed_numbers |= {"701999", "990229"}  # six and seven digits: a number somebody typed, no UPC-E
    for vector in vectors("gs1/biip_5.2.0_scan_results.json"):
        text, scan = vector["value"], read(vector["value"])
        if text.startswith("(") or text.startswith("02"):
            continue  # biip.parse leaves human readable text and AI 02 to its caller
        expected = vector.get("gtin", {}).get("gtin14", "")
        if text in typed_numbers:
            expected = ""
        if vector.get("sscc") and "02" in dict(vector.get("dl", ())):
            expected = dict(vector["dl"])["02"]  # the contents of the pallet
        assert (scan.gtin, scan.sscc) == (expected, vector.get("sscc", "")), text


def test_the_gs1_syntax_engines_scan_data_are_read_or_left_as_plain_codes() -> None:
    for vector in vectors("gs1/gs1_syntax_engine_vectors.json"):
        scan_data, bracketed = vector.get("scan"), vector.get("bracketed")
        for text in (scan_data, bracketed, vector.get("uri"), vector.get("data")):
            if text:
                assert read(text).raw == text
        if (
            vector["kind"] == "test_testProcessScanData"
            and vector["ok"]
            and "^01" in vector["dataStr"]
        ):
            assert read(scan_data).gtin == vector["dataStr"].partition("^01")[2][:14], scan_data


def test_no_lint_vector_and_no_naughty_string_raises() -> None:
    texts = [
        str(value) for row in vectors("gs1/gs1_lint_vectors.json.xz") for value in row.values()
    ]
    texts += [str(text) for text in vectors("naughty/blns_half0.json")]
    for text in texts:
        for prefix in ("", "]C1", "]d2", "]Q1", "01", "(01)", "https://"):
            assert read(prefix + text).raw == prefix + text
            assert len(shown(prefix + text)) <= 60


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
@given(st.one_of(st.text(max_size=40), st.lists(PIECES | st.text(max_size=6)).map("".join)))
def test_reading_is_total(text: str) -> None:
    scan = read(text)
    assert scan.raw == text
    assert scan.gtin == "" or barcodes.gtin14(scan.gtin) == scan.gtin


def test_ten_thousand_characters_are_a_plain_code() -> None:
    text = "]C101" + "1" * 9_995
    assert read(text) == Scanned(text, text)


def test_a_long_string_with_endless_splits_ends() -> None:
    assert read("0105901234123457" + "10" + "2110" * 100).gtin in ("", "05901234123457")


# ---- shown


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
