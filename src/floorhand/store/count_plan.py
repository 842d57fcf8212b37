"""Which bins should be counted, and which counts are open: what a plan of counts is made of."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from floorhand.domain.count_plan import DOUBTS, BinFacts, Due, Sku, grades, plan
from floorhand.domain.count_rules import RECOUNT
from floorhand.store.masters import site_rules
from floorhand.store.schema import (
    CountSheet,
    Order,
    OrderLine,
    Place,
    Stock,
    Task,
    Trouble,
    Worker,
)
from floorhand.store.schema import Sku as SkuRow
from floorhand.store.shelves import outermost, with_roots

SOLD_WITHIN: Final = timedelta(days=28)
"""Products are graded by what was picked of them in this time."""

OPEN: Final = ("open", "claimed")


@dataclass(frozen=True, slots=True)
class OpenCount:
    """A count that is asked for and not over. ``worker`` is a name; empty: nobody has it."""

    place: str
    merchant: str
    sku: str
    reason: str
    since: datetime
    worker: str


def due_counts(
    tx: Session, site: str, now: datetime, *, zone: str = "", merchant: str = ""
) -> tuple[Due, ...]:
    """List the bins that should be counted and for which no count is open, the most urgent first.

    Args:
        tx: An open transaction.
        site: The building.
        now: UTC time.
        zone: Only bins of this zone; empty: of all.
        merchant: Only bins with goods of this merchant; empty: of all.
    """
    last = _last_counts(tx, site)
    doubts = _doubts(tx, site)
    asked_for = set(tx.scalars(_open_places(site)))
    goods: dict[tuple[str, str, int], dict[Sku, datetime]] = defaultdict(dict)
    for row in tx.execute(_goods(site)):
        goods[row.code, row.zone, row.walk_no][row.merchant, row.sku] = row.since
    bins = [
        BinFacts(
            place=place,
            zone=in_zone,
            walk_no=walk_no,
            skus=tuple(skus),
            since=last.get(place, min(skus.values())),
            counted=place in last,
            doubts=tuple(doubt for doubt in DOUBTS if doubt in doubts[place]),
        )
        for (place, in_zone, walk_no), skus in goods.items()
        if place not in asked_for
        and zone in ("", in_zone)
        and (not merchant or any(owner == merchant for owner, _ in skus))
    ]
    return plan(bins, graded(tx, site, now), site_rules(tx, site).count_days, now)


def open_counts(tx: Session, site: str) -> tuple[OpenCount, ...]:
    """List the counts that are asked for, the oldest first."""
    rows = tx.execute(
        select(Task.place, Task.merchant, Task.sku, Task.reason, Task.created_at, Worker.name)
        .outerjoin(Worker, (Worker.site == Task.site) & (Worker.code == Task.worker))
        .where(Task.site == site, Task.kind == "count", Task.state.in_(OPEN))
        .order_by(Task.created_at, Task.id)
    )
    return tuple(OpenCount(*row[:5], row.name or "") for row in rows)


def graded(tx: Session, site: str, now: datetime) -> dict[Sku, str]:
    """Grade the products of a building: as the site says, else by what was picked lately."""
    sold: dict[Sku, int] = {
        (row.merchant, row.sku): row.picked for row in tx.execute(_sold(site, now)) if row.picked
    }
    known = tx.execute(
        select(SkuRow.merchant, SkuRow.code, SkuRow.abc).where(
            SkuRow.site == site, SkuRow.abc != ""
        )
    )
    return grades(sold, {(row.merchant, row.code): row.abc for row in known})


def _goods(site: str) -> Select[Any]:
    """Ask what is in each bin, and since when."""
    root = [outermost(name).label(name) for name in ("code", "zone", "walk_no")]
    since = func.min(Stock.arrived_at, type_=Stock.arrived_at.type).label("since")
    asked: Select[Any] = select(*root, Stock.merchant, Stock.sku, since).select_from(Stock)
    return (
        with_roots(asked, site, Stock.place)
        .where(Stock.site == site, Stock.pieces > 0, outermost("kind") == "bin")
        .group_by(*root, Stock.merchant, Stock.sku)
    )


def _sold(site: str, now: datetime) -> Select[*tuple[Any, ...]]:
    return (
        select(OrderLine.merchant, OrderLine.sku, func.sum(OrderLine.picked).label("picked"))
        .join(
            Order,
            (Order.site == OrderLine.site)
            & (Order.merchant == OrderLine.merchant)
            & (Order.number == OrderLine.order),
        )
        .where(OrderLine.site == site, Order.due_at >= now - SOLD_WITHIN, OrderLine.picked > 0)
        .group_by(OrderLine.merchant, OrderLine.sku)
    )


def _last_counts(tx: Session, site: str) -> Mapping[str, datetime]:
    """Say when each bin was counted last, all of it, with a result that stands."""
    last = func.max(CountSheet.ended_at, type_=CountSheet.ended_at.type)
    rows = tx.execute(
        select(CountSheet.place, last)
        .where(
            CountSheet.site == site,
            CountSheet.ended_at.is_not(None),
            CountSheet.sku == "",
            CountSheet.result != RECOUNT,
        )
        .group_by(CountSheet.place)
    )
    return {place: at for place, at in rows if at is not None}


def _open_places(site: str) -> Select[str]:
    return select(Task.place).where(Task.site == site, Task.kind == "count", Task.state.in_(OPEN))


def _doubts(tx: Session, site: str) -> defaultdict[str, set[str]]:
    """List what makes bins doubtful, by bin."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    rows = tx.execute(
        select(Trouble.subject, Trouble.kind).where(
            Trouble.site == site, Trouble.closed_at.is_(None), Trouble.kind.in_(DOUBTS)
        )
    )
    for place, kind in rows:
        found[place].add(kind)
    full = select(Place.code).where(Place.site == site, Place.kind == "bin", Place.full)
    for place in tx.scalars(full):
        found[place].add("full")
    return found
