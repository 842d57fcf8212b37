"""Signing in: scan the badge, or type the worker's number and the PIN."""

from __future__ import annotations

from dataclasses import dataclass

from floorhand.domain.preferences import PreferencesAre, ReadPreferences
from floorhand.domain.scanner_test import TestCode, TestOpened
from floorhand.domain.signing_in import (
    AskPin,
    CheckPin,
    GuessBadge,
    GuessedWrong,
    PinAsked,
    PinRight,
    SignedIn,
    SignIn,
)
from floorhand.domain.things import Badge, Chosen, Key, Pressed, Text, Unknown
from floorhand.errors import Code
from floorhand.flows.turn import Ask, Choice, Do, Open, Prompt, Refuse, Reply, Wants

NAME = "sign_in"


@dataclass(frozen=True, slots=True)
class NeedBadge:
    """Nobody sits here; ``name`` did until they signed in at another ``seat``, if these are set.

    ``language`` was chosen here, and goes with whoever signs in next.
    """

    name: str = ""
    seat: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True)
class NeedPin:
    """A worker's number was typed; anybody could have."""

    worker: str
    name: str
    language: str = ""


@dataclass(frozen=True, slots=True)
class WhichLanguage:
    """Somebody who cannot read the question chooses; ``languages`` are (code, own name)."""

    languages: tuple[tuple[str, str], ...]
    language: str = ""


State = NeedBadge | NeedPin | WhichLanguage
START = NeedBadge()
STATES: tuple[type, ...] = (NeedBadge, NeedPin, WhichLanguage)
VALUES: tuple[type, ...] = ()


def step(state: State, event: object) -> Reply:
    """Say what an event leads to. Pure: same state and event, same reply."""
    match state, event:
        case _, Badge(scanned=True, worker=worker):
            return Do(SignIn(worker, state.language))
        case NeedBadge(), TestCode():
            return Open("scanner", TestOpened("sign_in"))
        case NeedBadge(), Badge(worker=worker):
            return Do(AskPin(worker))
        case NeedBadge(), PinAsked(worker=worker, name=name):
            return Ask(NeedPin(worker, name, state.language))
        case NeedPin(), Text(value=pin):
            return Do(CheckPin(state.worker, pin))
        case NeedPin(), PinRight(worker=worker):
            return Do(SignIn(worker, state.language))
        case NeedBadge(), Unknown():
            return Do(GuessBadge())
        case _, GuessedWrong(locked="pin", name=name, who=who):
            return Refuse(Code.PIN_LOCKED, {"name": name, "who": who})
        case _, GuessedWrong(locked="seat", name=name, who=who):
            return Refuse(Code.SEAT_LOCKED, {"seat": name, "who": who})
        case _, GuessedWrong(wait_s=wait_s) if wait_s:
            return Refuse(Code.GUESS_WAIT, {"seconds": wait_s})
        case NeedPin(), GuessedWrong():
            return Refuse(Code.WRONG_PIN)
        case NeedPin() | WhichLanguage(), Pressed(key=Key.BACK):
            return Ask(NeedBadge(language=state.language))
        case NeedBadge(), Pressed(key=Key.LIST):
            return Do(ReadPreferences())
        case NeedBadge(), PreferencesAre(languages=languages):
            return Ask(WhichLanguage(languages, state.language))
        case WhichLanguage(), Chosen(code=language):
            return Ask(NeedBadge(language=language))
        case _, SignedIn(name=name):
            return Open("menu", event, "sign_in.welcome", {"name": name})
        case NeedBadge(name=name, seat=seat), _ if seat:
            return Refuse(Code.SIGNED_IN_ELSEWHERE, {"name": name, "seat": seat})
        case _, Pressed():
            return Refuse(Code.KEY_NOT_NOW)
        case _:
            return Refuse(Code.UNKNOWN_WORKER)


def prompt(state: State) -> Prompt:
    """Say what to show."""
    if isinstance(state, NeedPin):
        return Prompt(
            ask="sign_in.type_pin",
            facts=(("fact.worker", state.name),),
            keys=((Key.BACK, "key.back"),),
            wants=Wants(kinds=("pin",)),
        )
    if isinstance(state, WhichLanguage):
        return Prompt(
            ask="sign_in.which_language",
            choices=tuple(Choice(code, label=name) for code, name in state.languages),
            keys=((Key.BACK, "key.back"),),
            wants=Wants(kinds=("choice", "badge", "unknown")),
        )
    return Prompt(
        ask="sign_in.scan_badge",
        keys=((Key.LIST, "key.language"),),
        wants=Wants(kinds=("badge", "unknown")),
    )
