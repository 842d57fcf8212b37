"""What is kept of shifts that are over: figures of these never change.

Of the same shift in the weeks before what this one is held against: four shifts a summary would
cost four times what the summary itself does. And what was still to be put away at a shift's end,
which is found from all that moved since, and that is ever more.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, cast

from sqlalchemy import TableClause, bindparam, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from floorhand.domain.headlines import COMPARED_WEEKS, headlines
from floorhand.domain.shifts import Period, weeks_before
from floorhand.domain.tallies import Hours
from floorhand.store.asking import ask
from floorhand.store.masters import site_zone
from floorhand.store.ruling import shifts_at
from floorhand.store.schema import KeptFigures
from floorhand.store.shift_goods import Waiting

VERSION: Final = 3
"""Goes up whenever a figure comes to mean something else: what was kept of it is added up again."""

SETTLED_AFTER: Final = timedelta(hours=1)
"""A scan that was made before a shift's end may be written so long after it, if the database was
away; only then its figures are kept."""

_TABLE = cast(TableClause, KeptFigures.__table__)


def _keeping(dialect: Any) -> Any:
    """Write the figures of a shift, or write them anew."""
    fresh = dialect.insert(_TABLE)
    names = ("version", "worked", "headlines", "pace", "waiting")
    return fresh.on_conflict_do_update(
        index_elements=list(_TABLE.primary_key),
        set_={name: fresh.excluded[name] for name in names},
    )


_KEPT = select(*_TABLE.columns).where(
    KeptFigures.site == bindparam("site"),
    KeptFigures.begins_at == bindparam("start"),
    KeptFigures.ends_at == bindparam("end"),
    KeptFigures.version == VERSION,
)
_KEEP = {"sqlite": _keeping(sqlite), "postgresql": _keeping(postgresql)}

Figures = Callable[[Session, str, Period, datetime], Mapping[str, Any]]
AddedUp = Mapping[str, Any]
"""What is kept of a shift, as a row of its table."""


@dataclass(frozen=True, slots=True)
class Earlier:
    """A shift that somebody worked in."""

    period: Period
    headlines: Mapping[str, float | None]
    pace: Mapping[str, Hours]
    """By job."""


def earlier_shifts(
    tx: Session,
    site: str,
    period: Period,
    now: datetime,
    figures: Figures,
    added_up: Callable[[AddedUp], None],
) -> tuple[Earlier, ...]:
    """Give the same shifts of the weeks before in which anybody did anything, the latest first.

    Args:
        tx: An open transaction.
        site: The building.
        period: The shift, or any period; its like is taken from local clocks.
        now: The moment of asking.
        figures: Adds up the figures of a period, or those of them that are headlines, and its pace.
        added_up: Called with each that was added up now and can be kept (`keep_figures`).
    """
    shifts, zone = shifts_at(tx, site, min(now, period.end)), site_zone(tx, site)
    found: list[Earlier] = []
    for weeks in range(1, COMPARED_WEEKS + 1):
        before = weeks_before(period, shifts, weeks, zone)
        kept = _kept(tx, site, before)
        if kept is None:
            kept = to_keep(before, figures(tx, site, before, now))
            if is_settled(before, now):
                added_up(kept)
        if kept["worked"]:
            found.append(Earlier(before, json.loads(kept["headlines"]), json.loads(kept["pace"])))
    return tuple(found)


def keep_figures(tx: Session, site: str, added_up: AddedUp) -> None:
    """Write down what was added up of a shift that is over."""
    ask(tx, _KEEP, site=site, version=VERSION, **added_up)


def kept_waiting(tx: Session, site: str, period: Period) -> Waiting | None:
    """Give what was still to be put away at the end of a shift; None if that is not kept."""
    kept = _kept(tx, site, period)
    return json.loads(kept["waiting"]) or None if kept is not None else None


def is_settled(period: Period, now: datetime) -> bool:
    """Say whether the figures of a shift can be kept."""
    return period.end + SETTLED_AFTER <= now


def to_keep(period: Period, told: Mapping[str, Any]) -> AddedUp:
    """Pick what is kept out of the figures of a shift."""
    pace = {
        job: [(hour["hour"], hour["pieces"]) for hour in one["hours"]]
        for job, one in told["pace"].items()
    }
    return {
        "begins_at": period.start,
        "ends_at": period.end,
        "worked": bool(told["refusals"]["scans"]),
        "headlines": json.dumps(headlines(told)),
        "pace": json.dumps(pace),
        "waiting": json.dumps(told["dock_to_stock"]["unfinished"]),
    }


def _kept(tx: Session, site: str, period: Period) -> AddedUp | None:
    row = ask(tx, _KEPT, site=site, start=period.start, end=period.end).one_or_none()
    return None if row is None else row._asdict()
