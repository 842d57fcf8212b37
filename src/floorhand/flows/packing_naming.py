"""The packing bench asks which lot or serial a piece is: take it from a list, a scan, or typed."""

from __future__ import annotations

from dataclasses import replace

from floorhand.domain.counting import read_mark
from floorhand.domain.days import goods_words
from floorhand.domain.packing import NAMED_MAX, Bench, CheckPieces, Left, Naming
from floorhand.domain.things import Attributes, Chosen, Piece, Text
from floorhand.errors import Code
from floorhand.flows.marks import bad_mark
from floorhand.flows.packing_states import Telling
from floorhand.flows.telling import agreed, differs, told_words
from floorhand.flows.turn import Ask, Do, Refuse, Reply


def check_line(bench: Bench, line: Left, pieces: int, *, typed: bool = False) -> Do:
    """Verify goods of which all is known."""
    return Do(
        CheckPieces(
            bench.order,
            bench.merchant,
            line.sku,
            pieces,
            line.lot,
            line.expiry,
            line.serial,
            typed,
        )
    )


def name_line(state: Telling, event: object) -> Reply | None:
    """Take what tells the lot or serial that was asked for; None if the event does not."""
    naming, value = state.naming, ""
    match event:
        case Chosen(code=code):
            return check_line(state.bench, naming.options[int(code)], naming.pieces)
        case Text(value=value) if not read_mark(value):
            return bad_mark(naming.what)
        case Text(value=value):
            pass
        case Attributes() | Piece(sku=naming.sku):
            pieces = agreed(naming.pieces, event)
            if not pieces:
                return differs(naming.sku, naming.pieces, event)
            naming = replace(naming, pieces=pieces)
            value = event.lot if naming.what == "lot" else event.serial
            if not value:
                told = Attributes(event.lot, event.expiry, event.serial)
                return _narrowed(replace(state, naming=naming), told)
        case _:
            return None
    line = Left(naming.sku, naming.name, naming.pieces)
    line = replace(line, lot=value) if naming.what == "lot" else replace(line, serial=value)
    return check_line(state.bench, line, naming.pieces)


def _narrowed(state: Telling, told: Attributes) -> Reply | None:
    """Take a lot where the serial was asked for, or a date where the lot was: fewer are left.

    If only one lot is left, that is it; a serial is told by nothing but itself. None if nothing of
    the kind was told, or none of it is known here.
    """
    naming = state.naming
    pairs = [pair for line in naming.options for pair in _pairs(line, told)]
    if not any(all(pair) for pair in pairs):
        return None
    left = tuple(line for line in naming.options if _may_be(line, told))
    if len(left) == 1 and naming.what == "lot":
        return check_line(state.bench, left[0], naming.pieces)
    if not left and len(naming.options) < NAMED_MAX:
        lots = dict.fromkeys(goods_words(line.lot, line.expiry) for line in naming.options)
        facts = {"sku": naming.sku, "lot": goods_words(told.lot, told.expiry)}
        return Refuse(Code.PACK_WRONG_LOT, {**facts, "want": ", ".join(lots)})
    fewer: Naming = replace(naming, options=left or naming.options)
    return Ask(replace(state, naming=fewer), "packing.noted", told_words(told))


def _may_be(line: Left, told: Attributes) -> bool:
    """Say whether nothing that was told contradicts what is known of some goods."""
    return all(not known or not said or known == said for known, said in _pairs(line, told))


def _pairs(line: Left, told: Attributes) -> tuple[tuple[str, str], tuple[str, str]]:
    return (line.lot, told.lot), (line.expiry, told.expiry)
