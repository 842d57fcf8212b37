"""Labels on their way to printers, and the printers."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from floorhand.store.schema.base import UtcTime


def print_job() -> None:
    """Make the table ``print_job``."""
    op.create_table(
        "print_job",
        sa.Column("site", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("printer", sa.String(), nullable=False),
        sa.Column("station", sa.String(), nullable=False),
        sa.Column("rerouted_from", sa.String(), nullable=False),
        sa.Column("template", sa.String(), nullable=False),
        sa.Column("data", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("copy_no", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("not_before", UtcTime(), nullable=True),
        sa.Column("error", sa.String(), nullable=False),
        sa.Column("created_at", UtcTime(), nullable=False),
        sa.Column("begun_at", UtcTime(), nullable=True),
        sa.Column("sent_at", UtcTime(), nullable=True),
        sa.Column("confirmed_at", UtcTime(), nullable=True),
        sa.Column("confirmed_by", sa.String(), nullable=False),
        sa.CheckConstraint(
            "state IN ('waiting', 'sending', 'sent', 'confirmed', 'doubt', 'failed', 'voided')",
            name=op.f("ck_print_job_state_known"),
        ),
        sa.PrimaryKeyConstraint("site", "id", name=op.f("pk_print_job")),
    )
    with op.batch_alter_table("print_job", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_print_job_site_state_created_at"),
            ["site", "state", "created_at"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_print_job_site_subject"), ["site", "subject"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_print_job_site_template_created_at"),
            ["site", "template", "created_at"],
            unique=False,
        )


def print_form() -> None:
    """Make the table ``print_form``."""
    op.create_table(
        "print_form",
        sa.Column("site", sa.String(), nullable=False),
        sa.Column("job", sa.String(), nullable=False),
        sa.Column("form", sa.String(), nullable=False),
        sa.Column("dpi", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["site", "job"], ["print_job.site", "print_job.id"], name=op.f("fk_print_form_site_job")
        ),
        sa.PrimaryKeyConstraint("site", "job", "form", "dpi", name=op.f("pk_print_form")),
    )


def printer() -> None:
    """Make the table ``printer``."""
    op.create_table(
        "printer",
        sa.Column("site", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("dpi", sa.Integer(), nullable=False),
        sa.Column("neighbour", sa.String(), nullable=False),
        sa.Column("paused", sa.Boolean(), nullable=False),
        sa.Column("condition", sa.String(), nullable=False),
        sa.Column("told", sa.String(), nullable=False),
        sa.Column("since", UtcTime(), nullable=True),
        sa.PrimaryKeyConstraint("site", "code", name=op.f("pk_printer")),
    )


def spooler() -> None:
    """Make the table ``spooler``."""
    op.create_table(
        "spooler",
        sa.Column("site", sa.String(), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("host", sa.String(), nullable=False),
        sa.Column("since", UtcTime(), nullable=True),
        sa.Column("stuck", sa.String(), nullable=False),
        sa.Column("condition", sa.String(), nullable=False),
        sa.Column("told", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("site", name=op.f("pk_spooler")),
    )


def carrier_code() -> None:
    """Make the table ``carrier_code``."""
    op.create_table(
        "carrier_code",
        sa.Column("site", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("merchant", sa.String(), nullable=False),
        sa.Column("order", sa.String(), nullable=False),
        sa.Column("label_no", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["site", "merchant", "order"],
            ["orders.site", "orders.merchant", "orders.number"],
            name=op.f("fk_carrier_code_site_merchant_order"),
        ),
        sa.PrimaryKeyConstraint(
            "site", "code", "merchant", "order", "label_no", name=op.f("pk_carrier_code")
        ),
    )
    with op.batch_alter_table("carrier_code", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_carrier_code_site_merchant_order"),
            ["site", "merchant", "order"],
            unique=False,
        )


def carrier_label() -> None:
    """Make the table ``carrier_label``."""
    op.create_table(
        "carrier_label",
        sa.Column("site", sa.String(), nullable=False),
        sa.Column("merchant", sa.String(), nullable=False),
        sa.Column("order", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("file", sa.String(), nullable=False),
        sa.Column("form", sa.String(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("labels", sa.Integer(), nullable=False),
        sa.Column("brought_at", UtcTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["site", "merchant", "order"],
            ["orders.site", "orders.merchant", "orders.number"],
            name=op.f("fk_carrier_label_site_merchant_order"),
        ),
        sa.PrimaryKeyConstraint(
            "site", "merchant", "order", "number", name=op.f("pk_carrier_label")
        ),
    )
    with op.batch_alter_table("carrier_label", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_carrier_label_site_sha256"), ["site", "sha256"], unique=True
        )
        batch_op.create_index(
            batch_op.f("ix_carrier_label_site_merchant_order_file"),
            ["site", "merchant", "order", "file"],
            unique=True,
        )
