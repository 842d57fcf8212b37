"""Commands that wait for another person: kept with an exception, carried out when it is approved.

Whoever changes something that one person may not decide alone makes two commands of it: one that
says what somebody wants, whose handler carries the second out at once where that is allowed, else
puts it on the list with `propose`; and the second, which does it. That one has a handler as any
other, and its class stands in `PROPOSED` beside the kind of its exception. Approving
(`floorhand.ops.exceptions`) calls that handler with the cause of the approval: its moves and facts
belong to the operation of who approved, which names who asked. It checks all again, as the books
may have changed meanwhile, and what it refuses stays on the list.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, Final

from sqlalchemy.orm import Session

from floorhand.domain.correcting import BookCorrection
from floorhand.domain.cycle_counts import BookCount
from floorhand.domain.troubles import ADJUSTMENT, COUNT_DIFFERENCE
from floorhand.ops.freezing import freeze, thaw_one
from floorhand.ops.registry import HANDLERS
from floorhand.store import tasks
from floorhand.store.ledger import Cause

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
    command: object,
    merchant: str = "",
    others: Collection[str] = (),
    **facts: str | int,
) -> str:
    """Put a command on the list of exceptions; until it is approved, nothing of it is done.

    Args:
        tx: An open transaction.
        cause: The scan behind it; its worker asks, and can never be who approves.
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
    kept = freeze(command)
    return tasks.tell(tx, cause, kind, subject, merchant, facts, proposal=kept, others=others)


def carry_out_proposal(tx: Session, cause: Cause, kind: str, proposal: str) -> Any:
    """Carry out the command that an exception keeps, in the name of who approves it.

    Raises:
        Refused: Whatever its handler refuses by now.
    """
    command = thaw_one(PROPOSED[kind], proposal)
    return HANDLERS[type(command)](tx, cause, command)
