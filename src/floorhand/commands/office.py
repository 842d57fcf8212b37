"""What commands share that decide about printers: the database, the record, the words."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from sqlalchemy.orm import Session

from floorhand.config import Settings
from floorhand.ops.settling import from_office
from floorhand.store.db import Transactions, in_turn, open_database
from floorhand.store.masters import require_site
from floorhand.store.print_desk import require_printer
from floorhand.text.visible import visible

Result = TypeVar("Result")


def opened(settings: Settings) -> Transactions:
    """Open the database, which must have the site."""
    transactions = open_database(settings.database, create=False)
    with transactions.begin() as tx:
        require_site(tx, settings.site)
    return transactions


def decide(
    transactions: Transactions, settings: Settings, make: Callable[[Session], object]
) -> object:
    """Carry out one command from the office, made of what the database says, and record it."""

    def act(tx: Session) -> object:
        return from_office(tx, settings.site, make(tx), datetime.now(UTC))

    return in_turn(transactions, act)


def known_printer(transactions: Transactions, settings: Settings, name: str) -> str:
    """Give a printer's name as the books have it.

    Raises:
        BadSetting: If there is none, naming those that there are.
    """
    with transactions.begin() as tx:
        return require_printer(tx, settings.site, name)


def add_printer(parser: argparse.ArgumentParser) -> None:
    """Let a printer be named."""
    parser.add_argument("printer", metavar="PRINTER", help="its name")


def say(text: str) -> None:
    """Print a line, with nothing in it that a terminal obeys."""
    print(visible(text), flush=True)


def labels(count: int) -> str:
    """Count labels."""
    return "1 label" if count == 1 else f"{count} labels"


def age(since: timedelta) -> str:
    """Say how long ago something was, in its largest unit."""
    seconds = max(0, int(since.total_seconds()))
    for size, unit in ((86_400, "d"), (3_600, "h"), (60, "min")):
        if seconds >= size:
            return f"{seconds // size} {unit}"
    return f"{seconds} s"
