"""``floorhand printers remove``: forget a printer that is no more."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime

from sqlalchemy.orm import Session

from floorhand.commands.office import add_printer, decide, labels, opened, say
from floorhand.config import Settings
from floorhand.domain.print_desk import PrinterRemoved, RemovePrinter
from floorhand.errors import BadSetting
from floorhand.store.no_word import UNFINISHED
from floorhand.store.print_desk import printer_facts, require_printer

add_arguments = add_printer


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Remove a printer that nobody and nothing names any more."""

    def make(tx: Session) -> RemovePrinter:
        name = require_printer(tx, settings.site, args.printer)
        if needs := _needs(tx, settings.site, name):
            raise BadSetting(f"{name} is not removed: {needs}")
        return RemovePrinter(name)

    done = decide(opened(settings), settings, make)
    assert isinstance(done, PrinterRemoved)
    say(f"{done.printer} is removed. What it has printed stays in the record.")
    return 0


def _needs(tx: Session, site: str, name: str) -> str:
    """Say what still needs a printer, and what to do about it; empty if nothing does."""
    found = printer_facts(tx, site, datetime.now(UTC))
    (one,) = (facts for facts in found if facts.code == name)
    if one.info is None:
        return "no file of printers has named it. Nothing is kept about it."
    if one.stations:
        return (
            f"station {', '.join(one.stations)} prints there. Import stations with another printer "
            f"first."
        )
    if unfinished := one.count(*UNFINISHED):
        return (
            f"{labels(unfinished)} still to come out. floorhand printers jobs {name} lists what "
            f"there is; reroute, confirm or void it first."
        )
    if near := [facts.code for facts in found if facts.info and facts.info.neighbour == name]:
        return (
            f"it is the neighbour of {', '.join(near)}. Import printers with another neighbour "
            f"(- for none) first."
        )
    return ""
