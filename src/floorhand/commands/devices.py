"""``floorhand devices``: which devices may open a terminal over SSH. Each action has a module."""

from __future__ import annotations

import argparse

from floorhand.commands import listing
from floorhand.commands.actions import Actions, add_actions, run_action
from floorhand.config import Settings

ACTIONS: Actions = {
    "list": ("floorhand.commands.device_list", "the devices, and which are on (the default)"),
    "add": ("floorhand.commands.device_add", "let a device in by its key, and give it a seat"),
    "moved": ("floorhand.commands.device_moved", "tell where a device is now; its session does"),
    "remove": ("floorhand.commands.device_remove", "let a device in no more, and end its terminal"),
}

EPILOG = """\
A device is known by its key alone; the key's line in the file says which seat it has and where it
stands. How sshd is set up for it: packaging/ssh.md.
"""

KEYS = "/etc/floorhand/authorized_keys"
SESSIONS = "/var/lib/floor"


def add_arguments(parser: argparse.ArgumentParser) -> tuple[argparse.ArgumentParser, ...]:
    """Say what each action takes; give their parsers, for the options that every command has."""
    parser.epilog = EPILOG
    listing.add_forms(parser)
    actions = add_actions(parser, ACTIONS, "list")
    parser.set_defaults(keys=KEYS, sessions=SESSIONS)
    for one in (parser, *actions):
        add_folders(one)
    return actions


def add_folders(parser: argparse.ArgumentParser) -> None:
    """Say where sshd and its sessions keep what they need."""
    nothing = argparse.SUPPRESS
    about = f"file of keys that sshd reads (default: {KEYS})"
    parser.add_argument("--keys", metavar="FILE", default=nothing, help=about)
    about = f"folder of what their terminals keep (default: {SESSIONS})"
    parser.add_argument("--sessions", metavar="DIR", default=nothing, help=about)


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Do it."""
    return run_action(ACTIONS, args, settings)
