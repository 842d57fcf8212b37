"""What is kept of figures that never change any more, so that nobody adds them up again."""

from __future__ import annotations

from datetime import datetime

from floorhand.store.schema.base import Mapped, Site, Table, UtcTime, mapped_column


class KeptFigures(Table):
    """The headlines of a shift that is over, to hold later ones against: a copy, not a source.

    Whoever needs them and finds none, or those of another ``version``, adds them up again.
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
