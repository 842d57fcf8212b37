"""Work that a colleague has begun: since when, and how another worker takes it over."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from floorhand.store import tasks
from floorhand.store.ledger import Cause
from floorhand.store.masters import site_zone


def since(tx: Session, cause: Cause, begun: datetime | None) -> str:
    """Say since when somebody has work."""
    return moment(tx, cause.site, begun, cause.at)


def moment(tx: Session, site: str, then: datetime | None, now: datetime) -> str:
    """Write a moment in local time, with the date if it was not today; None is now."""
    here = site_zone(tx, site)
    local = (then or now).astimezone(here)
    today = local.date() == now.astimezone(here).date()
    return local.strftime("%H:%M" if today else "%Y-%m-%d %H:%M")


def take_over(tx: Session, cause: Cause, job: str, task: str, holder: str) -> None:
    """Make a colleague's task the worker's own. The operation keeps the names of both.

    The colleague learns of it with the next scan that touches the work. Who has it is known: if
    that changed while this is being written, the database lets the whole scan be tried again.
    """
    handed_over = tasks.hand_over(tx, cause, task, holder)
    assert handed_over, task
    cause.note(job=job, take_over=1, taken_from=holder)
