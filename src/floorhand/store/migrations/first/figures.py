"""The first tables of what is kept because it took long to find out."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from floorhand.store.schema.base import UtcTime


def kept_figures() -> None:
    """Make the table ``kept_figures``."""
    op.create_table(
        "kept_figures",
        sa.Column("site", sa.String(), nullable=False),
        sa.Column("begins_at", UtcTime(), nullable=False),
        sa.Column("ends_at", UtcTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("worked", sa.Boolean(), nullable=False),
        sa.Column("headlines", sa.String(), nullable=False),
        sa.Column("pace", sa.String(), nullable=False),
        sa.Column("waiting", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("site", "begins_at", "ends_at", name=op.f("pk_kept_figures")),
    )


def stock_proof() -> None:
    """Make the table ``stock_proof``."""
    op.create_table(
        "stock_proof",
        sa.Column("site", sa.String(), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.Column("moves", sa.Integer(), nullable=False),
        sa.Column("operations", sa.Integer(), nullable=False),
        sa.Column("stock_rows", sa.Integer(), nullable=False),
        sa.Column("pieces", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("violations", sa.Integer(), nullable=False),
        sa.Column("line", sa.String(), nullable=False),
        sa.Column("until", UtcTime(), nullable=True),
        sa.Column("tail_moves", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("site", "at", name=op.f("pk_stock_proof")),
    )
