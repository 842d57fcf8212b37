"""The words of exceptions: what a supervisor looks at, gives to somebody, and decides."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

APPROVE = "approve"
REJECT = "reject"
SETTLE = "settle"
RECOUNT = "recount"
RELEASE = "release"
ACCEPT = "accept"
PUT_BACK = "put_back"
HOLD = "hold"
PICK_AGAIN = "pick_again"
SHIP_REST = "ship_rest"
DROP_LINES = "drop_lines"
WAIT = "wait"
NAME_MERCHANT = "name_merchant"
REPRINT = "reprint"
CONFIRM = "confirm"
VOID = "void"
FREE = "free"
RETIRE = "retire"

ACTIONS: Final = (
    *(APPROVE, REJECT, RECOUNT, REPRINT, CONFIRM, VOID, FREE, RELEASE, ACCEPT, HOLD, PICK_AGAIN),
    *(SHIP_REST, DROP_LINES, WAIT, PUT_BACK, RETIRE, NAME_MERCHANT, SETTLE),
)
"""What a decision can be, in the order in which they are offered; ``exceptions.<action>``."""

REASONS: Final[Mapping[str, tuple[str, ...]]] = {
    SETTLE: ("nothing", "put_right", "agreed", "other"),
    REJECT: ("not_so", "unclear", "not_agreed", "other"),
}
"""Decisions that need a reason, and which there are; ``exceptions.reason.<reason>``."""

SIGNED: Final = frozenset({APPROVE, RELEASE, ACCEPT, SETTLE})
"""Decisions that nobody takes alone where the site wants four eyes: those that let it pass."""

SOON: Final = timedelta(hours=24)
"""What has to be done within this time stands before all that has no deadline."""


def urgency(
    pieces: int, since: datetime, due_at: datetime | None, now: datetime
) -> tuple[bool, float]:
    """Give the key by which exceptions are sorted, the most urgent first.

    Whatever has a deadline soon, or has missed it, comes first, by deadline; then by value and
    age: ten pieces that have waited for an hour weigh as much as one that has waited for ten.
    What has no value in pieces weighs as one.
    """
    if due_at is not None and due_at <= now + SOON:
        return (False, due_at.timestamp())
    return (True, -max(pieces, 1) * max((now - since).total_seconds(), 1.0))


@dataclass(frozen=True, slots=True)
class ExceptionRow:
    """An exception in a list. ``owner`` is a name; empty if nobody has it.

    ``since`` and ``due`` are moments on the site's clock, ``due`` may be empty. ``pieces`` is 0
    where that says nothing. ``proposed`` says that something is done if it is approved; ``age`` is
    how long it had been open when the list was made.
    """

    entry: str
    kind: str
    subject: str
    merchant: str
    owner: str
    since: str
    pieces: int
    due: str
    proposed: bool
    age: str = ""


@dataclass(frozen=True, slots=True)
class ListExceptions:
    """Ask what is open, the most urgent first, leaving out the first ``skip``.

    Only of one ``kind``, or about one thing: its code, or ``merchant/code``; empty: all. ``sort``
    is one of the ways of `floorhand.domain.sorting`.
    """

    kind: str = ""
    thing: str = ""
    skip: int = 0
    sort: str = ""


@dataclass(frozen=True, slots=True)
class ExceptionsListed:
    """The answer to `ListExceptions`; ``count`` is how many there are in all of that kind."""

    asked: ListExceptions
    rows: tuple[ExceptionRow, ...]
    count: int

    @property
    def more(self) -> bool:
        """Say whether there are others behind."""
        return self.asked.skip + len(self.rows) < self.count


@dataclass(frozen=True, slots=True)
class ListKinds:
    """Ask of which kinds exceptions are open, leaving out the first ``skip``.

    ``sort`` is one of the ways of `floorhand.domain.sorting`.
    """

    skip: int = 0
    sort: str = ""


@dataclass(frozen=True, slots=True)
class KindsListed:
    """Kinds with how many are open of each, the most first, or sorted so."""

    kinds: tuple[tuple[str, int], ...]
    skip: int
    more: bool
    sort: str = ""


@dataclass(frozen=True, slots=True)
class LookAtException:
    """Ask all that is known of one exception."""

    entry: str


@dataclass(frozen=True, slots=True)
class ExceptionSeen:
    """The answer: ``facts`` as texts with their values, ``actions`` of `ACTIONS` that fit now.

    ``mine`` says that whoever asked looks after it.
    """

    row: ExceptionRow
    facts: tuple[tuple[str, str], ...]
    actions: tuple[str, ...]
    mine: bool = False


@dataclass(frozen=True, slots=True)
class ListNames:
    """Ask whom an exception can be given to, or which merchants there are.

    ``about`` is ``owner`` or ``merchant``, ``sort`` one of the ways of `floorhand.domain.sorting`,
    ``entry`` the exception.
    """

    about: str
    skip: int = 0
    sort: str = ""
    entry: str = ""


@dataclass(frozen=True, slots=True)
class NamesListed:
    """The answer to `ListNames`: code and name of each."""

    about: str
    names: tuple[tuple[str, str], ...]
    skip: int
    more: bool
    sort: str = ""


@dataclass(frozen=True, slots=True)
class Assign:
    """Let a worker look after an exception; empty: whoever says so."""

    entry: str
    worker: str = ""


@dataclass(frozen=True, slots=True)
class Assigned:
    """The worker looks after it now; ``name`` is the worker's."""

    seen: ExceptionSeen
    name: str


@dataclass(frozen=True, slots=True)
class Decide:
    """Decide about an exception, which closes it: one of `ACTIONS`.

    ``reason`` is one of `REASONS` where the action has some. ``detail`` is the merchant that is
    named; else it is empty. ``pieces`` is what it was worth when whoever decides looked at it; None
    if nobody did.
    """

    entry: str
    action: str
    reason: str = ""
    detail: str = ""
    pieces: int | None = None


@dataclass(frozen=True, slots=True)
class Decided:
    """It is decided and off the list. ``text`` with ``facts`` says what came of it."""

    text: str
    facts: tuple[tuple[str, str | int], ...]
