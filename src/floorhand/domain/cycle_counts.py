"""Cycle counts: their commands and outcomes. What a count leads to: `floorhand.domain.count_rules`.

A count is blind: nothing here tells the worker how many pieces the books believe in.
"""

from __future__ import annotations

from dataclasses import dataclass

from floorhand.domain.things import Goods

LATER_MAX = 30
"""Counts that can be put off; the next one put off pushes the first out."""

COUNTED_SHOWN_MAX = 12
"""Rows of what was counted that are shown; the last counted stands first."""

LOTS_SHOWN_MAX = 9
"""Lots of a product that are offered for choosing at most: the numbers of one key each."""


@dataclass(frozen=True, slots=True)
class CountTask:
    """A bin to count, and why.

    ``sku`` narrows it down to one product, called ``name``; empty: all that is in the bin.
    """

    task: str
    place: str
    reason: str
    merchant: str = ""
    sku: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """So many pieces of these goods were counted; ``goods.condition`` is as they look."""

    goods: Goods
    name: str
    pieces: int


@dataclass(frozen=True, slots=True)
class Sheet:
    """A count under way: what it is of, and the last of what was counted, the latest first.

    ``products`` and ``pieces`` are all that was counted so far.
    """

    count: CountTask
    entries: tuple[Entry, ...] = ()
    products: int = 0
    pieces: int = 0


@dataclass(frozen=True, slots=True)
class NextCount:
    """Take the next bin to count, in walking order behind the place ``after``.

    ``instead_of`` is one to give back; ``give_back`` takes none instead. Those in ``later`` come
    after all others.
    """

    after: str = ""
    instead_of: str = ""
    give_back: bool = False
    later: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CountFound:
    """Go and count this."""

    count: CountTask


@dataclass(frozen=True, slots=True)
class CountGivenBack:
    """It is open to everybody again."""

    place: str


@dataclass(frozen=True, slots=True)
class OpenCount:
    """Begin to count a bin at which the worker stands: what is asked for there, else all of it."""

    place: str
    task: str = ""


@dataclass(frozen=True, slots=True)
class CountAll:
    """Count all that is in the bin, not only the product that was asked for."""

    task: str


@dataclass(frozen=True, slots=True)
class CountOpened:
    """Count what is there."""

    sheet: Sheet


@dataclass(frozen=True, slots=True)
class CountPiece:
    """Count pieces of a product. ``lot``, ``expiry`` and ``serial`` are as far as they were told.

    ``named`` says that lot and expiry are all that can be told: they are not asked for again.
    """

    task: str
    merchant: str
    sku: str
    pieces: int
    lot: str = ""
    expiry: str = ""
    serial: str = ""
    named: bool = False


@dataclass(frozen=True, slots=True)
class SetCounted:
    """There are so many pieces of these goods in all, whatever was counted of them before."""

    task: str
    goods: Goods
    pieces: int


@dataclass(frozen=True, slots=True)
class SetDamaged:
    """So many of the pieces that were counted of these goods are damaged."""

    task: str
    goods: Goods
    pieces: int


@dataclass(frozen=True, slots=True)
class PieceCounted:
    """They are counted; ``goods`` are what they were taken for, ``added`` what the scan added."""

    sheet: Sheet
    goods: Goods
    added: int


@dataclass(frozen=True, slots=True)
class MarkWanted:
    """Lot, expiry or serial has to be told first.

    ``what`` is ``lot``, ``expiry`` or ``serial``; ``lots`` are those that the building knows, as
    (lot, expiry). ``order`` is how the merchant's dates are read.
    """

    piece: CountPiece
    name: str
    what: str
    lots: tuple[tuple[str, str], ...] = ()
    order: str = ""


@dataclass(frozen=True, slots=True)
class EndCount:
    """All that is there is counted. ``later`` are counts that were put off."""

    task: str
    later: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class BinTouched:
    """Goods were moved there meanwhile: these products have to be counted again."""

    sheet: Sheet
    skus: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CountEnded:
    """The bin is counted. ``result`` is one of `floorhand.domain.count_rules.RESULTS`."""

    place: str
    result: str
    then: CountFound | None


@dataclass(frozen=True, slots=True)
class BookCount:
    """Book the differences that a count has found; a lead approves it who is no counter of it.

    ``put_right`` is by how much each of these goods had been corrected lately when it was asked.
    """

    task: str
    put_right: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class CountBooked:
    """The books say now what was found."""

    place: str
    plus: int
    minus: int
