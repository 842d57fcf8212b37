"""``floorhand join``: a terminal from the host, for the line one is at.

`floorhand.__main__` calls the client directly, without any of what stands here.
"""

from __future__ import annotations

import argparse

from floorhand.config import Settings

EPILOG = """\
All options of floorhand terminal may stand behind it, in full: --seat PACK-1 --station PACK-1.
Whoever runs the host has decided about database, site and files; another user than the host's may
choose no others. Without a host it opens a terminal of its own, and says so.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes; `floorhand.host.join` reads it."""
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = EPILOG
    parser.add_argument("--socket", metavar="PATH", help="where the host listens")
    parser.add_argument(
        "--only", action="store_true", help="open no terminal of its own if no host answers"
    )
    parser.add_argument(
        "--once", action="store_true", help="end with 75 when the terminal moves to a newer host"
    )
    parser.add_argument("words", nargs=argparse.REMAINDER, help=argparse.SUPPRESS)


def run(args: argparse.Namespace, settings: Settings) -> int:  # noqa: ARG001  (as all commands)
    """Join with options that stand before the command, too."""
    import sys

    from floorhand.host.join import main

    words = sys.argv[1:]
    words.remove("join")
    return main(words)
