"""Make the report of a shift from its figures: what the next hour needs first, then what was."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Final
from zoneinfo import ZoneInfo

from floorhand.reports import goods, handing_over, measures, orders, people
from floorhand.reports.making import Making
from floorhand.reports.model import Report, Section
from floorhand.text.catalog import Catalog

_SECTIONS: Final[tuple[Callable[[Making], Section | None], ...]] = (
    orders.in_time,
    orders.stuck,
    measures.headline,
    people.pace,
    people.jobs,
    people.people,
    people.work,
    measures.times,
    goods.quality,
    goods.deliveries,
    goods.merchants,
    goods.returns,
    goods.adjustments,
    goods.stock,
    goods.system,
    people.gaps,
    handing_over.hand_over,
    handing_over.left_over,
)


def shift_report(
    figures: Mapping[str, Any], words: Catalog, zone: ZoneInfo, site: str = ""
) -> Report:
    """Make the report.

    Args:
        figures: As `floorhand.commands.summary.summarise` gives them; with ``now`` from
            `floorhand.store.at_hand.at_hand` it tells of what is at hand, too.
        words: The language to write it in.
        zone: The clock of the building.
        site: Its name.
    """
    making = Making(figures, words, zone)
    period, shipped = figures["period"], figures["orders"]
    start, end = making.when(period["start"]), making.when(period["end"])
    if end[:10] == start[:10]:
        end = end[11:]
    title = making.say(
        "report.title", shift=period["name"], start=start, end=end, zone=zone.key, site=site
    )
    subject = making.say(
        "report.subject",
        shift=period["name"],
        start=start,
        site=site,
        count=shipped["shipped"],
        late=shipped["due"] - shipped["due_shipped_in_time"],
    )
    made = (make(making) for make in _SECTIONS)
    return Report(
        title.strip(),
        subject.strip(),
        making.moment(period["start"]),
        making.as_of,
        tuple(_told(section) for section in made if section is not None),
        words,
        zone,
    )


def _told(section: Section) -> Section:
    """Leave out what figures mean where there are none."""
    return section if section.table is not None else replace(section, about="")
