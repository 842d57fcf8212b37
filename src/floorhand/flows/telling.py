"""What several barcodes tell of the same goods, in any order: kept until their product is scanned.

GS1 asks that all codes on one thing are read together (General Specifications, 4.14). Suppliers
put lot and date into a second code, or the count of a carton, and people scan them as they come.
"""

from __future__ import annotations

from dataclasses import fields, replace

from floorhand.domain.counting import in_unit
from floorhand.domain.days import goods_words
from floorhand.domain.things import Attributes, Piece
from floorhand.flows.turn import Facts

_FIELDS = tuple(one.name for one in fields(Attributes))


def heard(before: Attributes | None, event: Attributes) -> Attributes:
    """Add what a code tells to what was told before it.

    What is told a second time otherwise belongs to other goods: then all of it begins anew.
    """
    if before is None:
        return event
    pairs = [(getattr(before, name), getattr(event, name)) for name in _FIELDS]
    if any(old and new and old != new for old, new in pairs):
        return event
    return Attributes(*(new or old for old, new in pairs))


def fill(piece: Piece, told: Attributes | None) -> Piece:
    """Add what other barcodes have told; what the product's own barcode says stands."""
    if told is None:
        return piece
    return replace(
        piece,
        lot=piece.lot or told.lot,
        expiry=piece.expiry or told.expiry,
        serial=piece.serial or told.serial,
        net_g=piece.net_g or told.net_g,
    )


def counts(piece: Piece, told: Attributes) -> Piece | None:
    """Take how many pieces a code behind the product's tells; None if the books know better."""
    if not told.count or piece.count:
        return piece
    pieces = in_unit(piece.pieces, told.count)
    return replace(piece, pieces=pieces, count=told.count) if pieces else None


def told_words(told: Attributes) -> Facts:
    """Give what was told as the fact of a text."""
    many = f"× {told.count}" if told.count else ""
    return {"told": goods_words(told.lot, told.expiry, told.serial, many, grams(told.net_g))}


def grams(net_g: int) -> str:
    """Write a net weight; empty if none was told."""
    return f"{net_g} g" if net_g else ""


def told_count(told: Attributes | None) -> int | None:
    """Give how many were told, as the question for the product wants it."""
    return told.count or None if told else None
