"""``floorhand printers pause`` and ``resume``: let the labels of a printer wait, or come out."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime

from sqlalchemy.orm import Session

from floorhand.commands.office import add_printer, decide, opened, say
from floorhand.config import Settings
from floorhand.domain.print_desk import PausePrinter, PrinterSet, ResumePrinter
from floorhand.errors import BadSetting
from floorhand.store.masters import DEFAULT_PRINTER
from floorhand.store.print_desk import printer_facts, require_printer

add_arguments = add_printer


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Pause or resume a printer."""
    pausing = args.action == "pause"
    transactions = opened(settings)

    def make(tx: Session) -> object:
        name = require_printer(tx, settings.site, args.printer)
        known = {
            one.code for one in printer_facts(tx, settings.site, datetime.now(UTC)) if one.info
        }
        if name == DEFAULT_PRINTER and name not in known:
            raise BadSetting(
                f"{name} writes files wherever labels are sent and cannot be paused. With an "
                f"address of its own in a file of printers (folder:PATH) it can."
            )
        return PausePrinter(name) if pausing else ResumePrinter(name)

    done = decide(transactions, settings, make)
    assert isinstance(done, PrinterSet)
    if pausing:
        say(f"{done.printer} {'is paused' if done.changed else 'was paused already'}: its labels "
            f"wait. A label that is going out now still comes. floorhand printers resume "
            f"{done.printer} lets them come.")  # fmt: skip
    else:
        say(f"{done.printer} {'prints again' if done.changed else 'was not paused'}.")
    return 0
