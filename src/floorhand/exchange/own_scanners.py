"""Our own CSV about how the scanners of stations and seats send."""

from __future__ import annotations

import re
from typing import Any, Final

from floorhand.domain.barcodes import control_named
from floorhand.domain.keyboards import MIXED
from floorhand.domain.scanners import (
    AFFIX_CHARACTERS_MAX,
    ENDS,
    IDLE_MS_MAX,
    IDLE_MS_MIN,
    SEPARATORS,
)
from floorhand.exchange import cells
from floorhand.exchange.cells import BadCell
from floorhand.exchange.layout import Field, Layout, Reader
from floorhand.exchange.own_masters import each
from floorhand.exchange.reading import Source
from floorhand.exchange.records import Context, Parsed, ScannerRecord

AIMS: Final = ("any", "on", "off")
RIGHT: Final = "right"

SCANNERS = Layout(
    "scanners",
    (
        Field("station", "code of the station; or empty, and a seat"),
        Field("seat", "name of a terminal that has its own scanner"),
        Field("terminator", f"what ends a scan: {', '.join(ENDS)}; new: any of CR, LF, TAB"),
        Field("suffix", "characters that end a scan besides; <ETX> for controls; - for none"),
        Field("idle_ms", "silence that ends a scan if the terminator is none; new: 50"),
        Field("prefix", "characters before every code, taken off; - for none"),
        Field("aim", f"AIM identifier: {', '.join(AIMS)}; new: any"),
        Field("separators", f"what stands for GS, separated by blanks: {' '.join(SEPARATORS)}"),
        Field("keyboard", f"what garbles letters: {', '.join(MIXED)}; {RIGHT}: nothing does"),
        Field("caps_inverted", "yes: capital and small letters arrive the wrong way round"),
    ),
)

_CONTROL = re.compile(r"<([A-Z0-9]{2,3})>")


def read_scanners(source: Source, _context: Context) -> Parsed:
    """Read how scanners send."""
    return each(source, SCANNERS, _scanner)


def _scanner(row: Reader) -> ScannerRecord:
    station, seat = row.code("station").upper(), row.code("seat")
    if bool(station) == bool(seat):
        raise BadCell("a row says how the scanner of a station or of a seat sends: name one")
    keyboard = row.choice("keyboard", (RIGHT, *(name.replace("-", "_") for name in MIXED)))
    idle_ms = row.measure("idle_ms")
    if idle_ms is not None and not IDLE_MS_MIN <= idle_ms <= IDLE_MS_MAX:
        raise BadCell(f"idle_ms is {idle_ms}; expected {IDLE_MS_MIN} to {IDLE_MS_MAX}")
    told: dict[str, Any] = {
        "ends": row.choice("terminator", tuple(ENDS)) or None,
        "suffix": _affix(row, "suffix"),
        "idle_ms": idle_ms,
        "prefix": _affix(row, "prefix"),
        "aim": row.choice("aim", AIMS) or None,
        "separators": _separators(row),
        "keyboard": "" if keyboard == RIGHT else keyboard.replace("_", "-") or None,
        "caps": row.flag("caps_inverted"),
    }
    profile = {name: value for name, value in told.items() if value is not None}
    if not profile:
        raise BadCell("the row says nothing about the scanner")
    return ScannerRecord(row.line, station, seat, profile)


def _affix(row: Reader, name: str) -> str | None:
    """Read characters before or behind a code; None leaves what is set, a dash takes it away."""
    word = row.raw(name)
    if word in ("", "-"):
        return "" if word else None

    def control(found: re.Match[str]) -> str:
        character = control_named(found[1])
        if character is None:
            raise BadCell(f"{name} has {cells.shown(found[0])}, which is no control character")
        return character

    text = _CONTROL.sub(control, word)
    if len(text) > AFFIX_CHARACTERS_MAX:
        raise BadCell(f"{name} has {len(text)} characters; at most {AFFIX_CHARACTERS_MAX}")
    return text


def _separators(row: Reader) -> tuple[str, ...] | None:
    words = tuple(row.raw("separators").split())
    if unknown := [word for word in words if word.upper() not in SEPARATORS]:
        raise BadCell(
            f"separators has {cells.shown(unknown[0])}; expected some of: {' '.join(SEPARATORS)}"
        )
    return tuple(word.upper() for word in words) or None
