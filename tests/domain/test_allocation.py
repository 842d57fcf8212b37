"""Which stock is promised to which order, and which orders go on one walk."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from floorhand.domain.allocation import (
    OpenLine,
    OpenOrder,
    Plan,
    Pool,
    Room,
    Shelf,
    allocate,
    by_age,
    choose_orders,
    is_expired,
)
from floorhand.domain.things import Goods

TODAY = date(2026, 3, 2)
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def shelf(
    place: str, free: int = 5, sku: str = "MUG", expiry: str = "", hours: int = 0, walk_no: int = 0
) -> Shelf:
    goods = Goods("ACME", sku, expiry=expiry)
    return Shelf(place, place, walk_no, goods, free, NOON + timedelta(hours=hours))


def order(
    number: str, *lines: tuple[str, int], policy: str = "ship_partial", due_h: int = 0
) -> OpenOrder:
    wanted = tuple(OpenLine(n, sku, pieces) for n, (sku, pieces) in enumerate(lines, 1))
    due_at = NOON + timedelta(hours=due_h)
    return OpenOrder("ACME", number, "released", 0, due_at, policy, wanted)


def taken(plan: Plan | None) -> list[tuple[str, int]]:
    assert plan is not None
    return [(t.shelf.place, t.pieces) for takes in plan.takes.values() for t in takes]


def numbers(chosen: list[tuple[OpenOrder, Plan]]) -> list[str]:
    return [order.number for order, _ in chosen]


def test_dated_goods_go_first_expired_first_out() -> None:
    shelves = [shelf("A", expiry="2026-09-01", hours=-9), shelf("B", expiry="2026-04-01")]
    assert [s.place for s in by_age(shelves, TODAY)] == ["B", "A"]


def test_undated_goods_go_first_in_first_out_whatever_the_order_of_rows() -> None:
    shelves = [shelf("A", hours=2), shelf("B", hours=1, walk_no=9), shelf("C", hours=3)]
    assert [s.place for s in by_age(shelves, TODAY)] == ["B", "A", "C"]


def test_expired_goods_are_never_promised_but_those_of_today_are() -> None:
    shelves = [shelf("A", expiry="2026-03-01"), shelf("B", expiry="2026-03-02")]
    assert [s.place for s in by_age(shelves, TODAY)] == ["B"]
    assert is_expired("2026-03-01", TODAY)
    assert not is_expired("", TODAY)


def test_an_amount_is_split_over_several_places() -> None:
    takes = allocate([shelf("A", 2), shelf("B", 2), shelf("C", 9)], 5)
    assert [(take.shelf.place, take.pieces) for take in takes] == [("A", 2), ("B", 2), ("C", 1)]


def test_two_lines_of_the_same_sku_share_what_there_is() -> None:
    plan = Pool([shelf("A", 3)], TODAY).plan(order("1", ("MUG", 2), ("MUG", 2)))
    assert plan is not None
    assert taken(plan) == [("A", 2), ("A", 1)]
    assert plan.short == {2: 1}


def test_a_merchant_who_holds_gets_the_whole_order_or_nothing() -> None:
    pool = Pool([shelf("A", 3), shelf("B", 1, "CAP")], TODAY)
    assert pool.plan(order("1", ("MUG", 3), ("CAP", 2), policy="hold")) is None
    assert taken(pool.plan(order("2", ("MUG", 3), ("CAP", 1), policy="hold"))) == [
        ("A", 3),
        ("B", 1),
    ]


def test_a_merchant_who_cancels_lines_gets_whole_lines_only() -> None:
    plan = Pool([shelf("A", 3), shelf("B", 1, "CAP")], TODAY).plan(
        order("1", ("MUG", 3), ("CAP", 2), policy="cancel_line")
    )
    assert taken(plan) == [("A", 3)]
    assert plan is not None
    assert plan.short == {2: 2}


def test_an_order_without_any_stock_is_named_and_does_not_block_the_next() -> None:
    pool = Pool([shelf("A", 3)], TODAY)
    chosen, without = choose_orders([order("1", ("CAP", 2)), order("2", ("MUG", 2))], pool, Room(3))
    assert numbers(chosen) == ["2"]
    assert [each.number for each in without] == ["1"]


def test_no_piece_is_planned_twice() -> None:
    pool = Pool([shelf("A", 3)], TODAY)
    orders = [order("1", ("MUG", 2)), order("2", ("MUG", 2)), order("3", ("MUG", 2))]
    chosen, without = choose_orders(orders, pool, Room(3))
    assert [taken(plan) for _, plan in chosen] == [[("A", 2)], [("A", 1)]]
    assert without == []


def sized(number: str, piece_g: int, piece_ml: int, pieces: int = 2) -> OpenOrder:
    return replace(order(number), lines=(OpenLine(1, "MUG", pieces, piece_g, piece_ml),))


def test_an_order_that_is_too_heavy_or_too_large_for_the_cart_waits_for_the_next_walk() -> None:
    orders = [sized("1", 400, 10), sized("2", 200, 10), sized("3", 10, 500), sized("4", 100, 100)]
    pool = Pool([shelf("A", 99)], TODAY)
    chosen, without = choose_orders(orders, pool, Room(9, g=1_000, ml=1_000))
    assert numbers(chosen) == ["1", "4"]
    assert without == []


def test_an_order_that_no_cart_can_carry_goes_alone() -> None:
    orders = [sized("1", 900, 10), sized("2", 1, 1)]
    chosen, _ = choose_orders(orders, Pool([shelf("A", 99)], TODAY), Room(9, g=1_000))
    assert numbers(chosen) == ["1"]


def test_single_piece_orders_go_in_batches_of_their_own() -> None:
    orders = [order("1", ("MUG", 1)), order("2", ("MUG", 2)), order("3", ("MUG", 1))]
    chosen, _ = choose_orders(orders, Pool([shelf("A", 9)], TODAY), Room(9))
    assert numbers(chosen) == ["1", "3"]
    chosen, _ = choose_orders(orders[1:], Pool([shelf("A", 9)], TODAY), Room(9))
    assert numbers(chosen) == ["2"]


def test_among_equally_urgent_orders_shared_places_decide_but_never_over_urgency() -> None:
    pool = Pool([shelf("A", 9), shelf("B", 9, "CAP"), shelf("C", 9, "PEN")], TODAY)
    orders = [
        order("1", ("MUG", 2)),
        order("2", ("CAP", 2)),
        order("3", ("MUG", 2)),
        order("4", ("MUG", 2), due_h=1),
    ]
    chosen, _ = choose_orders(orders, pool, Room(3))
    assert numbers(chosen) == ["1", "3", "2"]


@given(
    st.lists(st.tuples(st.sampled_from("ABC"), st.integers(1, 9)), max_size=6),
    st.lists(st.lists(st.tuples(st.sampled_from(["MUG", "CAP"]), st.integers(1, 9)), min_size=1,
                      max_size=3), max_size=6),
    st.sampled_from(["ship_partial", "hold", "cancel_line"]),
    st.integers(1, 6),
)  # fmt: skip
def test_a_walk_never_takes_more_than_there_is_and_accounts_for_every_piece(
    stock: list[tuple[str, int]],
    wanted: list[list[tuple[str, int]]],
    policy: str,
    slots: int,
) -> None:
    shelves = [
        shelf(f"{place}{n}", free, "MUG" if place == "A" else "CAP")
        for n, (place, free) in enumerate(stock)
    ]
    orders = [order(str(n), *lines, policy=policy) for n, lines in enumerate(wanted)]
    chosen, _ = choose_orders(orders, Pool(shelves, TODAY), Room(slots))
    assert len(chosen) <= slots
    used: dict[str, int] = {}
    for each, plan in chosen:
        for line in each.lines:
            got = sum(take.pieces for take in plan.takes.get(line.line_no, ()))
            assert got + plan.short.get(line.line_no, 0) == line.pieces
        for place, pieces in taken(plan):
            used[place] = used.get(place, 0) + pieces
    for each_shelf in shelves:
        assert used.get(each_shelf.place, 0) <= each_shelf.free
