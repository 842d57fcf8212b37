"""``floorhand devices``: which devices there are, and which of them are on."""

from __future__ import annotations

import argparse
from datetime import datetime
from pathlib import Path

from floorhand.commands import listing
from floorhand.commands.device_keys import DeviceKey, devices, read
from floorhand.commands.device_session import Session
from floorhand.config import Settings
from floorhand.errors import BadSetting
from floorhand.text.columns import columns

HEADS = ("seat", "station", "terminal", "since", "address", "kind", "key")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    listing.add_forms(parser, also_before=True)


def run(args: argparse.Namespace, settings: Settings) -> int:  # noqa: ARG001  (as all commands)
    """List them."""
    rows = [_row(one, Path(args.sessions)) for one in devices(read(Path(args.keys)))]
    if listing.is_for_programs(args):
        listing.write(args, HEADS, rows)
    else:
        print("\n".join(columns(HEADS, [tuple(map(_told, row)) for row in rows])))
    return 0


def _row(one: DeviceKey, sessions: Path) -> tuple[listing.Cell, ...]:
    now: tuple[listing.Cell, ...] = ("", None, "")
    try:
        if (standing := Session(sessions, one.seat).standing()) is not None:
            now = ("on" if standing.on else "kept", standing.since, standing.address)
    except BadSetting:
        now = ("?", None, "")
    return (one.seat, one.station, *now, one.kind, one.fingerprint)


def _told(cell: listing.Cell) -> str:
    if isinstance(cell, datetime):
        return f"{cell.astimezone():%Y-%m-%d %H:%M}"
    return str(cell or "-")
