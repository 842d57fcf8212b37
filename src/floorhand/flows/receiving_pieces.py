"""Receiving, one piece: put together what its barcodes tell, ask for the rest, count it."""

from __future__ import annotations

from dataclasses import replace

from floorhand.domain.receiving import Counted, CountPieces, ShortLife, StartPallet
from floorhand.domain.things import Badge, Goods, Piece, Place
from floorhand.errors import Code
from floorhand.flows.receiving_screens import counted_words, missing
from floorhand.flows.receiving_states import (
    Closing,
    Count,
    Counting,
    Describing,
    InDelivery,
    Job,
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
    if piece.serial_tracked and piece.pieces != 1:
        return Refuse(Code.SCAN_EACH_SERIAL, {"sku": piece.sku})
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
    begins = piece.sscc not in ("", job.onto)
    return Do(
        CountPieces(
            job.delivery,
            piece.sscc or job.place,
            goods,
            piece.pieces,
            piece.pack,
            state.unexpected,
            counted=piece.count > 0,
            dock=job.dock if begins else "",
            net_g=piece.net_g,
        )
    )


def onto_pallet(state: Counting, place: Place) -> Reply:
    """Go on counting onto a pallet; one with a plate that was void begins anew."""
    job = state.job
    if place.state == "void":
        return Do(StartPallet(job.delivery, job.dock, plate=place.code))
    if place.state != "open" or place.parent != job.dock:
        return Refuse(Code.PALLET_NOT_HERE, {"place": place.code, "dock": job.dock})
    if place.merchant not in ("", job.merchant):
        return Refuse(
            Code.OTHER_MERCHANT,
            {"sku": place.code, "merchant": place.merchant, "wanted": job.merchant},
        )
    if not place.proven:
        return Refuse(Code.TYPED_CODE, {"place": place.code})
    facts: Facts = {"place": place.code, "pieces": place.pieces}
    onto = Counting(replace(job, onto=place.code))
    if place.pieces:
        return Ask(onto, "receiving.onto_again", facts, look=True)
    return Ask(onto, "receiving.onto", facts)


def was_counted(job: Job, event: Counted) -> Reply:
    """Say what was counted, and go on with it; a pallet that began with it goes on, too."""
    now = Count(
        event.goods,
        event.name,
        event.here,
        event.left,
        event.room,
        event.serial_tracked,
        event.over,
        event.net_g,
    )
    after = replace(
        job, counted=job.counted + event.towards, next=event.next, onto=event.plate or job.onto
    )
    if not event.added:
        return Ask(
            Counting(after, now), "receiving.same", {"sku": now.goods.sku, "here": event.here}
        )
    key, facts = counted_words(event)
    look = bool(event.alarm or event.arrested) or event.added < 0
    return Ask(Counting(after, now), key, facts, look=look)
