"""``floorhand printers``: everything about printers. Each action lives in a module of its own."""

from __future__ import annotations

import argparse
from importlib import import_module

from floorhand.config import Settings

ACTIONS: dict[str, tuple[str, str]] = {
    "list": ("floorhand.commands.printer_list", "how each printer is (the default)"),
    "jobs": ("floorhand.commands.printer_jobs", "the labels that have not come out, and why"),
    "test": ("floorhand.commands.printer_test", "ask a printer how it is; print a test label"),
    "pause": ("floorhand.commands.printer_pause", "let the labels of a printer wait"),
    "resume": ("floorhand.commands.printer_pause", "let them come out again"),
    "remove": ("floorhand.commands.printer_remove", "forget a printer that is no more"),
    "reroute": ("floorhand.commands.printer_reroute", "let what waits come from another printer"),
    "reprint": ("floorhand.commands.printer_reprint", "print a label once more"),
    "confirm": ("floorhand.commands.printer_settle", "a label in doubt did come out"),
    "void": ("floorhand.commands.printer_settle", "nobody may use a label any more"),
    "simulate": ("floorhand.commands.printer_simulator", "be a label printer, for trying out"),
}
"""Name, module with ``add_arguments(parser)`` and ``run(args, settings)``, and what it does."""


def add_arguments(parser: argparse.ArgumentParser) -> tuple[argparse.ArgumentParser, ...]:
    """Say what each action takes; give their parsers, for the options that every command has."""
    actions = parser.add_subparsers(dest="action", metavar="ACTION")
    parser.set_defaults(action="list")
    parser.add_argument("--json", action="store_true", help="the list as JSON, for programs")
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
