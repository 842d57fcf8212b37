"""Which bin: what makes a bin legal for goods, and which legal bin comes first, with the reason.

Legality is one function, used for what is proposed and for what a worker chooses instead.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from floorhand.domain.things import AVAILABLE, Goods

AMBIENT = "ambient"
HOLD_STORAGE = "hold"
QUARANTINE_ZONES = frozenset({"hold", "quarantine"})

HEAVY_G = 15_000
"""A piece at least this heavy is not proposed above `HEAVY_LEVEL_MAX`."""

HEAVY_LEVEL_MAX = 1

NEIGHBOUR_MM = 3_000
"""Bins of one aisle at most this far apart are neighbours."""

NEIGHBOUR_STEPS = 2
"""Likewise on the walk, where a bin's position along its aisle is not known."""

SHARED_MM = 10_000
"""An empty neighbour comes before one that holds other goods, as if those stood farther away."""

NO_LIMIT = 1_000_000_000
"""Room of a bin that nothing limits, in pieces."""

CLASS_SHARES = (("A", 20), ("B", 50))
"""The first 20 % of the walk are for fast movers (A), the next 30 % for B, the rest for C."""


class Rule(StrEnum):
    """Which rule chose a bin, in the order they are tried."""

    PICK_FACE = "pick_face"
    TOP_UP = "top_up"
    NEIGHBOUR = "neighbour"
    ZONE = "zone"
    OVERFLOW = "overflow"


class Bar(StrEnum):
    """Why a bin is not legal for goods."""

    NOT_A_BIN = "not_a_bin"
    BLOCKED = "blocked"
    FULL = "full"
    BOUND = "bound"
    STORAGE = "storage"
    FOR_HOLD = "for_hold"
    NOT_FOR_HOLD = "not_for_hold"
    PICK_FACE = "pick_face"
    MERCHANT = "merchant"
    LOT = "lot"
    CONDITION = "condition"
    HEIGHT = "height"
    NO_ROOM = "no_room"


@dataclass(frozen=True, slots=True)
class Need:
    """Goods that need a bin. Sizes and weight are of one piece; 0 means not known.

    Attributes:
        goods: What they are.
        pieces: How many.
        storage: Storage type the SKU needs; empty is ambient.
        abc: ``A`` (fast), ``B``, ``C`` or empty.
        volume_ml: Of one piece.
        weight_g: Of one piece.
        height_mm: Of one piece.
    """

    goods: Goods
    pieces: int
    storage: str = ""
    abc: str = ""
    volume_ml: int = 0
    weight_g: int = 0
    height_mm: int = 0


@dataclass(frozen=True, slots=True)
class Shelf:
    """A bin with what is in it. Capacities of 0 are not limited.

    ``held`` are the different goods in it, ``faced`` says that it last held the SKU in question
    and is its pick face, ``walk_pct`` how far along the walk it is (0 to 100; -1: not known).
    """

    code: str
    kind: str = "bin"
    state: str = "open"
    zone: str = ""
    storage: str = ""
    bound: str = ""
    blocked: bool = False
    full: bool = False
    pick_face: bool = False
    faced: bool = False
    aisle_no: int = 0
    y_mm: int = 0
    level: int = 0
    walk_no: int = 0
    walk_pct: int = -1
    capacity_pieces: int = 0
    capacity_ml: int = 0
    capacity_g: int = 0
    inner_height_mm: int = 0
    used_pieces: int = 0
    used_ml: int = 0
    used_g: int = 0
    held: tuple[Goods, ...] = ()

    @property
    def for_hold(self) -> bool:
        """Say whether it is meant for goods that must not be sold."""
        return self.storage == HOLD_STORAGE or self.zone.lower() in QUARANTINE_ZONES


@dataclass(frozen=True, slots=True)
class Proposal:
    """The bin to go to, why, and how many pieces fit. ``near`` is the neighbour it is next to."""

    code: str
    rule: Rule
    room: int
    near: str = ""


