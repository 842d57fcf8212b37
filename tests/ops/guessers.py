"""Many processes that guess one worker's PIN at the same time, each at a terminal of its own.

Called as ``guessers.py URL PROCESSES TRIES START``; prints an answer a line. The libraries are
loaded, and statements compiled, before the processes part, so that they really begin at once. Five
minutes by each one's clock are more than any wait: whoever is first at that time may guess.
"""

from __future__ import annotations

import os
import sys
from datetime import datetime, timedelta

from conftest import SITE

from floorhand.ops.floor import take_seat, take_turn
from floorhand.store.db import engine_of, open_database


def guess(url: str, number: int, tries: int, start: datetime) -> None:
    """Guess so many times, five minutes apart by this terminal's clock."""
    transactions, seat = open_database(url), f"G{number}"
    turn = take_seat(transactions, SITE, seat, now=start)
    for n in range(tries):
        at = start + timedelta(minutes=5 * n)
        if "pin" not in turn.prompt.wants.kinds:
            turn = take_turn(transactions, SITE, seat, turn.scan_no + 1, "W3", at)
        if "pin" in turn.prompt.wants.kinds:
            turn = take_turn(transactions, SITE, seat, turn.scan_no + 1, f"9{number:03}{n}1", at)
        assert turn.said is not None
        os.write(1, f"{turn.said.text}\n".encode())
        if turn.said.text == "refusal.pin_locked":
            return


def main(url: str, processes: str, tries: str, start: str) -> None:
    """Let all loose, and wait for the last."""
    transactions, at = open_database(url), datetime.fromisoformat(start)
    number = take_seat(transactions, SITE, "G", now=at).scan_no + 1
    take_turn(transactions, SITE, "G", number, "W3", at)
    engine_of(transactions).dispose()
    for number in range(int(processes)):
        if os.fork() == 0:
            guess(url, number, int(tries), at)
            os._exit(0)
    failed = sum(os.wait()[1] != 0 for _ in range(int(processes)))
    sys.exit(failed)


if __name__ == "__main__":
    main(*sys.argv[1:])
