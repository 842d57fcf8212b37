"""The first tables of its seats, and of what is left open there."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from floorhand.store.schema.base import UtcTime


def parked() -> None:
    """Make the table ``parked``."""
    op.create_table(
        "parked",
        sa.Column("site", sa.String(), nullable=False),
        sa.Column("worker", sa.String(), nullable=False),
        sa.Column("flow", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.Column("seat", sa.String(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("undo_step", sa.String(), nullable=False),
        sa.Column("redo_step", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("site", "worker", "flow", name=op.f("pk_parked")),
    )


def seat() -> None:
    """Make the table ``seat``."""
    op.create_table(
        "seat",
        sa.Column("site", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("station", sa.String(), nullable=False),
        sa.Column("worker", sa.String(), nullable=True),
        sa.Column("flow", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("scan_no", sa.Integer(), nullable=False),
        sa.Column("scanned", sa.String(), nullable=True),
        sa.Column("said", sa.String(), nullable=True),
        sa.Column("at", UtcTime(), nullable=True),
        sa.Column("undo_step", sa.String(), nullable=False),
        sa.Column("redo_step", sa.String(), nullable=False),
        sa.Column("scanner", sa.String(), nullable=False),
        sa.Column("locks_after_s", sa.Integer(), nullable=False),
        sa.Column("device", sa.String(), nullable=False),
        sa.Column("device_name", sa.String(), nullable=False),
        sa.Column("held_since", UtcTime(), nullable=True),
        sa.Column("home", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["site"], ["site.site"], name=op.f("fk_seat_site")),
        sa.PrimaryKeyConstraint("site", "code", name=op.f("pk_seat")),
    )
