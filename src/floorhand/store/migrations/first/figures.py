"""The first tables of what is kept for figures."""

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


def delivery_was() -> None:
    """Make the table ``delivery_was``."""
    op.create_table(
        "delivery_was",
        sa.Column("site", sa.String(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("until", UtcTime(), nullable=False),
        sa.Column("merchant", sa.String(), nullable=False),
        sa.Column("opened_at", UtcTime(), nullable=True),
        sa.Column("closed_at", UtcTime(), nullable=True),
        sa.PrimaryKeyConstraint("site", "number", "until", name=op.f("pk_delivery_was")),
    )
    with op.batch_alter_table("delivery_was", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_delivery_was_site_until"), ["site", "until"], unique=False
        )


def order_was() -> None:
    """Make the table ``order_was``."""
    op.create_table(
        "order_was",
        sa.Column("site", sa.String(), nullable=False),
        sa.Column("merchant", sa.String(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("until", UtcTime(), nullable=False),
        sa.Column("due_at", UtcTime(), nullable=False),
        sa.Column("released_at", UtcTime(), nullable=True),
        sa.Column("cancelled_at", UtcTime(), nullable=True),
        sa.Column("shipped_at", UtcTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["site", "merchant", "number"],
            ["orders.site", "orders.merchant", "orders.number"],
            name=op.f("fk_order_was_site_merchant_number"),
        ),
        sa.PrimaryKeyConstraint("site", "merchant", "number", "until", name=op.f("pk_order_was")),
    )
    with op.batch_alter_table("order_was", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_order_was_site_due_at"), ["site", "due_at"], unique=False
        )


def print_job_was() -> None:
    """Make the table ``print_job_was``."""
    op.create_table(
        "print_job_was",
        sa.Column("site", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("until", UtcTime(), nullable=False),
        sa.Column("created_at", UtcTime(), nullable=False),
        sa.Column("printer", sa.String(), nullable=False),
        sa.Column("rerouted_from", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("sent_at", UtcTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["site", "id"],
            ["print_job.site", "print_job.id"],
            name=op.f("fk_print_job_was_site_id"),
        ),
        sa.PrimaryKeyConstraint("site", "id", "until", name=op.f("pk_print_job_was")),
    )
    with op.batch_alter_table("print_job_was", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_print_job_was_site_created_at"), ["site", "created_at"], unique=False
        )


def return_was() -> None:
    """Make the table ``return_was``."""
    op.create_table(
        "return_was",
        sa.Column("site", sa.String(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("until", UtcTime(), nullable=False),
        sa.Column("deadline", UtcTime(), nullable=True),
        sa.Column("received_at", UtcTime(), nullable=True),
        sa.Column("disposed_at", UtcTime(), nullable=True),
        sa.PrimaryKeyConstraint("site", "number", "until", name=op.f("pk_return_was")),
    )
    with op.batch_alter_table("return_was", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_return_was_site_deadline"), ["site", "deadline"], unique=False
        )
