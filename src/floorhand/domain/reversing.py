"""The words of taking back what somebody else did, or what lies further back."""

from __future__ import annotations

from dataclasses import dataclass

REASONS = ("wrong_piece", "wrong_place", "wrong_count", "wrong_work", "other")
"""Why a lead takes something back; ``reversing.reason.<reason>`` names each."""


@dataclass(frozen=True, slots=True)
class FindDeeds:
    """Ask what was done last, the latest first, leaving out the first ``skip``.

    ``kind`` says by what: ``seat``, ``worker``, ``thing`` for whatever has a code of its own, or
    ``owned`` for an order or a product, as ``merchant/code``.
    """

    kind: str
    code: str
    skip: int = 0


@dataclass(frozen=True, slots=True)
class Deed:
    """One scan that wrote something and stands.

    ``operation`` is its first. ``text`` with ``facts`` is what the worker was told. ``back`` says
    that a lead took something back by it.
    """

    operation: str
    at: str
    worker: str
    seat: str
    text: str
    facts: tuple[tuple[str, str | int], ...]
    back: bool = False


@dataclass(frozen=True, slots=True)
class DeedsFound:
    """The answer to `FindDeeds`; ``more`` says that there are older ones."""

    asked: FindDeeds
    deeds: tuple[Deed, ...]
    more: bool


@dataclass(frozen=True, slots=True)
class LookInto:
    """Ask what goods a deed moved."""

    deed: Deed


@dataclass(frozen=True, slots=True)
class Moved:
    """Goods that a deed took from one place to another; ``name`` is that of the product."""

    sku: str
    name: str
    pieces: int
    source: str
    target: str


@dataclass(frozen=True, slots=True)
class DeedSeen:
    """The answer to `LookInto`."""

    deed: Deed
    moved: tuple[Moved, ...]


@dataclass(frozen=True, slots=True)
class TakeBack:
    """Take a deed back, whoever did it, for one of `REASONS`."""

    operation: str
    reason: str


@dataclass(frozen=True, slots=True)
class TakenBack:
    """It is taken back; ``text`` with ``facts`` says where the goods are now.

    ``label`` says that a printed label is good no more. ``operation`` is what can be undone now.
    """

    text: str
    facts: tuple[tuple[str, str | int], ...]
    label: bool
    operation: str


@dataclass(frozen=True, slots=True)
class InTheWay:
    """Nothing is changed: this was built on the deed later, and has to be taken back first."""

    deed: Deed


@dataclass(frozen=True, slots=True)
class DoAgain:
    """Undo that something was taken back, named by the operation that did so."""

    operation: str


@dataclass(frozen=True, slots=True)
class DoneAgain:
    """It stands again; ``facts`` say what. ``label`` says that its label is printed once more."""

    facts: tuple[tuple[str, str | int], ...]
    label: bool


MOVED_MAX = 12
"""More goods of one deed than this are not listed."""
