"""Rules of operations: they can be read, and they moved what they say."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

from sqlalchemy import Row, String, and_, case, cast, func, literal, select, union_all
from sqlalchemy.orm import Session, aliased

from floorhand.domain.things import CORRECTION, CUSTOMER, SCRAP
from floorhand.store.goods import GOODS, goods_columns
from floorhand.store.schema import Move, Operation, Outbox, PrintJob, Trouble
from floorhand.store.violation import SITE, Rule, Violation, rows_of

Figures = Row[*tuple[Any, ...]]
Legs = Callable[[Figures], int]


def _all(moved: Figures) -> int:
    return int(moved.pieces)


def _without_corrections(moved: Figures) -> int:
    return int(moved.pieces - moved.corrected - moved.restored)


def _corrected(moved: Figures) -> int:
    return int(moved.corrected)


def _corrected_or_scrapped(moved: Figures) -> int:
    return int(moved.corrected + moved.scrapped)


def _into_cartons(moved: Figures) -> int:
    return int(moved.pieces - moved.sent)


MOVED: dict[str, tuple[str, Legs]] = {
    "ConfirmPick": ("pieces", _all),
    "CountPieces": ("pieces", _all),
    "SetCount": ("pieces", _all),
    "PutAway": ("pieces", _all),
    "TakePieces": ("counted", _all),
    "Recount": ("counted", _all),
    "DeclareShort": ("pieces", _without_corrections),
    "CloseParcel": ("pieces", _into_cartons),
    "MarkDamaged": ("damaged", _corrected),
    "DeclareMissing": ("missing", _corrected),
    "Dispose": ("pieces", _corrected_or_scrapped),
}
"""The figure of a command that says how many pieces it moved, and which of its moves that means.

A figure below zero is of pieces that went back.
"""


def _to(place: str) -> Any:
    return func.sum(case((Move.target == place, Move.pieces), else_=0))


_MOVES = (
    select(
        Move.operation,
        func.sum(Move.pieces).label("pieces"),
        _to(CORRECTION).label("corrected"),
        _to(SCRAP).label("scrapped"),
        _to(CUSTOMER).label("sent"),
        func.sum(case((Move.source == CORRECTION, Move.pieces), else_=0)).label("restored"),
    )
    .where(Move.site == SITE)
    .group_by(Move.operation)
    .subquery()
)
_MOVED = (
    select(
        Operation.id,
        Operation.kind,
        Operation.facts,
        *[
            func.coalesce(_MOVES.c[name], 0).label(name)
            for name in ("pieces", "corrected", "scrapped", "sent", "restored")
        ],
    )
    .outerjoin(_MOVES, _MOVES.c.operation == Operation.id)
    .where(Operation.site == SITE, Operation.kind.in_(MOVED))
)

JSON_OBJECTS = (
    Operation.command,
    Operation.facts,
    PrintJob.data,
    Outbox.body,
    Trouble.facts,
)
_TEXTS = union_all(
    *[
        select(
            literal(f"{column.class_.__tablename__} ").concat(cast(column.class_.id, String)),
            literal(column.key).label("name"),
            column.label("text"),
        ).where(column.class_.site == SITE)
        for column in JSON_OBJECTS
    ]
)

_UNDONE = aliased(Operation)


def _legs(operation: Any, place: Any, pieces: Any) -> Any:
    """Ask for what moves of undos, or of what they undo, put into a place or took from it."""
    return (
        select(Operation.id, place.label("place"), pieces.label("pieces"))
        .add_columns(*goods_columns(Move))
        .join(Move, and_(Move.site == Operation.site, Move.operation == operation))
        .where(Operation.site == SITE, Operation.undoes.is_not(None))
    )


_LEGS = union_all(
    *[
        _legs(operation, place, pieces)
        for operation in (Operation.id, Operation.undoes)
        for place, pieces in ((Move.source, -Move.pieces), (Move.target, Move.pieces))
    ]
).subquery()
_LEFT = func.sum(_LEGS.c.pieces)


def _texts_are_readable(tx: Session, site: str) -> Iterator[Violation]:
    for subject, name, text in rows_of(tx, _TEXTS, site, many=True):
        if _object_of(text) is None:
            yield Violation("texts_are_readable", subject, f"its {name} is no JSON object")


def _operations_moved_what_they_say(tx: Session, site: str) -> Iterator[Violation]:
    for row in rows_of(tx, _MOVED, site, many=True):
        figure, legs = MOVED[row.kind]
        says = (_object_of(row.facts) or {}).get(figure)
        if isinstance(says, int) and abs(says) != legs(row):
            detail = f"{row.kind} says {says} {figure}, its moves say {legs(row)}"
            yield Violation("operations_moved_what_they_say", f"operation {row.id}", detail)


def _object_of(text: str) -> dict[str, Any] | None:
    try:
        value = json.loads(text)
    except ValueError:
        return None
    return value if isinstance(value, dict) else None


OPERATION_CHECKS = (
    _texts_are_readable,
    _operations_moved_what_they_say,
    Rule(
        "undone_operations_exist",
        select(Operation.id, Operation.undoes)
        .outerjoin(_UNDONE, and_(_UNDONE.site == Operation.site, _UNDONE.id == Operation.undoes))
        .where(Operation.site == SITE, Operation.undoes.is_not(None), _UNDONE.id.is_(None)),
        "operation {id}",
        "undoes {undoes}, which does not exist",
    ),
    Rule(
        "what_is_undone_is_where_it_was",
        select(_LEGS.c.id, _LEGS.c.place, _LEGS.c.sku, _LEFT.label("pieces"))
        .group_by(_LEGS.c.id, _LEGS.c.place, *[_LEGS.c[name] for name in GOODS])
        .having(_LEFT != 0),
        "operation {id}",
        "with what it undoes, {place} has {pieces} × {sku} more",
    ),
)
