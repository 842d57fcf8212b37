"""What operations were about, so that whole histories are found at once."""

from __future__ import annotations

from datetime import datetime

from floorhand.store.schema.base import Key, Mapped, Site, Table, mapped_column


class Trace(Table):
    """An operation was about a thing: one row for each thing that it named or moved."""

    __tablename__ = "trace"
    site: Mapped[Site]
    thing: Mapped[Key]
    """As `floorhand.domain.tracing` writes it."""
    at: Mapped[datetime] = mapped_column(primary_key=True)
    operation: Mapped[Key]
    __table_args__ = ({"sqlite_with_rowid": False},)
