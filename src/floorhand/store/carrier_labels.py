"""Labels that orders bring from their carriers, and which parcel has which."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import TableClause, and_, bindparam, func, insert, or_, select, tuple_, update
from sqlalchemy.orm import Session

from floorhand.domain.barcodes import bare_code
from floorhand.store.asking import ask, is_known
from floorhand.store.carrier_codes import GONE, OF_ORDER, codes_known, keep_codes, labelled
from floorhand.store.parcels import PARCELS_STANDING
from floorhand.store.schema import CarrierLabel, Order, Parcel

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
    """An order that a file may be meant for, and its parcel if that is named, else empty."""

    merchant: str
    number: str
    state: str
    platform_id: str = ""
    carton: str = ""


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
    """List the orders that are called so: by number, by a parcel, or by a tracking number.

    The first of these that names any counts. A number may lack its ``#`` or be that of the shop;
    a tracking number is one that the order came with, or its label that was brought before.
    """
    numbers = (name, f"#{name}")
    orders = (
        select(Order.merchant, Order.number, Order.state, Order.platform_id)
        .where(Order.site == site, *((Order.merchant == merchant,) if merchant else ()))
        .order_by(Order.merchant, Order.number)
        .limit(NAMED_MAX)
    )
    by_platform = Order.platform_id.in_(numbers) & is_known(Order.platform_id)
    by_number = or_(Order.number.in_(numbers), by_platform)
    if found := tx.execute(orders.where(by_number)).all():
        return tuple(OrderNamed(*row) for row in found)
    of_order = and_(
        Parcel.site == Order.site, Parcel.merchant == Order.merchant, Parcel.order == Order.number
    )
    by_parcel = orders.add_columns(Parcel.carton).join_from(Order, Parcel, of_order)
    if found := tx.execute(by_parcel.where(Parcel.carton == name.removeprefix("00"))).all():
        return tuple(OrderNamed(*row) for row in found)
    named = dict.fromkeys((one.merchant, one.order) for one in labelled(tx, site, name))
    by_tracking = tuple_(Order.merchant, Order.number).in_(list(named))
    return tuple(OrderNamed(*row) for row in tx.execute(orders.where(by_tracking)))


def bring(
    tx: Session, site: str, order: OrderNamed, label: Brought, now: datetime
) -> tuple[str, str]:
    """Keep a label for an order; if its parcel is named, that has it from now on.

    Args:
        tx: Open transaction.
        site: Where we are.
        order: Whose label it is.
        label: The label.
        now: The moment.

    Returns:
        What was done, and about what: ``taken``; ``replaced``, one of the same file name that no
        parcel had yet; ``there``, it was brought before; ``used``, a parcel has the one of the same
        file name; ``of_another`` order, which is told; ``labelled``, the parcel that is named has
        one already; ``gone``, it travels no more; ``doubled``, the order has this label by another
        name, which is told: what it was made for would get it twice.
    """
    here = {"site": site, "merchant": order.merchant, "order": order.number}
    named = select(_LABEL.c.number, _USED.label("used")).where(
        _OF_ORDER, _LABEL.c.file == label.file
    )
    old = tx.execute(named, here).one_or_none()
    codes = {*label.codes} - {bare_code(order.number), bare_code(order.platform_id)}
    if refused := _why_not(tx, site, order, label):
        return refused
    if twin := _twin(tx, site, order, codes, 0 if old is None else old.number):
        return "doubled", twin
    if old is not None and old.used:
        return "used", label.file
    facts: dict[str, Any] = {
        "form": label.form,
        "content": label.content,
        "sha256": label.sha256,
        "labels": label.labels,
        "brought_at": now,
    }
    if old is not None:
        number = old.number
        tx.execute(update(CarrierLabel).filter_by(**here, number=number).values(facts))
    else:
        number = (tx.scalar(select(func.max(_LABEL.c.number)).where(_OF_ORDER), here) or 0) + 1
        tx.execute(insert(_LABEL).values(**here, number=number, file=label.file, **facts))
    keep_codes(tx, site, order.merchant, order.number, number, codes)
    if order.carton:
        of_parcel = {"site": site, "carton": order.carton}
        tx.execute(update(Parcel).filter_by(**of_parcel).values(label_no=number))
    return ("taken" if old is None else "replaced"), label.file


def _why_not(tx: Session, site: str, order: OrderNamed, label: Brought) -> tuple[str, str] | None:
    """Say why a label is not taken whatever its name is: it is here, or its parcel has one."""
    same = tx.execute(
        select(CarrierLabel.merchant, CarrierLabel.order, CarrierLabel.file).where(
            CarrierLabel.site == site, CarrierLabel.sha256 == label.sha256
        )
    ).one_or_none()
    if same is not None:
        mine = (same.merchant, same.order) == (order.merchant, order.number)
        return ("there", same.file) if mine else ("of_another", f"{same.merchant}/{same.order}")
    if not order.carton:
        return None
    query = select(Parcel.state, Parcel.label_no).filter_by(site=site, carton=order.carton)
    parcel = tx.execute(query).one()
    if parcel.state not in PARCELS_STANDING:
        return "gone", order.carton
    return ("labelled", order.carton) if parcel.label_no else None


def _twin(tx: Session, site: str, order: OrderNamed, codes: set[str], but: int) -> str:
    """Name the file of another label of an order that has the same bars, and its tracking number.

    Labels that share no tracking number with their order may look alike and be different: perhaps
    only their postcode can be read.
    """
    known = codes_known(tx, site, order.merchant, order.number)
    if not codes & known.get(OF_ORDER, set()):
        return ""
    twins = [no for no, theirs in known.items() if theirs == codes and no not in (OF_ORDER, but)]
    query = select(CarrierLabel.file).filter_by(
        site=site, merchant=order.merchant, order=order.number, number=twins[0] if twins else 0
    )
    return tx.scalar(query) or ""


def labels_left(tx: Session, site: str, merchant: str, order: str) -> Left:
    """Say which label an order's next parcel gets."""
    row = ask(tx, _NEXT, site=site, merchant=merchant, order=order).one()
    return Left(row.brought, row.unused, row.number or 0)


def label_of(tx: Session, site: str, carton: str) -> bytes | None:
    """Give the label that a parcel got from its carrier; None if it has ours."""
    content: bytes | None = ask(tx, _OF_PARCEL, site=site, carton=carton).scalar()
    return content
