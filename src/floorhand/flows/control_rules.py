"""The part of the control that shows and changes the rules of a merchant."""

from __future__ import annotations

from floorhand.domain.control import LookInto
from floorhand.domain.holds import MERCHANT, Subject
from floorhand.domain.keymap import Key
from floorhand.domain.rules import EXPIRY_ORDERS
from floorhand.domain.ruling import (
    CHOICES,
    GRADES,
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
from floorhand.flows.control_states import AtRule, Rules, State
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
        case AtRule(seen=seen), RuleSet(merchant=merchant, rule=rule):
            facts = {"merchant": merchant, "rule_text": f"rule.{rule.name}", **_worded(rule)}
            return Ask(AtRule(RuleSeen(merchant, rule, seen.changes)), "control.rule_set", facts)
        case Rules(listed=RulesListed(merchant, rows, skip, True)), Pressed(key=Key.LIST):
            return Do(ListRules(merchant, skip + len(rows)))
        case Rules(listed=listed), Chosen(code=name):
            return Do(LookAtRule(listed.merchant, name))
        case Rules(listed=listed), Pressed(key=Key.BACK):
            return Do(LookInto(Subject(MERCHANT, listed.merchant)))
        case AtRule(seen=seen), Pressed(key=Key.BACK):
            return Do(ListRules(seen.merchant))
        case AtRule(seen=seen), Chosen(code=value) | Text(value=value):
            return _set(seen, value)
        case AtRule(seen=seen), Number(value=number):
            return _set(seen, str(number))
    return None


def _set(seen: RuleSeen, value: str) -> Reply:
    return Do(SetRule(seen.merchant, seen.rule.name, seen.rule.value, value))


def prompt(state: Rules | AtRule) -> Prompt:
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


def _row(row: RuleRow) -> Choice:
    facts = (("rule_text", f"rule.{row.name}"), *_worded(row).items())
    return Choice(row.name, "control.row_rule", facts=facts)


def _at(seen: RuleSeen) -> Prompt:
    name = seen.rule.name
    means = "rule.means.grade" if name in GRADES else f"rule.means.{name}"
    worded = _worded(seen.rule)
    value = ("fact.rule_text", worded["value_text"])
    if worded["value_text"] == "rule.words":
        value = ("fact.rule", seen.rule.value or "–")
    choices = tuple(
        Choice(one, _value_text(name, one), "" if _value_text(name, one) else one)
        for one in CHOICES.get(name, ())
    )
    if choices:
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
                ("fact.changed", f"{one.at} {one.by}: {one.was or '–'} → {one.now or '–'}")
                for one in seen.changes
            ),
        ),
        keys=(BACK,),
        choices=choices,
        wants=wants,
    )


def _worded(rule: RuleRow) -> dict[str, str]:
    """Give a rule's value as facts: in words of the language where it is a word of ours."""
    value = _value_text(rule.name, rule.value) if rule.name in CHOICES else ""
    return {"value_text": value or "rule.words", "value": rule.value or "–"}


def _value_text(name: str, value: str) -> str:
    """Name the text of a value; empty where it stands for itself."""
    if value in EXPIRY_ORDERS:
        return ""
    return f"disposition.{value}" if name in GRADES else f"rule.{name}.{value}"
