"""The history of rules, of merchants and of the building: their changes are operations."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session, aliased

from floorhand.domain.json_text import as_json
from floorhand.domain.rules import MerchantRules, SiteRules
from floorhand.domain.ruling import BUILDING, SITE_NAMES, TIME_ZONE, site_value_of
from floorhand.domain.site_rules import SHIFTS, parts_of
from floorhand.domain.tracing import BUILDINGS, thing, things_of
from floorhand.store import traces
from floorhand.store.ledger import OFFICE, Cause
from floorhand.store.masters import site_rules, site_zone
from floorhand.store.schema import Merchant, Operation, SiteRow, Trace, Worker
from floorhand.store.standing import standing

KIND = "SetRule"
"""The kind of the operation that changes a rule."""


@dataclass(frozen=True, slots=True)
class Change:
    """A rule was changed; ``by`` is a worker's name, or the office."""

    name: str
    was: str
    now: str
    by: str
    at: datetime


def changes(
    tx: Session,
    site: str,
    merchant: str,
    name: str = "",
    *,
    skip: int = 0,
    limit: int | None = None,
) -> tuple[Change, ...]:
    """List the changes of a merchant's rules, or of one of them, the latest first.

    Only those are read, by the index of what operations were about; what was taken back is left
    out.

    Args:
        tx: An open transaction.
        site: The building.
        merchant: Whose rules; `floorhand.domain.ruling.BUILDING` for its own.
        name: Of which rule; empty: of all.
        skip: Leave out so many of the latest.
        limit: List so many at most; None: all.
    """
    about = thing("rule", merchant or BUILDINGS, *([name] if name else []))
    rows = tx.execute(
        select(Operation.command, Operation.worker, Operation.at, Worker.name)
        .select_from(Trace)
        .join(Operation, (Operation.site == Trace.site) & (Operation.id == Trace.operation))
        .outerjoin(Worker, (Worker.site == Operation.site) & (Worker.code == Operation.worker))
        .where(Trace.site == site, Trace.thing == about)
        .where(Operation.kind == KIND, standing())
        .order_by(Trace.at.desc(), Trace.operation.desc())
        .offset(skip)
        .limit(limit)
    )
    return tuple(
        _change(json.loads(command), who or worker, at) for command, worker, at, who in rows
    )


def site_values(tx: Session, site: str) -> dict[str, str]:
    """Give all rules of the building, as text by name, and its clock."""
    rules = site_rules(tx, site)
    told = {name: site_value_of(rules, name) for name in SITE_NAMES}
    return told | {TIME_ZONE: site_zone(tx, site).key}


def value_at(tx: Session, site: str, merchant: str, name: str, at: datetime) -> str | None:
    """Give what a rule said just before a moment; None if nothing has changed it since.

    The first that changed it since knows: a change says what was before it, and whoever took a
    change back left the value of that change behind.

    Args:
        tx: An open transaction.
        site: The building.
        merchant: Whose rule; `floorhand.domain.ruling.BUILDING` for its own.
        name: Which rule.
        at: The moment, in UTC.
    """
    taken_back = aliased(Operation)
    row = tx.execute(
        select(Operation.command, taken_back.command.label("undone"))
        .select_from(Trace)
        .join(Operation, (Operation.site == Trace.site) & (Operation.id == Trace.operation))
        .outerjoin(
            taken_back,
            (taken_back.site == Operation.site) & (taken_back.id == Operation.undoes),
        )
        .where(Trace.site == site, Trace.thing == thing("rule", merchant or BUILDINGS, name))
        .where(Trace.at >= at, (Operation.kind == KIND) | (taken_back.kind == KIND))
        .order_by(Trace.at, Trace.operation)
        .limit(1)
    ).first()
    if row is None:
        return None
    said = json.loads(row.undone or row.command)["now" if row.undone else "was"]
    return str(said)


def shifts_at(tx: Session, site: str, at: datetime) -> tuple[str, ...]:
    """Give the shifts of a building as they were just before a moment, or are if that is now.

    So a shift that is over can be asked for by its name, and is as long as it was.
    """
    then = value_at(tx, site, BUILDING, SHIFTS, at)
    return site_rules(tx, site).shifts if then is None else tuple(parts_of(then))


def _change(told: dict[str, str], by: str, at: datetime) -> Change:
    return Change(told["rule"], told["was"], told["now"], by or OFFICE, at)


def set_rules(tx: Session, site: str, merchant: str, rules: MerchantRules) -> None:
    """Write a merchant's rules."""
    mine = (Merchant.site == site, Merchant.code == merchant)
    tx.execute(update(Merchant).where(*mine).values(rules=rules.to_json()))


def set_site_rule(tx: Session, site: str, name: str, rules: SiteRules) -> None:
    """Write one rule of the building; what nobody ever said keeps following the default."""
    here = SiteRow.site == site
    stored = tx.scalar(select(SiteRow.rules).where(here).with_for_update(key_share=True))
    told = json.loads(stored or "{}") | {name: getattr(rules, name)}
    text = json.dumps(told, ensure_ascii=False)
    tx.execute(update(SiteRow).where(here).values(rules=text))


def record(
    tx: Session, site: str, merchant: str, changed: tuple[tuple[str, str, str], ...], at: datetime
) -> None:
    """Record what the office changed, each rule as (name, before, after)."""
    facts = {"job": "lead", "merchant": merchant} if merchant else {"job": "lead"}
    for name, was, now in changed:
        command = {"merchant": merchant, "rule": name, "was": was, "now": now}
        cause = Cause(site, f"{OFFICE}:{uuid4().hex}", "", OFFICE, "", at)
        cause.things.update(things_of(command, "lead"))
        traces.keep(tx, cause)
        tx.execute(
            insert(Operation).values(
                site=site,
                id=cause.operation,
                kind=KIND,
                command=as_json(command),
                facts=as_json(facts),
                worker="",
                seat=OFFICE,
                at=at,
            )
        )
