from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from floorhand.domain.slotting import (
    Bar,
    Need,
    Proposal,
    Rule,
    Shelf,
    bar,
    class_off,
    propose,
    room_for,
    stretches,
    walk_class,
)
from floorhand.domain.things import HOLD, Goods

MILK = Goods("FERN", "MILK", "L7", "2027-10-31")
NEED = Need(MILK, 10, volume_ml=1000, weight_g=1030, height_mm=250)
NONE: frozenset[str] = frozenset()


def shelf(code="B-1", **columns) -> Shelf:
    return Shelf(**{"code": code, "walk_no": 50, "walk_pct": 40} | columns)


def test_an_empty_open_bin_is_legal() -> None:
    assert bar(NEED, shelf(), NONE) is None


def test_each_rule_bars_by_its_own_name() -> None:
    held = replace(MILK, condition=HOLD)
    for need, wrong, why in (
        (NEED, shelf(kind="dock"), Bar.NOT_A_BIN),
        (NEED, shelf(state="closed"), Bar.NOT_A_BIN),
        (NEED, shelf(blocked=True), Bar.BLOCKED),
        (NEED, shelf(full=True), Bar.FULL),
        (NEED, shelf(bound="ACME"), Bar.BOUND),
        (NEED, shelf(storage="chilled"), Bar.STORAGE),
        (replace(NEED, storage="chilled"), shelf(), Bar.STORAGE),
        (NEED, shelf(zone="Quarantine"), Bar.FOR_HOLD),
        (NEED, shelf(storage="hold"), Bar.FOR_HOLD),
        (NEED, shelf(held=(Goods("ACME", "MUG"),)), Bar.MERCHANT),
        (NEED, shelf(held=(replace(MILK, lot="L8"),)), Bar.LOT),
        (NEED, shelf(held=(replace(MILK, expiry="2027-11-30"),)), Bar.LOT),
        (NEED, shelf(held=(held,)), Bar.CONDITION),
        (NEED, shelf(held=(replace(held, sku="OATS"),)), Bar.CONDITION),
        (replace(NEED, goods=held), shelf(held=(MILK,)), Bar.CONDITION),
        (replace(NEED, goods=held), shelf(pick_face=True), Bar.PICK_FACE),
        (NEED, shelf(inner_height_mm=200), Bar.HEIGHT),
        (NEED, shelf(capacity_pieces=5, used_pieces=5), Bar.NO_ROOM),
        (NEED, shelf(capacity_ml=999), Bar.NO_ROOM),
        (NEED, shelf(capacity_g=5000, used_g=4500), Bar.NO_ROOM),
    ):
        assert bar(need, wrong, NONE) == why


def test_different_skus_of_one_merchant_may_share_a_bin() -> None:
    assert bar(NEED, shelf(held=(Goods("FERN", "OATS"),)), NONE) is None


def test_held_goods_go_to_quarantine_where_there_is_one() -> None:
    need = replace(NEED, goods=replace(MILK, condition=HOLD))

    assert bar(need, shelf(), frozenset({"ambient"})) is Bar.NOT_FOR_HOLD
    assert bar(need, shelf(storage="hold"), frozenset({"ambient"})) is None
    assert bar(need, shelf(zone="HOLD"), frozenset({"ambient"})) is None
    assert bar(need, shelf(), NONE) is None


def test_for_held_goods_cold_matters_more_than_quarantine() -> None:
    need = replace(NEED, goods=replace(MILK, condition=HOLD), storage="chilled")

    assert bar(need, shelf(storage="hold"), frozenset({"ambient"})) is Bar.STORAGE
    assert bar(need, shelf(storage="chilled"), frozenset({"ambient"})) is None
    assert bar(need, shelf(storage="chilled"), frozenset({"ambient", "chilled"})) is (
        Bar.NOT_FOR_HOLD
    )
    cold_quarantine = shelf(storage="chilled", zone="hold")
    assert bar(need, cold_quarantine, frozenset({"ambient", "chilled"})) is None


def test_the_first_rule_that_yields_a_bin_wins() -> None:
    face = shelf("FACE", pick_face=True, faced=True, capacity_pieces=3, aisle_no=9)
    same = shelf("SAME", held=(MILK,), aisle_no=1, y_mm=1000, used_pieces=5)
    beside = shelf("BESIDE", aisle_no=1, y_mm=2000)
    zone = shelf("ZONE", aisle_no=7)
    far = shelf("FAR", aisle_no=8, walk_pct=10)
    everything = [far, zone, beside, same, face]

    assert propose(NEED, everything) == Proposal("FACE", Rule.PICK_FACE, 3)
    assert _chosen([far, zone, beside, same]) == ("SAME", Rule.TOP_UP)
    full = replace(same, full=True)
    assert propose(NEED, [far, zone, beside, full]) == Proposal(
        "BESIDE", Rule.NEIGHBOUR, 1_000_000_000, "SAME"
    )
    assert _chosen([far, zone]) == ("ZONE", Rule.ZONE)
    assert _chosen([far]) == ("FAR", Rule.OVERFLOW)
    assert propose(NEED, []) is None


def test_fast_movers_go_near_and_slow_ones_far() -> None:
    bins = [shelf(f"P{pct}", walk_pct=pct, walk_no=pct) for pct in (10, 40, 90)]

    assert propose(replace(NEED, abc="A"), bins).code == "P10"
    assert propose(replace(NEED, abc="B"), bins).code == "P40"
    assert propose(replace(NEED, abc="C"), bins).code == "P90"
    assert propose(replace(NEED, abc=""), bins).code == "P40"
    assert [walk_class(pct) for pct in (0, 20, 21, 50, 51, 100)] == list("AABBCC")


