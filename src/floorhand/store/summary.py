"""The figures of a shift, all in one place: from operations, moves, scans and papers alone.

Asked again they are the same, whatever happened since: `floorhand.domain.entries` says what counts
where, and of what was changed since `floorhand.store.was` keeps what it was. Medians and shares of
a list (times, accuracy by refusals) are of what was done in the shift and stood at its end; nothing
is taken off them later.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy.orm import Session

from floorhand.domain import floor_figures, tallies
from floorhand.domain.bench_figures import bench_figures, bench_findings
from floorhand.domain.entries import Noted
from floorhand.domain.headlines import compared, headlines
from floorhand.domain.order_figures import order_figures
from floorhand.domain.proofs import StockProof
from floorhand.domain.return_figures import RETURNS_NOTE, return_figures
from floorhand.domain.shifts import (
    Period,
    Refusal,
    end_of_next,
)
from floorhand.store import shift_goods, shift_orders, shift_returns, summaries
from floorhand.store.asking import connection_of
from floorhand.store.earlier import AddedUp, earlier_shifts, is_settled, kept_waiting, to_keep
from floorhand.store.entries import entries
from floorhand.store.masters import site_zone
from floorhand.store.proofs import stock_told
from floorhand.store.room import left_for
from floorhand.store.ruling import shifts_at
from floorhand.store.shift_deliveries import deliveries
from floorhand.store.shift_goods import Waiting
from floorhand.store.shift_pace import jobs_told, shift_pace, targets_at_end, with_usual
from floorhand.store.shift_people import people

Stretch = tuple[str, datetime, datetime | None]


def summarise(
    tx: Session,
    site: str,
    period: Period,
    now: datetime,
    *,
    added_up: Callable[[AddedUp], None] = lambda _: None,
    sign: Callable[[StockProof], str] = lambda _: "",
) -> dict[str, Any]:
    """Put the figures of a period together, as plain values fit for JSON.

    Args:
        tx: An open transaction; best one in which nobody waits for us (`Onlooker`).
        site: The building.
        period: A shift, a day, or any other.
        now: The moment of asking.
        added_up: Called with what was added up now of a shift, this one or one before, and can be
            kept (`keep_figures`).
        sign: As for `floorhand.store.proofs.stock_told`.

    Returns:
        All that `shift_figures` gives, and

        - ``comparison``: ``shifts`` (start and end of the same shifts before that anybody worked
          in, the latest first), and ``figures``: by headline (`floorhand.domain.headlines`)
          ``now``, ``last`` and ``mean``;
        - in ``pace`` in each hour ``usual``: the mean pieces of that clock hour in those shifts,
          None if there were none; and by job without a target of the site's as ``target`` their
          mean of all hours, with ``target_of`` as ``mean``;
        - ``left_over`` and ``disk``, which are of the moment ``as_of``, whatever the period, and
          ``stock`` (`floorhand.store.proofs.stock_told`).
    """
    waiting = kept_waiting(tx, site, period)
    figures = shift_figures(tx, site, period, now, waiting)
    if waiting is None and is_settled(period, now):
        added_up(to_keep(period, figures))
    compared_with = partial(shift_figures, waiting={})  # no headline: what moved since is not read
    before = earlier_shifts(tx, site, period, now, compared_with, added_up)
    return {
        **figures,
        "pace": with_usual(figures["pace"], [one.pace for one in before]),
        "comparison": {
            "shifts": [_span(one.period) for one in before],
            "figures": compared(headlines(figures), [one.headlines for one in before]),
        },
        "disk": _disk(tx),
        "left_over": {"as_of": now.isoformat(), **summaries.left_over(tx, site, now)},
        "stock": stock_told(tx, site, now, sign),
    }


@contextmanager
def _uncollected() -> Iterator[None]:
    """Look for no rubbish meanwhile: of 70,000 rows that are read none is any.

    Python looks for it as often as so many are made, through all that the program has loaded: that
    takes a quarter of the time.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


