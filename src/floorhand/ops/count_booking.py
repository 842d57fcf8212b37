"""Make the books say what a count has found, and settle what waited for it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from floorhand.domain.count_rules import Difference
from floorhand.domain.things import AVAILABLE, CORRECTION, Goods, Line
from floorhand.domain.troubles import COUNT_DIFFERENCE
from floorhand.errors import Code, Refused
from floorhand.ops.holding import HELD, held_beside
from floorhand.ops.rehoming import rehome
from floorhand.ops.reserving import drop_stop
from floorhand.store import counts, ledger, picks
from floorhand.store.counts import Held
from floorhand.store.ledger import Cause
from floorhand.store.masters import site_rules
from floorhand.store.nesting import places_in
from floorhand.store.picks import StopRow
from floorhand.store.places import kind_of, root_of
from floorhand.store.schema import Place, Trouble
from floorhand.store.suspects import doubted
from floorhand.store.tasks import close_trouble

REASON = "count"
"""Why pieces went through *correction*, in the facts of the operation."""

SHORT_REASON = "not_found"
"""Why an order's pieces are not where its walk would have found them."""

UNREACHED = "blocked"
"""Why a bin is closed to picking that somebody could not get to; who counts it has got there."""


SUSPECT = "suspect_stock"
"""The kind of exceptions about pieces that somebody did not find."""

OF_ALL = ("place_misses", "overrides")
"""Doubts about a bin that are over when all of it is counted, whatever product they began with."""


def book(tx: Session, cause: Cause, place: str, found: Sequence[Difference]) -> None:
    """Put differences right through *correction*.

    Where less is left than was promised, the picks that were promised it lose their pieces, by the
    rules of a short pick: they get others on the same walk, or their lines are short. There is one
    piece of a serial number: what is found here is gone from the bin where the books had it.

    Raises:
        Refused: `Code.NOT_ENOUGH_STOCK`, if pieces that are missing were moved on meanwhile;
            `Code.SERIAL_IN_HOUSE`, if somebody has such a piece in hand.
    """
    lost: list[tuple[StopRow, int]] = []
    for one in found:
        if one.pieces < 0:
            lost += _take_out(tx, cause, place, one.goods, -one.pieces)
    for one in found:
        if one.pieces > 0:
            lost += _take_elsewhere(tx, cause, one.goods)
            ledger.move(tx, cause, CORRECTION, place, [Line(one.goods, one.pieces)])
    for stop, pieces in lost:
        rehome(tx, cause, stop, pieces, SHORT_REASON, fits=lambda _shelf: True)
    plus = sum(one.pieces for one in found if one.pieces > 0)
    cause.note(reason=REASON, plus=plus, minus=plus - sum(one.pieces for one in found))


def _take_out(
    tx: Session, cause: Cause, place: str, goods: Goods, pieces: int
) -> list[tuple[StopRow, int]]:
    """Take missing pieces off a bin, free ones first; gives the stops that lost theirs."""
    held = [one for one in counts.held_in(tx, cause.site, places_in(tx, cause.site, place))]
    held = [one for one in held if one.goods == goods]
    free = sum(one.pieces - one.reserved for one in held)
    lost = _free(tx, cause, held, pieces - free) if pieces > free else []
    for one in held:
        kept = sum(n for stop, n in lost if stop.place == one.place)
        taken = min(pieces, one.pieces - one.reserved + kept)
        if taken > 0:
            ledger.move(tx, cause, one.place, CORRECTION, [Line(goods, taken)])
            pieces -= taken
    if pieces:  # some were moved on since they were counted: nothing says which
        ledger.move(tx, cause, place, CORRECTION, [Line(goods, pieces)])
    return lost


def _take_elsewhere(tx: Session, cause: Cause, goods: Goods) -> list[tuple[StopRow, int]]:
    """Take a piece with a serial number off the bin where the books have it."""
    held = counts.serial_at(tx, cause.site, goods)
    if held is None:
        return []
    if not _lies_in_a_bin(tx, cause.site, held):
        facts = {"serial": goods.serial, "sku": goods.sku, "place": held.place}
        raise Refused(Code.SERIAL_IN_HOUSE, **facts)
    lost = _free(tx, cause, [held], held.reserved)
    ledger.move(tx, cause, held.place, CORRECTION, [Line(held.goods, held.pieces)])
    return lost


