"""Put-away: its commands and outcomes. How a bin is chosen is in `floorhand.domain.slotting`."""

from __future__ import annotations

from dataclasses import dataclass

from floorhand.domain.things import Goods

OVERRIDE_REASONS = (
    "no_access",
    "not_enough_room",
    "other_goods_there",
    "better_place",
    "damaged_bin",
)

LATER_MAX = 30
"""Lines that can be put last; the next one skipped pushes the first out."""

SOURCES_MAX = 20
"""Loose goods that are offered for choosing at most."""

CONTAINERS = ("pallet", "tote", "carton")


@dataclass(frozen=True, slots=True)
class Source:
    """Where goods wait for put-away: a container, or loose on a dock or bench.

    ``merchant``, ``sku`` and ``lot`` narrow it down to loose goods; empty for a container.
    """

    place: str
    merchant: str = ""
    sku: str = ""
    lot: str = ""


@dataclass(frozen=True, slots=True)
class Loose:
    """Loose goods that a scanned piece can belong to."""

    place: str
    goods: Goods
    name: str
    pieces: int


@dataclass(frozen=True, slots=True)
class NextTask:
    """Take the oldest open task.

    ``instead_of`` is one to give back; ``give_back`` takes none instead. Those in ``later`` come
    after all others, the one put off last at the end.
    """

    instead_of: str = ""
    give_back: bool = False
    later: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class GivenBack:
    """The task is open to everybody again."""

    place: str


@dataclass(frozen=True, slots=True)
class NoneLeft:
    """Nothing waits: the goods of the tasks that were open are gone, and these are cancelled."""

    tasks: int


@dataclass(frozen=True, slots=True)
class TaskFound:
    """Go and fetch this.

    Attributes:
        task: Its id.
        source: What waits.
        at: Where it stands.
        kind: Of task.
        name: Of the product, if goods are loose.
        pieces: How many there are in all.
        container: Kind of the container; empty if goods are loose.
        apart: Those that are not for sale, as (condition, pieces): they go to bins of their own.
    """

    task: str
    source: Source
    at: str
    kind: str
    name: str
    pieces: int
    container: str = ""
    apart: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class OpenSource:
    """Begin to put away what stands in or at a place; ``take_over`` it from that worker."""

    source: Source
    take_over: str = ""


@dataclass(frozen=True, slots=True)
class FindLoose:
    """Find the dock or bench where a scanned piece stands; ``lot`` and ``expiry`` if it told.

    ``at`` is the only place to look in; empty: all of them.
    """

    merchant: str
    sku: str
    lot: str = ""
    expiry: str = ""
    at: str = ""


@dataclass(frozen=True, slots=True)
class LooseFound:
    """The piece can be from any of these."""

    options: tuple[Loose, ...]


@dataclass(frozen=True, slots=True)
class HeldByOther:
    """Somebody else has begun with it."""

    source: Source
    worker: str
    name: str


@dataclass(frozen=True, slots=True)
class Proposed:
    """Take these goods to this bin.

    Attributes:
        source: What is being put away.
        goods: The goods.
        name: Of the product.
        stands: The innermost place they stand in: the source, or a carton on it.
        pieces: How many there are.
        take: How many of them fit into the bin.
        bin: Where to; empty if no legal bin was found.
        rule: A `floorhand.domain.slotting.Rule`; why this bin.
        room: How many would fit; -1 if nothing limits it.
        near: The neighbour's code, where that is the reason.
        lines: Different goods still to do, this one included.
        serials: Each piece has a serial, so a part of them cannot be named by its number.
    """

    source: Source
    goods: Goods
    name: str
    stands: str
    pieces: int
    take: int
    bin: str
    rule: str
    room: int
    near: str
    lines: int
    serials: bool = False


@dataclass(frozen=True, slots=True)
class Emptied:
    """Nothing of the source is left; ``others`` are the other products loose at its place."""

    source: Source
    others: int = 0


@dataclass(frozen=True, slots=True)
class Propose:
    """Choose a bin for the first goods of the source that are not in ``later``.

    ``sku``, with ``lot`` and ``merchant`` if told, asks for certain goods of it.
    """

    source: Source
    later: tuple[Goods, ...] = ()
    sku: str = ""
    lot: str = ""
    merchant: str = ""


@dataclass(frozen=True, slots=True)
class PutAway:
    """Put pieces into a bin. ``reason`` says why it is not ``proposed``."""

    source: Source
    stands: str
    goods: Goods
    pieces: int
    bin: str
    proposed: str
    later: tuple[Goods, ...] = ()
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Stored:
    """They are in the bin; ``then`` is what comes next."""

    bin: str
    goods: Goods
    pieces: int
    then: Proposed | Emptied


@dataclass(frozen=True, slots=True)
class BinTaken:
    """The proposed bin cannot take the pieces any more; nothing was moved."""

    bin: str
    then: Proposed | Emptied


@dataclass(frozen=True, slots=True)
class GoodsGone:
    """So many of the goods are no longer there; nothing was moved."""

    source: Source
    goods: Goods
    then: Proposed | Emptied


@dataclass(frozen=True, slots=True)
class CheckBin:
    """Ask whether another bin than the proposed one may take the pieces."""

    goods: Goods
    pieces: int
    bin: str
    proposed: str = ""


@dataclass(frozen=True, slots=True)
class BinLegal:
    """It may."""

    bin: str


@dataclass(frozen=True, slots=True)
class MarkFull:
    """Say that there is no room in a proposed bin, whatever the books say."""

    source: Source
    bin: str
    later: tuple[Goods, ...] = ()


@dataclass(frozen=True, slots=True)
class MarkedFull:
    """It is not proposed until it is checked; ``then`` is the next proposal."""

    bin: str
    then: Proposed | Emptied


@dataclass(frozen=True, slots=True)
class GiveUp:
    """Leave the source because no bin can take what is left in it."""

    source: Source
    goods: Goods
    pieces: int


@dataclass(frozen=True, slots=True)
class GivenUp:
    """A supervisor will find a place."""

    source: Source
