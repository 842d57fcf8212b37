"""Which flows there are, and who carries out which command."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from floorhand.flows import (
    learning,
    menu,
    packing,
    picking,
    putaway,
    receiving,
    returns,
    scanner,
    settings,
    sign_in,
    which,
)
from floorhand.flows.turn import Flow
from floorhand.ops import leading as leading_ops
from floorhand.ops import learning as learning_ops
from floorhand.ops import menu as menu_ops
from floorhand.ops import packing as packing_ops
from floorhand.ops import picking as picking_ops
from floorhand.ops import putaway as putaway_ops
from floorhand.ops import receiving as receiving_ops
from floorhand.ops import returns as returns_ops
from floorhand.ops import scanner as scanner_ops
from floorhand.ops import settings as settings_ops
from floorhand.ops import sign_in as sign_in_ops

FLOWS: Mapping[str, Flow] = {
    flow.NAME: flow
    for flow in (
        *(sign_in, menu, settings, scanner, which, learning),
        *(receiving, putaway, picking, packing, returns),
    )
}
"""Every conversation, by name; a seat's row says which one is open."""

HANDLERS: Mapping[type, Callable[..., Any]] = {
    **sign_in_ops.HANDLERS,
    **menu_ops.HANDLERS,
    **settings_ops.HANDLERS,
    **scanner_ops.HANDLERS,
    **leading_ops.HANDLERS,
    **learning_ops.HANDLERS,
    **receiving_ops.HANDLERS,
    **putaway_ops.HANDLERS,
    **picking_ops.HANDLERS,
    **packing_ops.HANDLERS,
    **returns_ops.HANDLERS,
}
"""Who carries out a command: ``(tx, cause, command) -> outcome``."""
