"""Our own CSV about how a building works: its rules, in one row.

An empty cell leaves what is set, so that a file may say one rule and nothing else.
"""

from __future__ import annotations

import re
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from floorhand.domain.count_plan import CLASSES
from floorhand.domain.pace_targets import PER_HOUR_MAX, UNITS, parse_target
from floorhand.domain.rights import ROLES
from floorhand.domain.rules import FOUR_EYES
from floorhand.domain.ruling import SITE_NAMES, TIME_ZONE
from floorhand.domain.signing_in import JOBS
from floorhand.domain.site_rules import (
    COUNT_DAYS_MAX,
    DAYS,
    IDLE,
    IDLE_MINUTES_MAX,
    LIMITS,
    NUMBERS,
    ORDERS_PER_WALK_MAX,
    PLACE_POLICIES,
    TYPED_CHARACTERS_MAX,
    is_number,
    shift_name,
)
from floorhand.domain.troubles import KINDS
from floorhand.errors import BadSetting
from floorhand.exchange import cells
from floorhand.exchange.cells import BadCell
from floorhand.exchange.layout import Field, Layout, Reader
from floorhand.exchange.own_masters import each
from floorhand.exchange.own_rules import pairs, said, up_to
from floorhand.exchange.reading import Source
from floorhand.exchange.records import Context, Parsed, SiteRecord
from floorhand.text.catalog import languages

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
        Field("staged_hours", "pallets and cartons that wait so long for put-away are one; new: 8"),
        Field("return_due_hours", "returns not judged so long before their deadline; new: 4"),
        Field("overrides_max", "so many other bins in a row than the one proposed; new: 3"),
        Field("place_misses_max", "so many wrong places in a row at a terminal; new: 3"),
        Field("reprints_max", "a label that is printed more often; new: 3"),
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
            "days between two counts of a bin, by the class of its products; 0: only if doubted; a"
            " class that is not named stays as it is; new: A=30|B=90|C=180",
        ),
        Field("refill_below_hours", "a pick face that lasts shorter is filled up; new: 8"),
        Field("refill_up_to_hours", "so that it lasts so long; new: 24"),
        Field(
            "count_approval_pieces",
            "differences of so many pieces are booked when a lead approves them; new: 5",
        ),
        Field(
            "pace_targets",
            "wanted of an active hour, per job: picking=60 lines|packing=90 pieces; - for none",
        ),
        Field("language", "of labels, and of screens until somebody signs in: en, it …; new: en"),
    ),
)

_SITE_COLUMNS = ("site_name", "time_zone", "gs1_prefix")

SITE_RULES = tuple(f.name for f in SITE.fields if f.name not in ("language", "site_name"))
"""Headings that tell these files from others."""

_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d", re.ASCII)
_PREFIX = re.compile(r"\d{6,12}", re.ASCII)


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


def read_rule(name: str, text: str) -> SiteRecord:
    """Read one rule as a file would say it.

    Raises:
        BadSetting: If there is no such rule, or it cannot be that.
    """
    known = (*SITE_NAMES, TIME_ZONE)
    if name not in known:
        raise BadSetting(f"There is no rule {name!r} of a building. Known: {', '.join(known)}.")
    try:
        return _site(Reader(1, [text], {name: 0}))
    except BadCell as bad:
        raise BadSetting(f"{bad}.") from bad


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
        "place_policy": pairs(row, "place_policy", _check_policy),
        "four_eyes": _four_eyes(row),
        "idle_minutes": _minutes(row),
        "count_days": _days(row),
        "pace_targets": pairs(row, "pace_targets", _check_target),
        **{name: up_to(row, name, *limits) for name, limits in NUMBERS.items()},
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


def _shifts(row: Reader) -> tuple[str, ...] | None:
    words = tuple(part.strip() for part in row.text("shifts").split("|"))
    if words == ("",):
        return None
    names: set[str] = set()
    for word in words:
        name = shift_name(word)
        if not name:
            raise BadCell(
                f"shifts has {cells.shown(word)}; expected name and times: early 06:00-14:00, "
                f"in at most {TYPED_CHARACTERS_MAX} characters"
            )
        if name in names:
            raise BadCell(f"shifts has {cells.shown(name)} twice; expected names of their own")
        names.add(name)
    return words


def _four_eyes(row: Reader) -> tuple[str, ...] | None:
    """Read kinds of exceptions; None leaves what is set, a dash takes all away."""
    text = said(row, "four_eyes")
    kinds = tuple(part.strip() for part in (text or "").split("|") if part.strip())
    if unknown := sorted(set(kinds) - KINDS):
        known = ", ".join(sorted(KINDS))
        raise BadCell(f"four_eyes has {cells.shown(unknown[0])}; known: {known}")
    return None if text is None else kinds


def _minutes(row: Reader) -> dict[str, int] | None:
    told = pairs(row, "idle_minutes", _check_minutes)
    return None if told is None else {role: int(word) for role, word in told.items()}


def _days(row: Reader) -> dict[str, int] | None:
    told = pairs(row, "count_days", _check_days)
    if told is None:
        return None
    return {grade: int(word) for grade, word in told.items()}


def _check_days(grade: str, word: str) -> str:
    if grade not in CLASSES:
        raise BadCell(f"count_days has {cells.shown(grade)}; known: {', '.join(CLASSES)}")
    if not is_number(word, *LIMITS[DAYS]):
        raise BadCell(
            f"count_days of {grade} is {cells.shown(word)}; expected 0 to {COUNT_DAYS_MAX}"
        )
    return word


def _check_minutes(role: str, word: str) -> str:
    if role not in ROLES:
        raise BadCell(f"idle_minutes has {cells.shown(role)}; known: {', '.join(ROLES)}")
    if not is_number(word, *LIMITS[IDLE]):
        raise BadCell(
            f"idle_minutes of {role} is {cells.shown(word)}; expected 1 to {IDLE_MINUTES_MAX}"
        )
    return word


def _check_target(job: str, word: str) -> str:
    if job not in JOBS:
        raise BadCell(f"pace_targets has {cells.shown(job)}; known: {', '.join(JOBS)}")
    target = parse_target(word)
    if target is None:
        raise BadCell(
            f"pace_targets of {job} is {cells.shown(word)}; expected 1 to {PER_HOUR_MAX} and "
            f"{' or '.join(UNITS)}, such as 60 lines"
        )
    return str(target)


def _check_policy(zone: str, word: str) -> str:
    if word.casefold() not in PLACE_POLICIES:
        raise BadCell(
            f"place_policy of {cells.shown(zone)} is {cells.shown(word)}; "
            f"expected one of: {', '.join(PLACE_POLICIES)}"
        )
    return word.casefold()
