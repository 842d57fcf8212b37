"""Spreads, explained gaps, outages and what benches find: arithmetic on plain values."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from operator import itemgetter

import pytest

from floorhand.domain.bench_figures import bench_figures, bench_findings
from floorhand.domain.entries import Entry, Noted, by_word
from floorhand.domain.floor_figures import count_figures
from floorhand.domain.label_figures import LabelTimes, longest_outage
from floorhand.domain.pauses import Known, LateLabel, explain, quiet_times
from floorhand.domain.shifts import AT, Beat, Gap, Refusal, activity
from floorhand.domain.spreads import quantile
from floorhand.domain.tallies import scanned
from floorhand.errors import Code

START = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)


def at(minute: float) -> datetime:
    return START + timedelta(minutes=minute)


def beats(**minutes: tuple[float, ...]) -> list[Beat]:
    found = [(who, "picking", at(one)) for who, all_of in minutes.items() for one in all_of]
    return sorted(found, key=itemgetter(AT))


def whys(scans: list[Beat], known: Known | None = None) -> dict[str, str]:
    gaps = activity(scans).gaps
    known = known or Known({}, (), {}, quiet_times(scans))
    return dict(zip((gap.worker for gap in gaps), explain(gaps, known), strict=True))


@pytest.mark.parametrize(
    ("values", "percent", "found"),
    [
        ([], 50, None),
        ([(7, 1)], 90, 7),
        ([(1, 1), (2, 1), (3, 1), (4, 1)], 50, 2),
        ([(n, 1) for n in range(1, 11)], 90, 9),
        ([(100, 1), (5, 9)], 90, 5),
        ([(100, 2), (5, 8)], 90, 100),
    ],
)
def test_a_quantile_is_a_value_that_occurred(
    values: list[tuple[int, int]], percent: int, found: int | None
) -> None:
    assert quantile(values, percent) == found


def test_a_pause_of_the_whole_house_is_a_break() -> None:
    scans = beats(ana=(0, 4, 8, 24, 26), ben=(0, 4, 9, 23, 26))
    assert whys(scans) == {"ana": "break", "ben": "break"}


def test_a_pause_of_one_is_not_explained_and_nobody_has_a_break_alone() -> None:
    assert whys(beats(ana=(0, 10), ben=(0, 4, 8, 12))) == {"ana": "unexplained"}
    assert whys(beats(ana=(0, 10))) == {"ana": "unexplained"}


def test_a_gap_is_explained_by_what_is_known_and_signing_out_first() -> None:
    scans = beats(ana=(0, 10), ben=(1, 11))
    ana, ben = ("ana", at(0)), ("ben", at(1))
    known = Known(
        {"ana": (at(2),)},
        (LateLabel(*ana, at(9)), LateLabel(*ben, at(9))),
        {ana: Code.NO_SINGLE_ORDER},
        (),
    )
    assert whys(scans, known) == {"ana": "signed_out", "ben": "printer"}
    prompt = (LateLabel("ana", at(0), at(0.4)),)
    assert whys(beats(ana=(0, 10)), Known({}, prompt, {}, ())) == {"ana": "unexplained"}
    idle = Known({}, (), {ana: Code.NOTHING_TO_PUT_AWAY}, ())
    assert whys(beats(ana=(0, 10)), idle) == {"ana": "no_work"}


def test_who_signed_out_before_or_after_a_gap_explains_nothing() -> None:
    gap = Gap("ana", at(10), 600, "picking", "picking")
    for minute in (9.9, 20.1):
        assert explain((gap,), Known({"ana": (at(minute),)}, (), {}, ())) == ("unexplained",)


def test_a_printer_is_out_from_its_last_label_or_the_first_that_waited() -> None:
    def label(asked: float, sent: float | None, printer: str = "A") -> LabelTimes:
        return LabelTimes(printer, at(asked), None if sent is None else at(sent), False, False)

    steady = [label(0, 0.1), label(5, 5.2), label(9, 9.1)]
    assert longest_outage(steady, at(60)) == (0, "")
    queue = [label(0, 0.1), label(1, 11), label(2, 11.1), label(3, 11.2)]
    assert longest_outage(queue, at(60)) == (600, "A")
    assert longest_outage([*queue, label(30, None, "B")], at(60)) == (1800, "B")
    assert longest_outage([LabelTimes("A", at(0), None, True, False)], at(60)) == (0, "")


def entry(operation: str, minute: float, seat: str = "S", sign: int = 1, **facts: object) -> Entry:
    return Entry(f"{seat}:{operation}", "w", at(minute), facts, sign)


def test_the_bench_charges_what_it_finds_to_whoever_picked_the_order() -> None:
    of_one = {"job": "packing", "merchant": "ACME", "order": "1"}
    of_two = {"job": "packing", "merchant": "ACME", "order": "2"}
    entries = [
        entry("1", 0, **of_one, verified=3),
        entry("2", 2, **of_one, missing=2, reason="not_in_tote"),
        entry("3", 3, **of_one, missing=1, reason="damaged"),
        entry("4", 4, **of_two),
        entry("5", 4, "T", **of_two, verified=5),
        entry("6", 6, "T", sign=-1, **of_two, verified=1),
    ]
    refusals = [
        Refusal("S", "w", "packing", at(-1), "CAP", Code.NOT_IN_ORDER),  # no order was open yet
        Refusal("S", "w", "packing", at(1), "CAP", Code.NOT_IN_ORDER),
        Refusal("S", "w", "packing", at(1.1), "CAP", Code.NOT_IN_ORDER),
        Refusal("S", "w", "packing", at(5), "CAP", Code.ALL_CHECKED),
        Refusal("S", "w", "packing", at(5), "CUP", Code.NOT_EXPECTED_NOW),  # it says nothing of it
        Refusal("S", "w", "picking", at(5), "CUP", Code.NOT_IN_ORDER),
    ]
    found, since = bench_findings(Noted(entries), refusals)
    assert since == {("ACME", "1"): at(0), ("ACME", "2"): at(4)}
    figures = bench_figures(found, {("ACME", "1"): "ana", ("ACME", "2"): "ben"})
    by = figures.pop("by_picker")
    assert figures == {"verified": 7, "missing": 2, "wrong": 1, "extra": 1, "accuracy_pct": 42.86}
    assert by["ana"] == {"verified": 3, "missing": 2, "wrong": 1, "extra": 0, "accuracy_pct": 0.0}
    assert by["ben"]["accuracy_pct"] == 75.0


def test_scans_are_counted_by_how_they_ended() -> None:
    refused = [
        Refusal("S", "ana", "picking", at(4), "X", Code.UNKNOWN_BARCODE),
        Refusal("S", None, "door", at(5), "X", Code.UNKNOWN_BARCODE),
    ]
    scans = scanned(beats(ana=(0, 4, 20, 21), ben=(2,)), refused)
    assert scans.counted == {
        ("ana", "picking", "taken"): 3,
        ("ana", "picking", Code.UNKNOWN_BARCODE): 1,
        ("ben", "picking", "taken"): 1,
    }
    assert scans.worked.scans == {("ana", "picking"): 4, ("ben", "picking"): 1}


def test_what_is_taken_off_is_taken_off_by_its_own_word() -> None:
    entries = [
        entry("1", 0, reason="a", pieces=3),
        entry("2", 0, reason="b", pieces=2),
        entry("3", 1, sign=-1, reason="b", pieces=2),
        entry("4", 1, sign=-1, pieces=1),
    ]
    assert by_word(entries, "reason", "pieces") == {"a": 3, "–": -1}


def test_the_books_are_as_right_as_counts_found_them() -> None:
    assert count_figures(())["places_pct"] is None
    entries = [
        entry("1", 0, places=1, right=1, believed=10, off=0),
        entry("2", 1, places=1, right=0, believed=10, off=3),
        entry("3", 2, places=0, right=0, believed=0, off=0),  # to be counted again
    ]
    told = count_figures(entries)
    assert (told["places"], told["right"], told["places_pct"]) == (2, 1, 50.0)
    assert (told["believed"], told["off"], told["pieces_pct"]) == (20, 3, 85.0)
