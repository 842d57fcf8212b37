"""The part of the control that shows and changes the rules of a merchant."""

from __future__ import annotations

from dataclasses import replace

from floorhand.domain.control import LookInto
from floorhand.domain.holds import MERCHANT, Subject
from floorhand.domain.keymap import Key
from floorhand.domain.rules import EXPIRY_ORDERS
from floorhand.domain.ruling import (
    BOXES,
    CHOICES,
    GRADES,
    LISTS,
    NUMBERS,
    ListRules,
    LookAtRule,
    RuleRow,
    RuleSeen,
    RuleSet,
    RulesListed,
    SetRule,
)
from floorhand.domain.things import Chosen, Number, Pressed, Text
from floorhand.flows import control_lists
from floorhand.flows.control_states import AtInsert, AtRule, Rules, RuleState, State, TellInsert
from floorhand.flows.turn import Ask, Choice, Do, Prompt, Reply, Wants

BACK = (Key.BACK, "key.back")
MORE = (Key.LIST, "key.more")


def step(state: State, event: object) -> Reply | None:
    """Say what an event about rules leads to; None if it is about none."""
    match state, event:
        case _, RulesListed():
            return Ask(Rules(event))
        case _, RuleSeen():
            return Ask(AtRule(event))
        case AtRule(seen=seen) | AtInsert(seen=seen), RuleSet(merchant=merchant, rule=rule):
            facts = {"merchant": merchant, "rule_text": f"rule.{rule.name}", **_worded(rule)}
            return Ask(AtRule(replace(seen, rule=rule)), "control.rule_set", facts)
        case Rules(listed=RulesListed(merchant, rows, skip, True)), Pressed(key=Key.LIST):
            return Do(ListRules(merchant, skip + len(rows)))
        case Rules(listed=listed), Chosen(code=name):
            return Do(LookAtRule(listed.merchant, name))
        case Rules(listed=listed), Pressed(key=Key.BACK):
            return Do(LookInto(Subject(MERCHANT, listed.merchant)))
        case AtRule(seen=seen), Pressed(key=Key.LIST) if seen.more:
            return Do(LookAtRule(seen.merchant, seen.rule.name, seen.skip + len(seen.changes)))
        case AtRule(seen=seen), Pressed(key=Key.BACK) if seen.skip:
            return Do(LookAtRule(seen.merchant, seen.rule.name))
        case AtRule(seen=seen), Pressed(key=Key.BACK):
            return Do(ListRules(seen.merchant))
        case AtRule(seen=seen), _ if seen.rule.name in LISTS:
            return control_lists.step(state, event)
        case AtInsert() | TellInsert(), _:
            return control_lists.step(state, event)
        case AtRule(seen=seen), Chosen(code=value) | Text(value=value):
            return _set(seen, value)
        case AtRule(seen=seen), Number(value=number):
            return _set(seen, str(number))
    return None


def _set(seen: RuleSeen, value: str) -> Reply:
    return Do(SetRule(seen.merchant, seen.rule.name, seen.rule.value, value))


def prompt(state: RuleState) -> Prompt:
    """Say what to show."""
    match state:
        case Rules(listed=listed):
            rows = tuple(_row(row) for row in listed.rows)
            keys = (BACK, MORE) if listed.more else (BACK,)
            facts = (("merchant", listed.merchant),)
            return Prompt(
                "control.rules",
                ask_facts=facts,
                keys=keys,
                choices=rows,
                wants=Wants(kinds=("choice",)),
            )
        case AtRule(seen=seen):
            return _at(seen)
        case AtInsert() | TellInsert():
            return control_lists.prompt(state)


def _row(row: RuleRow) -> Choice:
    facts = (("rule_text", f"rule.{row.name}"), *_worded(row).items())
    return Choice(row.name, "control.row_rule", facts=facts)


def _at(seen: RuleSeen) -> Prompt:
    name = seen.rule.name
    means = "rule.means.grade" if name in GRADES else f"rule.means.{name}"
    worded = _worded(seen.rule)
    value = ("fact.rule_text", worded["value_text"])
    if worded["value_text"] == "rule.words":
        value = ("fact.rule", worded["value"])
    choices = tuple(
        Choice(one, _value_text(name, one), "" if _value_text(name, one) else one)
        for one in CHOICES.get(name, ())
    )
    if name in LISTS:
        choices = control_lists.choices(seen)
        wants = Wants(kinds=("choice", "box") if name == BOXES else ("choice",))
    elif choices:
        wants = Wants(kinds=("choice",))
    elif name in NUMBERS:
        wants = Wants(kinds=("number",), number=True)
    else:
        wants = Wants(kinds=("text", "piece"), text=True)
    return Prompt(
        "control.at_rule",
        ask_facts=(("merchant", seen.merchant), ("rule_text", f"rule.{name}")),
        facts=(
            value,
            ("fact.means_text", means),
            *(
                (
                    "fact.changed",
                    f"{one.at} {one.by}: {_plainly(name, one.was)} → {_plainly(name, one.now)}",
                )
                for one in seen.changes
            ),
        ),
        keys=(BACK, MORE) if seen.more else (BACK,),
        choices=choices,
        wants=wants,
    )


def _worded(rule: RuleRow) -> dict[str, str]:
    """Give a rule's value as facts: in words of the language where it is a word of ours."""
    value = _value_text(rule.name, rule.value) if rule.name in CHOICES else ""
    if rule.name == BOXES and not rule.value:
        value = "rule.boxes.all"
    return {"value_text": value or "rule.words", "value": _plainly(rule.name, rule.value)}


def _plainly(name: str, value: str) -> str:
    return (control_lists.in_words(name, value) if name in LISTS else value) or "–"


def _value_text(name: str, value: str) -> str:
    """Name the text of a value; empty where it stands for itself."""
    if value in EXPIRY_ORDERS:
        return ""
    return f"disposition.{value}" if name in GRADES else f"rule.{name}.{value}"
