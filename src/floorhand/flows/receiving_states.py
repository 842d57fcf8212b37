"""What receiving is in the middle of: the states of `floorhand.flows.receiving`."""

from __future__ import annotations

from dataclasses import dataclass

from floorhand.domain.receiving import CountPieces, Gap, LineCount, Next, ShortLife, Waiting
from floorhand.domain.things import Attributes, Goods, Piece


@dataclass(frozen=True, slots=True)
class Job:
    """The delivery at hand. ``onto`` is the pallet that is being built; empty: loose on the dock.

    ``expected`` and ``counted`` are pieces of the whole delivery as this seat knows them.
    """

    delivery: str
    merchant: str
    dock: str
    blind: bool
    expiry_order: str
    expected: int
    counted: int
    next: Next
    onto: str = ""

    @property
    def place(self) -> str:
        """Give the place that counted pieces go to."""
        return self.onto or self.dock


@dataclass(frozen=True, slots=True)
class Count:
    """The goods counted last; see `floorhand.domain.receiving.Counted` for the fields."""

    goods: Goods
    name: str
    here: int
    left: int
    room: int
    serial_tracked: bool
    over: int = 0
    net_g: int = 0


@dataclass(frozen=True, slots=True)
class NeedDelivery:
    """Nothing is open."""


@dataclass(frozen=True, slots=True)
class ChooseDelivery:
    """The waiting deliveries are listed."""

    waiting: tuple[Waiting, ...]
    blind: bool = True


@dataclass(frozen=True, slots=True)
class ChooseMerchant:
    """Goods came that nobody announced: whose are they?"""

    merchants: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class NeedDock:
    """The delivery is known, the dock is not; ``dock`` is the likeliest.

    ``merchant`` is told of a delivery that nobody announced: it has no number yet.
    """

    number: str
    dock: str
    merchant: str = ""


@dataclass(frozen=True, slots=True)
class Counting:
    """Pieces are being counted.

    ``told`` is a lot, expiry or serial that was scanned ahead of its product. ``typed`` is a total
    that is more than announced and has to be typed twice; -1 if there is none.
    """

    job: Job
    now: Count | None = None
    told: Attributes | None = None
    typed: int = -1


@dataclass(frozen=True, slots=True)
class Describing:
    """A piece was scanned whose lot, expiry or serial is not known yet."""

    job: Job
    now: Count | None
    piece: Piece
    unexpected: bool = False


@dataclass(frozen=True, slots=True)
class Unexpected:
    """A SKU was scanned that is not on the note; scanned again, it is taken.

    Likewise a label that tells more ``pieces`` than were announced; 0: it is about the SKU.
    """

    job: Job
    now: Count | None
    goods: Goods
    name: str
    pieces: int = 0


@dataclass(frozen=True, slots=True)
class LeadWanted:
    """Goods live too short to be taken in, unless a lead allows it."""

    job: Job
    now: Count | None
    short: ShortLife


@dataclass(frozen=True, slots=True)
class DamagedCount:
    """How many of the pieces counted here are damaged?"""

    job: Job
    now: Count


@dataclass(frozen=True, slots=True)
class DamagedReason:
    """What happened to the damaged ones?"""

    job: Job
    now: Count
    pieces: int


@dataclass(frozen=True, slots=True)
class Lines:
    """The delivery's lines are listed."""

    job: Job
    now: Count | None
    rows: tuple[LineCount, ...]
    lines: int


@dataclass(frozen=True, slots=True)
class Closing:
    """What is not as announced is shown before the delivery is closed."""

    job: Job
    now: Count | None
    gaps: tuple[Gap, ...]
    differing: int
    lines: int
    counted: int
    net_g: int = 0


InDelivery = (
    Counting | Describing | Unexpected | LeadWanted | DamagedCount | DamagedReason | Lines | Closing
)
State = NeedDelivery | ChooseDelivery | ChooseMerchant | NeedDock | InDelivery
START = NeedDelivery()
STATES: tuple[type, ...] = (
    NeedDelivery,
    ChooseDelivery,
    ChooseMerchant,
    NeedDock,
    Counting,
    Describing,
    Unexpected,
    LeadWanted,
    DamagedCount,
    DamagedReason,
    Lines,
    Closing,
)
VALUES: tuple[type, ...] = (Job, Count, Waiting, LineCount, Gap, Next, ShortLife, CountPieces)
