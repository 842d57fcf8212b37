"""What each rule of a building may be: limits that its file, its command and its desk share.

Rules of several parts are written as one text, as their file has them: ``A=30|B=90``.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Final

from floorhand.domain.correcting import COUNT_MAX
from floorhand.domain.count_plan import CLASSES
from floorhand.domain.inspection import AMBER_H
from floorhand.domain.pace_targets import PER_HOUR_MAX, UNITS
from floorhand.domain.rights import ROLES
from floorhand.domain.rules import TOLERANCE_PCT_MAX, SiteRules
from floorhand.domain.shifts import parse_shift
from floorhand.domain.signing_in import JOBS
from floorhand.domain.troubles import KINDS
from floorhand.errors import BadSetting, Code, Refused

PLACE_POLICIES: Final = ("scan", "check", "either", "none")
ORDERS_PER_WALK_MAX: Final = 24
"""No cart has more totes, and every order has its own."""

COUNT_PIECES_MAX: Final = 99_999
COUNT_DAYS_MAX: Final = 3650
REFILL_HOURS_MAX: Final = 24 * 28
IDLE_MINUTES_MAX: Final = 1440
WAITING_HOURS_MAX: Final = 168
TIMES_MAX: Final = 99

BETWEEN: Final = "|"
"""Stands between the parts of a rule."""

POLICY: Final = "default_place_policy"
LANGUAGE: Final = "language"
SHIFTS: Final = "shifts"
FOUR_EYES: Final = "four_eyes"

OF_LEADS: Final = frozenset(
    {FOUR_EYES, "correction_pieces_max", "count_approval_pieces"}
    | {"count_tolerance_pieces", "count_tolerance_pct"}
)
"""Rules that bind those who lead: where they need another person's word. What a count may be off
by is one of them: a difference that is tolerated is booked, however large."""

ZONES: Final = "place_policy"
IDLE: Final = "idle_minutes"
DAYS: Final = "count_days"
PACE: Final = "pace_targets"
PARTED: Final = (SHIFTS, FOUR_EYES, ZONES, IDLE, DAYS, PACE)
"""Rules that consist of any number of parts."""

TYPED_CHARACTERS_MAX: Final = 40
"""So much of what cannot be is repeated; nor is a shift written longer."""

NUMBERS: Final[Mapping[str, tuple[int, int]]] = {
    "orders_per_walk_max": (1, ORDERS_PER_WALK_MAX),
    "correction_pieces_max": (0, COUNT_MAX),
    "stuck_minutes": (1, IDLE_MINUTES_MAX),
    "parked_hours": (1, WAITING_HOURS_MAX),
    "staged_hours": (1, WAITING_HOURS_MAX),
    "return_due_hours": (1, AMBER_H),
    "overrides_max": (1, TIMES_MAX),
    "place_misses_max": (2, TIMES_MAX),
    "reprints_max": (1, TIMES_MAX),
    "count_tolerance_pieces": (0, COUNT_PIECES_MAX),
    "count_tolerance_pct": (0, TOLERANCE_PCT_MAX),
    "count_approval_pieces": (0, COUNT_PIECES_MAX),
    "refill_below_hours": (1, REFILL_HOURS_MAX),
    "refill_up_to_hours": (1, REFILL_HOURS_MAX),
}
"""Rules that are a number, with the least and the most."""

LIMITS: Final[Mapping[str, tuple[int, int]]] = {
    IDLE: (1, IDLE_MINUTES_MAX),
    DAYS: (0, COUNT_DAYS_MAX),
    PACE: (1, PER_HOUR_MAX),
}
"""The same of rules whose parts are numbers."""

_CLOCK: Final = re.compile(r"(?P<hour>[01]?[0-9]|2[0-3]):?(?P<minute>[0-5][0-9])", re.ASCII)


def pairs_of(text: str) -> dict[str, str]:
    """Read the parts of a rule that has one for each of several things, by thing."""
    parts = (part.partition("=") for part in parts_of(text))
    return {key: word for key, _, word in parts}


def parts_of(text: str) -> tuple[str, ...]:
    """Read the parts of a rule."""
    return tuple(part.strip() for part in text.split(BETWEEN) if part.strip())


def site_changed(rules: SiteRules, name: str, text: str) -> SiteRules:
    """Change a rule to what a text says, written as `floorhand.domain.ruling` writes it.

    The language is taken as it is: which there are is known to the catalogs.

    Raises:
        Refused: `Code.RULE_NUMBER`, `Code.RULE_SHIFT` or `Code.BAD_CLOCK`, naming what was
            typed; `Code.NOT_EXPECTED_NOW` for a word that is none of those to choose from.
    """
    value = _number(text, *_limits(rules, name)) if name in NUMBERS else _value(name, text)
    changes: dict[str, object] = {name: value}
    return replace(rules, **changes)  # type: ignore[arg-type]  # each was checked


def _limits(rules: SiteRules, name: str) -> tuple[int, int]:
    """Give the least and the most of a number; nothing is filled up to less than it has."""
    least, most = NUMBERS[name]
    match name:
        case "refill_below_hours":
            return least, max(least, rules.refill_up_to_hours)
        case "refill_up_to_hours":
            return min(rules.refill_below_hours, most), most
    return least, most


def _value(name: str, text: str) -> object:
    match name:
        case "cut_off":
            return _clock(text)
        case "shifts":
            return _shifts(text)
        case "four_eyes":
            return tuple(_word(part, KINDS) for part in parts_of(text))
        case "place_policy":
            return {zone: _word(one, PLACE_POLICIES) for zone, one in pairs_of(text).items()}
        case "idle_minutes":
            return {_word(role, ROLES): _limited(name, n) for role, n in pairs_of(text).items()}
        case "count_days":
            return {_word(one, CLASSES): _limited(name, n) for one, n in pairs_of(text).items()}
        case "pace_targets":
            return {_word(job, JOBS): _target(told) for job, told in pairs_of(text).items()}
        case "default_place_policy":
            return _word(text, PLACE_POLICIES)
    assert name == LANGUAGE, name
    return text


def is_number(text: str, least: int, most: int) -> bool:
    """Say whether a text is a whole number between two, of no more digits than that takes."""
    plain = text.isascii() and text.isdecimal() and len(text) <= len(str(most))
    return plain and least <= int(text) <= most


def _number(text: str, least: int, most: int) -> int:
    if not is_number(text, least, most):
        typed = text[:TYPED_CHARACTERS_MAX].rstrip()
        raise Refused(Code.RULE_NUMBER, typed=typed, least=least, most=most)
    return int(text)


def _limited(name: str, text: str) -> int:
    return _number(text, *LIMITS[name])


def _target(text: str) -> str:
    count, _, unit = text.rpartition(" ")
    return f"{_limited(PACE, count)} {_word(unit, UNITS)}"


def _clock(text: str) -> str:
    found = _CLOCK.fullmatch(text)
    if found is None:
        raise Refused(Code.BAD_CLOCK, number=text[:TYPED_CHARACTERS_MAX].rstrip())
    return f"{int(found['hour']):02}:{found['minute']}"


def shift_name(text: str) -> str:
    """Give the name that a shift is known by; empty if the text cannot be a shift.

    It is shown on screens and in reports, so it is short and of letters that can be seen.
    """
    if len(text) > TYPED_CHARACTERS_MAX or not text.isprintable():
        return ""
    try:
        name, _, _ = parse_shift(text)
    except BadSetting:
        return ""
    return name.casefold()


def _shifts(text: str) -> tuple[str, ...]:
    """Read shifts, which have names of their own: people ask for them by name."""
    found: dict[str, str] = {}
    for part in parts_of(text) or ("",):
        name = shift_name(part)
        if not name or name in found:
            raise Refused(Code.RULE_SHIFT, typed=part[:TYPED_CHARACTERS_MAX].rstrip())
        found[name] = part
    return tuple(found.values())


def _word(text: str, words: Collection[str]) -> str:
    if text not in words:
        raise Refused(Code.NOT_EXPECTED_NOW)
    return text
