"""``floorhand demo``: build a small demo warehouse and try it."""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from shutil import get_terminal_size
from textwrap import fill

from sqlalchemy import func, select
from sqlalchemy.engine import make_url

from floorhand.config import Settings
from floorhand.errors import DatabaseUnusable
from floorhand.store.db import Transactions, engine_of, is_in_use, open_database
from floorhand.store.schema import Delivery, Order, Place, Return, SiteRow, Sku

SIDE_FILES = ("", "-wal", "-shm", ".turn", ".reserve")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    parser.add_argument("--fresh", action="store_true", help="start over with a new demo")
    parser.add_argument(
        "--no-terminal", action="store_true", help="only build it, and show the badges"
    )


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Build the demo if it is not there, say who can sign in, and open the terminal."""
    settings = replace(settings, hints=True)
    if args.fresh:
        _remove(settings)
    transactions = open_database(settings.database)
    try:
        text = _built(transactions, settings)
    finally:
        engine_of(transactions).dispose()
    print(wrapped(text, get_terminal_size().columns) if sys.stdout.isatty() else text)
    if args.no_terminal:
        return 0
    if sys.stdin.isatty():
        input("Press Enter to open the terminal. ")
    from floorhand.commands import terminal

    return terminal.run(args, settings)


def wrapped(text: str, width: int) -> str:
    """Break the lines of a text between words, as a handheld's screen would not."""
    return "\n".join(fill(line, width, break_long_words=False) for line in text.split("\n"))


def _built(transactions: Transactions, settings: Settings) -> str:
    from floorhand.robots.demo import badges_of, build_demo

    with transactions.begin() as tx:
        there = tx.scalar(select(SiteRow.site).where(SiteRow.site == settings.site))
    if there is None:
        build_demo(transactions, settings.site, datetime.now(UTC))
    badges = badges_of(transactions, settings.site)
    if not badges:
        raise DatabaseUnusable(
            f"{settings.database} holds another warehouse. Name another file with --database."
        )
    lines = [
        f"The demo warehouse is {settings.database}: {_contents(transactions, settings.site)}.",
        "",
        "Sign in by typing one of these badges, then Enter:",
        *(f"  {badge.code}  {badge.name} ({badge.language})" for badge in badges),
        "",
        "Then do what the screen asks. Below the question it says what a scanner would send.",
    ]
    return "\n".join(lines)


def _contents(transactions: Transactions, site: str) -> str:
    with transactions.begin() as tx:
        counted = [
            (name, tx.scalar(select(func.count()).select_from(table).where(*where)))
            for name, table, where in (
                ("bins", Place, (Place.site == site, Place.kind == "bin")),
                ("products", Sku, (Sku.site == site,)),
                ("deliveries", Delivery, (Delivery.site == site, Delivery.state != "closed")),
                (
                    "orders to ship",
                    Order,
                    (Order.site == site, Order.state.not_in(("shipped", "short", "cancelled"))),
                ),
                ("returns", Return, (Return.site == site, Return.custody != "disposed")),
            )
        ]
    return ", ".join(f"{count} {name}" for name, count in counted)


def _remove(settings: Settings) -> None:
    """Remove the files of a demo; anything else is left alone."""
    url = make_url(
        settings.database if "://" in settings.database else f"sqlite:///{settings.database}"
    )
    if url.get_backend_name() != "sqlite":
        raise DatabaseUnusable("--fresh removes SQLite files only. Make a new database yourself.")
    path = Path(url.database or "")
    if not path.exists():
        return
    from floorhand.robots.demo import badges_of

    transactions = open_database(settings.database, create=False)
    try:
        is_demo = bool(badges_of(transactions, settings.site))
    finally:
        engine_of(transactions).dispose()
    if not is_demo:
        raise DatabaseUnusable(
            f"{path} holds another warehouse, which --fresh does not remove. Name another file."
        )
    if is_in_use(path):
        raise DatabaseUnusable(
            f"{path} is open in another terminal. Close that one first: F12 twice leaves."
        )
    for ending in SIDE_FILES:
        path.with_name(path.name + ending).unlink(missing_ok=True)
