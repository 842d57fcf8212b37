"""Take one scan from a terminal all the way through: look up, decide, write, answer.

This is the only road from a scan to the database, so it is also where "once and only once" lives.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, tzinfo
from typing import Final

from sqlalchemy import insert, update
from sqlalchemy.orm import Session

from floorhand.domain.scanners import PLAIN
from floorhand.domain.signing_in import JOBS
from floorhand.errors import Gone, Refused
from floorhand.flows.turn import AnyState, Refuse, Said
from floorhand.ops.devices import ANYBODY, ROBOT, Device, hold, seat_taken
from floorhand.ops.freezing import freeze
from floorhand.ops.labelling import offered
from floorhand.ops.leaving import change_device, locked_if_idle, refuse_others
from floorhand.ops.misses import counted
from floorhand.ops.parking import forget_taken_up
from floorhand.ops.registry import FLOWS
from floorhand.ops.seats import Settled, Sitting, Turn, must_sit, repeat, sit, write
from floorhand.ops.settling import answer, name_of_place, opens_a_door
from floorhand.ops.showing import in_a_job
from floorhand.ops.twice import read_twice
from floorhand.store.db import Transactions, in_turn
from floorhand.store.masters import require_site, site_zone, station_named
from floorhand.store.schema import Seat

LINE_ENDS: Final = " \t\r\n"
"""A scan of nothing but these is no scan: some scanners end a line twice."""

_HALVES = re.compile("[\ud800-\udfff]")


def take_seat(
    transactions: Transactions,
    site: str,
    seat: str,
    *,
    now: datetime,
    station: str = "",
    device: Device = ANYBODY,
    take: bool = False,
) -> Turn:
    """Sit down at a terminal, or resume at the exact question where it was left.

    Args:
        transactions: From `open_database`.
        site: Which building.
        seat: Which terminal.
        now: UTC time.
        station: Where it is set up to stand; a station that was scanned since then stays.
        device: Who takes it; scans are taken from this run of this device only.
        take: Take it over from another device: who sits there has to sign in again.

    Raises:
        DatabaseAway: If the database did not answer.
        DatabaseUnusable: If it holds no such site.
        BadSetting: If the site has no such station.
        SeatTaken: If another device holds the seat; one of a robot is free to be taken.
    """
    return in_turn(transactions, lambda tx: _take_seat(tx, site, seat, now, station, device, take))


def _take_seat(
    tx: Session, site: str, seat: str, now: datetime, station: str, device: Device, take: bool
) -> Turn:
    sitting = sit(tx, site, seat)
    if sitting is None:
        require_site(tx, site)
    if station:
        station = station_named(tx, site, station)
    if sitting is None:
        start = freeze(FLOWS["sign_in"].START)
        tx.execute(insert(Seat).values(site=site, code=seat, flow="sign_in", state=start, at=now))
    elif not device.had(sitting.device):
        if not take and sitting.device != ROBOT.token:  # people go before software
            raise seat_taken(tx, site, seat, now)
        change_device(tx, sitting, device, now)
    hold(tx, site, seat, device, now)
    _stand(tx, site, seat, station)
    sitting = must_sit(tx, site, seat)
    sitting = locked_if_idle(tx, sitting, device, now)
    turn = offered(tx, site, sitting.turn())
    if in_a_job(sitting.flow, sitting.state) and sitting.state != FLOWS[sitting.flow].START:
        assert sitting.at is not None, seat
        turn = replace(turn, said=_resumed(sitting, sitting.at, site_zone(tx, site)))
    return turn


def _resumed(sitting: Sitting, at: datetime, zone: tzinfo) -> Said:
    """Say when the last scan was made and what it did, to somebody who comes back.

    Args:
        sitting: The seat as it was left.
        at: When it was left.
        zone: The site's clock, which is the one on the wall.
    """
    clock = at.astimezone(zone).strftime("%H:%M:%S")
    last = sitting.said
    if last is None or last.text.startswith("help."):
        return Said("road.resumed", {"at": clock}, "look")
    facts = {**last.facts, "last_text": last.text, "at": clock}
    if last.tone == "refused":
        return Said("road.resumed_refused", facts, "refused")
    return Said("road.resumed_after", facts, "look")


def _stand(tx: Session, site: str, seat: str, station: str) -> None:
    """Stand where the seat is set up to, unless that is not new: then it was moved on purpose."""
    tx.execute(
        update(Seat)
        .where(Seat.site == site, Seat.code == seat, Seat.home != station)
        .values(station=station, home=station)
    )


def take_turn(
    transactions: Transactions,
    site: str,
    seat: str,
    scan_no: int,
    scanned: str,
    now: datetime,
    source: str = "",
    device: Device = ANYBODY,
    waited_s: int = 0,
) -> Turn:
    """Answer one scan, in one transaction.

    Args:
        transactions: From `open_database`.
        site: Which building.
        seat: Which terminal; it has been taken with `take_seat`.
        scan_no: 1 for the seat's first scan. A number that was sent before changes nothing.
        scanned: The scan as it was sent, without its end; a key is the scan of its command
            barcode. Nothing scanned is no scan: the question stands as it was.
        now: UTC time of the scan.
        source: How it came, one of `floorhand.domain.scanners.SOURCES`; no rule asks for it.
        device: Who sends it, as it took the seat.
        waited_s: So long the terminal has tried to send it while the database was away.

    Raises:
        SeatTaken: If another device, or a newer run, holds the seat by now.
        DatabaseAway: Whether the scan was taken is not known; send the same number again.
    """
    scanned = _storable(scanned)

    def take(tx: Session, refused: Refused | None = None) -> Turn:
        sitting = must_sit(tx, site, seat)
        refuse_others(tx, sitting, device, now)
        if scan_no <= sitting.scan_no:
            return repeat(sitting, scanned)
        if not scanned.strip(LINE_ENDS):
            return sitting.turn()
        sitting = locked_if_idle(tx, sitting, device, now)
        settled = _settled(tx, sitting, scan_no, scanned, now, refused)
        settled = counted(tx, sitting, scan_no, read_twice(tx, sitting, scanned, settled), now)
        came = source or PLAIN.read(scanned, quick=False)[1]
        return write(tx, sitting, scan_no, scanned, now, settled, came, waited_s)

    try:
        return in_turn(transactions, lambda tx: offered(tx, site, take(tx)))
    except Refused as refused:  # rolled back: nothing of this scan is written but the refusal
        why = refused
    return in_turn(transactions, lambda tx: offered(tx, site, take(tx, why)))


def _settled(
    tx: Session,
    sitting: Sitting,
    scan_no: int,
    scanned: str,
    now: datetime,
    refused: Refused | None,
) -> Settled:
    """Answer a scan, or say why it was refused."""
    if refused is None:
        settled = answer(tx, sitting, scan_no, scanned, now)
        forget_taken_up(tx, sitting, settled)
        return settled
    said = Said.about(Refuse(refused.code, refused.facts))
    secret = opens_a_door(tx, sitting, scanned)
    named = name_of_place(tx, sitting.site, scanned)
    return Settled(sitting.flow, _state_after(sitting, refused), said, secret, named=named)


def _state_after(sitting: Sitting, refused: Refused) -> AnyState:
    """Stay at the question, unless what it is about is gone: no scan could ever answer it."""
    if isinstance(refused, Gone) and sitting.flow in JOBS:
        return FLOWS[sitting.flow].START
    return sitting.state


def _storable(scanned: str) -> str:
    """Replace what no database can store: NUL and halves of surrogate pairs."""
    return _HALVES.sub("\ufffd", scanned.replace("\x00", "\u2400"))


__all__ = ["Turn", "take_seat", "take_turn"]
