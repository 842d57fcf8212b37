"""``floorhand devices remove``: let a device in no more, and end its terminal."""

from __future__ import annotations

import argparse
from pathlib import Path

from floorhand.commands.device_keys import changing, devices, is_of
from floorhand.commands.device_session import Session
from floorhand.commands.office import say
from floorhand.config import Settings
from floorhand.errors import BadSetting


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say what the action takes."""
    parser.add_argument("seat", metavar="SEAT", help="name of its terminal")


def run(args: argparse.Namespace, settings: Settings) -> int:  # noqa: ARG001  (as all commands)
    """Forget its key first, so that it cannot come back between."""
    with changing(Path(args.keys)) as lines:
        known = [one.seat for one in devices(lines)]
        if args.seat not in known:
            there = ", ".join(known) or "none"
            raise BadSetting(f"No key opens {args.seat}. Known: {there}.")
        lines[:] = [line for line in lines if not is_of(line, args.seat)]
    ended = Session(Path(args.sessions), args.seat).end()
    say(f"{args.seat} is opened by no key any more{'; its terminal has ended.' if ended else '.'}")
    return 0
