"""The first table of what comes back."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from floorhand.store.migrations.first.numbers import index_of_known
from floorhand.store.schema.base import UtcTime


def returns() -> None:
    """Make the table ``returns``."""
    op.create_table(
        "returns",
        sa.Column("site", sa.String(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("paper_no", sa.String(), nullable=False),
        sa.Column("plate", sa.String(), nullable=False),
        sa.Column("merchant", sa.String(), nullable=True),
        sa.Column("order", sa.String(), nullable=False),
        sa.Column("customer", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("platform", sa.String(), nullable=False),
        sa.Column("platform_id", sa.String(), nullable=False),
        sa.Column("platform_state", sa.String(), nullable=False),
        sa.Column("combined_id", sa.String(), nullable=False),
        sa.Column("tracking", sa.String(), nullable=False),
        sa.Column("sender", sa.String(), nullable=False),
        sa.Column("custody", sa.String(), nullable=False),
        sa.Column("money", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("came_at", UtcTime(), nullable=True),
        sa.Column("asked_at", UtcTime(), nullable=True),
        sa.Column("deadline", UtcTime(), nullable=True),
        sa.Column("received_at", UtcTime(), nullable=True),
        sa.Column("disposed_at", UtcTime(), nullable=True),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("worker", sa.String(), nullable=True),
        sa.Column("claimed_at", UtcTime(), nullable=True),
        sa.PrimaryKeyConstraint("site", "number", name=op.f("pk_returns")),
    )
    _index_returns()


def _index_returns() -> None:
    with op.batch_alter_table("returns", schema=None) as batch_op:
        batch_op.create_index(
            "ix_returns_due",
            ["site", "deadline"],
            sqlite_where=sa.text("received_at IS NOT NULL"),
            postgresql_where=sa.text("received_at IS NOT NULL"),
        )
        batch_op.create_index(
            batch_op.f("ix_returns_site_custody_deadline"),
            ["site", "custody", "deadline"],
            unique=False,
        )
        index_of_known(batch_op, "returns", "combined_id")
        batch_op.create_index(
            batch_op.f("ix_returns_site_merchant_custody"),
            ["site", "merchant", "custody"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_returns_site_merchant_order"),
            ["site", "merchant", "order"],
            unique=False,
        )
        index_of_known(batch_op, "returns", "paper_no")
        index_of_known(batch_op, "returns", "plate")
        index_of_known(batch_op, "returns", "platform_id")
        index_of_known(batch_op, "returns", "tracking")
