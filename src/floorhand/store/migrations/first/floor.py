"""The first tables of what happens on its floor: operations, moves, stock, tasks."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from floorhand.store.schema.base import UtcTime


def imported() -> None:
    """Make the table ``imported``."""
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
    with op.batch_alter_table("imported", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_imported_site_at"), ["site", "at"], unique=False)


def operation() -> None:
    """Make the table ``operation``."""
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
        sa.Column("device", sa.String(), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.Column("undoes", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("site", "id", name=op.f("pk_operation")),
    )
    with op.batch_alter_table("operation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_operation_site_at"), ["site", "at"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_operation_site_kind_at"), ["site", "kind", "at"], unique=False
        )


def scan() -> None:
    """Make the table ``scan``."""
    op.create_table(
        "scan",
        sa.Column("site", sa.String(), nullable=False),
        sa.Column("seat", sa.String(), nullable=False),
        sa.Column("scan_no", sa.Integer(), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.Column("worker", sa.String(), nullable=True),
        sa.Column("job", sa.String(), nullable=False),
        sa.Column("scanned", sa.String(), nullable=False),
        sa.Column("named", sa.String(), nullable=False),
        sa.Column("fate", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("waited_s", sa.Integer(), nullable=False),
        sa.Column("no_work", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("site", "seat", "scan_no", name=op.f("pk_scan")),
    )
    with op.batch_alter_table("scan", schema=None) as batch_op:
        batch_op.create_index(
            "ix_scan_idle",
            ["site", "at"],
            unique=False,
            sqlite_where=sa.text("waited_s > 0 OR no_work"),
            postgresql_where=sa.text("waited_s > 0 OR no_work"),
        )
        batch_op.create_index(
            "ix_scan_refused",
            ["site", "at"],
            unique=False,
            sqlite_where=sa.text("fate <> 'taken'"),
            postgresql_where=sa.text("fate <> 'taken'"),
        )
        batch_op.create_index(
            "ix_scan_site_at", ["site", "at", "worker", "job", "fate"], unique=False
        )


def task() -> None:
    """Make the table ``task``."""
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
            "ix_task_ended",
            ["site", "worker", "done_at"],
            unique=False,
            sqlite_where=sa.text("done_at IS NOT NULL"),
            postgresql_where=sa.text("done_at IS NOT NULL"),
        )
        batch_op.create_index(
            "uq_task_count_open",
            ["site", "place", "merchant", "sku", "lot"],
            unique=True,
            sqlite_where=sa.text("kind = 'count' AND state IN ('open', 'claimed')"),
            postgresql_where=sa.text("kind = 'count' AND state IN ('open', 'claimed')"),
        )


def trouble() -> None:
    """Make the table ``trouble``."""
    op.create_table(
        "trouble",
        sa.Column("site", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("merchant", sa.String(), nullable=False),
        sa.Column("facts", sa.String(), nullable=False),
        sa.Column("pieces", sa.Integer(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("raised_by", sa.String(), nullable=False),
        sa.Column("proposal", sa.String(), nullable=False),
        sa.Column("created_at", UtcTime(), nullable=False),
        sa.Column("closed_at", UtcTime(), nullable=True),
        sa.Column("decision", sa.String(), nullable=False),
        sa.Column("decided_by", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("site", "id", name=op.f("pk_trouble")),
    )
    with op.batch_alter_table("trouble", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_trouble_site_closed_at_kind"),
            ["site", "closed_at", "kind"],
            unique=False,
        )


def handover() -> None:
    """Make the table ``handover``."""
    op.create_table(
        "handover",
        sa.Column("site", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("shift", sa.String(), nullable=False),
        sa.Column("began_at", UtcTime(), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.Column("worker", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("left_over", sa.String(), nullable=False),
        sa.Column("proof", sa.String(), nullable=False),
        sa.Column("taken_by", sa.String(), nullable=False),
        sa.Column("taken_at", UtcTime(), nullable=True),
        sa.CheckConstraint("taken_by <> worker", name=op.f("ck_handover_by_another")),
        sa.PrimaryKeyConstraint("site", "id", name=op.f("pk_handover")),
    )
    with op.batch_alter_table("handover", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_handover_site_at"), ["site", "at"], unique=False)


def slot() -> None:
    """Make the table ``slot``."""
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


def checked() -> None:
    """Make the table ``checked``."""
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


def move() -> None:
    """Make the table ``move``."""
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
        for columns in (("site", "merchant", "sku", "lot"), ("site", "serial")):
            there = sa.text(f"{columns[-1]} <> ''")
            batch_op.create_index(
                f"ix_move_{columns[-1]}", columns, sqlite_where=there, postgresql_where=there
            )
        batch_op.create_index(batch_op.f("ix_move_site_at"), ["site", "at"], unique=False)
        _of_corrections(batch_op)  # now: of two that serve as well SQLite takes the newer one


def _of_corrections(batch_op: Any) -> None:
    there = sa.text("source = '@correction' OR target = '@correction'")
    batch_op.create_index(
        "ix_move_correction", ["site", "at"], sqlite_where=there, postgresql_where=there
    )


def stock() -> None:
    """Make the table ``stock``."""
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


def pick() -> None:
    """Make the table ``pick``."""
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
    _index_pick()


def _index_pick() -> None:
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
