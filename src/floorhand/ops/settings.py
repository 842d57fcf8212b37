"""Keep what workers choose about their screens."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import not_, select, update
from sqlalchemy.orm import Session

from floorhand.domain.preferences import (
    USUAL,
    Choose,
    Preferences,
    PreferencesAre,
    ReadPreferences,
    Toggle,
)
from floorhand.store.ledger import Cause
from floorhand.store.schema import Worker
from floorhand.text.catalog import named_languages


def read(tx: Session, cause: Cause, _command: ReadPreferences) -> PreferencesAre:
    """Find out what the worker has chosen; where nobody sits, what there is to choose from."""
    row = tx.execute(
        select(Worker.language, Worker.theme, Worker.large, Worker.mute).where(
            Worker.site == cause.site, Worker.code == cause.worker
        )
    ).one_or_none()
    if row is None:
        return PreferencesAre("", USUAL, named_languages())
    chosen = Preferences(row.theme, row.large, row.mute)
    return PreferencesAre(row.language, chosen, named_languages())


def toggle(tx: Session, cause: Cause, command: Toggle) -> PreferencesAre:
    """Turn a choice over."""
    column = {"large": Worker.large, "mute": Worker.mute}[command.name]
    return _keep(tx, cause, {command.name: not_(column)})


def choose(tx: Session, cause: Cause, command: Choose) -> PreferencesAre:
    """Keep a theme or a language."""
    assert command.name in ("theme", "language"), command
    return _keep(tx, cause, {command.name: command.value})


def _keep(tx: Session, cause: Cause, values: dict[str, Any]) -> PreferencesAre:
    mine = (Worker.site == cause.site, Worker.code == cause.worker)
    tx.execute(update(Worker).where(*mine).values(values))
    return read(tx, cause, ReadPreferences())


HANDLERS: dict[type, Callable[..., object]] = {
    ReadPreferences: read,
    Toggle: toggle,
    Choose: choose,
}
