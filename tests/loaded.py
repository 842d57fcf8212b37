"""What programs that tests fork find loaded; imported by the process that they are forked from."""

import floorhand.cli
import floorhand.ops.registry
import floorhand.robots.demo
import floorhand.robots.simulate
import floorhand.store.check
import floorhand.store.migrations
import floorhand.talk
import floorhand.tui.app
from floorhand.ops.registry import get_ready_for
from floorhand.store.db import dialect_of

for kind in ("sqlite://", "postgresql+psycopg://"):
    get_ready_for(dialect_of(kind))

__all__ = ["floorhand"]
