"""From whom to whom an operation gave work, in names: "who had it" of a history."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from floorhand.store.schema import Worker
from floorhand.store.traces import Traced

NOBODY: Final = "–"
"""Stands for anybody who comes for it."""

_Hands = tuple[str, str]


def hands(
    tx: Session, site: str, found: Iterable[Traced], known: Mapping[str, Traced]
) -> dict[str, str]:
    """Say of each operation by which work changed hands from whom to whom.

    Args:
        tx: An open transaction.
        site: The building.
        found: The operations.
        known: By id, those among which what one of them took back is looked for.
    """
    changed = {one.operation: _changed(one, known.get(one.undoes)) for one in found}
    who = {worker for each in changed.values() if each for worker in each}
    named = select(Worker.code, Worker.name).where(Worker.site == site, Worker.code.in_(who))
    names = {row.code: row.name for row in tx.execute(named)} if who else {}
    return {
        operation: " → ".join(names.get(worker, worker) or NOBODY for worker in each)
        for operation, each in changed.items()
        if each
    }


def _changed(one: Traced, undone: Traced | None) -> _Hands | None:
    """Give who lost work and who got it, by number or name; None if no work changed hands."""
    if undone is not None:
        before = _changed(undone, None)
        return (before[1], before[0]) if before else None
    facts = json.loads(one.facts)
    if "taken_from" not in facts or not facts.get("freed_work", 1):
        return None
    taken_over = one.worker if facts.get("take_over") else ""
    return facts["taken_from"], facts.get("given_to", taken_over)
