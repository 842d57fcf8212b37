"""A rush for a whole crew: so many orders and goods that nobody runs out of work for an hour."""

from __future__ import annotations

from datetime import datetime
from random import Random
from typing import Final

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from floorhand.domain.things import SUPPLIER, Goods, Line
from floorhand.robots import supply
from floorhand.robots.demo import building
from floorhand.store import ledger, traces
from floorhand.store.db import Transactions, engine_of
from floorhand.store.ledger import Cause
from floorhand.store.schema import Delivery, Operation, Stock
from floorhand.store.statistics import count_tables

OPERATION: Final = "rush:1"

ORDERS_PER_WORKER: Final = 20
ORDERS_OF_DEMO: Final = 30
TOTES_PER_WORKER: Final = 8
WORKERS_PER_BENCH: Final = 4


def rush(transactions: Transactions, site: str, workers: int, now: datetime) -> supply.Crew:
    """Fill the demo, in which nothing is done yet, with work for so many; give its crew.

    Nothing more comes in: robots that pick would wait for it.

    On PostgreSQL all tables are counted in the end, as the server does by itself a minute later.
    """
    rng = Random(workers)
    with transactions.begin() as tx:
        crew = supply.hire(tx, site, workers)
        building.put_up_more(
            tx,
            site,
            rng,
            carts=workers,
            totes=TOTES_PER_WORKER * workers,
            benches=-(-workers // WORKERS_PER_BENCH),
        )
        times = -(-workers * ORDERS_PER_WORKER // ORDERS_OF_DEMO)
        tx.execute(update(Delivery).where(Delivery.site == site).values(state="closed"))
        supply.order_again(tx, site, times)
        _more_stock(tx, site, times, now)
    with engine_of(transactions).begin() as connection:
        count_tables(connection)
    return crew


def _more_stock(tx: Session, site: str, times: int, now: datetime) -> None:
    """Bring so many times more of what lies in bins; a piece with a number is there but once."""
    tx.execute(
        insert(Operation).values(
            site=site, id=OPERATION, kind="OpeningStock", command="{}", worker="", seat="", at=now
        )
    )
    cause = Cause(site, OPERATION, "", "", "", now)
    here = select(Stock).where(Stock.site == site, Stock.serial == "", Stock.pieces > 0)
    for row in tx.execute(here).scalars().all():
        goods = Goods(row.merchant, row.sku, row.lot, row.expiry)
        ledger.move(tx, cause, SUPPLIER, row.place, [Line(goods, times * row.pieces)])
    traces.keep(tx, cause)
