"""Measure how long a label is on its way to a printer on loopback: ``python …/printer_speed.py``.

From `send` to the last byte read at the printer's port, and until it is known to be printed; and
what opening a connection of its own for each label costs in that.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "src"))

from floorhand.labels.calls import Call
from floorhand.labels.printers import Fate, Form, Rendered
from floorhand.labels.simulator.port import Moment
from floorhand.labels.simulator.printer import PrinterSimulator
from floorhand.labels.zebra import TcpPrinter

LABELS = 200
SIZES_BYTES = (1_200, 20_000, 110_000)
ASKED_BYTES = len(b"~HS\r\n")
SETTLE_S = 20


def label(size_bytes):
    """A label of about that size, most of it a picture."""
    head, tail = b"^XA^FO0,0^GFA,500,500,50,", b"^FS^XZ\n"
    return head + b"0" * (size_bytes - len(head) - len(tail)) + tail


def one(sim, printer, zpl):
    """Send a label; give the milliseconds to its last byte, and until it is confirmed."""
    arrived = []
    sim.plan(Moment.BYTE, ASKED_BYTES + len(zpl), lambda: arrived.append(time.perf_counter()))
    started = time.perf_counter()
    fate = printer.send(Rendered(1, "shipping", "P-1", {Form.ZPL: zpl}))
    ended = time.perf_counter()
    assert fate is Fate.CONFIRMED
    assert sim.settle(SETTLE_S)
    return (arrived[0] - started) * 1000, (ended - started) * 1000


def opening(sim):
    """Open a connection and end it; give the milliseconds."""
    started = time.perf_counter()
    with Call(sim.host, sim.port, SETTLE_S):
        return (time.perf_counter() - started) * 1000


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("labels", type=int, nargs="?", default=LABELS)
    count = parser.parse_args().labels
    with PrinterSimulator() as sim:
        printer = TcpPrinter(sim.host, sim.port)
        for size in SIZES_BYTES:
            times = [one(sim, printer, label(size)) for _ in range(count)]
            sent, confirmed = (sorted(column) for column in zip(*times, strict=True))
            print(
                f"{size:7} bytes, median of {count}: last byte {median(sent):.2f} ms "
                f"(slowest {sent[-1]:.1f}), confirmed {median(confirmed):.2f} ms"
            )
        print(f"opening a connection: {median(opening(sim) for _ in range(count)):.2f} ms")


if __name__ == "__main__":
    main()
