"""Check digits that a file gives to a place although a place nearby has the same.

Who stands at that place would confirm this one with what is read off there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from floorhand.domain.checks import NEIGHBOURS
from floorhand.exchange.records import PlaceRecord
from floorhand.store.rotating import PROVEN_KINDS

NAMED_MAX = 5
"""So many pairs are named in a note."""


@dataclass(frozen=True, slots=True)
class Digits:
    """The digits that are good at a place; ``record`` is what the file newly says of it, if so."""

    code: str
    good: frozenset[str]
    record: PlaceRecord | None


def along_the_walk(
    records: Sequence[PlaceRecord], there: Mapping[str, Mapping[str, Any]], step: int
) -> list[Digits]:
    """List the places in walking order, as they would be with the file.

    Places for which no digits are given or known are left out: theirs are drawn to differ.
    """
    numbers = {code: row["walk_no"] for code, row in there.items() if row["kind"] in PROVEN_KINDS}
    good = {code: _known(there[code]["check_digits"], there[code]["old_check"]) for code in numbers}
    last = max(numbers.values(), default=0)
    said: dict[str, PlaceRecord] = {}
    for record in records:
        if record.kind not in PROVEN_KINDS or record.code in said:
            continue
        last += step if record.walk_no is None and record.code not in numbers else 0
        number = numbers.get(record.code, last) if record.walk_no is None else record.walk_no
        digits = _known(record.check_digits or "") or good.get(record.code, _known())
        if (number, digits) != (numbers.get(record.code), good.get(record.code)):
            said[record.code] = record
        numbers[record.code] = number
        good[record.code] = digits
    order = sorted(numbers, key=lambda code: (numbers[code], code))
    return [Digits(code, good[code], said.get(code)) for code in order]


def _known(*digits: str) -> frozenset[str]:
    return frozenset(digits) - {""}


def refused(walked: Sequence[Digits]) -> dict[str, str]:
    """Say why places are not taken that would have the digits of the place beside them."""
    found: dict[str, str] = {}
    for before, after in pairwise(walked):
        both = before.good & after.good
        one, other = (after, before) if after.record else (before, after)
        if both and one.record and other.code not in found:
            found[one.code] = (
                f"check_digits of {one.code} are {min(both)}, as those of {other.code} beside it;"
                " give others, or none: then they are drawn"
            )
    return found


def told(walked: Sequence[Digits]) -> str:
    """Name places that have the digits of one nearby on the walk, but not beside it."""
    pairs = list(_nearby(walked))
    if not pairs:
        return ""
    named = ", ".join(f"{one} and {other} ({digits})" for one, other, digits in pairs[:NAMED_MAX])
    more = f" and {len(pairs) - NAMED_MAX} more pairs" if len(pairs) > NAMED_MAX else ""
    return (
        f"The same check digits near each other on the walk: {named}{more}."
        " floorhand label rotate draws others."
    )


def _nearby(walked: Sequence[Digits]) -> Iterator[tuple[str, str, str]]:
    for at, one in enumerate(walked):
        for other in walked[at + 2 : at + 1 + NEIGHBOURS]:
            if (one.record or other.record) and (both := one.good & other.good):
                yield one.code, other.code, min(both)
