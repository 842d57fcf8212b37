"""The first tables of cycle counts and refills."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from floorhand.store.schema.base import UtcTime


def count_sheet() -> None:
    """Make the table ``count_sheet``."""
    op.create_table(
        "count_sheet",
        sa.Column("site", sa.String(), nullable=False),
        sa.Column("task", sa.String(), nullable=False),
        sa.Column("first", sa.String(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("merchant", sa.String(), nullable=False),
        sa.Column("sku", sa.String(), nullable=False),
        sa.Column("worker", sa.String(), nullable=True),
        sa.Column("not_by", sa.String(), nullable=False),
        sa.Column("since", UtcTime(), nullable=True),
        sa.Column("moves", sa.String(), nullable=False),
        sa.Column("result", sa.String(), nullable=False),
        sa.Column("differences", sa.String(), nullable=False),
        sa.Column("ended_at", UtcTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["site", "place"], ["place.site", "place.code"], name=op.f("fk_count_sheet_site_place")
        ),
        sa.ForeignKeyConstraint(
            ["site", "task"], ["task.site", "task.id"], name=op.f("fk_count_sheet_site_task")
        ),
        sa.PrimaryKeyConstraint("site", "task", name=op.f("pk_count_sheet")),
    )
    with op.batch_alter_table("count_sheet", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_count_sheet_site_first"), ["site", "first"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_count_sheet_site_place_ended_at"),
            ["site", "place", "ended_at"],
            unique=False,
        )


def counted() -> None:
    """Make the table ``counted``."""
    op.create_table(
        "counted",
        sa.Column("site", sa.String(), nullable=False),
        sa.Column("task", sa.String(), nullable=False),
        sa.Column("merchant", sa.String(), nullable=False),
        sa.Column("sku", sa.String(), nullable=False),
        sa.Column("lot", sa.String(), nullable=False),
        sa.Column("expiry", sa.String(), nullable=False),
        sa.Column("serial", sa.String(), nullable=False),
        sa.Column("condition", sa.String(), nullable=False),
        sa.Column("pieces", sa.Integer(), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.CheckConstraint("pieces > 0", name=op.f("ck_counted_pieces_positive")),
        sa.ForeignKeyConstraint(
            ["site", "task"], ["task.site", "task.id"], name=op.f("fk_counted_site_task")
        ),
        sa.PrimaryKeyConstraint(
            *("site", "task", "merchant", "sku", "lot", "expiry", "serial", "condition"),
            name=op.f("pk_counted"),
        ),
    )


def refill() -> None:
    """Make the table ``refill``."""
    op.create_table(
        "refill",
        sa.Column("site", sa.String(), nullable=False),
        sa.Column("task", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("expiry", sa.String(), nullable=False),
        sa.Column("needed_at", UtcTime(), nullable=False),
        sa.Column("tote", sa.String(), nullable=False),
        sa.Column("taken", sa.Integer(), nullable=False),
        sa.CheckConstraint("taken >= 0", name=op.f("ck_refill_taken_positive")),
        sa.ForeignKeyConstraint(
            ["site", "source"], ["place.site", "place.code"], name=op.f("fk_refill_site_source")
        ),
        sa.ForeignKeyConstraint(
            ["site", "task"], ["task.site", "task.id"], name=op.f("fk_refill_site_task")
        ),
        sa.PrimaryKeyConstraint("site", "task", name=op.f("pk_refill")),
    )
