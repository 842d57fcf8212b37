"""What is known of an exception, as facts that a screen can put into words."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from floorhand.domain.reasons import HELD, SHORT, Where, reason_facts
from floorhand.domain.things import AVAILABLE
from floorhand.domain.troubles import ADJUSTMENT, HELD_GOODS, LINE_NOT_FOUND, STRAY_UNIT
from floorhand.store.exceptions import Standing

Shown = tuple[str, str]
"""A text and its value, as in `floorhand.flows.turn.Prompt`."""

NAMED: Final[Mapping[str, str]] = {
    "order": "fact.order",
    "box": "fact.box",
    "delivery": "fact.delivery",
    "sku": "fact.product",
    "lot": "fact.lot",
    "serial": "fact.serial",
    "place": "fact.place",
    "believed": "fact.believed",
    "counted": "fact.counted",
    "over": "fact.over",
    "more": "fact.more",
    "less": "fact.less",
    "lines": "fact.lines",
    "worker": "fact.worker",
    "taken_from": "fact.worker",
    "seat": "fact.seat",
    "station": "fact.station",
    "printer": "fact.printer",
    "template": "fact.label",
    "copies": "fact.copies",
    "code": "fact.received_code",
    "scanned": "fact.received_code",
    "carrier": "fact.carrier",
    "sender": "fact.sender",
    "letters": "fact.letters",
    "error": "fact.told",
    "told": "fact.told",
}
"""Facts that are shown as they are."""

_WHERE: Final[Mapping[str, Where]] = {HELD_GOODS: HELD, "short_order": SHORT}
"""Kinds whose reasons are those of many jobs, or words that people wrote: where to look."""

WHY: Final[Mapping[str, str]] = {
    LINE_NOT_FOUND: "picking.why_short.",
    "missing_at_bench": "packing.reason.",
    "overrides": "override.",
    ADJUSTMENT: "correcting.reason.",
    STRAY_UNIT: "exceptions.stray.",
}
"""Whose words the reason of a kind is in: these and the reason; others are told by people."""

_TASKS: Final[Mapping[str, str]] = {
    **{kind: f"waits.{kind}" for kind in ("putaway", "putback", "refill", "count")},
    "pick": "job.picking",
    "pack": "job.packing",
}
"""What kinds of tasks are called; else a job is told by its name."""


def facts_of(one: Standing) -> tuple[Shown, ...]:
    """Give the facts of an exception, those that are not empty, in the order they were told."""
    found: list[Shown] = []
    for name, value in _each(one):
        if value in ("", 0):
            continue
        if name in _WORDED:
            found.append(_WORDED[name](one, str(value)))
        elif name in NAMED:
            found.append((NAMED[name], str(value)))
        elif name == "condition" and value != AVAILABLE:
            found.append((f"fact.condition_{value}", str(one.facts.get("sku", ""))))
    return tuple(found)


def _each(one: Standing) -> Iterator[tuple[str, str | int]]:
    """Take reasons apart: an order may lack pieces for several."""
    for name, value in one.facts.items():
        if (one.kind, name) == ("short_order", "reason"):
            yield from ((name, reason) for reason in str(value).split(", "))
        else:
            yield name, value


def _reason(one: Standing, value: str) -> Shown:
    if (where := _WHERE.get(one.kind)) is not None:
        return reason_facts(value, where)[0]
    if one.kind in WHY:
        return "fact.reason_text", WHY[one.kind] + value
    return "fact.reason", value


def _job(_one: Standing, value: str) -> Shown:
    return "fact.job_text", _TASKS.get(value, f"job.{value}")


_WORDED: Final[Mapping[str, Callable[[Standing, str], Shown]]] = {
    "reason": _reason,
    "job": _job,
    "flow": _job,
    "expiry": lambda _one, value: ("fact.expiry", value),
}
"""Facts whose value is a word of ours."""
