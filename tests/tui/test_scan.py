import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from floorhand.tui.scan import (
    KEY_SEQUENCES,
    SCAN_CHARACTERS_MAX,
    KeyDown,
    Reply,
    Scan,
    ScanReader,
    TooLong,
    Typed,
)

EVERYTHING = (
    b"A-1\r\nB-2\r]C10109506000134352\x1d10A\tC\n\x1b[21~\x1b[200~D\rE\r\n\r\nF\tG\x1b[201~H\r"
    b"\x1b[I\x1b[<35;10;5M\x1bOPx\x1b[15~y\r\xc9\rZ\xc3\xa9\xe2\x82\xac\r\x1b[48;20;40;0;0t"
    b"a\x1bb\r\x1b[[A\x1b[2~J\x7fK\r\x1b[?2026;2$y\x1b[1;5CL\r\x03M\x00\r" + b"N" * 600 + b"\rO\r"
)


def heard(*parts: bytes):
    """What is heard, but for the characters in between."""
    reader = ScanReader()
    return [item for part in parts for item in reader.feed(part) if not isinstance(item, Typed)]


def scans(*parts: bytes) -> list[str]:
    return [item.text for item in heard(*parts) if isinstance(item, Scan)]


def test_cr_lf_crlf_and_tab_each_end_a_scan_once() -> None:
    assert scans(b"A\rB\nC\r\nD\tE\r\n") == ["A", "B", "C", "D", "E"]


def test_an_empty_end_does_nothing() -> None:
    assert heard(b"\r\n\r\r\n\t\t\n") == []


def test_the_gs1_separator_stays_in_the_scan() -> None:
    assert scans(b"]d2010950600013435210L7\x1d21S1\r") == ["]d2010950600013435210L7\x1d21S1"]


def test_spaces_stay_in_the_scan() -> None:
    assert scans(b" A \r") == [" A "]


def test_a_paste_may_hold_several_scans_and_its_tail_waits_for_an_end() -> None:
    assert scans(b"\x1b[200~A\rB\x1d1\r\nC\tD\x1b[201~", b"E\r") == ["A", "B\x1d1", "C", "DE"]


def test_a_paste_that_never_ends_swallows_no_later_scan() -> None:
    assert scans(b"\x1b[200~A\rB", b"\rC\r") == ["A", "B", "C"]


def test_a_function_key_inside_a_paste_is_part_of_the_code_and_no_key() -> None:
    assert heard(b"\x1b[200~A\x1b[21~\r\x1b[201~") == [Scan("A\x1b[21~")]


@pytest.mark.parametrize("sequence", KEY_SEQUENCES)
def test_each_sequence_of_a_key_is_that_key(sequence: str) -> None:
    key = KEY_SEQUENCES[sequence]
    wanted = [] if key in ("f8", "delete") else [KeyDown(key)]
    assert heard(sequence.encode()) == wanted
    assert heard(sequence.encode() + b"A\r") == [*wanted, Scan("A")]


def test_all_function_keys_but_f8_are_known() -> None:
    assert {f"f{n}" for n in range(1, 13)} <= set(KEY_SEQUENCES.values())


def test_a_key_after_the_beginning_of_a_scan_says_so() -> None:
    assert heard(b"12\x1b[21~3\r") == [KeyDown("f10", half=True), Scan("123")]


def test_a_scanner_may_send_the_separator_as_f8() -> None:
    assert heard(b"\x1b[19~10A\x1b[19~21B\r") == [Scan("10A\x1d21B")]


def test_escape_is_a_key_only_when_silence_follows() -> None:
    reader = ScanReader()
    assert reader.feed(b"\x1b") == []
    assert reader.waits
    assert reader.quiet() == [KeyDown("escape")]
    assert reader.quiet() == []


def test_escape_clears_what_was_typed_before_it_means_back() -> None:
    reader = ScanReader()
    assert reader.feed(b"12\x1b") == [Typed("12")]
    assert reader.quiet() == [Typed("")]
    assert reader.feed(b"\x1b\x1b") == [KeyDown("escape")]


