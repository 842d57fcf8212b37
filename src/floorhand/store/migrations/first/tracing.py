"""The first tables of histories."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from floorhand.store.schema.base import UtcTime


def trace() -> None:
    """Make the table ``trace``."""
    op.create_table(
        "trace",
        sa.Column("site", sa.String(), nullable=False),
        sa.Column("thing", sa.String(), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.Column("operation", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("site", "thing", "at", "operation", name=op.f("pk_trace")),
        sqlite_with_rowid=False,
    )


def came_with() -> None:
    """Let the deliveries be found that goods came with."""
    op.create_index("ix_receipt_site_merchant_sku", "receipt", ["site", "merchant", "sku"])
