"""Questions about sites, merchants, workers and stations."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import BigInteger, ColumnElement, bindparam, cast, select
from sqlalchemy.orm import Session

from floorhand.domain.rules import MerchantRules, SiteRules
from floorhand.domain.signing_in import JOBS
from floorhand.errors import BadSetting, DatabaseUnusable
from floorhand.store.asking import ask
from floorhand.store.schema import BoxType, Merchant, Place, SiteRow, Sku, Station, Worker

_MERCHANT_RULES = select(Merchant.rules).where(
    Merchant.site == bindparam("site"), Merchant.code == bindparam("merchant")
)
_RULES_OF_MERCHANTS = select(Merchant.code, Merchant.rules).where(
    Merchant.site == bindparam("site")
)
_SITE_RULES = select(SiteRow.rules).where(SiteRow.site == bindparam("site"))
_TIME_ZONE = select(SiteRow.time_zone).where(SiteRow.site == bindparam("site"))
_WORKER = select(Worker.name, Worker.roles, Worker.language).where(
    Worker.site == bindparam("site"), Worker.code == bindparam("worker")
)
_STATION = select(Station.printer, Station.place, Station.jobs).where(
    Station.site == bindparam("site"), Station.code == bindparam("station")
)

STANDS = ("bench", "dock")
"""Where a terminal can stand."""

_STAND = select(Place.code).where(
    Place.site == bindparam("site"),
    Place.code == bindparam("station"),
    Place.kind.in_(STANDS),
)

STATIONS_SHOWN_MAX = 20
"""Stations that are named to somebody who gave a wrong one."""

STATIONS_NAMED_MAX = 4
"""Stations that are named to a worker who wants to do a job elsewhere."""

MERCHANTS_SHOWN_MAX = 20
"""Merchants that are named to somebody who gave a wrong one."""

DEFAULT_PRINTER = "folder"


@dataclass(frozen=True, slots=True)
class WorkerFacts:
    """A worker as the road needs one."""

    code: str
    name: str
    roles: frozenset[str]
    language: str


def volume_mm3(sized: type[Sku | BoxType] | Any) -> ColumnElement[int]:
    """Give length times width times height, counted wide: a sofa is more than 2^31 mm³."""
    return cast(sized.length_mm, BigInteger) * sized.width_mm * sized.height_mm


def has_sites(tx: Session) -> bool:
    """Say whether there is any warehouse in the database."""
    return tx.scalar(select(SiteRow.site).limit(1)) is not None


def require_site(tx: Session, site: str) -> None:
    """Make sure that a site exists.

    Raises:
        DatabaseUnusable: Naming the sites that do.
    """
    known = sorted(tx.scalars(select(SiteRow.site)))
    if site not in known:
        there = ", ".join(known) or "none; import something first"
        raise DatabaseUnusable(f"There is no site {site} in this database. Known: {there}.")


def require_merchant(tx: Session, site: str, merchant: str) -> None:
    """Make sure that a merchant exists.

    Raises:
        BadSetting: Naming those that do.
    """
    known = sorted(tx.scalars(select(Merchant.code).where(Merchant.site == site)))
    if merchant not in known:
        there = ", ".join(known[:MERCHANTS_SHOWN_MAX])
        more = f" and {len(known) - MERCHANTS_SHOWN_MAX} more" * (len(known) > MERCHANTS_SHOWN_MAX)
        raise BadSetting(
            f"There is no merchant {merchant} at {site}. "
            f"Known: {there or 'none; import merchants first'}{more}."
        )


def merchant_rules(tx: Session, site: str, merchant: str) -> MerchantRules:
    """Give a merchant's rules; the defaults if the merchant is not known."""
    text = ask(tx, _MERCHANT_RULES, site=site, merchant=merchant).scalar()
    return MerchantRules.of_json(text) if text else MerchantRules()


def rules_of_merchants(tx: Session, site: str) -> dict[str, MerchantRules]:
    """Give the rules of all merchants of a site, by code."""
    rows = ask(tx, _RULES_OF_MERCHANTS, site=site)
    return {code: MerchantRules.of_json(text) for code, text in rows}


def zones(tx: Session, site: str) -> tuple[str, ...]:
    """Name the zones that places of a site are in."""
    named = (Place.site == site, Place.zone != "")
    return tuple(tx.scalars(select(Place.zone).where(*named).distinct().order_by(Place.zone)))


def site_rules(tx: Session, site: str) -> SiteRules:
    """Give the site's rules; the defaults if nothing was set."""
    text = ask(tx, _SITE_RULES, site=site).scalar()
    return SiteRules.of_json(text) if text else SiteRules()


def site_zone(tx: Session, site: str) -> ZoneInfo:
    """Give the clock of a site."""
    return ZoneInfo(ask(tx, _TIME_ZONE, site=site).scalar() or "UTC")


def worker_facts(tx: Session, site: str, code: str) -> WorkerFacts | None:
    """Give name, roles and language of a worker."""
    row = ask(tx, _WORKER, site=site, worker=code).one_or_none()
    if row is None:
        return None
    return WorkerFacts(code, row.name, frozenset(row.roles.split()), row.language)


def badge_of(tx: Session, site: str, worker: str) -> str:
    """Give the code on a worker's badge; empty if there is no such worker."""
    badge = tx.scalar(select(Worker.badge).where(Worker.site == site, Worker.code == worker))
    return badge or ""


def station_printer(tx: Session, site: str, station: str) -> str:
    """Name the printer of a station; the embedded one if the station is not known."""
    row = ask(tx, _STATION, site=site, station=station).first()
    return (row.printer if row else "") or DEFAULT_PRINTER


def station_place(tx: Session, site: str, station: str) -> str:
    """Name the bench or dock at a station, which may be called like the place; else empty."""
    row = ask(tx, _STATION, site=site, station=station).first()
    if row is not None:
        return row.place or ""
    return ask(tx, _STAND, site=site, station=station).scalar() or ""


def station_jobs(tx: Session, site: str, station: str) -> tuple[str, ...]:
    """List the jobs that are done at a station; all of them if it is not limited, or not known."""
    row = ask(tx, _STATION, site=site, station=station).first()
    return tuple(row.jobs.split()) if row and row.jobs else JOBS


def stations_for(tx: Session, site: str, job: str) -> str:
    """Name the stations where a job is done, those first that are for few jobs."""
    rows = tx.execute(select(Station.code, Station.jobs).where(Station.site == site)).all()
    found = [row for row in rows if job in (row.jobs.split() or JOBS)]
    found.sort(key=lambda row: (len(row.jobs.split() or JOBS), row.code))
    return ", ".join(row.code for row in found[:STATIONS_NAMED_MAX]) or "–"


def station_named(tx: Session, site: str, name: str) -> str:
    """Give the code of a station that is named by its code or by its bench or dock.

    Raises:
        BadSetting: If there is none, naming those that there are.
    """
    stations = tx.execute(
        select(Station.code, Station.place).where(Station.site == site).order_by(Station.code)
    ).all()
    places = tx.scalars(
        select(Place.code)
        .where(Place.site == site, Place.kind.in_(STANDS), Place.state == "open")
        .order_by(Place.code)
    ).all()
    named = {place: code for code, place in reversed(stations)}
    known = {code: code for code in places} | named | {code: code for code, _ in stations}
    for spelling in (name, name.upper()):
        if spelling in known:
            return known[spelling]
    there = ", ".join([*(code for code, _ in stations), *places][:STATIONS_SHOWN_MAX])
    raise BadSetting(
        f"There is no station {name} at {site}. Known: {there or 'none; import bins first'}."
    )
