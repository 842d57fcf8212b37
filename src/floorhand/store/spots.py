"""Where the stops of a walk are: the outermost places, in the order in which they are walked."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BindParameter, Select, bindparam, select
from sqlalchemy.orm import Session

from floorhand.domain.routing import Spot
from floorhand.store.asking import ask
from floorhand.store.prepared import made_once
from floorhand.store.schema import Pick, Place
from floorhand.store.shelves import outermost, with_roots


def spots_ahead(tx: Session, site: str, task: str) -> tuple[tuple[int, Spot], ...]:
    """List the open stops of a walk as (number, outermost place), in walking order."""
    rows = ask(tx, _spots_ahead(), site=site, task=task)
    return tuple((row[0], Spot(*row[1:])) for row in rows)


def spots_by_place(tx: Session, site: str, task: str) -> dict[str, Spot]:
    """Give where a walk's open stops are, by innermost place."""
    rows = ask(tx, _spots_by_place(), site=site, task=task)
    return {row[0]: Spot(*row[1:]) for row in rows}


def spot_of(tx: Session, site: str, place: str) -> Spot:
    """Give where a place is: the outermost one that it stands in."""
    return Spot(*ask(tx, _spot_of(), site=site, place=place).one())


@made_once()
def _spot_of() -> Select[Any]:
    site: BindParameter[str] = bindparam("site")
    asked = with_roots(select(*_spot_columns()).select_from(Place), site, Place.code)
    return asked.where(Place.site == site, Place.code == bindparam("place"))


@made_once()
def _spots_ahead() -> Select[Any]:
    return _spots(Pick.walk_no).order_by(Pick.walk_no, Pick.place, Pick.id)


@made_once()
def _spots_by_place() -> Select[Any]:
    return _spots(Pick.place).distinct()


def _spots(*columns: Any) -> Select[Any]:
    """Ask for columns of the open stops of a walk, and where these are."""
    site: BindParameter[str] = bindparam("site")
    asked: Select[Any] = select(*columns, *_spot_columns()).select_from(Pick)
    return with_roots(asked, site, Pick.place).where(
        Pick.site == site, Pick.task == bindparam("task"), Pick.state == "open"
    )


def _spot_columns() -> tuple[Any, ...]:
    return tuple(outermost(name).label(name) for name in ("code", "walk_no", "aisle_no", "y_mm"))
