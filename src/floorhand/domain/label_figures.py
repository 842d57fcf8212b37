"""The figures of labels: how many, how fast they came, and how long a printer was out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from floorhand.domain.entries import Entry, by_word, having, total
from floorhand.domain.pauses import LABEL_LATE_S
from floorhand.domain.spreads import quantile


class LabelTimes(NamedTuple):
    """One label that was asked for in the period, at the printer that it was asked of.

    ``sent`` is None if it did not come out by the period's end, there or at another one.
    """

    printer: str
    asked: datetime
    sent: datetime | None
    failed: bool
    rerouted: bool


def label_figures(
    entries: Iterable[Entry], labels: Sequence[LabelTimes], end: datetime
) -> dict[str, Any]:
    """Add up what was printed.

    Args:
        entries: All that counts in the period.
        labels: Those asked for in it.
        end: Of the period, or now if it still runs: until then labels wait.

    Returns:
        Labels ``asked``, ``printed``, ``failed`` (can never be made), ``rerouted`` (sent by
        another printer than asked), ``waiting``; ``reprinted`` and the same
        ``reprinted_by_reason``; ``sent_p95_ms`` from the scan that asked to the last byte sent;
        ``longest_outage_s`` and the ``outage_printer``: for so long a label waited, and the
        printer took none. It is 0 if none ever waited longer than `LABEL_LATE_S`.
    """
    entries = list(having(entries, "reprints"))
    took = [(_ms(one.asked, one.sent), 1) for one in labels if one.sent is not None]
    outage_s, printer = longest_outage(labels, end)
    return {
        "asked": len(labels),
        "printed": len(took),
        "failed": sum(one.failed for one in labels),
        "rerouted": sum(one.rerouted for one in labels),
        "waiting": sum(one.sent is None and not one.failed for one in labels),
        "reprinted": total(entries, "reprints"),
        "reprinted_by_reason": by_word(entries, "reason", "reprints"),
        "sent_p95_ms": quantile(took, 95),
        "longest_outage_s": outage_s,
        "outage_printer": printer,
    }


def longest_outage(labels: Iterable[LabelTimes], end: datetime) -> tuple[int, str]:
    """Find the longest time that a printer with labels to print took none; and which it was."""
    longest_s, which = 0, ""
    queues: dict[str, list[LabelTimes]] = {}
    for one in labels:
        if not one.failed:
            queues.setdefault(one.printer, []).append(one)
    for printer, queue in sorted(queues.items()):
        last: datetime | None = None
        for one in sorted(queue, key=lambda one: (one.sent or end, one.asked)):
            since = one.asked if last is None else max(one.asked, last)
            last = one.sent or end
            out_s = int((last - since).total_seconds())
            if out_s > max(longest_s, LABEL_LATE_S):
                longest_s, which = out_s, printer
    return longest_s, which


def _ms(asked: datetime, sent: datetime) -> int:
    return round((sent - asked).total_seconds() * 1000)
