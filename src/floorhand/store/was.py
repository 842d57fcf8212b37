"""What papers and labels were until a moment, where their own rows do not tell it any more.

A row says what it is now, and when it became so where that happens once: asked for, sent, shipped.
What happens otherwise (another deadline, another printer, a label that fails, is void or comes out
again, a deed that is taken back) would change what is told of shifts that are over. So whoever
writes such a change keeps the row first. Figures of a period read both: at its end a row was what
was kept of it until the first moment from then on; where nothing was kept, what it is.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Final, cast

from sqlalchemy import ColumnElement, Table, exists, insert, literal, select
from sqlalchemy.orm import Session

from floorhand.store.schema import (
    Delivery,
    DeliveryWas,
    Order,
    OrderWas,
    PrintJob,
    PrintJobWas,
    Return,
    ReturnWas,
)
from floorhand.store.schema.base import UtcTime

_KEPT_OF: Final = {
    cast(Table, of.__table__).name: cast(Table, was.__table__)
    for of, was in (
        (Delivery, DeliveryWas),
        (Order, OrderWas),
        (PrintJob, PrintJobWas),
        (Return, ReturnWas),
    )
}
"""Where rows of a table are kept: under their own key, and until when."""


def keep(
    tx: Session, table: str, now: datetime, *which: ColumnElement[bool], **named: object
) -> None:
    """Keep rows as they were until now; what was kept of one until now already stays.

    Args:
        tx: An open transaction, in which they are changed afterwards.
        table: ``delivery``, ``orders``, ``print_job`` or ``returns``.
        now: The moment of that change.
        which: The rows, by conditions on the table.
        named: Values of parameters in these.
    """
    was = _KEPT_OF[table]
    of = was.metadata.tables[table]
    kept = exists().where(
        was.c.until == now, *(was.c[column.name] == column for column in of.primary_key)
    )
    names = [column.name for column in was.columns]
    until = literal(now, UtcTime)
    values = [until if name == "until" else of.c[name] for name in names]
    rows = select(*values).where(*which, ~kept).params(named)
    tx.execute(insert(was).from_select(names, rows))


def tells(table: str, columns: Collection[str]) -> bool:
    """Say whether figures of earlier shifts are told from any of these columns of a table."""
    was = _KEPT_OF.get(table)
    return was is not None and any(
        name in columns for name, column in was.c.items() if not column.primary_key
    )
