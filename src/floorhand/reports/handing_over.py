"""The last sections: what is left over, with owner and age, and the hand-over of the shift."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from floorhand.domain.days import ago
from floorhand.reports.making import Making
from floorhand.reports.model import Cell, Section, Table


def hand_over(making: Making) -> Section | None:
    """Tell who handed the shift over, with which note, who took it on, and what was left then."""
    made: Mapping[str, Any] | None = making.figures.get("handover")
    if made is None:
        return None
    at = making.when(made["at"])
    said = [making.say("report.handed_over", name=made["name"], at=at)]
    if made["note"]:
        said.append(making.say("report.note", note=made["note"]))
    if made["taken_by"]:
        taken_at = making.when(made["taken_at"])
        said.append(making.say("report.taken_on", name=made["taken_by"], at=taken_at))
    else:
        waited = ago(making.moment(made["at"]), making.as_of)
        said.append(making.say("report.not_taken_on", age=waited))
    if made["proof"]:
        said.append(made["proof"])
    title = making.say("report.section.hand_over")
    return Section("hand_over", title, tuple(said), _table(making, made))


def left_over(making: Making) -> Section:
    """List what is left over now, with who has it and since when."""
    left = making.figures.get("now", {}).get("left")
    table = _table(making, left) if left else _counted(making)
    said = making.say("report.as_of", at=making.when(making.figures["left_over"]["as_of"]))
    return Section(
        "left_over",
        making.say("report.section.left_over"),
        (said,) if table is not None else (making.say("report.nothing_left"), said),
        table,
        about=making.say("report.about.left_over") if left else "",
    )


def _table(making: Making, left: Mapping[str, Any]) -> Table | None:
    return making.table(("what", "which", "pieces", "owner", "at"), _rows(making, left))


def _rows(making: Making, left: Mapping[str, Any]) -> Iterator[tuple[Cell, ...]]:
    """Give a row for each thing; more of a kind than are kept by name are one row together."""
    rows, counts = left["rows"], dict(left["counts"])
    for row in rows:
        counts[row["kind"]] -= 1
        told = making.say(row["text"]) if row["text"] else making.say(f"left.{row['kind']}")
        yield (
            told,
            row["what"],
            row["pieces"] or None,
            row["owner"],
            making.moment(row["at"]) if row["at"] else None,
        )
    for kind, more in counts.items():
        if more:
            told = f"{more} {making.say('board.more')}"
            yield making.say(f"left.{kind}"), told, None, "", None


def _counted(making: Making) -> Table | None:
    """Count what is left, by kind, where it is not known by name."""
    found: Mapping[str, Any] = making.figures["left_over"]
    rows = (
        (making.say(f"report.left.{kind}"), making.word(_WORDS_OF[kind], name), count)
        for kind, counts in found.items()
        if kind in _WORDS_OF
        for name, count in counts.items()
        if count
    )
    return making.table(("what", "which", "count"), rows)


_WORDS_OF = {
    "tasks": "report.task",
    "orders": "order_state",
    "orders_late": "report",
    "deliveries": "delivery_state",
    "returns": "custody",
    "returns_due": "report",
    "labels": "report.label",
    "troubles": "trouble",
    "parked": "job",
}
"""Where the words are for what is left of each kind."""
