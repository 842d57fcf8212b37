"""Move stock. The only module that writes `Move` and `Stock`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import count
from typing import Any, Final, cast

from sqlalchemy import (
    BindParameter,
    TableClause,
    and_,
    bindparam,
    case,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from floorhand.domain.allocation import Take
from floorhand.domain.things import CORRECTION, OUTSIDE, Goods, Line
from floorhand.domain.tracing import thing, things_of_goods
from floorhand.errors import Clash, Code, Refused
from floorhand.store.asking import Answer, ask, ask_each
from floorhand.store.goods import goods_columns
from floorhand.store.nesting import places_in
from floorhand.store.schema import Move, Stock

OFFICE: Final = "office"
"""Stands for the seat where a command of `floorhand.cli` was given, also in its operation's id."""


@dataclass(frozen=True, slots=True)
class Cause:
    """Who did it, where, when, and by which scan; stamped on every row that a scan writes.

    ``operation`` is ``<seat>:<scan number>``; ``roles`` are the worker's, ``device`` is what the
    one at the seat is called, and ``lead`` is who decides for the worker, if anybody does.
    """

    site: str
    operation: str
    worker: str
    seat: str
    station: str
    at: datetime
    roles: frozenset[str] = frozenset()
    device: str = ""
    lead: str = ""
    figures: dict[str, int | str] = field(default_factory=dict)
    things: set[str] = field(default_factory=set)
    _rows: Iterator[int] = field(default_factory=count)
    _ids: Iterator[int] = field(default_factory=lambda: count(1))

    def new_id(self) -> str:
        """Make an id for something this operation creates, the same whenever it is replayed."""
        return f"{self.operation}/{next(self._ids)}"

    def note(self, **figures: int | str) -> None:
        """Record figures of this operation: ``job``, finished ``pieces``… Summaries add them up."""
        self.figures.update(figures)

    def touch(self, kind: str, *names: str) -> None:
        """Say that this is about a thing that neither its command names nor a move."""
        self.things.add(thing(kind, *names))

    def next_row(self) -> int:
        """Number the moves of this operation."""
        return next(self._rows)


@dataclass(frozen=True, slots=True)
class Leg:
    """Goods went from one place to another."""

    source: str
    target: str
    line: Line


def move(
    tx: Session,
    cause: Cause,
    source: str,
    target: str,
    lines: Sequence[Line],
    *,
    reserved: bool = False,
) -> None:
    """Move lines from one place to another.

    Args:
        tx: An open transaction; the caller commits.
        cause: The scan behind it.
        source: Place code to take from.
        target: Place code to put into.
        lines: What to move, each with at least one piece.
        reserved: Take reserved pieces and lower the reservation with them; else take only pieces
            that nobody has reserved.

    Raises:
        Refused: `Code.NOT_ENOUGH_STOCK`, if the source holds less than asked.
    """
    assert source != target, source
    assert all(line.pieces > 0 for line in lines), lines
    moved = [_moved(cause, source, target, line) for line in lines]
    if moved:
        ask_each(tx, _ADD_MOVE, moved)
        _take(tx, cause, source, lines, reserved)
        _put(tx, cause, target, lines)


def change(
    tx: Session,
    cause: Cause,
    place: str,
    goods: Goods,
    pieces: int,
    *,
    reserved: bool = False,
    **new: str,
) -> Goods:
    """Change condition, lot or expiry of pieces in place, as two moves through *correction*.

    Args:
        tx: An open transaction.
        cause: The scan behind it.
        place: Where they are.
        goods: What they are now.
        pieces: How many.
        reserved: As in `move`.
        new: The fields of `Goods` that change, such as ``condition="hold"``.

    Returns:
        What they are afterwards.

    Raises:
        Refused: `Code.NOT_ENOUGH_STOCK`.
    """
    after = replace(goods, **new)
    if after != goods:
        move(tx, cause, place, CORRECTION, [Line(goods, pieces)], reserved=reserved)
        move(tx, cause, CORRECTION, place, [Line(after, pieces)])
    return after


