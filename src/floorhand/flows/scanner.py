"""The scanner test: scan the two codes of the printed label, and be told what is wrong.

Opened from the sign-in and from the menu, by the label itself or by ``*SCANNER``. While it is open
a terminal hands over all that comes, with its end and with keys by their names.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from floorhand.domain.barcodes import shown
from floorhand.domain.keymap import Key
from floorhand.domain.scanner_test import (
    Diagnosis,
    Finding,
    ProfileStored,
    StoreProfile,
    TestCode,
    TestOpened,
    diagnose,
    gravity,
    is_made_good,
    is_test,
    merged,
)
from floorhand.domain.scanners import PLAIN, Profile
from floorhand.domain.things import Pressed
from floorhand.errors import Code
from floorhand.flows.turn import Ask, Choice, Do, Open, Prompt, Refuse, Reply, Wants

NAME = "scanner"


@dataclass(frozen=True, slots=True)
class Testing:
    """The label is being scanned.

    ``origin`` is the flow to go back to; ``last`` and ``other`` are what came last of each of the
    two codes, as it came; ``kept`` is the profile that was stored meanwhile.
    """

    origin: str = "sign_in"
    last: str = ""
    other: str = ""
    kept: str = ""


State = Testing
START = Testing()
STATES: tuple[type, ...] = (Testing,)
VALUES: tuple[type, ...] = ()


def step(state: State, event: object) -> Reply:
    """Say what an event leads to. Pure: same state and event, same reply."""
    match event:
        case TestOpened(origin=origin):
            return Ask(Testing(origin))
        case TestCode(raw=raw) if is_test(raw):
            return _tested(state, raw)
        case TestCode(raw=raw) if fault := _chosen(state, raw):
            return _told(state, fault)
        case TestCode(raw=raw):
            return Refuse(Code.NOT_TEST_CODE, {"code": shown(raw)})
        case Pressed(key=Key.DONE) if _repairs(state):
            return Do(StoreProfile(merged(_found(state)).to_json()))
        case ProfileStored(code=code):
            kept = merged(_found(state)).to_json()
            return Ask(Testing(state.origin, kept=kept), "scanner.stored", {"code": code})
        case Pressed(key=Key.BACK):
            return Open(state.origin)
        case Pressed():
            return Refuse(Code.KEY_NOT_NOW)
        case _:
            return Refuse(Code.NOT_EXPECTED_NOW)


def prompt(state: State) -> Prompt:
    """Say what to show."""
    found = _found(state)
    keys: list[tuple[Key, str]] = [(Key.BACK, "key.back")]
    if _repairs(state):
        keys.append((Key.DONE, "key.store_profile"))
    return Prompt(
        ask="scanner.scan_other" if len(found) == 1 else "scanner.scan",
        facts=_facts(found),
        choices=tuple(
            Choice(text, text, facts=tuple(facts.items()))
            for text, facts in map(_words, _faults(found))
        ),
        keys=tuple(keys),
        wants=Wants(kinds=("scanner",)),
    )


def _tested(state: Testing, raw: str) -> Reply:
    """Keep what came, and tell what is wrong with it: in a sentence, or how many are listed."""
    now, last = diagnose(raw, _kept(state)), diagnose(state.last)
    assert now is not None, raw
    other = state.last if last is not None and last.symbol != now.symbol else state.other
    after = replace(state, last=raw, other=other)
    if now.findings[0].right:
        return Ask(after, f"scanner.right.{now.symbol}")
    faults = _faults(_found(after))
    if len(faults) == 1:
        return _told(after, faults[0])
    return Ask(after, "scanner.found", {"count": len(faults)}, look=True)


def _told(state: State, fault: Finding) -> Reply:
    text, facts = _words(fault)
    return Ask(state, text, facts, look=True)


def _chosen(state: State, typed: str) -> Finding | None:
    """Give the fault whose number on the list was typed."""
    faults = _faults(_found(state))
    numbers = {str(number): fault for number, fault in enumerate(faults, 1)}
    return numbers.get(typed.strip())


def _found(state: Testing) -> tuple[Diagnosis, ...]:
    found = (diagnose(raw, _kept(state)) for raw in (state.last, state.other))
    return tuple(one for one in found if one is not None)


def _kept(state: Testing) -> Profile:
    return Profile.of_json(state.kept or "{}")


def _repairs(state: Testing) -> bool:
    """Say whether there is something to keep that is not kept, or done by every terminal."""
    came = [raw for raw in (state.last, state.other) if raw]
    kept = _kept(state)
    if kept != PLAIN and all(is_made_good(raw, kept) for raw in came):
        return False
    return merged(_found(state)) != PLAIN


def _faults(found: tuple[Diagnosis, ...]) -> list[Finding]:
    """Give what is wrong, by either code, each thing once: what stops work most comes first."""
    wrong = (finding for one in found for finding in one.findings if not finding.right)
    return sorted(dict.fromkeys(wrong), key=gravity)


def _words(fault: Finding) -> tuple[str, dict[str, str | int]]:
    """Give the sentence that says what is wrong, what to set, and whether F10 makes it good."""
    return f"scanner.wrong.{fault.what}.{fault.how}", {"got": fault.detail}


def _right(finding: Finding) -> str:
    """Name what is right: as the scanner sends it, or by what is kept here."""
    return "scanner.kept" if finding.how == "kept" else f"scanner.{finding.what}.{finding.how}"


def _facts(found: tuple[Diagnosis, ...]) -> tuple[tuple[str, str], ...]:
    """List what is right, by both codes; then the last code itself."""
    wrong = {fault.what for fault in _faults(found)}
    told = {
        f"fact.scanner_{finding.what}_text": _right(finding)
        for one in found
        for finding in sorted(one.findings, key=gravity)
        if finding.what not in wrong
    }
    if found:
        told["fact.expected_code"] = found[0].expected
        told["fact.received_code"] = found[0].received
    return tuple(told.items())
