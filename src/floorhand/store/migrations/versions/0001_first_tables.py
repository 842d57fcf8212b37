"""First tables."""

import sqlalchemy as sa
from alembic import op

from floorhand.store.migrations.triggers import append_only
from floorhand.store.schema.base import UtcTime

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "imported",
        sa.Column("site", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("merchant", sa.String(), nullable=False),
        sa.Column("format", sa.String(), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.Column("result", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("site", "sha256", "merchant", "format", name=op.f("pk_imported")),
    )
    op.create_table(
        "operation",
        sa.Column("site", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("command", sa.String(), nullable=False),
        sa.Column("facts", sa.String(), nullable=False),
        sa.Column("worker", sa.String(), nullable=False),
        sa.Column("seat", sa.String(), nullable=False),
        sa.Column("station", sa.String(), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.Column("undoes", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("site", "id", name=op.f("pk_operation")),
    )
    with op.batch_alter_table("operation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_operation_site_at"), ["site", "at"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_operation_site_kind_at"), ["site", "kind", "at"], unique=False
        )

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

    op.create_table(
        "parked",
        sa.Column("site", sa.String(), nullable=False),
        sa.Column("worker", sa.String(), nullable=False),
        sa.Column("flow", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("site", "worker", "flow", name=op.f("pk_parked")),
    )
    op.create_table(
        "print_job",
        sa.Column("site", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("printer", sa.String(), nullable=False),
        sa.Column("template", sa.String(), nullable=False),
        sa.Column("data", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("copy_no", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("not_before", UtcTime(), nullable=True),
        sa.Column("error", sa.String(), nullable=False),
        sa.Column("created_at", UtcTime(), nullable=False),
        sa.Column("sent_at", UtcTime(), nullable=True),
        sa.CheckConstraint(
            "state IN ('waiting', 'sent', 'confirmed', 'failed', 'rerouted', 'voided')",
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
        sa.Column("asked_at", UtcTime(), nullable=True),
        sa.Column("deadline", UtcTime(), nullable=True),
        sa.Column("received_at", UtcTime(), nullable=True),
        sa.Column("disposed_at", UtcTime(), nullable=True),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("worker", sa.String(), nullable=True),
        sa.Column("claimed_at", UtcTime(), nullable=True),
        sa.PrimaryKeyConstraint("site", "number", name=op.f("pk_returns")),
    )
    with op.batch_alter_table("returns", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_returns_site_combined_id"), ["site", "combined_id"], unique=False
        )
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
        batch_op.create_index(
            batch_op.f("ix_returns_site_paper_no"), ["site", "paper_no"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_returns_site_plate"), ["site", "plate"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_returns_site_platform_id"), ["site", "platform_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_returns_site_tracking"), ["site", "tracking"], unique=False
        )

    op.create_table(
        "scan",
        sa.Column("site", sa.String(), nullable=False),
        sa.Column("seat", sa.String(), nullable=False),
        sa.Column("scan_no", sa.Integer(), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.Column("worker", sa.String(), nullable=True),
        sa.Column("job", sa.String(), nullable=False),
        sa.Column("scanned", sa.String(), nullable=False),
        sa.Column("fate", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("site", "seat", "scan_no", name=op.f("pk_scan")),
    )
    with op.batch_alter_table("scan", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_scan_site_at"), ["site", "at"], unique=False)

    op.create_table(
        "sequence",
        sa.Column("site", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("site", "name", name=op.f("pk_sequence")),
    )
    op.create_table(
        "site",
        sa.Column("site", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("time_zone", sa.String(), nullable=False),
        sa.Column("gs1_prefix", sa.String(), nullable=False),
        sa.Column("rules", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("site", name=op.f("pk_site")),
    )
    op.create_table(
        "task",
        sa.Column("site", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("merchant", sa.String(), nullable=False),
        sa.Column("sku", sa.String(), nullable=False),
        sa.Column("lot", sa.String(), nullable=False),
        sa.Column("pieces", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("worker", sa.String(), nullable=True),
        sa.Column("created_at", UtcTime(), nullable=False),
        sa.Column("claimed_at", UtcTime(), nullable=True),
        sa.Column("done_at", UtcTime(), nullable=True),
        sa.CheckConstraint(
            "state IN ('open', 'claimed', 'parked', 'done', 'cancelled')",
            name=op.f("ck_task_state_known"),
        ),
        sa.PrimaryKeyConstraint("site", "id", name=op.f("pk_task")),
    )
    with op.batch_alter_table("task", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_task_site_kind_state"), ["site", "kind", "state"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_task_site_place_state"), ["site", "place", "state"], unique=False
        )
        batch_op.create_index(
            "uq_task_count_open",
            ["site", "place", "merchant", "sku", "lot"],
            unique=True,
            sqlite_where=sa.text("kind = 'count' AND state IN ('open', 'claimed')"),
            postgresql_where=sa.text("kind = 'count' AND state IN ('open', 'claimed')"),
        )

    op.create_table(
        "trouble",
        sa.Column("site", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("merchant", sa.String(), nullable=False),
        sa.Column("facts", sa.String(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("created_at", UtcTime(), nullable=False),
        sa.Column("closed_at", UtcTime(), nullable=True),
        sa.PrimaryKeyConstraint("site", "id", name=op.f("pk_trouble")),
    )
    with op.batch_alter_table("trouble", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_trouble_site_closed_at_kind"),
            ["site", "closed_at", "kind"],
            unique=False,
        )

    op.create_table(
        "box_type",
        sa.Column("site", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("length_mm", sa.Integer(), nullable=False),
        sa.Column("width_mm", sa.Integer(), nullable=False),
        sa.Column("height_mm", sa.Integer(), nullable=False),
        sa.Column("tare_g", sa.Integer(), nullable=False),
        sa.Column("carries_g", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["site"], ["site.site"], name=op.f("fk_box_type_site")),
        sa.PrimaryKeyConstraint("site", "code", name=op.f("pk_box_type")),
    )
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

    op.create_table(
        "merchant",
        sa.Column("site", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("rules", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["site"], ["site.site"], name=op.f("fk_merchant_site")),
        sa.PrimaryKeyConstraint("site", "code", name=op.f("pk_merchant")),
    )
    op.create_table(
        "place",
        sa.Column("site", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("parent", sa.String(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("merchant", sa.String(), nullable=True),
        sa.Column("order_no", sa.String(), nullable=True),
        sa.Column("scan_code", sa.String(), nullable=False),
        sa.Column("check_digits", sa.String(), nullable=False),
        sa.Column("zone", sa.String(), nullable=False),
        sa.Column("storage", sa.String(), nullable=False),
        sa.Column("walk_no", sa.Integer(), nullable=False),
        sa.Column("aisle_no", sa.Integer(), nullable=False),
        sa.Column("y_mm", sa.Integer(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("pick_face", sa.Boolean(), nullable=False),
        sa.Column("blocked", sa.String(), nullable=False),
        sa.Column("full", sa.Boolean(), nullable=False),
        sa.Column("overrides", sa.Integer(), nullable=False),
        sa.Column("capacity_ml", sa.Integer(), nullable=False),
        sa.Column("capacity_g", sa.Integer(), nullable=False),
        sa.Column("capacity_pieces", sa.Integer(), nullable=False),
        sa.Column("inner_height_mm", sa.Integer(), nullable=False),
        sa.Column("slots", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(kind = 'outside') = (code LIKE '@%')", name=op.f("ck_place_outside_named")
        ),
        sa.CheckConstraint(
            "kind IN ('bin', 'dock', 'bench', 'cart', 'tote', 'pallet', 'carton', 'outside')",
            name=op.f("ck_place_kind_known"),
        ),
        sa.CheckConstraint(
            "state IN ('open', 'closed', 'shipped', 'void')", name=op.f("ck_place_state_known")
        ),
        sa.CheckConstraint("parent IS NULL OR parent <> code", name=op.f("ck_place_not_in_itself")),
        sa.ForeignKeyConstraint(
            ["site", "parent"], ["place.site", "place.code"], name=op.f("fk_place_site_parent")
        ),
        sa.ForeignKeyConstraint(["site"], ["site.site"], name=op.f("fk_place_site")),
        sa.PrimaryKeyConstraint("site", "code", name=op.f("pk_place")),
        sa.UniqueConstraint("site", "scan_code", name=op.f("uq_place_site_scan_code")),
    )
    with op.batch_alter_table("place", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_place_site_kind_walk_no"), ["site", "kind", "walk_no"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_place_site_kind_zone"), ["site", "kind", "zone"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_place_site_order_no"), ["site", "order_no"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_place_site_parent"), ["site", "parent"], unique=False)

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
        sa.ForeignKeyConstraint(["site"], ["site.site"], name=op.f("fk_seat_site")),
        sa.PrimaryKeyConstraint("site", "code", name=op.f("pk_seat")),
    )
    op.create_table(
        "slot",
        sa.Column("site", sa.String(), nullable=False),
        sa.Column("task", sa.String(), nullable=False),
        sa.Column("slot_no", sa.Integer(), nullable=False),
        sa.Column("merchant", sa.String(), nullable=False),
        sa.Column("order", sa.String(), nullable=False),
        sa.Column("tote", sa.String(), nullable=True),
        sa.Column("settled", sa.Boolean(), nullable=False),
        sa.Column("was", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["site", "task"], ["task.site", "task.id"], name=op.f("fk_slot_site_task")
        ),
        sa.PrimaryKeyConstraint("site", "task", "slot_no", name=op.f("pk_slot")),
        sa.UniqueConstraint("site", "task", "tote", name=op.f("uq_slot_site_task_tote")),
    )
    with op.batch_alter_table("slot", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_slot_site_merchant_order"), ["site", "merchant", "order"], unique=False
        )

    op.create_table(
        "worker",
        sa.Column("site", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("badge", sa.String(), nullable=False),
        sa.Column("pin_hash", sa.String(), nullable=False),
        sa.Column("roles", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("failed_pins", sa.Integer(), nullable=False),
        sa.Column("locked_until", UtcTime(), nullable=True),
        sa.ForeignKeyConstraint(["site"], ["site.site"], name=op.f("fk_worker_site")),
        sa.PrimaryKeyConstraint("site", "code", name=op.f("pk_worker")),
        sa.UniqueConstraint("site", "badge", name=op.f("uq_worker_site_badge")),
    )
    op.create_table(
        "checked",
        sa.Column("site", sa.String(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("merchant", sa.String(), nullable=False),
        sa.Column("sku", sa.String(), nullable=False),
        sa.Column("lot", sa.String(), nullable=False),
        sa.Column("expiry", sa.String(), nullable=False),
        sa.Column("serial", sa.String(), nullable=False),
        sa.Column("pieces", sa.Integer(), nullable=False),
        sa.CheckConstraint("pieces > 0", name=op.f("ck_checked_pieces_positive")),
        sa.ForeignKeyConstraint(
            ["site", "place"], ["place.site", "place.code"], name=op.f("fk_checked_site_place")
        ),
        sa.PrimaryKeyConstraint(
            "site", "place", "merchant", "sku", "lot", "expiry", "serial", name=op.f("pk_checked")
        ),
    )
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
        batch_op.create_index(
            batch_op.f("ix_delivery_site_paper_no"), ["site", "paper_no"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_delivery_site_tracking"), ["site", "tracking"], unique=False
        )

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
        sa.Column("due_at", UtcTime(), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("customer", sa.String(), nullable=False),
        sa.Column("ship_to", sa.String(), nullable=False),
        sa.Column("carrier", sa.String(), nullable=False),
        sa.Column("service", sa.String(), nullable=False),
        sa.Column("instruction", sa.String(), nullable=False),
        sa.Column("shipped_at", UtcTime(), nullable=True),
        sa.Column("closed_at", UtcTime(), nullable=True),
        sa.CheckConstraint(
            "state IN ('hold', 'waiting', 'released', 'picking', 'picked', 'packing', 'shipped', 'short', 'cancelled')",
            name=op.f("ck_orders_state_known"),
        ),
        sa.ForeignKeyConstraint(
            ["site", "merchant"],
            ["merchant.site", "merchant.code"],
            name=op.f("fk_orders_site_merchant"),
        ),
        sa.PrimaryKeyConstraint("site", "merchant", "number", name=op.f("pk_orders")),
    )
    with op.batch_alter_table("orders", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_orders_site_customer"), ["site", "customer"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_orders_site_number"), ["site", "number"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_orders_site_platform_id"), ["site", "platform_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_orders_site_state_priority_due_at"),
            ["site", "state", "priority", "due_at"],
            unique=False,
        )

    op.create_table(
        "sku",
        sa.Column("site", sa.String(), nullable=False),
        sa.Column("merchant", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("weight_g", sa.Integer(), nullable=False),
        sa.Column("length_mm", sa.Integer(), nullable=False),
        sa.Column("width_mm", sa.Integer(), nullable=False),
        sa.Column("height_mm", sa.Integer(), nullable=False),
        sa.Column("lot_tracked", sa.Boolean(), nullable=False),
        sa.Column("expiry_tracked", sa.Boolean(), nullable=False),
        sa.Column("serial_tracked", sa.Boolean(), nullable=False),
        sa.Column("min_life_days", sa.Integer(), nullable=False),
        sa.Column("storage", sa.String(), nullable=False),
        sa.Column("abc", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["site", "merchant"],
            ["merchant.site", "merchant.code"],
            name=op.f("fk_sku_site_merchant"),
        ),
        sa.PrimaryKeyConstraint("site", "merchant", "code", name=op.f("pk_sku")),
    )
    op.create_table(
        "station",
        sa.Column("site", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("scan_code", sa.String(), nullable=False),
        sa.Column("place", sa.String(), nullable=True),
        sa.Column("printer", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["site", "place"], ["place.site", "place.code"], name=op.f("fk_station_site_place")
        ),
        sa.PrimaryKeyConstraint("site", "code", name=op.f("pk_station")),
        sa.UniqueConstraint("site", "scan_code", name=op.f("uq_station_site_scan_code")),
    )
    op.create_table(
        "barcode",
        sa.Column("site", sa.String(), nullable=False),
        sa.Column("merchant", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("sku", sa.String(), nullable=False),
        sa.Column("pieces", sa.Integer(), nullable=False),
        sa.Column("pack", sa.String(), nullable=False),
        sa.CheckConstraint("pack IN ('each', 'inner', 'case')", name=op.f("ck_barcode_pack_known")),
        sa.CheckConstraint("pieces > 0", name=op.f("ck_barcode_pieces_positive")),
        sa.ForeignKeyConstraint(
            ["site", "merchant", "sku"],
            ["sku.site", "sku.merchant", "sku.code"],
            name=op.f("fk_barcode_site_merchant_sku"),
        ),
        sa.PrimaryKeyConstraint("site", "merchant", "code", name=op.f("pk_barcode")),
    )
    with op.batch_alter_table("barcode", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_barcode_site_code"), ["site", "code"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_barcode_site_merchant_sku"), ["site", "merchant", "sku"], unique=False
        )

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
            "expected >= 0 AND received >= 0 AND damaged >= 0 AND over >= 0 AND short >= 0 AND refused >= 0",
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

    op.create_table(
        "move",
        sa.Column("site", sa.String(), nullable=False),
        sa.Column("operation", sa.String(), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("target", sa.String(), nullable=False),
        sa.Column("merchant", sa.String(), nullable=False),
        sa.Column("sku", sa.String(), nullable=False),
        sa.Column("lot", sa.String(), nullable=False),
        sa.Column("expiry", sa.String(), nullable=False),
        sa.Column("serial", sa.String(), nullable=False),
        sa.Column("condition", sa.String(), nullable=False),
        sa.Column("pieces", sa.Integer(), nullable=False),
        sa.Column("worker", sa.String(), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.CheckConstraint("pieces > 0", name=op.f("ck_move_pieces_positive")),
        sa.CheckConstraint("source <> target", name=op.f("ck_move_must_move")),
        sa.ForeignKeyConstraint(
            ["site", "merchant", "sku"],
            ["sku.site", "sku.merchant", "sku.code"],
            name="fk_move_sku",
        ),
        sa.ForeignKeyConstraint(
            ["site", "operation"],
            ["operation.site", "operation.id"],
            name="fk_move_operation",
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["site", "source"], ["place.site", "place.code"], name="fk_move_source"
        ),
        sa.ForeignKeyConstraint(
            ["site", "target"], ["place.site", "place.code"], name="fk_move_target"
        ),
        sa.PrimaryKeyConstraint("site", "operation", "row", name=op.f("pk_move")),
    )
    with op.batch_alter_table("move", schema=None) as batch_op:
        batch_op.create_index(
            "ix_move_serial",
            ["site", "serial"],
            unique=False,
            sqlite_where=sa.text("serial <> ''"),
            postgresql_where=sa.text("serial <> ''"),
        )
        batch_op.create_index(batch_op.f("ix_move_site_at"), ["site", "at"], unique=False)

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
            "ordered > 0 AND packed >= 0 AND short >= 0 AND packed <= picked AND picked + short <= ordered",
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

    op.create_table(
        "parcel",
        sa.Column("site", sa.String(), nullable=False),
        sa.Column("carton", sa.String(), nullable=False),
        sa.Column("merchant", sa.String(), nullable=False),
        sa.Column("order", sa.String(), nullable=False),
        sa.Column("box_type", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("weight_g", sa.Integer(), nullable=False),
        sa.Column("tracking", sa.String(), nullable=False),
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
        batch_op.create_index(
            batch_op.f("ix_parcel_site_tracking"), ["site", "tracking"], unique=False
        )

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
    op.create_table(
        "stock",
        sa.Column("site", sa.String(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("merchant", sa.String(), nullable=False),
        sa.Column("sku", sa.String(), nullable=False),
        sa.Column("lot", sa.String(), nullable=False),
        sa.Column("expiry", sa.String(), nullable=False),
        sa.Column("serial", sa.String(), nullable=False),
        sa.Column("condition", sa.String(), nullable=False),
        sa.Column("pieces", sa.Integer(), nullable=False),
        sa.Column("reserved", sa.Integer(), nullable=False),
        sa.Column("arrived_at", UtcTime(), nullable=False),
        sa.CheckConstraint("pieces >= 0 OR place LIKE '@%'", name=op.f("ck_stock_not_below_zero")),
        sa.CheckConstraint(
            "reserved >= 0 AND (reserved <= pieces OR place LIKE '@%')",
            name=op.f("ck_stock_reserved_on_hand"),
        ),
        sa.CheckConstraint("serial = '' OR pieces <= 1", name=op.f("ck_stock_serial_is_one")),
        sa.ForeignKeyConstraint(
            ["site", "merchant", "sku"],
            ["sku.site", "sku.merchant", "sku.code"],
            name=op.f("fk_stock_site_merchant_sku"),
        ),
        sa.ForeignKeyConstraint(
            ["site", "place"], ["place.site", "place.code"], name=op.f("fk_stock_site_place")
        ),
        sa.PrimaryKeyConstraint(
            "site",
            "place",
            "merchant",
            "sku",
            "lot",
            "expiry",
            "serial",
            "condition",
            name=op.f("pk_stock"),
        ),
    )
    with op.batch_alter_table("stock", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_stock_site_merchant_sku"), ["site", "merchant", "sku"], unique=False
        )

    op.create_table(
        "pick",
        sa.Column("site", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("task", sa.String(), nullable=False),
        sa.Column("merchant", sa.String(), nullable=False),
        sa.Column("order", sa.String(), nullable=False),
        sa.Column("line_no", sa.Integer(), nullable=False),
        sa.Column("sku", sa.String(), nullable=False),
        sa.Column("lot", sa.String(), nullable=False),
        sa.Column("expiry", sa.String(), nullable=False),
        sa.Column("serial", sa.String(), nullable=False),
        sa.Column("condition", sa.String(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("tote", sa.String(), nullable=True),
        sa.Column("walk_no", sa.Integer(), nullable=False),
        sa.Column("pieces", sa.Integer(), nullable=False),
        sa.Column("picked", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("skips", sa.Integer(), nullable=False),
        sa.Column("missed", sa.String(), nullable=False),
        sa.CheckConstraint(
            "state IN ('open', 'picked', 'short', 'cancelled')", name=op.f("ck_pick_state_known")
        ),
        sa.CheckConstraint(
            "pieces > 0 AND picked >= 0 AND picked <= pieces", name=op.f("ck_pick_counts_fit")
        ),
        sa.ForeignKeyConstraint(
            ["site", "merchant", "order", "line_no"],
            ["order_line.site", "order_line.merchant", "order_line.order", "order_line.line_no"],
            name="fk_pick_order_line",
        ),
        sa.ForeignKeyConstraint(
            ["site", "task"], ["task.site", "task.id"], name=op.f("fk_pick_site_task")
        ),
        sa.PrimaryKeyConstraint("site", "id", name=op.f("pk_pick")),
    )
    with op.batch_alter_table("pick", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_pick_site_merchant_order"), ["site", "merchant", "order"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_pick_site_place_state"), ["site", "place", "state"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_pick_site_task_state_walk_no"),
            ["site", "task", "state", "walk_no"],
            unique=False,
        )
    for table in ("move", "operation", "scan"):
        append_only(op, table)
