"""Teaching a barcode: which codes may become a product's, and the commands and their outcomes."""

from __future__ import annotations

from dataclasses import dataclass

from floorhand.domain.barcodes import OWN_MARK, read, readable
from floorhand.domain.gs1 import check_is_good

CODE_CHARACTERS_MIN = 4
"""What is shorter may be a quantity that was typed."""

CODE_CHARACTERS_MAX = 48
"""The longest symbol that a label of goods has room for in Code 128."""

GOODS_MAX = 20
"""Lines at hand that are listed; other products are scanned, or typed by their number."""

PACK_PIECES_MAX = 5_000
"""Pieces in one case or inner: more is a slip of the finger, and each scan would repeat it."""

PACKS = ("each", "inner", "case")


@dataclass(frozen=True, slots=True)
class Known:
    """A product that a code may be bound to."""

    merchant: str
    sku: str
    name: str

    @property
    def code(self) -> str:
        """Name it so that no two merchants' are called the same."""
        return f"{self.merchant}/{self.sku}"


@dataclass(frozen=True, slots=True)
class ListGoods:
    """Ask which products a code may be of: those that the delivery at hand still expects first."""

    delivery: str


@dataclass(frozen=True, slots=True)
class GoodsListed:
    """These are at hand, at most `GOODS_MAX`."""

    goods: tuple[Known, ...]


@dataclass(frozen=True, slots=True)
class FindGoods:
    """Look for a product by its number, as ``sku`` or ``merchant/sku``, of these merchants."""

    merchants: tuple[str, ...]
    text: str


@dataclass(frozen=True, slots=True)
class GoodsFound:
    """It is this one."""

    goods: Known


@dataclass(frozen=True, slots=True)
class LearnCode:
    """Bind a code to a product, as a piece, an inner or a case of so many pieces."""

    code: str
    merchant: str
    sku: str
    pack: str
    pieces: int


@dataclass(frozen=True, slots=True)
class CodeLearnt:
    """From now on the code is found."""

    goods: Known
    pack: str
    pieces: int


def learnable(code: str) -> bool:
    """Say whether an unknown code can be a product's at all.

    A command barcode or one of our own labels must never become goods. An SSCC names one carton or
    pallet and not what is in it, an address in a QR code is advertising, and a few digits are a
    quantity.
    """
    if not CODE_CHARACTERS_MIN <= len(code) <= CODE_CHARACTERS_MAX:
        return False
    if code.startswith(("*", OWN_MARK, OWN_MARK.lower())) or "://" in code:
        return False
    scan = read(code)
    return readable(code) and code == code.strip() and not (scan.own_kind or scan.sscc)


def looks_misread(code: str) -> bool:
    """Say whether a code is as long as a GTIN and has no good check digit."""
    return code.isdecimal() and len(code) in (8, 12, 13, 14) and not check_is_good(code)


def is_of_cases(code: str) -> bool:
    """Say whether a GTIN tells by its first digit that it stands on a case of the same pieces.

    Source: GS1 General Specifications, 2.1.6: indicators 1 to 8 are of groupings of trade items.
    """
    return len(code) == 14 and code.isdecimal() and code[0] in "12345678"
