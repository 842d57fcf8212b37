"""Return inspection: its commands and outcomes. Its rules are in `floorhand.domain.inspection`.

A parcel is identified, then every piece in it is counted, graded and disposed of. What is wrong
with it (a foreign piece, one too many, nothing at all) is an outcome, never an error: the buyer has
sent what he has sent.
"""

from __future__ import annotations

from dataclasses import dataclass

CUSTOMER_RETURN = "customer"
UNDELIVERED = "undelivered"
RECALL = "recall"
UNKNOWN_PARCEL = "unknown"

AS_ADVISED = "as_advised"
EXTRA = "extra"
WRONG_PIECE = "wrong_piece"
OTHER_MERCHANT = "other_merchant"
EMPTY = "empty"

NONE_OF_THESE = "none"
"""Code of the last entry in a list of candidates."""

NO_CODE = "no_code"
"""A piece that carries nothing that can be scanned, and that the worker cannot name."""

RESTOCK = "restock"
DESTROY = "destroy"
QUARANTINE = "quarantine"
FOR_SALE = (RESTOCK, "open_box")
"""Dispositions that lead back to a buyer unchanged."""

GRADES = (1, 2, 3, 4, 5)
"""1 sealed, 2 opened but like new, 3 needs work, 4 damaged, 5 hazardous, hygiene or expired."""

REASON_FROM_GRADE = 2
"""A sealed piece needs no reason."""

REASONS: dict[str, str] = {
    "packaging": "buyer",
    "used": "buyer",
    "parts_missing": "buyer",
    "damaged_buyer": "buyer",
    "damaged_carrier": "carrier",
    "damaged_us": "us",
    "defective": "us",
    "hygiene": "buyer",
    "other": "buyer",
}
"""Reasons in the order of their numbers, and at whose door each lies."""

TRACKED = ("serial", "expiry", "lot")
"""What may have to be asked about a piece, in this order, if its barcode did not tell."""

UNKNOWN_PLACE = "RET-UNK"
"""Bench where parcels of unknown origin wait."""


@dataclass(frozen=True, slots=True)
class Option:
    """One entry of a list to choose from: its code, and what stands in the row."""

    code: str
    label: str


@dataclass(frozen=True, slots=True)
class Parcel:
    """The return on the bench, as far as the next question needs it.

    Attributes:
        number: Our number.
        merchant: Empty until known.
        order: Number of the order; empty if nobody said.
        kind: ``customer``, ``undelivered``, ``recall`` or ``unknown``.
        advised: Pieces announced; 0 if nothing was.
        found: Announced pieces that were found.
        pieces: Pieces found in all, extra and foreign ones included.
        next_sku: First SKU of which announced pieces are still to be found; empty if none.
        next_left: How many of it.
        reason: What the buyer says.
        maybe: The likeliest order where none was named, and ``maybes`` how many there are.
        expiry_order: How the merchant's typed dates are read.
        tote: Where restocked pieces go; empty: they stay on the bench.
        due: Time left until the platform decides by itself, if that is near (see `time_left`).
    """

    number: str
    merchant: str = ""
    order: str = ""
    kind: str = CUSTOMER_RETURN
    advised: int = 0
    found: int = 0
    pieces: int = 0
    next_sku: str = ""
    next_name: str = ""
    next_left: int = 0
    reason: str = ""
    maybe: str = ""
    maybes: int = 0
    expiry_order: str = "YYMMDD"
    tote: str = ""
    due: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """Pieces of one SKU that were found and are to be judged together.

    Attributes:
        id: Names the finding; the operation that counted the first piece.
        left: Announced pieces of the SKU that were still to be found before this finding.
        outcome: ``as_advised``, ``extra``, ``wrong_piece`` or ``other_merchant``.
        over: Pieces returned beyond what the buyer bought; 0 if not, or if nobody knows.
        dispositions: The merchant's table, for grades 1 to 5.
        restockable: False where a piece may not be sold again whatever its grade, because its
            expiry is unknown or past, its serial is unreadable, or it was recalled.
        said: What the buyer or the platform gave as reason for this SKU.
    """

    id: str
    merchant: str
    sku: str
    name: str
    pieces: int
    left: int = 0
    lot: str = ""
    expiry: str = ""
    serial: str = ""
    serial_tracked: bool = False
    outcome: str = AS_ADVISED
    over: int = 0
    dispositions: tuple[str, ...] = ()
    restockable: bool = True
    said: str = ""


