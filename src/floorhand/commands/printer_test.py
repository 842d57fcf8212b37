"""``floorhand printers test``: ask a printer how it is, and see whether a label comes out."""

from __future__ import annotations

import argparse
import json
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy.orm import Session

from floorhand.commands.office import decide, known_printer, labels, opened, say
from floorhand.config import Settings
from floorhand.domain.print_desk import PrintLabels, VoidLabels
from floorhand.labels.addresses import Books, books_of, printer_at
from floorhand.labels.asked import scanner_test_label
from floorhand.labels.awaiting import wait_until
from floorhand.labels.printers import ABLE, IN_WORDS, Condition, FolderPrinter, Printer
from floorhand.labels.scripts import language_advice
from floorhand.store.db import Transactions
from floorhand.store.masters import site_rules
from floorhand.store.print_desk import LabelFacts, newest_label, printer_facts
from floorhand.store.printers import PrinterInfo

TEST_MAX_S = 60.0
"""How long a test label may take; then it is taken back, so that it surprises nobody later."""

RUN = "test"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    parser.add_argument("printer", metavar="PRINTER", help="its name")
    told = "print a test label, too, and say what became of it"
    parser.add_argument("--label", action="store_true", help=told)


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Test a printer; 0 if it is well, and its label came out."""
    transactions = opened(settings)
    name = known_printer(transactions, settings, args.printer)
    with transactions.begin() as tx:
        facts = next(
            one for one in printer_facts(tx, settings.site, datetime.now(UTC)) if one.code == name
        )
    status = _printer(facts.info, settings, books_of(transactions)).status()
    held = f", {labels(status.held)} in it" if status.held else ""
    told = f". {status.told}" if status.told and status.condition is not Condition.READY else ""
    say(f"{name}: {IN_WORDS[status.condition]}{held}{told}")
    with transactions.begin() as tx:
        language = settings.language or site_rules(tx, settings.site).language
    if lacking := language_advice(language):
        say(lacking)
    able = status.condition in ABLE
    paused = facts.info is not None and facts.info.paused
    if paused:
        say(f"It is paused here: its labels wait. floorhand printers resume {name} sends them.")
    if not args.label:
        return 0 if able else 1
    if paused or not able:
        say("No test label was asked for: it would wait.")
        return 1
    if waiting := facts.count("waiting", "sending"):
        say(f"{labels(waiting)} go before the test label.")
    return _label(transactions, settings, name, language)


def _printer(info: PrinterInfo | None, settings: Settings, books: Books) -> Printer:
    if info is None:
        return FolderPrinter(books.folder / settings.labels, database=books.database)
    return printer_at(info.address, info.dpi, books)


def _label(transactions: Transactions, settings: Settings, name: str, language: str) -> int:
    """Print a test label, and say what became of it."""
    made = scanner_test_label(language)
    subject = f"test of {name} {datetime.now(UTC):%Y-%m-%d %H:%M:%S.%f}"
    label = (made.template, json.dumps(dict(made.data), ensure_ascii=False))
    command = PrintLabels(RUN, name, (subject,), (label,))
    decide(transactions, settings, lambda _: command)

    def is_over(tx: Session) -> bool:
        return _now(tx, settings, subject).state not in ("waiting", "sending")

    def taken_back(tx: Session) -> VoidLabels:
        came = _now(tx, settings, subject)
        return VoidLabels((came.id,) if came.state == "waiting" else ())

    folder = Path(settings.labels)
    if not wait_until(transactions, settings.site, folder, is_over, TEST_MAX_S):
        decide(transactions, settings, taken_back)
    with transactions.begin() as tx:
        came = _now(tx, settings, subject)
    say(_told(came))
    return 0 if came.state in ("sent", "confirmed") else 1


def _now(tx: Session, settings: Settings, subject: str) -> LabelFacts:
    found = newest_label(tx, settings.site, subject, datetime.now(UTC))
    assert found is not None, subject
    return found


def _told(came: LabelFacts) -> str:
    match came.state:
        case "confirmed":
            return "The test label is printed: the printer says so."
        case "sent":
            return "The test label is with the printer, which does not say whether it came out."
        case "doubt":
            return f"The test label is in doubt: {came.error}"
        case "failed":
            return f"The test label cannot be made: {came.error}"
        case "sending":
            return "The test label is still going out: floorhand printers jobs tells more later."
        case _:
            why = f": {came.error}" if came.error else "."
            return f"The test label was taken back: not out within {TEST_MAX_S:.0f} s{why}"