def reverse(
    tx: Session,
    site: str,
    undone: Sequence[tuple[Cause, str]],
    reserved: Mapping[tuple[str, Goods], int],
) -> tuple[Leg, ...]:
    """Move what operations moved back to where it was, as new moves.

    Args:
        tx: An open transaction.
        site: The building.
        undone: The cause of each new operation, and the id of the one that it takes back.
        reserved: By how much those raised the reservation of goods in a place.

    Returns:
        What went back, the last leg first.

    Raises:
        Refused: `Code.UNDO_STOCK`, if pieces are gone meanwhile, or promised to somebody.
    """
    legs: list[Leg] = []
    change = dict.fromkeys(reserved, 0)
    for cause, operation in undone:
        for target, source, pieces, *goods in ask(
            tx, _MOVES_OF, site=site, operation=operation
        ).all():
            line = Line(Goods(*goods), pieces)
            legs.append(Leg(source, target, line))
            ask(tx, _ADD_MOVE, **_moved(cause, source, target, line))
            for place, more in ((source, -pieces), (target, pieces)):
                change[place, line.goods] = change.get((place, line.goods), 0) + more
    for (place, of), more in change.items():
        named = _named(site, place, of, more)
        done = ask(tx, _CHANGE_STOCK, **named, held=reserved.get((place, of), 0))
        if done.rowcount != 1:
            raise Refused(Code.UNDO_STOCK, sku=of.sku, place=place)
    return tuple(legs)


def reserve(tx: Session, cause: Cause, place: str, goods: Goods, pieces: int) -> bool:
    """Promise pieces in a place; False if they are no longer free there."""
    assert pieces > 0, pieces
    done = ask(tx, _RESERVE, **_named(cause.site, place, goods, pieces))
    return done.rowcount == 1


def reserve_each(tx: Session, cause: Cause, takes: Sequence[Take]) -> None:
    """Promise pieces of shelves that were seen to be free in this transaction.

    Raises:
        Clash: If some no longer are.
    """
    rows = [_named(cause.site, take.shelf.place, take.shelf.goods, take.pieces) for take in takes]
    if ask_each(tx, _RESERVE, rows).rowcount != len(rows):
        raise Clash(f"{cause.operation}: {takes}")


def release(tx: Session, cause: Cause, place: str, goods: Goods, pieces: int) -> None:
    """Take a promise back."""
    done = ask(tx, _RELEASE, **_named(cause.site, place, goods, pieces))
    assert done.rowcount == 1, (place, goods, pieces)


def lines_in(
    tx: Session, site: str, place: str, *, merchant: str = "", sku: str = ""
) -> tuple[Line, ...]:
    """List what stands directly in a place, of one SKU or of all, sorted by SKU, lot, expiry."""
    if sku:
        rows = ask(tx, _LINES_OF_SKU, site=site, place=place, merchant=merchant, sku=sku)
    else:
        rows = ask(tx, _LINES_IN, site=site, place=place)
    return tuple(line for _, line in _lines(rows))


def inside(tx: Session, site: str, place: str) -> tuple[tuple[str, Line], ...]:
    """List what is in a place and in everything that stands in it, as (place code, line)."""
    codes = list(places_in(tx, site, place))
    return _lines(ask(tx, _LINES_INSIDE, site=site, places=codes))


def _lines(rows: Answer) -> tuple[tuple[str, Line], ...]:
    return tuple((place, Line(Goods(*goods), pieces)) for place, pieces, *goods in rows)


def _moved(cause: Cause, source: str, target: str, line: Line) -> dict[str, Any]:
    """Give the columns of a move, which is part of the history of its places and goods."""
    goods = line.goods
    cause.things.update(thing("place", one) for one in (source, target) if one not in OUTSIDE)
    cause.things.update(things_of_goods(goods.merchant, goods.sku, goods.lot, goods.serial))
    return {
        **_goods(cause.site, line.goods),
        "operation": cause.operation,
        "row": cause.next_row(),
        "source": source,
        "target": target,
        "pieces": line.pieces,
        "worker": cause.worker,
        "at": cause.at,
    }


def _goods(site: str, goods: Goods) -> dict[str, Any]:
    """Give the columns that say what pieces are."""
    return {
        "site": site,
        "merchant": goods.merchant,
        "sku": goods.sku,
        "lot": goods.lot,
        "expiry": goods.expiry,
        "serial": goods.serial,
        "condition": goods.condition,
    }


def _named(site: str, place: str, goods: Goods, pieces: int) -> dict[str, Any]:
    """Give the parameters of a statement about one stock row."""
    at = {f"at_{name}": value for name, value in _goods(site, goods).items()}
    return {**at, "at_place": place, "taken": pieces}


