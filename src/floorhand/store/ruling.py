"""The history of rules, of merchants and of the building: their changes are operations."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from floorhand.domain.json_text import as_json
from floorhand.domain.rules import MerchantRules
from floorhand.store.ledger import OFFICE
from floorhand.store.schema import Merchant, Operation, Worker
from floorhand.store.standing import standing

KIND = "SetRule"
"""The kind of the operation that changes a rule."""

BUILDING = ""
"""Stands for the merchant where a rule is one of the building itself."""


@dataclass(frozen=True, slots=True)
class Change:
    """A rule was changed; ``by`` is a worker's name, or the office."""

    name: str
    was: str
    now: str
    by: str
    at: datetime


def changes(
    tx: Session, site: str, merchant: str, name: str = "", since: datetime | None = None
) -> tuple[Change, ...]:
    """List the changes of a merchant's rules, or of one of them, the latest first.

    Args:
        tx: An open transaction.
        site: The building.
        merchant: Whose rules; `BUILDING` for its own.
        name: Of which rule; empty: of all.
        since: Leave out what was changed before; None: nothing.
    """
    lately = () if since is None else (Operation.at >= since,)
    rows = tx.execute(
        select(Operation.command, Operation.worker, Operation.at, Worker.name)
        .outerjoin(Worker, (Worker.site == Operation.site) & (Worker.code == Operation.worker))
        .where(Operation.site == site, Operation.kind == KIND, standing(), *lately)
        .order_by(Operation.at.desc(), Operation.id.desc())
    )
    found = []
    for row in rows:
        told = json.loads(row.command)
        if told["merchant"] == merchant and name in ("", told["name"]):
            by = row.name or row.worker or OFFICE
            found.append(Change(told["name"], told["was"], told["now"], by, row.at))
    return tuple(found)


def set_rules(tx: Session, site: str, merchant: str, rules: MerchantRules) -> None:
    """Write a merchant's rules."""
    mine = (Merchant.site == site, Merchant.code == merchant)
    tx.execute(update(Merchant).where(*mine).values(rules=rules.to_json()))


def record(
    tx: Session, site: str, merchant: str, changed: tuple[tuple[str, str, str], ...], at: datetime
) -> None:
    """Record what the office changed, each rule as (name, before, after)."""
    facts = {"job": "lead", "merchant": merchant} if merchant else {"job": "lead"}
    for name, was, now in changed:
        command = {"merchant": merchant, "name": name, "was": was, "now": now}
        tx.execute(
            insert(Operation).values(
                site=site,
                id=f"{OFFICE}:{uuid4().hex}",
                kind=KIND,
                command=as_json(command),
                facts=as_json(facts),
                worker="",
                seat=OFFICE,
                at=at,
            )
        )
