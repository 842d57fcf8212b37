"""Take GS1 element strings apart, and compute GS1 check digits, with biip.

biip is imported where it is needed: it costs a tenth of a second, and the first screen does not
need it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from biip.gs1_application_identifiers import GS1ApplicationIdentifier
    from biip.gs1_element_strings import GS1ElementString

GS = "\x1d"
"""ASCII GS: how scanners send GS1 FNC1 between two elements (GS1 General Specifications, 7.8)."""

SPLIT_STEPS_MAX = 2_000
"""Attempts at finding the splits of an element string whose FNC1 was lost."""

_GTIN_LENGTHS = (8, 12, 13, 14)


@lru_cache(maxsize=1)
def ready_biip() -> None:
    """Import biip, and free its table of the prefixes of all companies, which nobody asks here.

    It is a tenth of what a terminal may take. Prefixes are unknown then, which biip allows for; no
    public name leads there.
    """
    from biip import gs1_prefixes

    gs1_prefixes._GS1_COMPANY_PREFIX_TRIE = {}


@lru_cache(maxsize=512)
def _identifier(head: str) -> GS1ApplicationIdentifier | None:
    ready_biip()
    from biip import ParseError
    from biip.gs1_application_identifiers import GS1ApplicationIdentifier

    try:
        return GS1ApplicationIdentifier.extract(head)
    except ParseError:
        return None


def _element(text: str, *, whole: bool, dates: bool) -> GS1ElementString | None:
    ready_biip()
    from biip import ParseConfig, ParseError
    from biip.gs1_element_strings import GS1ElementString

    config = ParseConfig(gs1_element_strings_verify_date=dates)
    try:
        if whole:
            return GS1ElementString.parse(text, config=config)
        return GS1ElementString.extract(text, config=config)
    except (ParseError, ValueError):
        return None


def greedy(part: str) -> list[GS1ElementString] | None:
    """Read what stands between two GS as the standard says; None if it is not GS1.

    A date that does not exist leaves its element without one: the product is still told, and the
    date will be asked for.
    """
    found: list[GS1ElementString] = []
    while part:
        element = _element(part, whole=False, dates=False)
        if element is None or not element.value:
            return None
        found.append(element)
        part = part[len(element) :]
        if part and element.ai.separator_required:
            return None
    return found


def whole(body: str) -> list[GS1ElementString]:
    """Read an element string whose FNC1s all came through; empty if any of it is not GS1."""
    found: list[GS1ElementString] = []
    for part in filter(None, body.split(GS)):
        elements = greedy(part)
        if elements is None:
            return []
        found += elements
    return found


EXCLUSIVE = (frozenset({"01", "02"}), frozenset({"01", "03"}), frozenset({"02", "03"}))
"""Pairs of which a code may hold one: the goods, made to order or not, or what is in the unit.

Source: GS1 General Specifications, 4.14 "Invalid pairs of element strings"; the attribute ``ex`` of
GS1's syntax dictionary.
"""

_MEASURES = ("310",)
"""Beginnings of identifiers whose last digit is the place of the decimal point."""


def contradicts(elements: Iterable[GS1ElementString]) -> bool:
    """Say whether elements tell two different things where only one can be true.

    Two lots or two GTINs in one code are a misprint, or two codes that ran together: which of them
    is right nobody can say. The same told twice is only told twice.
    """
    told: dict[str, str] = {}
    for element in elements:
        name = element.ai.ai
        kind = next((head for head in _MEASURES if name.startswith(head)), name)
        value = element.value if kind == name else f"{name}:{element.value}"
        if told.setdefault(kind, value) != value:
            return True
    return any(pair <= told.keys() for pair in EXCLUSIVE)


def only_split(body: str) -> list[GS1ElementString]:
    """Read an element string that may have lost its FNC1s.

    Returns:
        All elements if there is one way to split it; if there are more, the leading elements of
        fixed length, which are the same in all of them; if there is none, nothing.
    """
    budget = iter(range(SPLIT_STEPS_MAX))
    splits = _splits(body, (), budget)
    first = next(splits, None)
    if first is None:
        return []
    exhausted = object()
    if next(splits, None) is None and next(budget, exhausted) is not exhausted:
        return first
    certain: list[GS1ElementString] = []
    for element in first:
        if element.ai.separator_required:
            break
        certain.append(element)
    return certain


def _splits(
    body: str, seen: tuple[str, ...], budget: Iterator[int]
) -> Iterator[list[GS1ElementString]]:
    if not body:
        yield []
        return
    identifier = _identifier(body[:4])
    if identifier is None or identifier.ai in seen:
        return
    head = len(identifier.ai)
    whole = _element(body, whole=False, dates=True)
    if whole is None:
        return
    shortest = head + 1 if identifier.separator_required else len(whole)
    for end in range(len(whole), shortest - 1, -1):
        if next(budget, None) is None:
            return
        element = whole if end == len(whole) else _element(body[:end], whole=True, dates=True)
        if element is None:
            continue
        for rest in _splits(body[end:], (*seen, identifier.ai), budget):
            yield [element, *rest]


def warm_up() -> None:
    """Import biip and its tables ahead, so that the first scan does not wait for them."""
    upc_e("01234565")
    only_split("0105901234123457" + "10A")


def check_is_good(digits: str) -> bool:
    """Say whether the last digit is the check digit of those before it."""
    return len(digits) > 1 and digits.isdecimal() and gs1_check_digit(digits[:-1]) == digits[-1]


def gs1_check_digit(digits: str) -> str:
    """Give the check digit that belongs behind ``digits`` (GS1 modulo 10)."""
    ready_biip()
    from biip.checksums import gs1_standard_check_digit

    return str(gs1_standard_check_digit(digits))


def gtin14(text: str) -> str | None:
    """Write a GTIN of 8, 12, 13 or 14 digits with 14; None if it is none or its check is wrong."""
    if len(text) not in _GTIN_LENGTHS or not (text.isascii() and text.isdecimal()):
        return None
    if not text.strip("0") or not check_is_good(text):
        return None
    return text.zfill(14)


def upc_e(text: str) -> str | None:
    """Read eight digits as UPC-E. Six and seven digits are left alone: people type such numbers."""
    ready_biip()
    from biip import ParseError
    from biip.upc import Upc

    if len(text) != 8 or not (text.isascii() and text.isdecimal() and text.strip("0")):
        return None
    try:
        return Upc.parse(text).as_upc_a().zfill(14)
    except (ParseError, ValueError):
        return None


def sscc(prefix: str, serial: int, extension: int = 3) -> str:
    """Make a serial shipping container code: 18 digits with the check digit.

    Args:
        prefix: GS1 company prefix, 4 to 12 digits.
        serial: Serial reference; the caller never gives one twice.
        extension: First digit, 0 to 9.

    Raises:
        ValueError: If the prefix has no more room for the serial reference.
    """
    room = 16 - len(prefix)
    if not prefix.isdecimal() or room < 1 or not 0 <= serial < 10**room:
        raise ValueError(f"serial {serial} does not fit behind the GS1 prefix {prefix!r}")
    digits = f"{extension:d}{prefix}{serial:0{room}d}"
    return digits + gs1_check_digit(digits)
