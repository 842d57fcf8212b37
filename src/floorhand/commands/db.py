"""``floorhand db``: where the warehouse is kept. Each action lives in a module of its own."""

from __future__ import annotations

import argparse
from importlib import import_module

from floorhand.commands.db_status import QUICK
from floorhand.config import Settings

ACTIONS: dict[str, tuple[str, str]] = {
    "status": ("floorhand.commands.db_status", "where it is, its size and health (the default)"),
    "copy": ("floorhand.commands.db_copy", "copy all of it to another database, and prove both"),
    "backup": ("floorhand.commands.db_backup", "copy an SQLite file while people work in it"),
    "restore": ("floorhand.commands.db_restore", "put a backup in the place of the warehouse"),
}
"""Name, module with ``add_arguments(parser)`` and ``run(args, settings)``, and what it does."""


def add_arguments(parser: argparse.ArgumentParser) -> tuple[argparse.ArgumentParser, ...]:
    """Say what each action takes; give their parsers, for the options that every command has."""
    actions = parser.add_subparsers(dest="action", metavar="ACTION")
    parser.set_defaults(action="status")
    parser.add_argument("--json", action="store_true", help="the status as JSON, for programs")
    parser.add_argument("--quick", action="store_true", help=QUICK)
    made = []
    for name, (module, about) in ACTIONS.items():
        about_it = about[0].upper() + about[1:] + "."
        formatter = argparse.RawDescriptionHelpFormatter
        action = actions.add_parser(
            name, help=about, description=about_it, formatter_class=formatter
        )
        import_module(module).add_arguments(action)
        made.append(action)
    return tuple(made)


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Do it."""
    code: int = import_module(ACTIONS[args.action][0]).run(args, settings)
    return code
