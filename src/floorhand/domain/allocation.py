"""Which stock is promised to which order, and which orders go on one walk."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from floorhand.domain.things import Goods

HOLD_ORDER = "hold"
CANCEL_LINE = "cancel_line"

UNLIMITED = 10**12
"""Grams and millilitres of a cart for which no limit is set."""

LAST_DAY = "9999-12-31"
"""Sorts goods without a date behind all that have one."""


@dataclass(frozen=True, slots=True)
class Shelf:
    """Free pieces of one kind of goods in one place.

    ``root`` is the outermost place that it stands in, where a worker walks to.
    """

    place: str
    root: str
    walk_no: int
    goods: Goods
    free: int
    arrived_at: datetime


@dataclass(frozen=True, slots=True)
class Take:
    """Some pieces of a shelf."""

    shelf: Shelf
    pieces: int


@dataclass(frozen=True, slots=True)
class OpenLine:
    """What is still wanted of an order line, and what one piece of it weighs and fills."""

    line_no: int
    sku: str
    pieces: int
    piece_g: int = 0
    piece_ml: int = 0


@dataclass(frozen=True, slots=True)
class OpenOrder:
    """An order that may be picked, with its open lines. A higher ``priority`` goes first."""

    merchant: str
    number: str
    state: str
    priority: int
    due_at: datetime
    policy: str
    lines: tuple[OpenLine, ...]

    @property
    def name(self) -> str:
        """Give it as it stands on totes: ``merchant/number``."""
        return f"{self.merchant}/{self.number}"

    @property
    def single(self) -> bool:
        """Tell whether one piece is all it wants."""
        return len(self.lines) == 1 and self.lines[0].pieces == 1


@dataclass(frozen=True, slots=True)
class Room:
    """What a walk has room for: orders, grams and millilitres."""

    orders: int
    g: int = UNLIMITED
    ml: int = UNLIMITED

    def after(self, plan: Plan, order: OpenOrder) -> Room | None:
        """Give the room that is left once an order is on the cart; None if it does not fit."""
        piece = {line.line_no: line for line in order.lines}
        pieces = [(piece[n], take.pieces) for n, takes in plan.takes.items() for take in takes]
        left = Room(
            self.orders - 1,
            self.g - sum(line.piece_g * count for line, count in pieces),
            self.ml - sum(line.piece_ml * count for line, count in pieces),
        )
        return left if min(left.orders, left.g, left.ml) >= 0 else None


@dataclass(frozen=True, slots=True)
class Plan:
    """What an order would get: takes and missing pieces by line number."""

    takes: Mapping[int, tuple[Take, ...]]
    short: Mapping[int, int]

    @property
    def roots(self) -> frozenset[str]:
        """List the places a worker would walk to."""
        return frozenset(take.shelf.root for takes in self.takes.values() for take in takes)


def by_age(shelves: Iterable[Shelf], today: date) -> list[Shelf]:
    """Sort what may be picked: first expired, first out; without dates first in, first out.

    Expired goods are left out: they are never promised, whatever the books call them. The
    arrival is that of the first of these pieces in their place, never the order of rows. Among
    equals the place nearer to the start of the walk is emptied first.
    """
    fresh = (s for s in shelves if s.free > 0 and not is_expired(s.goods.expiry, today))
    return sorted(
        fresh,
        key=lambda s: (
            s.goods.expiry or LAST_DAY,
            s.arrived_at,
            s.walk_no,
            s.place,
            s.goods.lot,
            s.goods.serial,
        ),
    )


def is_expired(expiry: str, today: date) -> bool:
    """Tell whether goods with this ISO date can no longer be sold; undated ones never expire."""
    return bool(expiry) and expiry < today.isoformat()


def allocate(shelves: Sequence[Shelf], pieces: int) -> tuple[Take, ...]:
    """Take pieces from shelves in the order given, splitting over several where needed."""
    takes: list[Take] = []
    for shelf in shelves:
        if pieces == 0:
            break
        if shelf.free > 0:
            takes.append(Take(shelf, min(pieces, shelf.free)))
            pieces -= takes[-1].pieces
    return tuple(takes)


class Pool:
    """Free stock in memory, so that several orders can be planned without asking twice.

    Args:
        shelves: All free stock of the SKUs in question.
        today: The site's date.
    """

    def __init__(self, shelves: Iterable[Shelf], today: date) -> None:
        self._shelves: dict[tuple[str, str], list[Shelf]] = {}
        for shelf in by_age(shelves, today):
            self._shelves.setdefault((shelf.goods.merchant, shelf.goods.sku), []).append(shelf)
        self._taken: dict[tuple[str, Goods], int] = {}

    def plan(self, order: OpenOrder) -> Plan | None:
        """Plan an order by its merchant's policy; None if nothing of it can be picked.

        ``ship_partial`` takes what there is. ``cancel_line`` takes whole lines or nothing of them.
        ``hold`` takes the whole order or nothing.
        """
        mine: dict[tuple[str, Goods], int] = {}
        takes: dict[int, tuple[Take, ...]] = {}
        short: dict[int, int] = {}
        for line in order.lines:
            found = allocate(self._left(order.merchant, line.sku, mine), line.pieces)
            missing = line.pieces - sum(take.pieces for take in found)
            if missing and order.policy == HOLD_ORDER:
                return None
            if missing and order.policy == CANCEL_LINE:
                found, missing = (), line.pieces
            if missing:
                short[line.line_no] = missing
            if found:
                takes[line.line_no] = found
            for take in found:
                key = (take.shelf.place, take.shelf.goods)
                mine[key] = mine.get(key, 0) + take.pieces
        return Plan(takes, short) if takes else None

    def take(self, plan: Plan) -> None:
        """Count a plan's pieces as taken."""
        for takes in plan.takes.values():
            for take in takes:
                key = (take.shelf.place, take.shelf.goods)
                self._taken[key] = self._taken.get(key, 0) + take.pieces

    def _left(self, merchant: str, sku: str, mine: Mapping[tuple[str, Goods], int]) -> list[Shelf]:
        left = []
        for shelf in self._shelves.get((merchant, sku), ()):
            key = (shelf.place, shelf.goods)
            free = shelf.free - self._taken.get(key, 0) - mine.get(key, 0)
            if free > 0:
                left.append(
                    Shelf(
                        shelf.place,
                        shelf.root,
                        shelf.walk_no,
                        shelf.goods,
                        free,
                        shelf.arrived_at,
                    )
                )
        return left


