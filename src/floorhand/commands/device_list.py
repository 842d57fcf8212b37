"""``floorhand devices``: which devices there are, and which of them are on."""

from __future__ import annotations

import argparse
from pathlib import Path

from floorhand.commands.device_keys import DeviceKey, devices, read
from floorhand.commands.device_session import Session
from floorhand.config import Settings
from floorhand.errors import BadSetting
from floorhand.text.columns import columns


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Nothing but what all actions take."""


def run(args: argparse.Namespace, settings: Settings) -> int:  # noqa: ARG001  (as all commands)
    """List them."""
    found = devices(read(Path(args.keys)))
    head = ("seat", "station", "terminal", "since", "address", "kind", "key")
    print("\n".join(columns(head, [_row(one, Path(args.sessions)) for one in found])))
    return 0


def _row(one: DeviceKey, sessions: Path) -> tuple[str, ...]:
    try:
        standing = Session(sessions, one.seat).standing()
    except BadSetting:
        now = ("?", "-", "-")
    else:
        now = ("-", "-", "-")
        if standing is not None:
            since = f"{standing.since.astimezone():%Y-%m-%d %H:%M}"
            now = ("on" if standing.on else "kept", since, standing.address or "-")
    return (one.seat, one.station or "-", *now, one.kind, one.fingerprint)
