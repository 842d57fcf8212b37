"""Commands that wait for another person: kept with an exception, carried out when it is approved.

Whoever changes something that one person may not decide alone makes two commands of it: one that
says what somebody wants, whose handler carries the second out at once where that is allowed, else
puts it on the list with `propose`; and the second, which does it. That one has a handler as any
other, and its class stands in `PROPOSED` beside the kind of its exception. Approving
(`floorhand.ops.exceptions`) calls that handler with the cause of the approval: its moves and facts
belong to the operation of who approved, which names who asked. It checks all again, as the books
may have changed meanwhile, and what it refuses stays on the list. What is asked for is by how much
the books are wrong: if somebody has put the same goods right since then, it is not done twice.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy.orm import Session

from floorhand.domain.correcting import BookCorrection
from floorhand.domain.cycle_counts import BookCount
from floorhand.domain.troubles import ADJUSTMENT, COUNT_DIFFERENCE
from floorhand.errors import Code, Refused
from floorhand.ops.count_work import CLOCKS_APART_S, known_count
from floorhand.ops.freezing import freeze, thaw_one
from floorhand.ops.registry import HANDLERS
from floorhand.store import corrections, counts, tasks
from floorhand.store.exceptions import Standing
from floorhand.store.ledger import Cause
from floorhand.store.nesting import places_in

Proposal = BookCorrection | BookCount

PROPOSED: Final[Mapping[str, type]] = {
    ADJUSTMENT: BookCorrection,
    COUNT_DIFFERENCE: BookCount,
}
"""The command that is carried out when an exception of a kind is approved."""


def propose(
    tx: Session,
    cause: Cause,
    kind: str,
    subject: str,
    command: Proposal,
    merchant: str = "",
    others: Collection[str] = (),
    **facts: str | int,
) -> str:
    """Put a command on the list of exceptions; until it is approved, nothing of it is done.

    Args:
        tx: An open transaction.
        cause: The scan behind it; its worker asks, and where the site wants four eyes another one
            approves.
        kind: One of `PROPOSED`, of which ``command`` is an instance.
        subject: What it is about, by the code that people scan: a place, an order.
        command: What is carried out when it is approved.
        merchant: Whose goods it is about.
        others: Further workers who cannot approve it: who counted the same, for example.
        facts: What who decides has to know; ``pieces`` is what it is worth.

    Returns:
        The id of the exception.
    """
    assert type(command) is PROPOSED[kind], (kind, command)
    kept = freeze(replace(command, put_right=_put_right(tx, cause.site, command, cause.at)))
    return tasks.tell(tx, cause, kind, subject, merchant, facts, proposal=kept, others=others)


def carry_out_proposal(tx: Session, cause: Cause, one: Standing) -> Any:
    """Carry out the command that an exception keeps, in the name of who approves it.

    Raises:
        Refused: Whatever its handler refuses by now; `Code.EXCEPTION_CHANGED` if somebody has put
            the goods right since it was asked for.
    """
    command = _command(one)
    is_done = is_overtaken(tx, cause.site, one)
    outcome = HANDLERS[type(command)](tx, cause, command)
    if is_done:
        raise Refused(Code.EXCEPTION_CHANGED, subject=one.subject)
    return outcome


def is_overtaken(tx: Session, site: str, one: Standing) -> bool:
    """Say whether goods were corrected since a command about them was asked for.

    It cannot be approved any more: nobody knows whether the same is asked for twice.
    """
    if not one.proposal:
        return False
    command = _command(one)
    return bool(command.put_right != _put_right(tx, site, command, one.since))


def books_now(tx: Session, site: str, one: Standing) -> tuple[tuple[str, str], ...]:
    """Say what the books have by now, where they had something else when it was asked for.

    Where goods were corrected since, it is said that it cannot be approved.
    """
    facts: list[tuple[str, str]] = []
    if one.kind == ADJUSTMENT and one.proposal:
        command = _command(one)
        pieces, _ = corrections.pieces_at(tx, site, command.place, command.goods)
        if pieces != one.facts.get("believed"):
            facts.append(("fact.books_now", str(pieces)))
    if is_overtaken(tx, site, one):
        facts.append(("fact.approve_text", "exceptions.overtaken"))
    return tuple(facts)


def _command(one: Standing) -> Any:
    return thaw_one(PROPOSED[one.kind], one.proposal)


def _put_right(tx: Session, site: str, command: Proposal, asked_at: datetime) -> tuple[int, ...]:
    """Say by how much goods that a command is about were corrected lately when it was asked for.

    What is done later is found by it even if the clock that it was done by is slow.
    """
    since = asked_at - timedelta(seconds=CLOCKS_APART_S)
    if isinstance(command, BookCorrection):
        return corrections.nets(tx, site, (command.place,), (command.goods,), since)
    place = known_count(tx, site, command.task).count.place
    goods = [one.goods for one in counts.differences_of(tx, site, command.task)]
    return corrections.nets(tx, site, places_in(tx, site, place), goods, since)
