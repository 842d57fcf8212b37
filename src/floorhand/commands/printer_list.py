"""``floorhand printers``: how each printer is, what waits there, and who sends labels."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from floorhand.commands import listing
from floorhand.commands.office import opened, say
from floorhand.config import Settings
from floorhand.domain.printers import Files, parse_address
from floorhand.errors import BadSetting
from floorhand.labels.addresses import beside
from floorhand.labels.printers import IN_WORDS
from floorhand.store.masters import DEFAULT_PRINTER, site_zone
from floorhand.store.print_desk import (
    LettersMissing,
    PrinterFacts,
    SpoolerFacts,
    letters_missing,
    printer_facts,
    spooler_of,
)
from floorhand.store.single import UNREADABLE, is_held
from floorhand.text.columns import columns

HEAD = ("printer", "condition", "since", "waiting", "doubt", "failed", "neighbour", "stations")


WELL = ("", "ready")
"""Conditions of a printer of which there is nothing to say."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    listing.add_forms(parser, also_before=True)


def run(args: argparse.Namespace, settings: Settings) -> int:
    """List the printers."""
    transactions = opened(settings)
    held = is_held(transactions, settings.site)
    where = Where(beside(transactions), settings.labels)
    with transactions.begin() as tx:
        found = printer_facts(tx, settings.site, datetime.now(UTC))
        spooler = spooler_of(tx, settings.site)
        lacking = letters_missing(tx, settings.site)
        zone = site_zone(tx, settings.site)
    if args.json:
        told = [_as_json(one, where) for one in found]
        spool = _spool_as_json(spooler, held)
        letters = [asdict(one) for one in lacking]
        told_all = {"printers": told, "spool": spool, "letters_missing": letters}
        print(json.dumps(told_all, indent=2))
        return 0
    if args.csv:
        listing.write_csv(HEAD, (_for_programs(one) for one in found))
        return 0
    for line in columns(HEAD, [_row(one, zone) for one in found]):
        print(line)
    for one in found:
        if line := _about(one, where):
            say(f"{one.code}: {line}")
    for lack in lacking:
        say(_lacking(lack))
    say(_spool(spooler, held, zone))
    return 0


@dataclass(frozen=True, slots=True)
class Where:
    """In which folder relative ones begin, and which one the embedded printer writes to."""

    books: Path
    embedded: str


def _where(one: PrinterFacts, where: Where) -> str:
    """Give the address of a printer, a folder from the root on; empty if nobody has told it."""
    if one.info is None:
        return f"folder:{where.books / where.embedded}" if one.code == DEFAULT_PRINTER else ""
    if _wrong_address(one):
        return one.info.address
    match parse_address(one.info.address):
        case Files(folder=folder, pdf=pdf):
            return f"{'pdf' if pdf else 'folder'}:{where.books / folder}"
        case _:
            return one.info.address


def in_words(one: PrinterFacts) -> str:
    """Say how a printer is, as it was last seen."""
    if one.info is None:
        if one.code != DEFAULT_PRINTER:
            return "nobody has told where it is"
        return "writes files" if one.condition in WELL else f"no files: {IN_WORDS[one.condition]}"
    if _wrong_address(one):
        return "its address is wrong"
    condition = IN_WORDS.get(one.info.condition, one.info.condition)
    return f"{condition}, paused here" if one.info.paused else condition


def _wrong_address(one: PrinterFacts) -> str:
    try:
        parse_address(one.info.address if one.info else "folder:.")
    except BadSetting as wrong:
        return str(wrong)
    return ""


def _about(one: PrinterFacts, where: Where) -> str:
    """Say where a printer is, what it told itself, and what somebody has to do."""
    if one.info is None:
        if one.code == DEFAULT_PRINTER:
            told = f"; {one.told}" if one.condition not in WELL else ""
            return f"files in {where.books / where.embedded}{told}"
        return "its labels wait until floorhand import reads a file of printers that names it"
    told = one.told if one.condition not in WELL else ""
    wrong = _wrong_address(one)
    return wrong or f"{_where(one, where)}, {one.info.dpi} dpi{'; ' if told else ''}{told}"


def _lacking(one: LettersMissing) -> str:
    """Say what was not on labels, and what to install."""
    return (
        f"Labels lack letters ({one.script}): no font has {one.letters} where labels are drawn, "
        f"first on {one.template} {one.label}. Install there, then start anew what sends "
        f"labels: {one.cure}"
    )


def _row(one: PrinterFacts, zone: ZoneInfo) -> tuple[str, ...]:
    code, words, since, *others = _for_programs(one)
    told = _moment(since, zone) if isinstance(since, datetime) else "-"
    return (str(code), str(words), told, *("-" if cell == "" else str(cell) for cell in others))


def _for_programs(one: PrinterFacts) -> tuple[listing.Cell, ...]:
    return (
        one.code,
        in_words(one),
        one.info.since if one.info else None,
        *(one.count(*states) for states in (("waiting", "sending"), ("doubt",), ("failed",))),
        one.info.neighbour if one.info else "",
        " ".join(one.stations),
    )


def _moment(at: datetime, zone: ZoneInfo) -> str:
    return f"{at.astimezone(zone):%Y-%m-%d %H:%M}"


def _spool(spooler: SpoolerFacts, held: bool | None, zone: ZoneInfo) -> str:
    since = f" since {_moment(spooler.since, zone)}" if spooler.since else ""
    if held:
        return f"Spool: runs on {spooler.host}{since}."
    if held is None:
        return f"Spool: whether one runs cannot be known: {UNREADABLE}."
    if spooler.stuck:
        return f"Spool: none can send, so labels wait: {spooler.stuck}"
    last = f" The last one began on {spooler.host}{since.replace('since', 'at')}." if since else ""
    return (
        "Spool: none runs, so labels wait; a terminal or floorhand spool sends them. How the "
        f"printers are is how they were seen last.{last}"
    )


def _as_json(one: PrinterFacts, where: Where) -> dict[str, Any]:
    info = one.info
    return {
        "printer": one.code,
        "known": info is not None or one.code == DEFAULT_PRINTER,
        "address": _where(one, where) or None,
        "dpi": info.dpi if info else None,
        "condition": one.condition or None,
        "told": one.told,
        "since": _stamp(info.since if info else None),
        "paused": info.paused if info else False,
        "neighbour": (info.neighbour or None) if info else None,
        "stations": list(one.stations),
        **{state: one.count(state) for state in ("waiting", "sending", "doubt", "failed")},
        "oldest_waits_since": _stamp(one.oldest_at),
    }


def _spool_as_json(spooler: SpoolerFacts, held: bool | None) -> dict[str, Any]:
    since = _stamp(spooler.since)
    return {"runs": held, "host": spooler.host or None, "since": since, "stuck": spooler.stuck}


def _stamp(at: datetime | None) -> str | None:
    return at.astimezone(UTC).isoformat() if at else None