_LINES = (
    select(Stock.place, Stock.pieces, *goods_columns(Stock))
    .where(Stock.site == bindparam("site"), Stock.pieces > 0)
    .order_by(Stock.merchant, Stock.sku, Stock.expiry, Stock.lot, Stock.serial, Stock.condition)
)
_LINES_IN = _LINES.where(Stock.place == bindparam("place"))
_LINES_OF_SKU = _LINES_IN.where(
    Stock.merchant == bindparam("merchant"), Stock.sku == bindparam("sku")
)
_LINES_INSIDE = _LINES.where(Stock.place.in_(bindparam("places", expanding=True)))
_STOCK = cast(TableClause, Stock.__table__)
_TAKEN: BindParameter[int] = bindparam("taken")
_HELD: BindParameter[int] = bindparam("held")
_SAME = and_(*(column == bindparam(f"at_{column.name}") for column in _STOCK.primary_key))
_TAKE_FREE = (
    update(_STOCK)
    .where(_SAME, _STOCK.c.pieces - _STOCK.c.reserved >= _TAKEN)
    .values(pieces=_STOCK.c.pieces - _TAKEN)
)
_TAKE_RESERVED = (
    update(_STOCK)
    .where(_SAME, _STOCK.c.reserved >= _TAKEN)
    .values(pieces=_STOCK.c.pieces - _TAKEN, reserved=_STOCK.c.reserved - _TAKEN)
)
_RESERVE = (
    update(_STOCK)
    .where(_SAME, _STOCK.c.pieces - _STOCK.c.reserved >= _TAKEN)
    .values(reserved=_STOCK.c.reserved + _TAKEN)
)
_RELEASE = (
    update(_STOCK)
    .where(_SAME, _STOCK.c.reserved >= _TAKEN)
    .values(reserved=_STOCK.c.reserved - _TAKEN)
)
_CHANGE_STOCK = (
    update(_STOCK)
    .where(
        _SAME,
        or_(
            _STOCK.c.place.in_(OUTSIDE),
            and_(
                _STOCK.c.reserved >= _HELD,
                _STOCK.c.reserved - _HELD <= _STOCK.c.pieces + _TAKEN,
            ),
        ),
    )
    .values(pieces=_STOCK.c.pieces + _TAKEN, reserved=_STOCK.c.reserved - _HELD)
)
_MOVES_OF = (
    select(Move.source, Move.target, Move.pieces, *goods_columns(Move))
    .where(Move.site == bindparam("site"), Move.operation == bindparam("operation"))
    .order_by(Move.row.desc())
)
_ADD_MOVE = insert(cast(TableClause, Move.__table__))
"""These are built once: building a statement costs ten times what running it does, and a parcel
of a thousand lines runs them five thousand times."""


def _add_stock(dialect: Any) -> Any:
    fresh = dialect.insert(_STOCK)
    return fresh.on_conflict_do_update(
        index_elements=list(_STOCK.primary_key),
        set_={
            "pieces": _STOCK.c.pieces + fresh.excluded.pieces,
            "arrived_at": case(
                (_STOCK.c.pieces == 0, fresh.excluded.arrived_at), else_=_STOCK.c.arrived_at
            ),
        },
    )


_ADD_STOCK = {"sqlite": _add_stock(sqlite), "postgresql": _add_stock(postgresql)}


def _put(tx: Session, cause: Cause, place: str, lines: Sequence[Line], sign: int = 1) -> None:
    rows = [
        {
            **_goods(cause.site, line.goods),
            "place": place,
            "pieces": sign * line.pieces,
            "reserved": 0,
            "arrived_at": cause.at,
        }
        for line in lines
    ]
    ask_each(tx, _ADD_STOCK, rows)


def _take(tx: Session, cause: Cause, place: str, lines: Sequence[Line], reserved: bool) -> None:
    if place in OUTSIDE:
        _put(tx, cause, place, lines, sign=-1)
        return
    take = _TAKE_RESERVED if reserved else _TAKE_FREE
    for line in lines:
        done = ask(tx, take, **_named(cause.site, place, line.goods, line.pieces))
        if done.rowcount != 1:
            raise Refused(Code.NOT_ENOUGH_STOCK, sku=line.goods.sku, place=place, asked=line.pieces)
