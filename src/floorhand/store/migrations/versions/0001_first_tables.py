"""First tables."""

from __future__ import annotations

from alembic import op

from floorhand.store.migrations.first import floor, masters, paper
from floorhand.store.migrations.triggers import append_only

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

TABLES = (
    floor.imported,
    floor.operation,
    paper.outbox,
    floor.parked,
    floor.print_job,
    paper.returns,
    floor.scan,
    masters.sequence,
    masters.site,
    floor.task,
    floor.trouble,
    masters.box_type,
    masters.guess,
    paper.inspection,
    masters.merchant,
    masters.place,
    floor.seat,
    floor.slot,
    masters.worker,
    floor.checked,
    paper.delivery,
    paper.orders,
    masters.sku,
    masters.station,
    masters.barcode,
    paper.delivery_line,
    floor.move,
    paper.order_line,
    paper.parcel,
    paper.receipt,
    paper.return_line,
    floor.stock,
    floor.pick,
)
"""In the order in which they refer to each other."""


def upgrade() -> None:
    """Make them, and let what happened never be changed."""
    for make in TABLES:
        make()
    for table in ("move", "operation", "scan"):
        append_only(op, table)
