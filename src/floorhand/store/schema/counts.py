"""What keeps bins right: who counts which and what was found, and what is brought to which."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index

from floorhand.store.schema.base import Key, Mapped, Site, Table, mapped_column


class CountSheet(Table):
    """One worker's count of a bin: of what, and what became of it.

    Counts for the same difference form a chain: each worker is on it once at most.
    """

    __tablename__ = "count_sheet"
    site: Mapped[Site]
    task: Mapped[Key]
    first: Mapped[str]
    """The task of the first count of the chain; its own, if it is that."""
    place: Mapped[str]
    merchant: Mapped[str] = mapped_column(default="")
    sku: Mapped[str] = mapped_column(default="")
    """The only product that is counted; empty: all that is in the bin."""
    worker: Mapped[str | None]
    """Who counts; None until somebody has begun."""
    not_by: Mapped[str] = mapped_column(default="")
    """Who may not, though on no count of the chain, a line each; empty: nobody."""
    since: Mapped[datetime | None]
    moves: Mapped[str] = mapped_column(default="[]")
    """How often each product was moved there after ``since`` when counting began, as JSON: what
    was moved more often by the end is counted anew."""
    result: Mapped[str] = mapped_column(default="")
    """One of `floorhand.domain.count_rules.RESULTS`; empty until all is counted."""
    differences: Mapped[str] = mapped_column(default="[]")
    """What was found more or less than believed, as `floorhand.domain.count_rules.to_json`."""
    ended_at: Mapped[datetime | None]
    __table_args__ = (
        ForeignKeyConstraint(["site", "task"], ["task.site", "task.id"]),
        ForeignKeyConstraint(["site", "place"], ["place.site", "place.code"]),
        Index(None, "site", "first"),
        Index(None, "site", "place", "ended_at"),
    )


class Counted(Table):
    """What a count has found so far. Rows stay, as the proof of what was seen."""

    __tablename__ = "counted"
    site: Mapped[Site]
    task: Mapped[Key]
    merchant: Mapped[Key]
    sku: Mapped[Key]
    lot: Mapped[Key]
    expiry: Mapped[Key]
    serial: Mapped[Key]
    condition: Mapped[Key]
    """``available``: it looks good; or ``damaged``."""
    pieces: Mapped[int]
    at: Mapped[datetime]
    """When they were counted last."""
    __table_args__ = (
        ForeignKeyConstraint(["site", "task"], ["task.site", "task.id"]),
        CheckConstraint("pieces > 0", name="pieces_positive"),
    )


class RefillRow(Table):
    """Goods that a refill brings from a reserve to a pick face, which is the place of its task.

    Merchant, SKU, lot and pieces are those of the task.
    """

    __tablename__ = "refill"
    site: Mapped[Site]
    task: Mapped[Key]
    source: Mapped[str]
    """The innermost place in which they stand."""
    expiry: Mapped[str] = mapped_column(default="")
    needed_at: Mapped[datetime]
    """When the pick face runs dry; the most urgent refill is done first."""
    tote: Mapped[str] = mapped_column(default="")
    """What carries ``taken`` pieces of them; empty as long as they are where they were."""
    taken: Mapped[int] = mapped_column(default=0)
    __table_args__ = (
        ForeignKeyConstraint(["site", "task"], ["task.site", "task.id"]),
        ForeignKeyConstraint(["site", "source"], ["place.site", "place.code"]),
        CheckConstraint("taken >= 0", name="taken_positive"),
    )
