"""``floorhand devices add``: let a device in by its key, and give it a seat."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from floorhand.commands.device_keys import (
    KEY_CHARACTERS_MAX,
    changing,
    device_key,
    devices,
    is_of,
)
from floorhand.commands.office import say
from floorhand.config import Settings
from floorhand.errors import BadSetting


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say what the action takes."""
    parser.add_argument("seat", metavar="SEAT", help="name of its terminal, as PACK-1")
    parser.add_argument("key", metavar="FILE", help="its public key; -: from stdin")
    parser.add_argument("--station", metavar="CODE", help="bench it stands at")
    parser.add_argument(
        "--replace", action="store_true", help="the seat's device has a new key: forget the old one"
    )


def run(args: argparse.Namespace, settings: Settings) -> int:  # noqa: ARG001  (as all commands)
    """Add it."""
    made = device_key(args.seat, args.station or "", _key_text(args.key))
    with changing(Path(args.keys)) as lines:
        for other in devices(lines):
            if other.key == made.key and other.seat != made.seat:
                raise BadSetting(
                    f"This key is that of {other.seat}. A key for each device: make another one, "
                    f"or first: floorhand devices remove {other.seat}"
                )
            if other.seat == made.seat and not args.replace:
                raise BadSetting(
                    f"{made.seat} has a device with the key {other.fingerprint}. Take its place "
                    "with --replace."
                )
        lines[:] = [line for line in lines if not is_of(line, made.seat)] + [made.line]
    say(f"{made.seat} is opened by the key {made.fingerprint}.")
    return 0


def _key_text(file: str) -> str:
    if file == "-":
        return sys.stdin.read(KEY_CHARACTERS_MAX + 1)
    try:
        with open(file, encoding="utf-8") as opened:
            return opened.read(KEY_CHARACTERS_MAX + 1)
    except (OSError, UnicodeDecodeError) as error:
        raise BadSetting(f"{file} cannot be read as a public key: {error}") from error
