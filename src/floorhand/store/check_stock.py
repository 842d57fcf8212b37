"""Checks of the ledger: stock, places and what moved."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from sqlalchemy import and_, func, literal, or_, select, union_all
from sqlalchemy.orm import Session

from floorhand.domain.things import CONDITIONS, OUTSIDE
from floorhand.store.ledger import NESTING_MAX
from floorhand.store.schema import Move, Operation, Pick, Place, Stock
from floorhand.store.violation import Violation

GOODS = ("merchant", "sku", "lot", "expiry", "serial", "condition")


def _stock_is_what_moves_add_up_to(tx: Session, site: str) -> Iterator[Violation]:
    kept = [getattr(Move, name) for name in GOODS]
    arrived = select(Move.target.label("place"), *kept, Move.pieces.label("pieces")).where(
        Move.site == site
    )
    left = select(Move.source.label("place"), *kept, (-Move.pieces).label("pieces")).where(
        Move.site == site
    )
    held = select(
        Stock.place.label("place"),
        *[getattr(Stock, name) for name in GOODS],
        literal(0).label("moved"),
        Stock.pieces.label("held"),
    ).where(Stock.site == site)
    legs = union_all(arrived, left).subquery()
    moved = select(
        legs.c.place,
        *[legs.c[name] for name in GOODS],
        legs.c.pieces.label("moved"),
        literal(0).label("held"),
    )
    both = union_all(moved, held).subquery()
    key = [both.c.place, *[both.c[name] for name in GOODS]]
    rows = tx.execute(
        select(*key, func.sum(both.c.moved), func.sum(both.c.held))
        .group_by(*key)
        .having(func.sum(both.c.moved) != func.sum(both.c.held))
        .order_by(*key)
    )
    for place, *goods, moves, stock in rows:
        named = "/".join(part for part in goods if part)
        detail = f"moves say {moves}, stock says {stock}"
        yield Violation("stock_is_what_moves_add_up_to", f"{place} {named}", detail)


def _nothing_below_zero(tx: Session, site: str) -> Iterator[Violation]:
    rows = tx.execute(
        select(Stock.place, Stock.merchant, Stock.sku, Stock.pieces).where(
            Stock.site == site, Stock.pieces < 0, Stock.place.not_in(OUTSIDE)
        )
    )
    for place, merchant, sku, pieces in rows:
        yield Violation("nothing_below_zero", f"{place} {merchant}/{sku}", f"{pieces} pieces")


def _pieces_are_conserved(tx: Session, site: str) -> Iterator[Violation]:
    total = tx.scalar(select(func.sum(Stock.pieces)).where(Stock.site == site))
    if total:
        yield Violation("pieces_are_conserved", site, f"all places together hold {total}, not 0")


def _reserved_is_on_hand(tx: Session, site: str) -> Iterator[Violation]:
    rows = tx.execute(
        select(Stock.place, Stock.merchant, Stock.sku, Stock.reserved, Stock.pieces).where(
            Stock.site == site,
            or_(Stock.reserved < 0, Stock.reserved > Stock.pieces),
            Stock.place.not_in(OUTSIDE),
        )
    )
    for place, merchant, sku, reserved, pieces in rows:
        detail = f"{reserved} reserved of {pieces}"
        yield Violation("reserved_is_on_hand", f"{place} {merchant}/{sku}", detail)


def _reserved_is_what_picks_need(tx: Session, site: str) -> Iterator[Violation]:
    names = ("place", *GOODS)
    needed = select(
        *[getattr(Pick, name) for name in names],
        (Pick.pieces - Pick.picked).label("needed"),
        literal(0).label("reserved"),
    ).where(Pick.site == site, Pick.state == "open")
    promised = select(
        *[getattr(Stock, name) for name in names],
        literal(0).label("needed"),
        Stock.reserved.label("reserved"),
    ).where(Stock.site == site, Stock.reserved != 0)
    both = union_all(needed, promised).subquery()
    key = [both.c[name] for name in names]
    rows = tx.execute(
        select(*key, func.sum(both.c.needed), func.sum(both.c.reserved))
        .group_by(*key)
        .having(func.sum(both.c.needed) != func.sum(both.c.reserved))
    )
    for place, merchant, sku, *_, needs, reserves in rows:
        detail = f"open picks need {needs}, {reserves} reserved"
        yield Violation("reserved_is_what_picks_need", f"{place} {merchant}/{sku}", detail)


def _only_available_is_promised(tx: Session, site: str) -> Iterator[Violation]:
    rows = tx.execute(
        select(Stock.place, Stock.merchant, Stock.sku, Stock.condition).where(
            Stock.site == site, Stock.reserved > 0, Stock.condition != "available"
        )
    )
    for place, merchant, sku, condition in rows:
        detail = f"reserved although {condition}"
        yield Violation("only_available_is_promised", f"{place} {merchant}/{sku}", detail)


def _conditions_are_known(tx: Session, site: str) -> Iterator[Violation]:
    rows = tx.execute(
        select(Stock.place, Stock.sku, Stock.condition).where(
            Stock.site == site, Stock.condition.not_in(CONDITIONS)
        )
    )
    for place, sku, condition in rows:
        yield Violation("conditions_are_known", f"{place} {sku}", condition)


def _a_serial_is_in_one_place(tx: Session, site: str) -> Iterator[Violation]:
    key = (Stock.merchant, Stock.sku, Stock.serial)
    rows = tx.execute(
        select(*key, func.sum(Stock.pieces))
        .where(Stock.site == site, Stock.serial != "", Stock.place.not_in(OUTSIDE))
        .group_by(*key)
        .having(func.sum(Stock.pieces) > 1)
    )
    for merchant, sku, serial, pieces in rows:
        subject = f"{merchant}/{sku} {serial}"
        yield Violation("a_serial_is_in_one_place", subject, f"{pieces} pieces")


def _places_stand_in_no_circle(tx: Session, site: str) -> Iterator[Violation]:
    standing = select(Place.code, Place.parent).where(Place.site == site, Place.parent.is_not(None))
    parents = {row.code: row.parent for row in tx.execute(standing)}
    for code in sorted(parents):
        here: str | None = code
        for _ in range(NESTING_MAX + 1):
            here = parents.get(here) if here else None
        if here is not None:
            detail = f"stands deeper than {NESTING_MAX}, or in a circle"
            yield Violation("places_stand_in_no_circle", code, detail)


def _void_places_are_empty(tx: Session, site: str) -> Iterator[Violation]:
    rows = tx.execute(
        select(Stock.place, Stock.sku, Stock.pieces, Place.state)
        .join(Place, (Place.site == Stock.site) & (Place.code == Stock.place))
        .where(Stock.site == site, Place.state.in_(("void", "shipped")), Stock.pieces > 0)
    )
    for place, sku, pieces, state in rows:
        yield Violation("void_places_are_empty", place, f"{state}, yet holds {pieces} × {sku}")


def _moves_have_an_operation(tx: Session, site: str) -> Iterator[Violation]:
    rows = tx.execute(
        select(Move.operation)
        .outerjoin(Operation, and_(Operation.site == Move.site, Operation.id == Move.operation))
        .where(Move.site == site, Operation.id.is_(None))
        .distinct()
    )
    for (operation,) in rows:
        yield Violation("moves_have_an_operation", operation, "moves without an operation")


STOCK_CHECKS: tuple[Callable[[Session, str], Iterator[Violation]], ...] = (
    _stock_is_what_moves_add_up_to,
    _nothing_below_zero,
    _pieces_are_conserved,
    _reserved_is_on_hand,
    _reserved_is_what_picks_need,
    _only_available_is_promised,
    _conditions_are_known,
    _a_serial_is_in_one_place,
    _places_stand_in_no_circle,
    _void_places_are_empty,
    _moves_have_an_operation,
)
