"""Words of the packing bench: what a worker can do there, and what comes of it.

Orders are named ``merchant/number``, goods by SKU with lot, expiry and serial where they have
them; no row ids and no buyer's name or address (benches never show those).
"""

from __future__ import annotations

from dataclasses import dataclass

from floorhand.domain.inserts import Insert
from floorhand.domain.things import Piece

LEFT_SHOWN_MAX = 8
"""Goods of an order that are shown, and kept in the state, at a time; the rest is counted."""

BOXES_SHOWN_MAX = 30
"""Box types in the numbered list."""

INSTRUCTION_MAX = 600
"""Characters of an instruction that are shown; shops write whole letters there."""

NOT_THERE = "not_there"
DAMAGED = "damaged"
WRONG_PIECE = "wrong_piece"
HELD = "held"
MISSING_REASONS = (NOT_THERE, DAMAGED, WRONG_PIECE, HELD)
"""Why pieces that were picked cannot be packed: the texts ``packing.reason.<reason>``."""


@dataclass(frozen=True, slots=True)
class Left:
    """Goods that are still to be verified, with how many pieces."""

    sku: str
    name: str
    pieces: int
    lot: str = ""
    expiry: str = ""
    serial: str = ""


@dataclass(frozen=True, slots=True)
class Rest:
    """How far an order is. ``lines`` are the next goods, at most `LEFT_SHOWN_MAX`.

    ``checked_pieces`` lie verified in the open box; ``done_pieces`` counts those and the pieces
    in closed parcels.
    """

    lines: tuple[Left, ...]
    left_pieces: int
    checked_pieces: int
    done_pieces: int


@dataclass(frozen=True, slots=True)
class Bench:
    """An order that is being packed: its totes, which parcel is open, and in which box.

    ``box_why`` is one of `floorhand.domain.cartons.WHYS`. ``typed`` says that the merchant
    allows a typed number of pieces; ``inserts`` go into the open parcel besides the goods.
    """

    order: str
    totes: tuple[str, ...]
    parcel: int
    box: str
    box_why: str
    typed: bool = True
    inserts: tuple[Insert, ...] = ()

    @property
    def merchant(self) -> str:
        """Name the merchant."""
        return self.order.partition("/")[0]

    @property
    def number(self) -> str:
        """Name the order as its merchant does."""
        return self.order.partition("/")[2]


@dataclass(frozen=True, slots=True)
class BoxOption:
    """A box type in the list; ``fits`` is what the sizes say about the goods."""

    code: str
    name: str
    fits: bool


# Commands


@dataclass(frozen=True, slots=True)
class OpenTote:
    """Claim the order whose goods are in a tote; ``take_over`` it from that worker."""

    tote: str
    take_over: str = ""


@dataclass(frozen=True, slots=True)
class OpenOrder:
    """Claim an order by its number; all its totes must be at the bench.

    ``take_over`` it from that worker.
    """

    merchant: str
    number: str
    take_over: str = ""


@dataclass(frozen=True, slots=True)
class OpenSingle:
    """Claim the most urgent order at the bench that is one piece of this product."""

    piece: Piece


@dataclass(frozen=True, slots=True)
class CheckPieces:
    """Verify pieces of the open order.

    ``typed`` says that the number was typed: then it is the total of these goods in the open
    parcel. ``pack`` is what was scanned: each, inner or case.
    """

    order: str
    merchant: str
    sku: str
    pieces: int
    lot: str = ""
    expiry: str = ""
    serial: str = ""
    typed: bool = False
    pack: str = "each"


@dataclass(frozen=True, slots=True)
class CloseParcel:
    """Close the open parcel with what is verified and queue its shipping label.

    ``inserts`` were put in besides, by name; those that had ``run_out`` were not.
    """

    order: str
    box: str
    inserts: tuple[str, ...] = ()
    run_out: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PutAside:
    """Leave the order for later or for another bench; its goods stay in their totes."""

    order: str


@dataclass(frozen=True, slots=True)
class ListBoxes:
    """List the box types, with what fits the goods of the open parcel."""

    order: str


