"""The figures of a shift as a page of plain text, 80 columns wide."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from floorhand.text.visible import visible

DELIVERIES_MAX = 40
GAPS_MAX = 20
HEADINGS = ("", "pieces", "lines", "orders", "active", "pcs/h", "lines/h", "refused", "short")


def render(figures: Mapping[str, Any], zone: ZoneInfo) -> str:
    """Lay the figures out for reading, times in the site's zone."""
    return "\n".join(_lines(figures, zone))


def _lines(figures: Mapping[str, Any], zone: ZoneInfo) -> Iterator[str]:
    period = figures["period"]
    start, end = _local(period["start"], zone), _local(period["end"], zone)
    yield f"Shift {period['name']}: {start} to {end} ({zone.key})"
    yield ""
    yield from _orders(figures["orders"])
    yield ""
    yield _row(HEADINGS)
    for job, shown in figures["jobs"].items():
        yield _row((job, *_cells(shown)))
    yield ""
    for worker, jobs in figures["workers"].items():
        share = _or_dash(jobs["utilisation_pct"], "%")
        who = visible(f"{worker} {jobs['name']}".strip())
        yield f"{who}: signed in {_clock(jobs['signed_in_s'])}, busy {share}"
        for job, shown in jobs.items():
            if isinstance(shown, dict):
                yield _row((f"  {job}", *_cells(shown)))
    yield from _deliveries(figures["deliveries"])
    yield from _returns(figures["returns"])
    now = _now(figures, zone)
    yield from _left_over(figures["left_over"], now)
    yield from _gaps(figures["gaps"], zone)
    yield ""
    yield from _proof(figures["stock"], now)
    yield from _disk(figures["disk"])
    yield from map(visible, figures.get("nightly", ()))


def _now(figures: Mapping[str, Any], zone: ZoneInfo) -> str:
    """Give the words for what was counted after the period had ended; none while it runs."""
    as_of: str = figures["stock"]["as_of"]
    ended = datetime.fromisoformat(figures["period"]["end"]) < datetime.fromisoformat(as_of)
    return f" now ({_local(as_of, zone)})" if ended else ""


def _orders(orders: Mapping[str, Any]) -> Iterator[str]:
    yield (
        f"Orders shipped {orders['shipped']}: {orders['shipped_before_cut_off']} before their "
        f"cut-off, {orders['shipped_after_cut_off']} after"
        + (f". Closed without anything: {orders['closed_short']}" if orders["closed_short"] else "")
    )
    yield f"Due in this shift {orders['due']}, of these in time {orders['due_shipped_in_time']}"
    yield (
        f"Pieces ordered {orders['pieces_ordered']}, shipped {orders['pieces_shipped']}, "
        f"short {orders['pieces_short']}" + _listed(orders["short_by_reason"])
    )


def _deliveries(deliveries: list[Mapping[str, Any]]) -> Iterator[str]:
    if not deliveries:
        return
    yield ""
    yield "Deliveries            expected received  damaged     over    short  refused"
    for one in deliveries[:DELIVERIES_MAX]:
        counts = "".join(
            f"{one[name]:>9}"
            for name in ("expected", "received", "damaged", "over", "short", "refused")
        )
        name = visible(f"{one['merchant']} {one['number']}")[:20]
        yield f"{name:<20} {counts} {one['state'] if one['state'] != 'closed' else ''}".rstrip()
    if len(deliveries) > DELIVERIES_MAX:
        yield f"… and {len(deliveries) - DELIVERIES_MAX} more"


def _returns(returns: Mapping[str, Any]) -> Iterator[str]:
    if not returns["closed"] and not returns["grade"]:
        return
    yield ""
    yield f"Returns inspected {returns['closed']}, pieces {sum(returns['grade'].values())}"
    grades = {f"grade {grade}": pieces for grade, pieces in returns["grade"].items()}
    yield f"  by grade{_listed(grades)}"
    for name in ("reason", "disposition"):
        yield f"  by {name}{_listed(returns[name])}"


def _left_over(left: Mapping[str, Any], now: str) -> Iterator[str]:
    found = {name: left[name] for name in left if name != "as_of" and any(left[name].values())}
    yield ""
    yield f"{'Left over' if found else 'Nothing left over'}{now}"
    for name, counts in found.items():
        yield f"  {name.replace('_', ' ')}{_listed(counts)}"


def _gaps(gaps: list[Mapping[str, Any]], zone: ZoneInfo) -> Iterator[str]:
    if gaps:
        yield ""
        yield "Gaps of more than five minutes"
    for gap in gaps[:GAPS_MAX]:
        since = _local(gap["start"], zone)
        length = _clock(gap["length_s"])
        yield f"  {visible(gap['worker'])} {since} {length} {gap['before']} → {gap['after']}"
    if len(gaps) > GAPS_MAX:
        yield f"  … and {len(gaps) - GAPS_MAX} more"


def _proof(stock: Mapping[str, Any], now: str) -> Iterator[str]:
    if stock["ok"]:
        counts = f"{stock['moves']} moves, {stock['pieces']} pieces"
        yield f"Stock proved{now}: ledger = balances, {counts},"
        yield "  nothing negative, nothing orphaned"
    else:
        yield f"STOCK NOT PROVED{now}: {stock['violations']} violations; run: floorhand check"


def _disk(disk: Mapping[str, Any] | None) -> Iterator[str]:
    """Tell of a disk that has little room left, before the floor stands still."""
    if disk is None or disk["room"] == "plenty":
        return
    yield f"Disk of the database: {disk['left_mb']:,} MB left. Make room."
    if disk["room"] == "scarce":
        yield "  No new work is begun until there is; what is open can be finished."


def _cells(shown: Mapping[str, Any]) -> tuple[str, ...]:
    return (
        str(shown["pieces"]),
        str(shown["lines"]),
        str(shown["orders"]),
        _clock(shown["active_s"]),
        _or_dash(shown["pieces_per_hour"]),
        _or_dash(shown["lines_per_hour"]),
        str(shown["refusals"]),
        str(shown["short_picks"]),
    )


def _row(cells: tuple[str, ...]) -> str:
    first, *rest = cells
    return f"{first:<14}" + "".join(f"{cell:>8}" for cell in rest)


def _listed(counts: Mapping[str, int]) -> str:
    """List counts after a colon, each before what it counts; codes are written as words."""
    if not counts:
        return ""
    words = {visible(name.replace("_", " ")): count for name, count in counts.items()}
    return ": " + ", ".join(f"{count} {word}" for word, count in words.items())


def _or_dash(value: float | None, unit: str = "") -> str:
    return "–" if value is None else f"{value:g}{unit}"


def _clock(length_s: int) -> str:
    return f"{length_s // 3600}:{length_s % 3600 // 60:02}"


def _local(moment: str, zone: ZoneInfo) -> str:
    return datetime.fromisoformat(moment).astimezone(zone).strftime("%Y-%m-%d %H:%M")
