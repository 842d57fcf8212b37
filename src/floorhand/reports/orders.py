"""The first sections: will we make it, and where is it stuck."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from floorhand.domain.cut_offs import outlook_words
from floorhand.reports.making import Making
from floorhand.reports.model import Cell, Section


def in_time(making: Making) -> Section:
    """Tell what left in time, and what is to be said of the cut-offs that are open."""
    orders, say = making.figures["orders"], making.say
    said = [
        say(
            "report.shipped",
            count=orders["shipped"],
            before=orders["shipped_before_cut_off"],
            after=orders["shipped_after_cut_off"],
        ),
        say("report.due", count=orders["due"], in_time=orders["due_shipped_in_time"]),
        say(
            "report.ordered",
            ordered=orders["pieces_ordered"],
            shipped=orders["pieces_shipped"],
            short=orders["pieces_short"],
        ),
    ]
    if orders["closed_short"]:
        said.append(say("report.closed_short", count=orders["closed_short"]))
    heads = ("cut_off", "outlook", "blocked", "open", "gone", "needed", "ready_at")
    table = making.table(heads, _cut_offs(making))
    if table is not None:
        said.append(say("report.as_of", at=making.when(making.figures["stock"]["as_of"])))
    return Section(
        "in_time",
        say("report.section.in_time"),
        tuple(said),
        table,
        about=say("report.about.in_time"),
    )


def _cut_offs(making: Making) -> Iterator[tuple[Cell, ...]]:
    for one in making.figures.get("now", {}).get("cut_offs", ()):
        needed, ends_at = one["needed_per_hour"], one["ends_at"]
        yield (
            making.moment(one["due_at"]),
            _outlook(making, one),
            one["blocked"] or None,
            one["open"],
            one["gone"],
            None if needed is None else round(needed, 1),
            making.moment(ends_at) if ends_at else None,
        )


def _outlook(making: Making, one: Mapping[str, Any]) -> str:
    key, facts = outlook_words(one["outlook"], one["blocked"])
    return making.say(key, **facts)


def stuck(making: Making) -> Section | None:
    """Tell what waits where, and for how long; and what is left over, by kind."""
    now = making.figures.get("now") or {"waits": (), "troubles": ()}
    found = [("waits", one) for one in now["waits"]] + [("trouble", one) for one in now["troubles"]]
    rows = (
        (
            making.word(kind, one["kind"]),
            one["count"],
            one["pieces"] or None,
            making.as_of - making.moment(one["oldest_at"]) if one["oldest_at"] else None,
        )
        for kind, one in found
    )
    table = making.table(("what", "count", "pieces", "oldest"), rows)
    if table is None:
        return None
    return Section(
        "stuck",
        making.say("report.section.stuck"),
        (making.say("report.as_of", at=making.when(making.figures["stock"]["as_of"])),),
        table,
        leads=tuple((kind, one["kind"]) for kind, one in found),
    )
