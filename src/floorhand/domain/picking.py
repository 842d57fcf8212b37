"""The words of picking: commands, outcomes and what a worker is asked next.

A *walk* is one task: orders in the slots of a cart (or one order without a cart), a tote for each,
and stops in walking order. A *stop* takes pieces of one kind from one place for one order line.
Every outcome carries the next question, so that a flow's state holds that question and no more.
"""

from __future__ import annotations

from dataclasses import dataclass

from floorhand.domain.things import Goods

SHORT_REASONS = (
    "not_found",
    "fewer",
    "damaged",
    "wrong_piece_here",
    "expired",
    "blocked",
)
"""Why a worker could not take all pieces; chosen by number, so the order is part of the floor."""

SUSPECT_REASONS = frozenset({"not_found", "fewer", "wrong_piece_here"})
"""Reasons after which the books cannot be believed: what they still say is there goes on hold."""

NO_STOCK = "no_stock"
"""Reason of a line that was short before anybody walked."""

SKIP_REASONS = ("aisle_blocked", "needs_equipment", "being_refilled", "other")
"""Why the same stop is left for later a second time."""

SLOTS_MAX = 24
"""Totes that one walk serves at most, whatever a cart or a site says."""

FEFO_SLACK_DAYS = 7
"""Another lot may be taken instead if it expires at most this much later than the reserved one."""


# ---- What is asked next


@dataclass(frozen=True, slots=True)
class NeedTote:
    """A slot of the cart waits for its tote; ``cart`` is empty on a walk without one.

    ``bound`` slots have theirs.
    """

    task: str
    cart: str
    slot: int
    slots: int
    order: str
    bound: int = 0


@dataclass(frozen=True, slots=True)
class Stop:
    """One stop of a walk.

    ``place`` is where to go: the outermost place. ``inside`` is the container in it that holds the
    goods, empty if they stand there loose. ``pieces`` is what is still to take, ``order`` is
    ``merchant/number``, ``done`` of ``stops`` are behind us. ``missed`` is why the pieces were not
    at the place where they were looked for before; empty if this is the first.
    """

    task: str
    pick: str
    place: str
    inside: str
    goods: Goods
    name: str
    pieces: int
    tote: str
    slot: int
    order: str
    skips: int
    missed: str
    done: int
    stops: int

    def same_place(self, other: Stop) -> bool:
        """Tell whether a worker at the one stop is at the other too."""
        return (self.place, self.inside) == (other.place, other.inside)


@dataclass(frozen=True, slots=True)
class NeedBench:
    """A tote of a finished walk is to be brought away; ``totes`` are left, this one included.

    ``bench`` is the proposed place. ``order`` is empty if the order was cancelled and the pieces
    are to be put back. ``of`` totes were to be brought away at first, if some are already.
    """

    task: str
    tote: str
    slot: int
    order: str
    bench: str
    totes: int
    of: int = 0


@dataclass(frozen=True, slots=True)
class WalkDone:
    """Nothing is left of this walk."""

    task: str
    orders: int
    pieces: int


Next = NeedTote | Stop | NeedBench | WalkDone


# ---- Commands and their outcomes


@dataclass(frozen=True, slots=True)
class GetWork:
    """Claim the most urgent orders for a cart, or one order without a cart (``cart`` empty).

    With an ``order`` (``merchant/number``) go on with the walk that it is on. ``take_over`` the
    walk from that worker.
    """

    cart: str
    take_over: str = ""
    order: str = ""


@dataclass(frozen=True, slots=True)
class WalkTaken:
    """A colleague walks with the cart, or has the ``order`` that was scanned, and since when."""

    cart: str
    worker: str
    name: str
    since: str
    order: str = ""


@dataclass(frozen=True, slots=True)
class WorkFound:
    """Orders are claimed and their stock is reserved; ``resumed`` if the walk had begun before."""

    orders: int
    resumed: bool
    next: Next


@dataclass(frozen=True, slots=True)
class NoWork:
    """Nothing can be picked now; ``waiting`` orders lack stock."""

    waiting: int


@dataclass(frozen=True, slots=True)
class BindTote:
    """Put an empty tote into a slot; it belongs to the slot's order from now on."""

    task: str
    slot: int
    tote: str


@dataclass(frozen=True, slots=True)
class ToteBound:
    """The tote belongs to the order."""

    tote: str
    order: str
    next: Next


