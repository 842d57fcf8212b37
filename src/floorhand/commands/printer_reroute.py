"""``floorhand printers reroute``: let what waits for a printer come from another one."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime

from sqlalchemy.orm import Session

from floorhand.commands.office import add_printer, decide, labels, opened, say
from floorhand.config import Settings
from floorhand.domain.print_desk import Rerouted, ReroutePrinter
from floorhand.errors import BadSetting
from floorhand.store.print_desk import printer_facts, require_printer


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    add_printer(parser)
    parser.add_argument("--to", metavar="OTHER", help="another printer (default: its neighbour)")


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Reroute what waits."""
    transactions = opened(settings)

    def make(tx: Session) -> object:
        here = {one.code: one for one in printer_facts(tx, settings.site, datetime.now(UTC))}
        # Labels may wait for a printer that nobody has told of, and can leave it.
        source = args.printer
        if source not in here:
            source = require_printer(tx, settings.site, args.printer)
        info = here[source].info if source in here else None
        target = args.to or (info.neighbour if info else "")
        if not target:
            raise BadSetting(f"{source} has no neighbour. Say which printer: --to OTHER.")
        target = require_printer(tx, settings.site, target)
        if target == source:
            raise BadSetting(f"The labels wait for {source} already. Say another printer: --to.")
        return ReroutePrinter(source, target)

    done = decide(transactions, settings, make)
    assert isinstance(done, Rerouted)
    if done.moved:
        say(f"{labels(done.moved)} that waited for {done.printer} now come from {done.to}.")
    else:
        say(f"Nothing waits for {done.printer}.")
    if done.sending:
        say(f"{_stay(done.sending)}: going out now.")
    if done.doubt:
        say(
            f"{_stay(done.doubt)}: in doubt, so they may have come out. Look; then "
            "floorhand printers confirm, reprint or void."
        )
    return 0


def _stay(count: int) -> str:
    return f"{labels(count)} {'stays' if count == 1 else 'stay'} there"
