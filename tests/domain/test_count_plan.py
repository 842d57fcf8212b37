from datetime import UTC, datetime, timedelta

from floorhand.domain.count_plan import BinFacts, grades, plan

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
FAST, SLOW = ("ACME", "FAST"), ("ACME", "SLOW")
GRADED = {FAST: "A"}
DAYS = {"A": 30, "B": 90, "C": 180}


def bin_of(place: str, days: int, *skus: tuple[str, str], **more) -> BinFacts:
    facts = {"zone": "", "walk_no": 0, "counted": True, **more}
    return BinFacts(place=place, skus=skus, since=NOW - timedelta(days=days), **facts)


def test_fast_products_are_those_that_make_up_most_of_what_is_sold() -> None:
    sold = {("M", "a"): 70, ("M", "b"): 20, ("M", "c"): 8, ("M", "d"): 2}
    assert [grades(sold, {})["M", sku] for sku in "abcd"] == ["A", "A", "B", "C"]
    assert grades(sold, {("M", "a"): "C", ("M", "b"): ""}) == {
        ("M", "a"): "C",
        ("M", "b"): "A",
        ("M", "c"): "B",
        ("M", "d"): "C",
    }


def test_a_bin_is_due_after_the_days_of_its_fastest_product() -> None:
    bins = [bin_of("A-1", 30, SLOW, FAST), bin_of("A-2", 29, FAST), bin_of("A-3", 179, SLOW)]
    due = plan(bins, GRADED, DAYS, NOW)
    assert [(one.place, one.grade, one.reason) for one in due] == [("A-1", "A", "due")]


def test_what_is_late_by_more_of_its_interval_comes_first() -> None:
    bins = [bin_of("A-1", 200, SLOW), bin_of("A-2", 40, FAST), bin_of("A-3", 70, FAST)]
    assert [one.place for one in plan(bins, GRADED, DAYS, NOW)] == ["A-3", "A-2", "A-1"]


def test_a_doubt_comes_before_any_turn_and_the_worst_first() -> None:
    bins = [
        bin_of("A-1", 999, FAST),
        bin_of("A-2", 1, SLOW, doubts=("full",)),
        bin_of("A-3", 1, SLOW, doubts=("suspect_stock", "full")),
    ]
    due = plan(bins, GRADED, DAYS, NOW)
    assert [(one.place, one.reason) for one in due] == [
        ("A-3", "doubt"),
        ("A-2", "doubt"),
        ("A-1", "due"),
    ]


def test_no_days_are_no_turn() -> None:
    assert plan([bin_of("A-1", 999, FAST)], GRADED, {"A": 0}, NOW) == ()
