"""The words of giving orders of a walk back."""

from __future__ import annotations

from dataclasses import dataclass

from floorhand.domain.picking import Next


@dataclass(frozen=True, slots=True)
class LeaveOrders:
    """Give back the orders of a walk that have no tote yet."""

    task: str


@dataclass(frozen=True, slots=True)
class OrdersLeft:
    """So many orders can be picked by anybody again; the walk is over if none is left on it."""

    orders: int
    next: Next
