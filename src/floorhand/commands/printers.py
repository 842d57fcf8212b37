"""``floorhand printers``: everything about printers. Each action lives in a module of its own."""

from __future__ import annotations

import argparse

from floorhand.commands import listing
from floorhand.commands.actions import Actions, add_actions, run_action
from floorhand.config import Settings

ACTIONS: Actions = {
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


def add_arguments(parser: argparse.ArgumentParser) -> tuple[argparse.ArgumentParser, ...]:
    """Say what each action takes; give their parsers, for the options that every command has."""
    listing.add_forms(parser)
    return add_actions(parser, ACTIONS, "list")


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Do it."""
    return run_action(ACTIONS, args, settings)
