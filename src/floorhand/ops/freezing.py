"""Keep a flow's state as JSON, and take it out again exactly as it was."""

from __future__ import annotations

import json
from dataclasses import fields, is_dataclass
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
    known = {**_THINGS, **{cls.__name__: cls for cls in (*flow.STATES, *flow.VALUES)}}
    return _live(known, json.loads(text))


def _plain(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        named = {item.name: _plain(getattr(value, item.name)) for item in fields(value)}
        return {TAG: type(value).__name__, **named}
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    assert value is None or isinstance(value, str | int | bool), value
    return value


def _live(known: dict[str, type], value: Any) -> Any:
    if isinstance(value, dict):
        cls = known[value.pop(TAG)]
        return cls(**{name: _live(known, item) for name, item in value.items()})
    if isinstance(value, list):
        return tuple(_live(known, item) for item in value)
    return value
