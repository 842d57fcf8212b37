"""What those who lead decide about the work: what is held."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, text

from floorhand.store.schema.base import Key, Mapped, Site, Table, mapped_column
from floorhand.store.schema.floor import Move

Index(
    "ix_move_lot",
    Move.site,
    Move.merchant,
    Move.sku,
    Move.lot,
    sqlite_where=text("lot <> ''"),
    postgresql_where=text("lot <> ''"),
)
"""Finds the moves of a lot that is recalled, among those of years."""


class Hold(Table):
    """Somebody said that something is to wait; the row stays when it is released.

    Stock keeps its condition under a hold: so one that comes later is caught as well, and a
    release never lets go what is on hold for another reason.
    """

    __tablename__ = "hold"
    site: Mapped[Site]
    id: Mapped[Key]
    """The operation that wrote it, plus ``/n``."""
    kind: Mapped[str]
    """``order``, ``merchant``, ``sku``, ``lot``, ``recall`` (of a lot) or ``bin``."""
    merchant: Mapped[str] = mapped_column(default="")
    """Whose; empty for a bin."""
    subject: Mapped[str] = mapped_column(default="")
    """Number of the order, code of the SKU or of the bin; empty for a merchant."""
    lot: Mapped[str] = mapped_column(default="")
    reason: Mapped[str]
    """One of `floorhand.domain.holds.REASONS`, or words of whoever held it."""
    held_at: Mapped[datetime]
    held_by: Mapped[str] = mapped_column(default="")
    """A worker's code; empty: in the office."""
    released_at: Mapped[datetime | None]
    released_by: Mapped[str] = mapped_column(default="")
    __table_args__ = (
        Index(
            "uq_hold_standing",
            "site",
            "kind",
            "merchant",
            "subject",
            "lot",
            unique=True,
            sqlite_where=text("released_at IS NULL"),
            postgresql_where=text("released_at IS NULL"),
        ),
        Index(None, "site", "merchant", "subject"),
        CheckConstraint(
            "kind IN ('order', 'merchant', 'sku', 'lot', 'recall', 'bin')", name="kind_known"
        ),
    )
