"""Carry out hand-overs between shifts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Final

from sqlalchemy.orm import Session

from floorhand.domain.handing_over import (
    LIST_MAX,
    HandedOver,
    HandOver,
    LeftListed,
    LeftRow,
    ListLeft,
    LookOver,
    SeenLeft,
    TakenOn,
    TakeOn,
    Waiting,
)
from floorhand.domain.rights import Right
from floorhand.domain.shifts import Period, shift_at
from floorhand.errors import Code, Refused
from floorhand.ops.colleagues import moment
from floorhand.ops.leading import must_lead
from floorhand.store import handovers
from floorhand.store.exceptions import end_gone
from floorhand.store.ledger import Cause
from floorhand.store.left_behind import Left, as_plain, left_behind
from floorhand.store.masters import site_rules, site_zone
from floorhand.store.proofs import last_line

LATE_MAX: Final = timedelta(hours=1)
"""So long after its end a shift can still be handed over."""


def look_over(tx: Session, cause: Cause, _command: LookOver) -> SeenLeft:
    """Say what is left over, and whether a hand-over waits."""
    must_lead(tx, cause, Right.HAND_OVER)
    left = left_behind(tx, cause.site, cause.at)
    counts = tuple((kind, len(rows)) for kind, rows in left.items())
    return SeenLeft(_shift(tx, cause).name, counts, _waiting(tx, cause))


def _shift(tx: Session, cause: Cause) -> Period:
    """Give the shift that is handed over: the running one, or one that has just ended.

    Who hands over a little after the end means that shift, as long as nobody has done so.
    """
    shifts, zone = site_rules(tx, cause.site).shifts, site_zone(tx, cause.site)
    before = shift_at(shifts, cause.at - LATE_MAX, zone)
    if before.end <= cause.at and not handovers.is_handed_over(tx, cause.site, before):
        return before
    return shift_at(shifts, cause.at, zone)


def _waiting(tx: Session, cause: Cause) -> Waiting | None:
    last = handovers.latest(tx, cause.site)
    if last is None or last.taken_by:
        return None
    at = moment(tx, cause.site, last.at, cause.at)
    return Waiting(last.handover, last.name, at, last.note, last.worker == cause.worker)


def list_left(tx: Session, cause: Cause, command: ListLeft) -> LeftListed:
    """List what is left of a kind."""
    must_lead(tx, cause, Right.HAND_OVER)
    found = left_behind(tx, cause.site, cause.at).get(command.kind, ())
    shown = found[command.skip : command.skip + LIST_MAX]
    rows = tuple(_row(tx, cause, one) for one in shown)
    return LeftListed(command.kind, rows, command.skip, more=len(found) > command.skip + len(rows))


def _row(tx: Session, cause: Cause, one: Left) -> LeftRow:
    since = moment(tx, cause.site, one.at, cause.at) if one.at else ""
    return LeftRow(one.what, one.owner, since, one.text, one.pieces)


def hand_over(tx: Session, cause: Cause, command: HandOver) -> HandedOver:
    """Keep what is left over, with the note, for whoever comes next."""
    must_lead(tx, cause, Right.HAND_OVER)
    left = left_behind(tx, cause.site, cause.at)
    shift = _shift(tx, cause)
    handovers.keep_handover(
        tx, cause, shift, command.note, as_plain(left), last_line(tx, cause.site)
    )
    end_gone(tx, cause)
    cause.note(job="lead", handed_over=shift.name, left=sum(map(len, left.values())))
    return HandedOver(look_over(tx, cause, LookOver()))


def take_on(tx: Session, cause: Cause, command: TakeOn) -> TakenOn:
    """Take on what another lead has handed over.

    Raises:
        Refused: `Code.HANDOVER_GONE` if somebody has taken it on, or handed over anew;
            `Code.HANDOVER_OWN` to whoever has made it.
    """
    must_lead(tx, cause, Right.HAND_OVER)
    waiting = _waiting(tx, cause)
    if waiting is None or waiting.handover != command.handover:
        raise Refused(Code.HANDOVER_GONE)
    if waiting.mine:
        raise Refused(Code.HANDOVER_OWN)
    if not handovers.take_on(tx, cause, command.handover):
        raise Refused(Code.HANDOVER_GONE)
    cause.note(job="lead", taken_on=command.handover)
    return TakenOn(look_over(tx, cause, LookOver()), waiting.name)


HANDLERS: dict[type, Callable[..., object]] = {
    LookOver: look_over,
    ListLeft: list_left,
    HandOver: hand_over,
    TakeOn: take_on,
}
