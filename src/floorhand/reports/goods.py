"""The sections about goods: quality, deliveries, returns, the proof of the stock, the system."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Final

from floorhand.reports.making import Making
from floorhand.reports.model import Cell, Section
from floorhand.text.visible import visible

BINS_MAX: Final = 5
"""So many bins are named in which most was missing."""

REFUSED_MAX: Final = 10
"""So many kinds of refusals are told, the most frequent ones."""

REFUSAL: Final = "refusal"
"""Where the sentences stand by which scans are refused."""

ADJUSTED: Final = (*(f"{job}.reason" for job in ("correcting", "packing")), "deed")
"""Where the words stand for what put the stock right."""

_RETURNS: Final = {
    "grade": "grade",
    "reason": "returns.reason",
    "disposition": "disposition",
    "merchant": "merchant",
    "outcome": "report.outcome",
}
"""By what returns are counted, and where the words for it are."""


def quality(making: Making) -> Section | None:
    """Tell what went wrong, and where: each kind by what it is counted by, most often first."""
    figures = making.figures
    counted: tuple[tuple[str, str, Mapping[str, int]], ...] = (
        ("short_lines", "picking.why_short", figures["shorts"]["by_reason"]),
        ("short_bins", "", _first(figures["shorts"]["by_bin"])),
        ("bench", "report.bench", _bench(figures["bench"])),
        ("refused_scans", REFUSAL, _first(figures["refusals"]["by_code"], REFUSED_MAX)),
        ("not_proposed", "override", figures["proposals"]["by_reason"]),
        ("reprinted", "labelling.reason", figures["labels"]["reprinted_by_reason"]),
    )
    rows: list[tuple[Cell, ...]] = [
        (making.say(f"report.{kind}"), _named(making, prefix, name), count)
        for kind, prefix, counts in counted
        for name, count in Counter(counts).most_common()
        if count
    ]
    table = making.table(("what", "which", "count"), rows)
    if table is None:
        return None
    title = making.say("report.section.quality")
    return Section("quality", title, (), table, about=making.say("report.about.quality"))


def _named(making: Making, prefix: str, name: str) -> str:
    if prefix == REFUSAL:
        return making.refusal(name)
    return making.word(prefix, name) if prefix else name


def _bench(found: Mapping[str, int]) -> dict[str, int]:
    return {name: found[name] for name in ("wrong", "extra", "missing")}


def _first(counts: Mapping[str, int], most: int = BINS_MAX) -> dict[str, int]:
    """Keep those that are counted most often."""
    return dict(Counter(counts).most_common(most))


def adjustments(making: Making) -> Section | None:
    """Tell how the stock was put right, in pieces, by reason and by merchant."""
    found = making.figures["adjustments"]
    rows: list[tuple[Cell, ...]] = [
        (
            making.say(f"report.by.{by}"),
            making.first_word(ADJUSTED, name) if by == "reason" else name,
            counts.get("plus") or None,
            counts.get("minus") or None,
        )
        for by in ("reason", "merchant")
        for name, counts in found[f"by_{by}"].items()
    ]
    table = making.table(("what", "which", "plus", "minus"), rows)
    if table is None:
        return None
    said = making.say("report.adjusted", plus=found["plus"], minus=found["minus"])
    return Section("adjustments", making.say("report.section.adjustments"), (said,), table)


def deliveries(making: Making) -> Section | None:
    """Tell what came, and how it differed from what was announced; those that differ first."""
    found = making.figures["deliveries"]
    differ = [one for one in found if _differs(one)]
    heads = ("delivery", "merchant", "state", "expected", "received")
    table = making.table(
        (*heads, "damaged", "over", "short", "refused"),
        (
            (
                one["number"],
                one["merchant"],
                making.word("delivery_state", one["state"]),
                one["expected"],
                one["received"],
                *(one[name] or None for name in ("damaged", "over", "short", "refused")),
            )
            for one in sorted(found, key=lambda one: (not _differs(one), one["number"]))
        ),
    )
    if table is None:
        return None
    said = making.say("report.deliveries", count=len(found), differ=len(differ))
    return Section("deliveries", making.say("report.section.deliveries"), (said,), table)


def _differs(one: Mapping[str, int]) -> bool:
    return any(one[name] for name in ("damaged", "over", "short", "refused"))


def merchants(making: Making) -> Section | None:
    """Tell of the deliveries that were closed, by merchant; who differs most often first."""
    found: Mapping[str, Mapping[str, int]] = making.figures["deliveries_closed"]
    names = ("closed", "differing", "expected", "counted", "damaged", "over", "short")
    rows: list[tuple[Cell, ...]] = [
        (merchant, *(counts.get(name, 0) for name in names)) for merchant, counts in found.items()
    ]
    rows.sort(key=lambda row: -found[str(row[0])].get("differing", 0))
    heads = ("merchant", "closed", "differing", "expected", "received", "damaged", "over", "short")
    table = making.table(heads, rows)
    if table is None:
        return None
    return Section("merchants", making.say("report.section.merchants"), (), table)


def returns(making: Making) -> Section | None:
    """Tell what came back, and what became of it."""
    found = making.figures["returns"]
    table = making.table(("what", "which", "pieces"), _returned(making))
    if table is None and not found["closed"]:
        return None
    pieces = sum(found["grade"].values())
    said = [making.say("report.returns", count=found["closed"], shown=pieces)]
    said.append(
        making.say("report.returns_came", count=found["received"], unknown=found["unknown"])
    )
    if found["deadlines_missed"] or found["will_auto_approve"]:
        missed, soon = found["deadlines_missed"], found["will_auto_approve"]
        said.append(making.say("report.returns_due", missed=missed, soon=soon))
    return Section("returns", making.say("report.section.returns"), tuple(said), table)


def _returned(making: Making) -> Iterator[tuple[Cell, ...]]:
    for by, prefix in _RETURNS.items():
        counts: Mapping[str, int] = making.figures["returns"].get(by, {})
        for name, pieces in Counter(counts).most_common():
            yield making.say(f"report.by.{by}"), making.word(prefix, name), pieces


def stock(making: Making) -> Section:
    """Prove the stock, in one line."""
    line = making.figures["stock"].get("line", "")
    said = (proof(making), visible(line)) if line else (proof(making),)
    return Section("stock", making.say("report.section.stock"), said)


def proof(making: Making) -> str:
    """Say whether the ledger equals the balances."""
    found = making.figures["stock"]
    if found["ok"] is None:
        return making.say("report.never_proved")
    facts = {"at": making.when(found.get("proved_at", found["as_of"]))}
    if not found["ok"]:
        return making.say("report.not_proved", count=found["violations"], **facts)
    said = making.say("report.proved", moves=found["moves"], stock=found["pieces"], **facts)
    if since := found.get("moves_since"):
        said = f"{said} {making.say('report.proved_since', count=since)}"
    return said


def system(making: Making) -> Section | None:
    """Tell of printers, of the disk, and of what went wrong in the night."""
    said = [visible(line) for line in making.figures.get("nightly", ())]
    disk = making.figures["disk"]
    if disk is not None and disk["room"] != "plenty":
        said.append(making.say(f"report.disk.{disk['room']}", left=disk["left_mb"]))
    said += _labels(making)
    printers = making.figures.get("now", {}).get("printers", ())
    rows = (
        (one["code"], ", ".join(making.words.say(key, facts) for key, facts in one["words"]))
        for one in printers
        if one["words"]
    )
    table = making.table(("printer", "stands"), rows)
    if table is None and not said:
        return None
    return Section("system", making.say("report.section.system"), tuple(said), table)


def _labels(making: Making) -> Iterator[str]:
    """Tell how labels came out, and how long the last scan waited for them."""
    labels = making.figures["labels"]
    if not labels["asked"]:
        return
    names = ("printed", "failed", "reprinted", "rerouted")
    yield making.say("report.labels", **{name: labels[name] for name in names})
    if labels["sent_p95_ms"] is not None:
        yield making.say("report.label_time", seconds=round(labels["sent_p95_ms"] / 1000, 1))
    if labels["longest_outage_s"]:
        outage = making.length(labels["longest_outage_s"])
        yield making.say("report.outage", printer=labels["outage_printer"], length=outage)