@dataclass(frozen=True, slots=True)
class ReplaceTote:
    """Close a slot's full tote and put an empty one there; both belong to the order."""

    task: str
    pick: str
    slot: int
    tote: str


@dataclass(frozen=True, slots=True)
class ToteReplaced:
    """The full tote is closed."""

    full: str
    tote: str
    next: Next


@dataclass(frozen=True, slots=True)
class ArriveAt:
    """A place was confirmed at a stop, the right one or another."""

    task: str
    pick: str
    place: str


@dataclass(frozen=True, slots=True)
class Arrived:
    """It is the right place, and the stop is as it is now."""

    stop: Stop


@dataclass(frozen=True, slots=True)
class PlaceOffered:
    """It is another place, but the same goods are free there: scan again to take them from it."""

    place: str
    pieces: int


@dataclass(frozen=True, slots=True)
class MovePick:
    """Take the goods of a stop from another place than planned, where they are free too."""

    task: str
    pick: str
    place: str


@dataclass(frozen=True, slots=True)
class OfferLot:
    """Pieces of another lot, expiry or serial than reserved were scanned at a stop."""

    task: str
    pick: str
    lot: str
    expiry: str
    serial: str
    pieces: int


@dataclass(frozen=True, slots=True)
class LotOffered:
    """That lot is free in this place: scan it again to take it.

    ``place`` is where else in the same bin it is, such as another carton; empty: at hand.
    """

    goods: Goods
    place: str = ""


@dataclass(frozen=True, slots=True)
class SwapLot:
    """Take another lot from the same place or bin than reserved; ``pieces`` of it were scanned."""

    task: str
    pick: str
    goods: Goods
    pieces: int


@dataclass(frozen=True, slots=True)
class LotSwapped:
    """The stop asks for that lot or serial now, and ``pieces`` of it are in the worker's hands."""

    stop: Stop
    pieces: int


@dataclass(frozen=True, slots=True)
class TakeInHand:
    """So many pieces of a stop are in the worker's hands; ``of_pack`` came with the last scan."""

    task: str
    pick: str
    pieces: int
    of_pack: int = 0


@dataclass(frozen=True, slots=True)
class InHand:
    """The stop is still to be done, and is as it is now."""

    stop: Stop
    pieces: int
    of_pack: int = 0


@dataclass(frozen=True, slots=True)
class ConfirmPick:
    """Pieces went from their place into the tote."""

    task: str
    pick: str
    pieces: int
    tote: str


@dataclass(frozen=True, slots=True)
class Picked:
    """They are in the tote; ``left`` are still to take at this stop."""

    pieces: int
    sku: str
    tote: str
    left: int
    next: Next


@dataclass(frozen=True, slots=True)
class SkipStop:
    """Leave a place for the end of the walk; the second time a ``reason`` is given."""

    task: str
    pick: str
    reason: str


@dataclass(frozen=True, slots=True)
class StopSkipped:
    """The place comes again at the end."""

    place: str
    next: Next


@dataclass(frozen=True, slots=True)
class DeclareShort:
    """Only ``pieces`` of a stop could be taken, and why; they are in the tote if there are any."""

    task: str
    pick: str
    pieces: int
    tote: str
    reason: str


@dataclass(frozen=True, slots=True)
class ShortDeclared:
    """The missing pieces were looked for elsewhere.

    ``found`` of them are in ``place`` (the first, if several) and were added to the walk. ``short``
    are final; ``waits`` come when there is stock again, because the merchant wants whole orders.
    Those two are the order's own; ``others`` on the walk lack pieces by the same fault.
    """

    missing: int
    found: int
    place: str
    short: int
    waits: int
    order: str
    next: Next
    others: int = 0


@dataclass(frozen=True, slots=True)
class StopGone:
    """The stop is no longer to be done; nothing was moved.

    ``why`` is ``cancelled`` (the order), ``order_held``, ``held`` (the goods or the place),
    ``released`` (one of these was held meanwhile), ``no_tote`` (the order has no stop left and
    needs none) or ``changed`` (others found the place wanting).
    """

    why: str
    order: str
    place: str
    next: Next


@dataclass(frozen=True, slots=True)
class BringTotes:
    """Totes of a finished walk stand at a bench or dock now; ``tote`` empty means all of them."""

    task: str
    tote: str
    place: str


@dataclass(frozen=True, slots=True)
class TotesBrought:
    """They stand there, and their orders can be packed."""

    totes: int
    place: str
    next: Next
