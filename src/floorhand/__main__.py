"""Run floorhand as ``python -m floorhand``, or by its name."""

from __future__ import annotations

import sys


def main() -> None:
    """Run one command; a client of the host at once, for it needs nothing of the others."""
    words = sys.argv[1:]
    if words[:1] == ["join"] and not {"-h", "--help"} & {*words}:
        from floorhand.host import join

        sys.exit(join.main(words[1:]))
    from floorhand import cli

    cli.main()


if __name__ == "__main__":
    main()
