"""What a board shows of a building, as it is now: what is left, who is on what, what waits where.

Every question is answered from what is open, or from the last hour, by an index: it takes as long
in a building that has worked for years. Ten boards may ask all of it each second.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import bindparam, case, func, literal_column, or_, select
from sqlalchemy.orm import Session

from floorhand.domain.cut_offs import (
    BLOCKED,
    PACE_OVER_S,
    WORKABLE,
    CutOff,
    Forecast,
    forecasts,
    pace_per_hour,
    together,
)
from floorhand.domain.inspection import AMBER_H
from floorhand.domain.printing import Stands
from floorhand.domain.shifts import Period, local_day, shift_at
from floorhand.store.asking import among, ask
from floorhand.store.exceptions import by_kind
from floorhand.store.holds import stands_still
from floorhand.store.in_hand import claims, in_hand
from floorhand.store.masters import DEFAULT_PRINTER, site_rules, site_zone
from floorhand.store.schema import (
    Delivery,
    Handover,
    Operation,
    Order,
    Place,
    PrinterRow,
    Return,
    Scan,
    Seat,
    Station,
    Stock,
    Task,
    Worker,
)
from floorhand.store.seats import sat_down
from floorhand.store.stands import printer_stands

REFUSALS_OVER: Final = timedelta(hours=1)
"""Scans that were refused so lately are told."""

_OPEN_ORDERS = (
    select(Order.due_at, Order.state, func.count().label("orders"))
    .where(Order.site == bindparam("site"), among(Order.state, *WORKABLE, *BLOCKED))
    .group_by(Order.due_at, Order.state)
)
_HELD_ORDERS = (
    select(Order.due_at, Order.state, func.count().label("orders"))
    .where(Order.site == bindparam("site"), among(Order.state, *WORKABLE), stands_still(Order))
    .group_by(Order.due_at, Order.state)
)
"""Orders that people could bring to an end, if a lead let them."""
_SHIPPED = func.coalesce(Order.state, "") == "shipped"
"""Behind a function, so that SQLite looks up when orders were closed: it would read all that were
ever shipped."""

_LEFT_TODAY = (
    select(
        Order.due_at,
        func.sum(case((Order.closed_at <= Order.due_at, 1), else_=0)).label("in_time"),
        func.count().label("orders"),
    )
    .where(
        Order.site == bindparam("site"),
        Order.closed_at >= bindparam("since"),
        _SHIPPED,
    )
    .group_by(Order.due_at)
)
_LEFT_LATELY = select(func.count()).where(
    Order.site == bindparam("site"),
    Order.closed_at >= bindparam("since"),
    _SHIPPED,
)
_ENDED = (
    select(Task.done_at)
    .where(Task.site == Seat.site, Task.worker == Seat.worker, Task.done_at.is_not(None))
    .order_by(Task.done_at.desc())
    .limit(1)
    .correlate(Seat)
    .scalar_subquery()
)
_PEOPLE = (
    select(
        *(Seat.code, Seat.station, Seat.flow, Seat.state, Seat.at),
        Worker.code.label("worker"),
        Worker.name,
        Operation.at.label("did_at"),
        _ENDED.label("ended_at"),
    )
    .join_from(Seat, Worker, (Worker.site == Seat.site) & (Worker.code == Seat.worker))
    .outerjoin(
        Operation,
        (Operation.site == Seat.site)
        & (Operation.id == Seat.undo_step)
        & (Operation.worker == Seat.worker),
    )
    .where(Seat.site == bindparam("site"))
    .order_by(Worker.name, Seat.code)
)
_TASKS = (
    select(
        Task.kind,
        func.count().label("count"),
        func.sum(Task.pieces).label("pieces"),
        func.min(Task.created_at).label("oldest"),
    )
    .where(
        Task.site == bindparam("site"),
        Task.kind.in_(("putaway", "count", "putback", "refill")),
        among(Task.state, "open", "parked"),
    )
    .group_by(Task.kind)
)
_DELIVERIES = (
    select(
        Delivery.state, func.count().label("count"), func.min(Delivery.opened_at).label("oldest")
    )
    .where(
        Delivery.site == bindparam("site"),
        Delivery.closed_at.is_(None),
        or_(
            Delivery.state == "receiving",
            (Delivery.state == "announced")
            & (Delivery.expected_on != "")
            & (Delivery.expected_on <= bindparam("today")),
        ),
    )
    .group_by(Delivery.state)
)
_PICKED = (
    select(func.min(Stock.arrived_at))
    .where(Stock.site == Place.site, Stock.place == Place.code, Stock.pieces > 0)
    .correlate(Place)
    .scalar_subquery()
)
_BROUGHT = func.coalesce(Place.stood_at, _PICKED)
"""A tote waits since it was brought; one that was listed to be there, since what is in it came."""
_STAND = Place.__table__.alias("stand")
_TOTES = (
    select(func.count().label("count"), func.min(_BROUGHT).label("oldest"))
    .join_from(Place, _STAND, (_STAND.c.site == Place.site) & (_STAND.c.code == Place.parent))
    .where(
        Place.site == bindparam("site"),
        Place.kind == "tote",
        Place.order_no.is_not(None),
        _STAND.c.kind.in_(("bench", "dock")),
    )
)
_RETURNS = select(
    func.count().label("count"),
    func.min(Return.received_at).label("oldest"),
    func.sum(case((Return.deadline < bindparam("now"), 1), else_=0)).label("late"),
    func.sum(
        case((Return.deadline.between(bindparam("now"), bindparam("soon")), 1), else_=0)
    ).label("soon"),
    func.sum(
        case(
            (
                (Return.deadline > bindparam("soon")) & (Return.deadline <= bindparam("later")),
                1,
            ),
            else_=0,
        )
    ).label("later"),
).where(Return.site == bindparam("site"), Return.custody == "received")
REFUSED = Scan.fate != literal_column("'taken'")
"""Spelt out, as the index on these says it: SQLite does not look into parameters."""
_REFUSALS = (
    select(Scan.fate, func.count().label("count"))
    .where(Scan.site == bindparam("site"), REFUSED, Scan.at >= bindparam("since"))
    .group_by(Scan.fate)
)
_HANDOVER = (
    select(Handover.at, Handover.taken_by)
    .where(Handover.site == bindparam("site"))
    .order_by(Handover.at.desc())
    .limit(1)
)
_PRINTERS = select(PrinterRow.code).where(PrinterRow.site == bindparam("site"))
_OF_STATIONS = select(Station.printer).where(Station.site == bindparam("site")).distinct()


@dataclass(frozen=True, slots=True)
class AtWork:
    """Somebody who sits somewhere.

    ``job`` is the flow that is open there; ``claim`` the place of the task that is in hand there,
    or the number of a return, as `floorhand.store.in_hand` finds it, ``since`` when it is theirs.
    Without one it is since the worker finished something last, or signed in if that was later. What
    was left in another job is not told. ``seen_at`` is the last scan.
    """

    worker: str
    name: str
    seat: str
    station: str
    job: str
    claim: str
    since: datetime | None
    seen_at: datetime | None


@dataclass(frozen=True, slots=True)
class Waits:
    """Work that waits for somebody: how much, how many pieces if they are known, since when."""

    kind: str
    count: int
    pieces: int = 0
    oldest_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class DueReturns:
    """Returns that are here and not yet judged, by the time left for it.

    ``soon`` counts those due within ``soon_h`` hours, as the site says; ``later`` those within a
    day.
    """

    late: int
    soon: int
    later: int
    soon_h: int


@dataclass(frozen=True, slots=True)
class Board:
    """A building as it is.

    ``per_hour`` is how many orders leave in an hour, ``shipped`` how many have left today;
    ``refusals`` counts those of the last hour by code, ``troubles`` all that are open by kind.
    """

    at: datetime
    shift: Period
    per_hour: float | None
    shipped: int
    forecasts: tuple[Forecast, ...]
    people: tuple[AtWork, ...]
    waits: tuple[Waits, ...]
    returns: DueReturns
    printers: tuple[Stands, ...]
    refusals: Mapping[str, int]
    troubles: tuple[Waits, ...]


def board(tx: Session, site: str, now: datetime) -> Board:
    """Read all that a board shows."""
    zone = site_zone(tx, site)
    rules = site_rules(tx, site)
    shift = shift_at(rules.shifts, now, zone)
    local = now.astimezone(zone).date()
    began = local_day(local, zone).start
    per_hour = _pace(tx, site, shift, now)
    cut_offs = _cut_offs(tx, site, began)
    waits, returns = _waits(tx, site, now, local.isoformat(), rules.return_due_hours)
    refused = ask(tx, _REFUSALS, site=site, since=now - REFUSALS_OVER)
    return Board(
        at=now,
        shift=shift,
        per_hour=per_hour,
        shipped=sum(one.in_time + one.too_late for one in cut_offs),
        forecasts=together(forecasts(cut_offs, per_hour, now), now, zone),
        people=_people(tx, site, now),
        waits=waits,
        returns=returns,
        printers=printers_of(tx, site, now),
        refusals=dict(Counter({row.fate: row.count for row in refused}).most_common()),
        troubles=tuple(
            Waits(one.kind, one.count, one.pieces, one.oldest_at) for one in by_kind(tx, site, now)
        ),
    )


def _pace(tx: Session, site: str, shift: Period, now: datetime) -> float | None:
    since = max(shift.start, now - timedelta(seconds=PACE_OVER_S))
    lately = ask(tx, _LEFT_LATELY, site=site, since=since).scalar()
    return pace_per_hour(int(lately), (now - since).total_seconds())


def _cut_offs(tx: Session, site: str, began: datetime) -> tuple[CutOff, ...]:
    """List the cut-offs for which something is open, or has left today, by time."""
    orders: dict[datetime, dict[str, int]] = {}
    for row in ask(tx, _OPEN_ORDERS, site=site):
        orders.setdefault(row.due_at, {})[row.state] = row.orders
    for row in ask(tx, _HELD_ORDERS, site=site):
        of_state = orders[row.due_at]
        of_state[row.state] -= row.orders
        of_state["hold"] = of_state.get("hold", 0) + row.orders
    left = {row.due_at: row for row in ask(tx, _LEFT_TODAY, site=site, since=began)}
    found = []
    for due_at in sorted({*orders, *left}):
        row = left.get(due_at)
        in_time = int(row.in_time) if row else 0
        too_late = row.orders - in_time if row else 0
        found.append(CutOff(due_at, orders.get(due_at, {}), in_time, too_late))
    return tuple(found)


def _people(tx: Session, site: str, now: datetime) -> tuple[AtWork, ...]:
    since = sat_down(tx, site, now)
    had = claims(tx, site)
    found = []
    for row in ask(tx, _PEOPLE, site=site):
        one = in_hand(had.get((row.worker, row.flow), ()), row.state)
        told = (one.about, one.since) if one else ("", _free_since(row, since.get(row.code)))
        at = (row.worker, row.name, row.code, row.station, row.flow)
        found.append(AtWork(*at, *told, row.at))
    return tuple(found)


def _free_since(row: Any, sat_down_at: datetime | None) -> datetime | None:
    """Say since when somebody has had nothing to do: since the latest of what is known of them."""
    known = (sat_down_at, row.did_at, row.ended_at)
    return max((at for at in known if at is not None), default=None)


def _waits(
    tx: Session, site: str, now: datetime, today: str, soon_h: int
) -> tuple[tuple[Waits, ...], DueReturns]:
    """List what waits in the order in which goods go through a building."""
    deliveries = {row.state: row for row in ask(tx, _DELIVERIES, site=site, today=today)}
    tasks = {row.kind: row for row in ask(tx, _TASKS, site=site)}
    totes = ask(tx, _TOTES, site=site).one()
    soon, later = now + timedelta(hours=soon_h), now + timedelta(hours=AMBER_H)
    returns = ask(tx, _RETURNS, site=site, now=now, soon=soon, later=later).one()
    made = ask(tx, _HANDOVER, site=site).one_or_none()
    found = [
        Waits("handover", int(made is not None and not made.taken_by), 0, made and made.at),
        *(
            Waits(f"delivery_{state}", row.count, 0, row.oldest)
            for state in ("announced", "receiving")
            if (row := deliveries.get(state))
        ),
        *(
            Waits(kind, row.count, int(row.pieces or 0), row.oldest)
            for kind in ("putaway", "refill", "count", "putback")
            if (row := tasks.get(kind))
        ),
        Waits("tote", totes.count, 0, totes.oldest),
        Waits("return", returns.count, 0, returns.oldest),
    ]
    due = DueReturns(
        int(returns.late or 0), int(returns.soon or 0), int(returns.later or 0), soon_h
    )
    return tuple(one for one in found if one.count), due


def printers_of(tx: Session, site: str, now: datetime) -> tuple[Stands, ...]:
    """Say how the printers of a building stand: those that there are, and those stations name."""
    named = {row.code for row in ask(tx, _PRINTERS, site=site)}
    named |= {row.printer or DEFAULT_PRINTER for row in ask(tx, _OF_STATIONS, site=site)}
    return tuple(printer_stands(tx, site, code, now) for code in sorted(named))
