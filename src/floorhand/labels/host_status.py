"""What a label printer answers to ``~HS``: how it is, and what it has yet to print.

The answer is three strings of numbers between STX and ETX. Reading is total: whatever arrives,
there is an answer in it or there is none.
Source: Zebra, ZPL II Programming Guide, command ~HS.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from floorhand.labels.printers import Condition, Status

QUESTION = b"~HS\r\n"

_FIELD = rb" *\d{1,8} *"
_BETWEEN = rb"[\x02\x03\r\n ]*[\x03\r\n][\x02\x03\r\n ]*"
_ANSWER = re.compile(
    rb"(?<![\d, ])(%s(?:,%s){11})%s(%s(?:,%s){10})%s%s,%s[\x03\r\n]"
    % (_FIELD, _FIELD, _BETWEEN, _FIELD, _FIELD, _BETWEEN, _FIELD, _FIELD)
)
"""Twelve, eleven and two numbers. What separates the strings is taken as it comes: not all that
speak ZPL send STX and ETX, and some send one line end for two."""


@dataclass(frozen=True, slots=True)
class HostStatus:
    """What of an answer matters to who prints.

    Attributes:
        formats: Labels received whole that wait for their turn.
        remaining: Copies left of the label that is being printed.
        partial: A label has begun to arrive, and its end has not.
        waiting: A printed label waits to be peeled off; until then the next one stays inside.
        diagnosing: It prints what it receives as text instead of as labels.
    """

    paper_out: bool = False
    paused: bool = False
    formats: int = 0
    buffer_full: bool = False
    diagnosing: bool = False
    partial: bool = False
    hot: bool = False
    head_open: bool = False
    ribbon_out: bool = False
    waiting: bool = False
    remaining: int = 0

    @property
    def held(self) -> int:
        """Labels that it has and that have not come out."""
        return self.formats + self.remaining

    @property
    def idle(self) -> bool:
        """Whether nothing is left in it that could still come out."""
        return not (self.held or self.partial or self.buffer_full)


def take_answer(received: bytes) -> tuple[HostStatus | None, bytes]:
    """Take the first whole answer out of what was received.

    Returns:
        The answer, None if there is no whole one yet; and what was received behind it.
    """
    found = _ANSWER.search(received)
    if found is None:
        return None, received
    first, second = ([int(field) for field in part.split(b",")] for part in found.groups())
    answer = HostStatus(
        paper_out=first[1] > 0,
        paused=first[2] > 0,
        formats=first[4],
        buffer_full=first[5] > 0,
        diagnosing=first[6] > 0,
        partial=first[7] > 0,
        hot=first[11] > 0,
        head_open=second[2] > 0,
        ribbon_out=second[3] > 0,
        waiting=second[7] > 0,
        remaining=second[8],
    )
    return answer, received[found.end() :]


def fault_of(answer: HostStatus) -> Status | None:
    """Say what keeps it from printing until somebody does something; None if nothing does."""
    condition, told = Condition.READY, ""
    if answer.head_open:
        condition, told = Condition.HEAD, "The printer is open: close its head."
    elif answer.paper_out:
        condition, told = Condition.PAPER, "The printer is out of labels: put in a new roll."
    elif answer.ribbon_out:
        condition, told = Condition.RIBBON, "The printer is out of ribbon: put in a new one."
    elif answer.diagnosing:
        condition, told = Condition.BUSY, "The printer is set to print text: switch it off and on."
    elif answer.hot:
        condition, told = Condition.BUSY, "The print head is too hot: wait until it has cooled."
    elif answer.paused:
        condition, told = Condition.PAUSED, "The printer is paused: press its pause key."
    return None if condition is Condition.READY else Status(condition, answer.held, told)


def status_of(answer: HostStatus) -> Status:
    """Say how it is in one word, and in a sentence unless it is ready."""
    if fault := fault_of(answer):
        return fault
    if answer.waiting:
        told = "A label waits in the printer: take it off."
    elif answer.held:
        told = f"The printer is still printing; labels left: {answer.held}."
    elif not answer.idle:
        told = "The printer is still taking in another label."
    else:
        return Status(Condition.READY)
    return Status(Condition.BUSY, answer.held, told)
