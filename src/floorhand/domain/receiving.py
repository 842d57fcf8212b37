"""Receiving: its commands and outcomes. Its rules are in `floorhand.domain.counting`."""

from __future__ import annotations

from dataclasses import dataclass

from floorhand.domain.holds import Arrested
from floorhand.domain.things import Goods

WAITING_MAX = 30
"""Deliveries that a list of waiting ones shows at most; the others open by their number."""

MERCHANTS_MAX = 60
"""Merchants that the list for a blind delivery shows at most; others open by scanning a piece."""

ROWS_MAX = 40
"""Lines that a list of a delivery's lines shows at most."""

PIECES_MAX = 99_999
"""A count above this is a slip of the finger."""

DAMAGE_REASONS = ("broken", "crushed", "wet", "opened", "other")


@dataclass(frozen=True, slots=True)
class Waiting:
    """A delivery that can be opened; ``pieces`` are still to come."""

    number: str
    merchant: str
    pieces: int
    state: str


@dataclass(frozen=True, slots=True)
class LineCount:
    """One line of a delivery with its counts in pieces. ``received`` are good ones only."""

    line_no: int
    sku: str
    name: str
    lot: str
    expected: int
    received: int
    damaged: int
    unexpected: bool = False
    reason: str = ""

    @property
    def counted(self) -> int:
        """Give what came, in whatever shape."""
        return self.received + self.damaged

    @property
    def left(self) -> int:
        """Give what is still expected."""
        return max(0, self.expected - self.counted)


@dataclass(frozen=True, slots=True)
class Gap:
    """A line that is not as announced: ``over``, ``short``, ``unexpected`` or ``damaged``."""

    sku: str
    name: str
    kind: str
    pieces: int
    expected: int
    counted: int


@dataclass(frozen=True, slots=True)
class ListDeliveries:
    """Ask which deliveries wait."""


@dataclass(frozen=True, slots=True)
class DeliveriesListed:
    """These deliveries wait, the oldest first; ``blind`` says whether others may be received."""

    waiting: tuple[Waiting, ...]
    blind: bool = True


@dataclass(frozen=True, slots=True)
class ListMerchants:
    """Ask whose an unannounced delivery can be; needs `Right.BLIND`."""


@dataclass(frozen=True, slots=True)
class MerchantsListed:
    """It can be one of these, as (code, name)."""

    merchants: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class OpenDelivery:
    """Begin or go on receiving a delivery; ``dock`` is empty until the worker has named one."""

    number: str
    dock: str = ""


@dataclass(frozen=True, slots=True)
class OpenBlind:
    """Receive goods that nobody announced, as a delivery of its own; needs `Right.BLIND`.

    ``dock`` is empty until the worker has named one.
    """

    merchant: str
    dock: str = ""


@dataclass(frozen=True, slots=True)
class TakeBack:
    """Leave a delivery that nobody announced; it is taken back if nothing came of it."""

    number: str


@dataclass(frozen=True, slots=True)
class TakenBack:
    """There is no such delivery any more: nothing came of it."""

    number: str


@dataclass(frozen=True, slots=True)
class NotEmpty:
    """Something was counted: the delivery stays."""


@dataclass(frozen=True, slots=True)
class DockWanted:
    """The site has several docks and nothing says which; ``dock`` is the likeliest.

    ``merchant`` is whose delivery will be made, if it has no ``number`` yet.
    """

    number: str
    dock: str
    merchant: str = ""


@dataclass(frozen=True, slots=True)
class Next:
    """The line that is expected next; ``sku`` is empty if nothing is left."""

    sku: str = ""
    name: str = ""
    lot: str = ""
    left: int = 0


@dataclass(frozen=True, slots=True)
class DeliveryOpened:
    """The delivery is being received at this dock; ``others`` have it open or parked, too.

    ``held`` says in facts of a text why its merchant is on hold; empty if it is not.
    """

    number: str
    merchant: str
    dock: str
    blind: bool
    expiry_order: str
    expected: int
    counted: int
    next: Next
    others: str = ""
    held: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class CountPieces:
    """Take pieces in, good ones, onto a pallet or loose onto the dock.

    ``counted`` says that the label told the number. ``unexpected`` says that the worker has
    confirmed what is not as announced: the SKU, or so many of it. ``allowed_by`` is the number of
    whoever has allowed that they live so short. ``dock`` is where a pallet begins whose plate is
    the place; empty: the place is there already. ``net_g`` is what their label tells to be their
    net weight; 0: nothing.
    """

    delivery: str
    place: str
    goods: Goods
    pieces: int
    pack: str = "each"
    unexpected: bool = False
    counted: bool = False
    allowed_by: str = ""
    dock: str = ""
    net_g: int = 0


