"""Pickers in processes of their own, who take each other's lines if anything lets them.

Called as ``pickers.py URL WORKER...``. The libraries are loaded, and what is asked at the beginning
compiled, before the processes part, so that they really begin at once.
"""

from __future__ import annotations

import os
import sys

from warehouses.picker import Picker, pick_all

from floorhand.store.db import engine_of, open_database


def main(url: str, *workers: str) -> None:
    """Let all loose, and wait for the last."""
    transactions = open_database(url)
    Picker(transactions, workers[0])
    engine_of(transactions).dispose()
    for worker in workers:
        if os.fork() == 0:
            pick_all(url, worker)
            os._exit(0)
    failed = sum(os.wait()[1] != 0 for _ in workers)
    sys.exit(failed)


if __name__ == "__main__":
    main(*sys.argv[1:])