@_uncollected()
def shift_figures(
    tx: Session, site: str, period: Period, now: datetime, waiting: Waiting | None = None
) -> dict[str, Any]:
    """Give the figures of a period that do not change once it is over.

    Times are in seconds where a name ends in ``_s``; a rate or share is None where it would say
    nothing. ``waiting`` is as for `floorhand.store.shift_goods.dock_to_stock`.

    Returns:
        - ``period``: ``name``, ``start``, ``end`` (UTC), ``length_s``, ``time_zone``;
        - ``jobs``: by job the figures of `floorhand.domain.tallies.told`, and what the site wants
          of it (`floorhand.domain.pace_targets.held_against`); ``workers``: by worker
          the same by job without that, and ``name``, ``signed_in_s``, ``utilisation_pct``;
        - ``pace``: by job `floorhand.store.shift_pace.shift_pace`;
        - ``gaps``: a list of ``worker``, ``start``, ``length_s``, ``before``, ``after`` (jobs) and
          ``why`` (`floorhand.domain.pauses.explain`);
        - ``refusals``: ``scans``, ``refusals``, ``refusal_pct``, ``by_code``, ``by_worker``;
          ``undone``: how often, by worker and job of what was taken back;
        - ``orders`` (`order_figures`), ``shorts`` (`short_figures`), ``bench`` (`bench_figures`),
          ``proposals`` (`proposal_figures`), ``counts`` (`count_figures`), ``dock_to_stock``
          (`floorhand.store.shift_goods.dock_to_stock`), ``adjustments`` (`adjustment_figures`),
          ``returns`` (`return_figures`), ``labels`` (`label_figures`);
        - ``deliveries``: a list of those worked on, as at the period's end; and
          ``deliveries_closed`` by merchant (`delivery_figures`).
    """
    read = entries(tx, site, period)
    noted = Noted(read.counted)
    zone = site_zone(tx, site)
    targets = targets_at_end(tx, site, period)
    refused = summaries.refusals(tx, site, period)
    scans = tallies.scanned(summaries.scans(tx, site, period), refused)
    worked = people(tx, site, period, now, noted, scans)
    return {
        "period": _period_told(period, zone.key),
        **worked,
        "jobs": jobs_told(worked["jobs"], targets),
        "pace": shift_pace(noted, scans.beats, period, zone, targets),
        "refusals": tallies.refusals_told(scans.counted),
        "undone": floor_figures.undo_figures(read.taken_back),
        "orders": order_figures(noted("ordered_pieces"), *shift_orders.due(tx, site, period, now)),
        "shorts": floor_figures.short_figures(
            noted("short_lines"), worked["jobs"]["picking"]["lines"]
        ),
        "proposals": floor_figures.proposal_figures(noted("proposed")),
        "counts": floor_figures.count_figures(noted("places")),
        **_goods(tx, site, period, now, noted, waiting),
        "bench": _bench(tx, site, period, noted, refused),
        "returns": _returns(tx, site, period, now, noted),
    }


def _period_told(period: Period, time_zone: str) -> dict[str, Any]:
    told: dict[str, Any] = {"name": period.name, **_span(period)}
    return told | {"length_s": period.length_s, "time_zone": time_zone}


def _span(period: Period) -> dict[str, str]:
    return {"start": period.start.isoformat(), "end": period.end.isoformat()}


def _goods(
    tx: Session, site: str, period: Period, now: datetime, noted: Noted, waiting: Waiting | None
) -> dict[str, Any]:
    """Say what became of goods: received, put away, put right."""
    nets = shift_goods.corrections(tx, site, period, noted.entries)
    worked_on = deliveries(tx, site, period, now, noted)
    put = shift_goods.dock_to_stock(tx, site, period, noted.by_operation, now, waiting)
    return {
        "deliveries": [one._asdict() for one in worked_on],
        "deliveries_closed": floor_figures.delivery_figures(noted("deliveries")),
        "dock_to_stock": put,
        "adjustments": floor_figures.adjustment_figures(noted.by_operation, nets),
    }


def _bench(
    tx: Session, site: str, period: Period, noted: Noted, refused: Sequence[Refusal]
) -> dict[str, Any]:
    found, since = bench_findings(noted, refused)
    return bench_figures(found, shift_orders.pickers(tx, site, period, noted, since))


def _returns(
    tx: Session,
    site: str,
    period: Period,
    now: datetime,
    noted: Noted,
) -> dict[str, Any]:
    shifts, zone = shifts_at(tx, site, min(now, period.end)), site_zone(tx, site)
    next_end = end_of_next(shifts, period.end, zone)
    due = shift_returns.deadlines(tx, site, period, next_end, now)
    return return_figures(noted(*RETURNS_NOTE), due.missed, due.coming)


def _disk(tx: Session) -> dict[str, Any] | None:
    """Say how much room is left for the database; None if it cannot be seen from here."""
    left = left_for(connection_of(tx).engine.url)
    return {"room": str(left.room), "left_mb": left.megabytes} if left is not None else None
