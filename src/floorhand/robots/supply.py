"""Make a warehouse workable for robots: places if it has none, people, and deliveries that lack."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from random import Random, SystemRandom
from typing import Any

from sqlalchemy import and_, bindparam, func, insert, select
from sqlalchemy.orm import Session

from floorhand.domain.barcodes import new_body, own_code
from floorhand.domain.signing_in import JOBS
from floorhand.robots.demo import building
from floorhand.store.places import next_number
from floorhand.store.schema import (
    BoxType,
    Delivery,
    DeliveryLine,
    Order,
    OrderLine,
    Place,
    Sku,
    Worker,
)
from floorhand.store.shelves import free_by_sku

Crew = tuple[tuple[str, str], ...]
"""Number and badge of each worker."""

LINES_PER_DELIVERY_MAX = 100

BINS_PER_SKU = 1.25
"""Bins that a building put up for robots has for each product, so that put-away finds room."""

_NEW_ORDERS = select(Order.merchant, Order.number).where(
    Order.site == bindparam("site"), Order.state == "released"
)
ROLES = " ".join((*JOBS, "blind"))


LEAD = "ROBOT-LEAD"


def hire(tx: Session, site: str, count: int, *, lead: bool = False) -> Crew:
    """Make sure that there are so many robot workers; give number and badge of each.

    Their badges are drawn from the system's own chance: they open a real warehouse too.

    Args:
        tx: An open transaction.
        site: The building.
        count: How many do the jobs.
        lead: Hire one more, the last, who leads.
    """
    rng = SystemRandom()
    known = {
        code: badge
        for code, badge in tx.execute(select(Worker.code, Worker.badge).where(Worker.site == site))
    }
    wanted = [(f"ROBOT-{number:02d}", f"Robot {number}", ROLES) for number in range(1, count + 1)]
    if lead:
        wanted.append((LEAD, "Robot lead", "lead"))
    for code, name, roles in wanted:
        if code not in known:
            known[code] = own_code("badge", new_body(rng))
            badge = known[code]
            tx.execute(
                insert(Worker).values(site=site, code=code, name=name, badge=badge, roles=roles)
            )
    return tuple((code, known[code]) for code, *_ in wanted)


def furnish(tx: Session, site: str, rng: Random) -> None:
    """Put up what the building has none of: bins, docks, benches, carts, totes, box types."""
    kinds = set(tx.scalars(select(Place.kind).where(Place.site == site).distinct()))
    skus = tx.scalar(select(func.count()).select_from(Sku).where(Sku.site == site)) or 0
    storages = tx.scalars(select(Sku.storage).where(Sku.site == site).distinct()).all()
    building.put_up_missing(tx, site, rng, kinds, int(skus * BINS_PER_SKU), tuple(storages))
    if not tx.scalar(select(func.count()).select_from(BoxType).where(BoxType.site == site)):
        building.put_up_boxes(tx, site)


def announce_lacking(tx: Session, site: str, now: datetime) -> int:
    """Announce deliveries of what open orders need and stock lacks.

    What deliveries that are still open will bring counts as stock.

    Returns:
        Pieces announced.
    """
    lacking = _lacking(tx, site)
    by_merchant: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for (merchant, sku), pieces in sorted(lacking.items()):
        by_merchant[merchant].append((sku, pieces))
    for merchant, lines in by_merchant.items():
        for first in range(0, len(lines), LINES_PER_DELIVERY_MAX):
            number = f"SUPPLY-{next_number(tx, site, 'supply'):04d}"
            tx.execute(
                insert(Delivery).values(
                    site=site, number=number, merchant=merchant, expected_on=now.date().isoformat()
                )
            )
            part = lines[first : first + LINES_PER_DELIVERY_MAX]
            tx.execute(
                insert(DeliveryLine),
                [
                    {
                        "site": site,
                        "delivery": number,
                        "line_no": line_no,
                        "merchant": merchant,
                        "sku": sku,
                        "expected": pieces,
                    }
                    for line_no, (sku, pieces) in enumerate(part, 1)
                ],
            )
    return sum(lacking.values())


def order_again(tx: Session, site: str, times: int) -> None:
    """Let all orders that nobody has begun come so many times more, each under new numbers."""
    new = {(one.merchant, one.number) for one in tx.execute(_NEW_ORDERS, {"site": site})}
    papers: tuple[tuple[Any, str], ...] = ((Order, "number"), (OrderLine, "order"))
    for paper, number in papers:
        here = select(*paper.__table__.columns).where(paper.site == site)
        found = [row._asdict() for row in tx.execute(here)]
        rows = [row for row in found if (row["merchant"], row[number]) in new]
        again = [{**row, number: f"{row[number]}-{n}"} for n in range(times) for row in rows]
        tx.execute(insert(paper), again)


def _lacking(tx: Session, site: str) -> dict[tuple[str, str], int]:
    wanted = func.sum(OrderLine.ordered - OrderLine.picked - OrderLine.short)
    needs = tx.execute(
        select(OrderLine.merchant, OrderLine.sku, wanted)
        .join(
            Order,
            and_(
                Order.site == OrderLine.site,
                Order.merchant == OrderLine.merchant,
                Order.number == OrderLine.order,
            ),
        )
        .where(OrderLine.site == site, Order.state.in_(("released", "waiting")))
        .group_by(OrderLine.merchant, OrderLine.sku)
    )
    coming = tx.execute(
        select(
            DeliveryLine.merchant,
            DeliveryLine.sku,
            func.sum(DeliveryLine.expected - DeliveryLine.received - DeliveryLine.damaged),
        )
        .join(
            Delivery,
            and_(Delivery.site == DeliveryLine.site, Delivery.number == DeliveryLine.delivery),
        )
        .where(DeliveryLine.site == site, Delivery.state.in_(("announced", "receiving")))
        .group_by(DeliveryLine.merchant, DeliveryLine.sku)
    )
    have: dict[tuple[str, str], int] = defaultdict(int)
    for merchant, sku, pieces in (*tx.execute(free_by_sku(site)), *coming):
        have[merchant, sku] += max(0, int(pieces))
    return {
        (merchant, sku): int(pieces) - have[merchant, sku]
        for merchant, sku, pieces in needs
        if int(pieces) > have[merchant, sku]
    }
