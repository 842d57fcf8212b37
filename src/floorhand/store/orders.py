"""Questions about orders: which may be picked, what is still wanted, whose tote this is."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import (
    BindParameter,
    Integer,
    Select,
    TableClause,
    and_,
    bindparam,
    exists,
    func,
    literal,
    select,
    update,
)
from sqlalchemy.orm import Session

from floorhand.domain.allocation import HOLD_ORDER, OpenLine, OpenOrder
from floorhand.store.asking import Answer, among, ask
from floorhand.store.holds import may_not_begin
from floorhand.store.ledger import Cause
from floorhand.store.masters import rules_of_merchants, volume_mm3
from floorhand.store.prepared import made_once
from floorhand.store.schema import Order, OrderLine, Place, Sku, Slot, Task, Worker
from floorhand.store.schema.base import UtcTime
from floorhand.store.shelves import PLACES_USUAL, free_by_sku, lines_of, named, places_for
from floorhand.store.tasks import LIVE

ENDED = ("shipped", "short", "cancelled")
"""States of an order that this house is done with."""

CLAIMABLE = ("released", "waiting")
"""States of an order that a walk may take; a waiting one as soon as there is stock for it."""

_TOTES = (
    select(Place.code)
    .where(
        Place.site == bindparam("site"),
        Place.order_no == bindparam("order_no"),
        Place.kind == "tote",
    )
    .order_by(Place.code)
)
_THIS = (
    Order.site == bindparam("site"),
    Order.merchant == bindparam("merchant"),
    Order.number == bindparam("number"),
)
_FACTS = select(
    Order.merchant,
    Order.number,
    Order.state,
    Order.due_at,
    Order.priority,
    Order.instruction,
).where(*_THIS)
_LINES = (
    select(
        OrderLine.line_no,
        OrderLine.sku,
        OrderLine.ordered,
        OrderLine.picked,
        OrderLine.packed,
        OrderLine.short,
        OrderLine.short_reason,
    )
    .where(
        OrderLine.site == bindparam("site"),
        OrderLine.merchant == bindparam("merchant"),
        OrderLine.order == bindparam("number"),
    )
    .order_by(OrderLine.line_no)
)
_BOUND_TO = select(Place.order_no).where(
    Place.site == bindparam("site"), Place.code == bindparam("tote")
)
_WAITING = select(func.count()).where(
    Order.site == bindparam("site"), among(Order.state, "waiting")
)
_HEAD = select(Order.merchant, Order.number, Order.state, Order.priority, Order.due_at)
_HEADS = (
    _HEAD.where(Order.site == bindparam("site"), ~may_not_begin(Order))
    .order_by(Order.priority.desc(), Order.due_at, Order.merchant, Order.number)
    .limit(bindparam("limit", type_=Integer))
)
_RELEASED = _HEADS.where(among(Order.state, "released"))
_ORDER = cast(TableClause, Order.__table__)
_SET = update(_ORDER).where(
    _ORDER.c.site == bindparam("at_site"),
    _ORDER.c.merchant == bindparam("at_merchant"),
    _ORDER.c.number == bindparam("at_number"),
)


@dataclass(frozen=True, slots=True)
class OrderFacts:
    """An order as the floor sees it; never with the buyer's name or address."""

    merchant: str
    number: str
    state: str
    due_at: datetime
    priority: int
    instruction: str


@dataclass(frozen=True, slots=True)
class LineFacts:
    """One line of an order with its counts in pieces."""

    line_no: int
    sku: str
    ordered: int
    picked: int
    packed: int
    short: int
    short_reason: str

    @property
    def left(self) -> int:
        """Count what is neither picked nor short."""
        return self.ordered - self.picked - self.short


def split_name(name: str) -> tuple[str, str]:
    """Take ``merchant/number`` apart; numbers may hold slashes, merchants may not."""
    merchant, _, number = name.partition("/")
    return merchant, number


def order_facts(tx: Session, site: str, merchant: str, number: str) -> OrderFacts | None:
    """Give an order; None if there is none."""
    row = ask(tx, _FACTS, site=site, merchant=merchant, number=number).one_or_none()
    return OrderFacts(*row) if row else None


