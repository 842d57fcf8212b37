"""What is written of cycle counts, beside moves."""

from __future__ import annotations

from datetime import datetime
from typing import Any, cast

from sqlalchemy import (
    ColumnElement,
    String,
    TableClause,
    and_,
    bindparam,
    case,
    delete,
    func,
    insert,
    literal,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from floorhand.domain.things import Goods
from floorhand.store.asking import ask
from floorhand.store.schema import Counted, CountSheet, Task

_TASK, _SHEET = cast(TableClause, Task.__table__), cast(TableClause, CountSheet.__table__)
_COUNTED = cast(TableClause, Counted.__table__)
_ADD_SHEET = insert(_SHEET)
_SET_SHEET = update(_SHEET).where(
    _SHEET.c.site == bindparam("at_site"), _SHEET.c.task == bindparam("at_task")
)
_FREE = (
    update(_TASK)
    .where(
        _TASK.c.site == bindparam("at_site"),
        _TASK.c.id == bindparam("at_task"),
        _TASK.c.worker == bindparam("by"),
        _TASK.c.state == "claimed",
    )
    .values(state="open", worker=None, claimed_at=None)
)
_WIDEN = (
    update(_TASK)
    .where(_TASK.c.site == bindparam("at_site"), _TASK.c.id == bindparam("at_task"))
    .values(merchant="", sku="", lot="")
)
_ONE = and_(*(column == bindparam(f"at_{column.name}") for column in _COUNTED.primary_key))
_DROP = delete(_COUNTED).where(_ONE)
_DROP_SKU = delete(_COUNTED).where(
    _COUNTED.c.site == bindparam("at_site"),
    _COUNTED.c.task == bindparam("at_task"),
    _COUNTED.c.merchant == bindparam("at_merchant"),
    _COUNTED.c.sku == bindparam("at_sku"),
)
_DROP_ALL = delete(_COUNTED).where(
    _COUNTED.c.site == bindparam("at_site"), _COUNTED.c.task == bindparam("at_task")
)


def _setting(dialect: Any) -> Any:
    fresh = dialect.insert(_COUNTED)
    return fresh.on_conflict_do_update(
        index_elements=list(_COUNTED.primary_key),
        set_={"pieces": fresh.excluded.pieces, "at": fresh.excluded.at},
    )


_SET = {"sqlite": _setting(sqlite), "postgresql": _setting(postgresql)}


def is_named(names: Any, worker: Any) -> ColumnElement[bool]:
    """Say whether a worker is among names that stand a line each."""
    listed = literal("\n").concat(names).concat("\n")
    without = func.replace(listed, literal("\n").concat(worker).concat("\n"), "")
    return without != listed


_WHO = bindparam("who", type_=String)
_BAR = (
    update(_SHEET)
    .where(
        _SHEET.c.site == bindparam("at_site"),
        _SHEET.c.task == bindparam("at_task"),
        ~is_named(_SHEET.c.not_by, _WHO),
    )
    .values(
        not_by=case((_SHEET.c.not_by == "", _WHO), else_=_SHEET.c.not_by.concat("\n").concat(_WHO))
    )
)


def bar(tx: Session, site: str, task: str, worker: str) -> None:
    """Keep a worker from a count, besides those who are kept from it already."""
    ask(tx, _BAR, at_site=site, at_task=task, who=worker)


def add_sheet(tx: Session, site: str, **values: Any) -> None:
    """Begin a sheet."""
    ask(tx, _ADD_SHEET, site=site, **values)


def set_sheet(tx: Session, site: str, task: str, **values: Any) -> None:
    """Change a sheet."""
    ask(tx, _SET_SHEET, at_site=site, at_task=task, **values)


def widen(tx: Session, site: str, task: str) -> None:
    """Make the count of a product one of all that is in the bin."""
    ask(tx, _WIDEN, at_site=site, at_task=task)
    set_sheet(tx, site, task, merchant="", sku="")


def give_back(tx: Session, site: str, task: str, worker: str) -> bool:
    """Open a count to everybody again; False if the worker does not have it.

    What was counted so far is forgotten: whoever counts next shall not see what another one saw.
    """
    if ask(tx, _FREE, at_site=site, at_task=task, by=worker).rowcount != 1:
        return False
    ask(tx, _DROP_ALL, at_site=site, at_task=task)
    set_sheet(tx, site, task, worker=None, since=None, moves="[]")
    return True


def set_counted(tx: Session, site: str, task: str, goods: Goods, pieces: int, at: datetime) -> None:
    """Write down how many pieces of some goods were counted; 0 strikes them off."""
    names = {
        **{"site": site, "task": task, "merchant": goods.merchant, "sku": goods.sku},
        **{"lot": goods.lot, "expiry": goods.expiry, "serial": goods.serial},
        "condition": goods.condition,
    }
    if pieces:
        ask(tx, _SET, **names, pieces=pieces, at=at)
    else:
        ask(tx, _DROP, **{f"at_{name}": value for name, value in names.items()})


def forget_sku(tx: Session, site: str, task: str, merchant: str, sku: str) -> None:
    """Strike off all that was counted of a product."""
    ask(tx, _DROP_SKU, at_site=site, at_task=task, at_merchant=merchant, at_sku=sku)
