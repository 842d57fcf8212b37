import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from floorhand.domain.keyboards import MIXED, garbling
from floorhand.domain.scanners import ENDS, PLAIN, Profile
from floorhand.tui.keys import KEY_SEQUENCES, Reply
from floorhand.tui.scan import (
    HALTING_S,
    QUIET_S,
    SCAN_CHARACTERS_MAX,
    UNENDED_S,
    KeyDown,
    KeyInside,
    Scan,
    ScanReader,
    TooLong,
    Typed,
    Unended,
)
from floorhand.tui.whole import WholeReader

EVERYTHING = (
    b"A-1\r\nB-2\r]C10109506000134352\x1d10A\tC\n\x1b[21~\x1b[200~D\rE\r\n\r\nF\tG\x1b[201~H\r"
    b"\x1b[I\x1b[<35;10;5M\x1bOPx\x1b[15~y\r\xc9\rZ\xc3\xa9\xe2\x82\xac\r\x1b[48;20;40;0;0t"
    b"a\x1bb\r\x1b[[A\x1b[2~J\x7fK\r\x1b[?2026;2$y\x1b[1;5CL\r\x03M\x00\r" + b"N" * 600 + b"\rO\r"
)


def told(items):
    """What was heard, however fast it came."""
    return [Scan(item.text) if isinstance(item, Scan) else item for item in items]


def heard(*parts: bytes, profile: Profile = PLAIN):
    """What is heard, but for the characters in between."""
    reader = ScanReader(profile)
    found = [item for part in parts for item in reader.feed(part)]
    return [item for item in told(found) if not isinstance(item, Typed)]


def scans(*parts: bytes, profile: Profile = PLAIN) -> list[str]:
    return [item.text for item in heard(*parts, profile=profile) if isinstance(item, Scan)]


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


def test_a_key_inside_a_code_is_told_at_once_and_spoils_all_of_it() -> None:
    assert heard(b"L2855\x1b[20~21S1\rA\r") == [
        KeyDown("f9", half=True),
        KeyInside("L2855<F9>21S1", "f9"),
        Scan("A"),
    ]
    assert heard(b"A\x1b[6~B\r", b"A\x1b[H\x1b[20~\r") == [
        KeyDown("pagedown", half=True),
        KeyInside("A<PAGEDOWN>B", "pagedown"),
        KeyDown("home", half=True),
        KeyDown("f9", half=True),
        KeyInside("A<HOME><F9>", "home"),
    ]


def test_a_key_on_purpose_after_some_letters_works_once_they_are_cleared() -> None:
    for clear in (b"\x1b", b"\x7f", b"\x08", b"\x1b[3~"):
        reader = ScanReader()
        assert reader.feed(b"12\x1b[20~") == [KeyDown("f9", half=True), Typed("12<F9>")]
        assert [*reader.feed(clear), *reader.quiet()] == [Typed("")], clear
        assert reader.feed(b"\x1b[20~3\r") == [KeyDown("f9"), Scan("3", "hint")]


def test_a_key_that_is_how_a_scanner_ends_a_code_ends_it() -> None:
    profile = Profile(suffix="<F5>")
    assert heard(b"A\x1b[15~B\x1b[15~", profile=profile) == [Scan("A"), Scan("B")]


def test_a_scanner_may_send_the_separator_as_f8() -> None:
    assert heard(b"\x1b[19~10A\x1b[19~21B\r") == [Scan("10A\x1d21B")]


def test_escape_is_a_key_only_when_silence_follows() -> None:
    reader = ScanReader()
    assert reader.feed(b"\x1b") == []
    assert reader.patience_s == QUIET_S
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
    assert told(reader.feed(b"\rD")) == [Scan("ABC"), Typed("D")]
    assert told(reader.feed(b"\r")) == [Scan("D")]


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
    scanned = [item for item in told(reader.feed(b"\r\nTOTE-1\r")) if isinstance(item, Scan)]
    assert scanned[-1] == Scan("TOTE-1")
    assert heard(*parts) == heard(b"".join(parts))


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from([bytes([n]) for n in b"A[O201~P\x1b\r\n\x1d\xc3"])))
def test_what_looks_like_keys_is_read_alike_however_it_is_cut(bits: list[bytes]) -> None:
    assert heard(*bits) == heard(b"".join(bits))


def scanned(data: bytes, profile: Profile) -> list[tuple[str, str]]:
    found = ScanReader(profile).feed(data)
    return [(item.text, item.source) for item in found if isinstance(item, Scan)]


