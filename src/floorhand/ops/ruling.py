"""Show and change the rules of merchants, one by one."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy.orm import Session

from floorhand.domain.control import LISTED_MAX
from floorhand.domain.rights import Right
from floorhand.domain.ruling import (
    BOXES,
    NAMES,
    NUMBERS,
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
    value_of,
)
from floorhand.errors import Code, Refused
from floorhand.ops.colleagues import moment_told
from floorhand.ops.leading import must_lead
from floorhand.store import ruling
from floorhand.store.boxes import box_types
from floorhand.store.ledger import Cause
from floorhand.store.masters import merchant_rules

CHANGES_SHOWN_MAX = 4
"""Changes of a rule that are shown beside it; ``floorhand rules --history`` has all."""


def list_rules(tx: Session, cause: Cause, command: ListRules) -> RulesListed:
    """List the rules of a merchant with their values."""
    must_lead(tx, cause, Right.CONTROL)
    rules = merchant_rules(tx, cause.site, command.merchant)
    shown = NAMES[command.skip : command.skip + LISTED_MAX]
    rows = tuple(RuleRow(name, value_of(rules, name)) for name in shown)
    more = len(NAMES) > command.skip + LISTED_MAX
    return RulesListed(command.merchant, rows, command.skip, more)


def look_at_rule(tx: Session, cause: Cause, command: LookAtRule) -> RuleSeen:
    """Show a rule, and how it was changed."""
    must_lead(tx, cause, Right.CONTROL)
    rules = merchant_rules(tx, cause.site, command.merchant)
    mine = (cause.site, command.merchant, command.name)
    found = ruling.changes(tx, *mine, skip=command.skip, limit=CHANGES_SHOWN_MAX + 1)
    told = tuple(
        RuleChange(
            one.name, one.was, one.now, one.by, moment_told(tx, cause.site, one.at, cause.at)
        )
        for one in found[:CHANGES_SHOWN_MAX]
    )
    rule = RuleRow(command.name, value_of(rules, command.name))
    more = len(found) > CHANGES_SHOWN_MAX
    boxes = _boxes(tx, cause) if command.name == BOXES else ()
    order = rules.expiry_order
    return RuleSeen(command.merchant, rule, told, command.skip, more, boxes, order)


def _boxes(tx: Session, cause: Cause) -> tuple[tuple[str, str], ...]:
    return tuple((box.code, name) for box, name in box_types(tx, cause.site))


def set_rule(tx: Session, cause: Cause, command: SetRule) -> RuleSet:
    """Change a rule.

    Raises:
        Refused: `Code.EXCEPTION_CHANGED` if it is not what it was; `Code.BAD_QUANTITY` or
            `Code.RETURN_TEXT_LONG` if it cannot be that.
    """
    must_lead(tx, cause, Right.CONTROL)
    rules = merchant_rules(tx, cause.site, command.merchant)
    if value_of(rules, command.rule) != command.was:
        raise Refused(Code.EXCEPTION_CHANGED, subject=command.merchant)
    after = changed(rules, command.rule, command.now)
    if after is None and command.rule in NUMBERS:
        limit = NUMBERS[command.rule][1]
        raise Refused(Code.BAD_QUANTITY, number=command.now, limit=limit)
    if after is None:
        raise Refused(Code.RETURN_TEXT_LONG, code=command.now[:20], limit=TEXT_CHARACTERS_MAX)
    ruling.set_rules(tx, cause.site, command.merchant, after)
    cause.note(job="lead", merchant=command.merchant)
    return RuleSet(command.merchant, RuleRow(command.rule, value_of(after, command.rule)))


HANDLERS: dict[type, Callable[..., object]] = {
    ListRules: list_rules,
    LookAtRule: look_at_rule,
    SetRule: set_rule,
}
"""Carry out what leads decide about rules."""
