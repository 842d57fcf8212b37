"""What the last scans of each seat changed, so that the worker can take them back."""

from __future__ import annotations

from datetime import datetime

from floorhand.store.schema.base import Key, Mapped, Site, Table, mapped_column

RESTORED: dict[str, tuple[str, ...]] = {
    "barcode": (),
    "checked": (),
    "count_sheet": (),
    "counted": (),
    "delivery": (),
    "delivery_line": (),
    "handover": (),
    "hold": (),
    "inspection": (),
    "merchant": ("rules",),
    "order_line": (),
    "orders": (),
    "outbox": (),
    "parcel": (),
    "pick": (),
    "place": (),
    "print_job": (),
    "receipt": (),
    "refill": (),
    "return_line": (),
    "returns": (),
    "seat": ("station",),
    "site": ("rules",),
    "sku": (),
    "slot": (),
    "stock": (),
    "task": (),
    "trouble": (),
}
"""Tables whose rows an undo puts back; where columns are named, only a change of these counts."""

KEPT = (
    "alembic_version",
    "box_type",
    "carrier_code",
    "carrier_label",
    "delivery_was",
    "guess",
    "imported",
    "kept_figures",
    "move",
    "operation",
    "order_was",
    "parked",
    "print_form",
    "print_job_was",
    "return_was",
    "printer",
    "scan",
    "sequence",
    "spooler",
    "station",
    "trace",
    "stock_proof",
    "undo_step",
    "worker",
)
"""Tables that an undo leaves alone: what happened, what people are, numbers given once."""


class UndoStep(Table):
    """One taken scan: the question before it, and every row it changed, before and after.

    A ring: each seat has `floorhand.store.undo_steps.UNDO_STEPS_MAX` rows, written again and
    again, so that the table does not grow.
    """

    __tablename__ = "undo_step"
    site: Mapped[Site]
    seat: Mapped[Key]
    slot: Mapped[int] = mapped_column(primary_key=True)
    """``scan_no`` modulo the size of the ring."""
    scan_no: Mapped[int]
    at: Mapped[datetime]
    kind: Mapped[str]
    """``scan``, ``undo``, ``redo``, or ``reverse``: taken back by a lead, and not done again."""
    worker: Mapped[str]
    flow: Mapped[str]
    state: Mapped[str]
    """The question before the scan, as the seat keeps it."""
    told: Mapped[str]
    """What the worker was told, as JSON: it names the step when it is taken back."""
    operations: Mapped[str]
    """JSON list of the operations it wrote, in their order."""
    changes: Mapped[str | None]
    """JSON list of the rows it changed; None if they were too many to take back."""
    under: Mapped[str]
    """``SEAT:17``, the step that is next to take back (of an undo: to do again); empty: none.

    It is of another seat where the work was parked there and taken up here.
    """
