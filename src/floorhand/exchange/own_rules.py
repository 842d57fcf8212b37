"""Our own CSVs about how we work: rules of merchants, rules of the site, and stations.

An empty cell leaves what is set, so that a file may say one rule of one merchant and nothing else.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from floorhand.domain import verdicts
from floorhand.domain.inserts import INSERTS_MAX
from floorhand.domain.rules import (
    DISPOSITION_BY_GRADE,
    DISPOSITIONS,
    EXPIRY_ORDERS,
    RETURN_DAYS_MAX,
    SHORT_LIVES,
    SHORT_POLICIES,
    TOLERANCE_PCT_MAX,
)
from floorhand.domain.ruling import LISTS, entries
from floorhand.domain.signing_in import JOBS
from floorhand.exchange import cells
from floorhand.exchange.cells import BadCell
from floorhand.exchange.layout import Field, Layout, Reader
from floorhand.exchange.own_masters import each
from floorhand.exchange.reading import Source
from floorhand.exchange.records import (
    Context,
    MerchantRecord,
    Parsed,
    StationRecord,
)

GRADES = len(DISPOSITION_BY_GRADE)
MERCHANTS = Layout(
    "merchants",
    (
        Field("merchant", "the code that orders and products name", ("code",), True),
        Field("name", "as labels and screens show it; empty: unchanged, or the code"),
        Field(
            "short_policy",
            f"when an order cannot be filled: {', '.join(SHORT_POLICIES)}; new: ship_partial",
        ),
        Field("typed_quantity", "yes: at the bench a number counts after one scan; new: yes"),
        Field("over_tolerance_pct", "more than announced up to this needs no approval; new: 0"),
        Field(
            "short_life",
            f"goods that arrive with too little life left: {', '.join(SHORT_LIVES)} (a lead's badge"
            " allows them); new: hold",
        ),
        Field("expiry_order", "how six typed digits are read: YYMMDD or DDMMYY; new: YYMMDD"),
        Field(
            "dispositions",
            f"for grades 1 to {GRADES}, separated by |; new: {'|'.join(DISPOSITION_BY_GRADE)}; "
            f"known: {', '.join(DISPOSITIONS)}",
        ),
        Field("return_days", "how far back an order is looked for; new: 60"),
        Field(
            "verdicts",
            "what a platform is told instead of our word: tiktok.buyer_fault=WORD|…; - for none",
        ),
        Field("pack_instruction", "shown once per parcel at the bench; - for none"),
        Field("boxes", "box types that orders go into, separated by |: S|M; - for all of the site"),
        Field(
            "inserts",
            "what goes into parcels, separated by |: Card; code=CARD-1; first; from=3; "
            "until=2026-12-24|…; - for none",
        ),
        Field("sender", "return address on labels, lines separated by |; - for none"),
    ),
)

STATIONS = Layout(
    "stations",
    (
        Field("station", "code of the spot with a terminal", ("code",), True),
        Field("name", "as its label shows it; empty: unchanged, or the code"),
        Field("place", "code of the bench or dock that stands there", ("bench", "dock")),
        Field("printer", "name of the printer its labels come from; new: folder"),
        Field("scan_code", "what its barcode holds; empty: one is made", ("barcode",)),
        Field("jobs", f"what is done there, of {' '.join(JOBS)}; new, or -: all of them"),
    ),
)

_MERCHANT_TEXTS = ("pack_instruction", "sender")
MERCHANT_RULES = tuple(f.name for f in MERCHANTS.fields if f.name not in ("merchant", "name"))
"""Headings that tell these files from others."""
NONE = "-"
"""Written into a cell to take a text away, because an empty one changes nothing."""


def read_merchants(source: Source, _context: Context) -> Parsed:
    """Read merchants and their rules."""
    return each(source, MERCHANTS, _merchant)


def read_stations(source: Source, _context: Context) -> Parsed:
    """Read stations."""
    return each(source, STATIONS, _station)


def _merchant(row: Reader) -> MerchantRecord:
    told: dict[str, Any] = {
        "short_life": row.choice("short_life", SHORT_LIVES) or None,
        "short_policy": row.choice("short_policy", SHORT_POLICIES) or None,
        "typed_quantity": row.flag("typed_quantity"),
        "over_tolerance_pct": up_to(row, "over_tolerance_pct", 0, TOLERANCE_PCT_MAX),
        "expiry_order": _expiry_order(row),
        "dispositions": _dispositions(row),
        "return_days": up_to(row, "return_days", 1, RETURN_DAYS_MAX),
        "verdicts": pairs(row, "verdicts", _check_verdict),
        **{name: _entries(row, name) for name in LISTS},
        **{name: said(row, name) for name in _MERCHANT_TEXTS},
    }
    rules = {name: value for name, value in told.items() if value is not None}
    return MerchantRecord(row.line, row.needed("merchant"), row.text("name"), rules)


def _entries(row: Reader, name: str) -> tuple[str, ...] | None:
    """Read boxes or inserts; None leaves what is set, a dash is none."""
    text = said(row, name)
    if text is None:
        return None
    found = entries(name, text)
    if found is None:
        raise BadCell(
            f"{name} is {cells.shown(text)}; expected up to {INSERTS_MAX}, each with a name of its"
            " own and then any of: code=CARD-1; first; from=3; until=2026-12-24"
        )
    return found


def _station(row: Reader) -> StationRecord:
    scan_code = row.code("scan_code")
    if scan_code.startswith("*"):
        raise BadCell(f"scan_code {cells.shown(scan_code)} begins like a command barcode (*)")
    return StationRecord(
        row.line,
        row.needed("station").upper(),
        row.text("name"),
        row.code("place").upper(),
        row.code("printer"),
        scan_code,
        _jobs(row),
    )


def _jobs(row: Reader) -> str | None:
    """Read which jobs a station is for; None leaves what is set, a dash allows all."""
    words = (said(row, "jobs") or "").casefold().replace("|", " ").split()
    if unknown := [word for word in words if word not in JOBS]:
        raise BadCell(f"jobs has {cells.shown(unknown[0])}; known: {', '.join(JOBS)}")
    told = " ".join(job for job in JOBS if job in words)
    return told if told or said(row, "jobs") == "" else None


def up_to(row: Reader, name: str, least: int, most: int) -> int | None:
    """Read a number between two; None leaves what is set."""
    number = row.measure(name)
    if number is not None and not least <= number <= most:
        raise BadCell(f"{name} is {number}; expected {least} to {most}")
    return number


def said(row: Reader, name: str) -> str | None:
    """Read a text; None leaves what is set, a dash takes it away."""
    word = row.text(name)
    return "" if word == NONE else word or None


def _expiry_order(row: Reader) -> str | None:
    word = row.code("expiry_order").upper()
    if word and word not in EXPIRY_ORDERS:
        raise BadCell(f"expiry_order is {cells.shown(word)}; expected {' or '.join(EXPIRY_ORDERS)}")
    return word or None


def _dispositions(row: Reader) -> tuple[str, ...] | None:
    parts = row.text("dispositions").split("|")
    words = [part.strip().casefold().replace(" ", "_") for part in parts]
    if words == [""]:
        return None
    if unknown := [word for word in words if word not in DISPOSITIONS]:
        raise BadCell(
            f"dispositions has {cells.shown(unknown[0])}; known: {', '.join(DISPOSITIONS)}"
        )
    if len(words) != GRADES:
        raise BadCell(f"dispositions has {len(words)} words; expected {GRADES}, one for each grade")
    return tuple(words)


def pairs(row: Reader, name: str, check: Callable[[str, str], str]) -> dict[str, str] | None:
    """Read ``key=word|key=word``; None leaves what is set, a dash takes all away."""
    text = said(row, name)
    if not text:
        return None if text is None else {}
    pairs: dict[str, str] = {}
    for part in text.split("|"):
        key, equals, word = (piece.strip() for piece in part.partition("="))
        if not (key and equals and word):
            raise BadCell(f"{name} has {cells.shown(part)}; expected pairs such as A=B|C=D")
        pairs[key] = check(key, word)
    return pairs


def _check_verdict(key: str, word: str) -> str:
    platform, _, kind = key.partition(".")
    known = verdicts.WORDS.get(platform, {})
    if kind not in known:
        raise BadCell(
            f"verdicts has {cells.shown(key)}; expected platform and kind such as tiktok.good; "
            f"platforms: {', '.join(verdicts.WORDS)}; kinds: {', '.join(verdicts.WORDS['own'])}"
        )
    return word
