"""The demo's papers: deliveries at the dock, orders due today, returns waiting."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import insert
from sqlalchemy.orm import Session

from floorhand.domain.rules import Address
from floorhand.domain.things import CUSTOMER, SUPPLIER, Goods, Line
from floorhand.robots.demo.goods import NOT_IN_STOCK, Product, lot_of
from floorhand.store import ledger
from floorhand.store.ledger import Cause
from floorhand.store.places import new_place, next_sscc
from floorhand.store.schema import (
    Delivery,
    DeliveryLine,
    Order,
    OrderLine,
    Parcel,
    Return,
    ReturnLine,
)

ORDERS = 30
SINGLES_EVERY = 3
"""Every third order is a single piece, as in real shops."""

LINES_MAX = 4
PIECES_MAX = 3
DUE_IN_HOURS = (2, 4, 6)

DELIVERIES: tuple[tuple[str, str, tuple[tuple[str, int], ...]], ...] = (
    ("D-1001", "ALMA", (("ALM-YOG", 24), ("ALM-OAT", 36), ("ALM-GRA", 16))),
    ("D-1002", "FJELL", (("FJ-TARP", 8), ("FJ-MUG", 48))),
    ("D-1003", "PAPEL", (("PA-CAL", 20), ("PA-NB-A5", 40), ("PA-PEN-BK", 100))),
)

RETURNED: tuple[tuple[str, str, int, str], ...] = (
    ("ALMA", "ALM-OIL", 1, "arrived leaking"),
    ("FJELL", "FJ-SOCK-M", 2, "too small"),
    ("FJELL", "FJ-CAP", 1, "changed my mind"),
    ("PAPEL", "PA-WCOL", 1, "wrong item"),
    ("PAPEL", "PA-SCIS", 1, ""),
    ("FJELL", "FJ-BOT-05", 1, ""),
)
"""Merchant, SKU, pieces, the buyer's words. The last two returns do not say from which order."""

WITHOUT_ORDER = 2

CARRIER = "Demopost"

PEOPLE = ("Ida Example", "Noor Sample", "Luca Prova", "Jo Placeholder", "Mia Muster", "Kai Demo")
TOWNS = (("1010", "Wien", "AT"), ("20121", "Milano", "IT"), ("10115", "Berlin", "DE"))
STREETS = ("Long Street", "Via Corta", "Nordweg", "Harbour Row")


@dataclass(frozen=True, slots=True)
class _Bought:
    """An order to be written."""

    merchant: str
    number: str
    lines: tuple[tuple[str, int], ...]
    due_at: datetime
    placed_at: datetime
    shipped_at: datetime | None = None


def announce(tx: Session, cause: Cause, goods: tuple[Product, ...], rng: Random) -> None:
    """Write the deliveries that stand at the dock."""
    by_sku = {item.sku: item for item in goods}
    today = cause.at.date()
    for number, merchant, lines in DELIVERIES:
        tx.execute(
            insert(Delivery).values(
                site=cause.site,
                number=number,
                merchant=merchant,
                carrier=CARRIER,
                tracking=f"IN{rng.randrange(10**9):09d}",
                expected_on=today.isoformat(),
                came_at=cause.at,
            )
        )
        for line_no, (sku, pieces) in enumerate(lines, 1):
            lot, expiry = lot_of(by_sku[sku], rng, today)
            tx.execute(
                insert(DeliveryLine).values(
                    site=cause.site,
                    delivery=number,
                    line_no=line_no,
                    merchant=merchant,
                    sku=sku,
                    lot=lot,
                    expiry=expiry,
                    expected=pieces,
                )
            )


def take_orders(
    tx: Session, cause: Cause, goods: tuple[Product, ...], rng: Random, time_zone: str
) -> None:
    """Write the orders that are to leave today."""
    merchants = sorted({item.merchant for item in goods})
    for index in range(ORDERS):
        merchant = merchants[index % len(merchants)]
        own = [item for item in goods if item.merchant == merchant]
        count = 1 if index % SINGLES_EVERY == 0 else rng.randint(2, LINES_MAX)
        chosen = rng.sample([item for item in own if item.sku not in NOT_IN_STOCK], count)
        if index in (4, 5, 6):  # one order of each merchant waits for its delivery
            chosen[-1] = next(item for item in own if item.sku in NOT_IN_STOCK)
        lines = tuple((item.sku, _pieces(item, count, rng)) for item in chosen)
        bought = _Bought(
            merchant,
            f"{merchant[0]}-{5001 + index}",
            lines,
            _due(cause.at, DUE_IN_HOURS[index % len(DUE_IN_HOURS)], time_zone),
            cause.at - timedelta(hours=3, minutes=index),
        )
        _write_order(tx, cause.site, bought, rng)


