"""Run floorhand as ``python -m floorhand``, or by its name."""

from __future__ import annotations

import gc
import sys

YOUNG_MAX = 20_000
"""New objects after which the collector looks at them; it usually does after 700, again and again
at all that a program loads, which stays. So many are a few megabytes."""


def main() -> None:
    """Run one command, and leave at its end to the system what the collector would look through.

    Both looks took a third of the time of a short command.
    """
    gc.set_threshold(YOUNG_MAX)
    try:
        _run(sys.argv[1:])
    finally:
        gc.freeze()


def _run(words: list[str]) -> None:
    """Run one command; a client of the host at once, for it needs nothing of the others."""
    if words[:1] == ["join"] and not {"-h", "--help"} & {*words}:
        from floorhand.host import join

        sys.exit(join.main(words[1:]))
    from floorhand import cli

    cli.main()


if __name__ == "__main__":
    main()