@dataclass(frozen=True, slots=True)
class ShortLife:
    """The pieces have ``days`` to live, ``least`` are wanted; nothing was taken yet.

    With the badge of a lead, ``asked`` can be asked again.
    """

    asked: CountPieces
    name: str
    days: int
    least: int


@dataclass(frozen=True, slots=True)
class SetCount:
    """Say how many of these goods came onto this place in all, more or less than counted."""

    delivery: str
    place: str
    goods: Goods
    pieces: int


@dataclass(frozen=True, slots=True)
class MarkDamaged:
    """Say that some of the good pieces counted here are damaged."""

    delivery: str
    place: str
    goods: Goods
    pieces: int
    reason: str


@dataclass(frozen=True, slots=True)
class Counted:
    """Pieces are in the books.

    Attributes:
        goods: What they are now, condition included.
        name: Of the product.
        added: Pieces this scan added; below 0 if a total was lowered.
        pack: ``each``, ``inner`` or ``case``: what was scanned; ``total`` if a total was typed.
        here: Good pieces of these goods from this delivery on this place.
        left: What the delivery's lines still expect of the SKU.
        room: How many more would still be within the merchant's tolerance; -1 if not announced.
        over: Pieces beyond what was announced.
        alarm: Why to look: ``over``, ``life``, ``allowed``, ``blind``, ``older``, ``lot``,
            ``weight`` or empty.
        days: Remaining life; only told for dated goods.
        fresh: First of these goods on this place.
        serial_tracked: Each piece is counted by its serial.
        next: The line that is expected next.
        towards: How many of the added pieces were still expected; all of them if blind.
        plate: The pallet that began with them; empty if none did.
        net_g: What their label told to be their net weight; 0 if nothing.
        about_g: What so many pieces weigh by our books; 0 if they do not know.
        arrested: Why they are held, if they are; that counts for more than any alarm.
    """

    goods: Goods
    name: str
    added: int
    pack: str
    here: int
    left: int
    room: int
    over: int
    alarm: str
    days: int
    fresh: bool
    serial_tracked: bool
    next: Next
    towards: int = 0
    plate: str = ""
    net_g: int = 0
    about_g: int = 0
    arrested: Arrested | None = None


@dataclass(frozen=True, slots=True)
class NotAnnounced:
    """The SKU is not on the note; nothing was taken yet."""

    goods: Goods
    name: str


@dataclass(frozen=True, slots=True)
class TooMany:
    """A label tells more pieces than may come; nothing was taken yet. ``left`` are expected."""

    goods: Goods
    name: str
    pieces: int
    left: int


@dataclass(frozen=True, slots=True)
class DamageMarked:
    """Some pieces are damaged now; ``here`` good ones are left on this place."""

    goods: Goods
    pieces: int
    here: int


@dataclass(frozen=True, slots=True)
class StartPallet:
    """Begin a pallet with a label of its own; ``full`` is the one that it follows, if any.

    ``plate`` is the number that its sender has put on it; empty: it gets one of ours.
    """

    delivery: str
    dock: str
    full: str = ""
    plate: str = ""


@dataclass(frozen=True, slots=True)
class PalletStarted:
    """The pallet stands at the dock; ``closed`` waits for put-away.

    ``labelled`` says that its label is queued; what its sender has labelled needs none.
    """

    pallet: str
    closed: str
    labelled: bool = True


@dataclass(frozen=True, slots=True)
class PrintPallet:
    """Print the label of a pallet that came with a plate, so that none was asked for."""

    delivery: str
    pallet: str


@dataclass(frozen=True, slots=True)
class PalletPrinted:
    """The label is queued."""

    pallet: str


@dataclass(frozen=True, slots=True)
class ListLines:
    """Ask for the delivery's lines."""

    delivery: str


@dataclass(frozen=True, slots=True)
class LinesListed:
    """These are the lines, the open ones first, at most `ROWS_MAX`; ``lines`` counts them all."""

    rows: tuple[LineCount, ...]
    lines: int


@dataclass(frozen=True, slots=True)
class ReviewDelivery:
    """Ask what is over, short, unexpected or damaged, before closing."""

    delivery: str


@dataclass(frozen=True, slots=True)
class DeliveryReviewed:
    """What closing now would make final; at most `ROWS_MAX` gaps, ``differing`` counts them all.

    ``net_g`` is what labels told to be the net weight of the goods, all together.
    """

    gaps: tuple[Gap, ...]
    differing: int
    lines: int
    counted: int
    net_g: int = 0


@dataclass(frozen=True, slots=True)
class CloseDelivery:
    """Make the counts final; ``counted`` is what the worker has seen."""

    delivery: str
    counted: int


@dataclass(frozen=True, slots=True)
class DeliveryClosed:
    """The counts are final and put-away may begin."""

    number: str
    counted: int
    short: int
    over: int
    tasks: int
