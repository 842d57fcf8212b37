"""Statements that SQLAlchemy compiled, kept for all databases of one kind that a process opens.

The program opens one database and compiles each statement once. Tests open thousands, one after
another, and would compile all anew for each.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy
from sqlalchemy import Engine
from sqlalchemy.util import LRUCache

from floorhand.store import db, server

KEPT_MAX = 5_000


class _Kept(LRUCache[Any, Any]):
    """A cache in which databases of one kind are the same; the kind comes first in a key."""

    def get(self, key: Any, default: Any = None) -> Any:
        return super().get((key[0].driver, *key[1:]), default)

    def __setitem__(self, key: Any, compiled: Any) -> None:
        super().__setitem__((key[0].driver, *key[1:]), compiled)


_KEPT = _Kept(KEPT_MAX)


def create_engine(*args: Any, **named: Any) -> Engine:
    """Make an engine that begins with what others compiled."""
    engine = sqlalchemy.create_engine(*args, **named)
    engine._compiled_cache = _KEPT
    return engine


def keep_compiled() -> None:
    """Let databases that are opened from now on begin with what others compiled."""
    db.create_engine = server.create_engine = create_engine
