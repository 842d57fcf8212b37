"""Keep hand-overs between shifts, and find them again."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session, aliased

from floorhand.domain.shifts import Period, parse_shift
from floorhand.store.ledger import Cause
from floorhand.store.masters import site_rules
from floorhand.store.schema import Handover, Worker


@dataclass(frozen=True, slots=True)
class HandoverFacts:
    """A hand-over as it was made; ``taken_by`` is empty until another lead has taken it on.

    ``left`` is what was left over then, as plain values: ``counts`` by kind, and ``rows``.
    """

    handover: str
    shift: str
    began_at: datetime
    at: datetime
    worker: str
    name: str
    note: str
    left: dict[str, Any]
    proof: str
    taken_by: str
    taken_at: datetime | None


def keep_handover(
    tx: Session, cause: Cause, shift: Period, note: str, left: dict[str, Any], proof: str
) -> None:
    """Keep what was handed over."""
    row = {"site": cause.site, "id": cause.operation, "worker": cause.worker, "at": cause.at}
    row |= {"shift": shift.name, "began_at": shift.start, "note": note, "proof": proof}
    row |= {"left_over": json.dumps(left, ensure_ascii=False), "taken_by": ""}
    tx.execute(insert(Handover).values(row))


def take_on(tx: Session, cause: Cause, handover: str) -> bool:
    """Take a hand-over on; False if somebody has, or there is a later one."""
    last = latest(tx, cause.site)
    if last is None or last.handover != handover:
        return False
    mine = (Handover.site == cause.site, Handover.id == handover, Handover.taken_by == "")
    taken = (
        update(Handover)
        .where(*mine)
        .values(taken_by=cause.worker, taken_at=cause.at)
        .returning(Handover.id)
    )
    return tx.scalar(taken) is not None


def is_handed_over(tx: Session, site: str, shift: Period) -> bool:
    """Say whether anybody has handed a shift over."""
    of_shift = (Handover.site == site, Handover.shift == shift.name)
    asked = select(Handover.id).where(*of_shift, Handover.began_at == shift.start).limit(1)
    return tx.scalar(asked) is not None


def latest(tx: Session, site: str) -> HandoverFacts | None:
    """Give the last hand-over of a building."""
    return _read(tx, _asked(site))


def of_name(tx: Session, site: str, handover: str) -> HandoverFacts | None:
    """Give a hand-over by its id; None if there is none."""
    return _read(tx, _asked(site).where(Handover.id == handover))


def latest_of(tx: Session, site: str, period: Period) -> HandoverFacts | None:
    """Give the last hand-over that was made of a shift; None if there was none.

    Of any other period, such as a day, it is that of the shift in it that began last, whenever the
    others were handed over.
    """
    began = (Handover.began_at >= period.start, Handover.began_at < period.end)
    shifts = {parse_shift(text)[0] for text in site_rules(tx, site).shifts}
    mine = (Handover.shift == period.name,) if period.name in shifts else ()
    return _read(tx, _asked(site, Handover.began_at.desc()).where(*began, *mine))


_BY, _TO = aliased(Worker), aliased(Worker)


def _asked(site: str, *first: Any) -> Any:
    """Ask for the last hand-over, the last one by ``first`` before others."""
    return (
        select(Handover, _BY.name.label("name"), _TO.name.label("taken_name"))
        .outerjoin(_BY, (_BY.site == Handover.site) & (_BY.code == Handover.worker))
        .outerjoin(_TO, (_TO.site == Handover.site) & (_TO.code == Handover.taken_by))
        .where(Handover.site == site)
        .order_by(*first, Handover.at.desc(), Handover.id.desc())
        .limit(1)
    )


def _read(tx: Session, asked: Any) -> HandoverFacts | None:
    found = tx.execute(asked).one_or_none()
    if found is None:
        return None
    row, name, taken_name = found
    return HandoverFacts(
        handover=row.id,
        shift=row.shift,
        began_at=row.began_at,
        at=row.at,
        worker=row.worker,
        name=name or row.worker,
        note=row.note,
        left=json.loads(row.left_over),
        proof=row.proof,
        taken_by=taken_name or row.taken_by,
        taken_at=row.taken_at,
    )
