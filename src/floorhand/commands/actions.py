"""Commands that have actions, as ``floorhand printers pause``: each in a module of its own."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from importlib import import_module

from floorhand.config import Settings

Actions = Mapping[str, tuple[str, str]]
"""Name, module with ``add_arguments(parser)`` and ``run(args, settings)``, and what it does."""


def add_actions(
    parser: argparse.ArgumentParser, actions: Actions, usual: str
) -> tuple[argparse.ArgumentParser, ...]:
    """Say what each action takes; give their parsers, for the options that every command has.

    Args:
        parser: Of the command.
        actions: Those that it has.
        usual: The one that is meant where none is named.
    """
    named = parser.add_subparsers(dest="action", metavar="ACTION")
    parser.set_defaults(action=usual)
    made = []
    for name, (module, about) in actions.items():
        action = named.add_parser(
            name,
            help=about,
            description=about[0].upper() + about[1:] + ".",
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        import_module(module).add_arguments(action)
        made.append(action)
    return tuple(made)


def run_action(actions: Actions, args: argparse.Namespace, settings: Settings) -> int:
    """Do what was named."""
    code: int = import_module(actions[args.action][0]).run(args, settings)
    return code
