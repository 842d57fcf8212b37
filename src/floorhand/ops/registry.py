"""Which flows there are, and who carries out which command."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any, cast

from floorhand.flows.turn import Flow

FLOWS: dict[str, Flow] = {}
HANDLERS: dict[type, Callable[[Any, Any, Any], object]] = {}
for _name in ("sign_in", "menu", "which", "receiving", "putaway", "picking", "packing", "returns"):
    try:
        FLOWS[_name] = cast(Flow, import_module(f"floorhand.flows.{_name}"))
        HANDLERS.update(import_module(f"floorhand.ops.{_name}").HANDLERS)
    except ModuleNotFoundError:
        pass
