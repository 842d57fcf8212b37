"""Receiving, one piece: put together what its barcodes tell, ask for the rest, count it."""

from __future__ import annotations

from dataclasses import replace

from floorhand.domain.receiving import CountPieces, ShortLife
from floorhand.domain.things import Badge, Goods, Piece
from floorhand.errors import Code
from floorhand.flows.receiving_screens import missing
from floorhand.flows.receiving_states import (
    Closing,
    Counting,
    Describing,
    InDelivery,
    LeadWanted,
    Lines,
    Unexpected,
)
from floorhand.flows.telling import fill
from floorhand.flows.turn import Ask, Do, Facts, Refuse, Reply


def count_piece(
    state: Counting | Unexpected | Lines | Closing, piece: Piece, *, unexpected: bool = False
) -> Reply:
    """Count a scanned piece, with what is known of it from other barcodes and the last piece."""
    job = state.job
    if piece.merchant != job.merchant:
        return Refuse(
            Code.OTHER_MERCHANT,
            {"sku": piece.sku, "merchant": piece.merchant, "wanted": job.merchant},
        )
    told = state.told if isinstance(state, Counting) else None
    filled = fill(piece, told)
    known = state.goods if isinstance(state, Unexpected) and unexpected else None
    if known is None and state.now is not None and state.now.here:
        known = state.now.goods
    filled = _as_before(filled, known)
    if filled.serial_tracked and filled.pieces != 1:
        return Refuse(Code.SCAN_EACH_SERIAL, {"sku": piece.sku})
    if filled.serial and not filled.serial_tracked:
        filled = replace(filled, serial="")
    return describe(Describing(job, state.now, filled, unexpected), filled)


def ask_lead(state: InDelivery, event: object) -> Reply:
    """Ask for a lead's badge where goods live too short, and take it."""
    match state, event:
        case _, ShortLife(asked=asked, days=days, least=least):
            facts: Facts = {"sku": asked.goods.sku, "days": days, "least": least}
            wanted = LeadWanted(state.job, state.now, event)
            return Ask(wanted, "receiving.lives_short", facts, look=True)
        case LeadWanted(short=short), Badge(scanned=True, worker=worker):
            return Do(replace(short.asked, allowed_by=worker))
        case LeadWanted(), Badge():
            return Refuse(Code.RETURN_BADGE_TYPED)
        case _:
            return Refuse(Code.NOT_EXPECTED_NOW)


def _as_before(piece: Piece, before: Goods | None) -> Piece:
    """Take lot and expiry of the last piece of the SKU where this one's barcode tells none.

    Asked once, they hold until another SKU, another lot, or "other lot" in the list (F4).
    """
    if before is None or before.sku != piece.sku:
        return piece
    same_lot = piece.lot in ("", before.lot)
    same_expiry = piece.expiry in ("", before.expiry)
    if not (same_lot and same_expiry):
        return piece
    return replace(piece, lot=before.lot, expiry=before.expiry)


def describe(state: Describing, piece: Piece) -> Reply:
    """Ask for what is missing, or count the piece."""
    if missing(piece):
        return Ask(replace(state, piece=piece))
    goods = Goods(
        piece.merchant,
        piece.sku,
        piece.lot if piece.lot_tracked else "",
        piece.expiry if piece.expiry_tracked else "",
        piece.serial if piece.serial_tracked else "",
    )
    job = state.job
    return Do(
        CountPieces(
            job.delivery,
            job.place,
            goods,
            piece.pieces,
            piece.pack,
            state.unexpected,
            counted=piece.count > 0,
        )
    )
