"""The words of holds: what can be held, and why."""

from __future__ import annotations

from dataclasses import dataclass

ORDER, MERCHANT, SKU, LOT, RECALL, BIN = "order", "merchant", "sku", "lot", "recall", "bin"
GOODS = (SKU, LOT, RECALL)
"""Kinds of holds that are on stock, wherever it is and whenever it comes."""

REASONS = (
    "quality",
    "damaged",
    "label",
    "expiry",
    "payment",
    "address",
    "merchant_asks",
    "authority",
)
"""Why something is held; ``hold.reason.<reason>`` names each. Any other words will do, too."""

OF_OTHERS = ("missing_at_bench", "platform", "blocked")
"""Why benches, shops and pickers hold something; these have names, too."""

REASON_CHARACTERS_MAX = 120


@dataclass(frozen=True, slots=True)
class Subject:
    """What can be held: ``kind`` is one of the kinds above.

    ``code`` is the number of an order, or the code of a SKU or bin; empty for a merchant.
    """

    kind: str
    merchant: str = ""
    code: str = ""
    lot: str = ""

    @property
    def name(self) -> str:
        """Name it as people do: ``ACME/1001``, ``ACME/TEA L1``, ``B-01``."""
        owned = "/".join(part for part in (self.merchant, self.code) if part)
        return f"{owned} {self.lot}".rstrip()

    @property
    def sku(self) -> Subject:
        """Give the SKU of a lot."""
        return Subject(SKU, self.merchant, self.code)


@dataclass(frozen=True, slots=True)
class Arrested:
    """Goods came that are held: ``kind`` is ``recall`` or ``held``.

    ``goods`` names their lot, ``why`` are facts of a text, ``bin`` is where they go; empty: no bin.
    """

    kind: str
    goods: str
    why: tuple[tuple[str, str], ...]
    bin: str
