"""Move stock. The only module that writes `Move` and `Stock`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from itertools import count
from typing import Any

from sqlalchemy import ColumnElement, and_, case, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from floorhand.domain.things import CORRECTION, OUTSIDE, Goods, Line
from floorhand.errors import Code, Refused
from floorhand.store.schema import Move, Place, Stock

NESTING_MAX = 4
"""A place stands at most this deep (carton on pallet on cart in bin)."""


@dataclass(frozen=True, slots=True)
class Cause:
    """Who did it, where, when, and by which scan; stamped on every row that a scan writes.

    ``operation`` is ``<seat>:<scan number>``; ``roles`` are the worker's.
    """

    site: str
    operation: str
    worker: str
    seat: str
    station: str
    at: datetime
    roles: frozenset[str] = frozenset()
    figures: dict[str, int | str] = field(default_factory=dict)
    _rows: "count[int]" = field(default_factory=count)  # noqa: UP037  (count is not generic at run time)
    _ids: "count[int]" = field(default_factory=lambda: count(1))  # noqa: UP037

    def new_id(self) -> str:
        """Make an id for something this operation creates, the same whenever it is replayed."""
        return f"{self.operation}/{next(self._ids)}"

    def note(self, **figures: int | str) -> None:
        """Record figures of this operation (``job``, finished ``pieces``, ``lines``, ``orders``).

        Shift summaries add them up.
        """
        self.figures.update(figures)

    def next_row(self) -> int:
        """Number the moves of this operation."""
        return next(self._rows)


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
    for line in lines:
        assert line.pieces > 0, line
        tx.execute(
            insert(Move).values(
                site=cause.site,
                operation=cause.operation,
                row=cause.next_row(),
                source=source,
                target=target,
                pieces=line.pieces,
                worker=cause.worker,
                at=cause.at,
                **_columns(line.goods),
            )
        )
        _take(tx, cause, source, line, reserved)
        _put(tx, cause, target, line.goods, line.pieces)


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


def reserve(tx: Session, cause: Cause, place: str, goods: Goods, pieces: int) -> bool:
    """Promise pieces in a place; False if they are no longer free there."""
    assert pieces > 0, pieces
    done = tx.scalar(
        update(Stock)
        .where(_at(cause.site, place, goods), Stock.pieces - Stock.reserved >= pieces)
        .values(reserved=Stock.reserved + pieces)
        .returning(Stock.reserved)
    )
    return done is not None


def release(tx: Session, cause: Cause, place: str, goods: Goods, pieces: int) -> None:
    """Take a promise back."""
    done = tx.scalar(
        update(Stock)
        .where(_at(cause.site, place, goods), Stock.reserved >= pieces)
        .values(reserved=Stock.reserved - pieces)
        .returning(Stock.reserved)
    )
    assert done is not None, (place, goods, pieces)


def lines_in(tx: Session, site: str, place: str) -> tuple[Line, ...]:
    """List what stands directly in a place, sorted by SKU, lot and expiry."""
    return tuple(line for _, line in _lines(tx, site, Stock.place == place))


def inside(tx: Session, site: str, place: str) -> tuple[tuple[str, Line], ...]:
    """List what is in a place and in everything that stands in it, as (place code, line)."""
    codes = [place]
    level = [place]
    for _ in range(NESTING_MAX):
        level = list(
            tx.scalars(select(Place.code).where(Place.site == site, Place.parent.in_(level)))
        )
        if not level:
            break
        codes += level
    return _lines(tx, site, Stock.place.in_(codes))


def _lines(tx: Session, site: str, where: ColumnElement[bool]) -> tuple[tuple[str, Line], ...]:
    rows = tx.execute(
        select(
            Stock.place,
            Stock.pieces,
            Stock.merchant,
            Stock.sku,
            Stock.lot,
            Stock.expiry,
            Stock.serial,
            Stock.condition,
        )
        .where(Stock.site == site, where, Stock.pieces > 0)
        .order_by(Stock.merchant, Stock.sku, Stock.expiry, Stock.lot, Stock.serial, Stock.condition)
    )
    return tuple((place, Line(Goods(*goods), pieces)) for place, pieces, *goods in rows)


def _columns(goods: Goods) -> dict[str, str]:
    return asdict(goods)


def _at(site: str, place: str, goods: Goods) -> ColumnElement[bool]:
    return and_(
        Stock.site == site,
        Stock.place == place,
        Stock.merchant == goods.merchant,
        Stock.sku == goods.sku,
        Stock.lot == goods.lot,
        Stock.expiry == goods.expiry,
        Stock.serial == goods.serial,
        Stock.condition == goods.condition,
    )


def _put(tx: Session, cause: Cause, place: str, goods: Goods, pieces: int) -> None:
    dialect: Any = postgresql if tx.get_bind().dialect.name == "postgresql" else sqlite
    fresh = dialect.insert(Stock).values(
        site=cause.site,
        place=place,
        pieces=pieces,
        reserved=0,
        arrived_at=cause.at,
        **_columns(goods),
    )
    tx.execute(
        fresh.on_conflict_do_update(
            index_elements=list(Stock.__table__.primary_key),
            set_={
                "pieces": Stock.pieces + fresh.excluded.pieces,
                "arrived_at": case(
                    (Stock.pieces == 0, fresh.excluded.arrived_at), else_=Stock.arrived_at
                ),
            },
        )
    )


def _take(tx: Session, cause: Cause, place: str, line: Line, reserved: bool) -> None:
    if place in OUTSIDE:
        _put(tx, cause, place, line.goods, -line.pieces)
        return
    if reserved:
        enough = Stock.reserved >= line.pieces
        left = {"pieces": Stock.pieces - line.pieces, "reserved": Stock.reserved - line.pieces}
    else:
        enough = Stock.pieces - Stock.reserved >= line.pieces
        left = {"pieces": Stock.pieces - line.pieces}
    held = tx.scalar(
        update(Stock)
        .where(_at(cause.site, place, line.goods), enough)
        .values(left)
        .returning(Stock.pieces)
    )
    if held is None:
        raise Refused(Code.NOT_ENOUGH_STOCK, sku=line.goods.sku, place=place, asked=line.pieces)
