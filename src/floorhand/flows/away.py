"""What a worker is told while the database does not answer: what is saved, and what waits."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Final, TypeVar

from floorhand.errors import DatabaseAway
from floorhand.flows.turn import Prompt, Said

RETRY_AFTER_S: Final = (0.2, 0.5, 1.0)
"""Pauses before a scan is sent again while the database is away; the last one repeats."""

PATIENCE_S: Final = 2.0
"""A database that has not answered by then is away as far as the worker is concerned."""

ANSWER_MAX_S: Final = 20.0
"""On a line on which no answer has come by then none is to come: locks and a new line take less."""

Answer = TypeVar("Answer")

BETWEEN_WORK: Final = frozenset({"sign_in", "menu", "leading"})
"""Flows in which nobody is in the middle of something, and can read what concerns all."""


def again_and_again(
    send: Callable[..., Answer], now: Callable[[], datetime]
) -> Callable[[], Answer]:
    """Make an attempt to send a scan that can be repeated: it tells how long it was tried before.

    Args:
        send: Sends it, with the time and with ``waited_s``.
        now: The clock.
    """
    tried: list[datetime] = []

    def attempt() -> Answer:
        tried.append(now())
        return send(tried[-1], waited_s=int((tried[-1] - tried[0]).total_seconds()))

    return attempt


def not_yet_saved(text: str, prompt: Prompt | None, at: str, waiting: int) -> Said:
    """Say that the scan in hand is not yet saved, or that there is no database to begin with.

    Args:
        text: What is wrong, as `DatabaseAway.told` has it.
        prompt: The question that the scan answers: it tells how far the work is saved. None
            while the seat is being taken.
        at: Time of day of the last scan that is saved; empty if it is not known.
        waiting: Scans that wait behind it.
    """
    facts: dict[str, str | int] = {"at": at, "pieces": waiting, "last_text": "terminal.none_saved"}
    if at:
        facts["last_text"] = "terminal.last_saved_at"
        if prompt is not None and (progress := _progress(prompt)):
            facts["done"], facts["total"] = progress
            facts["last_text"] = "terminal.last_saved"
    facts["rest_text"] = "terminal.behind" if waiting else "terminal.tried_again"
    if prompt is None and not waiting and text == DatabaseAway.told:
        return Said("terminal.not_open_yet", facts, "look")
    return Said(text, facts, tone_of(text))


def tone_of(text: str) -> str:
    """Tell what mends itself from what somebody has to mend."""
    return "look" if text == DatabaseAway.told else "refused"


def _progress(prompt: Prompt) -> tuple[int | str, int | str] | None:
    """Say how much is done of how much: of the job, or of the pieces in hand."""
    if prompt.progress is not None:
        return prompt.progress
    done, _, total = prompt.count.partition("/")
    return (done, total) if total else None
