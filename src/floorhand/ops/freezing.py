"""Keep a flow's state as JSON, and take it out again exactly as it was."""

from __future__ import annotations

import json
from dataclasses import fields, is_dataclass
from functools import cache
from typing import Any

from floorhand.domain import things
from floorhand.flows.turn import AnyState, Flow

TAG = "_"
"""Names the class of a frozen value."""

_THINGS = {
    name: value
    for name, value in vars(things).items()
    if isinstance(value, type) and is_dataclass(value)
}


def freeze(state: AnyState) -> str:
    """Write a state down."""
    return json.dumps(_plain(state), ensure_ascii=False, separators=(",", ":"))


def thaw(flow: Flow, text: str) -> AnyState:
    """Read a state of a flow.

    Raises:
        KeyError: If it is not a state of this flow.
    """
    which: Any = flow  # modules can be told apart, which their protocol does not say
    return _live(_known(which), json.loads(text))


@cache
def _known(flow: Flow) -> dict[str, type]:
    """Give the classes that a state of a flow may consist of, by name."""
    return {**_THINGS, **{cls.__name__: cls for cls in (*flow.STATES, *flow.VALUES)}}


@cache
def _names(cls: type) -> tuple[str, ...] | None:
    """Give the names of a dataclass's fields; None if it is none."""
    return tuple(item.name for item in fields(cls)) if is_dataclass(cls) else None


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, str | int):
        return value
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    kind: Any = type(value)
    names = _names(kind)
    assert names is not None, value
    return {TAG: type(value).__name__, **{name: _plain(getattr(value, name)) for name in names}}


def _live(known: dict[str, type], value: Any) -> Any:
    if isinstance(value, dict):
        cls = known[value.pop(TAG)]
        return cls(**{name: _live(known, item) for name, item in value.items()})
    if isinstance(value, list):
        return tuple(_live(known, item) for item in value)
    return value
