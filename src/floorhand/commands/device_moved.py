"""``floorhand devices moved``: tell where a device is now that has come back to its terminal.

Its terminal went on meanwhile, and knows only the address from which it was started. If it came
from a host, that has what the device proves itself by, and is asked to tell.
"""

from __future__ import annotations

import argparse
import os

from sqlalchemy.orm import Session

from floorhand.commands.identity import known
from floorhand.commands.office import opened, say
from floorhand.config import Settings
from floorhand.errors import BadSetting
from floorhand.host.join import ANSWER_BYTES_MAX, NoHost, join
from floorhand.host.request import MOVED
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
    if not (_told_by_host() or tell(settings)):
        raise BadSetting(f"This device does not hold {settings.seat}.")
    say(f"{settings.seat} is at {settings.remote}.")
    return 0


def tell(settings: Settings) -> bool:
    """Record where the device is; False if it does not hold its seat."""
    tokens = known(settings)

    def act(tx: Session) -> bool:
        return call(tx, settings.site, settings.seat, tokens, settings.remote)

    return bool(tokens) and in_turn(opened(settings), act)


def _told_by_host() -> bool:
    """Let the host tell it; False if there is none, or the terminal is none of its."""
    life, held = os.pipe()
    try:
        line = join(os.environ.get("FLOORHAND_SOCKET", ""), [], "", life, MOVED)
        told = data = line.recv(ANSWER_BYTES_MAX)
        while data:
            told, data = data, line.recv(ANSWER_BYTES_MAX)
        line.close()
    except (NoHost, OSError):
        return False
    finally:
        os.close(life)
        os.close(held)
    return told == b"end 0\n"
