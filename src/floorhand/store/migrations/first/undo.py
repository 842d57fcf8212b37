"""The first tables of what can be taken back."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from floorhand.store.schema.base import UtcTime


def undo_step() -> None:
    """Make the table ``undo_step``."""
    op.create_table(
        "undo_step",
        sa.Column("site", sa.String(), nullable=False),
        sa.Column("seat", sa.String(), nullable=False),
        sa.Column("slot", sa.Integer(), nullable=False),
        sa.Column("scan_no", sa.Integer(), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("worker", sa.String(), nullable=False),
        sa.Column("flow", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("told", sa.String(), nullable=False),
        sa.Column("operations", sa.String(), nullable=False),
        sa.Column("changes", sa.String(), nullable=True),
        sa.Column("under", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("site", "seat", "slot", name=op.f("pk_undo_step")),
    )


def undone_once() -> None:
    """Let each operation be taken back once at most."""
    with op.batch_alter_table("operation", schema=None) as batch_op:
        batch_op.create_index(
            "uq_operation_undoes",
            ["site", "undoes"],
            unique=True,
            sqlite_where=sa.text("undoes IS NOT NULL"),
            postgresql_where=sa.text("undoes IS NOT NULL"),
        )
