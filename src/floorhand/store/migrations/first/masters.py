"""The first tables of what a warehouse has: sites, merchants, products, places, workers."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from floorhand.store.migrations.first.numbers import index_of_known
from floorhand.store.schema.base import UtcTime


def sequence() -> None:
    """Make the table ``sequence``."""
    op.create_table(
        "sequence",
        sa.Column("site", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("site", "name", name=op.f("pk_sequence")),
    )


def site() -> None:
    """Make the table ``site``."""
    op.create_table(
        "site",
        sa.Column("site", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("time_zone", sa.String(), nullable=False),
        sa.Column("gs1_prefix", sa.String(), nullable=False),
        sa.Column("rules", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("site", name=op.f("pk_site")),
    )


def box_type() -> None:
    """Make the table ``box_type``."""
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


def merchant() -> None:
    """Make the table ``merchant``."""
    op.create_table(
        "merchant",
        sa.Column("site", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("rules", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["site"], ["site.site"], name=op.f("fk_merchant_site")),
        sa.PrimaryKeyConstraint("site", "code", name=op.f("pk_merchant")),
    )


def place() -> None:
    """Make the table ``place``."""
    op.create_table(
        "place",
        sa.Column("site", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("parent", sa.String(), nullable=True),
        sa.Column("stood_at", UtcTime(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("merchant", sa.String(), nullable=True),
        sa.Column("order_no", sa.String(), nullable=True),
        sa.Column("scan_code", sa.String(), nullable=False),
        sa.Column("check_digits", sa.String(), nullable=False),
        sa.Column("old_check", sa.String(), nullable=False),
        sa.Column("old_scan_code", sa.String(), nullable=False),
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
    _index_place()


_NOWHERE = "parent IS NULL AND kind IN ('pallet', 'carton') AND state IN ('open', 'closed')"


def _index_place() -> None:
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
        index_of_known(batch_op, "place", "old_scan_code")
        batch_op.create_index(batch_op.f("ix_place_site_parent"), ["site", "parent"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_place_site_kind_state"),
            ["site", "kind", "state"],
            unique=False,
            sqlite_where=sa.text(_NOWHERE),
            postgresql_where=sa.text(_NOWHERE),
        )


def worker() -> None:
    """Make the table ``worker``."""
    op.create_table(
        "worker",
        sa.Column("site", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("badge", sa.String(), nullable=False),
        sa.Column("pin_hash", sa.String(), nullable=False),
        sa.Column("roles", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("theme", sa.String(), nullable=False),
        sa.Column("large", sa.Boolean(), nullable=False),
        sa.Column("mute", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["site"], ["site.site"], name=op.f("fk_worker_site")),
        sa.PrimaryKeyConstraint("site", "code", name=op.f("pk_worker")),
        sa.UniqueConstraint("site", "badge", name=op.f("uq_worker_site_badge")),
    )


def sku() -> None:
    """Make the table ``sku``."""
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


def guess() -> None:
    """Make the table ``guess``."""
    op.create_table(
        "guess",
        sa.Column("site", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("in_a_row", sa.Integer(), nullable=False),
        sa.Column("times", sa.String(), nullable=False),
        sa.CheckConstraint("kind IN ('worker', 'seat')", name=op.f("ck_guess_kind_known")),
        sa.PrimaryKeyConstraint("site", "kind", "subject", name=op.f("pk_guess")),
    )


def station() -> None:
    """Make the table ``station``."""
    op.create_table(
        "station",
        sa.Column("site", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("scan_code", sa.String(), nullable=False),
        sa.Column("place", sa.String(), nullable=True),
        sa.Column("jobs", sa.String(), nullable=False),
        sa.Column("printer", sa.String(), nullable=False),
        sa.Column("scanner", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["site", "place"], ["place.site", "place.code"], name=op.f("fk_station_site_place")
        ),
        sa.PrimaryKeyConstraint("site", "code", name=op.f("pk_station")),
        sa.UniqueConstraint("site", "scan_code", name=op.f("uq_station_site_scan_code")),
    )


def barcode() -> None:
    """Make the table ``barcode``."""
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
