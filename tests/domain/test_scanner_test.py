"""What the scanner test finds out."""

import re
from dataclasses import replace

import pytest

from floorhand.domain.keyboards import MIXED, garbling, turned
from floorhand.domain.keymap import Key
from floorhand.domain.scanner_test import (
    LETTERS,
    MATRIX,
    ProfileStored,
    TestCode,
    diagnose,
    is_test,
    merged,
)
from floorhand.domain.scanners import Profile
from floorhand.flows import scanner
from floorhand.flows.turn import Said
from floorhand.text.catalog import catalog, languages
from floorhand.tui.layout import lay_out
from floorhand.tui.layout import turned as turned_to
from floorhand.tui.safe import wrap
from floorhand.tui.view import NARROW_COLUMNS, View

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


def test_a_prefix_is_told_as_it_came_and_kept_as_it_is_made_good() -> None:
    found = diagnose("%%" + LETTERS.translate(garbling("azerty")) + "\r")
    assert [one.detail for one in found.findings if one.what == "front"] == ["%%"]
    assert found.profile.prefix == '""'


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
    assert (asked.done, asked.facts) == ("scanner.found", {"count": len(wrong)})
    listed = scanner.prompt(asked.state).choices
    assert [choice.text for choice in listed] == [f"scanner.wrong.{one}" for one in wrong]
    assert dict(listed[-2].facts) == {"got": "us > azerty"}
    for number, choice in enumerate(listed, 1):
        told = scanner.step(asked.state, TestCode(f"{number}\r"))
        assert (told.done, told.facts) == (choice.text, dict(choice.facts))
        assert told.state == asked.state


MIXED_FAULTS = {
    f"]C0{LETTERS}": ["end.none"],
    f"{LETTERS}##": ["end.suffix", "aim.none"],
    LETTERS.swapcase() + "\t": ["letters.caps", "aim.none"],
    "%%" + LETTERS.translate(garbling("qwertz")) + "\n": [
        "letters.keyboard",
        "front.prefix",
        "aim.none",
    ],
    turned(LETTERS.translate(garbling("azerty"))): [
        "end.none",
        "letters.keyboard_caps",
        "aim.none",
    ],
    MATRIX.replace("\x1d", "|"): ["end.none", "separator.stand_in", "aim.none"],
    MATRIX.replace("\x1d", "") + "\n": ["separator.none", "aim.none"],
    f"+{MATRIX}".replace("\x1d", "<F5>") + "@@\t": [
        "end.more",
        "front.prefix",
        "separator.key",
        "aim.none",
    ],
}
MENDED = {"end.none", "end.suffix", "end.more", "front.prefix", "separator.stand_in"} | {
    f"letters.{how}" for how in ("caps", "keyboard", "keyboard_caps")
}
"""What a profile makes good."""


@pytest.mark.parametrize("raw", MIXED_FAULTS, ids=lambda raw: "+".join(MIXED_FAULTS[raw]))
@pytest.mark.parametrize("language", languages())
def test_of_each_fault_it_is_told_what_to_set_and_whether_f10_mends_it(
    raw: str, language: str
) -> None:
    faults = MIXED_FAULTS[raw]
    asked = scanner.step(scanner.START, TestCode(raw))
    prompt = scanner.prompt(asked.state)
    assert [choice.code.removeprefix("scanner.wrong.") for choice in prompt.choices] == faults
    cannot = re.split(r"(?<=[.。]) ?", catalog(language).say("scanner.wrong.aim.none"))[-2]
    for fault, choice in zip(faults, prompt.choices, strict=True):
        told = choice.written(catalog(language).say)
        assert "F10" in told, told
        assert (cannot in told) == (fault not in MENDED), told
    for size in ((20, 16), (40, 8), (80, 24)):
        _is_all_in_reach(prompt, asked, language, *size)


def _is_all_in_reach(prompt, asked, language: str, width: int, height: int) -> None:
    """Page down to the end of a screen: each fault is numbered at once, and then there whole."""
    words = catalog(language)
    view = View(prompt, (Said(asked.done, asked.facts, "look"),), words, job="scanner")
    first, seen = _rows(view, width, height), set()
    while (further := turned_to(view, width, height, "pagedown")) != view.first:
        view = replace(view, first=further)
        seen |= set(_rows(view, width, height))
    listed = {row[:2].strip() for row in first}
    hidden = words.say("terminal.more", {"pieces": 0, "key": "PgDn"}).partition("0")[0]
    assert "1" in listed
    assert str(len(prompt.choices)) in listed or any(hidden in row for row in first)
    for number, choice in enumerate(prompt.choices, 1):
        room = width - (4 if width >= NARROW_COLUMNS else 2)
        told = wrap(f"{number:>2}  {choice.written(words.say)}", room, 99)
        assert {line.strip() for line in told} <= seen, (width, height, told)


def _rows(view: View, width: int, height: int) -> list[str]:
    rows = lay_out(view, width, height)
    return ["".join(part.text for part in row).strip() for row in rows]


@pytest.mark.parametrize("raw", MIXED_FAULTS, ids=lambda raw: "+".join(MIXED_FAULTS[raw]))
def test_what_is_kept_is_right_when_it_is_scanned_again(raw: str) -> None:
    repaired = set(MIXED_FAULTS[raw]) & MENDED
    left = [fault for fault in MIXED_FAULTS[raw] if fault not in MENDED]
    state = scanner.step(scanner.START, TestCode(raw)).state
    stored = scanner.step(state, ProfileStored("PACK-1")).state
    again = scanner.step(stored, TestCode(raw)).state
    listed = [choice.text for choice in scanner.prompt(again).choices]
    facts = dict(scanner.prompt(again).facts)
    offered = [key for key, _ in scanner.prompt(again).keys]
    if "separator.key" in left or "separator.none" in left:
        assert listed == [choice.text for choice in scanner.prompt(state).choices]
        return
    assert listed == [f"scanner.wrong.{fault}" for fault in left]
    assert Key.DONE not in offered
    for fault in repaired:
        assert facts[f"fact.scanner_{fault.partition('.')[0]}_text"] == "scanner.kept"


def test_a_scanner_that_sends_otherwise_than_what_is_kept_is_told_so() -> None:
    state = scanner.step(scanner.START, TestCode(f"{LETTERS}##")).state
    stored = scanner.step(state, ProfileStored("PACK-1")).state
    asked = scanner.step(stored, TestCode(f"%%{LETTERS}##"))
    assert "scanner.wrong.front.prefix" in [c.text for c in scanner.prompt(asked.state).choices]
    assert Key.DONE in [key for key, _ in scanner.prompt(asked.state).keys]
