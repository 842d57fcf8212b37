"""The part of the control that shows and changes the rules of a merchant, or of the building."""

from __future__ import annotations

from dataclasses import replace

from floorhand.domain import site_rules
from floorhand.domain.control import LISTED_MAX, LookInto
from floorhand.domain.holds import MERCHANT, Subject
from floorhand.domain.keymap import Key
from floorhand.domain.rules import EXPIRY_ORDERS
from floorhand.domain.ruling import (
    BOXES,
    BUILDING,
    CHOICES,
    GRADES,
    LISTS,
    NAMES,
    NUMBERS,
    SITE_NAMES,
    ListRules,
    LookAtRule,
    RuleChange,
    RuleRow,
    RuleSeen,
    RuleSet,
    RulesListed,
    SetRule,
)
from floorhand.domain.site_rules import LANGUAGE, PARTED, PLACE_POLICIES, POLICY
from floorhand.domain.things import Chosen, Pressed, Text
from floorhand.domain.worded import LANGUAGE_OF, word
from floorhand.flows import control_lists, control_parts
from floorhand.flows.columns import columns
from floorhand.flows.control_states import (
    START,
    AtInsert,
    AtPart,
    AtRule,
    Desk,
    Rules,
    RuleState,
    State,
    TellInsert,
)
from floorhand.flows.tabled import TABLE, Tabled
from floorhand.flows.turn import Ask, Choice, Do, Prompt, Reply, Wants

_WORDS = {**CHOICES, POLICY: PLACE_POLICIES}
"""Rules that are one of a few words, of merchants and of the building."""

BACK = (Key.BACK, "key.back")
MORE = (Key.LIST, "key.more")


def step(state: State, event: object) -> Reply | None:
    """Say what an event about rules leads to; None if it is about none."""
    match state, event:
        case Desk(), Chosen(code="rules"):
            return Do(ListRules(BUILDING))
        case _, RulesListed():
            return Ask(Rules(event))
        case _, RuleSeen():
            return Ask(AtRule(event))
        case AtRule(seen=seen, at=at) | AtPart(seen=seen, at=at), RuleSet(merchant="", rule=rule):
            return Ask(AtRule(replace(seen, rule=rule), at), *_set_of_site(seen, rule))
        case AtRule(seen=seen) | AtInsert(seen=seen), RuleSet(merchant=merchant, rule=rule):
            facts = {"merchant": merchant, "rule_text": f"rule.{rule.name}", **worded(rule)}
            return Ask(AtRule(replace(seen, rule=rule)), "control.rule_set", facts)
        case AtRule(seen=seen) | AtPart(seen=seen), _ if seen.rule.name in PARTED and (
            reply := control_parts.step(state, event)
        ):
            return reply
        case Rules(listed=RulesListed(merchant, rows, skip, True)), Pressed(key=Key.LIST):
            return Do(ListRules(merchant, skip + len(rows)))
        case Rules(listed=RulesListed(merchant)), Pressed(key=Key.PRINT):
            return Ask(Tabled("rules" if merchant else "site_rules", merchant, ListRules(merchant)))
        case Rules(listed=listed), Chosen(code=name):
            return Do(LookAtRule(listed.merchant, name))
        case Rules(listed=RulesListed(merchant="")), Pressed(key=Key.BACK):
            return Ask(START)
        case Rules(listed=listed), Pressed(key=Key.BACK):
            return Do(LookInto(Subject(MERCHANT, listed.merchant)))
        case AtRule(seen=seen), Pressed(key=Key.LIST) if seen.more:
            return Do(LookAtRule(seen.merchant, seen.rule.name, seen.skip + len(seen.changes)))
        case AtRule(seen=seen), Pressed(key=Key.BACK) if seen.skip:
            return Do(LookAtRule(seen.merchant, seen.rule.name))
        case AtRule(seen=seen), Pressed(key=Key.BACK):
            return Do(ListRules(seen.merchant, _page_of(seen)))
        case AtRule(seen=seen), _ if seen.rule.name in LISTS:
            return control_lists.step(state, event)
        case AtInsert() | TellInsert(), _:
            return control_lists.step(state, event)
        case AtRule(seen=seen), Chosen(code=value) | Text(value=value):
            return _set(seen, value)
    return None


def _page_of(seen: RuleSeen) -> int:
    """Say how many rules stand before the page of the list that a rule is on."""
    names = NAMES if seen.merchant else SITE_NAMES
    return names.index(seen.rule.name) // LISTED_MAX * LISTED_MAX


def _set_of_site(seen: RuleSeen, rule: RuleRow) -> tuple[str, dict[str, str]]:
    """Say what a rule of the building is from now on."""
    if rule.name in PARTED:
        return control_parts.told(seen, rule.value)
    return "control.site_rule_set", {"rule_text": f"rule.{rule.name}", **worded(rule)}


