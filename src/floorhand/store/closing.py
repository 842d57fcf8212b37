"""Close in the end what a command has opened, however it ends.

A connection to SQLite that is only forgotten closes out of its turn, and the last one to close
copies the log into the file: that must not race the commit of another. So it is no command's own
business; `floorhand.cli` sees to it for all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Final

_COMMANDS: Final[list[ExitStack]] = []
"""What is to be closed after the command that runs; a list, for there may be none."""


@contextmanager
def closing_databases() -> Iterator[None]:
    """Close, when the block is left, the databases that were opened in it by any thread."""
    with ExitStack() as opened:
        _COMMANDS.append(opened)
        try:
            yield
        finally:
            _COMMANDS.remove(opened)


def close_in_the_end(close: Callable[[], object]) -> None:
    """Have something closed when the command ends; where none runs, that is up to the caller."""
    if _COMMANDS:
        _COMMANDS[-1].callback(close)
