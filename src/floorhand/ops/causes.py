"""Who does something, where and when, for the record of it."""

from __future__ import annotations

from datetime import datetime

from floorhand.ops.seats import Sitting
from floorhand.store.ledger import Cause


def cause_of(sitting: Sitting, operation: str, now: datetime) -> Cause:
    """Say who did it, where and when, for what an operation writes."""
    return Cause(
        *(sitting.site, operation, sitting.worker, sitting.seat, sitting.station, now),
        roles=sitting.roles,
        device=sitting.device_name,
    )
