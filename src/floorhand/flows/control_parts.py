"""The part of the control about rules of the building that consist of parts.

Shifts, kinds of exceptions, and what is set per zone, role, class or job: one part is chosen and
changed, and the rule is kept as a whole, so that its history and its file say the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from floorhand.domain.control import LISTED_MAX
from floorhand.domain.count_plan import CLASSES
from floorhand.domain.keymap import Key
from floorhand.domain.pace_targets import UNITS
from floorhand.domain.rights import ROLES
from floorhand.domain.ruling import RuleSeen, SetRule
from floorhand.domain.signing_in import JOBS
from floorhand.domain.site_rules import (
    BETWEEN,
    DAYS,
    FOUR_EYES,
    IDLE,
    LIMITS,
    PACE,
    PLACE_POLICIES,
    POLICY,
    SHIFTS,
    TYPED_CHARACTERS_MAX,
    ZONES,
    pairs_of,
    parts_of,
)
from floorhand.domain.things import Chosen, Pressed, Text
from floorhand.domain.troubles import KINDS
from floorhand.domain.worded import word
from floorhand.errors import Code
from floorhand.flows.control_states import AtPart, AtRule, State
from floorhand.flows.turn import Ask, Choice, Do, Prompt, Refuse, Reply, Wants

BACK = (Key.BACK, "key.back")
NEW = "new"
"""The key of a shift that is not there yet."""

TAKEN_AWAY: Final[Mapping[str, str]] = {
    SHIFTS: "control.key_gone",
    ZONES: "control.key_usual",
    IDLE: "control.key_never",
    PACE: "control.key_no_goal",
}
"""What the key that takes a part away is called; a rule without one has all its parts."""

Facts = dict[str, str]


def step(state: State, event: object) -> Reply | None:
    """Say what an event about a part leads to; None if it is about none."""
    match state, event:
        case AtRule(seen=seen, at=at), Pressed(key=Key.LIST) if at + LISTED_MAX < len(_keys(seen)):
            return Ask(AtRule(seen, at + LISTED_MAX))
        case AtRule(seen=seen, at=at), Pressed(key=Key.BACK) if at:
            return Ask(AtRule(seen, at - LISTED_MAX))
        case AtRule(seen=seen), Chosen(code=kind) if seen.rule.name == FOUR_EYES:
            kinds = parts_of(seen.rule.value)
            left = [one for one in kinds if one != kind]
            return _keep(seen, left if kind in kinds else [*kinds, kind])
        case AtRule(seen=seen, at=at), Chosen(code=key):
            return Ask(AtPart(seen, key, at))
        case AtPart(seen=seen, at=at), Pressed(key=Key.BACK):
            return Ask(AtRule(seen, at))
        case AtPart(seen=seen, key=key), Pressed(key=Key.DONE) if can_go(seen, key):
            return _keep(seen, _written(seen, key, ""))
        case AtPart(seen=seen), Text(value=value) if BETWEEN in value:
            return _several(seen.rule.name, value)
        case AtPart(seen=seen, key=key), Chosen(code=value) | Text(value=value):
            return _keep(seen, _written(seen, key, value.strip()))
    return None


def can_go(seen: RuleSeen, key: str) -> bool:
    """Say whether a part can be taken away; of the shifts one stays."""
    if seen.rule.name == SHIFTS:
        return key != NEW and len(parts_of(seen.rule.value)) > 1
    return seen.rule.name in TAKEN_AWAY and bool(_value(seen.rule.value, seen.rule.name, key))


def _several(name: str, typed: str) -> Refuse:
    """Refuse what would be several parts, of which one is asked for."""
    shown = {"typed": typed[:TYPED_CHARACTERS_MAX].rstrip()}
    if name == SHIFTS:
        return Refuse(Code.RULE_SHIFT, shown)
    least, most = LIMITS[name]
    return Refuse(Code.RULE_NUMBER, {**shown, "least": least, "most": most})


def _keep(seen: RuleSeen, parts: list[str]) -> Reply:
    return Do(SetRule(seen.merchant, seen.rule.name, seen.rule.value, BETWEEN.join(parts)))


def _written(seen: RuleSeen, key: str, value: str) -> list[str]:
    """Write the parts as they are to be from now on; without a value the one of that key goes."""
    name, now = seen.rule.name, seen.rule.value
    if name == SHIFTS:
        shifts = list(parts_of(now))
        at = len(shifts) if key == NEW else int(key)
        return [*shifts[:at], *([value] if value else []), *shifts[at + 1 :]]
    if name == PACE:
        key, _, unit = key.partition(" ")
        value = value and f"{value} {unit}"
    parts = {**pairs_of(now), key: value}
    return [f"{one}={word}" for one, word in parts.items() if word]


def _keys(seen: RuleSeen) -> tuple[str, ...]:
    """Name the parts that a rule can have."""
    if seen.rule.name == SHIFTS:
        return (*map(str, range(len(parts_of(seen.rule.value)))), NEW)
    return _NAMED[seen.rule.name](seen)


def _zones(seen: RuleSeen) -> tuple[str, ...]:
    """Name the zones of the building, and those that have a rule and are no more."""
    return tuple(sorted({zone for zone, _ in seen.offered} | pairs_of(seen.rule.value).keys()))


_NAMED: Final[Mapping[str, Callable[[RuleSeen], tuple[str, ...]]]] = {
    FOUR_EYES: lambda _: tuple(sorted(KINDS)),
    ZONES: _zones,
    IDLE: lambda _: tuple(ROLES),
    DAYS: lambda _: tuple(CLASSES),
    PACE: lambda _: tuple(f"{job} {unit}" for job in JOBS for unit in UNITS),
}


def choices(seen: RuleSeen, at: int) -> tuple[Choice, ...]:
    """List a page of the parts of a rule, each with its value."""
    return tuple(_row(seen, key) for key in _keys(seen)[at : at + LISTED_MAX])


def has_more(seen: RuleSeen, at: int) -> bool:
    """Say whether there are parts behind that page."""
    return at + LISTED_MAX < len(_keys(seen))


def _row(seen: RuleSeen, key: str) -> Choice:
    if key == NEW:
        return Choice(NEW, "rule.shift_new")
    facts = _worded(seen.rule.name, seen.rule.value, key)
    if seen.rule.name == SHIFTS:
        return Choice(key, "rule.part", facts=tuple(facts.items()))
    return Choice(key, "insert.row", facts=tuple(facts.items()))


def _value(rule: str, name: str, key: str) -> str:
    """Give what a rule says of a part; empty if nothing."""
    if name == SHIFTS:
        return parts_of(rule)[int(key)] if key != NEW else ""
    if name == FOUR_EYES:
        return key if key in parts_of(rule) else ""
    if name == PACE:
        job, _, unit = key.partition(" ")
        count, _, counted = pairs_of(rule).get(job, "").partition(" ")
        return count if counted == unit else ""
    return pairs_of(rule).get(key, "")


def _worded(name: str, rule: str, key: str) -> Facts:
    """Give a part of a rule and its value as facts, in words where they are words of ours."""
    value = _value(rule, name, key)
    told = {"value_text": "rule.words", "value": value or "–"}
    if name == ZONES and value:
        told["value_text"] = f"rule.{POLICY}.{value}"
    if name == FOUR_EYES and value:
        told["value_text"] = "rule.box_allowed"
    return {**_called(name, key, value), **told}


def _called(name: str, key: str, value: str) -> Facts:
    """Name a part."""
    match name:
        case "four_eyes":
            return {"part_text": f"trouble.{key}"}
        case "idle_minutes":
            return {"part_text": f"job.{key}" if key in JOBS else f"role.{key}"}
        case "pace_targets":
            job, _, unit = key.partition(" ")
            return {"job_text": f"job.{job}", "part_text": f"rule.pace.{unit}"}
        case "shifts":
            return {"part_text": "rule.part", "part": value}
    return {"part_text": "rule.part", "part": key}


def told(before: RuleSeen, rule: str) -> tuple[str, Facts]:
    """Say which part was changed, and to what, as text and facts."""
    name, was = before.rule.name, before.rule.value
    named = {"rule_text": f"rule.{name}"}
    if name == SHIFTS:
        return "control.site_rule_set", {**named, **in_words(name, rule)}
    differing = _differing(before, was, rule)
    key = next(differing, "")
    if not key:
        return "control.site_rule_set", {**named, **in_words(name, rule)}
    return "control.part_set", {**named, **_worded(name, rule, key)}


def _differing(seen: RuleSeen, was: str, now: str) -> Iterator[str]:
    """Name the parts that are not as they were; those first that say something now."""
    name = seen.rule.name
    changed = [key for key in _keys(seen) if _value(was, name, key) != _value(now, name, key)]
    yield from sorted(changed, key=lambda key: not _value(now, name, key))


def in_words(name: str, rule: str) -> Facts:
    """Give a whole rule as facts: as it is if it is of data, else how many parts it has."""
    parts = parts_of(rule)
    if not parts:
        return {"value_text": "rule.words", "value": "–"}
    if name in (SHIFTS, DAYS):
        return {"value_text": "rule.words", "value": ", ".join(parts).replace("=", " ")}
    return {"value_text": "rule.parts", "value": str(len(parts))}


def without(name: str, rule: str, other: str) -> str:
    """Write a rule in words, and leave out of it what another one has, too."""
    others = parts_of(other)
    return ", ".join(_written_out(name, part) for part in parts_of(rule) if part not in others)


def _written_out(name: str, part: str) -> str:
    """Write a part of a rule in a line, words of ours as such."""
    key, _, value = part.partition("=")
    match name:
        case "four_eyes":
            return word(f"trouble.{part}")
        case "place_policy":
            return f"{key} {word(f'rule.{POLICY}.{value}')}"
        case "idle_minutes":
            return f"{word(_called(name, key, value)['part_text'])} {value}"
        case "pace_targets":
            count, _, unit = value.partition(" ")
            return f"{word(f'job.{key}')} {count} {word(f'board.head.{unit}')}"
    return part.replace("=", " ")


def prompt(state: AtPart) -> Prompt:
    """Say what to show."""
    seen, key = state.seen, state.key
    name = seen.rule.name
    facts = _worded(name, seen.rule.value, key)
    keys = ((Key.DONE, TAKEN_AWAY[name]), BACK) if can_go(seen, key) else (BACK,)
    wants = Wants(kinds=("number", "done"), text=True)
    options: tuple[Choice, ...] = ()
    if name == ZONES:
        options = tuple(Choice(one, f"rule.{POLICY}.{one}") for one in PLACE_POLICIES)
        wants = Wants(kinds=("choice", "done"))
    if name == SHIFTS:
        wants = Wants(kinds=("text", "done"), text=True)
    now = ("fact.rule", facts["value"])
    if facts["value_text"] != "rule.words":
        now = ("fact.rule_text", facts["value_text"])
    return Prompt(
        "control.at_shift" if name == SHIFTS else "control.at_part",
        ask_facts=(("rule_text", f"rule.{name}"), *facts.items()),
        facts=(now, ("fact.means_text", f"rule.means.{name}")),
        keys=keys,
        choices=options,
        wants=wants,
    )
