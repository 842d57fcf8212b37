"""First tables."""

from __future__ import annotations

from alembic import op

from floorhand.store.migrations.first import (
    control,
    counts,
    figures,
    floor,
    masters,
    paper,
    printing,
    returns,
    seats,
    tracing,
    undo,
)
from floorhand.store.migrations.triggers import append_only, noted

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

TABLES = (
    floor.imported,
    control.hold,
    floor.operation,
    undo.undone_once,
    undo.undo_step,
    tracing.trace,
    paper.outbox,
    seats.parked,
    printing.print_job,
    printing.print_form,
    printing.printer,
    printing.spooler,
    returns.returns,
    floor.scan,
    masters.sequence,
    masters.site,
    floor.task,
    floor.trouble,
    floor.handover,
    masters.box_type,
    masters.guess,
    figures.kept_figures,
    figures.stock_proof,
    paper.inspection,
    masters.merchant,
    masters.place,
    seats.seat,
    floor.slot,
    masters.worker,
    floor.checked,
    counts.count_sheet,
    counts.counted,
    counts.refill,
    paper.delivery,
    paper.orders,
    masters.sku,
    masters.station,
    masters.barcode,
    paper.delivery_line,
    floor.move,
    paper.order_line,
    printing.carrier_code,
    printing.carrier_label,
    paper.parcel,
    paper.receipt,
    tracing.came_with,
    paper.return_line,
    floor.stock,
    floor.pick,
    figures.delivery_was,
    figures.order_was,
    figures.print_job_was,
    figures.return_was,
)
"""In the order in which they refer to each other."""

NOTED: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("barcode", "checked", "delivery", "delivery_line", "inspection"), ()),
    **dict.fromkeys(("order_line", "orders", "outbox", "parcel", "pick", "place"), ()),
    **dict.fromkeys(("print_job", "receipt", "return_line", "returns", "sku", "slot"), ()),
    **dict.fromkeys(("hold", "stock", "task", "trouble"), ()),
    **dict.fromkeys(("count_sheet", "counted", "refill"), ()),
    "handover": (),
    "merchant": ("rules",),
    "seat": ("station",),
    "site": ("rules",),
}
"""Tables whose changes by a scan are noted, so that it can be taken back."""


def upgrade() -> None:
    """Make them, and let what happened never be changed."""
    for make in TABLES:
        make()
    for table in ("move", "operation", "scan"):
        append_only(op, table)
    for table, columns in NOTED.items():
        noted(op, table, columns)