def test_heavy_pieces_stay_low() -> None:
    need = replace(NEED, weight_g=20_000)

    assert propose(need, [shelf("HIGH", level=3, walk_no=1), shelf("LOW", level=1)]).code == "LOW"
    assert _chosen([shelf("HIGH", level=3)], need) == ("HIGH", Rule.OVERFLOW)


def test_a_bin_that_takes_all_comes_before_one_that_takes_some() -> None:
    small, large = shelf("A", capacity_pieces=3), shelf("B", capacity_pieces=10, walk_no=60)

    assert propose(NEED, [small, large]) == Proposal("B", Rule.ZONE, 10)
    assert propose(NEED, [small]) == Proposal("A", Rule.ZONE, 3)


def test_bins_without_a_known_position_are_nobodys_neighbours() -> None:
    home = shelf("HOME", held=(MILK,), full=True, walk_no=0)

    assert _chosen([home, shelf("OTHER", walk_no=0)]) == ("OTHER", Rule.ZONE)


def _chosen(shelves, need=NEED):
    found = propose(need, shelves)
    return found.code, found.rule


GOODS = st.builds(
    Goods,
    merchant=st.sampled_from(["FERN", "ACME"]),
    sku=st.sampled_from(["MILK", "OATS"]),
    lot=st.sampled_from(["L7", "L8"]),
    expiry=st.just("2027-10-31"),
    serial=st.just(""),
    condition=st.sampled_from(["available", "hold"]),
)
SHELVES = st.lists(
    st.builds(
        Shelf,
        code=st.sampled_from("ABCDEFGH"),
        state=st.sampled_from(["open", "open", "closed"]),
        zone=st.sampled_from(["", "HOLD"]),
        storage=st.sampled_from(["", "ambient", "chilled", "hold"]),
        bound=st.sampled_from(["", "FERN", "ACME"]),
        blocked=st.booleans(),
        full=st.booleans(),
        pick_face=st.booleans(),
        faced=st.booleans(),
        aisle_no=st.integers(0, 2),
        y_mm=st.integers(0, 6000),
        level=st.integers(0, 4),
        walk_no=st.integers(0, 9),
        walk_pct=st.integers(0, 100),
        capacity_pieces=st.integers(0, 20),
        capacity_ml=st.sampled_from([0, 500, 9000]),
        capacity_g=st.sampled_from([0, 500, 9000]),
        inner_height_mm=st.sampled_from([0, 100, 300]),
        used_pieces=st.integers(0, 20),
        used_ml=st.integers(0, 9000),
        used_g=st.integers(0, 9000),
        held=st.lists(GOODS, max_size=2).map(tuple),
    ),
    max_size=8,
    unique_by=lambda one: one.code,
)
NEEDS = st.builds(
    Need,
    goods=GOODS,
    pieces=st.integers(1, 30),
    storage=st.sampled_from(["", "chilled"]),
    abc=st.sampled_from(["", "A", "B", "C"]),
    volume_ml=st.sampled_from([0, 400]),
    weight_g=st.sampled_from([0, 400, 20_000]),
    height_mm=st.sampled_from([0, 200]),
)
HOLDS = st.sampled_from([frozenset(), frozenset({"ambient"}), frozenset({"ambient", "chilled"})])


@given(NEEDS, SHELVES, HOLDS)
def test_a_proposal_is_always_legal_and_there_is_one_if_any_bin_is(need, shelves, holds) -> None:
    found = propose(need, shelves, holds)

    legal = {one.code: one for one in shelves if bar(need, one, holds) is None}
    assert (found is None) == (not legal)
    if found is not None:
        assert found.room == room_for(need, legal[found.code]) > 0


@given(NEEDS, SHELVES, HOLDS, st.randoms(use_true_random=False))
def test_the_order_in_which_bins_are_read_does_not_matter(need, shelves, holds, rng) -> None:
    shuffled = list(shelves)
    rng.shuffle(shuffled)

    assert propose(need, shuffled, holds) == propose(need, shelves, holds)


@given(NEEDS, SHELVES, HOLDS)
def test_no_bin_of_an_earlier_rule_is_passed_over(need, shelves, holds) -> None:
    found = propose(need, shelves, holds)
    if found is None:
        return
    order = list(Rule)
    for one in shelves:
        alone = propose(need, [one], holds)
        # Neighbours depend on the other bins; the rules about a bin itself do not.
        if alone is not None and alone.rule in (Rule.PICK_FACE, Rule.TOP_UP):
            assert order.index(found.rule) <= order.index(alone.rule)


@given(NEEDS, SHELVES)
def test_the_room_really_fits(need, shelves) -> None:
    for one in shelves:
        room = room_for(need, one)
        if one.capacity_pieces and room:
            assert one.used_pieces + room <= one.capacity_pieces
        if one.capacity_ml and need.volume_ml and room:
            assert one.used_ml + room * need.volume_ml <= one.capacity_ml
        if one.capacity_g and need.weight_g and room:
            assert one.used_g + room * need.weight_g <= one.capacity_g


@given(st.sampled_from(["", "A", "B", "C"]), st.integers(0, 500), st.integers(0, 500))
def test_stretches_cover_the_walk_once_best_class_first(abc, first, length) -> None:
    last = first + length

    found = stretches(abc, first, last)

    walked = [at for begin, end in found for at in range(begin, end + 1)]
    assert sorted(walked) == list(range(first, last + 1))
    off = [class_off(abc, _pct(at, first, last)) for at in walked]
    assert off == sorted(off)


def _pct(at: int, first: int, last: int) -> int:
    return -((first - at) * 100 // (last - first)) if last > first else -1
