"""The rules of counting a delivery: dates, condition on arrival, which line a piece belongs to."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterable, Sequence
from datetime import date

from floorhand.domain.barcodes import gtin14
from floorhand.domain.receiving import Gap, LineCount
from floorhand.domain.things import AVAILABLE, HOLD

MARK_CHARACTERS_MAX = 40
"""Length of a lot or serial. GS1 allows 20; suppliers who print their own use more."""


def read_expiry(text: str, order: str) -> str:
    """Read a typed expiry date.

    Six digits are read in the merchant's order, eight likewise with a four-digit year, four are
    month and year. Day 00, and a missing day, mean the last of the month. Separators may be typed.

    Args:
        text: What was typed: ``271031``, ``31.10.27``, ``1027``.
        order: ``YYMMDD`` or ``DDMMYY``.

    Returns:
        The ISO date; empty if it is none.
    """
    digits = re.sub(r"[ ./-]", "", text)
    if not (digits.isascii() and digits.isdecimal()):
        return ""
    if len(digits) == 4:
        day, month, year = "00", digits[:2], digits[2:]
    elif len(digits) in (6, 8) and order == "DDMMYY":
        day, month, year = digits[:2], digits[2:4], digits[4:]
    elif len(digits) in (6, 8):
        year, month, day = digits[:-4], digits[-4:-2], digits[-2:]
    else:
        return ""
    full_year = int(year) + (2000 if len(year) == 2 else 0)
    if not (1 <= int(month) <= 12 and 2000 <= full_year <= 2999):
        return ""
    last = monthrange(full_year, int(month))[1]
    if int(day) > last:
        return ""
    return date(full_year, int(month), int(day) or last).isoformat()


def read_mark(text: str) -> str:
    """Read a lot or a serial that was scanned or typed; empty if it can be none.

    The scanner's AIM identifier is no part of it. It is short, has nothing unprintable in it, and
    is not the barcode of some other product: one slip of the scanner would otherwise name a lot
    that nobody finds again.
    """
    mark = re.sub(r"^\][A-Za-z][0-9A-Za-z]", "", text).strip()
    if not (0 < len(mark) <= MARK_CHARACTERS_MAX and mark.isprintable()):
        return ""
    return "" if len(mark) in (13, 14) and gtin14(mark) else mark


def good_mark(text: str) -> bool:
    """Say whether something scanned or typed can be a lot or a serial just as it is."""
    return read_mark(text) == text != ""


def in_unit(known: int, told: int) -> int:
    """Say how many pieces are in a unit whose label tells a number.

    Args:
        known: What the books say that its barcode stands for; 1 if it is the product's own.
        told: What the label tells, at least 1.

    Returns:
        The number, or 0 if label and books differ: then somebody has to look.
    """
    return told if known in (1, told) else 0


def arrival(blind: bool, expiry: str, today: date, min_life_days: int) -> tuple[str, str, int]:
    """Decide in which condition pieces arrive.

    Goods nobody announced are held until their owner has spoken. Goods with too little life left,
    or none, are held too: they stay findable, and no order gets them.

    Returns:
        Condition, alarm (``life``, ``blind`` or empty), and days of life left (0 if not dated).
    """
    days = (date.fromisoformat(expiry) - today).days if expiry else 0
    if expiry and days < max(min_life_days, 0):
        return HOLD, "life", days
    if blind:
        return HOLD, "blind", days
    return AVAILABLE, "", days


NET_PCT_MIN, NET_PCT_MAX = 25, 150
"""A net weight outside this share of what the pieces weigh, with what they are packed in, cannot be
theirs: then it is another number of them, or other goods. Packing can be heavier than goods."""


def weight_fits(net_g: int, about_g: int) -> bool:
    """Say whether goods can have a net weight; ``about_g`` is theirs by our books, 0 if unknown."""
    share = range(NET_PCT_MIN * about_g, NET_PCT_MAX * about_g + 1)
    return not (net_g and about_g) or 100 * net_g in share


def tolerated(lines: Sequence[LineCount], tolerance_pct: int) -> int:
    """Say how many pieces of a SKU may be over before it needs a look.

    The tolerance is taken of all its lines together and rounded down: 5 % of 19 is none.
    """
    return sum(line.expected for line in lines) * tolerance_pct // 100


def over_room(lines: Sequence[LineCount], tolerance_pct: int) -> int:
    """Say how many more pieces of a SKU may come before it needs a look."""
    missing = sum(line.expected - line.counted for line in lines)
    return tolerated(lines, tolerance_pct) + missing


def spread(lines: Sequence[LineCount], lot: str, pieces: int) -> tuple[tuple[int, int], ...]:
    """Share counted pieces out to the lines of their SKU, as (line number, pieces).

    A line that announces this very lot fills first, then lines that name no lot, then any. What
    no line expects goes to the last one that got some, or else to the best line: it is over.
    """
    assert lines, "no line to count on"
    assert pieces > 0, pieces
    best = sorted(lines, key=lambda n: (n.lot != lot or not lot, n.lot != "", n.line_no))
    shares: dict[int, int] = {}
    for line in best:
        share = min(line.left, pieces)
        if share:
            shares[line.line_no] = share
            pieces -= share
    if pieces:
        line_no = next(reversed(shares), best[0].line_no)
        shares[line_no] = shares.get(line_no, 0) + pieces
    return tuple(shares.items())


def take_back(lines: Sequence[LineCount], lot: str, pieces: int) -> tuple[tuple[int, int], ...]:
    """Choose the lines that lose good pieces again, as (line number, pieces): what is over first.

    Raises:
        ValueError: If the lines hold fewer.
    """
    best = sorted(lines, key=lambda n: (n.lot != lot or not lot, n.lot != "", n.line_no))
    shares: dict[int, int] = {}
    for over_only in (True, False):
        for line in reversed(best):
            taken = shares.get(line.line_no, 0)
            most = line.received - taken
            if over_only:
                most = min(most, line.counted - line.expected - taken)
            share = max(0, min(most, pieces))
            if share:
                shares[line.line_no] = taken + share
                pieces -= share
    if pieces:
        raise ValueError(pieces)
    return tuple(shares.items())


def gaps(lines: Iterable[LineCount], blind: bool) -> tuple[Gap, ...]:
    """List the lines that are not as announced; of a blind delivery only the damaged ones."""
    found = []
    for line in lines:
        more = line.counted - line.expected
        if line.unexpected and line.counted:
            found.append(_gap(line, "unexpected", line.counted))
        elif more > 0 and not blind and not line.unexpected:
            found.append(_gap(line, "over", more))
        elif more < 0:
            found.append(_gap(line, "short", -more))
        if line.damaged:
            found.append(_gap(line, "damaged", line.damaged))
    return tuple(found)


def _gap(line: LineCount, kind: str, pieces: int) -> Gap:
    return Gap(line.sku, line.name, kind, pieces, line.expected, line.counted)
