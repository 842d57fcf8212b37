"""Questions about what is held: few rows stand at a time, and an index has just these."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, cast

from sqlalchemy import (
    ColumnElement,
    Integer,
    ScalarSelect,
    TableClause,
    and_,
    bindparam,
    case,
    exists,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Session

from floorhand.domain.holds import BIN, GOODS, LOT, MERCHANT, ORDER, RECALL, SKU, Subject
from floorhand.domain.sorting import WAYS, turned, way_of
from floorhand.domain.things import AVAILABLE, HOLD, Goods
from floorhand.store.asking import Answer, ask
from floorhand.store.ledger import Cause
from floorhand.store.ordering import Keys, in_order
from floorhand.store.schema import Hold, Task, Worker

ON_HOLD: Final = "hold"
"""The state of orders that wait for a word."""

_HOLD = cast(TableClause, Hold.__table__)
_STANDS = (Hold.site == bindparam("site"), Hold.released_at.is_(None))
_WHO = select(
    Hold.id,
    Hold.kind,
    Hold.merchant,
    Hold.subject,
    Hold.lot,
    Hold.reason,
    Hold.held_at,
    Hold.held_by,
    Worker.name,
).outerjoin(Worker, (Worker.site == Hold.site) & (Worker.code == Hold.held_by))
_STANDING = _WHO.where(*_STANDS)
_SORTED: Final[Mapping[str, Keys]] = {
    "kind": (Hold.kind,),
    "subject": (Hold.merchant, Hold.subject, Hold.lot),
}
_ALL = {
    sort: _STANDING.order_by(*in_order(_SORTED, sort, (Hold.held_at.desc(), Hold.id)))
    .limit(bindparam("limit", type_=Integer))
    .offset(bindparam("skip", type_=Integer))
    for way in WAYS["held"]
    for sort in (way, turned(way))
}
"""All that is held, by each way to sort it."""
_ON_ORDER = _STANDING.where(
    Hold.kind == ORDER,
    Hold.merchant == bindparam("merchant"),
    Hold.subject == bindparam("number"),
)
_ON_SKU = _STANDING.where(
    Hold.kind.in_(GOODS),
    Hold.merchant == bindparam("merchant"),
    Hold.subject == bindparam("sku"),
).order_by(Hold.kind != RECALL, Hold.held_at)
_OF_SUBJECT = _STANDING.where(
    Hold.kind == bindparam("kind"),
    Hold.merchant == bindparam("merchant"),
    Hold.subject == bindparam("subject"),
    Hold.lot == bindparam("lot"),
)
_ADD = insert(_HOLD)
_END = update(_HOLD).where(
    _HOLD.c.site == bindparam("at_site"),
    _HOLD.c.id == bindparam("at_id"),
    _HOLD.c.released_at.is_(None),
)


@dataclass(frozen=True, slots=True)
class HoldFacts:
    """A hold that stands. ``name`` is that of who held it; ``office`` if it was in the office."""

    id: str
    subject: Subject
    reason: str
    held_at: datetime
    held_by: str
    name: str

    def is_on(self, goods: Goods) -> bool:
        """Say whether pieces are held by this; it is known to be on their SKU."""
        return self.subject.kind == SKU or self.subject.lot == goods.lot


def standing(
    tx: Session, site: str, limit: int, skip: int = 0, sort: str = ""
) -> tuple[HoldFacts, ...]:
    """List what is held, the latest first, or sorted so."""
    asked = _ALL[way_of("held", sort)]
    return _facts(ask(tx, asked, site=site, limit=limit, skip=skip))


def of_subject(tx: Session, site: str, subject: Subject) -> HoldFacts | None:
    """Give the hold on something; None if it is not held."""
    named = {"merchant": subject.merchant, "subject": subject.code, "lot": subject.lot}
    found = _facts(ask(tx, _OF_SUBJECT, site=site, kind=subject.kind, **named))
    return found[0] if found else None


def on_order(tx: Session, site: str, merchant: str, number: str) -> HoldFacts | None:
    """Give the hold on an order itself; that on its merchant stops only orders not yet begun."""
    found = _facts(ask(tx, _ON_ORDER, site=site, merchant=merchant, number=number))
    return found[0] if found else None


def on_sku(tx: Session, site: str, merchant: str, sku: str) -> tuple[HoldFacts, ...]:
    """List the holds on a SKU and on lots of it, recalls first."""
    return _facts(ask(tx, _ON_SKU, site=site, merchant=merchant, sku=sku))


def on_goods(tx: Session, site: str, goods: Goods) -> HoldFacts | None:
    """Give a hold on pieces; None if they may be promised, picked and packed."""
    found = on_sku(tx, site, goods.merchant, goods.sku)
    return next((one for one in found if one.is_on(goods)), None)


def ended_on(
    tx: Session, site: str, task: str, merchant: str, number: str, goods: Goods, place: str
) -> bool:
    """Say whether an order, goods for it or their bin were on hold since a task was claimed."""
    named = and_(Hold.merchant == merchant, Hold.subject == goods.sku)
    is_lot = and_(Hold.kind.in_((LOT, RECALL)), Hold.lot == goods.lot)
    asked = (
        select(Hold.id)
        .join(Task, and_(Task.site == Hold.site, Task.id == task))
        .where(
            Hold.site == site,
            Hold.released_at >= Task.claimed_at,
            or_(
                and_(Hold.kind == ORDER, Hold.merchant == merchant, Hold.subject == number),
                and_(Hold.kind == SKU, named),
                and_(is_lot, named),
                and_(Hold.kind == BIN, Hold.subject == place),
            ),
        )
    )
    return tx.execute(asked.limit(1)).first() is not None


def begin(tx: Session, cause: Cause, subject: Subject, reason: str) -> str:
    """Write a hold and return its id; the index of standing holds refuses a second one."""
    hold = cause.new_id()
    ask(
        tx,
        _ADD,
        site=cause.site,
        id=hold,
        kind=subject.kind,
        merchant=subject.merchant,
        subject=subject.code,
        lot=subject.lot,
        reason=reason,
        held_at=cause.at,
        held_by=cause.worker,
    )
    return hold


def end(tx: Session, cause: Cause, hold: str) -> bool:
    """Release a hold; False if it was released already."""
    ended = {"released_at": cause.at, "released_by": cause.worker}
    return ask(tx, _END, at_site=cause.site, at_id=hold, **ended).rowcount == 1


def end_of_order(tx: Session, cause: Cause, merchant: str, number: str) -> None:
    """Release an order that is over: nobody is to decide about it any more."""
    if (held := on_order(tx, cause.site, merchant, number)) is not None:
        end(tx, cause, held.id)


def are_held(stock: Any) -> ColumnElement[bool]:
    """Say of rows with merchant, SKU and lot whether these goods are held."""
    return exists(
        select(Hold.id).where(
            Hold.site == stock.site,
            Hold.released_at.is_(None),
            Hold.merchant == stock.merchant,
            Hold.subject == stock.sku,
            or_(Hold.kind == SKU, and_(Hold.kind.in_((LOT, RECALL)), Hold.lot == stock.lot)),
        )
    )


def is_bin_held(site: str, code: Any) -> ColumnElement[bool]:
    """Say of codes of bins whether these are held."""
    standing = (Hold.site == site, Hold.released_at.is_(None))
    return exists(select(Hold.id).where(*standing, Hold.kind == BIN, Hold.subject == code))


def condition_now(stock: Any) -> ColumnElement[str]:
    """Give the condition that pieces of stock count as: on hold, while they are held."""
    is_held = and_(stock.condition == AVAILABLE, are_held(stock))
    return case((is_held, HOLD), else_=stock.condition)


def may_not_begin(order: Any) -> ColumnElement[bool]:
    """Say of orders whether they, or their merchants, are held."""
    return exists(
        select(Hold.id).where(
            Hold.site == order.site,
            Hold.released_at.is_(None),
            Hold.merchant == order.merchant,
            or_(Hold.kind == MERCHANT, and_(Hold.kind == ORDER, Hold.subject == order.number)),
        )
    )


def stands_still(order: Any) -> ColumnElement[bool]:
    """Say of open orders whether they are held, or not begun and all of their merchant's are."""
    return exists(select(Hold.id).where(*_keep(order)))


