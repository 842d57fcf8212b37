"""What the tables are made of that merchants are told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, tzinfo

from floorhand.store.cells import Value

Row = tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """Whose things are asked for, and as far back as what moment.

    Attributes:
        site: The building.
        merchant: Whose.
        since: What ended before is not told.
        zone: The site's clock: its days are those that are counted.
    """

    site: str
    merchant: str
    since: datetime
    zone: tzinfo


@dataclass(frozen=True, slots=True)
class Told:
    """A table: names of its columns, and its rows."""

    heads: tuple[str, ...]
    rows: tuple[Row, ...]