def test_the_escape_key_ends_a_paste_whose_end_was_lost() -> None:
    reader = ScanReader()
    assert reader.feed(b"\x1b[200~\x1b") == []
    assert reader.quiet() == [KeyDown("escape")]
    assert reader.feed(b"\x1b[21~") == [KeyDown("f10")]


def test_a_profile_of_one_end_keeps_the_others_as_part_of_a_code() -> None:
    assert scans(b"A\tB\nC\r\nD\r", profile=Profile(ends="cr")) == ["A\tB\nC", "D"]
    assert scans(b"A\tB\nC\r\nD\r", profile=Profile(ends="tab")) == ["A", "B\nC", "D"]
    assert scans(b"A\tB\nC\r\nD\r", profile=Profile(ends="lf")) == ["A\tB", "C", "D"]


def test_enter_ends_what_was_typed_whatever_the_scanner_sends() -> None:
    for ends in ENDS:
        assert scans(b"12\r", profile=Profile(ends=ends)) == ["12"]


def test_a_suffix_ends_scans_and_is_none_of_them() -> None:
    assert scans(b"A##B#C####D\r", profile=Profile(suffix="##")) == ["A", "B#C", "D"]


def test_silence_ends_a_scan_only_where_the_scanner_sends_no_end() -> None:
    silent, usual = ScanReader(Profile(ends="none")), ScanReader()
    for reader in (silent, usual):
        reader.feed(b"TOTE-1", 1.0)
    assert silent.patience_s == 0.05
    assert told(silent.quiet()) == [Scan("TOTE-1")]
    assert usual.patience_s is None
    assert usual.quiet() == []
    assert told(usual.feed(b"\r")) == [Scan("TOTE-1")]


def test_silence_ends_nothing_that_fingers_typed() -> None:
    reader = ScanReader(Profile(ends="none"))
    for at, letter in enumerate(b"12345"):
        reader.feed(bytes([letter]), at * 0.2)
        assert reader.quiet() == []
    assert reader.feed(b"\r", 1.2) == [Scan("12345", "typed")]


def halting(*parts: tuple[float, bytes], idle_ms: int = 50):
    """Let parts of a code come at their times; gives what silence is waited for, and its end."""
    reader = ScanReader(Profile(ends="none", idle_ms=idle_ms))
    for at_s, part in parts:
        reader.feed(part, at_s)
    patience_s = reader.patience_s
    heard = reader.quiet() if patience_s is not None else []
    return patience_s, [item for item in heard if not isinstance(item, Typed)]


def test_halts_in_a_scan_that_sends_no_end_do_not_leave_it_open() -> None:
    assert halting((5.0, b"T-"), (5.06, b"03")) == (HALTING_S, [Scan("T-03", "typed")])
    assert halting((5.0, b"T-"), (5.04, b"03"), idle_ms=200) == (0.2, [Scan("T-03", "typed")])
    tenths = [(5 + n / 10, bytes([letter])) for n, letter in enumerate(b"T-03")]
    assert halting(*tenths, idle_ms=250) == (0.25, [Scan("T-03", "typed")])


def test_what_may_be_typed_and_has_no_end_is_refused_in_the_end() -> None:
    tenths = [(5 + n / 10, bytes([letter])) for n, letter in enumerate(b"T-03")]
    assert halting(*tenths) == (UNENDED_S, [Unended("T-03")])
    for by_hand in (b"120", b"12345", b"*QTY 12"):
        typed = [(5 + n / 5, bytes([letter])) for n, letter in enumerate(by_hand)]
        assert halting(*typed) == (None, [])


def test_an_unfinished_character_at_the_end_of_a_scan_belongs_to_it() -> None:
    reader = ScanReader(Profile(ends="none"))
    reader.feed(b"T-01\xe9", 1.0)
    assert told(reader.quiet()) == [Scan("T-01\ufffd")]
    assert told([*reader.feed(b"T-02", 2.0), *reader.quiet()])[-1] == Scan("T-02")
    assert whole(b"1FHXSCNTSTX\xe9") == [Scan("1FHXSCNTSTX\ufffd")]


def test_silence_inside_a_character_is_no_escape_key() -> None:
    reader = ScanReader()
    reader.feed(b"A\x1b\xc3", 1.0)
    assert reader.patience_s is None
    assert told([*reader.quiet(), *reader.feed(b"\xa9\r", 1.2)]) == [Scan("A\x1b\xe9")]


def test_a_scan_says_how_it_came() -> None:
    assert scanned(b"]C1A\rB\r", Profile()) == [("]C1A", "scanned"), ("B", "hint")]
    assert scanned(b"\x02A\r", Profile(prefix="\x02")) == [("A", "scanned")]
    assert scanned(b"A\r", Profile(prefix="\x02")) == [("A", "typed")]
    assert scanned(b"]C0A\rA\r", Profile(aim="on")) == [("]C0A", "scanned"), ("A", "typed")]
    assert scanned(b"]C0A\r", Profile(aim="off")) == [("]C0A", "hint")]


