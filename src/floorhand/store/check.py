"""Prove the stock: rebuild it from the moves and check every invariant of the warehouse.

Each rule is one question to the database that returns what is wrong, so that it also runs on a
large warehouse while people work.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from floorhand.domain.things import OUTSIDE
from floorhand.store.check_labels import LABEL_CHECKS
from floorhand.store.check_operations import OPERATION_CHECKS
from floorhand.store.check_orders import ORDER_CHECKS
from floorhand.store.check_papers import PAPER_CHECKS
from floorhand.store.check_places import PLACE_CHECKS
from floorhand.store.check_stock import STOCK_CHECKS
from floorhand.store.check_tables import TABLE_CHECKS
from floorhand.store.check_work import WORK_CHECKS
from floorhand.store.schema import Move, Operation, Stock
from floorhand.store.violation import Violation

VIOLATIONS_MAX = 1_000
"""Beyond this many a list helps nobody."""

CHECKS: tuple[Callable[[Session, str], Iterator[Violation]], ...] = (
    *STOCK_CHECKS,
    *OPERATION_CHECKS,
    *PLACE_CHECKS,
    *WORK_CHECKS,
    *ORDER_CHECKS,
    *PAPER_CHECKS,
    *LABEL_CHECKS,
    *TABLE_CHECKS,
)


def violations(tx: Session, site: str) -> tuple[Violation, ...]:
    """List everything that breaks an invariant, at most `VIOLATIONS_MAX`; empty if all is well."""
    found: list[Violation] = []
    for check in CHECKS:
        for violation in check(tx, site):
            found.append(violation)
            if len(found) >= VIOLATIONS_MAX:
                return tuple(found)
    return tuple(found)


def counted(tx: Session, site: str) -> dict[str, int]:
    """Count what was checked, for the sentence that proves the stock."""
    return {
        "moves": _count(tx, select(func.count()).select_from(Move).where(Move.site == site)),
        "operations": _count(
            tx, select(func.count()).select_from(Operation).where(Operation.site == site)
        ),
        "stock_rows": _count(
            tx, select(func.count()).select_from(Stock).where(Stock.site == site, Stock.pieces != 0)
        ),
        "pieces": _count(
            tx,
            select(func.coalesce(func.sum(Stock.pieces), 0)).where(
                Stock.site == site, Stock.place.not_in(OUTSIDE)
            ),
        ),
    }


def _count(tx: Session, question: Select[Any]) -> int:
    return int(tx.scalar(question) or 0)


__all__ = ["VIOLATIONS_MAX", "Violation", "counted", "violations"]
