"""What programs that tests fork find loaded; imported by the process that they are forked from."""

import floorhand.cli
import floorhand.ops.registry
import floorhand.robots.demo
import floorhand.robots.simulate
import floorhand.store.check
import floorhand.store.migrations
import floorhand.talk
import floorhand.tui.app

__all__ = ["floorhand"]
