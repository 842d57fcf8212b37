"""``floorhand printers simulate``: a label printer made of software, and all its misfortunes."""

from __future__ import annotations

import argparse
import contextlib
import sys
import threading
from pathlib import Path

from floorhand.config import Settings
from floorhand.domain.printers import ZPL_PORT
from floorhand.errors import BadSetting
from floorhand.labels.printers import why, write_whole
from floorhand.labels.simulator.console import (
    NotUnderstood,
    describe,
    help_text,
    obey,
    picture_lines,
)
from floorhand.labels.simulator.machine import Printed
from floorhand.labels.simulator.port import LOOPBACK
from floorhand.labels.simulator.printer import PrinterSimulator
from floorhand.text.visible import visible_lines

PORTS = range(65536)

PICTURE_DPI = 203
"""A label does not say for which resolution it was made; most are for this one."""

SIZE_MAX = 10_000_000
"""No count or time that is given may be larger."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    where = f"where it listens (default: {ZPL_PORT}; 0: any that is free)"
    parser.add_argument("--port", type=int, default=ZPL_PORT, metavar="N", help=where)
    address = f"address it can be reached at (default: {LOOPBACK}, from this machine only)"
    parser.add_argument("--host", default=LOOPBACK, metavar="A", help=address)
    roll = "labels on the roll (default: it never ends)"
    # Not ``labels``: that is a setting of every command.
    parser.add_argument("--labels", type=int, dest="roll", metavar="N", help=roll)
    parser.add_argument("--folder", type=Path, metavar="DIR", help="write each label there")
    parser.add_argument("--show", action="store_true", help="draw each label of ours as it comes")
    parser.add_argument("--ms", type=int, default=0, metavar="N", help="how long it prints a label")
    parser.epilog = f"While it runs, type to it:\n{help_text()}"


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Print until told to end."""
    del settings
    _refuse_what_cannot_be(args)
    try:
        if args.folder:
            args.folder.mkdir(parents=True, exist_ok=True)
        simulator = PrinterSimulator(
            args.port,
            host=args.host,
            labels=args.roll,
            ms_per_label=args.ms,
            on_printed=lambda out: _came_out(out, args),
        )
    except OSError as error:
        hint = "Choose another --port; 0 takes any that is free."
        raise BadSetting(f"No printer at {args.host}:{args.port}: {why(error)}. {hint}") from error
    with simulator:
        _say(f"A printer at {simulator.host}:{simulator.port}. Type help, or quit.")
        if not _obey_lines(simulator):
            threading.Event().wait()  # nobody types here: until it is ended from outside
    return 0


def _refuse_what_cannot_be(args: argparse.Namespace) -> None:
    if args.port not in PORTS:
        raise BadSetting(f"--port is {args.port}; ports are 0 to {PORTS[-1]}.")
    for option, value in (("--labels", args.roll), ("--ms", args.ms)):
        if value is not None and not 0 <= value <= SIZE_MAX:
            raise BadSetting(f"{option} is {value}; it can be 0 to {SIZE_MAX}.")


def _obey_lines(simulator: PrinterSimulator) -> bool:
    """Do what is typed; True if told to end, False if nothing more can be typed."""
    for line in sys.stdin:
        if line.strip().lower() in ("quit", "exit"):
            return True
        try:
            _say(obey(simulator, line))
        except NotUnderstood as error:
            _say(f"? {error}")
    return False


def _came_out(out: Printed, args: argparse.Namespace) -> None:
    """Tell of a label that came out, and keep it."""
    with contextlib.suppress(BrokenPipeError):  # whoever looked on has gone; it prints all the same
        _say(describe(out))
        if args.show and (picture := picture_lines(out)):
            _say(picture)
        if args.folder:
            try:
                _keep(out, args.folder)
            except OSError as error:
                _say(f"! The label cannot be written: {why(error)}.")


def _keep(out: Printed, folder: Path) -> None:
    """Write a label as it came, and as a picture if it is one of ours."""
    from floorhand.labels.picture import png
    from floorhand.labels.simulator.drawing import draw_label

    write_whole(folder / f"{out.number:06}.zpl", out.zpl + b"\n", durable=False)
    if (drawn := draw_label(out.zpl)) is not None:
        write_whole(folder / f"{out.number:06}.png", png(drawn, PICTURE_DPI), durable=False)


def _say(text: str) -> None:
    print(visible_lines(text), flush=True)
