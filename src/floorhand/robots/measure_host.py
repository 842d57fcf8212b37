"""Measure what terminals cost that a host forks, beside a process for each.

They are started one after another, and all of them stay open: so each start is measured with those
before it there, and the memory in the end with all.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Final

from floorhand.robots.ground import SITE, two_databases
from floorhand.robots.hosted import hosting, memory_of, waiting_memory_of
from floorhand.robots.measure_start import ASKED, PAINTED
from floorhand.robots.pty_terminal import PtyTerminal

COUNTS: Final = (1, 10, 50, 200)

SETTLE_S: Final = 3.0
"""How long the last one is left alone before the memory is looked at."""

Figures = dict[str, float | int]


def measure_host(
    folder: Path | None,
    count: int,
    *,
    server: str = "",
    settle_s: float = SETTLE_S,
) -> Figures:
    """Open so many terminals both ways.

    Args:
        folder: As for `two_databases`.
        count: How many terminals there are.
        server: A PostgreSQL server to use instead.
        settle_s: How long they are left alone before their memory is looked at.

    Returns:
        Medians: until a terminal has painted and until it asks, in ms; what it has of its own, and
        with its share of what is shared, in MB. ``client_mb`` is what waits for a terminal of the
        host, ``own_mb`` the host itself, both with their share, too.
    """
    return {
        "terminals": count,
        **_at_host(folder, count, server, settle_s),
        **_alone(folder, count, server, settle_s),
    }


def _at_host(folder: Path | None, count: int, server: str, settle_s: float) -> Figures:
    with (
        two_databases(folder, 0, None, server) as (url, _),
        hosting(url, SITE) as host,
        ExitStack() as opened,
    ):
        clients, took = _open(count, host.joining, opened)
        time.sleep(settle_s)
        waiting = median(waiting_memory_of(one.pid) for one in clients)
        return {
            **_figures("host", took, host.terminals()),
            "client_mb": round(waiting, 1),
            "own_mb": round(memory_of(host.pid).share, 1),
        }


def _alone(folder: Path | None, count: int, server: str, settle_s: float) -> Figures:
    with two_databases(folder, 0, None, server) as (url, _), ExitStack() as opened:
        words = ["-m", "floorhand", "--database", url, "--site", SITE, "terminal"]
        terminals, took = _open(
            count, lambda seat: [*words, "--seat", seat, "--language", "en"], opened
        )
        time.sleep(settle_s)
        return _figures("alone", took, [one.pid for one in terminals])


def _open(
    count: int, command: Callable[[str], list[str]], opened: ExitStack
) -> tuple[list[PtyTerminal], list[tuple[float, float]]]:
    """Start terminals, one after another; give them, and how many ms each took."""
    terminals, took = [], []
    for number in range(count):
        folder = opened.enter_context(TemporaryDirectory(prefix="floorhand-bench-"))
        terminal = PtyTerminal(command(f"T{number}"), folder)
        opened.callback(terminal.close)
        painted, asked = (terminal.wait_for(word) - terminal.started for word in (PAINTED, ASKED))
        terminals.append(terminal)
        took.append((1000 * painted, 1000 * asked))
    return terminals, took


def _figures(name: str, took: list[tuple[float, float]], pids: Sequence[int]) -> Figures:
    memory = [memory_of(pid) for pid in pids]
    painted, asked = (median(times) for times in zip(*took, strict=True))
    return {
        f"{name}_painted_ms": round(painted),
        f"{name}_asked_ms": round(asked),
        f"{name}_mb": round(median(one.private for one in memory), 1),
        f"{name}_share_mb": round(median(one.share for one in memory), 1),
    }
