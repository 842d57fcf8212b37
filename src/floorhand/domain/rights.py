"""Who may do what: each role is a set of rights, and a worker has those of all their roles."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from enum import StrEnum

from floorhand.domain.signing_in import JOBS


class Right(StrEnum):
    """What not everybody may do. The first are the jobs, by name."""

    RECEIVING = "receiving"
    PUTAWAY = "putaway"
    PICKING = "picking"
    PACKING = "packing"
    RETURNS = "returns"
    COUNTING = "counting"
    REFILL = "refill"
    BLIND = "blind"
    """Receive goods that nobody announced."""
    SHORT_LIFE = "short_life"
    """Allow goods to be received that live shorter than their merchant wants."""
    OTHER_BOX = "other_box"
    """Allow a box for a parcel that is not one of its merchant's."""
    LEARN = "learn"
    """Say which product an unknown barcode means."""
    SEATS = "seats"
    """See who sits where, and free a seat that is stuck."""
    UNLOCK = "unlock"
    """Allow PINs and badges again that were guessed wrong too often, and draw new PINs."""
    REVERSE = "reverse"
    """Take back what somebody else did, or what lies further back."""
    HAND_OVER = "hand_over"
    """Hand the building over to the next lead, and take it on."""
    PLAN = "plan"
    """Say which bins are counted and which are filled up."""
    DECIDE = "decide"
    """Look after exceptions: give them to somebody, and decide about them."""
    CORRECT = "correct"
    """Correct what the books believe of a place; what is much takes another person's word."""
    CONTROL = "control"
    """Hold and release orders, merchants, goods and bins; recall a lot; say which goes first; set
    the rules of merchants and of the building."""
    LIMITS = "limits"
    """Set the rules that say where a lead needs another person's word: no lead may loosen these."""
    SERVE = "serve"
    """Tell merchants who ask how their orders, deliveries, returns and goods stand."""


_JOBS = frozenset(map(Right, JOBS))

ROLES: Mapping[str, frozenset[Right]] = {
    **{job: frozenset({Right(job)}) for job in JOBS},
    "blind": frozenset({Right.BLIND}),
    "barcodes": frozenset({Right.LEARN}),
    "worker": _JOBS,
    "packer": frozenset({Right.PACKING}),
    "inspector": frozenset({Right.RETURNS}),
    "service": frozenset({Right.SERVE}),
    "lead": _JOBS
    | {Right.BLIND, Right.SHORT_LIFE, Right.OTHER_BOX, Right.LEARN, Right.SEATS, Right.REVERSE}
    | {Right.HAND_OVER, Right.PLAN, Right.DECIDE, Right.CORRECT, Right.CONTROL, Right.SERVE},
    "supervisor": frozenset(Right),
}
"""The roles that a worker can be given, any number of them. A job's name is a role, too."""


def may(roles: Collection[str], right: Right) -> bool:
    """Say whether one of these roles has a right."""
    return any(right in ROLES.get(role, ()) for role in roles)


LEADING = (
    *(Right.SEATS, Right.UNLOCK, Right.REVERSE),
    *(Right.HAND_OVER, Right.PLAN, Right.DECIDE, Right.CORRECT, Right.CONTROL, Right.SERVE),
)
"""Who has one of these has a desk of their own in the menu."""


def menu_of(roles: Collection[str]) -> tuple[str, ...]:
    """List what the menu offers: the jobs that roles allow, and the desk of those who lead."""
    desk = ("leading",) if any(may(roles, right) for right in LEADING) else ()
    return (*jobs_of(roles), *desk)


def jobs_of(roles: Collection[str]) -> tuple[str, ...]:
    """List the jobs that roles allow, in the order of the menu."""
    return tuple(job for job in JOBS if may(roles, Right(job)))
