"""What programs that tests fork find loaded; imported by the process that they are forked from."""

import floorhand.cli
import floorhand.ops.registry
import floorhand.store.db
import floorhand.talk
import floorhand.tui.app

__all__ = ["floorhand"]
