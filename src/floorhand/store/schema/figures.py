"""What is kept because it took long to find out: figures that are final, proofs of the stock."""

from __future__ import annotations

from datetime import datetime

from floorhand.store.schema.base import Mapped, Site, Table, UtcTime, mapped_column


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
