"""Labels that orders bring from their carriers, and which parcel has which."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import TableClause, and_, bindparam, func, insert, or_, select, update
from sqlalchemy.orm import Session

from floorhand.store.asking import ask
from floorhand.store.schema import CarrierLabel, Order, Parcel

GONE = ("unpacked", "cancelled")
"""States of parcels that need no label any more."""

NOT_ANY_MORE = ("shipped", "short", "cancelled")
"""States of orders that need no label any more."""

NAMED_MAX = 10
"""Orders of different merchants that have one number, of those that are told."""

_LABEL = cast(TableClause, CarrierLabel.__table__)
_PARCEL = cast(TableClause, Parcel.__table__)
_OF_ORDER = and_(
    _LABEL.c.site == bindparam("site"),
    _LABEL.c.merchant == bindparam("merchant"),
    _LABEL.c.order == bindparam("order"),
)
_USED = (
    select(_PARCEL.c.carton)
    .where(
        _PARCEL.c.site == _LABEL.c.site,
        _PARCEL.c.merchant == _LABEL.c.merchant,
        _PARCEL.c.order == _LABEL.c.order,
        _PARCEL.c.label_no == _LABEL.c.number,
        _PARCEL.c.state.not_in(GONE),
    )
    .exists()
)
_NEXT = select(
    func.count(_LABEL.c.number).label("brought"),
    func.count(_LABEL.c.number).filter(~_USED).label("unused"),
    func.min(_LABEL.c.number).filter(~_USED).label("number"),
).where(_OF_ORDER)
_OF_PARCEL = (
    select(_LABEL.c.content)
    .join(
        _PARCEL,
        and_(
            _PARCEL.c.site == _LABEL.c.site,
            _PARCEL.c.merchant == _LABEL.c.merchant,
            _PARCEL.c.order == _LABEL.c.order,
            _PARCEL.c.label_no == _LABEL.c.number,
        ),
    )
    .where(_PARCEL.c.site == bindparam("site"), _PARCEL.c.carton == bindparam("carton"))
)


@dataclass(frozen=True, slots=True)
class Brought:
    """A label as it came: the file's name, and what was found in it."""

    file: str
    form: str
    content: bytes
    sha256: str
    labels: int
    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OrderNamed:
    """An order that a file may be meant for."""

    merchant: str
    number: str
    state: str


@dataclass(frozen=True, slots=True)
class Left:
    """What there is of the labels that an order brought.

    Attributes:
        brought: How many there are.
        unused: How many of them no parcel has yet.
        next_no: The number of the next one; 0 if all are used.
    """

    brought: int
    unused: int
    next_no: int


def orders_named(tx: Session, site: str, name: str, merchant: str = "") -> tuple[OrderNamed, ...]:
    """List the orders that have a number, with or without ``#``, or that a shop calls so."""
    numbers = (name, f"#{name}")
    query = (
        select(Order.merchant, Order.number, Order.state)
        .where(
            Order.site == site,
            or_(Order.number.in_(numbers), Order.platform_id.in_(numbers)),
            *((Order.merchant == merchant,) if merchant else ()),
        )
        .order_by(Order.merchant, Order.number)
        .limit(NAMED_MAX)
    )
    return tuple(OrderNamed(*row) for row in tx.execute(query))


def bring(
    tx: Session, site: str, order: OrderNamed, label: Brought, now: datetime
) -> tuple[str, str]:
    """Keep a label for an order.

    Args:
        tx: Open transaction.
        site: Where we are.
        order: Whose label it is.
        label: The label.
        now: The moment.

    Returns:
        What was done, and about what: ``taken``; ``replaced``, one of the same file name that no
        parcel had yet; ``there``, it was brought before; ``used``, a parcel has the one of the same
        file name; ``of_another`` order, which is told.
    """
    same = tx.execute(
        select(CarrierLabel.merchant, CarrierLabel.order, CarrierLabel.file).where(
            CarrierLabel.site == site, CarrierLabel.sha256 == label.sha256
        )
    ).one_or_none()
    if same is not None:
        mine = (same.merchant, same.order) == (order.merchant, order.number)
        return ("there", same.file) if mine else ("of_another", f"{same.merchant}/{same.order}")
    here = {"site": site, "merchant": order.merchant, "order": order.number}
    facts: dict[str, Any] = {
        "form": label.form,
        "content": label.content,
        "sha256": label.sha256,
        "labels": label.labels,
        "codes": json.dumps(label.codes),
        "brought_at": now,
    }
    named = select(_LABEL.c.number, _USED.label("used")).where(
        _OF_ORDER, _LABEL.c.file == label.file
    )
    old = tx.execute(named, here).one_or_none()
    if old is None:
        last = tx.scalar(select(func.max(_LABEL.c.number)).where(_OF_ORDER), here) or 0
        tx.execute(insert(_LABEL).values(**here, number=last + 1, file=label.file, **facts))
        return "taken", ""
    if old.used:
        return "used", label.file
    tx.execute(update(CarrierLabel).filter_by(**here, number=old.number).values(facts))
    return "replaced", label.file


def labels_left(tx: Session, site: str, merchant: str, order: str) -> Left:
    """Say which label an order's next parcel gets."""
    row = ask(tx, _NEXT, site=site, merchant=merchant, order=order).one()
    return Left(row.brought, row.unused, row.number or 0)


def label_of(tx: Session, site: str, carton: str) -> bytes | None:
    """Give the label that a parcel got from its carrier; None if it has ours."""
    content: bytes | None = ask(tx, _OF_PARCEL, site=site, carton=carton).scalar()
    return content
