"""Totes, pallets and cartons that stand where nobody will come for them, or nowhere at all."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    ScalarSelect,
    and_,
    bindparam,
    exists,
    func,
    literal,
    or_,
    select,
    tuple_,
)
from sqlalchemy.orm import Session, aliased

from floorhand.domain.cut_offs import BLOCKED, WORKABLE
from floorhand.domain.troubles import NO_TASK, NOWHERE, ORDER_ENDED, WAITS_LONG
from floorhand.store.asking import among, ask
from floorhand.store.orders import split_name
from floorhand.store.schema import (
    Delivery,
    Operation,
    Order,
    Place,
    Receipt,
    Slot,
    Stock,
    Task,
    Trace,
    Worker,
)
from floorhand.store.tasks import LIVE

ORDERS_AT_ONCE: Final = 400
"""Orders that are asked for in one question."""

WAITS_AT: Final = ("bench", "dock")
"""Where totes of open orders wait for whoever works with them next."""

UNITS: Final = ("pallet", "carton")
"""Kinds of places that goods come on, or leave in."""

IN_USE: Final = ("open", "closed")
"""States of places that are neither sent nor void."""

_STAND = aliased(Place)
_CARRIED = (
    select(Slot.tote)
    .join(Task, and_(Task.site == Slot.site, Task.id == Slot.task))
    .where(
        Task.site == bindparam("site"),
        Task.kind == "pick",
        among(Task.state, *LIVE),
        Slot.tote.is_not(None),
    )
)
_HAS_TASK = exists().where(
    Task.site == Place.site, Task.place == Place.code, among(Task.state, *LIVE)
)


def _of_goods(column: ColumnElement[Any]) -> ScalarSelect[Any]:
    """Ask for something about the goods in a tote."""
    here = (Stock.site == Place.site, Stock.place == Place.code, Stock.pieces > 0)
    return select(column).where(*here).correlate(Place).scalar_subquery()


_TOTES = (
    select(
        Place.code,
        Place.order_no,
        Place.parent,
        _STAND.kind.label("stands_at"),
        _of_goods(func.min(Stock.merchant)).label("merchant"),
        _of_goods(func.sum(Stock.pieces)).label("pieces"),
        _of_goods(func.max(Stock.arrived_at)).label("at"),
    )
    .outerjoin(_STAND, and_(_STAND.site == Place.site, _STAND.code == Place.parent))
    .where(
        Place.site == bindparam("site"),
        Place.kind == "tote",
        or_(
            _STAND.kind.is_(None),
            _STAND.kind.not_in(WAITS_AT),
            Place.order_no.is_not(None),
        ),
        ~_HAS_TASK,
    )
)
_BEING_RECEIVED = exists().where(
    Receipt.site == Place.site,
    Receipt.place == Place.code,
    Delivery.site == Receipt.site,
    Delivery.number == Receipt.delivery,
    Delivery.state == "receiving",
)
_STANDS = select(Place.code).where(Place.site == bindparam("site"), Place.kind.in_(WAITS_AT))
_LEFT_THERE = select(Place.code, Place.kind, Place.state, Place.order_no, Place.parent).where(
    Place.site == bindparam("site"),
    Place.parent.in_(bindparam("stands", expanding=True)),
    ~_HAS_TASK,
    ~_BEING_RECEIVED,
)
"""What nobody is to fetch of what stands at docks and benches.

