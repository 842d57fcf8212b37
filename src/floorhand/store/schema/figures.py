"""What is kept for figures: those that are final, proofs of the stock, and what rows once were."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKeyConstraint, Index

from floorhand.store.schema.base import Key, Mapped, Site, Table, UtcTime, mapped_column


class KeptFigures(Table):
    """Figures of a shift that is over: headlines to hold later ones against, and what waited.

    A copy, not a source: whoever needs them and finds none, or those of another ``version``, adds
    them up again.
    """

    __tablename__ = "kept_figures"
    site: Mapped[Site]
    begins_at: Mapped[datetime] = mapped_column(UtcTime, primary_key=True)
    ends_at: Mapped[datetime] = mapped_column(UtcTime, primary_key=True)
    version: Mapped[int]
    """`floorhand.store.earlier.VERSION` of the program that added them up."""
    worked: Mapped[bool]
    """Whether anybody did anything."""
    headlines: Mapped[str]
    """JSON of `floorhand.domain.headlines.headlines`."""
    pace: Mapped[str]
    """JSON: by job a list of its hours, each with the pieces finished in it."""
    waiting: Mapped[str]
    """JSON of what was still to be put away at its end; of nothing if it was not looked for."""


class ProofRow(Table):
    """One proof of the stock, with how far it reached. Rows are only added."""

    __tablename__ = "stock_proof"
    site: Mapped[Site]
    at: Mapped[datetime] = mapped_column(UtcTime, primary_key=True)
    moves: Mapped[int]
    operations: Mapped[int]
    stock_rows: Mapped[int]
    pieces: Mapped[int]
    digest: Mapped[str]
    violations: Mapped[int]
    """0: all was well."""
    line: Mapped[str]
    """What it says, signed; empty if something was broken, or nobody could sign it."""
    until: Mapped[datetime | None]
    """Time of the last move that it covers."""
    tail_moves: Mapped[int]
    """Moves that it covers of the last `floorhand.store.proofs.TAIL` before that."""


class DeliveryWas(Table):
    """A delivery as it was until a moment; see `floorhand.store.was`. It may be gone since."""

    __tablename__ = "delivery_was"
    site: Mapped[Site]
    number: Mapped[Key]
    until: Mapped[datetime] = mapped_column(UtcTime, primary_key=True)
    merchant: Mapped[str]
    opened_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    __table_args__ = (Index(None, "site", "until"),)


class OrderWas(Table):
    """An order as it was until a moment; see `floorhand.store.was`."""

    __tablename__ = "order_was"
    site: Mapped[Site]
    merchant: Mapped[Key]
    number: Mapped[Key]
    until: Mapped[datetime] = mapped_column(UtcTime, primary_key=True)
    due_at: Mapped[datetime]
    released_at: Mapped[datetime | None]
    cancelled_at: Mapped[datetime | None]
    shipped_at: Mapped[datetime | None]
    __table_args__ = (
        ForeignKeyConstraint(
            ["site", "merchant", "number"], ["orders.site", "orders.merchant", "orders.number"]
        ),
        Index(None, "site", "due_at"),
    )


class PrintJobWas(Table):
    """A label as it was until a moment; see `floorhand.store.was`."""

    __tablename__ = "print_job_was"
    site: Mapped[Site]
    id: Mapped[Key]
    until: Mapped[datetime] = mapped_column(UtcTime, primary_key=True)
    created_at: Mapped[datetime]
    printer: Mapped[str]
    rerouted_from: Mapped[str]
    state: Mapped[str]
    sent_at: Mapped[datetime | None]
    __table_args__ = (
        ForeignKeyConstraint(["site", "id"], ["print_job.site", "print_job.id"]),
        Index(None, "site", "created_at"),
    )


class ReturnWas(Table):
    """A return as it was until a moment; see `floorhand.store.was`. It may be gone since."""

    __tablename__ = "return_was"
    site: Mapped[Site]
    number: Mapped[Key]
    until: Mapped[datetime] = mapped_column(UtcTime, primary_key=True)
    deadline: Mapped[datetime | None]
    received_at: Mapped[datetime | None]
    disposed_at: Mapped[datetime | None]
    __table_args__ = (Index(None, "site", "deadline"),)