@dataclass(frozen=True, slots=True)
class TakeBox:
    """Take a box for the open parcel; ``allowed_by`` is the lead who allows one that is not its
    merchant's.
    """

    order: str
    box: str
    allowed_by: str = ""


@dataclass(frozen=True, slots=True)
class DeclareMissing:
    """Say that picked pieces cannot be packed; ``reason`` is one of `MISSING_REASONS`."""

    order: str
    sku: str
    pieces: int
    reason: str
    lot: str = ""
    expiry: str = ""
    serial: str = ""


# Outcomes


NAMED_MAX = 20
"""Lots or serials that are listed to choose from."""


@dataclass(frozen=True, slots=True)
class Naming:
    """A scan did not say which lot or serial it was; ``options`` are those still to verify.

    ``what`` is ``lot`` or ``serial``.
    """

    what: str
    sku: str
    name: str
    pieces: int
    options: tuple[Left, ...]


@dataclass(frozen=True, slots=True)
class OrderOpened:
    """The order is the worker's. ``instruction`` must be read first, if there is one.

    ``piece`` is the piece that opened it, unless it is verified already; ``naming`` says what
    that piece did not tell.
    """

    bench: Bench
    rest: Rest
    instruction: str = ""
    piece: tuple[Piece, ...] = ()
    naming: tuple[Naming, ...] = ()


@dataclass(frozen=True, slots=True)
class ToteArrived:
    """A tote stands at the bench now, but its order needs others; ``missing`` says where from.

    Each entry is a tote and, in brackets, where it stands.
    """

    order: str
    tote: str
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OrderTaken:
    """A colleague is packing the order. ``tote`` was scanned; empty if its number was."""

    order: str
    tote: str
    worker: str
    name: str
    since: str


@dataclass(frozen=True, slots=True)
class PiecesChecked:
    """Pieces were verified; ``of`` tells which, with what is left of them.

    ``checked`` of these goods lie verified in the open parcel. ``typed`` as in `CheckPieces`.
    """

    of: Left
    pieces: int
    rest: Rest
    pack: str = "each"
    checked: int = 0
    typed: bool = False


@dataclass(frozen=True, slots=True)
class ParcelClosed:
    """A parcel is closed and its label queued; the order goes on in the next box."""

    carton: str
    pieces: int
    bench: Bench
    rest: Rest
    instruction: str = ""


@dataclass(frozen=True, slots=True)
class OrderShipped:
    """The last parcel is closed and labelled, the order is done. ``short_pieces`` do not come."""

    order: str
    carton: str
    pieces: int
    parcels: int
    box: str
    short_pieces: int = 0


@dataclass(frozen=True, slots=True)
class OrderStopped:
    """The order was cancelled meanwhile; its goods stay where they are, for putting back.

    ``raised`` says that this scan raised the put-back; ``cartons`` are its closed parcels, which
    will be put back too.
    """

    order: str
    totes: tuple[str, ...]
    raised: bool
    cartons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OrderGone:
    """The worker no longer has the order; ``name`` has it, ``since`` then, if anybody does."""

    order: str
    name: str = ""
    since: str = ""


@dataclass(frozen=True, slots=True)
class OrderHeld:
    """The order waits for a decision: its merchant does not ship short orders."""

    order: str
    totes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OrderEmpty:
    """Nothing of the order could be packed; it is closed as short.

    ``back_pieces`` that were picked lie beside the tote, as their line was cancelled.
    """

    order: str
    back_pieces: int = 0


@dataclass(frozen=True, slots=True)
class AsideDone:
    """The order can be claimed again by anybody."""

    order: str
    totes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BoxesListed:
    """The box types that the merchant allows, smallest first; all if none of those takes it."""

    options: tuple[BoxOption, ...]


@dataclass(frozen=True, slots=True)
class BoxTaken:
    """The box is taken; ``by_lead`` says that it is not one of its merchant's."""

    option: BoxOption
    by_lead: bool = False


@dataclass(frozen=True, slots=True)
class BoxForbidden:
    """The merchant does not allow the box, only those that are ``allowed``."""

    box: str
    allowed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MissingBooked:
    """Missing pieces are written off; ``cancelled_pieces`` of the same line must come out too."""

    sku: str
    pieces: int
    cancelled_pieces: int
    rest: Rest
