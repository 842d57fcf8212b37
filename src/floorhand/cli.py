"""The commands. Each lives in a module of its own, imported only when it is called."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

from floorhand.config import load
from floorhand.errors import FloorhandError
from floorhand.store.closing import closing_databases

COMMANDS: dict[str, tuple[str, str]] = {
    "demo": ("floorhand.commands.demo", "build a small demo warehouse and try it"),
    "terminal": ("floorhand.commands.terminal", "open the terminal of a floor worker"),
    "join": ("floorhand.commands.join", "the same, from the host of this machine"),
    "host": ("floorhand.commands.host", "fork terminals from one warm program"),
    "serve": ("floorhand.commands.serve", "open terminals for browsers"),
    "devices": ("floorhand.commands.devices", "which devices may open terminals over SSH"),
    "talk": ("floorhand.commands.talk", "the same in plain lines, for scripts and screen readers"),
    "import": ("floorhand.exchange.command", "read products, orders, deliveries, returns …"),
    "label": ("floorhand.labels.command", "print labels of bins, totes, badges, commands"),
    "carrier-labels": (
        "floorhand.commands.carrier_labels",
        "take in the labels that carriers made for orders",
    ),
    "printers": (
        "floorhand.commands.printers",
        "how printers are; pause, reroute, reprint, test, simulate",
    ),
    "spool": ("floorhand.commands.spool", "send labels to printers, without a terminal"),
    "recall": ("floorhand.commands.recall", "block a lot at once; where it is, who got it"),
    "rules": ("floorhand.commands.rules", "what a merchant wants, and who changed it"),
    "seats": ("floorhand.commands.seats", "who sits where; free a seat, unlock one"),
    "workers": ("floorhand.commands.workers", "who works here; draw a PIN, unlock one"),
    "board": ("floorhand.commands.board", "the building on one screen, up to date each second"),
    "refills": ("floorhand.commands.refills", "which pick faces run dry, and when; fill them up"),
    "counts": ("floorhand.commands.counts", "which bins are to be counted, and why; plan them"),
    "exceptions": ("floorhand.commands.exceptions", "what must be looked at; assign, close"),
    "service": ("floorhand.commands.service", "what a merchant who asks is told"),
    "summary": ("floorhand.commands.summary", "the figures of a shift"),
    "transfers": ("floorhand.commands.transfers", "what left for another building; announce it"),
    "totals": ("floorhand.commands.totals", "what merchants have in all buildings together"),
    "check": ("floorhand.commands.check", "prove the stock: rebuild it from its moves"),
    "db": ("floorhand.commands.db", "where the data is and how it is; copy, backup, restore"),
    "simulate": ("floorhand.robots.command", "let workers made of software do the work"),
    "bench": ("floorhand.commands.bench", "measure how long a scan takes"),
}
"""Name, module with ``add_arguments(parser)`` and ``run(args, settings)``, and what it does.

``add_arguments`` of a command with actions gives their parsers: what every command takes can stand
behind the action, too. A command whose last words are a list gives its name, and what reads a word
of it, in a default ``listed``: the list may go on after options.
"""

EPILOG = """\
Every command takes --database, --site and --config. Settings can also stand in a TOML file or in
the environment (FLOORHAND_DATABASE, FLOORHAND_SITE …).
Exit codes: 0 all is well; 1 something is wrong (a violation, an unusable file); 2 the command was
written wrongly; 3 part of a file was rejected, or labels are not out.
"""


def main(argv: Sequence[str] | None = None) -> None:
    """Run one command and exit with its code."""
    words = list(sys.argv[1:] if argv is None else argv)
    try:
        code = _run(words)
    except FloorhandError as error:
        from floorhand.text.visible import visible_lines

        print(visible_lines(f"floorhand: {error}"), file=sys.stderr)
        code = 1
    except BrokenPipeError:
        # Whoever read our output went away; the interpreter must not complain about it at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 1
    except KeyboardInterrupt:
        code = 130
    sys.exit(code)


def _run(words: list[str]) -> int:
    parser = _parser(words)
    args, late = parser.parse_known_args(words)
    if late:
        _go_on_with_list(parser, args, late)
    typed = {
        name: value
        for name in (
            *("database", "site", "seat", "station", "language", "labels", "hints", "log"),
            *("scanner", "state", "take_seat", "theme", "large"),
        )
        if (value := getattr(args, name, None)) is not None
    }
    file = getattr(args, "config", None) or os.environ.get("FLOORHAND_CONFIG")
    settings = load(Path(file) if file else None, typed=typed, usual=getattr(args, "usual", None))
    module = import_module(COMMANDS[args.command][0])
    with closing_databases():
        code: int = module.run(args, settings)
    return code


def _go_on_with_list(
    parser: argparse.ArgumentParser, args: argparse.Namespace, late: list[str]
) -> None:
    """Add words that came after an option to the list of the command, which argparse ends there."""
    if not hasattr(args, "listed") or any(word.startswith("-") for word in late):
        parser.error(f"unrecognized arguments: {' '.join(late)}")
    name, read = args.listed
    getattr(args, name).extend(map(read, late))


def _parser(words: list[str]) -> argparse.ArgumentParser:
    """Make the parser; only the command that is called is imported, for its arguments."""
    parser = argparse.ArgumentParser(
        prog="floorhand",
        description="The terminal of an e-commerce fulfilment warehouse.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action=_Version, nargs=0, help="show the version and end")
    _add_common(parser)
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    called = next((word for word in words if word in COMMANDS), None)
    for name, (module, about) in COMMANDS.items():
        command = commands.add_parser(
            name, help=about, description=about[0].upper() + about[1:] + "."
        )
        if name == called:
            actions = import_module(module).add_arguments(command)
            for one in (command, *(actions or ())):
                _add_common(one)
    return parser


class _Version(argparse.Action):
    """Says the version; where it stands takes longer to find than all else to start."""

    def __call__(self, *_: object, **__: object) -> None:
        from importlib.metadata import version

        print(f"floorhand {version('floorhand')}")
        sys.exit(0)


def _add_common(parser: argparse.ArgumentParser) -> None:
    nothing = argparse.SUPPRESS
    where = "SQLite file or SQLAlchemy URL (default: floorhand.db in this folder)"
    parser.add_argument("--database", "-d", metavar="URL", default=nothing, help=where)
    parser.add_argument("--site", metavar="CODE", default=nothing, help="building (default: MAIN)")
    parser.add_argument("--config", metavar="FILE", default=nothing, help="TOML file of settings")
