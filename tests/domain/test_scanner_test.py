"""What the scanner test finds out."""

import pytest

from floorhand.domain.keyboards import MIXED, garbling, turned
from floorhand.domain.scanner_test import LETTERS, MATRIX, TestCode, diagnose, is_test, merged
from floorhand.domain.scanners import Profile
from floorhand.flows import scanner

GOOD = (f"]C0{LETTERS}\r", f"]d2{MATRIX}\r")


def wrong(raw: str) -> set[str]:
    found = diagnose(raw)
    assert found is not None
    return {f"{one.what}.{one.how}" for one in found.findings if not one.right}


@pytest.mark.parametrize("raw", GOOD)
@pytest.mark.parametrize("end", ["\r", "\n", "\r\n", "\t"])
def test_nothing_is_wrong_with_a_scanner_that_is_set_up_well(raw: str, end: str) -> None:
    assert wrong(raw[:-1] + end) == set()


def test_another_code_is_none_of_the_test() -> None:
    assert diagnose("]C0TOTE-7\r") is None
    assert not is_test("FHLFSJTPHTKT")


@pytest.mark.parametrize(
    ("raw", "faults", "repair"),
    [
        (f"]C0{LETTERS}", {"end.none"}, {"ends": "none"}),
        (f"]C0{LETTERS}##", {"end.suffix"}, {"suffix": "##"}),
        (f"{LETTERS}\r", {"aim.none"}, {"aim": "off"}),
        (f"%%]C0{LETTERS}\r", {"front.prefix"}, {"prefix": "%%"}),
        (f"]C0{LETTERS.swapcase()}\r", {"letters.caps", "aim.other"}, {"caps": True}),
        (f"]c0{LETTERS.swapcase()}\r", {"letters.caps"}, {"caps": True}),
        (f"]d2{MATRIX}\r".replace("\x1d", ""), {"separator.none"}, {}),
        (f"]d2{MATRIX}\r".replace("\x1d", "<F5>"), {"separator.key"}, {}),
        (f"]d2{MATRIX}\r".replace("\x1d", "%"), {"separator.other"}, {}),
        ("\x02" + GOOD[0][:-1] + "\x03\r", set(), {"prefix": "\x02"}),
        ("FHXSCNTSTX\r", {"letters.unknown"}, {}),
    ],
)
def test_what_is_wrong_is_told_by_name(raw: str, faults: set[str], repair: dict) -> None:
    assert wrong(raw) == faults
    profile = diagnose(raw).profile
    assert {name: getattr(profile, name) for name in repair} == repair


@pytest.mark.parametrize(("came", "name"), [("~", "~"), ("|", "|"), ("^]", "^]"), ("<F8>", "F8")])
def test_stand_ins_of_the_separator_are_told_and_kept(came: str, name: str) -> None:
    raw = f"]d2{MATRIX}\r".replace("\x1d", came)
    assert wrong(raw) == {"separator.stand_in"}
    assert name in diagnose(raw).profile.separators


@pytest.mark.parametrize("mixed", MIXED)
@pytest.mark.parametrize("caps", [False, True])
def test_a_wrong_keyboard_is_named_and_made_good(mixed: str, caps: bool) -> None:
    for sent in (LETTERS, MATRIX.replace("\x1d", "")):
        arrived = sent.translate(garbling(mixed))
        garbled = arrived != sent
        arrived = turned(arrived) if caps else arrived
        found = diagnose(arrived + "\r")
        told = {"letters.keyboard", "letters.keyboard_caps"} & wrong(arrived + "\r")
        assert bool(told) == garbled, arrived
        text, _ = found.profile.read(arrived, quick=True)
        assert text == sent


def test_both_codes_together_make_one_profile() -> None:
    found = [diagnose(f"]C0{LETTERS}"), diagnose(f"]d2{MATRIX}".replace("\x1d", "~"))]
    assert merged(found) == Profile(ends="none", aim="on", separators=("F8", "~"))


def test_what_is_received_is_shown_with_its_controls() -> None:
    found = diagnose(f"]d2{MATRIX}\r\n")
    assert "<GS>" in found.expected
    assert found.received.endswith("…") or found.received.endswith("<CR><LF>")


@pytest.mark.parametrize("end", ["\r", ""])
def test_what_stops_work_is_told_before_what_can_be_done_without(end: str) -> None:
    arrived = LETTERS.translate(garbling("azerty")) + end
    found = diagnose(arrived)
    assert found is not None
    wrong = [f"{one.what}.{one.how}" for one in found.findings if not one.right]
    assert wrong == [*([] if end else ["end.none"]), "letters.keyboard", "aim.none"]
    asked = scanner.step(scanner.START, TestCode(arrived))
    assert asked.done == f"scanner.wrong.{wrong[0]}"
    facts = dict(scanner.prompt(asked.state).facts)
    assert facts["fact.scanner_keyboards"] == "us > azerty"
