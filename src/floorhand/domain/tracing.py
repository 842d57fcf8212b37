"""What an operation was about: the things that it names, so that each of them has a history.

A thing is written as its kind and its name, such as ``order:ALMA/A-5001``; merchants' things are
named with their merchant, a lot also with its SKU. All rules of a merchant are a thing, too, called
as it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

THINGS: Final = ("place", "order", "sku", "lot", "serial", "delivery", "return", "rule")
"""Kinds of things that have a history."""

PAGES: Final = (*THINGS, "operation")
"""What can be looked at on a page of its own."""

BUILDINGS: Final = "*"
"""Stands for the merchant in the name of a rule that is one of the building."""

_PLACES: Final = frozenset(
    {"place", "bin", "tote", "cart", "dock", "pallet", "plate", "full", "proposed", "carton"}
)
"""Names of what commands say of a place."""

NAMED: Final = "things"
"""What an operation calls the things that it is about besides, as `thing` writes them."""

BETWEEN: Final = "\n"
"""Stands between those."""

_NUMBERS: Final = {"receiving": "delivery", "returns": "return"}
"""What a command calls just ``number``, by the job that it belongs to."""


def thing(kind: str, *names: str) -> str:
    """Write a thing."""
    assert kind in THINGS, kind
    return f"{kind}:{'/'.join(names)}"


def things_of(command: Mapping[str, Any], job: str) -> Iterator[str]:
    """Give the things that a command names, some of them more than once.

    Args:
        command: Its fields as plain values; the figures of its outcome name things likewise.
        job: To which it belongs.
    """
    merchant = command.get("merchant", "")
    for name, value in command.items():
        if isinstance(value, Mapping):
            yield from things_of(value, job)
        elif not (value and isinstance(value, str)):
            continue
        elif name == NAMED:
            yield from value.split(BETWEEN)
        elif name in _PLACES:
            yield thing("place", value)
        elif name == "delivery" or (name == "number" and job in _NUMBERS):
            yield thing("delivery" if name == "delivery" else _NUMBERS[job], value)
        elif name == "rule":
            yield thing("rule", merchant or BUILDINGS)
            yield thing("rule", merchant or BUILDINGS, value)
        elif name == "order" or (name == "number" and merchant):
            whole = not merchant or value.startswith(f"{merchant}/")
            yield thing("order", value) if whole else thing("order", merchant, value)
    if merchant and (sku := command.get("sku")):
        yield from things_of_goods(merchant, sku, command.get("lot", ""), command.get("serial", ""))


def things_of_goods(merchant: str, sku: str, lot: str, serial: str) -> Iterator[str]:
    """Give the things that goods are: their SKU, and their lot and serial if they have them."""
    yield thing("sku", merchant, sku)
    if lot:
        yield thing("lot", merchant, sku, lot)
    if serial:
        yield thing("serial", merchant, sku, serial)
