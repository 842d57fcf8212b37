"""Keep what the scanner test found out."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy.orm import Session

from floorhand.domain.scanner_test import ProfileStored, StoreProfile
from floorhand.domain.scanners import Profile
from floorhand.store.ledger import Cause
from floorhand.store.scanners import store_profile


def store(tx: Session, cause: Cause, command: StoreProfile) -> ProfileStored:
    """Keep how the scanner here sends."""
    code = store_profile(tx, cause.site, cause.seat, Profile.of_json(command.profile))
    cause.note(job="scanner", station=code)
    return ProfileStored(code)


HANDLERS: dict[type, Callable[..., object]] = {StoreProfile: store}
