"""Figures of a shift as `floorhand.commands.summary.summarise` gives them, small and made up."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from floorhand.domain.signing_in import JOBS
from floorhand.reports.model import Report
from floorhand.reports.shift import shift_report
from floorhand.text.catalog import catalog

ROME = ZoneInfo("Europe/Rome")
START, END = datetime(2026, 3, 2, 6, tzinfo=ROME), datetime(2026, 3, 2, 14, tzinfo=ROME)


def done(pieces: int, active_s: int, **more: Any) -> dict[str, Any]:
    """What somebody did in a job, or all did."""
    return {
        "pieces": pieces,
        "lines": pieces // 2,
        "orders": pieces // 4,
        "active_s": active_s,
        "pieces_per_hour": round(pieces * 3600 / active_s, 1) if active_s >= 600 else None,
        "lines_per_hour": None,
        "orders_per_hour": None,
        "scans": pieces * 2,
        "refusals": 0,
        "refusal_pct": 0.0,
        "refusals_by_code": {},
        "short_picks": 0,
        "pieces_short": 0,
        **{"target_per_hour": None, "target_unit": None, "target_pct": None},
        **more,
    }


def sample(name: str = "Ana", merchant: str = "ACME", **more: Any) -> dict[str, Any]:
    """A shift in which two people picked."""
    picked = done(300, 5400, refusals=3, refusals_by_code={"place_missed": 3}, refusal_pct=0.5)
    return {
        "period": {
            "name": "early",
            "start": START.isoformat(),
            "end": END.isoformat(),
            "length_s": 28_800,
        },
        "jobs": {job: picked if job == "picking" else done(0, 0) for job in JOBS},
        "workers": {
            "7": {
                "picking": done(100, 3600),
                "name": name,
                "signed_in_s": 7200,
                "utilisation_pct": 50.0,
            },
            "8": {
                "picking": done(200, 1800),
                "name": "Ben",
                "signed_in_s": 1800,
                "utilisation_pct": 100.0,
            },
        },
        "deliveries": [
            {
                "number": "D-1",
                "merchant": merchant,
                "state": "closed",
                **{"expected": 10, "received": 9, "damaged": 0, "over": 0, "short": 1},
                "refused": 0,
            }
        ],
        "returns": {
            **{"closed": 1, "received": 3, "unknown": 1, "inspected": 2},
            **{"deadlines_missed": 0, "will_auto_approve": 1},
            "age": {"median_s": 5400, "p90_s": 9000, "returns": 1},
            "grade": {"1": 2},
            "reason": {"–": 2},
            "disposition": {"restock": 2},
            "merchant": {merchant: 2},
            "outcome": {"as_advised": 2},
        },
        "orders": {
            **{"shipped": 40, "shipped_before_cut_off": 38, "shipped_after_cut_off": 2},
            **{"closed_short": 0, "due": 40, "due_shipped_in_time": 37, "pieces_ordered": 301},
            **{"pieces_shipped": 300, "pieces_short": 1, "short_by_reason": {"fewer": 1}},
            **{"on_time_pct": 92.5, "fill_pct": 99.7},
            "cycle": {"median_s": 9000, "p90_s": 14400, "orders": 40},
        },
        "shorts": {
            **{"lines_short": 1, "lines_finished": 150, "short_pct": 0.7},
            **{"by_reason": {"fewer": 1}, "by_bin": {"A-01-1": 1}},
        },
        "bench": {
            **{"verified": 300, "wrong": 2, "extra": 0, "missing": 1, "accuracy_pct": 99.0},
            "by_picker": {"7": {"verified": 100, "accuracy_pct": 97.0}},
        },
        "proposals": {"put_aways": 0, "taken": 0, "taken_pct": None, "by_reason": {}},
        "counts": {"places": 0, "right": 0, "places_pct": None},
        "refusals": {"refusal_pct": 0.5, "by_code": {"place_missed": 3}},
        "undone": {"7": {"picking": 2}},
        "dock_to_stock": {
            **{"pieces": 9, "median_s": 7200, "p90_s": 10_800},
            "unfinished": {"pieces": 4, "median_s": 600, "oldest_s": 3600},
        },
        "deliveries_closed": {
            merchant: {
                **{"closed": 1, "differing": 1, "expected": 10, "counted": 9},
                **{"damaged": 0, "over": 0, "short": 1},
            }
        },
        "adjustments": {
            **{"plus": 0, "minus": 2, "gross": 2, "net": -2},
            **{"by_reason": {"damaged": {"minus": 2}}, "by_merchant": {merchant: {"minus": 2}}},
        },
        "labels": {
            **{"asked": 41, "printed": 40, "failed": 1, "rerouted": 0, "reprinted": 2},
            **{"reprinted_by_reason": {"jam": 2}, "sent_p95_ms": 1260, "outage_printer": ""},
            "longest_outage_s": 0,
        },
        "comparison": {
            "shifts": [{"start": START.isoformat(), "end": END.isoformat()}],
            "figures": {
                "orders_shipped": {"now": 40, "last": 36, "mean": 38.5},
                "on_time_pct": {"now": 92.5, "last": 97.5, "mean": 98.0},
            },
        },
        "disk": {"room": "plenty", "left_mb": 9000},
        "left_over": {"as_of": END.isoformat(), "tasks": {"count": 2}, "orders": {}},
        "gaps": [
            {
                "worker": "7",
                "start": datetime(2026, 3, 2, 9, tzinfo=ROME).isoformat(),
                **{"length_s": 900, "before": "picking", "after": "picking", "why": "break"},
            }
        ],
        "stock": {"as_of": END.isoformat(), "moves": 12, "pieces": 99, "ok": True, "violations": 0},
        **more,
    }


def report(language: str = "en", **more: Any) -> Report:
    """The report of that shift."""
    return shift_report(sample(**more), catalog(language), ROME, "MAIN")


def hostile(*names: str) -> Report:
    """The report of a shift whose workers and merchants all have such names."""
    told = sample()
    worker, delivery = told["workers"]["7"], told["deliveries"][0]
    told["workers"] = {f"{n}": worker | {"name": name} for n, name in enumerate(names)}
    told["workers"] |= {name: worker for name in names}
    told["deliveries"] = [delivery | {"merchant": name, "number": name} for name in names]
    told["returns"]["merchant"] = dict.fromkeys(names, 1)
    return shift_report(told, catalog("en"), ROME, "MAIN")
