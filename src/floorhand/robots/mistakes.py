"""What a tired worker scans by mistake: another bin, another piece, rubbish, the same again."""

from __future__ import annotations

from random import Random

from sqlalchemy import select

from floorhand.store.db import Transactions
from floorhand.store.schema import Barcode, Place

SAMPLE_MAX = 200

RUBBISH = (
    "?",
    "12345678901234567890",
    "[/b][red]",
    "\x1b[31mred",
    "]C1",
    "]d2010000000000000010\x1d",
    "\x1d\x1d\x1d",
    "https://[",
    "\u202eevil",
    "^XA^FDx^FS^XZ",
    "=1+1",
    "*NOSUCH",
    "x" * 10_000,
)
TYPED = ("0", "99", "1", "abc", "007", "00000", "-1", "1e3")


class Mistakes:
    """A source of wrong scans in one building.

    Args:
        transactions: The database, read once for labels that stand around.
        site: The building.
        rng: Source of chance.
        probability: Of a wrong scan before each right one, 0 to 1.
    """

    def __init__(
        self, transactions: Transactions, site: str, rng: Random, probability: float
    ) -> None:
        self._rng = rng
        self._probability = probability
        self._around: list[str] = []
        if probability <= 0:
            return
        with transactions.begin() as tx:
            places = select(Place.scan_code).where(
                Place.site == site, Place.kind.in_(("bin", "tote", "cart", "dock", "bench"))
            )
            codes = select(Barcode.code).where(Barcode.site == site)
            for question in (places, codes):
                there = sorted(tx.scalars(question))
                self._around += rng.sample(there, min(SAMPLE_MAX, len(there)))

    def next(self, last: str) -> str | None:
        """Give a wrong scan, or None if the next one shall be right."""
        if self._rng.random() >= self._probability:
            return None
        kind = self._rng.randrange(4)
        if kind == 0 and self._around:
            return self._rng.choice(self._around)
        if kind == 1 and last:
            return last
        return self._rng.choice(RUBBISH if kind == 2 else TYPED)
