"""Who did what in a period, what they were slow for, and the labels that they waited for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from floorhand.domain import tallies
from floorhand.domain.entries import Noted
from floorhand.domain.label_figures import label_figures
from floorhand.domain.pauses import (
    Idle,
    Known,
    LateLabel,
    Stretch,
    explain,
    quiet_times,
    workless_times,
)
from floorhand.domain.shifts import Activity, Period, percent, signed_in_s
from floorhand.domain.signing_in import JOBS
from floorhand.domain.tallies import Key, Scanned, Tally
from floorhand.store import shift_idle, shift_labels, signed_in, summaries

SignedIn = tuple[str, datetime, datetime | None]
"""Worker, signed in, signed out or None."""


def people(
    tx: Session,
    site: str,
    period: Period,
    now: datetime,
    noted: Noted,
    scans: Scanned,
) -> dict[str, Any]:
    """Give ``jobs``, ``workers``, ``gaps`` and ``labels``; see `floorhand.store.summary`.

    Args:
        tx: An open transaction.
        site: The building.
        period: When.
        now: Until then somebody counts as signed in who has not signed out.
        noted: What counts in the period.
        scans: All of it.
    """
    done, worked = tallies.tallies(noted, scans.counted), scans.worked
    stretches = signed_in.stretches(tx, site, period, now, scans.beats)
    here_s = signed_in_s(stretches, period, now)
    labels, late = shift_labels.labels(tx, site, period, noted.by_operation)
    return {
        "jobs": {job: _of_job(job, done, worked) for job in JOBS},
        "workers": _workers(done, worked, here_s, summaries.worker_names(tx, site)),
        "gaps": _gaps(scans, stretches, late, _idle(tx, site, period, noted)),
        "labels": label_figures(noted("reprints"), labels, min(now, period.end)),
    }


def _of_job(job: str, done: Mapping[Key, Tally], worked: Activity) -> dict[str, Any]:
    active_s = sum(length_s for (_, of), length_s in worked.active_s.items() if of == job)
    return tallies.told([tally for (_, of), tally in done.items() if of == job], active_s)


def _workers(
    done: Mapping[Key, Tally],
    worked: Activity,
    signed_in: Mapping[str, int],
    names: Mapping[str, str],
) -> dict[str, dict[str, Any]]:
    """Put the figures of all together who did something or were signed in."""
    here = {worker for worker, _ in done} | set(signed_in)
    workers: dict[str, dict[str, Any]] = {worker: {} for worker in sorted(here)}
    for (worker, job), tally in sorted(done.items()):
        workers[worker][job] = tallies.told([tally], worked.active_s.get((worker, job), 0))
    for worker, shown in workers.items():
        active = sum(n for (who, of), n in worked.active_s.items() if who == worker and of in JOBS)
        shown["name"] = names.get(worker, "")
        shown["signed_in_s"] = signed_in.get(worker, 0)
        shown["utilisation_pct"] = percent(active, signed_in.get(worker, 0))
    return workers


def _idle(
    tx: Session, site: str, period: Period, noted: Noted
) -> tuple[Sequence[Idle], Sequence[Stretch]]:
    """Give the scans that waited or asked in vain, and when there was nothing to pick."""
    idle = shift_idle.idle_scans(tx, site, period)
    claimed = (entry.at for entry in noted("claimed") if entry.word("job") == "picking")
    return idle, workless_times(idle, claimed)


def _gaps(
    scans: Scanned,
    stretches: Iterable[SignedIn],
    late: Sequence[LateLabel],
    idle: tuple[Sequence[Idle], Sequence[Stretch]],
) -> list[dict[str, Any]]:
    """List the gaps, each with what explains it."""
    left: dict[str, list[datetime]] = {}
    for worker, _, out in stretches:
        if out is not None:
            left.setdefault(worker, []).append(out)
    known = Known(
        {worker: sorted(times) for worker, times in left.items()},
        late,
        {(one.worker or "", one.at): one.code for one in scans.refused},
        quiet_times(scans.beats),
        *idle,
    )
    gaps = scans.worked.gaps
    return [
        {**asdict(gap), "start": gap.start.isoformat(), "why": why}
        for gap, why in zip(gaps, explain(gaps, known), strict=True)
    ]
