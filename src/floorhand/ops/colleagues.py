"""Since when a colleague has had work, in the words of the site's clock."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from floorhand.domain.days import day
from floorhand.store.ledger import Cause
from floorhand.store.masters import site_zone


def since(tx: Session, cause: Cause, begun: datetime | None) -> str:
    """Say since when somebody has work."""
    return moment(tx, cause.site, begun, cause.at)


def moment_told(tx: Session, site: str, then: datetime, now: datetime) -> str:
    """Do as `moment` for the midst of a text: the date is written as each language does."""
    text = moment(tx, site, then, now)
    return day(text) if "-" in text else text


def moment(tx: Session, site: str, then: datetime | None, now: datetime) -> str:
    """Write a moment in local time, with the date if it was not today; None is now."""
    here = site_zone(tx, site)
    local = (then or now).astimezone(here)
    today = local.date() == now.astimezone(here).date()
    return local.strftime("%H:%M" if today else "%Y-%m-%d %H:%M")
