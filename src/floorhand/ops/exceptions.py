"""Look after exceptions: give them to somebody, and decide about them, each once.

A decision is one operation and closes the exception by a conditional update, so that of two who
decide at once one is told that the other was quicker. Where the site wants four eyes, nobody lets
pass what they caused or asked for themselves.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, Final, cast

from sqlalchemy import TableClause, bindparam, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from floorhand.domain.days import ago
from floorhand.domain.exceptions import (
    APPROVE,
    REASONS,
    SIGNED,
    Assign,
    Assigned,
    Decide,
    Decided,
    ExceptionRow,
    ExceptionSeen,
    ExceptionsListed,
    KindsListed,
    ListExceptions,
    ListKinds,
    ListNames,
    LookAtException,
    NamesListed,
)
from floorhand.domain.leading import LIST_MAX
from floorhand.domain.rights import Right, may
from floorhand.domain.sorting import is_turned, plain
from floorhand.errors import Code, Refused
from floorhand.ops import picking_again
from floorhand.ops.colleagues import moment
from floorhand.ops.deciding import books_now, is_overtaken
from floorhand.ops.exception_acts import ACTS, actions_for
from floorhand.ops.leading import must_lead
from floorhand.store import exceptions, subjects
from floorhand.store.asking import ask, dialect_of
from floorhand.store.exception_facts import facts_of
from floorhand.store.exceptions import Standing
from floorhand.store.ledger import Cause
from floorhand.store.masters import site_rules, worker_facts
from floorhand.store.schema import Merchant, Trouble
from floorhand.store.takers import deciders

JOB: Final = "lead"
"""What operations at this desk count for."""

_TROUBLE = cast(TableClause, Trouble.__table__)
_OPEN = (
    _TROUBLE.c.site == bindparam("at_site"),
    _TROUBLE.c.id == bindparam("at_id"),
    _TROUBLE.c.closed_at.is_(None),
)
_CLOSE = (
    update(_TROUBLE)
    .where(*_OPEN)
    .values({name: bindparam(name) for name in ("closed_at", "decision", "decided_by", "reason")})
)
_GIVE = (
    update(_TROUBLE)
    .where(*_OPEN, _TROUBLE.c.owner == bindparam("had_by"))
    .values(owner=bindparam("given_to"))
)
_WRITTEN = (
    *("site", "id", "kind", "subject", "merchant", "facts", "pieces", "owner", "raised_by"),
    *("proposal", "created_at", "closed_at", "decision", "decided_by", "reason"),
)


def _writing(dialect: Any) -> Any:
    """Write a row; one that was closed without a decision, as its cause was gone, begins anew."""
    fresh = dialect.insert(_TROUBLE).values({column: bindparam(column) for column in _WRITTEN})
    anew = ("facts", "pieces", "owner", "created_at", "closed_at")
    return fresh.on_conflict_do_update(
        index_elements=["site", "id"],
        set_={name: fresh.excluded[name] for name in anew},
        where=_TROUBLE.c.closed_at.is_not(None) & (_TROUBLE.c.decision == ""),
    )


_WRITE = {"sqlite": _writing(sqlite), "postgresql": _writing(postgresql)}


_SORTED: Final[Mapping[str, Callable[[Standing], Any]]] = {
    "oldest": lambda one: one.since,
    "pieces": lambda one: -one.pieces,
    "kind": lambda one: one.kind,
    "owner": lambda one: (one.owner_name != "", one.owner_name),
}
"""By what to sort, besides by urgency; what nobody has comes before all that somebody has."""


def list_exceptions(tx: Session, cause: Cause, command: ListExceptions) -> ExceptionsListed:
    """List what is open, the most urgent first, or as is asked for."""
    must_lead(tx, cause, Right.DECIDE)
    found = [
        one
        for one in exceptions.open_exceptions(tx, cause.site, cause.at)
        if command.kind in ("", one.kind) and (not command.thing or one.is_about(command.thing))
    ]
    if (by := _SORTED.get(plain(command.sort))) is not None:
        found.sort(key=by, reverse=is_turned(command.sort))  # the alike: the most urgent first
    elif is_turned(command.sort):
        found.reverse()
    shown = found[command.skip : command.skip + LIST_MAX]
    return ExceptionsListed(command, tuple(_row(tx, cause, one) for one in shown), len(found))


def _row(tx: Session, cause: Cause, one: Standing) -> ExceptionRow:
    return ExceptionRow(
        entry=one.id,
        kind=one.kind,
        subject=one.subject,
        merchant=one.merchant,
        owner=one.owner_name,
        since=moment(tx, cause.site, one.since, cause.at),
        pieces=one.pieces,
        due=moment(tx, cause.site, one.due_at, cause.at) if one.due_at else "",
        proposed=bool(one.proposal),
        age=ago(one.since, cause.at),
    )


def list_kinds(tx: Session, cause: Cause, command: ListKinds) -> KindsListed:
    """List the kinds of which some are open."""
    must_lead(tx, cause, Right.DECIDE)
    found = exceptions.counts(exceptions.open_exceptions(tx, cause.site, cause.at))
    kinds = sorted(found) if plain(command.sort) == "kind" else list(found)
    if is_turned(command.sort):
        kinds.reverse()
    shown = tuple(kinds[command.skip : command.skip + LIST_MAX])
    more = len(kinds) > command.skip + LIST_MAX
    return KindsListed(shown, command.skip, more, command.sort)


def list_names(tx: Session, cause: Cause, command: ListNames) -> NamesListed:
    """List those who can decide about an exception, or merchants, by name.

    Raises:
        Refused: `Code.EXCEPTION_DECIDED` if the exception is closed.
    """
    must_lead(tx, cause, Right.DECIDE)
    if command.about == "owner":
        able = deciders(tx, cause.site, _must_be_open(tx, cause, command.entry))
        named = [(one.code, one.name) for one in able]
    else:
        merchants = select(Merchant.code, Merchant.name).where(Merchant.site == cause.site)
        named = [(row.code, row.name) for row in tx.execute(merchants)]
    is_by_number = plain(command.sort) == "number"
    named.sort(key=lambda one: one if is_by_number else one[::-1], reverse=is_turned(command.sort))
    shown = tuple(named[command.skip : command.skip + LIST_MAX])
    more = len(named) > command.skip + LIST_MAX
    return NamesListed(command.about, shown, command.skip, more, command.sort)


def look_at(tx: Session, cause: Cause, command: LookAtException) -> ExceptionSeen:
    """Tell all that is known of an exception, and what can be decided about it now."""
    must_lead(tx, cause, Right.DECIDE)
    return _seen(tx, cause, _must_be_open(tx, cause, command.entry))


def _seen(tx: Session, cause: Cause, one: Standing) -> ExceptionSeen:
    site = cause.site
    facts = (*facts_of(one), *books_now(tx, site, one), *picking_again.why_not(tx, site, one))
    if names := _names(tx, cause.site, one.raised_by):
        facts = (*facts, ("fact.caused_by", names))
    actions = actions_for(tx, cause.site, one)
    if is_overtaken(tx, cause.site, one):
        actions = tuple(name for name in actions if name != APPROVE)
    return ExceptionSeen(_row(tx, cause, one), facts, actions, one.owner == cause.worker)


def assign(tx: Session, cause: Cause, command: Assign) -> Assigned:
    """Let a worker look after an exception.

    Raises:
        Refused: `Code.EXCEPTION_DECIDED` if it is closed; `Code.EXCEPTION_CHANGED` if somebody
            has given it to another one meanwhile; `Code.UNKNOWN_WORKER`;
            `Code.EXCEPTION_NO_DESK` if that worker cannot decide about it.
    """
    must_lead(tx, cause, Right.DECIDE)
    one = _must_be_open(tx, cause, command.entry)
    given_to = command.worker or cause.worker
    worker = worker_facts(tx, cause.site, given_to)
    if worker is None:
        raise Refused(Code.UNKNOWN_WORKER, code=given_to)
    if not may(worker.roles, Right.DECIDE):
        raise Refused(Code.EXCEPTION_NO_DESK, name=worker.name)
    _write_down(tx, cause, one)
    at = {"at_site": cause.site, "at_id": one.id}
    if not ask(tx, _GIVE, **at, had_by=one.owner, given_to=given_to).rowcount:
        raise Refused(Code.EXCEPTION_CHANGED, subject=one.subject)
    cause.note(job=JOB, exception=one.id, kind=one.kind, subject=one.subject, owner=given_to)
    cause.things.update(subjects.things_called(tx, cause.site, one.merchant, one.subject))
    exceptions.end_gone(tx, cause)
    now = exceptions.exception(tx, cause.site, one.id, cause.at)
    assert now is not None, one
    return Assigned(_seen(tx, cause, now), worker.name)


def decide(tx: Session, cause: Cause, command: Decide) -> Decided:
    """Decide about an exception, and close it.

    Raises:
        Refused: `Code.EXCEPTION_DECIDED` if somebody was quicker; `Code.EXCEPTION_CHANGED` if this
            does not fit any more, or it is worth more or less than was seen;
            `Code.EXCEPTION_OWN` if it takes another person; as whatever it is that is carried out.
    """
    must_lead(tx, cause, Right.DECIDE)
    assert command.reason in REASONS.get(command.action, ("",)), command
    one = _must_be_open(tx, cause, command.entry)
    is_as_seen = command.pieces in (None, one.pieces)
    if not is_as_seen or command.action not in actions_for(tx, cause.site, one):
        raise Refused(Code.EXCEPTION_CHANGED, subject=one.subject)
    must_be_another(tx, cause, command.action, one.kind, one.raised_by)
    _write_down(tx, cause, one)
    closing = {"closed_at": cause.at, "decision": command.action}
    closing |= {"decided_by": cause.worker, "reason": command.reason}
    if not ask(tx, _CLOSE, at_site=cause.site, at_id=one.id, **closing).rowcount:
        raise _decided_already(tx, cause, one.id)
    facts = ACTS[command.action](tx, cause, one, command)
    cause.note(
        job=JOB,
        exception=one.id,
        kind=one.kind,
        subject=one.subject,
        decision=command.action,
        asked_by=one.raised_by,
        **({"reason": command.reason} if command.reason else {}),
    )
    cause.things.update(subjects.things_called(tx, cause.site, one.merchant, one.subject))
    exceptions.end_gone(tx, cause)
    told = {"kind_text": f"trouble.{one.kind}", "subject": one.subject, **facts}
    return Decided(f"exceptions.done.{command.action}", tuple(told.items()))


def must_be_another(tx: Session, cause: Cause, action: str, kind: str, raised_by: str) -> None:
    """See that nobody lets pass what they caused or asked for, where the site wants four eyes.

    A command from the office has no worker: nobody knows whether it is another person.

    Args:
        tx: An open transaction.
        cause: Of the decision; its worker lets it pass.
        action: What is decided.
        kind: Of the exception.
        raised_by: Numbers of those who caused it or asked for it, one a line.

    Raises:
        Refused: `Code.EXCEPTION_OWN`, naming them.
    """
    if action not in SIGNED or kind not in site_rules(tx, cause.site).four_eyes:
        return
    if not cause.worker or cause.worker in raised_by.split("\n"):
        raise Refused(Code.EXCEPTION_OWN, name=_names(tx, cause.site, raised_by) or "–")


def _must_be_open(tx: Session, cause: Cause, entry: str) -> Standing:
    one = exceptions.exception(tx, cause.site, entry, cause.at)
    if one is None:
        raise _decided_already(tx, cause, entry)
    return one


def _decided_already(tx: Session, cause: Cause, entry: str) -> Refused:
    """Say who has closed an exception; if nobody has, that its cause is gone."""
    row = tx.execute(
        select(Trouble.decided_by, Trouble.closed_at, Trouble.subject).where(
            Trouble.site == cause.site, Trouble.id == entry
        )
    ).one_or_none()
    if row is None or not row.decided_by:
        return Refused(Code.EXCEPTION_CHANGED, subject=row.subject if row else entry)
    at = moment(tx, cause.site, row.closed_at, cause.at)
    return Refused(Code.EXCEPTION_DECIDED, name=_names(tx, cause.site, row.decided_by), at=at)


def _write_down(tx: Session, cause: Cause, one: Standing) -> None:
    """Make a row of what was only found; of two who do so at once, one does."""
    if one.written:
        return
    values = {
        "kind": one.kind,
        "subject": one.subject,
        "merchant": one.merchant,
        "facts": json.dumps(one.facts, ensure_ascii=False),
        "pieces": one.pieces,
        "owner": "",
        "raised_by": one.raised_by,
        "proposal": "",
        "created_at": cause.at,
        "closed_at": None,
        "decision": "",
        "decided_by": "",
        "reason": "",
    }
    ask(tx, _WRITE[dialect_of(tx)], site=cause.site, id=one.id, **values)


def _names(tx: Session, site: str, numbers: str) -> str:
    """Name workers by their numbers, one a line."""
    known = [worker_facts(tx, site, number) for number in numbers.split("\n") if number]
    return ", ".join(one.name for one in known if one is not None)


HANDLERS: dict[type, Callable[..., object]] = {
    ListExceptions: list_exceptions,
    ListKinds: list_kinds,
    ListNames: list_names,
    LookAtException: look_at,
    Assign: assign,
    Decide: decide,
}
