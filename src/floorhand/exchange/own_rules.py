"""Our own CSVs about how we work: rules of merchants, rules of the site, and stations.

An empty cell leaves what is set, so that a file may say one rule of one merchant and nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from floorhand.domain import verdicts
from floorhand.domain.correcting import COUNT_MAX
from floorhand.domain.count_plan import CLASSES
from floorhand.domain.rights import ROLES
from floorhand.domain.rules import (
    DISPOSITION_BY_GRADE,
    DISPOSITIONS,
    EXPIRY_ORDERS,
    FOUR_EYES,
    RETURN_DAYS_MAX,
    SHORT_LIVES,
    SHORT_POLICIES,
    TOLERANCE_PCT_MAX,
    SiteRules,
)
from floorhand.domain.shifts import parse_shift
from floorhand.domain.signing_in import JOBS
from floorhand.domain.troubles import KINDS
from floorhand.errors import BadSetting
from floorhand.exchange import cells
from floorhand.exchange.cells import BadCell
from floorhand.exchange.layout import Field, Layout, Reader
from floorhand.exchange.own_masters import each
from floorhand.exchange.reading import Source
from floorhand.exchange.records import (
    Context,
    MerchantRecord,
    Parsed,
    SiteRecord,
    StationRecord,
)
from floorhand.text.catalog import languages

PLACE_POLICIES = ("scan", "check", "either", "none")
GRADES = len(DISPOSITION_BY_GRADE)
COUNT_PIECES_MAX = 99_999
COUNT_DAYS_MAX = 3650
REFILL_HOURS_MAX = 24 * 28
ORDERS_PER_WALK_MAX = 24
"""No cart has more totes, and every order has its own."""

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

SITE = Layout(
    "site",
    (
        Field("site_name", "name of the building"),
        Field("time_zone", "such as Europe/Rome; shifts and cut-offs are local; new: UTC"),
        Field("gs1_prefix", "your GS1 company prefix, 6 to 12 digits, for parcel numbers"),
        Field("cut_off", "until then an order without deadline ships the same day; new: 16:00"),
        Field("shifts", "name and times, separated by |: early 06:00-14:00|late 14:00-22:00"),
        Field(
            "default_place_policy",
            f"how a place is proven: {', '.join(PLACE_POLICIES)}; new: either",
        ),
        Field("place_policy", "the same for single zones: A=scan|FREEZER=none; - for no zone"),
        Field("orders_per_walk_max", f"1 to {ORDERS_PER_WALK_MAX} orders on a cart; new: 12"),
        Field("correction_pieces_max", "pieces that one person may correct a day; new: 5"),
        Field(
            "four_eyes",
            "kinds of exceptions that nobody lets pass who caused them, separated by |; new: "
            f"{'|'.join(FOUR_EYES)}; - for none",
        ),
        Field("stuck_minutes", "claimed work without a scan for so long stands still; new: 30"),
        Field("parked_hours", "work parked for so long is an exception; new: 8"),
        Field(
            "idle_minutes",
            "without a scan until the badge is asked for again, per role: lead=15|packer=60; "
            "- for never",
        ),
        Field(
            "count_tolerance_pieces",
            "a difference of so many pieces of a product is booked by the first count; new: 1",
        ),
        Field("count_tolerance_pct", "if it is also so many per cent of its pieces; new: 5"),
        Field(
            "count_days",
            "days between two counts of a bin, by the class of its products; 0: only if doubted;"
            " new: A=30|B=90|C=180",
        ),
        Field("refill_below_hours", "a pick face that lasts shorter is filled up; new: 8"),
        Field("refill_up_to_hours", "so that it lasts so long; new: 24"),
        Field(
            "count_approval_pieces",
            "differences of so many pieces are booked when a lead approves them; new: 5",
        ),
        Field("language", "of labels, and of screens until somebody signs in: en, it …; new: en"),
    ),
)

IDLE_MINUTES_MAX = 1440
PARKED_HOURS_MAX = 168

_MERCHANT_TEXTS = ("pack_instruction", "sender")
_SITE_COLUMNS = ("site_name", "time_zone", "gs1_prefix")

MERCHANT_RULES = tuple(f.name for f in MERCHANTS.fields if f.name not in ("merchant", "name"))
SITE_RULES = tuple(f.name for f in SITE.fields if f.name not in ("language", "site_name"))
"""Headings that tell these files from others."""

NONE = "-"
"""Written into a cell to take a text away, because an empty one changes nothing."""

_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d", re.ASCII)
_PREFIX = re.compile(r"\d{6,12}", re.ASCII)


def read_merchants(source: Source, _context: Context) -> Parsed:
    """Read merchants and their rules."""
    return each(source, MERCHANTS, _merchant)


def read_stations(source: Source, _context: Context) -> Parsed:
    """Read stations."""
    return each(source, STATIONS, _station)


def read_site(source: Source, _context: Context) -> Parsed:
    """Read what the building does its own way: one row."""
    first = 0

    def site(row: Reader) -> SiteRecord:
        nonlocal first
        if first:
            raise BadCell(f"a site has one row, and that is line {first}")
        record = _site(row)
        first = row.line
        return record

    return each(source, SITE, site)


def _merchant(row: Reader) -> MerchantRecord:
    told: dict[str, Any] = {
        "short_life": row.choice("short_life", SHORT_LIVES) or None,
        "short_policy": row.choice("short_policy", SHORT_POLICIES) or None,
        "typed_quantity": row.flag("typed_quantity"),
        "over_tolerance_pct": _up_to(row, "over_tolerance_pct", 0, TOLERANCE_PCT_MAX),
        "expiry_order": _expiry_order(row),
        "dispositions": _dispositions(row),
        "return_days": _up_to(row, "return_days", 1, RETURN_DAYS_MAX),
        "verdicts": _pairs(row, "verdicts", _check_verdict),
        **{name: _text(row, name) for name in _MERCHANT_TEXTS},
    }
    rules = {name: value for name, value in told.items() if value is not None}
    return MerchantRecord(row.line, row.needed("merchant"), row.text("name"), rules)


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
    words = (_text(row, "jobs") or "").casefold().replace("|", " ").split()
    if unknown := [word for word in words if word not in JOBS]:
        raise BadCell(f"jobs has {cells.shown(unknown[0])}; known: {', '.join(JOBS)}")
    told = " ".join(job for job in JOBS if job in words)
    return told if told or _text(row, "jobs") == "" else None


def _site(row: Reader) -> SiteRecord:
    columns = {name: word for name in _SITE_COLUMNS if (word := row.text(name))}
    _check_columns(columns)
    cut_off = row.code("cut_off")
    if cut_off and not _TIME.fullmatch(cut_off):
        raise BadCell(f"cut_off is {cells.shown(cut_off)}; expected a time such as 16:00")
    told: dict[str, Any] = {
        "cut_off": cut_off or None,
        "shifts": _shifts(row),
        "default_place_policy": row.choice("default_place_policy", PLACE_POLICIES) or None,
        "place_policy": _pairs(row, "place_policy", _check_policy),
        "orders_per_walk_max": _up_to(row, "orders_per_walk_max", 1, ORDERS_PER_WALK_MAX),
        "correction_pieces_max": _up_to(row, "correction_pieces_max", 0, COUNT_MAX),
        "four_eyes": _four_eyes(row),
        "stuck_minutes": _up_to(row, "stuck_minutes", 1, IDLE_MINUTES_MAX),
        "parked_hours": _up_to(row, "parked_hours", 1, PARKED_HOURS_MAX),
        "idle_minutes": _minutes(row),
        "count_tolerance_pieces": _up_to(row, "count_tolerance_pieces", 0, COUNT_PIECES_MAX),
        "count_tolerance_pct": _up_to(row, "count_tolerance_pct", 0, TOLERANCE_PCT_MAX),
        "count_days": _days(row),
        "refill_below_hours": _up_to(row, "refill_below_hours", 1, REFILL_HOURS_MAX),
        "refill_up_to_hours": _up_to(row, "refill_up_to_hours", 1, REFILL_HOURS_MAX),
        "count_approval_pieces": _up_to(row, "count_approval_pieces", 0, COUNT_PIECES_MAX),
        "language": row.choice("language", languages()) or None,
    }
    rules = {name: value for name, value in told.items() if value is not None}
    if not (columns or rules):
        raise BadCell("the row says nothing")
    return SiteRecord(row.line, columns, rules)


def _check_columns(columns: dict[str, str]) -> None:
    zone, prefix = columns.get("time_zone", "UTC"), columns.get("gs1_prefix", "0000000")
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise BadCell(
            f"time_zone is {cells.shown(zone)}; expected a name such as Europe/Rome"
        ) from None
    if not _PREFIX.fullmatch(prefix):
        raise BadCell(f"gs1_prefix is {cells.shown(prefix)}; expected 6 to 12 digits")


def _up_to(row: Reader, name: str, least: int, most: int) -> int | None:
    number = row.measure(name)
    if number is not None and not least <= number <= most:
        raise BadCell(f"{name} is {number}; expected {least} to {most}")
    return number


def _text(row: Reader, name: str) -> str | None:
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


def _shifts(row: Reader) -> tuple[str, ...] | None:
    words = tuple(part.strip() for part in row.text("shifts").split("|"))
    if words == ("",):
        return None
    for word in words:
        try:
            parse_shift(word)
        except BadSetting:
            raise BadCell(
                f"shifts has {cells.shown(word)}; expected name and times: early 06:00-14:00"
            ) from None
    return words


def _pairs(row: Reader, name: str, check: Callable[[str, str], str]) -> dict[str, str] | None:
    """Read ``key=word|key=word``; None leaves what is set, a dash takes all away."""
    text = _text(row, name)
    if not text:
        return None if text is None else {}
    pairs: dict[str, str] = {}
    for part in text.split("|"):
        key, equals, word = (piece.strip() for piece in part.partition("="))
        if not (key and equals and word):
            raise BadCell(f"{name} has {cells.shown(part)}; expected pairs such as A=B|C=D")
        pairs[key] = check(key, word)
    return pairs


def _four_eyes(row: Reader) -> tuple[str, ...] | None:
    """Read kinds of exceptions; None leaves what is set, a dash takes all away."""
    text = _text(row, "four_eyes")
    kinds = tuple(part.strip() for part in (text or "").split("|") if part.strip())
    if unknown := sorted(set(kinds) - KINDS):
        known = ", ".join(sorted(KINDS))
        raise BadCell(f"four_eyes has {cells.shown(unknown[0])}; known: {known}")
    return None if text is None else kinds


def _minutes(row: Reader) -> dict[str, int] | None:
    pairs = _pairs(row, "idle_minutes", _check_minutes)
    return None if pairs is None else {role: int(word) for role, word in pairs.items()}


def _days(row: Reader) -> dict[str, int] | None:
    pairs = _pairs(row, "count_days", _check_days)
    if pairs is None:
        return None
    return SiteRules().count_days | {grade: int(word) for grade, word in pairs.items()}


def _check_days(grade: str, word: str) -> str:
    if grade not in CLASSES:
        raise BadCell(f"count_days has {cells.shown(grade)}; known: {', '.join(CLASSES)}")
    if not (word.isascii() and word.isdecimal() and int(word) <= COUNT_DAYS_MAX):
        raise BadCell(
            f"count_days of {grade} is {cells.shown(word)}; expected 0 to {COUNT_DAYS_MAX}"
        )
    return word


def _check_minutes(role: str, word: str) -> str:
    if role not in ROLES:
        raise BadCell(f"idle_minutes has {cells.shown(role)}; known: {', '.join(ROLES)}")
    if not (word.isascii() and word.isdecimal() and 1 <= int(word) <= IDLE_MINUTES_MAX):
        raise BadCell(
            f"idle_minutes of {role} is {cells.shown(word)}; expected 1 to {IDLE_MINUTES_MAX}"
        )
    return word


def _check_policy(zone: str, word: str) -> str:
    if word.casefold() not in PLACE_POLICIES:
        raise BadCell(
            f"place_policy of {cells.shown(zone)} is {cells.shown(word)}; "
            f"expected one of: {', '.join(PLACE_POLICIES)}"
        )
    return word.casefold()


def _check_verdict(key: str, word: str) -> str:
    platform, _, kind = key.partition(".")
    known = verdicts.WORDS.get(platform, {})
    if kind not in known:
        raise BadCell(
            f"verdicts has {cells.shown(key)}; expected platform and kind such as tiktok.good; "
            f"platforms: {', '.join(verdicts.WORDS)}; kinds: {', '.join(verdicts.WORDS['own'])}"
        )
    return word
