"""Load, before there is a terminal, all that terminals will need."""

from __future__ import annotations

import gc
from importlib import import_module
from typing import Final

from floorhand.config import Settings

MODULES: Final = (
    "asyncio",
    "encodings.ascii",
    "platform",
    "platformdirs",
    "textual.drivers.linux_driver",
    "floorhand.commands.identity",
    "floorhand.commands.terminal",
    "floorhand.labels.spool",
    "floorhand.ops.beginning",
    "floorhand.ops.devices",
    "floorhand.ops.floor",
    "floorhand.store.past",
    "floorhand.store.scanners",
    "floorhand.store.stands",
    "floorhand.tui.app",
    "floorhand.tui.driver",
    "floorhand.tui.road",
)
"""What a terminal imports when it first needs it; modules of jobs come by themselves."""


def warm_up(settings: Settings) -> None:
    """Load programs, words and statements. Nothing is opened and no thread is begun.

    In the end the collector is kept away from all of it: in a fork its look would copy every page.
    """
    for name in MODULES:
        import_module(name)
    from floorhand.commands.rehearsal import rehearse
    from floorhand.domain import gs1
    from floorhand.domain.preferences import THEMES
    from floorhand.ops.registry import get_ready_for
    from floorhand.store.db import dialect_of
    from floorhand.text.catalog import catalog, languages

    for language in languages():
        catalog(language)
    gs1.warm_up()
    get_ready_for(dialect_of(settings.database))
    for theme in THEMES:
        rehearse(theme)
    gc.collect()
    gc.freeze()
