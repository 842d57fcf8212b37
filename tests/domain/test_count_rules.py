from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from floorhand.domain.count_rules import (
    APPROVAL,
    CORRECTED,
    RECOUNT,
    RIGHT,
    Difference,
    differences,
    judge,
    of_json,
    off,
    to_json,
    tolerated,
)
from floorhand.domain.rules import SiteRules
from floorhand.domain.things import CONDITIONS, Goods

MUG, TEA = Goods("ACME", "MUG"), Goods("ACME", "TEA", "L1")
HELD, WORN = replace(MUG, condition="hold"), replace(MUG, condition="damaged")
RULES = SiteRules(count_tolerance_pieces=1, count_tolerance_pct=5, count_approval_pieces=3)
ONE, MANY = (Difference(MUG, -1),), (Difference(MUG, -3),)

SKUS = (MUG, TEA)
books = st.dictionaries(st.integers(0, 2 * len(CONDITIONS) - 1), st.integers(1, 9), max_size=6)
finds = st.dictionaries(st.integers(0, 3), st.integers(1, 9))


def named(drawn: dict[int, int], conditions: tuple[str, ...]) -> dict[Goods, int]:
    """Make of numbers two products in some conditions."""
    every = [replace(sku, condition=condition) for sku in SKUS for condition in conditions]
    return {every[number]: pieces for number, pieces in drawn.items()}


def test_what_is_as_believed_is_no_difference() -> None:
    assert differences({MUG: 3, HELD: 2, WORN: 1}, {MUG: 5, WORN: 1}) == ()


def test_missing_pieces_are_those_first_that_nobody_counts_on() -> None:
    assert differences({MUG: 3, HELD: 2}, {MUG: 2}) == (
        Difference(MUG, -1),
        Difference(HELD, -2),
    )


def test_what_nobody_believed_in_is_found() -> None:
    assert differences({}, {MUG: 2, TEA: 1}) == (Difference(MUG, 2), Difference(TEA, 1))
    assert differences({HELD: 1}, {MUG: 2}) == (Difference(HELD, 1),)


def test_an_empty_bin_misses_all() -> None:
    assert differences({MUG: 3, WORN: 1}, {}) == (Difference(MUG, -3), Difference(WORN, -1))


@given(books, finds)
def test_booking_the_differences_makes_the_books_say_what_was_seen(
    books: dict[int, int], finds: dict[int, int]
) -> None:
    believed, found = named(books, CONDITIONS), named(finds, ("available", "damaged"))
    after = dict(believed)
    for one in differences(believed, found):
        after[one.goods] = after.get(one.goods, 0) + one.pieces
    assert min(after.values(), default=0) >= 0
    seen: dict[Goods, int] = {}
    for goods, pieces in after.items():
        looks = goods if goods.condition == "damaged" else replace(goods, condition="available")
        seen[looks] = seen.get(looks, 0) + pieces
    assert {goods: n for goods, n in seen.items() if n} == found
    assert differences(after, found) == ()


def test_a_difference_is_small_by_pieces_and_by_per_cent() -> None:
    assert tolerated(ONE, {MUG: 20}, RULES)
    assert not tolerated(ONE, {MUG: 19}, RULES)
    assert not tolerated((Difference(MUG, -2),), {MUG: 200}, RULES)
    assert not tolerated((Difference(TEA, 1),), {MUG: 200}, RULES)
    assert tolerated((*ONE, Difference(TEA, 1)), {MUG: 20, TEA: 20}, RULES)


def test_the_first_count_books_what_is_small_and_leaves_the_rest_to_a_second() -> None:
    assert judge((), (), small=True, rules=RULES) == RIGHT
    assert judge(ONE, (), small=True, rules=RULES) == CORRECTED
    assert judge(ONE, (), small=False, rules=RULES) == RECOUNT


def test_two_who_agree_are_believed_and_a_lead_decides_what_is_large() -> None:
    assert judge(ONE, (ONE,), small=False, rules=RULES) == CORRECTED
    assert judge(MANY, (MANY,), small=False, rules=RULES) == APPROVAL
    assert judge((), (MANY,), small=True, rules=RULES) == RIGHT


def test_where_two_differ_a_third_counts_and_then_a_lead_decides() -> None:
    other = (Difference(MUG, 1),)
    assert judge(ONE, (MANY,), small=True, rules=RULES) == RECOUNT
    assert judge(ONE, (MANY, ONE), small=True, rules=RULES) == CORRECTED
    assert judge(other, (MANY, ONE), small=True, rules=RULES) == APPROVAL


def test_differences_are_kept_as_they_are() -> None:
    found = (Difference(replace(TEA, serial="S"), -2), Difference(WORN, 5))
    assert of_json(to_json(found)) == found
    assert of_json("") == ()
    assert off(found) == 7
