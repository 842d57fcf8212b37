"""The first tables of its papers: deliveries, orders, returns."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from floorhand.store.migrations.first.numbers import index_of_known
from floorhand.store.schema.base import UtcTime


def outbox() -> None:
    """Make the table ``outbox``."""
    op.create_table(
        "outbox",
        sa.Column("site", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("platform", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("created_at", UtcTime(), nullable=False),
        sa.Column("sent_at", UtcTime(), nullable=True),
        sa.PrimaryKeyConstraint("site", "id", name=op.f("pk_outbox")),
    )
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_outbox_site_state"), ["site", "state"], unique=False)


def inspection() -> None:
    """Make the table ``inspection``."""
    op.create_table(
        "inspection",
        sa.Column("site", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("merchant", sa.String(), nullable=False),
        sa.Column("sku", sa.String(), nullable=False),
        sa.Column("lot", sa.String(), nullable=False),
        sa.Column("expiry", sa.String(), nullable=False),
        sa.Column("serial", sa.String(), nullable=False),
        sa.Column("pieces", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("grade", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("disposition_rule", sa.String(), nullable=False),
        sa.Column("disposition", sa.String(), nullable=False),
        sa.Column("worker", sa.String(), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["site", "number"],
            ["returns.site", "returns.number"],
            name=op.f("fk_inspection_site_number"),
        ),
        sa.PrimaryKeyConstraint("site", "id", name=op.f("pk_inspection")),
    )
    with op.batch_alter_table("inspection", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_inspection_site_at"), ["site", "at"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_inspection_site_number"), ["site", "number"], unique=False
        )


def delivery() -> None:
    """Make the table ``delivery``."""
    op.create_table(
        "delivery",
        sa.Column("site", sa.String(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("paper_no", sa.String(), nullable=False),
        sa.Column("merchant", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("blind", sa.Boolean(), nullable=False),
        sa.Column("carrier", sa.String(), nullable=False),
        sa.Column("tracking", sa.String(), nullable=False),
        sa.Column("expected_on", sa.String(), nullable=False),
        sa.Column("dock", sa.String(), nullable=False),
        sa.Column("came_at", UtcTime(), nullable=True),
        sa.Column("opened_at", UtcTime(), nullable=True),
        sa.Column("closed_at", UtcTime(), nullable=True),
        sa.CheckConstraint(
            "state IN ('announced', 'receiving', 'closed')", name=op.f("ck_delivery_state_known")
        ),
        sa.ForeignKeyConstraint(
            ["site", "merchant"],
            ["merchant.site", "merchant.code"],
            name=op.f("fk_delivery_site_merchant"),
        ),
        sa.PrimaryKeyConstraint("site", "number", name=op.f("pk_delivery")),
    )
    with op.batch_alter_table("delivery", schema=None) as batch_op:
        index_of_known(batch_op, "delivery", "paper_no")
        index_of_known(batch_op, "delivery", "tracking")
        batch_op.create_index(batch_op.f("ix_delivery_site_opened_at"), ["site", "opened_at"])
        batch_op.create_index(
            batch_op.f("ix_delivery_site_closed_at_state"), ["site", "closed_at", "state"]
        )


def orders() -> None:
    """Make the table ``orders``."""
    op.create_table(
        "orders",
        sa.Column("site", sa.String(), nullable=False),
        sa.Column("merchant", sa.String(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("hold_reason", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("platform_id", sa.String(), nullable=False),
        sa.Column("platform_state", sa.String(), nullable=False),
        sa.Column("placed_at", UtcTime(), nullable=True),
        sa.Column("came_at", UtcTime(), nullable=True),
        sa.Column("due_at", UtcTime(), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("customer", sa.String(), nullable=False),
        sa.Column("ship_to", sa.String(), nullable=False),
        sa.Column("carrier", sa.String(), nullable=False),
        sa.Column("service", sa.String(), nullable=False),
        sa.Column("instruction", sa.String(), nullable=False),
        sa.Column("shipped_at", UtcTime(), nullable=True),
        sa.Column("released_at", UtcTime(), nullable=True),
        sa.Column("cancelled_at", UtcTime(), nullable=True),
        sa.Column("closed_at", UtcTime(), nullable=True),
        sa.CheckConstraint(
            "state IN ('hold', 'waiting', 'released', 'picking', 'picked', "
            "'packing', 'shipped', 'short', 'cancelled')",
            name=op.f("ck_orders_state_known"),
        ),
        sa.ForeignKeyConstraint(
            ["site", "merchant"],
            ["merchant.site", "merchant.code"],
            name=op.f("fk_orders_site_merchant"),
        ),
        sa.PrimaryKeyConstraint("site", "merchant", "number", name=op.f("pk_orders")),
    )
    _index_orders()


def _index_orders() -> None:
    with op.batch_alter_table("orders", schema=None) as batch_op:
        batch_op.create_index(
            "ix_orders_closed",
            ["site", "closed_at", "state", "due_at"],
            sqlite_where=sa.text("closed_at IS NOT NULL"),
            postgresql_where=sa.text("closed_at IS NOT NULL"),
        )
        batch_op.create_index(batch_op.f("ix_orders_site_customer"), ["site", "customer"])
        batch_op.create_index(
            "ix_orders_due",
            ["site", "due_at"],
            sqlite_where=sa.text("released_at IS NOT NULL"),
            postgresql_where=sa.text("released_at IS NOT NULL"),
        )
        batch_op.create_index(batch_op.f("ix_orders_site_number"), ["site", "number"])
        index_of_known(batch_op, "orders", "platform_id")
        batch_op.create_index(
            batch_op.f("ix_orders_site_state_priority_due_at"),
            ["site", "state", "priority", "due_at"],
        )


def delivery_line() -> None:
    """Make the table ``delivery_line``."""
    op.create_table(
        "delivery_line",
        sa.Column("site", sa.String(), nullable=False),
        sa.Column("delivery", sa.String(), nullable=False),
        sa.Column("line_no", sa.Integer(), nullable=False),
        sa.Column("merchant", sa.String(), nullable=False),
        sa.Column("sku", sa.String(), nullable=False),
        sa.Column("lot", sa.String(), nullable=False),
        sa.Column("expiry", sa.String(), nullable=False),
        sa.Column("expected", sa.Integer(), nullable=False),
        sa.Column("received", sa.Integer(), nullable=False),
        sa.Column("damaged", sa.Integer(), nullable=False),
        sa.Column("over", sa.Integer(), nullable=False),
        sa.Column("short", sa.Integer(), nullable=False),
        sa.Column("refused", sa.Integer(), nullable=False),
        sa.Column("unexpected", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.CheckConstraint(
            "expected >= 0 AND received >= 0 AND damaged >= 0 AND over >= 0 "
            "AND short >= 0 AND refused >= 0",
            name=op.f("ck_delivery_line_counts_not_negative"),
        ),
        sa.ForeignKeyConstraint(
            ["site", "delivery"],
            ["delivery.site", "delivery.number"],
            name=op.f("fk_delivery_line_site_delivery"),
        ),
        sa.ForeignKeyConstraint(
            ["site", "merchant", "sku"],
            ["sku.site", "sku.merchant", "sku.code"],
            name=op.f("fk_delivery_line_site_merchant_sku"),
        ),
        sa.PrimaryKeyConstraint("site", "delivery", "line_no", name=op.f("pk_delivery_line")),
    )
    with op.batch_alter_table("delivery_line", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_delivery_line_site_delivery_merchant_sku"),
            ["site", "delivery", "merchant", "sku"],
            unique=False,
        )


def order_line() -> None:
    """Make the table ``order_line``."""
    op.create_table(
        "order_line",
        sa.Column("site", sa.String(), nullable=False),
        sa.Column("merchant", sa.String(), nullable=False),
        sa.Column("order", sa.String(), nullable=False),
        sa.Column("line_no", sa.Integer(), nullable=False),
        sa.Column("sku", sa.String(), nullable=False),
        sa.Column("ordered", sa.Integer(), nullable=False),
        sa.Column("picked", sa.Integer(), nullable=False),
        sa.Column("packed", sa.Integer(), nullable=False),
        sa.Column("short", sa.Integer(), nullable=False),
        sa.Column("short_reason", sa.String(), nullable=False),
        sa.Column("platform_ids", sa.String(), nullable=False),
        sa.CheckConstraint(
            "ordered > 0 AND packed >= 0 AND short >= 0 "
            "AND packed <= picked AND picked + short <= ordered",
            name=op.f("ck_order_line_counts_fit"),
        ),
        sa.ForeignKeyConstraint(
            ["site", "merchant", "order"],
            ["orders.site", "orders.merchant", "orders.number"],
            name=op.f("fk_order_line_site_merchant_order"),
        ),
        sa.ForeignKeyConstraint(
            ["site", "merchant", "sku"],
            ["sku.site", "sku.merchant", "sku.code"],
            name=op.f("fk_order_line_site_merchant_sku"),
        ),
        sa.PrimaryKeyConstraint("site", "merchant", "order", "line_no", name=op.f("pk_order_line")),
    )
    with op.batch_alter_table("order_line", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_order_line_site_merchant_sku"), ["site", "merchant", "sku"], unique=False
        )


def parcel() -> None:
    """Make the table ``parcel``."""
    op.create_table(
        "parcel",
        sa.Column("site", sa.String(), nullable=False),
        sa.Column("carton", sa.String(), nullable=False),
        sa.Column("merchant", sa.String(), nullable=False),
        sa.Column("order", sa.String(), nullable=False),
        sa.Column("box_type", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("weight_g", sa.Integer(), nullable=False),
        sa.Column("label_no", sa.Integer(), nullable=False),
        sa.Column("closed_at", UtcTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["site", "carton"], ["place.site", "place.code"], name=op.f("fk_parcel_site_carton")
        ),
        sa.ForeignKeyConstraint(
            ["site", "merchant", "order"],
            ["orders.site", "orders.merchant", "orders.number"],
            name=op.f("fk_parcel_site_merchant_order"),
        ),
        sa.PrimaryKeyConstraint("site", "carton", name=op.f("pk_parcel")),
    )
    with op.batch_alter_table("parcel", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_parcel_site_merchant_order"), ["site", "merchant", "order"], unique=False
        )


def receipt() -> None:
    """Make the table ``receipt``."""
    op.create_table(
        "receipt",
        sa.Column("site", sa.String(), nullable=False),
        sa.Column("delivery", sa.String(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("merchant", sa.String(), nullable=False),
        sa.Column("sku", sa.String(), nullable=False),
        sa.Column("lot", sa.String(), nullable=False),
        sa.Column("expiry", sa.String(), nullable=False),
        sa.Column("condition", sa.String(), nullable=False),
        sa.Column("pieces", sa.Integer(), nullable=False),
        sa.Column("net_g", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("pieces >= 0", name=op.f("ck_receipt_not_below_zero")),
        sa.ForeignKeyConstraint(
            ["site", "delivery"],
            ["delivery.site", "delivery.number"],
            name=op.f("fk_receipt_site_delivery"),
        ),
        sa.ForeignKeyConstraint(
            ["site", "place"], ["place.site", "place.code"], name=op.f("fk_receipt_site_place")
        ),
        sa.PrimaryKeyConstraint(
            "site",
            "delivery",
            "place",
            "merchant",
            "sku",
            "lot",
            "expiry",
            "condition",
            name=op.f("pk_receipt"),
        ),
    )
    op.create_index(
        op.f("ix_receipt_site_place_merchant_sku"), "receipt", ["site", "place", "merchant", "sku"]
    )


def return_line() -> None:
    """Make the table ``return_line``."""
    op.create_table(
        "return_line",
        sa.Column("site", sa.String(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("line_no", sa.Integer(), nullable=False),
        sa.Column("merchant", sa.String(), nullable=False),
        sa.Column("sku", sa.String(), nullable=False),
        sa.Column("advised", sa.Integer(), nullable=False),
        sa.Column("received", sa.Integer(), nullable=False),
        sa.Column("restocked", sa.Integer(), nullable=False),
        sa.Column("scrapped", sa.Integer(), nullable=False),
        sa.Column("held", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("platform_ids", sa.String(), nullable=False),
        sa.CheckConstraint(
            "restocked + scrapped + held <= received AND advised >= 0",
            name=op.f("ck_return_line_counts_fit"),
        ),
        sa.ForeignKeyConstraint(
            ["site", "merchant", "sku"],
            ["sku.site", "sku.merchant", "sku.code"],
            name=op.f("fk_return_line_site_merchant_sku"),
        ),
        sa.ForeignKeyConstraint(
            ["site", "number"],
            ["returns.site", "returns.number"],
            name=op.f("fk_return_line_site_number"),
        ),
        sa.PrimaryKeyConstraint("site", "number", "line_no", name=op.f("pk_return_line")),
    )
