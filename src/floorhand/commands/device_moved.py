"""``floorhand devices moved``: tell where a device is now that has come back to its terminal.

Its terminal went on meanwhile, and knows only the address from which it was started.
"""

from __future__ import annotations

import argparse

from sqlalchemy.orm import Session

from floorhand.commands.identity import known
from floorhand.commands.office import opened, say
from floorhand.config import Settings
from floorhand.errors import BadSetting
from floorhand.ops.devices import call
from floorhand.store.db import in_turn


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Nothing but settings: a session has them in its environment."""
    parser.epilog = (
        "Called by the session of a device: FLOORHAND_SEAT, FLOORHAND_STATE and FLOORHAND_REMOTE "
        "say which it is, what it proves itself by, and where it is."
    )


def run(args: argparse.Namespace, settings: Settings) -> int:  # noqa: ARG001  (as all commands)
    """Tell it, if the device still holds its seat."""
    if not settings.remote:
        raise BadSetting("FLOORHAND_REMOTE does not say where the device is.")
    tokens = known(settings)

    def act(tx: Session) -> bool:
        return call(tx, settings.site, settings.seat, tokens, settings.remote)

    if not in_turn(opened(settings), act):
        raise BadSetting(f"This device does not hold {settings.seat}.")
    say(f"{settings.seat} is at {settings.remote}.")
    return 0
