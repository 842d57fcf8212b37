"""The sections about goods: quality, deliveries, returns, the proof of the stock, the system."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from floorhand.reports.making import Making
from floorhand.reports.model import Cell, Section
from floorhand.text.visible import visible

_RETURNS = {
    "grade": "grade",
    "reason": "returns.reason",
    "disposition": "disposition",
    "merchant": "merchant",
    "outcome": "report.outcome",
}
"""By what returns are counted, and where the words for it are."""


def quality(making: Making) -> Section | None:
    """Tell what went wrong: shorts by reason, scans refused by code, most often first."""
    refused: Counter[str] = Counter()
    for done in making.figures["jobs"].values():
        refused.update(done["refusals_by_code"])
    short: Mapping[str, int] = making.figures["orders"]["short_by_reason"]
    rows: list[tuple[Cell, ...]] = [
        (making.say("report.short_pieces"), making.word("picking.why_short", reason), pieces)
        for reason, pieces in Counter(short).most_common()
    ]
    rows += [
        (making.say("report.refused_scans"), code.replace("_", " "), count)
        for code, count in refused.most_common()
    ]
    table = making.table(("what", "reason", "count"), rows)
    if table is None:
        return None
    title = making.say("report.section.quality")
    return Section("quality", title, (), table, about=making.say("report.about.quality"))


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


def returns(making: Making) -> Section | None:
    """Tell what came back, and what became of it."""
    found = making.figures["returns"]
    table = making.table(("what", "which", "pieces"), _returned(making))
    if table is None and not found["closed"]:
        return None
    pieces = sum(found["grade"].values())
    said = making.say("report.returns", count=found["closed"], shown=pieces)
    return Section("returns", making.say("report.section.returns"), (said,), table)


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
    since = found.get("moves_since", 0)
    if found["ok"] is None:
        return making.say("report.never_proved", moves=since)
    facts = {"at": making.when(found.get("proved_at", found["as_of"]))}
    if not found["ok"]:
        return making.say("report.not_proved", count=found["violations"], **facts)
    said = making.say("report.proved", moves=found["moves"], stock=found["pieces"], **facts)
    return f"{said} {making.say('report.proved_since', count=since)}" if since else said


def system(making: Making) -> Section | None:
    """Tell of printers, of the disk, and of what went wrong in the night."""
    said = [visible(line) for line in making.figures.get("nightly", ())]
    disk = making.figures["disk"]
    if disk is not None and disk["room"] != "plenty":
        said.append(making.say(f"report.disk.{disk['room']}", left=disk["left_mb"]))
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
