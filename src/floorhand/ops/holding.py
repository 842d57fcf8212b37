"""What a hold does to work that has begun, and what a release gives back.

Stops of walks for what is held are taken off at once, and their promises with them; goods are
promised anew from elsewhere, if they are anywhere. Who is at such a stop is told at the next scan.
What is in totes already stays there: the bench refuses it, and says what to do with it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, delete, select
from sqlalchemy.orm import Session

from floorhand.domain import reasons
from floorhand.domain.holds import BIN, GOODS, ORDER, SKU, Subject
from floorhand.domain.things import Goods
from floorhand.errors import Code, Refused
from floorhand.ops.colleagues import moment_told
from floorhand.ops.giving_back import give_back
from floorhand.ops.reserving import (
    drop_stop,
    order_waits,
    put_in_walk,
    reserve_anywhere,
    short_or_wait,
)
from floorhand.ops.waking import wake
from floorhand.store import holds, orders, picks, places
from floorhand.store.cancelling import holding
from floorhand.store.holds import HoldFacts
from floorhand.store.ledger import Cause
from floorhand.store.nesting import places_in
from floorhand.store.picks import StopRow
from floorhand.store.schema import Checked, Pick, Stock

HELD = "held"
"""Why pieces of a line are short, and what stands on a bin that is held."""


@dataclass(frozen=True, slots=True)
class Freed:
    """So many pieces had been promised to walks, and so many of them were found elsewhere."""

    freed: int = 0
    found: int = 0


def begin(tx: Session, cause: Cause, subject: Subject, reason: str) -> Freed:
    """Hold something, and take it off the walks it is on.

    Raises:
        Refused: `Code.EXCEPTION_CHANGED`.
    """
    standing = holds.of_subject(tx, cause.site, subject)
    if standing is not None:
        raise Refused(Code.EXCEPTION_CHANGED, subject=subject.name)
    if subject.kind == ORDER:
        must_be_open(tx, cause, subject)
    holds.begin(tx, cause, subject, reason)
    if subject.kind == BIN:
        why = places.blocked(tx, cause.site, subject.code)
        places.set_place(tx, cause.site, subject.code, blocked=held_beside(why))
    if subject.kind in GOODS:
        tx.execute(delete(Checked).where(Checked.site == cause.site, _are(Checked, subject)))
    stops = _stops(tx, cause, subject)
    for stop in stops:
        drop_stop(tx, cause, stop, "cancelled")
    freed = sum(stop.stop.pieces for stop in stops)
    if subject.kind == ORDER:
        return Freed(freed)
    return Freed(freed, sum(_found_elsewhere(tx, cause, stop) for stop in stops))


def end(tx: Session, cause: Cause, subject: Subject) -> None:
    """Release something; an order that anybody has held goes on where it was, unless it is over.

    Orders that lost goods by it get them back, as far as they are not at a bench yet.

    Raises:
        Refused: `Code.EXCEPTION_CHANGED`.
    """
    standing = holds.of_subject(tx, cause.site, subject)
    freed = standing is not None and holds.end(tx, cause, standing.id)
    if subject.kind == ORDER:
        freed = _free_order(tx, cause, subject) or freed
    elif subject.kind == BIN:
        freed = _open_bin(tx, cause, subject, held=freed) or freed
    if not freed:
        raise Refused(Code.EXCEPTION_CHANGED, subject=subject.name)
    if subject.kind in (BIN, *GOODS):
        give_back(tx, cause, subject, HELD)
    elif subject.kind == ORDER:
        _wake(tx, cause, subject)


def held_beside(why: str) -> str:
    """Say what stands on a held bin that is closed for something else, too; empty: it is not."""
    return f"{HELD} {why}".strip()


def must_be_open(tx: Session, cause: Cause, subject: Subject) -> orders.OrderFacts:
    """Give an order that this house is not done with.

    Raises:
        Refused: `Code.EXCEPTION_CHANGED`.
    """
    facts = orders.order_facts(tx, cause.site, subject.merchant, subject.code)
    if facts is None or facts.state in orders.ENDED:
        raise Refused(Code.EXCEPTION_CHANGED, subject=subject.name)
    return facts


def order_must_be_free(tx: Session, cause: Cause, merchant: str, number: str) -> None:
    """See that an order at a bench is not held.

    Raises:
        Refused: `Code.PACK_HELD`, saying why, by whom and what to do.
    """
    held = holds.on_order(tx, cause.site, merchant, number)
    if held is not None:
        raise Refused(Code.PACK_HELD, **facts_of(tx, cause, held))


def goods_must_be_free(tx: Session, cause: Cause, goods: Iterable[Goods]) -> None:
    """See that none of these pieces of one SKU is held.

    Raises:
        Refused: `Code.PACK_HELD`, saying why, and what to do with the piece.
    """
    pieces = tuple(goods)
    for held in holds.on_sku(tx, cause.site, pieces[0].merchant, pieces[0].sku):
        if any(held.is_on(one) for one in pieces):
            raise Refused(Code.PACK_HELD, **facts_of(tx, cause, held))


def facts_of(tx: Session, cause: Cause, held: HoldFacts) -> dict[str, str]:
    """Say what is held, why, by whom and since when, as facts of a text."""
    subject = held.subject
    return {
        "subject": subject.name,
        "kind_text": f"hold.kind.{subject.kind}",
        "name": held.name,
        "since": since(tx, cause, held.held_at),
        **reasons.reason_words(held.reason, reasons.HELD),
    }


def on_pick(tx: Session, cause: Cause, pick: Pick) -> tuple[HoldFacts, ...]:
    """List the holds on what a stop of a walk takes, on its order and on the bin."""
    bin_held = Subject(BIN, "", places.root_of(tx, cause.site, pick.place))
    found = (
        *(
            one
            for one in holds.on_sku(tx, cause.site, pick.merchant, pick.sku)
            if one.subject.kind == SKU or one.subject.lot == pick.lot
        ),
        holds.on_order(tx, cause.site, pick.merchant, pick.order),
        holds.of_subject(tx, cause.site, bin_held),
    )
    return tuple(one for one in found if one is not None)


def since(tx: Session, cause: Cause, at: datetime) -> str:
    """Say since when something is held."""
    return moment_told(tx, cause.site, at, cause.at)


def _stops(tx: Session, cause: Cause, subject: Subject) -> tuple[StopRow, ...]:
    """List the open stops for what is held; work on a merchant's orders that has begun goes on."""
    if subject.kind == ORDER:
        of_order = (Pick.merchant == subject.merchant, Pick.order == subject.code)
        return picks.open_stops(tx, cause.site, *of_order)
    if subject.kind == BIN:
        inside = places_in(tx, cause.site, subject.code)
        return picks.open_stops(tx, cause.site, Pick.place.in_(inside))
    if subject.kind in GOODS:
        promised = select(Stock.place).where(
            Stock.site == cause.site, Stock.reserved > 0, _are(Stock, subject)
        )
        return picks.open_stops(tx, cause.site, Pick.place.in_(promised), _are(Pick, subject))
    return ()


