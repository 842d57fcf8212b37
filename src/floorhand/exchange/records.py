"""What a file can hold, whatever its format: frozen records on their way to the database.

Every record keeps the line of the file that it began on, so that whatever is wrong with it can be
told with the place where it can be put right. ``None`` and empty text mean "the file does not say".
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from floorhand.domain.rules import Address, SiteRules

Progress = Callable[[str, int, int], None]
"""Told what is done, how much of it, and out of how much."""


def nobody_listens(what: str, done: int, total: int) -> None:
    """Let progress pass unseen."""


@dataclass(frozen=True, slots=True)
class BarcodeRecord:
    """A code on a piece, inner or case, and how many pieces one scan of it stands for."""

    code: str
    pieces: int = 1
    pack: str = "each"


@dataclass(frozen=True, slots=True)
class ProductRecord:
    """A product of a merchant.

    ``only_new`` says that the record was made from an order's line: it may add a product, and
    never changes one that somebody described properly. ``by_name`` says that the shop gave no SKU:
    ``sku`` is what it wrote instead, the name of a product that may be here.
    """

    line: int
    merchant: str
    sku: str
    name: str = ""
    barcodes: tuple[BarcodeRecord, ...] = ()
    weight_g: int | None = None
    length_mm: int | None = None
    width_mm: int | None = None
    height_mm: int | None = None
    lot_tracked: bool | None = None
    expiry_tracked: bool | None = None
    serial_tracked: bool | None = None
    min_life_days: int | None = None
    storage: str = ""
    abc: str = ""
    source: str = ""
    only_new: bool = False
    by_name: bool = False


@dataclass(frozen=True, slots=True)
class LineRecord:
    """One line of an order, delivery or return, in pieces."""

    line: int
    sku: str
    pieces: int
    platform_ids: tuple[str, ...] = ()
    lot: str = ""
    expiry: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class OrderRecord:
    """An order with its lines; ``state`` is one of the order table's.

    ``due_at`` is None where the file gives no deadline: then the next cut-off after ``placed_at``.
    ``replaces`` says that an order that is there may follow this one in its lines, and
    ``says_state`` that it may in its state: the file names it. ``tracking`` are the numbers that
    carriers and platforms have for its parcels, as far as the file tells.
    """

    line: int
    merchant: str
    number: str
    lines: tuple[LineRecord, ...]
    due_at: datetime | None = None
    state: str = "released"
    hold_reason: str = ""
    channel: str = ""
    platform_id: str = ""
    platform_state: str = ""
    placed_at: datetime | None = None
    priority: int = 0
    customer: str = ""
    ship_to: Address | None = None
    carrier: str = ""
    service: str = ""
    instruction: str = ""
    shipped_at: datetime | None = None
    replaces: bool = False
    says_state: bool = False
    tracking: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CancelRecord:
    """A platform's word that an order, known by its platform id, is cancelled.

    ``items`` are the line items that are cancelled; none means the whole order.
    """

    line: int
    merchant: str
    platform_id: str
    platform_state: str
    items: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ReturnRecord:
    """Goods that a buyer announced to send back."""

    line: int
    merchant: str
    number: str
    lines: tuple[LineRecord, ...]
    order: str = ""
    customer: str = ""
    kind: str = "customer"
    platform: str = ""
    platform_id: str = ""
    platform_state: str = ""
    combined_id: str = ""
    tracking: str = ""
    sender: str = ""
    custody: str = "advised"
    money: str = "none"
    reason: str = ""
    asked_at: datetime | None = None
    deadline: datetime | None = None


@dataclass(frozen=True, slots=True)
class DeliveryRecord:
    """Goods that a merchant announced."""

    line: int
    merchant: str
    number: str
    lines: tuple[LineRecord, ...]
    carrier: str = ""
    tracking: str = ""
    expected_on: str = ""


@dataclass(frozen=True, slots=True)
class PlaceRecord:
    """A bin, dock, bench, cart, tote, pallet or carton."""

    line: int
    code: str
    kind: str = "bin"
    parent: str = ""
    scan_code: str = ""
    check_digits: str = ""
    zone: str = ""
    storage: str = ""
    merchant: str = ""
    blocked: str = ""
    walk_no: int | None = None
    aisle_no: int | None = None
    y_mm: int | None = None
    level: int | None = None
    pick_face: bool | None = None
    capacity_ml: int | None = None
    capacity_g: int | None = None
    capacity_pieces: int | None = None
    inner_height_mm: int | None = None
    slots: int | None = None


@dataclass(frozen=True, slots=True)
class WorkerRecord:
    """Somebody who works here. ``pin`` is in clear here and nowhere else."""

    line: int
    code: str
    name: str = ""
    badge: str = ""
    pin: str = field(default="", repr=False)
    roles: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True)
class BoxRecord:
    """A shipping box that a bench can use."""

    line: int
    code: str
    name: str
    length_mm: int
    width_mm: int
    height_mm: int
    tare_g: int | None = None
    carries_g: int | None = None


@dataclass(frozen=True, slots=True)
class MerchantRecord:
    """A merchant and those rules that the file says; the others stay as they are."""

    line: int
    code: str
    name: str = ""
    rules: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class StationRecord:
    """A spot with a terminal: the bench or dock that stands there, its printer and its jobs.

    ``jobs`` is None if the file does not say; empty: all.
    """

    line: int
    code: str
    name: str = ""
    place: str = ""
    printer: str = ""
    scan_code: str = ""
    jobs: str | None = None


@dataclass(frozen=True, slots=True)
class PrinterRecord:
    """A printer: where it is, its dots per inch, and who takes its labels when it is down.

    ``dpi`` is None if the file does not say, ``usual_dpi`` what a new one then has; ``neighbour``
    is None if the file does not say, empty for nobody.
    """

    line: int
    code: str
    address: str = ""
    dpi: int | None = None
    usual_dpi: int = 0
    neighbour: str | None = None


@dataclass(frozen=True, slots=True)
class ScannerRecord:
    """How the scanner of a station or a seat sends, as far as the file says."""

    line: int
    station: str
    seat: str
    profile: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SiteRecord:
    """The building itself: columns of its row, and those rules that the file says."""

    line: int
    columns: dict[str, str] = field(default_factory=dict)
    rules: dict[str, Any] = field(default_factory=dict)


Record = (
    ProductRecord
    | OrderRecord
    | CancelRecord
    | ReturnRecord
    | DeliveryRecord
    | PlaceRecord
    | WorkerRecord
    | BoxRecord
    | MerchantRecord
    | PrinterRecord
    | StationRecord
    | ScannerRecord
    | SiteRecord
)


@dataclass(frozen=True, slots=True)
class Rejected:
    """A row that cannot be taken: its line, and one sentence why."""

    line: int
    reason: str


@dataclass(frozen=True, slots=True)
class Alarm:
    """Something in the file that a supervisor must look at."""

    kind: str
    subject: str
    merchant: str
    fact: str


@dataclass(slots=True)
class Parsed:
    """All that a format made of a file.

    ``facts`` are counts that belong to the format. ``notes`` are sentences about what was assumed.
    ``merchants`` gives the names of merchants that the file names; a code is its own name.
    ``repeated`` counts papers that the file holds once more in the same words.
    """

    records: list[Record] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)
    alarms: list[Alarm] = field(default_factory=list)
    facts: dict[str, int | str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    merchants: dict[str, str] = field(default_factory=dict)
    repeated: int = 0

    def reject(self, line: int, reason: str) -> None:
        """Put a row aside."""
        self.rejected.append(Rejected(line, reason))


@dataclass(frozen=True, slots=True)
class Context:
    """What the reader of a file must know besides the file.

    Attributes:
        now: The time of the import, for orders that say no date.
        merchant: Whose file it is, where the file does not say; empty if nobody said.
        time_zone: Of the site; dates without one are local.
        rules: Of the site; `cut_off` decides until when an order ships the same day.
        date_order: ``dmy`` or ``mdy`` if somebody said so; else empty.
        names: What a shop's line names mean: (store, name) to (product, pieces).
        progress: To be told how far the reading is.
    """

    now: datetime
    merchant: str = ""
    time_zone: str = "UTC"
    rules: SiteRules = field(default_factory=SiteRules)
    date_order: str = ""
    names: dict[tuple[str, str], tuple[str, int]] = field(default_factory=dict)
    progress: Progress = nobody_listens

    @property
    def owner(self) -> str:
        """Whose goods these are if the file does not say."""
        return self.merchant or DEFAULT_MERCHANT


DEFAULT_MERCHANT = "MAIN"
"""Owner of the goods in a warehouse that serves one merchant."""
