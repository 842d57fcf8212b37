"""``floorhand talk scanner-test``: the scanner test in plain lines."""

from __future__ import annotations

import os
import selectors
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from floorhand.commands.terminal import catalogs_of, site_language
from floorhand.commands.typing_line import BARCODES, READ_BYTES_MAX, untouched
from floorhand.config import Settings
from floorhand.domain.scanner_test import COMMAND
from floorhand.errors import BadSetting
from floorhand.talk import render_keys, render_lines
from floorhand.text.visible import visible
from floorhand.tui.scan import KeyDown, Scan
from floorhand.tui.whole import WholeReader

if TYPE_CHECKING:
    from floorhand.ops.seats import Turn
    from floorhand.store.db import Transactions
    from floorhand.text.catalog import Catalog


def run(transactions: Transactions, settings: Settings) -> int:
    """Test a scanner until somebody goes back, or the input ends.

    Raises:
        BadSetting: If somebody works at this seat.
        SeatTaken: If another device has it.
    """
    from floorhand.commands.identity import identify
    from floorhand.ops.floor import take_seat, take_turn

    def scan(turn: Turn, text: str) -> Turn:
        number, now = turn.scan_no + 1, datetime.now(UTC)
        place = settings.site, settings.seat
        return take_turn(transactions, *place, number, text, now, device=device)

    device = identify(settings)
    turn = take_seat(
        transactions,
        settings.site,
        settings.seat,
        station=settings.station,
        now=datetime.now(UTC),
        device=device,
        take=settings.take_seat,
    )
    if turn.job in ("sign_in", "menu"):
        turn = scan(turn, COMMAND)
    if turn.job != "scanner":
        raise BadSetting(f"{turn.worker_name} works at {settings.seat}; name another --seat.")
    usual = site_language(transactions, settings.site)
    words = catalogs_of(settings, usual, sys.stdout.encoding)
    _tell(turn, words(turn.language))
    with untouched(sys.stdin.fileno()):
        for text in _heard(sys.stdin.fileno()):
            turn = scan(turn, text)
            _tell(turn, words(turn.language))
            if turn.job != "scanner":
                break
    return 0


def _tell(turn: Turn, words: Catalog) -> None:
    """Write a turn, and what is wrong with the scanner in lines of their own."""
    faults = [
        f"  {number} {visible(choice.written(words.say))}"
        for number, choice in enumerate(turn.prompt.choices, 1)
        if turn.job == "scanner"
    ]
    if faults:
        turn = replace(turn, prompt=replace(turn.prompt, choices=()))
    lines = [*render_lines(turn, words), *faults, render_keys(turn.prompt, words)]
    print(*lines, sep="\n", flush=True)


def _heard(line: int) -> Iterator[str]:
    """Give what comes from a line, as it is; keys by their command barcodes."""
    reader = WholeReader()
    ended = False
    with selectors.SelectSelector() as selector:
        selector.register(line, selectors.EVENT_READ)
        while not ended:
            heard = []
            if not selector.select(reader.patience_s):
                heard = reader.quiet()
            elif data := os.read(line, READ_BYTES_MAX):
                heard = reader.feed(data, time.monotonic())
            else:
                ended, heard = True, reader.quiet()
            for item in heard:
                if isinstance(item, Scan):
                    yield item.text
                elif isinstance(item, KeyDown) and item.key in BARCODES:
                    yield BARCODES[item.key]
