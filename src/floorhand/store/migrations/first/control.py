"""Tables of what those who lead decide."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from floorhand.store.schema.base import UtcTime


def hold() -> None:
    """Make the table ``hold``."""
    op.create_table(
        "hold",
        sa.Column("site", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("merchant", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("lot", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("held_at", UtcTime(), nullable=False),
        sa.Column("held_by", sa.String(), nullable=False),
        sa.Column("released_at", UtcTime(), nullable=True),
        sa.Column("released_by", sa.String(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('order', 'merchant', 'sku', 'lot', 'recall', 'bin')",
            name=op.f("ck_hold_kind_known"),
        ),
        sa.PrimaryKeyConstraint("site", "id", name=op.f("pk_hold")),
    )
    with op.batch_alter_table("hold", schema=None) as batch_op:
        batch_op.create_index(
            "uq_hold_standing",
            ["site", "kind", "merchant", "subject", "lot"],
            unique=True,
            sqlite_where=sa.text("released_at IS NULL"),
            postgresql_where=sa.text("released_at IS NULL"),
        )
        batch_op.create_index(
            batch_op.f("ix_hold_site_merchant_subject"),
            ["site", "merchant", "subject"],
            unique=False,
        )
