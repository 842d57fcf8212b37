"""Let a crew work on servers that somebody breaks by hand meanwhile, and lose and double nothing.

``python tests/crash/by_hand.py 'postgresql+psycopg://…?host=a:5432,b:5432' --seconds 120`` fills an
empty database with the demo, lets robots scan at the pace of people, and proves at the end that
every scan that was answered is there once. It tells each wait of more than a second when it ends.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path
from random import Random

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "src"))

from floors import SITE, build, tell
from lines import forker
from proof import Journal, faults_of
from servers import Found, Shift, figures, sooner_or_later

from floorhand.robots import supply
from floorhand.store.db import engine_of, open_database

AGAIN = 4
"""So often every order of the demo comes once more."""

PAUSE_S = 0.3
"""Between two scans of a robot."""

SHOWN_S = 1.0


def work(address: str, workers: int, seconds: float, folder: Path) -> Found:
    """Let a crew work for so long."""
    crew = build(address, workers)
    transactions = open_database(address, create=False)
    with transactions.begin() as tx:
        supply.order_again(tx, SITE, AGAIN)
    found = Found()
    journal = Journal(folder / "told.jsonl")
    shift = Shift(forker(), address, crew, journal, found, Random(1), PAUSE_S)
    until, shown = time.monotonic() + seconds, 0
    while time.monotonic() < until and not found.faults:
        shift.hear()
        for took_s in found.took_s[shown:]:
            if took_s > SHOWN_S:
                clock = time.strftime("%H:%M:%S")
                print(f"{clock}  a scan was answered after {took_s:.1f} s", flush=True)
        shown = len(found.took_s)
    shift.stop()
    seats = [worker for worker, _ in crew]

    def proof() -> list[str]:
        with transactions.begin() as tx:
            return faults_of(tx, journal, seats)

    found.faults += sooner_or_later(proof)
    engine_of(transactions).dispose()
    return found


def main() -> int:
    """Work, prove, and print the figures."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("address", help="of an empty database")
    parser.add_argument("--workers", type=int, default=4)
    parser.add_argument("--seconds", type=float, default=120.0)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="crash-") as folder:
        found = work(args.address, args.workers, args.seconds, Path(folder))
    return tell("a crew on servers broken by hand", figures(found), found.faults)


if __name__ == "__main__":
    sys.exit(main())
