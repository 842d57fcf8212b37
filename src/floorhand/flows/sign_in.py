"""Signing in: scan the badge, or type the worker's number and the PIN."""

from __future__ import annotations

from dataclasses import dataclass

from floorhand.domain.keymap import Key
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
    StandAt,
    StoodAt,
)
from floorhand.domain.things import Badge, Chosen, Pressed, Station, Text, Unknown
from floorhand.errors import Code
from floorhand.flows.turn import Ask, Choice, Do, Open, Prompt, Refuse, Reply, Wants

NAME = "sign_in"


@dataclass(frozen=True, slots=True)
class NeedBadge:
    """Nobody sits here; ``name`` did until they signed in at another ``seat``, if these are set.

    If ``by`` is set, that is who freed this one. ``language`` was chosen here, and goes with
    whoever signs in next.
    """

    name: str = ""
    seat: str = ""
    language: str = ""
    by: str = ""


@dataclass(frozen=True, slots=True)
class Locked:
    """Nobody made a scan for ``minutes``, so the badge of ``worker`` is asked for again.

    ``job`` is what is in the middle, empty if nothing is; ``language`` is the worker's.
    """

    worker: str
    name: str
    minutes: int
    job: str
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


State = NeedBadge | Locked | NeedPin | WhichLanguage
START = NeedBadge()
STATES: tuple[type, ...] = (NeedBadge, Locked, NeedPin, WhichLanguage)
VALUES: tuple[type, ...] = ()


def step(state: State, event: object) -> Reply:
    """Say what an event leads to. Pure: same state and event, same reply."""
    match state, event:
        case Locked(), Badge(scanned=True, worker=worker):
            return Do(SignIn(worker))
        case Locked(), PinAsked(worker=worker, name=name):
            return Ask(NeedPin(worker, name))
        case _, Badge(scanned=True, worker=worker):
            return Do(SignIn(worker, state.language))
        case NeedBadge(), TestCode():
            return Open("scanner", TestOpened("sign_in"))
        case NeedBadge() | Locked(), Station(code=code):
            return Do(StandAt(code))
        case NeedBadge() | Locked(), StoodAt(place=place):
            return Ask(state, "packing.at_bench", {"place": place})
        case NeedBadge() | Locked(), Badge(worker=worker):
            return Do(AskPin(worker))
        case NeedBadge(), PinAsked(worker=worker, name=name):
            return Ask(NeedPin(worker, name, state.language))
        case NeedPin(), Text(value=pin):
            return Do(CheckPin(state.worker, pin))
        case NeedPin(), PinRight(worker=worker):
            return Do(SignIn(worker, state.language))
        case NeedBadge() | Locked(), Unknown():
            return Do(GuessBadge())
        case _, GuessedWrong():
            return _wrong(state, event)
        case NeedPin() | WhichLanguage(), Pressed(key=Key.BACK):
            return Ask(NeedBadge(language=state.language))
        case NeedBadge(), Pressed(key=Key.LIST):
            return Do(ReadPreferences())
        case NeedBadge(), PreferencesAre(languages=languages):
            return Ask(WhichLanguage(languages, state.language))
        case WhichLanguage(), Chosen(code=language):
            return Ask(NeedBadge(language=language))
        case Locked(worker=worker, job=job), SignedIn(worker=back, name=name, parked=parked) if (
            worker == back and job in parked
        ):
            return Open(job, None, "sign_in.unlocked", {"name": name})
        case _, SignedIn(name=name, ousted=(job, by, seat, at)):
            facts = {"name": name, "job_text": f"job.{job}", "by": by, "seat": seat, "at": at}
            return Open("menu", event, "sign_in.ousted", facts)
        case _, SignedIn(name=name):
            return Open("menu", event, "sign_in.welcome", {"name": name})
        case _:
            return _nobodys(state, event)


def _wrong(state: State, guess: GuessedWrong) -> Refuse:
    """Say that it was the wrong PIN or badge, and what that costs."""
    match guess:
        case GuessedWrong(locked="pin", name=name, who=who):
            return Refuse(Code.PIN_LOCKED, {"name": name, "who": who})
        case GuessedWrong(locked="seat", name=name, who=who):
            return Refuse(Code.SEAT_LOCKED, {"seat": name, "who": who})
        case GuessedWrong(wait_s=wait_s) if wait_s:
            return Refuse(Code.GUESS_WAIT, {"seconds": wait_s})
        case _:
            return Refuse(Code.WRONG_PIN) if isinstance(state, NeedPin) else _nobodys(state, guess)


def _nobodys(state: State, event: object) -> Refuse:
    """Say why nothing but a badge is taken here, to one who does not know yet."""
    match state:
        case Locked(name=name, minutes=minutes):
            return Refuse(Code.IDLE_LOCKED, {"name": name, "minutes": minutes})
        case NeedBadge(name=name, seat=seat, by=by) if by:
            return Refuse(Code.SEAT_FREED, {"name": name, "seat": seat, "by": by})
        case NeedBadge(name=name, seat=seat) if seat:
            return Refuse(Code.SIGNED_IN_ELSEWHERE, {"name": name, "seat": seat})
        case _ if isinstance(event, Pressed):
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
    if isinstance(state, Locked):
        return Prompt(
            ask="sign_in.locked",
            facts=(("fact.worker", state.name),),
            wants=Wants(kinds=("badge", "unknown")),
        )
    return Prompt(
        ask="sign_in.scan_badge",
        keys=((Key.LIST, "key.language"),),
        wants=Wants(kinds=("badge", "unknown")),
    )
