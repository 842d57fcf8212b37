"""What operations moved, each in a line: what concerns the thing first that is being looked at."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Final

from sqlalchemy import ColumnElement, false, func, or_, select
from sqlalchemy.orm import Session

from floorhand.domain.things import CORRECTION, OUTSIDE
from floorhand.store.cells import Value, Word
from floorhand.store.goods_names import split_goods
from floorhand.store.nesting import places_in
from floorhand.store.schema import Move, Parcel, Place

MOVES_TOLD_MAX: Final = 3
"""So many moves of an operation are told in a line of a history; its page has them all."""

READ_MAX: Final = 12
"""So many moves of an operation are read for that: an opening stock has thousands of them. Some
are of a pair of which one line tells, and a lot's own may be only half of such a pair."""


@dataclass(slots=True)
class _Told:
    """A move in words; ``rows`` are two where pieces only changed what they are."""

    words: str
    is_own: bool
    rows: int = 1


def moved(
    tx: Session,
    site: str,
    kind: str,
    name: str,
    operations: Iterable[str],
    before: Mapping[str, str],
) -> dict[str, Value]:
    """Tell in a line what each operation moved.

    Of one with many moves those are told that concern the thing, and how many others it has.

    Args:
        tx: An open transaction.
        site: The building.
        kind: Of the thing whose history this is.
        name: Which.
        operations: Their ids; of one that moved nothing nothing is told.
        before: What is told of an operation first, by its id.
    """
    told: dict[str, Value] = dict(before)
    rows = _rows(tx, site, _concerns(tx, site, kind, name), operations)
    for operation, of_it in groupby(rows, lambda row: str(row.operation)):
        told[operation] = _line(list(of_it), before.get(operation, ""))
    return told


def _concerns(tx: Session, site: str, kind: str, name: str) -> ColumnElement[bool]:
    """Say which moves concern a thing: of a place, those of what stands in it, too."""
    match kind:
        case "place":
            places = list(places_in(tx, site, name))
        case "order":
            merchant, _, number = name.partition("/")
            bound = select(Place.code).where(Place.site == site, Place.order_no == name)
            of = (Parcel.site == site, Parcel.merchant == merchant, Parcel.order == number)
            places = [*tx.scalars(bound), *tx.scalars(select(Parcel.carton).where(*of))]
        case "sku" | "lot" | "serial":
            merchant, sku, mark = split_goods(tx, site, name)
            goods = (Move.merchant == merchant) & (Move.sku == sku)
            of_goods = {"sku": goods, "lot": Move.lot == mark, "serial": Move.serial == mark}
            return goods & of_goods[kind]
        case _:
            return false()
    return or_(Move.source.in_(places), Move.target.in_(places))


def _rows(
    tx: Session, site: str, concerns: ColumnElement[bool], operations: Iterable[str]
) -> Iterable[Any]:
    """Give `READ_MAX` moves of each operation, in order, and how many there are in all."""
    own = concerns.label("own")
    each = (
        select(
            *(Move.operation, Move.row, Move.source, Move.target),
            *(Move.merchant, Move.sku, Move.pieces, own),
            func.row_number()
            .over(partition_by=Move.operation, order_by=[own.desc(), Move.row])
            .label("rank"),
            func.count().over(partition_by=Move.operation).label("all"),
        )
        .where(Move.site == site, Move.operation.in_(list(operations)))
        .subquery()
    )
    first = select(each).where(each.c.rank <= READ_MAX)
    return tx.execute(first.order_by(each.c.operation, each.c.row))


def _line(rows: list[Any], before: str) -> Value:
    """Tell what an operation moved; all of it in order, if a line has room for it."""
    told: list[_Told] = []
    for last, row in zip([None, *rows], rows, strict=False):
        goods = f"{row.pieces} × {row.sku}"
        if last is not None and _is_change_in_place(last, row):
            is_own = told[-1].is_own or bool(row.own)
            told[-1] = _Told(f"{goods} {row.target}", is_own, rows=2)
        else:
            told.append(_Told(f"{goods} {_way(row.source, row.target)}", bool(row.own)))
    if len(told) > MOVES_TOLD_MAX:
        told = sorted(told, key=lambda one: not one.is_own)[:MOVES_TOLD_MAX]
    words = ", ".join([*filter(None, [before]), *(one.words for one in told)])
    others = rows[0].all - sum(one.rows for one in told)
    return Word("details.and_more", (("told", words), ("more", others))) if others else words


def _is_change_in_place(out: Any, back: Any) -> bool:
    """Say whether pieces stayed where they were, with another condition or lot."""
    same = (out.source, CORRECTION, out.merchant, out.sku, out.pieces)
    return out.target == CORRECTION and same == (
        back.target,
        back.source,
        back.merchant,
        back.sku,
        back.pieces,
    )


def _way(source: str, target: str) -> str:
    return " → ".join("–" if place in OUTSIDE else place for place in (source, target))
