"""Work to do, and trouble to look at."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from typing import cast

from sqlalchemy import ColumnElement, TableClause, bindparam, insert, select, update
from sqlalchemy.orm import Session

from floorhand.domain.troubles import KINDS
from floorhand.store.asking import ask
from floorhand.store.ledger import Cause
from floorhand.store.schema import Task, Trouble

LIVE = ("open", "claimed", "parked")
"""States of a task that is not done."""

_TASK = cast(TableClause, Task.__table__)
_THIS = (_TASK.c.site == bindparam("at_site")) & (_TASK.c.id == bindparam("at_id"))
_OPEN = insert(_TASK)
_CLAIM = (
    update(_TASK)
    .where(
        _THIS,
        (_TASK.c.state == "open")
        | ((_TASK.c.state == "claimed") & (_TASK.c.worker == bindparam("by"))),
    )
    .values(state="claimed", worker=bindparam("by"), claimed_at=bindparam("claimed_at"))
)
_HAND_OVER = (
    update(_TASK)
    .where(
        _THIS,
        _TASK.c.state.in_(("claimed", "parked")),
        _TASK.c.worker == bindparam("holder"),
    )
    .values(state="claimed", worker=bindparam("by"), claimed_at=bindparam("claimed_at"))
)
_TROUBLE = cast(TableClause, Trouble.__table__)
_TELL = insert(_TROUBLE)
_TOLD = (
    _TROUBLE.c.site == bindparam("at_site"),
    _TROUBLE.c.kind == bindparam("at_kind"),
    _TROUBLE.c.subject == bindparam("at_subject"),
    _TROUBLE.c.closed_at.is_(None),
)
_IS_TOLD = select(_TROUBLE.c.id).where(*_TOLD).limit(1)
_FACTS_TOLD = select(_TROUBLE.c.facts).where(*_TOLD).order_by(_TROUBLE.c.id.desc()).limit(1)
_CLOSE_TROUBLE = update(_TROUBLE).where(*_TOLD).values(closed_at=bindparam("now"))
_CLOSE = update(_TASK).where(_THIS).values(state=bindparam("state"), done_at=bindparam("done_at"))


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
    ask(
        tx,
        _OPEN,
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
    return task


def claim_task(tx: Session, cause: Cause, task: str) -> bool:
    """Take a task for the worker; False if somebody else has it or it is done."""
    taken = ask(tx, _CLAIM, at_site=cause.site, at_id=task, by=cause.worker, claimed_at=cause.at)
    return taken.rowcount == 1


def hand_over(tx: Session, cause: Cause, task: str, holder: str) -> bool:
    """Take a task from the worker who has it; False if that worker has it no more."""
    at = {"at_site": cause.site, "at_id": task, "claimed_at": cause.at}
    return ask(tx, _HAND_OVER, **at, by=cause.worker, holder=holder).rowcount == 1


def close_task(tx: Session, cause: Cause, task: str, state: str = "done") -> None:
    """End a task as ``done`` or ``cancelled``."""
    ask(tx, _CLOSE, at_site=cause.site, at_id=task, state=state, done_at=cause.at)


def trouble(
    tx: Session, cause: Cause, kind: str, subject: str, merchant: str = "", **facts: str | int
) -> str:
    """Put something on the list that supervisors work off, and return its id; as `tell`."""
    return tell(tx, cause, kind, subject, merchant, facts)


def tell(
    tx: Session,
    cause: Cause,
    kind: str,
    subject: str,
    merchant: str,
    facts: Mapping[str, str | int],
    *,
    proposal: str = "",
    others: Collection[str] = (),
) -> str:
    """Put something on the list that supervisors work off, and return its id.

    Args:
        tx: An open transaction.
        cause: The scan behind it; its worker is who caused it.
        kind: One of `floorhand.domain.troubles.KINDS`.
        subject: What it is about, by the code that people scan or type.
        merchant: Whose goods it is about; empty if that is not known.
        facts: What there is to know; ``pieces`` is also what it is worth.
        proposal: A command that is carried out when it is approved: `floorhand.ops.deciding`.
        others: Further workers who caused it.
    """
    assert kind in KINDS, kind
    entry = cause.new_id()
    ask(
        tx,
        _TELL,
        site=cause.site,
        id=entry,
        kind=kind,
        subject=subject,
        merchant=merchant,
        facts=_trouble_facts(facts),
        pieces=_worth(facts),
        raised_by="\n".join(dict.fromkeys([cause.worker, *others])),
        proposal=proposal,
        created_at=cause.at,
    )
    return entry


def is_told(tx: Session, site: str, kind: str, subject: str) -> bool:
    """Say whether something is on the list of troubles."""
    at = {"at_site": site, "at_kind": kind, "at_subject": subject}
    return ask(tx, _IS_TOLD, **at).first() is not None


def facts_told(tx: Session, site: str, kind: str, subject: str) -> dict[str, str | int]:
    """Give what the list of troubles says of something; nothing if it is not on it."""
    facts = ask(tx, _FACTS_TOLD, at_site=site, at_kind=kind, at_subject=subject).scalar()
    told: dict[str, str | int] = json.loads(facts or "{}")
    return told


def close_trouble(tx: Session, cause: Cause, kind: str, subject: str) -> None:
    """Take something off the list of troubles: it has been put right."""
    at = {"at_site": cause.site, "at_kind": kind, "at_subject": subject}
    ask(tx, _CLOSE_TROUBLE, **at, now=cause.at)


def retell(
    tx: Session,
    cause: Cause,
    kind: str,
    subject: str,
    merchant: str,
    before: Mapping[str, str | int],
    after: Mapping[str, str | int],
) -> None:
    """Change what the list of troubles says of something; no facts are no trouble.

    Whoever makes it more has caused it, too. What becomes more after it was decided about is told
    anew: who decided has not seen that.
    """
    if after and _worth(after) > _worth(before):
        _tell_more(tx, cause, kind, subject, merchant, before, after)
    elif before and before != after:
        less = {"facts": _trouble_facts(after), "pieces": _worth(after)}
        this = (*_told(cause.site, kind, subject), *_is(merchant, before))
        tx.execute(update(Trouble).where(*this).values(less if after else {"closed_at": cause.at}))


def tell_on(
    tx: Session, cause: Cause, kind: str, subject: str, merchant: str = "", **facts: str | int
) -> None:
    """See that something that goes on is on the list of troubles, and who goes on with it."""
    _tell_more(tx, cause, kind, subject, merchant, facts, facts)


def _tell_more(
    tx: Session,
    cause: Cause,
    kind: str,
    subject: str,
    merchant: str,
    before: Mapping[str, str | int],
    after: Mapping[str, str | int],
) -> None:
    this = (*_told(cause.site, kind, subject), *_is(merchant, before))
    row = tx.execute(select(Trouble.id, Trouble.raised_by).where(*this).limit(1)).one_or_none()
    if row is None:
        tell(tx, cause, kind, subject, merchant, after)
        return
    told: dict[str, object] = {"facts": _trouble_facts(after), "pieces": _worth(after)}
    known = row.raised_by.split("\n")
    if before != after or cause.worker not in known:
        told["raised_by"] = "\n".join(dict.fromkeys([*known, cause.worker]))
        mine = (Trouble.site == cause.site, Trouble.id == row.id)
        tx.execute(update(Trouble).where(*mine).values(told))


def _is(merchant: str, facts: Mapping[str, str | int]) -> tuple[ColumnElement[bool], ...]:
    return Trouble.merchant == merchant, Trouble.facts == _trouble_facts(facts)


def _told(site: str, kind: str, subject: str) -> tuple[ColumnElement[bool], ...]:
    return (
        Trouble.site == site,
        Trouble.kind == kind,
        Trouble.subject == subject,
        Trouble.closed_at.is_(None),
    )


def _worth(facts: Mapping[str, str | int]) -> int:
    """Say what an exception is about in pieces; 0 if its facts do not tell."""
    return int(facts.get("pieces", facts.get("over", 0)))


def _trouble_facts(facts: Mapping[str, str | int]) -> str:
    return json.dumps(facts, ensure_ascii=False)
