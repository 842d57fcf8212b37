"""``floorhand spool``: sends the labels of a site to its printers, without a terminal."""

from __future__ import annotations

import argparse
import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from floorhand.commands.office import labels, opened, say
from floorhand.config import Settings
from floorhand.labels.spool import Roster, send_all, start_spool
from floorhand.labels.zebra import SEND_MAX_S
from floorhand.store.db import Transactions
from floorhand.store.no_word import UNFINISHED
from floorhand.store.print_desk import printer_facts
from floorhand.store.single import is_held
from floorhand.text.visible import visible

LOOK_S = 0.2
"""How often it is looked whether to end, and whether the spool still works."""

NOT_OUT = 3
"""Exit code of --once if labels are left."""

EPILOG = """\
Terminals beside it send nothing then; if it ends, the next of them goes on. It runs until it is
ended (SIGTERM, Ctrl+C), and finishes the label in hand first. With --once it sends all that may be
sent now, and exits with 0 if nothing is left, with 3 if labels wait, failed or are in doubt.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    parser.add_argument("--once", action="store_true", help="send what may be sent now, and end")
    parser.add_argument("--labels", metavar="DIR", help="folder of the embedded printer")
    parser.epilog = EPILOG


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Send labels."""
    transactions = opened(settings)
    _tell_what_happens()
    if args.once:
        return _once(transactions, settings)
    told_to_end = _Signals()
    return _serve(transactions, settings, lambda: bool(told_to_end))


def serve_host(settings: Settings, host: int) -> int:
    """Send labels for a host that has forked this program, until it ends or a newer one comes.

    Terminals begin to send by themselves when it has ended.

    Args:
        settings: As typed.
        host: The number of its process. Who asks for that here may have lost it already.
    """
    from floorhand.host.succession import MOVE_ALL, MOVE_FREE

    told_to_end = _Signals(MOVE_FREE, MOVE_ALL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, (MOVE_FREE, MOVE_ALL))
    transactions = opened(settings)
    _tell_what_happens()
    return _serve(transactions, settings, lambda: bool(told_to_end) or os.getppid() != host)


def _serve(transactions: Transactions, settings: Settings, has_ended: Callable[[], bool]) -> int:
    spool = start_spool(
        *(transactions, settings.site, Path(settings.labels)),
        threading.Event(),
        lambda: datetime.now(UTC),
    )
    while not has_ended() and spool.is_alive():
        time.sleep(LOOK_S)
    if not has_ended():
        say("The spool has ended by itself: that is a fault of the program; see above.")
        return 1
    say("Ending: the label in hand is finished. Once more ends at once.")
    spool.stop(SEND_MAX_S)
    say("Ended.")
    return 0


class _Signals:
    """Whether SIGTERM or SIGINT came, of which the second one interrupts, or one of some others.

    The first does not: Python takes a thread for ended whose ``join`` was interrupted, and then
    nobody would wait for the label in hand.
    """

    def __init__(self, *others: signal.Signals) -> None:
        self._came = False
        for one in (signal.SIGTERM, signal.SIGINT):
            signal.signal(one, self._take)
        for one in others:
            signal.signal(one, self._hear)

    def __bool__(self) -> bool:
        return self._came

    def _hear(self, *_: object) -> None:
        self._came = True

    def _take(self, *_: object) -> None:
        if self._came:
            raise KeyboardInterrupt
        self._came = True


def _once(transactions: Transactions, settings: Settings) -> int:
    roster = Roster(transactions, settings.site, Path(settings.labels))
    printers, paused = roster()
    if is_held(transactions, settings.site):
        say("Another program sends the labels of this site: nothing is sent from here.")
    else:
        send_all(transactions, settings.site, printers, lambda: datetime.now(UTC), paused)
    with transactions.begin() as tx:
        found = printer_facts(tx, settings.site, datetime.now(UTC))
    left = {state: sum(one.count(state) for one in found) for state in UNFINISHED}
    if not any(left.values()):
        say("All labels are out.")
        return 0
    words = {"waiting": "waiting", "sending": "going out", "doubt": "in doubt", "failed": "failed"}
    told = ", ".join(f"{labels(count)} {words[state]}" for state, count in left.items() if count)
    say(f"Not out: {told}. floorhand printers jobs says which, and why.")
    return NOT_OUT


class _Plain(logging.Formatter):
    """A line with its time, and nothing in it that a terminal obeys."""

    def format(self, record: logging.LogRecord) -> str:
        at = datetime.fromtimestamp(record.created).astimezone()
        return visible(f"{at:%Y-%m-%d %H:%M:%S} {record.getMessage()}")


def _tell_what_happens() -> None:
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(_Plain())
    logger = logging.getLogger("floorhand.labels")
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
