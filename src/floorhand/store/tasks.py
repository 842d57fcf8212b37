"""Work to do, and trouble to look at."""

from __future__ import annotations

import json

from sqlalchemy import insert, update
from sqlalchemy.orm import Session

from floorhand.store.ledger import Cause
from floorhand.store.schema import Task, Trouble


def open_task(
    tx: Session,
    cause: Cause,
    kind: str,
    *,
    place: str = "",
    merchant: str = "",
    sku: str = "",
    lot: str = "",
    pieces: int = 0,
    reason: str = "",
) -> str:
    """Raise a task and return its id. ``place`` is what it is about (see `Task`)."""
    task = cause.new_id()
    tx.execute(
        insert(Task).values(
            site=cause.site,
            id=task,
            kind=kind,
            place=place,
            merchant=merchant,
            sku=sku,
            lot=lot,
            pieces=pieces,
            reason=reason,
            created_at=cause.at,
        )
    )
    return task


def claim_task(tx: Session, cause: Cause, task: str) -> bool:
    """Take a task for the worker; False if somebody else has it or it is done."""
    taken = tx.scalar(
        update(Task)
        .where(
            Task.site == cause.site,
            Task.id == task,
            (Task.state == "open") | ((Task.state == "claimed") & (Task.worker == cause.worker)),
        )
        .values(state="claimed", worker=cause.worker, claimed_at=cause.at)
        .returning(Task.id)
    )
    return taken is not None


def close_task(tx: Session, cause: Cause, task: str, state: str = "done") -> None:
    """End a task as ``done`` or ``cancelled``."""
    tx.execute(
        update(Task)
        .where(Task.site == cause.site, Task.id == task)
        .values(state=state, done_at=cause.at)
    )


def trouble(
    tx: Session, cause: Cause, kind: str, subject: str, merchant: str = "", **facts: str | int
) -> str:
    """Put something on the list that supervisors work off, and return its id."""
    entry = cause.new_id()
    tx.execute(
        insert(Trouble).values(
            site=cause.site,
            id=entry,
            kind=kind,
            subject=subject,
            merchant=merchant,
            facts=json.dumps(facts, ensure_ascii=False),
            created_at=cause.at,
        )
    )
    return entry