def wait_for_returns(tx: Session, cause: Cause, goods: tuple[Product, ...], rng: Random) -> None:
    """Write orders that were shipped weeks ago, and what came back of them."""
    by_sku = {item.sku: item for item in goods}
    for index, (merchant, sku, pieces, words) in enumerate(RETURNED):
        shipped_at = cause.at - timedelta(days=12 + index)
        number = f"{merchant[0]}-{4001 + index}"
        customer = f"C-{700 + index}"
        lot = lot_of(by_sku[sku], rng, cause.at.date())
        sold = _Bought(
            merchant, number, ((sku, pieces + 1),), shipped_at, shipped_at, shipped_at=shipped_at
        )
        _write_order(tx, cause.site, sold, rng, customer)
        _ship(tx, cause, sold, Goods(merchant, sku, *lot))
        known = index < len(RETURNED) - WITHOUT_ORDER
        tx.execute(
            insert(Return).values(
                site=cause.site,
                number=f"RMA-{301 + index}",
                merchant=merchant,
                order=number if known else "",
                customer=customer,
                platform="demo",
                platform_id=f"RMA-{301 + index}",
                tracking=f"RT{rng.randrange(10**9):09d}",
                sender=PEOPLE[index % len(PEOPLE)],
                custody="in_transit",
                reason=words,
                asked_at=cause.at - timedelta(days=4),
                came_at=cause.at - timedelta(days=4),
                deadline=cause.at + timedelta(hours=6 + 12 * index),
            )
        )
        tx.execute(
            insert(ReturnLine).values(
                site=cause.site,
                number=f"RMA-{301 + index}",
                line_no=1,
                merchant=merchant,
                sku=sku,
                advised=pieces,
                reason=words,
            )
        )


def _pieces(item: Product, lines: int, rng: Random) -> int:
    if lines == 1 or item.serial_tracked:
        return 1
    return rng.randint(1, PIECES_MAX)


def _due(now: datetime, hours: int, time_zone: str) -> datetime:
    """Give the time to ship by: some hours from now, yet today where the site is."""
    zone = ZoneInfo(time_zone)
    midnight = now.astimezone(zone).replace(hour=23, minute=59, second=0, microsecond=0)
    return min(now + timedelta(hours=hours), midnight)


def _write_order(tx: Session, site: str, bought: _Bought, rng: Random, customer: str = "") -> None:
    postcode, city, country = rng.choice(TOWNS)
    address = Address(
        name=rng.choice(PEOPLE),
        line1=f"{rng.choice(STREETS)} {rng.randint(1, 99)}",
        city=city,
        postcode=postcode,
        country=country,
    )
    values: dict[str, Any] = {
        "site": site,
        "merchant": bought.merchant,
        "number": bought.number,
        "state": "shipped" if bought.shipped_at else "released",
        "channel": "demo",
        "placed_at": bought.placed_at,
        "came_at": bought.placed_at,
        "released_at": bought.placed_at,
        "due_at": bought.due_at,
        "customer": customer or f"C-{rng.randrange(1000):03d}",
        "ship_to": json.dumps(asdict(address), ensure_ascii=False),
        "carrier": CARRIER,
        "service": "standard",
        "shipped_at": bought.shipped_at,
    }
    tx.execute(insert(Order).values(**values))
    for line_no, (sku, pieces) in enumerate(bought.lines, 1):
        done = pieces if bought.shipped_at else 0
        tx.execute(
            insert(OrderLine).values(
                site=site,
                merchant=bought.merchant,
                order=bought.number,
                line_no=line_no,
                sku=sku,
                ordered=pieces,
                picked=done,
                packed=done,
            )
        )


def _ship(tx: Session, cause: Cause, sold: _Bought, goods: Goods) -> None:
    """Let an order of the past leave: into its carton, and out of the house with it."""
    carton = next_sscc(tx, cause.site)
    new_place(tx, cause.site, code=carton, kind="carton", merchant=sold.merchant, state="shipped")
    tx.execute(
        insert(Parcel).values(
            site=cause.site,
            carton=carton,
            merchant=sold.merchant,
            order=sold.number,
            box_type="BOX-S",
            state="handed_over",
            closed_at=sold.shipped_at,
        )
    )
    lines = [Line(goods, sum(pieces for _, pieces in sold.lines))]
    ledger.move(tx, cause, SUPPLIER, carton, lines)
    ledger.move(tx, cause, carton, CUSTOMER, lines)
