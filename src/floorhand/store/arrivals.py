"""When a paper came, and what its shop said of it later: files change papers without an operation.

Each file is noted with the moment at which it was read, and what it changes bears the same moment.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from floorhand.store.schema import Delivery, Imported, Order, Return

Arrival = tuple[datetime, str, str]
"""When, the text that says what, and the format of the file that said it; empty if unknown."""


def told(tx: Session, site: str, kind: str, name: str) -> list[Arrival]:
    """Tell of an order, a delivery or a return when it came, the latest first.

    Args:
        tx: An open transaction.
        site: The building.
        kind: One of `floorhand.domain.tracing.THINGS`; of others nothing is told.
        name: Which.
    """
    found = list(_told(tx, site, kind, name))
    return sorted(found, key=lambda one: one[0], reverse=True)


def _told(tx: Session, site: str, kind: str, name: str) -> Iterator[Arrival]:
    asked: Any
    of: tuple[Any, ...]
    match kind:
        case "order":
            merchant, _, number = name.partition("/")
            of = (Order.site == site, Order.merchant == merchant, Order.number == number)
            asked = select(Order.cancelled_at, Order.came_at, Order.placed_at)
            steps = {
                "cancelled_at": ("details.cancelled", "orders_cancelled"),
                "came_at": ("details.came", "orders"),
                "placed_at": ("details.placed", ""),
            }
        case "delivery":
            of = (Delivery.site == site, Delivery.number == name)
            asked = select(Delivery.came_at)
            steps = {"came_at": ("details.announced", "deliveries")}
        case "return":
            of = (Return.site == site, Return.number == name)
            asked = select(Return.came_at, Return.asked_at)
            steps = {
                "came_at": ("details.announced", "returns"),
                "asked_at": ("details.asked", ""),
            }
        case _:
            return
    row: Any = tx.execute(asked.where(*of)).first()
    for column, (said, counted) in steps.items() if row else ():
        if at := getattr(row, column):
            yield at, said, _file(tx, site, at, counted) if counted else ""


def _file(tx: Session, site: str, at: datetime, counted: str) -> str:
    """Name the formats of the files that were read at a moment and did such a thing."""
    files = select(Imported.format, Imported.result).where(Imported.site == site, Imported.at == at)
    found = {
        row.format for row in tx.execute(files) if json.loads(row.result)["counts"].get(counted)
    }
    return ", ".join(sorted(found))
