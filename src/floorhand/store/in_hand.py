"""What somebody works on at a seat, of all that they have claimed, and since when they have it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from floorhand.domain.json_text import as_json
from floorhand.store.asking import among, ask
from floorhand.store.open_work import JOBS_OF
from floorhand.store.schema import Return, Task

_CLAIMED = (
    select(Task.worker, Task.kind, Task.id, Task.place, Task.claimed_at)
    .where(
        Task.site == bindparam("site"),
        Task.kind.in_(JOBS_OF),
        among(Task.state, "claimed"),
    )
    .order_by(Task.claimed_at.desc(), Task.id.desc())
)
_RETURNS = (
    select(Return.worker, Return.number, Return.claimed_at)
    .where(
        Return.site == bindparam("site"),
        Return.custody == "received",
        Return.worker.is_not(None),
    )
    .order_by(Return.claimed_at.desc(), Return.number.desc())
)


@dataclass(frozen=True, slots=True)
class Claim:
    """Work that somebody has: the place of a task, or the number of a return, and since when.

    ``task`` is the id of a task, or that number.
    """

    task: str
    about: str
    since: datetime | None


Claims = Mapping[tuple[str, str], Sequence[Claim]]
"""By worker and job, the latest first."""


def claims(tx: Session, site: str) -> Claims:
    """List what everybody has claimed and not finished."""
    found: dict[tuple[str, str], list[Claim]] = defaultdict(list)
    for row in ask(tx, _CLAIMED, site=site):
        one = Claim(row.id, row.place, row.claimed_at)
        found[row.worker, JOBS_OF[row.kind]].append(one)
    for row in ask(tx, _RETURNS, site=site):
        found[row.worker, "returns"].append(Claim(row.number, row.number, row.claimed_at))
    return found


def in_hand(had: Sequence[Claim], state: str) -> Claim | None:
    """Give what a seat is at: what its question names, else what was claimed last; None if none.

    Args:
        had: What its worker has claimed of the job that is open there, the latest first.
        state: The question of the seat, frozen.
    """
    if len(had) < 2:
        return had[0] if had else None
    named = [one for one in had if as_json(one.task) in state]
    stood_at = [one for one in had if one.about and as_json(one.about) in state]
    return (named or stood_at or had)[0]