@pytest.mark.parametrize("foreign", [b"\t", b"\n", b"\n\t"])
def test_an_end_of_other_scanners_behind_a_prefix_begins_no_code(foreign: bytes) -> None:
    profile = Profile(ends="cr", prefix="\x02", suffix="\x03")
    assert scanned(b"\x02" + foreign + b"A\tB\r", profile) == [("A\tB", "scanned")]
    assert scanned(b"\x02" + foreign + b"\r", profile) == []


def test_slow_characters_were_typed() -> None:
    reader = ScanReader()
    assert reader.feed(b"A", 5.0) == [Typed("A")]
    assert reader.feed(b"B\r", 5.2) == [Scan("AB", "typed")]
    assert reader.feed(b"C", 9.0) == [Typed("C")]
    assert reader.feed(b"D\r", 9.01) == [Scan("CD", "hint")]


def test_stand_ins_become_separators_but_not_at_the_front_of_a_code() -> None:
    profile = Profile(separators=("~", "|", "^]"))
    assert scans(b"~10A~21B|30C^]4\r", profile=profile) == [
        "~10A\x1d21B\x1d30C\x1d4",
    ]
    spoilt = [KeyDown("f8", half=True), KeyInside("10A<F8>B", "f8")]
    assert heard(b"10A\x1b[19~B\r", profile=profile) == spoilt
    assert scans(b"10A~21B\r") == ["10A~21B"]


def test_a_wrong_keyboard_is_made_good() -> None:
    for name in MIXED:
        sent = "BIN-07/QWAZMY"
        arrived = sent.translate(garbling(name))
        assert scans(f"{arrived}\r".encode(), profile=Profile(keyboard=name)) == [sent], name


def test_what_was_typed_is_not_made_good_where_that_can_be_told() -> None:
    azerty = Profile(keyboard="azerty", aim="on")
    assert scans(b"QA-7\r", profile=azerty) == ["QA-7"]
    assert scans("$CàTOTE)7\r".encode(), profile=azerty) == ["]C0TOTE-&"]
    assert scans(b"12\r*BACK\r", profile=Profile(keyboard="azerty")) == ["12", "*BACK"]


def test_letters_the_wrong_way_round_are_turned() -> None:
    assert scans(b"]c0tote-Ab\r", profile=Profile(caps=True)) == ["]C0TOTE-aB"]


def test_the_codes_of_the_scanner_test_end_by_themselves() -> None:
    assert scans(b"]C0A-1/fhxscntstx", profile=Profile(ends="cr")) == ["]C0A-1/fhxscntstx"]
    assert scans(b"1FHXSCNTSTX2FHXSCNTSTX\r\n3\r") == ["1FHXSCNTSTX", "2FHXSCNTSTX", "3"]


def test_a_line_without_keys_takes_everything_as_code() -> None:
    reader = ScanReader(keys=False)
    heard = reader.feed(b"\x1b[21~\rA\x1b") + reader.quiet() + reader.feed(b"\r")
    assert [item.text for item in heard if isinstance(item, Scan)] == ["\x1b[21~", "A\x1b"]


def whole(*parts: bytes, at_s: float = 0.0):
    reader = WholeReader()
    found = [item for n, part in enumerate(parts) for item in reader.feed(part, at_s * n)]
    found += reader.quiet()
    return [item for item in told(found) if not isinstance(item, Typed)]


def test_the_scanner_test_hears_ends_framing_and_keys_as_they_come() -> None:
    assert whole(b"\x02]C0fhxscntstx\x03\r\n") == [Scan("\x02]C0fhxscntstx\x03\r\n")]
    assert whole(b"10A\x1b[19~21Bfhxscntstx") == [Scan("10A<F8>21Bfhxscntstx")]


def test_the_scanner_test_tells_one_code_from_the_next_where_they_end() -> None:
    assert whole(b"1FHXSCNTSTX\r2FHXSCNTSTX\r\n") == [
        Scan("1FHXSCNTSTX\r"),
        Scan("2FHXSCNTSTX\r\n"),
    ]


def test_keys_alone_are_keys_in_the_scanner_test_and_typing_ends_with_enter() -> None:
    assert whole(b"\x1b[21~") == [KeyDown("f10")]
    assert whole(b"*", b"3", b"\r", at_s=0.5) == [Scan("*3")]
    assert whole(b"*", b"3", at_s=0.5) == []
