"""Keep how the scanners of stations and seats send."""

from __future__ import annotations

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from floorhand.domain.scanners import Profile
from floorhand.store.schema import Seat, Station


def profile_at(tx: Session, site: str, seat: str) -> Profile:
    """Give the profile of a seat: its own, else that of the station it stands at."""
    row = tx.execute(
        select(Seat.scanner, Station.scanner)
        .outerjoin_from(Seat, Station, (Station.site == Seat.site) & (Station.code == Seat.station))
        .where(Seat.site == site, Seat.code == seat)
    ).one_or_none()
    own, stations = row or ("", "")
    return Profile.of_json(own or stations or "{}")


def store_profile(tx: Session, site: str, seat: str, profile: Profile) -> str:
    """Keep a profile for the station that a seat stands at, or for the seat if it is at none.

    Returns:
        Code of the station or seat.
    """
    station = tx.scalar(select(Seat.station).where(Seat.site == site, Seat.code == seat)) or ""
    here = (Station.site == site, Station.code == station)
    if tx.scalar(select(Station.code).where(*here)) is None:
        own = update(Seat).where(Seat.site == site, Seat.code == seat)
        tx.execute(own.values(scanner=profile.to_json()))
        return seat
    tx.execute(update(Station).where(*here).values(scanner=profile.to_json()))
    tx.execute(update(Seat).where(Seat.site == site, Seat.code == seat).values(scanner=""))
    return station