def test_an_escape_byte_inside_a_code_stays_visible_and_clears_nothing() -> None:
    assert scans(b"AB\x1bCD\r", b"AB\x1b\x1bCD\r", b"\x1bX\r") == [
        "AB\x1bCD",
        "AB\x1b\x1bCD",
        "\x1bX",
    ]


def test_a_sequence_that_is_no_key_cannot_shorten_a_code() -> None:
    assert scans(b"AB\x1b[5CCD\r") == ["AB\x1b[5CCD"]


def test_keys_without_meaning_are_swallowed_between_scans() -> None:
    assert heard(b"\x1b[2~\x1b[1;5C\x1b[25~\x1b[Z\x1b[12;40R") == []


def test_what_the_terminal_says_of_itself_does_not_disturb_a_scan() -> None:
    assert heard(b"A\x1b[IB\x1b[<35;10;5MC\r") == [
        Reply("\x1b[I"),
        Reply("\x1b[<35;10;5M"),
        Scan("ABC"),
    ]


def test_an_unfinished_sequence_ends_with_the_scan() -> None:
    assert scans(b"\x1b[4006\r", b"A\r") == ["\x1b[4006", "A"]


def test_bytes_that_are_no_text_become_one_visible_character() -> None:
    assert scans(b"\xc9COLE\r", b"\xff\xfe\r", b"\xe2\x82\r", b"OK\r") == [
        "\ufffdCOLE",
        "\ufffd\ufffd",
        "\ufffd",
        "OK",
    ]


def test_framing_characters_are_left_out() -> None:
    assert scans(b"\x02A1\x03\r\x00B2\x00\r") == ["A1", "B2"]


def test_no_control_character_ends_the_program_or_is_lost() -> None:
    assert scans(b"A\x11\x13\x1a\x1cB\r") == ["A\x11\x13\x1a\x1cB"]


def test_backspace_takes_back_the_last_character() -> None:
    assert scans(b"ABX\x7fC\x08D\x1b[3~\r") == ["AB"]


def test_the_longest_scan_is_taken_and_a_longer_one_refused_once() -> None:
    most = b"x" * SCAN_CHARACTERS_MAX
    assert heard(most + b"\rA\r") == [Scan("x" * SCAN_CHARACTERS_MAX), Scan("A")]
    assert heard(most + b"y\rA\r") == [TooLong(), Scan("A")]
    assert heard(b"z" * 1_000_000, b"\rA\r") == [TooLong(), Scan("A")]


def test_what_is_typed_is_told_once_for_each_read() -> None:
    reader = ScanReader()
    assert reader.feed(b"AB") == [Typed("AB")]
    assert reader.feed(b"C") == [Typed("ABC")]
    assert reader.feed(b"\rD") == [Scan("ABC"), Typed("D")]
    assert reader.feed(b"\r") == [Scan("D")]


def test_it_does_not_matter_where_a_read_cuts_the_bytes() -> None:
    whole = heard(EVERYTHING)
    assert len(whole) > 20
    for at in range(len(EVERYTHING) + 1):
        assert heard(EVERYTHING[:at], EVERYTHING[at:]) == whole, at
    assert heard(*(EVERYTHING[at : at + 1] for at in range(len(EVERYTHING)))) == whole


@settings(max_examples=300, deadline=None)
@given(st.lists(st.binary(max_size=60), max_size=6))
def test_no_bytes_make_it_fail_and_the_next_scan_is_whole(parts: list[bytes]) -> None:
    reader = ScanReader()
    found = [item for part in parts for item in reader.feed(part)]
    found += reader.quiet()
    assert all(item.text for item in found if isinstance(item, Scan))
    assert [item for item in reader.feed(b"\r\nTOTE-1\r") if isinstance(item, Scan)][-1] == Scan(
        "TOTE-1"
    )
    assert heard(*parts) == heard(b"".join(parts))


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from([bytes([n]) for n in b"A[O201~P\x1b\r\n\x1d\xc3"])))
def test_what_looks_like_keys_is_read_alike_however_it_is_cut(bits: list[bytes]) -> None:
    assert heard(*bits) == heard(b"".join(bits))