@dataclass(frozen=True, slots=True)
class TakePieces:
    """Count pieces in: they move from the customer to the bench, as return pending.

    ``show`` asks for the return as well, which the flow has not got yet.
    """

    number: str
    merchant: str
    sku: str
    pieces: int
    lot: str = ""
    expiry: str = ""
    serial: str = ""
    show: bool = False


@dataclass(frozen=True, slots=True)
class Recount:
    """Set the number of pieces of a finding; 0 takes it back altogether.

    ``final`` says that the counting is over (the total was typed).
    """

    number: str
    finding: str
    pieces: int
    final: bool = False


@dataclass(frozen=True, slots=True)
class PiecesCounted:
    """Pieces stand on the bench, to be judged."""

    finding: Finding
    final: bool = False
    parcel: Parcel | None = None


@dataclass(frozen=True, slots=True)
class CountTakenBack:
    """Nothing of the finding is left."""

    parcel: Parcel


@dataclass(frozen=True, slots=True)
class GradePieces:
    """Say what shape the pieces of a finding are in."""

    number: str
    finding: str
    grade: int


@dataclass(frozen=True, slots=True)
class PiecesGraded:
    """The finding as it is now, still to be judged, and the grade it was given."""

    finding: Finding
    grade: int


@dataclass(frozen=True, slots=True)
class Dispose:
    """Decide what becomes of a finding. Only this makes pieces available again.

    ``rule`` is what the merchant's table says, kept beside the decision. ``tote`` takes the
    pieces; empty: they stay on the bench. ``second`` is the worker who witnessed a destruction.
    """

    number: str
    finding: str
    grade: int
    reason: str
    rule: str
    disposition: str
    tote: str = ""
    second: str = ""


@dataclass(frozen=True, slots=True)
class PiecesDisposed:
    """The pieces are booked; ``place`` is where they stand now, empty if destroyed."""

    parcel: Parcel
    sku: str
    pieces: int
    disposition: str
    place: str


@dataclass(frozen=True, slots=True)
class FindingGone:
    """Somebody else has judged the finding, or taken it back, in the meantime."""

    parcel: Parcel


@dataclass(frozen=True, slots=True)
class RecordOutcome:
    """Record what is wrong with the parcel as such: `EMPTY`, or a piece with `NO_CODE`."""

    number: str
    outcome: str


@dataclass(frozen=True, slots=True)
class OutcomeRecorded:
    """It is on record."""

    parcel: Parcel
    outcome: str


@dataclass(frozen=True, slots=True)
class SetKind:
    """Say what kind of return it is: sent by the buyer, or never delivered."""

    number: str
    kind: str


@dataclass(frozen=True, slots=True)
class ListLines:
    """List the SKUs still to be found, for a piece whose barcode cannot be read."""

    number: str


@dataclass(frozen=True, slots=True)
class LinesListed:
    """SKUs still to be found."""

    options: tuple[Option, ...]


@dataclass(frozen=True, slots=True)
class PickLine:
    """Take a piece of the return's SKU as if its barcode had been scanned."""

    number: str
    sku: str


@dataclass(frozen=True, slots=True)
class PrintPlate:
    """Print the plate of a return."""

    number: str


@dataclass(frozen=True, slots=True)
class PlateQueued:
    """The plate is on its way to the printer."""

    number: str


@dataclass(frozen=True, slots=True)
class CloseReturn:
    """End the inspection and say the verdict. ``confirmed``: missing pieces were looked for."""

    number: str
    confirmed: bool = False


@dataclass(frozen=True, slots=True)
class PiecesMissing:
    """Announced pieces were not found; ``options`` are their SKUs, ``pieces`` how many in all."""

    options: tuple[Option, ...]
    pieces: int


@dataclass(frozen=True, slots=True)
class NothingFound:
    """Nothing was announced and nothing was found: is the parcel empty, or what is it?"""

    parcel: Parcel


@dataclass(frozen=True, slots=True)
class ReturnClosed:
    """The return is disposed of.

    ``incomplete`` names the verdict if it cannot be sent without a comment and a picture, and
    ``why`` is the text key of its reason; ``others`` are the returns of the same parcel that are
    still open.
    """

    number: str
    pieces: int
    missing: int
    incomplete: str
    others: tuple[Option, ...]
    why: str = "returns.reason.other"


@dataclass(frozen=True, slots=True)
class AddToVerdict:
    """Add what a rejection must have before a platform takes it."""

    verdict: str
    comment: str = ""
    picture: str = ""


@dataclass(frozen=True, slots=True)
class VerdictExtended:
    """It was added; ``complete`` says whether the verdict can be sent now."""

    complete: bool
