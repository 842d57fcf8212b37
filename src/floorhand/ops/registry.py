"""Which flows there are, and who carries out which command.

Each is read when it is first needed: all of them take longer than the rest of a start, and the
first question is asked by one. `get_ready` reads what is left when there is time.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any, Final, cast

from sqlalchemy import Dialect

from floorhand.domain.gs1 import ready_biip
from floorhand.flows.turn import Flow
from floorhand.store.db import Transactions, engine_of
from floorhand.store.prepared import warm_up

NAMES: Final = (
    "sign_in",
    "menu",
    "settings",
    "scanner",
    "which",
    "learning",
    "labelling",
    "leading",
    "watching",
    "serving",
    "exceptions",
    "correcting",
    "handing_over",
    "planning",
    "control",
    "taken_back",
    "receiving",
    "putaway",
    "picking",
    "packing",
    "returns",
    "counting",
    "refill",
)
"""Every conversation: a module of this name in `floorhand.flows`."""

CARRIED_OUT_IN: Final = (
    "reversing",
    "redoing",
    "print_desk",
    "assigning",
    "ruling",
    *(name for name in NAMES if name not in ("which", "taken_back", "watching")),
)
"""Modules of `floorhand.ops` that carry out commands."""

Handler = Callable[..., Any]


class _Flows(dict[str, Flow]):
    """Every conversation that was needed, by name; a seat's row says which one is open."""

    def __missing__(self, name: str) -> Flow:
        if name not in NAMES:
            raise KeyError(name)
        self[name] = cast(Flow, import_module(f"floorhand.flows.{name}"))
        return self[name]


class _Handlers:
    """Who carries out a command: ``(tx, cause, command) -> outcome``."""

    def __init__(self) -> None:
        self._known: dict[type, Handler] = {}
        self._read: set[str] = set()

    def __getitem__(self, command: type) -> Handler:
        """Give the handler of a command; most stand in the module named as that of the command."""
        if command in self._known:
            return self._known[command]
        own = command.__module__.rpartition(".")[2]
        left = sorted(set(CARRIED_OUT_IN) - self._read, key=lambda name: name != own)
        while command not in self._known and left:
            self.read(left.pop(0))
        return self._known[command]

    def read(self, name: str) -> None:
        """Read the handlers of a module."""
        if name not in self._read:
            self._known |= import_module(f"floorhand.ops.{name}").HANDLERS
            self._read.add(name)


FLOWS: Final[Mapping[str, Flow]] = _Flows()
HANDLERS: Final = _Handlers()


_READY_FOR: Final[set[str]] = set()
"""The drivers for which all is compiled: a terminal that a host forked has nothing to do."""


def get_ready(transactions: Transactions) -> None:
    """Read what has not been needed yet, and compile what it asks: no first scan waits for it."""
    get_ready_for(engine_of(transactions).dialect)


def get_ready_for(dialect: Dialect) -> None:
    """Do the same where no database is open; once for each driver."""
    if dialect.driver in _READY_FOR:
        return
    ready_biip()  # first: what it frees is used again by what follows
    for name in NAMES:
        assert name == FLOWS[name].NAME, name
    for name in CARRIED_OUT_IN:
        HANDLERS.read(name)
    warm_up(dialect)
    _READY_FOR.add(dialect.driver)
