"""Rules one by one: what each of a merchant may be, and how all are written as text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Final

from floorhand.domain import inserts
from floorhand.domain.inserts import BETWEEN
from floorhand.domain.rules import (
    DISPOSITION_BY_GRADE,
    DISPOSITIONS,
    EXPIRY_ORDERS,
    RETURN_DAYS_MAX,
    SHORT_LIVES,
    SHORT_POLICIES,
    TOLERANCE_PCT_MAX,
    MerchantRules,
    SiteRules,
)

BUILDING: Final = ""
"""Stands for the merchant where a rule is one of the building itself."""

YES_NO = ("yes", "no")
GRADE = "grade_"
"""Begins the names of the rules that say what becomes of each grade: ``grade_1`` and so on."""

GRADES = tuple(f"{GRADE}{grade}" for grade in range(1, len(DISPOSITION_BY_GRADE) + 1))
CHOICES: Mapping[str, tuple[str, ...]] = {
    "short_policy": SHORT_POLICIES,
    "typed_quantity": YES_NO,
    "short_life": SHORT_LIVES,
    "expiry_order": EXPIRY_ORDERS,
    **dict.fromkeys(GRADES, DISPOSITIONS),
}
"""Rules that are one of a few words."""

NUMBERS: Mapping[str, tuple[int, int]] = {
    "over_tolerance_pct": (0, TOLERANCE_PCT_MAX),
    "return_days": (1, RETURN_DAYS_MAX),
}
"""Rules that are a number, with the least and the most."""

BOXES = "boxes"
INSERTS = "inserts"
LISTS = (BOXES, INSERTS)
"""Rules that are any number of entries, written as one text; a dash, or nothing, is none."""

TEXTS = ("pack_instruction", "sender")
"""Rules that are words of the merchant; a dash takes them away."""

NONE = "-"
TEXT_CHARACTERS_MAX = 300
NAMES = (*CHOICES, *NUMBERS, *LISTS, *TEXTS)
"""All rules that can be changed one by one. What platforms are told is set by a file."""


@dataclass(frozen=True, slots=True)
class RuleRow:
    """A rule with its value as text; empty if there is none."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class RuleChange:
    """A rule was changed; ``by`` is a name, ``at`` in local time."""

    name: str
    was: str
    now: str
    by: str
    at: str


@dataclass(frozen=True, slots=True)
class ListRules:
    """Ask for the rules of a merchant, or of the building (`BUILDING`), from the ``skip``-th on."""

    merchant: str
    skip: int = 0


@dataclass(frozen=True, slots=True)
class RulesListed:
    """The answer to `ListRules`."""

    merchant: str
    rows: tuple[RuleRow, ...]
    skip: int
    more: bool


@dataclass(frozen=True, slots=True)
class LookAtRule:
    """Ask what a rule is now, and how it was changed, from the ``skip``-th change on."""

    merchant: str
    name: str
    skip: int = 0


@dataclass(frozen=True, slots=True)
class RuleSeen:
    """The answer to `LookAtRule`, the latest change first.

    ``offered`` is what there is in the building to choose from, each with its name: boxes, zones
    or languages, where the rule is about these. ``day_order`` is how the merchant writes days.
    """

    merchant: str
    rule: RuleRow
    changes: tuple[RuleChange, ...]
    skip: int = 0
    more: bool = False
    offered: tuple[tuple[str, str], ...] = ()
    day_order: str = EXPIRY_ORDERS[0]


@dataclass(frozen=True, slots=True)
class SetRule:
    """Change a rule, if it still is what it was."""

    merchant: str
    rule: str
    was: str
    now: str


@dataclass(frozen=True, slots=True)
class RuleSet:
    """The rule is that now."""

    merchant: str
    rule: RuleRow


def value_of(rules: MerchantRules, name: str) -> str:
    """Write a rule as text."""
    if name in GRADES:
        return rules.dispositions[GRADES.index(name)]
    value: object = getattr(rules, name)
    if isinstance(value, tuple):
        return BETWEEN.join(value)
    return YES_NO[not value] if isinstance(value, bool) else str(value)


def changed(rules: MerchantRules, name: str, text: str) -> MerchantRules | None:
    """Change a rule to what a text says; None if it cannot be that."""
    value: object = text
    if name in CHOICES and text not in CHOICES[name]:
        return None
    if name in GRADES:
        at, each = GRADES.index(name), rules.dispositions
        return replace(rules, dispositions=(*each[:at], text, *each[at + 1 :]))
    if name == "typed_quantity":
        value = text == YES_NO[0]
    elif name in NUMBERS:
        least, most = NUMBERS[name]
        if not (text.isascii() and text.isdecimal() and least <= int(text) <= most):
            return None
        value = int(text)
    elif name in TEXTS:
        if len(text) > TEXT_CHARACTERS_MAX:
            return None
        value = "" if text == NONE else text
    elif name in LISTS:
        value = entries(name, text)
    if value is None:
        return None
    changes: dict[str, object] = {name: value}
    return replace(rules, **changes)  # type: ignore[arg-type]  # each was checked above


def entries(name: str, text: str) -> tuple[str, ...] | None:
    """Read boxes or inserts that are written as one text; None if they cannot be that."""
    parts = tuple(part.strip() for part in text.split(BETWEEN) if part.strip() not in ("", NONE))
    if name == BOXES:
        return tuple(dict.fromkeys(parts))
    found = tuple(map(inserts.of_text, parts))
    each = tuple(insert for insert in found if insert is not None)
    if len(each) < len(found) or len(each) > inserts.INSERTS_MAX or not inserts.are_apart(each):
        return None
    return tuple(insert.written() for insert in each)


def differing(before: MerchantRules, after: MerchantRules) -> tuple[tuple[str, str, str], ...]:
    """List the rules that differ, each as (name, value before, value after)."""
    pairs = ((name, value_of(before, name), value_of(after, name)) for name in NAMES)
    return tuple(pair for pair in pairs if pair[1] != pair[2])


SITE_NAMES = tuple(item.name for item in fields(SiteRules))
"""All rules of a building."""

TIME_ZONE = "time_zone"
"""The clock of a building: told with its rules and their history, changed by a file only."""


def site_value_of(rules: SiteRules, name: str) -> str:
    """Write a rule of the building as its file has it: ``A=30|B=90`` where it is several."""
    value = getattr(rules, name)
    if isinstance(value, dict):
        return "|".join(f"{key}={word}" for key, word in sorted(value.items()))
    return "|".join(value) if isinstance(value, tuple) else str(value)


def site_differing(before: SiteRules, after: SiteRules) -> tuple[tuple[str, str, str], ...]:
    """List the rules of the building that differ, each as (name, value before, value after)."""
    told = ((name, site_value_of(before, name), site_value_of(after, name)) for name in SITE_NAMES)
    return tuple(pair for pair in told if pair[1] != pair[2])
