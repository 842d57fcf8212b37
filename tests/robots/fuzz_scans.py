"""Odd scans for `fuzz`: real codes, spoilt codes, and what pranksters send."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import Final

from hostile import PAYLOADS, naughty
from sqlalchemy import select

from floorhand.domain import barcodes
from floorhand.domain.barcodes import GS
from floorhand.domain.keymap import KEYS
from floorhand.flows.turn import Prompt
from floorhand.store.db import Transactions
from floorhand.store.schema import (
    Barcode,
    BoxType,
    Delivery,
    Order,
    Place,
    Return,
    Sku,
    Station,
    Stock,
    Worker,
)

CODES_MAX: Final = 400
"""Codes of one kind that are mutated in a world."""

NAMES: Final = {name.upper() for name, _ in KEYS.values()}
"""Keys, as they can be typed where nothing else is called so."""


class Scans:
    """A source of odd scans in one world: real codes, spoilt codes, and what pranksters send."""

    def __init__(self, transactions: Transactions, rng: Random) -> None:
        self._rng = rng
        self._codes = tuple(_codes(transactions, rng))
        self._texts = (*(payload.text for payload in PAYLOADS), *naughty())
        self._keys = (*(code for _, code in KEYS.values()), *NAMES, *(f"*{n}" for n in range(14)))

    def next(self, prompt: Prompt) -> str:
        """Make one scan; every tenth is spoilt twice."""
        text = self._rng.choices(self._KINDS, self._WEIGHTS)[0](self, prompt)
        for _ in range(self._rng.choice((0, 0, 0, 0, 1, 1, 1, 1, 1, 2))):
            text = self._rng.choice(self._SPOILERS)(self, text)
        return text

    def _code(self, _prompt: Prompt) -> str:
        return self._rng.choice(self._codes)

    def _shown(self, prompt: Prompt) -> str:
        """Something that the screen speaks of: what a tired worker types."""
        wants = prompt.wants
        told = [prompt.place, wants.place, wants.sku, wants.order, prompt.count]
        told += [item.code for item in prompt.goods] + [value for _, value in prompt.facts]
        return self._rng.choice([text for text in told if text] or ["?"])

    def _key(self, prompt: Prompt) -> str:
        bound = [KEYS[key][1] for key, _ in prompt.keys if key in KEYS]
        return self._rng.choice(bound or [*self._keys])

    def _any_key(self, _prompt: Prompt) -> str:
        return self._rng.choice(self._keys)

    def _choice(self, prompt: Prompt) -> str:
        n = self._rng.randint(0, len(prompt.choices) + 1)
        return self._rng.choice((f"{n}", f"{n}", f"*CHOOSE {n}", f"*GRADE {n}"))

    def _number(self, prompt: Prompt) -> str:
        about = prompt.wants.number_hint
        numbers = (0, 1, 2, about, about + 1, 99, 99_999, 10**9)
        n = self._rng.choice((*numbers, self._rng.randrange(10 ** self._rng.randint(1, 20))))
        return self._rng.choice((f"{n}", f"{n:02d}", f"{n:05d}", f"*QTY {n}", f"-{n}", f"{n}.0"))

    def _naughty(self, _prompt: Prompt) -> str:
        return self._rng.choice(self._texts)

    def _bytes(self, _prompt: Prompt) -> str:
        data = self._rng.randbytes(self._rng.randint(1, 40))
        return data.decode(self._rng.choice(("utf-8", "latin-1", "utf-16")), "replace")

    def _gs1(self, _prompt: Prompt) -> str:
        """Put together an element string, of codes that are here and of any."""
        rng = self._rng
        gtin = barcodes.gtin14(self._code(_prompt)) or f"{rng.randrange(10**14):014d}"
        parts = [
            f"{rng.choice(('01', '02'))}{gtin}",
            f"{rng.choice(('11', '15', '17'))}{rng.randint(0, 99):02d}{rng.randint(0, 1399):04d}",
            f"10{rng.choice(('L7', 'L1', self._code(_prompt)))[:20]}{rng.choice((GS, ''))}",
            f"21SN{rng.randrange(1000)}{rng.choice((GS, ''))}",
            f"{rng.choice(('30', '37'))}{rng.choice((0, 1, 3, 12, 10**8 - 1))}{GS}",
            f"310{rng.randrange(10)}{rng.randrange(10**6):06d}",
            f"00{rng.randrange(10**18):018d}",
        ]
        return "]C1" + "".join(rng.sample(parts, rng.randint(1, 4)))

    _KINDS = (_code, _shown, _key, _any_key, _choice, _number, _naughty, _bytes, _gs1)
    _WEIGHTS = (35, 12, 6, 3, 8, 10, 8, 6, 12)

    def _cut(self, text: str) -> str:
        at = self._rng.randint(0, len(text))
        return self._rng.choice((text[:at], text[at:]))

    def _twice(self, text: str) -> str:
        return text + self._rng.choice(("", " ", GS, "\r")) + text

    def _with_other(self, text: str) -> str:
        return text + self._rng.choice((self._rng.choice(self._codes), "*OUT", "\x1b[2J"))

    def _aim(self, text: str) -> str:
        marks = ("]C0", "]C1", "]E0", "]d2", "]Q3", "]e0", "]I1", "]", "]]C1", "]c1")
        return self._rng.choice(marks) + text

    def _separated(self, text: str) -> str:
        at = self._rng.randint(0, len(text))
        mark = self._rng.choice((GS, GS, "\x1e", "\x04", "~", "|", "^]", "\x00"))
        return text[:at] + mark + text[at:]

    def _misread(self, text: str) -> str:
        if not text:
            return "\ufffd"
        at = self._rng.randrange(len(text))
        letter = self._rng.choice((chr(self._rng.randrange(32, 127)), text[at].swapcase()))
        return text[:at] + letter + text[at + 1 :]

    def _swapped(self, text: str) -> str:
        return self._rng.choice((text.lower(), text.upper(), text[::-1], f" {text} ", f"*{text}"))

    _SPOILERS = (_cut, _twice, _with_other, _aim, _separated, _misread, _swapped)


def _codes(transactions: Transactions, rng: Random) -> Iterator[str]:
    columns = (
        Place.scan_code, Place.code, Place.check_digits, Barcode.code, Sku.code, Sku.name,
        Order.number, Order.platform_id, Delivery.number, Delivery.tracking, Return.number,
        Return.plate, Return.tracking, Worker.code, Worker.badge, Worker.name,
        Station.scan_code, Station.code, BoxType.code, Stock.lot, Stock.serial, Stock.expiry,
    )  # fmt: skip
    with transactions.begin() as tx:
        for column in columns:
            found = sorted({code for code in tx.scalars(select(column)) if code})
            yield from rng.sample(found, min(CODES_MAX, len(found)))
    yield "ZZ-NO-SUCH-9"
