"""What a barcode can turn out to be. The same scan means the same thing in every flow.

`floorhand.store.lookup.resolve` makes these; flows only match on them. All are frozen, of plain
values, so that a flow may keep one in its state.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from floorhand.domain.keymap import Key

AVAILABLE = "available"
HOLD = "hold"
DAMAGED = "damaged"
RETURN_PENDING = "return_pending"
EXPIRED = "expired"
CONDITIONS = (AVAILABLE, HOLD, DAMAGED, RETURN_PENDING, EXPIRED)
"""Condition is part of what a piece is, not of the bin's name. Only *available* can be promised."""

SUPPLIER = "@supplier"
CUSTOMER = "@customer"
SCRAP = "@scrap"
CORRECTION = "@correction"
OUTSIDE = (SUPPLIER, CUSTOMER, SCRAP, CORRECTION)
"""The outside places: where goods come from and go to. Only these may hold less than nothing."""


@dataclass(frozen=True, slots=True)
class Goods:
    """What a piece is. Two pieces with equal `Goods` are interchangeable.

    ``lot``, ``expiry`` (ISO date, ``2027-10-31``) and ``serial`` are empty where not tracked or
    not known.
    """

    merchant: str
    sku: str
    lot: str = ""
    expiry: str = ""
    serial: str = ""
    condition: str = AVAILABLE


@dataclass(frozen=True, slots=True)
class Line:
    """Some pieces of the same goods; ``pieces`` is always positive."""

    goods: Goods
    pieces: int


@dataclass(frozen=True, slots=True)
class Piece:
    """A product's barcode was scanned: piece, inner or case, with what else the code told.

    ``pieces`` is how many pieces one scan of this barcode stands for (1 for a piece, 12 for a
    case of 12), times ``count`` (AI 30/37) where the code has one; 0 says that it has none.
    ``pack`` is ``each``, ``inner`` or ``case``. ``lot``, ``expiry`` (ISO date) and ``serial`` are
    empty unless the code told them. ``sscc`` is the plate of the pallet or carton, where the same
    code told that too and nothing here has it yet. ``net_g`` is the net weight in g that the code
    told (AI 310n) of all these pieces; 0: none.
    """

    merchant: str
    sku: str
    name: str
    pieces: int = 1
    pack: str = "each"
    lot: str = ""
    expiry: str = ""
    serial: str = ""
    lot_tracked: bool = False
    expiry_tracked: bool = False
    serial_tracked: bool = False
    count: int = 0
    sscc: str = ""
    net_g: int = 0


@dataclass(frozen=True, slots=True)
class BoxCode:
    """A type of shipping box was scanned, or its code was typed, where a box is in question."""

    code: str


@dataclass(frozen=True, slots=True)
class Plate:
    """The number (SSCC) of a pallet or carton that nothing here has yet: its sender's."""

    code: str


@dataclass(frozen=True, slots=True)
class Attributes:
    """A GS1 code that names no product, but tells lot, expiry, serial, how many, or a net weight.

    ``count`` and ``net_g`` are 0 if they were not told.
    """

    lot: str = ""
    expiry: str = ""
    serial: str = ""
    count: int = 0
    net_g: int = 0


@dataclass(frozen=True, slots=True)
class Place:
    """A place was scanned: bin, dock, bench, cart, tote, pallet or carton.

    ``merchant`` and ``order`` say whose goods and which order (``merchant/number``) it is bound
    to; empty if to none. ``pieces`` is what stands in it in all. ``proven`` says that the scan
    or the check digits prove presence at the place, ``digits`` that its digits would. ``renewed``
    says that it was proven by a new label while the one before was still good.
    """

    code: str
    kind: str
    state: str = "open"
    parent: str = ""
    merchant: str = ""
    order: str = ""
    pieces: int = 0
    proven: bool = True
    digits: bool = False
    renewed: bool = False


@dataclass(frozen=True, slots=True)
class OrderCode:
    """An order's number or its platform id was scanned."""

    merchant: str
    number: str
    state: str


@dataclass(frozen=True, slots=True)
class DeliveryCode:
    """A delivery's number or tracking number was scanned."""

    number: str
    merchant: str
    state: str


@dataclass(frozen=True, slots=True)
class ReturnCode:
    """A return's plate, tracking code or platform number was scanned.

    ``plate`` says that it was a number of its own, which no other return in its parcel carries.
    """

    number: str
    merchant: str
    state: str
    plate: bool = True


Paper = DeliveryCode | ReturnCode | OrderCode


@dataclass(frozen=True, slots=True)
class Badge:
    """A worker's badge was scanned, or the worker's number was typed."""

    worker: str
    name: str
    scanned: bool


@dataclass(frozen=True, slots=True)
class Station:
    """A station's barcode was scanned."""

    code: str


@dataclass(frozen=True, slots=True)
class Ambiguous:
    """The same code stands for things of several merchants; the worker says which is meant."""

    options: tuple[Piece | Paper, ...]


@dataclass(frozen=True, slots=True)
class Unknown:
    """A barcode that nothing here carries. ``shown`` makes control characters visible."""

    code: str
    shown: str


@dataclass(frozen=True, slots=True)
class Number:
    """A typed number, where the prompt asked for one."""

    value: int


@dataclass(frozen=True, slots=True)
class Text:
    """Free text, where the prompt asked for some (a lot, a serial, a note)."""

    value: str


@dataclass(frozen=True, slots=True)
class Chosen:
    """An entry of the prompt's numbered list was chosen; ``code`` is the entry's code."""

    code: str


@dataclass(frozen=True, slots=True)
class SortBy:
    """The prompt's list is to be sorted in this way, one of `floorhand.domain.sorting`."""

    way: str


@dataclass(frozen=True, slots=True)
class Pressed:
    """A key was pressed, or its command barcode scanned."""

    key: Key


@dataclass(frozen=True, slots=True)
class Resumed:
    """The worker took up parked work again; first event after the state came back."""

    facts: tuple[tuple[str, str], ...] = field(default=())


@dataclass(frozen=True, slots=True)
class TakenOver:
    """A colleague has taken over what was open in a job; any job can stand at it.

    ``code`` and ``facts`` are those of the refusal that tells it, ``at`` is when, as ISO text.
    ``operation`` did it, and ``before`` is where the worker was: flow, frozen state, and the steps
    to undo and to redo. Once that operation is taken back, the worker is there again.
    """

    job: str
    code: str
    facts: tuple[tuple[str, str], ...]
    at: str
    operation: str = ""
    before: tuple[str, str, str, str] = ("", "", "", "")


@dataclass(frozen=True, slots=True)
class LeadTookBack:
    """A lead has taken back something of what was open in a job; any job can stand at it.

    ``text`` and ``facts`` are the words in which it had been told when it was done, ``name`` is
    that of the lead; ``state`` is the job's first question, frozen.
    """

    job: str
    state: str
    name: str
    text: str
    facts: tuple[tuple[str, str | int], ...]
