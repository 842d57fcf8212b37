"""``floorhand talk``: a job in plain lines, for dumb terminals, screen readers and scripts."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterable
from contextlib import nullcontext
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from floorhand.commands.spooling import Spooling
from floorhand.commands.terminal import add_place, catalogs_of, site_language
from floorhand.commands.typing_line import TypingLine, untouched
from floorhand.config import Settings
from floorhand.domain.signing_in import JOBS
from floorhand.errors import BadSetting

if TYPE_CHECKING:
    from floorhand.flows.turn import Said
    from floorhand.store.db import Transactions
    from floorhand.talk import Talk

SCANNER_TEST = "scannertest"

TALK_SEAT = "TALK"
"""The seat where none is named: the one of a terminal in the same folder has somebody on it."""

EPILOG = """\
Each line is a scan; "> " in front is optional, <GS> stands for the GS1 separator. Lines come back
as "* done", "~ done, but look", "! refused" and "  the question | what to act on". Keys are typed
by name (F3) or as their command barcodes (*BACK). The end of the input ends it; the seat keeps its
place. In a terminal, keys work as on the screens, Ctrl-C or Ctrl-D on an empty line ends it, and
lines typed before a refusal could be seen are not taken, and counted; lines that come from a file
or a program are all taken.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    parser.epilog = EPILOG
    parser.add_argument(
        "job",
        nargs="?",
        type=lambda word: word.lower().replace("-", ""),
        choices=(*JOBS, SCANNER_TEST),
        metavar="JOB",
        help=f"{', '.join(JOBS)}; or scanner-test",
    )
    parser.add_argument("--worker", metavar="CODE", help="sign in as this worker first")
    parser.set_defaults(usual={"seat": TALK_SEAT})
    add_place(parser)


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Talk until the input ends."""
    from floorhand.store.db import open_database
    from floorhand.store.masters import badge_of

    transactions = open_database(settings.database, create=False)
    if args.job == SCANNER_TEST:
        from floorhand.commands import scanner_test

        return scanner_test.run(transactions, settings)
    badge = ""
    if args.worker:
        with transactions.begin() as tx:
            badge = badge_of(tx, settings.site, args.worker)
        if not badge:
            raise BadSetting(f"There is no worker {args.worker} at {settings.site}.")
    spooling = Spooling(settings)
    spooling.start(transactions)
    try:
        with untouched(sys.stdin.fileno()) if sys.stdin.isatty() else nullcontext():
            talk = _talk(transactions, settings, spooling.wake)
            return talk.run(args.job or "", args.worker or "", badge)
    finally:
        spooling.stop()


def _talk(transactions: Transactions, settings: Settings, after_turn: Callable[[], None]) -> Talk:
    """Talk to whoever types at a terminal, or to the lines of a file or program."""
    from floorhand.commands.identity import identify
    from floorhand.store.scanners import profile_at
    from floorhand.talk import Talk
    from floorhand.typed import typed_lines

    def hides() -> bool:
        return talk.hides()

    def typing() -> Iterable[str | Said]:
        with transactions.begin() as tx:
            profile = profile_at(tx, settings.site, settings.seat)
        return TypingLine(sys.stdin.fileno(), profile, hides, _show)

    live, usual = sys.stdin.isatty(), site_language(transactions, settings.site)
    talk = Talk(
        transactions,
        site=settings.site,
        seat=settings.seat,
        station=settings.station,
        catalogs=catalogs_of(settings, usual, sys.stdout.encoding),
        lines=typing() if live else typed_lines(sys.stdin.buffer),
        target=sys.stdout,
        echo=not live,
        live=live,
        now=lambda: datetime.now(UTC),
        device=identify(settings),
        take_seat=settings.take_seat,
        after_turn=after_turn,
    )
    return talk


def _show(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()
