"""Imported once, by the process that all terminals are forked from.

Where `CRASH_WARM` names a warehouse, its work is done first, so that every statement is compiled: a
terminal forked from here is then as quick as one that has been open for hours, and dies in its
commits instead of in its compiler.
"""

from __future__ import annotations

import os
import pkgutil
from importlib import import_module
from random import Random
from typing import Any

from floors import SITE, now
from sqlalchemy import Engine, create_engine

import floorhand
from floorhand.robots import supply
from floorhand.robots.crew import Robot
from floorhand.store import db, server
from floorhand.text.catalog import catalog, languages

LEFT_OUT = (
    "floorhand.__main__",
    "floorhand.commands.rehearsal",
    "floorhand.store.migrations",
    "floorhand.tui",
    "floorhand.web",
)


def _import_all() -> None:
    """Import all that a terminal may need, and read the words."""
    for module in pkgutil.walk_packages(floorhand.__path__, "floorhand."):
        if not module.name.startswith(LEFT_OUT):
            import_module(module.name)
    import_module("psycopg")
    for language in languages():
        catalog(language).say("")


def _compile_all(database: str) -> None:
    """Work until nothing is left, and let new engines begin with what was compiled meanwhile."""
    transactions = db.open_database(database, create=False)
    with transactions.begin() as tx:
        ((worker, badge),) = supply.hire(tx, SITE, 1)
    robot = Robot(
        transactions, SITE, seat="WARM", badge=badge, worker=worker, now=now, rng=Random(1),
        mistakes=0.1,
    )  # fmt: skip
    while robot.step() or (robot.wake() or robot.step()) or robot.waits:
        pass
    used = db.engine_of(transactions)
    used.dispose()

    def begun(*args: Any, **named: Any) -> Engine:
        engine = create_engine(*args, **named)
        engine.dialect = engine.pool._dialect = used.dialect
        engine._compiled_cache = used._compiled_cache
        return engine

    db.create_engine = server.create_engine = begun  # type: ignore[attr-defined]


_import_all()
if "CRASH_WARM" in os.environ:
    _compile_all(os.environ["CRASH_WARM"])
