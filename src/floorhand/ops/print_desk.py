"""Carry out what an office decides about printers and their labels."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy.orm import Session

from floorhand.domain.labels import REASONS
from floorhand.domain.print_desk import (
    LABELS_AT_ONCE_MAX,
    ConfirmLabels,
    LabelReprinted,
    LabelsQueued,
    LabelsSettled,
    PausePrinter,
    PrinterRemoved,
    PrinterSet,
    PrintLabels,
    RemovePrinter,
    ReprintLabel,
    Rerouted,
    ReroutePrinter,
    ResumePrinter,
    VoidLabels,
)
from floorhand.store.labels_here import LATELY
from floorhand.store.ledger import Cause
from floorhand.store.no_word import doubt_where_no_word
from floorhand.store.print_desk import newest_label, printer_facts, queue_on, settle_labels
from floorhand.store.print_jobs import reprint_label
from floorhand.store.printers import pause, printers_of, remove, reroute, rerouted_before

JOB = "printing"


def pause_printer(tx: Session, cause: Cause, command: PausePrinter) -> PrinterSet:
    """Let the labels of a printer wait."""
    return _set(tx, cause, command.printer, paused=True)


def resume_printer(tx: Session, cause: Cause, command: ResumePrinter) -> PrinterSet:
    """Let the labels of a printer come out again."""
    return _set(tx, cause, command.printer, paused=False)


def _set(tx: Session, cause: Cause, printer: str, *, paused: bool) -> PrinterSet:
    was = {info.code: info.paused for info in printers_of(tx, cause.site)}
    changed = was.get(printer, paused) != paused
    if changed:
        pause(tx, cause.site, printer, paused=paused)
        cause.note(job=JOB, printer=printer, paused=int(paused))
    return PrinterSet(printer, paused, changed)


def remove_printer(tx: Session, cause: Cause, command: RemovePrinter) -> PrinterRemoved:
    """Forget a printer."""
    remove(tx, cause.site, command.printer)
    cause.note(job=JOB, printer=command.printer, removed=1)
    return PrinterRemoved(command.printer)


def reroute_printer(tx: Session, cause: Cause, command: ReroutePrinter) -> Rerouted:
    """Move what waits for a printer to another one; what may have come out stays."""
    assert command.printer != command.to, command
    moved = reroute(tx, cause.site, command.printer, command.to, cause.at)
    to, before = command.to, 0
    if not moved and cause.station:  # a colleague at the same printer was quicker
        since = cause.at - LATELY
        went, before = rerouted_before(tx, cause.site, command.printer, cause.station, since)
        to = went or to
    if moved:
        cause.note(job=JOB, printer=command.printer, to=command.to, rerouted=moved)
    left = {one.code: one for one in printer_facts(tx, cause.site, cause.at)}.get(command.printer)
    doubt, sending = (left.count("doubt"), left.count("sending")) if left else (0, 0)
    return Rerouted(command.printer, to, moved, doubt, sending, before)


def void_labels(tx: Session, cause: Cause, command: VoidLabels) -> LabelsSettled:
    """Void labels, in whatever state they are; one that is going out has to arrive first."""
    doubt_where_no_word(tx, cause.site, cause.at)
    states = ("waiting", "failed", "doubt", "sent", "confirmed")
    values: dict[str, object] = {"state": "voided", "not_before": None}
    labels = settle_labels(tx, cause, command.jobs, states, values)
    if labels:
        cause.note(job=JOB, voided=labels)
    return LabelsSettled(labels)


def confirm_labels(tx: Session, cause: Cause, command: ConfirmLabels) -> LabelsSettled:
    """Believe who has looked that labels in doubt have come out."""
    doubt_where_no_word(tx, cause.site, cause.at)
    values: dict[str, object] = {"state": "confirmed", "confirmed_at": cause.at, "error": ""}
    labels = settle_labels(tx, cause, command.jobs, ("doubt",), values)
    if labels:
        cause.note(job=JOB, confirmed=labels)
    return LabelsSettled(labels)


def reprint(tx: Session, cause: Cause, command: ReprintLabel) -> LabelReprinted:
    """Ask for a label once more."""
    assert command.reason in REASONS, command
    doubt_where_no_word(tx, cause.site, cause.at)
    last = newest_label(tx, cause.site, command.subject, cause.at)
    assert last is not None, command
    printer = command.printer or last.printer
    copy_no = reprint_label(
        tx, cause, command.subject, last.template, printer=printer, reason=command.reason
    )
    if last.state in ("waiting", "sending"):
        return LabelReprinted(command.subject, copy_no, last.printer)
    cause.note(job=JOB, reprints=1, reason=command.reason, printer=printer)
    return LabelReprinted(command.subject, copy_no, printer)


def print_labels(tx: Session, cause: Cause, command: PrintLabels) -> LabelsQueued:
    """Ask for labels on a printer, in order."""
    assert 0 < len(command.labels) <= LABELS_AT_ONCE_MAX, len(command.labels)
    both = zip(command.subjects, command.labels, strict=True)
    queue_on(tx, cause, command.printer, ((subject, *label) for subject, label in both))
    cause.note(job=JOB, run=command.run, labels=len(command.labels))
    return LabelsQueued(len(command.labels))


HANDLERS: dict[type, Callable[..., object]] = {
    PausePrinter: pause_printer,
    ResumePrinter: resume_printer,
    RemovePrinter: remove_printer,
    ReroutePrinter: reroute_printer,
    VoidLabels: void_labels,
    ConfirmLabels: confirm_labels,
    ReprintLabel: reprint,
    PrintLabels: print_labels,
}
