"""A real terminal, ``floorhand talk``, in a process of its own that can be killed at any moment.

Processes are forked from one that has imported everything, so that hundreds can die in a minute.
"""

from __future__ import annotations

import os
import select
import sys
import time
from multiprocessing import forkserver, get_context
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent

QUESTION = "  "
KEYS = "  ("


def forker(warm_on: str = "") -> Any:
    """Give a context whose processes are forked from a warm one without open databases.

    Args:
        warm_on: A warehouse that it works empty first, see `warm`; none: it does not.
    """
    context = get_context("forkserver")
    if warm_on:
        os.environ["CRASH_WARM"] = warm_on
    context.set_forkserver_preload(["warm"])
    paths = [str(HERE), str(HERE.parents[1] / "src")]
    os.environ["PYTHONPATH"] = os.pathsep.join(paths)
    if warm_on:  # it works that warehouse before anybody works, or another one has its name
        first = context.Process(target=int)
        first.start()
        first.join()
    return context


def forker_pid() -> int:
    """Give the process that all terminals are forked from."""
    pid: int = forkserver._forkserver._forkserver_pid
    return pid


def be_terminal(line: Connection, database: str, seat: str, labels: str) -> None:
    """Be ``floorhand talk``, whose lines come and go through a socket."""
    from floorhand.cli import main

    for number in (0, 1):
        os.dup2(line.fileno(), number)
    line.close()
    sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115
    sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
    os.environ["FLOORHAND_LABELS"] = labels
    os.environ["FLOORHAND_STATE"] = f"{labels}-state"
    main(["talk", "--database", database, "--seat", seat])


def waited_s(task: str) -> float:
    """Say how long a process or thread has waited for a processor so far, in seconds.

    Source: Linux, Documentation/scheduler/sched-stats.rst; 0 where the system does not tell.
    """
    try:
        return int(Path(f"/proc/{task}/schedstat").read_text("ascii").split()[1]) / 1e9
    except OSError:
        return 0.0


class Died(Exception):
    """The terminal was killed before it answered."""


class Terminal:
    """The worker's side of such a terminal."""

    def __init__(self, context: Any, database: str, seat: str, labels: Path) -> None:
        self._line, theirs = context.Pipe(duplex=True)
        self._process = context.Process(
            target=be_terminal, args=(theirs, database, seat, str(labels))
        )
        self._process.start()
        theirs.close()
        self._file = self._line.fileno()
        os.set_blocking(self._file, True)
        self._read = b""
        self._poll = select.poll()
        self._poll.register(self._file, select.POLLIN)

    def waited_s(self) -> float:
        """Say how long it, and whoever forked it, have waited for a processor."""
        return waited_s(str(self._process.pid)) + waited_s(str(forker_pid()))

    def send(self, scanned: str) -> None:
        """Type a scan."""
        os.write(self._file, scanned.replace("\x1d", "<GS>").encode() + b"\n")

    def answer(self, until: float) -> list[str]:
        """Read how the scan went and the question; `Died` if that is not there by then."""
        told: list[str] = []
        while True:
            line = self._line_by(until)
            if line.startswith(("> ", KEYS)):
                continue
            told.append(line)
            if line.startswith(QUESTION):
                return told

    def _line_by(self, until: float) -> str:
        while b"\n" not in self._read:
            left = until - time.monotonic()
            if left <= 0 or not self._poll.poll(left * 1000):
                raise Died
            more = os.read(self._file, 65536)
            if not more:
                raise RuntimeError(f"the terminal ended by itself: {self._read!r}")
            self._read += more
        line, _, self._read = self._read.partition(b"\n")
        return line.decode()

    def kill(self) -> None:
        """End it as nothing else does."""
        self._process.kill()
        self._process.join()
        self._line.close()
