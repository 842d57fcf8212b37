"""Processes that robots work in: where it can be, forks of one that has loaded what they load."""

from __future__ import annotations

from multiprocessing import get_all_start_methods, get_context
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from multiprocessing.context import ForkServerContext, SpawnContext

LOADED: Final = ("floorhand.robots.crew", "floorhand.ops.registry", "floorhand.store.db")


def robot_processes() -> ForkServerContext | SpawnContext:
    """Give what starts them; to load it all takes longer than many a robot has to work."""
    if "forkserver" not in get_all_start_methods():
        return get_context("spawn")
    context = get_context("forkserver")
    context.set_forkserver_preload(list(LOADED))
    return context
