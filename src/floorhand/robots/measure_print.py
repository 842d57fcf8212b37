"""Measure how long a packer waits for a label: from the last scan of a parcel to its last byte at
the printer.

A robot packs parcel after parcel at a bench of the demo, and the labels go to a simulated printer
on loopback, once by the spool of the robot's own program, once by a service beside it. Right after
each parcel the same bytes are sent to another such printer by a bare socket.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from queue import Empty, Queue
from random import Random
from statistics import median, quantiles
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import insert, update

from floorhand.domain.signing_in import JOBS
from floorhand.labels.simulator.machine import Printed
from floorhand.labels.simulator.printer import PrinterSimulator
from floorhand.labels.spool import start_spool
from floorhand.ops.registry import get_ready
from floorhand.ops.seats import Turn
from floorhand.robots import supply
from floorhand.robots.crew import Robot
from floorhand.robots.ground import SITE, two_databases
from floorhand.store.db import Transactions, engine_of, open_database
from floorhand.store.schema import PrinterRow, Station
from floorhand.store.single import is_held

PARCELS_MAX = 100
ORDERED_AGAIN = 5
"""So often all orders of the demo come once more: it has few."""

WARM_UP_PARCELS = 3

LABEL_MAX_S = 20.0
SERVICE_MAX_S = 30.0
LOOK_S = 0.05

BENCH = "BENCH-1"
PACKING_FIRST = tuple(sorted(JOBS, key=lambda job: job != "packing"))
CLOSED = ("packing.parcel_closed", "packing.shipped", "packing.shipped_one")
"""What is said when a parcel was closed, and its label asked for."""


class LabelPrinter(PrinterSimulator):
    """A printer that knows when the last byte of each label came."""

    def __init__(self) -> None:
        self._came: Queue[tuple[float, bytes]] = Queue()
        super().__init__(on_printed=self._note)

    def _note(self, label: Printed) -> None:
        self._came.put((time.perf_counter(), label.zpl))

    def next(self, words: str = "") -> tuple[float, bytes]:
        """Wait for the next label that holds these words; give when it came, and its bytes.

        Raises:
            TimeoutError: If there is none.
        """
        try:
            while True:
                at, zpl = self._came.get(timeout=LABEL_MAX_S)
                if words.encode() in zpl:
                    return at, zpl
        except Empty:
            raise TimeoutError(f"no label of {words!r} came within {LABEL_MAX_S} s") from None


class Packer(Robot):
    """A robot that waits for the label of each parcel, and looks at the clock.

    Args:
        transactions: The database.
        wake: Wakes the spool of this program, as a terminal does after each scan.
        printer: Where its labels come out.
        bare: Where the same bytes are sent by a bare socket.
        named: As for `Robot`.
    """

    def __init__(
        self,
        transactions: Transactions,
        wake: Callable[[], None],
        printer: LabelPrinter,
        bare: LabelPrinter,
        **named: Any,
    ) -> None:
        self._wake = wake
        self._printer, self._bare = printer, bare
        self.scan_ms: list[float] = []
        self.took_ms: list[float] = []
        self.bare_ms: list[float] = []
        super().__init__(transactions, SITE, **named)

    def send(self, scan_no: int, scanned: str) -> Turn:
        """Send a scan; if it closed a parcel, wait for its label."""
        started = time.perf_counter()
        turn = super().send(scan_no, scanned)
        answered = time.perf_counter()
        self._wake()
        if turn.said is not None and turn.said.text in CLOSED:
            came, zpl = self._printer.next(str(turn.said.facts["carton"]))
            self.scan_ms.append((answered - started) * 1000)
            self.took_ms.append((came - started) * 1000)
            self.bare_ms.append(self._send_bare(zpl))
            if not self._printer.settle(LABEL_MAX_S):  # people take longer for the next parcel
                raise TimeoutError(f"the printer was not done after {LABEL_MAX_S} s")
        return turn

    def _send_bare(self, zpl: bytes) -> float:
        started = time.perf_counter()
        with socket.create_connection((self._bare.host, self._bare.port)) as line:
            line.sendall(zpl)
            return (self._bare.next()[0] - started) * 1000


def measure_print(
    folder: Path | None = None,
    parcels: int = 0,
    *,
    moves: int = 0,
    keep: Path | None = None,
    server: str = "",
) -> dict[str, float | int]:
    """Let a robot pack, and report what its labels took, by its own spool and by a service.

    Args:
        folder: As for `two_databases`; likewise the others.
        parcels: How many parcels to pack at most each time; 0: `PARCELS_MAX`.
        moves: How many moves the warehouse has seen.
        keep: Where to keep what was built.
        server: A PostgreSQL server to measure instead.
    """
    most = parcels or PARCELS_MAX
    with (
        two_databases(folder, moves, keep, server) as (own, served),
        TemporaryDirectory(dir=folder) as labels,
    ):
        alone = _packed(own, Path(labels), most)
        with _service(served, labels):
            beside = _packed(served, Path(labels), most)
    bare = median(alone.bare_ms + beside.bare_ms)
    figures: dict[str, float | int] = {"parcels": len(alone.took_ms), "bare_p50_ms": round(bare, 3)}
    for name, packer in (("own", alone), ("service", beside)):
        cuts = quantiles(packer.took_ms[WARM_UP_PARCELS:], n=100)
        figures[f"{name}_p50_ms"] = round(cuts[49], 2)
        figures[f"{name}_p99_ms"] = round(cuts[98], 2)
        figures[f"{name}_scan_p50_ms"] = round(median(packer.scan_ms[WARM_UP_PARCELS:]), 2)
        figures[f"{name}_to_bare"] = round(cuts[49] / bare, 1)
    return figures


def _packed(url: str, labels: Path, parcels: int) -> Packer:
    """Let a robot pack so many parcels with a spool in its own program, as a terminal has one."""
    transactions = open_database(url)
    get_ready(transactions)
    with LabelPrinter() as printer, LabelPrinter() as bare:
        with transactions.begin() as tx:
            ((worker, badge),) = supply.hire(tx, SITE, 1)
            address = f"tcp://{printer.host}:{printer.port}"
            tx.execute(insert(PrinterRow).values(site=SITE, code="BENCH", address=address))
            tx.execute(update(Station).where(Station.site == SITE).values(printer="BENCH"))
            supply.order_again(tx, SITE, ORDERED_AGAIN)
        spool = start_spool(transactions, SITE, labels, threading.Event(), _now)
        try:
            robot = Packer(
                transactions,
                spool.wake,
                printer,
                bare,
                seat=worker,
                badge=badge,
                worker=worker,
                now=_now,
                rng=Random(1),
                jobs=PACKING_FIRST,
                station=BENCH,
            )
            while len(robot.took_ms) < parcels and robot.step():
                pass
        finally:
            spool.stop()
            engine_of(transactions).dispose()
    return robot


def _now() -> datetime:
    return datetime.now(UTC)


@contextmanager
def _service(url: str, labels: str) -> Iterator[None]:
    """Let a service send the labels, until the block is left."""
    words = ["--database", url, "--site", SITE, "spool", "--labels", labels]
    path = os.pathsep.join(map(os.path.abspath, sys.path))
    service = subprocess.Popen(
        [sys.executable, "-m", "floorhand", *words],
        env={**os.environ, "PYTHONPATH": path},
        stdout=subprocess.DEVNULL,
    )
    transactions = open_database(url)
    try:
        until = time.monotonic() + SERVICE_MAX_S
        while not is_held(transactions, SITE):
            if time.monotonic() >= until or service.poll() is not None:
                raise TimeoutError("floorhand spool did not begin to send labels")
            time.sleep(LOOK_S)
        yield
    finally:
        engine_of(transactions).dispose()
        service.terminate()
        service.wait()
