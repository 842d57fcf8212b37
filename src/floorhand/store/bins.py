"""Bins that goods may go to, read a few at a time, for a building has thousands: each question is
answered from an index, and what stands in the candidates is read in one go."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import product
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Integer,
    Row,
    Select,
    and_,
    bindparam,
    case,
    exists,
    func,
    or_,
    select,
)
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
from floorhand.store.asking import ask
from floorhand.store.masters import volume_mm3
from floorhand.store.prepared import made_once
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
_SITE: BindParameter[str] = bindparam("site")
_MERCHANT: BindParameter[str] = bindparam("merchant")
_OF_SKU: BindParameter[str] = bindparam("sku")
_NEED = select(
    Sku.name,
    Sku.storage,
    Sku.abc,
    Sku.length_mm,
    Sku.width_mm,
    Sku.height_mm,
    Sku.weight_g,
).where(Sku.site == _SITE, Sku.merchant == _MERCHANT, Sku.code == _OF_SKU)
_HOLD_STORAGES = (
    select(Place.storage).where(Place.site == _SITE, Place.kind == "bin", _FOR_HOLD).distinct()
)
_SHELF = select(*_COLUMNS).where(Place.site == _SITE, Place.code == bindparam("code"))
_HOMES = (
    select(*_COLUMNS)
    .join(Stock, and_(Stock.site == _SITE, Stock.place == Place.code))
    .where(
        Stock.site == _SITE,
        Stock.merchant == _MERCHANT,
        Stock.sku == _OF_SKU,
        Place.site == _SITE,
        Place.kind == "bin",
        or_(Stock.pieces > 0, Place.pick_face),
    )
    .distinct()
    .order_by(Place.walk_no, Place.code)
    .limit(HOMES_MAX)
)
_HERE = aliased(Place)
_CODES: BindParameter[Any] = bindparam("codes", expanding=True)
_FILLED = (
    select(
        case((_HERE.kind == "bin", _HERE.code), else_=_HERE.parent),
        Stock.pieces,
        volume_mm3(Sku),
        Sku.weight_g,
        Stock.merchant,
        Stock.sku,
        Stock.lot,
        Stock.expiry,
        Stock.condition,
    )
    .join(_HERE, and_(_HERE.site == _SITE, _HERE.code == Stock.place))
    .join(Sku, and_(Sku.site == _SITE, Sku.merchant == Stock.merchant, Sku.code == Stock.sku))
    .where(
        Stock.site == _SITE,
        or_(_HERE.code.in_(_CODES), and_(_HERE.kind != "bin", _HERE.parent.in_(_CODES))),
    )
)


def need_of(tx: Session, site: str, goods: Goods, pieces: int) -> tuple[Need, str]:
    """Say what goods need of a bin, and what the product is called."""
    row = ask(tx, _NEED, site=site, merchant=goods.merchant, sku=goods.sku).one()
    volume_ml = _ml(row.length_mm * row.width_mm * row.height_mm)
    need = Need(goods, pieces, row.storage, row.abc, volume_ml, row.weight_g, row.height_mm)
    return need, row.name


def hold_storages(tx: Session, site: str, goods: Goods) -> frozenset[str]:
    """List the storage types for which there are bins for held goods; none if these are not held.

    It looks at every bin, so it is asked only for goods to which it matters.
    """
    if goods.condition == AVAILABLE:
        return frozenset()
    return frozenset(hold_storage(row.storage) for row in ask(tx, _HOLD_STORAGES, site=site))


def shelf(tx: Session, site: str, need: Need, code: str) -> Shelf | None:
    """Give one place as a bin for the goods; None if there is no such place."""
    rows = ask(tx, _SHELF, site=site, code=code).all()
    return _filled(tx, site, need, rows)[0] if rows else None


def homes(tx: Session, site: str, need: Need) -> tuple[Shelf, ...]:
    """List the bins that hold the SKU, its pick faces (empty ones too), and their neighbours."""
    goods = need.goods
    known = ask(tx, _HOMES, site=site, merchant=goods.merchant, sku=goods.sku).all()
    if not known:
        return ()
    named = {name: value for no, row in enumerate(known) for name, value in _near(no, row).items()}
    codes = [row.code for row in known]
    beside = ask(tx, _beside(len(known)), site=site, codes=codes, **named)
    return _filled(tx, site, need, [*known, *beside])


def empty_shelves(
    tx: Session, site: str, need: Need, for_hold: frozenset[str]
) -> Iterator[tuple[Shelf, ...]]:
    """Read empty bins of the right storage that the goods fit into, page by page.

    The stretch of the walk where such goods belong comes first; heavy goods are kept low if that
    is possible anywhere.
    """
    first, last = span = _walk_span(tx, site, need, for_hold)
    only_low = (True, False) if need.weight_g >= HEAVY_G else (False,)
    for low in only_low:
        for begin, end in stretches(need.abc, first, last):
            asked = _empty(_is_for_hold(need, for_hold), low)
            named = {**_named(site, need, for_hold), "begin": begin, "end": end}
            yield from _pages(tx, need, asked, named, span)


def shared_shelves(
    tx: Session, site: str, need: Need, for_hold: frozenset[str]
) -> Iterator[tuple[Shelf, ...]]:
    """Read bins of the right storage that hold goods, all of this merchant, page by page."""
    asked = _shared(_is_for_hold(need, for_hold))
    yield from _pages(tx, need, asked, _named(site, need, for_hold), (0, 0))


def _pages(
    tx: Session,
    need: Need,
    asked: Select[*tuple[Any, ...]],
    named: dict[str, Any],
    span: tuple[int, int],
) -> Iterator[tuple[Shelf, ...]]:
    """Read usable bins in walking order, at most `PAGES_MAX` pages of them."""
    for page in range(PAGES_MAX):
        rows = ask(tx, asked, **named, skipped=page * CANDIDATES_MAX).all()
        if rows:
            yield _filled(tx, named["site"], need, rows, span)
        if len(rows) < CANDIDATES_MAX:
            return


def _walk_span(tx: Session, site: str, need: Need, for_hold: frozenset[str]) -> tuple[int, int]:
    """Give the first and last position on the walk among bins of the storage type."""
    named = {"site": site, "storages": _storages(need, for_hold)}
    first, last = (
        ask(tx, _end_of_walk(_is_for_hold(need, for_hold), last), **named).scalar()
        for last in (False, True)
    )
    return first or 0, last or 0


def _storages(need: Need, for_hold: frozenset[str]) -> list[str]:
    """Name the storage types to look for; `floorhand.domain.slotting.bar` has the last word."""
    wanted = need.storage or AMBIENT
    if wanted != AMBIENT:
        return [wanted]
    return [wanted, "", HOLD_STORAGE] if _is_for_hold(need, for_hold) else [wanted, ""]


def _is_for_hold(need: Need, for_hold: frozenset[str]) -> bool | None:
    """Say whether only bins for held goods will do, or only others; None if all will."""
    if need.goods.condition == AVAILABLE:
        return False
    return True if (need.storage or AMBIENT) in for_hold else None


def _named(site: str, need: Need, for_hold: frozenset[str]) -> dict[str, Any]:
    """Give the parameters of `_empty` and `_shared`, but for the stretch."""
    return {
        "site": site,
        "merchant": need.goods.merchant,
        "storages": _storages(need, for_hold),
        "height_mm": need.height_mm,
        "volume_ml": need.volume_ml,
        "weight_g": need.weight_g,
    }


def _of_storage(for_hold: bool | None) -> ColumnElement[bool]:
    named = Place.storage.in_(bindparam("storages", expanding=True))
    if for_hold is None:
        return named
    return and_(named, _FOR_HOLD if for_hold else ~_FOR_HOLD)


@made_once(*product((None, True, False), (True, False)))
def _end_of_walk(for_hold: bool | None, last: bool) -> Select[*tuple[Any, ...]]:
    return (
        select(Place.walk_no)
        .where(Place.site == _SITE, Place.kind == "bin", _of_storage(for_hold))
        .order_by(Place.walk_no.desc() if last else Place.walk_no)
        .limit(1)
    )


@made_once(*product((None, True, False), (True, False)))
def _empty(for_hold: bool | None, low: bool) -> Select[*tuple[Any, ...]]:
    """Ask for empty bins on a stretch of the walk."""
    asked = _candidates(for_hold).where(
        Place.walk_no.between(bindparam("begin"), bindparam("end")), ~_holds(Stock.pieces > 0)
    )
    return asked.where(Place.level <= HEAVY_LEVEL_MAX) if low else asked


@made_once((None,), (True,), (False,))
def _shared(for_hold: bool | None) -> Select[*tuple[Any, ...]]:
    """Ask for bins that hold goods of this merchant and of no other."""
    return _candidates(for_hold).where(
        _holds(and_(Stock.pieces > 0, Stock.merchant == _MERCHANT)),
        ~_holds(and_(Stock.pieces > 0, Stock.merchant != _MERCHANT)),
    )


def _candidates(for_hold: bool | None) -> Select[*tuple[Any, ...]]:
    """Ask for usable bins of a storage into which at least one piece goes when they are empty."""
    fits: tuple[tuple[Any, Any], ...] = (
        (Place.inner_height_mm, bindparam("height_mm")),
        (Place.capacity_ml, bindparam("volume_ml")),
        (Place.capacity_g, bindparam("weight_g")),
    )
    return (
        select(*_COLUMNS)
        .where(
            Place.site == _SITE,
            _USABLE,
            or_(Place.merchant.is_(None), Place.merchant == _MERCHANT),
            _of_storage(for_hold),
            *(or_(most == 0, most >= needed) for most, needed in fits),
        )
        .order_by(Place.walk_no, Place.code)
        .offset(bindparam("skipped", type_=Integer))
        .limit(CANDIDATES_MAX)
    )


def _holds(what: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists().where(Stock.site == Place.site, Stock.place == Place.code, what)


@made_once((1,), (2,), (3,), (4,), (HOMES_MAX,))
def _beside(homes: int) -> Select[*tuple[Any, ...]]:
    """Ask for usable bins next to some that are given by `_near`.

    Spelt out one by one: joined with the given ones, SQLite would read their zone once for each.
    """
    each = (
        and_(
            Place.zone == bindparam(f"zone_{no}"),
            Place.aisle_no == bindparam(f"aisle_{no}"),
            or_(
                Place.y_mm.between(bindparam(f"y_from_{no}"), bindparam(f"y_to_{no}")),
                Place.walk_no.between(bindparam(f"walk_from_{no}"), bindparam(f"walk_to_{no}")),
            ),
        )
        for no in range(homes)
    )
    return (
        select(*_COLUMNS)
        .where(Place.site == _SITE, _USABLE, Place.code.not_in(_CODES), or_(*each))
        .order_by(Place.walk_no, Place.code)
        .limit(NEIGHBOURS_MAX)
    )


def _near(no: int, row: Row[*tuple[Any, ...]]) -> dict[str, Any]:
    """Give the stretch around a bin, in mm or in steps of the walk; the other ends at once."""
    here = {f"zone_{no}": row.zone, f"aisle_{no}": row.aisle_no}
    ys, walk = (1, 0), (1, 0)
    if row.y_mm:
        ys = (row.y_mm - NEIGHBOUR_MM, row.y_mm + NEIGHBOUR_MM)
    else:
        walk = (max(1, row.walk_no - NEIGHBOUR_STEPS), row.walk_no + NEIGHBOUR_STEPS)
    span = (f"y_from_{no}", f"y_to_{no}", f"walk_from_{no}", f"walk_to_{no}")
    return {**here, **dict(zip(span, (*ys, *walk), strict=True))}


def _filled(
    tx: Session,
    site: str,
    need: Need,
    rows: Sequence[Row[*tuple[Any, ...]]],
    span: tuple[int, int] = (0, 0),
) -> tuple[Shelf, ...]:
    """Add what stands in the bins, and in containers in them."""
    shelves = {row.code: _shelf(row, span) for row in rows}
    found = ask(tx, _FILLED, site=site, codes=list(shelves))
    wanted = (need.goods.merchant, need.goods.sku)
    for code, pieces, piece_mm3, weight_g, *kept in found:
        merchant, sku, lot, expiry, condition = kept
        goods = Goods(merchant, sku, lot, expiry, "", condition)
        known = shelves[code]
        if pieces:
            shelves[code] = replace(
                known,
                used_pieces=known.used_pieces + pieces,
                used_ml=known.used_ml + pieces * _ml(piece_mm3),
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


def _ml(mm3: int) -> int:
    return -(-mm3 // 1000)
