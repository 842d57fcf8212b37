"""Everything a supervisor must look at, in one list: what was raised, and what is found now."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Select, bindparam, func, select, tuple_, update
from sqlalchemy.orm import Session

from floorhand.domain.cut_offs import BLOCKED, WORKABLE
from floorhand.domain.exceptions import urgency
from floorhand.domain.troubles import DERIVED
from floorhand.store.asking import ask
from floorhand.store.derived import Derived, derived
from floorhand.store.ledger import Cause
from floorhand.store.schema import Order, Trouble, Worker
from floorhand.store.strays import ORDERS_AT_ONCE


@dataclass(frozen=True, slots=True)
class Standing:
    """An open exception. ``owner`` and ``raised_by`` are numbers of workers, or empty.

    ``written`` says that it is a row of its own by now: what was found is none until somebody has
    it or decides about it. ``holder`` is who has the work that it is about, if it was found.
    ``proposal`` is the command that is carried out if it is approved, as JSON; empty: none.
    """

    id: str
    kind: str
    subject: str
    merchant: str
    facts: dict[str, str | int]
    pieces: int
    since: datetime
    due_at: datetime | None = None
    owner: str = ""
    owner_name: str = ""
    raised_by: str = ""
    proposal: str = ""
    written: bool = True
    holder: str = ""

    def is_about(self, thing: str) -> bool:
        """Say whether it is about a thing, by its code, or ``merchant/code``.

        A fact may name several things: ``MUG, CAP``.
        """
        told = [str(value) for value in self.facts.values()]
        known = {self.subject, *told, *(part for value in told for part in value.split(", "))}
        return thing in known or (
            thing.startswith(f"{self.merchant}/") and thing.partition("/")[2] in known
        )


ENDED_MAX: Final = 400
"""So many rows of found exceptions are looked at in one transaction, the oldest first."""

_COLUMNS = (
    Trouble.id,
    Trouble.kind,
    Trouble.subject,
    Trouble.merchant,
    Trouble.facts,
    Trouble.pieces,
    Trouble.created_at,
    Trouble.owner,
    Worker.name,
    Trouble.raised_by,
    Trouble.proposal,
    Trouble.closed_at,
    Trouble.decision,
)
_ALL: Select[*tuple[Any, ...]] = select(*_COLUMNS).outerjoin(
    Worker, (Worker.site == Trouble.site) & (Worker.code == Trouble.owner)
)
_OPEN = _ALL.where(
    Trouble.site == bindparam("site"), Trouble.closed_at.is_(None), Trouble.kind.not_in(DERIVED)
)
_NOTED = _ALL.where(
    Trouble.site == bindparam("site"), Trouble.id.in_(bindparam("ids", expanding=True))
)


_WRITTEN = (
    select(Trouble.id)
    .where(
        Trouble.site == bindparam("site"),
        Trouble.closed_at.is_(None),
        Trouble.kind.in_(DERIVED),
    )
    .order_by(Trouble.created_at, Trouble.id)
    .limit(ENDED_MAX)
)
_BY_KIND = (
    select(
        Trouble.kind,
        func.count().label("count"),
        func.sum(Trouble.pieces).label("pieces"),
        func.min(Trouble.created_at).label("oldest"),
    )
    .where(
        Trouble.site == bindparam("site"),
        Trouble.closed_at.is_(None),
        Trouble.kind.not_in(DERIVED),
    )
    .group_by(Trouble.kind)
)


def open_exceptions(tx: Session, site: str, now: datetime) -> tuple[Standing, ...]:
    """List all that is open, the most urgent first."""
    raised = [_standing(row) for row in ask(tx, _OPEN, site=site)]
    found = [*_with_deadlines(tx, site, raised), *_found(tx, site, now)]
    found.sort(key=lambda one: (urgency(one.pieces, one.since, one.due_at, now), one.id))
    return tuple(found)


def exception(tx: Session, site: str, entry: str, now: datetime) -> Standing | None:
    """Give one that is open; None if it is not, or never was."""
    row = ask(tx, _NOTED, site=site, ids=[entry]).one_or_none()
    if row is not None and row.kind not in DERIVED:
        if row.closed_at is not None:
            return None
        return next(iter(_with_deadlines(tx, site, [_standing(row)])))
    return next((one for one in _found(tx, site, now) if one.id == entry), None)


@dataclass(frozen=True, slots=True)
class OfKind:
    """How many exceptions of a kind are open, what they are worth in pieces, since when."""

    kind: str
    count: int
    pieces: int
    oldest_at: datetime


def by_kind(tx: Session, site: str, now: datetime) -> tuple[OfKind, ...]:
    """Count what is open by kind, the most first; a board asks this each second."""
    found = {
        row.kind: OfKind(row.kind, row.count, int(row.pieces), row.oldest)
        for row in ask(tx, _BY_KIND, site=site)
    }
    for one in _found(tx, site, now):
        was = found.get(one.kind, OfKind(one.kind, 0, 0, one.since))
        pieces, oldest_at = was.pieces + one.pieces, min(was.oldest_at, one.since)
        found[one.kind] = OfKind(one.kind, was.count + 1, pieces, oldest_at)
    return tuple(sorted(found.values(), key=lambda one: (-one.count, one.kind)))


def counts(standing: Iterable[Standing]) -> tuple[tuple[str, int], ...]:
    """Count them by kind, the most first."""
    counted = Counter(one.kind for one in standing)
    return tuple(sorted(counted.items(), key=lambda one: (-one[1], one[0])))


def end_gone(tx: Session, cause: Cause) -> int:
    """Close the rows of found exceptions whose cause is gone, without a decision; say how many.

    Who only reads the list writes nothing: those who decide about it, or hand the building over,
    do so with their own transaction. A cause that comes back is found anew, and is nobody's.
    """
    written = set(ask(tx, _WRITTEN, site=cause.site).scalars())
    if written:
        written -= {one.id for one in derived(tx, cause.site, cause.at)}
    if gone := sorted(written):
        these = (Trouble.site == cause.site, Trouble.id.in_(gone), Trouble.closed_at.is_(None))
        tx.execute(update(Trouble).where(*these).values(closed_at=cause.at))
    return len(gone)


def _standing(row: Any) -> Standing:
    return Standing(
        id=row.id,
        kind=row.kind,
        subject=row.subject,
        merchant=row.merchant,
        facts=json.loads(row.facts),
        pieces=row.pieces,
        since=row.created_at,
        owner=row.owner,
        owner_name=row.name or row.owner,
        raised_by=row.raised_by,
        proposal=row.proposal,
    )


def _found(tx: Session, site: str, now: datetime) -> list[Standing]:
    """List what is found, with its owner if it has one, without what somebody has settled."""
    found = derived(tx, site, now)
    noted = (
        {row.id: row for row in ask(tx, _NOTED, site=site, ids=[one.id for one in found])}
        if found
        else {}
    )
    return [
        _as_standing(one, row)
        for one in found
        if (row := noted.get(one.id)) is None or row.closed_at is None or not row.decision
    ]


def _as_standing(one: Derived, row: Any) -> Standing:
    fresh = Standing(
        id=one.id,
        kind=one.kind,
        subject=one.subject,
        merchant=one.merchant,
        facts=one.facts,
        pieces=one.pieces,
        since=one.since,
        due_at=one.due_at,
        written=False,
        holder=one.holder,
    )
    if row is None:
        return fresh
    if row.closed_at is not None:  # its cause was gone since then, and is back
        return replace(fresh, since=max(one.since, row.closed_at))
    return replace(fresh, owner=row.owner, owner_name=row.name or row.owner, written=True)


def _with_deadlines(tx: Session, site: str, standing: list[Standing]) -> list[Standing]:
    """Add when the orders must leave that these are about, if they are open."""
    due = _deadlines(tx, site, {name for one in standing if (name := _order_of(one))})
    return [replace(one, due_at=due.get(_order_of(one))) for one in standing]


def _order_of(one: Standing) -> tuple[str, str]:
    """Name the order that an exception is about; empty: none."""
    merchant, slash, number = one.subject.partition("/")
    if slash and merchant == one.merchant:
        return merchant, number
    if one.merchant and (order := str(one.facts.get("order", ""))):
        return one.merchant, order.removeprefix(f"{one.merchant}/")
    return ("", "")


def _deadlines(
    tx: Session, site: str, names: Collection[tuple[str, str]]
) -> dict[tuple[str, str], datetime]:
    known = sorted(name for name in names if name[1])
    due: dict[tuple[str, str], datetime] = {}
    for first in range(0, len(known), ORDERS_AT_ONCE):
        asked = select(Order.merchant, Order.number, Order.due_at).where(
            Order.site == site,
            tuple_(Order.merchant, Order.number).in_(known[first : first + ORDERS_AT_ONCE]),
            Order.state.in_((*WORKABLE, *BLOCKED)),
        )
        due |= {(row.merchant, row.number): row.due_at for row in tx.execute(asked)}
    return due