def hold_reason(tx: Session, site: str, merchant: str, number: str) -> str:
    """Say why an order is held by its shop, or by a bench; empty if nobody said."""
    asked = select(Order.hold_reason).where(
        Order.site == site, Order.merchant == merchant, Order.number == number
    )
    return tx.scalar(asked) or ""


def order_lines(tx: Session, site: str, merchant: str, number: str) -> tuple[LineFacts, ...]:
    """List an order's lines."""
    rows = ask(tx, _LINES, site=site, merchant=merchant, number=number)
    return tuple(LineFacts(*row) for row in rows)


def order_of_tote(tx: Session, site: str, tote: str) -> OrderFacts | None:
    """Give the order that a tote or carton is bound to; None if it is bound to none."""
    name = ask(tx, _BOUND_TO, site=site, tote=tote).scalar()
    return order_facts(tx, site, *split_name(name)) if name else None


def totes_of_order(tx: Session, site: str, merchant: str, number: str) -> tuple[str, ...]:
    """List the totes bound to an order; a full one that was replaced is among them."""
    rows = ask(tx, _TOTES, site=site, order_no=f"{merchant}/{number}")
    return tuple(rows.scalars())


def set_order(tx: Session, site: str, merchant: str, number: str, **columns: Any) -> None:
    """Change columns of an order."""
    ask(tx, _SET, at_site=site, at_merchant=merchant, at_number=number, **columns)


def let_go_on(tx: Session, cause: Cause, merchant: str, number: str, state: str) -> None:
    """End what held an order; its time counts from here, if it was never free before."""
    tx.execute(
        update(Order)
        .where(Order.site == cause.site, Order.merchant == merchant, Order.number == number)
        .values(
            state=state,
            hold_reason="",
            released_at=func.coalesce(Order.released_at, literal(cause.at, UtcTime)),
        )
    )


def go_on_from(
    tx: Session, cause: Cause, merchant: str, number: str, state: str, then: str
) -> bool:
    """Let an order go on from a state that whoever decides so has seen; False if it has by then.

    It closes, or opens again, with that; its time counts from here, if it was never free before.
    """
    done = tx.execute(
        update(Order)
        .where(
            Order.site == cause.site,
            Order.merchant == merchant,
            Order.number == number,
            Order.state == state,
        )
        .values(
            state=then,
            hold_reason="",
            released_at=func.coalesce(Order.released_at, literal(cause.at, UtcTime)),
            closed_at=cause.at if then == "short" else None,
        )
        .returning(Order.number)
    )
    return done.first() is not None


def waiting_orders(tx: Session, site: str) -> int:
    """Count the orders that wait for stock."""
    return int(ask(tx, _WAITING, site=site).scalar())


def claimable_orders(
    tx: Session, site: str, limit: int, tried: Collection[tuple[str, str]] = ()
) -> tuple[OpenOrder, ...]:
    """List orders that may be picked, most urgent first.

    Waiting orders are among them as soon as there is stock: for some of it, or for all of it if
    the merchant wants whole orders. So stock that is put away wakes them without any message.

    Args:
        tx: An open transaction.
        site: Where we are.
        limit: How many at most.
        tried: Waiting orders, as (merchant, number), to leave out.
    """
    policies = _policies(tx, site)
    holding = [merchant for merchant, policy in policies.items() if policy == HOLD_ORDER]
    heads = [
        *_heads(ask(tx, _RELEASED, site=site, limit=limit)),
        *_heads(ask(tx, _fillable(), site=site, holding=holding, limit=limit + len(tried))),
    ]
    fresh = [head for head in heads if (head[0], head[1]) not in tried]
    fresh.sort(key=lambda head: (-head[3], head[4], head[0], head[1]))
    fresh = fresh[:limit]
    lines = _open_lines(tx, site, [(merchant, number) for merchant, number, *_ in fresh])
    return tuple(
        OpenOrder(*head, policies[head[0]], tuple(lines[head[0], head[1]]))
        for head in fresh
        if (head[0], head[1]) in lines
    )


