"""What several barcodes tell of the same goods, in any order: kept until their product is scanned.

GS1 asks that all codes on one thing are read together (General Specifications, 4.14). Suppliers
put lot and date into a second code, or the count of a carton, and people scan them as they come.
"""

from __future__ import annotations

from dataclasses import fields, replace

from floorhand.domain.counting import in_unit
from floorhand.domain.days import goods_words
from floorhand.domain.receiving import PIECES_MAX
from floorhand.domain.things import Attributes, Piece
from floorhand.errors import Code
from floorhand.flows.turn import Facts, Refuse

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


def joined(piece: Piece, told: Piece | Attributes) -> Piece | Refuse:
    """Put into a piece what another code on the same unit tells, and how many are in that.

    That code may name the product, too, as the label of a carton does. It is refused if it tells
    another number than is known, or one that nobody could have typed.
    """
    pieces = agreed(piece.pieces, told, piece.count)
    if not pieces:
        return differs(piece.sku, piece.pieces, told)
    if pieces > PIECES_MAX:
        return Refuse(Code.BAD_QUANTITY, {"number": pieces, "limit": PIECES_MAX})
    if isinstance(told, Piece):
        pack = told.pack if piece.pieces == 1 else piece.pack
        piece = replace(piece, pack=pack, sscc=piece.sscc or told.sscc)
        told = Attributes(told.lot, told.expiry, told.serial, told.count, told.net_g)
    return fill(replace(piece, pieces=pieces, count=piece.count or told.count), told)


def agreed(pieces: int, told: Piece | Attributes, count: int = 0) -> int:
    """Say how many pieces are in a unit, now that another code on it tells, too.

    A product's own barcode, or a code without a number, says nothing of it. 0 if the two differ:
    then somebody has to look. ``count`` is what a label has told already; 0: none has.
    """
    match told:
        case Attributes(count=0) | Piece(pieces=1, count=0):
            return pieces
        case Attributes(count=number) if number == count:
            return pieces
        case Attributes(count=number) | Piece(pieces=number):
            return in_unit(pieces, number) if not count or number == pieces else 0


def differs(sku: str, pieces: int, told: Piece | Attributes) -> Refuse:
    """Refuse a code that tells another number than is known."""
    number = told.pieces if isinstance(told, Piece) else told.count
    return Refuse(Code.LABEL_DIFFERS, {"sku": sku, "number": number, "pieces": pieces})


def tells(piece: Piece) -> bool:
    """Say whether a product's code tells anything but the product."""
    return any((piece.lot, piece.expiry, piece.serial, piece.count, piece.net_g, piece.sscc))


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
