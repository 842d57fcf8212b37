"""Refills: which pick faces run dry and when, what should come from where, and the words of it.

A pick face is a bin from which small quantities are picked; other bins hold reserves. How long a
face lasts is what it holds divided by what is wanted of it in an hour.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from floorhand.domain.allocation import Shelf, Take, allocate
from floorhand.domain.things import Goods

LATER_MAX: Final = 30
"""Refills that can be put off; the next one put off pushes the first out."""

RECENT: Final = timedelta(days=7)
"""What was picked in this time says what is wanted in an hour, if open orders want no more."""

AHEAD_HOURS_MAX: Final = 24
"""Open orders are spread over the hours until they are due, at most so many."""

PLANNED_MAX: Final = 200
"""Refills that are planned at once at most."""

PIECES_MAX: Final = 99_999


@dataclass(frozen=True, slots=True)
class Face:
    """A pick face of a product: what it holds, and how many pieces more fit (`NO_LIMIT`: any).

    ``bar`` says why nothing of the reserve may be put there, as in `floorhand.domain.slotting`;
    empty if it may.
    """

    place: str
    pieces: int
    room: int
    bar: str = ""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is wanted of a product: pieces of open orders, until when, and picked lately."""

    open_pieces: int = 0
    last_due: datetime | None = None
    recent_pieces: int = 0


@dataclass(frozen=True, slots=True)
class Refill:
    """A pick face that runs dry, and what should come to it.

    ``per_hour`` is what is wanted of it, ``dry_at`` when nothing is left at that pace. ``takes``
    are what should come from reserves, the first to expire first; ``lacking`` is what no reserve
    has, ``bar`` why nothing can be put there.
    """

    merchant: str
    sku: str
    face: str
    pieces: int
    per_hour: float
    dry_at: datetime
    takes: tuple[Take, ...]
    lacking: int
    bar: str = ""


def per_hour(wanted: Wanted, now: datetime) -> float:
    """Give how many pieces of a product are wanted in an hour: by open orders or as lately."""
    hours = 1.0
    if wanted.last_due is not None:
        hours = (wanted.last_due - now).total_seconds() / 3600
    ahead = wanted.open_pieces / min(max(hours, 1.0), AHEAD_HOURS_MAX)
    lately = wanted.recent_pieces / (RECENT.total_seconds() / 3600)
    return max(ahead, lately)


def runs_dry(held: int, wanted: Wanted, now: datetime, below_hours: int) -> bool:
    """Say whether so many pieces last shorter than so many hours."""
    return held < per_hour(wanted, now) * below_hours


def plan(
    sku: tuple[str, str],
    faces: Sequence[Face],
    reserves: Sequence[Shelf],
    wanted: Wanted,
    now: datetime,
    *,
    below_hours: int,
    up_to_hours: int,
) -> Refill | None:
    """Say what should come to the pick face of a product; None if it lasts long enough.

    All its faces last together; the emptiest that can take some is filled up. One refill brings
    goods of one lot only, as no bin holds two.

    Args:
        sku: Merchant and SKU.
        faces: Its pick faces.
        reserves: Free pieces elsewhere, in the order in which they should be used up.
        wanted: What is wanted of it.
        now: UTC time.
        below_hours: It is filled up if it lasts shorter than this.
        up_to_hours: So long it lasts when it is filled up.
    """
    held = sum(face.pieces for face in faces)
    if not faces or not runs_dry(held, wanted, now, below_hours):
        return None
    rate = per_hour(wanted, now)
    face = min(faces, key=lambda one: (one.bar != "", one.room <= 0, one.pieces, one.place))
    missing = max(1, int(-(-rate * up_to_hours // 1)) - held)
    dry_at = now + timedelta(hours=held / rate)
    takes: tuple[Take, ...] = ()
    if not face.bar:
        takes = one_lot(allocate(reserves, max(0, min(missing, face.room))))
    lacking = max(0, min(missing, face.room) - sum(take.pieces for take in takes))
    return Refill(*sku, face.place, held, rate, dry_at, takes, lacking, face.bar)


def one_lot(takes: Sequence[Take]) -> tuple[Take, ...]:
    """Leave those takes that are of the first one's lot."""
    return tuple(
        take
        for take in takes
        if (take.shelf.goods.lot, take.shelf.goods.expiry)
        == (takes[0].shelf.goods.lot, takes[0].shelf.goods.expiry)
    )


def by_urgency(found: Iterable[Refill]) -> tuple[Refill, ...]:
    """Put what runs dry first first."""
    return tuple(sorted(found, key=lambda one: (one.dry_at, one.merchant, one.sku, one.face)))


@dataclass(frozen=True, slots=True)
class RefillJob:
    """Bring pieces of goods from a reserve to a pick face.

    ``tote`` carries ``taken`` of them; empty as long as they are where they were.
    """

    task: str
    source: str
    target: str
    goods: Goods
    name: str
    pieces: int
    tote: str = ""
    taken: int = 0


@dataclass(frozen=True, slots=True)
class NextRefill:
    """Take the most urgent refill.

    ``instead_of`` is one to give back; ``give_back`` takes none instead. Those in ``later`` come
    after all others.
    """

    instead_of: str = ""
    give_back: bool = False
    later: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RefillFound:
    """Go and fetch this, or bring it, if it is in a tote already."""

    job: RefillJob


@dataclass(frozen=True, slots=True)
class RefillGivenBack:
    """It is open to everybody again."""

    face: str


@dataclass(frozen=True, slots=True)
class TakeGoods:
    """Take pieces out of the reserve into a tote; ``short`` says that no more of them are there."""

    task: str
    pieces: int
    tote: str
    short: bool = False


@dataclass(frozen=True, slots=True)
class GoodsTaken:
    """They are in the tote, to be brought to the pick face."""

    job: RefillJob


@dataclass(frozen=True, slots=True)
class NothingThere:
    """The reserve had nothing: it is counted, and the refill is planned anew."""

    source: str
    then: RefillFound | None


@dataclass(frozen=True, slots=True)
class PutGoods:
    """Put pieces of the tote into the pick face; what does not fit is put away elsewhere.

    ``later`` are refills that were put off.
    """

    task: str
    pieces: int
    later: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class GoodsPut:
    """They are in the pick face; ``left`` pieces wait in the tote to be put away."""

    face: str
    sku: str
    pieces: int
    left: int
    tote: str
    then: RefillFound | None
