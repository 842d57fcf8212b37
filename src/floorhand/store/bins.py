"""Bins that goods may go to, read a few at a time: a building has thousands.

Each question is answered from an index; what stands in the candidates is read in one go.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, case, exists, func, or_, select, true
from sqlalchemy.orm import Session, aliased

from floorhand.domain.slotting import (
    AMBIENT,
    HEAVY_G,
    HEAVY_LEVEL_MAX,
    HOLD_STORAGE,
    NEIGHBOUR_MM,
    NEIGHBOUR_STEPS,
    QUARANTINE_ZONES,
    Need,
    Shelf,
    hold_storage,
    stretches,
)
from floorhand.domain.things import AVAILABLE, Goods
from floorhand.store.schema import Place, Sku, Stock

HOMES_MAX = 40
"""Bins of a SKU that are looked at; with more, the first on the walk will do."""

NEIGHBOURS_MAX = 120

CANDIDATES_MAX = 40
"""Empty or shared bins looked at in one go."""

PAGES_MAX = 100
"""Pages of bins looked through for one with room."""

_FOR_HOLD = or_(Place.storage == HOLD_STORAGE, func.lower(Place.zone).in_(sorted(QUARANTINE_ZONES)))
_USABLE = and_(
    Place.kind == "bin", Place.state == "open", Place.blocked == "", Place.full.is_(False)
)
_COLUMNS = (
    Place.code,
    Place.kind,
    Place.state,
    Place.zone,
    Place.storage,
    Place.merchant,
    Place.blocked,
    Place.full,
    Place.pick_face,
    Place.aisle_no,
    Place.y_mm,
    Place.level,
    Place.walk_no,
    Place.capacity_pieces,
    Place.capacity_ml,
    Place.capacity_g,
    Place.inner_height_mm,
)


def need_of(tx: Session, site: str, goods: Goods, pieces: int) -> tuple[Need, str]:
    """Say what goods need of a bin, and what the product is called."""
    row = tx.execute(
        select(
            Sku.name,
            Sku.storage,
            Sku.abc,
            Sku.length_mm,
            Sku.width_mm,
            Sku.height_mm,
            Sku.weight_g,
        ).where(Sku.site == site, Sku.merchant == goods.merchant, Sku.code == goods.sku)
    ).one()
    volume_ml = _ml(row.length_mm * row.width_mm * row.height_mm)
    need = Need(goods, pieces, row.storage, row.abc, volume_ml, row.weight_g, row.height_mm)
    return need, row.name


def hold_storages(tx: Session, site: str) -> frozenset[str]:
    """List the storage types for which there are bins for held goods."""
    found = tx.scalars(
        select(Place.storage).where(Place.site == site, Place.kind == "bin", _FOR_HOLD).distinct()
    )
    return frozenset(hold_storage(storage) for storage in found)


def shelf(tx: Session, site: str, need: Need, code: str) -> Shelf | None:
    """Give one place as a bin for the goods; None if there is no such place."""
    rows = tx.execute(select(*_COLUMNS).where(Place.site == site, Place.code == code)).all()
    return _filled(tx, site, need, rows)[0] if rows else None


def homes(tx: Session, site: str, need: Need) -> tuple[Shelf, ...]:
    """List the bins that hold the SKU, its pick faces (empty ones too), and their neighbours."""
    goods = need.goods
    known = tx.execute(
        select(*_COLUMNS)
        .join(Stock, and_(Stock.site == site, Stock.place == Place.code))
        .where(
            Stock.site == site,
            Stock.merchant == goods.merchant,
            Stock.sku == goods.sku,
            Place.site == site,
            Place.kind == "bin",
            or_(Stock.pieces > 0, Place.pick_face),
        )
        .distinct()
        .order_by(Place.walk_no, Place.code)
        .limit(HOMES_MAX)
    ).all()
    if not known:
        return ()
    codes = [row.code for row in known]
    beside = tx.execute(
        select(*_COLUMNS)
        .where(
            Place.site == site,
            _USABLE,
            Place.code.not_in(codes),
            or_(*(_beside(row) for row in known)),
        )
        .order_by(Place.walk_no, Place.code)
        .limit(NEIGHBOURS_MAX)
    ).all()
    return _filled(tx, site, need, [*known, *beside])


def empty_shelves(
    tx: Session, site: str, need: Need, for_hold: frozenset[str]
) -> Iterator[tuple[Shelf, ...]]:
    """Read empty bins of the right storage that the goods fit into, page by page.

    The stretch of the walk where such goods belong comes first; heavy goods are kept low if that
    is possible anywhere.
    """
    first, last = span = _walk_span(tx, site, need, for_hold)
    levels = [Place.level <= HEAVY_LEVEL_MAX] if need.weight_g >= HEAVY_G else []
    for level in (*levels, true()):
        for begin, end in stretches(need.abc, first, last):
            where = and_(
                Place.walk_no.between(begin, end),
                level,
                _bound_to(need),
                _storage(need, for_hold),
                _fits(need),
                ~_holds(Stock.pieces > 0),
            )
            yield from _pages(tx, site, need, where, span)


def shared_shelves(
    tx: Session, site: str, need: Need, for_hold: frozenset[str]
) -> Iterator[tuple[Shelf, ...]]:
    """Read bins of the right storage that hold goods, all of this merchant, page by page."""
    where = and_(
        _bound_to(need),
        _storage(need, for_hold),
        _fits(need),
        _holds(and_(Stock.pieces > 0, Stock.merchant == need.goods.merchant)),
        ~_holds(and_(Stock.pieces > 0, Stock.merchant != need.goods.merchant)),
    )
    yield from _pages(tx, site, need, where, (0, 0))


def _pages(
    tx: Session, site: str, need: Need, where: ColumnElement[bool], span: tuple[int, int]
) -> Iterator[tuple[Shelf, ...]]:
    """Read usable bins in walking order, at most `PAGES_MAX` pages of them."""
    for page in range(PAGES_MAX):
        rows = tx.execute(
            select(*_COLUMNS)
            .where(Place.site == site, _USABLE, where)
            .order_by(Place.walk_no, Place.code)
            .offset(page * CANDIDATES_MAX)
            .limit(CANDIDATES_MAX)
        ).all()
        if rows:
            yield _filled(tx, site, need, rows, span)
        if len(rows) < CANDIDATES_MAX:
            return


def _walk_span(tx: Session, site: str, need: Need, for_hold: frozenset[str]) -> tuple[int, int]:
    """Give the first and last position on the walk among bins of the storage type."""
    walk = select(Place.walk_no).where(
        Place.site == site, Place.kind == "bin", _storage(need, for_hold)
    )
    first = tx.scalar(walk.order_by(Place.walk_no).limit(1))
    last = tx.scalar(walk.order_by(Place.walk_no.desc()).limit(1))
    return first or 0, last or 0


def _bound_to(need: Need) -> ColumnElement[bool]:
    return or_(Place.merchant.is_(None), Place.merchant == need.goods.merchant)


def _storage(need: Need, for_hold: frozenset[str]) -> ColumnElement[bool]:
    """Narrow down to the storage type; `floorhand.domain.slotting.bar` has the last word."""
    wanted = need.storage or AMBIENT
    names = [wanted, ""] if wanted == AMBIENT else [wanted]
    if need.goods.condition == AVAILABLE:
        return and_(Place.storage.in_(names), ~_FOR_HOLD)
    if wanted in for_hold:
        names += [HOLD_STORAGE] if wanted == AMBIENT else []
        return and_(Place.storage.in_(names), _FOR_HOLD)
    return Place.storage.in_(names)


def _fits(need: Need) -> ColumnElement[bool]:
    """Leave out bins into which not even one piece goes when they are empty."""
    return and_(
        or_(Place.inner_height_mm == 0, Place.inner_height_mm >= need.height_mm),
        or_(Place.capacity_ml == 0, Place.capacity_ml >= need.volume_ml),
        or_(Place.capacity_g == 0, Place.capacity_g >= need.weight_g),
    )


def _holds(what: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists().where(Stock.site == Place.site, Stock.place == Place.code, what)


def _beside(row: Row[*tuple[Any, ...]]) -> ColumnElement[bool]:
    near = (
        Place.y_mm.between(row.y_mm - NEIGHBOUR_MM, row.y_mm + NEIGHBOUR_MM)
        if row.y_mm
        else Place.walk_no.between(
            max(1, row.walk_no - NEIGHBOUR_STEPS), row.walk_no + NEIGHBOUR_STEPS
        )
    )
    return and_(Place.zone == row.zone, Place.aisle_no == row.aisle_no, near)


def _filled(
    tx: Session,
    site: str,
    need: Need,
    rows: Sequence[Row[*tuple[Any, ...]]],
    span: tuple[int, int] = (0, 0),
) -> tuple[Shelf, ...]:
    """Add what stands in the bins, and in containers in them."""
    shelves = {row.code: _shelf(row, span) for row in rows}
    here = aliased(Place)
    at = case((here.kind == "bin", here.code), else_=here.parent)
    codes = list(shelves)
    found = tx.execute(
        select(
            at,
            Stock.pieces,
            Sku.length_mm * Sku.width_mm * Sku.height_mm,
            Sku.weight_g,
            Stock.merchant,
            Stock.sku,
            Stock.lot,
            Stock.expiry,
            Stock.condition,
        )
        .join(here, and_(here.site == site, here.code == Stock.place))
        .join(Sku, and_(Sku.site == site, Sku.merchant == Stock.merchant, Sku.code == Stock.sku))
        .where(
            Stock.site == site,
            or_(here.code.in_(codes), and_(here.kind != "bin", here.parent.in_(codes))),
        )
    )
    wanted = (need.goods.merchant, need.goods.sku)
    for code, pieces, volume_mm3, weight_g, *kept in found:
        merchant, sku, lot, expiry, condition = kept
        goods = Goods(merchant, sku, lot, expiry, "", condition)
        known = shelves[code]
        if pieces:
            shelves[code] = replace(
                known,
                used_pieces=known.used_pieces + pieces,
                used_ml=known.used_ml + pieces * _ml(volume_mm3),
                used_g=known.used_g + pieces * weight_g,
                held=known.held if goods in known.held else (*known.held, goods),
            )
        elif known.pick_face and (goods.merchant, goods.sku) == wanted:
            shelves[code] = replace(known, faced=True)
    return tuple(shelves.values())


def _shelf(row: Row[*tuple[Any, ...]], span: tuple[int, int]) -> Shelf:
    first, last = span
    return Shelf(
        code=row.code,
        kind=row.kind,
        state=row.state,
        zone=row.zone,
        storage=row.storage,
        bound=row.merchant or "",
        blocked=bool(row.blocked),
        full=row.full,
        pick_face=row.pick_face,
        aisle_no=row.aisle_no,
        y_mm=row.y_mm,
        level=row.level,
        walk_no=row.walk_no,
        walk_pct=-((first - row.walk_no) * 100 // (last - first)) if last > first else -1,
        capacity_pieces=row.capacity_pieces,
        capacity_ml=row.capacity_ml,
        capacity_g=row.capacity_g,
        inner_height_mm=row.inner_height_mm,
    )


def _ml(volume_mm3: int) -> int:
    return -(-volume_mm3 // 1000)
