"""The sections about work: by job, by person, by both, and the gaps."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, Final

from floorhand.domain.pace_targets import BY_SITE, UNITS
from floorhand.domain.signing_in import JOBS
from floorhand.reports.making import Making, seconds, share
from floorhand.reports.model import Bar, Cell, Chart, Section
from floorhand.reports.writing import clock

RANKED_FROM_S: Final = 30 * 60
"""Who worked on a job for less than that is not ranked by pace: it would be chance."""

_WORK = ("pieces", "lines", "orders", "active", "pieces_hour", "lines_hour")
_FATES = ("scans", "refused", "refused_pct", "short")
_TARGETS = (*(f"target_{unit}" for unit in UNITS), "reached")


AS_JOBS: Final = {job: f"job_{job}" for job in ("picking", "packing")}
"""Columns of jobs whose names are those of states of an order elsewhere."""


def jobs(making: Making) -> Section:
    """Tell what was done in each job, and how fast."""
    rows = [
        (making.say(f"job.{job}"), *_cells(done), *_wanted(done))
        for job, done in making.figures["jobs"].items()
        if done["scans"] or done["pieces"]
    ]
    return Section(
        "jobs",
        making.say("report.section.jobs"),
        () if rows else (making.say("report.no_work"),),
        making.table(("job", *_WORK, *_FATES, *_TARGETS), rows),
        about=making.say("report.about.jobs"),
    )


def _wanted(done: Mapping[str, Any]) -> tuple[Cell, ...]:
    """Give the site's own target of a job in each unit, and how much of it was reached."""
    targets = (done["target_per_hour"] if done["target_unit"] == unit else None for unit in UNITS)
    return *targets, share(done["target_pct"])


def _cells(done: Mapping[str, Any]) -> tuple[Cell, ...]:
    return (
        done["pieces"],
        done["lines"],
        done["orders"],
        seconds(done["active_s"]),
        done["pieces_per_hour"],
        done["lines_per_hour"],
        done["scans"],
        done["refusals"],
        share(done["refusal_pct"]),
        done["short_picks"],
    )


def pace(making: Making) -> Section | None:
    """Tell how many pieces went through each job in each hour, beside what is usual."""
    paces = {
        job: one
        for job, one in making.figures.get("pace", {}).items()
        if any(hour["pieces"] for hour in one["hours"])
    }
    known = {
        job: {hour["start"]: hour[one["unit"]] for hour in _begun(making, one)}
        for job, one in paces.items()
    }
    hours = sorted({start for counts in known.values() for start in counts})
    rows = ((making.moment(hour), *(known[job].get(hour) for job in paces)) for hour in hours)
    table = making.table(("hour", *paces), rows, AS_JOBS)
    if table is None:
        return None
    charts = tuple(_chart(making, job, one) for job, one in paces.items())
    title = making.say("report.section.pace")
    return Section("pace", title, (), table, charts, making.say("report.about.pace"))


def _begun(making: Making, one: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Leave out the hours of a running shift that have not begun: nothing is known of them."""
    return [hour for hour in one["hours"] if making.moment(hour["start"]) <= making.as_of]


def _chart(making: Making, job: str, one: Mapping[str, Any]) -> Chart:
    """Draw the hours of a job. A target of the site's is of an active hour: each has its own."""
    unit, own = one["unit"], one["target_of"] == BY_SITE
    bars = tuple(
        Bar(
            clock(making.moment(hour["start"]).astimezone(making.zone)),
            hour[unit],
            hour["target"] if own else None,
            making.moment(hour["start"]),
        )
        for hour in _begun(making, one)
    )
    key = "report.pace" if unit == UNITS[0] else f"report.pace_{unit}"
    title = making.say(key, job=making.say(f"job.{job}"))
    aim = (
        making.say(f"report.target_{one['target_of']}", target=one["target"])
        if one["target"]
        else ""
    )
    return Chart(job, title, bars, None if own else one["target"], aim, unit)


def people(making: Making) -> Section | None:
    """Tell how the time of each person was spent."""
    gaps: Counter[str] = Counter()
    for gap in making.figures["gaps"]:
        gaps[gap["worker"]] += gap["length_s"]
    times = ("signed_in", "active", "gap", "other_time", "busy")
    heads = ("worker", *times, "scans", "refused", "undone", "accuracy")
    rows = (_person(making, worker, gaps) for worker in making.figures["workers"])
    table = making.table(heads, rows)
    if table is None:
        return None
    title = making.say("report.section.people")
    return Section("people", title, (), table, about=making.say("report.about.people"))


def _person(making: Making, worker: str, gaps: Mapping[str, int]) -> tuple[Cell, ...]:
    shown = making.figures["workers"][worker]
    done = [shown[job] for job in JOBS if job in shown]
    active = sum(one["active_s"] for one in done)
    other = shown["signed_in_s"] - active - gaps.get(worker, 0)
    return (
        _name(worker, shown),
        seconds(shown["signed_in_s"]),
        seconds(active),
        seconds(gaps.get(worker)),
        seconds(max(0, other)),
        share(shown["utilisation_pct"]),
        sum(one["scans"] for one in done),
        sum(one["refusals"] for one in done),
        sum(making.figures["undone"].get(worker, {}).values()),
        share(making.figures["bench"]["by_picker"].get(worker, {}).get("accuracy_pct")),
    )


def _name(worker: str, shown: Mapping[str, Any]) -> str:
    return f"{worker} {shown['name']}".strip()


def work(making: Making) -> Section | None:
    """Tell what each person did in each job, the quickest first where they worked long enough."""
    rows = [
        (job, shown[job], _name(worker, shown))
        for worker, shown in making.figures["workers"].items()
        for job in JOBS
        if job in shown
    ]
    rows.sort(key=lambda row: (JOBS.index(row[0]), *_rank(row[1]), row[2]))
    cells = ((making.say(f"job.{job}"), name, *_cells(done)) for job, done, name in rows)
    table = making.table(("job", "worker", *_WORK, *_FATES), cells)
    if table is None:
        return None
    title = making.say("report.section.work")
    about = making.say("report.about.work", count=RANKED_FROM_S // 60)
    return Section("work", title, (), table, about=about)


def _rank(done: Mapping[str, Any]) -> tuple[bool, float]:
    if done["active_s"] < RANKED_FROM_S:
        return True, 0.0
    return False, -(done["pieces_per_hour"] or 0.0)


def gaps(making: Making) -> Section | None:
    """List the gaps, the longest first."""
    found = sorted(making.figures["gaps"], key=lambda gap: (-gap["length_s"], gap["start"]))
    heads = ("worker", "since", "length", "before", "after", "why")
    table = making.table(heads, _gap_rows(making, found))
    if table is None:
        return None
    title = making.say("report.section.gaps")
    return Section("gaps", title, (), table, about=making.say("report.about.gaps"))


def _gap_rows(making: Making, found: list[Mapping[str, Any]]) -> Iterator[tuple[Cell, ...]]:
    for gap in found:
        shown = making.figures["workers"].get(gap["worker"], {"name": ""})
        yield (
            _name(gap["worker"], shown),
            making.moment(gap["start"]),
            seconds(gap["length_s"]),
            making.word("job", gap["before"]),
            making.word("job", gap["after"]),
            making.word("report.gap", gap["why"]) if gap.get("why") else None,
        )
