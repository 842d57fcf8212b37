"""Which operations stand: those that were not taken back, and take nothing back themselves."""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import aliased

from floorhand.store.schema import Operation


def standing() -> ColumnElement[bool]:
    """Make the condition that an operation of the question stands."""
    undo = aliased(Operation)
    undone = (
        select(undo.id).where(undo.site == Operation.site, undo.undoes == Operation.id).exists()
    )
    return and_(Operation.undoes.is_(None), ~undone)
