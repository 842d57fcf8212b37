"""Questions about stock that may be promised to orders."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import CTE, ColumnElement, Select, Subquery, and_, bindparam, func, or_, select
from sqlalchemy.orm import Session, aliased

from floorhand.domain.allocation import Shelf
from floorhand.domain.packing import HELD
from floorhand.domain.things import AVAILABLE, Goods
from floorhand.store.asking import Answer, ask
from floorhand.store.holds import are_held
from floorhand.store.masters import site_zone
from floorhand.store.prepared import made_once
from floorhand.store.schema import OrderLine, Place, Stock


def _named(name: str) -> type[Place]:
    """Give the table of places under another name.

    SQLAlchemy makes its columns when they are first asked for, and does not expect two threads to
    ask at once: so that is done here, while the module is read.
    """
    place: type[Place] = aliased(Place, name=name)
    for column in Place.__table__.columns:
        getattr(place, column.key).__clause_element__()
    return place


Inner = _named("inner_place")
"""The place that holds the goods; `Outer` are those around it, the nearest first."""

Outer = tuple(_named(f"outer_{level}") for level in (1, 2, 3))


def outermost(name: str) -> ColumnElement[Any]:
    """Give a column of the outermost place around `Inner`."""
    return func.coalesce(*[getattr(place, name) for place in (*reversed(Outer), Inner)])


def with_roots(asked: Select[Any], site: Any, code: Any) -> Select[Any]:
    """Join the place with this code, as `Inner`, and all that it stands in."""
    asked = asked.join(Inner, and_(Inner.site == site, Inner.code == code))
    below = Inner
    for place in Outer:
        asked = asked.outerjoin(place, and_(place.site == site, place.code == below.parent))
        below = place
    return asked


def site_date(tx: Session, site: str, at: datetime) -> date:
    """Give the date of a moment as the clocks of the site show it."""
    return at.astimezone(site_zone(tx, site)).date()


def named(orders: Sequence[tuple[str, str]]) -> dict[str, str]:
    """Give orders, each as (merchant, number), as the parameters that `lines_of` asks for.

    The last one is repeated until there are two, four, eight, …: so a statement is made for few
    lengths, and is there the next time.
    """
    padded = [*orders, *[orders[-1]] * (places_for(len(orders)) - len(orders))]
    merchants = {f"merchant_{no}": merchant for no, (merchant, _) in enumerate(padded)}
    return merchants | {f"number_{no}": number for no, (_, number) in enumerate(padded)}


PLACES_USUAL: Final = tuple((1 << power,) for power in range(6))
"""For how many orders of one cart `lines_of` is mostly made."""


def places_for(orders: int) -> int:
    """Say for how many orders `lines_of` is made, to ask for so many."""
    return int(1 << (orders - 1).bit_length())


def lines_of(places: int) -> ColumnElement[bool]:
    """Keep the lines of some orders, which are `named` when it is asked.

    Spelt out one by one: for a list of pairs SQLite would read all order lines of the site.
    """
    each = (
        and_(
            OrderLine.merchant == bindparam(f"merchant_{no}"),
            OrderLine.order == bindparam(f"number_{no}"),
        )
        for no in range(places)
    )
    return or_(*each)


def shelves_for_orders(
    tx: Session, site: str, orders: Sequence[tuple[str, str]]
) -> tuple[Shelf, ...]:
    """List the free stock of every SKU on some orders, given as (merchant, number)."""
    if not orders:
        return ()
    return _shelves(ask(tx, _of_orders(places_for(len(orders))), site=site, **named(orders)))


def shelves_of(tx: Session, site: str, merchant: str, sku: str) -> tuple[Shelf, ...]:
    """List the free stock of a SKU."""
    return _shelves(ask(tx, _of_sku(), site=site, merchant=merchant, sku=sku))


def held_shelves_of(tx: Session, site: str, merchant: str, sku: str) -> tuple[Shelf, ...]:
    """List the stock of a SKU that would be free if neither it nor its bins were held."""
    return _shelves(ask(tx, _held_of_sku(), site=site, merchant=merchant, sku=sku))


def free_by_sku(site: Any, wanted: CTE | None = None) -> Select[Any]:
    """Give the free pieces of each SKU, or of those wanted, as a question to be joined."""
    free = func.sum(Stock.pieces - Stock.reserved).label("free")
    every: Any = select(Stock.merchant, Stock.sku, free)
    asked = _pickable(every, site)
    if wanted is not None:
        asked = _only(asked, wanted)
    return asked.group_by(Stock.merchant, Stock.sku)


def _only(asked: Select[Any], wanted: CTE | Subquery) -> Select[Any]:
    """Keep the stock of these SKUs."""
    these = and_(wanted.c.merchant == Stock.merchant, wanted.c.sku == Stock.sku)
    return asked.join(wanted, these)


def _pickable(asked: Select[Any], site: Any) -> Select[Any]:
    """Keep what may be promised: available, unreserved, in open bins or what stands in them.

    What is held by SKU or lot is not, wherever it is and whenever it came.

    What is bound to an order already, as in a tote on its way, is never promised again.
    """
    return _in_bins(asked, site).where(*_all_closed_by(""), ~are_held(Stock))


def _all_closed_by(*why: str) -> list[ColumnElement[bool]]:
    return [func.coalesce(place.blocked, "").in_(why) for place in (Inner, *Outer)]


def _in_bins(asked: Select[Any], site: Any) -> Select[Any]:
    return with_roots(asked.select_from(Stock), site, Stock.place).where(
        Stock.site == site,
        Stock.condition == AVAILABLE,
        Stock.pieces > Stock.reserved,
        outermost("kind") == "bin",
        Inner.order_no.is_(None),
    )


@made_once(*PLACES_USUAL)
def _of_orders(places: int) -> Select[Any]:
    wanted = (
        select(OrderLine.merchant, OrderLine.sku)
        .where(OrderLine.site == bindparam("site"), lines_of(places))
        .distinct()
        .subquery()
    )
    return _only(_free(), wanted)


@made_once()
def _of_sku() -> Select[Any]:
    return _free().where(Stock.merchant == bindparam("merchant"), Stock.sku == bindparam("sku"))


@made_once()
def _held_of_sku() -> Select[Any]:
    closed = [place.blocked == HELD for place in (Inner, *Outer)]
    return _in_bins(_all_of_shelves(), bindparam("site")).where(
        Stock.merchant == bindparam("merchant"),
        Stock.sku == bindparam("sku"),
        *_all_closed_by("", HELD),
        or_(are_held(Stock), *closed),
    )


def _free() -> Select[Any]:
    return _pickable(_all_of_shelves(), bindparam("site"))


def _all_of_shelves() -> Select[Any]:
    return select(
        Stock.place,
        outermost("code").label("root"),
        outermost("walk_no").label("walk_no"),
        Stock.merchant,
        Stock.sku,
        Stock.lot,
        Stock.expiry,
        Stock.serial,
        (Stock.pieces - Stock.reserved).label("free"),
        Stock.arrived_at,
    )


def _shelves(rows: Answer) -> tuple[Shelf, ...]:
    return tuple(
        Shelf(
            row.place,
            row.root,
            row.walk_no,
            Goods(row.merchant, row.sku, row.lot, row.expiry, row.serial),
            row.free,
            row.arrived_at,
        )
        for row in rows
    )
