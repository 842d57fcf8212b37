"""Break a simulated printer at random moments, and see that what was told of each label is true.

In tests a few dozen labels; ``python tests/labels/printer_faults.py 1000`` prints as many, and
``--seed`` repeats one trial.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "src"))

from floorhand.labels import zebra
from floorhand.labels.printers import Fate, Form, InDoubt, NotPrinted, Rendered
from floorhand.labels.simulator.port import Moment
from floorhand.labels.simulator.printer import PrinterSimulator
from floorhand.labels.zebra import TcpPrinter

SETTLE_S = 30
LIMITS = ("STATUS", "BUSY", "PRINT_STEP", "STALL")
ASKED_BYTES = len(b"~HS\r\n")

FAULTS = {
    "drop": lambda sim: sim.drop(),
    "power": lambda sim: sim.power_cycle(),
    "paper": lambda sim: sim.paper_out(),
    "head": lambda sim: sim.open_head(),
    "ribbon": lambda sim: sim.ribbon(out=True),
    "pause": lambda sim: sim.pause(),
    "stall": lambda sim: sim.stall(),
    "refuse": lambda sim: sim.refuse(),
    "half": lambda sim: sim.manner("half"),
    "twice": lambda sim: sim.manner("twice"),
    "lines": lambda sim: sim.manner("lines"),
    "noise": lambda sim: sim.manner("noise"),
    "none": lambda sim: sim.manner("none"),
}
HARMLESS = ("twice", "lines", "refuse")
"""A printer that is like that prints all the same; who refuses keeps the lines that are open."""


@dataclass(frozen=True)
class Told:
    """What a printer told of a label."""

    fate: str
    why: str = ""


@contextmanager
def limits(seconds, names=LIMITS):
    """Wait for what will never come no longer than this."""
    names = [f"{name}_MAX_S" for name in names]
    before = {name: getattr(zebra, name) for name in names}
    try:
        for name in names:
            setattr(zebra, name, seconds)
        yield
    finally:
        for name, value in before.items():
            setattr(zebra, name, value)


def label_named(name, filler=0):
    """A label that says its name, and has so many bytes more."""
    drawn = b"^FO0,200^GFA,%d,%d,50,%s^FS" % (filler, filler, b"0F" * filler) if filler else b""
    return b"^XA^PQ1^FO50,50^A0N,40,40^FD<%s>^FS%s^XZ\n" % (name.encode(), drawn)


def tell(printer, name, zpl):
    """Send a label; give what was told of it."""
    try:
        fate = printer.send(Rendered(1, "shipping", name, {Form.ZPL: zpl}))
    except NotPrinted as error:
        return Told("not printed", str(error))
    except InDoubt as error:
        return Told("in doubt", str(error))
    assert fate is Fate.CONFIRMED
    return Told("confirmed")


def times_printed(sim, name):
    """Count the labels that show this name, alone or among others."""
    return sum(f"<{name}>".encode() in out.zpl for out in sim.printed)


def prove(sim, told, name):
    """See that what was told of a label is what happened."""
    allowed = {"confirmed": (1,), "not printed": (0,), "in doubt": (0, 1)}[told.fate]
    times = times_printed(sim, name)
    assert times in allowed, f"{name}: {told.fate} ({told.why}), but printed {times} times"


def mend(sim):
    """Put the printer right and let it print what it still has."""
    sim.mend()
    assert sim.settle(SETTLE_S), sim.state()


def trial(seed, labels=3, sender=TcpPrinter):
    """Print some labels while faults strike at moments drawn by lot; count what was told."""
    lot = Random(seed)
    told = {}
    with PrinterSimulator(buffer_bytes=lot.choice((400, 1 << 20))) as sim:
        printer = sender(sim.host, sim.port)
        for number in range(labels):
            name = f"{seed}-{number}"
            zpl = label_named(name, lot.choice((0, 0, 500, 200_000)))
            if lot.random() < 0.2:
                zpl += label_named(f"{name}-more", lot.choice((0, 200_000)))
            for _ in range(lot.randint(0, 2)):
                fault = FAULTS[lot.choice(sorted(FAULTS))]
                moment = lot.choice(list(Moment))
                last = len(zpl) + 3 * ASKED_BYTES if moment is Moment.BYTE else 3
                sim.plan(moment, lot.randint(1, last), lambda fault=fault: fault(sim))
            with limits(0.1):
                told[name] = tell(printer, name, zpl)
            if lot.random() < 0.5:
                mend(sim)
        sim.forget_plans()
        mend(sim)
        for name, what in told.items():
            prove(sim, what, name)
        with limits(0.1, ["BUSY"]):
            last = tell(printer, f"{seed}-last", label_named(f"{seed}-last"))
        assert last.fate == "confirmed", last
        mend(sim)
        assert sim.printed[-1].zpl == label_named(f"{seed}-last").strip(), "it came out with others"
        for name, what in told.items():
            prove(sim, what, name)
    return Counter(what.fate for what in told.values())


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("labels", type=int, nargs="?", default=300)
    parser.add_argument("--seed", type=int)
    args = parser.parse_args()
    counts = Counter()
    seeds = [args.seed] if args.seed is not None else range((args.labels + 2) // 3)
    for seed in seeds:
        try:
            counts += trial(seed)
        except AssertionError as error:
            print(f"seed {seed}: {error}")
            return 1
    print(f"{counts.total()} labels, each true: {dict(counts)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