def _are(table: type[Pick | Stock | Checked], subject: Subject) -> ColumnElement[bool]:
    """Find the rows of a SKU, or of a lot of it."""
    of_sku = and_(table.merchant == subject.merchant, table.sku == subject.code)
    return of_sku if subject.kind == SKU else and_(of_sku, table.lot == subject.lot)


def _found_elsewhere(tx: Session, cause: Cause, stop: StopRow) -> int:
    """Promise a stop's pieces from elsewhere, on the same walk; give how many there are.

    What there is not is short by the rules of its merchant. Only an order without a tote, which
    can still be given back, lacks it just now.
    """
    if stop.order_state != "picking" or holds.on_order(tx, cause.site, stop.merchant, stop.number):
        return 0
    goods, missing = stop.stop.goods, stop.stop.pieces
    takes = reserve_anywhere(tx, cause, goods.merchant, goods.sku, missing, fits=lambda _: True)
    put_in_walk(tx, cause, stop, takes, "")
    found = sum(take.pieces for take in takes)
    if missing > found and stop.tote:
        short_or_wait(tx, cause, stop, missing - found, HELD)
    return found


def _free_order(tx: Session, cause: Cause, subject: Subject) -> bool:
    """Let an order go on that its shop, or the bench, had held: to the bench if all is in totes."""
    facts = orders.order_facts(tx, cause.site, subject.merchant, subject.code)
    if facts is None or facts.state != "hold":
        return False
    lines = orders.order_lines(tx, cause.site, subject.merchant, subject.code)
    picked = holding(tx, cause.site, subject.name, "tote")
    state = "picked" if picked and not any(line.left for line in lines) else "released"
    orders.let_go_on(tx, cause, subject.merchant, subject.code, state)
    return True


def _wake(tx: Session, cause: Cause, subject: Subject) -> None:
    """Let an order go on that was taken off its walk; if there is not enough, tell of it."""
    facts = orders.order_facts(tx, cause.site, subject.merchant, subject.code)
    if facts is None or facts.state != "waiting":
        return
    if not wake(tx, cause, subject.merchant, subject.code):
        order_waits(tx, cause, subject.merchant, subject.code)


def _open_bin(tx: Session, cause: Cause, subject: Subject, *, held: bool) -> bool:
    """Open a bin to picking; who has closed it otherwise than by the hold keeps it closed."""
    why = places.blocked(tx, cause.site, subject.code)
    left = why.removeprefix(HELD).strip() if held else ""
    if left == why:
        return False
    places.set_place(tx, cause.site, subject.code, blocked=left)
    return True