def room_for(need: Need, shelf: Shelf) -> int:
    """Say how many pieces of the goods fit into what is free, by pieces, volume and weight."""
    room = NO_LIMIT
    for capacity, used, each in (
        (shelf.capacity_pieces, shelf.used_pieces, 1),
        (shelf.capacity_ml, shelf.used_ml, need.volume_ml),
        (shelf.capacity_g, shelf.used_g, need.weight_g),
    ):
        if capacity and each:
            room = min(room, (capacity - used) // each)
    return max(0, room)


def bar(need: Need, shelf: Shelf, hold_storages: frozenset[str]) -> Bar | None:
    """Say why a bin cannot take the goods, not even one piece; None if it is legal.

    Args:
        need: The goods.
        shelf: The bin.
        hold_storages: Storage types for which the site has bins for held goods
            (see `hold_storage`). Where it has none of the type, held goods go to ordinary bins,
            since being cold matters more; but to no pick face, and never beside goods for sale.
    """
    goods = need.goods
    if shelf.kind != "bin" or shelf.state != "open":
        return Bar.NOT_A_BIN
    if shelf.blocked:
        return Bar.BLOCKED
    if shelf.full:
        return Bar.FULL
    if shelf.bound not in ("", goods.merchant):
        return Bar.BOUND
    return (
        _storage_bar(need, shelf, hold_storages)
        or (Bar.PICK_FACE if shelf.pick_face and goods.condition != AVAILABLE else None)
        or _mixing_bar(goods, shelf.held)
        or _size_bar(need, shelf)
    )


def hold_storage(storage: str) -> str:
    """Name the storage type that a bin for held goods offers; the type ``hold`` is ambient."""
    return AMBIENT if storage in ("", HOLD_STORAGE) else storage


def propose(
    need: Need, shelves: Iterable[Shelf], hold_storages: frozenset[str] = frozenset()
) -> Proposal | None:
    """Choose the first legal bin by the first rule that yields one.

    1 pick face of the SKU with room; 2 a bin that holds the same SKU, lot and merchant; 3 next to
    a bin of the SKU, if it is for sale; 4 an empty bin where goods of its ABC class belong; 5 any
    other. Within a rule, a bin that takes all pieces comes before one that takes some, then see
    `_rank`.
    """
    known = tuple(shelves)
    legal = [(s, room_for(need, s)) for s in known if bar(need, s, hold_storages) is None]
    homes = []
    if need.goods.condition == AVAILABLE:  # what is not for sale is better far from what is
        homes = [shelf for shelf in known if holds_sku(need.goods, shelf)]
    ranked = sorted(
        ((_rank(need, shelf, room, homes), shelf, room) for shelf, room in legal),
        key=lambda entry: entry[0],
    )
    if not ranked:
        return None
    (rule_no, *_), shelf, room = ranked[0]
    near = _nearest(shelf, homes) if rule_no == 2 else None
    return Proposal(shelf.code, tuple(Rule)[rule_no], room, near.code if near else "")


def holds_sku(goods: Goods, shelf: Shelf) -> bool:
    """Say whether a bin holds pieces of the same merchant's SKU, whatever lot or condition."""
    return any((h.merchant, h.sku) == (goods.merchant, goods.sku) for h in shelf.held)


def walk_class(walk_pct: int) -> str:
    """Name the ABC class that a stretch of the walk is for: what moves fast stands near."""
    for name, share_pct in CLASS_SHARES:
        if walk_pct <= share_pct:
            return name
    return "C"


def stretches(abc: str, first: int, last: int) -> tuple[tuple[int, int], ...]:
    """Give the stretches of a walk as (from, to), those where goods of a class belong first."""
    if last <= first:
        return ((first, last),)
    ends = [(name, first + share_pct * (last - first) // 100) for name, share_pct in CLASS_SHARES]
    bounds = []
    begin = first
    for name, end in (*ends, ("C", last)):
        bounds.append((name, begin, end))
        begin = end + 1
    off = {"": (1, 0, 0)}.get(abc) or tuple(abs(ord(name) - ord(abc)) for name, *_ in bounds)
    ordered = sorted(zip(off, bounds, strict=True), key=lambda entry: entry[0])
    return tuple((begin, end) for _, (_, begin, end) in ordered if begin <= end)


def class_off(abc: str, walk_pct: int) -> int:
    """Say how far a bin is from the stretch where goods of a class belong; 0: right there.

    Goods whose class is not known belong anywhere but in the best stretch. Where the walk is not
    known (below 0), every bin is as good as any.
    """
    if walk_pct < 0:
        return 0
    here = walk_class(walk_pct)
    return abs(ord(here) - ord(abc)) if abc else int(here == "A")


def _storage_bar(need: Need, shelf: Shelf, hold_storages: frozenset[str]) -> Bar | None:
    wanted = need.storage or AMBIENT
    if need.goods.condition == AVAILABLE:
        if shelf.for_hold:
            return Bar.FOR_HOLD
    elif wanted in hold_storages and not shelf.for_hold:
        return Bar.NOT_FOR_HOLD
    offered = hold_storage(shelf.storage) if shelf.for_hold else shelf.storage or AMBIENT
    return None if offered == wanted else Bar.STORAGE


def _mixing_bar(goods: Goods, held: tuple[Goods, ...]) -> Bar | None:
    """Keep apart what nobody could tell apart any more.

    Two merchants never share a bin, nor do goods for sale and goods that are not. Of one SKU there
    is one lot, one date and one condition in a bin; different SKUs of one merchant may share it.
    """
    for other in held:
        if other.merchant != goods.merchant:
            return Bar.MERCHANT
        if (other.condition == AVAILABLE) != (goods.condition == AVAILABLE):
            return Bar.CONDITION
        if other.sku == goods.sku:
            if (other.lot, other.expiry) != (goods.lot, goods.expiry):
                return Bar.LOT
            if other.condition != goods.condition:
                return Bar.CONDITION
    return None


def _size_bar(need: Need, shelf: Shelf) -> Bar | None:
    if shelf.inner_height_mm and need.height_mm > shelf.inner_height_mm:
        return Bar.HEIGHT
    return None if room_for(need, shelf) > 0 else Bar.NO_ROOM


def _rank(
    need: Need, shelf: Shelf, room: int, homes: list[Shelf]
) -> tuple[int, bool, bool, int, int, str]:
    """Give the number of the rule that speaks for a legal bin, then the order within the rule."""
    too_high = need.weight_g >= HEAVY_G and shelf.level > HEAVY_LEVEL_MAX
    off = class_off(need.abc, shelf.walk_pct)
    near = _nearest(shelf, homes)
    if shelf.pick_face and (shelf.faced or holds_sku(need.goods, shelf)):
        rule, distance = 0, 0
    elif holds_sku(need.goods, shelf):
        rule, distance = 1, 0
    elif near is not None:
        rule, distance = 2, _distance(shelf, near) + SHARED_MM * bool(shelf.held)
    elif not shelf.held and off == 0 and not too_high:
        rule, distance = 3, int(shelf.pick_face)
    else:
        rule, distance = 4, off * 4 + bool(shelf.held) * 2 + shelf.pick_face
    return rule, room < need.pieces, too_high, distance, shelf.walk_no, shelf.code


def _nearest(shelf: Shelf, homes: list[Shelf]) -> Shelf | None:
    near = [home for home in homes if home.code != shelf.code and _are_neighbours(shelf, home)]
    return min(near, key=lambda home: (_distance(shelf, home), home.code), default=None)


def _are_neighbours(one: Shelf, other: Shelf) -> bool:
    if one.aisle_no != other.aisle_no or one.zone != other.zone:
        return False
    if one.y_mm or other.y_mm:
        return abs(one.y_mm - other.y_mm) <= NEIGHBOUR_MM
    known = one.walk_no > 0 and other.walk_no > 0
    return known and abs(one.walk_no - other.walk_no) <= NEIGHBOUR_STEPS


def _distance(one: Shelf, other: Shelf) -> int:
    steps = abs(one.walk_no - other.walk_no)
    return abs(one.y_mm - other.y_mm) + 100 * abs(one.level - other.level) + steps
