"""Count a bin as a person does: what lies there is seen, the books are not, and some count badly.

A robot has no bin before it, so what lies there is what the books believe. The road never learns
that: it gets scans and numbers, as from everybody.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Final

from sqlalchemy.orm import Session

from floorhand.domain.days import goods_words
from floorhand.domain.keymap import Key, barcode_of
from floorhand.domain.things import DAMAGED
from floorhand.flows.turn import Prompt
from floorhand.robots import sight
from floorhand.store import counts
from floorhand.store.db import Transactions
from floorhand.store.lookup import CODE_DIGITS_MIN
from floorhand.store.nesting import places_in

AT_BIN: Final = frozenset({"counting.count", "counting.count_sku"})
NAMING: Final = frozenset({"counting.which_lot", "counting.which_expiry", "counting.which_serial"})
WORN: Final = "counting.how_many_damaged"
ASKS: Final = AT_BIN | NAMING | {WORN}
"""Questions that are answered here."""

MISCOUNTS: Final = (-3, -2, 2, 3)
"""By so many pieces somebody is wrong who counts badly: by more than is booked without a word."""


@dataclass(slots=True)
class _Seen:
    """Pieces of the same goods that lie in the bin, ``worn`` of them damaged."""

    merchant: str
    sku: str
    lot: str
    expiry: str
    serial: str
    pieces: int = 0
    worn: int = 0


class Counting:
    """What a robot at a bin has still to count.

    Args:
        transactions: The database.
        site: The building.
        rng: Source of chance.
        slips: Probability of counting some goods wrong, 0 to 1.
    """

    def __init__(
        self, transactions: Transactions, site: str, rng: Random | None, slips: float
    ) -> None:
        self._transactions = transactions
        self._site = site
        self._rng = rng
        self._slips = slips
        self._place = ""
        self._left: list[_Seen] = []
        self._scanned = False

    def answer(self, prompt: Prompt) -> str:
        """Say what to scan or type; the question is one of `ASKS`."""
        if prompt.ask in NAMING:
            return self._name(prompt)
        if prompt.ask == WORN:
            self._scanned = False
            return str(self._left.pop(0).worn) if self._left else barcode_of(Key.BACK)
        if prompt.place != self._place:
            self._look(prompt)
        now = self._left[0] if self._left else None
        if now is None:
            self._place = ""  # if others moved something meanwhile, all is looked at again
            return barcode_of(Key.DONE)
        if not self._scanned or not (prompt.goods and prompt.goods[0].code == now.sku):
            return self._scan(now)
        if prompt.count != (told := str(now.pieces)):
            return told if len(told) < CODE_DIGITS_MIN else f"*QTY {told}"
        if now.worn:
            return barcode_of(Key.MISMATCH)
        self._scanned = False
        self._left.pop(0)
        return self.answer(prompt)

    def _scan(self, now: _Seen) -> str:
        self._scanned = not now.serial  # one of a serial number is told which, never how many
        with self._transactions.begin() as tx:
            return sight.barcode_of(tx, self._site, now.merchant, now.sku)

    def _name(self, prompt: Prompt) -> str:
        """Read off a piece which of its lots or dates it has, or its serial number."""
        if not self._left:
            return barcode_of(Key.BACK)
        now = self._left[0]
        if prompt.ask == "counting.which_serial":
            self._left.pop(0)
            return now.serial
        told = goods_words(now.lot, now.expiry) or "–"
        for number, choice in enumerate(prompt.choices, 1):
            if choice.label == told:
                return str(number)
        return now.lot if prompt.ask == "counting.which_lot" else now.expiry

    def _look(self, prompt: Prompt) -> None:
        self._place, self._scanned = prompt.place, False
        only = prompt.wants.sku
        with self._transactions.begin() as tx:
            seen = _seen(tx, self._site, prompt.place)
        self._left = [one for one in seen if only in ("", f"{one.merchant}/{one.sku}")]
        for one in self._left:
            if self._rng is not None and not one.serial and self._rng.random() < self._slips:
                one.pieces = max(1, one.worn, one.pieces + self._rng.choice(MISCOUNTS))


def _seen(tx: Session, site: str, place: str) -> Sequence[_Seen]:
    """List what lies in a bin and in what stands in it."""
    found: dict[tuple[str, ...], _Seen] = {}
    for held in counts.held_in(tx, site, places_in(tx, site, place)):
        goods = held.goods
        key = (goods.merchant, goods.sku, goods.lot, goods.expiry, goods.serial)
        one = found.setdefault(key, _Seen(*key))
        one.pieces += held.pieces
        one.worn += held.pieces if goods.condition == DAMAGED else 0
    return list(found.values())
