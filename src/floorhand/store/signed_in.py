"""Who was signed in when, as operations and scans tell it."""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from floorhand.domain.shifts import AT, WORKER, Beat, Period
from floorhand.store.asking import among, ask
from floorhand.store.schema import Operation, Scan

SIGNED_IN_MAX = timedelta(days=2)

TAKEN_OFF = ("FreeSeat", "TakeSeat", "Decide")
"""Operations that may take a worker off a seat without signing out; these note whom."""

_SIGNING = select(
    Operation.at, Operation.id, Operation.kind, Operation.seat, Operation.facts
).where(
    Operation.site == bindparam("site"),
    among(Operation.kind, "SignIn", "SignOut", *TAKEN_OFF),
    Operation.at >= bindparam("start"),
    Operation.at < bindparam("end"),
)
_LAST_SCAN = select(func.max(Scan.at, type_=Scan.at.type)).where(
    Scan.site == bindparam("site"),
    Scan.worker == bindparam("worker"),
    Scan.at >= bindparam("start"),
    Scan.at < bindparam("end"),
)


class _Stay(NamedTuple):
    """Somebody was at a seat, until ``out`` or still; it locks ``locks_after_s`` after a scan."""

    worker: str
    since: datetime
    locks_after_s: int
    out: datetime | None = None


def stretches(
    tx: Session, site: str, period: Period, now: datetime, beats: Iterable[Beat]
) -> list[tuple[str, datetime, datetime | None]]:
    """List when workers were signed in, as (worker, in, out or None), up to the period's end.

    Who was taken off a seat was signed in until then; who signed in longer than `SIGNED_IN_MAX`
    before it begins has gone home without signing out. Whose seat locks by itself was signed in
    until it did, though that is written down only when somebody comes there again.

    Args:
        tx: An open transaction.
        site: The building.
        period: When.
        now: Later than that no seat has locked.
        beats: All scans of the period, in the order of time.
    """
    stays = _stays(tx, site, period)
    locking = {one.worker for one in stays if one.locks_after_s}
    seen: dict[str, list[datetime]] = {}
    if locking:
        for beat in beats:
            if beat[WORKER] in locking:
                seen.setdefault(beat[WORKER], []).append(beat[AT])
    as_of = min(now, period.end)
    return [
        (one.worker, one.since, _until(tx, site, period, as_of, one, seen.get(one.worker, [])))
        for one in stays
    ]


def _stays(tx: Session, site: str, period: Period) -> list[_Stay]:
    """Give what operations say.

    They are put in order here: asked for in order, SQLite reads all operations of these days.
    """
    first = period.start - SIGNED_IN_MAX
    rows = ask(tx, _SIGNING, site=site, start=first, end=period.end)
    found: list[_Stay] = []
    sitting: dict[str, _Stay] = {}
    for at, _, kind, seat, text in sorted(rows):
        is_taken, facts = kind in TAKEN_OFF, json.loads(text)
        worker = str(facts.get("taken_from" if is_taken else "worker", ""))
        left = {code for code, one in sitting.items() if one.worker == worker}
        for code in left if is_taken else left | {seat}:
            if code in sitting:
                found.append(sitting.pop(code)._replace(out=at))
        if kind == "SignIn":
            sitting[seat] = _Stay(worker, at, int(facts.get("locks_after_s", 0)))
    return found + list(sitting.values())


def _until(
    tx: Session, site: str, period: Period, as_of: datetime, stay: _Stay, seen: Sequence[datetime]
) -> datetime | None:
    """Say until when somebody was signed in; None: until the period's end at least, or still."""
    if not stay.locks_after_s:
        return stay.out
    last = stay.since
    if count := bisect_right(seen, stay.out or period.end):
        last = max(last, seen[count - 1])
    elif stay.since < period.start:
        before = {"start": stay.since, "end": min(stay.out or period.start, period.start)}
        last = ask(tx, _LAST_SCAN, site=site, worker=stay.worker, **before).scalar() or last
    locked = last + timedelta(seconds=stay.locks_after_s)
    if stay.out is not None:
        return min(stay.out, locked)
    return locked if locked < as_of else None
