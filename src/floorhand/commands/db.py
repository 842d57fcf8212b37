"""``floorhand db``: where the warehouse is kept. Each action lives in a module of its own."""

from __future__ import annotations

import argparse

from floorhand.commands.actions import Actions, add_actions, run_action
from floorhand.commands.db_status import QUICK
from floorhand.config import Settings

ACTIONS: Actions = {
    "status": ("floorhand.commands.db_status", "where it is, its size and health (the default)"),
    "copy": ("floorhand.commands.db_copy", "copy all of it to another database, and prove both"),
    "backup": ("floorhand.commands.db_backup", "copy an SQLite file while people work in it"),
    "restore": ("floorhand.commands.db_restore", "put a backup in the place of the warehouse"),
}


def add_arguments(parser: argparse.ArgumentParser) -> tuple[argparse.ArgumentParser, ...]:
    """Say what each action takes; give their parsers, for the options that every command has."""
    parser.add_argument("--json", action="store_true", help="the status as JSON, for programs")
    parser.add_argument("--quick", action="store_true", help=QUICK)
    return add_actions(parser, ACTIONS, "status")


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Do it."""
    return run_action(ACTIONS, args, settings)