It is found from these, not by its kind, nor in any order: cartons that have left are as many as
there were parcels, and a database would look at them all.
"""
_INSIDE = (
    select(
        func.coalesce(_STAND.code, Place.code).label("unit"),
        func.min(Stock.merchant).label("merchant"),
        func.sum(Stock.pieces).label("pieces"),
        func.max(Stock.arrived_at).label("at"),
    )
    .join_from(
        Place,
        Stock,
        and_(Stock.site == Place.site, Stock.place == Place.code, Stock.pieces > 0),
    )
    .outerjoin(
        _STAND,
        and_(_STAND.site == Place.site, _STAND.code == Place.parent, _STAND.kind.in_(UNITS)),
    )
    .where(
        Place.site == bindparam("site"),
        or_(
            Place.code.in_(bindparam("units", expanding=True)),
            Place.parent.in_(bindparam("units", expanding=True)),
        ),
    )
    .group_by(func.coalesce(_STAND.code, Place.code))
)
"""What is in units, and in cartons on them."""


def _last(column: Any) -> ScalarSelect[Any]:
    """Ask for something about the last operation that was about a place."""
    return (
        select(column)
        .join_from(
            Trace,
            Operation,
            and_(Operation.site == Trace.site, Operation.id == Trace.operation),
        )
        .outerjoin(Worker, and_(Worker.site == Operation.site, Worker.code == Operation.worker))
        .where(Trace.site == Place.site, Trace.thing == literal("place:").concat(Place.code))
        .order_by(Trace.at.desc(), Trace.operation.desc())
        .limit(1)
        .correlate(Place)
        .scalar_subquery()
    )


_NOWHERE = select(
    Place.code,
    Place.kind,
    Place.order_no,
    Place.merchant,
    _last(Operation.at).label("last_at"),
    _last(func.coalesce(Worker.name, Operation.worker)).label("worker"),
).where(
    Place.site == bindparam("site"),
    Place.parent.is_(None),
    among(Place.kind, *UNITS),
    among(Place.state, *IN_USE),
    ~_HAS_TASK,
    ~_BEING_RECEIVED,
)
"""Pallets and cartons that nobody is to fetch and that stand nowhere, with who had them last."""
_STAGED_UNITS = (
    select(
        Place.code,
        Place.kind,
        Place.parent,
        Task.reason,
        Task.merchant,
        Task.pieces,
        Task.created_at,
    )
    .join(Place, and_(Place.site == Task.site, Place.code == Task.place))
    .where(
        Task.site == bindparam("site"),
        Task.kind == "putaway",
        Task.state == "open",
        Task.created_at <= bindparam("staged"),
        Place.kind.in_(UNITS),
    )
    .order_by(Place.code)
)


@dataclass(frozen=True, slots=True)
class Stray:
    """A tote, pallet or carton in the wrong place, since when, with so many pieces.

    ``order`` is the one that it is bound to, ``place`` where it stands, ``delivery`` what it came
    with; each may be empty. ``why`` is a word of `floorhand.domain.troubles`, empty for a tote.
    ``worker`` is the name of who had last to do with what stands nowhere.
    """

    code: str
    kind: str
    since: datetime
    merchant: str
    pieces: int
    order: str = ""
    place: str = ""
    delivery: str = ""
    why: str = ""
    worker: str = ""


def strays(tx: Session, site: str, until: datetime, staged: datetime) -> Iterator[Stray]:
    """Find them all.

    Args:
        tx: An open transaction.
        site: The building.
        until: What came to where it stands after that is about to be fetched.
        staged: Pallets and cartons whose put-away waits since then are left at the dock too long.
    """
    yield from _totes(tx, site, until)
    yield from _left_units(tx, site, until)
    for row in ask(tx, _STAGED_UNITS, site=site, staged=staged):
        at = {"place": row.parent or "", "delivery": row.reason, "why": WAITS_LONG}
        yield Stray(row.code, row.kind, row.created_at, row.merchant, row.pieces, **at)


def _totes(tx: Session, site: str, until: datetime) -> Iterator[Stray]:
    """Find totes that stand nowhere, or whose order is closed, and nobody works with."""
    carried = set(ask(tx, _CARRIED, site=site).scalars())
    found = [
        row
        for row in sorted(ask(tx, _TOTES, site=site), key=lambda tote: tote.code)
        if row.pieces and row.at <= until and row.code not in carried
    ]
    alive = _open_orders(tx, site, {row.order_no for row in found if row.stands_at in WAITS_AT})
    for row in found:
        if row.stands_at not in WAITS_AT or row.order_no not in alive:
            bound = (row.order_no or "", row.parent or "")
            yield Stray(row.code, "tote", row.at, row.merchant, int(row.pieces), *bound)


def _left_units(tx: Session, site: str, until: datetime) -> Iterator[Stray]:
    """Find pallets and cartons that nobody is to put away, and whose order, if any, is closed."""
    stands = list(ask(tx, _STANDS, site=site).scalars())
    there = ask(tx, _LEFT_THERE, site=site, stands=stands).all()
    found = [row for row in there if row.kind in UNITS and row.state in IN_USE]
    nowhere = ask(tx, _NOWHERE, site=site).all()
    alive = _open_orders(tx, site, {row.order_no for row in [*found, *nowhere] if row.order_no})
    left = {row.code: row for row in found if row.order_no not in alive}
    lost = {row.code: row for row in nowhere if row.order_no not in alive}
    units = sorted(left.keys() | lost.keys())
    inside = {row.unit: row for row in ask(tx, _INSIDE, site=site, units=units)} if units else {}
    for code in sorted(left.keys() & inside.keys()):
        row, goods = left[code], inside[code]
        if goods.at <= until:
            why = ORDER_ENDED if row.order_no else NO_TASK
            bound = (row.order_no or "", row.parent, "", why)
            yield Stray(code, row.kind, goods.at, goods.merchant, int(goods.pieces), *bound)
    for code in sorted(lost):
        if (one := _lost(lost[code], inside.get(code))) is not None and one.since <= until:
            yield one


def _lost(row: Any, goods: Any) -> Stray | None:
    """Make a stray of what stands nowhere; None if it is a label that nothing was done with yet."""
    if goods is None and row.last_at is None:
        return None
    had = {"order": row.order_no or "", "why": NOWHERE, "worker": row.worker or ""}
    if goods is None:
        return Stray(row.code, row.kind, row.last_at, row.merchant or "", 0, **had)
    return Stray(row.code, row.kind, goods.at, goods.merchant, int(goods.pieces), **had)


def _open_orders(tx: Session, site: str, wanted: Collection[str]) -> frozenset[str]:
    """Say which of these orders are open, each as ``merchant/number``."""
    found: set[str] = set()
    names = sorted(wanted)
    for first in range(0, len(names), ORDERS_AT_ONCE):
        pairs = [split_name(name) for name in names[first : first + ORDERS_AT_ONCE]]
        asked = select(Order.merchant, Order.number).where(
            Order.site == site,
            tuple_(Order.merchant, Order.number).in_(pairs),
            Order.state.in_((*WORKABLE, *BLOCKED)),
        )
        found |= {f"{row.merchant}/{row.number}" for row in tx.execute(asked)}
    return frozenset(found)
