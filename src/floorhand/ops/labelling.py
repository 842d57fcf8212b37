"""Labels: confirm one by scanning it, print one again, let all come from another printer."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from floorhand.domain.keymap import Key
from floorhand.domain.labels import REASONS
from floorhand.domain.printing import (
    PRINTING_JOBS,
    SHIPPING,
    UNSENT,
    ConfirmLabel,
    LabelConfirmed,
    LabelSeen,
    LookAtLabel,
    Reprint,
    Reprinted,
)
from floorhand.errors import Code, Refused
from floorhand.flows.labelling import NAME, Asked, InDoubt, Wanted
from floorhand.flows.turn import Prompt, Refuse
from floorhand.ops.registry import FLOWS
from floorhand.ops.seats import Settled, Sitting, Turn
from floorhand.store import labels_here
from floorhand.store.labels_here import Label
from floorhand.store.ledger import Cause
from floorhand.store.masters import site_rules, station_printer
from floorhand.store.print_jobs import reprint_label
from floorhand.store.stands import printer_stands, stands_here
from floorhand.store.tasks import is_told, trouble

JOB = "labelling"

TOO_MANY: Final = "reprints"
"""The kind of the trouble that a label is printed more often than the site allows."""


def printing_again(tx: Session, sitting: Sitting, prompt: Prompt) -> Sitting:
    """Stand aside from a question where a label can be printed again."""
    if prompt.label is None or sitting.flow not in PRINTING_JOBS:
        return sitting
    if _is_none(tx, sitting.site, prompt):
        return sitting
    asked = Asked(sitting.flow, sitting.state_text, prompt.wants.merchants, prompt.wants.sku)
    return replace(sitting, flow=NAME, state=Wanted(asked, *prompt.label))


def offered(tx: Session, site: str, turn: Turn) -> Turn:
    """Leave the key that prints the last label again out where none was ever asked for."""
    if not _is_none(tx, site, turn.prompt):
        return turn
    keys = tuple(one for one in turn.prompt.keys if one[0] is not Key.PRINT)
    return replace(turn, prompt=replace(turn.prompt, keys=keys))


def _is_none(tx: Session, site: str, prompt: Prompt) -> bool:
    """Say whether a question offers the last label, of a kind of which there is none."""
    template, subject = prompt.label or ("", "-")
    return not subject and not labels_here.is_any(tx, site, template)


def ask_about_doubt(tx: Session, sitting: Sitting, settled: Settled, now: datetime) -> Settled:
    """Ask whether a label in doubt came out, where a label can be printed again.

    Who was just asked, and went on with something else, is not asked once more at once; nor is who
    is counting, and may type a number next.
    """
    if settled.refused or settled.flow not in PRINTING_JOBS or sitting.flow == NAME:
        return settled
    prompt = FLOWS[settled.flow].prompt(settled.state)
    if prompt.label is None or prompt.wants.number:
        return settled
    printer = station_printer(tx, sitting.site, sitting.station)
    label = labels_here.label_in_doubt(tx, sitting.site, sitting.station, printer, now)
    if label is None:
        return settled
    there = replace(sitting, flow=settled.flow, state=settled.state)
    asked = Asked(there.flow, there.state_text, prompt.wants.merchants, prompt.wants.sku)
    doubt = InDoubt(asked, label.template, label.subject, label.order)
    return replace(settled, flow=NAME, state=doubt)


def asked_first(sitting: Sitting, reply: Refuse) -> Refuse:
    """Let a refusal of the job behind a question about a label end with that question.

    Its own last sentence says what the job wants; what stands on the screen is asked first.
    """
    if sitting.flow != NAME:
        return reply
    prompt = FLOWS[NAME].prompt(sitting.state)
    if reply.facts.get("ask_text") == prompt.ask:
        return reply
    asked = {"refused_text": f"refusal.{reply.code}", "first_text": prompt.ask}
    return Refuse(Code.ASKED_FIRST, {**dict(prompt.ask_facts), **reply.facts, **asked})


@contextmanager
def behind(sitting: Sitting, flow: str) -> Iterator[None]:
    """Let what a flow does refuse likewise, if it is the job behind a question about a label."""
    try:
        yield
    except Refused as refused:
        if flow == sitting.flow:
            raise
        reply = asked_first(sitting, Refuse(refused.code, refused.facts))
        raise Refused(reply.code, **reply.facts) from refused


def look_at_label(tx: Session, cause: Cause, command: LookAtLabel) -> LabelSeen:
    """Look how a label stands, and the printer that it waits for.

    Raises:
        Refused: `Code.NO_LABEL` if a parcel, or order, that was named has none.
    """
    site, template, subject = cause.site, command.template, command.subject
    if command.order:
        label = labels_here.label_of_order(tx, site, template, command.order, cause.at)
    elif subject:
        label = labels_here.label_of(tx, site, template, subject, cause.at)
    else:
        label = labels_here.last_label(tx, site, template, cause.seat, cause.at)
    if label is None and (command.order or (subject and template == SHIPPING)):
        raise Refused(Code.NO_LABEL, code=command.order.partition("/")[2] or subject)
    if label is not None and label.state == "waiting":
        stands = printer_stands(tx, site, label.printer, cause.at)
    else:
        stands = stands_here(tx, site, cause.station, cause.at)
    neighbour = labels_here.neighbour_of(tx, site, stands.code)
    if stands.down == UNSENT:  # nor does another one get them
        neighbour = ""
    if label is None:
        return LabelSeen(template, subject, "", stands, neighbour)
    return LabelSeen(template, label.subject, label.state, stands, neighbour)


def reprint(tx: Session, cause: Cause, command: Reprint) -> Reprinted:
    """Ask for a label once more; too many copies are told to those who lead.

    Raises:
        Refused: `Code.NO_LABEL` if it has none, or its parcel does not travel any more.
    """
    assert command.reason in REASONS, command
    label = _must_be(tx, cause, command.template, command.subject)
    copy = reprint_label(tx, cause, label.subject, command.template, reason=command.reason)
    merchant, _, order = label.order.partition("/")
    cause.note(job=JOB, reprints=1, reason=command.reason, merchant=merchant)
    often = copy > site_rules(tx, cause.site).reprints_max
    if often and not is_told(tx, cause.site, TOO_MANY, label.subject):
        trouble(tx, cause, TOO_MANY, label.subject, merchant, order=order, copies=copy)
    printer = station_printer(tx, cause.site, cause.station)
    return Reprinted(label.subject, copy, printer)


def _must_be(tx: Session, cause: Cause, template: str, subject: str) -> Label:
    label = labels_here.label_of(tx, cause.site, template, subject, cause.at)
    if label is None or label.state == "voided":
        raise Refused(Code.NO_LABEL, code=subject)
    return label


def confirm_label(tx: Session, cause: Cause, command: ConfirmLabel) -> LabelConfirmed:
    """Take the scan of a label as proof that it came out, and sticks on its own parcel.

    Raises:
        Refused: `Code.LABEL_OTHER`, naming both parcels, if another one was closed here last;
            `Code.LABEL_NOT_HERE` if it was asked for elsewhere; `Code.LABEL_COPY` if only a newer
            copy counts; `Code.NO_LABEL` if it has none, or its parcel does not travel any more.
    """
    label = _must_be(tx, cause, command.template, command.subject)
    number = label.order.partition("/")[2]
    if label.template == SHIPPING and label.state != "doubt":
        _must_belong_here(tx, cause, label, number)
    if label.scanned and label.copy_no == 1:
        return LabelConfirmed(label.subject, label.order, again=True)
    if label.copy_no > 1 and (label.scanned or label.state in ("waiting", "failed")):
        raise Refused(Code.LABEL_COPY, code=label.subject, order=number, copy=label.copy_no)
    labels_here.confirm(tx, cause.site, label, cause.worker, cause.at)
    cause.note(job=JOB, confirmed=1, merchant=label.order.partition("/")[0])
    return LabelConfirmed(label.subject, label.order)


def _must_belong_here(tx: Session, cause: Cause, label: Label, number: str) -> None:
    """See that it is the label of the parcel that was closed here last."""
    last = labels_here.last_label(tx, cause.site, SHIPPING, cause.seat, cause.at, unscanned=True)
    if last is not None and last.subject != label.subject:
        raise Refused(
            Code.LABEL_OTHER,
            code=label.subject,
            order=number,
            wanted=last.subject,
            wanted_order=last.order.partition("/")[2],
        )
    if last is None and not label.is_of(cause.seat):
        raise Refused(Code.LABEL_NOT_HERE, code=label.subject, order=number)


HANDLERS: dict[type, Callable[..., object]] = {
    LookAtLabel: look_at_label,
    Reprint: reprint,
    ConfirmLabel: confirm_label,
}