def choose_orders(
    orders: Sequence[OpenOrder], pool: Pool, room: Room
) -> tuple[list[tuple[OpenOrder, Plan]], list[OpenOrder]]:
    """Choose the orders of one walk, most urgent first, and take their pieces from the pool.

    The most urgent order that can be picked at all decides whether the walk is one of
    single-piece orders, which go in batches of their own: they need no sorting at the bench.
    Among equally urgent orders the one that shares most of its places with the walk comes first.
    An order that is too heavy or too large for what room is left waits for the next walk; the first
    one is always taken, or nobody would ever carry it.

    Args:
        orders: Candidates, most urgent first.
        pool: The free stock.
        room: What the walk can carry.

    Returns:
        The chosen orders with their plans; and those for which there is no stock at all.
    """
    chosen: list[tuple[OpenOrder, Plan]] = []
    on_walk: set[str] = set()
    left, without = [], []
    for order in orders:
        if (plan := pool.plan(order)) is not None:
            left.append((order, plan))
        else:
            without.append(order)
    if left:
        single = left[0][0].single
        left = [(order, plan) for order, plan in left if order.single == single]
    while left and room.orders:
        urgency = (left[0][0].priority, left[0][0].due_at)
        equal = [pair for pair in left if (pair[0].priority, pair[0].due_at) == urgency]
        best = max(equal, key=lambda pair: _overlap(pair[1], on_walk))
        left.remove(best)
        if (now := pool.plan(best[0])) is None:
            continue
        rest = room.after(now, best[0])
        if rest is None and chosen:
            continue
        room = rest or Room(0)
        pool.take(now)
        chosen.append((best[0], now))
        on_walk |= now.roots
    return chosen, without


def _overlap(plan: Plan, on_walk: set[str]) -> float:
    """Give the share of a plan's places that the walk visits anyway."""
    return len(plan.roots & on_walk) / len(plan.roots)
