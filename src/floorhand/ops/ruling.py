"""Show and change the rules of merchants and of the building, one by one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from sqlalchemy.orm import Session

from floorhand.domain.control import LISTED_MAX
from floorhand.domain.rights import Right
from floorhand.domain.ruling import (
    BOXES,
    BUILDING,
    NAMES,
    NUMBERS,
    SITE_NAMES,
    TEXT_CHARACTERS_MAX,
    ListRules,
    LookAtRule,
    RuleChange,
    RuleRow,
    RuleSeen,
    RuleSet,
    RulesListed,
    SetRule,
    changed,
    site_value_of,
    value_of,
)
from floorhand.domain.site_rules import (
    LANGUAGE,
    OF_LEADS,
    TYPED_CHARACTERS_MAX,
    ZONES,
    site_changed,
)
from floorhand.errors import Code, Refused
from floorhand.ops.colleagues import moment_told
from floorhand.ops.leading import must_lead
from floorhand.store import ruling
from floorhand.store.boxes import box_types
from floorhand.store.ledger import Cause
from floorhand.store.masters import merchant_rules, site_rules, zones
from floorhand.text.catalog import named_languages

Offered = tuple[tuple[str, str], ...]

CHANGES_SHOWN_MAX = 4
"""Changes of a rule that are shown beside it; ``floorhand rules --history`` has all."""


def list_rules(tx: Session, cause: Cause, command: ListRules) -> RulesListed:
    """List the rules of a merchant, or of the building, with their values."""
    must_lead(tx, cause, Right.CONTROL)
    values = _values(tx, cause, command.merchant)
    shown = tuple(values)[command.skip : command.skip + LISTED_MAX]
    rows = tuple(RuleRow(name, values[name]) for name in shown)
    more = len(values) > command.skip + LISTED_MAX
    return RulesListed(command.merchant, rows, command.skip, more)


def _values(tx: Session, cause: Cause, merchant: str) -> dict[str, str]:
    """Give all rules as text, by name."""
    if merchant == BUILDING:
        of_site = site_rules(tx, cause.site)
        return {name: site_value_of(of_site, name) for name in SITE_NAMES}
    rules = merchant_rules(tx, cause.site, merchant)
    return {name: value_of(rules, name) for name in NAMES}


def look_at_rule(tx: Session, cause: Cause, command: LookAtRule) -> RuleSeen:
    """Show a rule, and how it was changed."""
    must_lead(tx, cause, Right.CONTROL)
    mine = (cause.site, command.merchant, command.name)
    found = ruling.changes(tx, *mine, skip=command.skip, limit=CHANGES_SHOWN_MAX + 1)
    told = tuple(
        RuleChange(
            one.name, one.was, one.now, one.by, moment_told(tx, cause.site, one.at, cause.at)
        )
        for one in found[:CHANGES_SHOWN_MAX]
    )
    rule = RuleRow(command.name, _values(tx, cause, command.merchant)[command.name])
    more = len(found) > CHANGES_SHOWN_MAX
    offered = OFFERED[rule.name](tx, cause.site) if rule.name in OFFERED else ()
    order = merchant_rules(tx, cause.site, command.merchant).expiry_order
    return RuleSeen(command.merchant, rule, told, command.skip, more, offered, order)


def _boxes(tx: Session, site: str) -> Offered:
    return tuple((box.code, name) for box, name in box_types(tx, site))


def _zones(tx: Session, site: str) -> Offered:
    return tuple((zone, "") for zone in zones(tx, site))


def _languages(_tx: Session, _site: str) -> Offered:
    return named_languages()


OFFERED: Final[Mapping[str, Callable[[Session, str], Offered]]] = {
    BOXES: _boxes,
    ZONES: _zones,
    LANGUAGE: _languages,
}
"""Rules that are about what there is in a building, each with who names it."""


def set_rule(tx: Session, cause: Cause, command: SetRule) -> RuleSet:
    """Change a rule.

    Raises:
        Refused: `Code.ROLE_MISSING` if it binds leads, and one wants to change it;
            `Code.EXCEPTION_CHANGED` if it is not what it was; `Code.RULE_NUMBER`,
            `Code.RULE_SHIFT`, `Code.BAD_CLOCK` or `Code.RETURN_TEXT_LONG` if it cannot be that.
    """
    must_lead(tx, cause, Right.CONTROL)
    name = command.rule
    if _values(tx, cause, command.merchant)[name] != command.was:
        raise Refused(Code.EXCEPTION_CHANGED, subject=command.merchant or cause.site)
    if command.merchant == BUILDING:
        value = _set_of_site(tx, cause, command)
        cause.note(job="lead")
    else:
        value = _set_of_merchant(tx, cause, command)
        cause.note(job="lead", merchant=command.merchant)
    return RuleSet(command.merchant, RuleRow(name, value))


def _set_of_site(tx: Session, cause: Cause, command: SetRule) -> str:
    if command.rule in OF_LEADS:
        must_lead(tx, cause, Right.LIMITS)
    if command.rule == LANGUAGE and command.now not in dict(named_languages()):
        raise Refused(Code.NOT_EXPECTED_NOW)
    after = site_changed(site_rules(tx, cause.site), command.rule, command.now)
    ruling.set_site_rule(tx, cause.site, command.rule, after)
    return site_value_of(after, command.rule)


def _set_of_merchant(tx: Session, cause: Cause, command: SetRule) -> str:
    rules = merchant_rules(tx, cause.site, command.merchant)
    after = changed(rules, command.rule, command.now)
    if after is None and command.rule in NUMBERS:
        least, most = NUMBERS[command.rule]
        typed = command.now[:TYPED_CHARACTERS_MAX].rstrip()
        raise Refused(Code.RULE_NUMBER, typed=typed, least=least, most=most)
    if after is None:
        raise Refused(Code.RETURN_TEXT_LONG, code=command.now[:20], limit=TEXT_CHARACTERS_MAX)
    ruling.set_rules(tx, cause.site, command.merchant, after)
    return value_of(after, command.rule)


HANDLERS: dict[type, Callable[..., object]] = {
    ListRules: list_rules,
    LookAtRule: look_at_rule,
    SetRule: set_rule,
}
"""Carry out what leads decide about rules."""