def _set(seen: RuleSeen, value: str) -> Reply:
    return Do(SetRule(seen.merchant, seen.rule.name, seen.rule.value, value))


def prompt(state: RuleState) -> Prompt:
    """Say what to show."""
    match state:
        case Rules(listed=listed):
            rows = tuple(_row(row) for row in listed.rows)
            keys = (BACK, *((MORE,) if listed.more else ()), TABLE)
            facts = (("merchant", listed.merchant),)
            return Prompt(
                "control.rules" if listed.merchant else "control.site_rules",
                ask_facts=facts,
                keys=keys,
                choices=rows,
                columns=columns("rules", ""),
                wants=Wants(kinds=("choice",)),
            )
        case AtRule(seen=seen, at=at):
            return _at(seen, at)
        case AtPart():
            return control_parts.prompt(state)
        case AtInsert() | TellInsert():
            return control_lists.prompt(state)


def _row(row: RuleRow) -> Choice:
    facts = (("rule_text", f"rule.{row.name}"), *worded(row).items())
    return Choice(row.name, "control.row_rule", facts=facts)


def _at(seen: RuleSeen, at: int) -> Prompt:
    name = seen.rule.name
    means = "rule.means.grade" if name in GRADES else f"rule.means.{name}"
    told = worded(seen.rule)
    value: tuple[tuple[str, str], ...] = (("fact.rule_text", told["value_text"]),)
    if told["value_text"] == "rule.words":
        value = (("fact.rule", told["value"]),)
    if name in PARTED:  # each part is shown by itself
        value = ()
    choices, wants = _answers(seen, at)
    more = seen.more or (name in PARTED and control_parts.has_more(seen, at))
    return Prompt(
        "control.at_rule",
        ask_facts=(("merchant", seen.merchant), ("rule_text", f"rule.{name}")),
        facts=(
            *value,
            ("fact.means_text", means),
            *(("fact.changed", f"{one.at} {one.by}: {_change(one)}") for one in seen.changes),
        ),
        keys=(BACK, MORE) if more else (BACK,),
        choices=choices,
        wants=wants,
    )


def _change(one: RuleChange) -> str:
    """Say from what to what a rule was changed: of several parts, those that differ."""
    return changed_in_words(one.name, one.was, one.now)


def changed_in_words(name: str, was: str, now: str) -> str:
    """Write from what to what a rule was changed; words of ours are marked as such."""
    return f"{in_words(name, was, now)} → {in_words(name, now, was)}"


def in_words(name: str, value: str, other: str = "") -> str:
    """Write a rule in a line, words of ours marked; of several parts only what ``other`` lacks."""
    if name in PARTED:
        return control_parts.without(name, value, other) or "–"
    if name in _WORDS and (text := _value_text(name, value)):
        return word(text)
    return _plainly(name, value)


def _answers(seen: RuleSeen, at: int) -> tuple[tuple[Choice, ...], Wants]:
    """Give what a rule can be: entries of a list, or what is typed."""
    name, choice = seen.rule.name, Wants(kinds=("choice",))
    if name in PARTED:
        return control_parts.choices(seen, at), choice
    if name in LISTS:
        kinds = ("choice", "box") if name == BOXES else ("choice",)
        return control_lists.choices(seen), Wants(kinds=kinds)
    if name == LANGUAGE:
        return tuple(Choice(code, "", own) for code, own in seen.offered), choice
    if name in _WORDS:
        words = ((one, _value_text(name, one)) for one in _WORDS[name])
        return tuple(Choice(one, text, "" if text else one) for one, text in words), choice
    if name in NUMBERS or name in site_rules.NUMBERS:
        return (), Wants(kinds=("number",), text=True)
    return (), Wants(kinds=("text", "piece"), text=True)


def worded(rule: RuleRow) -> dict[str, str]:
    """Give a rule's value as facts: in words of the language where it is a word of ours."""
    if rule.name in PARTED:
        return control_parts.in_words(rule.name, rule.value)
    value = _value_text(rule.name, rule.value) if rule.name in _WORDS else ""
    if rule.name == BOXES and not rule.value:
        value = "rule.boxes.all"
    return {"value_text": value or "rule.words", "value": _plainly(rule.name, rule.value)}


def _plainly(name: str, value: str) -> str:
    if name == LANGUAGE and value:
        return word(f"{LANGUAGE_OF}{value}")
    return (control_lists.in_words(name, value) if name in LISTS else value) or "–"


def _value_text(name: str, value: str) -> str:
    """Name the text of a value; empty where it stands for itself."""
    if value in EXPIRY_ORDERS:
        return ""
    return f"disposition.{value}" if name in GRADES else f"rule.{name}.{value}"
