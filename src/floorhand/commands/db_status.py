"""``floorhand db``: where the warehouse is kept, how large it is, and whether all is well."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from contextlib import closing
from dataclasses import asdict, replace
from datetime import UTC, datetime

from floorhand.commands.db_progress import Progress
from floorhand.commands.nightly import failed_services
from floorhand.commands.office import say
from floorhand.config import Settings
from floorhand.store.db import HEAD, sqlite_file
from floorhand.store.health import FileHealth, Held, file_health
from floorhand.store.server_health import ServerHealth, Standby, server_health

QUICK = "leave out the check for damage, which reads all of an SQLite file"

UNITS = ("bytes", "KiB", "MiB", "GiB", "TiB")

NAME_COLUMNS = 15


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    nothing = argparse.SUPPRESS  # they can stand before the action, too
    parser.add_argument("--json", action="store_true", default=nothing, help="as JSON")
    parser.add_argument("--quick", action="store_true", default=nothing, help=QUICK)
    parser.epilog = "exit code: 1 if something is not as it should be"


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Look, and tell; 1 if something is not as it should be."""
    health = _health(settings.database, args.quick)
    health = replace(health, problems=(*health.problems, *failed_services(settings.nightly)))
    if args.json:
        told = {"ok": not health.problems, **asdict(health)}
        print(json.dumps(told, indent=1, default=_stamp))
        return 1 if health.problems else 0
    lines = _of_file(health) if isinstance(health, FileHealth) else _of_server(health)
    for name, value in (*lines, *_of_held(health.held)):
        say(f"{name:<{NAME_COLUMNS}}  {value}")
    for problem in health.problems:
        say(f"! {problem}")
    if not health.problems:
        say("All is well.")
    return 1 if health.problems else 0


def _health(database: str, quick: bool) -> FileHealth | ServerHealth:
    if sqlite_file(database) is None:
        return server_health(database)
    progress = Progress()
    with closing(progress):
        progress("looking at it" if quick else "looking for damage", 0, 1)
        return file_health(database, quick=quick)


def size_of(count: int) -> str:
    """Say a size in its largest unit."""
    amount = float(count)
    for unit in UNITS[:-1]:
        if amount < 1024:
            return f"{amount:.0f} {unit}" if unit == UNITS[0] else f"{amount:.1f} {unit}"
        amount /= 1024
    return f"{amount:.1f} {UNITS[-1]}"


def _of_file(health: FileHealth) -> Iterator[tuple[str, str]]:
    yield "SQLite file", health.file
    yield "size", f"{size_of(health.size)}, and {size_of(health.log_size)} of log"
    on = f" ({health.file_system})" if health.file_system else ""
    yield "free on disk", f"{size_of(health.disk_free)} of {size_of(health.disk_size)}{on}"
    if health.sqlite:
        yield "SQLite", f"{health.sqlite}, journal mode {health.journal_mode}"
    if health.damage is not None:
        found = f"{len(health.damage)} faults" if health.damage else "nothing damaged"
        yield "quick check", found


def _of_server(health: ServerHealth) -> Iterator[tuple[str, str]]:
    yield "PostgreSQL", f"{health.version}, at {health.server}"
    yield "address", health.address
    yield "size", size_of(health.size)
    yield (
        "connections",
        f"{health.connections} others here, {health.connections_of_all} of "
        f"{health.connections_max} in all",
    )
    if health.is_standby:
        behind = "" if health.behind_s is None else f", its last write {health.behind_s:.0f} s old"
        yield "role", f"standby, for reading only{behind}"
    else:
        whom = health.synchronous_standbys or "no standby"
        yield "commits", f"synchronous_commit = {health.synchronous_commit}, waits for {whom}"
    for one in health.standbys:
        yield "standby", _standby(one)


def _standby(one: Standby) -> str:
    behind = "" if one.behind is None else f", {size_of(one.behind)} behind"
    return f"{one.name} at {one.address}, {one.state}, {one.sync}{behind}"


def _of_held(held: Held) -> Iterator[tuple[str, str]]:
    if held.schema is None:
        return
    newest = "the newest" if held.schema == HEAD else f"this floorhand knows {HEAD}"
    yield "schema", f"{held.schema}, {newest}"
    if held.sites:
        yield "sites", ", ".join(held.sites)
    if held.last is not None:
        yield "last operation", f"{held.last.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


def _stamp(value: object) -> str:
    assert isinstance(value, datetime), value
    return value.astimezone(UTC).isoformat()