def may_wake(tx: Session, site: str, merchant: str, number: str) -> bool:
    """Say whether an order waits for stock that is there: as much as its merchant wants.

    Whether it may be begun is another question: its merchant may be held.
    """
    policies = _policies(tx, site)
    holding = [name for name, policy in policies.items() if policy == HOLD_ORDER]
    this = _HEAD.where(Order.site == site, Order.merchant == merchant, Order.number == number)
    return tx.execute(_with_stock(this), {"site": site, "holding": holding}).first() is not None


def _heads(rows: Answer) -> list[tuple[str, str, str, int, datetime]]:
    return [(row[0], row[1], row[2], row[3], row[4]) for row in rows]


@made_once()
def _fillable() -> Select[*tuple[Any, ...]]:
    """Ask for waiting orders for which there is stock now."""
    return _with_stock(_HEADS)


def _with_stock(heads: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    """Keep the waiting orders for which there is stock now."""
    site: BindParameter[str] = bindparam("site")
    waits = and_(Order.site == site, among(Order.state, "waiting"))
    of_order = and_(
        OrderLine.site == site,
        OrderLine.merchant == Order.merchant,
        OrderLine.order == Order.number,
        OrderLine.ordered > OrderLine.picked + OrderLine.short,
    )
    wanted = (
        select(OrderLine.merchant, OrderLine.sku)
        .select_from(Order)
        .join(OrderLine, of_order)
        .where(waits)
        .distinct()
        .cte("wanted")
    )
    free = free_by_sku(site, wanted).cte("free_by_sku")
    same_sku = and_(free.c.merchant == OrderLine.merchant, free.c.sku == OrderLine.sku)
    some = exists(select(OrderLine.line_no).join(free, same_sku).where(of_order))
    lacking = exists(
        select(OrderLine.line_no)
        .outerjoin(free, same_sku)
        .where(
            of_order,
            func.coalesce(free.c.free, 0) < OrderLine.ordered - OrderLine.picked - OrderLine.short,
        )
    )
    takes_some = Order.merchant.not_in(bindparam("holding", expanding=True))
    return heads.where(waits, some, takes_some | ~lacking)


@made_once(*PLACES_USUAL)
def _lines_left(places: int) -> Select[*tuple[Any, ...]]:
    left = OrderLine.ordered - OrderLine.picked - OrderLine.short
    return (
        select(
            OrderLine.merchant,
            OrderLine.order,
            OrderLine.line_no,
            OrderLine.sku,
            left,
            Sku.weight_g,
            volume_mm3(Sku),
        )
        .join(
            Sku,
            and_(
                Sku.site == OrderLine.site,
                Sku.merchant == OrderLine.merchant,
                Sku.code == OrderLine.sku,
            ),
        )
        .where(
            OrderLine.site == bindparam("site"),
            lines_of(places),
            left > 0,
        )
        .order_by(OrderLine.merchant, OrderLine.order, OrderLine.line_no)
    )


def _open_lines(
    tx: Session, site: str, orders: Sequence[tuple[str, str]]
) -> dict[tuple[str, str], list[OpenLine]]:
    if not orders:
        return {}
    rows = ask(tx, _lines_left(places_for(len(orders))), site=site, **named(orders))
    found: dict[tuple[str, str], list[OpenLine]] = {}
    for merchant, number, line_no, sku, pieces, piece_g, piece_mm3 in rows:
        line = OpenLine(line_no, sku, pieces, piece_g, piece_mm3 // 1000)
        found.setdefault((merchant, number), []).append(line)
    return found


def _policies(tx: Session, site: str) -> dict[str, str]:
    rules = rules_of_merchants(tx, site)
    return {merchant: each.short_policy for merchant, each in rules.items()}


def order_holder() -> Any:
    """Name who walks for an order, in a question about orders; None if nobody does."""
    return (
        select(Worker.name)
        .join(Task, (Task.site == Worker.site) & (Task.worker == Worker.code))
        .join(Slot, (Slot.site == Task.site) & (Slot.task == Task.id))
        .where(
            Slot.site == Order.site,
            Slot.merchant == Order.merchant,
            Slot.order == Order.number,
            Task.state.in_(LIVE),
        )
        .limit(1)
        .correlate(Order)
        .scalar_subquery()
        .label("worker")
    )