def in_hand(tx: Session, site: str, found: Iterable[Difference]) -> bool:
    """Say whether somebody has a piece in hand, by the books, that was found in a bin."""
    more = [one.goods for one in found if one.pieces > 0]
    held = [one for goods in more if (one := counts.serial_at(tx, site, goods)) is not None]
    return not all(_lies_in_a_bin(tx, site, one) for one in held)


def _lies_in_a_bin(tx: Session, site: str, held: Held) -> bool:
    return kind_of(tx, site, root_of(tx, site, held.place)) == "bin"


def _free(
    tx: Session, cause: Cause, held: Iterable[Held], pieces: int
) -> list[tuple[StopRow, int]]:
    """Take the promise of so many pieces back, from the stops that come last on their walks."""
    stops = [
        stop
        for one in held
        if one.reserved
        for stop in picks.stops_at(tx, cause.site, one.place, one.goods.merchant, one.goods.sku)
        if stop.stop.goods == one.goods
    ]
    lost: list[tuple[StopRow, int]] = []
    for stop in sorted(stops, key=lambda one: one.walk_no, reverse=True):
        if pieces > 0:
            released = drop_stop(tx, cause, stop, "cancelled")
            lost.append((stop, released))
            pieces -= released
    return lost


def settle_bin(
    tx: Session, cause: Cause, place: str, merchant: str, sku: str, counters: Collection[str] = ()
) -> None:
    """Take back what was doubted of a bin that is counted: all of it, or one product there.

    Where the site wants four eyes, stock stays suspect if it was counted by nobody but those who
    had not found it: that it is there takes the word of another person.
    """
    four_eyes = SUSPECT in site_rules(tx, cause.site).four_eyes
    at = (Place.site == cause.site, Place.code == place)
    for why, left in ((UNREACHED, ""), (held_beside(UNREACHED), HELD)):
        tx.execute(update(Place).where(*at, Place.blocked == why).values(blocked=left))
    if not sku:
        tx.execute(update(Place).where(*at, Place.full).values(full=False))
        for kind in OF_ALL:
            close_trouble(tx, cause, kind, place)
    for one in _told(tx, cause.site, SUSPECT, place):
        if four_eyes and _is_own(one, counters):
            continue
        suspect = str(json.loads(one.facts).get("sku", ""))
        if sku in ("", suspect) and merchant in ("", one.merchant):
            _release(tx, cause, place, doubted(tx, cause.site, one.id, one.merchant, suspect))
            _close(tx, cause, one.id)


def end_asked(
    tx: Session, cause: Cause, place: str, merchant: str, sku: str, counters: Collection[str]
) -> None:
    """Ask nobody any more to approve what an earlier count has found of what is counted now.

    Of a bin of which one product was counted, what was found of others still waits; and so does
    what was found by all of ``counters``: nobody makes go away alone what they found.
    """
    for one in _told(tx, cause.site, COUNT_DIFFERENCE, place):
        row = counts.count_row(tx, cause.site, str(json.loads(one.facts)["task"]))
        of = (row.count.merchant, row.count.sku) if row else ("", "")
        if not _is_own(one, counters) and (not sku or of == (merchant, sku)):
            _close(tx, cause, one.id)


def _is_own(one: Any, counters: Collection[str]) -> bool:
    """Say whether nobody has counted but those who caused an exception."""
    return bool(counters) and set(counters) <= set(one.raised_by.split("\n"))


def _told(tx: Session, site: str, kind: str, place: str) -> Sequence[Any]:
    """List the open exceptions of a kind about a bin."""
    told = (Trouble.id, Trouble.merchant, Trouble.facts, Trouble.pieces, Trouble.raised_by)
    asked = select(*told).where(
        Trouble.site == site,
        Trouble.closed_at.is_(None),
        Trouble.kind == kind,
        Trouble.subject == place,
    )
    return tx.execute(asked.order_by(Trouble.created_at, Trouble.id)).all()


def _close(tx: Session, cause: Cause, entry: str) -> None:
    mine = (Trouble.site == cause.site, Trouble.id == entry)
    tx.execute(update(Trouble).where(*mine).values(closed_at=cause.at))


def _release(tx: Session, cause: Cause, place: str, suspect: Counter[Goods]) -> None:
    """Let pieces be sold again that a short pick has put on hold, now that they were seen.

    What is on hold beside them for another reason stays so.
    """
    for one in counts.held_in(tx, cause.site, places_in(tx, cause.site, place)):
        if pieces := min(one.pieces, suspect[one.goods]):
            ledger.change(tx, cause, one.place, one.goods, pieces, condition=AVAILABLE)
            suspect[one.goods] -= pieces
