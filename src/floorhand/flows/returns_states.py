"""Where return inspection can be: the states of `floorhand.flows.returns`."""

from __future__ import annotations

from dataclasses import dataclass

from floorhand.domain.returns import Finding, Option, Parcel
from floorhand.domain.things import Attributes, Piece


@dataclass(frozen=True, slots=True)
class NeedReturn:
    """Nothing on the bench."""


@dataclass(frozen=True, slots=True)
class ChooseReturn:
    """Several returns are in the parcel; they are inspected one after the other.

    ``waiting``: they are not, but in the list of all that wait.
    """

    options: tuple[Option, ...]
    waiting: bool = False


@dataclass(frozen=True, slots=True)
class TakeOver:
    """Another worker has the return; scanned again, it is taken over."""

    number: str
    worker: str
    name: str
    since: str


@dataclass(frozen=True, slots=True)
class ChooseOrigin:
    """Where does this come from?

    ``piece`` is the piece that was scanned, to be counted once that is known; None if only the
    order of a known return is looked for. ``parcel`` is the return on the bench; None if there is
    none yet.
    """

    merchant: str
    piece: Piece | None
    options: tuple[Option, ...]
    parcel: Parcel | None = None


@dataclass(frozen=True, slots=True)
class ConfirmNew:
    """The order has shipped, and no return of it was announced."""

    merchant: str
    order: str


@dataclass(frozen=True, slots=True)
class ConfirmUnknown:
    """Nobody knows the code that was scanned."""

    code: str
    shown: str


@dataclass(frozen=True, slots=True)
class NeedCarrier:
    """A parcel that nobody knows: who brought it?"""

    code: str


@dataclass(frozen=True, slots=True)
class NeedSender:
    """A parcel that nobody knows: who sent it?"""

    code: str
    carrier: str


@dataclass(frozen=True, slots=True)
class Inspecting:
    """A return is on the bench; the next piece, or the end. ``told`` was scanned ahead of it."""

    parcel: Parcel
    told: Attributes | None = None


@dataclass(frozen=True, slots=True)
class ChooseLine:
    """A piece without a readable barcode: which SKU is it?"""

    parcel: Parcel
    options: tuple[Option, ...]


@dataclass(frozen=True, slots=True)
class ChooseOther:
    """Something about the parcel is not as usual: what?"""

    parcel: Parcel


@dataclass(frozen=True, slots=True)
class NeedTracked:
    """The piece's barcode does not tell its serial, expiry or lot; ``ask`` is one of those.

    ``asked`` are those that were asked before, in their order.
    """

    parcel: Parcel
    piece: Piece
    ask: str
    asked: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Counting:
    """How many pieces of this SKU are there, all in the same shape?

    ``typed`` is a number that looked too large and has to be typed again; -1 if there is none.
    """

    parcel: Parcel
    finding: Finding
    typed: int = -1


@dataclass(frozen=True, slots=True)
class Grading:
    """What shape are they in? ``counted``: it was said that these are all; nothing was written."""

    parcel: Parcel
    finding: Finding
    counted: bool = False


@dataclass(frozen=True, slots=True)
class ChooseReason:
    """Why are they not like new?"""

    parcel: Parcel
    finding: Finding
    grade: int


@dataclass(frozen=True, slots=True)
class Deciding:
    """The merchant's table has been asked; is that what shall happen?"""

    parcel: Parcel
    finding: Finding
    grade: int
    reason: str


@dataclass(frozen=True, slots=True)
class ChooseDisposition:
    """What shall happen instead?"""

    parcel: Parcel
    finding: Finding
    grade: int
    reason: str


@dataclass(frozen=True, slots=True)
class NeedBadge:
    """Pieces shall be destroyed; a second worker must witness it."""

    parcel: Parcel
    finding: Finding
    grade: int
    reason: str


@dataclass(frozen=True, slots=True)
class ConfirmMissing:
    """Announced pieces were not found. Is that so?"""

    parcel: Parcel
    options: tuple[Option, ...]
    pieces: int


@dataclass(frozen=True, slots=True)
class NeedComment:
    """The return was rejected; the platform wants to know why in words. ``why`` is a text key."""

    verdict: str
    number: str
    others: tuple[Option, ...]
    why: str = "returns.reason.other"


@dataclass(frozen=True, slots=True)
class NeedPicture:
    """The return was rejected; the platform wants a picture."""

    verdict: str
    number: str
    others: tuple[Option, ...]
    why: str = "returns.reason.other"


Identifying = (
    NeedReturn
    | TakeOver
    | ChooseReturn
    | ChooseOrigin
    | ConfirmNew
    | ConfirmUnknown
    | NeedCarrier
    | NeedSender
)
Judged = Deciding | ChooseDisposition | NeedBadge
OnBench = (
    Inspecting
    | ChooseLine
    | ChooseOther
    | NeedTracked
    | Counting
    | Grading
    | ChooseReason
    | Judged
    | ConfirmMissing
)
State = Identifying | OnBench | NeedComment | NeedPicture

START = NeedReturn()
STATES: tuple[type, ...] = (
    NeedReturn,
    TakeOver,
    ChooseReturn,
    ChooseOrigin,
    ConfirmNew,
    ConfirmUnknown,
    NeedCarrier,
    NeedSender,
    Inspecting,
    ChooseLine,
    ChooseOther,
    NeedTracked,
    Counting,
    Grading,
    ChooseReason,
    Deciding,
    ChooseDisposition,
    NeedBadge,
    ConfirmMissing,
    NeedComment,
    NeedPicture,
)
VALUES: tuple[type, ...] = (Option, Parcel, Finding)