def state_now(order: Any) -> ColumnElement[str]:
    """Give the state that open orders count as: on hold, while they stand still."""
    return case((stands_still(order), ON_HOLD), else_=order.state)


def why_held(order: Any) -> ScalarSelect[str]:
    """Give why orders stand still; none if they do not. What is about one itself goes first."""
    first = (Hold.kind != ORDER, Hold.held_at)
    return select(Hold.reason).where(*_keep(order)).order_by(*first).limit(1).scalar_subquery()


def _keep(order: Any) -> tuple[ColumnElement[bool], ...]:
    """Say which holds keep an open order from going on."""
    by_merchant = and_(Hold.kind == MERCHANT, order.state.in_(("released", "waiting")))
    return (
        Hold.site == order.site,
        Hold.released_at.is_(None),
        Hold.merchant == order.merchant,
        or_(by_merchant, and_(Hold.kind == ORDER, Hold.subject == order.number)),
    )


def is_order_held(pick: Any) -> ColumnElement[bool]:
    """Say of stops whether their order itself is held."""
    return exists(
        select(Hold.id).where(
            Hold.site == pick.site,
            Hold.released_at.is_(None),
            Hold.kind == ORDER,
            Hold.merchant == pick.merchant,
            Hold.subject == pick.order,
        )
    )


def bin_subject(code: str) -> Subject:
    """Name a bin as what can be held."""
    return Subject(BIN, code=code)


def _facts(rows: Answer) -> tuple[HoldFacts, ...]:
    return tuple(
        HoldFacts(
            row.id,
            Subject(row.kind, row.merchant, row.subject, row.lot),
            row.reason,
            row.held_at,
            row.held_by,
            row.name or row.held_by or "office",
        )
        for row in rows
    )
