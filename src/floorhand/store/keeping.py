"""Thin out the backups in a folder: the last of each day, week and month, as far back as is asked.

Days on which there was no backup do not count, so a machine that was off for long loses none. What
is not surely a backup of this warehouse stays: another name, a link, another warehouse under the
same name, a file that cannot be read, a time that has not come yet.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, func, select
from sqlalchemy.exc import SQLAlchemyError

from floorhand.errors import DatabaseAway, DatabaseUnusable
from floorhand.store.schema import Operation
from floorhand.store.snapshot import schema_of, sites_of, snapshot

STAMP = "%Y%m%dT%H%M%S"
"""The local time in the name of a backup."""

_STAMPED = re.compile(r"(?P<stem>.+)-(?P<at>[0-9]{8}T[0-9]{6})(?P<suffix>\.[^.]+)?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Keep:
    """How many days, weeks and months keep their last backup; at least one day."""

    days: int
    weeks: int
    months: int


def stamped(folder: Path, stem: str, suffix: str, at: datetime) -> Path:
    """Name a backup by its time."""
    return folder / f"{stem}-{at:{STAMP}}{suffix}"


def thin_out(made: Path, keep: Keep, is_ours: Callable[[Path], bool]) -> Iterator[Path]:
    """Remove those beside a new backup that need not be kept, and give their names.

    Args:
        made: The new one, which is proven. It stays, as do all that seem to be later.
        keep: What is kept beside it.
        is_ours: Whether a file is a backup of the same warehouse.

    Raises:
        DatabaseUnusable: If one cannot be removed.
    """
    by_time = _like(made)
    newest = next(at for at, file in by_time.items() if file == made)
    earlier = [at for at in by_time if at <= newest]
    for at in sorted(set(earlier) - kept(earlier, keep)):
        file = by_time[at]
        if not is_ours(file):
            continue
        try:
            file.unlink(missing_ok=True)
        except OSError as error:
            raise DatabaseUnusable(
                f"{made} is there, but {file} cannot be removed ({error.strerror})."
            ) from error
        yield file


def kept(times: Iterable[datetime], keep: Keep) -> frozenset[datetime]:
    """Choose of some times the last one of each day, week (from Monday) and month."""
    newest_first = sorted(times, reverse=True)
    parts: tuple[tuple[int, Callable[[datetime], Hashable]], ...] = (
        (keep.days, lambda at: at.date()),
        (keep.weeks, lambda at: at.isocalendar()[:2]),
        (keep.months, lambda at: (at.year, at.month)),
    )
    chosen: set[datetime] = set()
    for count, part in parts:
        lasts: dict[Hashable, datetime] = {}
        for at in newest_first:
            lasts.setdefault(part(at), at)
        chosen.update([*lasts.values()][:count])
    return frozenset(chosen)


def is_earlier_state(file: Path, url: str) -> bool:
    """Say whether an SQLite file is an earlier state of a warehouse: its ledger began likewise."""
    try:
        with snapshot(str(file)) as connection:
            earlier = _beginnings(connection)
        with snapshot(url) as connection:
            now = _beginnings(connection)
    except (DatabaseUnusable, DatabaseAway, SQLAlchemyError):
        return False
    return bool(earlier) and all(
        site in now and at in (None, now[site]) for site, at in earlier.items()
    )


def _beginnings(connection: Connection) -> dict[str, datetime | None]:
    """Give for each building when its first operation was, None if there was none."""
    if schema_of(connection) is None:
        return {}
    firsts = select(Operation.site, func.min(Operation.at)).group_by(Operation.site)
    first = {site: at for site, at in connection.execute(firsts)}
    return {site: first.get(site) for site in sites_of(connection)}


def _like(made: Path) -> dict[datetime, Path]:
    """Find the files beside one, by their time, that have the same name but for the time."""
    own = _STAMPED.fullmatch(made.name)
    assert own, made
    found = {}
    for file in made.parent.iterdir():
        named = _STAMPED.fullmatch(file.name)
        if named and named.group("stem", "suffix") == own.group("stem", "suffix"):
            try:
                at = datetime.strptime(named["at"], STAMP)
            except ValueError:  # 31 February
                continue
            if file.is_file() and not file.is_symlink():
                found[at] = file
    return found
