"""The verdict about a return: into the outbox, and held there until a rejection is complete."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, cast

from sqlalchemy import TableClause, bindparam, insert, select, update
from sqlalchemy.orm import Session

from floorhand.domain.identifying import RejectionWaits
from floorhand.domain.returns import AddToVerdict, VerdictExtended
from floorhand.domain.verdicts import Verdict, complete, reason_text
from floorhand.ops.returns_bench import JOB
from floorhand.store import tasks
from floorhand.store.asking import ask
from floorhand.store.ledger import Cause
from floorhand.store.returns import ReturnHead
from floorhand.store.schema import Outbox

VERDICT = "return_verdict"
"""Kind of message in the outbox."""

INCOMPLETE = "rejection_incomplete"
"""On the supervisor's list: a platform approves a return that nobody rejects in time."""

_OUTBOX = cast(TableClause, Outbox.__table__)
_ADD = insert(_OUTBOX)
_INCOMPLETE = select(_OUTBOX.c.id, _OUTBOX.c.body).where(
    _OUTBOX.c.site == bindparam("site"),
    _OUTBOX.c.kind == VERDICT,
    _OUTBOX.c.subject == bindparam("number"),
    _OUTBOX.c.state == "incomplete",
)


def write_verdict(tx: Session, cause: Cause, head: ReturnHead, verdict: Verdict) -> str:
    """Put a verdict into the outbox; gives its id if it cannot be sent as it is."""
    key = cause.new_id()
    body = {
        "platform": head.platform,
        "return_id": head.platform_id or head.number,
        "decision": verdict.decision,
        "reject_reason": verdict.reject_reason,
        "comment": "",
        "evidence": [],
        "lines": [
            {"sku": sku, "pieces": pieces, "decision": word} for sku, pieces, word in verdict.lines
        ],
        "idempotency_key": key,
    }
    ready = complete(body, verdict.rejects)
    ask(
        tx,
        _ADD,
        site=cause.site,
        id=key,
        kind=VERDICT,
        platform=head.platform,
        subject=head.number,
        body=json.dumps(body, ensure_ascii=False),
        state="waiting" if ready else "incomplete",
        created_at=cause.at,
    )
    if ready:
        return ""
    tasks.trouble(tx, cause, INCOMPLETE, head.number, head.merchant, verdict=key)
    return key


def waiting_rejection(tx: Session, cause: Cause, number: str) -> RejectionWaits | None:
    """Find the rejection of a closed return that still needs comment or picture."""
    row = ask(tx, _INCOMPLETE, site=cause.site, number=number).first()
    if row is None:
        return None
    body: dict[str, Any] = json.loads(row.body)
    why = reason_text(body["reject_reason"])
    return RejectionWaits(row.id, number, why, commented=bool(body["comment"]))


def add_to_verdict(tx: Session, cause: Cause, command: AddToVerdict) -> VerdictExtended:
    """Add comment or picture to a rejection that waits for them."""
    row = tx.execute(
        select(Outbox.body, Outbox.state, Outbox.subject).where(
            Outbox.site == cause.site, Outbox.id == command.verdict
        )
    ).one()
    body: dict[str, Any] = json.loads(row.body)
    if command.comment:
        body["comment"] = command.comment
    if command.picture:
        body["evidence"] = [*body["evidence"], {"file": command.picture}]
    ready = complete(body, rejects=True)
    if row.state == "incomplete":
        tx.execute(
            update(Outbox)
            .where(Outbox.site == cause.site, Outbox.id == command.verdict)
            .values(
                body=json.dumps(body, ensure_ascii=False),
                state="waiting" if ready else "incomplete",
            )
        )
        cause.note(job=JOB, number=row.subject, verdict=command.verdict)
    if ready:
        tasks.close_trouble(tx, cause, INCOMPLETE, row.subject)
    return VerdictExtended(ready)


HANDLERS: dict[type, Callable[..., object]] = {AddToVerdict: add_to_verdict}
