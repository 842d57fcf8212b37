"""The first tables of what is kept of figures."""

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
        sa.PrimaryKeyConstraint("site", "begins_at", "ends_at", name=op.f("pk_kept_figures")),
    )
