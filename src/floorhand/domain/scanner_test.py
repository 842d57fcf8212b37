"""The scanner test: two codes whose contents are known, and what is wrong with how they arrive."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from floorhand.domain.barcodes import shown
from floorhand.domain.gs1 import GS
from floorhand.domain.keyboards import MIXED, mending, turned
from floorhand.domain.scanners import AIM, KEY_SEPARATOR, PLAIN, TEST_MARK, Profile

LETTERS: Final = f'AQWZMY-/0123456789"{TEST_MARK}'
"""What the Code 128 of the test holds: capitals, and what other keyboards have on other keys, but
all have on one (the quotation mark tells a British keyboard)."""

ELEMENTS: Final = (("01", "09521234543213"), ("10", "LOT-7/A"), ("21", f"S1{TEST_MARK}"))
"""What the GS1 DataMatrix of the test holds. A lot has no fixed length, so a separator follows."""

_FIRST: Final = "".join(f"{ai}{value}" for ai, value in ELEMENTS[:2])
_LAST: Final = "".join(ELEMENTS[2])
MATRIX: Final = f"{_FIRST}{GS}{_LAST}"

_STAND_INS: Final = {"~": "~", "|": "|", "^]": "^]", "<F8>": "F8"}
SEPARATOR_CHARACTERS_MAX: Final = 8
RAW_SHOWN_MAX: Final = 60

_MARK: Final = re.compile(TEST_MARK, re.IGNORECASE | re.ASCII)
_FRAME: Final = re.compile("[\x00\x02\x03\u2400]")
_ENDS: Final = {"": "none", "\r": "cr", "\n": "lf", "\r\n": "crlf", "\t": "tab", "<ENTER>": "cr"}


_GRAVITY: Final = ("end", "letters", "front", "separator", "aim")
"""Without an end nothing is taken; with other letters no code is known; what stands in front spoils
all codes, a separator some; an AIM identifier can be done without."""

COMMAND: Final = "*SCANNER"
"""The barcode that opens the test; it may be typed."""


@dataclass(frozen=True, slots=True)
class TestCode:
    """A code of the test was scanned, or while it is open anything was; or `COMMAND` was."""

    __test__ = False

    raw: str


@dataclass(frozen=True, slots=True)
class TestOpened:
    """The test was opened from a flow."""

    __test__ = False

    origin: str


@dataclass(frozen=True, slots=True)
class StoreProfile:
    """Keep how the scanner of this station sends; the profile as JSON."""

    profile: str


@dataclass(frozen=True, slots=True)
class ProfileStored:
    """It is kept for a station, or for a seat that stands at none."""

    code: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing about a scanner. ``what`` is ``end``, ``aim``, ``separator``, ``letters`` or
    ``front``, and ``how`` says how it is; ``detail`` is what arrived for it.
    """

    what: str
    how: str
    right: bool
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What one code tells of a scanner.

    Attributes:
        symbol: ``matrix`` or ``letters``: which of the two codes it was.
        findings: What was found, wrong things first, what stops work most at the front.
        profile: Repairs what can be repaired.
        expected: What a scanner that is set up well sends, without its end.
        received: What arrived, controls visible.
    """

    symbol: str
    findings: tuple[Finding, ...]
    profile: Profile
    expected: str
    received: str


def gravity(finding: Finding) -> tuple[bool, int]:
    """Give the order of findings: by how much each stops the work, and what is right last."""
    return finding.right, _GRAVITY.index(finding.what)


def is_test(text: str) -> bool:
    """Say whether a scan is one of the two codes, however garbled."""
    return _MARK.search(text) is not None


def diagnose(raw: str, kept: Profile = PLAIN) -> Diagnosis | None:
    """Say what is wrong with how a code of the test arrived.

    Args:
        raw: All that came, with its end; keys are written by their names, as ``<F8>``.
        kept: The profile that the test has stored; what it makes good is right.

    Returns:
        None if it is neither of the codes.
    """
    found = _diagnosed(raw)
    if found is None or kept == PLAIN or not is_made_good(raw, kept):
        return found
    findings = [
        one if one.right or one.what == "aim" else replace(one, how="kept", right=True)
        for one in found.findings
    ]
    return replace(found, findings=tuple(sorted(findings, key=gravity)))


def _diagnosed(raw: str) -> Diagnosis | None:
    mark = _MARK.search(raw)
    if mark is None:
        return None
    body, tail = raw[: mark.end()], raw[mark.end() :]
    read = next(_readings(body), None)
    end, end_repair = _end(tail)
    if read is None:
        long = len(body) > len(LETTERS) + SEPARATOR_CHARACTERS_MAX
        symbol = "matrix" if GS in body or long else "letters"
        letters = Finding("letters", "unknown", right=False)
        return _told(symbol, raw, [end, letters], end_repair)
    symbol, head, separator, repair = read
    found = [end, *_front(head, symbol, body)]
    profile = replace(repair, ends=end_repair.ends, suffix=end_repair.suffix)
    aim = AIM.search(head)
    front = head[: aim.start()] if aim else head
    profile = replace(profile, prefix=front, aim="on" if aim else "off")
    if symbol == "matrix":
        found.append(_separator(separator))
        if separator in _STAND_INS:
            stands = dict.fromkeys((*PLAIN.separators, _STAND_INS[separator]))
            profile = replace(profile, separators=tuple(stands))
    found.append(_letters(repair))
    return _told(symbol, raw, found, profile)


def is_made_good(raw: str, profile: Profile) -> bool:
    """Say whether a code of the test is read as it should be, where a profile is kept."""
    mark = _MARK.search(raw)
    if mark is None:
        return False
    body, tail = raw[: mark.end()], _FRAME.sub("", raw[mark.end() :])
    how = _ENDS.get(tail, "suffix")
    ends = tail.rstrip("\r\n\t") == profile.suffix if how == "suffix" else how != "none"
    if not (ends or (how, profile.ends) == ("none", "none")):
        return False
    if KEY_SEPARATOR in profile.separators:
        body = body.replace(f"<{KEY_SEPARATOR}>", GS)
    text, _ = profile.read(body, quick=True)
    return AIM.sub("", text, count=1) in (LETTERS, MATRIX)


def merged(diagnoses: Sequence[Diagnosis]) -> Profile:
    """Put together what both codes tell: letters by the one, the separator by the other."""
    if not diagnoses:
        return PLAIN
    chief = min(diagnoses, key=lambda one: one.symbol)
    separators = dict.fromkeys(name for one in diagnoses for name in one.profile.separators)
    return replace(chief.profile, separators=tuple(separators))


def _told(symbol: str, raw: str, found: list[Finding], profile: Profile) -> Diagnosis:
    expected = f"]d2{MATRIX}" if symbol == "matrix" else f"]C0{LETTERS}"
    wrong_first = tuple(sorted(found, key=gravity))
    return Diagnosis(
        symbol, wrong_first, profile, shown(expected, RAW_SHOWN_MAX), shown(raw, RAW_SHOWN_MAX)
    )


def _repairs() -> Iterator[Profile]:
    """Give every way of making letters good, the most likely first."""
    for keyboard in ("", *MIXED):
        for caps in (False, True):
            yield Profile(keyboard=keyboard, caps=caps)


def _readings(body: str) -> Iterator[tuple[str, str, str, Profile]]:
    """Give the ways to read a code as one of ours: which, what is before it, separator, repair."""
    for repair in _repairs():
        text = turned(body) if repair.caps else body
        text = text.translate(mending(repair.keyboard)) if repair.keyboard else text
        if text.endswith(LETTERS):
            yield "letters", text.removesuffix(LETTERS), "", repair
        head, first, rest = text.partition(_FIRST)
        if first and rest.endswith(_LAST):
            came = body[len(head) + len(first) : len(body) - len(_LAST)]
            if len(came) <= SEPARATOR_CHARACTERS_MAX:
                yield "matrix", head, came, repair


def _end(tail: str) -> tuple[Finding, Profile]:
    """Say how the code ended."""
    bare = _FRAME.sub("", tail)
    if (how := _ENDS.get(bare)) is not None:
        repair = Profile(ends="none") if how == "none" else PLAIN
        return Finding("end", how, right=how != "none"), repair
    suffix = bare.rstrip("\r\n\t")
    if bare != suffix:  # characters that belong to no code, then a good end
        return Finding("end", "more", right=False, detail=shown(suffix)), Profile(suffix=suffix)
    return Finding("end", "suffix", right=False, detail=shown(bare)), Profile(suffix=bare)


def _front(head: str, symbol: str, came: str) -> Iterator[Finding]:
    """Say what came before the code: an AIM identifier, and what does not belong there.

    ``head`` was made good; what does not belong there is told as it ``came``.
    """
    aim = AIM.search(head)
    wanted = "]d2" if symbol == "matrix" else "]C0"
    if aim is None:
        yield Finding("aim", "none", right=False)
    elif aim[0] not in (wanted, "]C1" if symbol == "letters" else wanted):
        yield Finding("aim", "other", right=False, detail=aim[0])
    else:
        yield Finding("aim", "sent", right=True, detail=aim[0])
    front = head[: aim.start()] if aim else head
    if _FRAME.sub("", front):
        yield Finding("front", "prefix", right=False, detail=shown(came[: len(front)]))


def _separator(came: str) -> Finding:
    if came == GS:
        return Finding("separator", "sent", right=True)
    if not came:
        return Finding("separator", "none", right=False)
    how = "stand_in" if came in _STAND_INS else "key" if came.startswith("<F") else "other"
    return Finding("separator", how, right=False, detail=shown(came))


def _letters(repair: Profile) -> Finding:
    if repair.keyboard:
        scanner, computer = MIXED[repair.keyboard]
        how = "keyboard_caps" if repair.caps else "keyboard"
        return Finding("letters", how, right=False, detail=f"{scanner} > {computer}")
    if repair.caps:
        return Finding("letters", "caps", right=False)
    return Finding("letters", "sent", right=True)
