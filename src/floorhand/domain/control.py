"""What those who lead decide about orders, merchants, goods and bins: commands and outcomes."""

from __future__ import annotations

from dataclasses import dataclass

from floorhand.domain.holds import Subject

PRIORITY_MAX = 9
"""Orders have a priority from so much below nought to so much above it; most have nought."""

NEXT = ("putaway", "counting", "refill")
"""Jobs in which what a worker has comes before all that anybody may have."""

LISTED_MAX = 9
"""So many are listed at once: the numbers of one key each."""


@dataclass(frozen=True, slots=True)
class Held:
    """A hold that stands: ``kind`` is what is held, ``by`` a name, ``since`` in local time."""

    kind: str
    reason: str
    by: str
    since: str


@dataclass(frozen=True, slots=True)
class Counted:
    """One row of goods: a SKU or a lot, how many pieces, and what is to be said of them."""

    code: str
    name: str
    pieces: int
    note: str = ""


@dataclass(frozen=True, slots=True)
class Seek:
    """Ask what a typed code is: of a merchant, a product (``merchant/sku`` or ``sku``), a lot."""

    code: str


@dataclass(frozen=True, slots=True)
class LookInto:
    """Ask how something stands."""

    subject: Subject


@dataclass(frozen=True, slots=True)
class Standing:
    """How it stands: facts as (text key, value), goods, and the holds that are on it.

    ``can`` are the actions that make sense now: ``hold release recall up down due lots out``.
    ``priority`` and ``due`` (ISO, UTC) are those of an order.
    """

    subject: Subject
    held: tuple[Held, ...]
    facts: tuple[tuple[str, str], ...]
    goods: tuple[Counted, ...]
    can: tuple[str, ...]
    priority: int = 0


@dataclass(frozen=True, slots=True)
class ListSubjects:
    """List what may be held, from the ``skip``-th on.

    ``kind`` is ``held`` for all that is held, ``order``, ``merchant``, ``lot`` for the lots of
    a product, which ``merchant`` and ``sku`` name, ``out`` for where one of them is in hand or was
    sent, or ``sku`` for products of one code. ``sort`` is a way of `floorhand.domain.sorting`.
    """

    kind: str
    merchant: str = ""
    sku: str = ""
    lot: str = ""
    skip: int = 0
    sort: str = ""


@dataclass(frozen=True, slots=True)
class SubjectRow:
    """One of a list, with what is to be said of it."""

    subject: Subject
    text: str
    facts: tuple[tuple[str, str | int], ...]


@dataclass(frozen=True, slots=True)
class SubjectsListed:
    """The answer to `ListSubjects`; ``more`` says that there are others behind."""

    asked: ListSubjects
    rows: tuple[SubjectRow, ...]
    more: bool


@dataclass(frozen=True, slots=True)
class HoldSubject:
    """Hold something. Orders are not begun, and goods neither promised nor picked nor packed."""

    subject: Subject
    reason: str


@dataclass(frozen=True, slots=True)
class SubjectHeld:
    """It is held. ``freed`` pieces had been promised to walks, ``found`` of them elsewhere now."""

    subject: Subject
    freed: int
    found: int


@dataclass(frozen=True, slots=True)
class ReleaseSubject:
    """Let go what is held."""

    subject: Subject


@dataclass(frozen=True, slots=True)
class SubjectReleased:
    """It is released: work on it goes on."""

    subject: Subject


@dataclass(frozen=True, slots=True)
class SetPriority:
    """Let an order go earlier or later than others; a higher ``priority`` goes first."""

    merchant: str
    number: str
    priority: int


@dataclass(frozen=True, slots=True)
class SetDue:
    """Give an order another cut-off: ``due`` is ISO, UTC."""

    merchant: str
    number: str
    due: str


@dataclass(frozen=True, slots=True)
class OrderChanged:
    """The order has another priority or cut-off; ``due`` in local time."""

    merchant: str
    number: str
    priority: int
    due: str


@dataclass(frozen=True, slots=True)
class FindCutOffs:
    """Ask for the moments that may be an order's cut-off; ``clock`` is a time typed as 1630."""

    merchant: str
    number: str
    clock: int | None = None


@dataclass(frozen=True, slots=True)
class CutOffsFound:
    """Moments, as (ISO in UTC, local time), the next first."""

    moments: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class WorkRow:
    """Work that somebody has open or parked.

    ``about`` is what people call it: a cart or an order, a place, a return, a delivery. ``task``
    is a task's id, or the number of a return or delivery. ``holder`` is a worker's number,
    ``name`` theirs. ``done`` of ``total`` pieces are behind them.
    """

    job: str
    task: str
    about: str
    order: str
    holder: str
    name: str
    since: str
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class ListWork:
    """Ask who has which work, from the ``skip``-th on, in a way of `floorhand.domain.sorting`."""

    skip: int = 0
    sort: str = ""


@dataclass(frozen=True, slots=True)
class WorkListed:
    """The answer to `ListWork`."""

    rows: tuple[WorkRow, ...]
    skip: int
    more: bool
    sort: str = ""


@dataclass(frozen=True, slots=True)
class TakerRow:
    """Somebody who may do a job; ``seat`` is where they sit, empty if nowhere."""

    worker: str
    name: str
    seat: str


@dataclass(frozen=True, slots=True)
class ListTakers:
    """Ask who may take work on, those first who sit somewhere, or sorted so."""

    work: WorkRow
    skip: int = 0
    sort: str = ""


@dataclass(frozen=True, slots=True)
class TakersListed:
    """The answer to `ListTakers`."""

    work: WorkRow
    rows: tuple[TakerRow, ...]
    skip: int
    more: bool
    sort: str = ""


@dataclass(frozen=True, slots=True)
class FreeWork:
    """Let anybody do work that somebody has; ``take_over`` is who has it."""

    job: str
    task: str
    about: str
    order: str
    take_over: str


@dataclass(frozen=True, slots=True)
class WorkFreed:
    """It is free; ``kept`` says that totes of it are on a cart, which only can be given away."""

    about: str
    kept: bool


@dataclass(frozen=True, slots=True)
class GiveWork:
    """Let another worker go on with work that somebody has; ``take_over`` is who has it."""

    job: str
    task: str
    about: str
    order: str
    take_over: str
    worker: str


@dataclass(frozen=True, slots=True)
class WorkGiven:
    """It is that worker's, parked for them; ``busy`` if they are at that job, or have left it."""

    about: str
    name: str
    busy: bool
