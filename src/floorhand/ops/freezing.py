"""Keep a flow's state as JSON, and take it out again exactly as it was."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from functools import cache
from operator import attrgetter
from typing import Any, Final

from floorhand.domain import things
from floorhand.domain.json_text import as_json
from floorhand.flows.turn import AnyState, Flow

TAG = "_"
"""Names the class of a frozen value."""

ATOMS: Final = frozenset({str, int, bool, type(None)})
"""What JSON holds as it is."""

KEPT_MAX: Final = 64
"""States that are kept as they were written down: a terminal reads what it wrote last."""

_THINGS = {
    name: value
    for name, value in vars(things).items()
    if isinstance(value, type) and is_dataclass(value)
}


_KEPT: dict[tuple[str, str], AnyState] = {}


def freeze(state: AnyState) -> str:
    """Write a state down."""
    return as_json(plain(state, tagged=True))


def freeze_next(flow: Flow, state: AnyState) -> str:
    """Write down the state that the next scan will find."""
    text = freeze(state)
    if len(_KEPT) >= KEPT_MAX:
        _KEPT.clear()
    _KEPT[flow.NAME, text] = state
    return text


def thaw(flow: Flow, text: str) -> AnyState:
    """Give a state of a flow: as it was kept, else as it is read.

    Raises:
        KeyError: If it is not a state of this flow.
    """
    kept = _KEPT.get((flow.NAME, text))
    return thawed(flow, text) if kept is None else kept


def thawed(flow: Flow, text: str) -> AnyState:
    """Read a state of a flow.

    Raises:
        KeyError: If it is not a state of this flow.
    """
    which: Any = flow  # modules can be told apart, which their protocol does not say
    return _live(_known(which), json.loads(text))


def thaw_one(cls: type, text: str) -> Any:
    """Read a frozen value of one class, which may hold what barcodes can be.

    Raises:
        KeyError: If it is of another class.
    """
    return _live({**_THINGS, cls.__name__: cls}, json.loads(text))


@cache
def _known(flow: Flow) -> dict[str, type]:
    """Give the classes that a state of a flow may consist of, by name."""
    return {**_THINGS, **{cls.__name__: cls for cls in (*flow.STATES, *flow.VALUES)}}


@cache
def _fields(cls: type) -> tuple[tuple[str, ...], Callable[[Any], tuple[Any, ...]]]:
    """Give the names of a dataclass's fields, and what takes their values out."""
    assert is_dataclass(cls), cls
    names = tuple(item.name for item in fields(cls))
    if len(names) > 1:
        return names, attrgetter(*names)
    return names, lambda value: tuple(getattr(value, name) for name in names)


def plain(value: Any, *, tagged: bool = False) -> Any:
    """Make of a frozen dataclass what JSON can hold.

    Args:
        value: It, or the value of a field.
        tagged: Name the classes, so that it can be taken out again.
    """
    kind: Any = type(value)
    if kind in ATOMS or isinstance(value, str):
        return value
    if kind is tuple:
        return [plain(item, tagged=tagged) for item in value]
    names, take = _fields(kind)
    told: dict[str, Any] = {TAG: kind.__name__} if tagged else {}
    for name, item in zip(names, take(value), strict=True):
        told[name] = item if type(item) in ATOMS else plain(item, tagged=tagged)
    return told


def _live(known: dict[str, type], value: Any) -> Any:
    if isinstance(value, dict):
        cls = known[value.pop(TAG)]
        return cls(
            **{
                name: item if type(item) in ATOMS else _live(known, item)
                for name, item in value.items()
            }
        )
    if isinstance(value, list):
        return tuple(_live(known, item) for item in value)
    return value
