"""What an office decides about printers and their labels, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass, field

LABELS_AT_ONCE_MAX = 200
"""Labels that one operation asks for: few enough that no scan waits for it."""


@dataclass(frozen=True, slots=True)
class PausePrinter:
    """Send nothing to a printer: its labels wait."""

    printer: str


@dataclass(frozen=True, slots=True)
class ResumePrinter:
    """Send to a printer again."""

    printer: str


@dataclass(frozen=True, slots=True)
class PrinterSet:
    """It is paused, or not; ``changed`` says that it was not so before."""

    printer: str
    paused: bool
    changed: bool


@dataclass(frozen=True, slots=True)
class RemovePrinter:
    """Forget a printer that nothing names any more."""

    printer: str


@dataclass(frozen=True, slots=True)
class PrinterRemoved:
    """It is gone."""

    printer: str


@dataclass(frozen=True, slots=True)
class ReroutePrinter:
    """Let all labels that wait for a printer come from another one."""

    printer: str
    to: str


@dataclass(frozen=True, slots=True)
class Rerouted:
    """``moved`` labels went. ``doubt`` may have come out, ``sending`` are going out: they stay.

    If nothing waited, ``before`` counts the labels of this station that somebody else had sent
    ``to`` another printer a moment before.
    """

    printer: str
    to: str
    moved: int
    doubt: int
    sending: int
    before: int = 0


@dataclass(frozen=True, slots=True)
class VoidLabels:
    """Let nobody use these labels any more; what has not come out never will."""

    jobs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ConfirmLabels:
    """Somebody has looked: these labels have come out."""

    jobs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LabelsSettled:
    """How many labels it was done to; others had gone on meanwhile, or were so already."""

    labels: int


@dataclass(frozen=True, slots=True)
class ReprintLabel:
    """Print the newest label of something once more: one of `floorhand.domain.labels.REASONS`.

    ``printer`` is empty for the one that it came from.
    """

    subject: str
    reason: str
    printer: str = ""


@dataclass(frozen=True, slots=True)
class LabelReprinted:
    """It waits at that printer. ``copy_no`` is 1 if none has come out yet: then it is no copy."""

    subject: str
    copy_no: int
    printer: str


@dataclass(frozen=True, slots=True)
class PrintLabels:
    """Print labels, at most `LABELS_AT_ONCE_MAX`, as a part of a run of many.

    Badges are among them: what stands on labels is in no record.
    """

    run: str
    printer: str
    subjects: tuple[str, ...]
    labels: tuple[tuple[str, str], ...] = field(metadata={"secret": True})
    """Template of each, and its data as JSON."""


@dataclass(frozen=True, slots=True)
class LabelsQueued:
    """So many labels wait."""

    labels: int
