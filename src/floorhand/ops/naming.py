"""Name scans in words: what was scanned where something else was asked, and what is taken back."""

from __future__ import annotations

from collections.abc import Sequence

from floorhand.domain.barcodes import shown
from floorhand.domain.days import day
from floorhand.domain.keymap import Key, named
from floorhand.domain.scanner_test import COMMAND, TestCode
from floorhand.domain.things import (
    Attributes,
    Badge,
    BoxCode,
    Chosen,
    DeliveryCode,
    Number,
    OrderCode,
    Piece,
    Place,
    Pressed,
    ReturnCode,
    Station,
    Text,
    Unknown,
)
from floorhand.errors import Code
from floorhand.flows.turn import Choice, Facts
from floorhand.ops.registry import FLOWS
from floorhand.ops.seats import Settled, Sitting, Trail

NAMES_THE_SCAN = frozenset(
    {
        Code.KEY_NOT_NOW,
        Code.READ_FIRST,
        Code.SCAN_EACH_PIECE,
        Code.BAD_MARK,
        Code.RETURN_BAD_MARK,
        Code.RETURN_TEXT_LONG,
        Code.RETURN_BADGE_TYPED,
    }
)
"""Refusals of flows in which the road puts in what was scanned or pressed."""


def what(event: object) -> dict[str, str | int]:
    """Name what was scanned, for "That is bin B-02. Scan the piece."."""
    match event:
        case Place(kind=kind, code=code):
            return {"thing_text": f"thing.{kind}", "code": code}
        case Piece(sku=sku, name=name):
            return {"thing_text": "thing.piece", "code": shown(f"{sku} {name}".strip())}
        case Text(value=value):
            return {"thing_text": "thing.text", "code": shown(value)}
        case Badge(name=name):
            return {"thing_text": "thing.badge", "code": name}
        case Number(value=value):
            return {"thing_text": "thing.number", "code": value}
        case OrderCode(number=code) | DeliveryCode(number=code) | ReturnCode(number=code):
            return {"thing_text": f"thing.{type(event).__name__.lower()}", "code": code}
        case Attributes(lot="", expiry="", serial="", count=count):
            return {"thing_text": "thing.number", "code": count}
        case Attributes(lot=lot, expiry=expiry, serial=serial):
            return {"thing_text": "thing.attributes", "code": shown(lot or serial) or day(expiry)}
        case TestCode():
            return {"thing_text": "thing.testcode", "code": COMMAND}
        case Pressed(key=key):
            return {"thing_text": "thing.key", "code": named(key), "key": named(key)}
        case Station(code=code) | Chosen(code=code) | BoxCode(code=code):
            return {"thing_text": f"thing.{type(event).__name__.lower()}", "code": code}
        case _:
            return {"thing_text": "thing.unknown", "code": ""}


def trailed(
    sitting: Sitting, settled: Settled, event: object, operations: Sequence[str]
) -> Settled:
    """Add what undoing needs to know: what was written, and the words that name the scan."""
    said = settled.said
    match event:
        case _ if said is not None and operations:
            told: tuple[str, Facts] = said.text, said.facts
        case Pressed(key=key):
            told = _key(sitting, key)
        case _ if said is not None:
            told = said.text, said.facts
        case Chosen(code=code):
            told = _choice(sitting, code)
        case Unknown(shown=code):
            told = "road.label", {"label": code}
        case _:
            told = "road.scan", what(event)
    kind = "back" if event == Pressed(Key.BACK) else "scan"
    trail = Trail(told, tuple(operations), kind)
    return Settled(settled.flow, settled.state, settled.said, settled.secret, trail)


def _key(sitting: Sitting, key: Key) -> tuple[str, Facts]:
    """Name a key, and what it was for at the question that was on the screen."""
    words = dict(FLOWS[sitting.flow].prompt(sitting.state).keys)
    if key in words:
        return "road.pressed", {"key": named(key), "key_text": words[key]}
    return "road.key", {"key": named(key)}


def _choice(sitting: Sitting, code: str) -> tuple[str, Facts]:
    """Name an entry of the list that was on the screen."""
    choices = FLOWS[sitting.flow].prompt(sitting.state).choices
    one = next((one for one in choices if one.code == code), Choice(code, "", code))
    if one.text and one.label:
        return "road.choice", {"choice_text": one.text, "label": one.label, **dict(one.facts)}
    return (one.text, dict(one.facts)) if one.text else ("road.label", {"label": one.label or code})
