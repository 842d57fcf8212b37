"""Seats that somebody leaves without signing out: idle ones, and those another device takes."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from floorhand.domain.leading import TakeSeat
from floorhand.domain.signing_in import SignOut
from floorhand.flows.sign_in import Locked
from floorhand.ops.causes import cause_of
from floorhand.ops.devices import Device, seat_holder, seat_taken
from floorhand.ops.parking import left_at, park_open
from floorhand.ops.seats import Sitting
from floorhand.ops.settling import carry_out
from floorhand.ops.sign_in import put_off


def locked_if_idle(tx: Session, sitting: Sitting, device: Device, now: datetime) -> Sitting:
    """Give a seat as it is at this moment: locked, if the last scan was too long ago.

    It counts as locked since then, however late somebody comes to find out. What is in the middle
    is parked; the worker's badge opens it again at its exact question, and anybody else's badge
    leaves it alone.
    """
    if device.robot or not (sitting.worker and sitting.locks_after_s) or sitting.at is None:
        return sitting
    since = sitting.at + timedelta(seconds=sitting.locks_after_s)
    if now < since:
        return sitting
    cause = cause_of(sitting, f"{sitting.seat}:{sitting.scan_no + 1}.0", since)
    job = park_open(tx, cause, left_at(sitting))
    carry_out(tx, cause, SignOut(sitting.worker))
    minutes = sitting.locks_after_s // 60
    locked = Locked(sitting.worker, sitting.worker_name, minutes, job, sitting.language)
    put_off(tx, sitting.site, sitting.seat, locked)
    return replace(
        sitting,
        worker="",
        worker_name="",
        roles=frozenset(),
        language="",
        flow="sign_in",
        state=locked,
        told="",
    )


def refuse_others(tx: Session, sitting: Sitting, device: Device, now: datetime) -> None:
    """See that a scan comes from the program that took the seat last.

    Raises:
        SeatTaken: If it comes from another one.
    """
    if sitting.device != device.token:
        raise seat_taken(tx, sitting.site, sitting.seat, now)


def change_device(tx: Session, sitting: Sitting, device: Device, now: datetime) -> None:
    """Record that another device takes a seat; nobody goes on there under a colleague's name."""
    number = f"{sitting.seat}:{sitting.scan_no}.{device.token[:8]}"
    before = seat_holder(tx, sitting.site, sitting.seat)
    carry_out(tx, cause_of(sitting, number, now), TakeSeat(device.name, before))
